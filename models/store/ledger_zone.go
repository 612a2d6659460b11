package store

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// settingLedgerZone names the zone in whose days and months the ledger is summed.
const settingLedgerZone = "ledger_zone"

// The sums of the ledger from all rows, as the triggers keep them row by row.
const (
	dayOfRow  = `cast(strftime(f.form, b.created + coalesce((select offset from ledger_zone where start <= b.created order by start desc limit 1), 0), 'unixepoch') as integer)`
	allLedger = `select currency, ` + dayOfRow + ` as period, order_id <> '' as klarna, reporting_category as category, count(*) as n, sum(amount) as amount,
		sum(fee) as fee, sum(net) as net from balance_transactions b, (select '%Y%m%d' as form union all select '%Y%m') f group by 1, 2, 3, 4`
	allCosts = `select ` + dayOfRow + ` as month, currency, country, klarna_category, reporting_category as category, count(*) as n, sum(amount) as amount,
		sum(fee) as fee from balance_transactions b, (select '%Y%m' as form) f where order_id <> '' group by 1, 2, 3, 4, 5`
	allPayouts = `select payout_id, currency, reporting_category as category, count(*) as n, sum(amount) as amount, sum(fee) as fee, sum(net) as net
		from balance_transactions where payout_id <> '' group by 1, 2, 3`
)

// SetLedgerZone has the ledger summed by the days of zone. Where it is already, nothing happens; otherwise all rows are summed anew, which
// takes a minute for some million rows. Errors: internal.
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
			if _, err := tx.exec(ctx, `insert into ledger_zone (start, offset) values (?1, ?2)`, t.start, t.offset); err != nil {
				return err
			}
		}
		for _, sum := range [][2]string{{"ledger_sums (currency, period, klarna, category, n, amount, fee, net)", allLedger},
			{"cost_sums (month, currency, country, klarna_category, category, n, amount, fee)", allCosts}} {
			table, _, _ := strings.Cut(sum[0], " ")
			if _, err := tx.exec(ctx, `delete from `+table); err != nil {
				return err
			}
			if _, err := tx.exec(ctx, `insert into `+sum[0]+` `+sum[1]); err != nil {
				return err
			}
		}
		return tx.SetSetting(ctx, settingLedgerZone, zone.String())
	})
}

// transition is a moment from which on a zone's clocks stand offset seconds from UTC.
type transition struct{ start, offset int64 }

// offsets are a zone's transitions from 2000 to 2100: an account's rows lie between.
func offsets(zone *time.Location) []transition {
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).In(zone)
	_, offset := at.Zone()
	all := []transition{{0, int64(offset)}}
	for at.Year() < 2100 {
		_, next := at.ZoneBounds()
		if next.IsZero() {
			break
		}
		if !next.After(at) { // at the end of some leap years the bounds stand still
			next = at.Add(48 * time.Hour)
		}
		at = next
		if _, offset = at.Zone(); int64(offset) != all[len(all)-1].offset {
			all = append(all, transition{at.Unix(), int64(offset)})
		}
	}
	return all
}

// CheckLedger compares the ledger's sums with its rows and says where they differ; nothing means that they are equal. It reads every row.
// Errors: internal.
func (q *queries) CheckLedger(ctx context.Context) ([]string, error) {
	var wrong []string
	for _, c := range []struct{ table, columns, something, sums string }{
		{"ledger_sums", "currency, period, klarna, category, n, amount, fee, net", "(n, amount, fee, net) <> (0, 0, 0, 0)", allLedger},
		{"cost_sums", "month, currency, country, klarna_category, category, n, amount, fee", "(n, amount, fee) <> (0, 0, 0)", allCosts},
		{"payout_sums", "payout_id, currency, category, n, amount, fee, net", "(n, amount, fee, net) <> (0, 0, 0, 0)", allPayouts},
	} {
		kept := `select ` + c.columns + ` from ` + c.table + ` where ` + c.something
		for _, side := range [][2]string{{kept, c.sums}, {c.sums, kept}} {
			var n int64
			if err := q.queryRow(ctx, `select count(*) from (select * from (`+side[0]+`) except select * from (`+side[1]+`))`, nil, &n); err != nil {
				return nil, err
			}
			if n > 0 {
				wrong = append(wrong, fmt.Sprintf("%s: %d sums differ from the rows", c.table, n))
				break
			}
		}
	}
	return wrong, nil
}
