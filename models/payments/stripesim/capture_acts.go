package stripesim

import "strings"

// settlementDelay is how long captured money stays pending before a payout may carry it.
const settlementDelay = 3 * day

// feePercent is the simulator's own table of Klarna's share in hundredths of a percent: Stripe's real one is not known here.
func feePercent(country string) int64 {
	switch country {
	case "DE", "AT", "CH":
		return 299
	case "SE", "NO", "FI", "DK":
		return 279
	case "NL", "BE", "IE":
		return 319
	case "GB", "FR", "ES", "IT", "PT", "GR":
		return 349
	case "PL", "CZ", "RO":
		return 259
	}
	return 599
}

// feeFixed is the part of the fee that every payment costs, in minor units; the simulator's own table as well.
func feeFixed(currency string) int64 {
	switch currency {
	case "eur", "usd", "gbp", "chf", "cad", "aud", "nzd":
		return 35
	case "sek", "nok", "dkk":
		return 300
	case "pln", "ron":
		return 150
	case "czk":
		return 850
	}
	return 0
}

// fee is what Stripe keeps of a payment.
func fee(amount int64, country, currency string) int64 {
	return min(amount, (amount*feePercent(country)+5000)/10000+feeFixed(currency))
}

// capture takes amount of an authorized payment and lets the rest go for good.
func (x *tx) capture(pi *paymentIntent, amount int64) *paymentIntent {
	c, _ := x.s.charges.get(pi.LatestCharge.id)
	return x.take(pi, c, amount, false)
}

// take is the capture itself; at once when the customer's yes and the capture are one.
func (x *tx) take(pi *paymentIntent, c *charge, amount int64, atOnce bool) *paymentIntent {
	rest := pi.Amount - amount
	books := c.books()
	books.CapturedAt, books.Released = x.at, rest
	taken := *c
	taken.Captured, taken.AmountCaptured, taken.AmountRefunded, taken.Books = true, amount, rest, &books

	after := *pi
	after.Status, after.AmountReceived, after.AmountCapturable = "succeeded", amount, 0
	x.put(&after)
	x.event("payment_intent.succeeded", &after, nil)
	if atOnce {
		x.event("charge.succeeded", &taken, nil)
	} else {
		x.event("charge.captured", &taken, map[string]any{"amount_captured": 0, "amount_refunded": c.AmountRefunded, "captured": false})
	}

	booked := taken
	booked.BalanceTransaction = ref{id: x.bookCapture(&taken, amount)}
	x.put(&booked)
	x.event("charge.updated", &booked, map[string]any{"balance_transaction": nil})
	return &after
}

// bookCapture writes the balance transactions of a capture: one of the full amount, and for less than that one that takes
// the rest and its part of the fee back (reporting category partial_capture_reversal, fee below zero).
func (x *tx) bookCapture(c *charge, amount int64) string {
	country := c.books().Country
	kind, undo := "payment", "payment_refund"
	if !c.isKlarna() {
		kind, undo = "charge", "refund"
	}
	into := c.books().Exchange
	full := into.apply(booking{kind: kind, category: "charge", source: c.ID, currency: c.Currency, amount: c.Amount,
		feeText: "Stripe processing fees", description: string(c.Description), after: settlementDelay, feeParts: c.books().Fees})
	full.fee = fee(full.amount, country, full.currency)
	txn := x.book(full)
	if rest := c.Amount - amount; rest > 0 {
		back := into.apply(booking{kind: undo, category: "partial_capture_reversal", source: c.ID, currency: c.Currency, amount: -rest,
			feeText: full.feeText, description: "Partial capture reversal (" + c.ID + ")", after: settlementDelay})
		taken := into.apply(booking{currency: c.Currency, amount: amount})
		back.fee = fee(taken.amount, country, taken.currency) - full.fee
		x.book(back)
	}
	return txn.ID
}

// booking is a balance transaction to be made.
type booking struct {
	kind, category, source, currency, description, feeText string
	amount, fee, after                                     int64 // after: seconds until it is available
	rate                                                   rate
	feeParts                                               []feePart // instead of fee: what it consists of
}

// feePart is one part of a fee, in minor units of the booking's currency.
type feePart struct {
	Amount      int64  `json:"amount"`
	Type        string `json:"type"` // stripe_fee, tax, …
	Description string `json:"description"`
}

// book writes one balance transaction. What takes time is available at a midnight.
func (x *tx) book(b booking) *balanceTransaction {
	available := x.at
	if b.after > 0 {
		available = (x.at+b.after)/day*day + day
	}
	txn := &balanceTransaction{ID: x.s.newID("txn_3"), Object: "balance_transaction", Amount: b.amount, AvailableOn: available,
		Created: x.at, Currency: strings.ToLower(b.currency), Description: nullString(b.description), ExchangeRate: b.rate,
		FeeDetails: []feeDetail{}, ReportingCategory: b.category, Source: ref{id: b.source}, Status: "pending", Type: b.kind}
	if b.feeParts == nil && b.fee != 0 {
		b.feeParts = []feePart{{Amount: b.fee, Type: "stripe_fee", Description: b.feeText}}
	}
	for _, part := range b.feeParts {
		txn.Fee += part.Amount
		txn.FeeDetails = append(txn.FeeDetails, feeDetail{Amount: part.Amount, Currency: txn.Currency, Description: part.Description, Type: part.Type})
	}
	txn.Net = txn.Amount - txn.Fee
	x.put(txn)
	return txn
}
