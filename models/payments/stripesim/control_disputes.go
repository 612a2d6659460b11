package stripesim

import (
	"net/http"
	"slices"
	"strings"
)

// disputeOrder is what POST /_sim/disputes takes.
type disputeOrder struct {
	Charge        string `json:"charge"`
	PaymentIntent string `json:"payment_intent"`
	Reason        string `json:"reason"`             // default product_not_received
	KlarnaReason  string `json:"klarna_reason_code"` // default what goes with the reason
	Amount        int64  `json:"amount"`             // default all that was captured
	Stage         string `json:"stage"`              // inquiry, chargeback or lost_at_once; default chargeback for fraud, else inquiry
	Status        string `json:"status"`             // any word instead of the stage's own status
	Outcome       string `json:"outcome"`            // under_review, won, lost or withdrawn: how far it goes at once
	LossReason    string `json:"loss_reason_code"`   // of what is lost; default insufficient_evidence
	Fee           *int64 `json:"fee"`                // default the country's
	Currency      string `json:"withdrawn_currency"` // in which the money is taken; default the one in which the payment settles
	Rate          rate   `json:"exchange_rate"`      // from the payment's currency into that one
}

// complete fills in the defaults and refuses what contradicts itself.
func (in *disputeOrder) complete() *controlError {
	if in.Reason == "" {
		in.Reason = "product_not_received"
	}
	if in.Stage == "" && in.Reason == "fraudulent" {
		in.Stage = stageChargeback
	} else if in.Stage == "" {
		in.Stage = stageInquiry
	}
	in.Currency = strings.ToLower(in.Currency)
	lost := in.Stage == stageLost || in.Outcome == "lost"
	switch {
	case !slices.Contains([]string{stageInquiry, stageChargeback, stageLost}, in.Stage):
		return badControl(`"stage" must be inquiry, chargeback or lost_at_once`)
	case !slices.Contains([]string{"", "under_review", "won", "lost", "withdrawn"}, in.Outcome):
		return badControl(`"outcome" must be under_review, won, lost or withdrawn`)
	case in.Outcome != "" && (in.Status != "" || in.Stage == stageLost):
		return badControl(`"outcome" goes with an inquiry or a chargeback, and without "status"`)
	case in.LossReason != "" && !lost:
		return badControl(`"loss_reason_code" goes with what is lost`)
	case in.Fee != nil && *in.Fee < 0:
		return badControl("numbers must not be negative")
	case (in.Currency == "") != (in.Rate == ""):
		return badControl(`"withdrawn_currency" and "exchange_rate" go together`)
	case in.Rate != "" && !in.Rate.valid():
		return badControl(`"exchange_rate" must be a positive decimal number, such as "11.2345"`)
	}
	return nil
}

// makeDispute is POST /_sim/disputes.
func (s *Sim) makeDispute(r *http.Request) (any, *controlError) {
	var in disputeOrder
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if e := in.complete(); e != nil {
		return nil, e
	}
	return s.changeDispute(func(x *tx) (*dispute, *controlError) {
		c, e := s.chargeToDispute(in.Charge, in.PaymentIntent)
		if e != nil {
			return nil, e
		}
		if in.Amount == 0 {
			in.Amount = c.AmountCaptured
		}
		if in.Amount < 1 || in.Amount > c.AmountCaptured {
			return nil, badControl(`"amount" must be between 1 and the %d that were captured`, c.AmountCaptured)
		}
		made := x.openDispute(c, opening{amount: in.Amount, reason: in.Reason, klarna: in.KlarnaReason, stage: in.Stage, status: in.Status,
			loss: in.LossReason, withdrawal: withdrawal{Fee: in.Fee, exchange: exchange{in.Currency, in.Rate}}})
		if in.Outcome == "" {
			return made, nil
		}
		return x.drive(made, in.Outcome, in.LossReason)
	})
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

// drive brings a dispute to an outcome, through what comes between: what is decided was escalated, and what is won was submitted. A
// customer who withdraws ends an inquiry, and gives a chargeback back without a review.
func (x *tx) drive(d *dispute, to, loss string) (*dispute, *controlError) {
	waits := d.isInquiry() || d.Status == "needs_response"
	if !waits && (d.Status != "under_review" || to == "under_review") {
		return nil, badControl("a dispute that is %s cannot become %s", d.Status, to)
	}
	if d.isInquiry() && to == "withdrawn" {
		return x.endInquiry(d), nil
	}
	if d.isInquiry() {
		d = x.escalate(d)
	}
	if d.Status == "needs_response" && (to == "under_review" || to == "won") {
		d = x.submit(d, "", nil)
	}
	switch to {
	case "lost":
		d = x.lose(d, loss)
	case "won", "withdrawn":
		d = x.win(d)
	}
	return d, nil
}

// escalateDispute is POST /_sim/disputes/{id}/escalate: an inquiry becomes a chargeback before its time.
func (s *Sim) escalateDispute(r *http.Request) (any, *controlError) {
	if e := readControl(r, &struct{}{}); e != nil {
		return nil, e
	}
	return s.changeDispute(func(x *tx) (*dispute, *controlError) {
		d, e := s.disputeOf(r)
		if e != nil {
			return nil, e
		}
		if !d.isInquiry() {
			return nil, badControl("a dispute that is %s cannot escalate", d.Status)
		}
		return x.escalate(d), nil
	})
}

// resolveDispute is POST /_sim/disputes/{id}/resolve.
func (s *Sim) resolveDispute(r *http.Request) (any, *controlError) {
	var in struct {
		Outcome    string `json:"outcome"`          // won, lost or withdrawn
		LossReason string `json:"loss_reason_code"` // of what is lost; default insufficient_evidence
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	switch {
	case !slices.Contains([]string{"won", "lost", "withdrawn"}, in.Outcome):
		return nil, badControl(`"outcome" must be won, lost or withdrawn`)
	case in.LossReason != "" && in.Outcome != "lost":
		return nil, badControl(`"loss_reason_code" goes with what is lost`)
	}
	return s.changeDispute(func(x *tx) (*dispute, *controlError) {
		d, e := s.disputeOf(r)
		if e != nil {
			return nil, e
		}
		return x.drive(d, in.Outcome, in.LossReason)
	})
}

// disputeOf is the dispute that the path names.
func (s *Sim) disputeOf(r *http.Request) (*dispute, *controlError) {
	d, ok := s.disputes.get(r.PathValue("id"))
	if !ok {
		return nil, missingControl("there is no dispute %q", r.PathValue("id"))
	}
	return d, nil
}

// changeDispute does one change and answers with the dispute after it.
func (s *Sim) changeDispute(do func(*tx) (*dispute, *controlError)) (any, *controlError) {
	var after *dispute
	e := s.changeUnderLock(func(x *tx) (e *controlError) {
		after, e = do(x)
		return e
	})
	if e != nil {
		return nil, e
	}
	return map[string]any{"dispute": after.ID, "charge": after.Charge.id, "status": after.Status}, nil
}
