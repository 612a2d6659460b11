package stripesim

import (
	"maps"
	"slices"
)

// balance is Stripe's balance in API version 2023-10-16.
type balance struct {
	Object          string        `json:"object"`
	Available       []balancePart `json:"available"`
	ConnectReserved []balancePart `json:"connect_reserved"`
	Livemode        bool          `json:"livemode"`
	Pending         []balancePart `json:"pending"`
}

type balancePart struct {
	Amount      int64            `json:"amount"`
	Currency    string           `json:"currency"`
	SourceTypes map[string]int64 `json:"source_types,omitempty"`
}

func getBalance(s *Sim, c *call) (any, *apiError) { return s.balanceAt(c.now), nil }

// balanceAt sums all balance transactions per currency.
func (s *Sim) balanceAt(now int64) balance {
	available, pending := map[string]int64{}, map[string]int64{}
	for _, r := range s.transactions.rows {
		b := r.obj
		available[b.Currency] += 0
		pending[b.Currency] += 0
		if b.AvailableOn <= now {
			available[b.Currency] += b.Net
		} else {
			pending[b.Currency] += b.Net
		}
	}
	out := balance{Object: "balance", Available: []balancePart{}, ConnectReserved: []balancePart{}, Pending: []balancePart{}}
	for _, currency := range slices.Sorted(maps.Keys(available)) {
		a, p := available[currency], pending[currency]
		out.Available = append(out.Available, balancePart{a, currency, map[string]int64{"card": a}})
		out.Pending = append(out.Pending, balancePart{p, currency, map[string]int64{"card": p}})
		out.ConnectReserved = append(out.ConnectReserved, balancePart{0, currency, nil})
	}
	return out
}

// available is the balance in a currency that could be paid out now.
func (s *Sim) available(currency string, at int64) int64 {
	sum := int64(0)
	for _, r := range s.transactions.rows {
		if r.obj.Currency == currency && r.obj.AvailableOn <= at {
			sum += r.obj.Net
		}
	}
	return sum
}

// tellAvailable is the event of pending rows that became available, once for all of a second: most do so at a midnight.
func (x *tx) tellAvailable() {
	if x.at <= x.s.meta.Told {
		return
	}
	x.s.meta.Told = x.at
	x.tell("balance.available", func() any { return x.s.balanceAt(x.at) }, nil)
}

func (s *Sim) planAvailable(b *balanceTransaction) {
	if b.AvailableOn > max(b.Created, s.meta.Told) {
		s.plan(b.AvailableOn, taskAvailable, b.ID)
	}
}
