// Package warehouse reads what a warehouse sends about its parcels: CSV of many kinds, pasted lines, scanned codes.
package warehouse

import (
	"bytes"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

const (
	// MaxLines is how many lines a file may have.
	MaxLines = 20_000
	// MaxCell is how many characters a cell may have.
	MaxCell = 500
	// sampleLines is how many lines are shown when the columns are to be chosen.
	sampleLines = 5
)

// Column is what a column of the file holds.
type Column string

// The columns. Those that are not needed are ColumnNone.
const (
	ColumnNone     Column = ""
	ColumnOrder    Column = "order"
	ColumnCarrier  Column = "carrier"
	ColumnTracking Column = "tracking"
	ColumnAmount   Column = "amount"
	ColumnShipped  Column = "shipped"
)

// Line is one line of the file, as it was written.
type Line struct {
	Number                                    int64 // in the file, from 1
	Order, Carrier, Tracking, Amount, Shipped string
	Fault                                     string // why it cannot be used, for people
}

// File is what was read.
type File struct {
	Lines   []Line
	Codes   []string   // one code in each line, as a scanner sends them; then there are no Lines
	Columns []Column   // what each column was taken for
	Header  []string   // the file's own words for them, if it has a header
	Sample  [][]string // the first lines
	Unsure  bool       // the order or the tracking column was not found: a person must say which they are
}

// Unreadable is a file that cannot be read at all.
type Unreadable struct{ Message string }

// Error implements error.
func (u *Unreadable) Error() string { return u.Message }

func nothing() error {
	return unreadable("There is nothing in it. One line per parcel: order, carrier, tracking number.")
}

func unreadable(format string, args ...any) error {
	return &Unreadable{Message: fmt.Sprintf(format, args...)}
}

// Read reads a file. chosen says what each column holds; empty means that it is guessed. Errors: *Unreadable.
func Read(data []byte, chosen []Column) (File, error) {
	text, err := decode(data)
	if err != nil {
		return File{}, err
	}
	if strings.TrimSpace(text) == "" {
		return File{}, nothing()
	}
	text = strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
	delimiter := delimiterOf(text)
	if delimiter == 0 {
		return readCodes(text)
	}
	records, err := split(text, delimiter)
	if err != nil {
		return File{}, err
	}
	f := File{}
	first := 0
	guessed, isHeader := byHeader(records[0].cells)
	if isHeader {
		f.Header, first = records[0].cells, 1
	}
	body := records[first:]
	for i := range min(len(body), sampleLines) {
		f.Sample = append(f.Sample, body[i].cells)
	}
	switch {
	case len(chosen) > 0:
		f.Columns = chosen
	case isHeader:
		f.Columns = guessed
	default:
		f.Columns = byContent(body)
	}
	f.Unsure = !has(f.Columns, ColumnOrder) || !has(f.Columns, ColumnTracking)
	if !f.Unsure {
		for _, r := range body {
			f.Lines = append(f.Lines, r.line(f.Columns))
		}
	}
	return f, nil
}

// decode makes text of the bytes: UTF-8 with or without its mark, else Windows-1252, of which Latin-1 is a part.
func decode(data []byte) (string, error) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	switch {
	case len(bytes.TrimSpace(data)) == 0:
		return "", nothing()
	case bytes.HasPrefix(data, []byte("PK\x03\x04")):
		return "", unreadable("This is a zip or an Excel file, whatever its name says. Save the sheet as CSV and choose that file.")
	case bytes.HasPrefix(data, []byte("%PDF")):
		return "", unreadable("This is a PDF. Save the list as CSV and choose that file.")
	case bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")):
		return "", unreadable("This file is in UTF-16. Save it as CSV in UTF-8 and choose it again.")
	case bytes.IndexByte(data, 0) >= 0:
		return "", unreadable("This is not a text file. Save the list as CSV and choose that file.")
	case utf8.Valid(data):
		return string(data), nil
	}
	text, err := charmap.Windows1252.NewDecoder().Bytes(data)
	if err != nil {
		return "", unreadable("The letters of this file cannot be read. Save it as CSV in UTF-8 and choose it again.")
	}
	return string(text), nil
}

// delimiterOf guesses the delimiter from the first lines: the one that cuts most of them into as many cells. 0 where none does.
func delimiterOf(text string) rune {
	lines := firstLines(text, 20)
	best, most := rune(0), 0
	for _, d := range []rune{';', '\t', ',', '|'} {
		cut := 0
		for _, l := range lines {
			if outsideQuotes(l, d) > 0 {
				cut++
			}
		}
		if cut > most {
			best, most = d, cut
		}
	}
	if 2*most >= len(lines) && most > 0 {
		return best
	}
	pairs := 0
	for _, l := range lines {
		if n := len(strings.Fields(l)); n >= 2 && n <= 4 {
			pairs++
		}
	}
	if pairs == len(lines) {
		return ' ' // pasted: order, blank, number
	}
	return 0
}

func firstLines(text string, n int) (lines []string) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l != "" {
			lines = append(lines, l)
		}
		if len(lines) == n {
			break
		}
	}
	return lines
}

func outsideQuotes(line string, d rune) (n int) {
	quoted := false
	for _, r := range line {
		switch {
		case r == '"':
			quoted = !quoted
		case r == d && !quoted:
			n++
		}
	}
	return n
}

// record is one line of the file, cut.
type record struct {
	number int64
	cells  []string
}

// split cuts the text. Empty lines are passed over.
func split(text string, delimiter rune) (records []record, err error) {
	if delimiter == ' ' {
		n := int64(0)
		for l := range strings.Lines(text) {
			n++
			if cells := strings.Fields(l); len(cells) > 0 {
				records = append(records, record{n, cells})
			}
			if len(records) > MaxLines {
				return nil, tooMany()
			}
		}
		return records, nil
	}
	p := splitter{text: text, separator: byte(delimiter), line: 1}
	for p.at < len(p.text) {
		number := p.line
		cells := p.record()
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		if strings.Join(cells, "") == "" {
			continue
		}
		if records = append(records, record{number, cells}); len(records) > MaxLines+1 {
			return nil, tooMany()
		}
	}
	if len(records) == 0 {
		return nil, unreadable("There is nothing in it but delimiters.")
	}
	return records, nil
}

func tooMany() error {
	return unreadable("There are more than %d lines, the most that can be read at once. Cut the file in two.", MaxLines)
}

// line takes the cells apart.
func (r record) line(columns []Column) Line {
	l := Line{Number: r.number}
	for i, cell := range r.cells {
		if i >= len(columns) {
			break
		}
		if columns[i] != ColumnNone && len([]rune(cell)) > MaxCell {
			l.Fault = fmt.Sprintf("A cell of this line has %d characters; at most %d are read.", len([]rune(cell)), MaxCell)
			cell = string([]rune(cell)[:40]) + "…"
		}
		cell = plainCell(cell)
		switch columns[i] {
		case ColumnOrder:
			l.Order = cell
		case ColumnCarrier:
			l.Carrier = cell
		case ColumnTracking:
			l.Tracking = cell
		case ColumnAmount:
			l.Amount = cell
		case ColumnShipped:
			l.Shipped = cell
		}
	}
	return l
}

// plainCell undoes what spreadsheets do to keep a number a text: ="123" and '123.
func plainCell(cell string) string {
	if inner, ok := strings.CutPrefix(cell, `="`); ok {
		cell = strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimPrefix(cell, "'")
}

// readCodes reads one code per line, as a scanner sends them.
func readCodes(text string) (f File, err error) {
	for l := range strings.Lines(text) {
		if l = strings.TrimSpace(l); l == "" {
			continue
		}
		if f.Codes = append(f.Codes, l); len(f.Codes) > 2*MaxLines {
			return File{}, tooMany()
		}
	}
	return f, nil
}

func has(columns []Column, c Column) bool {
	for _, have := range columns {
		if have == c {
			return true
		}
	}
	return false
}

// Day reads a date as warehouses write it: year-month-day, day.month.year, or with slashes where it can only be read in one way.
// It gives year-month-day; ok is false for anything else.
func Day(text string) (day string, ok bool) {
	text, _, _ = strings.Cut(strings.TrimSpace(text), " ")
	text, _, _ = strings.Cut(text, "T")
	for _, layout := range []string{time.DateOnly, "2.1.2006", "2006/1/2", "20060102", "2.1.06"} {
		if t, err := time.Parse(layout, text); err == nil {
			return t.Format(time.DateOnly), true
		}
	}
	european, errE := time.Parse("2/1/2006", text)
	american, errA := time.Parse("1/2/2006", text)
	switch {
	case errE == nil && errA == nil && !european.Equal(american):
		return "", false // 03/04 is the third of April or the fourth of March
	case errE == nil:
		return european.Format(time.DateOnly), true
	case errA == nil:
		return american.Format(time.DateOnly), true
	}
	return "", false
}

// Short is a cell as it is shown.
func Short(cell string) string {
	if r := []rune(cell); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return cell
}
