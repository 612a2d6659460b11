package store

import (
	"context"

	"counterfoil/models"
)

// InsertCapture writes a capture's intent. Errors: ErrDuplicate when the order has a capture that was not refused, or the form token was
// used before; ErrForeignKey for an unknown order.
func (tx *Tx) InsertCapture(ctx context.Context, c models.Capture) error { return tx.create(ctx, &c) }

// SaveCapture writes the state and outcome of a pending capture; what was asked for never changes.
// Errors: conflict (code "settled") when it is not pending any more, not found, internal.
func (tx *Tx) SaveCapture(ctx context.Context, c models.Capture) error {
	return tx.saveOutcome(ctx, "captures", c.ID, c.State, c.ActOutcome)
}

// Capture gives one capture. Errors: not found, internal.
func (q *queries) Capture(ctx context.Context, id string) (models.Capture, error) {
	var c models.Capture
	err := q.gorm(ctx).Where("id = ?", id).Take(&c).Error
	return c, mapError(err)
}

// CaptureByToken gives the capture that a form token made, nil if there is none or the token is empty. Errors: internal.
func (q *queries) CaptureByToken(ctx context.Context, token string) (*models.Capture, error) {
	if token == "" {
		return nil, nil
	}
	return one[models.Capture](q.gorm(ctx).Where("form_token = ?", token).Where("form_token <> ''"))
}

// OpenCapture gives the order's one capture that was not refused, nil without one. Errors: internal.
func (q *queries) OpenCapture(ctx context.Context, orderID string) (*models.Capture, error) {
	return one[models.Capture](q.gorm(ctx).Where("order_id = ?", orderID).Where("state <> 'refused'"))
}

// Captures gives all captures of an order, refused ones too, oldest first. Errors: internal.
func (q *queries) Captures(ctx context.Context, orderID string) ([]models.Capture, error) {
	return all[models.Capture](q.gorm(ctx).Where("order_id = ?", orderID).Order("requested, id"))
}

// PendingCaptures gives the captures whose outcome is not known, oldest first. Errors: internal.
func (q *queries) PendingCaptures(ctx context.Context) ([]models.Capture, error) {
	return all[models.Capture](q.gorm(ctx).Where("state = 'pending'").Order("requested, id"))
}
