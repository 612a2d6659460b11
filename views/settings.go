package views

import (
	"maps"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// SettingsInput is what the settings are made from.
type SettingsInput struct {
	Shell    Shell
	Ground   models.GroundRecord
	Typed    models.GroundRecord // as typed, or as recorded
	Limits   models.Limits
	Lines    *string         // the limits as typed
	Accounts []ui.FieldModel // of the journal: name, label, value
	Errors   map[string]string
}

// SettingsPage is the page of the shop's settings.
type SettingsPage struct {
	Shell    Shell
	Ground   ui.FieldModel
	Note     ui.FieldModel
	Recorded string
	Limits   ui.FieldModel
	Accounts []ui.FieldModel
}

// groundWord names a ground of automatic captures.
func groundWord(g models.CaptureGround) string {
	switch g {
	case models.GroundInStore:
		return "Sold in a store"
	case models.GroundDigital:
		return "Digital products"
	case models.GroundVouchers:
		return "Vouchers"
	case models.GroundServices:
		return "Services and events"
	case models.GroundWithin24:
		return "Every order leaves within 24 hours of its creation"
	case models.GroundApproved:
		return "Approved by Klarna"
	}
	return "None: orders are to be captured by hand when they ship"
}

// limitLines writes limits as they are typed, a line for each currency.
func limitLines(l models.Limits) string {
	var lines []string
	for _, currency := range slices.Sorted(maps.Keys(l)) {
		lines = append(lines, currency+" "+money.Amount{Minor: l[currency], Currency: currency}.Decimal())
	}
	return strings.Join(lines, "\n")
}

// NewSettingsPage makes the page of the shop's settings.
func NewSettingsPage(in SettingsInput) SettingsPage {
	in.Shell.Title, in.Shell.Nav = "Settings", NavSettings
	p := SettingsPage{
		Shell: in.Shell,
		Ground: ui.FieldModel{ID: "ground", Name: "ground", Label: "Ground", Value: string(in.Typed.Ground), Error: in.Errors["ground"],
			Help: "Orders that are captured automatically without a ground are flagged."},
		Note: ui.FieldModel{ID: "ground-note", Name: "note", Label: "Who approved it, and when", Hint: "needed for Klarna’s approval", Value: in.Typed.Note,
			Error: in.Errors["note"], MaxLength: models.MaxReasonLength},
	}
	lines := limitLines(in.Limits)
	if in.Lines != nil {
		lines = *in.Lines
	}
	p.Limits = ui.FieldModel{ID: "limits", Name: "limits", Label: "Amounts", Value: lines, Rows: 4, Error: in.Errors["limits"], Autocomplete: "off",
		Help: "One line per currency, for example EUR 500.00. A currency that is not there has no limit."}
	for _, f := range in.Accounts {
		f.ID, f.Error, f.MaxLength, f.Required, f.Autocomplete = "account-"+f.Name, in.Errors[f.Name], 20, true, "off"
		p.Accounts = append(p.Accounts, f)
	}
	for _, g := range models.CaptureGrounds() {
		p.Ground.Options = append(p.Ground.Options, ui.Option{Value: string(g), Text: groundWord(g)})
	}
	if in.Ground.At != 0 {
		p.Recorded = "Recorded by " + in.Ground.StaffName + ", " + in.Shell.clock().DayTime(in.Ground.At.Time()).Text + "."
	}
	return p
}

// AutomaticCount is how many orders of the last days were captured automatically.
type AutomaticCount struct {
	Days, Count int64
	Exact       bool
}

// AutomaticInput is what the page about automatic captures is made from.
type AutomaticInput struct {
	Shell  Shell
	Ground models.GroundRecord
	Counts []AutomaticCount
}

// AutomaticPage says what automatic captures mean and what to change.
type AutomaticPage struct {
	Shell  Shell
	Ground string
	Flag   bool
	Counts []ui.Part
	Grand  []string // the five grounds
}

// NewAutomaticPage makes the page about automatic captures.
func NewAutomaticPage(in AutomaticInput) AutomaticPage {
	in.Shell.Title, in.Shell.Nav = "Automatic capture", NavOrders
	p := AutomaticPage{Shell: in.Shell, Ground: groundWord(in.Ground.Ground), Flag: in.Ground.Ground == models.GroundNone}
	for _, c := range in.Counts {
		value := i18n.Number(c.Count)
		switch {
		case !c.Exact && c.Count == 0:
			value = "none among the newest orders; there are too many to look at all"
		case !c.Exact:
			value = "at least " + value
		}
		p.Counts = append(p.Counts, ui.Part{Name: "In the last " + i18n.Plural(c.Days, "day", "days"), Value: value})
	}
	for _, g := range models.CaptureGrounds()[1:6] {
		p.Grand = append(p.Grand, groundWord(g))
	}
	return p
}
