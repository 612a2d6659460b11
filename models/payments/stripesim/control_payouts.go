package stripesim

import (
	"net/http"
	"slices"
	"strings"
)

// makePayouts is POST /_sim/payouts: what is available in a currency, or in each, goes to the bank; or a person sends an amount.
func (s *Sim) makePayouts(r *http.Request) (any, *controlError) {
	var in struct {
		Kind     string `json:"kind"` // automatic (default), manual, instant
		Currency string `json:"currency"`
		Amount   int64  `json:"amount"`   // of a manual or instant one, minor units
		Negative bool   `json:"negative"` // an automatic one may take from the bank what is missing
		Paid     bool   `json:"paid"`     // it arrives at once, and is put together at once
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	in.Currency = strings.ToLower(in.Currency)
	byHand := in.Kind == "manual" || in.Kind == "instant"
	switch {
	case !byHand && in.Kind != "" && in.Kind != "automatic":
		return nil, badControl(`"kind" must be automatic, manual or instant`)
	case byHand && (in.Amount <= 0 || in.Currency == ""):
		return nil, badControl(`a payout by hand needs "currency" and "amount", in minor units`)
	}
	type row struct {
		Payout   string `json:"payout"`
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	}
	rows := []row{}
	e := s.changeUnderLock(func(x *tx) *controlError {
		var made []*payout
		if byHand {
			made = []*payout{x.payByHand(in.Currency, in.Amount, in.Kind)}
		} else {
			var currencies []string
			if in.Currency != "" {
				currencies = []string{in.Currency}
			}
			made = x.payOut(currencies, in.Negative)
		}
		for _, p := range made {
			rows = append(rows, row{p.ID, p.Amount, p.Currency})
			if in.Paid {
				x.reconcilePayout(p.ID)
				x.arrivePayout(p.ID)
			}
		}
		return nil
	})
	return map[string]any{"payouts": rows}, e
}

// failPayout is POST /_sim/payouts/{id}/fail: the bank sends it back, be it paid already.
func (s *Sim) failPayout(r *http.Request) (any, *controlError) {
	var in struct {
		Code string `json:"failure_code"` // default account_closed
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if in.Code == "" {
		in.Code = "account_closed"
	}
	id := r.PathValue("id")
	e := s.changeUnderLock(func(x *tx) *controlError {
		p, ok := s.payouts.get(id)
		if !ok {
			return missingControl("no such payout: %s", id)
		}
		if p.Status != "in_transit" && p.Status != "paid" {
			return badControl("the payout is %s: only one in transit or paid can fail", p.Status)
		}
		x.failPayout(p, in.Code)
		return nil
	})
	return map[string]any{"payout": id}, e
}

// activityKinds are the movements beside payments: type, reporting category and sign of their amount; sign 0 takes either.
func activityKind(name string) (kind, category string, sign int64, known bool) {
	switch name {
	case "fee":
		return "stripe_fee", "fee", -1, true
	case "tax":
		return "tax_fee", "tax", -1, true
	case "adjustment":
		return "adjustment", "other_adjustment", 0, true
	case "reserve":
		return "reserve_transaction", "risk_reserved_funds", 0, true
	case "topup":
		return "topup", "topup", 1, true
	}
	return "", "", 0, false
}

// makeActivity is POST /_sim/activity: what happens on the account beside payments. No event tells of it, as none of Stripe's does.
func (s *Sim) makeActivity(r *http.Request) (any, *controlError) {
	var in struct {
		Kind        string      `json:"kind"` // fee, tax, adjustment, reserve, topup
		Currency    string      `json:"currency"`
		Amount      int64       `json:"amount"` // minor units; its sign follows the kind where that has one
		Description string      `json:"description"`
		Fees        []feeDetail `json:"fee_details"` // the parts of its fee, amount and type each
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	kind, category, sign, known := activityKind(in.Kind)
	in.Currency = strings.ToLower(in.Currency)
	if !known || in.Amount == 0 || !slices.Contains(strings.Fields(stripeCurrencies), in.Currency) {
		return nil, badControl(`"kind" must be fee, tax, adjustment, reserve or topup, with "currency" and "amount"`)
	}
	if sign != 0 {
		in.Amount = sign * max(in.Amount, -in.Amount)
	}
	b := booking{kind: kind, category: category, currency: in.Currency, amount: in.Amount, description: in.Description}
	for i := range in.Fees {
		in.Fees[i].Currency = in.Currency
		b.fee += in.Fees[i].Amount
	}
	var made *balanceTransaction
	e := s.changeUnderLock(func(x *tx) *controlError {
		made = x.book(b)
		if len(in.Fees) > 0 {
			parts := *made
			parts.FeeDetails = in.Fees
			x.put(&parts)
		}
		return nil
	})
	if e != nil {
		return nil, e
	}
	return map[string]any{"balance_transaction": made.ID}, nil
}
