// Package ledger reads what the settlements pages show: statements, payouts with their proof, movements.
package ledger

import (
	"context"
	"maps"
	"slices"
	"time"

	"counterfoil/models"
	"counterfoil/models/settlements"
	"counterfoil/models/store"
)

// Books are the account's movements and balances as far as the mirror has them.
type Books struct {
	Reader *store.Reader
	Zone   *time.Location // in which days begin; the ledger is summed by it
}

// Statements makes the statements of a period. The closing balance is Stripe's balance, walked back over what was booked since. A balance
// of before the first movement in the mirror is not known. Errors: internal.
func (b Books) Statements(ctx context.Context, p settlements.Period) (settlements.Statements, error) {
	out := settlements.Statements{Period: p, Klarna: map[string]models.Statement{}}
	sums, err := b.Reader.LedgerSums(ctx, p.From, p.To)
	if err != nil {
		return out, err
	}
	if out.Firsts, err = b.Reader.FirstBooked(ctx, b.Zone); err != nil {
		return out, err
	}
	balances, err := b.Reader.Balances(ctx)
	if err != nil {
		return out, err
	}
	closing, err := b.balancesAt(ctx, p.To, balances)
	if err != nil {
		return out, err
	}
	for _, balance := range balances {
		out.AsOf = max(out.AsOf, balance.AsOf)
	}
	for _, currency := range currencies(out.Firsts, balances) {
		s, first := settlements.Statement(currency, sums, false), out.Firsts[currency]
		if balance, known := closing[currency]; known && !p.To.Before(first) {
			s.Closing, s.ClosingKnown = balance, true
			s.Opening, s.OpeningKnown = balance-settlements.Total(s), !p.From.Before(first)
		}
		out.All = append(out.All, s)
		out.Klarna[currency] = settlements.Statement(currency, sums, true)
	}
	return out, nil
}

// currencies are those with a movement ever, or a balance, in order.
func currencies(firsts map[string]time.Time, balances []models.Balance) []string {
	all := slices.Collect(maps.Keys(firsts))
	for _, b := range balances {
		if b.Total() != 0 && !slices.Contains(all, b.Currency) {
			all = append(all, b.Currency)
		}
	}
	slices.Sort(all)
	return all
}

// balancesAt gives the balance of each currency at a midnight: what Stripe has now, with what was booked since it said so, less what was
// booked from that midnight on.
func (b Books) balancesAt(ctx context.Context, at time.Time, balances []models.Balance) (map[string]int64, error) {
	if len(balances) == 0 {
		return nil, nil
	}
	asOf := balances[0].AsOf
	since, err := b.Reader.NetSince(ctx, at)
	if err != nil {
		return nil, err
	}
	later, err := b.Reader.NetAfter(ctx, asOf, models.DayOf(asOf.Time(), b.Zone))
	if err != nil {
		return nil, err
	}
	out := map[string]int64{}
	for _, balance := range balances {
		out[balance.Currency] = balance.Total() + later[balance.Currency] - since[balance.Currency]
	}
	return out, nil
}
