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
	// feesFor is how old payments may be that tell the usual fee, feesOf how many of a group do, the newest of them.
	feesFor, feesOf = 90 * 24 * time.Hour, 400
	// oddFor is how old a movement of Klarna's may be that is looked at by itself.
	oddFor = 35 * 24 * time.Hour
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
	odd := &oddities{seen: map[string]bool{}, counts: map[models.ExceptionKind]int{}}
	if odd.usual, err = c.usualFees(ctx, now.Add(-feesFor)); err != nil {
		return err
	}
	if err := c.DB.Reader.EachNetOff(ctx, odd.look); err != nil {
		return err
	}
	if err := c.DB.Reader.EachKlarnaEntry(ctx, now.Add(-oddFor), odd.look); err != nil {
		return err
	}
	return c.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.PutExceptions(ctx, append(found, odd.found...), now) })
}

// feeGroup is what a fee depends on.
type feeGroup struct{ currency, country, category string }

// usualFees finds the usual fee of each group that has enough payments since a moment.
func (c Checker) usualFees(ctx context.Context, since models.Unix) (map[feeGroup]settlements.UsualFee, error) {
	samples := map[feeGroup][]settlements.FeeSample{}
	err := c.DB.Reader.EachKlarnaFee(ctx, since, func(f store.PaymentFee) error {
		g := feeGroup{f.Currency, f.Country, f.KlarnaCategory}
		if len(samples[g]) < feesOf {
			samples[g] = append(samples[g], settlements.FeeSample{Amount: f.Amount, Fee: f.Fee})
		}
		return nil
	})
	usual := map[feeGroup]settlements.UsualFee{}
	for g, s := range samples {
		if u, known := settlements.UsualOf(s); known {
			usual[g] = u
		}
	}
	return usual, err
}

// oddities collects movements that are odd by themselves.
type oddities struct {
	usual  map[feeGroup]settlements.UsualFee
	found  []models.Exception
	seen   map[string]bool // what was found, by the movement's id
	counts map[models.ExceptionKind]int
}

// look takes a movement that does not add up in itself, or a payment whose fee is not the usual one of its group.
func (o *oddities) look(m models.LedgerEntry) error {
	if wrong := settlements.AddsUp(m); wrong != "" {
		o.take(m, models.Exception{Kind: models.ExceptionRounding, Amount: m.Net, Expected: m.Amount - m.Fee, Detail: wrong})
		return nil
	}
	u, known := o.usual[feeGroup{m.Currency, m.Country, m.KlarnaCategory}]
	if known && m.ReportingCategory == "charge" && u.IsUnusual(settlements.FeeSample{Amount: m.Amount, Fee: m.Fee}) {
		o.take(m, models.Exception{Kind: models.ExceptionFeeUnusual, Amount: m.Fee, Expected: u.Of(m.Amount)})
	}
	return nil
}

func (o *oddities) take(m models.LedgerEntry, e models.Exception) {
	if o.seen[m.ID] || o.counts[e.Kind] >= store.MostExceptions {
		return
	}
	o.seen[m.ID] = true
	o.counts[e.Kind]++
	e.ObjectID, e.OrderID, e.Currency, e.At = m.ID, m.OrderID, m.Currency, m.Created
	o.found = append(o.found, e)
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
		return tx.AppendAudit(ctx, by.Audit(at, action, objectID, map[string]string{"kind": string(kind)}))
	})
}
