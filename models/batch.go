package models

import "counterfoil/models/money"

// BatchKind is what a batch does to its orders.
type BatchKind string

// The kinds of batch.
const (
	BatchCapture BatchKind = "capture" // capture each selected order in full
	BatchCancel  BatchKind = "cancel"  // cancel each selected authorization
	BatchTrack   BatchKind = "track"   // give each selected order tracking
	BatchShip    BatchKind = "ship"    // lines of a warehouse: capture and add tracking
)

// BatchState is how far a batch has come.
type BatchState string

// The states of a batch. A draft has sent nothing.
const (
	BatchDraft   BatchState = "draft"
	BatchRunning BatchState = "running"
	BatchDone    BatchState = "done"
)

// Batch is an act on many orders: drafted, shown, confirmed, and then run in the background.
type Batch struct {
	ID        string `gorm:"primaryKey"` // bat_…
	Kind      BatchKind
	State     BatchState
	Source    string // what it was made from: "selection", "all that match", a file's name, "pasted lines"
	FormToken string // the confirm form's nonce: the same token again starts nothing twice
	Reason    string // cancel: Stripe's reason; capture: why there is no tracking
	StaffID   string
	StaffName string
	Created   Unix // domain time
	Started   Unix // 0 while a draft
	Finished  Unix // 0 until every row has ended
}

// TableName implements gorm's Tabler.
func (Batch) TableName() string { return "batches" }

// BatchAct is what happens to one row.
type BatchAct string

// The acts of a row.
const (
	ActNone    BatchAct = ""        // left out: nothing happens, Message says why
	ActCapture BatchAct = "capture" // capture, with the row's tracking where it has one
	ActTrack   BatchAct = "track"   // tracking only: no money moves
	ActCancel  BatchAct = "cancel"
)

// BatchRowState is how far one row has come.
type BatchRowState string

// The states of a row.
const (
	RowLeftOut BatchRowState = "left_out" // by the rules, or by a person
	RowWaiting BatchRowState = "waiting"  // drafted, or queued
	RowDone    BatchRowState = "done"
	RowRefused BatchRowState = "refused" // nothing was done; may be tried again
	RowUnknown BatchRowState = "unknown" // Stripe has not said; settled by reading, never retried blindly
)

// BatchRow is one order, or one line of a file, in a batch. Amounts in minor units.
type BatchRow struct {
	BatchID         string `gorm:"primaryKey"`
	Line            int64  `gorm:"primaryKey"` // 1 …, the line of the file where there was one
	OrderID         string // pi_…, empty for a line that matches none
	OrderText       string // as it was given: reference or id
	Act             BatchAct
	Amount          int64 // to capture
	Released        int64 // given up for good by capturing less; must be confirmed
	Currency        string
	Carrier         string // carriers code
	CarrierName     string
	TrackingNumber  string
	ShippedOn       string // YYYY-MM-DD in the shop's zone
	HasTracking     bool   // the order carries a number already
	Code            string // why it is left out or stands out: already_captured, ambiguous, unknown_order, …
	Message         string // the same for people
	Advice          string // a doubt that does not block, e.g. of the check digit
	State           BatchRowState
	Attempt         int64  // how often it was tried again
	ErrorMessage    string // of the run, for people
	StripeRequestID string
}

// TableName implements gorm's Tabler.
func (BatchRow) TableName() string { return "batch_rows" }

// Money is the amount to capture.
func (r *BatchRow) Money() money.Amount { return money.Amount{Minor: r.Amount, Currency: r.Currency} }
