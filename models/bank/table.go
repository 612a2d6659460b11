package bank

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Table is the lines of a CSV file, not yet understood.
type Table struct {
	lines []csvLine
	whole bool // the file ends with the end of a line
}

// csvLine is one record and the line of the file on which it begins.
type csvLine struct {
	cells []string
	line  int
}

func (l csvLine) blank() bool { return strings.TrimSpace(strings.Join(l.cells, "")) == "" }

// cell gives a column's text, columns counted from 1; "" for none.
func (l csvLine) cell(column int) string {
	if column < 1 || column > len(l.cells) {
		return ""
	}
	return strings.TrimSpace(strings.ReplaceAll(l.cells[column-1], "\u00a0", " "))
}

// readTable cuts a file at the separator by which most of its columns are understood.
func readTable(data []byte) (*Table, []Problem) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		text, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil || bytes.IndexByte(data, 0) >= 0 {
			return nil, problem(0, "This is no text: neither CSV nor camt.053.")
		}
		data = text
	}
	data = bytes.ReplaceAll(bytes.ReplaceAll(data, []byte("\r\n"), []byte("\n")), []byte("\r"), []byte("\n"))
	var best *Table
	var first []Problem
	most := -1
	for _, separator := range []rune{';', ',', '\t', '|'} {
		t, wrong := cut(data, separator)
		if len(wrong) > 0 {
			if first == nil && bytes.ContainsRune(data, separator) {
				first = wrong
			}
			continue
		}
		if score := t.understood(); score > most {
			best, most = t, score
		}
	}
	switch {
	case first != nil && (best == nil || most < understoodEnough):
		return nil, first
	case most <= 0:
		return nil, problem(0, "This is no table: no line of it has three columns or more. Take the statement as camt.053 (XML), or as CSV with headings.")
	}
	return best, nil
}

func cut(data []byte, separator rune) (*Table, []Problem) {
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord = separator, -1
	t := &Table{whole: bytes.HasSuffix(data, []byte("\n"))}
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			for n := len(t.lines); n > 0 && t.lines[n-1].blank(); n-- {
				t.lines = t.lines[:n-1]
			}
			return t, nil
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return nil, problem(parse.StartLine, "Line %d cannot be read: a quotation mark is missing, or the file ends in the middle.", parse.StartLine)
		}
		if err != nil {
			return nil, problem(0, "This file cannot be read: %v.", err)
		}
		line, _ := r.FieldPos(0)
		t.lines = append(t.lines, csvLine{record, line})
		if len(t.lines) > maxEntries {
			return nil, problem(0, "This file holds more than 50,000 lines.")
		}
	}
}

// understoodEnough is the score of a table whose day and amount are known by their headings.
const understoodEnough = 1000

// understood scores a table: columns that are known first, then how wide it is. 0 for what is no table.
func (t *Table) understood() int {
	r, width := t.guessColumns(), 0
	for _, l := range t.lines[:min(len(t.lines), headDepth)] {
		width = max(width, len(l.cells))
	}
	if width < 3 {
		return 0
	}
	score := min(width, 99)
	for _, c := range []int{r.Date, max(r.Amount, min(r.Debit, r.Credit))} {
		if c > 0 {
			score += understoodEnough / 2
		}
	}
	return score
}
