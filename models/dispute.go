package models

import (
	"strings"
	"time"

	"counterfoil/models/money"
)

// Dispute is a Stripe dispute (du_… or dp_…). Amount in minor units.
type Dispute struct {
	ID               string `gorm:"primaryKey"`
	ChargeID         string
	PaymentIntentID  string
	Amount           int64
	Currency         string
	Status           string // Stripe's
	Reason           string // Stripe's
	KlarnaReason     string // payment_method_details.klarna.reason_code, raw
	KlarnaLossReason string // payment_method_details.klarna.chargeback_loss_reason_code, raw
	MethodType       string // payment_method_details.type
	DueBy            Unix   // evidence_details.due_by; 0 means that no response is possible
	HasEvidence      bool
	PastDue          bool
	SubmissionCount  int64
	IsRefundable     bool   // is_charge_refundable
	OperationID      string // metadata[operation_id]: the submission of ours that Stripe has
	Created          Unix
	Inquiry          bool // it was seen as an inquiry
	ActedAt          Unix // when a person of the shop first did something about it, if too late; 0 where nobody did, or nobody knows when
	EndedAt          Unix // when it was first seen out of our hands; 0 as long as it is not
}

// TableName implements gorm's Tabler.
func (Dispute) TableName() string { return "disputes" }

// Money is the disputed amount.
func (d *Dispute) Money() money.Amount { return money.Amount{Minor: d.Amount, Currency: d.Currency} }

// IsInquiry tells whether the dispute is in its first phase: no money moved, no fee, no evidence read.
func (d *Dispute) IsInquiry() bool { return strings.HasPrefix(d.Status, "warning_") }

// IsOutOfOurHands tells whether it is over or answered: what the shop does then is not done about it any more.
func (d *Dispute) IsOutOfOurHands() bool { return !d.IsOpen() || d.SubmissionCount > 0 }

// clocksDiffer is how far our clock may be from Stripe's: what is asked for here is dated by ours, what came of it by theirs.
const clocksDiffer = 5 * time.Minute

// ActedInTime is when the shop first did something about the dispute; 0 where it did nothing before it was out of its hands.
func (d *Dispute) ActedInTime() Unix {
	if d.EndedAt > 0 && d.ActedAt > d.EndedAt.Add(clocksDiffer) {
		return 0
	}
	return d.ActedAt
}

// IsSettled tells whether it ended without a decision: settled by a refund, withdrawn, or prevented.
func (d *Dispute) IsSettled() bool {
	switch d.Status {
	case "warning_closed", "prevented", "charge_refunded":
		return true
	}
	return false
}

// IsOpen tells whether the dispute still waits for us, for the customer or for Klarna. An unknown status counts as open.
func (d *Dispute) IsOpen() bool {
	return d.Status != "won" && d.Status != "lost" && !d.IsSettled()
}
