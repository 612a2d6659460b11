package store

import (
	"context"

	"counterfoil/models"
)

// InsertExport writes an export that was asked for. Errors: ErrDuplicate, internal.
func (tx *Tx) InsertExport(ctx context.Context, e models.Export) error { return tx.create(ctx, &e) }

// SaveExport writes how far an export has come. Errors: not found, internal.
func (tx *Tx) SaveExport(ctx context.Context, e models.Export) error {
	return tx.execOne(ctx, `update exports set state = ?2, rows = ?3, bytes = ?4, finished = ?5, expires = ?6, error = ?7 where id = ?1`,
		e.ID, string(e.State), e.Rows, e.Bytes, int64(e.Finished), int64(e.Expires), e.Error)
}

// DropExport forgets an export. Errors: internal.
func (tx *Tx) DropExport(ctx context.Context, id string) error {
	_, err := tx.exec(ctx, `delete from exports where id = ?1`, id)
	return err
}

// Export gives one export. Errors: not found, internal.
func (q *queries) Export(ctx context.Context, id string) (models.Export, error) {
	var e models.Export
	err := q.gorm(ctx).Where("id = ?", id).Take(&e).Error
	return e, mapError(err)
}

// Exports gives a person's exports, the newest first, at most MaxLimit. Errors: internal.
func (q *queries) Exports(ctx context.Context, staffID string) ([]models.Export, error) {
	return all[models.Export](q.gorm(ctx).Where("staff_id = ?", staffID).Order("created desc, id").Limit(MaxLimit))
}

// ExpiredExports gives the exports whose file is to be removed at now. Errors: internal.
func (q *queries) ExpiredExports(ctx context.Context, now models.Unix) ([]models.Export, error) {
	return all[models.Export](q.gorm(ctx).Where("expires > 0").Where("expires <= ?", int64(now)))
}
