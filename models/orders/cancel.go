package orders

import (
	"context"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/acts"
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
	Actor     models.Actor
}

// Cancel releases an order's authorization, once. The row that is returned says how it ended, as for Capture, and so do the errors.
func (s *Service) Cancel(ctx context.Context, req CancelRequest) (models.Cancellation, error) {
	if !slices.Contains(CancelReasons(), req.Reason) {
		return models.Cancellation{}, invalid("reason", "reason_missing", "Choose why the authorization is canceled.")
	}
	var c models.Cancellation
	err := s.acts.Once(ctx, "can", func(tx *store.Tx, id string) (*acts.Act, bool, error) {
		return s.intendCancel(ctx, tx, id, &c, req)
	}, func() (err error) {
		c, err = s.db.Reader.Cancellation(ctx, c.ID)
		return err
	})
	return c, err
}

// RetryCancel sends a cancellation that was left to a person again under a new key. Errors as for RetryCapture.
func (s *Service) RetryCancel(ctx context.Context, orderID string, actor models.Actor) (models.Cancellation, error) {
	var c models.Cancellation
	err := s.acts.SendAnew(ctx, actor, func(tx *store.Tx) (*acts.Act, error) {
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
func (s *Service) intendCancel(ctx context.Context, tx *store.Tx, id string, c *models.Cancellation, req CancelRequest) (a *acts.Act, fresh bool, err error) {
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
		ActOutcome: s.acts.NewOutcome(id, req.FormToken, req.Actor),
	}
	a = s.cancelAct(f.Order, c)
	return a, true, s.acts.Intend(ctx, tx, a, req.Actor, func() error { return tx.InsertCancellation(ctx, *c) })
}

// cancelAct is the cancellation as an act.
func (s *Service) cancelAct(o models.Order, c *models.Cancellation) *acts.Act {
	return &acts.Act{
		ID: c.ID, ObjectID: o.ID, Object: models.ObjectPaymentIntent, Name: "cancel", Job: JobReconcileCancel,
		Out: &c.ActOutcome, State: &c.State, Details: cancelDetails(c),
		Call: func(ctx context.Context) (payments.Result, error) {
			return s.gateway.Cancel(ctx, o.ID, c.Reason, c.IdempotencyKey)
		},
		Read: func(ctx context.Context) (payments.Result, error) { return s.gateway.PaymentIntent(ctx, o.ID) },
		Look: lookForCancel,
		Save: func(ctx context.Context, tx *store.Tx) error { return tx.SaveCancellation(ctx, *c) },
	}
}

// lookForCancel reads off the PaymentIntent whether it was canceled. An authorization that ran out was not canceled by us.
func lookForCancel(r payments.Result) acts.Sight {
	pi, _ := paymentOf(r)
	switch {
	case pi == nil:
		return acts.Unchanged
	case pi.Status == "canceled" && pi.CancellationReason != "automatic":
		return acts.Done
	case pi.Status == "canceled", pi.Status == "succeeded":
		return acts.Elsewhere
	}
	return acts.Unchanged
}

func cancelDetails(c *models.Cancellation) map[string]string {
	d := map[string]string{"cancellation": c.ID, "reason": c.Reason}
	if c.Note != "" {
		d["note"] = "yes" // its text may name a customer: it stays in the cancellation
	}
	return d
}
