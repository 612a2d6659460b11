package store

import (
	"context"

	"counterfoil/models"
)

// InsertSession writes a signed-in browser. Errors: ErrDuplicate, ErrForeignKey for an unknown person, internal.
func (tx *Tx) InsertSession(ctx context.Context, s models.Session) error { return tx.create(ctx, &s) }

// Session gives the session of a token's hash together with its person; whether it is over or the person disabled is the caller's to
// judge. It is asked with every request, so it is one prepared query. Errors: not found, internal.
func (q *queries) Session(ctx context.Context, tokenHash string) (models.Session, models.Staff, error) {
	var s models.Session
	var p models.Staff
	fields := append([]any{&s.TokenHash, &s.StaffID, &s.CSRFToken, &s.Created, &s.LastSeen, &s.Expires, &s.UserAgent}, staffFields(&p)...)
	err := q.queryRow(ctx, `select token_hash, staff_id, csrf_token, sessions.created, last_seen, expires, user_agent, `+staffColumns+`
		from sessions join staff on staff.id = sessions.staff_id where token_hash = ?1`, []any{tokenHash}, fields...)
	return s, p, err
}

// SessionsOf gives a person's sessions, last seen first. Errors: internal.
func (q *queries) SessionsOf(ctx context.Context, staffID string) ([]models.Session, error) {
	return all[models.Session](q.gorm(ctx).Where("staff_id = ?", staffID).Order("last_seen desc, token_hash"))
}

// TouchSession notes that a session was used and when it ends now. Errors: not found, internal.
func (tx *Tx) TouchSession(ctx context.Context, tokenHash string, lastSeen, expires models.Unix) error {
	return tx.execOne(ctx, `update sessions set last_seen = ?2, expires = ?3 where token_hash = ?1`, tokenHash, int64(lastSeen), int64(expires))
}

// DeleteSession ends a session; one that is not there is ended. Errors: internal.
func (tx *Tx) DeleteSession(ctx context.Context, tokenHash string) error {
	_, err := tx.exec(ctx, `delete from sessions where token_hash = ?1`, tokenHash)
	return err
}

// DeleteSessionsOf ends all sessions of a person and gives their number. Errors: internal.
func (tx *Tx) DeleteSessionsOf(ctx context.Context, staffID string) (int64, error) {
	return tx.exec(ctx, `delete from sessions where staff_id = ?1`, staffID)
}

// PurgeSessions deletes the sessions that ended before now and gives their number. Errors: internal.
func (tx *Tx) PurgeSessions(ctx context.Context, now models.Unix) (int64, error) {
	return tx.exec(ctx, `delete from sessions where expires < ?1`, int64(now))
}
