package stripesim

func listCharges(s *Sim, c *call) (any, *apiError) {
	return listFrom(&s.charges, c, "charge", s.showCharge, func(ch *charge) bool {
		return c.params.has("customer", ch.Customer.id) && c.params.has("payment_intent", ch.PaymentIntent.id)
	})
}

func getCharge(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.charges.get, c, "charge", "id", s.showCharge)
}

// updateCharge changes shipping, metadata, description and receipt e-mail, in any state.
func updateCharge(x *tx, c *call) (any, *apiError) {
	before, ok := x.s.charges.get(c.id)
	if !ok {
		return nil, noSuch("charge", c.id, "id")
	}
	ship, sent, e := c.params.shipping()
	if e != nil {
		return nil, e
	}
	after := *before
	previous := map[string]any{}
	if sent {
		after.Shipping = ship
		previous["shipping"] = before.Shipping
	}
	after.Metadata = c.params.metadata(before.Metadata)
	if v, ok := c.params.text("description"); ok {
		after.Description = nullString(v)
		previous["description"] = before.Description
	}
	if v, ok := c.params.text("receipt_email"); ok {
		after.ReceiptEmail = nullString(v)
		previous["receipt_email"] = before.ReceiptEmail
	}
	x.put(&after)
	x.event("charge.updated", &after, previous)
	return x.s.showCharge(&after, c.expand), nil
}
