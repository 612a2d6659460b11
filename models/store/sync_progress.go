package store

import (
	"context"

	"counterfoil/models"
)

// SyncProgress is how far the reading of one kind of object has come. Started is by Stripe's clock, Finished by the wall clock and 0 while
// it is under way.
type SyncProgress struct {
	Kind              string
	Since             models.Unix
	Cursor            string
	Rows              int64
	Started, Finished models.Unix
}

// SyncRun is the kind under which a whole sync keeps its progress.
const SyncRun = "run"

// syncPayout begins the kind under which the reading of one payout's lines is kept.
const syncPayout = "payout "

// SyncProgress gives the progress of a kind; the zero value where it was never read. Errors: internal.
func (q *queries) SyncProgress(ctx context.Context, kind string) (SyncProgress, error) {
	p := SyncProgress{Kind: kind}
	err := q.queryRow(ctx, `select since, cursor, rows, started, finished from sync_progress where kind = ?1`, []any{kind},
		&p.Since, &p.Cursor, &p.Rows, &p.Started, &p.Finished)
	if missing(err) {
		return p, nil
	}
	return p, err
}

// SetSyncProgress writes the progress of a kind. Errors: internal.
func (tx *Tx) SetSyncProgress(ctx context.Context, p SyncProgress) error {
	_, err := tx.exec(ctx, `insert into sync_progress (kind, since, cursor, rows, started, finished, updated) values (?1, ?2, ?3, ?4, ?5, ?6, ?7)
		on conflict (kind) do update set since = ?2, cursor = ?3, rows = ?4, started = ?5, finished = ?6, updated = ?7`,
		p.Kind, int64(p.Since), p.Cursor, p.Rows, int64(p.Started), int64(p.Finished), int64(max(p.Started, p.Finished)))
	return err
}

// PayoutsToItemize gives automatic payouts that Stripe has put together and whose lines are to be read, the oldest first
// (docs.stripe.com/payouts/reconciliation: manual and instant payouts cannot be itemized). Errors: internal.
func (q *queries) PayoutsToItemize(ctx context.Context) ([]string, error) {
	var ids []string
	err := q.eachRow(ctx, `select id from payouts where automatic = 1 and (reconciliation_status = 'completed' or
		(reconciliation_status = '' and status = 'paid')) and not exists (select 1 from sync_progress where kind = '`+syncPayout+`' || payouts.id and finished > 0)
		order by created`, nil, func(scan scanner) error {
		var id string
		if err := scan(&id); err != nil {
			return err
		}
		ids = append(ids, id)
		return nil
	})
	return ids, err
}

// SetPayoutItemized notes that a payout's lines were read. Errors: internal.
func (tx *Tx) SetPayoutItemized(ctx context.Context, payout string, lines int64, at models.Unix) error {
	return tx.SetSyncProgress(ctx, SyncProgress{Kind: syncPayout + payout, Rows: lines, Started: at, Finished: at})
}

// AskPayoutLines has a payout's lines read again. Errors: internal.
func (tx *Tx) AskPayoutLines(ctx context.Context, payout string, at models.Unix) error {
	return tx.SetSyncProgress(ctx, SyncProgress{Kind: syncPayout + payout, Started: at})
}

// PayoutReadings gives the last reading of each payout's lines, by payout; one that was never asked for is left out. Errors: internal.
func (q *queries) PayoutReadings(ctx context.Context, payouts ...string) (map[string]models.PayoutReading, error) {
	readings := map[string]models.PayoutReading{}
	err := q.eachRow(ctx, `select p.value, s.rows, s.started, s.finished from json_each(?1) p join sync_progress s on s.kind = '`+syncPayout+`' || p.value`,
		[]any{jsonList(payouts)}, func(scan scanner) error {
			var id string
			var r models.PayoutReading
			err := scan(&id, &r.Rows, &r.Asked, &r.Finished)
			readings[id] = r
			return err
		})
	return readings, err
}
