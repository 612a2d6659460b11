package main

import (
	"database/sql"
	"encoding/csv"
	"errors"
	"io"
	"net/url"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// ledgerRows is how many balance transactions the ledger holds: 100,000, or what COUNTERFOIL_BENCH_LEDGER says ('task bench': 10,000,000).
func ledgerRows() int {
	n, err := strconv.Atoi(os.Getenv("COUNTERFOIL_BENCH_LEDGER"))
	if err != nil || n <= 0 {
		return 100_000
	}
	return n
}

// fillLedger books rows over three years, in one statement, and has the sums made of them: row by row, triggers would take hours.
func fillLedger(b *testing.B, db *store.DB, rows int) {
	b.Helper()
	storetest.Tx(b, db, func(tx *store.Tx) error {
		for _, text := range append([]string{
			`drop trigger balance_transactions_count_insert`,
			`with recursive n(i) as (select 1 union all select i + 1 from n where i < ` + strconv.Itoa(rows) + `)
				insert into balance_transactions (id, amount, fee, net, currency, type, reporting_category, source_id, status, available_on, created, order_id, country)
				select 'txn_ledger_' || i, case when i % 20 = 0 then -1 else 1 end * (1000 + i % 90000), 30, case when i % 20 = 0 then -1 else 1 end * (1000 + i % 90000) - 30,
				case when i % 3 = 0 then 'SEK' else 'EUR' end, 'payment', case when i % 20 = 0 then 'refund' when i % 199 = 0 then 'dispute' else 'charge' end, 'py_ledger_' || i,
				'available', 1700000000, cast(1700000000 + i * (94000000 / ` + strconv.Itoa(rows) + `.0) as integer),
				case when i % 4 = 0 then '' else 'pi_ledger_' || i end, 'DE' from n`,
			`delete from settings where name = 'ledger_zone'`,
		}, ledgerPayout(rows)...) {
			if _, err := tx.SQL().Exec(text); err != nil {
				return err
			}
		}
		return nil
	})
	if err := db.SetLedgerZone(b.Context(), time.UTC); err != nil {
		b.Fatal(err)
	}
}

// payoutLines is how many lines the largest payout has.
const payoutLines = 100_000

// ledgerPayout has the first rows of the ledger in EUR be lines of one payout, with its own row: the statements of fillLedger go on.
func ledgerPayout(rows int) []string {
	return []string{
		`update balance_transactions set payout_id = 'po_ledger' where rowid in
			(select rowid from balance_transactions where id like 'txn_ledger_%' and currency = 'EUR' order by created limit ` + strconv.Itoa(min(rows/2, payoutLines)) + `)`,
		`insert into balance_transactions (id, amount, fee, net, currency, type, reporting_category, source_id, payout_id, status, available_on, created)
			select 'txn_ledger_payout', -sum(net), 0, -sum(net), 'EUR', 'payout', 'payout', 'po_ledger', '', 'available', max(available_on), max(created)
			from balance_transactions where payout_id = 'po_ledger'`,
		`update balance_transactions set payout_id = 'po_ledger' where id = 'txn_ledger_payout'`,
		`insert into payouts (id, amount, currency, status, automatic, method, reconciliation_status, balance_transaction, arrival_date, created)
			select 'po_ledger', -amount, 'EUR', 'paid', 1, 'standard', 'completed', id, created + 86400, created from balance_transactions where id = 'txn_ledger_payout'`,
	}
}

// BenchmarkSettlements is P3: the settlements page of a month, beside the static page in the same run. The sums are compared with the rows.
func BenchmarkSettlements(b *testing.B) {
	rows := ledgerRows()
	d := newBenchDesk(b, 10_000)
	yardstick := staticYardstick(b, d)
	begun := time.Now()
	fillLedger(b, d.db, rows)
	b.Logf("%d rows booked and summed in %s", rows, time.Since(begun).Round(time.Second))
	for name, path := range map[string]string{"P3 month": "/settlements?from=2026-03-01&to=2026-03-31", "P3 rows behind a figure": "/settlements/lines?from=2026-03-01&to=2026-03-31&currency=EUR&line=gross",
		"payout of 100,000 lines": "/settlements/po_ledger", "search in 100,000 lines": "/settlements/po_ledger?q=txn_ledger_4711"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				took, yard, _ := compared(func() { d.page(b, path) }, yardstick)
				reportBeside(b, took, yard, rows)
			}
		})
	}
	b.Run("P6 ledger CSV", func(b *testing.B) { benchLedgerCSV(b, d) })
	wrong, err := d.db.Reader.CheckSums(b.Context())
	if err != nil || len(wrong) > 0 {
		b.Fatalf("the sums and the rows: %v, %v", wrong, err)
	}
}

// benchLedgerCSV is P6 of the ledger: a year's movements of one currency in the columns of Stripe's report, beside a raw scan of the columns
// that these are made of into encoding/csv: unordered, in one query, with no figure or moment made readable.
func benchLedgerCSV(b *testing.B, d *benchDesk) {
	asked := url.Values{"from": {"2025-01-01"}, "to": {"2025-12-31"}, "currency": {"EUR"}}
	for b.Loop() {
		begun := time.Now()
		scanned := rawLedger(b, d.db)
		raw := time.Since(begun)
		var before, peak runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		begun = time.Now()
		written := int64(0)
		scope, err := d.exports.Scope(b.Context(), models.ExportLedgerCSV, asked)
		if err != nil {
			b.Fatal(err)
		}
		err = d.exports.Settlement(b.Context(), models.ExportLedgerCSV, scope, true, io.Discard, func(rows int64) {
			if written = rows; rows%20_000 == 0 {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				peak.HeapInuse = max(peak.HeapInuse, now.HeapInuse)
			}
		})
		took := time.Since(begun)
		if err != nil || written != scanned || scanned < 1000 {
			b.Fatalf("%d rows scanned, %d written, %v", scanned, written, err)
		}
		b.ReportMetric(float64(written)/took.Seconds(), "rows/s")
		b.ReportMetric(float64(scanned)/raw.Seconds(), "yardstick-rows/s")
		b.ReportMetric(raw.Seconds()/took.Seconds(), "ratio")
		b.ReportMetric(float64(int64(peak.HeapInuse)-int64(before.HeapInuse))/(1<<20), "MB-growth")
		b.ReportMetric(float64(written), "rows")
	}
}

func rawLedger(b *testing.B, db *store.DB) (n int64) {
	b.Helper()
	found, err := db.Reader.SQL().QueryContext(b.Context(), `select b.payout_id, p.arrival_date, b.id, b.created, b.available_on, b.currency, b.amount, b.fee, b.net, b.reporting_category,
		b.source_id, b.description, b.order_id, b.exchange_rate, b.type, b.country, b.klarna_category, o.customer_id, o.customer_email, o.charge_id, o.authorized_at, o.reference
		from balance_transactions b left join orders o on o.id = b.order_id left join payouts p on p.id = b.payout_id
		where b.currency = 'EUR' and b.created >= 1735689600 and b.created < 1767225600`)
	if err != nil {
		b.Fatal(err)
	}
	defer found.Close()
	out := csv.NewWriter(io.Discard)
	texts, cells, dest := make([]sql.NullString, 22), make([]string, 22), make([]any, 22)
	for i := range cells {
		dest[i] = &texts[i]
	}
	for found.Next() {
		if err := found.Scan(dest...); err != nil {
			b.Fatal(err)
		}
		for i, t := range texts {
			cells[i] = t.String
		}
		_ = out.Write(cells)
		n++
	}
	out.Flush()
	if err := errors.Join(found.Err(), out.Error()); err != nil {
		b.Fatal(err)
	}
	return n
}
