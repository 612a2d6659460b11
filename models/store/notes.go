package store

import (
	"context"

	"counterfoil/models"
)

// InsertNote writes a remark on an order. Errors: ErrDuplicate for an id that is there, ErrForeignKey for an unknown order, internal.
func (tx *Tx) InsertNote(ctx context.Context, n models.Note) error { return tx.create(ctx, &n) }

// Notes gives the remarks on an order, oldest first. Errors: internal.
func (q *queries) Notes(ctx context.Context, orderID string) ([]models.Note, error) {
	return all[models.Note](q.gorm(ctx).Where("order_id = ?", orderID).Order("created, rowid"))
}
