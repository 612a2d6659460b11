package books_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/books"
	"counterfoil/models/money"
)

func TestPostings(t *testing.T) {
	for _, c := range []struct {
		category    string
		amount, fee int64
		want        string // "account debit credit", in the order written
	}{
		{"charge", 14990, 480, "clearing 14990 0, sales 0 14990, fees 480 0, clearing 0 480"},
		{"refund", -1000, 0, "refunds 1000 0, clearing 0 1000"},
		{"refund", -1000, -30, "refunds 1000 0, clearing 0 1000, clearing 30 0, fees 0 30"},
		{"refund_failure", 1000, 0, "clearing 1000 0, refunds 0 1000"},
		{"partial_capture_reversal", -5000, -160, "sales 5000 0, clearing 0 5000, clearing 160 0, fees 0 160"},
		{"dispute", -14990, 1500, "disputes 14990 0, clearing 0 14990, dispute fees 1500 0, clearing 0 1500"},
		{"dispute_reversal", 14990, -1500, "clearing 14990 0, disputes 0 14990, clearing 1500 0, dispute fees 0 1500"},
		{"payout", -100000, 0, "bank 100000 0, clearing 0 100000"},
		{"payout", 700, 0, "clearing 700 0, bank 0 700"},
		{"payout_reversal", 100000, 0, "clearing 100000 0, bank 0 100000"},
		{"fee", -250, 0, "fees 250 0, clearing 0 250"},
		{"tax", -19, 0, "fees 19 0, clearing 0 19"},
		{"network_cost", -3, 0, "fees 3 0, clearing 0 3"},
		{"topup", 5000, 10, "clearing 5000 0, other 0 5000, fees 10 0, clearing 0 10"},
		{"", -1, 0, "other 1 0, clearing 0 1"},
		{"dispute", 0, 1500, "dispute fees 1500 0, clearing 0 1500"},
		{"charge", 0, 0, ""},
	} {
		accounts := books.Accounts{Clearing: "clearing", Bank: "bank", Sales: "sales", Fees: "fees", DisputeFees: "dispute fees", Refunds: "refunds",
			Disputes: "disputes", Other: "other"}
		var got []string
		for _, p := range books.Postings(movement("EUR", c.category, c.amount, c.fee), accounts) {
			got = append(got, strings.Join([]string{p.Account, digits(p.Debit), digits(p.Credit)}, " "))
			if p.Text == "" || p.Name == "" {
				t.Errorf("%s: without words: %+v", c.category, p)
			}
		}
		if diff := cmp.Diff(c.want, strings.Join(got, ", ")); diff != "" {
			t.Errorf("%s %d %d: %s", c.category, c.amount, c.fee, diff)
		}
	}
}

func digits(n int64) string { return money.Amount{Minor: n, Currency: "JPY"}.Decimal() }

func journalOf(t *testing.T, entries ...models.LedgerEntry) string {
	t.Helper()
	var file bytes.Buffer
	j := books.NewJournal(&file, head(t), books.DefaultAccounts())
	for _, e := range entries {
		if err := j.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func TestJournal(t *testing.T) {
	e := charge()
	e.Reference = "=1+1"
	e.Created = models.UnixOf(head(t).To) - 1 // still July in the shop, and 21:59:59 UTC
	want := "\ufeffdate,entry,account,account_name,debit,credit,currency,order_reference,description,payout\r\n" +
		"2026-07-31,txn_1,1100,Stripe balance,149.90,,EUR,'=1+1,Charge: Order 1001,po_1\r\n" +
		"2026-07-31,txn_1,4000,Sales,,149.90,EUR,'=1+1,Charge: Order 1001,po_1\r\n" +
		"2026-07-31,txn_1,6000,Stripe fees,4.80,,EUR,'=1+1,Charge: fee: Order 1001,po_1\r\n" +
		"2026-07-31,txn_1,1100,Stripe balance,,4.80,EUR,'=1+1,Charge: fee: Order 1001,po_1\r\n"
	if diff := cmp.Diff(want, journalOf(t, e)); diff != "" {
		t.Error(diff)
	}
	e.Created++ // August in the shop, July in UTC
	if row := records(t, journalOf(t, e))[0]; row["date"] != "2026-08-01" {
		t.Errorf("booked on %s", row["date"])
	}
}

// Whatever comes, in any currency and with any sign: each movement's debits are its credits, and clearing moves by the sum of net.
func TestJournalAddsUp(t *testing.T) {
	for seed := range uint64(20) {
		entries := randomEntries(seed, 400)
		type sum struct{ debit, credit int64 }
		byEntry, clearing, net := map[string]sum{}, map[string]int64{}, map[string]int64{}
		for _, e := range entries {
			net[e.Currency] += e.Net
		}
		for _, row := range records(t, journalOf(t, entries...)) {
			var debit, credit int64
			switch {
			case row["debit"] != "" && row["credit"] == "":
				debit = minor(t, row["debit"], row["currency"])
			case row["credit"] != "" && row["debit"] == "":
				credit = minor(t, row["credit"], row["currency"])
			}
			if debit < 0 || credit < 0 || debit+credit == 0 {
				t.Fatalf("not one side of a booking: %v", row)
			}
			s := byEntry[row["entry"]]
			byEntry[row["entry"]] = sum{s.debit + debit, s.credit + credit}
			if row["account"] == books.DefaultAccounts().Clearing {
				clearing[row["currency"]] += debit - credit
			}
		}
		if diff := cmp.Diff(net, clearing); diff != "" || len(byEntry) < 300 {
			t.Fatalf("seed %d: %d entries; clearing moved otherwise than net: %s", seed, len(byEntry), diff)
		}
		for id, s := range byEntry {
			if s.debit != s.credit {
				t.Errorf("%s: debits %d, credits %d", id, s.debit, s.credit)
			}
		}
	}
}

func TestJournalRefusesWhatDoesNotBalance(t *testing.T) {
	var file bytes.Buffer
	j := books.NewJournal(&file, head(t), books.DefaultAccounts())
	right, wrong, back := charge(), charge(), charge()
	wrong.ID, back.ID = "txn_wrong", "txn_back"
	wrong.Net++
	back.Net-- // the sums are right again, the two rows are not
	for _, e := range []models.LedgerEntry{right, wrong, back} {
		if err := j.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	err := j.Close()
	var e *models.Error
	if !errors.As(err, &e) || e.Kind != models.KindInternal || e.Code != "journal_unbalanced" || !strings.Contains(err.Error(), "txn_wrong") {
		t.Errorf("%v", err)
	}
}

func TestJournalRefusesAccounts(t *testing.T) {
	missing, twice := books.DefaultAccounts(), books.DefaultAccounts()
	missing.DisputeFees = ""
	twice.Bank = twice.Clearing
	for field, accounts := range map[string]books.Accounts{"dispute_fees": missing, "bank": twice} {
		var file bytes.Buffer
		j := books.NewJournal(&file, head(t), accounts)
		for _, err := range []error{j.Add(charge()), j.Close()} {
			var e *models.Error
			if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Field != field {
				t.Errorf("%s: %v", field, err)
			}
		}
	}
	if err := books.DefaultAccounts().Check(); err != nil {
		t.Error(err)
	}
}

func TestJournalOverflow(t *testing.T) {
	j := books.NewJournal(&bytes.Buffer{}, head(t), books.DefaultAccounts())
	if err := j.Add(movement("EUR", "charge", math.MaxInt64, 0)); err != nil {
		t.Fatal(err)
	}
	if err := j.Add(movement("EUR", "charge", 1, 0)); !errors.Is(err, money.ErrOverflow) {
		t.Errorf("%v", err)
	}
}

func TestJournalFullDisk(t *testing.T) {
	j := books.NewJournal(&full{room: 100}, head(t), books.DefaultAccounts())
	if err := j.Add(charge()); err != nil {
		t.Fatal(err)
	}
	if err := j.Close(); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}
