package views

import (
	"slices"
	"strings"
)

// market is a country of Klarna's customers with the pages of Klarna's customer service there.
// Source: docs.stripe.com/payments/klarna for the countries; klarna.com for the pages, graded by who has read them.
type market struct {
	Code  string // ISO 3166-1 alpha-2
	Name  string
	Pages []servicePage
	Sure  bool // the page was read by us or is linked by many shops; else only its pattern is known
}

// servicePage is one page of Klarna's customer service.
type servicePage struct {
	Language string // of the page, where a country has several
	Lang     string // its code
	URL      string
}

// internationalPage is where a customer chooses a country at Klarna.
const internationalPage = "https://www.klarna.com/international/"

// markets are the 23 countries, by name.
func markets() []market {
	one := func(code, name, path string, sure bool) market {
		return market{Code: code, Name: name, Pages: []servicePage{{URL: "https://www.klarna.com/" + path}}, Sure: sure}
	}
	return []market{
		one("AU", "Australia", "au/customer-service/", true),
		one("AT", "Austria", "at/kundenservice/", false),
		{Code: "BE", Name: "Belgium", Pages: []servicePage{
			{Language: "Nederlands", Lang: "nl", URL: "https://www.klarna.com/nl-be/klantenservice/"},
			{Language: "Français", Lang: "fr", URL: "https://www.klarna.com/fr-be/service-client/"},
		}},
		one("CA", "Canada", "ca/customer-service/", false),
		one("CZ", "Czechia", "cz/", false),
		one("DK", "Denmark", "dk/kundeservice/", true),
		one("FI", "Finland", "fi/asiakaspalvelu/", true),
		one("FR", "France", "fr/service-client/", true),
		one("DE", "Germany", "de/kundenservice/", true),
		one("GR", "Greece", "gr/", false),
		one("IE", "Ireland", "ie/customer-service/", false),
		one("IT", "Italy", "it/", false),
		one("NL", "Netherlands", "nl/klantenservice/", true),
		one("NZ", "New Zealand", "nz/customer-service/", false),
		one("NO", "Norway", "no/kundeservice/", true),
		one("PL", "Poland", "pl/", false),
		one("PT", "Portugal", "pt/apoio-ao-cliente/", true),
		one("RO", "Romania", "ro/", false),
		one("ES", "Spain", "es/atencion-al-cliente/", true),
		one("SE", "Sweden", "se/kundservice/", true),
		{Code: "CH", Name: "Switzerland", Pages: []servicePage{
			{Language: "Deutsch", Lang: "de", URL: "https://www.klarna.com/de-ch/kundenservice/"},
			{Language: "English", Lang: "en", URL: "https://www.klarna.com/en-ch/customer-service/"},
		}},
		one("GB", "United Kingdom", "uk/customer-service/", true),
		one("US", "United States", "us/customer-service/", true),
	}
}

// marketOf finds a market by its country code, in capitals or not.
func marketOf(code string) (market, bool) {
	all := markets()
	i := slices.IndexFunc(all, func(m market) bool { return strings.EqualFold(m.Code, code) })
	if i < 0 {
		return market{}, false
	}
	return all[i], true
}

// HelpCountries are the countries that have a help page, as codes in capitals.
func HelpCountries() []string {
	var codes []string
	for _, m := range markets() {
		codes = append(codes, m.Code)
	}
	return codes
}

func helpURL(code string) string { return "/help/" + strings.ToLower(code) }

// HelpInput is what the public help page is made from.
type HelpInput struct {
	ShopName string
	Contact  string // e-mail address of the shop, "" if the order confirmation has it
	Country  string // code; "" for the page that lists the countries
	Guess    string // code of the visitor's likely country, offered first; "" for none
}

// HelpPage is the public help page.
type HelpPage struct {
	ShopName  string
	Contact   string
	Country   string
	Pages     []servicePage
	Sure      bool
	Countries []countryLink
	Guess     *countryLink
}

// countryLink leads to a country's help page.
type countryLink struct {
	URL     string
	Name    string
	Current bool
}

// NewHelpPage makes the help page; false for a country without one.
func NewHelpPage(in HelpInput) (HelpPage, bool) {
	p := HelpPage{ShopName: in.ShopName, Contact: in.Contact, Sure: true}
	for _, m := range markets() {
		link := countryLink{URL: helpURL(m.Code), Name: m.Name, Current: strings.EqualFold(m.Code, in.Country)}
		p.Countries = append(p.Countries, link)
		if in.Country == "" && strings.EqualFold(m.Code, in.Guess) {
			p.Guess = &link
		}
	}
	if in.Country == "" {
		return p, true
	}
	m, ok := marketOf(in.Country)
	p.Country, p.Pages, p.Sure = m.Name, m.Pages, m.Sure
	return p, ok
}

// title is the document's title.
func (p HelpPage) title() string { return "Help with your payment · " + p.ShopName }
