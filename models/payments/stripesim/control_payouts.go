package stripesim

import (
	"net/http"
	"slices"
	"strings"
)

// payoutOrder is what POST /_sim/payouts takes.
type payoutOrder struct {
	Kind     string `json:"kind"`     // automatic (default), manual or instant
	Currency string `json:"currency"` // automatic: default each
	Amount   int64  `json:"amount"`   // minor units; of a manual or an instant one only, and needed there
	Negative bool   `json:"negative"` // automatic: where the sum is below zero, the bank is debited
	Paid     bool   `json:"paid"`     // it arrives at once
}

// complete fills in the defaults and refuses what contradicts itself.
func (in *payoutOrder) complete() *controlError {
	if in.Kind == "" {
		in.Kind = kindAutomatic
	}
	in.Currency = strings.ToLower(in.Currency)
	byHand := in.Kind != kindAutomatic
	switch {
	case !slices.Contains([]string{kindAutomatic, kindManual, kindInstant}, in.Kind):
		return badControl(`"kind" must be automatic, manual or instant`)
	case byHand && (in.Currency == "" || in.Amount < 1):
		return badControl(`a payout by hand needs "currency" and an "amount" of at least 1, in minor units`)
	case byHand && in.Negative:
		return badControl(`"negative" goes with automatic payouts`)
	case !byHand && in.Amount != 0:
		return badControl(`"amount" goes with manual and instant payouts: an automatic one carries all that is available`)
	}
	return nil
}

// makePayouts is POST /_sim/payouts: what is available in a currency, or in each, goes to the bank, or a part of it by hand.
func (s *Sim) makePayouts(r *http.Request) (any, *controlError) {
	var in payoutOrder
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if e := in.complete(); e != nil {
		return nil, e
	}
	type row struct {
		Payout   string `json:"payout"`
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	}
	rows := []row{}
	e := s.changeUnderLock(func(x *tx) *controlError {
		made, e := x.ordered(in)
		for _, p := range made {
			rows = append(rows, row{p.ID, p.Amount, p.Currency})
			if in.Paid {
				x.arrivePayout(p.ID)
			}
		}
		return e
	})
	if e != nil {
		return nil, e
	}
	return map[string]any{"payouts": rows}, nil
}

// ordered makes the payouts that were asked for.
func (x *tx) ordered(in payoutOrder) ([]*payout, *controlError) {
	if in.Kind == kindAutomatic {
		var currencies []string
		if in.Currency != "" {
			currencies = []string{in.Currency}
		}
		return x.payOut(currencies, in.Negative), nil
	}
	if have := x.s.available(in.Currency, x.at); have < in.Amount || have-in.Amount < handFee(in.Amount, in.Kind) {
		return nil, badControl("only %d is available in %s, which does not cover the payout and its fee", have, in.Currency)
	}
	return []*payout{x.payOutByHand(in.Currency, in.Amount, in.Kind)}, nil
}

// failPayoutNow is POST /_sim/payouts/{id}/fail.
func (s *Sim) failPayoutNow(r *http.Request) (any, *controlError) {
	in := struct {
		Code string `json:"failure_code"`
	}{"could_not_process"}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if payoutFailure(in.Code) == "" {
		return nil, badControl(`"failure_code": %q is none of Stripe's`, in.Code)
	}
	var after *payout
	e := s.changeUnderLock(func(x *tx) *controlError {
		p, ok := s.payouts.get(r.PathValue("id"))
		switch {
		case !ok:
			return missingControl("there is no payout %q", r.PathValue("id"))
		case p.Status != "in_transit" && p.Status != "paid":
			return badControl("a payout that is %s cannot fail", p.Status)
		}
		after = x.failPayout(p, in.Code)
		return nil
	})
	if e != nil {
		return nil, e
	}
	return map[string]any{"payout": after.ID, "status": after.Status, "failure_balance_transaction": after.FailureBalanceTransaction.id}, nil
}
