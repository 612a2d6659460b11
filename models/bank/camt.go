package bank

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
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
	decoder := xml.NewDecoder(bytes.NewReader(data))
	decoder.CharsetReader = func(label string, in io.Reader) (io.Reader, error) { return charset.NewReaderLabel(label, in) }
	s := &Statement{Format: "camt.053"}
	statements, depth := 0, 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, brokenXML(err)
		}
		switch t := token.(type) {
		case xml.Directive:
			return nil, problem(0, "This file declares a document type or entities, which no bank’s statement does. It was not read.")
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
			if wrong := s.join(one, statements); len(wrong) > 0 {
				return nil, wrong
			}
			statements++
		}
	}
	if statements == 0 {
		return nil, problem(0, "This XML file holds no statement (camt.053). A file of notifications (camt.054) or of payments is something else.")
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
func (s *Statement) join(one camtStatement, before int) []Problem {
	account := one.IBAN
	if account == "" {
		account = one.Other
	}
	if before > 0 && account != s.Account {
		return problem(0, "This file holds statements of two accounts: %s and %s. Take one file for each.", s.Account, account)
	}
	s.Account = account
	sums, from := map[string]int64{}, len(s.Entries)
	for i, e := range one.Entries {
		entry, booked, wrong := e.entry(from + i + 1)
		if len(wrong) > 0 {
			return wrong
		}
		if booked {
			sums[entry.Amount.Currency] += entry.Amount.Minor
			s.Entries = append(s.Entries, entry)
		}
		if len(s.Entries) > maxEntries {
			return problem(0, "This file holds more than 50,000 bookings.")
		}
	}
	return one.checkBalances(sums)
}

// checkBalances holds the bookings to the opening and the closing balance where both are given.
func (one camtStatement) checkBalances(sums map[string]int64) []Problem {
	opening, closing, currency := int64(0), int64(0), ""
	var opened, closed bool
	for _, b := range one.Balance {
		minor, ok := decimals(strings.TrimSpace(b.Amount.Text), b.Amount.Currency)
		if !ok {
			return problem(0, "A balance of this file is no amount: %q %s.", b.Amount.Text, b.Amount.Currency)
		}
		if b.Sign == "DBIT" {
			minor = -minor
		}
		switch b.Code {
		case "OPBD", "PRCD":
			opening, opened, currency = minor, true, b.Amount.Currency
		case "CLBD":
			closing, closed = minor, true
		}
	}
	if off := closing - opening - sums[currency]; opened && closed && off != 0 {
		return problem(0, "The bookings of this file do not lead from its opening to its closing balance: %s is missing. Download it again.",
			money.Amount{Minor: off, Currency: currency})
	}
	return nil
}

// entry is the booking in our words; booked is false for one that is only announced.
func (e camtEntry) entry(number int) (entry Entry, booked bool, wrong []Problem) {
	status := strings.TrimSpace(e.Status.Code + e.Status.Text)
	if status != "" && status != "BOOK" {
		return entry, false, nil
	}
	minor, ok := decimals(strings.TrimSpace(e.Amount.Text), e.Amount.Currency)
	if !ok {
		return entry, false, problem(number, "Booking %d: %q %s is no amount.", number, e.Amount.Text, e.Amount.Currency)
	}
	switch e.Sign {
	case "CRDT":
	case "DBIT":
		minor = -minor
	default:
		return entry, false, problem(number, "Booking %d does not say whether it is a credit or a debit.", number)
	}
	day := e.Day
	if day == "" && len(e.Moment) >= 10 {
		day = e.Moment[:10]
	}
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
	return Entry{Line: number, Booked: at, Amount: money.Amount{Minor: minor, Currency: e.Amount.Currency}, Reference: joined(refs), Text: joined(texts)}, true, nil
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
