package stripesim

import "maps"

// klarnaRefundWindow is how long a Klarna payment can be refunded (docs.stripe.com/payments/klarna).
const klarnaRefundWindow = 180 * day

// How new refunds begin (POST /_sim/settings, "refunds").
const (
	refundsSucceed   = "succeed"   // at once; a bank account covers what the balance lacks
	refundsPend      = "pending"   // and wait to be resolved
	refundsByBalance = "balance"   // at once while the available balance covers them, else pending
	statusPending    = "pending"   // of a refund
	statusSucceeded  = "succeeded" // of a refund
	statusFailed     = "failed"    // of a refund
)

// refund gives captured money back, in the way that is set.
func (x *tx) refund(c *charge, amount int64, reason string, metadata map[string]string) *refund {
	needs := c.books().Exchange.apply(booking{currency: c.Currency, amount: amount})
	covered := x.s.meta.Refunds != refundsByBalance || x.s.available(needs.currency, x.at) >= needs.amount
	status := statusSucceeded
	if !covered || x.s.meta.Refunds == refundsPend {
		status = statusPending
	}
	return x.makeRefund(c, amount, reason, metadata, status, covered)
}

// makeRefund writes a refund. booked: its money leaves the balance now; otherwise when the refund succeeds.
func (x *tx) makeRefund(c *charge, amount int64, reason string, metadata map[string]string, status string, booked bool) *refund {
	r := &refund{Object: "refund", Amount: amount, Charge: ref{id: c.ID}, Created: x.at, Currency: c.Currency,
		Metadata: maps.Clone(metadata), PaymentIntent: c.PaymentIntent, Reason: nullString(reason), Status: status,
		DestinationDetails: destination{Type: "klarna", Klarna: &struct{}{}}}
	if r.Metadata == nil {
		r.Metadata = map[string]string{}
	}
	prefix := "pyr_1"
	if !c.isKlarna() {
		prefix = "re_3"
		r.DestinationDetails = destination{Type: "card", Card: &cardDestination{ReferenceStatus: "pending",
			ReferenceType: "acquirer_reference_number", Type: "refund"}}
	}
	r.ID = x.s.newID(prefix)
	if booked {
		x.bookRefund(r, c)
	}
	x.put(r)
	after := *c
	after.AmountRefunded += amount
	after.Refunded = after.AmountRefunded >= after.Amount
	x.put(&after)
	x.event("charge.refunded", &after, map[string]any{"amount_refunded": c.AmountRefunded, "refunded": c.Refunded})
	if status == statusSucceeded {
		x.settleInquiry(c, amount)
	}
	return r
}

// bookRefund takes the refund's money from the balance.
func (x *tx) bookRefund(r *refund, c *charge) {
	kind := "payment_refund"
	if !c.isKlarna() {
		kind = "refund"
	}
	txn := x.book(c.books().Exchange.apply(booking{kind: kind, category: "refund", source: r.ID, currency: c.Currency, amount: -r.Amount,
		description: "REFUND FOR PAYMENT"}))
	r.BalanceTransaction = ref{id: txn.ID}
}

// settleInquiry closes an inquiry over exactly the amount that went back.
func (x *tx) settleInquiry(c *charge, amount int64) {
	if d, ok := x.s.disputes.get(c.Dispute.id); ok && d.isInquiry() && d.Amount == amount {
		x.endInquiry(d)
	}
}

// succeedRefund ends a pending refund well.
func (x *tx) succeedRefund(before *refund) *refund {
	c, _ := x.s.charges.get(before.Charge.id)
	after := *before
	after.Status = statusSucceeded
	if after.BalanceTransaction.id == "" {
		x.bookRefund(&after, c)
	}
	x.put(&after)
	x.event("charge.refund.updated", &after, map[string]any{"status": before.Status})
	x.settleInquiry(c, after.Amount)
	return &after
}

// failRefund gives the money back to the balance and to the charge: a refund can fail even after it succeeded.
func (x *tx) failRefund(before *refund, reason string) *refund {
	c, _ := x.s.charges.get(before.Charge.id)
	after := *before
	after.Status, after.FailureReason = statusFailed, nullString(reason)
	if before.BalanceTransaction.id != "" {
		kind := "payment_failure_refund"
		if !c.isKlarna() {
			kind = "refund_failure"
		}
		txn := x.book(c.books().Exchange.apply(booking{kind: kind, category: "refund_failure", source: before.ID, currency: before.Currency,
			amount: before.Amount, description: "REFUND FAILURE FOR PAYMENT"}))
		after.FailureBalanceTransaction = ref{id: txn.ID}
	}
	x.put(&after)
	restored := *c
	restored.AmountRefunded -= before.Amount
	restored.Refunded = restored.AmountRefunded >= restored.Amount
	x.put(&restored)
	x.event("charge.refund.updated", &after, map[string]any{"status": before.Status})
	return &after
}
