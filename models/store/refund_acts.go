package store

import (
	"context"

	"counterfoil/models"
)

// InsertRefundAct writes a refund's intent. Errors: ErrDuplicate when the form token was used before; ErrForeignKey for an unknown order.
func (tx *Tx) InsertRefundAct(ctx context.Context, r models.RefundAct) error {
	return tx.create(ctx, &r)
}

// SaveRefundAct writes the state and outcome of a pending refund of ours, and which refund of Stripe's it became.
// Errors: conflict (code "settled") when it is not pending any more, not found, internal.
func (tx *Tx) SaveRefundAct(ctx context.Context, r models.RefundAct) error {
	_, err := tx.exec(ctx, `update refund_acts set refund_id = ?2 where id = ?1 and state = 'pending' and refund_id <> ?2`, r.ID, r.RefundID)
	if err != nil {
		return err
	}
	return tx.saveOutcome(ctx, "refund_acts", r.ID, r.State, r.ActOutcome)
}

// RefundAct gives one refund of ours. Errors: not found, internal.
func (q *queries) RefundAct(ctx context.Context, id string) (models.RefundAct, error) {
	var r models.RefundAct
	err := q.gorm(ctx).Where("id = ?", id).Take(&r).Error
	return r, mapError(err)
}

// RefundActByToken gives the refund that a form token made, nil if there is none or the token is empty. Errors: internal.
func (q *queries) RefundActByToken(ctx context.Context, token string) (*models.RefundAct, error) {
	if token == "" {
		return nil, nil
	}
	return one[models.RefundAct](q.gorm(ctx).Where("form_token = ?", token).Where("form_token <> ''"))
}

// RefundActs gives our refunds of an order, refused ones too, oldest first. Errors: internal.
func (q *queries) RefundActs(ctx context.Context, orderID string) ([]models.RefundAct, error) {
	return all[models.RefundAct](q.gorm(ctx).Where("order_id = ?", orderID).Order("requested, rowid"))
}

// PendingRefundActs gives our refunds whose outcome is not known, oldest first. Errors: internal.
func (q *queries) PendingRefundActs(ctx context.Context) ([]models.RefundAct, error) {
	return all[models.RefundAct](q.gorm(ctx).Where("state = 'pending'").Order("requested, rowid"))
}
