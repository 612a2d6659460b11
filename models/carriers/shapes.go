package carriers

import (
	"fmt"
	"regexp"
)

// How sure a shape is of its carrier when it fits.
const (
	sure    = 90 // a prefix that only this carrier has, or S10 with the carrier's own country
	likely  = 60 // digits with a fixed beginning or a check digit
	vague   = 30 // digits of a length that others have too, with a check digit
	perhaps = 10 // a length only
)

// shape is one form of tracking number.
type shape struct {
	form  *regexp.Regexp // over the whole normalized number
	check valid          // nil where the form has no check digit that is publicly known
	trust int
}

// rules is what is known of a carrier's numbers.
type rules struct {
	shapes []shape
	// looks says in words how its numbers look. It is set where the shapes are all that exist in practice, so that a
	// number that fits none of them is worth a warning.
	looks string
}

func plain(pattern string, trust int) shape { return checked(pattern, trust, nil) }

func checked(pattern string, trust int, check valid) shape {
	return shape{form: regexp.MustCompile(`^(?:` + pattern + `)$`), check: check, trust: trust}
}

// postal is the S10 shape with the country of one post. Numbers of all other posts are known to every post (see postalAny).
func postal(country string) shape { return checked(`[A-Z]{2}\d{9}`+country, sure, s10) }

// sscc is a GS1 serial shipping container code, with or without its application identifier 00, whose company prefix
// begins with the digits given.
func sscc(prefix string) shape {
	return checked(fmt.Sprintf(`(?:00)?\d%s\d{%d}`, prefix, 17-len(prefix)), likely, last(18, gs1))
}

// postalAny is S10 of any country: a post delivers and tracks parcels of the others. It confirms a number, but with
// some 190 posts it says nothing about whose it is.
var postalAny = checked(`[A-Z]{2}\d{9}[A-Z]{2}`, 0, s10)

// posts are the carriers that belong to a national post.
const posts = "an-post australia-post austrian-post bpost canada-post ceska-posta colissimo correos ctt dhl-paket elta " +
	"nz-post parcelforce poczta-polska posta-romana poste-italiane posten-bring posti postnl postnord royal-mail swiss-post usps chronopost"

// known holds the shapes by carrier code. The forms are public facts of the carriers' own pages; check digits were
// tried against the test numbers of jkeen/tracking_number_data (MIT).
var known = map[string]rules{
	"amazon": {looks: "TBA and 12 digits", shapes: []shape{
		plain(`TB[A-Z](?:\d{12}|[A-Z]{3}\d{9})`, sure), plain(`C\d{10}`, likely), plain(`[A-Z]{2}\d{10}`, perhaps)}},
	"an-post":        {shapes: []shape{postal("IE")}},
	"acs":            {shapes: []shape{plain(`\d{10}`, perhaps)}},
	"australia-post": {shapes: []shape{postal("AU"), plain(`33[A-Z0-9]{3}\d{15,18}`, likely)}},
	"austrian-post":  {shapes: []shape{postal("AT"), plain(`10\d{20}`, likely)}},
	"bpost":          {shapes: []shape{postal("BE"), plain(`3232\d{20}`, sure)}},
	"canada-post":    {looks: "16 digits, or 2 letters, 9 digits and CA", shapes: []shape{postal("CA"), checked(`\d{16}`, likely, gs1)}},
	"canpar":         {looks: "D and 21 digits", shapes: []shape{plain(`D\d{21}`, sure)}},
	"ceska-posta":    {shapes: []shape{postal("CZ"), plain(`[A-Z]{2}\d{9,10}[A-Z]`, likely)}},
	"chronopost":     {shapes: []shape{plain(`[A-Z]{2}\d{9}(?:FR|JB|JF|TS)`, likely)}},
	"colissimo":      {shapes: []shape{postal("FR"), plain(`\d[A-Z]\d{11}`, sure)}},
	"correos":        {shapes: []shape{postal("ES"), plain(`P[A-Z0-9]{22}`, likely)}},
	"ctt":            {shapes: []shape{postal("PT")}},
	"dao":            {shapes: []shape{plain(`\d{9}`, perhaps), plain(`00057\d{15}`, likely)}},
	"dhl-ecommerce": {shapes: []shape{
		plain(`(?:GM|LX|RX|UV|CN|SG|TH|IN|HK|MY)\d{10,37}`, sure), plain(`\d{14}`, perhaps), plain(`JVGL\d{10,22}`, likely), checked(`420\d{5}(?:\d{4})?9[2-5]\d{20}`, perhaps, last(22, gs1))}},
	"dhl-express": {looks: "10 digits, or JJD and digits", shapes: []shape{
		checked(`\d{10}`, likely, mod7), plain(`J[A-Z]{2,3}\d{10,20}`, likely), plain(`JD01\d{8,16}`, likely)}},
	"dhl-paket": {shapes: []shape{
		checked(`00340\d{15}`, sure, last(18, gs1)), checked(`340\d{15}`, sure, gs1), plain(`JJD\d{16,18}`, sure), plain(`\d{12}`, perhaps), postal("DE")}},
	"dpd":         {shapes: dpd},
	"dpd-uk":      {shapes: append([]shape{plain(`1550\d{10}`, likely)}, dpd...)},
	"elta":        {shapes: []shape{postal("GR")}},
	"evri":        {shapes: []shape{plain(`H[0-9A-Z]\d{2}[0-9A-Z]{2}\d{10}`, likely), plain(`[CT]\d{2}[0-9A-Z]{13}`, perhaps), plain(`\d{16}`, perhaps)}},
	"fan-courier": {shapes: []shape{plain(`\d{13}`, perhaps)}},
	"fedex": {looks: "12, 15, 18, 20, 22 or 34 digits", shapes: []shape{
		checked(`\d{12}`, likely, fedex12),
		checked(`(?:1\d|96)\d{20}\d{12}`, likely, last(12, fedex12)),
		checked(`\d{16}\d{12}\d{4}`, vague, part(16, 28, fedex12)),
		checked(`\d{15}`, likely, gs1),
		checked(`00\d{16}`, likely, gs1),
		checked(`96\d{20}`, sure, last(15, gs1)),
		checked(`(?:61|58|02)\d{18}`, likely, gs1),
	}},
	"gls":      {shapes: []shape{plain(`\d{11,12}`, perhaps), plain(`Z[A-Z0-9]{7}`, likely), plain(`[A-Z0-9]{8}`, perhaps)}},
	"gofo":     {looks: "GF, 2 letters and digits", shapes: []shape{plain(`GF[A-Z]{2}\d{14,20}`, sure)}},
	"hermes":   {shapes: []shape{plain(`H\d{19}`, sure), plain(`\d{14}`, perhaps), plain(`\d{16}`, perhaps)}},
	"inpost":   {shapes: []shape{plain(`[56]\d{23}`, likely)}},
	"landmark": {looks: "LTN, 8 digits, N and a digit", shapes: []shape{plain(`LTN\d{8}N\d`, sure)}},
	"lasership": {looks: "L, a letter and 8 digits, or 1LS and 12 characters", shapes: []shape{
		plain(`L[A-Z]\d{8}`, likely), plain(`1LS7\d{11}`, sure), plain(`1LS7\d{12,13}-?1`, sure), plain(`1LSC[A-Z0-9]{11}`, sure)}},
	"matkahuolto":   {shapes: []shape{plain(`M[HA][A-Z0-9]{8,18}`, likely)}},
	"mondial-relay": {shapes: []shape{plain(`\d{8}`, perhaps), plain(`\d{10}`, perhaps), plain(`\d{12}`, perhaps)}},
	"nz-post":       {shapes: []shape{postal("NZ"), plain(`00942\d{15}`, sure), plain(`[A-Z0-9]{2}\d{11,14}[A-Z]{3}`, perhaps)}},
	"old-dominion":  {looks: "11 digits", shapes: []shape{checked(`\d{11}`, likely, luhn)}},
	"ontrac": {looks: "C or D and 14 digits, or 1LS and 12 characters", shapes: []shape{
		checked(`[CD]\d{14}`, sure, weighted10(1, 2)), plain(`1LS[A-Z0-9]{11,14}(?:-1)?`, likely)}},
	"packeta":        {looks: "Z and 10 digits", shapes: []shape{plain(`Z\d{10}`, sure)}},
	"parcelforce":    {shapes: []shape{plain(`[A-Z]{2}\d{7}`, likely), checked(`[A-Z]{2}\d{9}GB`, vague, s10)}},
	"poczta-polska":  {shapes: []shape{postal("PL"), checked(`(?:00)?\d590\d{13}\d`, likely, last(18, gs1))}},
	"posta-romana":   {shapes: []shape{postal("RO")}},
	"poste-italiane": {shapes: []shape{postal("IT"), plain(`[A-Z0-9]{2}\d{11}`, perhaps)}},
	"posten-bring":   {shapes: []shape{postal("NO"), sscc("70"), plain(`70\d{15}`, likely)}},
	"posti":          {shapes: []shape{postal("FI"), plain(`JJFI\d{14,20}`, sure), sscc("64")}},
	"postnl":         {shapes: []shape{plain(`3S[A-Z0-9]{9,15}`, sure), postal("NL"), plain(`JVGL\d{10,22}`, vague)}},
	"postnord":       {shapes: []shape{postal("(?:SE|DK)"), sscc("73"), sscc("57"), plain(`\d{11}`, perhaps)}},
	"purolator":      {looks: "12 digits, or 3 letters and 9 digits", shapes: []shape{checked(`\d{12}`, likely, luhn), plain(`[A-Z]{3}\d{9}`, likely)}},
	"royal-mail":     {shapes: []shape{postal("GB"), plain(`\d{16}`, perhaps), plain(`[A-Z0-9]{21}`, perhaps)}},
	"spee-dee":       {looks: "SP and 18 digits", shapes: []shape{plain(`SP\d{18}`, sure)}},
	"swiss-post":     {shapes: []shape{postal("CH"), plain(`9[89]\.?\d{2}\.?\d{6}\.?\d{8}`, likely)}},
	"ups": {looks: "1Z and 16 letters or digits", shapes: []shape{
		checked(`1Z[A-Z0-9]{15}\d`, sure, part(2, 0, weighted10(1, 2))), checked(`[AHJKTV]\d{10}`, likely, part(1, 0, weighted10(1, 2))), plain(`80\d{16}`, vague)}},
	"usps": {looks: "20 or 22 digits, or 2 letters, 9 digits and US", shapes: []shape{
		postal("US"),
		checked(`(?:420\d{5}(?:\d{4})?)?9[1-5]\d{20}`, sure, last(22, gs1)),
		checked(`(?:420\d{5}(?:\d{4})?)?9[1-5]\d{24}`, sure, last(26, gs1)),
		checked(`(?:0[37]|23|[7-9]\d)\d{18}`, likely, usps20),
	}},
	"yodel":      {looks: "JD and 16 digits", shapes: []shape{plain(`JJ?D\d{16}`, sure)}},
	"yunexpress": {looks: "YT and 16 digits", shapes: []shape{plain(`YT\d{16}`, sure)}},
}

// dpd is shared by DPD's national companies: 14 digits, alone, with a check character, or in the 28 characters of the label.
var dpd = []shape{
	checked(`\d{14}[A-Z0-9]`, likely, mod3736), checked(`%?[0-9A-Z]{7}\d{14}\d{6}[A-Z0-9]`, likely, last(28, mod3736)), plain(`0\d{13}`, vague), plain(`\d{14}`, perhaps),
}

// usps20 is the check of 20 digit labels; those of the older kind leave out their 91, which counts.
func usps20(number string) bool { return gs1(number) || gs1("91"+number) }
