package models

import "counterfoil/models/money"

// LedgerEntry is a balance transaction with what it belongs to: the order, what the customer paid, the payout that carried it.
type LedgerEntry struct {
	BalanceTransaction
	Reference     string // the shop's order reference
	ChargeID      string
	CustomerID    string
	CustomerName  string // empty for who does not see customers
	CustomerEmail string
	ChargeCreated Unix
	Facing        money.Amount // in the customer's currency, signed as the movement; no Currency where unknown
	PayoutArrival Unix         // 0 without a payout
}

// LedgerLine is a line of a settlement statement.
type LedgerLine string

// The lines of a statement, in their order. Each movement belongs to one line; its fee belongs to LineFees, but for disputes, whose fee stays
// with them.
const (
	LineGross           LedgerLine = "gross"
	LineFees            LedgerLine = "fees"
	LineRefunds         LedgerLine = "refunds"
	LineCaptureReversal LedgerLine = "partial_capture_reversals"
	LineDisputes        LedgerLine = "disputes"
	LineDisputesWon     LedgerLine = "disputes_won"
	LineOther           LedgerLine = "other"
	LinePayouts         LedgerLine = "payouts"
)

// LedgerLines are the lines of a statement in their order.
func LedgerLines() []LedgerLine {
	return []LedgerLine{LineGross, LineFees, LineRefunds, LineCaptureReversal, LineDisputes, LineDisputesWon, LineOther, LinePayouts}
}

// Word names a line for people.
func (l LedgerLine) Word() string {
	switch l {
	case LineGross:
		return "Gross"
	case LineFees:
		return "Fees"
	case LineRefunds:
		return "Refunds"
	case LineCaptureReversal:
		return "Partial-capture reversals"
	case LineDisputes:
		return "Disputes, with their fees"
	case LineDisputesWon:
		return "Disputes won, with their fees"
	case LinePayouts:
		return "Payouts"
	}
	return "Other"
}

// LineOf is the line that a movement's amount belongs to, by its reporting category; a category that is not known is other.
// Source: docs.stripe.com/reports/reporting-categories.
func LineOf(category string) LedgerLine {
	switch category {
	case "charge":
		return LineGross
	case "fee", "tax", "network_cost":
		return LineFees
	case "refund", "refund_failure":
		return LineRefunds
	case "partial_capture_reversal":
		return LineCaptureReversal
	case "dispute":
		return LineDisputes
	case "dispute_reversal":
		return LineDisputesWon
	case "payout", "payout_reversal":
		return LinePayouts
	}
	return LineOther
}

// FeeLineOf is the line that a movement's fee belongs to: a dispute's fee is given back with it
// (docs.stripe.com/payments/klarna/disputes), so the two stay together.
func FeeLineOf(category string) LedgerLine {
	if line := LineOf(category); line == LineDisputes || line == LineDisputesWon {
		return line
	}
	return LineFees
}

// Movement is what a group of movements comes to, in minor units of one currency. Net is Amount minus Fee.
type Movement struct {
	Count  int64
	Amount int64
	Fee    int64
	Net    int64
}

// Statement is what happened to the balance of one currency in a period. By is what each line adds to the balance, signed: the fees are
// negative. Opening plus the lines is Closing.
type Statement struct {
	Currency     string
	Opening      int64
	OpeningKnown bool // false before the first row that the mirror has
	Closing      int64
	ClosingKnown bool
	By           map[LedgerLine]Movement // Net is the line's contribution; Amount and Fee are its parts
}

// LedgerSum is what the movements of one currency and reporting category come to. Klarna: those that belong to an order.
type LedgerSum struct {
	Currency string
	Klarna   bool
	Category string
	Movement
}

// PayoutSum is what a payout carried of one currency and reporting category, its own row included.
type PayoutSum struct {
	PayoutID, Currency, Category string
	Movement
}

// CostSum is what Klarna's movements of one month, country and payment category come to, in minor units.
type CostSum struct {
	Month                                       int64 // 202611
	Currency, Country, KlarnaCategory, Category string
	Count, Amount, Fee                          int64
}

// PayoutReading is the last reading of a payout's lines.
type PayoutReading struct {
	Rows     int64 // that Stripe listed, the payout's own among them
	Asked    Unix  // 0: never
	Finished Unix  // 0: not yet
}

// DisputeCost is what a dispute's rows of one month come to. Status is Stripe's word for how the dispute stands.
type DisputeCost struct {
	Month                                     int64
	Currency, Country, KlarnaCategory, Status string
	Amount                                    int64
}
