// Package bank reads a bank's statements and finds payouts in them.
package bank

import (
	"bytes"
	"fmt"
	"time"

	"counterfoil/models/money"
)

const (
	// MaxSize bounds a file, in bytes.
	MaxSize = 20 << 20
	// maxEntries bounds its bookings.
	maxEntries = 50_000
)

// The formats of a statement.
const (
	FormatCAMT = "camt.053"
	FormatCSV  = "CSV"
)

// Entry is one booking of a bank account. Days are midnights UTC.
type Entry struct {
	Line      int // of the file; of an XML file the booking's number
	Booked    time.Time
	Amount    money.Amount // credits positive, debits negative
	Reference string
	Text      string
}

// Statement is one file: an account's bookings of the days From to To, both counted.
type Statement struct {
	Account  string
	Format   string
	From, To time.Time
	Entries  []Entry
	Skipped  int // bookings that are only announced, or came to nothing
}

// Problem is why a file was not taken. Line 0 is the file as a whole; Field is the part of a Reading that would be put right, "" for none.
type Problem struct {
	Line    int
	Field   string
	Message string
}

func problem(line int, format string, args ...any) []Problem {
	return []Problem{{Line: line, Message: fmt.Sprintf(format, args...)}}
}

func (p Problem) at(field string) []Problem {
	p.Field = field
	return []Problem{p}
}

// Open tells what a file is: a camt.053 statement says itself what it holds and is read, whole or not at all; of a CSV file there is the
// table, and a person says how it is to be read. With any problem there is neither.
func Open(data []byte) (*Statement, *Table, []Problem) {
	start := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(data) > MaxSize:
		return nil, nil, problem(0, "This file is larger than 20 MB.")
	case len(start) == 0:
		return nil, nil, problem(0, "This file is empty.")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return nil, nil, problem(0, "This is a spreadsheet or a ZIP file. Save the sheet as CSV, or unpack the file, and take that.")
	case bytes.HasPrefix(start, []byte("%PDF")):
		return nil, nil, problem(0, "This is a PDF. Ask your bank’s site for the statement as camt.053 (XML) or CSV.")
	case start[0] == '<' || bytes.HasPrefix(data, []byte("\xff\xfe<")) || bytes.HasPrefix(data, []byte("\xfe\xff\x00<")):
		s, wrong := readCAMT(data)
		return s, nil, wrong
	}
	t, wrong := readTable(data)
	return nil, t, wrong
}

// cover widens the days of a statement to all of its bookings.
func (s *Statement) cover(day time.Time) {
	if s.From.IsZero() || day.Before(s.From) {
		s.From = day
	}
	if day.After(s.To) {
		s.To = day
	}
}
