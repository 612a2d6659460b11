package stripesim

import (
	"maps"
	"net/http"
	"slices"
	"strings"
)

// activityOrder is what POST /_sim/activity takes: something on the account that is no Klarna order.
type activityOrder struct {
	Kind        string    `json:"kind"` // one of movements, card_charge or card_refund
	Currency    string    `json:"currency"`
	Amount      int64     `json:"amount"`      // minor units, above zero; of an adjustment either sign; of a card_refund default what is left
	Fee         *int64    `json:"fee"`         // of a card_charge default the usual one, else 0
	FeeParts    []feePart `json:"fee_details"` // instead of fee: what it consists of
	Description string    `json:"description"`
	Charge      string    `json:"charge"` // of a card_refund
}

// The kinds of activity that involve a card.
const (
	kindCardCharge = "card_charge"
	kindCardRefund = "card_refund"
)

// movement is a kind of balance transaction without an object behind it.
type movement struct {
	kind, category string // type and reporting_category (docs.stripe.com/reports/reporting-categories)
	sign           int64  // of what is asked for as a positive amount; 0: either sign can be asked for
}

// movements are all of them, by the kind of activity.
func movements() map[string]movement {
	return map[string]movement{
		"fee":             {"stripe_fee", "fee", -1},
		"tax":             {"tax_fee", "tax", -1},
		"adjustment":      {"adjustment", "other_adjustment", 0},
		"reserve":         {"reserve_transaction", "risk_reserved_funds", -1},
		"reserve_release": {"reserve_transaction", "risk_reserved_funds", 1},
		"topup":           {"topup", "topup", 1},
	}
}

// complete fills in the fee's parts and refuses what contradicts itself.
func (in *activityOrder) complete() *controlError {
	in.Currency = strings.ToLower(in.Currency)
	card := in.Kind == kindCardCharge || in.Kind == kindCardRefund
	m, known := movements()[in.Kind]
	hasFee := in.Fee != nil || in.FeeParts != nil
	switch {
	case !known && !card:
		return badControl(`"kind" must be %s`, orList(append(slices.Sorted(maps.Keys(movements())), kindCardCharge, kindCardRefund)))
	case (in.Kind == kindCardRefund) != (in.Charge != ""):
		return badControl(`"charge" goes with a card_refund, and is needed there`)
	case in.Kind == kindCardRefund && (in.Currency != "" || in.Description != "" || hasFee):
		return badControl(`a card_refund takes "charge" and "amount" alone`)
	case in.Kind != kindCardRefund && !isCurrency(in.Currency):
		return badControl(`"currency": %q is not one of Stripe's currencies`, in.Currency)
	case in.Amount < 0 && m.sign != 0, in.Amount < 0 && card, in.Amount == 0 && in.Kind != kindCardRefund:
		return badControl(`"amount" must be at least 1, in minor units, or below zero for an adjustment`)
	case in.Fee != nil && in.FeeParts != nil:
		return badControl(`"fee_details" says what "fee" would: only one of the two`)
	}
	if in.Fee != nil {
		in.FeeParts = []feePart{} // a fee of nothing has no part
		if *in.Fee != 0 {
			in.FeeParts = append(in.FeeParts, feePart{Amount: *in.Fee, Type: "stripe_fee", Description: "Stripe processing fees"})
		}
	}
	return nil
}

// makeActivity is POST /_sim/activity.
func (s *Sim) makeActivity(r *http.Request) (any, *controlError) {
	var in activityOrder
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if e := in.complete(); e != nil {
		return nil, e
	}
	made := map[string]string{}
	e := s.changeUnderLock(func(x *tx) *controlError {
		switch in.Kind {
		case kindCardCharge:
			return x.chargeCard(in, made)
		case kindCardRefund:
			return x.refundCard(in, made)
		}
		made["balance_transaction"] = x.move(in).ID
		return nil
	})
	if e != nil {
		return nil, e
	}
	return made, nil
}

// move books what has no object behind it; it is available at once.
func (x *tx) move(in activityOrder) *balanceTransaction {
	m := movements()[in.Kind]
	if m.sign != 0 {
		in.Amount *= m.sign
	}
	return x.book(booking{kind: m.kind, category: m.category, currency: in.Currency, amount: in.Amount, feeParts: in.FeeParts,
		description: in.Description})
}

// chargeCard lets a customer pay by card, at once.
func (x *tx) chargeCard(in activityOrder, made map[string]string) *controlError {
	noShipping := false
	o := Order{Amount: in.Amount, Currency: in.Currency, PaymentMethod: "card", CaptureMethod: "automatic", Description: in.Description,
		Shipping: &noShipping}
	if _, e := o.check(); e != nil {
		return e
	}
	p := x.s.paymentFor(o)
	p.fees = in.FeeParts
	pi := x.order(p, o.State)
	c, _ := x.s.charges.get(pi.LatestCharge.id)
	made["balance_transaction"], made["payment_intent"], made["charge"] = c.BalanceTransaction.id, pi.ID, c.ID
	return nil
}

// refundCard gives a card payment back.
func (x *tx) refundCard(in activityOrder, made map[string]string) *controlError {
	c, ok := x.s.charges.get(in.Charge)
	switch {
	case !ok:
		return missingControl("there is no charge %q", in.Charge)
	case c.isKlarna():
		return badControl("the charge %s was not paid by card", c.ID)
	}
	if e := x.mayRefund(c); e != nil {
		return badControl("%s", e.Message)
	}
	if in.Amount == 0 {
		in.Amount = c.refundable()
	}
	if in.Amount > c.refundable() {
		return badControl("only %d can be given back of %s", c.refundable(), c.ID)
	}
	r := x.makeRefund(c, in.Amount, "requested_by_customer", nil, statusSucceeded, true)
	made["balance_transaction"], made["refund"] = r.BalanceTransaction.id, r.ID
	return nil
}
