package store

import (
	"context"

	"counterfoil/models"
)

// mailColumns leave the mail itself out.
const mailColumns = `id, order_id, amount, currency, reason, status, due_by, created, note, staff_id, staff_name, answered_at, answered_by, letter_id,
	letter_from, letter_subject, letter_text, letter_date, letter_sha256`

// InsertMailDispute writes a dispute that is run by e-mail. Errors: ErrDuplicate when the same mail was recorded before, internal.
func (tx *Tx) InsertMailDispute(ctx context.Context, m models.MailDispute) error {
	return tx.create(ctx, &m)
}

// SaveMailDispute writes what a person says of it; the mail itself never changes. Errors: not found, internal.
func (tx *Tx) SaveMailDispute(ctx context.Context, m models.MailDispute) error {
	return tx.execOne(ctx, `update mail_disputes set order_id = ?2, amount = ?3, currency = ?4, reason = ?5, status = ?6, due_by = ?7, note = ?8,
		answered_at = ?9, answered_by = ?10 where id = ?1`,
		m.ID, m.OrderID, m.Amount, m.Currency, m.Reason, m.Status, int64(m.DueBy), m.Note, int64(m.AnsweredAt), m.AnsweredBy)
}

// MailDispute gives a dispute that is run by e-mail, without the mail's own bytes. Errors: not found, internal.
func (q *queries) MailDispute(ctx context.Context, id string) (models.MailDispute, error) {
	var m models.MailDispute
	err := q.gorm(ctx).Select(mailColumns).Where("id = ?", id).Take(&m).Error
	return m, mapError(err)
}

// MailDisputeByLetter finds the dispute that a mail was recorded as, by the mail's hash; nil where there is none. Errors: internal.
func (q *queries) MailDisputeByLetter(ctx context.Context, sha256 string) (*models.MailDispute, error) {
	if sha256 == "" {
		return nil, nil
	}
	return one[models.MailDispute](q.gorm(ctx).Select(mailColumns).Where("letter_sha256 = ?", sha256).Where("letter_sha256 <> ''"))
}

// Letter gives the mail itself; empty where the dispute was recorded by hand. Errors: not found, internal.
func (q *queries) Letter(ctx context.Context, id string) (letter []byte, err error) {
	err = q.queryRow(ctx, `select letter from mail_disputes where id = ?1`, []any{id}, &letter)
	return letter, err
}

// MailDisputesOf gives the disputes of an order that are run by e-mail, oldest first. Errors: internal.
func (q *queries) MailDisputesOf(ctx context.Context, orderID string) ([]models.MailDispute, error) {
	return all[models.MailDispute](q.gorm(ctx).Select(mailColumns).Where("order_id = ?", orderID).Where("order_id <> ''").Order("created, rowid"))
}

// LetterDraft gives the mail that a person had read, by its hash. Errors: not found, internal.
func (q *queries) LetterDraft(ctx context.Context, staffID, sha256 string) (models.LetterDraft, error) {
	var d models.LetterDraft
	err := q.gorm(ctx).Where("staff_id = ?", staffID).Where("sha256 = ?", sha256).Take(&d).Error
	return d, mapError(err)
}

// PutLetterDraft keeps the mail that a person had read, in place of the one before. Errors: ErrForeignKey for an unknown person, internal.
func (tx *Tx) PutLetterDraft(ctx context.Context, d models.LetterDraft) error {
	_, err := tx.exec(ctx, `insert into letter_drafts (staff_id, sha256, data, created) values (?1, ?2, ?3, ?4)
		on conflict (staff_id) do update set sha256 = ?2, data = ?3, created = ?4`, d.StaffID, d.SHA256, d.Data, int64(d.Created))
	return err
}

// DropLetterDrafts drops a mail that was recorded, whoever had it read. Errors: internal.
func (tx *Tx) DropLetterDrafts(ctx context.Context, sha256 string) error {
	_, err := tx.exec(ctx, `delete from letter_drafts where sha256 = ?1`, sha256)
	return err
}

// PurgeLetterDrafts drops the mails that were read before a moment of the wall clock. Errors: internal.
func (tx *Tx) PurgeLetterDrafts(ctx context.Context, before models.Unix) error {
	_, err := tx.exec(ctx, `delete from letter_drafts where created < ?1`, int64(before))
	return err
}
