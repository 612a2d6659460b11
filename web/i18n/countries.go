package i18n

import (
	"slices"
	"strings"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Country names an ISO 3166 alpha-2 country in English: "Germany", "Czechia". What is no such code is given back as it is.
func Country(code string) string {
	region, err := language.ParseRegion(code)
	if err != nil || !region.IsCountry() {
		return code
	}
	if name := display.English.Regions().Name(region); name != "" {
		return name
	}
	return strings.ToUpper(code)
}

// Language names a language tag in English: "Swedish" for sv-SE. What is no tag is given back as it is.
func Language(tag string) string {
	parsed, err := language.Parse(tag)
	if err != nil {
		return tag
	}
	base, confidence := parsed.Base()
	if confidence == language.No {
		return tag
	}
	return display.English.Languages().Name(base)
}

// NamedCountry is a country's code with its name.
type NamedCountry struct{ Code, Name string }

// CountriesIn names countries in a language (ISO 639) and sorts them as that language does.
func CountriesIn(lang string, codes []string) []NamedCountry {
	all := make([]NamedCountry, 0, len(codes))
	for _, code := range codes {
		all = append(all, NamedCountry{code, CountryIn(code, lang)})
	}
	order := collate.New(language.Make(lang))
	slices.SortFunc(all, func(a, b NamedCountry) int { return order.CompareString(a.Name, b.Name) })
	return all
}

// CountryIn names a country in a language (ISO 639).
func CountryIn(code, lang string) string {
	region, err := language.ParseRegion(code)
	names := display.Regions(language.Make(lang))
	if err != nil || names == nil {
		return code
	}
	return names.Name(region)
}

// OwnName is what a language (ISO 639) calls itself.
func OwnName(lang string) string { return display.Self.Name(language.Make(lang)) }
