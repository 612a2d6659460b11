package main

import (
	"testing"
	"time"

	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// fillPractice gives the orders what best practice looks at, in one statement, and has the sums made of them.
func fillPractice(b *testing.B, db *store.DB) {
	b.Helper()
	storetest.Tx(b, db, func(tx *store.Tx) error {
		for _, text := range []string{
			`drop trigger orders_practice_before`, `drop trigger orders_practice_after`,
			`update orders set seen_at = created, tracked_at = case when has_tracking = 1 then captured_at + (rowid * 7919 % 40 - 20) * 3600 else 0 end,
				carrier_vague = has_tracking = 1 and rowid % 50 = 0, shipped_from = case when rowid % 5 > 0 then captured_at - captured_at % 86400 + (rowid % 31 = 0) * 86400 else 0 end,
				capture_method = case when rowid % 40 = 0 then 'automatic' else 'manual' end
				where status in ('captured', 'partly_captured')`,
			`delete from settings where name = 'ledger_zone'`,
		} {
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

// BenchmarkBestPractice is the scorecard of a shop with a million orders, and the list behind one of its figures, beside the static page in the
// same run. The sums are compared with the rows.
func BenchmarkBestPractice(b *testing.B) {
	rows := benchRows()
	d := newBenchDesk(b, rows)
	fillPractice(b, d.db)
	yardstick := staticYardstick(b, d)
	for name, path := range map[string]string{"scorecard": "/best-practice?weeks=12", "orders behind a check": "/best-practice/tracking-at-capture?weeks=12"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				took, yard, _ := compared(func() { d.page(b, path) }, yardstick)
				reportBeside(b, took, yard, rows)
			}
		})
	}
	wrong, err := d.db.Reader.CheckSums(b.Context())
	if err != nil || len(wrong) > 0 {
		b.Fatalf("the sums and the rows: %v, %v", wrong, err)
	}
}
