package acts

import (
	"context"
	"strconv"

	"counterfoil/models"
	"counterfoil/models/store"
)

// Once carries an act out. intend writes its intent in a transaction, or finds that the same form did so before (fresh is false): then the
// call is not made again, but waited for, and reload reads the row as it is by then. What the act points to says how it ended.
// Errors: those of intend; of kind refused, unavailable (nothing was done) or unknown, as the row says; internal.
func (r *Runner) Once(ctx context.Context, prefix string, intend func(tx *store.Tx, id string) (a *Act, fresh bool, err error), reload func() error) error {
	id := NewID(prefix)
	defer r.begin(id)()
	var a *Act
	var fresh bool
	err := r.db.Writer.Tx(ctx, func(tx *store.Tx) (err error) {
		a, fresh, err = intend(tx, id)
		return err
	})
	switch {
	case err != nil:
		return err
	case fresh:
		r.carryOut(ctx, a)
	default:
		r.await(ctx, a.ID)
		if err := reload(); err != nil {
			return err
		}
	}
	return a.Out.Failure(*a.State)
}

// carryOut makes the call of an act whose intent is durable. Where its outcome cannot be written, the queued look settles it.
func (r *Runner) carryOut(ctx context.Context, a *Act) {
	if err := r.perform(ctx, a); err != nil {
		r.log.ErrorContext(ctx, "an outcome was not written; the queued look settles it", "act", a.ID, "error", err)
		*a.State = models.ActPending
	}
}

// Intend makes an act durable before its call: its row, the job that would look after a crash, and the audit entry.
func (r *Runner) Intend(ctx context.Context, tx *store.Tx, a *Act, actor models.Actor, insert func() error) (err error) {
	if a.Out.ReconcileJob, err = r.queue.Enqueue(tx, a.Job, jobArgs{ID: a.ID}, r.patience); err != nil {
		return err
	}
	if err := insert(); err != nil {
		return err
	}
	return tx.AppendAudit(ctx, r.Audit(actor, a.Name+".requested", a.ObjectID, a.Details))
}

// NewOutcome is the course of an act that begins now.
func (r *Runner) NewOutcome(id, formToken string, actor models.Actor) models.ActOutcome {
	return models.ActOutcome{
		FormToken: formToken, IdempotencyKey: id, StaffID: actor.StaffID, StaffName: actor.Name, Requested: models.UnixOf(r.now()),
	}
}

// SendAnew sends an act that was left to a person once more, under a new key. load gives it, nil if there is none.
// Errors: conflict when nothing waits for a decision, else as for once.
func (r *Runner) SendAnew(ctx context.Context, actor models.Actor, load func(tx *store.Tx) (*Act, error)) error {
	var a *Act
	err := r.db.Writer.Tx(ctx, func(tx *store.Tx) (err error) {
		if a, err = load(tx); err != nil {
			return err
		}
		if a == nil || !a.WaitsForPerson() {
			return &models.Refusal{Code: "nothing_to_retry", Message: "There is nothing here that waits for your decision."}
		}
		if err := r.renew(tx, a); err != nil {
			return err
		}
		if err := a.Save(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, r.Audit(actor, a.Name+".sent_again", a.ObjectID, a.Details))
	})
	if err != nil {
		return err
	}
	defer r.begin(a.ID)()
	r.carryOut(ctx, a)
	return a.Out.Failure(*a.State)
}

// renew gives a pending act a new key and a new look after a crash.
func (r *Runner) renew(tx *store.Tx, a *Act) (err error) {
	a.Out.NeedsPerson = false
	a.Out.IdempotencyKey = a.ID + ":" + strconv.FormatInt(a.Out.Attempts+1, 10)
	a.Out.Requested = models.UnixOf(r.now())
	a.Out.ReconcileJob, err = r.queue.Enqueue(tx, a.Job, jobArgs{ID: a.ID}, r.patience)
	return err
}

// WaitsForPerson tells whether only a person may send the act again.
func (a *Act) WaitsForPerson() bool { return *a.State == models.ActPending && a.Out.NeedsPerson }
