package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"counterfoil/models/payments/stripesim"
)

// cancelForm opens the order and gives its form for canceling, with a reason chosen.
func (p *person) cancelForm(order string) url.Values {
	p.t.Helper()
	_, page := p.get("/orders/" + order)
	form := formOf(page, `form[action="/orders/`+order+`/cancellations"]`)
	if form == nil {
		p.t.Fatalf("no form for canceling: %s", notices(page))
	}
	form.Set("reason", "requested_by_customer")
	return form
}

// TestCanceling is as safe as capturing: once, with a reason, through unclear answers, and never beside a capture.
func TestCanceling(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "4")
	staff, manager := d.signIn("staff"), d.signIn("manager")
	euro := map[string]any{"amount": 7000, "currency": "eur", "shipping": true}

	t.Run("twelve at once, then a capture from a stale tab", func(t *testing.T) {
		order := d.order(euro)
		stale, form := withTracking(manager.captureForm(order), "TAUBE-STALE"), staff.cancelForm(order)
		for _, status := range postAtOnce(staff, "/orders/"+order+"/cancellations", form, 12) {
			if status != http.StatusSeeOther {
				t.Errorf("the same form again: %d, want 303", status)
			}
		}
		if calls := d.requests("POST", "/v1/payment_intents/"+order+"/cancel"); len(calls) != 1 {
			t.Errorf("%d cancel calls, want 1", len(calls))
		}
		if status, page := manager.post("/orders/"+order+"/captures", stale); status != http.StatusConflict || !strings.Contains(notices(page), "Sofia Berg") {
			t.Errorf("a capture after it: %d %s", status, notices(page))
		}
		if got := d.captured(order); got != "canceled 0" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("no reason", func(t *testing.T) {
		order := d.order(euro)
		form := staff.cancelForm(order)
		form.Set("reason", "")
		if status, _ := staff.post("/orders/"+order+"/cancellations", form); status != http.StatusUnprocessableEntity {
			t.Errorf("%d, want 422", status)
		}
	})

	for name, c := range map[string]struct {
		fault  map[string]any
		status int
		want   string
	}{
		"500 after the work":          {map[string]any{"status": 500, "after_commit": true}, 202, "canceled 0"},
		"dropped before the work":     {map[string]any{"drop": true}, 202, "canceled 0"},
		"a failure that Stripe keeps": {map[string]any{"status": 500}, 202, "requires_capture 0"},
	} {
		t.Run(name, func(t *testing.T) {
			order := d.order(euro)
			form := staff.cancelForm(order)
			c.fault["method"], c.fault["path"] = "POST", "/v1/payment_intents/"+order+"/cancel"
			d.control("POST", "/_sim/faults", c.fault, nil)
			if status, page := staff.post("/orders/"+order+"/cancellations", form); status != c.status {
				t.Errorf("%d, want %d: %s", status, c.status, notices(page))
			}
			d.settle()
			if got := d.captured(order); got != c.want {
				t.Errorf("at Stripe: %s, want %s", got, c.want)
			}
			if c.want == "canceled 0" {
				return
			}
			_, page := staff.get("/orders/" + order)
			again := formOf(page, `form[action="/orders/`+order+`/cancellations"]`)
			if again == nil || again.Get("again") == "" {
				t.Fatalf("nobody is asked to decide: %s", notices(page))
			}
			if status, page := staff.post("/orders/"+order+"/cancellations", again); status != http.StatusSeeOther {
				t.Errorf("sent again by a person: %d %s", status, notices(page))
			}
			if got := d.captured(order); got != "canceled 0" {
				t.Errorf("at Stripe, sent again: %s", got)
			}
		})
	}
}

// TestRecipientIsAskedFor delivers a payment of which Stripe knows neither shipping nor billing address: tracking needs both, so the form
// asks and keeps what was typed.
func TestRecipientIsAskedFor(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "2")
	now := time.Now()
	for i, object := range []string{
		`{"id":"py_bare","object":"charge","amount":5000,"amount_captured":0,"amount_refunded":0,"billing_details":{"name":null,"email":null,"address":{}},
			"captured":false,"created":%[1]d,"currency":"eur","livemode":false,"payment_intent":"pi_bare","payment_method_details":{"type":"klarna","klarna":{}},
			"refunded":false,"disputed":false,"shipping":null,"status":"succeeded","metadata":{}}`,
		`{"id":"pi_bare","object":"payment_intent","amount":5000,"amount_capturable":5000,"amount_received":0,"capture_method":"manual","created":%[1]d,
			"currency":"eur","livemode":false,"latest_charge":"py_bare","metadata":{},"payment_method_types":["klarna"],"shipping":null,"status":"requires_capture"}`,
	} {
		body := fmt.Appendf(nil, `{"id":"evt_bare%d","object":"event","api_version":"2023-10-16","type":"charge.succeeded","livemode":false,"created":%d,"data":{"object":%s}}`,
			i, now.Unix(), fmt.Sprintf(object, now.Unix()))
		req, err := http.NewRequest("POST", d.App+"/stripe/events", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Stripe-Signature", stripesim.Sign(body, d.WebhookSecret, now))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusOK {
			t.Fatalf("event %d: %d", i, res.StatusCode)
		}
	}
	staff := d.signIn("staff")
	form := withTracking(staff.captureForm("pi_bare"), "TAUBE-BARE")
	if !form.Has("ship_name") || !form.Has("ship_line1") {
		t.Fatalf("the form does not ask for the recipient: %v", form)
	}
	form.Set("ship_city", "Köln")
	status, page := staff.post("/orders/pi_bare/captures", form)
	again := formOf(page, `form[action="/orders/pi_bare/captures"]`)
	if status != http.StatusUnprocessableEntity || !strings.Contains(notices(page), "name and address") || again.Get("ship_city") != "Köln" {
		t.Errorf("%d %s, kept %v", status, notices(page), again)
	}
	again.Set("ship_name", "Jonas Weber")
	again.Set("ship_line1", "Torstraße 12")
	status, _ = staff.post("/orders/pi_bare/captures", again)
	if sent := d.requests("POST", "/v1/payment_intents/pi_bare"); len(sent) != 1 || sent[0]["form"].(map[string]any)["shipping[name]"] != "Jonas Weber" {
		t.Errorf("answer %d; what was typed did not go to Stripe: %v", status, sent)
	}
}
