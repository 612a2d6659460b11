package models

import "strings"

// DisputeReasons are Stripe's reasons that Klarna uses. Source: docs.stripe.com/payments/klarna/disputes, table of reasons.
func DisputeReasons() []string {
	return []string{"product_not_received", "credit_not_processed", "product_unacceptable", "duplicate", "general", "fraudulent"}
}

// DisputeReasonWords is Klarna's reason behind Stripe's word; one that is not in the table stands for itself.
// Source: docs.stripe.com/payments/klarna/disputes, table of reasons.
func DisputeReasonWords(reason string) string {
	switch reason {
	case "product_not_received":
		return "Goods not received"
	case "credit_not_processed":
		return "Return"
	case "duplicate":
		return "Already paid"
	case "fraudulent":
		return "Unauthorized purchase"
	case "general":
		return "Incorrect invoice or high risk order"
	case "product_unacceptable":
		return "Faulty goods"
	case "":
		return "No reason given"
	}
	return strings.ReplaceAll(reason, "_", " ")
}

// LossWords puts chargeback_loss_reason_code into words; Klarna's codes are not published, so one that is not guessed at stands for itself.
func LossWords(code string) string { return strings.ReplaceAll(code, "_", " ") }
