// Package mirror keeps our rows equal to Stripe: it takes events in, fetches again what is in doubt, and reads whole accounts.
//
// Every object has a row in the gate (stripe_objects). A snapshot of an event counts when it is strictly newer than what stands there;
// otherwise the object is marked dirty and fetched. A fetch, or the answer to a command of ours, counts only if the row has not moved
// since it was asked for. So no slow read and no late event overwrites a newer fact.
package mirror

import (
	"context"
	"log/slog"
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
	stopOnce sync.Once
	marked   chan struct{} // an object was marked dirty
}

// Options are what a Mirror works with.
type Options struct {
	ReferenceKeys []string // metadata keys of the order reference, the first that is set wins
	Log           *slog.Logger
}

// New makes a Mirror. It takes events only while Run runs.
func New(db *store.DB, g *payments.Gateway, o Options) *Mirror {
	return &Mirror{
		db: db, gateway: g, keys: o.ReferenceKeys, log: o.Log,
		incoming: make(chan *receipt, batchSize), stopped: make(chan struct{}), marked: make(chan struct{}, 1),
	}
}

// Run takes events in and fetches what is dirty, until ctx ends; events that wait by then are still made durable.
func (m *Mirror) Run(ctx context.Context) error {
	var wg sync.WaitGroup
	wg.Go(func() { m.ingest(ctx) })
	wg.Go(func() { m.refetch(ctx) })
	wg.Go(func() { m.itemizeAll(ctx) })
	wg.Wait()
	return nil
}

// Noted is how far the gate's rows of some objects had come, by id.
type Noted map[string]int64

// Note remembers how far the mirror has come with these objects, before a call to Stripe. Empty ids are left out. Errors: internal.
func (m *Mirror) Note(ctx context.Context, ids ...string) (Noted, error) {
	noted := Noted{}
	for _, id := range ids {
		if id == "" {
			continue
		}
		seq, _, err := m.db.Reader.StripeObjectSeq(ctx, id)
		if err != nil {
			return nil, err
		}
		noted[id] = seq
	}
	return noted, nil
}

// Apply brings in the snapshots of an answer, in the caller's transaction. An object that has moved since it was noted is marked dirty
// instead; one that was not noted counts if it is new or strictly newer. Errors: internal.
func (m *Mirror) Apply(tx *store.Tx, noted Noted, snaps []models.Snapshot) error {
	return m.newApplier(context.Background(), tx).answer(noted, snaps)
}

// Refresh fetches an object now and brings it in. Errors: not found, unavailable, refused, internal.
func (m *Mirror) Refresh(ctx context.Context, kind models.ObjectKind, id string) error {
	noted, err := m.Note(ctx, id)
	if err != nil {
		return err
	}
	res, err := m.gateway.Object(ctx, kind, id)
	if err != nil {
		return err
	}
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error { return m.Apply(tx, noted, res.Snapshots) })
}

// VerifySignature checks that Stripe signed the body of an event within the last minutes of the wall clock. Errors: invalid.
func VerifySignature(body []byte, header, secret string) error {
	return payments.VerifySignature(body, header, secret, time.Now())
}

// The settings in which the mirror keeps how fresh it is.
const (
	settingAsOf      = "mirror_as_of"      // Stripe's clock of the newest snapshot
	settingLastEvent = "mirror_last_event" // wall clock of the newest event
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
	if s.LastSync, err = m.db.Reader.LastSync(ctx); err != nil {
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

// IsEmpty tells whether nothing was ever read from Stripe. Errors: internal.
func (m *Mirror) IsEmpty(ctx context.Context) (bool, error) {
	at, err := m.db.Reader.LastSync(ctx)
	return at == 0, err
}

// Backlog counts what is not settled: events being taken in, objects to be fetched, syncs under way. Errors: internal.
func (m *Mirror) Backlog(ctx context.Context) (int, error) {
	dirty, err := m.db.Reader.DirtyCount(ctx)
	return int(m.waiting.Load() + m.syncing.Load() + dirty), err
}

// nudge wakes the refetching.
func (m *Mirror) nudge() {
	select {
	case m.marked <- struct{}{}:
	default:
	}
}
