package mirror

import (
	"bytes"
	"context"

	"counterfoil/models"
	"counterfoil/models/store"
)

// Noted is the turn that the gate had come to before a call to Stripe.
type Noted struct{ turn int64 }

// Note remembers how far the mirror has come, before a call to Stripe. The answer counts for every object in it whose row has not moved
// since. Errors: internal.
func (m *Mirror) Note(ctx context.Context) (Noted, error) {
	turn, err := m.db.Reader.GateTurn(ctx)
	return Noted{turn}, err
}

// Apply brings in the snapshots of the answer to one of our own acts, in the caller's transaction, and has its object fetched again: under
// an idempotency key Stripe may have repeated an answer of long ago. Errors: internal.
func (m *Mirror) Apply(tx *store.Tx, noted Noted, snaps []models.Snapshot) error {
	a := m.newApplier(context.Background(), tx)
	if err := a.answer(noted, snaps, true); err != nil || len(snaps) == 0 {
		return err
	}
	return a.mark(snaps[0].Kind, snaps[0].ID, orderOf(&snaps[0]))
}

// applier brings snapshots into one transaction.
type applier struct {
	m    *Mirror
	ctx  context.Context
	tx   *store.Tx
	turn int64       // of this transaction; 0 before it moved a row
	asOf models.Unix // the newest moment seen

	dirty, payout, moved bool // an object was marked; a payout was written; something was booked at Stripe
}

func (m *Mirror) newApplier(ctx context.Context, tx *store.Tx) *applier {
	a := &applier{m: m, ctx: ctx, tx: tx}
	tx.AfterCommit(func() {
		if a.dirty {
			nudge(m.marked)
		}
		if a.payout {
			nudge(m.paid)
		}
		if a.moved {
			nudge(m.booked)
		}
	})
	return a
}

// verdict is what the gate says of a snapshot in an answer.
type verdict int

const (
	known    verdict = iota // nothing new, or it is asked for anew anyhow
	fresh                   // it is Stripe's present state
	doubtful                // the row has moved while the answer was on its way: fetch again
	likely                  // the same, but the answer is newer by Stripe's clock: take it, and fetch again
)

// answer applies the snapshots of a fetch, a list or an act's answer. again writes also what is known already.
func (a *applier) answer(noted Noted, snaps []models.Snapshot, again bool) error {
	var in arrivals
	compact(snaps)
	others := otherPayments(snaps)
	for i := range snaps {
		s := &snaps[i]
		v, err := a.judge(noted, s, again, others)
		if err != nil {
			return err
		}
		switch v {
		case fresh:
			in.add(s, true)
		case likely:
			in.add(s, false)
		}
		if v == doubtful || v == likely {
			in.again = append(in.again, s)
		}
	}
	return a.write(&in)
}

// judge is the gate for answers.
func (a *applier) judge(noted Noted, s *models.Snapshot, again bool, others map[string]bool) (verdict, error) {
	have, found, err := a.tx.StripeObject(a.ctx, s.ID)
	if err != nil {
		return known, err
	}
	same := have.AsOf != 0 && (bytes.Equal(have.Raw, s.Raw) || have.Raw == nil && foreign(s) != "")
	switch {
	case !found && others[orderOf(s)] && (s.PaymentIntent != nil || s.Charge != nil):
		return known, nil
	case !found:
		return fresh, nil
	case have.Seq <= noted.turn && same && have.Dirty == 0 && !again:
		return known, nil
	case have.Seq <= noted.turn:
		return fresh, nil
	case same:
		return known, nil
	case s.AsOf > have.AsOf:
		return likely, nil
	case have.Dirty != 0:
		return known, nil
	}
	return doubtful, nil
}

// mark asks for a fresh copy of an object.
func (a *applier) mark(kind models.ObjectKind, id, orderID string) error {
	if err := a.move(); err != nil {
		return err
	}
	a.dirty = true
	return a.tx.MarkDirty(a.ctx, kind, id, orderID, a.m.gateway.Livemode(), a.turn)
}

// move begins this transaction's turn.
func (a *applier) move() (err error) {
	if a.turn == 0 {
		a.turn, err = a.tx.NextGateTurn(a.ctx)
	}
	return err
}

// put writes a snapshot into the gate. clean takes its mark off.
func (a *applier) put(s *models.Snapshot, clean bool) error {
	if err := a.move(); err != nil {
		return err
	}
	a.asOf = max(a.asOf, s.AsOf)
	return a.tx.PutStripeObject(a.ctx, s, orderOf(s), a.turn, clean)
}

// keepAsOf keeps the newest moment that this transaction has seen.
func (a *applier) keepAsOf() error {
	if a.asOf == 0 {
		return nil
	}
	return a.tx.RaiseSetting(a.ctx, settingAsOf, int64(a.asOf))
}

// orderOf names the payment that an object belongs to, empty for none.
func orderOf(s *models.Snapshot) string {
	switch {
	case s.PaymentIntent != nil:
		return s.ID
	case s.Charge != nil:
		return s.Charge.PaymentIntentID
	case s.Refund != nil:
		return s.Refund.PaymentIntentID
	case s.Dispute != nil:
		return s.Dispute.PaymentIntentID
	}
	return ""
}

// nudge wakes whoever waits on a channel of one place.
func nudge(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
