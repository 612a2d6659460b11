package store

import (
	"cmp"
	"context"
	"iter"
	"math"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
)

// walkBatch is about how many movements are read at once for a file: few enough for memory, and no cursor stays open between them.
const walkBatch = 2_000

// LedgerRows gives every movement of a query, oldest first, in batches: one is read while the one before is written. Errors of the iteration:
// internal.
func (r *Reader) LedgerRows(ctx context.Context, query LedgerQuery) iter.Seq2[models.LedgerEntry, error] {
	walk := r.walkByTime
	if query.Payout != "" {
		walk = r.walkByID
	}
	return func(yield func(models.LedgerEntry, error) bool) {
		ctx, stop := context.WithCancel(ctx)
		batches := make(chan []*models.LedgerEntry)
		var err error
		go func() {
			defer close(batches)
			err = walk(ctx, query, func(entries []*models.LedgerEntry) bool {
				select {
				case batches <- entries:
					return true
				case <-ctx.Done():
					return false
				}
			})
		}()
		defer func() { // nothing is read any more when this returns
			stop()
			for range batches {
			}
		}()
		for entries := range batches {
			for _, e := range entries {
				if !yield(*e, nil) {
					return
				}
			}
		}
		if err != nil {
			yield(models.LedgerEntry{}, err)
		}
	}
}

// walkByID walks the lines of a payout along its index.
func (r *Reader) walkByID(ctx context.Context, query LedgerQuery, take func([]*models.LedgerEntry) bool) error {
	conditions, values := query.conditions()
	text := fileColumns + " from balance_transactions" + ledgerJoins + ` where b.payout_id = ? and b.payout_id <> '' and b.reporting_category <> 'payout'
		and (b.created, b.id) > (?, ?)` + conditions + " order by b.created, b.id limit ?"
	created, id, w := int64(math.MinInt64), "", r.newLedgerWalk()
	for {
		entries, err := w.read(ctx, text, append(append([]any{query.Payout, created, id}, values...), walkBatch))
		if err != nil || !take(entries) || len(entries) < walkBatch {
			return err
		}
		last := entries[len(entries)-1]
		created, id = int64(last.Created), last.ID
	}
}

// walkByTime walks a period slice by slice. The categories are read from one index each and sorted here, where it costs less than in the
// database. Slices grow and shrink with what was found in them.
func (r *Reader) walkByTime(ctx context.Context, query LedgerQuery, take func([]*models.LedgerEntry) bool) error {
	categories, err := r.ledgerCategories(ctx, query.Currency)
	if err != nil {
		return err
	}
	categories = slices.DeleteFunc(categories, func(category string) bool { return !query.asksFor(category) })
	conditions, values := query.conditions()
	text := fileColumns + ` from balance_transactions` + strings.Replace(ledgerJoins, " b ", " b indexed by balance_transactions_books ", 1) +
		` where b.currency = ? and b.reporting_category in (select value from json_each(?)) and b.created >= ? and b.created < ?` + conditions + " limit ?"
	slice, w := 24*time.Hour, r.newLedgerWalk()
	for from := query.From; from < query.To; {
		to, limit := min(from.Add(slice), query.To), walkBatch
		if to <= from+1 {
			to, limit = from+1, math.MaxInt32 // one second cannot be cut
		}
		entries, err := w.read(ctx, text, append(append([]any{query.Currency, jsonList(categories), int64(from), int64(to)}, values...), limit+1))
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
		from = to
		if len(entries) < walkBatch/4 {
			slice = min(2*slice, 366*24*time.Hour)
		}
	}
	return nil
}

// ledgerWalk reads batches of movements into two places by turns.
type ledgerWalk struct {
	r    *Reader
	rows *entryReader
	by   [2]ledgerBatch
	turn int
}

type ledgerBatch struct {
	entries []models.LedgerEntry
	sorted  []*models.LedgerEntry
}

func (r *Reader) newLedgerWalk() *ledgerWalk { return &ledgerWalk{r: r, rows: readFile()} }

// read gives one batch in the order of the file. It is valid until the one after the next is read.
func (w *ledgerWalk) read(ctx context.Context, text string, args []any) ([]*models.LedgerEntry, error) {
	w.turn = 1 - w.turn
	b := &w.by[w.turn]
	b.entries, b.sorted = b.entries[:0], b.sorted[:0]
	err := w.r.eachRow(ctx, text, args, func(scan scanner) error {
		e, err := w.rows.entry(scan)
		b.entries = append(b.entries, e)
		return err
	})
	for i := range b.entries {
		b.sorted = append(b.sorted, &b.entries[i])
	}
	slices.SortFunc(b.sorted, func(a, b *models.LedgerEntry) int {
		if a.Created != b.Created {
			return cmp.Compare(a.Created, b.Created)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return b.sorted, err
}
