package i18n

import (
	"strings"

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
