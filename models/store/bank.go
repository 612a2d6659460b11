package store

import (
	"context"

	"counterfoil/models"
)

// BankEntryOf gives the bank's booking of a payout, nil while there is none. Errors: internal.
func (q *queries) BankEntryOf(ctx context.Context, payout string) (*models.BankEntry, error) {
	entries, err := all[models.BankEntry](q.gorm(ctx).Where("payout_id = ?", payout).Where("payout_id <> ''").Limit(1))
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	return &entries[0], nil
}

// BankFiles gives the statements that were imported, the newest first, at most MaxLimit. Errors: internal.
func (q *queries) BankFiles(ctx context.Context) ([]models.BankFile, error) {
	return all[models.BankFile](q.gorm(ctx).Order("imported desc, id").Limit(MaxLimit))
}

// BankFileBySum gives the statement of these bytes. Errors: not found, internal.
func (q *queries) BankFileBySum(ctx context.Context, sha256 string) (models.BankFile, error) {
	var f models.BankFile
	err := q.gorm(ctx).Where("sha256 = ?", sha256).Take(&f).Error
	return f, mapError(err)
}

// BankSpan gives the first and the last day that the imported statements cover; 0 without one. Errors: internal.
func (q *queries) BankSpan(ctx context.Context) (first, last models.Unix, err error) {
	err = q.queryRow(ctx, `select coalesce(min(first_day), 0), coalesce(max(last_day), 0) from bank_files`, nil, &first, &last)
	return first, last, err
}

// FreeBankEntries gives the bookings from a day on that are no payout's yet. Errors: internal.
func (q *queries) FreeBankEntries(ctx context.Context, from models.Unix) ([]models.BankEntry, error) {
	return all[models.BankEntry](q.gorm(ctx).Where("payout_id = ''").Where("booked >= ?", int64(from)).Order("booked, id"))
}

// FreePayouts gives the payouts arriving from a day on that no booking has, and that may arrive. Errors: internal.
func (q *queries) FreePayouts(ctx context.Context, from models.Unix) ([]models.Payout, error) {
	return all[models.Payout](q.gorm(ctx).Where("arrival_date >= ?", int64(from)).Where("status not in ('failed', 'canceled')").
		Where("not exists (select 1 from bank_entries where payout_id = payouts.id and payout_id <> '')").Order("arrival_date, id"))
}

// MatchedEntries gives the newest bookings that are payouts, at most MaxLimit. Errors: internal.
func (q *queries) MatchedEntries(ctx context.Context) ([]models.BankEntry, error) {
	return all[models.BankEntry](q.gorm(ctx).Where("payout_id <> ''").Order("booked desc, id").Limit(MaxLimit))
}

// InsertBankEntry writes a booking unless another file has brought it; it tells whether it is new. Errors: internal.
func (tx *Tx) InsertBankEntry(ctx context.Context, e models.BankEntry) (bool, error) {
	n, err := tx.exec(ctx, `insert into bank_entries (id, file_id, line, booked, amount, currency, reference, text) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
		on conflict (id) do nothing`, e.ID, e.FileID, e.Line, int64(e.Booked), e.Amount, e.Currency, e.Reference, e.Text)
	return n == 1, err
}

// InsertBankFile writes a statement that was imported. Errors: ErrDuplicate for bytes that were imported already, internal.
func (tx *Tx) InsertBankFile(ctx context.Context, f models.BankFile) error { return tx.create(ctx, &f) }

// PairBankEntry notes which payout a booking is. Errors: ErrDuplicate for a payout that has one, not found, internal.
func (tx *Tx) PairBankEntry(ctx context.Context, entry, payout string, certain bool, why string) error {
	return tx.execOne(ctx, `update bank_entries set payout_id = ?2, certain = ?3, why = ?4 where id = ?1`, entry, payout, certain, why)
}

// UnpairFailedPayouts takes payouts that failed from their bookings: the bank has sent them back. Errors: internal.
func (tx *Tx) UnpairFailedPayouts(ctx context.Context) error {
	_, err := tx.exec(ctx, `update bank_entries set payout_id = '', certain = 0, why = '' where payout_id in
		(select id from payouts where status in ('failed', 'canceled'))`)
	return err
}
