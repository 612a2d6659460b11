package store

import (
	"context"

	"counterfoil/models"
)

// DisputeCase gives what the shop knows of a dispute; an empty one where it knows nothing yet. Errors: internal.
func (q *queries) DisputeCase(ctx context.Context, disputeID string) (models.DisputeCase, error) {
	c, err := one[models.DisputeCase](q.gorm(ctx).Where("dispute_id = ?", disputeID))
	if c == nil {
		c = &models.DisputeCase{DisputeID: disputeID}
	}
	return *c, err
}

// PutDisputeCase writes what the shop knows of a dispute. Errors: internal.
func (tx *Tx) PutDisputeCase(ctx context.Context, c models.DisputeCase) error {
	_, err := tx.exec(ctx, `insert into dispute_cases (dispute_id, goods, assignee_id, assignee_name, version, saved_at, saved_by, staged_version, staged_at,
		stage_error) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) on conflict (dispute_id) do update set goods = ?2, assignee_id = ?3,
		assignee_name = ?4, version = ?5, saved_at = ?6, saved_by = ?7, staged_version = ?8, staged_at = ?9, stage_error = ?10`,
		c.DisputeID, string(c.Goods), c.AssigneeID, c.AssigneeName, c.Version, int64(c.SavedAt), c.SavedBy, c.StagedVersion, int64(c.StagedAt), c.StageError)
	return err
}

// DraftFields gives the texts of a draft that a person wrote, by field. Errors: internal.
func (q *queries) DraftFields(ctx context.Context, disputeID string) (map[string]models.DraftField, error) {
	rows, err := all[models.DraftField](q.gorm(ctx).Where("dispute_id = ?", disputeID))
	fields := make(map[string]models.DraftField, len(rows))
	for _, f := range rows {
		fields[f.Field] = f
	}
	return fields, err
}

// PutDraftField writes a text of a draft. Errors: internal.
func (tx *Tx) PutDraftField(ctx context.Context, f models.DraftField) error {
	_, err := tx.exec(ctx, `insert into draft_fields (dispute_id, field, value, staff_id, staff_name, at) values (?1, ?2, ?3, ?4, ?5, ?6)
		on conflict (dispute_id, field) do update set value = ?3, staff_id = ?4, staff_name = ?5, at = ?6`,
		f.DisputeID, f.Field, f.Value, f.StaffID, f.StaffName, int64(f.At))
	return err
}

// DropDraftField forgets what a person wrote into a field: what is known of the order stands there again. Errors: internal.
func (tx *Tx) DropDraftField(ctx context.Context, disputeID, field string) error {
	_, err := tx.exec(ctx, `delete from draft_fields where dispute_id = ?1 and field = ?2`, disputeID, field)
	return err
}
