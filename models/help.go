package models

import (
	"slices"
	"strings"
)

// LinkGrade says how well a help link is known.
type LinkGrade string

// The grades of a help link.
const (
	LinkVerified   LinkGrade = "verified"    // read on Klarna's own site
	LinkSecondHand LinkGrade = "second-hand" // quoted by other public pages
	LinkUnverified LinkGrade = "unverified"  // made after the pattern of the others, or the market's front page
)

// HelpLink is one of Klarna's customer service pages in one language.
type HelpLink struct {
	Language string // language tag, "nl-BE"
	URL      string
}

// KlarnaMarket is a country where customers pay with Klarna, and where they get Klarna's help.
type KlarnaMarket struct {
	Country   string     // ISO 3166 alpha-2
	Currency  string     // ISO 4217
	Languages []string   // Klarna's locales, the country's own first. Source: docs.stripe.com/api, payment_method_options.klarna.preferred_locale
	URL       string     // customer service page
	Others    []HelpLink // the same page in other languages, where it has its own address
	Grade     LinkGrade
	CheckedOn string // YYYY-MM-DD on which the link was last seen to be right; "" if it was not
}

// KlarnaAnywhere is Klarna's market picker, for a customer of any other country.
const KlarnaAnywhere = "https://www.klarna.com/international/"

// KlarnaLogin is where a customer signs in at Klarna.
const KlarnaLogin = "https://app.klarna.com/"

// klarnaChecked is the day on which the verified links were read.
const klarnaChecked = "2026-05-06"

// KlarnaMarkets gives Klarna's 23 customer markets in alphabetical order of their codes. The slice is the caller's own.
// Source of the list: docs.stripe.com/payments/klarna. Great Britain is "uk" in Klarna's addresses.
func KlarnaMarkets() []KlarnaMarket {
	return []KlarnaMarket{
		{Country: "AT", Currency: "EUR", Languages: []string{"de-AT", "en-AT"}, URL: "https://www.klarna.com/at/kundenservice/", Grade: LinkUnverified},
		{Country: "AU", Currency: "AUD", Languages: []string{"en-AU"}, URL: "https://www.klarna.com/au/customer-service/", Grade: LinkSecondHand},
		{Country: "BE", Currency: "EUR", Languages: []string{"nl-BE", "fr-BE", "en-BE"}, URL: "https://www.klarna.com/nl-be/klantenservice/",
			Others: []HelpLink{{Language: "fr-BE", URL: "https://www.klarna.com/fr-be/service-client/"}}, Grade: LinkUnverified},
		{Country: "CA", Currency: "CAD", Languages: []string{"en-CA", "fr-CA"}, URL: "https://www.klarna.com/ca/customer-service/", Grade: LinkUnverified},
		{Country: "CH", Currency: "CHF", Languages: []string{"de-CH", "fr-CH", "it-CH", "en-CH"}, URL: "https://www.klarna.com/de-ch/kundenservice/",
			Others: []HelpLink{{Language: "en-CH", URL: "https://www.klarna.com/en-ch/customer-service/"}}, Grade: LinkUnverified},
		{Country: "CZ", Currency: "CZK", Languages: []string{"cs-CZ", "en-CZ"}, URL: "https://www.klarna.com/cz/", Grade: LinkUnverified},
		{Country: "DE", Currency: "EUR", Languages: []string{"de-DE", "en-DE"}, URL: "https://www.klarna.com/de/kundenservice/", Grade: LinkSecondHand},
		{Country: "DK", Currency: "DKK", Languages: []string{"da-DK", "en-DK"}, URL: "https://www.klarna.com/dk/kundeservice/", Grade: LinkSecondHand},
		{Country: "ES", Currency: "EUR", Languages: []string{"es-ES", "en-ES"}, URL: "https://www.klarna.com/es/atencion-al-cliente/", Grade: LinkVerified, CheckedOn: klarnaChecked},
		{Country: "FI", Currency: "EUR", Languages: []string{"fi-FI", "sv-FI", "en-FI"}, URL: "https://www.klarna.com/fi/asiakaspalvelu/", Grade: LinkVerified, CheckedOn: klarnaChecked},
		{Country: "FR", Currency: "EUR", Languages: []string{"fr-FR", "en-FR"}, URL: "https://www.klarna.com/fr/service-client/", Grade: LinkSecondHand},
		{Country: "GB", Currency: "GBP", Languages: []string{"en-GB"}, URL: "https://www.klarna.com/uk/customer-service/", Grade: LinkSecondHand},
		{Country: "GR", Currency: "EUR", Languages: []string{"el-GR", "en-GR"}, URL: "https://www.klarna.com/gr/", Grade: LinkUnverified},
		{Country: "IE", Currency: "EUR", Languages: []string{"en-IE"}, URL: "https://www.klarna.com/ie/customer-service/", Grade: LinkUnverified},
		{Country: "IT", Currency: "EUR", Languages: []string{"it-IT", "en-IT"}, URL: "https://www.klarna.com/it/", Grade: LinkUnverified},
		{Country: "NL", Currency: "EUR", Languages: []string{"nl-NL", "en-NL"}, URL: "https://www.klarna.com/nl/klantenservice/", Grade: LinkSecondHand},
		{Country: "NO", Currency: "NOK", Languages: []string{"nb-NO", "en-NO"}, URL: "https://www.klarna.com/no/kundeservice/", Grade: LinkSecondHand},
		{Country: "NZ", Currency: "NZD", Languages: []string{"en-NZ"}, URL: "https://www.klarna.com/nz/customer-service/", Grade: LinkUnverified},
		{Country: "PL", Currency: "PLN", Languages: []string{"pl-PL", "en-PL"}, URL: "https://www.klarna.com/pl/", Grade: LinkUnverified},
		{Country: "PT", Currency: "EUR", Languages: []string{"pt-PT", "en-PT"}, URL: "https://www.klarna.com/pt/apoio-ao-cliente/", Grade: LinkVerified, CheckedOn: klarnaChecked},
		{Country: "RO", Currency: "RON", Languages: []string{"ro-RO", "en-RO"}, URL: "https://www.klarna.com/ro/", Grade: LinkUnverified},
		{Country: "SE", Currency: "SEK", Languages: []string{"sv-SE", "en-SE"}, URL: "https://www.klarna.com/se/kundservice/", Grade: LinkVerified, CheckedOn: klarnaChecked},
		{Country: "US", Currency: "USD", Languages: []string{"en-US", "es-US"}, URL: "https://www.klarna.com/us/customer-service/", Grade: LinkSecondHand},
	}
}

// KlarnaMarketOf finds a market by its country code, in upper or lower case; "uk" is Great Britain too.
func KlarnaMarketOf(country string) (KlarnaMarket, bool) {
	country = strings.ToUpper(country)
	if country == "UK" {
		country = "GB"
	}
	markets := KlarnaMarkets()
	i := slices.IndexFunc(markets, func(m KlarnaMarket) bool { return m.Country == country })
	if i < 0 {
		return KlarnaMarket{}, false
	}
	return markets[i], true
}
