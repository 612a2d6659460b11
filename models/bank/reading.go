package bank

import (
	"regexp"
	"slices"
	"strings"
	"time"

	"counterfoil/models/money"
)

// headDepth is how many lines are looked at for the headings: banks write about the account above them.
const headDepth = 40

// Reading is how a CSV file is read: guessed, and seen and confirmed by a person. Columns are counted from 1; 0 is none.
type Reading struct {
	Head     int // the line of the file that has the headings
	Date     int
	Amount   int // signed, or with Sign beside it
	Debit    int // or these two
	Credit   int
	Sign     int // says whether a booking is a debit or a credit
	Currency int
	Status   int    // says whether a booking is one already
	Order    string // of a day's parts; "" while it cannot be told
	Mark     string // before an amount's decimals; "" while it cannot be told
	Money    string // ISO 4217, where no column names the currency
	Account  string
	From, To time.Time // the days that the file covers, midnights UTC
}

// Guess says how the file is to be read, as far as its headings and its content tell.
func (t *Table) Guess() Reading {
	r := t.guessColumns()
	rows := slices.DeleteFunc(t.rows(r), func(l csvLine) bool { return statusOf(l.cell(r.Status)) == "unbooked" }) // they may have no day
	r.Order, r.Mark = guessOrder(rows, r), guessMark(rows, r)
	for _, l := range rows {
		if day, ok := dayOf(l.cell(r.Date), r.Order); ok {
			s := Statement{From: r.From, To: r.To}
			s.cover(day)
			r.From, r.To = s.From, s.To
		}
	}
	r.Account = t.guessAccount(r, rows)
	return r
}

// guessColumns finds the headings, and the columns by them.
func (t *Table) guessColumns() (best Reading) {
	most := -1
	for _, l := range t.lines[:min(len(t.lines), headDepth)] {
		r := columnsOf(l.cells)
		r.Head = l.line
		score := 0
		for _, c := range []int{r.Date, max(r.Amount, min(r.Debit, r.Credit)), r.Currency, r.Status} {
			score = 100 * score
			if c > 0 {
				score++
			}
		}
		if score > most {
			best, most = r, score
		}
	}
	rows := t.rows(best)
	if best.Currency > 0 && !slices.ContainsFunc(rows, func(l csvLine) bool { return money.Known(l.cell(best.Currency)) }) {
		best.Currency = 0 // a German “Valuta” is a day
	}
	if best.Status > 0 && !slices.ContainsFunc(rows, func(l csvLine) bool { return statusOf(l.cell(best.Status)) != "" }) {
		best.Status = 0 // “Info” is often anything
	}
	return best
}

func columnsOf(head []string) (r Reading) {
	date, amount, debit, credit, sign, currency, status, _ := headings()
	r.Date, r.Amount, r.Sign = date.find(head), amount.find(head), sign.find(head)
	r.Debit, r.Credit = debit.find(head), credit.find(head)
	if r.Debit == 0 || r.Credit == 0 || r.Amount > 0 {
		r.Debit, r.Credit = 0, 0
	}
	r.Currency, r.Status = currency.find(head), status.find(head)
	if next := r.Amount; next > 0 && next < len(head) && currency.find(head[next:next+1]) > 0 {
		r.Currency = next + 1 // the one beside the amount, where the balance has one as well
	}
	return r
}

// rows are the lines below the headings.
func (t *Table) rows(r Reading) []csvLine {
	var rows []csvLine
	for _, l := range t.lines {
		if l.line > r.Head && !l.blank() {
			rows = append(rows, l)
		}
	}
	return rows
}

// guessOrder gives the one order in which every day of the column is a day; "" when several are, or none.
func guessOrder(rows []csvLine, r Reading) string {
	var fits []string
	for _, order := range []string{OrderYMD, OrderDMY, OrderMDY} {
		if len(rows) > 0 && !slices.ContainsFunc(rows, func(l csvLine) bool { _, ok := dayOf(l.cell(r.Date), order); return !ok }) {
			fits = append(fits, order)
		}
	}
	switch {
	case len(fits) == 1:
		return fits[0]
	case slices.Contains(fits, OrderDMY) && strings.Count(rows[0].cell(r.Date), ".") == 2:
		return OrderDMY // nobody writes the month first between points
	}
	return ""
}

// guessMark gives the mark that the file's amounts have before their decimals; "" when none tells, or they do not agree.
func guessMark(rows []csvLine, r Reading) string {
	votes, separated := map[string]int{}, false
	for _, l := range rows {
		for _, c := range []int{r.Amount, r.Debit, r.Credit} {
			text := l.cell(c)
			votes[markOf(text)]++
			separated = separated || strings.ContainsAny(text, ".,")
		}
	}
	switch {
	case !separated:
		return MarkPoint // there is none
	case votes[MarkComma] > 0 && votes[MarkPoint] > 0:
		return ""
	case votes[MarkComma] > 0:
		return MarkComma
	case votes[MarkPoint] > 0:
		return MarkPoint
	}
	return ""
}

var iban = regexp.MustCompile(`\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b`)

// guessAccount gives the account that a column names in every row, or the first IBAN above the headings.
func (t *Table) guessAccount(r Reading, rows []csvLine) string {
	for _, l := range t.lines {
		if l.line < r.Head {
			if found := iban.FindString(strings.Join(l.cells, " | ")); found != "" {
				return AccountOf(found)
			}
			continue
		}
		_, _, _, _, _, _, _, account := headings()
		c := account.find(l.cells)
		if c == 0 || len(rows) == 0 || slices.ContainsFunc(rows, func(l csvLine) bool { return l.cell(c) != rows[0].cell(c) }) {
			return ""
		}
		return AccountOf(rows[0].cell(c))
	}
	return ""
}

// AccountOf is an account's name as it is kept: an IBAN has no spaces.
func AccountOf(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if iban.FindString(text) == text {
		return strings.ReplaceAll(text, " ", "")
	}
	return text
}

// Sample gives the headings and the first lines below them as they stand in the file, at most so many, for a person to look at.
func (t *Table) Sample(r Reading, most int) (head []string, lines [][]string) {
	for _, l := range t.lines {
		switch {
		case l.line == r.Head:
			head = l.cells
		case l.line > r.Head && !l.blank() && len(lines) < most:
			lines = append(lines, l.cells)
		}
	}
	return head, lines
}

// statusOf is "booked", "unbooked" or "", for a word that is not known.
func statusOf(text string) string {
	switch text = strings.ToLower(text); {
	case slices.Contains(booked(), text):
		return "booked"
	case slices.Contains(unbooked(), text):
		return "unbooked"
	}
	return ""
}
