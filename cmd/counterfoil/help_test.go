package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
)

// public asks for a page as anybody would: without following, without cookies.
func (d *demoProcess) public(path string, header map[string]string) (*http.Response, string) {
	d.t.Helper()
	req, err := http.NewRequest(http.MethodGet, d.App+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	res, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	return res, string(body)
}

// TestHelpPages: a visitor is led to the right page, which is small, sets no cookie, and may be kept.
func TestHelpPages(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	for _, c := range []struct {
		path, accept string
		status       int
		to, cache    string
	}{
		{"/help", "sv-SE,sv;q=0.9", 302, "/help/se/sv", "no-store"},
		{"/help", "en", 200, "", "no-store"},
		{"/help/ch", "it", 302, "/help/ch/it", "no-store"},
		{"/help/CH/IT", "", 301, "/help/ch/it", ""},
		{"/help/uk/en", "", 301, "/help/gb/en", ""},
		{"/help/de/sv", "en", 302, "/help/de/en", "no-store"},
		{"/help/jp", "", 404, "", "no-store"},
		{"/help/jp/ja", "", 404, "", "no-store"},
		{"/help/gr/el", "", 200, "", "public, max-age=3600"},
	} {
		res, _ := d.public(c.path, map[string]string{"Accept-Language": c.accept})
		if res.StatusCode != c.status || res.Header.Get("Location") != c.to || res.Header.Get("Cache-Control") != c.cache && c.cache != "" || len(res.Cookies()) != 0 {
			t.Errorf("%s for %q: %d to %q, %q, cookies %v", c.path, c.accept, res.StatusCode, res.Header.Get("Location"), res.Header.Get("Cache-Control"), res.Cookies())
		}
	}
	res, body := d.public("/help/gr/el", nil)
	tag := res.Header.Get("ETag")
	if again, _ := d.public("/help/gr/el", map[string]string{"If-None-Match": tag}); tag == "" || again.StatusCode != http.StatusNotModified {
		t.Errorf("asked again by %q: %d", tag, again.StatusCode)
	}
	if !strings.Contains(body, `lang="el-GR"`) || !strings.Contains(body, "Βοήθεια") || strings.Contains(body, "<script") {
		t.Errorf("the page of Greece: %.400s", body)
	}
	size := 0
	css := body[strings.Index(body, "/static/"):]
	for _, path := range []string{"/help/gr/el", css[:strings.IndexByte(css, '"')], css[strings.LastIndex(css, "/static/"):][:strings.IndexByte(css[strings.LastIndex(css, "/static/"):], '"')]} {
		_, packed := d.public(path, map[string]string{"Accept-Encoding": "gzip"})
		if _, err := gzip.NewReader(strings.NewReader(packed)); err != nil && len(packed) > 1500 {
			t.Errorf("%s is not compressed", path)
		}
		size += len(packed)
	}
	if size > 15<<10 {
		t.Errorf("the page, its icon and its styles are %d bytes", size)
	}
	if res, script := d.public("/help/component.js", nil); len(script) > 2<<10 || !strings.HasPrefix(res.Header.Get("Content-Type"), "text/javascript") || len(res.Cookies()) != 0 {
		t.Errorf("the component is %d bytes of %s", len(script), res.Header.Get("Content-Type"))
	}
	if _, pages := d.public("/help/sitemap.xml", nil); strings.Count(pages, "<loc>"+d.App+"/help/") != 46 {
		t.Errorf("sitemap: %s", pages)
	}
	if _, robots := d.public("/robots.txt", nil); !strings.Contains(robots, "Allow: /help\n") || !strings.Contains(robots, "Disallow: /\n") || !strings.Contains(robots, "Sitemap: "+d.App+"/help/sitemap.xml\n") {
		t.Errorf("robots: %s", robots)
	}
}

// TestHelpSettings: a manager says how the shop is reached and ticks a link; customers see both; what they could not use is refused.
func TestHelpSettings(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	manager := d.signIn("manager")
	_, page := manager.get("/settings/help")
	if n := page.Find("#links tbody tr").Length(); n != 46 || !strings.Contains(shown(page.Find("#links .card-h")), "to check") {
		t.Errorf("%d links: %s", n, shown(page.Find("#links .card-h")))
	}
	form := formOf(page, `form[action="/settings/help/contacts"]`)
	form.Set("email", "help@nordicgoods.example")
	form.Set("url", "javascript:alert(1)")
	status, page := manager.post("/settings/help/contacts", form)
	if status != http.StatusUnprocessableEntity || page.Find("#help-url-error").Length() != 1 || page.Find("#help-email").AttrOr("value", "") != "help@nordicgoods.example" {
		t.Errorf("a script as an address: %d", status)
	}
	form.Set("url", "https://nordicgoods.example/contact")
	form.Set("phone", "+46 31 123")
	if status, _ := manager.post("/settings/help/contacts", form); status != http.StatusSeeOther {
		t.Errorf("a good contact: %d", status)
	}
	_, page = manager.get("/settings/help?page=at/de")
	link := formOf(page, `#links form:has(input[name=country][value=AT]):has(input[name=language][value=de])`)
	if !strings.Contains(shown(page.Find("section[aria-labelledby=h-snippets]")), "Hilfe zu Ihrer Zahlung mit Klarna</a>") || link.Get("link") != "https://www.klarna.com/at/kundenservice/" {
		t.Errorf("snippets and the link to look at: %s, %v", shown(page.Find("section[aria-labelledby=h-snippets]")), link)
	}
	page.Find(".snippet:has([data-preview])").Each(func(_ int, s *goquery.Selection) {
		made, err := goquery.NewDocumentFromReader(strings.NewReader(s.Find("code").Text()))
		if err != nil {
			t.Fatal(err)
		}
		made.Find("script").Remove()
		preview := s.Find("[data-preview]")
		if shown(made.Find("body")) != shown(preview) || made.Find("a").AttrOr("href", "") != preview.Find("a").AttrOr("href", "") && made.Find("payment-help").Length() == 0 {
			t.Errorf("%s makes %q, and the preview shows %q", shown(s.Find("h3")), shown(made.Find("body")), shown(preview))
		}
	})
	if n := page.Find(".snippet [data-preview]").Length(); n != 4 {
		t.Errorf("%d previews", n)
	}
	link.Set("link", "http://www.klarna.com/at/hilfe/")
	if status, page := manager.post("/settings/help/links", link); status != http.StatusUnprocessableEntity || page.Find("#link-AT-de-error").Length() != 1 {
		t.Errorf("plain http: %d", status)
	}
	link.Set("link", "https://www.klarna.com/at/hilfe/")
	if status, _ := manager.post("/settings/help/links", link); status != http.StatusSeeOther {
		t.Errorf("a checked link: %d", status)
	}
	_, body := d.public("/help/at/de", nil)
	for _, want := range []string{`href="mailto:help@nordicgoods.example"`, `href="tel:+4631123"`, `href="/help/at/de/to/klarna"`, `href="/help/at/de/to/shop"`} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of Austria has no %s", want)
		}
	}
	for path, want := range map[string]string{"/help/at/de/to/klarna": "https://www.klarna.com/at/hilfe/", "/help/at/en/to/klarna": "https://www.klarna.com/at/", "/help/at/de/to/app": "https://app.klarna.com/",
		"/help/at/de/to/shop": "https://nordicgoods.example/contact", "/help/at/de/to/elsewhere": "", "/help/at/sv/to/klarna": "", "/help/jp/ja/to/app": ""} {
		if res, _ := d.public(path, nil); res.Header.Get("Location") != want || (res.StatusCode == http.StatusFound) != (want != "") || want == "" && res.StatusCode != http.StatusNotFound {
			t.Errorf("%s: %d to %q, want %q", path, res.StatusCode, res.Header.Get("Location"), want)
		}
	}
	reviewed := func(want, badge string) {
		t.Helper()
		_, page := manager.get("/settings/help/texts/de")
		if text := shown(page.Find("#h-review").Closest("section").Find("p").First()); !strings.Contains(text, want) {
			t.Errorf("the review: %s, want %s", text, want)
		}
		_, page = manager.get("/settings/help")
		if text := shown(page.Find(`.languages li:has(a[href$="/de"]) .badge`)); text != badge {
			t.Errorf("the badge: %s, want %s", text, badge)
		}
	}
	reviewed("No native speaker", "Not read yet")
	_, page = manager.get("/settings/help/texts/de")
	review := formOf(page, `form[action$="/de/reviews"]`)
	for _, reader := range []string{" ", strings.Repeat("ä", 101), "a\u0007b"} {
		review.Set("reader", reader)
		if status, page := manager.post("/settings/help/texts/de/reviews", review); status != http.StatusUnprocessableEntity || page.Find("#review-reader-error").Length() != 1 || page.Find("#review-reader").AttrOr("value", "") != reader {
			t.Errorf("reader %q: %d", reader, status)
		}
	}
	review.Set("reader", "Jürgen Weiß")
	if status, _ := manager.post("/settings/help/texts/de/reviews", review); status != http.StatusSeeOther {
		t.Errorf("a review: %d", status)
	}
	reviewed("Jürgen Weiß has read them, as Mikkel Østergaard noted on", "Read")
	_, page = manager.get("/settings/help/texts/de")
	texts := formOf(page, `form[action="/settings/help/texts/de"]`)
	texts.Set("title", "Fragen zur Rechnung von {shop}")
	texts.Set("lead", "<b>Hallo</b>")
	if status, page := manager.post("/settings/help/texts/de", texts); status != http.StatusUnprocessableEntity || page.Find("#text-lead-error").Length() != 1 || page.Find("#text-title").Text() != "Fragen zur Rechnung von {shop}" {
		t.Errorf("markup in a text: %d", status)
	}
	texts.Set("lead", "")
	if status, _ := manager.post("/settings/help/texts/de", texts); status != http.StatusSeeOther {
		t.Errorf("a text of the shop's own: %d", status)
	}
	reviewed("A text has changed since", "Changed since")
	if status, _ := manager.post("/settings/help/texts/de/reviews", review); status != http.StatusConflict {
		t.Errorf("a review of texts that are others by now: %d", status)
	}
	_, page = manager.get("/settings/help/texts/de")
	if status, _ := manager.post("/settings/help/texts/de/reviews", formOf(page, `form[action$="/de/reviews"]:has([name=drop])`)); status != http.StatusSeeOther {
		t.Errorf("taken back: %d", status)
	}
	reviewed("No native speaker", "Not read yet")
	if _, body := d.public("/help/at/de", nil); !strings.Contains(body, "<h1>Fragen zur Rechnung von Nordic Goods AB</h1>") || !strings.Contains(body, "Sie haben bei Nordic Goods AB gekauft") {
		t.Error("the shop's own text is not on the page, or the others are gone")
	}
	if status, _ := manager.get("/settings/help/texts/ja"); status != http.StatusNotFound {
		t.Errorf("texts in Japanese: %d", status)
	}
	if status, _ := d.signIn("staff").get("/settings/help"); status != http.StatusForbidden {
		t.Errorf("staff: %d", status)
	}
}

// TestBrowserHelpComponent: on a shop's own site the link leads to the page in the site's language, and to the choice where it has none.
func TestBrowserHelpComponent(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	site := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprintf(w, `<html lang="%s"><body><main><script src="%s/help/component.js" defer></script><payment-help><a id="go" href="%s/help">Help</a></payment-help></main></body></html>`,
			r.URL.Query().Get("lang"), d.App, d.App)
	}))
	t.Cleanup(site.Close)
	b := d.tab(t, startBrowser(t), true)
	for lang, want := range map[string]string{"fi-FI": "Apua Klarna-maksuusi", "de-AT": "Hilfe zu Ihrer Zahlung", "en": "Other countries"} {
		b.run(chromedp.Navigate(site.URL + "?lang=" + lang))
		b.press("#go")
		b.sees(want)
	}
}

// TestBrowserHelp: three countries in two scripts, without JavaScript.
func TestBrowserHelp(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	parent := startBrowser(t)
	b := d.tab(t, parent, false)
	for path, want := range map[string][2]string{"/help/de/de": {"Hilfe zu Ihrer Zahlung", "Deutschland"}, "/help/gr/el": {"Βοήθεια για την πληρωμή", "Ελλάδα"}, "/help/se/sv": {"Hjälp med din betalning", "Sverige"}} {
		b.open(path)
		b.sees(want[0])
		b.sees(want[1])
		b.press("details summary")
		b.run(chromedp.WaitVisible(chromedp.CSS("details[open] p")))
	}
	b.press(`a[hreflang="en-SE"], a[hreflang="en-GR"], a[hreflang="en-DE"]`)
	b.sees("Help with your Klarna payment")
	d.tab(t, parent, true).auditPages(map[string]string{"german": "/help/de/de", "greek": "/help/gr/el", "countries": "/help/jp"})
	m := d.tab(t, parent, true)
	m.signIn("manager")
	m.auditPages(map[string]string{"settings": "/settings/help?page=de/de", "texts": "/settings/help/texts/de"})
}
