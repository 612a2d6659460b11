package main

import (
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// TestCapturing drives the main job from outside, as a browser without JavaScript would, against one running demo.
func TestCapturing(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "12")
	staff, manager := d.signIn("staff"), d.signIn("manager")
	euro := map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "customer_name": "Jonas Weber"}

	t.Run("in full, with tracking", func(t *testing.T) {
		order := d.order(euro)
		form := withTracking(staff.captureForm(order), "TAUBE-1")
		if status, page := staff.post("/orders/"+order+"/captures", form); status != http.StatusSeeOther {
			t.Fatalf("capture: %d %s", status, notices(page))
		}
		if got := d.captured(order); got != "succeeded 18990" {
			t.Errorf("at Stripe: %s", got)
		}
		d.settle()
		charge := d.stripe("/v1/payment_intents/" + order + "?expand[]=latest_charge")["latest_charge"].(map[string]any)
		shipping, _ := charge["shipping"].(map[string]any)
		if shipping["tracking_number"] != "TAUBE-1" || shipping["carrier"] != "Brieftaube GmbH" {
			t.Errorf("the charge's shipping: %v", shipping)
		}
		_, page := staff.get("/orders/" + order)
		if text := page.Find("main").Text(); !strings.Contains(text, "Captured") || !strings.Contains(text, "TAUBE-1") {
			t.Errorf("the page does not show the capture")
		}
	})

	t.Run("less asks first", func(t *testing.T) {
		order := d.order(euro)
		form := withTracking(staff.captureForm(order), "TAUBE-2")
		form.Set("amount", "149.90")
		status, page := staff.post("/orders/"+order+"/captures", form)
		text := strings.ReplaceAll(page.Find("main").Text(), "\u00a0", " ")
		if status != http.StatusUnprocessableEntity || !strings.Contains(text, "EUR 40.00") {
			t.Fatalf("first answer: %d %s", status, text)
		}
		again := formOf(page, `form[action="/orders/`+order+`/captures"]`)
		if again.Get("amount") != "149.90" || again.Get("tracking_number") != "TAUBE-2" || again.Get("released") != "4000" {
			t.Fatalf("what was typed is not kept: %v", again)
		}
		again.Set("amount", "139.90")
		if status, _ := staff.post("/orders/"+order+"/captures", again); status != http.StatusUnprocessableEntity {
			t.Errorf("another amount with the old confirmation: %d", status)
		}
		again.Set("amount", "149.90")
		if status, page := staff.post("/orders/"+order+"/captures", again); status != http.StatusSeeOther {
			t.Fatalf("confirmed: %d %s", status, notices(page))
		}
		if got := d.captured(order); got != "succeeded 14990" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("twelve at once, and a second person", func(t *testing.T) {
		order := d.order(euro)
		mine, theirs := withTracking(staff.captureForm(order), "TAUBE-3"), withTracking(manager.captureForm(order), "TAUBE-4")
		statuses := postAtOnce(staff, "/orders/"+order+"/captures", mine, 12)
		for _, status := range statuses {
			if status != http.StatusSeeOther {
				t.Errorf("the same form again: %d, want 303", status)
			}
		}
		status, page := manager.post("/orders/"+order+"/captures", theirs)
		if text := page.Find("main").Text(); status != http.StatusConflict || !strings.Contains(text, "Sofia Berg") {
			t.Errorf("the second person: %d %s", status, text)
		}
		if calls := d.requests("POST", "/v1/payment_intents/"+order+"/capture"); len(calls) != 1 {
			t.Errorf("%d capture calls, want 1", len(calls))
		}
	})

	t.Run("different forms at once", func(t *testing.T) {
		order := d.order(euro)
		forms := make([]url.Values, 6)
		for i := range forms {
			forms[i] = withTracking(staff.captureForm(order), "TAUBE-5")
		}
		counts := map[int]int{}
		var mu sync.Mutex
		var wg sync.WaitGroup
		for _, form := range forms {
			wg.Go(func() {
				status, _ := staff.post("/orders/"+order+"/captures", form)
				mu.Lock()
				counts[status]++
				mu.Unlock()
			})
		}
		wg.Wait()
		if counts[http.StatusSeeOther] != 1 || counts[http.StatusConflict] != 5 {
			t.Errorf("answers %v, want one 303 and five 409", counts)
		}
		if calls := d.requests("POST", "/v1/payment_intents/"+order+"/capture"); len(calls) != 1 {
			t.Errorf("%d capture calls, want 1", len(calls))
		}
	})

	t.Run("without tracking needs a reason", func(t *testing.T) {
		order := d.order(euro)
		form := staff.captureForm(order)
		form.Set("tracking_number", "")
		if status, _ := staff.post("/orders/"+order+"/captures", form); status != http.StatusUnprocessableEntity {
			t.Errorf("no reason: %d", status)
		}
		form.Set("no_tracking_reason", "Picked up in the shop")
		if status, page := staff.post("/orders/"+order+"/captures", form); status != http.StatusSeeOther {
			t.Errorf("with a reason: %d %s", status, notices(page))
		}
	})

	t.Run("a viewer may not", func(t *testing.T) {
		order := d.order(euro)
		form := withTracking(staff.captureForm(order), "TAUBE-6")
		viewer := d.signIn("viewer")
		_, page := viewer.get("/orders")
		form.Set("csrf_token", page.Find(`input[name="csrf_token"]`).First().AttrOr("value", ""))
		if status, _ := viewer.post("/orders/"+order+"/captures", form); status != http.StatusForbidden {
			t.Errorf("viewer: %d, want 403", status)
		}
		if got := d.captured(order); got != "requires_capture 0" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("after 28 days", func(t *testing.T) {
		order := d.order(map[string]any{"amount": 5000, "currency": "eur", "shipping": true, "created_ago": "650h"})
		form := withTracking(staff.captureForm(order), "TAUBE-7")
		d.control("POST", "/_sim/clock", map[string]any{"advance": "48h"}, nil)
		if status, _ := staff.post("/orders/"+order+"/captures", form); status != http.StatusConflict {
			t.Errorf("after 28 days: %d, want 409", status)
		}
	})

	t.Run("zero and three decimals", func(t *testing.T) {
		for currency, want := range map[string]string{"jpy": "succeeded 1500", "bhd": "succeeded 12340"} {
			amount := map[string]int{"jpy": 1500, "bhd": 12340}[currency]
			order := d.order(map[string]any{"amount": amount, "currency": currency, "shipping": true})
			form := withTracking(staff.captureForm(order), "TAUBE-8")
			if status, page := staff.post("/orders/"+order+"/captures", form); status != http.StatusSeeOther {
				t.Errorf("%s: %d %s", currency, status, notices(page))
			}
			if got := d.captured(order); got != want {
				t.Errorf("%s at Stripe: %s, want %s", currency, got, want)
			}
		}
	})
}

// notices are what a page says above its forms.
func notices(page *goquery.Document) string {
	return strings.Join(strings.Fields(page.Find("main .note, main .msg, #flash").Text()), " ")
}

func postAtOnce(p *person, path string, form url.Values, n int) []int {
	statuses := make([]int, n)
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { statuses[i], _ = p.post(path, form) })
	}
	wg.Wait()
	return statuses
}

// TestUnclearAnswers makes Stripe fail in every way while an order is captured: nothing is doubled or lost, the page says what is
// known, and what was unclear is settled within ten seconds of Stripe answering again.
func TestUnclearAnswers(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "5")
	staff := d.signIn("staff")
	for name, c := range map[string]struct {
		fault    map[string]any
		path     string // of the fault, {} for the order
		status   int
		captured string // once settled
	}{
		"500 after the work":          {map[string]any{"status": 500, "after_commit": true}, "/v1/payment_intents/{}/capture", 202, "succeeded 9900"},
		"dropped before the work":     {map[string]any{"drop": true}, "/v1/payment_intents/{}/capture", 202, "succeeded 9900"},
		"dropped after the work":      {map[string]any{"drop": true, "after_commit": true}, "/v1/payment_intents/{}/capture", 202, "succeeded 9900"},
		"half an answer":              {map[string]any{"truncate_at": 200, "after_commit": true}, "/v1/payment_intents/{}/capture", 202, "succeeded 9900"},
		"garbage":                     {map[string]any{"body": "<html>busy</html>", "status": 200, "after_commit": true}, "/v1/payment_intents/{}/capture", 202, "succeeded 9900"},
		"429 three times":             {map[string]any{"status": 429, "times": 3}, "/v1/payment_intents/{}/capture", 303, "succeeded 9900"},
		"refused":                     {map[string]any{"status": 400, "error": map[string]any{"type": "invalid_request_error", "code": "capture_unauthorized_payment", "message": "no"}}, "/v1/payment_intents/{}/capture", 409, "requires_capture 0"},
		"tracking refused":            {map[string]any{"status": 400, "error": map[string]any{"type": "invalid_request_error", "code": "payment_intent_unexpected_state", "message": "no"}}, "/v1/payment_intents/{}", 303, "succeeded 9900"},
		"tracking unanswered":         {map[string]any{"drop": true}, "/v1/payment_intents/{}", 503, "requires_capture 0"},
		"a failure that Stripe keeps": {map[string]any{"status": 500}, "/v1/payment_intents/{}/capture", 202, "requires_capture 0"},
	} {
		t.Run(name, func(t *testing.T) {
			order := d.order(map[string]any{"amount": 9900, "currency": "eur", "shipping": true})
			form := withTracking(staff.captureForm(order), "TAUBE-"+strings.ToUpper(strings.Fields(name)[0]))
			c.fault["method"], c.fault["path"] = "POST", strings.Replace(c.path, "{}", order, 1)
			d.control("POST", "/_sim/faults", c.fault, nil)
			status, page := staff.post("/orders/"+order+"/captures", form)
			if status != c.status {
				t.Errorf("answer %d, want %d: %s", status, c.status, notices(page))
			}
			d.control("DELETE", "/_sim/faults", nil, nil)
			settled := time.Now().Add(10 * time.Second)
			d.settle()
			if time.Now().After(settled) {
				t.Error("settled after more than ten seconds")
			}
			if got := d.captured(order); got != c.captured {
				t.Errorf("at Stripe: %s, want %s", got, c.captured)
			}
			done := 0
			for _, r := range d.requests("POST", "/v1/payment_intents/"+order+"/capture") {
				if r["status"] == float64(200) && r["replayed"] != true {
					done++
				}
			}
			if strings.HasPrefix(c.captured, "succeeded") && done > 1 {
				t.Errorf("captured %d times", done)
			}
			_, page = staff.get("/orders/" + order)
			captured := strings.HasPrefix(c.captured, "succeeded")
			if badge := page.Find("main .badge").First().Text(); strings.Contains(badge, "Captured") != captured {
				t.Errorf("the page's badge is %q", badge)
			}
		})
	}
}
