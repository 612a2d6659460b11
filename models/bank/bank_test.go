package bank_test

import (
	"fmt"
	"slices"
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

func lines(all ...string) string { return strings.Join(all, "\r\n") + "\r\n" }

// read reads a file as somebody would who says what the file leaves open: the account, its currency, the order of days, the mark.
func read(file string, say func(*bank.Reading)) (*bank.Statement, []bank.Problem) {
	s, table, wrong := bank.Open([]byte(file))
	if table == nil {
		return s, wrong
	}
	r := table.Guess()
	if r.Account == "" {
		r.Account = "Giro"
	}
	if say != nil {
		say(&r)
	}
	return table.Read(r)
}

func inCurrency(code string) func(*bank.Reading) {
	return func(r *bank.Reading) { r.Money = code }
}

func shown(s *bank.Statement) string {
	var all []string
	for _, e := range s.Entries {
		all = append(all, e.Booked.Format(time.DateOnly)+" "+e.Amount.Currency+" "+e.Amount.Decimal())
	}
	return fmt.Sprintf("%s %s %s", s.Format, s.Account, strings.Join(all, ", "))
}

const camtRead = "camt.053 DE02120300000000202051 2026-11-11 EUR 3524.57, 2026-11-12 EUR -50.00"

func TestReadGood(t *testing.T) {
	for name, c := range map[string]struct {
		file string
		say  func(*bank.Reading)
		want string
	}{
		"camt.053":    {camt, nil, camtRead},
		"mark":        {"\ufeff" + camt, nil, camtRead},
		"ISO-8859-1":  {latin1(strings.Replace(camt, "UTF-8", "ISO-8859-1", 1)), nil, camtRead},
		"UTF-16":      {utf16LE(strings.Replace(camt, "UTF-8", "UTF-16", 1)), nil, camtRead},
		"old version": {strings.Replace(camt, "camt.053.001.08", "camt.053.001.02", 1), nil, camtRead},
		"German bank": {latin1(lines("Umsätze Girokonto;Zeitraum: 30 Tage", "", "Buchungstag;Valutadatum;Verwendungszweck;Betrag;Währung", `13.11.2026;14.11.2026;"STRIPE; Auszahlung für Müller";1.234,56;EUR`, "14.11.2026;14.11.2026;Miete;-800,00;EUR", "")),
			nil, "CSV Giro 2026-11-13 EUR 1234.56, 2026-11-14 EUR -800.00"},
		"Soll/Haben": {lines("Buchungstag;Umsatz;Soll/Haben;Währung;Verwendungszweck", "13.11.2026;12,00;S;EUR;x", "14.11.2026;5,00;H;EUR;y"), nil, "CSV Giro 2026-11-13 EUR -12.00, 2026-11-14 EUR 5.00"},
		"British":    {lines("Date,Description,Paid out,Paid in", "23/11/2026,RENT,\"1,200.50\",", "24/11/2026,STRIPE,,\"3,524.57\""), inCurrency("gbp"), "CSV Giro 2026-11-23 GBP -1200.50, 2026-11-24 GBP 3524.57"},
		"American":   {lines("Date,Description,Amount", "11/23/2026,STRIPE,(12.00)", "11/02/2026,X,12.00"), inCurrency("USD"), "CSV Giro 2026-11-23 USD -12.00, 2026-11-02 USD 12.00"},
		//nolint:misspell // Swedish
		"Swedish":                {lines("Bokföringsdag\tBelopp\tValuta\tReferens", "2026-11-13\t1 234,50\tSEK\tstripe", "2026-11-14\t−5,00\tSEK\t"), nil, "CSV Giro 2026-11-13 SEK 1234.50, 2026-11-14 SEK -5.00"},
		"no decimals":            {lines("Booking date;Amount;Currency;Text", "2026-11-13;1500;JPY;x"), nil, "CSV Giro 2026-11-13 JPY 1500"},
		"three decimals":         {lines("Booking date;Amount;Currency;Text", "2026-11-13;1500.125;BHD;x", "2026-11-13;0.500;BHD;x"), nil, "CSV Giro 2026-11-13 BHD 1500.125, 2026-11-13 BHD 0.500"},
		"sign behind":            {lines("Datum;Omschrijving;Bedrag;Munt", "13-11-2026;x;12,00-;EUR"), nil, "CSV Giro 2026-11-13 EUR -12.00"},
		"CR line ends":           {strings.ReplaceAll(lines("Date;Amount;Currency", "2026-11-13;1.00;EUR"), "\r\n", "\r"), nil, "CSV Giro 2026-11-13 EUR 1.00"},
		"no end of line":         {"Date;Text;Amount\n2026-11-13;x;1.00\n2026-11-14;y;12.00", inCurrency("EUR"), "CSV Giro 2026-11-13 EUR 1.00, 2026-11-14 EUR 12.00"},
		"original amount before": {lines("Date,Payee,Original Amount,Original Currency,Amount", "2026-11-13,STRIPE,10.00,USD,9.31"), inCurrency("EUR"), "CSV Giro 2026-11-13 EUR 9.31"},
		"N26": {lines(`"Booking Date","Value Date","Partner Name","Partner Iban",Type,"Payment Reference","Account Name","Amount (EUR)","Original Amount","Original Currency","Exchange Rate"`,
			`2026-11-13,2026-11-13,"Shop",,"Presentment",,"Main",-9.31,-10.00,USD,1.07`), inCurrency("EUR"), "CSV Giro 2026-11-13 EUR -9.31"},
		"Sparkasse": {latin1(lines(`"Auftragskonto";"Buchungstag";"Valutadatum";"Buchungstext";"Verwendungszweck";"Glaeubiger ID";"Mandatsreferenz";"Kundenreferenz (End-to-End)";"Sammlerreferenz";"Lastschrift Ursprungsbetrag";"Auslagenersatz Ruecklastschrift";"Beguenstigter/Zahlungspflichtiger";"Kontonummer/IBAN";"BIC (SWIFT-Code)";"Betrag";"Waehrung";"Info"`,
			`"DE02120300000000202051";"13.11.26";"13.11.26";"GUTSCHR. UEBERWEISUNG";"STRIPE";"";"";"NOTPROVIDED";"";"";"";"Stripe";"IE00";"X";"3.524,57";"EUR";"Umsatz gebucht"`,
			`"DE02120300000000202051";"13.11.26";"13.11.26";"LASTSCHRIFT";"x";"";"";"";"";"";"";"y";"";"";"-5,00";"EUR";"Umsatz vorgemerkt"`)), nil,
			"CSV DE02120300000000202051 2026-11-13 EUR 3524.57"},
		"ING": {latin1(lines("Umsatzanzeige;Datei erstellt am: 23.11.2026 10:00", "", "IBAN;DE02 1203 0000 0000 2020 51", "Kontoname;Girokonto", "Bank;ING", "Zeitraum;01.11.2026 - 23.11.2026", "Saldo;1.000,00;EUR", "",
			"Buchung;Wertstellungsdatum;Auftraggeber/Empfänger;Buchungstext;Verwendungszweck;Saldo;Währung;Betrag;Währung", "13.11.2026;13.11.2026;Stripe;Gutschrift;STRIPE;1.000,00;EUR;250,00;EUR")), nil,
			"CSV DE02120300000000202051 2026-11-13 EUR 250.00"},
		"Revolut": {lines("Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance", "TOPUP,Current,2026-11-12 09:00:00,2026-11-13 09:01:02,Stripe,250.00,0.00,EUR,COMPLETED,1250.00",
			"CARD_PAYMENT,Current,2026-11-14 09:00:00,,Cafe,-3.00,0.00,EUR,PENDING,", "TRANSFER,Current,2026-11-14 09:00:00,2026-11-14 09:00:00,x,-1.00,0.00,EUR,REVERTED,"), nil,
			"CSV Giro 2026-11-13 EUR 250.00"},
		"no status that is known": {lines("Date;Amount;Currency;Info", "2026-11-13;1.00;EUR;anything"), nil, "CSV Giro 2026-11-13 EUR 1.00"},
		"pending in Norwegian":    {lines("Dato;Beløp;Valuta;Status", "13.11.2026;1,00;NOK;Bokført", "13.11.2026;2,00;NOK;Venter"), nil, "CSV Giro 2026-11-13 NOK 1.00"},
		"said by hand": {lines("13.11.2026;x;1.230;y", "01.11.2026;x;2.000;y"), func(r *bank.Reading) {
			*r = bank.Reading{Date: 1, Amount: 3, Order: bank.OrderDMY, Mark: bank.MarkComma, Money: "EUR", Account: "A", From: day("2026-11-01").Time(), To: day("2026-11-30").Time()}
		}, "CSV A 2026-11-13 EUR 1230.00, 2026-11-01 EUR 2000.00"},
		"by credit and debit": {lines("Date;Amount;Currency;Credit Debit Indicator", "2026-11-13;1.00;EUR;DBIT", "2026-11-13;2.00;EUR;CRDT", "2026-11-13;-3.00;EUR;-"), nil,
			"CSV Giro 2026-11-13 EUR -1.00, 2026-11-13 EUR 2.00, 2026-11-13 EUR -3.00"},
	} {
		s, wrong := read(c.file, c.say)
		if len(wrong) > 0 {
			t.Errorf("%s: %+v", name, wrong)
			continue
		}
		if got := shown(s); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
	s, wrong := read(camt, nil)
	if len(wrong) > 0 {
		t.Fatal(wrong)
	}
	if e := s.Entries[0]; e.Reference != "A1 · FP0411 7730 218" || e.Text != "STRIPE PAYMENTS EUROPE · Zoë Łódź" || s.Skipped != 1 {
		t.Errorf("texts: %q, %q, %d announced", e.Reference, e.Text, s.Skipped)
	}
}

func TestReadRefuses(t *testing.T) {
	bomb := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;">]><Document><Stmt><Acct><Id><IBAN>&b;</IBAN></Id></Acct></Stmt></Document>`
	outside := `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><Document><Stmt>&x;</Stmt></Document>`
	statement := camt[strings.Index(camt, "<Stmt>"):strings.Index(camt, "</BkToCstmrStmt>")]
	row := func(cells string) string {
		return lines("Date;Amount;Currency;Text", "2026-11-13;1.00;EUR;x", cells)
	}
	for name, c := range map[string]struct {
		file string
		say  func(*bank.Reading)
		want string
	}{
		"cut off":               {camt[:len(camt)/2], nil, "ends in the middle"},
		"entities":              {bomb, nil, "declares a document type"},
		"outside entities":      {outside, nil, "declares a document type"},
		"entities inside":       {strings.Replace(camt, "<Ntry>", "<!DOCTYPE x><Ntry>", 1), nil, "declares a document type"},
		"undeclared":            {strings.Replace(camt, "Zoë", "&zoe;", 1), nil, "not XML as it should be"},
		"wrong encoding":        {latin1(camt), nil, "letters"},
		"does not add up":       {strings.Replace(camt, "3574.57", "3574.58", 1), nil, "EUR 0.01 is missing"},
		"a gap between":         {strings.Replace(camt, statement, statement+statement, 1), nil, "a statement between them is missing"},
		"two currencies":        {strings.Replace(camt, `Ccy="EUR">3574`, `Ccy="USD">3574`, 1), nil, "two currencies"},
		"XML, three decimals":   {strings.Replace(camt, "3524.57", "3524.571", 1), nil, "no amount"},
		"no sign":               {strings.Replace(camt, "<CdtDbtInd>DBIT</CdtDbtInd>", "", 1), nil, "credit or a debit"},
		"no status":             {strings.Replace(camt, "<Sts>BOOK</Sts>", "", 1), nil, "whether it is booked"},
		"no account":            {strings.Replace(camt, "<IBAN>DE02120300000000202051</IBAN>", "", 1), nil, "which account"},
		"no day":                {strings.Replace(camt, "2026-11-11", "11.11.26", 1), nil, "no day"},
		"another message":       {strings.ReplaceAll(camt, "Stmt>", "Ntfctn>"), nil, "holds no statement"},
		"nested":                {strings.Repeat("<a>", 100), nil, "nested too deeply"},
		"empty":                 {" \r\n", nil, "empty"},
		"spreadsheet":           {"PK\x03\x04x", nil, "spreadsheet"},
		"PDF":                   {"%PDF-1.7", nil, "PDF"},
		"no text":               {"\x00\x01\x02\xff", nil, "no text"},
		"no table":              {"hello\nworld\n", nil, "no table"},
		"no heading":            {lines("1;2;3", "4;5;6"), nil, "column that holds the day"},
		"no currency":           {lines("Date;Amount;Text", "2026-11-13;1.00;x"), nil, "Write the currency"},
		"no account in CSV":     {row("2026-11-13;1.00;EUR;x"), func(r *bank.Reading) { r.Account = " " }, "which account"},
		"cut off in a line":     {strings.TrimSpace(row("2026-11-14;1.00")), nil, "ends in the middle"},
		"cut off in a quote":    {lines("Booking date;Text;Amount;Currency", `2026-11-13;"x;1.00;EUR`), nil, "Line 2 cannot be read"},
		"cut off in an amount":  {"Date;Text;Amount\n2026-11-13;x;1.00\n2026-11-14;y;12", inCurrency("EUR"), "seems to be cut off"},
		"cut off in a currency": {strings.TrimSpace(lines("Date;Amount;Currency", "2026-11-13;1.00;EUR", "2026-11-14;1.00;EU")), nil, `“EU” is no currency`},
		"day or month":          {lines("Date,Amount,Currency", "01/02/2026,1.00,EUR", "03/04/2026,1.00,EUR"), nil, "day from the month"},
		"short years":           {lines("Date,Amount,Currency", "11/03/26,1.00,EUR"), nil, "day from the month"},
		"hyphens":               {lines("Date,Amount,Currency", "11-03-2026,1.00,EUR"), nil, "day from the month"},
		"days unlike":           {lines("Date;Amount;Currency", "2026-11-13;1.00;EUR", "13.11.2026;1.00;EUR"), nil, "day from the month"},
		"no such day": {row("soon;1.00;EUR;x"), func(r *bank.Reading) {
			r.Order = bank.OrderYMD
			r.From = day("2026-11-01").Time()
			r.To = day("2026-11-30").Time()
		}, `Line 3: “soon” is no day`},
		"a day too long": {row("2026-11-131;1.00;EUR;x"), func(r *bank.Reading) {
			r.Order, r.From, r.To = bank.OrderYMD, day("2026-11-01").Time(), day("2026-11-30").Time()
		}, `“2026-11-131” is no day`},
		"30 February": {row("2026-02-30;1.00;EUR;x"), func(r *bank.Reading) {
			r.Order, r.From, r.To = bank.OrderYMD, day("2026-11-01").Time(), day("2026-11-30").Time()
		}, `“2026-02-30” is no day`},
		"comma and point":          {row("2026-11-13;1,00;EUR;x"), nil, "stands before the decimals"},
		"thousand, said to be one": {lines("Date;Amount;Currency", "2026-11-13;1.230;EUR"), func(r *bank.Reading) { r.Mark = bank.MarkPoint }, `“1.230” is no amount`},
		"thousand or one":          {lines("Date;Amount;Currency", "2026-11-13;1.230;EUR"), nil, "stands before the decimals"},
		"no amount":                {row("2026-11-13;one;EUR;x"), nil, `Line 3: “one” is no amount`},
		"grouped wrongly":          {row("2026-11-13;1,2,3.00;EUR;x"), nil, "no amount"},
		"half a bracket":           {row("2026-11-13;-(5.00;EUR;x"), nil, "no amount"},
		"two signs":                {row("2026-11-13;-5.00-;EUR;x"), nil, "no amount"},
		"too many decimals":        {row("2026-11-13;5.001;EUR;x"), nil, "no amount"},
		"unknown currency":         {row("2026-11-13;5.00;EUX;x"), nil, `“EUX” is no currency`},
		"empty currency":           {row("2026-11-13;5.00;;x"), nil, `“” is no currency`},
		"unknown sign":             {lines("Date;Amount;Currency;Debit/Credit", "2026-11-13;1.00;EUR;C", "2026-11-13;1.00;EUR;maybe"), nil, "neither debit nor credit"},
		"credit below zero":        {lines("Date;Amount;Currency;Debit/Credit", "2026-11-13;-1.00;EUR;C"), nil, "below zero"},
		"debit and credit":         {lines("Date;Debit;Credit;Currency", "2026-11-13;1.00;2.00;EUR"), nil, "both a debit and a credit"},
		"neither":                  {lines("Date;Debit;Credit;Currency", "2026-11-13;1.00;;EUR", "2026-11-13;;;EUR"), nil, "no amount"},
		"unknown status":           {lines("Date;Amount;Currency;Status", "2026-11-13;1.00;EUR;booked", "2026-11-13;1.00;EUR;hm"), nil, `“hm” is not known`},
		"only announced": {lines("Date;Amount;Currency;Status", "2026-11-13;1.00;EUR;pending"), func(r *bank.Reading) {
			r.Order, r.From, r.To = bank.OrderYMD, day("2026-11-01").Time(), day("2026-11-30").Time()
		}, "holds no booking"},
		"outside its days": {row("2026-11-13;1.00;EUR;x"), func(r *bank.Reading) { r.To = day("2026-11-12").Time(); r.From = r.To }, "outside of the days"},
		"only a heading":   {lines("Date;Amount;Currency", ""), nil, "no booking below"},
	} {
		s, wrong := read(c.file, c.say)
		if s != nil || len(wrong) == 0 || !slices.ContainsFunc(wrong, func(p bank.Problem) bool { return strings.Contains(p.Message, c.want) }) {
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

func payout(id string, amount int64, arrival, trace string) models.Payout {
	return models.Payout{ID: id, Amount: amount, Currency: "EUR", Status: "paid", ArrivalDate: day(arrival), TraceID: trace}
}

func booking(id string, amount int64, booked, text string) models.BankEntry {
	return models.BankEntry{ID: id, Amount: amount, Currency: "EUR", Booked: day(booked), Text: text}
}

func TestMatch(t *testing.T) {
	other := payout("po_other", 100, "2026-11-11", "FP 999 999")
	for name, c := range map[string]struct {
		payouts []models.Payout
		entries []models.BankEntry
		want    string
	}{
		"by trace":                  {[]models.Payout{payout("po_a", 100, "2026-11-11", "FP 0411 7730 218")}, []models.BankEntry{booking("1", 100, "2026-11-12", "FP04117730218"), booking("2", 100, "2026-11-11", "STRIPE")}, "po_a=1 true"},
		"by id":                     {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-12", "STRIPE PO A")}, "po_a=1 true"},
		"a trace too short":         {[]models.Payout{payout("po_a", 100, "2026-11-11", "12")}, []models.BankEntry{booking("1", 100, "2026-11-12", "Rent 12")}, "po_a=1 false"},
		"Stripe’s only one":         {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-12", "Stripe Payments")}, "po_a=1 true"},
		"somebody else’s":           {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-12", "transfer")}, "po_a=1 false"},
		"Stripe’s and another":      {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-11", "transfer"), booking("2", 100, "2026-11-12", "STRIPE")}, "po_a=2 false"},
		"two payouts, one booking":  {[]models.Payout{payout("po_a", 100, "2026-11-11", ""), payout("po_b", 100, "2026-11-12", "")}, []models.BankEntry{booking("1", 100, "2026-11-12", "STRIPE")}, "po_b=1 false"},
		"two payouts, two bookings": {[]models.Payout{payout("po_a", 100, "2026-11-11", ""), payout("po_b", 100, "2026-11-12", "")}, []models.BankEntry{booking("1", 100, "2026-11-12", "STRIPE"), booking("2", 100, "2026-11-11", "STRIPE")}, "po_a=2 false po_b=1 false"},
		"names another":             {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-11", "STRIPE FP999999")}, ""},
		"a day early":               {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-10", "STRIPE")}, "po_a=1 true"},
		"two days early":            {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-09", "STRIPE")}, ""},
		"ten days late":             {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-21", "STRIPE")}, "po_a=1 true"},
		"eleven days late":          {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 100, "2026-11-22", "STRIPE")}, ""},
		"a debit":                   {[]models.Payout{payout("po_a", -70, "2026-11-11", "")}, []models.BankEntry{booking("1", -70, "2026-11-11", "STRIPE")}, "po_a=1 true"},
		"another amount":            {[]models.Payout{payout("po_a", 100, "2026-11-11", "")}, []models.BankEntry{booking("1", 101, "2026-11-11", "STRIPE po_a")}, ""},
	} {
		var got []string
		for _, p := range bank.Match(append(c.payouts, other), c.payouts, c.entries) {
			got = append(got, fmt.Sprintf("%s=%s %t", p.Payout, p.Entry, p.Certain))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s: %v, want %s", name, got, c.want)
		}
	}
}

func TestDue(t *testing.T) {
	if due := bank.Due(payout("po", 1, "2026-11-11", "")); due != day("2026-11-16").Time() {
		t.Errorf("three working days after Wednesday: %s", due)
	}
}

func TestCovers(t *testing.T) {
	span := func(from, to string) bank.Span { return bank.Span{From: day(from).Time(), To: day(to).Time()} }
	spans := bank.Merge([]bank.Span{span("2026-03-01", "2026-03-31"), span("2026-01-01", "2026-01-31"), span("2026-01-20", "2026-02-03"), span("2026-02-04", "2026-02-05")})
	if len(spans) != 2 || spans[0] != span("2026-01-01", "2026-02-05") {
		t.Errorf("merged: %v", spans)
	}
	for days, want := range map[bank.Span]bool{span("2026-01-30", "2026-02-05"): true, span("2026-02-05", "2026-02-06"): false, span("2026-02-10", "2026-02-12"): false,
		span("2025-12-31", "2026-01-02"): false, span("2026-02-27", "2026-03-02"): false, span("2026-03-31", "2026-03-31"): true} {
		if got := bank.Covers(spans, days.From, days.To); got != want {
			t.Errorf("%v: %t", days, got)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(camt))
	f.Add([]byte("Date,Amount,Currency\n2026-11-13,1.00,EUR\n"))
	f.Add([]byte("Buchungstag;Betrag\n13.11.2026;1,0"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, table, wrong := bank.Open(data)
		if n := len(wrong); (s != nil) == (table != nil) && n == 0 || n > 0 && (s != nil || table != nil) {
			t.Fatalf("%+v, %+v and %+v", s, table, wrong)
		}
		if table == nil {
			return
		}
		r := table.Guess()
		r.Account, r.Money = "A", "EUR"
		table.Sample(r, 3)
		s, wrong = table.Read(r)
		if (s == nil) == (len(wrong) == 0) {
			t.Fatalf("%+v and %+v", s, wrong)
		}
	})
}
