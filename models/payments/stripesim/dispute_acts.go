package stripesim

import "slices"

const (
	// inquiryTime is how long an inquiry lasts (docs.stripe.com/payments/klarna/disputes).
	inquiryTime = 21 * day
	// evidenceTime is how long evidence can be sent in a chargeback, and fraudEvidenceTime the same for fraud.
	evidenceTime      = 12 * day
	fraudEvidenceTime = 5 * day
	// reviewTime is how long the simulated Klarna thinks.
	reviewTime = 30 * day
)

// klarnaReason is Klarna's word for Stripe's reason; the literal codes are not published, these follow Stripe's test e-mails.
func klarnaReason(reason string) string {
	switch reason {
	case "product_not_received":
		return "goods_not_received"
	case "credit_not_processed":
		return "return"
	case "duplicate":
		return "already_paid"
	case "fraudulent":
		return "unauthorized_purchase"
	case "product_unacceptable":
		return "faulty_goods"
	}
	return "incorrect_invoice"
}

// disputeFee is what a chargeback costs (support.stripe.com, "Klarna fees", 2023), in minor units.
func disputeFee(currency string) int64 {
	switch currency {
	case "eur", "gbp", "chf", "cad":
		return 2000
	case "nok", "dkk", "sek":
		return 20000
	case "pln":
		return 9000
	case "czk":
		return 55000
	case "usd":
		return 1500
	case "aud", "nzd":
		return 2500
	}
	return 0
}

// openDispute lets the customer dispute a captured payment: as an inquiry, or at once as a chargeback.
func (x *tx) openDispute(c *charge, amount int64, reason, klarna string, inquiry bool) *dispute {
	d := &dispute{ID: x.s.newID("du_1"), Object: "dispute", Amount: amount, BalanceTransactions: []*balanceTransaction{},
		Charge: ref{id: c.ID}, Created: x.at, Currency: c.Currency, Metadata: map[string]string{}, PaymentIntent: c.PaymentIntent,
		Reason: reason, IsChargeRefundable: true, Status: "warning_needs_response",
		EvidenceDetails:      evidenceDetails{DueBy: nullInt(endOfDay(x.at + inquiryTime))},
		PaymentMethodDetails: disputeMethod{Type: "klarna", Klarna: &disputeKlarna{ReasonCode: nullString(klarna)}}}
	d.Evidence.CustomerName, d.Evidence.CustomerEmailAddress = c.BillingDetails.Name, c.BillingDetails.Email
	if !c.isKlarna() {
		d.PaymentMethodDetails = disputeMethod{Type: "card", Card: &disputeCard{Brand: "visa", NetworkReasonCode: "10.4"}}
	}
	if !inquiry {
		x.withdraw(d)
	}
	x.put(d)
	x.event("charge.dispute.created", d, nil)
	if !inquiry {
		x.event("charge.dispute.funds_withdrawn", d, nil)
	}
	after := *c
	after.Disputed, after.Dispute = true, ref{id: d.ID}
	x.put(&after)
	x.event("charge.updated", &after, map[string]any{"disputed": c.Disputed})
	return d
}

// withdraw makes the dispute a chargeback: amount and fee leave the balance and evidence can be sent, once.
func (x *tx) withdraw(d *dispute) {
	within := evidenceTime
	if d.Reason == "fraudulent" {
		within = fraudEvidenceTime
	}
	txn := x.book(booking{kind: "adjustment", category: "dispute", source: d.ID, currency: d.Currency, amount: -d.Amount,
		fee: disputeFee(d.Currency), feeText: "Dispute fee", description: "Chargeback withdrawal for " + d.Charge.id, after: 0})
	d.Status, d.IsChargeRefundable, d.BalanceTransaction = "needs_response", false, nullString(txn.ID)
	d.EvidenceDetails.DueBy = nullInt(endOfDay(x.at + within))
	d.BalanceTransactions = append(slices.Clone(d.BalanceTransactions), txn)
}

// escalate turns an inquiry into a chargeback; the dispute keeps its id.
func (x *tx) escalate(d *dispute) *dispute {
	after := *d
	x.withdraw(&after)
	x.put(&after)
	x.event("charge.dispute.updated", &after, map[string]any{"status": d.Status, "is_charge_refundable": d.IsChargeRefundable,
		"evidence_details": map[string]any{"due_by": d.EvidenceDetails.DueBy}})
	x.event("charge.dispute.funds_withdrawn", &after, nil)
	return &after
}

// submit sends the evidence, as the merchant would in the Dashboard. verdict says how it will end.
func (x *tx) submit(d *dispute, outcome string, fill func(*evidence)) *dispute {
	after := *d
	after.Status, after.EvidenceDetails.HasEvidence = "under_review", true
	after.EvidenceDetails.SubmissionCount = d.EvidenceDetails.SubmissionCount + 1
	after.Verdict = &verdict{Outcome: outcome, At: x.at + reviewTime}
	if fill != nil {
		fill(&after.Evidence)
	}
	x.put(&after)
	x.event("charge.dispute.updated", &after, map[string]any{"status": d.Status})
	return &after
}

// endDispute closes a dispute: won, lost, or an inquiry that came to nothing. A win gives amount and fee back.
func (x *tx) endDispute(d *dispute, status string) *dispute {
	after := *d
	after.Status, after.Verdict = status, nil
	if k := d.PaymentMethodDetails.Klarna; k != nil && status == "lost" {
		lost := *k
		lost.ChargebackLossReasonCode = "insufficient_evidence"
		after.PaymentMethodDetails.Klarna = &lost
	}
	if status == "lost" && after.EvidenceDetails.SubmissionCount == 0 {
		after.EvidenceDetails.PastDue = true
	}
	if status == "won" {
		txn := x.book(booking{kind: "adjustment", category: "dispute_reversal", source: d.ID, currency: d.Currency, amount: d.Amount,
			fee: -disputeFee(d.Currency), feeText: "Dispute fee refund", description: "Chargeback reversal for " + d.Charge.id, after: 0})
		after.BalanceTransactions = append(slices.Clone(d.BalanceTransactions), txn)
	}
	x.put(&after)
	if status == "won" {
		x.event("charge.dispute.funds_reinstated", &after, nil)
	}
	x.event("charge.dispute.closed", &after, map[string]any{"status": d.Status})
	return &after
}

// moveDispute is what happens to a dispute by the passing of time.
func (x *tx) moveDispute(id string) {
	d, ok := x.s.disputes.get(id)
	if !ok {
		return
	}
	switch {
	case d.isInquiry() && int64(d.EvidenceDetails.DueBy) <= x.at:
		x.escalate(d)
	case d.Status == "needs_response" && int64(d.EvidenceDetails.DueBy) <= x.at:
		x.endDispute(d, "lost")
	case d.Status == "under_review" && d.Verdict != nil && d.Verdict.Outcome != "" && d.Verdict.At <= x.at:
		x.endDispute(d, d.Verdict.Outcome)
	}
}

func (s *Sim) planDispute(d *dispute) {
	switch d.Status {
	case "warning_needs_response", "needs_response":
		s.plan(int64(d.EvidenceDetails.DueBy), taskMoveDispute, d.ID)
	case "under_review":
		if d.Verdict != nil && d.Verdict.Outcome != "" {
			s.plan(d.Verdict.At, taskMoveDispute, d.ID)
		}
	}
}

// hasOpenChargeback tells whether Klarna holds the money of this charge, so that no refund is possible.
func (s *Sim) hasOpenChargeback(c *charge) bool {
	d, ok := s.disputes.get(c.Dispute.id)
	return ok && slices.Contains([]string{"needs_response", "under_review", "lost"}, d.Status)
}

// endOfDay is the last second of the day, UTC.
func endOfDay(at int64) int64 { return at/day*day + day - 1 }
