package bank

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"counterfoil/models/money"
)

// column is what a column of a CSV file holds.
type column int

const (
	colDate column = iota
	colValue
	colAmount
	colDebit
	colCredit
	colSign
	colCurrency
	colReference
	colText
	columnCount
)

// headings are the words by which banks head their columns: English, German, Swedish, Norwegian, Danish, Dutch, French, Spanish, Italian,
// Finnish, Polish. The first word that is found in a heading decides.
func headings() [columnCount][]string {
	return [columnCount][]string{
		colDate: {"booking date", "buchungstag", "buchungsdatum", "bokföringsdag", "bokföringsdatum", "bokført", "bokføringsdato", "bogføringsdato", "boekdatum", "boekingsdatum",
			"date comptable", "date opération", "date d'opération", "fecha operación", "fecha contable", "data contabile", "data operazione", "kirjauspäivä", "data księgowania", "data operacji",
			"transaction date", "posting date", "date", "datum", "dato", "fecha", "data", "päivä"},
		colValue:    {"value date", "wertstellung", "valutadatum", "valutadato", "date valeur", "date de valeur", "fecha valor", "data valuta", "arvopäivä", "data waluty", "räntedag", "rentedatum"},
		colAmount:   {"amount", "betrag", "umsatz", "belopp", "beløp", "beløb", "bedrag", "montant", "importe", "importo", "määrä", "kwota"},
		colDebit:    {"debit", "soll", "paid out", "withdrawal", "débit", "ut fra konto", "uttag", "cargo", "addebiti", "obciążenia", "money out"},
		colCredit:   {"credit", "haben", "paid in", "deposit", "crédit", "inn på konto", "insättning", "abono", "accrediti", "uznania", "money in"},
		colSign:     {"soll/haben", "debit/credit", "s/h", "af bij", "dr/cr", "kredit/debet"},
		colCurrency: {"currency", "währung", "waehrung", "valuta", "devise", "divisa", "moneda", "waluta", "valuutta", "munt"},
		//nolint:misspell // not all of it is English
		colReference: {"reference", "referenz", "kundenreferenz", "referens", "referanse", "referentie", "référence", "referencia", "riferimento", "viite", "numer referencyjny", "end-to-end"},
		colText: {"verwendungszweck", "buchungstext", "description", "text", "details", "narrative", "memo", "beskrivning", "beskrivelse", "omschrijving", "mededelingen", "libellé",
			"concepto", "descrizione", "causale", "selite", "tytuł", "opis", "payee", "auftraggeber", "name", "avsändare", "mottagare"},
	}
}

// readCSV reads a CSV file whose columns are guessed by their headings and checked by their content.
func readCSV(data []byte, currency string) (*Statement, []Problem) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		text, err := charmap.Windows1252.NewDecoder().Bytes(data)
		if err != nil || bytes.IndexByte(data, 0) >= 0 {
			return nil, problem(0, "This is no text: neither CSV nor camt.053.")
		}
		data = text
	}
	lines, wrong := cells(data)
	if len(wrong) > 0 {
		return nil, wrong
	}
	head, at := findHead(lines)
	if head < 0 {
		return nil, problem(0, "No line of this file heads a column for the day and one for the amount. The file must have headings, such as Booking date; Amount; Currency; Reference; Text.")
	}
	t := csvTable{lines: lines[head+1:], at: at, currency: strings.ToUpper(currency)}
	for len(t.lines) > 0 && blank(t.lines[len(t.lines)-1].cells) {
		t.lines = t.lines[:len(t.lines)-1]
	}
	if len(t.lines) == 0 {
		return &Statement{Format: "CSV"}, nil
	}
	return t.statement(len(lines[head].cells))
}

// csvLine is one record and the line of the file on which it begins.
type csvLine struct {
	cells []string
	line  int
}

// cells cuts the file at the separator that the most of its lines have in equal number.
func cells(data []byte) ([]csvLine, []Problem) {
	best, most := ';', -1
	for _, sep := range []rune{';', '\t', ',', '|'} {
		counts := map[int]int{}
		for line := range strings.Lines(string(data[:min(len(data), 64<<10)])) {
			if n := strings.Count(line, string(sep)); n > 1 {
				counts[n]++
			}
		}
		for n, lines := range counts {
			if score := lines*100 + min(n, 50); score > most {
				best, most = sep, score
			}
		}
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = best, -1, false, false
	var all []csvLine
	for {
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		var parse *csv.ParseError
		if errors.As(err, &parse) {
			return nil, problem(parse.StartLine, "Line %d cannot be read: a quotation mark is missing, or the file ends in the middle.", parse.StartLine)
		}
		if err != nil {
			return nil, problem(0, "This file cannot be read: %v.", err)
		}
		line, _ := r.FieldPos(0)
		all = append(all, csvLine{record, line})
		if len(all) > maxEntries {
			return nil, problem(0, "This file holds more than 50,000 lines.")
		}
	}
}

func blank(cells []string) bool { return strings.TrimSpace(strings.Join(cells, "")) == "" }

// findHead finds the line of the headings, behind what a bank writes above it, and its columns.
func findHead(lines []csvLine) (int, [columnCount]int) {
	for i, l := range lines[:min(len(lines), 40)] {
		at := columnsOf(l.cells)
		if at[colDate] >= 0 && (at[colAmount] >= 0 || at[colDebit] >= 0 && at[colCredit] >= 0) {
			return i, at
		}
	}
	return -1, [columnCount]int{}
}

func columnsOf(head []string) (at [columnCount]int) {
	words := headings()
	for c := range at {
		at[c] = -1
	}
	taken := map[int]bool{}
	for _, c := range []column{colSign, colValue, colDate, colDebit, colCredit, colAmount, colCurrency, colReference, colText} {
		for _, word := range words[c] {
			for i, cell := range head {
				cell = strings.ToLower(strings.TrimSpace(cell))
				if at[c] < 0 && !taken[i] && (cell == word || len(word) > 4 && strings.Contains(cell, word)) {
					at[c], taken[i] = i, true
				}
			}
		}
	}
	return at
}

// csvTable are the bookings of a CSV file.
type csvTable struct {
	lines    []csvLine
	at       [columnCount]int
	currency string
}

func (t csvTable) cell(l csvLine, c column) string {
	if i := t.at[c]; i >= 0 && i < len(l.cells) {
		return strings.TrimSpace(strings.ReplaceAll(l.cells[i], "\u00a0", " "))
	}
	return ""
}

func (t csvTable) statement(width int) (*Statement, []Problem) {
	days, wrong := t.days()
	if len(wrong) > 0 {
		return nil, wrong
	}
	comma, wrong := t.decimalComma()
	if len(wrong) > 0 {
		return nil, wrong
	}
	s := &Statement{Format: "CSV"}
	for i, l := range t.lines {
		if blank(l.cells) {
			continue
		}
		if len(l.cells) < width && len(l.cells) <= max(t.at[colDate], t.at[colAmount], t.at[colDebit], t.at[colCredit]) {
			return nil, problem(l.line, "Line %d ends in the middle: it has %d of %d cells.", l.line, len(l.cells), width)
		}
		currency := strings.ToUpper(t.cell(l, colCurrency))
		if !money.Known(currency) { // a German “Valuta” is a day
			currency = t.currency
		}
		if currency == "" {
			return nil, problem(0, "This file does not name its currency. Pick it beside the file.")
		}
		minor, ok := t.amount(l, currency, comma)
		if !ok {
			return nil, problem(l.line, "Line %d: the amount cannot be read in %s.", l.line, currency)
		}
		s.Entries = append(s.Entries, Entry{Line: l.line, Booked: days[i], Amount: money.Amount{Minor: minor, Currency: currency},
			Reference: joined([]string{t.cell(l, colReference)}), Text: joined(t.texts(l))})
	}
	return s, nil
}

// texts are the cells that are neither days nor amounts.
func (t csvTable) texts(l csvLine) []string {
	var all []string
	for i, cell := range l.cells {
		if !slices.Contains(t.at[:colText], i) {
			all = append(all, cell)
		}
	}
	return all
}

var dayShape = regexp.MustCompile(`^(\d{1,4})[-./](\d{1,2})[-./](\d{2,4})`)

// days reads the column of days; whether the day or the month comes first is decided by the whole column.
func (t csvTable) days() ([]time.Time, []Problem) {
	layouts := []string{"2006-1-2", "2.1.2006", "2/1/2006", "1/2/2006", "2-1-2006", "2006/1/2", "2006.1.2", "20060102", "2.1.06", "2/1/06", "2 Jan 2006", "Jan 2, 2006"}
	var fits []string
	for _, layout := range layouts {
		if !slices.ContainsFunc(t.lines, func(l csvLine) bool { return !blank(l.cells) && !isDay(t.cell(l, colDate), layout) }) {
			fits = append(fits, layout)
		}
	}
	switch {
	case len(fits) == 0:
		for _, l := range t.lines {
			text := t.cell(l, colDate)
			if !blank(l.cells) && !dayShape.MatchString(text) && !isDay(text, "20060102") {
				return nil, problem(l.line, "Line %d: %q is no day.", l.line, text)
			}
		}
		return nil, problem(0, "The days of this file are not all written alike.")
	case slices.Contains(fits, "2/1/2006") && slices.Contains(fits, "1/2/2006"):
		return nil, problem(0, "It cannot be told whether the day or the month comes first: no day of this file is later than the 12th. Take a longer statement, or one as camt.053.")
	}
	all := make([]time.Time, len(t.lines))
	for i, l := range t.lines {
		text := t.cell(l, colDate)
		all[i], _ = time.Parse(fits[0], text[:min(len(text), longest(fits[0]))])
	}
	return all, nil
}

func longest(layout string) int {
	if strings.Contains(layout, "Jan") {
		return 12
	}
	return 10
}

func isDay(text, layout string) bool {
	_, err := time.Parse(layout, text[:min(len(text), longest(layout))])
	return err == nil
}

// decimalComma decides by the whole file whether amounts have a comma or a point before their decimals.
func (t csvTable) decimalComma() (bool, []Problem) {
	commas, points := 0, 0
	for _, l := range t.lines {
		for _, c := range []column{colAmount, colDebit, colCredit} {
			text := strings.TrimRight(t.cell(l, c), "-+ )ABCDEFGHIJKLMNOPQRSTUVWXYZkr")
			comma, point := strings.LastIndexByte(text, ','), strings.LastIndexByte(text, '.')
			switch {
			case comma > point && (point >= 0 || len(text)-comma != 4):
				commas++
			case point > comma && (comma >= 0 || len(text)-point != 4):
				points++
			}
		}
	}
	if commas > 0 && points > 0 {
		return false, problem(0, "Some amounts of this file have a comma before their decimals, others a point: they cannot be told apart.")
	}
	return commas > 0, nil
}

// amount is what a line says was booked.
func (t csvTable) amount(l csvLine, currency string, comma bool) (int64, bool) {
	if t.at[colAmount] >= 0 {
		minor, ok := signed(t.cell(l, colAmount), currency, comma)
		switch strings.ToLower(t.cell(l, colSign)) {
		case "s", "d", "dr", "af", "debit", "soll", "debet":
			minor = -max(minor, -minor)
		}
		return minor, ok
	}
	debit, okDebit := signed(t.cell(l, colDebit), currency, comma)
	credit, okCredit := signed(t.cell(l, colCredit), currency, comma)
	return credit - max(debit, -debit), (okDebit || t.cell(l, colDebit) == "") && (okCredit || t.cell(l, colCredit) == "") && (okDebit || okCredit)
}

// signed reads an amount with its sign before or behind it, or in brackets, and with or without grouping.
func signed(text, currency string, comma bool) (int64, bool) {
	text = strings.TrimSpace(strings.NewReplacer("−", "-", currency, "", "€", "", "$", "", "£", "", "kr", "", "’", "", "'", "", " ", "", "\u202f", "").Replace(text))
	negative := strings.HasPrefix(text, "-") || strings.HasSuffix(text, "-") || strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")")
	text = strings.Trim(text, "+-()")
	if comma {
		text = strings.ReplaceAll(strings.ReplaceAll(text, ".", ""), ",", ".")
	} else {
		text = strings.ReplaceAll(text, ",", "")
	}
	minor, ok := decimals(text, currency)
	if negative {
		minor = -minor
	}
	return minor, ok
}
