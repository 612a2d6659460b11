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
	var c models.Cancellation
	err := s.once(ctx, "can", func(tx *store.Tx, id string) (*act, bool, error) {
		return s.intendCancel(ctx, tx, id, &c, req)
	}, func() (err error) {
		c, err = s.db.Reader.Cancellation(ctx, c.ID)
		return err
	})
	return c, err
}

// RetryCancel sends a cancellation that was left to a person again under a new key. Errors as for RetryCapture.
func (s *Service) RetryCancel(ctx context.Context, orderID string, actor Actor) (models.Cancellation, error) {
	var c models.Cancellation
	err := s.sendAnew(ctx, actor, func(tx *store.Tx) (*act, error) {
		f, err := loadFacts(ctx, tx, orderID)
		if err != nil || f.Cancellation == nil {
			return nil, err
		}
		c = *f.Cancellation
		return s.cancelAct(f.Order, &c), nil
	})
	return c, err
}

// intendCancel makes the intent durable; fresh as for intendCapture.
func (s *Service) intendCancel(ctx context.Context, tx *store.Tx, id string, c *models.Cancellation, req CancelRequest) (a *act, fresh bool, err error) {
	earlier, err := tx.CancellationByToken(ctx, req.FormToken)
	if err != nil {
		return nil, false, err
	}
	if earlier != nil {
		*c = *earlier
		return s.cancelAct(models.Order{ID: c.OrderID}, c), false, sameOrder(c.OrderID, req.OrderID)
	}
	f, err := loadFacts(ctx, tx, req.OrderID)
	if err != nil {
		return nil, false, err
	}
	if r := CheckCancel(f, s.now()); r != nil {
		return nil, false, r
	}
	*c = models.Cancellation{
		ID: id, OrderID: f.Order.ID, Reason: req.Reason, Note: strings.TrimSpace(req.Note), State: models.ActPending,
		ActOutcome: s.newOutcome(id, req.FormToken, req.Actor),
	}
	a = s.cancelAct(f.Order, c)
	return a, true, s.intend(ctx, tx, a, req.Actor, func() error { return tx.InsertCancellation(ctx, *c) })
}

// cancelAct is the cancellation as an act.
func (s *Service) cancelAct(o models.Order, c *models.Cancellation) *act {
	return &act{
		id: c.ID, orderID: o.ID, name: "cancel", job: JobReconcileCancel,
		out: &c.ActOutcome, state: &c.State, details: cancelDetails(c),
		call: func(ctx context.Context) (payments.Result, error) {
			return s.gateway.Cancel(ctx, o.ID, c.Reason, c.IdempotencyKey)
		},
		read: func(ctx context.Context) (payments.Result, error) { return s.gateway.PaymentIntent(ctx, o.ID) },
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
