package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestUnclearRefunds makes Stripe fail in every way while money is given back: nothing is doubled or lost.
func TestUnclearRefunds(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "4")
	staff := d.signIn("staff")
	refusal := map[string]any{"type": "invalid_request_error", "code": "charge_disputed", "message": "no"}
	for name, c := range map[string]struct {
		fault  map[string]any
		status int
		want   string // at Stripe, once settled
	}{
		"500 after the work":          {map[string]any{"status": 500, "after_commit": true}, 202, "4500 succeeded"},
		"dropped before the work":     {map[string]any{"drop": true}, 202, "4500 succeeded"},
		"dropped after the work":      {map[string]any{"drop": true, "after_commit": true}, 202, "4500 succeeded"},
		"half an answer":              {map[string]any{"truncate_at": 200, "after_commit": true}, 202, "4500 succeeded"},
		"garbage":                     {map[string]any{"body": "<html>busy</html>", "status": 200, "after_commit": true}, 202, "4500 succeeded"},
		"429 three times":             {map[string]any{"status": 429, "times": 3}, 303, "4500 succeeded"},
		"slow":                        {map[string]any{"delay_ms": 1500}, 303, "4500 succeeded"},
		"refused":                     {map[string]any{"status": 400, "error": refusal}, 409, ""},
		"a failure that Stripe keeps": {map[string]any{"status": 500}, 202, ""},
	} {
		t.Run(name, func(t *testing.T) {
			order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur"})
			form := staff.confirmRefund(order, staff.refundForm(order, "45"))
			c.fault["method"], c.fault["path"] = "POST", "/v1/refunds"
			d.control("POST", "/_sim/faults", c.fault, nil)
			status, page := staff.post("/orders/"+order+"/refunds", form)
			if status != c.status {
				t.Errorf("answer %d, want %d: %s", status, c.status, words(page))
			}
			if status == 202 && !strings.Contains(words(page), "Stripe has not said yet whether EUR 45.00 was refunded") &&
				!strings.Contains(words(page), "needs your decision") && !strings.Contains(words(page), "by Sofia Berg") {
				t.Errorf("the page says nothing: %s", words(page))
			}
			d.control("DELETE", "/_sim/faults", nil, nil)
			d.settle()
			if got := d.refunded(order); got != c.want {
				t.Errorf("at Stripe: %s, want %s", got, c.want)
			}
			if keys := d.refundKeys(order); len(keys) != 1 {
				t.Errorf("%d idempotency keys, want one: %v", len(keys), keys)
			}
			if name != "a failure that Stripe keeps" {
				return
			}
			_, page = staff.get("/orders/" + order)
			again := formOf(page, `#claims form[action="/orders/`+order+`/refunds"]`)
			if again.Get("again") == "" || !strings.Contains(words(page), "Up to EUR 144.90") {
				t.Fatalf("nobody is asked to decide: %s", words(page))
			}
			for _, status := range postAtOnce(staff, "/orders/"+order+"/refunds", again, 3) {
				if status != 303 && status != 409 {
					t.Errorf("sent again by a person: %d", status)
				}
			}
			if got, keys := d.refunded(order), d.refundKeys(order); got != "4500 succeeded" || len(keys) != 2 {
				t.Errorf("at Stripe, sent again: %s under %v", got, keys)
			}
		})
	}
}

// refundKeys are the idempotency keys under which an order's refunds were asked for.
func (d *demoProcess) refundKeys(order string) map[any]bool {
	d.t.Helper()
	keys := map[any]bool{}
	for _, r := range d.requests("POST", "/v1/refunds") {
		if r["form"].(map[string]any)["payment_intent"] == order {
			keys[r["idempotency_key"]] = true
		}
	}
	return keys
}

// TestManyRefunds finds a refund whose answer was lost among more than ten of one order.
func TestManyRefunds(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "2")
	staff := d.signIn("staff")
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur"})
	for i := range 11 {
		if status, page := staff.refund(order, strconv.Itoa(i+1)); status != 303 {
			t.Fatalf("refund %d: %d %s", i, status, words(page))
		}
	}
	form := staff.confirmRefund(order, staff.refundForm(order, "45"))
	d.control("POST", "/_sim/faults", map[string]any{"method": "POST", "path": "/v1/refunds", "status": 500, "after_commit": true}, nil)
	if status, page := staff.post("/orders/"+order+"/refunds", form); status != 202 {
		t.Errorf("%d %s", status, words(page))
	}
	d.settle()
	_, page := staff.get("/orders/" + order)
	if rows := page.Find("#claims tbody tr").Length(); rows != 12 || !strings.Contains(words(page), "Up to EUR 78.90 can be refunded") {
		t.Errorf("%d rows: %s", rows, words(page))
	}
}

// TestAbandonedRefund kills the desk after the refund's intent and before its answer: the next start settles it, once.
func TestAbandonedRefund(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "2")
	staff := d.signIn("staff")
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur"})
	form := staff.confirmRefund(order, staff.refundForm(order, "45"))
	d.control("POST", "/_sim/faults", map[string]any{"method": "POST", "path": "/v1/refunds", "delay_ms": 60000}, nil)
	var wg sync.WaitGroup
	wg.Go(func() { // nobody hears the answer
		if res, err := staff.http.PostForm(staff.base+"/orders/"+order+"/refunds", form); err == nil {
			_ = res.Body.Close()
		}
	})
	other := d.signIn("manager")
	d.eventually(20*time.Second, "the intent is durable", func() bool {
		_, page := other.get("/orders/" + order)
		return strings.Contains(words(page), "Stripe has not said yet whether EUR 45.00 was refunded")
	})
	if _, page := other.get("/orders/" + order); !strings.Contains(words(page), "Up to EUR 144.90 can be refunded") {
		t.Errorf("what is on its way counts as refunded: %s", words(page))
	}
	d.kill()
	wg.Wait()
	d = startDemo(t, dir)
	d.eventually(40*time.Second, "the refund is settled", func() bool { return d.refunded(order) == "4500 succeeded" })
	d.settle()
	if got := d.refunded(order); got != "4500 succeeded" {
		t.Errorf("at Stripe: %s", got)
	}
	_, page := d.signIn("staff").get("/orders/" + order)
	if text := words(page); !strings.Contains(text, "Refund of EUR 45.00 taken by Stripe") || strings.Contains(text, "has not said yet") {
		t.Errorf("the page: %s", text)
	}
}

// TestRefundInTheBrowser refunds a part in Chromium, with JavaScript and without.
func TestRefundInTheBrowser(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "2")
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%t", script), func(t *testing.T) {
			b := d.tab(t, parent, script)
			b.signIn("staff")
			order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "customer_name": "Jonas Weber"})
			b.open("/orders/" + order)
			b.press("#refund-panel summary")
			b.fill("#refund-panel [name=amount]", "45")
			b.run(chromedp.SetValue(chromedp.CSS("#refund-panel [name=reason]"), "requested_by_customer"))
			b.press("#refund-panel form button")
			b.sees("Refund EUR 45.00 to Jonas Weber. EUR 144.90 of EUR 189.90 stays captured. This cannot be undone.")
			if got := d.refunded(order); got != "" {
				t.Errorf("refunded before the confirmation: %s", got)
			}
			if script {
				b.audit(axe(t))
				if focus := ask(b, chromedp.Evaluate[string]("document.activeElement.getAttribute('role')")); focus != "alert" {
					t.Errorf("the focus is on %q, not on the question", focus)
				}
			}
			b.press("#refund-panel button.pri")
			b.sees("Refunded EUR 45.00.")
			b.sees("Up to EUR 144.90 can be refunded")
			if got := d.refunded(order); got != "4500 succeeded" {
				t.Errorf("at Stripe: %s", got)
			}
			if script {
				b.watchesAnUnknownRefund(order)
			}
		})
	}
}

// watchesAnUnknownRefund sends a refund that Stripe does not answer for a while: the page says so and changes by itself, and what is being
// typed for another refund stays.
func (b *browser) watchesAnUnknownRefund(order string) {
	b.t.Helper()
	b.press("#refund-panel summary")
	retype := func(amount string) { // over what was typed before, which clearing the attribute does not take away
		b.run(chromedp.SetValue(chromedp.CSS("#refund-panel [name=amount]"), amount))
	}
	retype("7")
	b.run(chromedp.SetValue(chromedp.CSS("#refund-panel [name=reason]"), "duplicate"))
	b.press("#refund-panel form button")
	b.sees("Confirm the refund of EUR 7.00")
	b.demo.control("POST", "/_sim/faults", map[string]any{"method": "*", "path": "/v1/refunds", "drop": true, "times": 100000}, nil)
	b.press("#refund-panel button.pri")
	b.sees("Stripe has not said yet whether EUR 7.00 was refunded.")
	b.audit(axe(b.t))
	if open := ask(b, chromedp.Evaluate[bool]("document.querySelector('#refund-panel details').open")); !open {
		b.press("#refund-panel summary")
	}
	retype("9")
	b.demo.control("DELETE", "/_sim/faults", nil, nil)
	b.sees("Refund of EUR 7.00 taken by Stripe")
	if kept := ask(b, chromedp.Value(chromedp.CSS("#refund-panel [name=amount]"))); kept != "9" {
		b.t.Errorf("what was being typed is lost: %q", kept)
	}
	if got := b.demo.refunded(order); got != "4500 succeeded, 700 succeeded" {
		b.t.Errorf("at Stripe: %s", got)
	}
}

// axe is the accessibility checker.
func axe(t *testing.T) string {
	t.Helper()
	script, err := os.ReadFile(filepath.Join("..", "..", "web", "webtest", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	return string(script)
}
