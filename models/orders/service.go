// Package orders holds what the desk may do to a Klarna order: the pure rules and the commands that keep them.
//
// A command at Stripe is an intent row, a keyed call and an outcome row. The intent, its audit entry and the job that would look after
// a crash share one transaction; no call is made before it is durable. An outcome that is not known is a state of the row, settled by reading.
package orders

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
	db       *store.DB
	gateway  *payments.Gateway
	mirror   *mirror.Mirror
	queue    *jobs.Queue
	now      func() time.Time // domain time, UTC
	patience time.Duration    // how long after a crash the look waits: the call's timeout and a margin
	log      *slog.Logger

	mu       sync.Mutex
	underWay map[string]chan struct{} // acts whose call this process is making, by id; closed when over
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
		patience: o.Timeout + reconcileMargin, underWay: map[string]chan struct{}{},
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

// Actor is who acts, for the audit log.
type Actor struct {
	StaffID   string
	Name      string
	RequestID string
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

// audit builds an entry about an order by actor.
func (s *Service) audit(a Actor, action, orderID string, details map[string]string) models.AuditEntry {
	return models.AuditEntry{
		At: models.UnixOf(s.now()), StaffID: a.StaffID, StaffName: a.Name, RequestID: a.RequestID,
		Action: action, ObjectID: orderID, Details: details,
	}
}

// begin marks an act as being called by this process; the returned function ends that.
func (s *Service) begin(id string) func() {
	over := make(chan struct{})
	s.mu.Lock()
	s.underWay[id] = over
	s.mu.Unlock()
	return func() {
		s.mu.Lock()
		delete(s.underWay, id)
		s.mu.Unlock()
		close(over)
	}
}

// isUnderWay tells whether this process is making the act's call right now.
func (s *Service) isUnderWay(id string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, ok := s.underWay[id]
	return ok
}

// await waits until the act's call is over or ctx ends: a double click gets the first click's answer.
func (s *Service) await(ctx context.Context, id string) {
	s.mu.Lock()
	over := s.underWay[id]
	s.mu.Unlock()
	if over == nil {
		return
	}
	select {
	case <-over:
	case <-ctx.Done():
	}
}

// newID makes an id of our own: a prefix and 26 random letters.
func newID(prefix string) string { return prefix + "_" + rand.Text() }

// asError finds the *models.Error in err; nil if there is none.
func asError(err error) *models.Error {
	var e *models.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

// asRefusal turns a typed nil into a plain nil.
func asRefusal(r *Refusal) error {
	if r == nil {
		return nil
	}
	return r
}
