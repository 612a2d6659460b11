package orders

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

// act is one keyed call at Stripe that must happen once: a capture, a cancellation or a refund.
type act struct {
	id, orderID string
	name        string // "capture", "cancel" or "refund": first word of its audit actions
	job         string // the kind of job that looks after it
	out         *models.ActOutcome
	state       *models.ActState
	details     map[string]string
	call        func(ctx context.Context) (payments.Result, error)
	read        func(ctx context.Context) (payments.Result, error) // what tells whether it happened
	look        func(payments.Result) sight                        // what a read tells
	save        func(ctx context.Context, tx *store.Tx) error
	onSuccess   func(ctx context.Context, tx *store.Tx, res payments.Result) error // nil: nothing else becomes true with it
}

// sight is what a read of Stripe tells about an act.
type sight int

const (
	unchanged sight = iota // not done as far as Stripe shows
	done                   // done, and as we asked
	elsewhere              // the authorization is gone by another act than ours
)

// jobArgs is what a reconcile job knows.
type jobArgs struct {
	ID string `json:"id"`
}

// perform makes the act's call and settles what is known of it. The outcome stands in the act's row and in *a.state.
// The error is internal only: what Stripe said is part of the row.
func (s *Service) perform(ctx context.Context, a *act) error {
	ctx = context.WithoutCancel(ctx) // the person may leave, the money may not be left half way
	noted, err := s.mirror.Note(ctx)
	if err != nil {
		return err
	}
	res, err := a.call(ctx)
	switch models.KindOf(err) {
	case "":
		return s.settleDone(ctx, a, noted, res)
	case models.KindRefused, models.KindUnavailable, models.KindNotFound:
		return s.settleRefused(ctx, a, err)
	case models.KindUnknown:
		return s.settleUnknown(ctx, a, err)
	}
	return s.settleUnknown(ctx, a, errors.Join(err, errUnclear))
}

var errUnclear = &models.Error{Kind: models.KindUnknown, Code: "unclear", Message: "Stripe's answer could not be read."}

// settleDone records that Stripe did it, with the objects as Stripe showed them, in one transaction.
func (s *Service) settleDone(ctx context.Context, a *act, noted mirror.Noted, res payments.Result) error {
	return s.settle(ctx, a, models.ActSucceeded, func(tx *store.Tx) error {
		a.out.StripeRequestID = res.RequestID
		a.out.ErrorKind, a.out.ErrorCode, a.out.ErrorMessage, a.out.NeedsPerson = "", "", "", false
		if err := s.mirror.Apply(tx, noted, res.Snapshots); err != nil {
			return err
		}
		if a.onSuccess == nil {
			return nil
		}
		return a.onSuccess(ctx, tx, res)
	})
}

// settleRefused records that nothing was done, and why.
func (s *Service) settleRefused(ctx context.Context, a *act, cause error) error {
	err := s.settle(ctx, a, models.ActRefused, func(*store.Tx) error {
		noteFailure(a.out, cause)
		return nil
	})
	if err == nil && models.KindOf(cause) == models.KindRefused {
		s.refreshQuietly(ctx, a.orderID) // somebody else may have acted: show the present state
	}
	return err
}

// settleUnknown keeps the act pending and has it looked into at once.
func (s *Service) settleUnknown(ctx context.Context, a *act, cause error) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		noteFailure(a.out, cause)
		a.out.Attempts++
		if err := s.queue.Cancel(tx, a.out.ReconcileJob); err != nil {
			return err
		}
		id, err := s.queue.Enqueue(tx, a.job, jobArgs{ID: a.id}, 0)
		if err != nil {
			return err
		}
		a.out.ReconcileJob = id
		if err := a.save(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.outcomeEntry(a, "unknown"))
	})
}

// settle writes the act's final state, its audit entry and everything that becomes true with it, and takes back the crash look.
func (s *Service) settle(ctx context.Context, a *act, state models.ActState, change func(*store.Tx) error) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		*a.state = state
		a.out.Resolved = models.UnixOf(s.now())
		a.out.Attempts++
		if err := change(tx); err != nil {
			return err
		}
		if err := s.queue.Cancel(tx, a.out.ReconcileJob); err != nil {
			return err
		}
		a.out.ReconcileJob = ""
		if err := a.save(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.outcomeEntry(a, string(state)))
	})
}

func (s *Service) outcomeEntry(a *act, outcome string) models.AuditEntry {
	e := s.audit(Actor{StaffID: a.out.StaffID, Name: a.out.StaffName}, a.name+"."+outcome, a.orderID, a.details)
	e.StripeRequestID = a.out.StripeRequestID
	if a.out.ErrorCode != "" {
		e.Details = withDetail(a.details, "code", a.out.ErrorCode)
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

func noteFailure(out *models.ActOutcome, cause error) {
	out.ErrorKind, out.ErrorCode, out.ErrorMessage = models.KindInternal, "internal", "Something went wrong on our side."
	if e := asError(cause); e != nil {
		out.ErrorKind, out.ErrorCode, out.ErrorMessage, out.StripeRequestID = e.Kind, e.Code, e.Message, e.StripeRequestID
	}
}

// refreshQuietly reads the PaymentIntent again after a refusal. Where that fails the mirror's own queue does it later.
func (s *Service) refreshQuietly(ctx context.Context, orderID string) {
	if err := s.mirror.Refresh(ctx, models.ObjectPaymentIntent, orderID); err != nil {
		s.log.WarnContext(ctx, "order not refreshed after a refusal", "order", orderID, "error", err)
	}
}
