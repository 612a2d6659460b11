package views

import (
	"cmp"
	"html"
	"maps"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/help"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// HelpSettingsInput is what the settings of the help pages are made from.
type HelpSettingsInput struct {
	Shell    Shell
	BaseURL  string
	Settings help.Settings
	Visits   []models.HelpVisits      // of the last 90 days
	Disputes []models.CountryDisputes // opened in them
	Catalogs help.Catalogs
	Chosen   string // the page that the snippets lead to, "de/de"; "" for any
	Wrong    string // the key of the page whose link was refused
	Typed    string // that link
	Errors   map[string]string
}

// HelpSettingsPage are the settings of the help pages.
type HelpSettingsPage struct {
	Shell    Shell
	Contact  []ui.FieldModel
	Links    []helpLinkRow
	ToCheck  int
	Chosen   ui.FieldModel
	NoBase   bool
	Snippets []helpSnippet
	Preview  helpLink
	Visits   []helpVisits
	Texts    []helpLanguage // the languages whose texts can be changed
}

// helpLanguage is a language of the help pages.
type helpLanguage struct {
	URL, Name string
	State     ui.BadgeModel // whether a native speaker has read its texts
}

// helpVisits is what came of a country's help pages, beside its disputes.
type helpVisits struct{ Country, Pages, Klarna, App, Shop, Disputes string }

type helpLinkRow struct {
	Page, Country, Language, Code string
	PageURL                       string
	Opens                         string // what is to be opened and looked at
	State                         ui.BadgeModel
	Checked                       string
	Field                         ui.FieldModel
}

// helpSnippet is what to put onto the shop's site or into its mails, and how it looks there: the words before the link, and the link's class.
type helpSnippet struct{ Title, Text, Lead, Class string }

// NewHelpSettingsPage makes the page.
func NewHelpSettingsPage(in HelpSettingsInput) HelpSettingsPage {
	in.Shell.Title, in.Shell.Nav = "Help page", NavSettings
	p := HelpSettingsPage{Shell: in.Shell, NoBase: in.BaseURL == ""}
	contact := func(name, label, value string) {
		p.Contact = append(p.Contact, ui.FieldModel{ID: "help-" + name, Name: name, Label: label, Value: value, Error: in.Errors[name], MaxLength: 200, Autocomplete: "off"})
	}
	contact("email", "E-mail", in.Settings.Contact.Email)
	contact("phone", "Telephone", in.Settings.Contact.Phone)
	contact("url", "Page on your site", in.Settings.Contact.URL)
	contact("hours", "When you answer", in.Settings.Contact.Hours)
	for _, page := range help.Pages() {
		row := in.linkRow(page)
		if row.State.Tone != ui.ToneOK {
			p.ToCheck++
		}
		p.Links = append(p.Links, row)
	}
	in.snippets(&p)
	p.Visits = in.visits()
	for _, language := range slices.Sorted(maps.Keys(in.Catalogs)) {
		_, state := in.Settings.ReviewOf(in.Catalogs[language])
		p.Texts = append(p.Texts, helpLanguage{URL: "/settings/help/texts/" + language, Name: i18n.Language(language), State: reviewBadge(state)})
	}
	return p
}

func reviewBadge(s help.ReviewState) ui.BadgeModel {
	switch s {
	case help.ReviewDone:
		return ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Read"}
	case help.ReviewChanged:
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "triangle-alert", Text: "Changed since"}
	}
	return ui.BadgeModel{Icon: "circle-dashed", Text: "Not read yet"}
}

// visits puts the visits of each country beside its disputes; countries with neither are left out.
func (in HelpSettingsInput) visits() (rows []helpVisits) {
	counts, disputes := map[string]map[string]int64{}, map[string][]string{}
	for _, v := range in.Visits {
		if counts[v.Country] == nil {
			counts[v.Country] = map[string]int64{}
		}
		counts[v.Country][v.Topic] = v.N
	}
	for _, d := range in.Disputes {
		disputes[d.Country] = append(disputes[d.Country], disputeReason(d.Reason)+": "+i18n.Number(d.N))
	}
	for _, m := range models.KlarnaMarkets() {
		of := counts[m.Country]
		if of == nil && disputes[m.Country] == nil {
			continue
		}
		rows = append(rows, helpVisits{Country: i18n.Country(m.Country), Pages: i18n.Number(of["page"]), Klarna: i18n.Number(of["klarna"]), App: i18n.Number(of["app"]),
			Shop: i18n.Number(of["shop"]), Disputes: cmp.Or(strings.Join(disputes[m.Country], ", "), "none")})
	}
	return rows
}

func (in HelpSettingsInput) linkRow(page help.Page) helpLinkRow {
	state := in.Settings.Link(page)
	row := helpLinkRow{Page: page.Key(), Country: i18n.Country(page.Market.Country), Language: i18n.Language(page.Language), Code: page.Language, PageURL: page.Path(), Opens: state.URL,
		State: ui.BadgeModel{Tone: ui.ToneWarn, Icon: "triangle-alert", Text: "Second-hand"}}
	switch {
	case state.Checked.By != "":
		row.State = ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Checked"}
		row.Checked = bankDay(state.Checked.At) + ", " + state.Checked.By
	case state.Checked.At != 0:
		row.State = ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Verified"}
		row.Checked = bankDay(state.Checked.At)
	case state.IsFront:
		row.State.Text = "Front page"
		if state.Guess != "" {
			row.Opens = state.Guess
		}
	}
	row.Field = ui.FieldModel{ID: "link-" + strings.ReplaceAll(page.Key(), "/", "-"), Name: "link", Label: "Address for " + row.Country + " in " + row.Language, Value: row.Opens, MaxLength: 500, Autocomplete: "off"}
	if in.Wrong == page.Key() {
		row.Field.Value, row.Field.Error = in.Typed, in.Errors["link"]
	}
	return row
}

// snippets are what a shop puts onto its own site and into its mails: the address of one page, or of the one that fits the visitor.
func (in HelpSettingsInput) snippets(p *HelpSettingsPage) {
	p.Chosen = ui.FieldModel{ID: "help-chosen", Name: "page", Label: "Leads to", Value: in.Chosen, Options: []ui.Option{{Text: "the page that fits the visitor"}}}
	base := strings.TrimRight(in.BaseURL, "/")
	address, language := base+"/help", "en"
	for _, page := range help.Pages() {
		value := strings.TrimPrefix(page.Path(), "/help/")
		p.Chosen.Options = append(p.Chosen.Options, ui.Option{Value: value, Text: i18n.Country(page.Market.Country) + ", " + i18n.Language(page.Language)})
		if value == in.Chosen {
			address, language = base+page.Path(), page.Language
		}
	}
	text := in.Catalogs[language].Text("title", in.Shell.ShopName)
	label, href := html.EscapeString(text), html.EscapeString(address)
	p.Preview = helpLink{URL: address, Text: text, Locale: language}
	which := in.Catalogs[language].Text("which", in.Shell.ShopName)
	p.Snippets = []helpSnippet{
		{Title: "Link", Class: "link", Text: `<a href="` + href + `" lang="` + language + `">` + label + `</a>`},
		{Title: "Button", Class: "btn sec", Text: `<a href="` + href + `" lang="` + language + `" style="display:inline-block;padding:10px 16px;border:1px solid #14191b;border-radius:8px;color:#14191b;text-decoration:none;font-weight:600">` + label + `</a>`},
		{Title: "Web component, in the language of your page", Class: "link", Text: `<script src="` + html.EscapeString(base) + `/help/component.js" defer></script><payment-help><a href="` + html.EscapeString(base) + `/help">` + label + `</a></payment-help>`},
		{Title: "Paragraph for order mails (HTML)", Lead: which + " ", Class: "link", Text: `<p lang="` + language + `">` + html.EscapeString(which) + ` <a href="` + href + `">` + label + `</a></p>`},
		{Title: "Paragraph for order mails (text)", Text: which + " " + text + ": " + address},
	}
}
