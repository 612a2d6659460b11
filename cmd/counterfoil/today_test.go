package main

import (
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// group is a group of Today by its heading; "" where it is not there.
func group(page *goquery.Document, id string) string {
	text := page.Find(`section[aria-labelledby="h-` + id + `"]`).Text()
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " ")
}

// tells tells whether a text holds the words, however they are laid out.
func tells(text, words string) bool {
	squeeze := func(s string) string { return strings.ReplaceAll(s, " ", "") }
	return strings.Contains(squeeze(text), squeeze(words))
}

// TestToday has each kind of thing to do come and go.
func TestToday(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p, viewer := d.signIn("staff"), d.signIn("viewer")
	if _, page := p.get("/"); !strings.Contains(words(page), "All done for today") || page.Find(".side .n").Length() != 0 {
		t.Errorf("nothing to do: %s", words(page))
	}
	ending := d.order(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "customer_name": "Jonas Weber", "order_reference": "NG-1"})
	lost := d.order(map[string]any{"amount": 7900, "currency": "sek", "country": "SE", "shipping": true, "customer_name": "Anna Berg", "order_reference": "NG-2"})
	d.control("POST", "/_sim/clock", map[string]any{"advance": "624h"}, nil) // 26 days
	d.settle()
	_, page := p.get("/")
	if got := group(page, "ending"); !tells(got, "Running out 2 EUR 189.90 · SEK 79.00") || !tells(got, "NG-1 Jonas Weber DE EUR 189.90 Capture") {
		t.Errorf("running out: %s", got)
	}
	if got := words(page); !strings.Contains(got, "2 orders run out by") || !strings.Contains(got, "2 things to do") {
		t.Errorf("the sentence: %s", got)
	}
	if _, page := viewer.get("/"); strings.Contains(words(page), "Weber") || !strings.Contains(group(page, "ending"), "View") || strings.Contains(group(page, "ending"), "Capture") {
		t.Errorf("a viewer sees: %s", words(page))
	}

	// Captured without tracking: one leaves a group and joins another, and leaves that with its number.
	form := p.captureForm(ending)
	form.Set("no_tracking_reason", "picked up in the shop")
	p.post("/orders/"+ending+"/captures", form)
	d.settle()
	_, page = p.get("/")
	if got := group(page, "no-tracking"); !tells(got, "Captured without tracking 1 EUR 189.90 at risk") || !strings.Contains(got, "Add tracking") {
		t.Errorf("no tracking: %s", got)
	}
	if got := group(page, "ending"); strings.Contains(got, "NG-1") || !strings.Contains(got, "NG-2") {
		t.Errorf("running out: %s", got)
	}

	// What ran out is told with what was lost, whether Stripe has told so or not.
	d.control("POST", "/_sim/webhooks", map[string]any{"mode": "hold"}, nil)
	d.control("POST", "/_sim/clock", map[string]any{"advance": "72h"}, nil)
	_, page = p.get("/")
	if got := words(page); group(page, "ending") != "" || !strings.Contains(got, "1 authorization ran out in the last 7 days and was never captured: SEK 79.00.") {
		t.Errorf("lost: %s", got)
	}
	_, order := p.get("/orders/" + lost)
	if got := words(order); !strings.Contains(got, "SEK 79.00 was never captured") {
		t.Errorf("the order that ran out: %s", got)
	}
}

// TestTodayTellsWhatWentWrong has a refund fail and a capture go unanswered.
func TestTodayTellsWhatWentWrong(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "customer_name": "Jonas Weber", "order_reference": "NG-1"})
	d.control("POST", "/_sim/settings", map[string]any{"refunds": "pending"}, nil)
	p.refund(order, "45.00")
	d.settle()
	refund := d.refundsAt(order)[0]["id"].(string)
	if _, page := p.get("/"); group(page, "refunds") != "" {
		t.Errorf("a pending refund is no trouble: %s", group(page, "refunds"))
	}
	d.control("POST", "/_sim/refunds/"+refund+"/resolve", map[string]any{"outcome": "failed", "failure_reason": "declined"}, nil)
	d.eventually(20*time.Second, "the failed refund is on Today", func() bool { _, page := p.get("/"); return group(page, "refunds") != "" })
	if _, page := p.get("/"); !tells(group(page, "refunds"), "NG-1 Jonas Weber DE declined; the money is back in your balance EUR 45.00 Look at refund") {
		t.Errorf("refunds that failed: %s", group(page, "refunds"))
	}
	d.control("POST", "/_sim/settings", map[string]any{"refunds": "succeed"}, nil)
	d.control("POST", "/_sim/clock", map[string]any{"advance": "1h"}, nil)
	p.refund(order, "45.00")
	d.eventually(20*time.Second, "the later refund makes it good", func() bool { _, page := p.get("/"); return group(page, "refunds") == "" })

	unclear := d.order(map[string]any{"amount": 4200, "currency": "eur", "country": "AT", "shipping": true, "order_reference": "NG-3"})
	d.control("POST", "/_sim/faults", map[string]any{"method": "POST", "path": "/v1/payment_intents/" + unclear + "/capture", "drop": true, "after_commit": true}, nil)
	d.control("POST", "/_sim/faults", map[string]any{"method": "GET", "path": "/v1/payment_intents/" + unclear, "status": 500, "times": 200}, nil)
	p.post("/orders/"+unclear+"/captures", withTracking(p.captureForm(unclear), "TAUBE-1"))
	if _, page := p.get("/"); !tells(group(page, "unknown"), "capture: Stripe has not said yet EUR 42.00 See what we asked") {
		t.Errorf("unknown outcomes: %s", group(page, "unknown"))
	}
}
