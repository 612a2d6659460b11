// Package carriers knows the parcel carriers of Klarna's markets: their names as Stripe gets them, the shapes and
// check digits of their tracking numbers, and their tracking pages.
package carriers

import (
	"net/url"
	"slices"
	"strings"
	"unicode"
)

// Other is the code of a carrier that is not in the table; staff write its name themselves.
const Other = "other"

// Carrier is one parcel carrier.
type Carrier struct {
	Code        string   // our stable word, as forms post it
	Name        string   // as sent to Stripe: as specific as possible, as Klarna asks
	Markets     []string // Klarna markets (ISO 3166 alpha-2) where it delivers
	TrackingURL string   // tracking page with {n} for the number and {cc} for the country; "" if no page takes the number
	LandingURL  string   // the page where the number is typed in; "" for Other
}

// All gives every carrier in alphabetical order of its name, Other last. The slice is the caller's own.
func All() []Carrier {
	list := make([]Carrier, 0, len(table)+1)
	for _, c := range table {
		c.Markets = marketsOf(c.Code)
		list = append(list, c)
	}
	slices.SortFunc(list, func(a, b Carrier) int { return strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)) })
	return append(list, other())
}

// Lookup finds a carrier by its code; Other is found too.
func Lookup(code string) (Carrier, bool) {
	if code == Other {
		return other(), true
	}
	i := slices.IndexFunc(table, func(c Carrier) bool { return c.Code == code })
	if i < 0 {
		return Carrier{}, false
	}
	c := table[i]
	c.Markets = marketsOf(code)
	return c, true
}

// ForCountry gives all carriers, those of the market cc (ISO 3166 alpha-2) first and the most used of them on top,
// then the rest by name, Other last. For a country that is no Klarna market it is the same as All.
func ForCountry(cc string) []Carrier {
	local := marketCodes(strings.ToUpper(cc))
	list := make([]Carrier, 0, len(table)+1)
	for _, code := range local {
		if c, ok := Lookup(code); ok {
			list = append(list, c)
		}
	}
	for _, c := range All() {
		if !slices.Contains(local, c.Code) {
			list = append(list, c)
		}
	}
	return list
}

// Markets gives the Klarna markets of the table in alphabetical order.
func Markets() []string {
	codes := make([]string, 0, len(markets))
	for cc := range markets {
		codes = append(codes, cc)
	}
	slices.Sort(codes)
	return codes
}

// URL gives the carrier's tracking page for a number sent to a country. It is "" where the carrier has no page that
// takes the number (LandingURL is then the way), for Other, and for an empty number. It is always an https address
// on the host of the carrier's own template, whatever the number holds.
func (c Carrier) URL(number, country string) string {
	number = Normalize(number)
	if c.TrackingURL == "" || number == "" {
		return ""
	}
	if len(country) != 2 {
		country = ""
	}
	filled := strings.NewReplacer("{n}", url.QueryEscape(number), "{cc}", url.QueryEscape(strings.ToUpper(country))).Replace(c.TrackingURL)
	if !Allowed(filled) {
		return ""
	}
	return filled
}

// Allowed tells whether an address may be linked to as a tracking page: https, a host of the table, no user part, no port.
func Allowed(address string) bool {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Host == "" {
		return false
	}
	return slices.ContainsFunc(table, func(c Carrier) bool { return hostOf(c.TrackingURL) == u.Host || hostOf(c.LandingURL) == u.Host })
}

// Normalize gives a tracking number as it is kept and sent: without white space and invisible characters, upper case.
func Normalize(number string) string {
	return strings.ToUpper(strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, number))
}

func other() Carrier { return Carrier{Code: Other, Name: "Other carrier"} }

func hostOf(address string) string {
	rest, ok := strings.CutPrefix(address, "https://")
	if !ok {
		return ""
	}
	host, _, _ := strings.Cut(rest, "/")
	return host
}

func marketsOf(code string) []string {
	var list []string
	for cc := range markets {
		if slices.Contains(marketCodes(cc), code) {
			list = append(list, cc)
		}
	}
	slices.Sort(list)
	return list
}

// marketCodes are the carriers of a market, its own first, then those that deliver everywhere.
func marketCodes(cc string) []string {
	own, ok := markets[cc]
	if !ok {
		return nil
	}
	codes := strings.Fields(own)
	for _, code := range strings.Fields(worldwide) {
		if !slices.Contains(codes, code) {
			codes = append(codes, code)
		}
	}
	return codes
}
