package bank

import (
	"bytes"
	"cmp"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"

	"counterfoil/models/money"
)

// The parts of a camt.053 statement that are read, whatever the version of its namespace (ISO 20022, bank to customer statement).
type camtStatement struct {
	IBAN    string        `xml:"Acct>Id>IBAN"`
	Other   string        `xml:"Acct>Id>Othr>Id"`
	From    string        `xml:"FrToDt>FrDtTm"`
	To      string        `xml:"FrToDt>ToDtTm"`
	Balance []camtBalance `xml:"Bal"`
	Entries []camtEntry   `xml:"Ntry"`
}

type camtAmount struct {
	Currency string `xml:"Ccy,attr"`
	Text     string `xml:",chardata"`
}

type camtBalance struct {
	Code   string     `xml:"Tp>CdOrPrtry>Cd"`
	Amount camtAmount `xml:"Amt"`
	Sign   string     `xml:"CdtDbtInd"`
}

type camtEntry struct {
	Amount   camtAmount `xml:"Amt"`
	Sign     string     `xml:"CdtDbtInd"`
	Reversal string     `xml:"RvslInd"`
	Status   struct {
		Text string `xml:",chardata"` // until version 02
		Code string `xml:"Cd"`
	} `xml:"Sts"`
	Day     string `xml:"BookgDt>Dt"`
	Moment  string `xml:"BookgDt>DtTm"`
	BankRef string `xml:"AcctSvcrRef"`
	Info    string `xml:"AddtlNtryInf"`
	Details []struct {
		EndToEnd string   `xml:"Refs>EndToEndId"`
		BankRef  string   `xml:"Refs>AcctSvcrRef"`
		Creditor string   `xml:"RltdPties>Cdtr>Nm"`
		Debtor   string   `xml:"RltdPties>Dbtr>Nm"`
		Debtor2  string   `xml:"RltdPties>Dbtr>Pty>Nm"`
		Texts    []string `xml:"RmtInf>Ustrd"`
		Struct   []string `xml:"RmtInf>Strd>CdtrRefInf>Ref"`
	} `xml:"NtryDtls>TxDtls"`
}

// readCAMT reads a camt.053 file. Declarations of entities are refused: nothing in a statement needs one.
func readCAMT(data []byte) (*Statement, []Problem) {
	data, err := utf8Of(data)
	if err != nil {
		return nil, problem(0, "This file’s letters are not of the encoding that it names: %v.", err)
	}
	if upper := bytes.ToUpper(data); bytes.Contains(upper, []byte("<!DOCTYPE")) || bytes.Contains(upper, []byte("<!ENTITY")) {
		return nil, problem(0, "This file declares a document type or entities, which no bank’s statement does. It was not read.")
	}
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.CharsetReader = func(label string, in io.Reader) (io.Reader, error) { return charset.NewReaderLabel(label, in) }
	var all []camtStatement
	for depth := 0; ; {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, brokenXML(err)
		}
		switch t := token.(type) {
		case xml.EndElement:
			depth--
		case xml.StartElement:
			if depth++; depth > 40 {
				return nil, problem(0, "This file is nested too deeply to be a statement.")
			}
			if t.Name.Local != "Stmt" {
				continue
			}
			depth--
			var one camtStatement
			if err := decoder.DecodeElement(&one, &t); err != nil {
				return nil, brokenXML(err)
			}
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return nil, problem(0, "This XML file holds no statement (camt.053). A file of notifications (camt.054) or of payments is something else.")
	}
	slices.SortStableFunc(all, func(a, b camtStatement) int { return strings.Compare(a.From, b.From) })
	return joinStatements(all)
}

// joinStatements makes one statement of those of a file: all of one account, each beginning where the one before ended.
func joinStatements(all []camtStatement) (*Statement, []Problem) {
	s := &Statement{Format: FormatCAMT}
	var before camtBalances
	for i, one := range all {
		balances, wrong := one.balances()
		if len(wrong) > 0 {
			return nil, wrong
		}
		if i > 0 && before.closed && balances.opened && balances.opening != before.closing {
			return nil, problem(0, "Statement %d of this file begins with %s, and the one before ended with %s: a statement between them is missing. Download the file again.",
				i+1, balances.opening, before.closing)
		}
		if wrong := s.join(one, i, balances); len(wrong) > 0 {
			return nil, wrong
		}
		before = balances
	}
	if s.From.IsZero() {
		return nil, problem(0, "This file holds no booking, and does not say which days it covers.")
	}
	return s, nil
}

// utf8Of turns UTF-16 into UTF-8, and refuses bytes that claim to be UTF-8 and are not.
func utf8Of(data []byte) ([]byte, error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		text, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, err
		}
		return []byte(strings.Replace(string(text), "UTF-16", "UTF-8", 1)), nil
	}
	head := strings.ToLower(string(data[:min(len(data), 200)]))
	if !utf8.Valid(data) && !strings.Contains(head, "8859") && !strings.Contains(head, "1252") {
		return nil, errors.New("it is not valid UTF-8")
	}
	return data, nil
}

func brokenXML(err error) []Problem {
	var syntax *xml.SyntaxError
	if errors.As(err, &syntax) {
		if strings.Contains(syntax.Msg, "unexpected EOF") {
			return problem(syntax.Line, "This file ends in the middle. Download it again.")
		}
		return problem(syntax.Line, "This is not XML as it should be: %s.", syntax.Msg)
	}
	return problem(0, "This file cannot be read: %v.", err)
}

// join adds one statement of a file; all of a file are of one account.
func (s *Statement) join(one camtStatement, before int, balances camtBalances) []Problem {
	account := AccountOf(cmp.Or(one.IBAN, one.Other))
	switch {
	case account == "":
		return problem(0, "This file does not say which account it is of.")
	case before > 0 && account != s.Account:
		return problem(0, "This file holds statements of two accounts: %s and %s. Take one file for each.", s.Account, account)
	}
	s.Account = account
	sums, from := map[string]int64{}, len(s.Entries)+s.Skipped
	for i, e := range one.Entries {
		entry, booked, wrong := e.entry(from + i + 1)
		if len(wrong) > 0 {
			return wrong
		}
		if !booked {
			s.Skipped++
			continue
		}
		sums[entry.Amount.Currency] += entry.Amount.Minor
		s.Entries = append(s.Entries, entry)
		s.cover(entry.Booked)
		if len(s.Entries) > maxEntries {
			return problem(0, "This file holds more than 50,000 bookings.")
		}
	}
	for _, moment := range []string{one.From, one.To} {
		if day, err := time.Parse(time.DateOnly, moment[:min(len(moment), 10)]); err == nil {
			s.cover(day)
		}
	}
	return balances.check(sums)
}

// camtBalances are what an account held before and after a statement, where it says so.
type camtBalances struct {
	opening, closing money.Amount
	opened, closed   bool
}

func (one camtStatement) balances() (all camtBalances, wrong []Problem) {
	for _, b := range one.Balance {
		amount, ok := b.Amount.read()
		if !ok || b.Sign != "DBIT" && b.Sign != "CRDT" {
			return all, problem(0, "A balance of this file is no amount: %q %s.", b.Amount.Text, b.Amount.Currency)
		}
		if b.Sign == "DBIT" {
			amount.Minor = -amount.Minor
		}
		switch b.Code {
		case "OPBD", "PRCD":
			if !all.opened || b.Code == "OPBD" {
				all.opening, all.opened = amount, true
			}
		case "CLBD":
			all.closing, all.closed = amount, true
		}
	}
	return all, nil
}

// check holds the bookings to the opening and the closing balance where both are given.
func (b camtBalances) check(sums map[string]int64) []Problem {
	if !b.opened || !b.closed {
		return nil
	}
	if b.opening.Currency != b.closing.Currency {
		return problem(0, "The balances of this file are of two currencies: %s and %s.", b.opening, b.closing)
	}
	if off := b.closing.Minor - b.opening.Minor - sums[b.opening.Currency]; off != 0 {
		return problem(0, "The bookings of this file do not lead from its opening to its closing balance: %s is missing. Download it again.",
			money.Amount{Minor: off, Currency: b.opening.Currency})
	}
	return nil
}

// read gives an amount as ISO 20022 writes it: digits, and a point before the decimals.
func (a camtAmount) read() (money.Amount, bool) {
	whole, fraction, _ := strings.Cut(strings.TrimSpace(a.Text), ".")
	minor, ok := decimals(whole, fraction, a.Currency)
	return money.Amount{Minor: minor, Currency: a.Currency}, ok
}

// entry is the booking in our words; booked is false for one that is only announced.
func (e camtEntry) entry(number int) (entry Entry, booked bool, wrong []Problem) {
	switch status := strings.TrimSpace(e.Status.Code + e.Status.Text); status {
	case "BOOK":
	case "PDNG", "INFO", "FUTR":
		return entry, false, nil
	default:
		return entry, false, problem(number, "Booking %d does not say whether it is booked: its status is %q.", number, status)
	}
	amount, ok := e.Amount.read()
	if !ok {
		return entry, false, problem(number, "Booking %d: %q %s is no amount.", number, e.Amount.Text, e.Amount.Currency)
	}
	switch e.Sign {
	case "CRDT":
	case "DBIT":
		amount.Minor = -amount.Minor
	default:
		return entry, false, problem(number, "Booking %d does not say whether it is a credit or a debit.", number)
	}
	day := cmp.Or(strings.TrimSpace(e.Day), strings.TrimSpace(e.Moment))
	at, err := time.Parse(time.DateOnly, day[:min(len(day), 10)])
	if err != nil {
		return entry, false, problem(number, "Booking %d has no day that can be read: %q.", number, day)
	}
	refs, texts := []string{e.BankRef}, []string{e.Info}
	for _, d := range e.Details {
		refs = append(refs, d.EndToEnd, d.BankRef)
		refs = append(refs, d.Struct...)
		texts = append(texts, d.Debtor, d.Debtor2, d.Creditor)
		texts = append(texts, d.Texts...)
	}
	return Entry{Line: number, Booked: at, Amount: amount, Reference: joined(refs), Text: joined(texts)}, true, nil
}

// joined puts texts side by side, each once, bounded.
func joined(texts []string) string {
	var kept []string
	seen := map[string]bool{"": true, "NOTPROVIDED": true}
	for _, t := range texts {
		if t = strings.Join(strings.Fields(t), " "); !seen[t] {
			seen[t] = true
			kept = append(kept, t)
		}
	}
	return fmt.Sprintf("%.1000s", strings.Join(kept, " · "))
}
