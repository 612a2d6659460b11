package ledger

import (
	"context"
	"iter"
	"net/url"
	"slices"
	"time"

	"counterfoil/models"
	"counterfoil/models/settlements"
	"counterfoil/models/store"
)

// Scope is what an address asks of the ledger: the lines of a payout, or the movements of a period.
type Scope struct {
	Period  settlements.Period // the payout's own day where one is named
	Payout  *models.Payout
	Line    models.LedgerLine // "" for all
	Share   store.Share
	Sums    []models.LedgerSum  // of the period
	Queries []store.LedgerQuery // one for each currency
}

// IsPart tells whether the scope leaves out some of what was booked in its currencies.
func (s Scope) IsPart() bool { return s.Line != "" || s.Share != store.ShareAll }

// Scope reads payout=, or the period with currency=, line= and share=. Errors: invalid (a period that is none), not found (a payout,
// currency, line or share that is none), internal.
func (b Books) Scope(ctx context.Context, v url.Values, now time.Time) (Scope, error) {
	if id := v.Get("payout"); id != "" {
		return b.payoutScope(ctx, id)
	}
	p, faults := settlements.ParsePeriod(v, now, b.Zone)
	if len(faults) > 0 {
		return Scope{}, &models.Error{Kind: models.KindInvalid, Code: "period_invalid", Field: faults[0].Field, Message: faults[0].Message}
	}
	s := Scope{Period: p, Line: models.LedgerLine(v.Get("line")), Share: store.Share(v.Get("share"))}
	known, err := b.Reader.LedgerCurrencies(ctx)
	if err != nil {
		return s, err
	}
	if s.Sums, err = b.Reader.LedgerSums(ctx, p.From, p.To); err != nil {
		return s, err
	}
	currency := v.Get("currency")
	shares := []store.Share{store.ShareAll, store.ShareKlarna, store.ShareOther}
	if currency != "" && !slices.Contains(known, currency) || !slices.Contains(shares, s.Share) || s.Line != "" && !slices.Contains(models.LedgerLines(), s.Line) {
		return s, &models.Error{Kind: models.KindNotFound, Code: "no_such_figure", Message: "There is no such figure. Open it from the settlements page."}
	}
	for _, c := range known {
		if currency != "" && c != currency {
			continue
		}
		q := store.LedgerQuery{Currency: c, From: p.Start(), To: p.End(), Share: s.Share}
		if s.Line != "" {
			q.Categories, q.WithFee = settlements.CategoriesOf(s.Line, s.Sums), s.Line == models.LineFees
		}
		s.Queries = append(s.Queries, q)
	}
	return s, nil
}

func (b Books) payoutScope(ctx context.Context, id string) (Scope, error) {
	payout, err := b.Reader.Payout(ctx, id)
	if err != nil {
		return Scope{}, err
	}
	day := models.DayOf(payout.Created.Time(), b.Zone)
	return Scope{Payout: &payout, Period: settlements.Period{From: day, To: models.AddDays(day, 1)},
		Queries: []store.LedgerQuery{{Payout: id, Currency: payout.Currency}}}, nil
}

// Rows gives every movement of a scope, currency by currency, the oldest first. Errors of the iteration: internal.
func (b Books) Rows(ctx context.Context, s Scope) iter.Seq2[models.LedgerEntry, error] {
	return func(yield func(models.LedgerEntry, error) bool) {
		for _, q := range s.Queries {
			for e, err := range b.Reader.LedgerRows(ctx, q) {
				if !yield(e, err) || err != nil {
					return
				}
			}
		}
	}
}

// AllPayouts proves every payout that was sent in a period, the newest first. Errors: internal.
func (b Books) AllPayouts(ctx context.Context, p settlements.Period) ([]settlements.ProvenPayout, error) {
	var all []settlements.ProvenPayout
	q := store.PayoutQuery{From: p.Start(), To: p.End(), Limit: store.MaxLimit}
	for {
		page, err := b.Reader.Payouts(ctx, q)
		if err != nil {
			return nil, err
		}
		proven, err := b.Payouts(ctx, page.Payouts...)
		if err != nil {
			return nil, err
		}
		all = append(all, proven...)
		if page.Next == "" {
			return all, nil
		}
		q.After = page.Next
	}
}
