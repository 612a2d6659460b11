package stripesim

import "fmt"

// shopOrder is one order of the shop while its story is laid out.
type shopOrder struct {
	b          *shopBuilder
	dice       *dice
	market     *market
	at         int64 // the PaymentIntent
	authorized int64 // the charge
	shipped    int64
	payment    payment
	intent     string // known once it happened
}

// order lays out one order's story.
func (b *shopBuilder) order(d draft, number int) {
	o := &shopOrder{b: b, dice: d.dice, market: d.market, at: d.at}
	// What the customer does at Klarna takes a minute or a lunch break.
	o.authorized = min(d.at+d.dice.between(25, 900), b.now)
	o.shipped = o.authorized + min((b.now-o.authorized)*d.dice.between(30, 70)/100, d.dice.between(5*hour, 90*hour))
	o.payment = o.newPayment(number, d.scenario.name)
	b.at(o.at, o.start)
	switch d.scenario.name {
	case "at Klarna", "left at Klarna":
		return
	case "declined":
		b.at(o.authorized, o.decline)
		return
	}
	b.at(o.authorized, func(x *tx) { x.authorize(o.paymentIntent(x), o.payment) })
	if d.scenario.follow != nil {
		d.scenario.follow(o)
	}
}

// newPayment decides what was bought.
func (o *shopOrder) newPayment(number int, scenario string) payment {
	d, m := o.dice, o.market
	p := payment{amount: o.price(), currency: m.currency, country: m.country, method: "klarna", locale: m.locale,
		category: pick(d, klarnaCategories()), captureMethod: "manual", metadata: map[string]string{}}
	reference := fmt.Sprintf("NG-%d", number)
	switch d.n(20) {
	case 0:
		p.description = "Order " + reference
	case 1, 2:
		p.metadata["order_number"] = reference
	default:
		p.metadata["order_id"] = reference
		p.metadata["channel"] = pick(d, []string{"web", "app"})
	}
	switch scenario {
	case "captured automatically":
		p.captureMethod = "automatic"
	case "card":
		p.method, p.captureMethod = "card", "automatic"
	case "card where Klarna was offered":
		p.method, p.captureMethod, p.methods = "card", "automatic", []string{"card", "klarna"}
	default:
		p.klarnaOption = d.percent(12)
		if p.klarnaOption || d.percent(25) {
			p.methods = []string{"card", "klarna"}
		}
	}
	return p
}

// price is what the order cost: a believable sum of the country.
func (o *shopOrder) price() int64 {
	cents := int64(pick(o.dice, []int{1990, 2990, 3450, 3990, 4995, 5990, 6900, 7990, 8950, 11990, 12900, 14990, 16490, 18900, 21900, 24990, 32900, 45900}))
	amount := cents * o.market.price / 100
	if o.market.price == 100 {
		return amount
	}
	return amount/1000*1000 + 900 // a round sum that ends in 9.00
}

// start is the customer pressing the button; whoever ordered before may come back.
func (o *shopOrder) start(x *tx) {
	d, country := o.dice, o.market.country
	who := o.market.person(d)
	known := o.b.byCountry[country]
	switch {
	case len(known) > 0 && d.percent(25):
		back := pick(d, known)
		who, o.payment.customer = back.who, back.id
	case d.percent(55):
		o.payment.customer = x.newCustomer(who, o.market)
		o.b.byCountry[country] = append(known, shopCustomer{o.payment.customer, who})
	}
	o.payment.billing, o.payment.receiptEmail = who.billing(country), who.email
	if !d.percent(8) {
		o.payment.shipping = who.shipping(country)
		if d.percent(10) {
			gift := o.market.person(d)
			o.payment.shipping.Name = nullString("c/o " + gift.name)
		}
	}
	o.intent = x.start(o.payment).ID
}

// newCustomer makes the account's record of a person.
func (x *tx) newCustomer(who person, m *market) string {
	where := who.address(m.country)
	c := &customer{ID: x.s.newID("cus_"), Object: "customer", Address: &where, Created: x.at, Email: nullString(who.email),
		InvoicePrefix: makeID(x.s.meta.Seed, "", x.s.meta.Counters["cus_"], 8), Metadata: map[string]string{}, Name: nullString(who.name),
		NextInvoiceSequence: 1, Phone: nullString(who.phone), PreferredLocales: []string{m.locale}, TaxExempt: "none"}
	x.put(c)
	x.event("customer.created", c, nil)
	return c.ID
}

func (o *shopOrder) paymentIntent(x *tx) *paymentIntent {
	pi, _ := x.s.intents.get(o.intent)
	return pi
}

func (o *shopOrder) charge(x *tx) *charge {
	c, _ := x.s.charges.get(o.paymentIntent(x).LatestCharge.id)
	return c
}

func (o *shopOrder) decline(x *tx) {
	code := pick(o.dice, []string{"payment_method_customer_decline", "payment_method_provider_decline"})
	x.decline(o.paymentIntent(x), o.payment, code)
}

// track puts the parcel on the charge, and on the PaymentIntent too when the shop does so.
func (o *shopOrder) track(at int64, both bool) {
	carrier, number := o.market.tracking(o.dice)
	with := func(s *shipping) *shipping {
		if s == nil {
			return nil
		}
		out := *s
		out.Carrier, out.TrackingNumber = nullString(carrier), nullString(number)
		return &out
	}
	if both {
		o.b.at(at-2, func(x *tx) {
			pi := *o.paymentIntent(x)
			pi.Shipping = with(pi.Shipping)
			x.put(&pi)
		})
	}
	o.b.at(at+3, func(x *tx) {
		before := o.charge(x)
		after := *before
		after.Shipping = with(before.Shipping)
		x.put(&after)
		x.event("charge.updated", &after, map[string]any{"shipping": before.Shipping})
	})
}

// take captures so many percent of the order.
func (o *shopOrder) take(percent int64) {
	o.b.at(o.shipped, func(x *tx) {
		pi := o.paymentIntent(x)
		amount := pi.Amount
		if percent < 100 {
			amount = max(pi.Amount*percent/100/10*10, 1)
		}
		x.capture(pi, amount)
	})
}

func captureWithTracking(o *shopOrder) {
	o.take(100)
	o.track(o.shipped, o.dice.percent(70))
}

func captureWithoutTracking(o *shopOrder) { o.take(100) }

func capturePart(o *shopOrder) {
	o.take(o.dice.between(35, 90))
	if o.dice.percent(80) {
		o.track(o.shipped, true)
	}
}

func shipAutomatic(o *shopOrder) {
	if o.dice.percent(60) {
		o.track(o.shipped, false)
	}
}

func cancelOrder(o *shopOrder) {
	reason := pick(o.dice, []string{"requested_by_customer", "requested_by_customer", "duplicate", "fraudulent", "abandoned"})
	o.b.at(o.shipped, func(x *tx) { x.cancel(o.paymentIntent(x), reason) })
}

// later is a moment after the parcel went out, before now.
func (o *shopOrder) later(most int64) int64 {
	return o.shipped + min((o.b.now-o.shipped)*o.dice.between(40, 90)/100, most)
}

func refundAll(o *shopOrder) {
	captureWithTracking(o)
	o.b.at(o.later(21*day), func(x *tx) {
		c := o.charge(x)
		x.refund(c, c.refundable(), "requested_by_customer", map[string]string{"return": "RMA-" + o.dice.digits(5)})
	})
}

func refundPart(o *shopOrder) {
	captureWithTracking(o)
	percent := o.dice.between(10, 60)
	o.b.at(o.later(25*day), func(x *tx) {
		c := o.charge(x)
		x.refund(c, max(c.refundable()*percent/100/10*10, 1), pick(o.dice, []string{"requested_by_customer", ""}), nil)
	})
}

// refundFails is a refund of some days ago that came back this week.
func refundFails(o *shopOrder) {
	captureWithTracking(o)
	failed := o.b.now - o.dice.between(2*hour, 4*day)
	o.b.at(failed-o.dice.between(1*day, 2*day), func(x *tx) {
		c := o.charge(x)
		x.makeRefund(c, c.refundable(), "requested_by_customer", nil, statusPending, true)
	})
	o.onRefund(failed, func(x *tx, r *refund) { x.failRefund(r, "declined") })
}

// refundWaits is a refund that Stripe has not finished yet.
func refundWaits(o *shopOrder) {
	captureWithTracking(o)
	percent := o.dice.between(20, 80)
	o.b.at(o.b.now-o.dice.between(3*hour, 2*day), func(x *tx) {
		c := o.charge(x)
		x.makeRefund(c, max(c.refundable()*percent/100/10*10, 1), "requested_by_customer", nil, statusPending, true)
	})
}

// onRefund lets something happen to the order's refund.
func (o *shopOrder) onRefund(at int64, do func(*tx, *refund)) {
	o.b.at(at, func(x *tx) {
		for _, id := range x.s.refundsByCharge[o.charge(x).ID] {
			r, _ := x.s.refunds.get(id)
			do(x, r)
		}
	})
}
