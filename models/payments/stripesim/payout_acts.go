package stripesim

import (
	"cmp"
	"maps"
	"slices"
)

const (
	// payoutTravel is how long a payout is on its way to the bank.
	payoutTravel = 2 * day
	// instantTravel is the same for an instant one (docs.stripe.com/payouts/instant-payouts, "typically within 30 minutes").
	instantTravel = 30 * minute
	// reconcileAfter is how long Stripe needs to put an automatic payout's lines together; the simulator's own number.
	reconcileAfter = 6 * hour
	// instantFeePercent is what an instant payout costs, on top of its amount (docs.stripe.com/payouts/instant-payouts).
	instantFeePercent = 1
)

// The values of a payout's reconciliation_status.
const (
	reconcileInProgress = "in_progress"
	reconcileCompleted  = "completed"
	reconcileNever      = "not_applicable" // of a payout by hand
)

// The kinds of payout that can be asked for.
const (
	kindAutomatic = "automatic"
	kindManual    = "manual"
	kindInstant   = "instant"
)

// payOut carries what is available in each wanted currency to the bank; currencies nil means all. What sums to nothing stays for the next
// one; what sums to less as well, unless negative: then the bank is debited.
func (x *tx) payOut(currencies []string, negative bool) []*payout {
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
		if sum > 0 || sum < 0 && negative {
			made = append(made, x.makePayout(currency, sum, lines[currency]))
		}
	}
	return made
}

// makePayout writes an automatic payout and its mark on every line that it carries. A payout by hand since the last one lowers the sum and
// is none of its lines: the lines do not add up then.
func (x *tx) makePayout(currency string, sum int64, lines []*balanceTransaction) *payout {
	slices.SortFunc(lines, func(a, b *balanceTransaction) int {
		return cmp.Or(cmp.Compare(a.Created, b.Created), cmp.Compare(a.ID, b.ID))
	})
	p := x.newPayout(currency, sum, payoutTravel)
	p.ArrivalDate = p.ArrivalDate / day * day
	p.Automatic, p.ReconciliationStatus = true, reconcileInProgress
	for _, b := range append(lines, x.bookPayout(p, 0)) {
		after := *b
		if by, ok := x.s.payouts.get(b.Source.id); ok && !by.Automatic && b.ID == by.BalanceTransaction.id {
			after.Lowered = p.ID
		} else {
			after.Payout = p.ID
		}
		x.put(&after)
	}
	x.put(p)
	x.event("payout.created", p, nil)
	return p
}

// payOutByHand sends an amount to the bank; an instant payout costs a fee on top. What it takes must be available.
func (x *tx) payOutByHand(currency string, amount int64, kind string) *payout {
	travel, method := payoutTravel, "standard"
	if kind == kindInstant {
		travel, method = instantTravel, "instant"
	}
	p := x.newPayout(currency, amount, travel)
	p.Method, p.ReconciliationStatus = method, reconcileNever
	x.bookPayout(p, handFee(amount, kind))
	x.put(p)
	x.event("payout.created", p, nil)
	return p
}

// handFee is what a payout by hand costs, half a minor unit rounded up.
func handFee(amount int64, kind string) int64 {
	if kind != kindInstant {
		return 0
	}
	return (amount*instantFeePercent + 50) / 100
}

// newPayout is a payout before it is written.
func (x *tx) newPayout(currency string, amount, travel int64) *payout {
	return &payout{ID: x.s.newID("po_1"), Object: "payout", Amount: amount, ArrivalDate: x.at + travel, Created: x.at, Currency: currency,
		Description: "STRIPE PAYOUT", Destination: makeID(x.s.meta.Seed, "ba_1", 1, 23), Metadata: map[string]string{}, Method: "standard",
		SourceType: "card", Status: "in_transit", Type: "bank_account"}
}

// bookPayout writes the payout's own balance transaction.
func (x *tx) bookPayout(p *payout, fee int64) *balanceTransaction {
	own := x.book(booking{kind: "payout", category: "payout", source: p.ID, currency: p.Currency, amount: -p.Amount, fee: fee,
		feeText: "Instant payout fee", description: p.Description})
	p.BalanceTransaction = ref{id: own.ID}
	return own
}

// arrivePayout is the payout's arrival at the bank. By then its lines are known.
func (x *tx) arrivePayout(id string) {
	p, ok := x.s.payouts.get(id)
	if !ok || p.Status != "in_transit" {
		return
	}
	after := *p
	after.Status = "paid"
	after.TraceID = &traceID{Status: "supported", Value: makeID(x.s.meta.Seed, "", int64(hash(p.ID)), 16)}
	x.put(&after)
	x.event("payout.paid", &after, map[string]any{"status": p.Status, "trace_id": p.TraceID})
	x.reconcilePayout(id)
}

// reconcilePayout is the moment at which Stripe knows all lines of an automatic payout.
func (x *tx) reconcilePayout(id string) {
	p, ok := x.s.payouts.get(id)
	if !ok || p.ReconciliationStatus != reconcileInProgress {
		return
	}
	after := *p
	after.ReconciliationStatus = reconcileCompleted
	x.put(&after)
	x.event("payout.reconciliation_completed", &after, map[string]any{"reconciliation_status": p.ReconciliationStatus})
}

// failPayout is the bank's no: the money is back on the balance at once, and a payout that was shown as paid is not. What an instant payout
// cost stays taken.
func (x *tx) failPayout(p *payout, code string) *payout {
	back := x.book(booking{kind: "payout_failure", category: "payout_reversal", source: p.ID, currency: p.Currency, amount: p.Amount,
		description: "STRIPE PAYOUT FAILURE"})
	after := *p
	after.Status, after.FailureBalanceTransaction = "failed", ref{id: back.ID}
	after.FailureCode, after.FailureMessage = nullString(code), nullString(payoutFailure(code))
	x.put(&after)
	previous := map[string]any{"status": p.Status, "failure_balance_transaction": nil, "failure_code": nil, "failure_message": nil}
	x.event("payout.failed", &after, previous)
	x.event("payout.updated", &after, previous)
	return &after
}

func (s *Sim) planPayout(p *payout) {
	if p.Status == "in_transit" {
		s.plan(max(p.ArrivalDate, p.Created), taskArrivePayout, p.ID)
	}
	if p.ReconciliationStatus == reconcileInProgress {
		s.plan(p.Created+reconcileAfter, taskReconcile, p.ID)
	}
}

// payoutFailure is what a failure code means, empty for one that is not Stripe's (docs.stripe.com/api/payouts/failures).
func payoutFailure(code string) string {
	switch code {
	case "account_closed":
		return "The bank account has been closed"
	case "account_frozen":
		return "The bank account has been frozen"
	case "bank_account_restricted":
		return "The bank account has restrictions on the type or the number of payouts allowed"
	case "bank_ownership_changed":
		return "The bank account is no longer valid because its branch has changed ownership"
	case "could_not_process":
		return "The bank could not process this payout"
	case "debit_not_authorized":
		return "Debit transactions are not approved on the bank account"
	case "declined":
		return "The bank has declined this payout"
	case "incorrect_account_holder_name":
		return "The account holder's name on file is not the bank's"
	case "insufficient_funds":
		return "The account has too little funds to cover the payout"
	case "invalid_account_number":
		return "The bank account's number is not valid"
	case "invalid_currency":
		return "The bank account cannot take this currency"
	case "no_account":
		return "No bank account could be found with these details"
	case "unsupported_card":
		return "The bank no longer supports payouts to this card"
	}
	return ""
}
