// Package help knows the public help page in the languages of Klarna's customers: its texts, which page fits whom, and where its links lead.
package help

import (
	"embed"
	"encoding/json"
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"

	"golang.org/x/text/language"

	"counterfoil/models"
)

//go:embed texts/*.json
var files embed.FS

//go:embed component.js
var component string

// Component is the script of a custom element that a shop may put onto its own site: it leads a link to the page in the site's language.
func Component() string { return component }

// Catalog is the page's texts in one language. Reviewed: somebody who speaks it from home has read them.
type Catalog struct {
	Language string // ISO 639, "sv"
	Reviewed bool
	Texts    map[string]string
}

// Text gives a text with the shop's name in it.
func (c Catalog) Text(key, shop string) string {
	return strings.ReplaceAll(c.Texts[key], "{shop}", shop)
}

// Keys are the keys of the texts, as they follow each other on the page.
func Keys() []string {
	return []string{"title", "lead", "which", "klarna", "klarna_when", "klarna_bill", "klarna_account", "klarna_unknown", "klarna_link", "klarna_app", "unchecked", "elsewhere",
		"shop", "shop_parcel", "shop_return", "shop_faulty", "shop_change", "shop_reach", "questions", "q_return", "a_return", "q_missing", "a_missing", "q_less", "a_less",
		"q_unknown", "a_unknown", "languages", "countries", "cookies"}
}

// Catalogs are the texts by language.
type Catalogs map[string]Catalog

// Load reads the catalogs. Errors: internal, for a catalog that is not as it should be.
func Load() (Catalogs, error) {
	names, err := files.ReadDir("texts")
	if err != nil {
		return nil, err
	}
	all := Catalogs{}
	for _, n := range names {
		data, err := files.ReadFile(path.Join("texts", n.Name()))
		if err != nil {
			return nil, err
		}
		c := Catalog{Language: strings.TrimSuffix(n.Name(), ".json")}
		if err := json.Unmarshal(data, &c); err != nil {
			return nil, fmt.Errorf("texts of the help page in %s: %w", c.Language, err)
		}
		all[c.Language] = c
	}
	return all, nil
}

// Page is one of the help pages: a country in one of its languages.
type Page struct {
	Market   models.KlarnaMarket
	Language string // ISO 639
}

// Path is the page's address.
func (p Page) Path() string { return "/help/" + strings.ToLower(p.Market.Country) + "/" + p.Language }

// Locale is the page's language in its country, "de-AT".
func (p Page) Locale() string { return p.Language + "-" + p.Market.Country }

// LanguagesOf gives a market's languages, ISO 639, the country's own first.
func LanguagesOf(m models.KlarnaMarket) (languages []string) {
	for _, locale := range m.Languages {
		base, _, _ := strings.Cut(locale, "-")
		languages = append(languages, base)
	}
	return languages
}

// Pages are all help pages, country by country.
func Pages() (all []Page) {
	for _, m := range models.KlarnaMarkets() {
		for _, l := range LanguagesOf(m) {
			all = append(all, Page{m, l})
		}
	}
	return all
}

// Find gives the page of a country in a language, in small or capital letters. exact is false when the country has another language only: then
// it is the page in the country's own. ok is false for a country without help pages.
func Find(country, lang string) (p Page, exact, ok bool) {
	m, ok := models.KlarnaMarketOf(country)
	if !ok {
		return p, false, false
	}
	languages := LanguagesOf(m)
	if slices.Contains(languages, strings.ToLower(lang)) {
		return Page{m, strings.ToLower(lang)}, true, true
	}
	return Page{m, languages[0]}, false, true
}

// Guess gives the page that fits what a browser asks for best: the country that it names, or the one whose own language it asks for. English
// alone names none. accept is the Accept-Language header.
func Guess(accept string) (p Page, ok bool) {
	for _, tag := range wanted(accept) {
		base, _ := tag.Base()
		if region, confidence := tag.Region(); confidence == language.Exact {
			if p, _, ok := Find(region.String(), base.String()); ok {
				return p, true
			}
		}
		if m, ok := home(base.String()); ok {
			return Page{m, base.String()}, true
		}
	}
	return p, false
}

// home gives the country of a language: the only one whose own it is, or the one of that name: German asks for Germany, not for Austria.
func home(lang string) (found models.KlarnaMarket, ok bool) {
	region, _ := language.Make(lang).Region()
	speakers := 0
	for _, m := range models.KlarnaMarkets() {
		if LanguagesOf(m)[0] != lang || lang == "en" {
			continue
		}
		if m.Country == region.String() {
			return m, true
		}
		found = m
		speakers++
	}
	return found, speakers == 1
}

// Nearest gives a country's page in the language that a browser asks for, or in the country's own.
func Nearest(m models.KlarnaMarket, accept string) Page {
	for _, tag := range wanted(accept) {
		base, _ := tag.Base()
		if p, exact, _ := Find(m.Country, base.String()); exact {
			return p
		}
	}
	return Page{m, LanguagesOf(m)[0]}
}

// wanted gives the languages of a header, the best first; Norwegian is Bokmål.
func wanted(accept string) []language.Tag {
	tags, _, err := language.ParseAcceptLanguage(accept)
	if err != nil {
		return nil
	}
	for i, tag := range tags {
		if base, _ := tag.Base(); base.String() == "no" || base.String() == "nn" {
			tags[i] = language.MustParse("nb-NO")
		}
	}
	return tags
}

// address is Klarna's customer service in the page's language, where it has one of its own. Source: models.KlarnaMarkets.
func (p Page) address() string {
	for _, other := range p.Market.Others {
		if strings.HasPrefix(other.Language, p.Language+"-") {
			return other.URL
		}
	}
	return p.Market.URL
}

// Link is where Klarna's help for a page is. An address that nobody has verified leads to Klarna's front page of the country, which is known
// to be there.
func (p Page) Link() (link string, isFront bool) {
	link = p.address()
	if p.Market.Grade != models.LinkUnverified {
		return link, false
	}
	u, err := url.Parse(link)
	if err != nil {
		return models.KlarnaAnywhere, true
	}
	market, _, _ := strings.Cut(strings.TrimPrefix(u.Path, "/"), "/")
	return "https://" + u.Host + "/" + market + "/", true
}
