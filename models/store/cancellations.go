package store

import (
	"context"

	"counterfoil/models"
)

// InsertCancellation writes a cancellation's intent. Errors: ErrDuplicate when the order has a cancellation that was not refused, or the
// form token was used before; ErrForeignKey for an unknown order.
func (tx *Tx) InsertCancellation(ctx context.Context, c models.Cancellation) error {
	return tx.create(ctx, &c)
}

// SaveCancellation writes the state and outcome of a pending cancellation.
// Errors: conflict (code "settled") when it is not pending any more, not found, internal.
func (tx *Tx) SaveCancellation(ctx context.Context, c models.Cancellation) error {
	return tx.saveOutcome(ctx, "cancellations", c.ID, c.State, c.ActOutcome)
}

// Cancellation gives one cancellation. Errors: not found, internal.
func (q *queries) Cancellation(ctx context.Context, id string) (models.Cancellation, error) {
	var c models.Cancellation
	err := q.gorm(ctx).Where("id = ?", id).Take(&c).Error
	return c, mapError(err)
}

// CancellationByToken gives the cancellation that a form token made, nil if there is none or the token is empty. Errors: internal.
func (q *queries) CancellationByToken(ctx context.Context, token string) (*models.Cancellation, error) {
	if token == "" {
		return nil, nil
	}
	return one[models.Cancellation](q.gorm(ctx).Where("form_token = ?", token).Where("form_token <> ''"))
}

// OpenCancellation gives the order's one cancellation that was not refused, nil without one. Errors: internal.
func (q *queries) OpenCancellation(ctx context.Context, orderID string) (*models.Cancellation, error) {
	return one[models.Cancellation](q.gorm(ctx).Where("order_id = ?", orderID).Where("state <> 'refused'"))
}

// Cancellations gives all cancellations of an order, refused ones too, oldest first. Errors: internal.
func (q *queries) Cancellations(ctx context.Context, orderID string) ([]models.Cancellation, error) {
	return all[models.Cancellation](q.gorm(ctx).Where("order_id = ?", orderID).Order("requested, id"))
}

// PendingCancellations gives the cancellations whose outcome is not known, oldest first. Errors: internal.
func (q *queries) PendingCancellations(ctx context.Context) ([]models.Cancellation, error) {
	return all[models.Cancellation](q.gorm(ctx).Where("state = 'pending'").Order("requested, id"))
}
