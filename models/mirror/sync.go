package mirror

import (
	"context"
	"fmt"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// SyncOptions choose what a sync reads. Progress may be nil.
type SyncOptions struct {
	Since    time.Duration // how far back; 0 means everything
	Object   string        // one object only, by its Stripe id
	Progress func(SyncProgress)
}

// SyncProgress is how far the reading of one kind has come.
type SyncProgress struct {
	Kind    string
	Read    int64
	Refused int // rows that could not be read; each is logged
	Done    bool
}

// syncKinds are read one after the other: what others belong to first.
func syncKinds() []models.ObjectKind {
	return []models.ObjectKind{
		models.ObjectPaymentIntent, models.ObjectRefund, models.ObjectDispute, models.ObjectPayout, models.ObjectBalanceTransaction,
	}
}

// Sync reads the account's objects into the mirror, page by page. Each page and the place reached are committed together, so a sync that
// is broken off goes on where it was; what did not change is not touched. Errors: not found (a single object), unavailable, refused, internal.
func (m *Mirror) Sync(ctx context.Context, o SyncOptions) error {
	m.syncing.Add(1)
	defer m.syncing.Add(-1)
	ctx = payments.InLane(ctx, payments.LaneBulk)
	if o.Object != "" {
		return m.syncOne(ctx, o.Object)
	}
	if o.Progress == nil {
		o.Progress = func(SyncProgress) {}
	}
	run, err := m.beginRun(ctx, o)
	if err != nil {
		return err
	}
	for _, kind := range syncKinds() {
		if err := m.syncKind(ctx, run, kind, o.Progress); err != nil {
			return fmt.Errorf("sync of %s: %w", kind, err)
		}
	}
	if err := m.itemize(ctx); err != nil {
		return err
	}
	run.Finished = models.UnixOf(time.Now())
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SetSyncProgress(ctx, run) })
}

// beginRun goes on with the run that was broken off, or begins one.
func (m *Mirror) beginRun(ctx context.Context, o SyncOptions) (store.SyncProgress, error) {
	run, err := m.db.Reader.SyncProgress(ctx, store.SyncRun)
	if err != nil || (run.Started != 0 && run.Finished == 0) {
		return run, err
	}
	run = store.SyncProgress{Kind: store.SyncRun, Started: models.UnixOf(time.Now())}
	if o.Since > 0 {
		run.Since = run.Started.Add(-o.Since)
	}
	return run, m.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SetSyncProgress(ctx, run) })
}

// syncKind reads one kind of object, unless this run has done so before it was broken off.
func (m *Mirror) syncKind(ctx context.Context, run store.SyncProgress, kind models.ObjectKind, tell func(SyncProgress)) error {
	at, err := m.db.Reader.SyncProgress(ctx, string(kind))
	if err != nil {
		return err
	}
	if at.Started < run.Started || at.Since != run.Since {
		at = store.SyncProgress{Kind: string(kind), Since: run.Since, Started: models.UnixOf(time.Now())}
	}
	told := SyncProgress{Kind: string(kind), Read: at.Rows}
	for at.Finished == 0 {
		page, err := m.gateway.List(ctx, kind, payments.ListQuery{From: run.Since, StartingAfter: at.Cursor})
		if err != nil {
			return err
		}
		for _, refused := range page.Refused {
			m.log.Warn("sync: not taken", "error", refused)
		}
		at.Rows += int64(len(page.Snapshots))
		at.Cursor = page.LastID
		if !page.More {
			at.Finished = models.UnixOf(time.Now())
		}
		if err := m.writePage(ctx, page, at); err != nil {
			return err
		}
		told.Read, told.Refused = at.Rows, told.Refused+len(page.Refused)
		tell(told)
	}
	told.Done = true
	tell(told)
	return nil
}

// writePage brings a page in, the oldest first, with the place reached.
func (m *Mirror) writePage(ctx context.Context, page payments.Page, at store.SyncProgress) error {
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := m.newApplier(ctx, tx).answer(nil, oldestFirst(page.Snapshots)); err != nil {
			return err
		}
		return tx.SetSyncProgress(ctx, at)
	})
}

// oldestFirst turns a page round: the search index takes new orders in the order of their creation.
func oldestFirst(snaps []models.Snapshot) []models.Snapshot {
	turned := make([]models.Snapshot, 0, len(snaps))
	for i := len(snaps) - 1; i >= 0; i-- {
		turned = append(turned, snaps[i])
	}
	return turned
}

// itemize reads the lines of payouts that Stripe has put together.
func (m *Mirror) itemize(ctx context.Context) error {
	payouts, err := m.db.Reader.PayoutsToItemize(ctx)
	if err != nil {
		return err
	}
	for _, id := range payouts {
		if err := m.itemizeOne(ctx, id); err != nil {
			return fmt.Errorf("lines of payout %s: %w", id, err)
		}
	}
	return nil
}

// itemizeEvery is how often payouts are looked for whose lines were not read yet.
const itemizeEvery = 5 * time.Second

// itemizeAll reads the lines of new payouts until ctx ends.
func (m *Mirror) itemizeAll(ctx context.Context) {
	ctx = payments.InLane(ctx, payments.LaneRefetch)
	tick := time.NewTicker(itemizeEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := m.itemize(ctx); err != nil && ctx.Err() == nil {
				m.log.Warn("payout lines are read again later", "error", err)
			}
		}
	}
}

func (m *Mirror) itemizeOne(ctx context.Context, payout string) error {
	at := store.SyncProgress{Kind: "payout " + payout, Started: models.UnixOf(time.Now())}
	var lines []models.Snapshot
	for more := true; more; {
		page, err := m.gateway.List(ctx, models.ObjectBalanceTransaction, payments.ListQuery{Payout: payout, StartingAfter: at.Cursor})
		if err != nil {
			return err
		}
		lines, at.Cursor, more = append(lines, page.Snapshots...), page.LastID, page.More
	}
	at.Rows, at.Finished, at.Cursor = int64(len(lines)), models.UnixOf(time.Now()), ""
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := m.newApplier(ctx, tx).answer(nil, oldestFirst(lines)); err != nil {
			return err
		}
		for _, s := range lines {
			if err := tx.SetPayoutOfLine(ctx, s.ID, payout); err != nil {
				return err
			}
		}
		return tx.SetSyncProgress(ctx, at)
	})
}

// syncOne reads one object by its id.
func (m *Mirror) syncOne(ctx context.Context, id string) error {
	kind, ok := kindOf(id)
	if !ok {
		return &models.Error{Kind: models.KindInvalid, Code: "unknown_id", Message: "This is not the id of an object that is mirrored (pi_, py_, ch_, re_, pyr_, du_, dp_, po_, txn_)."}
	}
	return m.Refresh(ctx, kind, id)
}

func kindOf(id string) (models.ObjectKind, bool) {
	prefix, _, _ := strings.Cut(id, "_")
	kind, ok := map[string]models.ObjectKind{
		"pi": models.ObjectPaymentIntent, "py": models.ObjectCharge, "ch": models.ObjectCharge, "re": models.ObjectRefund, "pyr": models.ObjectRefund,
		"du": models.ObjectDispute, "dp": models.ObjectDispute, "po": models.ObjectPayout, "txn": models.ObjectBalanceTransaction,
	}[prefix]
	return kind, ok
}
