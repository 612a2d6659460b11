package stripesim

import (
	"maps"
	"slices"
)

// payoutTravel is how long a payout is on its way to the bank.
const payoutTravel = 2 * day

// payOut carries what is available in each wanted currency to the bank; currencies nil means all. What sums to nothing or
// less stays for the next one.
func (x *tx) payOut(currencies []string) []*payout {
	lines := map[string][]*balanceTransaction{}
	for id := range x.s.unpaid {
		b, _ := x.s.transactions.get(id)
		if b.AvailableOn <= x.at && (currencies == nil || slices.Contains(currencies, b.Currency)) {
			lines[b.Currency] = append(lines[b.Currency], b)
		}
	}
	var made []*payout
	for _, currency := range slices.Sorted(maps.Keys(lines)) {
		sum := int64(0)
		for _, b := range lines[currency] {
			sum += b.Net
		}
		if sum > 0 {
			made = append(made, x.makePayout(currency, sum, lines[currency]))
		}
	}
	return made
}

// makePayout writes an automatic payout, its own balance transaction, and its mark on every line that it carries.
func (x *tx) makePayout(currency string, sum int64, lines []*balanceTransaction) *payout {
	slices.SortFunc(lines, func(a, b *balanceTransaction) int {
		if a.Created != b.Created {
			return int(a.Created - b.Created)
		}
		if a.ID < b.ID {
			return -1
		}
		return 1
	})
	p := &payout{ID: x.s.newID("po_1"), Object: "payout", Amount: sum, ArrivalDate: (x.at + payoutTravel) / day * day, Automatic: true,
		Created: x.at, Currency: currency, Description: "STRIPE PAYOUT", Destination: makeID(x.s.meta.Seed, "ba_1", 1, 23),
		Metadata: map[string]string{}, Method: "standard", ReconciliationStatus: "in_progress", SourceType: "card",
		Status: "in_transit", Type: "bank_account"}
	own := x.book(booking{kind: "payout", category: "payout", source: p.ID, currency: currency, amount: -sum, description: "STRIPE PAYOUT"})
	p.BalanceTransaction = ref{id: own.ID}
	for _, b := range append(lines, own) {
		carried := *b
		carried.Payout = p.ID
		x.put(&carried)
	}
	x.put(p)
	x.event("payout.created", p, nil)
	return p
}

// arrivePayout is the payout's arrival at the bank.
func (x *tx) arrivePayout(id string) {
	p, ok := x.s.payouts.get(id)
	if !ok || p.Status != "in_transit" {
		return
	}
	after := *p
	after.Status, after.ReconciliationStatus = "paid", "completed"
	x.put(&after)
	x.event("payout.paid", &after, map[string]any{"status": p.Status})
	x.event("payout.reconciliation_completed", &after, map[string]any{"reconciliation_status": p.ReconciliationStatus})
}

func (s *Sim) planPayout(p *payout) {
	if p.Status == "in_transit" {
		s.plan(max(p.ArrivalDate, p.Created), taskArrivePayout, p.ID)
	}
}
