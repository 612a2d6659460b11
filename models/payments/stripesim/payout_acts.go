package stripesim

import (
	"maps"
	"slices"
)

// payoutTravel is how long a payout is on its way to the bank.
const payoutTravel = 2 * day

// reconcileAfter is how long Stripe puts a payout together before its lines can be listed
// (docs.stripe.com/payouts/reconciliation: payout.reconciliation_completed comes after payout.created).
const reconcileAfter = 4 * hour

// payOut carries what is available in each wanted currency to the bank; currencies nil means all. What sums to nothing or less stays for
// the next one, unless it may be taken from the bank. Payouts by hand since the last one lessen it: its lines do not add up then.
func (x *tx) payOut(currencies []string, negative bool) []*payout {
	lines, byHand := map[string][]*balanceTransaction{}, map[string]int64{}
	for id := range x.s.unpaid {
		b, _ := x.s.transactions.get(id)
		switch {
		case b.AvailableOn > x.at || currencies != nil && !slices.Contains(currencies, b.Currency):
		case b.Type == "payout":
			byHand[b.Currency] += b.Net
		default:
			lines[b.Currency] = append(lines[b.Currency], b)
		}
	}
	var made []*payout
	for _, currency := range slices.Sorted(maps.Keys(lines)) {
		sum := byHand[currency]
		for _, b := range lines[currency] {
			sum += b.Net
		}
		if sum > 0 || negative && sum < 0 {
			made = append(made, x.makePayout(currency, sum, lines[currency]))
			x.settleByHand(currency)
		}
	}
	return made
}

// settleByHand takes the rows of payouts by hand out of what is still to be paid.
func (x *tx) settleByHand(currency string) {
	for id := range x.s.unpaid {
		if b, _ := x.s.transactions.get(id); b.Type == "payout" && b.Currency == currency {
			carried := *b
			carried.Payout = b.Source.id
			x.put(&carried)
		}
	}
}

// payByHand sends an amount of the balance to the bank. An instant one costs 1 %.
func (x *tx) payByHand(currency string, amount int64, kind string) *payout {
	p := x.newPayout(currency, amount)
	p.Automatic, p.ReconciliationStatus = false, "not_applicable"
	b := booking{kind: "payout", category: "payout", source: p.ID, currency: currency, amount: -amount, description: "STRIPE PAYOUT"}
	if kind == "instant" {
		p.Method, p.ArrivalDate = "instant", x.at
		b.fee, b.feeText = amount/100, "Instant payout fee"
	}
	p.BalanceTransaction = ref{id: x.book(b).ID}
	x.put(p)
	x.event("payout.created", p, nil)
	return p
}

// newPayout is a payout on its way.
func (x *tx) newPayout(currency string, amount int64) *payout {
	return &payout{ID: x.s.newID("po_1"), Object: "payout", Amount: amount, ArrivalDate: (x.at + payoutTravel) / day * day, Automatic: true,
		Created: x.at, Currency: currency, Description: "STRIPE PAYOUT", Destination: makeID(x.s.meta.Seed, "ba_1", 1, 23),
		Metadata: map[string]string{}, Method: "standard", ReconciliationStatus: "in_progress", SourceType: "card",
		Status: "in_transit", Type: "bank_account"}
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
	p := x.newPayout(currency, sum)
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

// arrivePayout is the payout's arrival at the bank, which then has a trace of it.
func (x *tx) arrivePayout(id string) {
	p, ok := x.s.payouts.get(id)
	if !ok || p.Status != "in_transit" {
		return
	}
	after := *p
	after.Status, after.TraceID = "paid", &trace{"supported", "FP" + p.ID[len(p.ID)-10:]}
	x.put(&after)
	x.event("payout.paid", &after, map[string]any{"status": p.Status})
}

// reconcilePayout tells that the payout's lines can be listed.
func (x *tx) reconcilePayout(id string) {
	p, ok := x.s.payouts.get(id)
	if !ok || p.ReconciliationStatus != "in_progress" {
		return
	}
	after := *p
	after.ReconciliationStatus = "completed"
	x.put(&after)
	x.event("payout.reconciliation_completed", &after, map[string]any{"reconciliation_status": p.ReconciliationStatus})
}

// failPayout brings the money back to the balance.
func (x *tx) failPayout(p *payout, code string) {
	after := *p
	after.Status, after.FailureCode = "failed", nullString(code)
	after.FailureMessage = "The bank account has been closed"
	if code != "account_closed" {
		after.FailureMessage = nullString("The bank refused the payout: " + code)
	}
	back := x.book(booking{kind: "payout_failure", category: "payout_reversal", source: p.ID, currency: p.Currency, amount: p.Amount, description: "STRIPE PAYOUT FAILURE"})
	after.FailureBalanceTransaction = ref{id: back.ID}
	x.put(&after)
	x.event("payout.failed", &after, map[string]any{"status": p.Status})
}

func (s *Sim) planPayout(p *payout) {
	if p.Status == "in_transit" {
		s.plan(max(p.ArrivalDate, p.Created), taskArrivePayout, p.ID)
	}
	if p.ReconciliationStatus == "in_progress" {
		s.plan(p.Created+reconcileAfter, taskReconcile, p.ID)
	}
}
