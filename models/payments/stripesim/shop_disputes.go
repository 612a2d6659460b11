package stripesim

import "time"

// dispute lets the customer dispute the payment; fraud skips the inquiry.
func (o *shopOrder) dispute(at int64, reason, stage string) {
	o.b.at(at, func(x *tx) {
		c := o.charge(x)
		x.openDispute(c, opening{amount: c.refundable(), reason: reason, stage: stage})
	})
}

// onDispute lets something happen to the order's dispute.
func (o *shopOrder) onDispute(at int64, do func(*tx, *dispute)) {
	o.b.at(at, func(x *tx) {
		if d, ok := x.s.disputes.get(o.charge(x).Dispute.id); ok {
			do(x, d)
		}
	})
}

func (o *shopOrder) reason() string {
	return pick(o.dice, []string{"product_not_received", "product_not_received", "credit_not_processed", "duplicate", "product_unacceptable", "general"})
}

// disputeInquiry is an inquiry that is open now.
func disputeInquiry(o *shopOrder) {
	captureWithTracking(o)
	o.dispute(o.b.now-o.dice.between(1*day, 14*day), o.reason(), stageInquiry)
}

// disputeChargeback is a chargeback that waits for its evidence now: for fraud from the start, otherwise after an inquiry.
func disputeChargeback(o *shopOrder) {
	captureWithTracking(o)
	if o.dice.percent(30) {
		o.dispute(o.b.now-o.dice.between(6*hour, 4*day), "fraudulent", stageChargeback)
		return
	}
	o.dispute(o.b.now-o.dice.between(24*day, 31*day), o.reason(), stageInquiry)
}

// answered is a chargeback that was answered some days after it began; it gives the moment of the answer.
func (o *shopOrder) answered(opened int64, outcome string) {
	captureWithTracking(o)
	o.dispute(opened, pick(o.dice, []string{"product_not_received", "fraudulent"}), stageChargeback)
	o.onDispute(opened+o.dice.between(1*day, 4*day), func(x *tx, d *dispute) {
		x.submit(d, outcome, func(e *evidence) { o.evidence(x, e) })
	})
}

// evidence is what the merchant sent.
func (o *shopOrder) evidence(x *tx, e *evidence) {
	c := o.charge(x)
	if c.Shipping != nil {
		e.ShippingCarrier, e.ShippingTrackingNumber = c.Shipping.Carrier, c.Shipping.TrackingNumber
		e.ShippingAddress = c.Shipping.Address.Line1 + ", " + c.Shipping.Address.PostalCode + " " + c.Shipping.Address.City
	}
	e.ShippingDate = nullString(time.Unix(o.shipped, 0).UTC().Format("2 January 2006"))
	e.ProductDescription = "Yarn and knitting needles"
}

func disputeReview(o *shopOrder) { o.answered(o.b.now-o.dice.between(6*day, 25*day), "") }

func disputeWon(o *shopOrder) { o.answered(o.b.now-o.dice.between(40*day, 60*day), "won") }

func disputeLost(o *shopOrder) {
	opened := o.b.now - o.dice.between(40*day, 60*day)
	if o.dice.percent(50) {
		o.answered(opened, "lost")
		return
	}
	captureWithTracking(o)
	o.dispute(opened, "product_unacceptable", stageChargeback) // nobody answered in time
}

// disputeClosed is an inquiry that the merchant settled by giving the money back.
func disputeClosed(o *shopOrder) {
	captureWithTracking(o)
	opened := o.b.now - o.dice.between(10*day, 30*day)
	o.dispute(opened, "credit_not_processed", stageInquiry)
	o.onDispute(opened+o.dice.between(1*day, 6*day), func(x *tx, d *dispute) {
		x.refund(o.charge(x), d.Amount, "requested_by_customer", nil)
	})
}
