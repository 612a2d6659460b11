package mirror

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// eventsKept is how far back Stripe lists events (docs.stripe.com/api/events: 30 days).
const eventsKept = 30 * 24 * time.Hour

// syncEvents is the kind under which the reading of past events is kept.
const syncEvents models.ObjectKind = "event"

// orderEvents are the types of event that tell an order's story: no more than Stripe lets one ask for at once (docs.stripe.com/api/events/list:
// up to 20). Left out are twins: charge.failed comes with payment_intent.payment_failed.
func orderEvents() []string {
	return []string{
		"payment_intent.created", "payment_intent.requires_action", "payment_intent.payment_failed", "payment_intent.amount_capturable_updated",
		"payment_intent.succeeded", "payment_intent.canceled", "charge.succeeded", "charge.captured", "charge.updated", "charge.expired",
		"charge.refunded", "charge.refund.updated", "refund.created", "refund.updated", "refund.failed", "charge.dispute.created",
		"charge.dispute.updated", "charge.dispute.closed", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated",
	}
}

// readPage asks for one page of a kind.
func (m *Mirror) readPage(ctx context.Context, kind models.ObjectKind, q payments.ListQuery) (payments.Page, error) {
	if kind != syncEvents {
		return m.gateway.List(ctx, kind, q)
	}
	q.Types = orderEvents()
	return m.gateway.ListEvents(ctx, q)
}

// pastEvents brings a page of listed events in: the newest first, as Stripe lists them.
func (a *applier) pastEvents(events []payments.Event) error {
	now := models.UnixOf(time.Now())
	for i := range events {
		e := &events[i]
		if e.Livemode != a.m.gateway.Livemode() {
			continue // cannot be: the key is of one mode
		}
		payload, err := envelope(e)
		if err != nil {
			return err
		}
		if err := a.pastEvent(newReceipt(e, payload), now); err != nil {
			return fmt.Errorf("event %s: %w", e.ID, err)
		}
	}
	return nil
}

// pastEvent keeps an event for its order's timeline. What it says counts only if it is newer than what is known, as the objects themselves
// were just read; what does not belong into the mirror is not kept.
func (a *applier) pastEvent(r *receipt, now models.Unix) error {
	var in arrivals
	state, reason, err := a.weigh(r, &in)
	if err != nil || state == models.EventIgnored || state == models.EventFailed {
		return err
	}
	isPast := state == models.EventStale
	if isPast {
		asOf, err := a.tx.StripeObjectAsOf(a.ctx, r.event.ObjectID)
		if err != nil {
			return err
		}
		if r.event.Created < asOf {
			state, reason = models.EventApplied, "read from Stripe's list; what is known is newer"
		}
	}
	isNew, err := a.tx.InsertEvent(a.ctx, row(r, state, reason, now))
	if err != nil || !isNew {
		return err
	}
	if isPast {
		if err := a.recall(r); err != nil {
			return err
		}
	}
	if state == models.EventStale {
		return a.mark(r.event.ObjectKind, r.event.ObjectID, r.event.PaymentIntentID)
	}
	return a.write(&in)
}

// recall keeps what an event that comes after a newer one still tells of the past: since when an order has had a tracking number, that a
// dispute began as an inquiry, and when it was over or answered.
func (a *applier) recall(r *receipt) error {
	for i := range r.snaps {
		s := &r.snaps[i]
		tracked := s.PaymentIntent != nil && s.PaymentIntent.Shipping.TrackingNumber != "" || s.Charge != nil && s.Charge.Shipping.TrackingNumber != ""
		switch {
		case foreign(s) != "":
		case s.Dispute != nil:
			noteEnd(s)
			return a.tx.RecallDispute(a.ctx, s.Dispute)
		case tracked:
			return a.tx.RecallTracking(a.ctx, orderOf(s), r.event.Created)
		}
	}
	return nil
}

// envelope writes a listed event as a webhook would have carried it, less what nobody here reads.
func envelope(e *payments.Event) ([]byte, error) {
	type object struct {
		Object json.RawMessage `json:"object"`
	}
	return json.Marshal(struct {
		ID         string `json:"id"`
		Object     string `json:"object"`
		APIVersion string `json:"api_version,omitempty"`
		Created    int64  `json:"created"`
		Data       object `json:"data"`
		Livemode   bool   `json:"livemode"`
		Type       string `json:"type"`
	}{e.ID, "event", e.APIVersion, int64(e.Created), object{e.Object}, e.Livemode, e.Type})
}

// eventsSince is how far back a run reads events.
func eventsSince(run store.SyncProgress) models.Unix {
	return max(run.Since, run.Started.Add(-eventsKept))
}
