package orders

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/money"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// RefundReasons gives Stripe's words for why money is given back, the commonest first (docs.stripe.com/api/refunds/create).
func RefundReasons() []string {
	return []string{"requested_by_customer", "duplicate", "fraudulent"}
}

// RefundRequest asks to give captured money back.
type RefundRequest struct {
	OrderID   string
	Amount    money.Amount
	Confirmed int64  // minor units that the person confirmed to refund; must be Amount
	Reason    string // one of RefundReasons
	Note      string
	FormToken string // needed: the same form is one refund
	Actor     models.Actor
}

// RefundFacts loads what the rules on refunds look at. Errors: not found, internal.
func (s *Service) RefundFacts(ctx context.Context, orderID string) (RefundFacts, error) {
	return loadRefundFacts(ctx, s.db.Reader, orderID)
}

// refundReader is both the Reader and a transaction.
type refundReader interface {
	Order(ctx context.Context, id string) (models.Order, error)
	Refunds(ctx context.Context, orderID string) ([]models.Refund, error)
	DisputesOf(ctx context.Context, orderID string) ([]models.Dispute, error)
	RefundActs(ctx context.Context, orderID string) ([]models.RefundAct, error)
}

func loadRefundFacts(ctx context.Context, r refundReader, orderID string) (f RefundFacts, err error) {
	if f.Order, err = r.Order(ctx, orderID); err != nil {
		return f, err
	}
	if f.Refunds, err = r.Refunds(ctx, orderID); err != nil {
		return f, err
	}
	if f.Disputes, err = r.DisputesOf(ctx, orderID); err != nil {
		return f, err
	}
	f.Acts, err = r.RefundActs(ctx, orderID)
	return f, err
}

// Refund gives captured money back; an order may have several refunds. The row that is returned says how the call ended, as for Capture.
// Succeeded means that Stripe has the refund: whether the money arrives is told by the refund's own status.
// Errors: invalid input (by field, code CodeRefundUnconfirmed when only the confirmation is missing), a *models.Refusal of kind conflict, not
// found; with the row: refused, unavailable (nothing was refunded), unknown; internal.
func (s *Service) Refund(ctx context.Context, req RefundRequest) (models.RefundAct, error) {
	if err := checkRefundRequest(&req); err != nil {
		return models.RefundAct{}, err
	}
	var r models.RefundAct
	err := s.acts.Once(ctx, "rfd", func(tx *store.Tx, id string) (*acts.Act, bool, error) {
		return s.intendRefund(ctx, tx, id, &r, req)
	}, func() (err error) {
		r, err = s.db.Reader.RefundAct(ctx, r.ID)
		return err
	})
	return r, err
}

// RetryRefund sends a refund that was left to a person again under a new key, unless Stripe turns out to have it: it is looked for first.
// Errors: as for Refund, and a *models.Refusal when Stripe does not answer the look.
func (s *Service) RetryRefund(ctx context.Context, orderID, id string, actor models.Actor) (models.RefundAct, error) {
	r, err := s.db.Reader.RefundAct(ctx, id)
	if err != nil {
		return r, err
	}
	if err := sameOrder(r.OrderID, orderID); err != nil {
		return r, err
	}
	if a := s.refundAct(&r); a.WaitsForPerson() {
		settled, err := s.acts.SettleBySight(ctx, a)
		switch {
		case models.IsKind(err, models.KindConflict): // somebody else's look was faster
			if r, err = s.db.Reader.RefundAct(ctx, id); err != nil {
				return r, err
			}
			return r, r.Failure(r.State)
		case err != nil:
			s.log.WarnContext(ctx, "a refund was not looked for", "refund", id, "error", err)
			return r, &models.Refusal{Code: "not_looked", Message: "Stripe did not answer whether it has this refund already, so nothing was sent. Try again in a moment."}
		case settled:
			return r, r.Failure(r.State)
		}
	}
	err = s.acts.SendAnew(ctx, actor, func(tx *store.Tx) (*acts.Act, error) {
		if r, err = tx.RefundAct(ctx, id); err != nil {
			return nil, err
		}
		return s.refundAct(&r), nil
	})
	return r, err
}

func checkRefundRequest(req *RefundRequest) error {
	req.Note = strings.TrimSpace(req.Note)
	switch {
	case req.FormToken == "":
		return invalid("", "token_missing", "This form is incomplete. Open the order again.")
	case !slices.Contains(RefundReasons(), req.Reason):
		return invalid("reason", "reason_missing", "Choose why the money is given back.")
	case len([]rune(req.Note)) > models.MaxReasonLength:
		return invalid("note", "too_long", fmt.Sprintf("At most %d characters; this note has %d.", models.MaxReasonLength, len([]rune(req.Note))))
	}
	return nil
}

// intendRefund makes the intent durable; fresh as for intendCapture. What is refundable is counted in the same transaction, with the
// refunds that have no answer yet: of two that together are too much, one loses here.
func (s *Service) intendRefund(ctx context.Context, tx *store.Tx, id string, r *models.RefundAct, req RefundRequest) (a *acts.Act, fresh bool, err error) {
	earlier, err := tx.RefundActByToken(ctx, req.FormToken)
	if err != nil {
		return nil, false, err
	}
	if earlier != nil {
		*r = *earlier
		return s.refundAct(r), false, sameOrder(r.OrderID, req.OrderID)
	}
	f, err := loadRefundFacts(ctx, tx, req.OrderID)
	if err != nil {
		return nil, false, err
	}
	if err := asRefusal(CheckRefund(f)); err != nil {
		return nil, false, err
	}
	if err := CheckRefundAmount(f, req.Amount, req.Confirmed); err != nil {
		return nil, false, err
	}
	limits, err := tx.Limits(ctx)
	if err != nil {
		return nil, false, err
	}
	if err := asRefusal(limits.Check(req.Actor.Role, req.Amount)); err != nil {
		return nil, false, err
	}
	*r = models.RefundAct{
		ID: id, OrderID: f.Order.ID, Amount: req.Amount.Minor, Currency: f.Order.Currency, Reason: req.Reason, Note: req.Note,
		State: models.ActPending, ActOutcome: s.acts.NewOutcome(id, req.FormToken, req.Actor),
	}
	a = s.refundAct(r)
	return a, true, s.acts.Intend(ctx, tx, a, req.Actor, func() error { return tx.InsertRefundAct(ctx, *r) })
}

// refundAct is the refund as an act. Its outcome is looked for by the operation_id among the payment's refunds.
func (s *Service) refundAct(r *models.RefundAct) *acts.Act {
	a := &acts.Act{
		ID: r.ID, ObjectID: r.OrderID, Object: models.ObjectPaymentIntent, Name: "refund", Job: JobReconcileRefund, Out: &r.ActOutcome, State: &r.State, Details: refundDetails(r),
		Call: func(ctx context.Context) (payments.Result, error) {
			return s.gateway.CreateRefund(ctx, payments.NewRefund{
				PaymentIntentID: r.OrderID, Amount: r.Amount, Reason: r.Reason, OperationID: r.ID,
			}, r.IdempotencyKey)
		},
		Read: func(ctx context.Context) (payments.Result, error) { return s.gateway.RefundsOf(ctx, r.OrderID) },
		Look: func(res payments.Result) acts.Sight {
			if refundOf(res, r.ID) == nil {
				return acts.Unchanged
			}
			return acts.Done
		},
		Save: func(ctx context.Context, tx *store.Tx) error { return tx.SaveRefundAct(ctx, *r) },
	}
	a.OnSuccess = func(_ context.Context, _ *store.Tx, res payments.Result) error {
		if made := refundOf(res, r.ID); made != nil {
			r.RefundID = made.ID
			a.Details["refund_id"], a.Details["status"] = made.ID, made.Status
		}
		return nil
	}
	return a
}

// refundOf finds our refund in an answer by its operation_id; nil if it is not there.
func refundOf(res payments.Result, operationID string) *models.Refund {
	for _, snap := range res.Snapshots {
		if snap.Refund != nil && snap.Refund.OperationID == operationID {
			return snap.Refund
		}
	}
	return nil
}

func refundDetails(r *models.RefundAct) map[string]string {
	d := map[string]string{"refund": r.ID, "amount": r.Money().String(), "reason": r.Reason}
	if r.Note != "" {
		d["note"] = "yes" // its text may name a customer: it stays in the refund
	}
	return d
}
