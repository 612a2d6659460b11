package store

import (
	"context"
	"fmt"
	"time"
)

// settingLedgerZone names the zone in whose days and months the ledger is summed.
const settingLedgerZone = "ledger_zone"

// The sums of the ledger from all rows, as the triggers keep them row by row.
const (
	monthOfRow = `cast(strftime('%Y%m', ` + localOfRow + `, 'unixepoch') as integer)`
	localOfRow = `b.created + coalesce((select offset from ledger_zone where start <= b.created order by start desc limit 1), 0)`
	// A month is what its days come to, so that the rows are read once.
	allLedger = `with days as materialized (select currency, cast(strftime('%Y%m%d', ` + localOfRow + `, 'unixepoch') as integer) as period, order_id <> '' as klarna,
		reporting_category as category, count(*) as n, sum(amount) as amount, sum(fee) as fee, sum(net) as net from balance_transactions b group by 1, 2, 3, 4)
		select * from days union all select currency, period / 100, klarna, category, sum(n), sum(amount), sum(fee), sum(net) from days group by 1, 2, 3, 4`
	allCosts = `select ` + monthOfRow + ` as month, currency, country, klarna_category,
		reporting_category as category, count(*) as n, sum(amount) as amount, sum(fee) as fee from balance_transactions b where order_id <> '' group by 1, 2, 3, 4, 5`
	allPayouts = `select payout_id, currency, reporting_category as category, count(*) as n, sum(amount) as amount, sum(fee) as fee, sum(net) as net
		from balance_transactions where payout_id <> '' group by 1, 2, 3`
)

// keptSums is a table of sums, and the question that makes it of all rows: as the triggers keep it row by row.
type keptSums struct {
	table, columns string
	something      string // the condition of a sum that is not nothing
	sums           string
}

func allBooks() []keptSums {
	return []keptSums{
		{"ledger_sums", "currency, period, klarna, category, n, amount, fee, net", "(n, amount, fee, net) <> (0, 0, 0, 0)", allLedger},
		{"cost_sums", "month, currency, country, klarna_category, category, n, amount, fee", "(n, amount, fee) <> (0, 0, 0)", allCosts},
		{"payout_sums", "payout_id, currency, category, n, amount, fee, net", "(n, amount, fee, net) <> (0, 0, 0, 0)", allPayouts},
	}
}

// SetLedgerZone has the ledger, and what best practice counts, summed by the days of zone. Where it is already, nothing happens; otherwise all
// rows are summed anew, which takes a minute for some million rows. Errors: internal.
func (db *DB) SetLedgerZone(ctx context.Context, zone *time.Location) error {
	name, found, err := db.Reader.Setting(ctx, settingLedgerZone)
	if err != nil || found && name == zone.String() {
		return err
	}
	return db.Writer.Tx(ctx, func(tx *Tx) error {
		if _, err := tx.exec(ctx, `delete from ledger_zone`); err != nil {
			return err
		}
		for _, t := range offsets(zone) {
			if _, err := tx.exec(ctx, `insert into ledger_zone (start, offset, days_from) values (?1, ?2, ?3)`, t.start, t.offset, t.daysFrom); err != nil {
				return err
			}
		}
		if _, err := tx.exec(ctx, `insert into practice_shipped select order_id from shipments union select order_id from captures where state = 'succeeded'`); err != nil {
			return err
		}
		if err := tx.sumAnew(ctx); err != nil {
			return err
		}
		return tx.SetSetting(ctx, settingLedgerZone, zone.String())
	})
}

// allSums are the sums of the ledger and of best practice, and the disputes counted.
func allSums() []keptSums {
	disputes := keptSums{"dispute_counts", "status, n", "n <> 0", "select status, count(*) as n from disputes group by 1"}
	return append(append(allBooks(), allPractice()...), disputes)
}

func (tx *Tx) sumAnew(ctx context.Context) error {
	for _, s := range allSums() {
		if _, err := tx.exec(ctx, `delete from `+s.table); err != nil {
			return err
		}
		if _, err := tx.exec(ctx, `insert into `+s.table+` (`+s.columns+`) `+s.sums); err != nil {
			return err
		}
	}
	return nil
}

// transition is a moment from which on a zone's clocks stand offset seconds from UTC. daysFrom is the first midnight, as if of UTC, whose day
// begins after it: of a midnight that comes twice the first begins the day.
type transition struct{ start, offset, daysFrom int64 }

// offsets are a zone's transitions from 2000 to 2100: an account's rows lie between.
func offsets(zone *time.Location) []transition {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).In(zone)
	_, offset := at.Zone()
	all := []transition{{offset: int64(offset)}}
	for at.Year() < 2100 {
		_, next := at.ZoneBounds()
		if next.IsZero() {
			break
		}
		if !next.After(at) { // at the end of some leap years the bounds stand still
			next = at.Add(48 * time.Hour)
		}
		at = next
		before := all[len(all)-1].offset
		if _, offset = at.Zone(); int64(offset) != before {
			all = append(all, transition{at.Unix(), int64(offset), at.Unix() + max(before, int64(offset))})
		}
	}
	return all
}

// SumsAreMade tells whether SetLedgerZone has made the sums since the last migration that changed them. Errors: internal.
func (q *queries) SumsAreMade(ctx context.Context) (bool, error) {
	_, found, err := q.Setting(ctx, settingLedgerZone)
	return found, err
}

// CheckSums compares all kept sums (the ledger's, best practice's, the disputes counted) with the rows and says where they differ; nothing means that they are equal.
// Sums that are nothing may stand or be missing. It reads every row. Errors: internal.
func (q *queries) CheckSums(ctx context.Context) (wrong []string, err error) {
	for _, s := range allSums() {
		var n int64
		err := q.queryRow(ctx, `with kept as materialized (select `+s.columns+` from `+s.table+` where `+s.something+`),
			made as materialized (select * from (`+s.sums+`) where `+s.something+`) select max(
			(select count(*) from (select * from kept except select * from made)), (select count(*) from (select * from made except select * from kept)))`, nil, &n)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			wrong = append(wrong, fmt.Sprintf("%s: %d sums differ from the rows", s.table, n))
		}
	}
	return wrong, nil
}

// MendSums checks all sums as CheckSums does, and makes them of the rows where one was wrong. Errors: internal.
func (db *DB) MendSums(ctx context.Context) (wrong []string, err error) {
	if wrong, err = db.Reader.CheckSums(ctx); err != nil || len(wrong) == 0 {
		return wrong, err
	}
	return wrong, db.Writer.Tx(ctx, func(tx *Tx) error { return tx.sumAnew(ctx) })
}
