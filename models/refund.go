package models

import "counterfoil/models/money"

// Refund is a Stripe refund (re_… or pyr_…). Amount in minor units.
type Refund struct {
	ID              string `gorm:"primaryKey"`
	ChargeID        string
	PaymentIntentID string
	Amount          int64
	Currency        string
	Status          string // pending, requires_action, succeeded, failed, canceled
	Reason          string
	FailureReason   string
	OperationID     string // our metadata[operation_id], empty for refunds made elsewhere
	Created         Unix
}

// TableName implements gorm's Tabler.
func (Refund) TableName() string { return "refunds" }

// Money is the refunded amount.
func (r *Refund) Money() money.Amount { return money.Amount{Minor: r.Amount, Currency: r.Currency} }

// CountsAsRefunded tells whether the refund takes from what can still be refunded. An authorization that ran out is no refund, though
// Stripe writes one (docs.stripe.com/api/refunds/object, reason).
func (r *Refund) CountsAsRefunded() bool {
	if r.Reason == "expired_uncaptured_charge" {
		return false
	}
	return r.Status == "succeeded" || r.Status == "pending" || r.Status == "requires_action"
}
