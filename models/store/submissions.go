package store

import (
	"context"

	"counterfoil/models"
)

// InsertSubmission writes a submission's intent. Errors: ErrDuplicate when the dispute has one that was not refused, or the form token was
// used before; internal.
func (tx *Tx) InsertSubmission(ctx context.Context, s models.Submission) error {
	return tx.create(ctx, &s)
}

// SaveSubmission writes the state and outcome of a pending submission; what was sent never changes.
// Errors: conflict (code "settled") when it is not pending any more, not found, internal.
func (tx *Tx) SaveSubmission(ctx context.Context, s models.Submission) error {
	return tx.saveOutcome(ctx, "submissions", s.ID, s.State, s.ActOutcome)
}

// Submission gives one submission. Errors: not found, internal.
func (q *queries) Submission(ctx context.Context, id string) (models.Submission, error) {
	var s models.Submission
	err := q.gorm(ctx).Where("id = ?", id).Take(&s).Error
	return s, mapError(err)
}

// Submissions gives all submissions of a dispute, refused ones too, oldest first. Errors: internal.
func (q *queries) Submissions(ctx context.Context, disputeID string) ([]models.Submission, error) {
	return all[models.Submission](q.gorm(ctx).Where("dispute_id = ?", disputeID).Order("requested, rowid"))
}

// SentSubmissions gives the submissions that Stripe has, the newest first, at most limit. Errors: internal.
func (q *queries) SentSubmissions(ctx context.Context, limit int) ([]models.Submission, error) {
	return all[models.Submission](q.gorm(ctx).Where("state = 'succeeded'").Order("requested desc, rowid desc").Limit(limit))
}

// InsertAcceptance writes an acceptance's intent. Errors: as for InsertSubmission.
func (tx *Tx) InsertAcceptance(ctx context.Context, a models.Acceptance) error {
	return tx.create(ctx, &a)
}

// SaveAcceptance writes the state and outcome of a pending acceptance.
// Errors: conflict (code "settled") when it is not pending any more, not found, internal.
func (tx *Tx) SaveAcceptance(ctx context.Context, a models.Acceptance) error {
	return tx.saveOutcome(ctx, "acceptances", a.ID, a.State, a.ActOutcome)
}

// Acceptance gives one acceptance. Errors: not found, internal.
func (q *queries) Acceptance(ctx context.Context, id string) (models.Acceptance, error) {
	var a models.Acceptance
	err := q.gorm(ctx).Where("id = ?", id).Take(&a).Error
	return a, mapError(err)
}

// Acceptances gives all acceptances of a dispute, refused ones too, oldest first. Errors: internal.
func (q *queries) Acceptances(ctx context.Context, disputeID string) ([]models.Acceptance, error) {
	return all[models.Acceptance](q.gorm(ctx).Where("dispute_id = ?", disputeID).Order("requested, rowid"))
}
