package ledger

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/bank"
	"counterfoil/models/store"
)

// Bank takes in the bank's statements and finds the payouts in them.
type Bank struct {
	DB  *store.DB
	Now func() time.Time // domain time, UTC
}

// Import takes in one file whole, or nothing of it. Bookings that another file has brought are not taken twice. Problems are for the person;
// then there is no file. Errors: conflict (code "bank_known") for bytes that were imported already, internal.
func (b Bank) Import(ctx context.Context, name string, data []byte, currency string, by models.Actor) (models.BankFile, []bank.Problem, error) {
	sum := sha256.Sum256(data)
	f := models.BankFile{ID: "bnk_" + rand.Text(), Name: models.FileName(name), SHA256: hex.EncodeToString(sum[:]), StaffID: by.StaffID, StaffName: by.Name,
		Imported: models.UnixOf(time.Now())}
	if known, err := b.DB.Reader.BankFileBySum(ctx, f.SHA256); err == nil {
		return f, nil, knownFile(known)
	} else if !models.IsKind(err, models.KindNotFound) {
		return f, nil, err
	}
	s, wrong := bank.Read(data, currency)
	if len(wrong) > 0 {
		return f, wrong, nil
	}
	f.Account, f.Format, f.FirstDay, f.LastDay = s.Account, s.Format, models.UnixOf(s.From), models.UnixOf(s.To)
	err := b.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		same := map[string]int{}
		for _, e := range s.Entries {
			entry := entryOf(f, e, same)
			isNew, err := tx.InsertBankEntry(ctx, entry)
			if err != nil {
				return err
			}
			if isNew {
				f.Entries++
			} else {
				f.Repeated++
			}
		}
		if err := tx.InsertBankFile(ctx, f); err != nil {
			return err
		}
		if err := b.match(ctx, tx); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, by.Audit(models.UnixOf(b.Now()), "bank.imported", f.ID,
			map[string]string{"sha256": f.SHA256, "entries": fmt.Sprint(f.Entries), "repeated": fmt.Sprint(f.Repeated)}))
	})
	return f, nil, err
}

func knownFile(f models.BankFile) error {
	return &models.Error{Kind: models.KindConflict, Code: "bank_known", Field: "file",
		Message: "This very file was imported already, by " + f.StaffName + " on " + f.Imported.Time().Format("2 January 2006") + ". Nothing was taken twice."}
}

// entryOf is a booking as it is kept. Its id is made of what it says and of which of several equal ones it is: the same booking in two files
// has one id.
func entryOf(f models.BankFile, e bank.Entry, same map[string]int) models.BankEntry {
	words := fmt.Sprintf("%s\x00%s\x00%d\x00%s\x00%s\x00%s", f.Account, e.Booked.Format(time.DateOnly), e.Amount.Minor, e.Amount.Currency, e.Reference, e.Text)
	same[words]++
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\x00%d", words, same[words]))
	return models.BankEntry{ID: "bke_" + hex.EncodeToString(sum[:16]), FileID: f.ID, Line: e.Line, Booked: models.UnixOf(e.Booked), Amount: e.Amount.Minor,
		Currency: e.Amount.Currency, Reference: e.Reference, Text: e.Text}
}

// Match looks for payouts among the bookings again: some arrive in the mirror after their booking, some fail afterwards. Errors: internal.
func (b Bank) Match(ctx context.Context) error {
	return b.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return b.match(ctx, tx) })
}

// matchBack is how far back payouts without a booking are looked for.
const matchBack = 400 * 24 * time.Hour

func (b Bank) match(ctx context.Context, tx *store.Tx) error {
	if err := tx.UnpairFailedPayouts(ctx); err != nil {
		return err
	}
	from := models.UnixOf(b.Now()).Add(-matchBack)
	entries, err := tx.FreeBankEntries(ctx, from)
	if err != nil || len(entries) == 0 {
		return err
	}
	payouts, err := tx.FreePayouts(ctx, from)
	if err != nil {
		return err
	}
	for _, p := range bank.Match(payouts, entries) {
		if err := tx.PairBankEntry(ctx, p.Entry, p.Payout, p.Certain, p.Why); err != nil {
			return err
		}
	}
	return nil
}

// Overview is what the statements of the bank tell.
type Overview struct {
	Files       []models.BankFile
	First, Last models.Unix // the days that they cover; 0 without one
	Matched     []models.BankEntry
	Missing     []models.Payout    // should have arrived, and no booking has them
	Strangers   []models.BankEntry // look like Stripe's and are no payout
}

// Overview gives what the page of the bank shows. Errors: internal.
func (b Bank) Overview(ctx context.Context) (o Overview, err error) {
	if o.Files, err = b.DB.Reader.BankFiles(ctx); err != nil || len(o.Files) == 0 {
		return o, err
	}
	if o.First, o.Last, err = b.DB.Reader.BankSpan(ctx); err != nil {
		return o, err
	}
	if o.Matched, err = b.DB.Reader.MatchedEntries(ctx); err != nil {
		return o, err
	}
	payouts, err := b.DB.Reader.FreePayouts(ctx, o.First)
	if err != nil {
		return o, err
	}
	for _, p := range payouts {
		if bank.IsOverdue(p, o.First.Time(), o.Last.Time()) {
			o.Missing = append(o.Missing, p)
		}
	}
	entries, err := b.DB.Reader.FreeBankEntries(ctx, o.First)
	for _, e := range entries {
		if bank.IsStripes(e) && len(o.Strangers) < store.MaxLimit {
			o.Strangers = append(o.Strangers, e)
		}
	}
	return o, err
}
