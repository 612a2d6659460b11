package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// orders makes authorized orders and gives their ids.
func (d *demoProcess) orders(n int) []string {
	d.t.Helper()
	ids := make([]string, n)
	for i := range ids {
		ids[i] = d.make(map[string]any{"amount": 1000 + i, "currency": []string{"eur", "sek"}[i%2], "country": "DE", "shipping": true, "order_reference": fmt.Sprintf("B-%d", i)})
	}
	d.arrived(d.signIn("staff"), ids...)
	return ids
}

// arrived waits until the desk has these orders and nothing is left to do.
func (d *demoProcess) arrived(p *person, ids ...string) {
	d.t.Helper()
	for _, id := range ids {
		d.eventually(20*time.Second, "the order is in the mirror", func() bool { status, _ := p.get("/orders/" + id); return status == http.StatusOK })
	}
	d.settle()
}

// draft posts the picked orders and gives the path of the draft.
func (p *person) draft(act string, ids ...string) string {
	p.t.Helper()
	res, err := p.http.PostForm(p.base+"/batches", url.Values{"csrf_token": {p.token()}, "act": {act}, "scope": {"picked"}, "order": ids})
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	to := res.Header.Get("Location")
	if res.StatusCode != http.StatusSeeOther || !strings.HasPrefix(to, "/batches/bat_") {
		p.t.Fatalf("draft: %d %q", res.StatusCode, to)
	}
	return to
}

// runForm is the confirm form of a draft, as it stands there.
func (p *person) runForm(path string) url.Values {
	p.t.Helper()
	_, page := p.get(path)
	form := formOf(page, `form[action="`+path+`/runs"]`)
	if form == nil {
		p.t.Fatalf("no confirm form: %s", words(page))
	}
	return form
}

// finished waits for the end of a batch and gives its page.
func (d *demoProcess) finished(p *person, path string) *goquery.Document {
	d.t.Helper()
	var page *goquery.Document
	d.eventually(3*time.Minute, "the batch is finished", func() bool {
		_, page = p.get(path)
		return strings.Contains(words(page), "Finished")
	})
	return page
}

// results are the words of each row's badge.
func results(page *goquery.Document) (all []string) {
	page.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		all = append(all, strings.TrimSpace(tr.Find(".badge").Text()))
	})
	return all
}

func TestBulkCapture(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	ids := d.orders(6)
	p.post("/orders/"+ids[5]+"/captures", withTracking(p.captureForm(ids[5]), "TAUBE-1"))
	d.settle()
	path := p.draft("capture", ids...)
	_, page := p.get(path)
	if got := words(page); !strings.Contains(got, "Capture 5 orders in 2 currencies: EUR 30.06, SEK 20.04") || !strings.Contains(got, "5 orders have no tracking number.") ||
		!strings.Contains(got, "1 left out") || !strings.Contains(got, "was captured already") || !strings.Contains(got, "Nothing has been sent yet") {
		t.Errorf("the draft: %s", got)
	}
	if got := d.captured(ids[0]); got != "requires_capture 0" {
		t.Errorf("a draft captured: %s", got)
	}
	form := p.runForm(path)
	if status, page := p.post(path+"/runs", form); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "Say why there is no tracking number") {
		t.Errorf("without a reason: %d %s", status, words(page))
	}
	d.control("POST", "/_sim/faults", map[string]any{"method": "POST", "path": "/v1/payment_intents/" + ids[1] + "/capture",
		"error": map[string]any{"type": "invalid_request_error", "message": "No such luck."}, "status": 400}, nil)
	d.control("POST", "/_sim/faults", map[string]any{"method": "POST", "path": "/v1/payment_intents/" + ids[2] + "/capture", "drop": true, "after_commit": true}, nil)
	form.Set("reason", "picked up in the shop")
	for range 3 { // a double click, and another
		if status, page := p.post(path+"/runs", form); status != http.StatusSeeOther {
			t.Fatalf("start: %d %s", status, words(page))
		}
	}
	page = d.finished(p, path)
	if got := fmt.Sprint(results(page)); got != "[Captured Failed Captured Captured Captured Left out]" {
		t.Errorf("results: %s\n%s", got, words(page))
	}
	if got := d.captured(ids[1]); got != "requires_capture 0" {
		t.Errorf("the failed one: %s", got)
	}

	// Only what failed is tried again.
	before := len(d.requests("POST", "/v1/payment_intents/"+ids[0]+"/capture"))
	if status, _ := p.post(path+"/retries", url.Values{"csrf_token": {p.token()}}); status != http.StatusSeeOther {
		t.Errorf("retry: %d", status)
	}
	page = d.finished(p, path)
	if got := fmt.Sprint(results(page)); got != "[Captured Captured Captured Captured Captured Left out]" {
		t.Errorf("results after the retry: %s\n%s", got, words(page))
	}
	if after := len(d.requests("POST", "/v1/payment_intents/"+ids[0]+"/capture")); after != before {
		t.Errorf("what was captured was sent again: %d, %d", before, after)
	}
	if status, _ := p.post(path+"/retries", url.Values{"csrf_token": {p.token()}}); status != http.StatusConflict {
		t.Errorf("a retry of nothing: %d", status)
	}
}

// TestBulkNeverCapturesTwice has an order in two batches, both started twice, and captured by hand, all at once.
func TestBulkNeverCapturesTwice(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	ids := d.orders(8)
	hand := withTracking(p.captureForm(ids[3]), "TAUBE-3")
	first, second := p.draft("capture", ids...), p.draft("capture", ids...)
	done := make(chan bool)
	send := func(path string, form url.Values) {
		p.post(path, form)
		done <- true
	}
	one, two := p.runForm(first), p.runForm(second)
	one.Set("reason", "picked up")
	two.Set("reason", "picked up")
	go send(first+"/runs", one)
	go send(second+"/runs", two)
	go send(first+"/runs", one)
	go send("/orders/"+ids[3]+"/captures", hand)
	for range 4 {
		<-done
	}
	d.finished(p, first)
	d.finished(p, second)
	for _, id := range ids {
		captures := 0
		for _, r := range d.requests("POST", "/v1/payment_intents/"+id+"/capture") {
			if r["status"] == float64(200) {
				captures++
			}
		}
		if captures != 1 {
			t.Errorf("%s was captured %d times", id, captures)
		}
	}
}

// TestBulkSurvivesKill9 kills the desk in the middle of a batch; the next one ends it, with one capture for each order.
func TestBulkSurvivesKill9(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "0")
	p := d.signIn("staff")
	ids := d.orders(40)
	path := p.draft("capture", ids...)
	form := p.runForm(path)
	form.Set("reason", "picked up")
	p.post(path+"/runs", form)
	d.eventually(20*time.Second, "the batch has begun", func() bool { return len(d.requests("POST", "/v1/payment_intents/"+ids[3]+"/capture")) > 0 })
	d.kill()
	d = startDemo(t, dir)
	p = d.signIn("staff")
	page := d.finished(p, path)
	for i, got := range results(page) {
		if got != "Captured" {
			t.Errorf("row %d: %s", i+1, got)
		}
	}
	for _, id := range ids {
		if got := d.captured(id); !strings.HasPrefix(got, "succeeded ") {
			t.Errorf("%s: %s", id, got)
		}
	}
}

func TestBulkOfAllThatMatch(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	d.orders(7)
	res, err := p.http.PostForm(p.base+"/batches", url.Values{"csrf_token": {p.token()}, "act": {"cancel"}, "scope": {"all", "picked"}, "query": {"tab=to-capture&currency=SEK"}})
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	path := res.Header.Get("Location")
	form := p.runForm(path)
	if status, page := p.post(path+"/runs", form); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "Choose why the authorizations are canceled") {
		t.Errorf("without a reason: %d", status)
	}
	form.Set("reason", "requested_by_customer")
	p.post(path+"/runs", form)
	page := d.finished(p, path)
	if got := fmt.Sprint(results(page)); got != "[Canceled Canceled Canceled]" {
		t.Errorf("results: %s", got)
	}
	d.settle()
	if _, page := p.get("/orders?tab=to-capture"); len(listed(page)) != 4 {
		t.Errorf("left to capture: %d", len(listed(page)))
	}
	if status, _ := p.post("/batches", url.Values{"csrf_token": {p.token()}, "act": {"capture"}, "scope": {"picked"}}); status != http.StatusSeeOther {
		t.Errorf("nothing picked: %d", status)
	}
	if status, _ := p.post("/batches", url.Values{"csrf_token": {p.token()}, "act": {"burn"}, "order": {"pi_1"}}); status != http.StatusUnprocessableEntity {
		t.Errorf("an act that does not exist: %d", status)
	}
	if status, _ := d.signIn("viewer").get(path); status != http.StatusForbidden {
		t.Errorf("a viewer: %d", status)
	}
}
