package store

import (
	"context"

	"counterfoil/models"
)

// Events gives the newest Stripe events of an order, newest first, without their payloads. Errors: internal.
func (q *queries) Events(ctx context.Context, orderID string, limit int) ([]models.StripeEvent, error) {
	return all[models.StripeEvent](q.gorm(ctx).
		Select("id", "type", "api_version", "object_id", "object_kind", "order_id", "created", "received", "state", "error").
		Where("order_id = ?", orderID).Where("order_id <> ''").Order("created desc, rowid desc").Limit(pageLimit(limit)))
}
