package stripesim_test

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76/webhook"

	"counterfoil/models/payments/stripesim"
)

var orderEvents = []string{"payment_intent.created", "payment_intent.requires_action", "charge.succeeded", "payment_intent.amount_capturable_updated"}

func TestDeliveriesAreSignedAndInOrder(t *testing.T) {
	box := newInbox(t, nil)
	w := newWorld(t, stripesim.Options{WebhookURL: box.URL, WebhookSecret: "whsec_x"})
	id, _ := w.order(`{}`)
	p := map[string]string{"Idempotency-Key": "cap-1"}
	answer, _, err := w.raw("POST", "/v1/payment_intents/"+id+"/capture", "", p)
	if err != nil || answer.StatusCode != 200 {
		t.Fatal(err)
	}
	got := box.wait(t, 7)
	want := append(slices.Clone(orderEvents), "payment_intent.succeeded", "charge.captured", "charge.updated")
	if diff := cmp.Diff(want, types(got)); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	for _, d := range got {
		e, err := webhook.ConstructEvent(d.body, d.signature, "whsec_x")
		if err != nil {
			t.Fatalf("stripe-go refuses the delivery: %v", err)
		}
		if e.PendingWebhooks != 1 || e.Livemode || e.Created < start.Unix() || e.Created > start.Unix()+60 {
			t.Errorf("event: %+v", e)
		}
	}
	last := got[4].event
	if last.Request == nil || last.Request.ID != answer.Header.Get("Request-Id") || last.Request.IdempotencyKey != "cap-1" {
		t.Errorf("who asked: %+v", last.Request)
	}
	var object struct{ Status string }
	if err := json.Unmarshal(got[3].event.Data.Raw, &object); err != nil || object.Status != "requires_capture" {
		t.Errorf("an event shows its object as it was: %+v %v", object, err)
	}
	if v, ok := got[6].event.Data.PreviousAttributes["balance_transaction"]; !ok || v != nil {
		t.Errorf("previous attributes: %v", got[6].event.Data.PreviousAttributes)
	}
	w.advance("0s") // waits until the deliveries are noted
	if left, _ := w.page("/v1/events?delivery_success=false"); len(left) != 0 {
		t.Errorf("undelivered: %v", left)
	}
	if diff := cmp.Diff(1, len(firstOf(w.page("/v1/webhook_endpoints")))); diff != "" {
		t.Errorf("endpoints: %s", diff)
	}
}

func firstOf(ids []string, _ bool) []string { return ids }

func TestModes(t *testing.T) {
	twice := []string{}
	for _, e := range orderEvents {
		twice = append(twice, e, e)
	}
	reversed := slices.Clone(orderEvents)
	slices.Reverse(reversed)
	for mode, want := range map[string][]string{"deliver": orderEvents, "duplicate": twice, "reverse": reversed} {
		t.Run(mode, func(t *testing.T) {
			box := newInbox(t, nil)
			w := newWorld(t, stripesim.Options{WebhookURL: box.URL})
			w.control("POST", "/_sim/webhooks", `{"mode":"hold"}`, 200, nil)
			w.order(`{}`)
			w.advance("1h")
			if n := len(box.wait(t, 0)); n != 0 {
				t.Fatalf("%d deliveries while held", n)
			}
			var state struct {
				Mode      string
				Pending   int
				Delivered bool
			}
			w.control("POST", "/_sim/webhooks", `{"mode":"`+mode+`"}`, 200, &state)
			if !state.Delivered || state.Pending != 0 {
				t.Errorf("state: %+v", state)
			}
			if diff := cmp.Diff(want, types(box.wait(t, len(want)))); diff != "" {
				t.Errorf("deliveries (-want +got):\n%s", diff)
			}
		})
	}
	w := newWorld(t, stripesim.Options{})
	w.control("POST", "/_sim/webhooks", `{"mode":"sometimes"}`, 400, nil)
}

// A refused event comes again, and the others do not wait for it.
func TestRefusedDeliveriesComeAgain(t *testing.T) {
	refusals := 0
	box := newInbox(t, func(_ int, body []byte) int {
		if strings.Contains(string(body), `"type": "charge.succeeded"`) && refusals < 3 {
			refusals++
			return http.StatusInternalServerError
		}
		return http.StatusOK
	})
	w := newWorld(t, stripesim.Options{WebhookURL: box.URL})
	w.order(`{}`)
	got := types(box.wait(t, 7))
	want := append(slices.Clone(orderEvents), "charge.succeeded", "charge.succeeded", "charge.succeeded")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}

func TestEndpointAwayAndMoved(t *testing.T) {
	box := newInbox(t, nil)
	gone := newInbox(t, nil)
	gone.Close()
	w := newWorld(t, stripesim.Options{WebhookURL: gone.URL, WebhookSecret: "whsec_old"})
	w.order(`{}`)
	var at struct{ URL, Secret string }
	w.control("POST", "/_sim/endpoint", `{"url":"`+box.URL+`"}`, 200, &at)
	if at.URL != box.URL || at.Secret != "whsec_old" {
		t.Errorf("endpoint: %+v", at)
	}
	if diff := cmp.Diff(orderEvents, types(box.wait(t, 4))); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	w.control("POST", "/_sim/endpoint", `{"url":"ftp://x"}`, 400, nil)
}

// The clock answers when what became due was delivered.
func TestClockWaitsForDeliveries(t *testing.T) {
	box := newInbox(t, func(int, []byte) int { time.Sleep(20 * time.Millisecond); return 200 })
	w := newWorld(t, stripesim.Options{WebhookURL: box.URL})
	for range 3 {
		w.order(`{}`)
	}
	var state struct {
		Now       time.Time
		Delivered bool
		Pending   int
	}
	w.control("POST", "/_sim/clock", `{"advance":"673h"}`, 200, &state)
	if !state.Delivered || state.Pending != 0 || state.Now.Before(start.Add(673*time.Hour)) {
		t.Errorf("state: %+v", state)
	}
	box.mu.Lock()
	defer box.mu.Unlock()
	if len(box.got) != 3*4+3*2 {
		t.Errorf("%d deliveries when the clock answered, want 18", len(box.got))
	}
	w.control("POST", "/_sim/clock", `{"advance":"-1h"}`, 400, nil)
	w.control("POST", "/_sim/clock", `{"advance":"soon"}`, 400, nil)
}

// The secret can be given before the address is known.
func TestSecretFirst(t *testing.T) {
	box := newInbox(t, nil)
	w := newWorld(t, stripesim.Options{WebhookSecret: "whsec_first"})
	if got := w.sim.WebhookSecret(); got != "whsec_first" {
		t.Errorf("secret %s", got)
	}
	if err := w.sim.SetEndpoint(box.URL, ""); err != nil {
		t.Fatal(err)
	}
	w.order(`{}`)
	first := box.wait(t, 1)[0]
	if _, err := webhook.ConstructEvent(first.body, first.signature, "whsec_first"); err != nil {
		t.Error(err)
	}
}

func TestEnabledEvents(t *testing.T) {
	box := newInbox(t, nil)
	w := newWorld(t, stripesim.Options{})
	w.control("POST", "/_sim/endpoint", `{"url":"`+box.URL+`","secret":"whsec_y","enabled_events":["charge.succeeded"]}`, 200, nil)
	w.order(`{}`)
	w.advance("0s")
	if diff := cmp.Diff([]string{"charge.succeeded"}, types(box.wait(t, 1))); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
}
