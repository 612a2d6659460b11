package orders

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/store"
)

// reconcileCapture settles a capture whose outcome is not known. It is a job: an error means "look again".
func (s *Service) reconcileCapture(ctx context.Context, args []byte) error {
	return s.reconcile(ctx, args, func(id string) (*act, error) {
		c, err := s.db.Reader.Capture(ctx, id)
		if err != nil {
			return nil, err
		}
		f, err := s.Facts(ctx, c.OrderID)
		if err != nil {
			return nil, err
		}
		return s.captureAct(f.Order, &c), nil
	})
}

// reconcileCancel settles a cancellation whose outcome is not known.
func (s *Service) reconcileCancel(ctx context.Context, args []byte) error {
	return s.reconcile(ctx, args, func(id string) (*act, error) {
		c, err := s.db.Reader.Cancellation(ctx, id)
		if err != nil {
			return nil, err
		}
		f, err := s.Facts(ctx, c.OrderID)
		if err != nil {
			return nil, err
		}
		return s.cancelAct(f.Order, &c), nil
	})
}

// reconcileRefund settles a refund whose outcome is not known.
func (s *Service) reconcileRefund(ctx context.Context, args []byte) error {
	return s.reconcile(ctx, args, func(id string) (*act, error) {
		r, err := s.db.Reader.RefundAct(ctx, id)
		return s.refundAct(&r), err
	})
}

// reconcile looks at Stripe and settles the act by what it shows. Unchanged: the same call with the same key and parameters,
// which can do no harm. A failure that Stripe keeps under the key is left to a person.
func (s *Service) reconcile(ctx context.Context, args []byte, load func(id string) (*act, error)) error {
	var ja jobArgs
	if err := json.Unmarshal(args, &ja); err != nil {
		return fmt.Errorf("reconcile: arguments: %w", err)
	}
	if s.isUnderWay(ja.ID) {
		return &jobs.Later{After: time.Second}
	}
	a, err := load(ja.ID)
	if err != nil {
		return err
	}
	if *a.state != models.ActPending || a.out.NeedsPerson {
		return nil
	}
	if settled, err := s.settleBySight(ctx, a); settled || err != nil {
		return soon(err)
	}
	if s.now().Sub(a.out.Requested.Time()) > keyLifetime {
		return s.leaveToPerson(ctx, a)
	}
	return soon(s.sendAgain(ctx, a))
}

// retryAfter is how soon Stripe is asked again while it does not answer: what is unknown is settled soon after it does.
const retryAfter = 2 * time.Second

// soon has a job run again shortly when Stripe gave no answer, instead of waiting longer each time.
func soon(err error) error {
	if models.IsKind(err, models.KindUnavailable) || models.IsKind(err, models.KindUnknown) {
		return &jobs.Later{After: retryAfter}
	}
	return err
}

// settleBySight reads what the act would have changed and settles the act if that answers the question.
func (s *Service) settleBySight(ctx context.Context, a *act) (bool, error) {
	noted, err := s.mirror.Note(ctx)
	if err != nil {
		return false, err
	}
	res, err := a.read(ctx)
	if models.IsKind(err, models.KindNotFound) {
		return true, s.settleRefused(ctx, a, err)
	}
	if err != nil {
		return false, err
	}
	switch a.look(res) {
	case done:
		return true, s.settleDone(ctx, a, noted, res)
	case elsewhere:
		return true, s.settleRefused(ctx, a, &models.Error{Kind: models.KindRefused, Code: a.name + "_elsewhere",
			Message: "Nothing was done by us: the payment was changed elsewhere in the meantime.", StripeRequestID: res.RequestID})
	}
	return false, nil
}

// sendAgain makes the same call with the same key.
func (s *Service) sendAgain(ctx context.Context, a *act) error {
	noted, err := s.mirror.Note(ctx)
	if err != nil {
		return err
	}
	res, err := a.call(ctx)
	switch e := asError(err); {
	case err == nil:
		return s.settleDone(ctx, a, noted, res)
	case e != nil && e.Kind == models.KindRefused:
		return s.settleRefused(ctx, a, err)
	case e != nil && e.Code == cachedFailure:
		if settled, err := s.settleBySight(ctx, a); settled || err != nil {
			return err
		}
		return s.leaveToPerson(ctx, a)
	}
	return err
}

// cachedFailure is the code of a failure that Stripe keeps and repeats under an idempotency key.
const cachedFailure = "cached_failure"

// leaveToPerson stops asking: only a person may send this again, under a new key.
func (s *Service) leaveToPerson(ctx context.Context, a *act) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		a.out.NeedsPerson = true
		a.out.ReconcileJob = ""
		if err := a.save(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.outcomeEntry(a, "left_to_person"))
	})
}
