package disputes

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/evidence"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// SubmitRequest answers a chargeback, for good.
type SubmitRequest struct {
	DisputeID string
	DraftHash string // Desk.Hash of the draft that the person read
	Confirmed bool   // the person says that it is complete and true
	FormToken string // needed: the same form is one submission
	Actor     models.Actor
}

// Submit answers a chargeback with the draft, once: there is one round, and afterwards nothing can be changed or added
// (docs.stripe.com/payments/klarna/disputes, docs.stripe.com/api/disputes/update). The files go first; where one of them does not arrive,
// nothing is submitted. The row that is returned says how the call ended, as for a capture, and is the receipt.
// Errors: invalid (fields "confirmed", "file", or a text's), a *Refusal (not now, a manager is needed, the draft changed since it was read),
// not found; with the row: refused, unavailable (nothing was submitted), unknown; internal.
func (s *Service) Submit(ctx context.Context, req SubmitRequest) (models.Submission, error) {
	switch {
	case req.FormToken == "":
		return models.Submission{}, invalid("", "token_missing", "This form is incomplete. Open the review again.")
	case !req.Confirmed:
		return models.Submission{}, invalid("confirmed", "unconfirmed", "Confirm that you have read it: it can be sent once.")
	}
	defer s.alone(req.DisputeID)() // a second click finds what became of the first
	d, err := s.Load(ctx, req.DisputeID)
	if err != nil {
		return models.Submission{}, err
	}
	sent, err := s.prepare(ctx, d, req)
	if err != nil {
		return models.Submission{}, err
	}
	var sub models.Submission
	err = s.acts.Once(ctx, "sub", func(tx *store.Tx, id string) (*acts.Act, bool, error) {
		return s.intendSubmission(ctx, tx, id, &sub, sent, req)
	}, func() (err error) {
		sub, err = s.db.Reader.Submission(ctx, sub.ID)
		return err
	})
	return sub, err
}

// prepare checks the request outside of a transaction and uploads the files; nil fields where the form was sent before.
func (s *Service) prepare(ctx context.Context, d evidence.Desk, req SubmitRequest) ([]models.SentField, error) {
	for _, earlier := range d.Submissions {
		if earlier.FormToken == req.FormToken {
			return nil, nil
		}
	}
	if err := s.checkSubmit(ctx, s.db.Reader, d, req); err != nil {
		return nil, err
	}
	for field, message := range evidence.CheckTexts(d.Texts()) {
		return nil, invalid(field, "too_long", message)
	}
	sent, err := s.sentFields(ctx, d)
	filled := func(f models.SentField) bool { return f.Text != "" || f.FileID != "" }
	if err == nil && !slices.ContainsFunc(sent, filled) {
		return nil, invalid("", "empty", "There is nothing to send yet. Without evidence the chargeback is lost.")
	}
	if models.IsKind(err, models.KindUnknown) { // of a file: it may be at Stripe, but nothing was submitted
		return nil, &models.Error{Kind: models.KindUnavailable, Code: "file_unanswered", Err: err,
			Message: "Nothing was submitted. Stripe did not answer when a file was sent. Try again in a moment."}
	}
	return sent, err
}

// limitsReader is both the Reader and a transaction.
type limitsReader interface {
	Limits(ctx context.Context) (models.Limits, error)
}

// checkSubmit answers why this draft cannot be submitted by this person now, or nil.
func (s *Service) checkSubmit(ctx context.Context, r limitsReader, d evidence.Desk, req SubmitRequest) error {
	if err := asError(d.CanAnswer(s.now())); err != nil {
		return err
	}
	limits, err := r.Limits(ctx)
	if err != nil {
		return err
	}
	if err := asError(limits.Check(req.Actor.Role, d.Dispute.Money())); err != nil {
		return err
	}
	if d.Hash() != req.DraftHash {
		return &models.Refusal{Code: "draft_changed", Message: "The draft has changed since you read it. Nothing was submitted. Read it again.",
			By: d.Case.SavedBy, At: d.Case.SavedAt}
	}
	return nil
}

// intendSubmission makes the intent durable; fresh as for intendCapture.
func (s *Service) intendSubmission(ctx context.Context, tx *store.Tx, id string, sub *models.Submission, sent []models.SentField, req SubmitRequest) (
	a *acts.Act, fresh bool, err error) {
	d, err := s.load(ctx, tx, req.DisputeID)
	if err != nil {
		return nil, false, err
	}
	for _, earlier := range d.Submissions {
		if earlier.FormToken == req.FormToken {
			*sub = earlier
			return s.submissionAct(sub), false, nil
		}
	}
	if err := s.checkSubmit(ctx, tx, d, req); err != nil {
		return nil, false, err
	}
	all, err := json.Marshal(sent)
	if err != nil {
		return nil, false, err
	}
	*sub = models.Submission{ID: id, DisputeID: d.Dispute.ID, OrderID: d.Dispute.PaymentIntentID, Amount: d.Dispute.Amount, Currency: d.Dispute.Currency,
		DraftHash: req.DraftHash, SHA256: hash(all), Sent: sent, State: models.ActPending, ActOutcome: s.acts.NewOutcome(id, req.FormToken, req.Actor)}
	a = s.submissionAct(sub)
	return a, true, s.acts.Intend(ctx, tx, a, req.Actor, func() error { return tx.InsertSubmission(ctx, *sub) })
}

// submissionAct is the submission as an act. What Stripe has is known as ours by metadata[operation_id].
func (s *Service) submissionAct(sub *models.Submission) *acts.Act {
	return &acts.Act{
		ID: sub.ID, ObjectID: sub.DisputeID, Object: models.ObjectDispute, Name: "submission", Job: JobReconcileSubmission,
		Out: &sub.ActOutcome, State: &sub.State,
		Details: map[string]string{"submission": sub.ID, "amount": sub.Money().String(), "sha256": sub.SHA256, "fields": strconv.Itoa(len(sub.Sent))},
		Call: func(ctx context.Context) (payments.Result, error) {
			return s.gateway.UpdateEvidence(ctx, payments.EvidenceUpdate{
				DisputeID: sub.DisputeID, Fields: wire(sub.Sent), Submit: true, OperationID: sub.ID,
			}, sub.IdempotencyKey)
		},
		Read: func(ctx context.Context) (payments.Result, error) {
			return s.gateway.Object(ctx, models.ObjectDispute, sub.DisputeID)
		},
		Look: func(res payments.Result) acts.Sight { return lookForSubmission(disputeOf(res), sub.ID) },
		Save: func(ctx context.Context, tx *store.Tx) error { return tx.SaveSubmission(ctx, *sub) },
	}
}

// lookForSubmission reads off the dispute whether our evidence was submitted.
func lookForSubmission(d *models.Dispute, operationID string) acts.Sight {
	switch {
	case d == nil:
		return acts.Unchanged
	case d.SubmissionCount > 0 && d.OperationID == operationID:
		return acts.Done
	case d.SubmissionCount > 0 || evidence.PhaseOf(*d) != evidence.PhaseChargeback:
		return acts.Elsewhere
	}
	return acts.Unchanged
}

// disputeOf finds the dispute in an answer.
func disputeOf(res payments.Result) *models.Dispute {
	for _, snap := range res.Snapshots {
		if snap.Dispute != nil {
			return snap.Dispute
		}
	}
	return nil
}

// RetrySubmission sends a submission that was left to a person again, under a new key, exactly as it was.
// Errors: conflict when nothing waits for a decision, else as for Submit.
func (s *Service) RetrySubmission(ctx context.Context, disputeID string, actor models.Actor) (sub models.Submission, err error) {
	defer s.alone(disputeID)()
	err = s.acts.SendAnew(ctx, actor, func(tx *store.Tx) (*acts.Act, error) {
		all, err := tx.Submissions(ctx, disputeID)
		if err != nil || len(all) == 0 {
			return nil, err
		}
		sub = all[len(all)-1]
		return s.submissionAct(&sub), nil
	})
	return sub, err
}

// reconcileSubmission settles a submission whose outcome is not known.
func (s *Service) reconcileSubmission(ctx context.Context, args []byte) error {
	return s.acts.Reconcile(ctx, args, func(id string) (*acts.Act, error) {
		sub, err := s.db.Reader.Submission(ctx, id)
		return s.submissionAct(&sub), err
	})
}
