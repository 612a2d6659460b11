package books

import (
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"maps"
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
	file    *excelize.File
	head    Head
	columns []xlsxColumn
	styles  styles
	limit   int               // of movements on a sheet
	sheets  map[string]*sheet // by currency
	sums    sums
	cells   []any
}

// sheet is where a currency's movements go at present.
type sheet struct {
	out    *excelize.StreamWriter
	row    int // the last one written
	number int // 1, 2, …: of the currency's sheets
}

// WriteXLSX writes a workbook: a summary with the statements, and for each currency a sheet of its movements with their totals. customers:
// names and mails of customers are in it. Rows lie in temporary files until the end (excelize keeps up to 16 MB of a sheet in memory, which
// comes to about 40 MB for each currency of many rows, however many they are); nothing reaches w before every row was read. Errors: those of rows and of w, money.ErrOverflow, what hinders the temporary files.
func WriteXLSX(w io.Writer, h Head, statements []models.Statement, rows Rows, customers bool) error {
	return writeXLSX(w, h, statements, rows, customers, rowsPerSheet)
}

func writeXLSX(w io.Writer, h Head, statements []models.Statement, rows Rows, customers bool, limit int) (err error) {
	b := &workbook{file: excelize.NewFile(), head: h, limit: limit, sheets: map[string]*sheet{}, sums: sums{}}
	defer func() { err = errors.Join(err, b.file.Close()) }() // takes the temporary files away
	for _, c := range xlsxColumns {
		if customers || !c.customer {
			b.columns = append(b.columns, c)
		}
	}
	if err := b.makeStyles(); err != nil {
		return fmt.Errorf("workbook: styles: %w", err)
	}
	if err := b.summary(statements); err != nil {
		return fmt.Errorf("workbook: summary: %w", err)
	}
	for e, err := range rows {
		if err != nil {
			return err
		}
		if err := b.add(&e); err != nil {
			return fmt.Errorf("workbook: %s: %w", e.ID, err)
		}
	}
	for _, currency := range slices.Sorted(maps.Keys(b.sheets)) {
		if err := b.finish(currency, "Total"); err != nil {
			return fmt.Errorf("workbook: %s: %w", currency, err)
		}
	}
	b.file.SetZipWriter(func(io.Writer) excelize.ZipWriter { return zip.NewWriter(w) }) // else the whole file stands in memory once more
	_, err = b.file.WriteToBuffer()
	return err
}

// add writes a movement onto its currency's sheet.
func (b *workbook) add(e *models.LedgerEntry) error {
	s := b.sheets[e.Currency]
	if s == nil || s.row > b.limit {
		var err error
		if s, err = b.nextSheet(e.Currency, s); err != nil {
			return err
		}
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

// nextSheet begins a currency's next sheet; one that is full is ended with what it carries forward.
func (b *workbook) nextSheet(currency string, full *sheet) (*sheet, error) {
	next, name := &sheet{number: 1}, currency
	if full != nil {
		if err := b.finish(currency, "Carried forward"); err != nil {
			return nil, err
		}
		next.number = full.number + 1
		name += " " + strconv.Itoa(next.number)
	}
	if _, err := b.file.NewSheet(name); err != nil {
		return nil, err
	}
	var err error
	if next.out, err = b.file.NewStreamWriter(name); err != nil {
		return nil, err
	}
	var heading []any
	for i, c := range b.columns {
		if err := next.out.SetColWidth(i+1, i+1, c.width); err != nil {
			return nil, err
		}
		heading = append(heading, excelize.Cell{StyleID: b.styles.bold, Value: c.title})
	}
	if err := next.out.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return nil, err
	}
	b.sheets[currency] = next
	return next, next.write(heading)
}

// finish ends a currency's sheet with the sums of all its movements so far.
func (b *workbook) finish(currency, word string) error {
	s, sum := b.sheets[currency], b.sums[currency]
	total := func(minor int64) any { return b.amount(money.Amount{Minor: minor, Currency: currency}, b.styles.total) }
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
	if err := s.write(cells); err != nil {
		return err
	}
	return s.out.Flush()
}

func (s *sheet) write(cells []any) error {
	s.row++
	return s.out.SetRow("A"+strconv.Itoa(s.row), cells)
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

func (b *workbook) makeStyles() error {
	made := func(style excelize.Style) (int, error) { return b.file.NewStyle(&style) }
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
