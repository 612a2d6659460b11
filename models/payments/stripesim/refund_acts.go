package stripesim

import "maps"

// klarnaRefundWindow is how long a Klarna payment can be refunded (docs.stripe.com/payments/klarna).
const klarnaRefundWindow = 180 * day

// refund gives captured money back. The refund of exactly the disputed amount settles an inquiry.
func (x *tx) refund(c *charge, amount int64, reason string, metadata map[string]string) *refund {
	r := &refund{Object: "refund", Amount: amount, Charge: ref{id: c.ID}, Created: x.at, Currency: c.Currency,
		Metadata: maps.Clone(metadata), PaymentIntent: c.PaymentIntent, Reason: nullString(reason), Status: "succeeded",
		DestinationDetails: destination{Type: "klarna", Klarna: &struct{}{}}}
	if r.Metadata == nil {
		r.Metadata = map[string]string{}
	}
	prefix, kind := "pyr_1", "payment_refund"
	if !c.isKlarna() {
		prefix, kind = "re_3", "refund"
		r.DestinationDetails = destination{Type: "card", Card: &cardDestination{ReferenceStatus: "pending",
			ReferenceType: "acquirer_reference_number", Type: "refund"}}
	}
	r.ID = x.s.newID(prefix)
	txn := x.book(booking{kind: kind, category: "refund", source: r.ID, currency: c.Currency, amount: -amount,
		description: "REFUND FOR PAYMENT", after: 0})
	r.BalanceTransaction = ref{id: txn.ID}
	x.put(r)
	after := *c
	after.AmountRefunded += amount
	after.Refunded = after.AmountRefunded >= after.Amount
	x.put(&after)
	x.event("charge.refunded", &after, map[string]any{"amount_refunded": c.AmountRefunded, "refunded": c.Refunded})
	if d, ok := x.s.disputes.get(c.Dispute.id); ok && d.isInquiry() && d.Amount == amount {
		x.endDispute(d, "warning_closed")
	}
	return r
}
