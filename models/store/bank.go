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

// BankSpan is the days that one statement covers, both counted, as midnights UTC.
type BankSpan struct {
	Account     string
	First, Last models.Unix
}

// BankSpans gives the days that statements cover, account by account. Errors: internal.
func (q *queries) BankSpans(ctx context.Context) (spans []BankSpan, err error) {
	err = q.gorm(ctx).Raw(`select account, first_day as first, last_day as last from bank_files order by account, first_day`).Scan(&spans).Error
	return spans, mapError(err)
}

// BankAccount is an account that holds a currency, and whether payouts came to it.
type BankAccount struct {
	Account    string
	Currency   string
	HasPayouts bool
}

// BankAccounts gives the accounts and their currencies. Errors: internal.
func (q *queries) BankAccounts(ctx context.Context) (accounts []BankAccount, err error) {
	err = q.gorm(ctx).Raw(`select f.account, e.currency, max(e.payout_id <> '') as has_payouts from bank_entries e join bank_files f on f.id = e.file_id
		group by f.account, e.currency order by f.account, e.currency`).Scan(&accounts).Error
	return accounts, mapError(err)
}

// AccountEntry is a booking, and the format of the file that brought it.
type AccountEntry struct {
	models.BankEntry
	Format string
}

// AccountEntries gives an account's bookings of some days, both counted. Errors: internal.
func (q *queries) AccountEntries(ctx context.Context, account string, first, last models.Unix) (entries []AccountEntry, err error) {
	err = q.gorm(ctx).Raw(`select e.booked, e.amount, e.currency, e.reference, e.text, f.format from bank_entries e join bank_files f on f.id = e.file_id
		where e.booked between ? and ? and f.account = ? order by e.booked, e.id`, int64(first), int64(last), account).Scan(&entries).Error
	return entries, mapError(err)
}

// FreeEntriesWith gives the newest bookings that are no payout's and have a word in their texts, at most MaxLimit. Errors: internal.
func (q *queries) FreeEntriesWith(ctx context.Context, word string) ([]models.BankEntry, error) {
	return all[models.BankEntry](q.gorm(ctx).Where("payout_id = ''").Where("reference || ' ' || text like '%' || ? || '%'", word).Order("booked desc, id").Limit(MaxLimit))
}

// UncertainBankEntries gives the bookings from a day on that are no payout's for certain. Errors: internal.
func (q *queries) UncertainBankEntries(ctx context.Context, from models.Unix) ([]models.BankEntry, error) {
	return all[models.BankEntry](q.gorm(ctx).Where("certain = 0").Where("booked >= ?", int64(from)).Order("booked, id"))
}

// FreePayouts gives the payouts arriving from a day on that no booking has, and that may arrive. Errors: internal.
func (q *queries) FreePayouts(ctx context.Context, from models.Unix) ([]models.Payout, error) {
	return q.payoutsWithout(ctx, from, "not exists (select 1 from bank_entries where payout_id = payouts.id and payout_id <> '')")
}

// UncertainPayouts gives the payouts arriving from a day on that no booking has for certain, and that may arrive. Errors: internal.
func (q *queries) UncertainPayouts(ctx context.Context, from models.Unix) ([]models.Payout, error) {
	return q.payoutsWithout(ctx, from, "not exists (select 1 from bank_entries where payout_id = payouts.id and payout_id <> '' and certain = 1)")
}

func (q *queries) payoutsWithout(ctx context.Context, from models.Unix, booking string) ([]models.Payout, error) {
	return all[models.Payout](q.gorm(ctx).Where("arrival_date >= ?", int64(from)).Where("status not in ('failed', 'canceled')").Where(booking).Order("arrival_date, id"))
}

// PayoutsSince gives the payouts arriving from a day on, whatever became of them. Errors: internal.
func (q *queries) PayoutsSince(ctx context.Context, from models.Unix) ([]models.Payout, error) {
	return all[models.Payout](q.gorm(ctx).Where("arrival_date >= ?", int64(from)).Order("arrival_date, id"))
}

// MatchedEntries gives the newest bookings that are payouts, at most MaxLimit. Errors: internal.
func (q *queries) MatchedEntries(ctx context.Context) ([]models.BankEntry, error) {
	return all[models.BankEntry](q.gorm(ctx).Where("payout_id <> ''").Order("booked desc, id").Limit(MaxLimit))
}

// InsertBankEntry writes a booking. Errors: internal.
func (tx *Tx) InsertBankEntry(ctx context.Context, e models.BankEntry) error {
	return tx.create(ctx, &e)
}

// InsertBankFile writes a statement that was imported. Errors: ErrDuplicate for bytes that were imported already, internal.
func (tx *Tx) InsertBankFile(ctx context.Context, f models.BankFile) error { return tx.create(ctx, &f) }

// PairBankEntry notes which payout a booking is; "" for none. Errors: ErrDuplicate for a payout that has one, not found, internal.
func (tx *Tx) PairBankEntry(ctx context.Context, entry, payout string, certain bool, why string) error {
	return tx.execOne(ctx, `update bank_entries set payout_id = ?2, certain = ?3, why = ?4 where id = ?1`, entry, payout, certain, why)
}

// UnpairFailedPayouts takes payouts that failed from their bookings: the bank has sent them back. Errors: internal.
func (tx *Tx) UnpairFailedPayouts(ctx context.Context) error {
	_, err := tx.exec(ctx, `update bank_entries set payout_id = '', certain = 0, why = '' where payout_id in
		(select id from payouts where status in ('failed', 'canceled'))`)
	return err
}

// BankDraft gives an uploaded file that waits for its reading. Errors: not found, internal.
func (q *queries) BankDraft(ctx context.Context, id string) (d models.BankDraft, err error) {
	err = q.gorm(ctx).Where("id = ?", id).Take(&d).Error
	return d, mapError(err)
}

// BankDrafts gives the uploaded files that wait, without their data, the newest first. Errors: internal.
func (q *queries) BankDrafts(ctx context.Context) ([]models.BankDraft, error) {
	return all[models.BankDraft](q.gorm(ctx).Select("id, name, staff_id, created").Order("created desc, id").Limit(MaxLimit))
}

// InsertBankDraft keeps an uploaded file. Errors: internal.
func (tx *Tx) InsertBankDraft(ctx context.Context, d models.BankDraft) error {
	return tx.create(ctx, &d)
}

// DeleteBankDraft drops an uploaded file. Errors: not found, internal.
func (tx *Tx) DeleteBankDraft(ctx context.Context, id string) error {
	return tx.execOne(ctx, `delete from bank_drafts where id = ?1`, id)
}

// PurgeBankDrafts drops the files that were uploaded before a moment of the wall clock. Errors: internal.
func (tx *Tx) PurgeBankDrafts(ctx context.Context, before models.Unix) error {
	_, err := tx.exec(ctx, `delete from bank_drafts where created < ?1`, int64(before))
	return err
}
