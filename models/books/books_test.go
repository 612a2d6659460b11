package books_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/books"
	"counterfoil/models/money"
)

// at is 1 July 2026, 12:30:15 UTC.
var at = models.UnixOf(time.Date(2026, 7, 1, 12, 30, 15, 0, time.UTC))

func stockholm(t testing.TB) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	return zone
}

func head(t testing.TB) books.Head {
	zone := stockholm(t)
	return books.Head{Shop: "Zażółć čőł & Sønner", Zone: zone, From: time.Date(2026, 7, 1, 0, 0, 0, 0, zone), To: time.Date(2026, 8, 1, 0, 0, 0, 0, zone),
		TestMode: true, Made: time.Date(2026, 8, 2, 9, 0, 0, 0, time.UTC), Title: "July 2026"}
}

// charge is a captured Klarna order with everything known.
func charge() models.LedgerEntry {
	return models.LedgerEntry{
		BalanceTransaction: models.BalanceTransaction{ID: "txn_1", Amount: 14990, Fee: 480, Net: 14510, Currency: "EUR", ReportingCategory: "charge", OrderID: "pi_1", Country: "SE", KlarnaCategory: "pay_later",
			SourceID: "py_1", PayoutID: "po_1", Description: "Order 1001", ExchangeRate: "0.0871", AvailableOn: at + 86400, Created: at},
		Reference: "1001", ChargeID: "py_1", CustomerID: "cus_1", CustomerName: "Zoë Łuczak", CustomerEmail: "zoe@example.com",
		ChargeCreated: at - 60, Facing: money.Amount{Minor: 172100, Currency: "SEK"}, PayoutArrival: 1783036800,
	}
}

// movement is a row of nothing but its numbers.
func movement(currency, category string, amount, fee int64) models.LedgerEntry {
	return models.LedgerEntry{BalanceTransaction: models.BalanceTransaction{ID: "txn_" + category, Amount: amount, Fee: fee, Net: amount - fee,
		Currency: currency, ReportingCategory: category, Created: at}}
}

// rowsOf gives entries, and then err unless it is nil.
func rowsOf(err error, entries ...models.LedgerEntry) books.Rows {
	return func(yield func(models.LedgerEntry, error) bool) {
		for _, e := range entries {
			if !yield(e, nil) {
				return
			}
		}
		if err != nil {
			yield(models.LedgerEntry{}, err)
		}
	}
}

// randomEntries are n movements of all categories, currencies of none, two and three decimals, and both signs and nothing. Net is right.
func randomEntries(seed uint64, n int) []models.LedgerEntry {
	random := rand.New(rand.NewPCG(seed, 1))
	categories := []string{"charge", "refund", "refund_failure", "partial_capture_reversal", "dispute", "dispute_reversal", "payout", "payout_reversal",
		"fee", "tax", "network_cost", "transfer", "other_adjustment", "not_yet_invented", ""}
	currencies := []string{"EUR", "SEK", "JPY", "KWD", "ISK"}
	entries := make([]models.LedgerEntry, n)
	for i := range entries {
		amount, fee := random.Int64N(2_000_001)-1_000_000, random.Int64N(20_001)-10_000
		if random.IntN(5) == 0 {
			amount = 0
		}
		if random.IntN(2) == 0 {
			fee = 0
		}
		entries[i] = movement(currencies[random.IntN(len(currencies))], categories[random.IntN(len(categories))], amount, fee)
		entries[i].ID = fmt.Sprintf("txn_%d_%d", seed, i)
	}
	return entries
}

// records reads a file that must be RFC 4180 with the mark, and gives its rows by their column names.
func records(t *testing.T, file string) []map[string]string {
	t.Helper()
	text, marked := strings.CutPrefix(file, "\ufeff")
	if !marked || strings.Count(text, "\n") != strings.Count(text, "\r\n") || !strings.HasSuffix(text, "\r\n") {
		t.Fatalf("no mark, or lines without CRLF: %q", file)
	}
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	rows := make([]map[string]string, 0, len(all))
	for _, cells := range all[1:] {
		row := map[string]string{}
		for i, cell := range cells {
			row[all[0][i]] = cell
		}
		rows = append(rows, row)
	}
	return rows
}

// minor reads back what a file says, in minor units.
func minor(t *testing.T, decimal, currency string) int64 {
	t.Helper()
	digits, negative := strings.CutPrefix(decimal, "-")
	exponent, _ := money.Exponent(currency)
	if _, fraction, _ := strings.Cut(digits, "."); len(fraction) != exponent {
		t.Fatalf("%s %q has not %d decimals", currency, decimal, exponent)
	}
	n, err := strconv.ParseInt(strings.Replace(digits, ".", "", 1), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	if negative {
		return -n
	}
	return n
}

// full is a writer that has room for some bytes and then fails.
type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}
