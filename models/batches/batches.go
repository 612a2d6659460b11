// Package batches acts on many orders at once: it drafts what would happen to each, and runs what a person confirmed, row by row, safely
// repeated after a crash.
package batches

import (
	"context"
	"crypto/rand"
	"log/slog"
	"strconv"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/orders"
	"counterfoil/models/store"
)

const (
	// MaxRows is how many orders or lines one batch holds.
	MaxRows = 20_000
	// JobRun is the kind of job that runs a batch.
	JobRun = "batch.run"
	// chunk is how many rows one write transaction takes, so that nobody waits long for the writer.
	chunk = 500
)

// Line is one line of a warehouse's file, as it was written. Everything but Number and Order may be empty.
type Line struct {
	Number    int64  // in the file, from 1
	Order     string // reference or Stripe id
	Carrier   string // a code, a name, or empty: guessed from the tracking number
	Tracking  string
	Amount    string // as typed; empty means all that was authorized
	ShippedOn string // as typed; empty means today in the shop's zone
	Fault     string // why the line cannot be used, for people
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

// Work joins this package's kind of job to the function that does it.
func (s *Service) Work() map[string]func(context.Context, []byte) error {
	return map[string]func(context.Context, []byte) error{JobRun: s.run}
}

// DraftOrders drafts a capture or a cancellation of the orders given. Nothing is sent. Errors: invalid (none, too many), internal.
func (s *Service) DraftOrders(ctx context.Context, kind models.BatchKind, ids []string, source string, actor models.Actor) (models.Batch, error) {
	if err := checkSize(len(ids)); err != nil {
		return models.Batch{}, err
	}
	var rows []models.BatchRow
	for from := 0; from < len(ids); from += chunk {
		part := ids[from:min(from+chunk, len(ids))]
		facts, err := s.orders.FactsOf(ctx, part)
		if err != nil {
			return models.Batch{}, err
		}
		for _, id := range part {
			f, known := facts[id]
			row := planOrder(kind, f, known, s.now())
			row.OrderText = id
			row.Line = int64(len(rows) + 1)
			rows = append(rows, row)
		}
	}
	return s.insert(ctx, kind, source, rows, actor)
}

// DraftQuery drafts a capture or a cancellation of all orders that a list shows. Errors: those of DraftOrders, and of the list.
func (s *Service) DraftQuery(ctx context.Context, kind models.BatchKind, query store.OrderQuery, actor models.Actor) (models.Batch, error) {
	var ids []string
	err := s.db.Reader.EachOrder(ctx, query, func(o models.Order) error {
		ids = append(ids, o.ID)
		if len(ids) > MaxRows {
			return checkSize(len(ids))
		}
		return nil
	})
	if err != nil {
		return models.Batch{}, err
	}
	return s.DraftOrders(ctx, kind, ids, "all that match", actor)
}

// DraftLines drafts a batch of the kind ship from the lines of a file: each is matched and judged, nothing is sent.
// Errors: invalid (no line, too many), internal.
func (s *Service) DraftLines(ctx context.Context, source string, lines []Line, actor models.Actor) (models.Batch, error) {
	if err := checkSize(len(lines)); err != nil {
		return models.Batch{}, err
	}
	rows, err := s.match(ctx, lines)
	if err != nil {
		return models.Batch{}, err
	}
	return s.insert(ctx, models.BatchShip, source, rows, actor)
}

func checkSize(n int) error {
	switch {
	case n == 0:
		return &models.Error{Kind: models.KindInvalid, Code: "batch_empty", Field: "order", Message: "No order is picked."}
	case n > MaxRows:
		return &models.Error{Kind: models.KindInvalid, Code: "batch_too_large", Field: "order",
			Message: "That is more than " + strconv.Itoa(MaxRows) + " orders, the most that can be taken at once. Narrow the list."}
	}
	return nil
}

// insert writes a draft: its rows in short transactions, and then the batch. One that is there is whole.
func (s *Service) insert(ctx context.Context, kind models.BatchKind, source string, rows []models.BatchRow, actor models.Actor) (models.Batch, error) {
	b := models.Batch{ID: "bat_" + rand.Text(), Kind: kind, State: models.BatchDraft, Source: source, StaffID: actor.StaffID,
		StaffName: actor.Name, Created: models.UnixOf(s.now())}
	for from := 0; from < len(rows); from += chunk {
		err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
			for _, row := range rows[from:min(from+chunk, len(rows))] {
				row.BatchID = b.ID
				if err := tx.InsertBatchRow(ctx, row); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return b, err
		}
	}
	return b, s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.InsertBatch(ctx, b) })
}
