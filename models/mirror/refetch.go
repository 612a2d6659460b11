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
	// refetchPoll is how often marks are looked for that nobody told of: those whose time has come.
	refetchPoll = 250 * time.Millisecond
	// awayBackoff caps the wait while Stripe is away, so that we are back soon after it is; badBackoff that after a definite no.
	awayBackoff, badBackoff = 5 * time.Second, 10 * time.Minute
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
				m.nudge() // it may have been marked again meanwhile
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
	due, err := m.db.Reader.DirtyObjects(ctx, time.Now().UnixMilli(), batchSize)
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

// fetch gets a fresh copy of one object. The row's seq, read anew before the call, decides whether the copy counts.
func (m *Mirror) fetch(ctx context.Context, o store.StripeObject) {
	noted, err := m.Note(ctx, o.ID)
	if err != nil {
		m.log.Error("refetch", "object", o.ID, "error", err)
		return
	}
	res, err := m.gateway.Object(ctx, o.Kind, o.ID)
	if ctx.Err() != nil {
		return
	}
	write := context.WithoutCancel(ctx)
	err = m.db.Writer.Tx(write, func(tx *store.Tx) error {
		switch models.KindOf(err) {
		case "":
			return m.answered(write, tx, o, noted, res)
		case models.KindNotFound: // the snapshot that we have is the last there will be
			return tx.ClearDirty(write, o.ID, noted[o.ID], "not found at Stripe")
		case models.KindInvalid:
			m.log.Warn("an object cannot be read", "object", o.ID, "error", err)
			return tx.ClearDirty(write, o.ID, noted[o.ID], err.Error())
		}
		return tx.FetchFailed(write, o.ID, nextTry(o.Attempts, err), string(models.KindOf(err)))
	})
	if err != nil {
		m.log.Error("refetch", "object", o.ID, "error", err)
	}
}

// answered brings a fresh copy in. An object that is none of the mirror's keeps no mark.
func (m *Mirror) answered(ctx context.Context, tx *store.Tx, o store.StripeObject, noted Noted, res payments.Result) error {
	if err := m.Apply(tx, noted, res.Snapshots); err != nil {
		return err
	}
	if len(res.Snapshots) > 0 && !wanted(res.Snapshots[0]) {
		return tx.ClearDirty(ctx, o.ID, noted[o.ID], "not a Klarna payment")
	}
	return nil
}

// nextTry is when a failed fetch is tried again, in milliseconds of the wall clock: 0.25 s, doubled each time up to a cap.
func nextTry(attempts int64, cause error) int64 {
	most := badBackoff
	if models.IsKind(cause, models.KindUnavailable) {
		most = awayBackoff
	}
	wait := 250 * time.Millisecond << min(attempts, 12)
	return time.Now().Add(min(wait, most)).UnixMilli()
}
