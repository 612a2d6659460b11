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

// The stages in which a dispute can come.
const (
	stageInquiry    = "inquiry"
	stageChargeback = "chargeback"
	stageLost       = "lost_at_once" // no evidence is possible (support.stripe.com, Klarna disputes FAQ)
)

// opening says what a dispute is like when it comes.
type opening struct {
	amount         int64
	reason, klarna string // klarna empty: what goes with the reason
	stage          string
	status         string // instead of the stage's own: a status that nobody knows
	loss           string // Klarna's reason code of one that is lost at once
	withdrawal     withdrawal
}

// openDispute lets the customer dispute a captured payment.
func (x *tx) openDispute(c *charge, o opening) *dispute {
	if o.klarna == "" {
		o.klarna = klarnaReason(o.reason)
	}
	d := &dispute{ID: x.s.newID("du_1"), Object: "dispute", Amount: o.amount, BalanceTransactions: []*balanceTransaction{},
		Charge: ref{id: c.ID}, Created: x.at, Currency: c.Currency, Metadata: map[string]string{}, PaymentIntent: c.PaymentIntent,
		Reason: o.reason, IsChargeRefundable: true, Status: "warning_needs_response", Withdrawal: o.withdrawal,
		EvidenceDetails:      evidenceDetails{DueBy: nullInt(endOfDay(x.at + inquiryTime))},
		PaymentMethodDetails: disputeMethod{Type: "klarna", Klarna: &disputeKlarna{ReasonCode: nullString(o.klarna)}}}
	if o.withdrawal.Rate == "" {
		d.Withdrawal.exchange = c.books().Exchange
	}
	d.Evidence = prefilled(c)
	if !c.isKlarna() {
		d.PaymentMethodDetails = disputeMethod{Type: "card", Card: &disputeCard{Brand: "visa", NetworkReasonCode: "10.4"}}
	}
	if o.stage != stageInquiry {
		x.withdraw(d)
	}
	if o.stage == stageLost {
		d.EvidenceDetails.DueBy = 0
		d.markLost(o.loss)
	}
	if o.status != "" {
		d.Status = o.status
	}
	x.put(d)
	x.event("charge.dispute.created", d, nil)
	if o.stage != stageInquiry {
		x.event("charge.dispute.funds_withdrawn", d, nil)
	}
	if o.stage == stageLost {
		x.event("charge.dispute.closed", d, nil)
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
	taken := d.takes()
	taken.amount, taken.category, taken.feeText = -taken.amount, "dispute", "Dispute fee"
	taken.description = "Chargeback withdrawal for " + d.Charge.id
	txn := x.book(taken)
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

// submit sends the evidence. outcome says how Klarna will decide; empty: that is left to POST /_sim/disputes/{id}/resolve.
func (x *tx) submit(d *dispute, outcome string, fill func(*evidence)) *dispute {
	after := *d
	after.Status, after.EvidenceDetails.HasEvidence = "under_review", true
	after.EvidenceDetails.SubmissionCount = d.EvidenceDetails.SubmissionCount + 1
	after.Verdict = &verdict{Outcome: outcome, At: x.at + reviewTime}
	if fill != nil {
		fill(&after.Evidence)
	}
	x.put(&after)
	x.event("charge.dispute.updated", &after, map[string]any{"status": d.Status, "evidence_details": map[string]any{
		"has_evidence": d.EvidenceDetails.HasEvidence, "submission_count": d.EvidenceDetails.SubmissionCount}})
	return &after
}

// markLost writes the loss and Klarna's reason code for it; the literal codes are not published, the usual one is the simulator's own.
func (d *dispute) markLost(code string) {
	d.Status = "lost"
	if k := d.PaymentMethodDetails.Klarna; k != nil {
		lost := *k
		lost.ChargebackLossReasonCode = code
		if code == "" {
			lost.ChargebackLossReasonCode = "insufficient_evidence"
		}
		d.PaymentMethodDetails.Klarna = &lost
	}
}

// lose closes a chargeback for good: amount and fee are gone.
func (x *tx) lose(d *dispute, code string) *dispute {
	after := *d
	after.markLost(code)
	after.EvidenceDetails.PastDue = after.EvidenceDetails.SubmissionCount == 0 && int64(after.EvidenceDetails.DueBy) <= x.at
	return x.closed(d, &after)
}

// win closes a chargeback and gives amount and fee back.
func (x *tx) win(d *dispute) *dispute {
	after := *d
	back := d.takes()
	back.fee, back.category, back.feeText = -back.fee, "dispute_reversal", "Dispute fee refund"
	back.description = "Chargeback reversal for " + d.Charge.id
	after.Status, after.BalanceTransactions = "won", append(slices.Clone(d.BalanceTransactions), x.book(back))
	return x.closed(d, &after)
}

// endInquiry closes an inquiry that came to nothing: the customer withdrew it, or has the money back.
func (x *tx) endInquiry(d *dispute) *dispute {
	after := *d
	after.Status = "warning_closed"
	return x.closed(d, &after)
}

// closed tells of a dispute's end.
func (x *tx) closed(before, after *dispute) *dispute {
	after.Verdict = nil
	x.put(after)
	if after.Status == "won" {
		x.event("charge.dispute.funds_reinstated", after, nil)
	}
	x.event("charge.dispute.closed", after, map[string]any{"status": before.Status})
	return after
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
		x.lose(d, "")
	case d.Status == "under_review" && d.Verdict != nil && d.Verdict.At <= x.at:
		switch d.Verdict.Outcome {
		case "won":
			x.win(d)
		case "lost":
			x.lose(d, "")
		}
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
