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

// draftTime is how long an uploaded CSV file waits for a person to say how it is read.
const draftTime = 24 * time.Hour

// Uploaded is what became of a file: taken in, or kept as a draft until a person has seen how it is read.
type Uploaded struct {
	File  models.BankFile
	Draft string // bnd_…; "" for one that was taken in
}

// Upload takes in a camt.053 statement, whole or nothing of it; a CSV file, which does not say what its columns mean, is kept as a draft.
// Problems are for the person; then there is neither. Errors: conflict (code "bank_known") for bytes that were imported already, internal.
func (b Bank) Upload(ctx context.Context, name string, data []byte, by models.Actor) (u Uploaded, wrong []bank.Problem, err error) {
	sum := sha256.Sum256(data)
	u.File = models.BankFile{Name: models.FileName(name), SHA256: hex.EncodeToString(sum[:])}
	if known, err := b.DB.Reader.BankFileBySum(ctx, u.File.SHA256); err == nil {
		return u, nil, knownFile(known)
	} else if !models.IsKind(err, models.KindNotFound) {
		return u, nil, err
	}
	s, _, wrong := bank.Open(data)
	switch {
	case len(wrong) > 0:
		return u, wrong, nil
	case s == nil:
		d := models.BankDraft{ID: "bnd_" + rand.Text(), Name: u.File.Name, Data: data, StaffID: by.StaffID, Created: models.UnixOf(time.Now())}
		u.Draft = d.ID
		return u, nil, b.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.InsertBankDraft(ctx, d) })
	}
	wrong, err = b.take(ctx, &u.File, s, by, func(*store.Tx) error { return nil })
	return u, wrong, err
}

// Draft gives an uploaded CSV file that waits for its reading. Errors: not found, internal.
func (b Bank) Draft(ctx context.Context, id string) (models.BankDraft, *bank.Table, error) {
	d, err := b.DB.Reader.BankDraft(ctx, id)
	if err != nil {
		return d, nil, err
	}
	_, table, wrong := bank.Open(d.Data)
	if table == nil {
		return d, nil, fmt.Errorf("draft %s of a bank's statement is no table: %v", id, wrong)
	}
	return d, table, nil
}

// TakeDraft takes a CSV file in as a person says that it is read, whole or nothing of it. Errors: not found, conflict (code "bank_known"), internal.
func (b Bank) TakeDraft(ctx context.Context, id string, r bank.Reading, by models.Actor) (f models.BankFile, wrong []bank.Problem, err error) {
	d, table, err := b.Draft(ctx, id)
	if err != nil {
		return f, nil, err
	}
	s, wrong := table.Read(r)
	if len(wrong) > 0 {
		return f, wrong, nil
	}
	sum := sha256.Sum256(d.Data)
	f = models.BankFile{Name: d.Name, SHA256: hex.EncodeToString(sum[:])}
	wrong, err = b.take(ctx, &f, s, by, func(tx *store.Tx) error { return tx.DeleteBankDraft(ctx, id) })
	return f, wrong, err
}

// Discard drops a draft. Errors: not found, internal.
func (b Bank) Discard(ctx context.Context, id string) error {
	return b.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.DeleteBankDraft(ctx, id) })
}

// Purge drops the drafts that nobody came back to. Errors: internal.
func (b Bank) Purge(ctx context.Context) error {
	return b.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.PurgeBankDrafts(ctx, models.UnixOf(time.Now().Add(-draftTime))) })
}

// take writes a statement that was read, with done in the same transaction.
func (b Bank) take(ctx context.Context, f *models.BankFile, s *bank.Statement, by models.Actor, done func(*store.Tx) error) ([]bank.Problem, error) {
	if today := b.Now().UTC().AddDate(0, 0, 1); s.To.After(today) {
		return []bank.Problem{{Field: "to", Message: "This file says that it covers days until " + s.To.Format("2 January 2006") + ", which are still to come."}}, nil
	}
	f.ID, f.StaffID, f.StaffName, f.Imported = "bnk_"+rand.Text(), by.StaffID, by.Name, models.UnixOf(time.Now())
	f.Account, f.Format, f.FirstDay, f.LastDay, f.Skipped = s.Account, s.Format, models.UnixOf(s.From), models.UnixOf(s.To), s.Skipped
	err := b.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if known, err := tx.BankFileBySum(ctx, f.SHA256); err == nil {
			return knownFile(known)
		}
		known, err := tx.AccountEntries(ctx, f.Account, f.FirstDay, f.LastDay)
		if err != nil {
			return err
		}
		before := newKnownEntries(known)
		for _, e := range s.Entries {
			entry := models.BankEntry{ID: "bke_" + rand.Text(), FileID: f.ID, Line: e.Line, Booked: models.UnixOf(e.Booked), Amount: e.Amount.Minor, Currency: e.Amount.Currency,
				Reference: e.Reference, Text: e.Text}
			if before.holds(entry, f.Format) {
				f.Repeated++
				continue
			}
			f.Entries++
			if err := tx.InsertBankEntry(ctx, entry); err != nil {
				return err
			}
		}
		if err := tx.InsertBankFile(ctx, *f); err != nil {
			return err
		}
		if err := b.match(ctx, tx); err != nil {
			return err
		}
		err = tx.AppendAudit(ctx, by.Audit(models.UnixOf(b.Now()), "bank.imported", f.ID,
			map[string]string{"sha256": f.SHA256, "entries": fmt.Sprint(f.Entries), "repeated": fmt.Sprint(f.Repeated)}))
		if err != nil {
			return err
		}
		return done(tx)
	})
	return nil, err
}

func knownFile(f models.BankFile) error {
	return &models.Error{Kind: models.KindConflict, Code: "bank_known", Field: "file",
		Message: "This very file was imported already, by " + f.StaffName + " on " + f.Imported.Time().Format("2 January 2006") + ". Nothing was taken twice."}
}

// knownEntries are the bookings that other files have brought of the same account and days.
type knownEntries map[knownEntry][]store.AccountEntry

type knownEntry struct {
	booked   models.Unix
	amount   int64
	currency string
}

func newKnownEntries(entries []store.AccountEntry) knownEntries {
	k := knownEntries{}
	for _, e := range entries {
		of := knownEntry{e.Booked, e.Amount, e.Currency}
		k[of] = append(k[of], e)
	}
	return k
}

// holds tells whether a booking is one of those, and takes it out. The same words are the same booking; so are other words in a file of
// another format, in which the bank words everything differently.
func (k knownEntries) holds(e models.BankEntry, format string) bool {
	of := knownEntry{e.Booked, e.Amount, e.Currency}
	found := -1
	for i, known := range k[of] {
		if known.Reference == e.Reference && known.Text == e.Text {
			found = i
			break
		}
		if known.Format != format && found < 0 {
			found = i
		}
	}
	if found < 0 {
		return false
	}
	k[of] = append(k[of][:found:found], k[of][found+1:]...)
	return true
}

// Match looks for payouts among the bookings again: some arrive in the mirror after their booking, some fail afterwards. Errors: internal.
func (b Bank) Match(ctx context.Context) error {
	return b.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return b.match(ctx, tx) })
}

// matchBack is how far back payouts without a booking are looked for.
const matchBack = 400 * 24 * time.Hour

// match pairs payouts and bookings. What was not certain is looked at anew: another statement may have brought a better booking.
func (b Bank) match(ctx context.Context, tx *store.Tx) error {
	if err := tx.UnpairFailedPayouts(ctx); err != nil {
		return err
	}
	from := models.UnixOf(b.Now()).Add(-matchBack)
	entries, err := tx.UncertainBankEntries(ctx, from)
	if err != nil || len(entries) == 0 {
		return err
	}
	free, err := tx.UncertainPayouts(ctx, from)
	if err != nil {
		return err
	}
	all, err := tx.PayoutsSince(ctx, from)
	if err != nil {
		return err
	}
	pairs := map[string]bank.Pair{}
	for _, p := range bank.Match(all, free, entries) {
		pairs[p.Entry] = p
	}
	changed := entries[:0:0]
	for _, e := range entries {
		if p := pairs[e.ID]; p.Payout == e.PayoutID && p.Certain == e.Certain && p.Why == e.Why {
			continue
		}
		changed = append(changed, e)
		if err := tx.PairBankEntry(ctx, e.ID, "", false, ""); err != nil {
			return err
		}
	}
	for _, e := range changed {
		if p, ok := pairs[e.ID]; ok {
			if err := tx.PairBankEntry(ctx, p.Entry, p.Payout, p.Certain, p.Why); err != nil {
				return err
			}
		}
	}
	return nil
}
