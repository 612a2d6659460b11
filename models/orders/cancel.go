package orders

import (
	"context"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// CancelReasons gives Stripe's words for why an authorization is canceled, the commonest first
// (docs.stripe.com/api/payment_intents/cancel).
func CancelReasons() []string {
	return []string{"requested_by_customer", "duplicate", "fraudulent", "abandoned"}
}

// CancelRequest asks to release an authorization.
type CancelRequest struct {
	OrderID   string
	Reason    string // one of CancelReasons
	Note      string
	FormToken string
	Actor     Actor
}

// Cancel releases an order's authorization, once. The row that is returned says how it ended, as for Capture, and so do the errors.
func (s *Service) Cancel(ctx context.Context, req CancelRequest) (models.Cancellation, error) {
	if !slices.Contains(CancelReasons(), req.Reason) {
		return models.Cancellation{}, invalid("reason", "reason_missing", "Choose why the authorization is canceled.")
	}
	id := newID("can")
	defer s.begin(id)()
	c, order, fresh, err := s.intendCancel(ctx, id, req)
	if err != nil {
		return models.Cancellation{}, err
	}
	if !fresh {
		s.await(ctx, c.ID)
		if c, err = s.db.Reader.Cancellation(ctx, c.ID); err != nil {
			return c, err
		}
		return c, c.Failure(c.State)
	}
	if err := s.perform(ctx, s.cancelAct(order, &c)); err != nil {
		s.log.ErrorContext(ctx, "cancellation outcome not written; the queued look settles it", "cancellation", c.ID, "error", err)
		c.State = models.ActPending
	}
	return c, c.Failure(c.State)
}

// RetryCancel sends a cancellation that was left to a person again under a new key. Errors as for RetryCapture.
func (s *Service) RetryCancel(ctx context.Context, orderID string, actor Actor) (models.Cancellation, error) {
	var c models.Cancellation
	var f Facts
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) (err error) {
		if f, err = loadFacts(ctx, tx, orderID); err != nil {
			return err
		}
		if f.Cancellation == nil || !f.Cancellation.NeedsPerson || f.Cancellation.State != models.ActPending {
			return &Refusal{Code: "nothing_to_retry", Message: "There is no cancellation that waits for your decision."}
		}
		c = *f.Cancellation
		if err := s.renew(tx, JobReconcileCancel, c.ID, &c.ActOutcome); err != nil {
			return err
		}
		if err := tx.SaveCancellation(ctx, c); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.audit(actor, "cancel.sent_again", orderID, map[string]string{"cancellation": c.ID}))
	})
	if err != nil {
		return c, err
	}
	defer s.begin(c.ID)()
	if err := s.perform(ctx, s.cancelAct(f.Order, &c)); err != nil {
		c.State = models.ActPending
	}
	return c, c.Failure(c.State)
}

// intendCancel makes the intent durable; fresh as for intendCapture.
func (s *Service) intendCancel(ctx context.Context, id string, req CancelRequest) (c models.Cancellation, o models.Order, fresh bool, err error) {
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		earlier, err := tx.CancellationByToken(ctx, req.FormToken)
		if err != nil {
			return err
		}
		if earlier != nil {
			c = *earlier
			return sameOrder(c.OrderID, req.OrderID)
		}
		f, err := loadFacts(ctx, tx, req.OrderID)
		if err != nil {
			return err
		}
		if r := CheckCancel(f, s.now()); r != nil {
			return r
		}
		o, fresh = f.Order, true
		c = models.Cancellation{
			ID: id, OrderID: o.ID, Reason: req.Reason, Note: strings.TrimSpace(req.Note), State: models.ActPending,
			ActOutcome: models.ActOutcome{
				FormToken: req.FormToken, IdempotencyKey: id, StaffID: req.Actor.StaffID, StaffName: req.Actor.Name,
				Requested: models.UnixOf(s.now()),
			},
		}
		return s.insertCancellation(ctx, tx, &c, req.Actor)
	})
	return c, o, fresh, err
}

func (s *Service) insertCancellation(ctx context.Context, tx *store.Tx, c *models.Cancellation, actor Actor) error {
	job, err := s.queue.Enqueue(tx, JobReconcileCancel, jobArgs{ID: c.ID}, s.patience)
	if err != nil {
		return err
	}
	c.ReconcileJob = job
	if err := tx.InsertCancellation(ctx, *c); err != nil {
		return err
	}
	return tx.AppendAudit(ctx, s.audit(actor, "cancel.requested", c.OrderID, cancelDetails(c)))
}

// cancelAct is the cancellation as an act.
func (s *Service) cancelAct(o models.Order, c *models.Cancellation) *act {
	return &act{
		id: c.ID, orderID: o.ID, name: "cancel", job: JobReconcileCancel,
		out: &c.ActOutcome, state: &c.State, details: cancelDetails(c),
		call: func(ctx context.Context) (payments.Result, error) {
			return s.gateway.Cancel(ctx, o.ID, c.Reason, c.IdempotencyKey)
		},
		look: lookForCancel,
		save: func(ctx context.Context, tx *store.Tx) error { return tx.SaveCancellation(ctx, *c) },
	}
}

// lookForCancel reads off the PaymentIntent whether it was canceled. An authorization that ran out was not canceled by us.
func lookForCancel(r payments.Result) sight {
	pi, _ := paymentOf(r)
	switch {
	case pi == nil:
		return unchanged
	case pi.Status == "canceled" && pi.CancellationReason != "automatic":
		return done
	case pi.Status == "canceled", pi.Status == "succeeded":
		return elsewhere
	}
	return unchanged
}

func cancelDetails(c *models.Cancellation) map[string]string {
	d := map[string]string{"cancellation": c.ID, "reason": c.Reason}
	if c.Note != "" {
		d["note"] = "yes" // its text may name a customer: it stays in the cancellation
	}
	return d
}
