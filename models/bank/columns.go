package bank

import (
	"slices"
	"strings"
)

// heading is how banks head a column.
type heading struct {
	exact  []string // the whole heading; the first that is found wins
	within []string // a part of it
}

// headings are the words by which banks head their columns: English, German, Swedish, Norwegian, Danish, Dutch, French, Spanish, Italian,
// Finnish, Polish.
func headings() (date, amount, debit, credit, sign, currency, status, account heading) {
	date = heading{
		exact: []string{"booking date", "buchungstag", "buchungsdatum", "buchung", "bokföringsdag", "bokföringsdatum", "bokført", "bokføringsdato", "bogføringsdato", "boekdatum",
			"boekingsdatum", "date comptable", "date opération", "date d'opération", "date de comptabilisation", "fecha operación", "fecha contable", "data contabile", "data operazione",
			"kirjauspäivä", "data księgowania", "data operacji", "posting date", "transaction date", "completed date", "date completed", "completed date (utc)", "date", "datum", "dato", "fecha",
			"data", "päivä"},
		within: []string{"booking date", "buchungstag", "buchungsdatum", "bokföring", "posting date", "transaction date"},
	}
	amount = heading{
		exact:  []string{"amount", "betrag", "umsatz", "belopp", "beløp", "beløb", "bedrag", "montant", "importe", "importo", "määrä", "kwota", "transaction amount", "booked amount"},
		within: []string{"amount", "betrag", "umsatz", "belopp", "beløp", "beløb", "bedrag", "montant", "importe", "importo", "määrä", "kwota"},
	}
	debit = heading{exact: []string{"debit", "debits", "debit amount", "soll", "paid out", "withdrawal", "withdrawals", "débit", "ut fra konto", "uttag", "cargo", "addebiti", "dare", "obciążenia",
		"money out"}}
	credit = heading{exact: []string{"credit", "credits", "credit amount", "haben", "paid in", "deposit", "deposits", "crédit", "inn på konto", "insättning", "abono", "accrediti", "avere", "uznania",
		"money in"}}
	sign = heading{exact: []string{"soll/haben", "debit/credit", "s/h", "af bij", "dr/cr", "kredit/debet", "credit/debit", "credit debit indicator", "d/c"}}
	currency = heading{
		exact:  []string{"currency", "währung", "waehrung", "valuta", "devise", "divisa", "moneda", "waluta", "valuutta", "munt", "account currency"},
		within: []string{"currency", "währung"},
	}
	status = heading{exact: []string{"status", "state", "info", "buchungsstatus", "booking status", "transaction status", "estado", "stato", "tila", "stan"}}
	account = heading{exact: []string{"auftragskonto", "account", "account number", "iban", "konto", "kontonummer", "iban auftragskonto", "rekening", "iban/bban", "compte", "cuenta", "conto"}}
	return date, amount, debit, credit, sign, currency, status, account
}

// others are the words in a heading that tell that the column is not about the booking itself: what was paid in another currency, what was left
// afterwards, what it cost.
func others() []string {
	return []string{"original", "ursprung", "foreign", "exchange", "fremd", "balance", "saldo", "solde", "kontostand", "fee", "gebühr", "limit", "vat", "tax"}
}

// find gives the column of a heading, counted from 1, 0 for none: the whole words first, parts of one then.
func (h heading) find(head []string) int {
	words := make([]string, len(head))
	for i, cell := range head {
		words[i] = strings.ToLower(strings.Join(strings.Fields(cell), " "))
	}
	for _, word := range h.exact {
		for i, cell := range words {
			if cell == word {
				return i + 1
			}
		}
	}
	for _, word := range h.within {
		for i, cell := range words {
			if strings.Contains(cell, word) && !slices.ContainsFunc(others(), func(o string) bool { return strings.Contains(cell, o) }) {
				return i + 1
			}
		}
	}
	return 0
}

// debits, credits are the words of a column that says which of the two a booking is.
func debits() []string {
	return []string{"s", "d", "dr", "dbit", "debit", "soll", "af", "debet", "débit", "debito", "-", "out"}
}

func credits() []string {
	return []string{"h", "c", "cr", "crdt", "credit", "haben", "bij", "kredit", "crédit", "credito", "+", "in"}
}

// booked, unbooked are the words of a column that says whether a booking is one already.
func booked() []string {
	return []string{"booked", "completed", "settled", "posted", "cleared", "executed", "gebucht", "umsatz gebucht", "bokført", "bogført", "udført", "utført", "bokförd", "bokad", "geboekt",
		"comptabilisé", "contabilizado", "contabilizzato", "kirjattu", "zaksięgowana", "book"}
}

func unbooked() []string {
	return []string{"pending", "reserved", "vorgemerkt", "umsatz vorgemerkt", "venter", "reservert", "reserveret", "väntande", "reserverad", //nolint:misspell // Swedish
		"in behandeling", "en attente", "pendiente",
		"in attesa", "odottaa", "oczekująca", "reverted", "declined", "failed", "cancelled", "canceled", "rejected", "pdng"}
}
