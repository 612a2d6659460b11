package mirror

import (
	"context"
	"sync"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

const (
	// refetchers is how many objects are fetched at a time.
	refetchers = 4
	// refetchPoll is how often marks are looked for that nobody told of: those whose time has come, and another process's.
	refetchPoll = 250 * time.Millisecond
	// firstBackoff is the wait after the first failed fetch; it doubles.
	firstBackoff = 250 * time.Millisecond
	// awayBackoff caps the wait while Stripe is away, so that we are back soon after it is; refusedBackoff that after a definite no.
	awayBackoff, refusedBackoff = 5 * time.Second, 10 * time.Minute
)

// claims are the objects being fetched: one fetch of an object at a time.
type claims struct {
	mu  sync.Mutex
	ids map[string]bool
}

func (c *claims) take(id string) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ids[id] {
		return false
	}
	c.ids[id] = true
	return true
}

func (c *claims) leave(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.ids, id)
}

// refetch fetches what is marked dirty until ctx ends.
func (m *Mirror) refetch(ctx context.Context) {
	ctx = payments.InLane(ctx, payments.LaneRefetch)
	work, taken := make(chan store.StripeObject), &claims{ids: map[string]bool{}}
	var wg sync.WaitGroup
	for range refetchers {
		wg.Go(func() {
			for o := range work {
				m.fetch(ctx, o)
				taken.leave(o.ID)
			}
		})
	}
	tick := time.NewTicker(refetchPoll)
	defer tick.Stop()
	for ctx.Err() == nil {
		m.handOut(ctx, work, taken)
		select {
		case <-ctx.Done():
		case <-m.marked:
		case <-tick.C:
		}
	}
	close(work)
	wg.Wait()
}

// handOut gives marked objects whose time has come to the fetchers.
func (m *Mirror) handOut(ctx context.Context, work chan<- store.StripeObject, taken *claims) {
	due, err := m.db.Reader.DirtyObjects(ctx, time.Now(), batchSize)
	if err != nil {
		if ctx.Err() == nil {
			m.log.Error("dirty objects cannot be read", "error", err)
		}
		return
	}
	for _, o := range due {
		if !taken.take(o.ID) {
			continue
		}
		select {
		case work <- o:
		case <-ctx.Done():
			return
		}
	}
}

// fetch gets a fresh copy of one object, unless another object's answer has brought it in the meantime. The gate's turn, read before the
// call, decides whether the copy counts.
func (m *Mirror) fetch(ctx context.Context, o store.StripeObject) {
	now, found, err := m.db.Reader.StripeObject(ctx, o.ID)
	if err == nil && (!found || now.Dirty == 0) {
		return
	}
	var noted Noted
	if err == nil {
		noted, err = m.Note(ctx)
	}
	if err != nil {
		if ctx.Err() == nil {
			m.log.Error("refetch", "object", o.ID, "error", err)
		}
		return
	}
	res, failure := m.gateway.Object(ctx, o.Kind, o.ID)
	if ctx.Err() != nil {
		return // the mark stays
	}
	write := context.WithoutCancel(ctx)
	err = m.db.Writer.Tx(write, func(tx *store.Tx) error {
		if failure != nil {
			return m.notFetched(write, tx, now, noted, failure)
		}
		return m.newApplier(write, tx).answer(noted, res.Snapshots, true)
	})
	if err != nil {
		m.log.Error("refetch", "object", o.ID, "error", err)
	}
	if now, found, err := m.db.Reader.StripeObject(write, o.ID); err == nil && found && now.Dirty != 0 {
		nudge(m.marked) // it was marked again meanwhile
	}
}

// notFetched keeps why there is no fresh copy. Where there never will be one, the snapshot that we have is the last.
func (m *Mirror) notFetched(ctx context.Context, tx *store.Tx, o store.StripeObject, noted Noted, failure error) error {
	switch kind := models.KindOf(failure); kind {
	case models.KindNotFound:
		return tx.ClearDirty(ctx, o.ID, noted.turn, "not found at Stripe")
	case models.KindInvalid:
		m.log.Warn("an object cannot be read", "object", o.ID, "error", failure)
		return tx.ClearDirty(ctx, o.ID, noted.turn, failure.Error())
	default:
		return tx.FetchFailed(ctx, o.ID, time.Now().Add(backoff(o.Attempts, kind)), string(kind))
	}
}

// backoff is how long to wait after so many failed fetches.
func backoff(attempts int64, kind models.ErrorKind) time.Duration {
	most := refusedBackoff
	if kind == models.KindUnavailable {
		most = awayBackoff
	}
	return min(firstBackoff<<min(attempts, 12), most)
}
