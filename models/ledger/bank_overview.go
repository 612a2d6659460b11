package ledger

import (
	"context"
	"slices"

	"counterfoil/models"
	"counterfoil/models/bank"
	"counterfoil/models/store"
)

// Covered are the days of which an account's statements were taken in.
type Covered struct {
	Account string
	Spans   []bank.Span
}

// Overview is what the statements of the bank tell.
type Overview struct {
	Drafts    []models.BankDraft // without their data
	Files     []models.BankFile
	Covered   []Covered
	Matched   []models.BankEntry
	Missing   []models.Payout    // should have arrived, and no booking has them
	Strangers []models.BankEntry // look like Stripe's and are no payout
}

// Overview gives what the page of the bank shows. Errors: internal.
func (b Bank) Overview(ctx context.Context) (o Overview, err error) {
	if o.Drafts, err = b.DB.Reader.BankDrafts(ctx); err != nil {
		return o, err
	}
	if o.Files, err = b.DB.Reader.BankFiles(ctx); err != nil || len(o.Files) == 0 {
		return o, err
	}
	spans, err := b.DB.Reader.BankSpans(ctx)
	if err != nil {
		return o, err
	}
	o.Covered = covered(spans)
	if o.Matched, err = b.DB.Reader.MatchedEntries(ctx); err != nil {
		return o, err
	}
	if o.Missing, err = b.missing(ctx, o.Covered); err != nil {
		return o, err
	}
	o.Strangers, err = b.DB.Reader.FreeEntriesWith(ctx, bank.Stripe)
	return o, err
}

// covered puts the days of the files together, account by account.
func covered(spans []store.BankSpan) (all []Covered) {
	for _, s := range spans {
		if n := len(all); n == 0 || all[n-1].Account != s.Account {
			all = append(all, Covered{Account: s.Account})
		}
		last := &all[len(all)-1]
		last.Spans = append(last.Spans, bank.Span{From: s.First.Time(), To: s.Last.Time()})
	}
	for i := range all {
		all[i].Spans = bank.Merge(all[i].Spans)
	}
	return all
}

// missing gives the payouts that should have arrived by days that statements cover, all of them: from the day that Stripe says to the last
// on which the bank may book. Statements count of the accounts that payouts of the currency came to, or of all that hold the currency.
func (b Bank) missing(ctx context.Context, all []Covered) (missing []models.Payout, err error) {
	accounts, err := b.DB.Reader.BankAccounts(ctx)
	if err != nil {
		return nil, err
	}
	first := all[0].Spans[0].From
	for _, c := range all {
		if c.Spans[0].From.Before(first) {
			first = c.Spans[0].From
		}
	}
	payouts, err := b.DB.Reader.FreePayouts(ctx, models.UnixOf(first))
	if err != nil {
		return nil, err
	}
	days := map[string][]bank.Span{}
	for _, p := range payouts {
		if _, known := days[p.Currency]; !known {
			days[p.Currency] = spansOf(accounts, all, p.Currency)
		}
		if p.ArrivalDate != 0 && bank.Covers(days[p.Currency], p.ArrivalDate.Time(), bank.Due(p)) {
			missing = append(missing, p)
		}
	}
	return missing, nil
}

// spansOf gives the days covered by the accounts to which payouts of a currency come.
func spansOf(accounts []store.BankAccount, all []Covered, currency string) (spans []bank.Span) {
	paid := slices.ContainsFunc(accounts, func(a store.BankAccount) bool { return a.Currency == currency && a.HasPayouts })
	for _, a := range accounts {
		if a.Currency != currency || paid && !a.HasPayouts {
			continue
		}
		for _, c := range all {
			if c.Account == a.Account {
				spans = append(spans, c.Spans...)
			}
		}
	}
	return spans
}
