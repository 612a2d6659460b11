package ledger

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"counterfoil/models"
	"counterfoil/models/settlements"
	"counterfoil/models/store"
)

const (
	// newestPayments is of how many payments of a currency the fees are looked at.
	newestPayments = 20_000
	// feesFor is how old they may be; unusualFor how old one may be that is told.
	feesFor, unusualFor = 90 * 24 * time.Hour, 35 * 24 * time.Hour
)

// Checker looks for what does not fit in the books.
type Checker struct {
	DB  *store.DB
	Now func() time.Time // domain time, UTC
}

// Check looks for exceptions and keeps what it found. Errors: internal.
func (c Checker) Check(ctx context.Context) error {
	now := models.UnixOf(c.Now())
	found, err := c.DB.Reader.FindExceptions(ctx, now)
	if err != nil {
		return err
	}
	currencies, err := c.DB.Reader.LedgerCurrencies(ctx)
	if err != nil {
		return err
	}
	for _, currency := range currencies {
		payments, err := c.DB.Reader.NewestPayments(ctx, currency, now.Add(-feesFor), newestPayments)
		if err != nil {
			return err
		}
		found = append(found, oddPayments(payments, now.Add(-unusualFor))...)
	}
	return c.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.PutExceptions(ctx, found, now) })
}

// oddPayments are payments that do not add up in themselves, and those booked since a moment whose fee is not the usual one of their
// country and category.
func oddPayments(payments []models.LedgerEntry, since models.Unix) []models.Exception {
	type group struct{ country, category string }
	samples := map[group][]settlements.FeeSample{}
	for _, p := range payments {
		g := group{p.Country, p.KlarnaCategory}
		samples[g] = append(samples[g], settlements.FeeSample{Amount: p.Amount, Fee: p.Fee})
	}
	usual := map[group]settlements.UsualFee{}
	for g, s := range samples {
		if u, known := settlements.UsualOf(s); known {
			usual[g] = u
		}
	}
	var odd []models.Exception
	for _, p := range payments {
		e := models.Exception{ObjectID: p.ID, OrderID: p.OrderID, Currency: p.Currency, At: p.Created}
		if wrong := settlements.AddsUp(p); wrong != "" {
			e.Kind, e.Amount, e.Expected, e.Detail = models.ExceptionRounding, p.Net, p.Amount-p.Fee, wrong
			odd = append(odd, e)
			continue
		}
		u, known := usual[group{p.Country, p.KlarnaCategory}]
		if known && p.Created >= since && u.IsUnusual(settlements.FeeSample{Amount: p.Amount, Fee: p.Fee}) {
			e.Kind, e.Amount, e.Expected = models.ExceptionFeeUnusual, p.Fee, u.Of(p.Amount)
			odd = append(odd, e)
		}
	}
	return odd
}

// Explain notes why something does not fit; reopen takes that back. Errors: invalid (field "note"), not found, internal.
func (c Checker) Explain(ctx context.Context, kind models.ExceptionKind, objectID, note string, reopen bool, by models.Actor) error {
	note = strings.TrimSpace(note)
	action := "exception.explained"
	switch {
	case reopen:
		note, action = "", "exception.reopened"
	case note == "":
		return &models.Error{Kind: models.KindInvalid, Code: "note_missing", Field: "note", Message: "Write in a few words why this is so."}
	case utf8.RuneCountInString(note) > models.MaxNoteLength:
		return &models.Error{Kind: models.KindInvalid, Code: "note_long", Field: "note", Message: "This note is too long: at most 2,000 characters."}
	}
	return c.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		at := models.UnixOf(c.Now())
		if err := tx.ExplainException(ctx, kind, objectID, note, by, at); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, models.AuditEntry{At: at, StaffID: by.StaffID, StaffName: by.Name, RequestID: by.RequestID, Action: action, ObjectID: objectID,
			Details: map[string]string{"kind": string(kind)}})
	})
}
