package main

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// matchMail has a mail read, and gives the page that tells what it is about.
func (p *person) matchMail(content string) (int, *goquery.Document) {
	p.t.Helper()
	body, kind := multipartOf(p.t, url.Values{"csrf_token": {p.token()}}, "klarna.eml", []byte(content))
	res, err := p.http.Post(p.base+"/mailboxes/mails", kind, body)
	return p.read(res, err)
}

// TestAMailIsLoggedAsItWasRead: what was read of a mail fills the form of a dispute by e-mail, and the mail goes with it without being chosen again.
func TestAMailIsLoggedAsItWasRead(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p, manager := d.signIn("staff"), d.signIn("manager")
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "order_reference": "NG-BOX-7"})
	const letter = "From: Klarna <disputes@klarna.example>\r\nSubject: Dispute of NG-BOX-7\r\nDate: Mon, 16 Nov 2026 09:05:00 +0100\r\n\r\nReason: goods_not_received."
	_, page := p.matchMail(letter)
	link := page.Find(`a[href^="/mail-disputes/new?letter="]`).AttrOr("href", "")
	if status, page := manager.get(link); status != http.StatusOK || !tells(words(page), "not kept any more") || page.Find(`input[name="letter"]`).Length() != 0 {
		t.Errorf("another person's: %d %s", status, words(page))
	}
	_, page = p.get(link)
	form := formOf(page, `form[action="/mail-disputes"]`)
	for name, want := range map[string]string{"order": order, "amount": "189.90", "currency": "EUR", "reason": "product_not_received"} {
		if form.Get(name) != want {
			t.Errorf("%s is filled in as %q, want %q", name, form.Get(name), want)
		}
	}
	if !tells(words(page), "Klarna <disputes@klarna.example>") || !tells(words(page), "16 Nov") || page.Find(`input[type="file"]`).Length() != 0 {
		t.Errorf("the form: %s", words(page))
	}
	form.Set("note", "Sent the tracking link")
	status, page := p.post("/mail-disputes", form)
	form = formOf(page, `form[action="/mail-disputes"]`)
	if status != http.StatusUnprocessableEntity || page.Find("#mail-due_by-error").Length() != 1 || form.Get("note") != "Sent the tracking link" || form.Get("letter") == "" {
		t.Fatalf("no day: %d %s", status, words(page))
	}
	form.Set("due_by", "2031-01-07")
	res, err := p.http.PostForm(p.base+"/mail-disputes", form)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	dispute := res.Header.Get("Location")
	_, page = p.get(dispute)
	if !tells(words(page), "Goods not received") || !tells(words(page), "NG-BOX-7") || page.Find(`a[href$="/letter"]`).Length() != 1 {
		t.Errorf("logged: %d %s", res.StatusCode, words(page))
	}
	if res, err := p.http.Get(p.base + dispute + "/letter"); err != nil || res.ContentLength != int64(len(letter)) {
		t.Errorf("the mail as it came: %v %v", res, err)
	}
	p.logsNothingTwice(letter, form, dispute)
}

// logsNothingTwice logs a mail again that is logged, and one that was never read.
func (p *person) logsNothingTwice(letter string, form url.Values, dispute string) {
	p.t.Helper()
	if _, page := p.matchMail(letter); page.Find(`a[href="`+dispute+`"]`).Length() == 0 || page.Find(`a[href^="/mail-disputes/new"]`).Length() != 0 {
		p.t.Errorf("read again: %s", words(page))
	}
	res, err := p.http.PostForm(p.base+"/mail-disputes", form)
	if err != nil {
		p.t.Fatal(err)
	}
	_ = res.Body.Close()
	if at := res.Header.Get("Location"); at != dispute {
		p.t.Errorf("logged twice: %d %s", res.StatusCode, at)
	}
	form.Set("letter", strings.Repeat("0", 64))
	if status, page := p.post("/mail-disputes", form); status != http.StatusUnprocessableEntity || !tells(words(page), "choose it again") || page.Find(`input[type="file"]`).Length() != 1 ||
		formOf(page, `form[action="/mail-disputes"]:has([name="note"])`).Get("note") != "Sent the tracking link" {
		p.t.Errorf("a mail that was never read: %d %s", status, words(page))
	}
}

// TestAMailAboutTwoOrdersIsLoggedAboutOne: where a mail names several orders, the person says which it is.
func TestAMailAboutTwoOrdersIsLoggedAboutOne(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	d.capturedOrder(map[string]any{"amount": 4200, "currency": "eur", "order_reference": "NG-1"})
	second := d.capturedOrder(map[string]any{"amount": 5300, "currency": "sek", "order_reference": "NG-2"})
	_, page := p.matchMail("From: k@klarna.example\r\nSubject: NG-1 and NG-2\r\n\r\nHello.")
	links := page.Find(`a[href^="/mail-disputes/new?letter="]`)
	about := links.FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "about NG-2") })
	if links.Length() != 3 || about.Length() != 1 {
		t.Fatalf("%d links: %s", links.Length(), words(page))
	}
	_, page = p.get(about.AttrOr("href", ""))
	if form := formOf(page, `form[action="/mail-disputes"]`); form.Get("order") != second || form.Get("amount") != "53.00" || form.Get("currency") != "SEK" || form.Get("reason") != "" {
		t.Errorf("%v", form)
	}
	_, page = p.get(links.Last().AttrOr("href", ""))
	if form := formOf(page, `form[action="/mail-disputes"]`); form.Get("order") != "" || form.Get("letter") == "" {
		t.Errorf("without an order: %v", form)
	}
}
