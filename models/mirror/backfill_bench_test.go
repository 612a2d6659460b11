package mirror_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// benchPage is how many payments stand on a page of Stripe's lists; each comes with its charge and its balance transaction.
const benchPage = 100

// BenchmarkBackfill takes pages of captured payments, as a sync reads them, into an empty mirror: gate, orders, books, indexes, counts and
// search, durable (synchronous=FULL) with each page of 100 payments (300 objects). The yardstick writes the same rows into the same tables
// with prepared upserts, 1,000 payments to a commit, without looking at anything.
func BenchmarkBackfill(b *testing.B) {
	w, f := benchWorld(b, 0)
	answer, err := w.gateway.PaymentIntent(context.Background(), f.intent)
	if err != nil {
		b.Fatal(err)
	}
	pages := f.pages(b, answer.Snapshots[0], max(benchOrders(), benchPage))
	payments := len(pages) * benchPage
	db := storetest.Open(b)
	m := newMirror(db, w.gateway)
	for _, again := range []string{"new", "again"} { // the second time everything is known
		b.Run(again, func(b *testing.B) {
			begun := time.Now()
			for _, page := range pages {
				if err := m.WritePage(context.Background(), page); err != nil {
					b.Fatal(err)
				}
			}
			rate := float64(3*payments) / time.Since(begun).Seconds()
			b.ReportMetric(rate, "objects/s")
			b.ReportMetric(float64(payments), "payments")
			if again == "new" {
				yardstick := float64(3*payments) / upsertAll(b, db, payments).Seconds()
				b.ReportMetric(yardstick, "yardstick/s")
				b.ReportMetric(rate/yardstick, "ratio")
			}
			b.ReportMetric(0, "ns/op")
		})
	}
	if got := dump(b, db, "select (select count(*) from orders), (select count(*) from balance_transactions), (select count(*) from stripe_objects)"); !strings.Contains(got[0], fmt.Sprintf("=%d | ", payments)) {
		b.Errorf("rows: %v, want %d payments", got, payments)
	}
}

// pages makes pages of payments like the one that Stripe sent.
func (f *flow) pages(b *testing.B, like models.Snapshot, n int) (pages [][]models.Snapshot) {
	b.Helper()
	snaps, err := payments.ParseObject(like.Raw, like.AsOf)
	if err != nil || len(snaps) < 3 {
		b.Fatalf("%d snapshots, %v", len(snaps), err)
	}
	txn := snaps[slices.IndexFunc(snaps, func(s models.Snapshot) bool { return s.BalanceTransaction != nil })].ID
	for i := range n {
		raw := bytes.ReplaceAll(like.Raw, []byte(f.intent), []byte(benchID("pi", i)))
		raw = bytes.ReplaceAll(raw, []byte(f.charge), []byte(benchID("py", i)))
		raw = bytes.ReplaceAll(raw, []byte(txn), []byte(benchID("txn", i)))
		raw = bytes.ReplaceAll(raw, []byte("R-0000000"), fmt.Appendf(nil, "R-%07d", i))
		raw = bytes.ReplaceAll(raw, fmt.Appendf(nil, `"created":%d`, f.created), fmt.Appendf(nil, `"created":%d`, f.created+int64(i)))
		snaps, err := payments.ParseObject(raw, like.AsOf)
		if err != nil {
			b.Fatal(err)
		}
		if i%benchPage == 0 {
			pages = append(pages, nil)
		}
		pages[len(pages)-1] = append(pages[len(pages)-1], snaps...)
	}
	return pages
}

// upsertAll writes the rows of a database into an empty one and gives how long that took.
func upsertAll(b *testing.B, from *store.DB, payments int) (took time.Duration) {
	b.Helper()
	to := storetest.Open(b)
	const batch = 1000
	tables := []string{"stripe_objects", "orders", "balance_transactions"}
	perTable := []int{3 * batch, batch, batch}
	for page := 0; page*batch < payments; page++ {
		var rows [3][][]any
		for i, table := range tables {
			rows[i] = rowsOf(b, from, table, perTable[i], page*perTable[i])
		}
		begun := time.Now()
		storetest.Tx(b, to, func(tx storeTx) error {
			for i, table := range tables {
				if err := upsertRows(tx, from, table, rows[i]); err != nil {
					return err
				}
			}
			return nil
		})
		took += time.Since(begun)
	}
	return took
}

func rowsOf(b *testing.B, db *store.DB, table string, limit, offset int) (all [][]any) {
	b.Helper()
	rows, err := db.Reader.SQL().Query(fmt.Sprintf("select * from %s order by rowid limit %d offset %d", table, limit, offset))
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		b.Fatal(err)
	}
	for rows.Next() {
		values, into := make([]any, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			b.Fatal(err)
		}
		all = append(all, values)
	}
	if err := rows.Err(); err != nil {
		b.Fatal(err)
	}
	return all
}

func upsertRows(tx storeTx, like *store.DB, table string, rows [][]any) error {
	columns, err := like.Reader.SQL().Query("select name from pragma_table_info(?)", table)
	if err != nil {
		return err
	}
	defer columns.Close()
	var names, marks, sets []string
	for columns.Next() {
		var name string
		if err := columns.Scan(&name); err != nil {
			return err
		}
		names, marks, sets = append(names, name), append(marks, "?"), append(sets, name+" = excluded."+name)
	}
	if err := columns.Err(); err != nil {
		return err
	}
	stmt, err := tx.SQL().Prepare(fmt.Sprintf("insert into %s (%s) values (%s) on conflict (id) do update set %s", table,
		strings.Join(names, ", "), strings.Join(marks, ", "), strings.Join(sets, ", ")))
	if err != nil {
		return err
	}
	defer stmt.Close()
	for _, row := range rows {
		if _, err := stmt.Exec(row...); err != nil {
			return err
		}
	}
	return nil
}
