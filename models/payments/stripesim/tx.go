package stripesim

import "fmt"

// object is what the journal can hold and a table can keep.
type object interface {
	entity
	kind() string
}

// tx is one change of the account: everything in it happens at one simulated second, or at several, in order, and reaches
// the disk together. It is used under the lock.
type tx struct {
	s       *Sim
	at      int64
	request eventRequest
	records []record
}

// begin starts a change at a simulated second. by is the request that asks for it, nil when Stripe acts by itself.
func (s *Sim) begin(at int64, by *call) *tx {
	x := &tx{s: s, at: at}
	if by != nil {
		x.request = eventRequest{ID: nullString(by.requestID), IdempotencyKey: nullString(by.key)}
	}
	return x
}

// put keeps the object and its place in the journal.
func (x *tx) put(o object) {
	x.s.apply(o)
	if x.s.journal != nil && !x.s.bulk {
		x.records = append(x.records, record{Kind: o.kind(), Object: o})
	}
}

// event tells the world of a change. previous holds the values that the changed fields had.
func (x *tx) event(kind string, o object, previous map[string]any) {
	x.tell(kind, func() any { return x.s.snapshot(o) }, previous)
}

// tell is event for what is no object of its own. shown is asked only for an event that is kept.
func (x *tx) tell(kind string, shown func() any, previous map[string]any) {
	if x.at < x.s.quiet {
		return
	}
	e := &event{ID: x.s.newID("evt_3"), Object: "event", APIVersion: APIVersion, Created: x.at, Type: kind, Request: x.request,
		Data: eventData{Object: shown(), PreviousAttributes: previous}}
	if x.s.wants(kind) {
		e.Undelivered = "pending"
	}
	x.put(e)
}

// snapshot is the object as events show it: nothing expanded.
func (s *Sim) snapshot(o object) any {
	switch o := o.(type) {
	case *paymentIntent:
		return s.showIntent(o, nil)
	case *charge:
		return s.showCharge(o, nil)
	case *refund:
		return s.showRefund(o, nil)
	case *dispute:
		return s.showDispute(o, nil)
	case *payout:
		return s.showPayout(o, nil)
	case *customer:
		return s.showCustomer(o, nil)
	default:
		panic("stripesim: no event shows a " + o.kind())
	}
}

// commit writes the change to the disk. When the disk fails, the account promises nothing more: every later request is
// answered 500, for memory is ahead of the disk.
func (s *Sim) commit(x *tx) error {
	s.changes()
	if s.journal == nil || s.bulk {
		return nil
	}
	if s.broken != nil {
		return s.broken
	}
	records := append(x.records, record{Kind: "meta", Object: s.meta})
	if err := s.journal.append(records, true); err != nil {
		s.broken = fmt.Errorf("the simulated Stripe cannot write its folder: %w", err)
		s.log.Error("nothing more is promised: the folder cannot be written", "error", err)
		return s.broken
	}
	return nil
}

// apply puts an object in its table and keeps what follows from it: indexes, deadlines, deliveries.
func (s *Sim) apply(o object) {
	switch o := o.(type) {
	case *paymentIntent:
		s.intents.put(o)
		s.planIntent(o)
	case *charge:
		s.charges.put(o)
		s.planCharge(o)
	case *refund:
		if _, known := s.refunds.get(o.ID); !known {
			s.refundsByCharge[o.Charge.id] = append(s.refundsByCharge[o.Charge.id], o.ID)
		}
		s.refunds.put(o)
	case *dispute:
		s.disputes.put(o)
		s.planDispute(o)
	case *payout:
		s.payouts.put(o)
		s.planPayout(o)
	case *balanceTransaction:
		if _, known := s.transactions.get(o.ID); !known {
			s.planAvailable(o)
		}
		s.transactions.put(o)
		if o.Payout == "" && o.Lowered == "" {
			s.unpaid[o.ID] = true
		} else {
			delete(s.unpaid, o.ID)
		}
	case *customer:
		s.customers.put(o)
	case *file:
		s.files.put(o)
	case *event:
		s.applyEvent(o)
	case *webhookEndpoint:
		s.endpoints.put(o)
	case *savedAnswer:
		s.saved[o.Key] = o
	default:
		panic("stripesim: no table for a " + o.kind())
	}
}
