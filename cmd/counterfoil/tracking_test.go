package main

import (
	"context"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"counterfoil/models/store"
)

// trackingAtStripe is what the charge of an order carries.
func (d *demoProcess) trackingAtStripe(order string) string {
	d.t.Helper()
	d.settle()
	charge := d.stripe("/v1/payment_intents/" + order + "?expand[]=latest_charge")["latest_charge"].(map[string]any)
	shipping, _ := charge["shipping"].(map[string]any)
	carrier, _ := shipping["carrier"].(string)
	number, _ := shipping["tracking_number"].(string)
	return carrier + " " + number
}

// shipmentForm opens the order and gives its form for tracking.
func (p *person) shipmentForm(order string) url.Values {
	p.t.Helper()
	_, page := p.get("/orders/" + order)
	form := formOf(page, `form[action="/orders/`+order+`/shipments"]`)
	if form == nil {
		p.t.Fatalf("no form for tracking: %s", notices(page))
	}
	return form
}

// TestTracking adds, guesses, doubts and corrects tracking numbers.
func TestTracking(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "4")
	staff := d.signIn("staff")
	euro := map[string]any{"amount": 5000, "currency": "eur", "country": "DE", "shipping": true}

	t.Run("the carrier is guessed, a wrong check digit warns and does not block", func(t *testing.T) {
		order := d.order(euro)
		form := staff.captureForm(order)
		form.Set("carrier", "")
		form.Set("tracking_number", "1Z5R89390357567128") // UPS; the last digit should be 7
		if status, page := staff.post("/orders/"+order+"/captures", form); status != http.StatusSeeOther {
			t.Fatalf("capture: %d %s", status, notices(page))
		}
		if _, page := staff.get("/orders/" + order); !strings.Contains(notices(page), "check digit") {
			t.Errorf("no doubt is shown: %s", notices(page))
		}
		if got := d.trackingAtStripe(order); got != "UPS 1Z5R89390357567128" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("several parcels, one corrected, history kept", func(t *testing.T) {
		order := d.order(euro)
		for _, number := range []string{"TAUBE-A", "TAUBE-B", "TAUBE-B"} {
			if status, page := staff.post("/orders/"+order+"/shipments", withTracking(staff.shipmentForm(order), number)); status != http.StatusSeeOther {
				t.Fatalf("%s: %d %s", number, status, notices(page))
			}
		}
		if got := d.trackingAtStripe(order); got != "Brieftaube GmbH TAUBE-A, TAUBE-B" {
			t.Errorf("at Stripe: %s", got)
		}
		_, page := staff.get("/orders/" + order)
		parcel := page.Find(`#shipments select[name="replaces"] option`).FilterFunction(func(_ int, o *goquery.Selection) bool {
			return strings.Contains(o.Text(), "TAUBE-A")
		}).AttrOr("value", "")
		form := withTracking(staff.shipmentForm(order), "TAUBE-C")
		form.Set("replaces", parcel)
		if status, page := staff.post("/orders/"+order+"/shipments", form); status != http.StatusSeeOther {
			t.Fatalf("correction of %q: %d %s", parcel, status, notices(page))
		}
		if got := d.trackingAtStripe(order); !strings.Contains(got, "TAUBE-C") || strings.Contains(got, "TAUBE-A") {
			t.Errorf("at Stripe: %s", got)
		}
		if _, page := staff.get("/orders/" + order); !strings.Contains(page.Find("#shipments").Text(), "TAUBE-A") {
			t.Error("the corrected number is gone from the history")
		}
		if status, _ := staff.post("/orders/"+order+"/shipments", withForm(form, "TAUBE-D")); status != http.StatusConflict {
			t.Errorf("the same parcel corrected twice: %d, want 409", status)
		}
	})

	t.Run("Stripe refuses shipping once authorized", func(t *testing.T) {
		d.control("POST", "/_sim/settings", map[string]any{"shipping_after_authorization": "refuse"}, nil)
		defer d.control("POST", "/_sim/settings", map[string]any{"shipping_after_authorization": "accept"}, nil)
		order := d.order(euro)
		if status, page := staff.post("/orders/"+order+"/captures", withTracking(staff.captureForm(order), "TAUBE-E")); status != http.StatusSeeOther {
			t.Fatalf("capture: %d %s", status, notices(page))
		}
		if got := d.trackingAtStripe(order); got != "Brieftaube GmbH TAUBE-E" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("no shipping address: the billing address goes along", func(t *testing.T) {
		order := d.order(map[string]any{"amount": 5000, "currency": "eur", "country": "DE", "shipping": false})
		if status, page := staff.post("/orders/"+order+"/captures", withTracking(staff.captureForm(order), "TAUBE-F")); status != http.StatusSeeOther {
			t.Fatalf("capture: %d %s", status, notices(page))
		}
		if got := d.trackingAtStripe(order); got != "Brieftaube GmbH TAUBE-F" {
			t.Errorf("at Stripe: %s", got)
		}
	})

	t.Run("slow Stripe", func(t *testing.T) {
		order := d.order(euro)
		form := withTracking(staff.captureForm(order), "TAUBE-G")
		d.control("POST", "/_sim/faults", map[string]any{"method": "POST", "path": "/v1/payment_intents/*/capture", "delay_ms": 2500}, nil)
		start := time.Now()
		done := make(chan int, 1)
		go func() { status, _ := d.signIn("manager").post("/orders/"+order+"/captures", form); done <- status }()
		if status, page := staff.post("/orders/"+order+"/captures", form); status != http.StatusSeeOther {
			t.Errorf("capture: %d %s", status, notices(page))
		}
		if time.Since(start) < 2*time.Second {
			t.Error("the answer did not wait for Stripe")
		}
		<-done
		if calls := d.requests("POST", "/v1/payment_intents/"+order+"/capture"); len(calls) != 1 {
			t.Errorf("%d capture calls, want 1", len(calls))
		}
	})
}

// withForm is the same form with another number.
func withForm(form url.Values, number string) url.Values {
	again := url.Values{}
	for name, values := range form {
		again[name] = values
	}
	again.Set("tracking_number", number)
	return again
}

// TestNewerDatabase refuses a database that a later version has written to, and leaves it as it is.
func TestNewerDatabase(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "newer.db")
	db, err := store.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	err = db.Writer.Tx(t.Context(), func(tx *store.Tx) error {
		_, err := tx.SQL().ExecContext(context.Background(), `insert into schema_migrations (version, name, applied_at) values (9999, 'later', 1)`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := program("migrate")
	cmd.Env = append(cmd.Env, "DATABASE_URL="+path)
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 2 || strings.Count(string(out), "\n") != 1 {
		t.Errorf("a newer database: exit code %d, %s", code, out)
	}
}
