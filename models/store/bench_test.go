package store_test

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"testing"
	"time"

	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// benchRows is how many orders the benchmarks run on: 100,000, or what COUNTERFOIL_BENCH_ROWS says.
func benchRows(b *testing.B) int {
	n, err := strconv.Atoi(os.Getenv("COUNTERFOIL_BENCH_ROWS"))
	if err != nil || n <= 0 {
		n = 100_000
	}
	return n
}

// benchDB makes a database of made-up orders, all counts and the search index kept by the triggers.
func benchDB(b *testing.B, rows int) *store.DB {
	b.Helper()
	db := storetest.Open(b)
	const batch = 10_000
	for from := 0; from < rows; from += batch {
		storetest.Tx(b, db, func(tx *store.Tx) error {
			_, err := tx.SQL().Exec(`insert into orders (rowid, id, charge_id, status, currency, amount, amount_capturable, reference, customer_name,
					customer_email, country, created, authorized_at, has_tracking, dispute_status, search_text)
				with recursive n (i) as (select ?1 union all select i + 1 from n where i + 1 < min(?1 + ?2, ?3)),
				p (i, first, last) as (select i,
					substr('annabertcaraduneemilfinnginahugoinesjana', 1 + 4 * (i * 7 % 10), 4) || substr('abcdefghijklmnop', 1 + i * 31 % 16, 1),
					substr('mullerschmidweberfische', 1 + i * 13 % 18, 6) || printf('%x', i * 2654435761 % 65536) from n)
				select (1700000000 + i) << 20, printf('pi_%08d', i), printf('py_%08d', i),
					case i % 10 when 0 then 'authorized' when 1 then 'expired' else 'captured' end,
					'EUR', 1000 + i % 9000, 1000, 'R-' || i, first || ' ' || last, first || '.' || last || '@example.com', 'DE', 1700000000 + i, 1700000000 + i,
					i % 5 > 0, case when i % 100 = 0 then 'needs_response' else '' end, first || ' ' || last || ' ' || first || '.' || last || '@example.com r-' || i
				from p`, from, batch, rows)
			return err
		})
	}
	b.Logf("%d orders, synchronous=FULL, WAL", rows)
	return db
}

// BenchmarkOrders measures the list and the search; the yardstick of the search is the list, of the list the page rendered from it.
func BenchmarkOrders(b *testing.B) {
	ctx := context.Background()
	rows := benchRows(b)
	db := benchDB(b, rows)
	middle, err := db.Reader.Orders(ctx, store.OrderQuery{Tab: store.TabCaptured})
	if err != nil {
		b.Fatal(err)
	}
	for _, bench := range []struct {
		name  string
		query store.OrderQuery
	}{
		{"list all", store.OrderQuery{}},
		{"list to-capture", store.OrderQuery{Tab: store.TabToCapture}},
		{"list captured after", store.OrderQuery{Tab: store.TabCaptured, After: middle.Next}},
		{"search 8 rare letters", store.OrderQuery{Search: "r-" + strconv.Itoa(rows/2+1)}},
		{"search name", store.OrderQuery{Search: "emilk weber"}},
		{"search 3 letters in all", store.OrderQuery{Search: "exa"}},
		{"search e-mail", store.OrderQuery{Search: "@example.com"}},
		{"search nothing found", store.OrderQuery{Search: "zzzyyyxxx"}},
		{"search groups without word", store.OrderQuery{Search: "comexa"}},
		{"search frequent, disputed", store.OrderQuery{Search: "example", Tab: store.TabDisputed}},
		{"search rare, disputed", store.OrderQuery{Search: "r-" + strconv.Itoa(rows/2), Tab: store.TabDisputed}},
		{"search id", store.OrderQuery{Search: fmt.Sprintf("py_%08d", rows/2)}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			found := 0
			for b.Loop() {
				page, err := db.Reader.Orders(ctx, bench.query)
				if err != nil {
					b.Fatal(err)
				}
				found = len(page.Orders)
			}
			b.ReportMetric(float64(found), "rows")
		})
	}
	b.Run("counts", func(b *testing.B) {
		for b.Loop() {
			if _, err := db.Reader.OrderCounts(ctx, time.Unix(0, 0)); err != nil {
				b.Fatal(err)
			}
		}
	})
}
