// Package acts makes a call at Stripe happen once. An act is an intent row, a keyed call and an outcome row: the intent, its audit entry and
// the job that would look after a crash share one transaction; no call is made before it is durable; an outcome that is not known is a
// state of the row, settled by reading.
package acts

import (
	"context"
	"crypto/rand"
	"errors"
	"log/slog"
	"sync"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/mirror"
	"counterfoil/models/store"
)

// Runner carries acts out and settles what is not known of them.
type Runner struct {
	db       *store.DB
	mirror   *mirror.Mirror
	queue    *jobs.Queue
	now      func() time.Time // domain time, UTC
	patience time.Duration    // how long after a crash the look waits: the call's timeout and a margin
	log      *slog.Logger

	mu       sync.Mutex
	underWay map[string]chan struct{} // acts whose call this process is making, by id; closed when over
}

// Options are what a Runner works with. Timeout is that of the longest call of an act; Now is domain time.
type Options struct {
	DB      *store.DB
	Mirror  *mirror.Mirror
	Queue   *jobs.Queue
	Now     func() time.Time
	Timeout time.Duration
	Log     *slog.Logger
}

// New makes a Runner.
func New(o Options) *Runner {
	return &Runner{db: o.DB, mirror: o.Mirror, queue: o.Queue, now: o.Now, log: o.Log, patience: o.Timeout + reconcileMargin, underWay: map[string]chan struct{}{}}
}

// Audit builds an entry about an object by actor.
func (r *Runner) Audit(a models.Actor, action, objectID string, details map[string]string) models.AuditEntry {
	return a.Audit(models.UnixOf(r.now()), action, objectID, details)
}

// begin marks an act as being called by this process; the returned function ends that.
func (r *Runner) begin(id string) func() {
	over := make(chan struct{})
	r.mu.Lock()
	r.underWay[id] = over
	r.mu.Unlock()
	return func() {
		r.mu.Lock()
		delete(r.underWay, id)
		r.mu.Unlock()
		close(over)
	}
}

// isUnderWay tells whether this process is making the act's call right now.
func (r *Runner) isUnderWay(id string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, ok := r.underWay[id]
	return ok
}

// await waits until the act's call is over or ctx ends: a double click gets the first click's answer.
func (r *Runner) await(ctx context.Context, id string) {
	r.mu.Lock()
	over := r.underWay[id]
	r.mu.Unlock()
	if over == nil {
		return
	}
	select {
	case <-over:
	case <-ctx.Done():
	}
}

// NewID makes an id of our own: a prefix and 26 random letters.
func NewID(prefix string) string { return prefix + "_" + rand.Text() }

// asError finds the *models.Error in err; nil if there is none.
func asError(err error) *models.Error {
	var e *models.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}
