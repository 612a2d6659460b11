package carriers_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"counterfoil/models/carriers"
	"github.com/google/go-cmp/cmp"
)

// klarnaMarkets are Klarna's 23 customer countries. Source: docs.stripe.com/payments/klarna.
const klarnaMarkets = "AT AU BE CA CH CZ DE DK ES FI FR GB GR IE IT NL NO NZ PL PT RO SE US"

func codes(list []carriers.Carrier) []string {
	var out []string
	for _, c := range list {
		out = append(out, c.Code)
	}
	return out
}

func TestEveryKlarnaMarketHasItsCarriers(t *testing.T) {
	if diff := cmp.Diff(strings.Fields(klarnaMarkets), carriers.Markets()); diff != "" {
		t.Errorf("markets (-want +got):\n%s", diff)
	}
	for _, cc := range carriers.Markets() {
		local, linked := 0, 0
		for _, c := range carriers.All() {
			if slices.Contains(c.Markets, cc) {
				local++
				if c.TrackingURL != "" {
					linked++
				}
			}
		}
		if local < 4 || linked < 3 {
			t.Errorf("%s: %d carriers, %d with a link to the parcel", cc, local, linked)
		}
	}
}

func TestForCountry(t *testing.T) {
	for cc, want := range map[string]string{
		"DE": "dhl-paket hermes dpd gls amazon ups dhl-express fedex",
		"de": "dhl-paket hermes dpd gls amazon ups dhl-express fedex",
		"SE": "postnord budbee instabox posten-bring dhl-ecommerce ups dhl-express fedex",
		"US": "usps ups fedex ontrac",
		"GB": "royal-mail evri dpd-uk yodel",
		"GR": "elta acs ups dhl-express fedex",
	} {
		first := strings.Fields(want)
		list := codes(carriers.ForCountry(cc))
		if diff := cmp.Diff(first, list[:len(first)]); diff != "" {
			t.Errorf("ForCountry(%s) (-want +got):\n%s", cc, diff)
		}
		if len(list) != len(carriers.All()) || list[len(list)-1] != carriers.Other {
			t.Errorf("ForCountry(%s) has %d carriers and ends with %s", cc, len(list), list[len(list)-1])
		}
		slices.Sort(list)
		if len(slices.Compact(list)) != len(carriers.All()) {
			t.Errorf("ForCountry(%s) names a carrier twice", cc)
		}
	}
	if diff := cmp.Diff(carriers.All(), carriers.ForCountry("JP")); diff != "" {
		t.Errorf("a country that is no market:\n%s", diff)
	}
}

func TestTable(t *testing.T) {
	names := map[string]bool{}
	for _, c := range carriers.All() {
		if found, ok := carriers.Lookup(c.Code); !ok || !cmp.Equal(found, c) {
			t.Errorf("Lookup(%s) = %v, %t", c.Code, found, ok)
		}
		if c.Code == carriers.Other {
			continue
		}
		if c.Name == "" || len(c.Name) > 100 || names[c.Name] {
			t.Errorf("%s: name %q is missing, too long for Klarna, or used twice", c.Code, c.Name)
		}
		names[c.Name] = true
		if len(c.Markets) == 0 {
			t.Errorf("%s delivers nowhere", c.Code)
		}
		if !carriers.Allowed(c.LandingURL) {
			t.Errorf("%s: landing page %q", c.Code, c.LandingURL)
		}
		if c.TrackingURL != "" && strings.Count(c.TrackingURL, "{n}") != 1 {
			t.Errorf("%s: template %q takes no number", c.Code, c.TrackingURL)
		}
	}
	if c, ok := carriers.Lookup("pigeon"); ok {
		t.Errorf("Lookup(pigeon) = %v", c)
	}
	carriers.All()[0].Name = "changed"
	if carriers.All()[0].Name == "changed" {
		t.Error("All hands out the table itself")
	}
}

func TestURL(t *testing.T) {
	for _, c := range []struct{ code, number, country, want string }{
		{"postnord", "RR 123 456 785 SE", "SE", "https://tracking.postnord.com/en/?id=RR123456785SE"},
		{"postnl", "3SABCD1234567", "nl", "https://postnl.nl/tracktrace/?B=3SABCD1234567&D=NL&T=C&L=EN"},
		{"postnl", "3SABCD1234567", "N&L", "https://postnl.nl/tracktrace/?B=3SABCD1234567&D=&T=C&L=EN"},
		{"ups", "1Z5R89390357567127", "US", "https://www.ups.com/track?loc=en_US&tracknum=1Z5R89390357567127&requester=ST/trackdetails"},
		{"ups", "1Z&x=https://evil.example/#%s{cc}", "US", "https://www.ups.com/track?loc=en_US&tracknum=1Z%26X%3DHTTPS%3A%2F%2FEVIL.EXAMPLE%2F%23%25S%7BCC%7D&requester=ST/trackdetails"},
		{"yodel", "../../x", "GB", "https://www.yodel.co.uk/tracking/..%2F..%2FX"},
		{"hermes", "12345678901234", "DE", "https://www.myhermes.de/empfangen/sendungsverfolgung/sendungsinformation#12345678901234"},
		{"evri", "H001234567890123", "GB", ""},
		{"ups", "  ", "US", ""},
		{carriers.Other, "123", "US", ""},
	} {
		carrier, _ := carriers.Lookup(c.code)
		if got := carrier.URL(c.number, c.country); got != c.want {
			t.Errorf("%s.URL(%q, %q) = %q, want %q", c.code, c.number, c.country, got, c.want)
		}
	}
}

func FuzzURLStaysWithTheCarrier(f *testing.F) {
	f.Add("1Z5R89390357567127", "US")
	f.Add("@evil.example/", "//")
	f.Add("\r\nLocation: x", "\x00")
	f.Fuzz(func(t *testing.T, number, country string) {
		for _, c := range carriers.All() {
			link := c.URL(number, country)
			if link == "" {
				continue
			}
			u, err := url.Parse(link)
			template, _ := url.Parse(c.TrackingURL)
			if err != nil || u.Scheme != "https" || u.Host != template.Host || u.User != nil {
				t.Fatalf("%s.URL(%q, %q) = %q, %v", c.Code, number, country, link, err)
			}
		}
	})
}

func TestAllowed(t *testing.T) {
	for address, want := range map[string]bool{
		"https://www.ups.com/track?x=1":     true,
		"http://www.ups.com/track":          false,
		"https://www.ups.com.evil.example/": false,
		"https://evil@www.ups.com/":         false,
		"https://www.ups.com:8443/":         false,
		"javascript:alert(1)":               false,
		"https:///track":                    false,
		"":                                  false,
	} {
		if got := carriers.Allowed(address); got != want {
			t.Errorf("Allowed(%q) = %t", address, got)
		}
	}
}

func TestNormalize(t *testing.T) {
	for in, want := range map[string]string{
		" 1 z 8v9 2a7 ":                   "1Z8V92A7",
		"00\u00a0340\u200b434\t1\r\n":     "003404341",
		"JD-0002":                         "JD-0002",
		"":                                "",
		"99.00.123456.12345678":           "99.00.123456.12345678",
		"\ufeff1Z5R89390357567127\u202c ": "1Z5R89390357567127",
	} {
		if got := carriers.Normalize(in); got != want {
			t.Errorf("Normalize(%q) = %q, want %q", in, got, want)
		}
	}
}
