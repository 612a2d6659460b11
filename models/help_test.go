package models_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/carriers"
	"counterfoil/models/money"
)

func TestKlarnaMarkets(t *testing.T) {
	var countries []string
	locales := 0
	for _, m := range models.KlarnaMarkets() {
		countries = append(countries, m.Country)
		locales += len(m.Languages)
		if !money.Known(m.Currency) {
			t.Errorf("%s: currency %q", m.Country, m.Currency)
		}
		for _, language := range m.Languages {
			if !strings.HasSuffix(language, "-"+m.Country) {
				t.Errorf("%s: language %q", m.Country, language)
			}
		}
		links := []string{m.URL}
		for _, other := range m.Others {
			links = append(links, other.URL)
			if !slices.Contains(m.Languages, other.Language) {
				t.Errorf("%s: a link in %q", m.Country, other.Language)
			}
		}
		for _, link := range links {
			if u, err := url.Parse(link); err != nil || u.Scheme != "https" || u.Host != "www.klarna.com" || !strings.HasSuffix(u.Path, "/") {
				t.Errorf("%s: link %q", m.Country, link)
			}
		}
		if (m.Grade == models.LinkVerified) != (m.CheckedOn != "") {
			t.Errorf("%s: grade %q, checked on %q", m.Country, m.Grade, m.CheckedOn)
		}
	}
	if diff := cmp.Diff(carriers.Markets(), countries); diff != "" {
		t.Errorf("markets against those of the carriers:\n%s", diff)
	}
	if locales != 46 { // the locales of Stripe's payment_method_options.klarna.preferred_locale
		t.Errorf("%d locales", locales)
	}
}

func TestKlarnaMarketOf(t *testing.T) {
	for code, want := range map[string]string{"GB": "GB", "uk": "GB", "se": "SE", "JP": "", "": ""} {
		if m, ok := models.KlarnaMarketOf(code); m.Country != want || ok != (want != "") {
			t.Errorf("KlarnaMarketOf(%q) = %q, %t", code, m.Country, ok)
		}
	}
}
