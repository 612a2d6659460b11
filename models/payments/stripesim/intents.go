package stripesim

import "slices"

func listIntents(s *Sim, c *call) (any, *apiError) {
	return listFrom(&s.intents, c, "payment_intent", s.showIntent, func(p *paymentIntent) bool {
		return c.params.has("customer", p.Customer.id)
	})
}

func getIntent(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.intents.get, c, "payment_intent", "intent", s.showIntent)
}

// lateIntentParams are parameters that Stripe knows and accepts only before the customer has paid. This simulator makes
// payments itself and never lets them be changed.
var lateIntentParams = []string{"amount", "currency", "customer", "payment_method", "payment_method_types[]", "setup_future_usage"}

// updateIntent changes shipping, metadata, description and receipt e-mail. Whether Stripe lets shipping be changed after the
// authorization is not known: a setting decides. Stripe sends no event for this.
func updateIntent(x *tx, c *call) (any, *apiError) {
	pi, ok := x.s.intents.get(c.id)
	if !ok {
		return nil, noSuch("payment_intent", c.id, "intent")
	}
	ship, sent, e := c.params.shipping()
	if e != nil {
		return nil, e
	}
	if e := x.s.mayUpdate(pi, c.params, sent); e != nil {
		return nil, e
	}
	after := *pi
	if sent {
		after.Shipping = ship
	}
	after.Metadata = c.params.metadata(pi.Metadata)
	if v, ok := c.params.text("description"); ok {
		after.Description = nullString(v)
	}
	if v, ok := c.params.text("receipt_email"); ok {
		after.ReceiptEmail = nullString(v)
	}
	x.put(&after)
	return x.s.showIntent(&after, c.expand), nil
}

const beforePayment = "requires_payment_method, requires_confirmation, requires_action"

// mayUpdate refuses what the status does not allow.
func (s *Sim) mayUpdate(pi *paymentIntent, p params, shipping bool) *apiError {
	shown := s.showIntent(pi, nil)
	for _, name := range lateIntentParams {
		if _, sent := p[name]; sent {
			return unexpectedState(shown, "updated", beforePayment)
		}
	}
	authorized := pi.Status == "requires_capture" || pi.Status == "succeeded"
	if shipping && (pi.Status == "canceled" || authorized && s.meta.RefuseShipping) {
		return unexpectedState(shown, "updated", beforePayment)
	}
	return nil
}

// captureIntent is the one capture.
func captureIntent(x *tx, c *call) (any, *apiError) {
	pi, ok := x.s.intents.get(c.id)
	if !ok {
		return nil, noSuch("payment_intent", c.id, "intent")
	}
	amount, sent, e := c.params.positive("amount_to_capture")
	if e != nil {
		return nil, e
	}
	final, e := c.params.oneOf("final_capture", "true", "false")
	if e != nil {
		return nil, e
	}
	if final == "false" {
		return nil, refused("", "final_capture", "This PaymentIntent does not support multicapture: final_capture must be true.")
	}
	if pi.Status != "requires_capture" {
		return nil, unexpectedState(x.s.showIntent(pi, nil), "captured", "requires_capture")
	}
	if !sent {
		amount = pi.AmountCapturable
	}
	if amount > pi.AmountCapturable {
		return nil, refused("amount_too_large", "amount_to_capture",
			"The amount to capture (%d) must be less than or equal to the amount that can be captured (%d).", amount, pi.AmountCapturable)
	}
	before := *pi
	before.Metadata = c.params.metadata(pi.Metadata)
	return x.s.showIntent(x.capture(&before, amount), c.expand), nil
}

// cancelable are the statuses from which a PaymentIntent can be canceled (docs.stripe.com/api/payment_intents/cancel).
var cancelable = []string{"requires_payment_method", "requires_capture", "requires_confirmation", "requires_action", "processing"}

func cancelIntent(x *tx, c *call) (any, *apiError) {
	pi, ok := x.s.intents.get(c.id)
	if !ok {
		return nil, noSuch("payment_intent", c.id, "intent")
	}
	reason, e := c.params.oneOf("cancellation_reason", "duplicate", "fraudulent", "requested_by_customer", "abandoned")
	if e != nil {
		return nil, e
	}
	if !slices.Contains(cancelable, pi.Status) {
		return nil, unexpectedState(x.s.showIntent(pi, nil), "canceled", orList(cancelable))
	}
	return x.s.showIntent(x.cancel(pi, reason), c.expand), nil
}
