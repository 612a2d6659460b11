package store

import (
	"context"

	"counterfoil/models"
)

// InsertStaff writes a person. Errors: ErrDuplicate when the folded address is taken, internal.
func (tx *Tx) InsertStaff(ctx context.Context, s models.Staff) error { return tx.create(ctx, &s) }

// Staff gives one person. Errors: not found, internal.
func (q *queries) Staff(ctx context.Context, id string) (models.Staff, error) {
	return q.staffWhere(ctx, "id = ?1", id)
}

// StaffByEmail gives the person with this folded (lower case) address. Errors: not found, internal.
func (q *queries) StaffByEmail(ctx context.Context, folded string) (models.Staff, error) {
	return q.staffWhere(ctx, "email_folded = ?1", folded)
}

const staffColumns = `staff.id, name, email, email_folded, role, password_hash, staff.created, disabled_at, last_sign_in`

func staffFields(s *models.Staff) []any {
	return []any{&s.ID, &s.Name, &s.Email, &s.EmailFolded, &s.Role, &s.PasswordHash, &s.Created, &s.DisabledAt, &s.LastSignIn}
}

func (q *queries) staffWhere(ctx context.Context, where, arg string) (models.Staff, error) {
	var s models.Staff
	err := q.queryRow(ctx, `select `+staffColumns+` from staff where `+where, []any{arg}, staffFields(&s)...)
	return s, err
}

// StaffList gives everybody, by name. Errors: internal.
func (q *queries) StaffList(ctx context.Context) ([]models.Staff, error) {
	return all[models.Staff](q.gorm(ctx).Order("name, id"))
}

// StaffCount gives the number of people, disabled ones too. Errors: internal.
func (q *queries) StaffCount(ctx context.Context) (int64, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from staff`, nil, &n)
	return n, err
}

// SetPassword replaces the hash of a person's password. Errors: not found, internal.
func (tx *Tx) SetPassword(ctx context.Context, id, hash string) error {
	return tx.execOne(ctx, `update staff set password_hash = ?2 where id = ?1`, id, hash)
}

// SetDisabled shuts a person out from at on, or lets them in again with 0. Their sessions end with DeleteSessionsOf. Errors: not found, internal.
func (tx *Tx) SetDisabled(ctx context.Context, id string, at models.Unix) error {
	return tx.execOne(ctx, `update staff set disabled_at = ?2 where id = ?1`, id, int64(at))
}

// SetRole gives a person another role. Errors: not found, internal (an unknown role).
func (tx *Tx) SetRole(ctx context.Context, id string, role models.Role) error {
	return tx.execOne(ctx, `update staff set role = ?2 where id = ?1`, id, string(role))
}

// SetLastSignIn notes when a person signed in. Errors: not found, internal.
func (tx *Tx) SetLastSignIn(ctx context.Context, id string, at models.Unix) error {
	return tx.execOne(ctx, `update staff set last_sign_in = ?2 where id = ?1`, id, int64(at))
}
