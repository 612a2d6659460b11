package stripesim

import (
	"slices"
	"strings"
)

// eventsKept is how far back Stripe lists events (docs.stripe.com/api/events).
const eventsKept = 30 * day

func listDisputes(s *Sim, c *call) (any, *apiError) {
	return listFrom(&s.disputes, c, "dispute", s.showDispute, func(d *dispute) bool {
		return c.params.has("charge", d.Charge.id) && c.params.has("payment_intent", d.PaymentIntent.id)
	})
}

func getDispute(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.disputes.get, c, "dispute", "dispute", s.showDispute)
}

func listPayouts(s *Sim, c *call) (any, *apiError) {
	from, to, e := c.params.between("arrival_date")
	if e != nil {
		return nil, e
	}
	return listFrom(&s.payouts, c, "payout", s.showPayout, func(p *payout) bool {
		return p.ArrivalDate >= from && p.ArrivalDate <= to && c.params.has("status", p.Status) && c.params.has("destination", p.Destination)
	})
}

func getPayout(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.payouts.get, c, "payout", "payout", s.showPayout)
}

func listTransactions(s *Sim, c *call) (any, *apiError) {
	if id, sent := c.params.text("payout"); sent {
		p, ok := s.payouts.get(id)
		switch {
		case !ok:
			return nil, invalid("resource_missing", "payout", "No such payout: '%s'", id)
		case !p.Automatic:
			return nil, invalid("", "payout", "Balance transaction history can only be filtered on automatic transfers, not manual.")
		}
	}
	currency, byCurrency := c.params.text("currency")
	return listFrom(&s.transactions, c, "balance_transaction", s.showTransaction, func(b *balanceTransaction) bool {
		return c.params.has("payout", b.Payout) && c.params.has("type", b.Type) && c.params.has("source", b.Source.id) &&
			(!byCurrency || strings.EqualFold(currency, b.Currency))
	})
}

func getTransaction(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.transactions.get, c, "balance_transaction", "id", s.showTransaction)
}

func listCustomers(s *Sim, c *call) (any, *apiError) {
	return listFrom(&s.customers, c, "customer", s.showCustomer, func(o *customer) bool {
		return c.params.has("email", string(o.Email))
	})
}

func getCustomer(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.customers.get, c, "customer", "id", s.showCustomer)
}

// listEvents lists the events of the last 30 days.
func listEvents(s *Sim, c *call) (any, *apiError) {
	q, e := c.params.pageQuery()
	if e != nil {
		return nil, e
	}
	q.from = max(q.from, c.now-eventsKept)
	kind, byType := c.params.text("type")
	kinds, byTypes := c.params["types[]"]
	if byType && byTypes {
		return nil, invalid("", "", "You may only specify one of these parameters: type, types.")
	}
	if byType {
		kinds = []string{kind}
	}
	success, e := c.params.oneOf("delivery_success", "true", "false")
	if e != nil {
		return nil, e
	}
	return listPage(&s.events, q, c, "event", s.showEvent, func(ev *event) bool {
		wanted := len(kinds) == 0 || slices.ContainsFunc(kinds, func(k string) bool { return matchesType(k, ev.Type) })
		return wanted && (success == "" || (success == "true") == (ev.Undelivered == ""))
	})
}

// matchesType compares an event type with one that may end in a star.
func matchesType(want, have string) bool {
	prefix, starred := strings.CutSuffix(want, "*")
	return want == have || starred && strings.HasPrefix(have, prefix)
}

func getEvent(s *Sim, c *call) (any, *apiError) {
	e, ok := s.events.get(c.id)
	if !ok || e.Created < c.now-eventsKept {
		return nil, noSuch("event", c.id, "id")
	}
	return s.showEvent(e, nil), nil
}

func listEndpoints(s *Sim, c *call) (any, *apiError) {
	return listFrom(&s.endpoints, c, "webhook_endpoint", s.showEndpoint, nil)
}

func getEndpoint(s *Sim, c *call) (any, *apiError) {
	return getFrom(s.endpoints.get, c, "webhook_endpoint", "webhook_endpoint", s.showEndpoint)
}
