package main

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// captured makes an order, captures all of it at the simulated Stripe and waits until the desk offers its refund.
func (d *demoProcess) capturedOrder(fields map[string]any) string {
	d.t.Helper()
	fields["capture_method"] = "automatic"
	order := d.make(fields)
	staff := d.signIn("staff")
	d.eventually(20*time.Second, "the captured order is in the mirror", func() bool {
		_, page := staff.get("/orders/" + order)
		return formOf(page, refundSelector(order)) != nil
	})
	return order
}

func refundSelector(order string) string {
	return `#refund form[action="/orders/` + order + `/refunds"]`
}

// refundForm opens the order and gives its refund form with an amount and a reason.
func (p *person) refundForm(order, amount string) url.Values {
	p.t.Helper()
	_, page := p.get("/orders/" + order)
	form := formOf(page, refundSelector(order))
	if form == nil {
		p.t.Fatalf("no refund form: %s", strings.Join(strings.Fields(page.Find("#claims, #refund-panel").Text()), " "))
	}
	if amount != "" {
		form.Set("amount", amount)
	}
	form.Set("reason", "requested_by_customer")
	return form
}

// confirmRefund sends the form once, which asks, and gives the form that confirms.
func (p *person) confirmRefund(order string, form url.Values) url.Values {
	p.t.Helper()
	status, page := p.post("/orders/"+order+"/refunds", form)
	again := formOf(page, refundSelector(order))
	if status != http.StatusUnprocessableEntity || again.Get("confirmed") == "" {
		p.t.Fatalf("the first answer: %d %s", status, words(page))
	}
	return again
}

// refund refunds amount and gives the last answer.
func (p *person) refund(order, amount string) (int, *goquery.Document) {
	p.t.Helper()
	return p.post("/orders/"+order+"/refunds", p.confirmRefund(order, p.refundForm(order, amount)))
}

// words is a page's text with plain spaces.
func words(page *goquery.Document) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(page.Find("main").Text(), "\u00a0", " ")), " ")
}

// refundsAt are the refunds that the simulated Stripe has of an order, newest first.
func (d *demoProcess) refundsAt(order string) []map[string]any {
	d.t.Helper()
	var out []map[string]any
	for _, r := range d.stripe("/v1/refunds?limit=100&payment_intent=" + order)["data"].([]any) {
		out = append(out, r.(map[string]any))
	}
	return out
}

// refunded sums them up as "amount status" from the oldest on.
func (d *demoProcess) refunded(order string) string {
	d.t.Helper()
	var parts []string
	for _, r := range d.refundsAt(order) {
		parts = append([]string{fmt.Sprintf("%v %v", r["amount"], r["status"])}, parts...)
	}
	return strings.Join(parts, ", ")
}

// TestRefunding drives refunds from outside, as a browser without JavaScript would, against one running demo.
func TestRefunding(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "6")
	staff, manager := d.signIn("staff"), d.signIn("manager")
	euro := func() map[string]any {
		return map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "customer_name": "Jonas Weber"}
	}

	t.Run("partial, again, the rest, and then nothing is left", func(t *testing.T) {
		order := d.capturedOrder(euro())
		form := staff.refundForm(order, "")
		if form.Get("amount") != "189.90" {
			t.Errorf("the form offers %q", form.Get("amount"))
		}
		form.Set("amount", "45")
		form.Set("note", "One glass was broken")
		status, page := staff.post("/orders/"+order+"/refunds", form)
		again := formOf(page, refundSelector(order))
		if text := words(page); status != 422 || again.Get("confirmed") != "4500" || again.Get("note") != "One glass was broken" ||
			!strings.Contains(text, "Refund EUR 45.00 to Jonas Weber. EUR 144.90 of EUR 189.90 stays captured. This cannot be undone.") {
			t.Fatalf("the first answer: %d %v %s", status, again, text)
		}
		again.Set("amount", "46")
		if status, page := staff.post("/orders/"+order+"/refunds", again); status != 422 || !strings.Contains(words(page), "EUR 46.00") {
			t.Errorf("another amount under the old confirmation: %d", status)
		}
		if got := d.refunded(order); got != "" {
			t.Fatalf("refunded without a confirmation: %s", got)
		}
		again.Set("amount", "45")
		if status, page := staff.post("/orders/"+order+"/refunds", again); status != 303 {
			t.Fatalf("confirmed: %d %s", status, words(page))
		}
		made := d.refundsAt(order)[0]
		if id, _ := made["metadata"].(map[string]any)["operation_id"].(string); !strings.HasPrefix(id, "rfd_") || made["reason"] != "requested_by_customer" {
			t.Errorf("at Stripe: %v", made)
		}
		_, page = staff.get("/orders/" + order)
		text := words(page)
		for _, want := range []string{"Partly refunded", "by Sofia Berg: “One glass was broken”", "Refund of EUR 45.00 taken by Stripe", "Up to EUR 144.90 can be refunded"} {
			if !strings.Contains(text, want) {
				t.Errorf("the page does not say %q: %s", want, text)
			}
		}
		if status, page := manager.refund(order, "44,90"); status != 303 {
			t.Fatalf("a second one by somebody else: %d %s", status, words(page))
		}
		if status, page := staff.refund(order, ""); status != 303 {
			t.Fatalf("the rest: %d %s", status, words(page))
		}
		if got := d.refunded(order); got != "4500 succeeded, 4490 succeeded, 10000 succeeded" {
			t.Errorf("at Stripe: %s", got)
		}
		if status, _ := staff.post("/orders/"+order+"/refunds", again); status != 303 {
			t.Errorf("the first form once more is the first refund: %d", status)
		}
		if _, page = staff.get("/orders/" + order); formOf(page, refundSelector(order)) != nil || !strings.Contains(words(page), "All that was captured is refunded") {
			t.Errorf("a form for nothing: %s", words(page))
		}
	})

	t.Run("what is wrong with the form", func(t *testing.T) {
		order := d.capturedOrder(euro())
		for name, c := range map[string]struct{ field, value, want string }{
			"too much":  {"amount", "189.91", "At most EUR 189.90 can be refunded"},
			"nothing":   {"amount", "0", "above zero"},
			"no number": {"amount", "all", ""},
			"cents":     {"amount", "1.999", ""},
			"no reason": {"reason", "", "Choose why"},
			"reason":    {"reason", "mood", "Choose why"},
			"note":      {"note", strings.Repeat("x", 501), "At most 500"},
			"no token":  {"form_token", "", "Open the order again"},
		} {
			form := staff.refundForm(order, "10")
			form.Set("note", "kept")
			form.Set(c.field, c.value)
			status, page := staff.post("/orders/"+order+"/refunds", form)
			if status != 422 || !strings.Contains(words(page), c.want) || !strings.Contains(words(page), "Nothing was refunded") {
				t.Errorf("%s: %d %s", name, status, words(page))
			}
			if kept := formOf(page, refundSelector(order)); c.field != "note" && kept.Get("note") != "kept" {
				t.Errorf("%s: what was typed is lost: %v", name, kept)
			}
		}
		if got := d.refunded(order); got != "" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("twelve at once are one refund", func(t *testing.T) {
		order := d.capturedOrder(euro())
		form := staff.confirmRefund(order, staff.refundForm(order, "10"))
		for _, status := range postAtOnce(staff, "/orders/"+order+"/refunds", form, 12) {
			if status != 303 {
				t.Errorf("the same form again: %d, want 303", status)
			}
		}
		if got := d.refunded(order); got != "1000 succeeded" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("two full refunds at once: one loses and hears who won", func(t *testing.T) {
		order := d.capturedOrder(euro())
		mine := staff.confirmRefund(order, staff.refundForm(order, ""))
		theirs := manager.confirmRefund(order, manager.refundForm(order, ""))
		type answer struct {
			status int
			text   string
		}
		answers := make([]answer, 2)
		var wg sync.WaitGroup
		for i, p := range []*person{staff, manager} {
			wg.Go(func() {
				status, page := p.post("/orders/"+order+"/refunds", []url.Values{mine, theirs}[i])
				answers[i] = answer{status, words(page)}
			})
		}
		wg.Wait()
		if answers[0].status > answers[1].status {
			answers[0], answers[1] = answers[1], answers[0]
		}
		if answers[0].status != 303 || answers[1].status != 409 || !strings.Contains(answers[1].text, "Nothing was refunded now") ||
			!strings.Contains(answers[1].text, "It was Sofia Berg") && !strings.Contains(answers[1].text, "It was Mikkel Østergaard") {
			t.Errorf("answers: %+v", answers)
		}
		if got := d.refunded(order); got != "18990 succeeded" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("a stale tab asks for more than is left", func(t *testing.T) {
		order := d.capturedOrder(euro())
		stale := staff.confirmRefund(order, staff.refundForm(order, "150"))
		if status, page := manager.refund(order, "50"); status != 303 {
			t.Fatalf("%d %s", status, words(page))
		}
		status, page := staff.post("/orders/"+order+"/refunds", stale)
		if status != 409 || !strings.Contains(words(page), "Only EUR 139.90 is left to refund by now") {
			t.Errorf("%d %s", status, words(page))
		}
		if got := d.refunded(order); got != "5000 succeeded" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("a viewer may not", func(t *testing.T) {
		order := d.capturedOrder(euro())
		viewer := d.signIn("viewer")
		_, page := viewer.get("/orders/" + order)
		if formOf(page, refundSelector(order)) != nil {
			t.Error("a viewer sees the form")
		}
		form := staff.confirmRefund(order, staff.refundForm(order, "10"))
		_, page = viewer.get("/orders")
		form.Set("csrf_token", page.Find(`input[name="csrf_token"]`).First().AttrOr("value", ""))
		if status, _ := viewer.post("/orders/"+order+"/refunds", form); status != http.StatusForbidden {
			t.Errorf("viewer: %d, want 403", status)
		}
		if got := d.refunded(order); got != "" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("currencies without and with three decimals", func(t *testing.T) {
		for currency, c := range map[string]struct{ amount, want string }{"jpy": {"120", "120 succeeded"}, "bhd": {"1.230", "1230 succeeded"}} {
			order := d.capturedOrder(map[string]any{"amount": 9990, "currency": currency, "country": "DE"})
			if status, page := staff.refund(order, c.amount); status != 303 {
				t.Errorf("%s: %d %s", currency, status, words(page))
			}
			if got := d.refunded(order); got != c.want {
				t.Errorf("%s at Stripe: %s", currency, got)
			}
		}
	})

	t.Run("nothing captured", func(t *testing.T) {
		order := d.order(euro())
		_, page := staff.get("/orders/" + order)
		form := url.Values{"csrf_token": {page.Find(`input[name="csrf_token"]`).First().AttrOr("value", "")}, "form_token": {"mine"},
			"amount": {"10"}, "confirmed": {"1000"}, "reason": {"duplicate"}}
		if status, page := staff.post("/orders/"+order+"/refunds", form); status != 409 || !strings.Contains(words(page), "there is nothing to refund") {
			t.Errorf("%d %s", status, words(page))
		}
	})
}

// TestRefundsThatTakeTime are those that Stripe does not finish at once: shown as such, and a failed one gives its amount back.
func TestRefundsThatTakeTime(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "4")
	staff := d.signIn("staff")
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "customer_name": "Jonas Weber"})
	d.control("POST", "/_sim/settings", map[string]any{"refunds": "pending"}, nil)
	for _, amount := range []string{"45", "20"} {
		if status, page := staff.refund(order, amount); status != 303 {
			t.Fatalf("%d %s", status, words(page))
		}
	}
	_, page := staff.get("/orders/" + order)
	if text := words(page); !strings.Contains(text, "is on its way") || !strings.Contains(text, "5 to 7 business days") || !strings.Contains(text, "Up to EUR 124.90 can be refunded") {
		t.Errorf("while they are on their way: %s", text)
	}
	made := d.refundsAt(order) // newest first
	d.control("POST", "/_sim/refunds/"+made[0]["id"].(string)+"/resolve", map[string]any{"outcome": "succeeded"}, nil)
	d.control("POST", "/_sim/refunds/"+made[1]["id"].(string)+"/resolve", map[string]any{"outcome": "failed", "failure_reason": "declined"}, nil)
	d.eventually(20*time.Second, "the page shows what became of them", func() bool {
		_, page := staff.get("/orders/" + order)
		text := words(page)
		return strings.Contains(text, "Declined. The money is back in the balance at Stripe") && strings.Contains(text, "Up to EUR 169.90 can be refunded") &&
			strings.Contains(text, "Partly refunded")
	})
	d.control("POST", "/_sim/settings", map[string]any{"refunds": "balance"}, nil)
	if status, page := staff.refund(order, "169.90"); status != 303 {
		t.Fatalf("after a failure the same money can be refunded: %d %s", status, words(page))
	}
	if got := d.refunded(order); got != "4500 failed, 2000 succeeded, 16990 pending" {
		t.Errorf("at Stripe, with a balance too low: %s", got)
	}
}

// TestRefundRules are the ones of Klarna and Stripe: chargeback, inquiry, 180 days.
func TestRefundRules(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "4")
	staff := d.signIn("staff")
	euro := func() map[string]any { return map[string]any{"amount": 10000, "currency": "eur", "country": "DE"} }
	disputed := func(fields map[string]any, word string) string {
		order := d.capturedOrder(euro())
		fields["payment_intent"] = order
		d.control("POST", "/_sim/disputes", fields, nil)
		d.eventually(20*time.Second, "the dispute is in the mirror", func() bool {
			_, page := staff.get("/orders/" + order)
			return strings.Contains(words(page), word)
		})
		return order
	}

	t.Run("an open chargeback", func(t *testing.T) {
		order := d.capturedOrder(euro())
		stale := staff.confirmRefund(order, staff.refundForm(order, "10"))
		d.control("POST", "/_sim/disputes", map[string]any{"payment_intent": order, "reason": "fraudulent"}, nil)
		d.eventually(20*time.Second, "the dispute is in the mirror", func() bool {
			_, page := staff.get("/orders/" + order)
			return formOf(page, refundSelector(order)) == nil
		})
		status, page := staff.post("/orders/"+order+"/refunds", stale)
		if status != 409 || !strings.Contains(words(page), "A chargeback is open: a refund is no longer possible") {
			t.Errorf("%d %s", status, words(page))
		}
		if calls := d.requests("POST", "/v1/refunds"); len(calls) != 0 {
			t.Errorf("%d calls", len(calls))
		}
	})

	t.Run("an inquiry is closed by exactly its amount", func(t *testing.T) {
		order := disputed(map[string]any{"amount": 5800}, "An inquiry over EUR 58.00 is open")
		form := staff.refundForm(order, "20")
		if _, page := staff.post("/orders/"+order+"/refunds", form); !strings.Contains(words(page), "Klarna may escalate the other EUR 38.00") {
			t.Errorf("less than the inquiry: %s", words(page))
		}
		form.Set("amount", "58")
		_, page := staff.post("/orders/"+order+"/refunds", form)
		if !strings.Contains(words(page), "This closes the inquiry without a fee.") {
			t.Errorf("exactly the inquiry: %s", words(page))
		}
		if status, page := staff.post("/orders/"+order+"/refunds", formOf(page, refundSelector(order))); status != 303 {
			t.Fatalf("%d %s", status, words(page))
		}
		d.eventually(20*time.Second, "the inquiry is closed", func() bool {
			_, page := staff.get("/orders/" + order)
			return strings.Contains(words(page), "Inquiry closed")
		})
	})

	t.Run("past 180 days it is sent, and Stripe's answer shown", func(t *testing.T) {
		order := d.capturedOrder(euro())
		d.control("POST", "/_sim/clock", map[string]any{"advance": "4344h"}, nil)
		d.settle()
		_, page := staff.get("/orders/" + order)
		if !strings.Contains(words(page), "This capture is more than 180 days old") {
			t.Errorf("no warning: %s", words(page))
		}
		before := len(d.requests("POST", "/v1/refunds"))
		status, page := staff.refund(order, "10")
		if text := words(page); status != 409 || !strings.Contains(text, "more than 180 days old and can no longer be refunded") ||
			!strings.Contains(text, "Nothing was refunded. EUR 10.00 stays captured.") {
			t.Errorf("%d %s", status, text)
		}
		if got := len(d.requests("POST", "/v1/refunds")) - before; got != 1 {
			t.Errorf("%d calls, want 1", got)
		}
		if kept := formOf(page, refundSelector(order)); kept.Get("amount") != "10.00" {
			t.Errorf("what was typed is lost: %v", kept)
		}
	})
}
