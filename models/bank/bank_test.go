package bank_test

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"

	"counterfoil/models"
	"counterfoil/models/bank"
)

const camt = `<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt><GrpHdr><MsgId>1</MsgId></GrpHdr><Stmt>
<Acct><Id><IBAN>DE02120300000000202051</IBAN></Id></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">100.00</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="EUR">3574.57</Amt><CdtDbtInd>CRDT</CdtDbtInd></Bal>
<Ntry><Amt Ccy="EUR">3524.57</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>2026-11-11</Dt></BookgDt><AcctSvcrRef>A1</AcctSvcrRef>
<NtryDtls><TxDtls><Refs><EndToEndId>FP0411 7730 218</EndToEndId></Refs><RltdPties><Dbtr><Pty><Nm>STRIPE PAYMENTS EUROPE</Nm></Pty></Dbtr></RltdPties><RmtInf><Ustrd>Zoë Łódź</Ustrd></RmtInf></TxDtls></NtryDtls></Ntry>
<Ntry><Amt Ccy="EUR">50.00</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><DtTm>2026-11-12T09:00:00+01:00</DtTm></BookgDt></Ntry>
<Ntry><Amt Ccy="EUR">9.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts><Cd>PDNG</Cd></Sts><BookgDt><Dt>2026-11-12</Dt></BookgDt></Ntry>
</Stmt></BkToCstmrStmt></Document>`

func latin1(text string) string {
	out, err := charmap.ISO8859_1.NewEncoder().String(strings.NewReplacer("Ł", "L", "ź", "z").Replace(text))
	if err != nil {
		panic(err)
	}
	return out
}

func utf16LE(text string) string {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		out = append(out, byte(u), byte(u>>8))
	}
	return string(out)
}

func lines(all ...string) string { return strings.Join(all, "\r\n") }

func TestReadGood(t *testing.T) {
	for name, c := range map[string]struct {
		file, currency, want string
	}{
		"camt.053":    {camt, "", "camt.053 DE02120300000000202051 2026-11-11 EUR 3524.57, 2026-11-12 EUR -50.00"},
		"mark":        {"\ufeff" + camt, "", "camt.053 DE02120300000000202051 2026-11-11 EUR 3524.57, 2026-11-12 EUR -50.00"},
		"ISO-8859-1":  {latin1(strings.Replace(camt, "UTF-8", "ISO-8859-1", 1)), "", "camt.053 DE02120300000000202051 2026-11-11 EUR 3524.57, 2026-11-12 EUR -50.00"},
		"UTF-16":      {utf16LE(strings.Replace(camt, "UTF-8", "UTF-16", 1)), "", "camt.053 DE02120300000000202051 2026-11-11 EUR 3524.57, 2026-11-12 EUR -50.00"},
		"old version": {strings.Replace(camt, "camt.053.001.08", "camt.053.001.02", 1), "", "camt.053 DE02120300000000202051 2026-11-11 EUR 3524.57, 2026-11-12 EUR -50.00"},
		"German bank": {latin1(lines("Umsätze Girokonto;Zeitraum: 30 Tage", "", "Buchungstag;Valutadatum;Verwendungszweck;Betrag;Währung", `13.11.2026;14.11.2026;"STRIPE; Auszahlung für Müller";1.234,56;EUR`, "14.11.2026;14.11.2026;Miete;-800,00;EUR", "")),
			"", "CSV  2026-11-13 EUR 1234.56, 2026-11-14 EUR -800.00"},
		"Soll/Haben": {lines("Buchungstag;Umsatz;Soll/Haben;Währung;Verwendungszweck", "13.11.2026;12,00;S;EUR;x", "14.11.2026;5,00;H;EUR;y"), "", "CSV  2026-11-13 EUR -12.00, 2026-11-14 EUR 5.00"},
		"British":    {lines("Date,Description,Paid out,Paid in", "23/11/2026,RENT,\"1,200.50\",", "24/11/2026,STRIPE,,\"3,524.57\""), "gbp", "CSV  2026-11-23 GBP -1200.50, 2026-11-24 GBP 3524.57"},
		"American":   {lines("Date,Description,Amount", "11/23/2026,STRIPE,(12.00)", "11/02/2026,X,12.00"), "USD", "CSV  2026-11-23 USD -12.00, 2026-11-02 USD 12.00"},
		//nolint:misspell // Swedish
		"Swedish":        {lines("Bokföringsdag\tBelopp\tValuta\tReferens", "2026-11-13\t1 234,50\tSEK\tstripe", "2026-11-14\t−5,00\tSEK\t"), "", "CSV  2026-11-13 SEK 1234.50, 2026-11-14 SEK -5.00"},
		"no decimals":    {lines("Booking date;Amount;Currency;Text", "2026-11-13;1500;JPY;x"), "", "CSV  2026-11-13 JPY 1500"},
		"three decimals": {lines("Booking date;Amount;Currency;Text", "2026-11-13;1500.125;BHD;x", "2026-11-13;0.500;BHD;x"), "", "CSV  2026-11-13 BHD 1500.125, 2026-11-13 BHD 0.500"},
		"sign behind":    {lines("Datum;Omschrijving;Bedrag;Munt", "13-11-2026;x;12,00-;EUR"), "", "CSV  2026-11-13 EUR -12.00"},
	} {
		s, wrong := bank.Read([]byte(c.file), c.currency)
		if len(wrong) > 0 {
			t.Errorf("%s: %+v", name, wrong)
			continue
		}
		var got []string
		for _, e := range s.Entries {
			got = append(got, e.Booked.Format(time.DateOnly)+" "+e.Amount.Currency+" "+e.Amount.Decimal())
		}
		if text := s.Format + " " + s.Account + " " + strings.Join(got, ", "); text != c.want {
			t.Errorf("%s: %s, want %s", name, text, c.want)
		}
	}
	s, wrong := bank.Read([]byte(camt), "")
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if e := s.Entries[0]; e.Reference != "A1 · FP0411 7730 218" || e.Text != "STRIPE PAYMENTS EUROPE · Zoë Łódź" {
		t.Errorf("texts: %q, %q", e.Reference, e.Text)
	}
}

func TestReadRefuses(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Document><Stmt><Acct><Id><IBAN>&b;</IBAN></Id></Acct></Stmt></Document>`
	outside := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document><Stmt>&x;</Stmt></Document>`
	for name, c := range map[string]struct{ file, want string }{
		"cut off":            {camt[:len(camt)/2], "ends in the middle"},
		"entities":           {bomb, "declares a document type"},
		"outside entities":   {outside, "declares a document type"},
		"undeclared":         {strings.Replace(camt, "Zoë", "&zoe;", 1), "not XML as it should be"},
		"wrong encoding":     {latin1(camt), "letters"},
		"does not add up":    {strings.Replace(camt, "3574.57", "3574.58", 1), "EUR 0.01 is missing"},
		"three decimals":     {strings.Replace(camt, "3524.57", "3524.571", 1), "no amount"},
		"no sign":            {strings.Replace(camt, "<CdtDbtInd>DBIT</CdtDbtInd>", "", 1), "credit or a debit"},
		"no day":             {strings.Replace(camt, "2026-11-11", "11.11.26", 1), "no day"},
		"another message":    {strings.ReplaceAll(camt, "Stmt>", "Ntfctn>"), "holds no statement"},
		"nested":             {strings.Repeat("<a>", 100), "nested too deeply"},
		"empty":              {" \r\n", "empty"},
		"spreadsheet":        {"PK\x03\x04x", "spreadsheet"},
		"PDF":                {"%PDF-1.7", "PDF"},
		"no text":            {"\x00\x01\x02\xff", "no text"},
		"no heading":         {lines("1;2;3", "4;5;6"), "headings"},
		"no currency":        {lines("Date;Amount;Text", "2026-11-13;1.00;x"), "does not name its currency"},
		"cut off in a line":  {lines("Booking date;Text;Amount;Currency", "2026-11-13;x;1.00;EUR", "2026-11-14;y"), "Line 3 ends in the middle"},
		"cut off in a quote": {lines("Booking date;Text;Amount;Currency", `2026-11-13;"x;1.00;EUR`), "Line 2 cannot be read"},
		"day or month":       {lines("Date,Amount,Currency", "01/02/2026,1.00,EUR", "03/04/2026,1.00,EUR"), "day or the month"},
		"days unlike":        {lines("Date;Amount;Currency", "2026-11-13;1.00;EUR", "13.11.2026;1.00;EUR"), "not all written alike"},
		"no such day":        {lines("Date;Amount;Currency", "2026-11-13;1.00;EUR", "soon;1.00;EUR"), `Line 3: "soon" is no day`},
		"comma and point":    {lines("Date;Amount;Currency", "2026-11-13;1.00;EUR", "2026-11-13;1,00;EUR"), "comma"},
		"no amount":          {lines("Date;Amount;Currency", "2026-11-13;1.00;EUR", "2026-11-13;one;EUR"), "Line 3: the amount"},
		"only a heading":     {lines("Date;Amount;Currency", ""), "holds no booking"},
	} {
		s, wrong := bank.Read([]byte(c.file), "")
		if s != nil || len(wrong) == 0 || !strings.Contains(wrong[0].Message, c.want) {
			t.Errorf("%s: %+v, %+v, want %q", name, s, wrong, c.want)
		}
	}
}

func day(text string) models.Unix {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return models.UnixOf(at)
}

func TestMatch(t *testing.T) {
	payout := func(id string, amount int64, arrival, trace string) models.Payout {
		return models.Payout{ID: id, Amount: amount, Currency: "EUR", Status: "paid", ArrivalDate: day(arrival), TraceID: trace}
	}
	entry := func(id string, amount int64, booked, text string) models.BankEntry {
		return models.BankEntry{ID: id, Amount: amount, Currency: "EUR", Booked: day(booked), Text: text}
	}
	payouts := []models.Payout{payout("po_near", 100, "2026-11-11", ""), payout("po_trace", 100, "2026-11-11", "FP 0411 7730 218"), payout("po_only", 250, "2026-11-11", ""),
		payout("po_debit", -70, "2026-11-11", ""), payout("po_never", 999, "2026-11-11", ""), payout("po_late", 111, "2026-11-11", "")}
	entries := []models.BankEntry{entry("a", 100, "2026-11-12", "STRIPE FP04117730218"), entry("b", 100, "2026-11-13", "transfer"), entry("c", 250, "2026-11-12", "Stripe Payments"),
		entry("d", 250, "2026-11-12", "somebody else"), entry("e", -70, "2026-11-11", "STRIPE"), entry("f", 111, "2026-12-24", "STRIPE"), entry("g", 100, "2026-11-01", "STRIPE")}
	got := map[string]string{}
	for _, p := range bank.Match(payouts, entries) {
		got[p.Payout] = fmt.Sprintf("%s %t", p.Entry, p.Certain)
	}
	want := map[string]string{"po_trace": "a true", "po_near": "b false", "po_only": "c true", "po_debit": "e true"}
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("pairs %v, want %v", got, want)
	}
	first, last := day("2026-11-01").Time(), day("2026-11-16").Time()
	for arrival, overdue := range map[string]bool{"2026-11-11": true, "2026-11-12": false, "2026-10-30": false} {
		if got := bank.IsOverdue(payout("po", 1, arrival, ""), first, last); got != overdue {
			t.Errorf("arrival %s (three working days, a weekend between): overdue %t", arrival, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(camt))
	f.Add([]byte("Date,Amount,Currency\n2026-11-13,1.00,EUR\n"))
	f.Add([]byte("Buchungstag;Betrag\n13.11.2026;1,0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, wrong := bank.Read(data, "EUR")
		if (s == nil) == (len(wrong) == 0) {
			t.Fatalf("%+v and %+v", s, wrong)
		}
	})
}
