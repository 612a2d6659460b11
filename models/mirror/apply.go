package mirror

import (
	"slices"

	"counterfoil/models"
)

// klarna is Stripe's word for the payment method.
const klarna = "klarna"

// arrival is a snapshot that passed the gate. clean: it is Stripe's present state, which answers the mark that asked for it.
type arrival struct {
	*models.Snapshot
	clean bool
}

// arrivals are the snapshots of one event, answer or page, and those to be fetched again.
type arrivals struct {
	in    []arrival
	again []*models.Snapshot
}

func (in *arrivals) add(s *models.Snapshot, clean bool) { in.in = append(in.in, arrival{s, clean}) }

// write puts what passed the gate into its tables. Balance transactions come before the orders, which take the moment of their capture
// from them; refunds and disputes after, because they add up to columns of their order.
func (a *applier) write(in *arrivals) error {
	var payments paymentSet
	for _, s := range in.in {
		if err := a.arrive(s, &payments); err != nil {
			return err
		}
	}
	for _, p := range payments.list {
		if err := a.project(p); err != nil {
			return err
		}
	}
	for _, s := range in.in {
		if err := a.writeRow(s.Snapshot); err != nil {
			return err
		}
	}
	for _, s := range in.again {
		if err := a.mark(s.Kind, s.ID, orderOf(s)); err != nil {
			return err
		}
	}
	return a.keepAsOf()
}

// arrive puts a snapshot into the gate. Of a charge or a dispute of another method nothing is kept but that it is one.
func (a *applier) arrive(s arrival, payments *paymentSet) error {
	if why := foreign(s.Snapshot); why != "" {
		if err := a.put(&models.Snapshot{Kind: s.Kind, ID: s.ID, Livemode: s.Livemode, AsOf: s.AsOf}, s.clean); err != nil {
			return err
		}
		payments.touch(orderOf(s.Snapshot))
		return nil
	}
	if err := a.put(s.Snapshot, s.clean); err != nil {
		return err
	}
	payments.add(s)
	if s.BalanceTransaction != nil {
		return a.tx.PutBalanceTransaction(a.ctx, s.BalanceTransaction)
	}
	return nil
}

// foreign says why an object is none of the mirror's, empty for one that is. The charge decides what is Klarna, whatever a PaymentIntent
// lists; of the account's refunds, payouts and balance transactions all are kept.
func foreign(s *models.Snapshot) string {
	switch {
	case s.Charge != nil && s.Charge.MethodType != klarna:
		return notKlarna(s.Charge.MethodType)
	case s.Dispute != nil && s.Dispute.MethodType != klarna && s.Dispute.MethodType != "":
		return notKlarna(s.Dispute.MethodType)
	}
	return ""
}

// otherPayments are those of some snapshots that cannot be Klarna's: neither does the PaymentIntent list it, nor is a charge made with it.
// Nothing is kept of them.
func otherPayments(snaps []models.Snapshot) map[string]bool {
	var others map[string]bool
	for i := range snaps {
		if s := &snaps[i]; s.PaymentIntent != nil && !listsKlarna(s.PaymentIntent) {
			if others == nil {
				others = map[string]bool{}
			}
			others[s.ID] = true
		}
	}
	for i := range snaps {
		if s := &snaps[i]; s.Charge != nil && foreign(s) == "" {
			delete(others, s.Charge.PaymentIntentID)
		}
	}
	return others
}

func notKlarna(method string) string {
	if method == "" {
		return "not a Klarna payment: the field payment_method_details.type is missing"
	}
	return "not a Klarna payment: the field payment_method_details.type is " + method
}

// writeRow puts what has a table of its own into it.
func (a *applier) writeRow(s *models.Snapshot) error {
	switch {
	case foreign(s) != "":
		return nil
	case s.Refund != nil:
		a.moved = true
		if err := a.fillOrder(&s.Refund.PaymentIntentID, s.Refund.ChargeID); err != nil {
			return err
		}
		if err := a.tx.PutRefund(a.ctx, s.Refund); err != nil {
			return err
		}
		return a.sums(s.Refund.PaymentIntentID)
	case s.Dispute != nil:
		a.moved = true
		if err := a.fillOrder(&s.Dispute.PaymentIntentID, s.Dispute.ChargeID); err != nil {
			return err
		}
		noteEnd(s)
		if err := a.tx.PutDispute(a.ctx, s.Dispute); err != nil {
			return err
		}
		return a.sums(s.Dispute.PaymentIntentID)
	case s.Payout != nil:
		a.payout, a.moved = true, true
		return a.tx.PutPayout(a.ctx, s.Payout)
	}
	return nil
}

// noteEnd dates the end of a dispute by the snapshot that has it.
func noteEnd(s *models.Snapshot) {
	if s.Dispute.IsOutOfOurHands() {
		s.Dispute.EndedAt = s.AsOf
	}
}

// fillOrder finds the order by the charge where Stripe did not name the payment.
func (a *applier) fillOrder(orderID *string, chargeID string) (err error) {
	if *orderID == "" && chargeID != "" {
		*orderID, err = a.tx.OrderOfCharge(a.ctx, chargeID)
	}
	return err
}

// sums brings what refunds and disputes say of an order into its row.
func (a *applier) sums(orderID string) error {
	if orderID == "" {
		return nil
	}
	refunded, err := a.tx.RefundedOf(a.ctx, orderID)
	if err != nil {
		return err
	}
	status, err := a.tx.DisputeStatusOf(a.ctx, orderID)
	if err != nil {
		return err
	}
	return a.tx.SetOrderSums(a.ctx, orderID, refunded, status)
}

// payment is what arrived of one payment.
type payment struct {
	id     string
	intent *models.PaymentIntent
	charge *models.Charge // the newest
	asOf   models.Unix
	moment models.Unix // when the change happened, for an event; 0 for a read
}

// paymentSet are the payments of some arrivals, in their order.
type paymentSet struct {
	list []*payment
	byID map[string]*payment
}

// touch has a payment looked at, whatever arrived of it.
func (ps *paymentSet) touch(id string) *payment {
	if id == "" {
		return &payment{} // a charge without a PaymentIntent is nobody's order
	}
	if p := ps.byID[id]; p != nil {
		return p
	}
	if ps.byID == nil {
		ps.byID = map[string]*payment{}
	}
	p := &payment{id: id}
	ps.byID[id], ps.list = p, append(ps.list, p)
	return p
}

// add files a PaymentIntent or a charge under its payment.
func (ps *paymentSet) add(s arrival) {
	if s.PaymentIntent == nil && s.Charge == nil {
		return
	}
	p := ps.touch(orderOf(s.Snapshot))
	p.asOf = max(p.asOf, s.AsOf)
	if !s.clean {
		p.moment = s.AsOf
	}
	if s.PaymentIntent != nil {
		p.intent = s.PaymentIntent
	}
	if s.Charge != nil && (p.charge == nil || s.Charge.Created > p.charge.Created) {
		p.charge = s.Charge
	}
}

// listsKlarna tells whether a payment may become Klarna's.
func listsKlarna(pi *models.PaymentIntent) bool {
	return slices.Contains(pi.PaymentMethodTypes, klarna)
}

// listsOnlyKlarna tells whether a payment cannot become anything else.
func listsOnlyKlarna(pi *models.PaymentIntent) bool {
	return len(pi.PaymentMethodTypes) == 1 && pi.PaymentMethodTypes[0] == klarna
}
