// Package mirror keeps our rows equal to Stripe: it takes events in, fetches again what is in doubt, and reads whole accounts.
//
// Every object has a row in the gate (stripe_objects). A snapshot of an event counts when it is strictly newer than what stands there;
// otherwise the object is marked dirty and fetched. A fetch, a page or the answer to an act of ours counts as it is only if the row has
// not moved since it was asked for: the gate counts its write transactions, each row tells in which it last moved, and the count is noted
// before each call. So no slow read and no late event has the last word over a newer fact.
package mirror

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// Mirror keeps the database of one Stripe account.
type Mirror struct {
	db      *store.DB
	gateway *payments.Gateway
	keys    []string // metadata keys that hold the order reference
	log     *slog.Logger

	incoming chan *receipt
	waiting  atomic.Int64  // events taken in and not yet durable
	syncing  atomic.Int64  // syncs under way
	stopped  chan struct{} // closed when no event is taken any more
	marked   chan struct{} // an object was marked dirty
	paid     chan struct{} // a payout was written
	booked   chan struct{} // something moved that is booked at Stripe
}

// Options are what a Mirror works with.
type Options struct {
	ReferenceKeys []string     // metadata keys of the order reference, the first that is set wins
	Log           *slog.Logger // nil means none
}

// New makes a Mirror. It takes events only while Run runs.
func New(db *store.DB, g *payments.Gateway, o Options) *Mirror {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Mirror{
		db: db, gateway: g, keys: o.ReferenceKeys, log: o.Log,
		incoming: make(chan *receipt, batchSize), stopped: make(chan struct{}), marked: make(chan struct{}, 1), paid: make(chan struct{}, 1),
		booked: make(chan struct{}, 1),
	}
}

// Run takes events in and fetches what is dirty, until ctx ends; events that wait by then are still made durable. It runs once.
func (m *Mirror) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { m.ingest(ctx) })
	wg.Go(func() { m.refetch(ctx) })
	wg.Go(func() { m.itemizeAll(ctx) })
	wg.Go(func() { m.readAllBooks(ctx) })
	wg.Wait()
	return nil
}

// Refresh fetches an object now and brings it in. Errors: not found, unavailable, refused, internal.
func (m *Mirror) Refresh(ctx context.Context, kind models.ObjectKind, id string) error {
	noted, err := m.Note(ctx)
	if err != nil {
		return err
	}
	res, err := m.gateway.Object(ctx, kind, id)
	if err != nil {
		return err
	}
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error { return m.newApplier(ctx, tx).answer(noted, res.Snapshots, true) })
}

// VerifySignature checks that Stripe signed the body of an event within the last minutes of the wall clock. Errors: invalid.
func VerifySignature(body []byte, header, secret string) error {
	return payments.VerifySignature(body, header, secret, time.Now())
}

// The settings in which the mirror keeps how fresh it is.
const (
	settingAsOf      = "mirror_as_of"      // Stripe's clock of the newest snapshot
	settingLastEvent = "mirror_last_event" // wall clock of the newest event
	settingLastSync  = "mirror_last_sync"  // wall clock of the end of the last whole sync
)

// Status is how well the mirror does. Times are of the wall clock; 0 means never.
type Status struct {
	LastEvent, LastSync models.Unix
	Dirty, Failed       int64 // objects to be fetched again; events set aside
}

// Status asks for the mirror's health. Errors: internal.
func (m *Mirror) Status(ctx context.Context) (s Status, err error) {
	if s.LastEvent, err = m.moment(ctx, settingLastEvent); err != nil {
		return s, err
	}
	if s.LastSync, err = m.moment(ctx, settingLastSync); err != nil {
		return s, err
	}
	if s.Dirty, err = m.db.Reader.DirtyCount(ctx); err != nil {
		return s, err
	}
	s.Failed, err = m.db.Reader.FailedEvents(ctx)
	return s, err
}

// AsOf is the newest moment of Stripe's clock in the mirror, 0 for an empty one. Errors: internal.
func (m *Mirror) AsOf(ctx context.Context) (models.Unix, error) { return m.moment(ctx, settingAsOf) }

// IsEmpty tells whether no sync ever came to its end. Errors: internal.
func (m *Mirror) IsEmpty(ctx context.Context) (bool, error) {
	at, err := m.moment(ctx, settingLastSync)
	return at == 0, err
}

// Backlog counts what is not settled: events being taken in, objects to be fetched, payouts whose lines are to be read, syncs under way.
// Errors: internal.
func (m *Mirror) Backlog(ctx context.Context) (int, error) {
	dirty, err := m.db.Reader.DirtyCount(ctx)
	if err != nil {
		return 0, err
	}
	payouts, err := m.db.Reader.PayoutsToItemize(ctx)
	return int(m.waiting.Load()+m.syncing.Load()+dirty) + len(payouts), err
}

// moment gives a moment that is kept as a setting, 0 for none.
func (m *Mirror) moment(ctx context.Context, name string) (models.Unix, error) {
	text, found, err := m.db.Reader.Setting(ctx, name)
	if err != nil || !found {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return models.Unix(n), err
}
