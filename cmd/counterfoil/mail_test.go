package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/emersion/go-ical"

	"counterfoil/models/mail/mailtest"
)

// TestDigestIsSentAndRead starts the desk with a mail server, and reads the digest where it arrived and in the desk.
func TestDigestIsSentAndRead(t *testing.T) {
	t.Parallel()
	server, _ := mailtest.Start(t, "")
	d := startDemo(t, t.TempDir(), "--orders", "60", "--now", "2026-11-17T13:02:00Z", "--smtp-url", "smtp://"+server.Addr)
	d.eventually(20*time.Second, "everybody has the digest", func() bool { return server.With("what there is to do, Tuesday 17 November") >= len(d.Accounts) })
	p := d.signIn("staff")
	var link string
	d.eventually(10*time.Second, "the digest stands among the mails", func() bool {
		_, page := p.get("/mails")
		row := page.Find("tbody tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "Morning digest") })
		link, _ = row.Find("a").Attr("href")
		return strings.Contains(row.Text(), "Sent")
	})
	_, page := p.get(link)
	if text := page.Find("pre").Text(); !strings.Contains(text, "Running out\n- ") || !strings.Contains(text, "(Europe/Stockholm)") {
		t.Errorf("the digest says\n%s", text)
	}
	if status, _ := d.signIn("viewer").get(link); status != http.StatusNotFound {
		t.Errorf("another's mail: %d", status)
	}
	if status, _ := d.signIn("manager").get(link); status != http.StatusOK {
		t.Errorf("a manager reads it: %d", status)
	}
}

// TestKilledWhileTheMailIsHandedOver kills the desk while a slow server has a mail and has not answered: it is not sent again by itself.
func TestKilledWhileTheMailIsHandedOver(t *testing.T) {
	t.Parallel()
	server, _ := mailtest.Start(t, "")
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "0", "--now", "2026-11-17T04:02:00Z", "--smtp-url", "smtp://"+server.Addr)
	p := d.signIn("staff")
	_, page := p.get("/notifications")
	form := formOf(page, `form[action="/notifications/tests"]`)
	release := server.Hold()
	defer release()
	if status, _ := p.post("/notifications/tests", form); status != http.StatusSeeOther {
		t.Fatalf("test mail: %d", status)
	}
	d.eventually(10*time.Second, "the server has the mail", func() bool { return server.With("Test mail from") == 1 })
	d.kill()
	d = startDemo(t, dir, "--smtp-url", "smtp://"+server.Addr)
	p = d.signIn("staff")
	d.eventually(40*time.Second, "the mail is unclear", func() bool {
		_, page := p.get("/mails")
		row := page.Find("tbody tr").FilterFunction(func(_ int, s *goquery.Selection) bool { return strings.Contains(s.Text(), "Test mail from") })
		return strings.Contains(row.Text(), "Unclear") && strings.Contains(row.Text(), "The desk stopped")
	})
	if n := server.With("Test mail from"); n != 1 {
		t.Errorf("it was handed over %d times", n)
	}
}

// TestChoicesAndCalendar chooses, without a mail server, and opens the calendar until it is ended.
func TestChoicesAndCalendar(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "40")
	p := d.signIn("staff")
	_, page := p.get("/notifications")
	if page.Find(`input[value="payout"]`).Length() != 0 || page.Find(`input[value="dispute"][checked]`).Length() != 1 {
		t.Error("staff choose among what they may see")
	}
	form := formOf(page, `form[action="/notifications"]`)
	form.Set("hour", "25")
	form.Add("kind", "refund")
	status, page := p.post("/notifications", form)
	if status != http.StatusUnprocessableEntity || page.Find("#hour-error").Length() != 1 || page.Find(`input[value="refund"][checked]`).Length() != 1 {
		t.Errorf("hour 25: %d", status)
	}
	form.Set("hour", "9")
	if status, _ := p.post("/notifications", form); status != http.StatusSeeOther {
		t.Errorf("saved: %d", status)
	}
	_, page = p.get("/notifications")
	if page.Find(`input[value="dispute"][checked]`).Length() != 0 || page.Find(`option[value="9"][selected]`).Length() != 1 {
		t.Error("what was chosen is not there")
	}
	p.post("/notifications/calendars", formOf(page, `form[action="/notifications/calendars"]`))
	_, page = p.get("/notifications")
	_, address, found := strings.Cut(page.Find("#flash").Text(), d.App)
	if !found {
		t.Fatalf("no address: %s", page.Find("#flash").Text())
	}
	address = address[:strings.Index(address, ".ics")+4]
	res, err := http.Get(d.App + address)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	var text bytes.Buffer
	if _, err := text.ReadFrom(res.Body); err != nil {
		t.Fatal(err)
	}
	cal, err := ical.NewDecoder(bytes.NewReader(text.Bytes())).Decode()
	if err != nil || len(cal.Events()) == 0 || !strings.HasPrefix(res.Header.Get("Cache-Control"), "private") {
		t.Errorf("%v, %q\n%s", err, res.Header, text.String())
	}
	_, again := p.get("/notifications")
	if strings.Contains(again.Text(), address) {
		t.Error("the address is shown twice")
	}
	p.post("/notifications/calendars/ends", formOf(again, `form[action="/notifications/calendars/ends"]`))
	for _, gone := range []string{address, "/calendar/unknown.ics"} {
		if status, _ := d.stranger().get(gone); status != http.StatusNotFound {
			t.Errorf("%s: %d", gone, status)
		}
	}
}

// TestMailsInPages writes more mails than a page holds, and reads on to the first of them.
func TestMailsInPages(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0", "--now", "2026-11-17T04:02:00Z") // before any digest
	p := d.signIn("staff")
	_, page := p.get("/notifications")
	form := formOf(page, `form[action="/notifications/tests"]`)
	for range 53 {
		if status, _ := p.post("/notifications/tests", form); status != http.StatusSeeOther {
			t.Fatalf("a test mail: %d", status)
		}
	}
	for _, filter := range []string{"", "?state=kept"} {
		_, page = p.get("/mails" + filter)
		first, next := page.Find("tbody tr").Length(), page.Find(`a[rel="next"]`).AttrOr("href", "")
		_, page = p.get(next)
		second, back := page.Find("tbody tr").Length(), page.Find(`a[rel="prev"]`).AttrOr("href", "")
		_, page = p.get(back)
		if again := page.Find("tbody tr").Length(); first != 50 || second != 3 || again != 50 || page.Find(`.chip[aria-current]`).Length() != 1 {
			t.Errorf("%q: pages of %d and %d, back to %d", filter, first, second, again)
		}
	}
	if _, page = p.get("/mails?state=failed"); page.Find("tbody tr").Length() != 0 || !strings.Contains(words(page), "No such mails") {
		t.Errorf("nothing failed: %s", words(page))
	}
	if status, page := p.get("/mails?after=nonsense"); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "does not exist") {
		t.Errorf("a page that is none: %d %s", status, words(page))
	}
}

// TestAMailWaitsForItsServer: while the mail server is away the mail says so and waits, and the desk is well.
func TestAMailWaitsForItsServer(t *testing.T) {
	t.Parallel()
	server, stop := mailtest.Start(t, "")
	stop()
	d := startDemo(t, t.TempDir(), "--orders", "0", "--now", "2026-11-17T04:02:00Z", "--smtp-url", "smtp://"+server.Addr)
	p := d.signIn("staff")
	_, page := p.get("/notifications")
	if status, _ := p.post("/notifications/tests", formOf(page, `form[action="/notifications/tests"]`)); status != http.StatusSeeOther {
		t.Fatalf("test mail: %d", status)
	}
	var link string
	d.eventually(20*time.Second, "the mail waits", func() bool {
		_, page := p.get("/mails?state=waiting")
		link = page.Find("tbody th a").AttrOr("href", "")
		return tells(words(page), "Waits for its next try") && tells(words(page), "The mail server cannot be reached.")
	})
	if _, page := p.get(link); !tells(words(page), "It is tried again by itself") || page.Find(`form[action$="/sendings"]`).Length() != 0 {
		t.Errorf("the mail: %s", words(page))
	}
	var health struct {
		Status  string
		Backlog int
	}
	res, err := http.Get(d.App + "/healthz")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&health); err != nil || res.StatusCode != http.StatusOK || health.Status != "ok" || health.Backlog < 1 {
		t.Errorf("health: %d %+v %v", res.StatusCode, health, err)
	}
	mailtest.Start(t, server.Addr)
	d.eventually(40*time.Second, "the mail is sent", func() bool { _, page := p.get(link); return tells(words(page), "Sent") })
}
