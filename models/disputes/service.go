// Package disputes holds what the desk may do about a dispute: keep a draft and its files, submit evidence once, accept, and keep the
// disputes that Klarna runs by e-mail. The rules themselves are in package evidence.
package disputes

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/evidence"
	"counterfoil/models/jobs"
	"counterfoil/models/mirror"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// The kinds of job that this package's Work does.
const (
	JobReconcileSubmission = "submission.reconcile"
	JobReconcileAcceptance = "acceptance.reconcile"
	JobStage               = "evidence.stage"
)

// Service carries out what the desk does about disputes.
type Service struct {
	db      *store.DB
	gateway *payments.Gateway
	mirror  *mirror.Mirror
	queue   *jobs.Queue
	now     func() time.Time // domain time, UTC
	zone    *time.Location
	shop    string
	acts    *acts.Runner
	log     *slog.Logger

	mu   sync.Mutex
	busy map[string]*sync.Mutex // one call about a dispute's evidence at a time
}

// Options are what a Service works with. Timeout is the gateway's; Now is domain time; Zone is the shop's.
type Options struct {
	DB      *store.DB
	Gateway *payments.Gateway
	Mirror  *mirror.Mirror
	Queue   *jobs.Queue
	Now     func() time.Time
	Zone    *time.Location
	Shop    string
	Timeout time.Duration
	Log     *slog.Logger
}

// New makes a Service.
func New(o Options) *Service {
	return &Service{
		db: o.DB, gateway: o.Gateway, mirror: o.Mirror, queue: o.Queue, now: o.Now, zone: o.Zone, shop: o.Shop, log: o.Log,
		acts: acts.New(acts.Options{DB: o.DB, Mirror: o.Mirror, Queue: o.Queue, Now: o.Now, Timeout: o.Timeout, Log: o.Log}),
		busy: map[string]*sync.Mutex{},
	}
}

// Work joins this package's kinds of job to the functions that do them.
func (s *Service) Work() map[string]func(context.Context, []byte) error {
	return map[string]func(context.Context, []byte) error{
		JobReconcileSubmission: s.reconcileSubmission,
		JobReconcileAcceptance: s.reconcileAcceptance,
		JobStage:               s.stage,
	}
}

// alone waits until no other call about a dispute's evidence is under way in this process; the returned function ends that.
func (s *Service) alone(disputeID string) func() {
	s.mu.Lock()
	one := s.busy[disputeID]
	if one == nil {
		one = &sync.Mutex{}
		s.busy[disputeID] = one
	}
	s.mu.Unlock()
	one.Lock()
	return one.Unlock
}

// reader is both the Reader and a transaction: the same questions, inside and outside of a change.
type reader interface {
	Dispute(ctx context.Context, id string) (models.Dispute, error)
	DisputeCase(ctx context.Context, id string) (models.DisputeCase, error)
	DraftFields(ctx context.Context, id string) (map[string]models.DraftField, error)
	Submissions(ctx context.Context, id string) ([]models.Submission, error)
	Acceptances(ctx context.Context, id string) ([]models.Acceptance, error)
	BalanceTransactionsOf(ctx context.Context, ids ...string) ([]models.BalanceTransaction, error)
	OrdersByID(ctx context.Context, ids ...string) (map[string]models.Order, error)
	Shipments(ctx context.Context, orderID string) ([]models.Shipment, error)
	Refunds(ctx context.Context, orderID string) ([]models.Refund, error)
	Notes(ctx context.Context, orderID string) ([]models.Note, error)
	Documents(ctx context.Context, orderID string) ([]models.Document, error)
	EarlierOrders(ctx context.Context, o models.Order, limit int) ([]models.Order, error)
}

// Load gives everything that is known of a dispute. Errors: not found, internal.
func (s *Service) Load(ctx context.Context, id string) (evidence.Desk, error) {
	return s.load(ctx, s.db.Reader, id)
}

func (s *Service) load(ctx context.Context, r reader, id string) (d evidence.Desk, err error) {
	if d.Dispute, err = r.Dispute(ctx, id); err != nil {
		return d, err
	}
	if d.Case, err = r.DisputeCase(ctx, id); err != nil {
		return d, err
	}
	if d.Draft, err = r.DraftFields(ctx, id); err != nil {
		return d, err
	}
	if d.Submissions, err = r.Submissions(ctx, id); err != nil {
		return d, err
	}
	if d.Acceptances, err = r.Acceptances(ctx, id); err != nil {
		return d, err
	}
	if d.BalanceTransactions, err = r.BalanceTransactionsOf(ctx, id); err != nil {
		return d, err
	}
	d.Goods, d.Zone, d.Shop = d.Case.KindOfGoods(), s.zone, s.shop
	if err = loadOrder(ctx, r, &d.Facts); err != nil {
		return d, err
	}
	d.Known = evidence.Prefill(d.Facts)
	return d, nil
}

// loadOrder adds the dispute's order and what belongs to it; a payment that the mirror does not have leaves it empty.
func loadOrder(ctx context.Context, r reader, f *evidence.Facts) error {
	known, err := r.OrdersByID(ctx, f.Dispute.PaymentIntentID)
	o, ok := known[f.Dispute.PaymentIntentID]
	if err != nil || !ok {
		return err
	}
	f.Order = &o
	if f.Shipments, err = r.Shipments(ctx, o.ID); err != nil {
		return err
	}
	if f.Refunds, err = r.Refunds(ctx, o.ID); err != nil {
		return err
	}
	if f.Notes, err = r.Notes(ctx, o.ID); err != nil {
		return err
	}
	if f.Documents, err = r.Documents(ctx, o.ID); err != nil {
		return err
	}
	f.Earlier, err = r.EarlierOrders(ctx, o, evidence.MaxEarlier)
	return err
}

// asError turns a typed nil into a plain nil.
func asError(r *models.Refusal) error {
	if r == nil {
		return nil
	}
	return r
}

func invalid(field, code, message string) error {
	return &models.Error{Kind: models.KindInvalid, Field: field, Code: code, Message: message}
}
