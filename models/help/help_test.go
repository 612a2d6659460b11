package help_test

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/help"
)

func load(t *testing.T) help.Catalogs {
	t.Helper()
	all, err := help.Load()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestCatalogsAreComplete: every language of every market has every text, its own, with the shop's name where it belongs.
func TestCatalogsAreComplete(t *testing.T) {
	all := load(t)
	used := map[string]bool{}
	for _, p := range help.Pages() {
		used[p.Language] = true
	}
	for language := range used {
		if _, ok := all[language]; !ok {
			t.Errorf("no texts in %s", language)
		}
	}
	english := all["en"].Texts
	keys := help.Keys()
	slices.Sort(keys)
	if !slices.Equal(keys, slices.Sorted(maps.Keys(english))) {
		t.Errorf("the keys in their order are not those of the texts: %v", keys)
	}
	for language, c := range all {
		if !used[language] {
			t.Errorf("texts in %s, which no market speaks", language)
		}
		if len(c.Texts) != len(english) {
			t.Errorf("%s has %d texts, English %d", language, len(c.Texts), len(english))
		}
		for key, text := range english {
			translated := c.Texts[key]
			switch {
			case strings.TrimSpace(translated) == "" || translated != strings.TrimSpace(translated):
				t.Errorf("%s %s: %q", language, key, translated)
			case language != "en" && translated == text:
				t.Errorf("%s %s is not translated: %q", language, key, translated)
			case strings.Count(translated, "{shop}") != strings.Count(text, "{shop}") || strings.ContainsAny(strings.ReplaceAll(translated, "{shop}", ""), "{}<>"):
				t.Errorf("%s %s: %q", language, key, translated)
			}
		}
		for _, key := range []string{"title", "klarna", "klarna_link", "a_missing", "a_return"} {
			if !strings.Contains(c.Texts[key], "Klarna") {
				t.Errorf("%s %s does not name Klarna: %q", language, key, c.Texts[key])
			}
		}
	}
}

func TestPages(t *testing.T) {
	if n := len(help.Pages()); n != 46 { // Klarna's locales: docs.stripe.com/api, preferred_locale
		t.Errorf("%d pages", n)
	}
	for asked, want := range map[[2]string]string{{"se", "sv"}: "/help/se/sv true", {"SE", "EN"}: "/help/se/en true", {"uk", "en"}: "/help/gb/en true",
		{"de", "sv"}: "/help/de/de false", {"ch", "it"}: "/help/ch/it true", {"de", ""}: "/help/de/de false"} {
		p, exact, ok := help.Find(asked[0], asked[1])
		if got := p.Path() + map[bool]string{true: " true", false: " false"}[exact]; !ok || got != want {
			t.Errorf("%v: %s, want %s", asked, got, want)
		}
	}
	if _, _, ok := help.Find("jp", "ja"); ok {
		t.Error("there is a page for Japan")
	}
}

func TestGuess(t *testing.T) {
	for accept, want := range map[string]string{
		"sv": "/help/se/sv", "sv-FI,sv;q=0.9": "/help/fi/sv", "en-US,en;q=0.5": "/help/us/en", "es-MX, es;q=0.9": "/help/es/es", "de-AT": "/help/at/de", "de": "/help/de/de",
		"fr-CA": "/help/ca/fr", "pt-BR": "/help/pt/pt", "no": "/help/no/nb", "nn-NO": "/help/no/nb", "el": "/help/gr/el", "en-GB;q=0.2, it;q=0.8": "/help/it/it", "en-DE": "/help/de/en",
		"zh-CN, fi;q=0.5": "/help/fi/fi", "en": "", "ja": "", "*": "", "": "", ";;;q=x": "",
	} {
		p, ok := help.Guess(accept)
		got := ""
		if ok {
			got = p.Path()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", accept, got, want)
		}
	}
	ch, _ := models.KlarnaMarketOf("CH")
	for accept, want := range map[string]string{"it": "it", "fr-FR": "fr", "sv": "de", "": "de", "en-US": "en"} {
		if p := help.Nearest(ch, accept); p.Language != want {
			t.Errorf("Switzerland for %q: %s, want %s", accept, p.Language, want)
		}
	}
}

// TestLinks: what nobody has verified leads to the front page of the country.
func TestLinks(t *testing.T) {
	for asked, want := range map[[2]string]string{{"se", "en"}: "https://www.klarna.com/se/kundservice/ false", {"de", "de"}: "https://www.klarna.com/de/kundenservice/ false",
		{"at", "de"}: "https://www.klarna.com/at/ true", {"be", "nl"}: "https://www.klarna.com/nl-be/ true", {"be", "fr"}: "https://www.klarna.com/fr-be/ true",
		{"ch", "en"}: "https://www.klarna.com/en-ch/ true", {"gr", "el"}: "https://www.klarna.com/gr/ true", {"gb", "en"}: "https://www.klarna.com/uk/customer-service/ false"} {
		p, _, _ := help.Find(asked[0], asked[1])
		link, front := p.Link()
		if got := link + map[bool]string{true: " true", false: " false"}[front]; got != want {
			t.Errorf("%v: %s, want %s", asked, got, want)
		}
	}
	for _, p := range help.Pages() {
		link, _ := p.Link()
		if u, err := url.Parse(link); err != nil || u.Scheme != "https" || u.Host != "www.klarna.com" {
			t.Errorf("%s leads to %s", p.Path(), link)
		}
	}
}

// TestContact refuses what customers could not use.
func TestContact(t *testing.T) {
	for name, c := range map[string]struct {
		contact help.Contact
		field   string
	}{
		"good":         {help.Contact{Email: "hello@example.com", Phone: "+46 (31) 123-45", URL: "https://shop.example.com/contact?a=1", Hours: "Mon–Fri 9–17"}, ""},
		"empty":        {help.Contact{}, ""},
		"named":        {help.Contact{Email: "Shop <hello@example.com>"}, "email"},
		"no address":   {help.Contact{Email: "hello"}, "email"},
		"no number":    {help.Contact{Phone: "call us"}, "phone"},
		"plain http":   {help.Contact{URL: "http://shop.example.com"}, "url"},
		"script":       {help.Contact{URL: "javascript:alert(1)"}, "url"},
		"password":     {help.Contact{URL: "https://a:b@shop.example.com"}, "url"},
		"spaces":       {help.Contact{URL: "https://shop.example.com/a b"}, "url"},
		"two lines":    {help.Contact{Hours: "a\nb"}, "hours"},
		"too long":     {help.Contact{Hours: strings.Repeat("x", 201)}, "hours"},
		"long address": {help.Contact{URL: "https://shop.example.com/" + strings.Repeat("x", 200)}, "url"},
	} {
		var refused *models.Error
		if err := c.contact.Check(); (c.field == "") != (err == nil) || err != nil && (!errors.As(err, &refused) || refused.Field != c.field) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCheckedLinks: what the shop has checked goes before everything else, for its page alone.
func TestCheckedLinks(t *testing.T) {
	de, _, _ := help.Find("at", "de")
	en, _, _ := help.Find("at", "en")
	s := help.Settings{Links: map[string]help.Checked{de.Key(): {URL: "https://www.klarna.com/at/hilfe/", At: 1, By: "Ann"}}}
	if l := s.Link(de); l.URL != "https://www.klarna.com/at/hilfe/" || l.IsFront || l.Checked.By != "Ann" {
		t.Errorf("%+v", l)
	}
	if l := s.Link(en); l.URL != "https://www.klarna.com/at/" || !l.IsFront || l.Guess != "https://www.klarna.com/at/kundenservice/" || l.Checked.At != 0 {
		t.Errorf("%+v", l)
	}
	se, _, _ := help.Find("se", "sv")
	if l := s.Link(se); l.Checked.At == 0 || l.IsFront {
		t.Errorf("%+v", l)
	}
}

// TestOwnTexts: only what differs is the shop's own; markup and unknown places are refused.
func TestOwnTexts(t *testing.T) {
	c := load(t)["de"]
	own, err := help.OwnTexts(c, map[string]string{"title": " Hilfe bei {shop} ", "lead": c.Texts["lead"], "which": "", "unknown key": "x"})
	if err != nil || len(own) != 1 || own["title"] != "Hilfe bei {shop}" {
		t.Errorf("%v %v", own, err)
	}
	s := help.Settings{Texts: map[string]map[string]string{"de": own}}
	if got := s.Catalog(c); got.Text("title", "A") != "Hilfe bei A" || got.Texts["lead"] != c.Texts["lead"] || c.Texts["title"] == "Hilfe bei {shop}" {
		t.Errorf("%q", got.Texts["title"])
	}
	for _, text := range []string{"<b>", "{name}", "a\nb", strings.Repeat("x", 501)} {
		var refused *models.Error
		if _, err := help.OwnTexts(c, map[string]string{"title": text}); !errors.As(err, &refused) || refused.Field != "title" {
			t.Errorf("%q: %v", text, err)
		}
	}
}
