package stripesim

import (
	"net/http"
	"slices"
)

// makeDispute is POST /_sim/disputes.
func (s *Sim) makeDispute(r *http.Request) (any, *controlError) {
	var in struct {
		Charge        string `json:"charge"`
		PaymentIntent string `json:"payment_intent"`
		Reason        string `json:"reason"`        // default product_not_received
		KlarnaReason  string `json:"klarna_reason"` // default what goes with the reason
		Amount        int64  `json:"amount"`        // default all that was captured
		Phase         string `json:"phase"`         // inquiry or chargeback; default chargeback for fraud, else inquiry
		Outcome       string `json:"outcome"`       // under_review, won, lost or closed: how far it goes at once
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if in.Reason == "" {
		in.Reason = "product_not_received"
	}
	if in.KlarnaReason == "" {
		in.KlarnaReason = klarnaReason(in.Reason)
	}
	if in.Phase == "" && in.Reason == "fraudulent" {
		in.Phase = "chargeback"
	} else if in.Phase == "" {
		in.Phase = "inquiry"
	}
	switch {
	case in.Phase != "inquiry" && in.Phase != "chargeback":
		return nil, badControl(`"phase" must be inquiry or chargeback`)
	case !slices.Contains([]string{"", "under_review", "won", "lost", "closed"}, in.Outcome):
		return nil, badControl(`"outcome" must be under_review, won, lost or closed`)
	case in.Outcome == "closed" && in.Phase == "chargeback":
		return nil, badControl(`only an inquiry can become closed`)
	}
	var made *dispute
	e := s.changeUnderLock(func(x *tx) *controlError {
		c, e := s.chargeToDispute(in.Charge, in.PaymentIntent)
		if e != nil {
			return e
		}
		amount := in.Amount
		if amount == 0 {
			amount = c.AmountCaptured
		}
		if amount < 1 || amount > c.AmountCaptured {
			return badControl(`"amount" must be between 1 and the %d that were captured`, c.AmountCaptured)
		}
		made = x.openDispute(c, amount, in.Reason, in.KlarnaReason, in.Phase == "inquiry")
		if in.Outcome != "" {
			made, e = x.drive(made, in.Outcome)
		}
		return e
	})
	if e != nil {
		return nil, e
	}
	return map[string]any{"dispute": made.ID, "charge": made.Charge.id, "status": made.Status}, nil
}

func (s *Sim) chargeToDispute(id, intent string) (*charge, *controlError) {
	if id == "" {
		pi, ok := s.intents.get(intent)
		if !ok {
			return nil, missingControl("there is no payment intent %q", intent)
		}
		id = pi.LatestCharge.id
	}
	c, ok := s.charges.get(id)
	switch {
	case !ok:
		return nil, missingControl("there is no charge %q", id)
	case !c.Captured:
		return nil, badControl("the charge %s was not captured: only captured payments can be disputed", id)
	case c.Disputed:
		return nil, badControl("the charge %s is disputed already", id)
	}
	return c, nil
}

// drive brings a dispute to a status, through those between.
func (x *tx) drive(d *dispute, to string) (*dispute, *controlError) {
	if d.isInquiry() && to == "closed" {
		return x.endDispute(d, "warning_closed"), nil
	}
	if d.isInquiry() {
		d = x.escalate(d)
	}
	switch {
	case to == "needs_response" && d.Status == "needs_response":
		return d, nil
	case to == "under_review" && d.Status == "needs_response":
		return x.submit(d, "", nil), nil
	case to == "lost" && (d.Status == "needs_response" || d.Status == "under_review"):
		return x.endDispute(d, "lost"), nil
	case to == "won" && d.Status == "needs_response":
		return x.endDispute(x.submit(d, "", nil), "won"), nil
	case to == "won" && d.Status == "under_review":
		return x.endDispute(d, "won"), nil
	}
	return nil, badControl("a dispute that is %s cannot become %s", d.Status, to)
}

// actOnDispute is POST /_sim/disputes/{id}.
func (s *Sim) actOnDispute(r *http.Request) (any, *controlError) {
	var in struct {
		Status string `json:"status"` // needs_response (escalate), under_review (submit), won, lost, closed (an inquiry)
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if !slices.Contains([]string{"needs_response", "under_review", "won", "lost", "closed"}, in.Status) {
		return nil, badControl(`"status" must be needs_response, under_review, won, lost or closed`)
	}
	var after *dispute
	e := s.changeUnderLock(func(x *tx) (e *controlError) {
		d, ok := s.disputes.get(r.PathValue("id"))
		if !ok {
			return missingControl("there is no dispute %q", r.PathValue("id"))
		}
		if in.Status == "needs_response" && !d.isInquiry() {
			return badControl("a dispute that is %s cannot become needs_response", d.Status)
		}
		after, e = x.drive(d, in.Status)
		return e
	})
	if e != nil {
		return nil, e
	}
	return map[string]any{"dispute": after.ID, "status": after.Status}, nil
}
