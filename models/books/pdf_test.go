package books_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"github.com/pdfcpu/pdfcpu/pkg/api"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"

	"counterfoil/models"
	"counterfoil/models/books"
	"counterfoil/models/money"
)

// shown is a string that a page shows, and how far from the left it begins, in points.
var shown = regexp.MustCompile(`(?s)BT ([\d.]+) [\d.]+ Td \(((?:[^\\)]|\\.)*)\)Tj`)

// placed is a text on a page, with plain spaces.
type placed struct {
	left float64 // points
	text string
}

// pagesOf gives each page's texts, one a line.
func pagesOf(t *testing.T, file []byte) []string {
	t.Helper()
	pages := placesOf(t, file)
	lines := make([]string, len(pages))
	for i, page := range pages {
		for _, p := range page {
			lines[i] += p.text + "\n"
		}
	}
	return lines
}

// placesOf has a PDF read and checked by another library.
func placesOf(t *testing.T, file []byte) [][]placed {
	t.Helper()
	api.DisableConfigDir()
	ctx, err := api.ReadAndValidate(bytes.NewReader(file), model.NewDefaultConfiguration())
	if err != nil {
		t.Fatal(err)
	}
	pages := make([][]placed, ctx.PageCount)
	for i := range pages {
		r, err := pdfcpu.ExtractPageContent(ctx, i+1)
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		for _, match := range shown.FindAllSubmatch(content, -1) {
			bare := strings.NewReplacer(`\\`, `\`, `\(`, "(", `\)`, ")", `\r`, "\r").Replace(string(match[2]))
			units := make([]uint16, len(bare)/2)
			for j := range units {
				units[j] = uint16(bare[2*j])<<8 | uint16(bare[2*j+1])
			}
			left, err := strconv.ParseFloat(string(match[1]), 64)
			if err != nil {
				t.Fatal(err)
			}
			pages[i] = append(pages[i], placed{left, strings.ReplaceAll(string(utf16.Decode(units)), "\u00a0", " ")})
		}
	}
	return pages
}

func payouts() []books.PayoutLine {
	return []books.PayoutLine{{ID: "po_1PabcdefghijklmnopqrstuvW", Created: time.Date(2026, 7, 1, 22, 30, 0, 0, time.UTC),
		Arrival: time.Date(2026, 7, 3, 0, 0, 0, 0, time.UTC), Status: "in transit", Proof: "to the cent", Trace: "TRACE(123)\\4",
		Amount: money.Amount{Minor: 123456789, Currency: "EUR"}}}
}

func pdfOf(t *testing.T, limit int, rows books.Rows) []byte {
	t.Helper()
	var file bytes.Buffer
	if err := books.WritePDFWithLimit(&file, head(t), statements(), payouts(), rows, limit); err != nil {
		t.Fatal(err)
	}
	return file.Bytes()
}

// wantLines tells which lines a page does not have.
func wantLines(t *testing.T, page string, lines ...string) {
	t.Helper()
	for _, line := range lines {
		if !strings.Contains("\n"+page, "\n"+line+"\n") {
			t.Errorf("%q is not in\n%s", line, page)
		}
	}
}

func TestPDF(t *testing.T) {
	pages := pagesOf(t, pdfOf(t, 100, rowsOf(nil, charge(), movement("JPY", "payout", -1500, 0), movement("KWD", "other_adjustment", 5, 0))))
	if len(pages) != 1 {
		t.Fatalf("%d pages", len(pages))
	}
	wantLines(t, pages[0], "Zażółć čőł & Sønner", "July 2026", "Period: 1 July 2026 to 31 July 2026",
		"All times are in the zone Europe/Stockholm. Made on 2026-08-02 11:00.", "Test mode: no real money was moved.",
		"Balance in EUR", "Opening balance\nEUR 10.00", "Gross\n1\nEUR 149.90", "Fees\n1\nEUR -4.80", "Closing balance\nEUR 155.10",
		"Balance in JPY", "Opening balance\nunknown before 1 July 2026", "Payouts\n1\nJPY -1 500", "Closing balance\nunknown",
		"2026-07-02\n2026-07-03\npo_1PabcdefghijklmnopqrstuvW\nin transit\nto the cent\nTRACE(123)\\4\nEUR 1 234 567.89",
		"2026-07-01 14:30\n1001\nCharge\nEUR 149.90\nEUR 4.80\nEUR 145.10", "Other adjustment\nKWD 0.005\nKWD 0.000\nKWD 0.005",
		"Total\nMovements: 1\nEUR 149.90\nEUR 4.80\nEUR 145.10\nTotal\nMovements: 1\nJPY -1 500\nJPY 0\nJPY -1 500",
		"TEST MODE · Zażółć čőł & Sønner · July 2026", "Page 1 of 1")
}

func TestPDFPages(t *testing.T) {
	entries := randomEntries(5, 300)
	pages := pagesOf(t, pdfOf(t, 250, rowsOf(nil, entries...)))
	if len(pages) < 4 {
		t.Fatalf("%d pages", len(pages))
	}
	printed := 0
	for i, page := range pages {
		wantLines(t, page, "Booked\nOrder reference\nWhat\nGross\nFee\nNet", fmt.Sprintf("Page %d of %d", i+1, len(pages)))
		printed += strings.Count(page, "2026-07-01 14:30\n")
	}
	if printed != 250 {
		t.Errorf("%d rows are printed", printed)
	}
	count, net := 0, money.Amount{Currency: "JPY"}
	for _, e := range entries {
		if e.Currency == "JPY" {
			count++
			net.Minor += e.Net
		}
	}
	last := pages[len(pages)-1]
	wantLines(t, last, fmt.Sprintf("Movements: %d", count), "Not printed, but in the totals: the last 50 of 300 movements. The CSV file has them all.")
	if !strings.Contains(strings.ReplaceAll(last, " ", ""), "JPY"+net.Decimal()+"\n") {
		t.Errorf("the total is not JPY %s in\n%s", net.Decimal(), last)
	}
}

func TestPDFWithoutRows(t *testing.T) {
	h := head(t)
	h.TestMode, h.From, h.To = false, time.Time{}, time.Time{}
	var file bytes.Buffer
	if err := books.WritePDF(&file, h, []models.Statement{{Currency: "EUR"}}, nil, nil); err != nil {
		t.Fatal(err)
	}
	page := pagesOf(t, file.Bytes())[0]
	wantLines(t, page, "Opening balance\nunknown", "Refunds\n0\nEUR 0.00")
	for _, absent := range []string{"est mode", "TEST", "Payout po", "Booked", "Period", "before"} {
		if strings.Contains(page, absent) {
			t.Errorf("%q is in\n%s", absent, page)
		}
	}
}

// Whatever a reference holds, it stays on its line and in its column; no amount is ever cut.
func TestPDFCells(t *testing.T) {
	for _, c := range []struct{ reference, want string }{
		{"NG-" + strings.Repeat("8", 400), ""},
		{"two\nlines\tand\x00more", "two lines and more"},
		{"日本 😀 \U00010000 \uffff", "?? ? ? ?"},
		{"{nb} (a) \\", "{nb} (a) \\"},
		{"ä ł č ő ß Đ ş", "ä ł č ő ß Đ ş"},
	} {
		e := movement("EUR", "charge", 922_337_203_685_477_580, 0)
		e.Reference = c.reference
		file := pdfOf(t, 10, rowsOf(nil, e))
		for _, p := range placesOf(t, file)[0] {
			if strings.HasPrefix(p.text, "EUR 9 223") && p.left < 108*72/25.4 { // where the first column of amounts begins
				t.Errorf("%s begins in the column before, at %.1f", p.text, p.left)
			}
		}
		page := pagesOf(t, file)[0]
		_, row, _ := strings.Cut(page, "2026-07-01 14:30\n")
		reference, amounts, _ := strings.Cut(row, "\nCharge\n")
		if c.want == "" {
			if !strings.HasPrefix(reference, "NG-888888") || !strings.HasSuffix(reference, "8…") || len(reference) > 40 {
				t.Errorf("cut to %q", reference)
			}
		} else if reference != c.want {
			t.Errorf("%q is printed as %q", c.reference, reference)
		}
		if !strings.HasPrefix(amounts, "EUR 9 223 372 036 854 775.80\nEUR 0.00\nEUR 9 223 372 036 854 775.80\n") {
			t.Errorf("amounts: %s", amounts)
		}
	}
}

func TestPDFIsTheSameEachTime(t *testing.T) {
	first := pdfOf(t, 100, rowsOf(nil, randomEntries(9, 200)...))
	for range 5 {
		if !bytes.Equal(first, pdfOf(t, 100, rowsOf(nil, randomEntries(9, 200)...))) {
			t.Fatal("two files of the same input differ")
		}
	}
	if n := bytes.Count(first, []byte("Date (D:20260802090000)")); n != 2 {
		t.Errorf("%d of its two dates are when it was made", n)
	}
}

func TestPDFFails(t *testing.T) {
	broken := errors.New("the database went away")
	var out bytes.Buffer
	if err := books.WritePDF(&out, head(t), nil, nil, rowsOf(broken, charge())); !errors.Is(err, broken) || out.Len() > 0 {
		t.Errorf("%v, %d bytes", err, out.Len())
	}
	if err := books.WritePDF(&full{room: 1000}, head(t), nil, nil, nil); !errors.Is(err, errFull) {
		t.Errorf("%v", err)
	}
}

func TestPeriod(t *testing.T) {
	zone := stockholm(t)
	date := func(day, hour, minute int) time.Time { return time.Date(2026, 7, day, hour, minute, 0, 0, zone) }
	for _, c := range []struct {
		from, to time.Time
		want     string
	}{
		{date(1, 0, 0), date(2, 0, 0), "1 July 2026"},
		{date(1, 0, 0), date(31, 0, 0), "1 July 2026 to 30 July 2026"},
		{date(1, 0, 0).UTC(), date(3, 0, 0).UTC(), "1 July 2026 to 2 July 2026"},
		{date(1, 9, 30), date(3, 0, 0), "1 July 2026 09:30 to before 3 July 2026"},
		{date(1, 0, 0), time.Time{}, "from 1 July 2026"},
		{time.Time{}, date(1, 7, 5), "before 1 July 2026 07:05"},
	} {
		h := head(t)
		h.From, h.To = c.from, c.to
		var file bytes.Buffer
		if err := books.WritePDF(&file, h, nil, nil, nil); err != nil {
			t.Fatal(err)
		}
		wantLines(t, pagesOf(t, file.Bytes())[0], "Period: "+c.want)
	}
}
