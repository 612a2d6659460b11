package main

import (
	"bufio"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
)

// TestLiveStream listens to the stream of Today while an order arrives.
func TestLiveStream(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	if status, _ := d.stranger().get("/live"); status != http.StatusSeeOther {
		t.Errorf("signed out: %d", status)
	}
	if status, _ := p.get("/live?order=pi_unknown"); status != http.StatusNotFound {
		t.Errorf("an order that does not exist: %d", status)
	}
	res, err := p.http.Get(p.base + "/live")
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if kind := res.Header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("content type %q", kind)
	}
	lines := make(chan string)
	go func() {
		for in := bufio.NewScanner(res.Body); in.Scan(); {
			lines <- in.Text()
		}
		close(lines)
	}()
	d.make(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "order_reference": "NG-1"})
	for deadline := time.After(20 * time.Second); ; {
		select {
		case line := <-lines:
			if strings.HasPrefix(line, "data: ") && line != "data: " {
				t.Errorf("the stream carries %q", line)
			}
			if line == "event: changed" {
				return
			}
		case <-deadline:
			t.Fatal("the stream never said that something changed")
		}
	}
}

// TestBrowserLive has Today and an open order change by themselves while others act; what is being typed stays.
func TestBrowserLive(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "0")
	colleague := d.signIn("manager")
	b := d.tab(t, parent, true)
	b.signIn("staff")
	b.sees("All done for today")
	order := d.order(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "order_reference": "NG-1"})
	form := colleague.captureForm(order)
	form.Set("no_tracking_reason", "picked up")
	b.open("/orders/" + order)
	b.run(chromedp.SendKeys(chromedp.CSS("#note-form textarea"), "half a note"))
	colleague.post("/orders/"+order+"/captures", form)
	b.sees("Captured")
	b.sees("Mikkel Østergaard")
	if kept := ask(b, chromedp.Value(chromedp.CSS("#note-form textarea"))); kept != "half a note" {
		t.Errorf("what was being typed is %q", kept)
	}
	if focus := ask(b, chromedp.Evaluate[string](`document.activeElement.tagName`)); focus != "TEXTAREA" {
		t.Errorf("the focus went to %s", focus)
	}
	b.open("/")
	b.sees("Captured without tracking")
	colleague.post("/orders/"+order+"/shipments", withTracking(formOf(func() *goquery.Document { _, page := colleague.get("/orders/" + order); return page }(), `form[action="/orders/`+order+`/shipments"]`), "TAUBE-1"))
	b.sees("All done for today")
}
