package warehouse

import (
	"regexp"
	"strings"
)

// headerWords are what warehouses call their columns, in the order in which they are tried. Letters only, lower case.
var headerWords = []struct {
	column Column
	words  []string
}{
	{ColumnTracking, []string{"tracking", "sendungsnummer", "sendungsnr", "paketnummer", "kollinummer", "kolliid", "kollinr", "kollinummer", "barcode", "sporing", "spårning",
		"sporingsnummer", "suivi", "trackntrace", "tracktrace", "shipmentnumber", "parcelnumber", "consignment", "sändningsnummer", "sändningsid", "pakkenummer", "labelnumber"}},
	{ColumnCarrier, []string{"carrier", "versanddienstleister", "versender", "dienstleister", "transport", "fraktfører", "fragtmand", "vervoerder", "courier",
		"versandart", "shippingmethod", "shippingservice", "speditör", "frakt"}},
	{ColumnShipped, []string{"shippeddate", "shippedon", "shippedat", "shipdate", "versanddatum", "versandtam", "versandam", "skickad", "sendt", "afsendt", "sendedato", "verzenddatum",
		"dateexpedition", "expedition", "date", "datum", "dato", "shipped"}},
	{ColumnAmount, []string{"amount", "betrag", "summe", "belopp", "summa", "beløb", "beløp", "bedrag", "montant", "total"}},
	{ColumnOrder, []string{"order", "bestell", "auftrag", "beställning", "ordre", "bestilling", "commande", "referen", "ref",
		"paymentintent", "belegnr", "pedido", "tilaus", "zamówienie"}},
}

// byHeader reads a header. ok is false where the line is none.
func byHeader(cells []string) (columns []Column, ok bool) {
	columns = make([]Column, len(cells))
	found := 0
	for i, cell := range cells {
		word := letters(cell)
		if word == "" || strings.ContainsAny(cell, "0123456789") {
			continue
		}
		for _, h := range headerWords {
			if columns[i] == ColumnNone && !has(columns, h.column) && matches(word, h.words) {
				columns[i] = h.column
				found++
			}
		}
	}
	return columns, found > 0
}

func matches(word string, words []string) bool {
	for _, w := range words {
		if strings.Contains(word, w) {
			return true
		}
	}
	return false
}

// letters keeps the letters of a heading, in lower case: "Order-No." is "orderno".
func letters(text string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_./#:&'\"()", r) {
			return -1
		}
		return r
	}, strings.ToLower(text))
}

var (
	isAmount   = regexp.MustCompile(`^\d{1,7}[.,]\d{2}$`)
	isTracking = regexp.MustCompile(`^[A-Za-z0-9 -]{8,40}$`)
	digits     = regexp.MustCompile(`\d`)
)

// byContent guesses the columns of a file without a header from its first lines.
func byContent(records []record) []Column {
	width := 0
	for _, r := range records {
		width = max(width, len(r.cells))
	}
	columns := make([]Column, width)
	share := func(i int, fits func(string) bool) float64 {
		n, all := 0, 0
		for _, r := range records[:min(len(records), 50)] {
			if i < len(r.cells) && r.cells[i] != "" {
				all++
				if fits(r.cells[i]) {
					n++
				}
			}
		}
		if all == 0 {
			return 0
		}
		return float64(n) / float64(all)
	}
	take := func(c Column, fits func(string) bool) {
		best, at := 0.6, -1
		for i := range columns {
			if s := share(i, fits); columns[i] == ColumnNone && s > best {
				best, at = s, i
			}
		}
		if at >= 0 {
			columns[at] = c
		}
	}
	take(ColumnShipped, func(s string) bool {
		_, ok := Day(s)
		return ok && len(s) >= 8 && !isAmount.MatchString(s) && strings.ContainsAny(s, ".-/")
	})
	take(ColumnAmount, isAmount.MatchString)
	take(ColumnTracking, func(s string) bool { return isTracking.MatchString(s) && len(digits.FindAllString(s, -1)) >= 7 })
	take(ColumnCarrier, func(s string) bool { return !strings.ContainsAny(s, "0123456789") && len(s) >= 2 })
	for i := range columns { // what is left first is the order
		if columns[i] == ColumnNone {
			columns[i] = ColumnOrder
			break
		}
	}
	if !has(columns, ColumnTracking) && width >= 2 {
		for i := width - 1; i >= 0; i-- {
			if columns[i] == ColumnNone {
				columns[i] = ColumnTracking
				break
			}
		}
	}
	return columns
}
