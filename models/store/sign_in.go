package store

import (
	"context"

	"counterfoil/models"
)

// RecordSignInFailure counts a failed sign-in at a moment against each key: the account's, the address', or both together. What a key
// looks like is the caller's choice; it should be a hash. Errors: internal.
func (tx *Tx) RecordSignInFailure(ctx context.Context, at models.Unix, keys ...string) error {
	for _, key := range keys {
		if _, err := tx.exec(ctx, `insert into sign_in_attempts (key, at) values (?1, ?2)`, key, int64(at)); err != nil {
			return err
		}
	}
	return nil
}

// SignInFailures gives the number of failures against a key since a moment, that one included. Errors: internal.
func (q *queries) SignInFailures(ctx context.Context, key string, since models.Unix) (int64, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from sign_in_attempts where key = ?1 and at >= ?2`, []any{key, int64(since)}, &n)
	return n, err
}

// ForgetSignInFailures takes the failures against a key back, after a sign-in that went well. Errors: internal.
func (tx *Tx) ForgetSignInFailures(ctx context.Context, key string) error {
	_, err := tx.exec(ctx, `delete from sign_in_attempts where key = ?1`, key)
	return err
}

// PurgeSignInFailures deletes the failures before a moment and gives their number. Errors: internal.
func (tx *Tx) PurgeSignInFailures(ctx context.Context, before models.Unix) (int64, error) {
	return tx.exec(ctx, `delete from sign_in_attempts where at < ?1`, int64(before))
}

// ReplaceSetupToken makes the hash that of the only set-up link that works, until expires. Errors: internal.
func (tx *Tx) ReplaceSetupToken(ctx context.Context, tokenHash string, created, expires models.Unix) error {
	if _, err := tx.exec(ctx, `delete from setup_tokens`); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `insert into setup_tokens (token_hash, created, expires) values (?1, ?2, ?3)`, tokenHash, int64(created), int64(expires))
	return err
}

// SetupTokenWorks tells whether a set-up link can be used at now. Errors: internal.
func (q *queries) SetupTokenWorks(ctx context.Context, tokenHash string, now models.Unix) (bool, error) {
	var works bool
	err := q.queryRow(ctx, `select exists (select 1 from setup_tokens where token_hash = ?1 and used_at = 0 and expires > ?2)`,
		[]any{tokenHash, int64(now)}, &works)
	return works, err
}

// UseSetupToken uses a set-up link up, in the transaction of what it was for. Errors: not found for a link that is unknown, used or
// over; internal.
func (tx *Tx) UseSetupToken(ctx context.Context, tokenHash string, now models.Unix) error {
	return tx.execOne(ctx, `update setup_tokens set used_at = ?2 where token_hash = ?1 and used_at = 0 and expires > ?2`, tokenHash, int64(now))
}
