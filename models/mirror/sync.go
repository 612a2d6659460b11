package mirror

import (
	"context"
	"fmt"
	"slices"
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

// syncKinds are read one after the other: what others belong to first, and events last, when what they tell is known.
func syncKinds() []models.ObjectKind {
	return []models.ObjectKind{
		models.ObjectPaymentIntent, models.ObjectRefund, models.ObjectDispute, models.ObjectPayout, models.ObjectBalanceTransaction, syncEvents,
	}
}

// resumable is how old a sync that was broken off may be to be gone on with.
const resumable = 7 * 24 * time.Hour

// Sync reads the account's objects into the mirror, page by page. Each page and the place reached are committed together, so a sync that
// is broken off goes on where it was, and then reads what was made since it began; what did not change is not touched. Errors: invalid or
// not found (a single object), unavailable, refused, internal.
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
	run, resumed, err := m.beginRun(ctx, o)
	if err != nil {
		return err
	}
	if err := m.syncRun(ctx, run, o.Progress); err != nil || !resumed {
		return err
	}
	if run, err = m.newRun(ctx, run.Started, run.Started); err != nil {
		return err
	}
	return m.syncRun(ctx, run, o.Progress)
}

// beginRun goes on with a run that was broken off and reads as far back as is asked for, or begins one.
func (m *Mirror) beginRun(ctx context.Context, o SyncOptions) (run store.SyncProgress, resumed bool, err error) {
	now, err := m.stripeNow(ctx)
	if err != nil {
		return run, false, err
	}
	since := models.Unix(0)
	if o.Since > 0 {
		since = now.Add(-o.Since)
	}
	run, err = m.db.Reader.SyncProgress(ctx, store.SyncRun)
	if err != nil {
		return run, false, err
	}
	if run.Started.Add(resumable) > now && run.Finished == 0 && run.Since <= since {
		return run, true, nil
	}
	run, err = m.newRun(ctx, since, now)
	return run, false, err
}

// stripeNow asks for Stripe's clock, which objects carry: a list that is empty for certain is dated.
func (m *Mirror) stripeNow(ctx context.Context) (models.Unix, error) {
	wall := models.UnixOf(time.Now())
	page, err := m.gateway.List(ctx, models.ObjectPayout, payments.ListQuery{From: wall.Add(emptyAfter)})
	if err != nil || page.AsOf != 0 {
		return page.AsOf, err
	}
	return wall, nil
}

// emptyAfter is so far ahead that nothing was created then.
const emptyAfter = 10 * 365 * 24 * time.Hour

// newRun begins a run at now: no kind has been read in it.
func (m *Mirror) newRun(ctx context.Context, since, now models.Unix) (store.SyncProgress, error) {
	run := store.SyncProgress{Kind: store.SyncRun, Since: since, Started: now}
	err := m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		for _, kind := range syncKinds() {
			from := since
			if kind == syncEvents {
				from = eventsSince(run)
			}
			if err := tx.SetSyncProgress(ctx, store.SyncProgress{Kind: string(kind), Since: from, Started: run.Started}); err != nil {
				return err
			}
		}
		return tx.SetSyncProgress(ctx, run)
	})
	return run, err
}

// syncRun reads every kind that the run has not read yet.
func (m *Mirror) syncRun(ctx context.Context, run store.SyncProgress, tell func(SyncProgress)) error {
	for _, kind := range syncKinds() {
		if err := m.syncKind(ctx, kind, tell); err != nil {
			return fmt.Errorf("sync of %s: %w", kind, err)
		}
	}
	if err := m.itemize(ctx); err != nil {
		return err
	}
	err := m.readBooks(ctx, run.Started)
	if models.IsKind(err, models.KindRefused) {
		m.log.Warn("the balance is not read: the key needs the permission Balance Read", "error", err)
		err = nil // statements then lack their opening and closing balance; the orders are whole
	}
	if err != nil {
		return fmt.Errorf("balance: %w", err)
	}
	run.Finished = models.UnixOf(time.Now())
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.RaiseSetting(ctx, settingLastSync, int64(run.Finished)); err != nil {
			return err
		}
		return tx.SetSyncProgress(ctx, run)
	})
}

// syncKind reads one kind of object from where the run has come.
func (m *Mirror) syncKind(ctx context.Context, kind models.ObjectKind, tell func(SyncProgress)) error {
	at, err := m.db.Reader.SyncProgress(ctx, string(kind))
	if err != nil {
		return err
	}
	told := SyncProgress{Kind: string(kind), Read: at.Rows}
	for at.Finished == 0 {
		noted, err := m.Note(ctx)
		if err != nil {
			return err
		}
		page, err := m.readPage(ctx, kind, payments.ListQuery{From: at.Since, StartingAfter: at.Cursor})
		if models.IsKind(err, models.KindNotFound) && at.Cursor != "" {
			at.Cursor, at.Rows = "", 0 // the object at which it was broken off is gone: from the beginning
			continue
		}
		if kind == syncEvents && models.IsKind(err, models.KindRefused) {
			m.log.Warn("past events are not read: the key needs the permission Events Read", "error", err)
			break // the timelines lack what was before; the orders are whole
		}
		if err != nil {
			return err
		}
		m.logRefused(page)
		at.Rows += int64(len(page.Snapshots) + len(page.Events))
		at.Cursor = page.LastID
		if !page.More {
			at.Finished = models.UnixOf(time.Now())
		}
		if err := m.writePage(ctx, page, noted, at); err != nil {
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
func (m *Mirror) writePage(ctx context.Context, page payments.Page, noted Noted, at store.SyncProgress) error {
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		a := m.newApplier(ctx, tx)
		if err := a.answer(noted, oldestFirst(page.Snapshots), false); err != nil {
			return err
		}
		if err := a.pastEvents(page.Events); err != nil {
			return err
		}
		return tx.SetSyncProgress(ctx, at)
	})
}

// oldestFirst turns a page round: the search index takes new orders in the order of their creation.
func oldestFirst(snaps []models.Snapshot) []models.Snapshot {
	turned := slices.Clone(snaps)
	slices.Reverse(turned)
	return turned
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
