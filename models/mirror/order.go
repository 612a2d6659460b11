package mirror

import (
	"encoding/json"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// project writes a payment's order anew from the newest snapshots of its PaymentIntent and its charge. Nothing of the row's past goes
// into it but what Stripe's objects do not tell, so it is the same in whatever order the snapshots came.
func (a *applier) project(p *payment) error {
	was, found, err := a.tx.OrderState(a.ctx, p.id)
	if err != nil {
		return err
	}
	pi, err := a.intentOf(p)
	if err != nil || pi == nil {
		return err
	}
	charge, isForeign, err := a.chargeOf(p, pi, was.ChargeID)
	if err == nil && charge != nil && charge.Status == statusFailed && charge.ID != was.ChargeID {
		charge, err = a.unless(charge, was.ChargeID)
	}
	if err != nil {
		return err
	}
	if charge == nil && (isForeign || !listsOnlyKlarna(pi)) {
		if found && was.AuthorizedAt == 0 && (isForeign || !listsKlarna(pi)) {
			return a.tx.DropOrder(a.ctx, p.id)
		}
		return nil
	}
	o := build(pi, charge, a.m.keys)
	o.SyncedAt = max(was.SyncedAt, p.asOf)
	if err := a.complete(&o, p, &was); err != nil {
		return err
	}
	o.TrackedAt = trackedAt(&o, p, &was, found)
	if !found {
		err = a.tx.InsertOrder(a.ctx, &o)
	} else {
		err = a.tx.UpdateOrder(a.ctx, &o, &was)
	}
	if err != nil || o.ChargeID == was.ChargeID && found {
		return err
	}
	strays, err := a.tx.AdoptStrays(a.ctx, o.ID, o.ChargeID)
	if err != nil || (found && !strays) {
		return err
	}
	return a.sums(o.ID) // refunds and disputes may have come before their order
}

// intentOf gives the payment's PaymentIntent: what arrived, or what the gate keeps. Without either it is asked for, and the order waits.
func (a *applier) intentOf(p *payment) (*models.PaymentIntent, error) {
	if p.intent != nil {
		return p.intent, nil
	}
	s, have, err := a.stored(p.id)
	if err != nil {
		return nil, err
	}
	if s != nil && s.PaymentIntent != nil {
		return s.PaymentIntent, nil
	}
	if p.charge == nil || have.Dirty != 0 {
		return nil, nil // none of ours so far, or on its way
	}
	return nil, a.mark(models.ObjectPaymentIntent, p.id, p.id)
}

// chargeOf gives the charge that counts, nil without one. isForeign: the payment was made by another method.
func (a *applier) chargeOf(p *payment, pi *models.PaymentIntent, was string) (charge *models.Charge, isForeign bool, err error) {
	latest := pi.LatestCharge
	if p.charge != nil && (latest == "" || latest == p.charge.ID) {
		return p.charge, false, nil
	}
	if latest == "" {
		charge, err = a.storedCharge(was)
		return charge, false, err
	}
	s, have, err := a.stored(latest)
	switch {
	case err != nil:
		return nil, false, err
	case s != nil && s.Charge != nil:
		return better(s.Charge, p.charge), false, nil
	case have.AsOf != 0:
		return p.charge, p.charge == nil, nil
	case have.Dirty == 0 && (listsKlarna(pi) || p.charge != nil):
		if err := a.mark(models.ObjectCharge, latest, p.id); err != nil {
			return nil, false, err
		}
	}
	if p.charge != nil {
		return p.charge, false, nil
	}
	charge, err = a.storedCharge(was)
	return charge, false, err
}

// unless keeps to the charge that the order has, when another one that failed comes late.
func (a *applier) unless(failed *models.Charge, was string) (*models.Charge, error) {
	present, err := a.storedCharge(was)
	return better(failed, present), err
}

// better gives the charge that counts of two: one that did not fail, else the newer one. The other may be nil.
func better(latest, other *models.Charge) *models.Charge {
	switch {
	case other == nil:
		return latest
	case (latest.Status == statusFailed) != (other.Status == statusFailed):
		if latest.Status == statusFailed {
			return other
		}
		return latest
	case other.Created > latest.Created:
		return other
	}
	return latest
}

// complete adds what the PaymentIntent and the charge do not tell.
func (a *applier) complete(o *models.Order, p *payment, was *store.OrderState) (err error) {
	if was.HasTracking && !o.HasTracking {
		if o.HasTracking, err = a.tx.HasTrackedShipment(a.ctx, o.ID); err != nil {
			return err
		}
		o.CarrierVague = o.HasTracking && was.CarrierVague
	}
	if o.AmountCaptured == 0 {
		return nil
	}
	if o.CapturedAt = was.CapturedAt; o.CapturedAt == 0 {
		o.CapturedAt = p.moment // for the time being; the books know it exactly
	}
	if o.BalanceTransaction == "" || o.BalanceTransaction == was.BalanceTransaction {
		return nil
	}
	booked, found, err := a.tx.BookedAt(a.ctx, o.BalanceTransaction)
	if err != nil {
		return err
	}
	if !found {
		return a.mark(models.ObjectBalanceTransaction, o.BalanceTransaction, o.ID)
	}
	o.CapturedAt = booked
	return nil
}

// trackedAt is when an order's tracking number was first seen: with the snapshot that has it. A reading long after the capture does not tell,
// as Stripe has no event for a number that is put on the PaymentIntent; nor does an order that came long after its capture, the number with it.
func trackedAt(o *models.Order, p *payment, was *store.OrderState, found bool) models.Unix {
	switch {
	case !o.HasTracking:
		return 0
	case found && was.HasTracking:
		return was.TrackedAt
	case (!found || p.moment == 0) && o.IsCaptured() && p.asOf > o.CapturedAt.Add(24*time.Hour):
		return 0 // also where the moment of its capture is not known yet
	}
	return p.asOf
}

// stored parses the snapshot that the gate keeps of an object; nil where it has none.
func (a *applier) stored(id string) (*models.Snapshot, store.StripeObject, error) {
	if id == "" {
		return nil, store.StripeObject{}, nil
	}
	o, _, err := a.tx.StripeObject(a.ctx, id)
	if err != nil || o.Raw == nil {
		return nil, o, err
	}
	snaps, err := payments.ParseObject(json.RawMessage(o.Raw), o.AsOf)
	if err != nil {
		return nil, store.StripeObject{}, nil //nolint:nilerr // what cannot be read any more counts as not there: it is fetched
	}
	return &snaps[0], o, nil
}

func (a *applier) storedCharge(id string) (*models.Charge, error) {
	s, _, err := a.stored(id)
	if err != nil || s == nil {
		return nil, err
	}
	return s.Charge, nil
}
