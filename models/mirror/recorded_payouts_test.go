package mirror_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/settlements"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// TestRecordedPayouts proves real payouts by the real rows that name them. Of one the row of its only charge came along, of another one row
// of several; a third has both its rows, but stands in no list of payouts.
func TestRecordedPayouts(t *testing.T) {
	findRecorded(t) // skips where the data is not there
	ctx := context.Background()
	db := storetest.Open(t)
	payouts := map[string]models.Payout{}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, l := range seedLines(t, "payout_data.csv") {
			p := models.Payout{ID: l["id"], Amount: whole(t, l["amount"]), Currency: strings.ToUpper(l["currency"]), Status: l["status"],
				Automatic: l["automatic"] == "TRUE", Method: l["method"], ReconciliationStatus: "completed"} // the table has no such column
			payouts[p.ID] = p
			if err := tx.PutPayout(ctx, &p); err != nil {
				return err
			}
		}
		for _, l := range seedLines(t, "balance_transaction_data.csv") {
			err := tx.PutBalanceTransaction(ctx, &models.BalanceTransaction{ID: l["id"], Amount: whole(t, l["amount"]), Fee: whole(t, l["fee"]), Net: whole(t, l["net"]),
				Currency: strings.ToUpper(l["currency"]), ReportingCategory: l["type"], SourceID: l["source"], PayoutID: l["payout_id"]})
			if err != nil {
				return err
			}
		}
		return nil
	})
	one, several, unlisted := "po_0IFUKBig6peNXzgDZQM7WPAo", "po_0II1gGig6peNXzgD4BxKEJJJ", "po_0IV4rIig6peNXzgD51VFKdaB"
	sums, err := db.Reader.PayoutSums(ctx, one, several, unlisted)
	if err != nil {
		t.Fatal(err)
	}
	prove := func(id string, more ...models.PayoutSum) settlements.Proof {
		return settlements.Prove(settlements.PayoutFacts{Payout: payouts[id], Sums: append(sums[id], more...), Read: models.PayoutReading{Rows: 2, Finished: 1}})
	}
	own := models.PayoutSum{Currency: "USD", Category: "payout", Movement: models.Movement{Count: 1, Amount: -1_980_810, Net: -1_980_810}}
	if p := prove(one, own); p.State != settlements.Matched || p.Net != 1_980_810 {
		t.Errorf("the payout of one charge: %+v", p)
	}
	if p := prove(one); p.State != settlements.Difference || p.Cause != settlements.CauseMissingRows || p.Gap != 0 {
		t.Errorf("the same without its own row: %+v", p)
	}
	if p := prove(several, own); p.State != settlements.Difference || p.Gap != 2_849_353-114_086 {
		t.Errorf("the payout of which one row is there: %+v", p)
	}
	rest := int64(0)
	for _, s := range sums[unlisted] {
		rest += s.Net
	}
	if _, listed := payouts[unlisted]; rest != 0 || len(sums[unlisted]) != 2 || listed {
		t.Errorf("the payout with both its rows leaves %d: %+v, listed %t", rest, sums[unlisted], listed)
	}
}

// TestRecordedSeedsMeet counts which ids of the tables meet, so that a change of the data is seen. The rows' own ids were changed (xyz_ for
// txn_): no fee and no payout's own row is found by them; and the lines of payouts pair rows with other payouts than the rows name.
func TestRecordedSeedsMeet(t *testing.T) {
	findRecorded(t) // skips where the data is not there
	rows, payouts, count := map[string]map[string]string{}, map[string]bool{}, map[string]int{}
	for _, l := range seedLines(t, "balance_transaction_data.csv") {
		rows[l["id"]] = l
		count["rows"]++
	}
	note := func(what string, is bool) {
		if is {
			count[what]++
		}
	}
	for _, l := range seedLines(t, "payout_data.csv") {
		payouts[l["id"]] = true
		note("payouts with their own row", rows[l["balance_transaction_id"]] != nil)
	}
	for _, l := range seedLines(t, "fee_data.csv") {
		row := rows[l["balance_transaction_id"]]
		note("fees", whole(t, l["amount"]) > 0)
		note("fees with their row", row != nil)
		if row != nil && row["fee"] != l["amount"] {
			t.Errorf("%s: the fee is %s, its only part %s", row["id"], row["fee"], l["amount"])
		}
	}
	for _, l := range seedLines(t, "payout_balance_transaction_data.csv") {
		row := rows[l["balance_transaction_id"]]
		note("lines of payouts", payouts[l["payout_id"]])
		note("lines with their row", row != nil)
		note("lines whose row names this payout", row != nil && row["payout_id"] == l["payout_id"])
	}
	const want = "map[fees:13 lines of payouts:15 lines with their row:9 rows:9]"
	if got := fmt.Sprint(count); got != want {
		t.Errorf("what meets: %s, want %s", got, want)
	}
}
