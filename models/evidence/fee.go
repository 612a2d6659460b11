package evidence

import (
	"fmt"

	"counterfoil/models/money"
)

// fees is what a lost Klarna dispute costs by the buyer's currency, in minor units. Source: support.stripe.com, "Klarna fees" (list of 2023;
// it may have changed: what was really taken stands in the balance transaction).
var fees = map[string]int64{"EUR": 20_00, "GBP": 20_00, "CHF": 20_00, "NOK": 200_00, "DKK": 200_00, "SEK": 200_00, "PLN": 90_00, "CZK": 550_00,
	"USD": 15_00, "CAD": 20_00, "AUD": 25_00, "NZD": 25_00}

// UsualFee is what a lost dispute in this currency is expected to cost; ok is false where no list says.
func UsualFee(currency string) (fee money.Amount, ok bool) {
	minor, ok := fees[currency]
	return money.Amount{Minor: minor, Currency: currency}, ok
}

// History is how disputes of one reason ended so far.
type History struct {
	Won, Lost int
}

// enoughCases is from how many decided disputes on their share says anything.
const enoughCases = 20

// BreakEven weighs an inquiry's refund against a chargeback. Percents are whole, rounded down for what was won and up for what is needed.
type BreakEven struct {
	Amount      money.Amount
	Fee         money.Amount
	FeeKnown    bool
	History     History
	Cases       int
	NeedPercent int // waiting costs less when more than this share is won
	WonPercent  int
	Advice      string // empty under 20 cases, or where the fee is not known
}

// Weigh compares: refunding costs the amount; waiting costs amount and fee in the share of disputes that is lost. With a share w of wins
// waiting is cheaper when (1-w)·(amount+fee) < amount, that is when w > fee/(amount+fee). An amount and a fee of different currencies are
// not compared.
func Weigh(amount, fee money.Amount, feeKnown bool, h History) BreakEven {
	b := BreakEven{Amount: amount, Fee: fee, FeeKnown: feeKnown && fee.Currency == amount.Currency, History: h, Cases: h.Won + h.Lost}
	if !b.FeeKnown || amount.Minor <= 0 || fee.Minor < 0 {
		b.FeeKnown = false
		return b
	}
	both := amount.Minor + fee.Minor
	b.NeedPercent = int((fee.Minor*100 + both - 1) / both)
	if b.Cases == 0 {
		return b
	}
	b.WonPercent = h.Won * 100 / b.Cases
	if b.Cases < enoughCases {
		return b
	}
	way := "Refunding now has cost less"
	if int64(h.Won)*both > fee.Minor*int64(b.Cases) {
		way = "Waiting and answering has cost less"
	}
	b.Advice = fmt.Sprintf("%s: you won %d%% of %d decided disputes of this reason, and %d%% is where both cost the same. The work of an answer is not counted.",
		way, b.WonPercent, b.Cases, b.NeedPercent)
	return b
}
