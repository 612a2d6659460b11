package store

import (
	"context"

	"counterfoil/models"
)

// Refunds gives the refunds of an order as Stripe has them, oldest first. Errors: internal.
func (q *queries) Refunds(ctx context.Context, orderID string) ([]models.Refund, error) {
	return all[models.Refund](q.gorm(ctx).Where("payment_intent_id = ?", orderID).Where("payment_intent_id <> ''").Order("created, id"))
}

// Refund gives one refund as Stripe has it. Errors: not found, internal.
func (q *queries) Refund(ctx context.Context, id string) (models.Refund, error) {
	var r models.Refund
	err := q.gorm(ctx).Where("id = ?", id).Take(&r).Error
	return r, mapError(err)
}
