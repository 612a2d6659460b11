package views

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// BankDraftInput is what the page of a CSV file is made from that waits to be taken in.
type BankDraftInput struct {
	Shell    Shell
	ID, Name string
	Reading  map[string]string // the form as it stands
	Errors   map[string]string // by field
	Problems []string          // all of them, in words
	Head     []string
	Sample   [][]string
	Entries  []models.BankEntry // empty while the file cannot be read so
	Skipped  int
	Accounts []string // of the statements before
}

// BankDraftPage shows how a CSV file would be read, before anything of it is taken in.
type BankDraftPage struct {
	Shell    Shell
	Name     string
	URL      string
	Head     []string
	Sample   [][]string
	Columns  []ui.FieldModel
	Writing  []ui.FieldModel
	About    []ui.FieldModel
	Problems []string
	Sums     []ui.Part
	Entries  []bankRow
	Ready    bool
}

// seenEntries is how many bookings at either end of the file are shown as they are read.
const seenEntries = 4

// NewBankDraftPage makes the page of a file that waits.
func NewBankDraftPage(in BankDraftInput) BankDraftPage {
	in.Shell.Title, in.Shell.Nav = "Check how the statement is read", NavSettlements
	p := BankDraftPage{Shell: in.Shell, Name: in.Name, URL: "/settlements/bank/drafts/" + in.ID, Head: in.Head, Sample: in.Sample, Problems: in.Problems, Ready: len(in.Entries) > 0}
	p.Columns, p.Writing, p.About = in.columns(), in.writing(), in.about()
	p.Sums = in.sums()
	for i, e := range in.Entries {
		if i < seenEntries || i >= len(in.Entries)-seenEntries {
			p.Entries = append(p.Entries, bankRow{Day: bankDay(e.Booked), Amount: money.Amount{Minor: e.Amount, Currency: e.Currency}, Text: e.Text, Why: "line " + strconv.Itoa(e.Line)})
		}
	}
	return p
}

func (in BankDraftInput) field(name, label string) ui.FieldModel {
	return ui.FieldModel{ID: "r-" + name, Name: name, Label: label, Value: in.Reading[name], Error: in.Errors[name], Autocomplete: "off"}
}

// columns are the choices of what each column holds.
func (in BankDraftInput) columns() (fields []ui.FieldModel) {
	options := []ui.Option{{Value: "0", Text: "none"}}
	width := len(in.Head)
	for _, line := range in.Sample {
		width = max(width, len(line))
	}
	for i := range width {
		text := "Column " + strconv.Itoa(i+1)
		if i < len(in.Head) && in.Head[i] != "" {
			text = fmt.Sprintf("%d: %.40s", i+1, in.Head[i])
		}
		options = append(options, ui.Option{Value: strconv.Itoa(i + 1), Text: text})
	}
	for _, c := range [][2]string{{"date", "Day of the booking"}, {"amount", "Amount"}, {"sign", "Debit or credit, as a word"}, {"debit", "Debits"}, {"credit", "Credits"},
		{"currency", "Currency"}, {"status", "Booked or announced"}} {
		f := in.field(c[0], c[1])
		f.Options = options
		fields = append(fields, f)
	}
	return fields
}

// writing are the choices of how days and amounts are written.
func (in BankDraftInput) writing() []ui.FieldModel {
	head, order, mark := in.field("head", "Line of the headings"), in.field("order", "Days are written"), in.field("mark", "Before the decimals stands")
	head.InputMode = "numeric"
	order.Options = []ui.Option{{Text: "choose"}, {Value: "ymd", Text: "year, month, day"}, {Value: "dmy", Text: "day, month, year"}, {Value: "mdy", Text: "month, day, year"}}
	mark.Options = []ui.Option{{Text: "choose"}, {Value: ".", Text: "a point: 1,234.56"}, {Value: ",", Text: "a comma: 1.234,56"}}
	return []ui.FieldModel{head, order, mark}
}

// about are what the file does not say of itself.
func (in BankDraftInput) about() []ui.FieldModel {
	account, currency, from, to := in.field("account", "Account"), in.field("money", "Currency of the account"), in.field("from", "Covers from"), in.field("to", "Covers to")
	account.Help, account.MaxLength = "Its IBAN, or a name that you use each time: by it the same booking is known in another file.", 100
	if len(in.Accounts) > 0 {
		account.Help += " Used before: " + strings.Join(in.Accounts, ", ") + "."
	}
	currency.Hint, currency.MaxLength = "where no column names it", 3
	from.Type, to.Type = "date", "date"
	to.Help = "Payouts that should have arrived by these days and did not are named."
	return []ui.FieldModel{account, currency, from, to}
}

// sums are what the file would bring.
func (in BankDraftInput) sums() (sums []ui.Part) {
	if len(in.Entries) == 0 {
		return nil
	}
	words := i18n.Plural(int64(len(in.Entries)), "booking", "bookings")
	if in.Skipped > 0 {
		words += ", " + i18n.Number(int64(in.Skipped)) + " only announced and left out"
	}
	sums = append(sums, ui.Part{Name: "In the file", Value: words})
	credits, debits := map[string]int64{}, map[string]int64{}
	for _, e := range in.Entries {
		credits[e.Currency] += max(e.Amount, 0)
		debits[e.Currency] += min(e.Amount, 0)
	}
	for _, currency := range slices.Sorted(maps.Keys(credits)) {
		words := ui.Money(money.Amount{Minor: credits[currency], Currency: currency}) + " in"
		if debits[currency] < 0 {
			words += ", " + ui.Money(money.Amount{Minor: -debits[currency], Currency: currency}) + " out"
		}
		sums = append(sums, ui.Part{Name: "Sum in " + currency, Value: words})
	}
	return sums
}
