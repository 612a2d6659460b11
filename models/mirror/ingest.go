package mirror

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// batchSize is the most events that share a commit.
const batchSize = 256

// receipt is an event on its way into the database.
type receipt struct {
	event   payments.Event
	payload []byte
	snaps   []models.Snapshot // nil where its object cannot be used as it is
	reason  string            // why not
	done    chan error
}

// Receive takes in an event whose signature was checked; the body is the receiver's to keep. It returns when the event, and what it
// says, are durable. Errors: invalid for what is no event, or one of the other mode; unavailable while the mirror does not run, or the
// database cannot be written: Stripe sends the event again.
func (m *Mirror) Receive(ctx context.Context, body []byte) error {
	r, err := m.read(body)
	if err != nil {
		return err
	}
	m.waiting.Add(1)
	defer m.waiting.Add(-1)
	select {
	case m.incoming <- r:
	case <-m.stopped:
		return errStopped()
	case <-ctx.Done():
		return errStopped()
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return errStopped() // it may still become durable: Stripe sends it again, and it counts once
	case <-m.stopped:
	}
	select { // what was taken in before the end was answered before the end
	case err := <-r.done:
		return err
	default:
		return errStopped()
	}
}

func errStopped() error {
	return &models.Error{Kind: models.KindUnavailable, Code: "mirror_stopped", Message: "The event was not taken in. Send it again."}
}

// read parses an event outside of the one writer.
func (m *Mirror) read(body []byte) (*receipt, error) {
	e, err := payments.ParseEvent(body)
	if err != nil {
		return nil, err
	}
	if e.Livemode != m.gateway.Livemode() {
		return nil, &models.Error{Kind: models.KindInvalid, Code: "wrong_mode", Field: "livemode",
			Message: "This event is of the other mode by its field livemode. Live and test never mix: nothing was stored."}
	}
	return newReceipt(&e, body), nil
}

// newReceipt reads the object that an event carries.
func newReceipt(e *payments.Event, payload []byte) *receipt {
	r := &receipt{event: *e, payload: payload, done: make(chan error, 1)}
	if !mirrored(e.ObjectKind) {
		r.reason = fmt.Sprintf("the object type %q is not mirrored (API version %s)", e.ObjectKind, first(e.APIVersion, "not told"))
		return r
	}
	var err error
	if r.snaps, err = e.Snapshots(); err != nil {
		r.reason = err.Error()
	}
	compact(r.snaps)
	return r
}

// compact takes the white space out of what the gate will keep, a third of what Stripe sends: pages written are what ingest waits for.
func compact(snaps []models.Snapshot) {
	for i := range snaps {
		lean := bytes.NewBuffer(make([]byte, 0, len(snaps[i].Raw)))
		if json.Compact(lean, snaps[i].Raw) == nil {
			snaps[i].Raw = slices.Clip(lean.Bytes())
		}
	}
}

func mirrored(kind models.ObjectKind) bool {
	switch kind {
	case models.ObjectPaymentIntent, models.ObjectCharge, models.ObjectRefund, models.ObjectDispute, models.ObjectPayout, models.ObjectBalanceTransaction:
		return true
	}
	return false
}

// ingest is the one writer: it takes whatever waits into one commit. When ctx ends it makes durable what waits by then.
func (m *Mirror) ingest(ctx context.Context) {
	defer close(m.stopped)
	for {
		select {
		case r := <-m.incoming:
			m.commit(m.gather(r))
		case <-ctx.Done():
			m.drain()
			return
		}
	}
}

// gather adds what else waits, without waiting for more.
func (m *Mirror) gather(r *receipt) []*receipt {
	batch := []*receipt{r}
	for len(batch) < batchSize {
		select {
		case next := <-m.incoming:
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

// drain makes durable what was taken in before the end.
func (m *Mirror) drain() {
	for {
		select {
		case r := <-m.incoming:
			m.commit(m.gather(r))
		default:
			return
		}
	}
}

// commit makes a batch durable. One that fails is tried event by event, so that a bad event harms nobody else.
func (m *Mirror) commit(batch []*receipt) {
	err := m.store(batch)
	if err != nil && len(batch) > 1 && !isBusy(err) {
		m.log.Warn("a batch of events failed: one by one", "events", len(batch), "error", err)
		for _, r := range batch {
			m.commit([]*receipt{r})
		}
		return
	}
	if err != nil && !isBusy(err) {
		m.log.Error("an event is set aside", "event", batch[0].event.ID, "type", batch[0].event.Type, "error", err)
		err = m.setAside(batch[0], err)
	}
	for _, r := range batch {
		r.done <- err
	}
}

// isBusy tells whether no event is at fault: another process writes.
func isBusy(err error) bool { return models.IsKind(err, models.KindUnavailable) }

// store writes a batch in one transaction. A panic over an event is an error like any other: Stripe would send the event again and again.
func (m *Mirror) store(batch []*receipt) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v", p)
		}
	}()
	ctx := context.Background()
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		a := m.newApplier(ctx, tx)
		now := models.UnixOf(time.Now())
		for _, r := range batch {
			if err := a.event(r, now); err != nil {
				return fmt.Errorf("event %s: %w", r.event.ID, err)
			}
		}
		if err := a.keepAsOf(); err != nil {
			return err
		}
		return tx.RaiseSetting(ctx, settingLastEvent, int64(now))
	})
}

// setAside stores an event that cannot be applied, with its error, and has its object fetched.
func (m *Mirror) setAside(r *receipt, cause error) error {
	ctx := context.Background()
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertEvent(ctx, row(r, models.EventFailed, cause.Error(), models.UnixOf(time.Now())))
		if err != nil || r.event.ObjectID == "" || !mirrored(r.event.ObjectKind) {
			return err
		}
		return m.newApplier(ctx, tx).mark(r.event.ObjectKind, r.event.ObjectID, r.event.PaymentIntentID)
	})
}

// event stores one event and does what it says.
func (a *applier) event(r *receipt, now models.Unix) error {
	var in arrivals
	state, reason, err := a.weigh(r, &in)
	if err != nil {
		return err
	}
	isNew, err := a.tx.InsertEvent(a.ctx, row(r, state, reason, now))
	if err != nil || !isNew {
		return err
	}
	if r.event.Type == balanceAvailable {
		a.moved = true
	}
	if state == models.EventStale {
		if err := a.recall(r); err != nil {
			return err
		}
		return a.mark(r.event.ObjectKind, r.event.ObjectID, r.event.PaymentIntentID)
	}
	return a.write(&in)
}

// apiVersion is the version that our calls are answered in. An event of another one is applied as far as it can be read, and its object
// is fetched in ours.
const apiVersion = "2023-10-16"

// balanceAvailable tells that money of the balance can be paid out: its object is the balance, which is read with the books.
const balanceAvailable = "balance.available"

// weigh says what an event is worth, and gathers what is to be written of it: applied when its object is strictly newer than what the
// gate has, stale when it is not or cannot be read, ignored when it does not belong into the mirror.
func (a *applier) weigh(r *receipt, in *arrivals) (state models.EventState, reason string, err error) {
	e := &r.event
	switch {
	case !mirrored(e.ObjectKind):
		return models.EventIgnored, r.reason, nil
	case r.reason != "" && e.ObjectID == "":
		return models.EventFailed, r.reason, nil
	case r.reason != "":
		return models.EventStale, r.reason, nil
	}
	top := &r.snaps[0]
	asOf, err := a.tx.StripeObjectAsOf(a.ctx, top.ID)
	if err != nil {
		return "", "", err
	}
	state, reason, err = a.belongs(r)
	if err != nil || state == models.EventIgnored && foreign(top) == "" {
		return state, reason, err
	}
	if top.AsOf <= asOf {
		if state == models.EventIgnored {
			return state, reason, nil
		}
		return models.EventStale, "not newer than what is known", nil
	}
	in.add(top, false)
	if e.APIVersion != apiVersion && state == models.EventApplied {
		reason = "API version " + first(e.APIVersion, "not told") + ": fetched in " + apiVersion
		in.again = append(in.again, top)
	}
	if e.Type == chargeRefunded && state == models.EventApplied {
		in.again = append(in.again, top)
	}
	return state, reason, a.weighCarried(r.snaps[1:], in)
}

// chargeRefunded is all that tells of a refund made elsewhere, and since API version 2022-11-15 its charge carries no refunds: they come
// with a fetch (docs.stripe.com/upgrades, 2022-11-15; refund.created came with 2024-10-28).
const chargeRefunded = "charge.refunded"

// weighCarried gathers what an event's object carries expanded. A tie is decided by a fetch.
func (a *applier) weighCarried(snaps []models.Snapshot, in *arrivals) error {
	for i := range snaps {
		s := &snaps[i]
		asOf, err := a.tx.StripeObjectAsOf(a.ctx, s.ID)
		if err != nil {
			return err
		}
		switch {
		case s.AsOf > asOf:
			in.add(s, false)
		case s.AsOf == asOf && foreign(s) == "":
			in.again = append(in.again, s)
		}
	}
	return nil
}

// belongs tells whether an event's object is one of the mirror's, and if not, why.
func (a *applier) belongs(r *receipt) (models.EventState, string, error) {
	top := &r.snaps[0]
	if why := foreign(top); why != "" {
		return models.EventIgnored, why, nil
	}
	if !otherPayments(r.snaps)[top.ID] {
		return models.EventApplied, "", nil
	}
	_, found, err := a.tx.StripeObject(a.ctx, top.ID)
	if err != nil || found { // Klarna's charge, or an order, is known
		return models.EventApplied, "", err
	}
	return models.EventIgnored, "not a Klarna payment: the field payment_method_types does not list klarna", nil
}

func row(r *receipt, state models.EventState, reason string, now models.Unix) *models.StripeEvent {
	e := &r.event
	return &models.StripeEvent{
		ID: e.ID, Type: e.Type, APIVersion: e.APIVersion, ObjectID: e.ObjectID, ObjectKind: e.ObjectKind, OrderID: e.PaymentIntentID,
		Created: e.Created, Received: now, State: state, Error: reason, Payload: r.payload,
	}
}
