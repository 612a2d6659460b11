package store

import (
	"context"

	"counterfoil/models"
)

// AppendAudit writes an entry of the audit log, in the transaction of the change it tells of. Entries are never changed or deleted:
// the database refuses it. Errors: internal.
func (tx *Tx) AppendAudit(ctx context.Context, e models.AuditEntry) error {
	e.ID = 0
	if e.Details == nil {
		e.Details = map[string]string{}
	}
	return tx.create(ctx, &e)
}

// AuditOf gives the entries about an object, oldest first. Errors: internal.
func (q *queries) AuditOf(ctx context.Context, objectID string) ([]models.AuditEntry, error) {
	return all[models.AuditEntry](q.gorm(ctx).Where("object_id = ?", objectID).Order("id"))
}
