package store

import (
	"context"
	"iter"
	"math"
	"time"

	"counterfoil/models"
)

// walkBatch is about how many movements are read at once for a file: few enough for memory, and no cursor stays open between them.
const walkBatch = 2_000

// LedgerRows gives every movement of a query, oldest first, in batches. Errors of the iteration: internal.
func (r *Reader) LedgerRows(ctx context.Context, query LedgerQuery) iter.Seq2[models.LedgerEntry, error] {
	return func(yield func(models.LedgerEntry, error) bool) {
		walk := r.walkByTime
		if query.Payout != "" {
			walk = r.walkByID
		}
		err := walk(ctx, query, func(entries []models.LedgerEntry) bool {
			for i := range entries {
				if !yield(entries[i], nil) {
					return false
				}
			}
			return true
		})
		if err != nil {
			yield(models.LedgerEntry{}, err)
		}
	}
}

// walkByID walks the lines of a payout along its index.
func (r *Reader) walkByID(ctx context.Context, query LedgerQuery, take func([]models.LedgerEntry) bool) error {
	at := idPos{key: math.MinInt64, limit: walkBatch}
	for {
		entries, err := r.entries(ctx, query, at)
		if err != nil {
			return err
		}
		further := len(entries) > walkBatch
		if further {
			entries = entries[:walkBatch]
		}
		if !take(entries) || !further {
			return nil
		}
		last := entries[len(entries)-1]
		at.key, at.id = int64(last.Created), last.ID
	}
}

// walkByTime walks a period slice by slice. The categories are read from one index each: a slice that is short enough reads of each no more
// than belongs into it. Slices grow and shrink with what was found in them.
func (r *Reader) walkByTime(ctx context.Context, query LedgerQuery, take func([]models.LedgerEntry) bool) error {
	slice, end := 24*time.Hour, query.To
	for from := query.From; from < end; {
		query.From, query.To = from, min(from.Add(slice), end)
		limit := walkBatch
		if query.To <= from+1 {
			query.To, limit = from+1, math.MaxInt32 // one second cannot be cut
		}
		entries, err := r.entries(ctx, query, idPos{first: true, limit: limit})
		if err != nil {
			return err
		}
		if len(entries) > limit {
			slice = max(slice/4, time.Second)
			continue
		}
		if !take(entries) {
			return nil
		}
		from = query.To
		if len(entries) < walkBatch/4 {
			slice = min(2*slice, 366*24*time.Hour)
		}
	}
	return nil
}
