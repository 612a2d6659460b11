package books

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"counterfoil/models"
	"counterfoil/models/money"
)

// rowsPerSheet is how many movements a sheet takes: what a spreadsheet can hold, less the heading and the totals.
const rowsPerSheet = excelize.TotalRows - 2

// exactMinor bounds the amounts that are numbers: a spreadsheet keeps 15 digits, so anything longer is text, which shows its cents.
const exactMinor = 1_000_000_000_000_000

// xlsxColumn is a column of a currency's sheet. customer: it is left out for who does not see customers.
type xlsxColumn struct {
	title    string
	width    float64
	customer bool
	cell     func(b *workbook, e *models.LedgerEntry) any
}

var xlsxColumns = []xlsxColumn{
	{"Booked", 20, false, func(b *workbook, e *models.LedgerEntry) any { return b.moment(e.Created) }},
	{"Order reference", 22, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.Reference) }},
	{"What", 24, false, func(_ *workbook, e *models.LedgerEntry) any { return text(categoryName(e.ReportingCategory)) }},
	{"Gross", 14, false, func(b *workbook, e *models.LedgerEntry) any { return b.amount(e.Gross(), b.styles.amount) }},
	{"Fee", 12, false, func(b *workbook, e *models.LedgerEntry) any { return b.amount(e.FeeMoney(), b.styles.amount) }},
	{"Net", 14, false, func(b *workbook, e *models.LedgerEntry) any { return b.amount(e.NetMoney(), b.styles.amount) }},
	{"Available", 20, false, func(b *workbook, e *models.LedgerEntry) any { return b.moment(e.AvailableOn) }},
	{"Payout", 30, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.PayoutID) }},
	{"Payout arrives", 14, false, func(b *workbook, e *models.LedgerEntry) any { return b.day(e.PayoutArrival) }},
	{"Customer paid", 14, false, func(b *workbook, e *models.LedgerEntry) any {
		if e.Facing.Currency == "" {
			return nil
		}
		return b.amount(e.Facing, b.styles.amount)
	}},
	{"Customer's currency", 19, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.Facing.Currency) }},
	{"Exchange rate", 14, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.ExchangeRate) }},
	{"Customer", 24, true, func(_ *workbook, e *models.LedgerEntry) any { return text(e.CustomerName) }},
	{"Customer's e-mail", 28, true, func(_ *workbook, e *models.LedgerEntry) any { return text(e.CustomerEmail) }},
	{"Country", 9, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.Country) }},
	{"Payment method", 15, false, func(_ *workbook, e *models.LedgerEntry) any { return text(klarna(e)) }},
	{"Klarna category", 16, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.KlarnaCategory) }},
	{"Description", 32, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.Description) }},
	{"Balance transaction", 30, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.ID) }},
	{"Source", 30, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.SourceID) }},
	{"Charge", 30, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.ChargeID) }},
	{"PaymentIntent", 30, false, func(_ *workbook, e *models.LedgerEntry) any { return text(e.OrderID) }},
}

// text is a cell of letters: typed as such in the file, so never a formula. Nothing is no cell.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// styles are the numbers of the workbook's styles; amounts by their decimals.
type styles struct {
	bold, title, moment, day int
	amount, total            [4]int
}

// workbook is a file being written.
type workbook struct {
	head    Head
	columns []xlsxColumn
	limit   int      // of movements on a sheet
	open    []*sheet // the one written last stands last
	parts   []part
	sums    sums
	cells   []any
	styles  styles
}

// openSheets is how many sheets are written at a time. Rows come currency by currency, so that one is enough but for a payout that carried
// a row in another currency.
const openSheets = 2

// WriteXLSX writes a workbook: a summary with the statements, and for each currency a sheet of its movements with their totals. customers:
// names and mails of customers are in it. Rows come currency by currency: excelize keeps up to 32 MB of a sheet that is written, and what is
// written lies in temporary files, so that the memory depends neither on the rows nor on the currencies. Nothing reaches w before every row
// was read. Errors: those of rows and of w, money.ErrOverflow, what hinders the temporary files.
func WriteXLSX(w io.Writer, h Head, statements []models.Statement, rows Rows, customers bool) error {
	return writeXLSX(w, h, statements, rows, customers, rowsPerSheet)
}

func writeXLSX(w io.Writer, h Head, statements []models.Statement, rows Rows, customers bool, limit int) (err error) {
	b := &workbook{head: h, limit: limit, sums: sums{}}
	defer func() { err = errors.Join(err, b.close()) }() // takes the temporary files away
	for _, c := range xlsxColumns {
		if customers || !c.customer {
			b.columns = append(b.columns, c)
		}
	}
	for e, err := range rows {
		if err != nil {
			return err
		}
		if err := b.add(&e); err != nil {
			return fmt.Errorf("workbook: %s: %w", e.ID, err)
		}
	}
	for len(b.open) > 0 {
		if err := b.finish(b.open[0], "Total"); err != nil {
			return fmt.Errorf("workbook: %s: %w", b.open[0].currency, err)
		}
	}
	return b.assemble(w, statements)
}

// add writes a movement onto its currency's sheet.
func (b *workbook) add(e *models.LedgerEntry) error {
	s, err := b.sheetOf(e.Currency)
	if err != nil {
		return err
	}
	if err := b.sums.add(e); err != nil {
		return err
	}
	b.cells = b.cells[:0]
	for _, c := range b.columns {
		b.cells = append(b.cells, c.cell(b, e))
	}
	return s.write(b.cells)
}

// sheetOf gives the sheet that takes a currency's next movement. One that is full is ended with what it carries forward; where too many are
// open, the one that was written least lately is ended: its currency is over.
func (b *workbook) sheetOf(currency string) (*sheet, error) {
	if n := len(b.open); n > 0 && b.open[n-1].currency == currency && b.open[n-1].row <= b.limit {
		return b.open[n-1], nil
	}
	at := slices.IndexFunc(b.open, func(s *sheet) bool { return s.currency == currency })
	if at >= 0 && b.open[at].row <= b.limit {
		s := b.open[at]
		b.open = append(slices.Delete(b.open, at, at+1), s)
		return s, nil
	}
	var err error
	switch {
	case at >= 0:
		err = b.finish(b.open[at], "Carried forward")
	case len(b.open) == openSheets:
		err = b.finish(b.open[0], "Total")
	}
	if err != nil {
		return nil, err
	}
	s, err := b.begin(currency)
	if err != nil {
		return nil, err
	}
	b.open = append(b.open, s)
	return s, nil
}

// begin starts a currency's first or next sheet.
func (b *workbook) begin(currency string) (_ *sheet, err error) {
	s := &sheet{currency: currency, file: excelize.NewFile()}
	if s.out, err = b.stream(s.file, partSheet); err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	var heading []any
	for i, c := range b.columns {
		if err := s.out.SetColWidth(i+1, i+1, c.width); err != nil {
			return nil, errors.Join(err, s.file.Close())
		}
		heading = append(heading, excelize.Cell{StyleID: b.styles.bold, Value: c.title})
	}
	panes := s.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	if err := errors.Join(panes, s.write(heading)); err != nil {
		return nil, errors.Join(err, s.file.Close())
	}
	return s, nil
}

// finish ends a sheet with the sums of all its currency's movements so far, and lays it aside.
func (b *workbook) finish(s *sheet, word string) error {
	sum := b.sums[s.currency]
	total := func(minor int64) any {
		return b.amount(money.Amount{Minor: minor, Currency: s.currency}, b.styles.total)
	}
	cells := make([]any, 0, len(b.columns))
	for _, c := range b.columns {
		switch c.title {
		case "Booked":
			cells = append(cells, excelize.Cell{StyleID: b.styles.bold, Value: word})
		case "Gross":
			cells = append(cells, total(sum.Amount))
		case "Fee":
			cells = append(cells, total(sum.Fee))
		case "Net":
			cells = append(cells, total(sum.Net))
		default:
			cells = append(cells, nil)
		}
	}
	if err := errors.Join(s.write(cells), s.out.Flush(), b.lay(s)); err != nil {
		return err
	}
	b.open = slices.DeleteFunc(b.open, func(o *sheet) bool { return o == s })
	return nil
}

// moment is a date with its time in the shop's zone.
func (b *workbook) moment(at models.Unix) any {
	if at.IsZero() {
		return nil
	}
	return excelize.Cell{StyleID: b.styles.moment, Value: at.Time().In(b.head.Zone)}
}

// day is a date that Stripe gives as midnight UTC: in another zone it could become the day before.
// Source: docs.stripe.com/api/payouts/object, arrival_date.
func (b *workbook) day(at models.Unix) any {
	if at.IsZero() {
		return nil
	}
	return excelize.Cell{StyleID: b.styles.day, Value: at.Time()}
}

// amount is the number that shows exactly the decimals of a; styles by their count.
func (b *workbook) amount(a money.Amount, styles [4]int) any {
	decimal := a.Decimal()
	_, fraction, _ := strings.Cut(decimal, ".")
	cell := excelize.Cell{StyleID: styles[len(fraction)], Value: decimal}
	if a.Minor > -exactMinor && a.Minor < exactMinor {
		if number, err := strconv.ParseFloat(decimal, 64); err == nil { // shortest form of 15 digits reads back as they are
			cell.Value = number
		}
	}
	return cell
}

// makeStyles gives a file the styles of the workbook: the same numbers in each.
func (b *workbook) makeStyles(file *excelize.File) error {
	made := func(style excelize.Style) (int, error) { return file.NewStyle(&style) }
	var err error
	bold := &excelize.Font{Bold: true}
	if b.styles.bold, err = made(excelize.Style{Font: bold}); err != nil {
		return err
	}
	if b.styles.title, err = made(excelize.Style{Font: &excelize.Font{Bold: true, Size: 14}}); err != nil {
		return err
	}
	moment, day := "yyyy-mm-dd hh:mm:ss", "yyyy-mm-dd"
	if b.styles.moment, err = made(excelize.Style{CustomNumFmt: &moment}); err != nil {
		return err
	}
	if b.styles.day, err = made(excelize.Style{CustomNumFmt: &day}); err != nil {
		return err
	}
	right := &excelize.Alignment{Horizontal: "right"} // for what is text because of its length
	for decimals := range b.styles.amount {
		format := "#,##0"
		if decimals > 0 {
			format += "." + strings.Repeat("0", decimals)
		}
		if b.styles.amount[decimals], err = made(excelize.Style{CustomNumFmt: &format, Alignment: right}); err != nil {
			return err
		}
		if b.styles.total[decimals], err = made(excelize.Style{CustomNumFmt: &format, Alignment: right, Font: bold}); err != nil {
			return err
		}
	}
	return nil
}
