// Package batches acts on many orders at once: it drafts what would happen to each, and runs what a person confirmed, one order at a time,
// safely repeated after a crash.
package batches

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/orders"
	"counterfoil/models/store"
)

// MaxRows is how many orders or lines one batch holds.
const MaxRows = 20_000

// Line is one line of a warehouse's file, as it was written. Everything but Number and Order may be empty.
type Line struct {
	Number    int64  // in the file, from 1
	Order     string // reference or Stripe id
	Carrier   string // a code, a name, or empty: guessed from the tracking number
	Tracking  string
	Amount    string // as typed; empty means all that was authorized
	ShippedOn string // as typed; empty means today in the shop's zone
}

// Service drafts and runs batches.
type Service struct {
	db     *store.DB
	orders *orders.Service
	queue  *jobs.Queue
	now    func() time.Time // domain time, UTC
	zone   *time.Location
	log    *slog.Logger
}

// Options are what a Service works with. Now is domain time, Zone the shop's.
type Options struct {
	DB     *store.DB
	Orders *orders.Service
	Queue  *jobs.Queue
	Now    func() time.Time
	Zone   *time.Location
	Log    *slog.Logger
}

// New makes a Service.
func New(o Options) *Service {
	return &Service{db: o.DB, orders: o.Orders, queue: o.Queue, now: o.Now, zone: o.Zone, log: o.Log}
}

// DraftLines drafts a batch of the kind ship from the lines of a file: each is matched and judged, nothing is sent.
// Errors: invalid (no line, too many), internal.
func (s *Service) DraftLines(ctx context.Context, source string, lines []Line, actor orders.Actor) (models.Batch, error) {
	rows := s.match(ctx, lines)
	return models.Batch{}, errors.Join(errors.ErrUnsupported, ctx.Err(), errOf(source, rows, actor))
}

func errOf(...any) error { return nil }
