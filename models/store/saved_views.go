package store

import (
	"context"

	"counterfoil/models"
)

const viewColumns = `v.id, v.staff_id, s.name, v.shared, v.name, v.query, v.created, v.updated, v.deleted_at`

// viewSource joins a view with its owner.
const viewSource = ` from saved_views v join staff s on s.id = v.staff_id `

func viewFields(v *models.SavedView) []any {
	return []any{&v.ID, &v.StaffID, &v.StaffName, &v.Shared, &v.Name, &v.Query, &v.Created, &v.Updated, &v.DeletedAt}
}

// SavedViews gives the views that a person sees: their own and the shared ones of others, the oldest first. Errors: internal.
func (q *queries) SavedViews(ctx context.Context, staffID string) ([]models.SavedView, error) {
	return q.viewsWhere(ctx, `where v.deleted_at = 0 and (v.staff_id = ?1 or v.shared = 1) order by v.created, v.rowid`, staffID)
}

// SavedView gives a view that the person sees. Errors: not found where it does not exist, was deleted, or is somebody else's own;
// internal.
func (q *queries) SavedView(ctx context.Context, staffID, id string) (models.SavedView, error) {
	return q.viewWhere(ctx, `where v.id = ?2 and v.deleted_at = 0 and (v.staff_id = ?1 or v.shared = 1)`, staffID, id)
}

// DeletedViews gives the views that were deleted since a moment and that the person saw before: the last one first. Errors: internal.
func (q *queries) DeletedViews(ctx context.Context, staffID string, since models.Unix) ([]models.SavedView, error) {
	return q.viewsWhere(ctx, `where v.deleted_at > ?2 and (v.staff_id = ?1 or v.shared = 1) order by v.deleted_at desc, v.rowid desc`,
		staffID, int64(since))
}

// DeletedView gives a view that was deleted since a moment and that the person saw before. Errors: not found, internal.
func (q *queries) DeletedView(ctx context.Context, staffID, id string, since models.Unix) (models.SavedView, error) {
	return q.viewWhere(ctx, `where v.id = ?2 and v.deleted_at > ?3 and (v.staff_id = ?1 or v.shared = 1)`, staffID, id, int64(since))
}

func (q *queries) viewWhere(ctx context.Context, where string, args ...any) (models.SavedView, error) {
	var v models.SavedView
	err := q.queryRow(ctx, `select `+viewColumns+viewSource+where, args, viewFields(&v)...)
	return v, err
}

func (q *queries) viewsWhere(ctx context.Context, where string, args ...any) ([]models.SavedView, error) {
	var views []models.SavedView
	err := q.eachRow(ctx, `select `+viewColumns+viewSource+where, args, func(scan scanner) error {
		var v models.SavedView
		err := scan(viewFields(&v)...)
		views = append(views, v)
		return err
	})
	return views, err
}

// OwnViewCount gives the number of a person's own views, deleted ones aside. Errors: internal.
func (q *queries) OwnViewCount(ctx context.Context, staffID string) (int, error) {
	var n int
	err := q.queryRow(ctx, `select count(*) from saved_views where staff_id = ?1 and deleted_at = 0`, []any{staffID}, &n)
	return n, err
}

// InsertView writes a view. Errors: ErrDuplicate when its owner has another of this name, ErrForeignKey for an unknown owner, internal.
func (tx *Tx) InsertView(ctx context.Context, v models.SavedView) error {
	_, err := tx.exec(ctx, `insert into saved_views (id, staff_id, shared, name, name_folded, query, created, updated)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)`, v.ID, v.StaffID, v.Shared, v.Name, foldName(v.Name), v.Query, int64(v.Created), int64(v.Updated))
	return err
}

// UpdateView writes a view's name, query and whether it is shared. Errors: ErrDuplicate when its owner has another of this name, not
// found, internal.
func (tx *Tx) UpdateView(ctx context.Context, v models.SavedView) error {
	return tx.execOne(ctx, `update saved_views set shared = ?2, name = ?3, name_folded = ?4, query = ?5, updated = ?6 where id = ?1 and deleted_at = 0`,
		v.ID, v.Shared, v.Name, foldName(v.Name), v.Query, int64(v.Updated))
}

// SetViewDeleted takes a view away at a moment, or gives it back with 0. Errors: ErrDuplicate when its owner has another of this name by
// now, not found, internal.
func (tx *Tx) SetViewDeleted(ctx context.Context, id string, at models.Unix) error {
	return tx.execOne(ctx, `update saved_views set deleted_at = ?2 where id = ?1`, id, int64(at))
}

// PurgeViews removes for good what was deleted up to a moment and gives the number. Errors: internal.
func (tx *Tx) PurgeViews(ctx context.Context, upTo models.Unix) (int64, error) {
	return tx.exec(ctx, `delete from saved_views where deleted_at > 0 and deleted_at <= ?1`, int64(upTo))
}
