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

// Entry is one booking of a bank account. Days are midnights UTC.
type Entry struct {
	Line      int // of the file; of an XML file the booking's number
	Booked    time.Time
	Amount    money.Amount // credits positive, debits negative
	Reference string
	Text      string
}

// Statement is one file.
type Statement struct {
	Account  string
	Format   string // camt.053, CSV
	From, To time.Time
	Entries  []Entry
}

// Problem is why a file was not taken. Line 0 is the file as a whole.
type Problem struct {
	Line    int
	Message string
}

func problem(line int, format string, args ...any) []Problem {
	return []Problem{{line, fmt.Sprintf(format, args...)}}
}

// Read reads a whole file, or none of it: with any problem there is no statement. currency is for a CSV file that names none.
func Read(data []byte, currency string) (*Statement, []Problem) {
	var s *Statement
	var wrong []Problem
	start := bytes.TrimLeft(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case len(data) > MaxSize:
		return nil, problem(0, "This file is larger than 20 MB.")
	case len(start) == 0:
		return nil, problem(0, "This file is empty.")
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return nil, problem(0, "This is a spreadsheet or a ZIP file. Save the sheet as CSV, or unpack the file, and take that.")
	case bytes.HasPrefix(start, []byte("%PDF")):
		return nil, problem(0, "This is a PDF. Ask your bank’s site for the statement as camt.053 (XML) or CSV.")
	case start[0] == '<' || bytes.HasPrefix(data, []byte("\xff\xfe<")) || bytes.HasPrefix(data, []byte("\xfe\xff\x00<")):
		s, wrong = readCAMT(data)
	default:
		s, wrong = readCSV(data, currency)
	}
	if len(wrong) > 0 {
		return nil, wrong
	}
	if len(s.Entries) == 0 {
		return nil, problem(0, "This file holds no booking.")
	}
	for i, e := range s.Entries {
		if i == 0 || e.Booked.Before(s.From) {
			s.From = e.Booked
		}
		if e.Booked.After(s.To) {
			s.To = e.Booked
		}
	}
	return s, nil
}

// decimals reads an amount that has a point for its decimals, exactly. ok is false for what is no amount of the currency.
func decimals(text, currency string) (int64, bool) {
	places, known := money.Exponent(currency)
	if !known {
		return 0, false
	}
	var minor int64
	digits, after := 0, -1
	for _, r := range text {
		switch {
		case r == '.' && after < 0:
			after = 0
			continue
		case r < '0' || r > '9' || digits > 15:
			return 0, false
		}
		if after >= 0 {
			if after++; after > places {
				if r != '0' {
					return 0, false
				}
				continue
			}
		}
		digits++
		minor = minor*10 + int64(r-'0')
	}
	for ; max(after, 0) < places; after = max(after, 0) + 1 {
		minor *= 10
	}
	return minor, digits > 0
}
