package disputes

import (
	"context"
	"fmt"
	"strconv"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/evidence"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// AcceptRequest accepts a chargeback, which loses it.
type AcceptRequest struct {
	DisputeID string
	Confirmed int64  // minor units that the person confirmed to leave with the customer; must be the disputed amount
	FormToken string // needed: the same form is one acceptance
	Actor     models.Actor
}

// Accept closes a chargeback as lost: amount and fee are gone, and it cannot be undone (docs.stripe.com/api/disputes/close). An inquiry is
// settled by a refund instead. Errors: invalid (field "confirmed"), a *Refusal, not found; with the row: refused, unavailable (nothing was
// accepted), unknown; internal.
func (s *Service) Accept(ctx context.Context, req AcceptRequest) (models.Acceptance, error) {
	if req.FormToken == "" {
		return models.Acceptance{}, invalid("", "token_missing", "This form is incomplete. Open the dispute again.")
	}
	defer s.alone(req.DisputeID)()
	var acc models.Acceptance
	err := s.acts.Once(ctx, "acc", func(tx *store.Tx, id string) (*acts.Act, bool, error) {
		return s.intendAcceptance(ctx, tx, id, &acc, req)
	}, func() (err error) {
		acc, err = s.db.Reader.Acceptance(ctx, acc.ID)
		return err
	})
	return acc, err
}

// intendAcceptance makes the intent durable; fresh as for intendCapture.
func (s *Service) intendAcceptance(ctx context.Context, tx *store.Tx, id string, acc *models.Acceptance, req AcceptRequest) (a *acts.Act, fresh bool, err error) {
	d, err := s.load(ctx, tx, req.DisputeID)
	if err != nil {
		return nil, false, err
	}
	for _, earlier := range d.Acceptances {
		if earlier.FormToken == req.FormToken {
			*acc = earlier
			return s.acceptanceAct(acc), false, nil
		}
	}
	if err := asError(d.CanAccept()); err != nil {
		return nil, false, err
	}
	limits, err := tx.Limits(ctx)
	if err != nil {
		return nil, false, err
	}
	if err := asError(limits.Check(req.Actor.Role, d.Dispute.Money())); err != nil {
		return nil, false, err
	}
	if req.Confirmed != d.Dispute.Amount {
		return nil, false, invalid("confirmed", "unconfirmed", fmt.Sprintf("Confirm that %s stays with the customer: it cannot be undone.", d.Dispute.Money()))
	}
	*acc = models.Acceptance{ID: id, DisputeID: d.Dispute.ID, OrderID: d.Dispute.PaymentIntentID, Amount: d.Dispute.Amount, Currency: d.Dispute.Currency,
		State: models.ActPending, ActOutcome: s.acts.NewOutcome(id, req.FormToken, req.Actor)}
	a = s.acceptanceAct(acc)
	return a, true, s.acts.Intend(ctx, tx, a, req.Actor, func() error { return tx.InsertAcceptance(ctx, *acc) })
}

// acceptanceAct is the acceptance as an act. Stripe keeps no id of ours with it: a dispute that is lost is what was asked for.
func (s *Service) acceptanceAct(acc *models.Acceptance) *acts.Act {
	return &acts.Act{
		ID: acc.ID, ObjectID: acc.DisputeID, Object: models.ObjectDispute, Name: "acceptance", Job: JobReconcileAcceptance,
		Out: &acc.ActOutcome, State: &acc.State, Details: map[string]string{"acceptance": acc.ID, "amount": acc.Money().String()},
		Call: func(ctx context.Context) (payments.Result, error) {
			return s.gateway.CloseDispute(ctx, acc.DisputeID, acc.IdempotencyKey)
		},
		Read: func(ctx context.Context) (payments.Result, error) {
			return s.gateway.Object(ctx, models.ObjectDispute, acc.DisputeID)
		},
		Look: func(res payments.Result) acts.Sight { return lookForAcceptance(disputeOf(res)) },
		Save: func(ctx context.Context, tx *store.Tx) error { return tx.SaveAcceptance(ctx, *acc) },
	}
}

func lookForAcceptance(d *models.Dispute) acts.Sight {
	switch {
	case d == nil || evidence.PhaseOf(*d) == evidence.PhaseChargeback:
		return acts.Unchanged
	case evidence.PhaseOf(*d) == evidence.PhaseLost:
		return acts.Done
	}
	return acts.Elsewhere
}

// RetryAcceptance sends an acceptance that was left to a person again, under a new key.
// Errors: conflict when nothing waits for a decision, else as for Accept.
func (s *Service) RetryAcceptance(ctx context.Context, disputeID string, actor models.Actor) (acc models.Acceptance, err error) {
	defer s.alone(disputeID)()
	err = s.acts.SendAnew(ctx, actor, func(tx *store.Tx) (*acts.Act, error) {
		all, err := tx.Acceptances(ctx, disputeID)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		acc = all[len(all)-1]
		return s.acceptanceAct(&acc), nil
	})
	return acc, err
}

// reconcileAcceptance settles an acceptance whose outcome is not known.
func (s *Service) reconcileAcceptance(ctx context.Context, args []byte) error {
	return s.acts.Reconcile(ctx, args, func(id string) (*acts.Act, error) {
		acc, err := s.db.Reader.Acceptance(ctx, id)
		return s.acceptanceAct(&acc), err
	})
}

// SetLimits says above which amounts a manager has to refund, submit or accept. Errors: internal.
func (s *Service) SetLimits(ctx context.Context, limits models.Limits, actor models.Actor) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.SetLimits(ctx, limits); err != nil {
			return err
		}
		details := map[string]string{}
		for currency, minor := range limits {
			details[currency] = strconv.FormatInt(minor, 10)
		}
		return tx.AppendAudit(ctx, s.acts.Audit(actor, "settings.limits_changed", "", details))
	})
}
