package views

import (
	"strings"

	"counterfoil/models"
	"counterfoil/models/help"
	"counterfoil/web/i18n"
)

// helpURL is the help page of a country, in a language that the visitor's browser asks for.
func helpURL(country string) string { return "/help/" + strings.ToLower(country) }

// HelpInput is what a public help page is made from.
type HelpInput struct {
	ShopName string
	BaseURL  string // "" where it is not known: then search engines are told of no other page
	Page     help.Page
	Catalog  help.Catalog
	Settings help.Settings
}

// HelpPage is a public help page: a country in one of its languages.
type HelpPage struct {
	catalog   help.Catalog
	shop      string
	Locale    string
	Country   string
	Canonical string
	Any       string // for who speaks none of the languages
	Languages []helpLink
	Countries []helpLink
	Contact   help.Contact
	Path      string
	IsFront   bool   // Klarna is Klarna’s front page of the country
	Klarna    string // where the page’s link leads
}

// helpLink leads to another help page.
type helpLink struct {
	URL      string
	Absolute string
	Text     string
	Locale   string
	Current  bool
}

// NewHelpPage makes the help page of a country in a language.
func NewHelpPage(in HelpInput) HelpPage {
	base, market := strings.TrimRight(in.BaseURL, "/"), in.Page.Market
	p := HelpPage{catalog: in.Catalog, shop: in.ShopName, Locale: in.Page.Locale(), Country: i18n.CountryIn(market.Country, in.Page.Language),
		Any: base + "/help"}
	if base != "" {
		p.Canonical = base + in.Page.Path()
	}
	link := in.Settings.Link(in.Page)
	p.Path, p.IsFront, p.Klarna, p.Contact = in.Page.Path(), link.IsFront, link.URL, in.Settings.Contact
	for _, l := range help.LanguagesOf(market) {
		other := help.Page{Market: market, Language: l}
		p.Languages = append(p.Languages, helpLink{URL: other.Path(), Absolute: base + other.Path(), Text: i18n.OwnName(l), Locale: other.Locale(), Current: l == in.Page.Language})
	}
	p.Countries = helpCountries(in.Page.Language, market.Country)
	return p
}

// helpCountries are all countries with help pages, named and sorted in a language.
func helpCountries(language, current string) (links []helpLink) {
	for _, c := range i18n.CountriesIn(language, helpCodes()) {
		links = append(links, helpLink{URL: helpURL(c.Code), Text: c.Name, Current: c.Code == current})
	}
	return links
}

func helpCodes() (codes []string) {
	for _, m := range models.KlarnaMarkets() {
		codes = append(codes, m.Country)
	}
	return codes
}

// NewHelpCountries makes the page on which a visitor chooses a country.
func NewHelpCountries(in HelpInput) HelpPage {
	p := HelpPage{catalog: in.Catalog, shop: in.ShopName, Locale: in.Catalog.Language, Countries: helpCountries(in.Catalog.Language, "")}
	if in.BaseURL != "" {
		p.Canonical = strings.TrimRight(in.BaseURL, "/") + "/help"
	}
	return p
}

// text gives one of the page's texts.
func (p HelpPage) text(key string) string { return p.catalog.Text(key, p.shop) }

// texts gives several.
func (p HelpPage) texts(keys ...string) (all []string) {
	for _, key := range keys {
		all = append(all, p.text(key))
	}
	return all
}

// helpQuestion is a question with its answer.
type helpQuestion struct{ Question, Answer string }

func (p HelpPage) questions() (all []helpQuestion) {
	for _, key := range []string{"return", "missing", "less", "unknown"} {
		all = append(all, helpQuestion{p.text("q_" + key), p.text("a_" + key)})
	}
	return all
}

// title is the document's title.
func (p HelpPage) title() string { return p.text("title") + " · " + p.shop }

// onPaper is a link's address as it is printed behind its text.
func onPaper(url string) string { return strings.TrimSuffix(strings.TrimPrefix(url, "https://"), "/") }

// dialled keeps of a telephone number what is dialled.
func dialled(r rune) rune {
	if r == '+' || r >= '0' && r <= '9' {
		return r
	}
	return -1
}
