package books

import (
	"encoding/csv"
	"fmt"
	"io"
	"maps"
	"slices"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
)

// Journal writes movements as double entry in CSV, in the form of NewCSV's, and proves itself when it is closed.
type Journal struct {
	out      *csv.Writer
	zone     *time.Location
	accounts Accounts
	check    error // of the accounts
	rows     sums
	moved    map[string]ledger
	odd      string // the first movement whose postings do not come to its net
}

// ledger is what was posted in one currency, in minor units.
type ledger struct{ debit, credit, clearing int64 }

// NewJournal begins a file. What is wrong, with the accounts too, is said by Add or Close.
func NewJournal(w io.Writer, h Head, a Accounts) *Journal {
	j := &Journal{out: newRecords(w), zone: h.Zone, accounts: a, check: a.Check(), rows: sums{}, moved: map[string]ledger{}}
	_ = j.out.Write([]string{"date", "entry", "account", "account_name", "debit", "credit", "currency", "order_reference", "description", "payout"})
	return j // a writer's error stays: the next call gives it
}

// Add books one movement. Errors: those of Accounts.Check and of the writer, money.ErrOverflow.
func (j *Journal) Add(e models.LedgerEntry) error {
	if j.check != nil {
		return j.check
	}
	if err := j.rows.add(&e); err != nil {
		return fmt.Errorf("journal: %s: %w", e.ID, err)
	}
	before := j.moved[e.Currency].clearing
	for _, p := range Postings(e, j.accounts) {
		if err := j.post(p, e.Currency); err != nil {
			return fmt.Errorf("journal: %s: %w", e.ID, err)
		}
		if err := j.out.Write(j.record(&e, p)); err != nil {
			return err
		}
	}
	if j.moved[e.Currency].clearing-before != e.Net && j.odd == "" {
		j.odd = e.ID
	}
	return nil
}

// post adds a posting to what Close proves.
func (j *Journal) post(p Posting, currency string) (err error) {
	l := j.moved[currency]
	if l.debit, err = plus(l.debit, p.Debit); err != nil {
		return err
	}
	if l.credit, err = plus(l.credit, p.Credit); err != nil {
		return err
	}
	if p.Account == j.accounts.Clearing {
		if l.clearing, err = plus(l.clearing, p.Debit-p.Credit); err != nil {
			return err
		}
	}
	j.moved[currency] = l
	return nil
}

func (j *Journal) record(e *models.LedgerEntry, p Posting) []string {
	text := p.Text
	if e.Description != "" {
		text += ": " + e.Description
	}
	day := ""
	if !e.Created.IsZero() {
		day = e.Created.Time().In(j.zone).Format(time.DateOnly)
	}
	return []string{day, models.InertCell(e.ID), models.InertCell(p.Account), p.Name, side(p.Debit, e.Currency), side(p.Credit, e.Currency),
		models.InertCell(e.Currency), models.InertCell(e.Reference), models.InertCell(text), models.InertCell(e.PayoutID)}
}

// side is one side's amount; the other side stays empty.
func side(minor int64, currency string) string {
	if minor == 0 {
		return ""
	}
	return money.Amount{Minor: minor, Currency: currency}.Decimal()
}

// Close proves the journal and writes what is still held back; it does not close the writer. A file whose Close failed is not to be used.
// Errors: internal with code "journal_unbalanced" (debits are not credits, or the clearing account did not move by the sum of net); those of
// Accounts.Check and of the writer.
func (j *Journal) Close() error {
	if j.check != nil {
		return j.check
	}
	for _, currency := range slices.Sorted(maps.Keys(j.rows)) {
		l, net := j.moved[currency], j.rows[currency].Net
		if l.debit != l.credit || l.clearing != net || j.odd != "" {
			return &models.Error{Kind: models.KindInternal, Code: "journal_unbalanced",
				Message: "This journal does not balance, so it is not given out.",
				Err: fmt.Errorf("%s: debits %d, credits %d, clearing %d, net %d; first movement that is off: %q",
					currency, l.debit, l.credit, l.clearing, net, j.odd)}
		}
	}
	j.out.Flush()
	return j.out.Error()
}
