package books

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
)

// pdfRows is how many movements a statement prints, about a hundred pages: a longer list is no reading for people, and the CSV has it.
const pdfRows = 5000

// PayoutLine is a payout as the statement prints it. Status and Proof are words for people; Trace is the bank's, empty where unknown.
type PayoutLine struct {
	ID               string
	Created, Arrival time.Time
	Status           string
	Proof            string
	Trace            string
	Amount           money.Amount
}

// WritePDF writes a statement on A4: the statements by currency, the payouts, and the movements up to a bound, with the sums of them all.
// rows may be nil. The same input gives the same bytes. Nothing reaches w before every row was read. Errors: those of rows and of w,
// money.ErrOverflow.
func WritePDF(w io.Writer, h Head, statements []models.Statement, payouts []PayoutLine, rows Rows) error {
	return writePDF(w, h, statements, payouts, rows, pdfRows)
}

func writePDF(w io.Writer, h Head, statements []models.Statement, payouts []PayoutLine, rows Rows, limit int) error {
	d, err := newDocument(h)
	if err != nil {
		return err
	}
	d.top()
	for _, s := range statements {
		d.statement(s)
	}
	if len(payouts) > 0 {
		d.payouts(payouts)
	}
	if rows != nil {
		if err := d.movements(rows, limit); err != nil {
			return err
		}
	}
	d.feet()
	return d.pdf.Output(w)
}

// top writes what the statement is.
func (d *document) top() {
	d.line(titleSize, bold, d.head.Shop)
	d.line(titleSize, regular, d.head.Title)
	if period := d.head.period(); period != "" {
		d.line(textSize, regular, "Period: "+period)
	}
	d.line(textSize, regular, "All times are in the zone "+d.head.Zone.String()+". Made on "+d.at(d.head.Made)+".")
	if d.head.TestMode {
		d.line(textSize, bold, d.head.mode()+".")
	}
}

func (d *document) statement(s models.Statement) {
	lines := statementLines(s, d.head)
	t := d.table("Balance in "+s.Currency, len(lines), []pdfColumn{{"", 106, false}, {"Movements", 30, true}, {"Amount", 50, true}})
	for i, line := range lines {
		style, count, amount := regular, "", spaced(line.amount)
		if i == 0 || i == len(lines)-1 {
			style = bold
		}
		if line.counted {
			count = strconv.FormatInt(line.count, 10)
		}
		if line.unknown != "" {
			amount = line.unknown
		}
		t.row(style, line.name, count, amount)
	}
}

func (d *document) payouts(payouts []PayoutLine) {
	t := d.table("Payouts", len(payouts), []pdfColumn{{"Date", 18, false}, {"Arrival", 18, false}, {"Payout", 48, false}, {"Status", 16, false},
		{"Proof", 27, false}, {"Bank's trace", 28, false}, {"Amount", 31, true}})
	for _, p := range payouts {
		t.row(regular, d.day(p.Created.In(d.head.Zone)), d.day(p.Arrival.UTC()), p.ID, p.Status, p.Proof, p.Trace, spaced(p.Amount)) // arrival: as in workbook.day
	}
}

// movements writes the rows, and their sums whether they were printed or not.
func (d *document) movements(rows Rows, limit int) error {
	t := d.table("Movements", 1, []pdfColumn{{"Booked", 27, false}, {"Order reference", 35, false}, {"What", 34, false}, {"Gross", 31, true},
		{"Fee", 27, true}, {"Net", 32, true}})
	all, read := sums{}, 0
	for e, err := range rows {
		if err != nil {
			return err
		}
		if err := all.add(&e); err != nil {
			return fmt.Errorf("statement: %s: %w", e.ID, err)
		}
		if read++; read <= limit {
			t.row(regular, d.at(e.Created.Time()), e.Reference, categoryName(e.ReportingCategory), spaced(e.Gross()), spaced(e.FeeMoney()), spaced(e.NetMoney()))
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(all)) {
		m := all[currency]
		of := func(minor int64) string { return spaced(money.Amount{Minor: minor, Currency: currency}) }
		t.row(bold, "Total", "Movements: "+strconv.FormatInt(m.Count, 10), "", of(m.Amount), of(m.Fee), of(m.Net))
	}
	if left := read - limit; left > 0 {
		d.line(textSize, bold, fmt.Sprintf("Not printed, but in the totals: the last %d of %d movements. The CSV file has them all.", left, read))
	}
	return nil
}

// at is a moment in the shop's zone; nothing for none.
func (d *document) at(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(d.head.Zone).Format("2006-01-02 15:04")
}

// day is the date of t where it stands; nothing for none.
func (d *document) day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.Format(time.DateOnly)
}

// spaced is an amount for people: "EUR 1 234.50", with the spaces that no line breaks at.
func spaced(a money.Amount) string {
	decimal := a.Decimal()
	whole, sign := 0, 0
	for whole < len(decimal) && decimal[whole] != '.' {
		whole++
	}
	if decimal[0] == '-' {
		sign = 1
	}
	text := []byte(a.Currency + nbsp + decimal[:sign])
	for i := sign; i < whole; i++ {
		if i > sign && (whole-i)%3 == 0 {
			text = append(text, nbsp...)
		}
		text = append(text, decimal[i])
	}
	return string(append(text, decimal[whole:]...))
}

const nbsp = "\u00a0"
