package stripesim

func listRefunds(s *Sim, c *call) (any, *apiError) {
	return listFrom(&s.refunds, c, "refund", s.showRefund, func(r *refund) bool {
		return c.params.has("charge", r.Charge.id) && c.params.has("payment_intent", r.PaymentIntent.id)
	})
}

func getRefund(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.refunds.get, c, "refund", "refund", s.showRefund)
}

func createRefund(x *tx, c *call) (any, *apiError) {
	ch, e := x.chargeToRefund(c.params)
	if e != nil {
		return nil, e
	}
	amount, sent, e := c.params.positive("amount")
	if e != nil {
		return nil, e
	}
	reason, e := c.params.oneOf("reason", "duplicate", "fraudulent", "requested_by_customer")
	if e != nil {
		return nil, e
	}
	if e := x.mayRefund(ch); e != nil {
		return nil, e
	}
	left := ch.refundable()
	if !sent {
		amount = left
	}
	if amount > left {
		return nil, refused("", "amount", "Refund amount (%d) is greater than unrefunded amount on charge (%d).", amount, left)
	}
	return x.s.showRefund(x.refund(ch, amount, reason, c.params.metadata(nil)), c.expand), nil
}

// chargeToRefund is the charge that the parameters name.
func (x *tx) chargeToRefund(p params) (*charge, *apiError) {
	id, byCharge := p.text("charge")
	intent, byIntent := p.text("payment_intent")
	if !byCharge && !byIntent {
		return nil, invalid("parameter_missing", "", "One of the following params should be provided for this request: payment_intent or charge.")
	}
	if byIntent {
		pi, ok := x.s.intents.get(intent)
		if !ok {
			return nil, invalid("resource_missing", "payment_intent", "No such payment_intent: '%s'", intent)
		}
		if byCharge && id != pi.LatestCharge.id {
			return nil, invalid("", "charge", "The charge %s does not belong to the payment_intent %s.", id, intent)
		}
		if pi.LatestCharge.id == "" {
			return nil, refused("", "payment_intent", "This PaymentIntent (%s) does not have a successful charge to refund.", intent)
		}
		id = pi.LatestCharge.id
	}
	c, ok := x.s.charges.get(id)
	if !ok {
		return nil, invalid("resource_missing", "charge", "No such charge: '%s'", id)
	}
	return c, nil
}

// mayRefund refuses what cannot be given back.
func (x *tx) mayRefund(c *charge) *apiError {
	switch {
	case !c.Captured:
		return refused("charge_not_refundable", "", "Charge %s was not captured: there is nothing to refund.", c.ID)
	case x.s.hasOpenChargeback(c):
		return refused("charge_disputed", "", "Charge %s has been charged back; cannot issue a refund.", c.ID)
	case c.refundable() <= 0:
		return refused("charge_already_refunded", "", "Charge %s has already been refunded.", c.ID)
	case c.isKlarna() && x.at > c.books().CapturedAt+klarnaRefundWindow:
		return refused("charge_not_refundable", "", "Charge %s is more than 180 days old and can no longer be refunded.", c.ID)
	}
	return nil
}

func updateRefund(x *tx, c *call) (any, *apiError) {
	before, ok := x.s.refunds.get(c.id)
	if !ok {
		return nil, noSuch("refund", c.id, "refund")
	}
	after := *before
	after.Metadata = c.params.metadata(before.Metadata)
	x.put(&after)
	x.event("charge.refund.updated", &after, map[string]any{"metadata": before.Metadata})
	return x.s.showRefund(&after, c.expand), nil
}
