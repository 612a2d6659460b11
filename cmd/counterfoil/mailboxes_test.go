package main

import (
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// listMailboxes puts addresses on the list, one a line.
func (p *person) listMailboxes(lines string) (int, *goquery.Document) {
	p.t.Helper()
	_, page := p.get("/mailboxes")
	form := formOf(page, `form[action="/mailboxes"]`)
	form.Set("addresses", lines)
	form.Set("purpose", "support")
	return p.post("/mailboxes", form)
}

// boxForms are the forms that tick a mailbox on a day's page, as "Nothing new" and as "Mail came".
func boxForms(t *testing.T, page *goquery.Document, address string) (path string, nothing, mail url.Values) {
	t.Helper()
	row := page.Find("tbody tr").FilterFunction(func(_ int, tr *goquery.Selection) bool { return strings.Contains(tr.Find("th").Text(), address) })
	path = "/mailboxes/" + row.AttrOr("id", "") + "/checks"
	nothing = formOf(page, `form[action="`+path+`"]:has(input[value="nothing"])`)
	return path, nothing, formOf(page, `form[action="`+path+`"]:has(input[value="mail"])`)
}

// tick looks into a mailbox and finds nothing new; it gives what the next page says.
func (p *person) tick(day, address string) string {
	p.t.Helper()
	_, page := p.get(day)
	path, nothing, _ := boxForms(p.t, page, address)
	if nothing == nil {
		p.t.Fatalf("no tick for %s on %s: %s", address, day, words(page))
	}
	return p.sent(path, nothing)
}

// sent posts a form and reads the page that follows.
func (p *person) sent(path string, form url.Values) string {
	p.t.Helper()
	status, page := p.post(path, form)
	if status != http.StatusSeeOther {
		p.t.Fatalf("%s: %d %s", path, status, words(page))
	}
	_, page = p.get("/mailboxes")
	return flashed(page) + words(page)
}

func flashed(page *goquery.Document) string {
	return strings.Join(strings.Fields(page.Find("#flash").Text()), " ") + " "
}

// pass lets a day go by, and waits until the desk's clock shows it.
func (d *demoProcess) pass(p *person) {
	d.t.Helper()
	_, page := p.get("/mailboxes")
	before := page.Find("#h-day").Text()
	d.control("POST", "/_sim/clock", map[string]any{"advance": "24h"}, nil)
	d.eventually(10*time.Second, "the day is over", func() bool {
		_, page := p.get("/mailboxes")
		return page.Find("#h-day").Text() != before
	})
}

// TestMailboxDuty: mailboxes are ticked, one is missed, ticked late, and acknowledged; the history tells it all.
func TestMailboxDuty(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	staff, manager, admin, viewer := d.signIn("staff"), d.signIn("manager"), d.signIn("admin"), d.signIn("viewer")
	_, page := manager.get("/settings/days")
	form := formOf(page, `form[action="/settings/days"]`)
	form["weekday"] = []string{"Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"}
	form.Set("holidays", "2031-12-25 Christmas Day\n2031-12-25")
	if status, page := manager.post("/settings/days", form); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "Line 2: write the holiday’s name") ||
		!strings.Contains(formOf(page, `form[action="/settings/days"]`).Get("holidays"), "2031-12-25 Christmas Day") || page.Find(`input[name="weekday"][checked]`).Length() != 7 {
		t.Errorf("a wrong holiday: %d %s", status, words(page))
	}
	form.Set("holidays", "2031-12-25 Christmas Day")
	if status, _ := manager.post("/settings/days", form); status != http.StatusSeeOther {
		t.Fatalf("days: %d", status)
	}
	if status, page := manager.listMailboxes("help@nordicgoods.example\nnonsense"); status != http.StatusUnprocessableEntity || page.Find("#mailbox-addresses-error").Length() != 1 {
		t.Errorf("no address: %d", status)
	}
	if status, _ := manager.listMailboxes("help@nordicgoods.example\nowner@nordicgoods.example"); status != http.StatusSeeOther {
		t.Fatalf("two mailboxes: %d", status)
	}
	staff.tick("/mailboxes", "help@")
	staff.tick("/mailboxes", "owner@")
	d.pass(staff)

	// The first full day: one is looked into by two people, the other by nobody.
	if _, page := staff.get("/"); !tells(words(page), "2 mailboxes to look into today") {
		t.Errorf("Today: %s", words(page))
	}
	_, stale := admin.get("/mailboxes")
	path, nothing, _ := boxForms(t, stale, "help@")
	_, today := staff.get("/mailboxes")
	_, first, _ := boxForms(t, today, "help@")
	if said := staff.sent(path, first); !strings.Contains(said, "1 of 2 mailboxes looked into") {
		t.Errorf("ticked: %s", said)
	}
	if said := staff.sent(path, first); !strings.Contains(said, "You have ticked it already") {
		t.Errorf("twice by one: %s", said)
	}
	if said := admin.sent(path, nothing); !strings.Contains(said, "Sofia Berg was first") {
		t.Errorf("twice by two: %s", said)
	}
	path, _, mail := boxForms(t, today, "owner@")
	if status, page := staff.post(path, mail); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "Write in a few words what came") {
		t.Errorf("mail without a word: %d", status)
	}
	missed := regexp.MustCompile(`[A-Z][a-z]+day \d+ [A-Z][a-z]+ \d{4}`).FindString(today.Find("#h-day").Text())
	d.pass(staff)

	// The day after: it stands on Today for a manager, a late tick does not take it away, a word does.
	_, page = manager.get("/")
	if !tells(words(page), "1 mailbox was not looked into") || page.Find(`#today a[href^="/mailboxes#h-"]:contains("Acknowledge")`).Length() != 1 {
		t.Errorf("the manager's Today: %s", words(page))
	}
	_, page = staff.get("/mailboxes")
	day := page.Find(`a[href^="/mailboxes?day="]`).First().AttrOr("href", "")
	if !tells(words(page), "Missed: "+missed) || formOf(page, `form[action="/mailboxes/acknowledgements"]`) != nil {
		t.Errorf("what staff see: %s", words(page))
	}
	staff.tick(day, "owner@")
	if _, page := viewer.get(day); !tells(words(page), "Ticked late") || page.Find("tbody form").Length() != 0 {
		t.Errorf("what a viewer sees: %s", words(page))
	}
	_, page = manager.get("/mailboxes")
	form = formOf(page, `form[action="/mailboxes/acknowledgements"]`)
	if status, page := manager.post("/mailboxes/acknowledgements", form); status != http.StatusUnprocessableEntity || page.Find(`[id^="ack-"][id$="-error"]`).Length() != 1 {
		t.Errorf("no word: %d", status)
	}
	form.Set("note", "Nobody was in; looked into since")
	if said := manager.sent("/mailboxes/acknowledgements", form); strings.Contains(said, "Missed:") {
		t.Errorf("acknowledged: %s", said)
	}
	if _, page := manager.get("/"); tells(words(page), "was not looked into") {
		t.Errorf("Today after it: %s", words(page))
	}
	d.readsHistory(manager, strings.TrimPrefix(day, "/mailboxes?day="))
}

// readsHistory opens the week of a missed day, and the file.
func (d *demoProcess) readsHistory(p *person, day string) {
	d.t.Helper()
	_, page := p.get("/mailboxes/history?week=" + day)
	for _, want := range []string{"Ticked late", "Sofia Berg", "Acknowledged: Mikkel Østergaard", "Nobody was in; looked into since", "Europe/Stockholm"} {
		if !strings.Contains(words(page), want) {
			d.t.Errorf("the week has no %q: %s", want, words(page))
		}
	}
	res, err := p.http.Get(p.base + "/mailboxes/history.csv?from=" + day + "&to=" + day)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	file, err := io.ReadAll(res.Body)
	if text := string(file); err != nil || strings.Count(text, "\n") != 3 || !strings.Contains(text, day+",owner@nordicgoods.example,support,late,,Sofia Berg,") ||
		!strings.Contains(text, day+",help@nordicgoods.example,support,checked,,Sofia Berg,") {
		d.t.Errorf("the file: %s %v", text, err)
	}
	for _, span := range []string{"from=x&to=" + day, "from=" + day + "&to=2019-01-01", "from=2019-01-01&to=" + day, "from=" + day + "&to=2099-01-01"} {
		if status, page := p.get("/mailboxes/history.csv?" + span); status != http.StatusUnprocessableEntity || page.Find("#history-from-error, #history-to-error").Length() != 1 {
			d.t.Errorf("%s: %d", span, status)
		}
	}
}

// TestTheDemosMailboxes: the demo's shop has mailboxes with a history of some weeks, the same each time, and one day on which one was missed.
func TestTheDemosMailboxes(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "12", "--now", "2026-11-24T10:00:00Z") // a Tuesday, 11:00 in Stockholm
	manager := d.signIn("manager")
	if _, page := manager.get("/mailboxes"); !tells(words(page), "1 of 2 mailboxes looked into") || !tells(words(page), "Missed: Friday 20 November 2026") || page.Find("[id^=ack-]").Length() != 1 {
		t.Errorf("the mailboxes: %s", words(page))
	}
	if _, page := manager.get("/"); !tells(words(page), "1 mailbox to look into today") || !tells(words(page), "1 mailbox was not looked into") {
		t.Errorf("Today: %s", words(page))
	}
	d.eventually(20*time.Second, "the manager's digest tells of the missed day", func() bool {
		_, page := manager.get("/mails?state=kept")
		row := page.Find("tbody tr").FilterFunction(func(_ int, s *goquery.Selection) bool {
			return strings.Contains(s.Text(), "Morning digest") && strings.Contains(s.Text(), "manager@nordicgoods.example")
		})
		_, page = manager.get(row.Find("a").AttrOr("href", "/mails"))
		return strings.Contains(page.Find("pre").Text(), "Mailboxes\n- 1 mailbox to look into today\n  "+d.App+"/mailboxes\n- Missed on Friday 20 November 2026: it waits for a manager’s word\n  "+d.App+"/mailboxes#h-2026-11-20\n")
	})
	for week, want := range map[string]string{
		"2026-11-16": "10 due: 9 looked into on the day, 0 ticked late, 1 missed",
		"2026-11-09": "10 due: 10 looked into on the day, 0 ticked late, 0 missed",
	} {
		if _, page := manager.get("/mailboxes/history?week=" + week); !tells(words(page), want) {
			t.Errorf("the week of %s: %s", week, words(page))
		}
	}
}

// TestAThousandMailboxesInPages lists a thousand at once, and one is ticked on a later page.
func TestAThousandMailboxesInPages(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	manager := d.signIn("manager")
	var lines strings.Builder
	for i := range 1000 {
		lines.WriteString("box" + string(rune('a'+i/100)) + string(rune('a'+i/10%10)) + string(rune('a'+i%10)) + "@nordicgoods.example\n")
	}
	if status, page := manager.listMailboxes(lines.String()); status != http.StatusSeeOther {
		t.Fatalf("a thousand: %d %s", status, words(page))
	}
	_, page := manager.get("/mailboxes?show=unchecked")
	if n := page.Find("tbody tr").Length(); n != 50 {
		t.Errorf("the first page has %d rows", n)
	}
	next := page.Find(`a[rel="next"]`).AttrOr("href", "")
	_, page = manager.get(next)
	path, nothing, _ := boxForms(t, page, "boxafa@")
	res, err := manager.http.PostForm(manager.base+path, nothing)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	if at := res.Header.Get("Location"); !strings.HasPrefix(at, next+"#mbx_") {
		t.Errorf("after a tick on %s the page is %s", next, at)
	}
	if _, page := manager.get(next); strings.Contains(words(page), "boxafa@") || page.Find("tbody tr").Length() != 50 {
		t.Error("what was ticked stands among what was not")
	}
}

// TestMailIsMatched: a mail says which order and dispute it is about, by what it names or by amount and e-mail, and no dispute is made of it.
func TestMailIsMatched(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "order_reference": "NG-BOX-7", "customer_email": "ebba@example.se"})
	read := func(content string) (int, *goquery.Document) {
		body, kind := multipartOf(t, url.Values{"csrf_token": {p.token()}}, "klarna.eml", []byte(content))
		res, err := p.http.Post(p.base+"/mailboxes/mails", kind, body)
		return p.read(res, err)
	}
	const head = "From: Klarna <disputes@klarna.example>\r\nSubject: A dispute\r\nDate: Mon, 16 Nov 2026 09:05:00 +0100\r\n\r\n"
	for name, c := range map[string]struct{ body, by string }{
		"its reference":     {"About order NG-BOX-7.", "The mail names it: NG-BOX-7."},
		"its Stripe id":     {"Payment " + order + " is disputed.", "The mail names it: " + order + "."},
		"amount and e-mail": {"Ebba@Example.se disputes EUR 189.90 of her order.", "It has this order’s amount and its customer’s e-mail."},
	} {
		status, page := read(head + c.body)
		if status != http.StatusOK || !strings.Contains(words(page), c.by) || page.Find(`main a[href="/orders/`+order+`"]`).Length() != 1 || page.Find(`a[href^="/mail-disputes/new?letter="]`).Length() != 1 {
			t.Errorf("%s: %d %s", name, status, words(page))
		}
	}
	for name, body := range map[string]string{"another amount": "ebba@example.se disputes EUR 189.91.", "another customer": "eva@example.se disputes EUR 189.90.", "nothing": "Hello."} {
		if status, page := read(head + body); status != http.StatusOK || !strings.Contains(words(page), "No order was found") {
			t.Errorf("%s: %d %s", name, status, words(page))
		}
	}
	for name, c := range map[string]struct {
		content string
		status  int
	}{
		"a picture":   {"\x89PNG", http.StatusUnprocessableEntity},
		"nothing":     {"", http.StatusUnprocessableEntity},
		"30 MB":       {head + strings.Repeat("x", 30_000_000), http.StatusRequestEntityTooLarge},
		"11 MB":       {head + strings.Repeat("x", 11_000_000), http.StatusUnprocessableEntity},
		"broken MIME": {"From: a@example.com\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nNG-BOX-7", http.StatusOK},
	} {
		if status, page := read(c.content); status != c.status || len(words(page)) == 0 {
			t.Errorf("%s: %d %s", name, status, words(page))
		}
	}
	if _, page := p.get("/disputes"); page.Find(`a[href^="/disputes/mds_"]`).Length() != 0 {
		t.Error("a mail that was only read is kept as a dispute")
	}
}

// TestMailLeadsToItsDispute: a mail about a disputed order offers the dispute, which has its own text for Stripe.
func TestMailLeadsToItsDispute(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	order, dispute := d.disputed("inquiry", nil)
	body, kind := multipartOf(t, url.Values{"csrf_token": {p.token()}}, "klarna.eml", []byte("From: Klarna <disputes@klarna.example>\r\nSubject: "+dispute+"\r\n\r\nHello."))
	res, err := p.http.Post(p.base+"/mailboxes/mails", kind, body)
	status, page := p.read(res, err)
	if status != http.StatusOK || page.Find(`main a[href="/disputes/`+dispute+`"]`).Length() != 1 || page.Find(`main a[href="/orders/`+order+`"]`).Length() != 1 {
		t.Errorf("%d %s", status, words(page))
	}
	_, page = p.get("/disputes/" + dispute)
	if text := page.Find("#support textarea").Text(); !strings.Contains(text, dispute) || !strings.Contains(text, order) || !strings.Contains(text, "Nothing was tried from our desk.") {
		t.Errorf("the dispute's text for Stripe: %s", text)
	}
}

// TestSupportRoute: an order says what to send to Stripe and where the customer finds help, and never sends operations to Klarna.
func TestSupportRoute(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	order := d.order(map[string]any{"amount": 4200, "currency": "eur", "country": "DE", "shipping": true, "customer_name": "Zacharias Quittenbaum"})
	if status, page := p.post("/orders/"+order+"/captures", withTracking(p.captureForm(order), "NG12345")); status != http.StatusSeeOther {
		t.Fatalf("capture: %d %s", status, words(page))
	}
	_, page := p.get("/orders/" + order)
	text := page.Find("#support textarea").Text()
	charge, _ := d.stripe("/v1/payment_intents/" + order)["latest_charge"].(string)
	for _, want := range []string{order, charge, "capture of EUR 42.00: succeeded, request req_"} {
		if !strings.Contains(strings.ReplaceAll(text, "\u00a0", " "), want) || want == "" {
			t.Errorf("the text has no %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "Quittenbaum") {
		t.Error("the text for Stripe names the customer")
	}
	if to := page.Find(`#support a[href$="/help/de"]`).AttrOr("href", ""); to == "" {
		t.Error("no link for the customer")
	}
	if to := page.Find(`#support a[href*="klarna.com"]`).Length(); to != 0 {
		t.Error("operations are sent to Klarna")
	}
}
