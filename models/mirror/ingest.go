package mirror

import (
	"context"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// batchSize is the most events that share a commit.
const batchSize = 256

// receipt is an event on its way into the database.
type receipt struct {
	event   payments.Event
	payload []byte
	snaps   []models.Snapshot // nil where its object cannot be used as it is
	reason  string            // why not
	done    chan error
}

// Receive takes in an event whose signature was checked; the body is the receiver's to keep. It returns when the event, and what it
// says, are durable. Errors: invalid for what is no event, or one of the other mode; unavailable while the mirror does not run.
func (m *Mirror) Receive(ctx context.Context, body []byte) error {
	r, err := m.read(body)
	if err != nil {
		return err
	}
	m.waiting.Add(1)
	defer m.waiting.Add(-1)
	select {
	case m.incoming <- r:
	case <-m.stopped:
		return errStopped()
	case <-ctx.Done():
		return errStopped()
	}
	select {
	case err := <-r.done:
		return err
	case <-ctx.Done():
		return errStopped() // it may still become durable: Stripe sends it again, and it counts once
	}
}

func errStopped() error {
	return &models.Error{Kind: models.KindUnavailable, Code: "mirror_stopped", Message: "The event was not taken in. Send it again."}
}

// read parses an event outside of the one writer.
func (m *Mirror) read(body []byte) (*receipt, error) {
	e, err := payments.ParseEvent(body)
	if err != nil {
		return nil, err
	}
	if e.Livemode != m.gateway.Livemode() {
		return nil, &models.Error{Kind: models.KindInvalid, Code: "wrong_mode", Message: "This event is of the other mode. Live and test never mix: nothing was stored."}
	}
	r := &receipt{event: e, payload: body, done: make(chan error, 1)}
	if !mirrored(e.ObjectKind) {
		return r, nil
	}
	snaps, err := payments.ParseObject(e.Object, e.Created)
	if err != nil {
		r.reason = err.Error()
		return r, nil
	}
	r.snaps = snaps
	return r, nil
}

func mirrored(kind models.ObjectKind) bool {
	switch kind {
	case models.ObjectPaymentIntent, models.ObjectCharge, models.ObjectRefund, models.ObjectDispute, models.ObjectPayout, models.ObjectBalanceTransaction:
		return true
	}
	return false
}

// ingest is the one writer: it takes whatever waits into one commit.
func (m *Mirror) ingest(ctx context.Context) {
	defer m.stopOnce.Do(func() { close(m.stopped) })
	for {
		select {
		case r := <-m.incoming:
			m.commit(m.gather(r))
		case <-ctx.Done():
			m.drain()
			return
		}
	}
}

// gather adds what else waits, without waiting for more.
func (m *Mirror) gather(r *receipt) []*receipt {
	batch := []*receipt{r}
	for len(batch) < batchSize {
		select {
		case next := <-m.incoming:
			batch = append(batch, next)
		default:
			return batch
		}
	}
	return batch
}

// drain makes durable what was taken in before the end.
func (m *Mirror) drain() {
	for {
		select {
		case r := <-m.incoming:
			m.commit(m.gather(r))
		default:
			return
		}
	}
}

// commit makes a batch durable. One that fails is tried event by event, so that a bad event harms nobody else.
func (m *Mirror) commit(batch []*receipt) {
	err := m.store(batch)
	if err == nil {
		for _, r := range batch {
			r.done <- nil
		}
		return
	}
	m.log.Warn("a batch of events failed: one by one", "events", len(batch), "error", err)
	for _, r := range batch {
		err := m.store([]*receipt{r})
		if err != nil {
			err = m.setAside(r, err)
		}
		r.done <- err
	}
}

// store writes a batch in one transaction.
func (m *Mirror) store(batch []*receipt) error {
	ctx := context.Background()
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		a := m.newApplier(ctx, tx)
		now := models.UnixOf(time.Now())
		for _, r := range batch {
			if err := a.event(r, now); err != nil {
				return err
			}
		}
		if err := a.keepAsOf(); err != nil {
			return err
		}
		return moveForward(ctx, tx, settingLastEvent, now)
	})
}

// setAside stores an event that cannot be applied, with its error, and has its object fetched.
func (m *Mirror) setAside(r *receipt, cause error) error {
	ctx := context.Background()
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		_, err := tx.InsertEvent(ctx, row(r, models.EventFailed, cause.Error(), models.UnixOf(time.Now())))
		if err != nil || r.event.ObjectID == "" || !mirrored(r.event.ObjectKind) {
			return err
		}
		return m.newApplier(ctx, tx).mark(r.event.ObjectKind, r.event.ObjectID, r.event.PaymentIntentID)
	})
}

// event stores one event and does what it says.
func (a *applier) event(r *receipt, now models.Unix) error {
	state, reason, fresh, err := a.judge(r)
	if err != nil {
		return err
	}
	isNew, err := a.tx.InsertEvent(a.ctx, row(r, state, reason, now))
	if err != nil || !isNew {
		return err
	}
	for _, s := range r.snaps {
		if !wanted(s) {
			if err := a.unwanted(s); err != nil {
				return err
			}
		}
	}
	switch state {
	case models.EventStale:
		return a.mark(r.event.ObjectKind, r.event.ObjectID, r.event.PaymentIntentID)
	case models.EventApplied:
		return a.write(fresh, false)
	}
	return nil
}

// judge says what an event's snapshot is worth: applied when strictly newer than what the gate has, stale when not or when its shape is
// not ours, ignored when it does not belong into the mirror.
func (a *applier) judge(r *receipt) (models.EventState, string, []models.Snapshot, error) {
	e := r.event
	switch {
	case !mirrored(e.ObjectKind):
		return models.EventIgnored, "", nil, nil
	case r.reason != "" && e.ObjectID == "":
		return models.EventFailed, r.reason, nil, nil
	case r.reason != "":
		return models.EventStale, r.reason, nil, nil
	case !wanted(r.snaps[0]):
		return models.EventIgnored, "", nil, nil
	}
	var fresh []models.Snapshot
	for i, s := range r.snaps {
		if !wanted(s) {
			continue
		}
		_, asOf, err := a.tx.StripeObjectSeq(a.ctx, s.ID)
		if err != nil {
			return "", "", nil, err
		}
		if s.AsOf > asOf {
			fresh = append(fresh, s)
		} else if i == 0 {
			return models.EventStale, "", nil, nil
		}
	}
	return models.EventApplied, "", fresh, nil
}

func row(r *receipt, state models.EventState, reason string, now models.Unix) models.StripeEvent {
	e := r.event
	return models.StripeEvent{
		ID: e.ID, Type: e.Type, APIVersion: e.APIVersion, ObjectID: e.ObjectID, ObjectKind: e.ObjectKind, OrderID: e.PaymentIntentID,
		Created: e.Created, Received: now, State: state, Error: reason, Payload: r.payload,
	}
}
