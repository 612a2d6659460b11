package orders

import (
	"context"
	"strconv"

	"counterfoil/models"
	"counterfoil/models/store"
)

// once carries an act out. intend writes its intent in a transaction, or finds that the same form did so before (fresh is false): then the
// call is not made again, but waited for, and reload reads the row as it is by then. What the act points to says how it ended.
// Errors: those of intend; of kind refused, unavailable (nothing was done) or unknown, as the row says; internal.
func (s *Service) once(ctx context.Context, prefix string, intend func(tx *store.Tx, id string) (a *act, fresh bool, err error), reload func() error) error {
	id := newID(prefix)
	defer s.begin(id)()
	var a *act
	var fresh bool
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) (err error) {
		a, fresh, err = intend(tx, id)
		return err
	})
	switch {
	case err != nil:
		return err
	case fresh:
		s.carryOut(ctx, a)
	default:
		s.await(ctx, a.id)
		if err := reload(); err != nil {
			return err
		}
	}
	return a.out.Failure(*a.state)
}

// carryOut makes the call of an act whose intent is durable. Where its outcome cannot be written, the queued look settles it.
func (s *Service) carryOut(ctx context.Context, a *act) {
	if err := s.perform(ctx, a); err != nil {
		s.log.ErrorContext(ctx, "an outcome was not written; the queued look settles it", "act", a.id, "error", err)
		*a.state = models.ActPending
	}
}

// intend makes an act durable before its call: its row, the job that would look after a crash, and the audit entry.
func (s *Service) intend(ctx context.Context, tx *store.Tx, a *act, actor Actor, insert func() error) (err error) {
	if a.out.ReconcileJob, err = s.queue.Enqueue(tx, a.job, jobArgs{ID: a.id}, s.patience); err != nil {
		return err
	}
	if err := insert(); err != nil {
		return err
	}
	return tx.AppendAudit(ctx, s.audit(actor, a.name+".requested", a.orderID, a.details))
}

// newOutcome is the course of an act that begins now.
func (s *Service) newOutcome(id, formToken string, actor Actor) models.ActOutcome {
	return models.ActOutcome{
		FormToken: formToken, IdempotencyKey: id, StaffID: actor.StaffID, StaffName: actor.Name, Requested: models.UnixOf(s.now()),
	}
}

// sendAnew sends an act that was left to a person once more, under a new key. load gives it, nil if there is none.
// Errors: conflict when nothing waits for a decision, else as for once.
func (s *Service) sendAnew(ctx context.Context, actor Actor, load func(tx *store.Tx) (*act, error)) error {
	var a *act
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) (err error) {
		if a, err = load(tx); err != nil {
			return err
		}
		if a == nil || !a.waitsForPerson() {
			return &Refusal{Code: "nothing_to_retry", Message: "There is nothing here that waits for your decision."}
		}
		if err := s.renew(tx, a); err != nil {
			return err
		}
		if err := a.save(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.audit(actor, a.name+".sent_again", a.orderID, a.details))
	})
	if err != nil {
		return err
	}
	defer s.begin(a.id)()
	s.carryOut(ctx, a)
	return a.out.Failure(*a.state)
}

// renew gives a pending act a new key and a new look after a crash.
func (s *Service) renew(tx *store.Tx, a *act) (err error) {
	a.out.NeedsPerson = false
	a.out.IdempotencyKey = a.id + ":" + strconv.FormatInt(a.out.Attempts+1, 10)
	a.out.Requested = models.UnixOf(s.now())
	a.out.ReconcileJob, err = s.queue.Enqueue(tx, a.job, jobArgs{ID: a.id}, s.patience)
	return err
}

func (a *act) waitsForPerson() bool { return *a.state == models.ActPending && a.out.NeedsPerson }
