package models

import (
	"time"

	"counterfoil/models/money"
)

// ExceptionKind says what does not fit in the books.
type ExceptionKind string

// The kinds of exception.
const (
	ExceptionNotBooked       ExceptionKind = "not_booked"       // captured, and no movement after NotBookedAfter
	ExceptionNoOrder         ExceptionKind = "no_order"         // a payment or refund that may be Klarna's and has no order
	ExceptionRefundFailed    ExceptionKind = "refund_failed"    // a refund failed: the customer has not got it
	ExceptionDisputeUnbooked ExceptionKind = "dispute_unbooked" // a chargeback without a movement
	ExceptionFeeUnusual      ExceptionKind = "fee_unusual"      // a fee away from the usual
	ExceptionRounding        ExceptionKind = "rounding"         // a movement that does not add up in itself
)

// ExceptionKinds are all kinds, the most urgent first.
func ExceptionKinds() []ExceptionKind {
	return []ExceptionKind{ExceptionRefundFailed, ExceptionNotBooked, ExceptionNoOrder, ExceptionDisputeUnbooked, ExceptionRounding, ExceptionFeeUnusual}
}

// NotBookedAfter is how long a capture may be without its movement: Stripe writes it with the capture or shortly after.
const NotBookedAfter = 3 * 24 * time.Hour

// RefundReturned is the detail of a refund that failed and whose money is back on the balance.
const RefundReturned = "returned"

// Exception is something in the books that does not fit. Amounts in minor units of Currency.
type Exception struct {
	Kind          ExceptionKind `gorm:"primaryKey"`
	ObjectID      string        `gorm:"primaryKey"` // of Stripe: pi_, txn_, pyr_, du_
	OrderID       string        // "" for none
	Currency      string
	Amount        int64  // what is there
	Expected      int64  // what should be, where that can be said
	Detail        string // no_order: the payment or refund; refund_failed: RefundReturned; dispute_unbooked: its status; rounding: what is wrong, in words
	At            Unix   // when it happened
	Found         Unix   // when the check first saw it
	Checked       Unix   // when it last did
	ExplainedAt   Unix   // 0: nobody explained it
	ExplainedBy   string
	ExplainedName string
	Explanation   string
}

// TableName implements gorm's Tabler.
func (Exception) TableName() string { return "exceptions" }

// Money is what is there.
func (e *Exception) Money() money.Amount { return money.Amount{Minor: e.Amount, Currency: e.Currency} }
