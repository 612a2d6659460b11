// Package orders holds what the desk may do to a Klarna order: the pure rules and the commands that keep them.
package orders

import (
	"context"
	"log/slog"
	"time"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/jobs"
	"counterfoil/models/mirror"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// The kinds of job that this package's Work does.
const (
	JobReconcileCapture = "capture.reconcile"
	JobReconcileCancel  = "cancel.reconcile"
	JobReconcileRefund  = "refund.reconcile"
	JobPushShipment     = "shipment.push"
)

// Service carries out the acts on orders.
type Service struct {
	db      *store.DB
	gateway *payments.Gateway
	mirror  *mirror.Mirror
	queue   *jobs.Queue
	now     func() time.Time // domain time, UTC
	acts    *acts.Runner
	log     *slog.Logger
}

// Options are what a Service works with. Timeout is the gateway's; Now is domain time.
type Options struct {
	DB      *store.DB
	Gateway *payments.Gateway
	Mirror  *mirror.Mirror
	Queue   *jobs.Queue
	Now     func() time.Time
	Timeout time.Duration
	Log     *slog.Logger
}

// New makes a Service.
func New(o Options) *Service {
	return &Service{
		db: o.DB, gateway: o.Gateway, mirror: o.Mirror, queue: o.Queue, now: o.Now, log: o.Log,
		acts: acts.New(acts.Options{DB: o.DB, Mirror: o.Mirror, Queue: o.Queue, Now: o.Now, Timeout: o.Timeout, Log: o.Log}),
	}
}

// Work joins this package's kinds of job to the functions that do them.
func (s *Service) Work() map[string]func(context.Context, []byte) error {
	return map[string]func(context.Context, []byte) error{
		JobReconcileCapture: s.reconcileCapture,
		JobReconcileCancel:  s.reconcileCancel,
		JobReconcileRefund:  s.reconcileRefund,
		JobPushShipment:     s.pushShipments,
	}
}

// Facts loads what the rules look at. Errors: not found, internal.
func (s *Service) Facts(ctx context.Context, orderID string) (Facts, error) {
	return loadFacts(ctx, s.db.Reader, orderID)
}

// FactsOf loads what the rules look at for many orders; those that we do not have are left out. Errors: internal.
func (s *Service) FactsOf(ctx context.Context, orderIDs []string) (map[string]Facts, error) {
	found, err := s.db.Reader.OrdersByID(ctx, orderIDs...)
	if err != nil {
		return nil, err
	}
	captures, err := s.db.Reader.OpenCaptures(ctx, orderIDs)
	if err != nil {
		return nil, err
	}
	cancellations, err := s.db.Reader.OpenCancellations(ctx, orderIDs)
	if err != nil {
		return nil, err
	}
	all := make(map[string]Facts, len(found))
	for id, o := range found {
		all[id] = Facts{Order: o, Capture: captures[id], Cancellation: cancellations[id]}
	}
	return all, nil
}

// factsReader is both the Reader and a transaction: the same questions, inside and outside of a change.
type factsReader interface {
	Order(ctx context.Context, id string) (models.Order, error)
	OpenCapture(ctx context.Context, orderID string) (*models.Capture, error)
	OpenCancellation(ctx context.Context, orderID string) (*models.Cancellation, error)
}

func loadFacts(ctx context.Context, r factsReader, orderID string) (Facts, error) {
	var f Facts
	var err error
	if f.Order, err = r.Order(ctx, orderID); err != nil {
		return f, err
	}
	if f.Capture, err = r.OpenCapture(ctx, orderID); err != nil {
		return f, err
	}
	f.Cancellation, err = r.OpenCancellation(ctx, orderID)
	return f, err
}

// asRefusal turns a typed nil into a plain nil.
func asRefusal(r *models.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}
