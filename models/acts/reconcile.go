package acts

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/store"
)

// Reconcile looks at Stripe and settles the act by what it shows. Unchanged: the same call with the same key and parameters,
// which can do no harm. A failure that Stripe keeps under the key is left to a person.
func (r *Runner) Reconcile(ctx context.Context, args []byte, load func(id string) (*Act, error)) error {
	var ja jobArgs
	if err := json.Unmarshal(args, &ja); err != nil {
		return fmt.Errorf("reconcile: arguments: %w", err)
	}
	if r.isUnderWay(ja.ID) {
		return &jobs.Later{After: time.Second}
	}
	a, err := load(ja.ID)
	if err != nil {
		return err
	}
	if *a.State != models.ActPending || a.Out.NeedsPerson {
		return nil
	}
	if settled, err := r.SettleBySight(ctx, a); settled || err != nil {
		return Soon(err)
	}
	if r.now().Sub(a.Out.Requested.Time()) > keyLifetime {
		return r.leaveToPerson(ctx, a)
	}
	return Soon(r.sendAgain(ctx, a))
}

// RetryAfter is how soon Stripe is asked again while it does not answer: what is unknown is settled soon after it does.
const RetryAfter = 2 * time.Second

// Soon has a job run again shortly when Stripe gave no answer, instead of waiting longer each time.
func Soon(err error) error {
	if models.IsKind(err, models.KindUnavailable) || models.IsKind(err, models.KindUnknown) {
		return &jobs.Later{After: RetryAfter}
	}
	return err
}

// SettleBySight reads what the act would have changed and settles the act if that answers the question.
func (r *Runner) SettleBySight(ctx context.Context, a *Act) (bool, error) {
	noted, err := r.mirror.Note(ctx)
	if err != nil {
		return false, err
	}
	res, err := a.Read(ctx)
	if models.IsKind(err, models.KindNotFound) {
		return true, r.settleRefused(ctx, a, err)
	}
	if err != nil {
		return false, err
	}
	switch a.Look(res) {
	case Done:
		return true, r.settleDone(ctx, a, noted, res)
	case Elsewhere:
		return true, r.settleRefused(ctx, a, &models.Error{Kind: models.KindRefused, Code: a.Name + "_elsewhere",
			Message: "Nothing was done by us: it was changed elsewhere in the meantime.", StripeRequestID: res.RequestID})
	}
	return false, nil
}

// sendAgain makes the same call with the same key.
func (r *Runner) sendAgain(ctx context.Context, a *Act) error {
	noted, err := r.mirror.Note(ctx)
	if err != nil {
		return err
	}
	res, err := a.Call(ctx)
	switch e := asError(err); {
	case err == nil:
		return r.settleDone(ctx, a, noted, res)
	case e != nil && e.Kind == models.KindRefused:
		return r.settleRefused(ctx, a, err)
	case e != nil && e.Code == cachedFailure:
		if settled, err := r.SettleBySight(ctx, a); settled || err != nil {
			return err
		}
		return r.leaveToPerson(ctx, a)
	}
	return err
}

// cachedFailure is the code of a failure that Stripe keeps and repeats under an idempotency key.
const cachedFailure = "cached_failure"

// leaveToPerson stops asking: only a person may send this again, under a new key.
func (r *Runner) leaveToPerson(ctx context.Context, a *Act) error {
	return r.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		a.Out.NeedsPerson = true
		a.Out.ReconcileJob = ""
		if err := a.Save(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, r.outcomeEntry(a, "left_to_person"))
	})
}
