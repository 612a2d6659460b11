package views

import (
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/web/i18n"
)

// servicePage is one page of Klarna's customer service.
type servicePage struct {
	Language string // of the page, where a country has several
	URL      string
}

// servicePages are a market's pages.
func servicePages(m models.KlarnaMarket) []servicePage {
	if len(m.Others) == 0 {
		return []servicePage{{URL: m.URL}}
	}
	pages := []servicePage{{Language: i18n.Language(m.Languages[0]), URL: m.URL}}
	for _, other := range m.Others {
		pages = append(pages, servicePage{Language: i18n.Language(other.Language), URL: other.URL})
	}
	return pages
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
	Sure      bool   // the link was read by us or is used by many shops
	CheckedOn string // the day on which it was read, "" if never
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
	for _, m := range models.KlarnaMarkets() {
		link := countryLink{URL: helpURL(m.Country), Name: i18n.Country(m.Country), Current: strings.EqualFold(m.Country, in.Country)}
		p.Countries = append(p.Countries, link)
		if in.Country == "" && strings.EqualFold(m.Country, in.Guess) {
			p.Guess = &link
		}
	}
	slices.SortFunc(p.Countries, func(x, y countryLink) int { return strings.Compare(x.Name, y.Name) })
	if in.Country == "" {
		return p, true
	}
	m, ok := models.KlarnaMarketOf(in.Country)
	if !ok {
		return p, false
	}
	p.Country, p.Pages = i18n.Country(m.Country), servicePages(m)
	p.Sure, p.CheckedOn = m.Grade != models.LinkUnverified, m.CheckedOn
	return p, true
}

// title is the document's title.
func (p HelpPage) title() string { return "Help with your payment · " + p.ShopName }
