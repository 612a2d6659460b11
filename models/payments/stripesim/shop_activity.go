package stripesim

import (
	"fmt"
	"time"
)

// lastPayouts is how long before today's payout there is no weekly one, so that there is something left for it.
const lastPayouts = 2 * day

// shopCards is how many customers pay by card, beside those of the shop's orders.
const shopCards = 6

// aside notes an act that is none of an order's: its ids are counted apart.
func (b *shopBuilder) aside(second int64, do func(*tx)) {
	b.at(second, func(x *tx) {
		x.s.apart = true
		do(x)
		x.s.apart = false
	})
}

// planActivity is what else happens on the account, in its own currency: cards, fees, an adjustment, a payout that fails, one by hand, and
// one whose lines Stripe has not put together yet.
func (b *shopBuilder) planActivity(seed int64) {
	d := newDice(seed, -1)
	for i := range int64(shopCards) {
		b.aside(b.now-(i*18+4)*day-d.between(1, 20)*hour, b.card(d))
	}
	oldest := time.Unix(b.now-shopPast, 0).UTC()
	for first := time.Date(oldest.Year(), oldest.Month()+1, 1, 6, 0, 0, 0, time.UTC); first.Unix() <= b.now; first = first.AddDate(0, 1, 0) {
		b.aside(first.Unix(), func(x *tx) {
			x.move(activityOrder{Kind: "fee", Currency: "eur", Amount: 2900, Description: "Radar for Fraud Teams (" + first.AddDate(0, -1, 0).Format("2006-01") + ")"})
		})
	}
	b.aside(b.now-40*day, func(x *tx) {
		x.move(activityOrder{Kind: "adjustment", Currency: "eur", Amount: 1500, Description: "Fee adjustment"})
	})
	b.aside(b.now-17*day, failLastPayout)
	b.planTodaysPayouts()
}

// planTodaysPayouts pays out what one currency has, whose lines Stripe has not put together yet, and then half of another's by hand: every
// payout of the shop adds up, until the next automatic one in that currency.
func (b *shopBuilder) planTodaysPayouts() {
	b.aside(b.now-2*hour, func(x *tx) {
		currency, _ := x.firstAvailable()
		x.payOut([]string{currency}, false)
	})
	b.aside(b.now-1*hour, func(x *tx) {
		if currency, amount := x.firstAvailable(); amount > 1 {
			x.payOutByHand(currency, amount/2, kindManual)
		}
	})
}

// firstAvailable is the first currency, by its name, in which something could be paid out, and how much; none: an empty one.
func (x *tx) firstAvailable() (string, int64) {
	for _, part := range x.s.balanceAt(x.at).Available {
		if part.Amount > 0 {
			return part.Currency, part.Amount
		}
	}
	return "", 0
}

// card is somebody's payment by card for something that no parcel brings.
func (b *shopBuilder) card(d *dice) func(*tx) {
	m := b.s.market("DE")
	who := m.person(d)
	p := payment{amount: d.between(15, 120) * 100, currency: m.currency, country: m.country, method: "card", locale: m.locale,
		captureMethod: "automatic", billing: who.billing(m.country), receiptEmail: who.email, description: fmt.Sprintf("Gift card %s", d.digits(6)),
		metadata: map[string]string{}}
	return func(x *tx) { x.order(p, "authorized") }
}

// failLastPayout lets the newest payout in the account's own currency come back from the bank.
func failLastPayout(x *tx) {
	rows := x.s.payouts.rows
	for i := len(rows) - 1; i >= 0; i-- {
		if p := rows[i].obj; p.Currency == "eur" && p.Status == "paid" {
			x.failPayout(p, "account_closed")
			return
		}
	}
}
