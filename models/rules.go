package models

import "time"

// Rules of Klarna and Stripe that a merchant's money depends on, each with its source.
const (
	// AuthorizationValidity is how long an authorization can be captured, counted from the charge's created.
	// Source: docs.stripe.com/payments/klarna/accept-a-payment, "Separate authorization and capture" (28 days).
	AuthorizationValidity = 28 * 24 * time.Hour
	// RefundWindow is how long after the payment completed a refund is possible. Source: docs.stripe.com/payments/klarna (180 days).
	RefundWindow = 180 * 24 * time.Hour
	// InquiryPeriod is how long an inquiry stays open before it becomes a chargeback. Source:
	// docs.stripe.com/payments/klarna/disputes (21 calendar days). The due date that counts is Stripe's own evidence_details.due_by.
	InquiryPeriod = 21 * 24 * time.Hour
	// MaxTrackingLength caps carrier and tracking number: Klarna takes 100 characters, Stripe 5000.
	MaxTrackingLength = 100
	// MaxReasonLength caps the note that goes with an act, in characters.
	MaxReasonLength = 500
	// MaxNoteLength caps a note, in characters.
	MaxNoteLength = 2000
)
