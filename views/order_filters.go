package views

import (
	"strings"

	"counterfoil/models"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// FiltersRegion is the form of the filters and the chips of those that are set.
type FiltersRegion struct {
	Chips  []ui.LinkModel // each leads to the list without it
	Fields []ui.FieldModel
	Hidden []ui.Part // what the form keeps: tab, search, sort
	Open   bool
	Clear  string // URL of the list without filters
}

func newFilters(in OrdersInput) FiltersRegion {
	r := FiltersRegion{Clear: OrdersURL(only(in.Asked, "tab", "q", "sort"))}
	for _, name := range []string{"tab", "q", "sort", "view"} {
		if v := in.Asked.Get(name); v != "" {
			r.Hidden = append(r.Hidden, ui.Part{Name: name, Value: v})
		}
	}
	for _, f := range filterFields(in) {
		f.ID, f.Value, f.Error = "filter-"+f.Name, strings.Join(in.Asked[f.Name], ","), in.Faults[f.Name]
		if f.Value != "" {
			r.Chips = append(r.Chips, ui.LinkModel{URL: OrdersURL(without(in.Asked, f.Name)), Text: f.Label + ": " + chipWord(f)})
		}
		if f.Error != "" {
			r.Open = true
		}
		if len(f.Options) > 0 && f.Value != "" && !hasOption(f.Options, f.Value) {
			f.Options = append(f.Options, ui.Option{Value: f.Value, Text: chipWord(f)})
		}
		r.Fields = append(r.Fields, f)
	}
	return r
}

// filterFields are the filters in the order of the form.
func filterFields(in OrdersInput) []ui.FieldModel {
	anything := ui.Option{Text: "Any"}
	statuses, currencies, countries := []ui.Option{anything}, []ui.Option{anything}, []ui.Option{anything}
	for _, s := range []models.OrderStatus{models.StatusAuthorized, models.StatusCaptured, models.StatusPartlyCaptured, models.StatusCanceled,
		models.StatusExpired, models.StatusFailed, models.StatusStarted} {
		statuses = append(statuses, ui.Option{Value: string(s), Text: statusBadge(s).Text})
	}
	for _, c := range in.Currencies {
		currencies = append(currencies, ui.Option{Value: c, Text: c})
	}
	for _, m := range models.KlarnaMarkets() {
		countries = append(countries, ui.Option{Value: m.Country, Text: i18n.Country(m.Country)})
	}
	return []ui.FieldModel{
		{Name: "status", Label: "Status", Options: statuses},
		{Name: "tracking", Label: "Tracking number", Options: []ui.Option{anything, {Value: "yes", Text: "Given"}, {Value: "no", Text: "Missing"}}},
		{Name: "country", Label: "Country", Options: countries},
		{Name: "currency", Label: "Currency", Options: currencies},
		{Name: "amount_min", Label: "Amount from", InputMode: "decimal", MaxLength: 20},
		{Name: "amount_max", Label: "Amount to", InputMode: "decimal", MaxLength: 20},
		{Name: "created_from", Label: "Created from", Type: "date"},
		{Name: "created_to", Label: "Created to", Type: "date"},
		{Name: "capture_by_from", Label: "Capture by, from", Type: "date"},
		{Name: "capture_by_to", Label: "Capture by, to", Type: "date"},
		{Name: "category", Label: "Paid with", Options: []ui.Option{anything, {Value: "pay_later", Text: "Pay later"}, {Value: "pay_now", Text: "Pay now"},
			{Value: "pay_in_installments", Text: "Installments"}, {Value: "pay_with_financing", Text: "Financing"}}},
		{Name: "method", Label: "Capture method", Options: []ui.Option{anything, {Value: "manual", Text: "By hand"}, {Value: "automatic", Text: "Automatic"}}},
		{Name: "reference", Label: "Order reference", MaxLength: 200},
		{Name: "email", Label: "E-mail", MaxLength: 200},
	}
}

// chipWord is a filter's value in words.
func chipWord(f ui.FieldModel) string {
	for _, o := range f.Options {
		if o.Value == f.Value {
			return o.Text
		}
	}
	if len(f.Options) > 0 { // several of them, as a shared address may ask
		return strings.ReplaceAll(f.Value, ",", ", ")
	}
	return f.Value
}

func hasOption(options []ui.Option, value string) bool {
	for _, o := range options {
		if o.Value == value {
			return true
		}
	}
	return false
}
