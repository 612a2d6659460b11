package bank

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"counterfoil/models/money"
)

// Read takes the bookings out of the table, all of them or none: with any problem there is no statement.
func (t *Table) Read(r Reading) (*Statement, []Problem) {
	rows := t.rows(r)
	if len(rows) == 0 {
		return nil, problem(0, "This file holds no booking below its headings.")
	}
	if wrong := t.checkEnd(r, rows); len(wrong) > 0 {
		return nil, wrong
	}
	if wrong := r.check(); len(wrong) > 0 {
		return nil, wrong
	}
	s := &Statement{Format: FormatCSV, Account: AccountOf(r.Account), From: r.From, To: r.To}
	texts := textColumns(rows, r)
	for _, l := range rows {
		e, isBooked, wrong := r.entry(l)
		if len(wrong) > 0 {
			return nil, wrong
		}
		if !isBooked {
			s.Skipped++
			continue
		}
		if e.Booked.Before(r.From) || e.Booked.After(r.To) {
			return nil, Problem{Line: l.line, Message: fmt.Sprintf("Line %d is of %s, which is outside of the days that the file is said to cover.", l.line, e.Booked.Format("2 January 2006"))}.at("from")
		}
		var words []string
		for _, c := range texts {
			words = append(words, l.cell(c))
		}
		e.Text = joined(words)
		s.Entries = append(s.Entries, e)
	}
	if len(s.Entries) == 0 {
		return nil, problem(0, "This file holds no booking.")
	}
	return s, nil
}

// check names everything that a reading leaves open.
func (r Reading) check() (wrong []Problem) {
	need := func(ok bool, field, message string) {
		if !ok {
			wrong = append(wrong, Problem{Field: field, Message: message})
		}
	}
	need(r.Date > 0, "date", "Choose the column that holds the day of the booking.")
	need(r.Amount > 0 || r.Debit > 0 && r.Credit > 0, "amount", "Choose the column that holds the amount, or the two that hold debits and credits.")
	need(r.Amount == 0 || r.Debit == 0 && r.Credit == 0, "amount", "Choose either one column for the amount, or two for debits and credits.")
	need(slices.Contains([]string{OrderYMD, OrderDMY, OrderMDY}, r.Order), "order", "Choose what comes first: the file does not tell the day from the month.")
	need(r.Mark == MarkComma || r.Mark == MarkPoint, "mark", "Choose what stands before the decimals: the file does not tell.")
	need(r.Currency > 0 || money.Known(strings.ToUpper(r.Money)), "money", "Write the currency of the account, such as EUR: no column names it.")
	need(strings.TrimSpace(r.Account) != "", "account", "Say which account this is: its IBAN, or a name that you will use again.")
	need(len(r.Account) <= 100, "account", "This name is too long.")
	need(!r.From.IsZero(), "from", "Write the first day that the file covers.")
	need(!r.To.IsZero(), "to", "Write the last day that the file covers.")
	need(!r.To.Before(r.From), "to", "The last day is before the first.")
	return wrong
}

// entry is what a line says was booked, without its texts.
func (r Reading) entry(l csvLine) (e Entry, isBooked bool, wrong []Problem) {
	e.Line = l.line
	refuse := func(field, format string, args ...any) (Entry, bool, []Problem) {
		return e, false, Problem{Line: l.line, Message: fmt.Sprintf("Line %d: ", l.line) + fmt.Sprintf(format, args...)}.at(field)
	}
	if last := max(r.Date, r.Amount, r.Debit, r.Credit, r.Currency, r.Sign, r.Status); len(l.cells) < last {
		return refuse("", "it ends in the middle, with %d of at least %d cells. Download the file again.", len(l.cells), last)
	}
	if r.Status > 0 {
		switch statusOf(l.cell(r.Status)) {
		case "unbooked":
			return e, false, nil
		case "":
			return refuse("status", "the status “%s” is not known. If every line of the file is booked, choose no column for it.", l.cell(r.Status))
		}
	}
	day, ok := dayOf(l.cell(r.Date), r.Order)
	if !ok {
		return refuse("order", "“%s” is no day in the order that is chosen.", l.cell(r.Date))
	}
	e.Booked = day
	e.Amount.Currency = strings.ToUpper(r.Money)
	if r.Currency > 0 {
		e.Amount.Currency = strings.ToUpper(l.cell(r.Currency))
	}
	if !money.Known(e.Amount.Currency) {
		return refuse("currency", "“%s” is no currency.", l.cell(r.Currency))
	}
	var why string
	if e.Amount.Minor, why = r.amount(l, e.Amount.Currency); why != "" {
		return refuse(cmp.Or(map[bool]string{true: "amount"}[r.Amount > 0], "debit"), "%s", why)
	}
	return e, true, nil
}

// amount is what a line says was booked, or why it cannot be told.
func (r Reading) amount(l csvLine, currency string) (minor int64, why string) {
	if r.Amount == 0 {
		return r.twoAmounts(l, currency)
	}
	minor, ok := signed(l.cell(r.Amount), currency, r.Mark)
	if !ok {
		return 0, fmt.Sprintf("“%s” is no amount in %s.", l.cell(r.Amount), currency)
	}
	if r.Sign == 0 {
		return minor, ""
	}
	word := strings.ToLower(l.cell(r.Sign))
	switch {
	case slices.Contains(debits(), word):
		return -max(minor, -minor), ""
	case !slices.Contains(credits(), word):
		return 0, fmt.Sprintf("“%s” says neither debit nor credit.", l.cell(r.Sign))
	case minor < 0:
		return 0, fmt.Sprintf("“%s” is below zero and is said to be a credit.", l.cell(r.Amount))
	}
	return minor, ""
}

// twoAmounts reads a debit or a credit; one of the two is empty or zero.
func (r Reading) twoAmounts(l csvLine, currency string) (int64, string) {
	var sums [2]int64
	for i, c := range []int{r.Debit, r.Credit} {
		text := l.cell(c)
		if text == "" {
			continue
		}
		minor, ok := signed(text, currency, r.Mark)
		if !ok || i == 1 && minor < 0 {
			return 0, fmt.Sprintf("“%s” is no amount in %s.", text, currency)
		}
		sums[i] = max(minor, -minor)
	}
	if sums[0] != 0 && sums[1] != 0 {
		return 0, "it has both a debit and a credit."
	}
	if l.cell(r.Debit) == "" && l.cell(r.Credit) == "" {
		return 0, "it has no amount."
	}
	return sums[1] - sums[0], ""
}

// textColumns are the columns that hold a word in some row, or figures that are neither an amount nor a day.
func textColumns(rows []csvLine, r Reading) (columns []int) {
	chosen := []int{r.Date, r.Amount, r.Debit, r.Credit, r.Sign, r.Currency, r.Status}
	for c := 1; c <= len(rows[0].cells); c++ {
		if slices.Contains(chosen, c) {
			continue
		}
		if slices.ContainsFunc(rows, func(l csvLine) bool { return isText(l.cell(c)) }) {
			columns = append(columns, c)
		}
	}
	return columns
}

func isText(text string) bool {
	_, isDay := dayOf(text, OrderYMD)
	if !isDay {
		_, isDay = dayOf(text, OrderDMY)
	}
	_, _, isNumber := number(text, "")
	return text != "" && !isDay && !money.Known(text) && (!isNumber || !strings.ContainsAny(text, ".,") && len(text) > 5)
}

// checkEnd finds a file that is cut off in its last line: that has no end, and fewer cells than the one before, or an amount at its end with
// another number of decimals than all before.
func (t *Table) checkEnd(r Reading, rows []csvLine) []Problem {
	last := rows[len(rows)-1]
	ends := len(last.cells)
	if t.whole || len(rows) < 2 {
		return nil
	}
	if ends < len(rows[len(rows)-2].cells) {
		return problem(last.line, "Line %d is the last one and ends in the middle. Download the file again.", last.line)
	}
	if ends != max(r.Amount, r.Debit, r.Credit) {
		return nil
	}
	places := func(l csvLine) int {
		_, fraction, _ := strings.Cut(l.cell(ends), r.Mark)
		return len(fraction)
	}
	for _, l := range rows[:len(rows)-1] {
		if l.cell(ends) != "" && places(l) == places(last) {
			return nil
		}
	}
	return problem(last.line, "Line %d is the last one, has no end, and its amount “%s” is not written like the others: the file seems to be cut off. Download it again.", last.line, last.cell(ends))
}
