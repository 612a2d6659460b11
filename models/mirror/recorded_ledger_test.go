package mirror_test

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/settlements"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// TestRecordedMovementsAddUp holds every recorded balance transaction to its identities, and the ledger of them all to its rows.
func TestRecordedMovementsAddUp(t *testing.T) {
	rows := map[string]models.BalanceTransaction{}
	var walk func(value any)
	walk = func(value any) {
		switch v := value.(type) {
		case map[string]any:
			if v["object"] == "balance_transaction" && v["net"] != nil {
				raw, err := json.Marshal(v)
				if err != nil {
					t.Fatal(err)
				}
				snaps, err := payments.ParseObject(raw, 1)
				if err != nil {
					t.Errorf("%v: %v", v["id"], err)
					return
				}
				rows[snaps[0].ID] = *snaps[0].BalanceTransaction
			}
			for _, inner := range v {
				walk(inner)
			}
		case []any:
			for _, inner := range v {
				walk(inner)
			}
		}
	}
	for _, r := range findRecorded(t) {
		walk(any(r.object))
	}
	if len(rows) < 4 {
		t.Fatalf("only %d balance transactions are recorded", len(rows))
	}
	for id, row := range rows {
		if wrong := settlements.AddsUp(models.LedgerEntry{BalanceTransaction: row}); wrong != "" {
			t.Errorf("%s: %s %+v", id, wrong, row)
		}
	}
	checkBooked(t, rows)
}

// TestRecordedSeedsAddUp books the seeds of a warehouse: each row adds up, and the ledger is its rows. Their fees name other rows than
// these, so the parts of a fee cannot be compared; and the table that joins payouts with rows names other payouts than the rows do.
func TestRecordedSeedsAddUp(t *testing.T) {
	findRecorded(t) // skips where the data is not there
	lines := seedLines(t, "balance_transaction_data.csv")
	rows := map[string]models.BalanceTransaction{}
	for _, l := range lines {
		at, err := time.Parse(time.DateTime, l["created"])
		if err != nil {
			t.Fatal(err)
		}
		row := models.BalanceTransaction{ID: l["id"], Amount: whole(t, l["amount"]), Fee: whole(t, l["fee"]), Net: whole(t, l["net"]), Currency: strings.ToUpper(l["currency"]),
			Type: l["type"], ReportingCategory: l["type"], SourceID: l["source"], PayoutID: l["payout_id"], Created: models.UnixOf(at)}
		if wrong := settlements.AddsUp(models.LedgerEntry{BalanceTransaction: row}); wrong != "" {
			t.Errorf("%s: %s", row.ID, wrong)
		}
		rows[row.ID] = row
	}
	joined := 0
	for _, l := range seedLines(t, "payout_balance_transaction_data.csv") {
		if _, ok := rows[l["balance_transaction_id"]]; ok {
			joined++
		}
	}
	if len(rows) < 5 || joined == 0 {
		t.Errorf("%d rows, %d named by a payout", len(rows), joined)
	}
	checkBooked(t, rows)
}

// checkBooked books rows and compares the ledger's sums with them.
func checkBooked(t *testing.T, rows map[string]models.BalanceTransaction) {
	t.Helper()
	db := storetest.Open(t)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, row := range rows {
			if err := tx.PutBalanceTransaction(context.Background(), &row); err != nil {
				return err
			}
		}
		return nil
	})
	if wrong, err := db.Reader.CheckSums(context.Background()); err != nil || len(wrong) > 0 {
		t.Errorf("the sums are not the rows: %v, %v", wrong, err)
	}
	nets, err := db.Reader.NetSince(context.Background(), time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		nets[row.Currency] -= row.Net
	}
	for currency, rest := range nets {
		if rest != 0 {
			t.Errorf("%s: the sums are %d away from the rows", currency, rest)
		}
	}
}

func seedLines(t *testing.T, name string) (lines []map[string]string) {
	t.Helper()
	f, err := os.Open(filepath.Join(projectRoot(t), "..", "shared", "data", "fivetran-dbt-seeds", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, cells := range all[1:] {
		line := map[string]string{}
		for i, heading := range all[0] {
			line[heading] = cells[i]
		}
		lines = append(lines, line)
	}
	return lines
}

func whole(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
