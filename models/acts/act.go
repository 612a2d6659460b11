package acts

import (
	"context"
	"errors"
	"time"

	"counterfoil/models"
	"counterfoil/models/mirror"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

const (
	// reconcileMargin is added to the call's timeout before a crash is looked into.
	reconcileMargin = 5 * time.Second
	// keyLifetime is how long an idempotency key is trusted: Stripe may prune keys after 24 hours
	// (docs.stripe.com/api/idempotent_requests). Afterwards a person decides.
	keyLifetime = 23 * time.Hour
)

// Act is one keyed call at Stripe that must happen once: a capture, a cancellation, a refund, an answer to a dispute.
type Act struct {
	ID        string
	ObjectID  string            // what the audit log files it under: pi_…, du_…
	Object    models.ObjectKind // what is read anew when Stripe refuses it
	Name      string            // "capture", "refund" …: first word of its audit actions
	Job       string            // the kind of job that looks after it
	Out       *models.ActOutcome
	State     *models.ActState
	Details   map[string]string // of the audit entries: ids and words, nothing of customers
	Call      func(ctx context.Context) (payments.Result, error)
	Read      func(ctx context.Context) (payments.Result, error) // what tells whether it happened
	Look      func(payments.Result) Sight                        // what a read tells
	Save      func(ctx context.Context, tx *store.Tx) error
	OnSuccess func(ctx context.Context, tx *store.Tx, res payments.Result) error // nil: nothing else becomes true with it
}

// Sight is what a read of Stripe tells about an act.
type Sight int

// What a read can tell.
const (
	Unchanged Sight = iota // not done as far as Stripe shows
	Done                   // done, and as we asked
	Elsewhere              // no longer possible, by another act than ours
)

// jobArgs is what a reconcile job knows.
type jobArgs struct {
	ID string `json:"id"`
}

// perform makes the act's call and settles what is known of it. The outcome stands in the act's row and in *a.State.
// The error is internal only: what Stripe said is part of the row.
func (r *Runner) perform(ctx context.Context, a *Act) error {
	ctx = context.WithoutCancel(ctx) // the person may leave, the money may not be left half way
	noted, err := r.mirror.Note(ctx)
	if err != nil {
		return err
	}
	res, err := a.Call(ctx)
	switch models.KindOf(err) {
	case "":
		return r.settleDone(ctx, a, noted, res)
	case models.KindRefused, models.KindUnavailable, models.KindNotFound:
		return r.settleRefused(ctx, a, err)
	case models.KindUnknown:
		return r.settleUnknown(ctx, a, err)
	}
	return r.settleUnknown(ctx, a, errors.Join(err, errUnclear))
}

var errUnclear = &models.Error{Kind: models.KindUnknown, Code: "unclear", Message: "Stripe's answer could not be read."}

// settleDone records that Stripe did it, with the objects as Stripe showed them, in one transaction.
func (r *Runner) settleDone(ctx context.Context, a *Act, noted mirror.Noted, res payments.Result) error {
	return r.settle(ctx, a, models.ActSucceeded, func(tx *store.Tx) error {
		a.Out.StripeRequestID = res.RequestID
		a.Out.ErrorKind, a.Out.ErrorCode, a.Out.ErrorMessage, a.Out.NeedsPerson = "", "", "", false
		if err := r.mirror.Apply(tx, noted, res.Snapshots); err != nil {
			return err
		}
		if a.OnSuccess == nil {
			return nil
		}
		return a.OnSuccess(ctx, tx, res)
	})
}

// settleRefused records that nothing was done, and why.
func (r *Runner) settleRefused(ctx context.Context, a *Act, cause error) error {
	err := r.settle(ctx, a, models.ActRefused, func(*store.Tx) error {
		NoteFailure(a.Out, cause)
		return nil
	})
	if err == nil && models.KindOf(cause) == models.KindRefused {
		r.refreshQuietly(ctx, a) // somebody else may have acted: show the present state
	}
	return err
}

// settleUnknown keeps the act pending and has it looked into at once.
func (r *Runner) settleUnknown(ctx context.Context, a *Act, cause error) error {
	return r.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		NoteFailure(a.Out, cause)
		a.Out.Attempts++
		if err := r.queue.Cancel(tx, a.Out.ReconcileJob); err != nil {
			return err
		}
		id, err := r.queue.Enqueue(tx, a.Job, jobArgs{ID: a.ID}, 0)
		if err != nil {
			return err
		}
		a.Out.ReconcileJob = id
		if err := a.Save(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, r.outcomeEntry(a, "unknown"))
	})
}

// settle writes the act's final state, its audit entry and everything that becomes true with it, and takes back the crash look.
func (r *Runner) settle(ctx context.Context, a *Act, state models.ActState, change func(*store.Tx) error) error {
	return r.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		*a.State = state
		a.Out.Resolved = models.UnixOf(r.now())
		a.Out.Attempts++
		if err := change(tx); err != nil {
			return err
		}
		if err := r.queue.Cancel(tx, a.Out.ReconcileJob); err != nil {
			return err
		}
		a.Out.ReconcileJob = ""
		if err := a.Save(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, r.outcomeEntry(a, string(state)))
	})
}

func (r *Runner) outcomeEntry(a *Act, outcome string) models.AuditEntry {
	e := r.Audit(models.Actor{StaffID: a.Out.StaffID, Name: a.Out.StaffName}, a.Name+"."+outcome, a.ObjectID, a.Details)
	e.StripeRequestID = a.Out.StripeRequestID
	if a.Out.ErrorCode != "" {
		e.Details = withDetail(a.Details, "code", a.Out.ErrorCode)
	}
	return e
}

func withDetail(details map[string]string, name, value string) map[string]string {
	all := map[string]string{name: value}
	for k, v := range details {
		all[k] = v
	}
	return all
}

// NoteFailure keeps why a call failed, for people and for support.
func NoteFailure(out *models.ActOutcome, cause error) {
	out.ErrorKind, out.ErrorCode, out.ErrorMessage = models.KindInternal, "internal", "Something went wrong on our side."
	if e := asError(cause); e != nil {
		out.ErrorKind, out.ErrorCode, out.ErrorMessage, out.StripeRequestID = e.Kind, e.Code, e.Message, e.StripeRequestID
	}
}

// refreshQuietly reads the object again after a refusal. Where that fails the mirror's own queue does it later.
func (r *Runner) refreshQuietly(ctx context.Context, a *Act) {
	if err := r.mirror.Refresh(ctx, a.Object, a.ObjectID); err != nil {
		r.log.WarnContext(ctx, "not refreshed after a refusal", "object", a.ObjectID, "error", err)
	}
}
