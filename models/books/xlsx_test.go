package books_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"counterfoil/models"
	"counterfoil/models/books"
)

func statements() []models.Statement {
	return []models.Statement{
		{Currency: "EUR", Opening: 1000, OpeningKnown: true, Closing: 15510, ClosingKnown: true, By: map[models.LedgerLine]models.Movement{
			models.LineGross: {Count: 1, Amount: 14990, Net: 14990}, models.LineFees: {Count: 1, Fee: 480, Net: -480}}},
		{Currency: "JPY", Closing: -1500, By: map[models.LedgerLine]models.Movement{models.LinePayouts: {Count: 1, Amount: -1500, Net: -1500}}},
	}
}

// opened writes a workbook and opens it again.
func opened(t *testing.T, limit int, customers bool, statements []models.Statement, entries ...models.LedgerEntry) *excelize.File {
	t.Helper()
	var file bytes.Buffer
	if err := books.WriteXLSXWithLimit(&file, head(t), statements, rowsOf(nil, entries...), customers, limit); err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(&file)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// cells are a sheet's cells: as people see them, or raw.
func cells(t *testing.T, f *excelize.File, sheet string, raw bool) [][]string {
	t.Helper()
	rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: raw})
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestXLSX(t *testing.T) {
	f := opened(t, 1000, true, statements(), charge(), movement("EUR", "refund", -990, 0), movement("JPY", "payout", -1500, 0), movement("KWD", "charge", 1234567, 5))
	if diff := cmp.Diff([]string{"Summary", "EUR", "JPY", "KWD"}, f.GetSheetList()); diff != "" {
		t.Error(diff)
	}
	eur := cells(t, f, "EUR", false)
	want := [][]string{
		{"Booked", "Order reference", "What", "Gross", "Fee", "Net", "Available", "Payout", "Payout arrives", "Customer paid", "Customer's currency",
			"Exchange rate", "Customer", "Customer's e-mail", "Country", "Payment method", "Klarna category", "Description", "Balance transaction", "Source", "Charge", "PaymentIntent"},
		{"2026-07-01 14:30:15", "1001", "Charge", "149.90", "4.80", "145.10", "2026-07-02 14:30:15", "po_1", "2026-07-03", "1,721.00", "SEK", "0.0871",
			"Zoë Łuczak", "zoe@example.com", "SE", "klarna", "pay_later", "Order 1001", "txn_1", "py_1", "py_1", "pi_1"},
		{"2026-07-01 14:30:15", "", "Refund", "-9.90", "0.00", "-9.90", "", "", "", "", "", "", "", "", "", "", "", "", "txn_refund"},
		{"Total", "", "", "140.00", "4.80", "135.20"},
	}
	if diff := cmp.Diff(want, eur); diff != "" {
		t.Error(diff)
	}
	if kwd := cells(t, f, "KWD", false)[1]; kwd[3] != "1,234.567" || kwd[4] != "0.005" {
		t.Errorf("%v", kwd)
	}
	if jpy := cells(t, f, "JPY", false); jpy[1][3] != "-1,500" || jpy[2][5] != "-1,500" {
		t.Errorf("%v", jpy)
	}
	for cell, want := range map[string]excelize.CellType{"A2": excelize.CellTypeUnset, "D2": excelize.CellTypeUnset, "D4": excelize.CellTypeUnset,
		"I2": excelize.CellTypeUnset, "B2": excelize.CellTypeInlineString} { // a number, and so a date, has no type of its own
		if got, err := f.GetCellType("EUR", cell); err != nil || got != want {
			t.Errorf("%s: type %d, %v", cell, got, err)
		}
	}
	if panes, err := f.GetPanes("EUR"); err != nil || !panes.Freeze || panes.YSplit != 1 {
		t.Errorf("%+v, %v", panes, err)
	}
}

func TestXLSXSummary(t *testing.T) {
	f := opened(t, 1000, true, statements())
	want := [][]string{
		{"July 2026"}, {"Shop", "Zażółć čőł & Sønner"}, {"Period", "1 July 2026 to 31 July 2026"}, {"Only", "everything that was booked"}, {"Time zone", "Europe/Stockholm"},
		{"Mode", "Test mode: no real money was moved"}, {"Made", "2026-08-02 11:00:00"}, nil, {"Currency", "Line", "Movements", "Amount"},
		{"EUR", "Opening balance", "", "10.00"}, {"EUR", "Gross", "1", "149.90"}, {"EUR", "Fees", "1", "-4.80"}, {"EUR", "Refunds", "0", "0.00"},
		{"EUR", "Partial-capture reversals", "0", "0.00"}, {"EUR", "Disputes, with their fees", "0", "0.00"},
		{"EUR", "Disputes won, with their fees", "0", "0.00"}, {"EUR", "Other", "0", "0.00"}, {"EUR", "Payouts", "0", "0.00"},
		{"EUR", "Closing balance", "", "155.10"},
		{"JPY", "Opening balance", "", "unknown before 1 July 2026"}, {"JPY", "Gross", "0", "0"}, {"JPY", "Fees", "0", "0"}, {"JPY", "Refunds", "0", "0"},
		{"JPY", "Partial-capture reversals", "0", "0"}, {"JPY", "Disputes, with their fees", "0", "0"}, {"JPY", "Disputes won, with their fees", "0", "0"},
		{"JPY", "Other", "0", "0"}, {"JPY", "Payouts", "1", "-1,500"}, {"JPY", "Closing balance", "", "unknown"},
	}
	if diff := cmp.Diff(want, cells(t, f, "Summary", false)); diff != "" {
		t.Error(diff)
	}
}

func TestXLSXAddsUp(t *testing.T) {
	entries := randomEntries(3, 2000)
	slices.SortStableFunc(entries, func(a, b models.LedgerEntry) int { return strings.Compare(a.Currency, b.Currency) }) // as they come
	f := opened(t, 100, false, nil, entries...)
	net, count := map[string]int64{}, map[string]int{}
	for _, e := range entries {
		net[e.Currency] += e.Net
		count[e.Currency]++
	}
	got, rows, said := map[string]int64{}, map[string]int{}, map[string]string{}
	for _, name := range f.GetSheetList()[1:] {
		currency, _, _ := strings.Cut(name, " ")
		sheet := cells(t, f, name, false)
		for _, row := range sheet[1 : len(sheet)-1] {
			got[currency] += minor(t, strings.ReplaceAll(row[5], ",", ""), currency)
		}
		if rows[currency] += len(sheet) - 2; len(sheet) > 102 {
			t.Errorf("%s has %d rows", name, len(sheet))
		}
		last := sheet[len(sheet)-1]
		if sum := minor(t, strings.ReplaceAll(last[5], ",", ""), currency); sum != got[currency] {
			t.Errorf("%s ends with %s %d, its rows come to %d", name, last[0], sum, got[currency])
		}
		said[currency] += last[0][:1]
	}
	if diff := cmp.Diff(net, got) + cmp.Diff(count, rows); diff != "" {
		t.Error(diff)
	}
	for currency, words := range said { // Carried forward, …, Total
		if want := strings.Repeat("C", (count[currency]-1)/100) + "T"; words != want {
			t.Errorf("%s: the sheets end with %s, want %s", currency, words, want)
		}
	}
}

// Currencies that come by turns, more than can be written at a time, lose nothing: sheets go on under another number.
func TestXLSXInDisorder(t *testing.T) {
	var entries []models.LedgerEntry
	for i := range 12 {
		entries = append(entries, movement([]string{"EUR", "SEK", "DKK", "NOK"}[i%4], "charge", int64(100*(i+1)), 0))
	}
	f := opened(t, 1000, false, nil, entries...)
	rows := 0
	for _, name := range f.GetSheetList()[1:] {
		rows += len(cells(t, f, name, false)) - 2
	}
	last := cells(t, f, "EUR 3", false)
	if rows != len(entries) || last[len(last)-1][3] != "15.00" {
		t.Errorf("%d rows on %v; EUR ends with %v", rows, f.GetSheetList(), last[len(last)-1])
	}
}

// A spreadsheet keeps 15 digits: what is longer is text, and none of its cents is lost.
func TestXLSXShowsEveryCent(t *testing.T) {
	var entries []models.LedgerEntry
	want := map[int64]string{1: "0.01", -29: "-0.29", 999_999_999_999_999: "9999999999999.99", -999_999_999_999_999: "-9999999999999.99",
		1_000_000_000_000_000: "10000000000000.00", 9_223_372_036_854_775: "92233720368547.75", 110: "1.1", 100: "1"}
	for amount := range want {
		entries = append(entries, movement("EUR", "charge", amount, 0))
	}
	f := opened(t, 1000, false, nil, entries...)
	for i, row := range cells(t, f, "EUR", true)[1 : len(entries)+1] {
		if amount := entries[i].Amount; row[3] != want[amount] {
			t.Errorf("%d: %s, want %s", amount, row[3], want[amount])
		}
	}
}

func TestXLSXFormulas(t *testing.T) {
	e := charge()
	e.Reference, e.Description, e.CustomerName = "=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)"
	f := opened(t, 1000, true, nil, e)
	for cell, want := range map[string]string{"B2": e.Reference, "R2": e.Description, "M2": e.CustomerName} {
		kind, err := f.GetCellType("EUR", cell)
		formula, err2 := f.GetCellFormula("EUR", cell)
		value, err3 := f.GetCellValue("EUR", cell)
		if err := errors.Join(err, err2, err3); err != nil || kind != excelize.CellTypeInlineString || formula != "" || value != want {
			t.Errorf("%s: type %d, formula %q, value %q, %v", cell, kind, formula, value, err)
		}
	}
}

func TestXLSXWithoutCustomers(t *testing.T) {
	all := fmt.Sprint(cells(t, opened(t, 1000, false, nil, charge()), "EUR", false))
	if strings.Contains(all, "Zoë") || strings.Contains(all, "zoe@") || strings.Contains(all, "Customer's e-mail") || !strings.Contains(all, "1001") {
		t.Error(all)
	}
}

// A file that fails leaves nothing, neither with its reader nor in the folder for temporary files.
func TestXLSXFails(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	broken := errors.New("the database went away")
	var out bytes.Buffer
	many := make([]models.LedgerEntry, 30_000) // enough for a temporary file
	for i := range many {
		many[i] = charge()
	}
	if err := books.WriteXLSX(&out, head(t), nil, rowsOf(broken, many...), true); !errors.Is(err, broken) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	if err := books.WriteXLSX(&full{room: 1000}, head(t), nil, rowsOf(nil, charge()), true); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

// generated gives n movements that are all different, currency by currency, without holding them.
func generated(n int, currencies ...string) books.Rows {
	return func(yield func(models.LedgerEntry, error) bool) {
		for i := range n {
			e := charge()
			e.ID = fmt.Sprintf("txn_%024d", i)
			e.OrderID, e.SourceID, e.ChargeID = "pi_"+e.ID[4:], "py_"+e.ID[4:], "py_"+e.ID[4:]
			e.Reference, e.CustomerEmail = fmt.Sprintf("NG-%d", i), fmt.Sprintf("customer.%d@example.com", i)
			e.Amount, e.Currency = int64(i), currencies[i*len(currencies)/n]
			e.Net = e.Amount - e.Fee
			if !yield(e, nil) {
				return
			}
		}
	}
}

// grown is by how much the heap grows at most while something is done, in MB, garbage included.
func grown(do func()) float64 {
	debug.FreeOSMemory()
	var before runtime.MemStats
	runtime.ReadMemStats(&before)
	done, most := make(chan struct{}), before.HeapAlloc
	var watched sync.WaitGroup
	watched.Go(func() {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			var now runtime.MemStats
			runtime.ReadMemStats(&now)
			most = max(most, now.HeapAlloc)
			select {
			case <-done:
				return
			case <-tick.C:
			}
		}
	})
	do()
	close(done)
	watched.Wait()
	return float64(most-before.HeapAlloc) / (1 << 20)
}

func TestXLSXNeedsLittleMemory(t *testing.T) {
	if raceDetector || testing.Short() {
		t.Skip("the race detector takes several times the memory")
	}
	for _, currencies := range [][]string{{"EUR"}, {"EUR", "SEK", "DKK", "NOK", "PLN", "GBP", "USD", "CHF", "CZK", "RON"}} {
		var err error
		if mb := grown(func() { err = books.WriteXLSX(io.Discard, head(t), nil, generated(300_000, currencies...), true) }); err != nil || mb > 150 {
			t.Errorf("300,000 rows in %d currencies took %.0f MB, %v", len(currencies), mb, err)
		} else {
			t.Logf("300,000 rows in %d currencies took %.0f MB", len(currencies), mb)
		}
	}
}

func BenchmarkXLSX300k(b *testing.B) {
	for b.Loop() {
		if err := books.WriteXLSX(io.Discard, head(b), statements(), generated(300_000, "EUR", "SEK"), true); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(300_000*float64(b.N)/b.Elapsed().Seconds(), "rows/s")
}
