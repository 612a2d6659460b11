package books_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/books"
	"counterfoil/models/money"
)

func csvOf(t *testing.T, customers bool, entries ...models.LedgerEntry) string {
	t.Helper()
	var file bytes.Buffer
	c := books.NewCSV(&file, head(t), customers)
	for _, e := range entries {
		if err := c.Add(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return file.String()
}

func TestCSV(t *testing.T) {
	want := "\ufeffautomatic_payout_id,automatic_payout_effective_at_utc,automatic_payout_effective_at,balance_transaction_id,created_utc,created," +
		"available_on_utc,available_on,currency,gross,fee,net,reporting_category,source_id,description,customer_facing_amount," +
		"customer_facing_currency,customer_id,customer_email,charge_id,payment_intent_id,charge_created_utc,charge_created,order_id," +
		"payment_method_type,exchange_rate\r\n" +
		"po_1,2026-07-03 00:00:00,2026-07-03 02:00:00,txn_1,2026-07-01 12:30:15,2026-07-01 14:30:15,2026-07-02 12:30:15,2026-07-02 14:30:15," +
		"eur,149.90,4.80,145.10,charge,py_1,Order 1001,1721.00,sek,cus_1,zoe@example.com,py_1,pi_1,2026-07-01 12:29:15,2026-07-01 14:29:15,1001,klarna,0.0871\r\n" +
		",,,txn_payout,2026-07-01 12:30:15,2026-07-01 14:30:15,,,jpy,-1500,0,-1500,payout,,,,,,,,,,,,,\r\n"
	if diff := cmp.Diff(want, csvOf(t, true, charge(), movement("JPY", "payout", -1500, 0))); diff != "" {
		t.Error(diff)
	}
}

func TestCSVWithoutCustomers(t *testing.T) {
	file := csvOf(t, false, charge())
	for _, personal := range []string{"customer_id", "customer_email", "cus_1", "zoe@", "Zoë"} {
		if strings.Contains(file, personal) {
			t.Errorf("%s is in it", personal)
		}
	}
	if row := records(t, file)[0]; row["order_id"] != "1001" || row["net"] != "145.10" || len(row) != 24 {
		t.Errorf("%v", row)
	}
}

func TestCSVCells(t *testing.T) {
	for _, c := range []struct{ column, want, text string }{
		{"description", "'=HYPERLINK(1)", "=HYPERLINK(1)"},
		{"description", "'+49 30", "+49 30"},
		{"description", "'  @x", "  @x"},
		{"description", "'-2", "-2"},
		{"description", "\"a\", b\nc", "\"a\", b\r\nc"},
	} {
		e := movement("EUR", "charge", -1, 0)
		e.Description, e.Reference, e.CustomerEmail, e.SourceID = c.text, c.text, c.text, c.text
		row := records(t, csvOf(t, true, e))[0]
		for _, column := range []string{c.column, "order_id", "customer_email", "source_id"} {
			if row[column] != c.want {
				t.Errorf("%s: %q, want %q", column, row[column], c.want)
			}
		}
		if row["gross"] != "-0.01" {
			t.Errorf("a number was touched: %q", row["gross"])
		}
	}
}

func TestCSVAddsUp(t *testing.T) {
	entries := randomEntries(7, 3000)
	rows := records(t, csvOf(t, true, entries...))
	if len(rows) != len(entries) {
		t.Fatalf("%d rows", len(rows))
	}
	for i, row := range rows {
		e, currency := entries[i], strings.ToUpper(row["currency"])
		got := [3]int64{minor(t, row["gross"], currency), minor(t, row["fee"], currency), minor(t, row["net"], currency)}
		if want := [3]int64{e.Amount, e.Fee, e.Net}; got != want || currency != e.Currency {
			t.Fatalf("row %d: %v %s, want %v %s", i, got, currency, want, e.Currency)
		}
	}
}

func TestCSVFullDisk(t *testing.T) {
	c := books.NewCSV(&full{room: 10_000}, head(t), true)
	var err error
	for range 500 {
		err = errors.Join(err, c.Add(charge()))
	}
	if !errors.Is(err, errFull) || !errors.Is(c.Close(), errFull) {
		t.Errorf("added: %v, closed: %v", err, c.Close())
	}
	if err := books.NewCSV(&full{}, head(t), true).Close(); !errors.Is(err, errFull) {
		t.Errorf("no room for the heading: %v", err)
	}
}

func TestAmountsOfEveryExponent(t *testing.T) {
	for _, c := range []struct {
		currency string
		minor    int64
		want     string
	}{{"JPY", 1500, "1500"}, {"KWD", -12345, "-12.345"}, {"EUR", 5, "0.05"}, {"ISK", 150000, "1500.00"}, {"EUR", 0, "0.00"}} {
		e := movement(c.currency, "charge", c.minor, 0)
		e.Facing = money.Amount{Minor: c.minor, Currency: c.currency}
		if row := records(t, csvOf(t, true, e))[0]; row["net"] != c.want || row["customer_facing_amount"] != c.want {
			t.Errorf("%s %d: %v", c.currency, c.minor, row)
		}
	}
}
