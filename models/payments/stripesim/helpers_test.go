package stripesim_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/client"

	"counterfoil/models/payments/stripesim"
)

const testKey = "sk_test_tests"

// start is where the simulated clock of the tests begins.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

// world is a simulated Stripe with the real client in front of it.
type world struct {
	t      *testing.T
	sim    *stripesim.Sim
	server *httptest.Server
	stripe *client.API
}

// newWorld starts a simulator in memory, or as the options say.
func newWorld(t *testing.T, o stripesim.Options) *world {
	t.Helper()
	if o.Key == "" {
		o.Key = testKey
	}
	if o.Start.IsZero() {
		o.Start = start
	}
	sim, err := stripesim.New(o)
	if err != nil {
		t.Fatalf("New: %v", err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() {
		server.Close()
		if err := sim.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	})
	return &world{t: t, sim: sim, server: server, stripe: newClient(server.URL, testKey)}
}

// newClient is stripe-go with nothing hidden: no retries, no telemetry, no log, a connection for each request.
func newClient(url, key string) *client.API {
	config := func() *stripe.BackendConfig {
		return &stripe.BackendConfig{URL: stripe.String(url), MaxNetworkRetries: stripe.Int64(0), EnableTelemetry: stripe.Bool(false),
			LeveledLogger: &stripe.LeveledLogger{Level: stripe.LevelNull},
			HTTPClient:    &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true}}}
	}
	return client.New(key, &stripe.Backends{API: stripe.GetBackendWithConfig(stripe.APIBackend, config()),
		Connect: stripe.GetBackendWithConfig(stripe.ConnectBackend, config()),
		Uploads: stripe.GetBackendWithConfig(stripe.UploadsBackend, config())})
}

// control calls the control API and reads its answer; the status must be the wanted one.
func (w *world) control(method, path, body string, want int, into any) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil {
		w.t.Fatal(err)
	}
	if answer.StatusCode != want {
		w.t.Fatalf("%s %s %s answered %d, want %d: %s", method, path, body, answer.StatusCode, want, raw)
	}
	if into != nil {
		if err := json.Unmarshal(raw, into); err != nil {
			w.t.Fatalf("%s %s answered %s: %v", method, path, raw, err)
		}
	}
}

// order makes an order and gives its ids.
func (w *world) order(body string) (intent, charge string) {
	w.t.Helper()
	var made struct {
		PaymentIntent string `json:"payment_intent"`
		Charge        string `json:"charge"`
	}
	w.control("POST", "/_sim/orders", body, 200, &made)
	return made.PaymentIntent, made.Charge
}

func (w *world) advance(by string) {
	w.t.Helper()
	w.control("POST", "/_sim/clock", `{"advance":"`+by+`"}`, 200, nil)
}

// capture captures with the key; amount 0 is all of it.
func (w *world) capture(id string, amount int64, key string) (*stripe.PaymentIntent, error) {
	p := &stripe.PaymentIntentCaptureParams{}
	if amount != 0 {
		p.AmountToCapture = stripe.Int64(amount)
	}
	if key != "" {
		p.SetIdempotencyKey(key)
	}
	p.AddExpand("latest_charge.balance_transaction")
	return w.stripe.PaymentIntents.Capture(id, p)
}

func (w *world) intent(id string) *stripe.PaymentIntent {
	w.t.Helper()
	p := &stripe.PaymentIntentParams{}
	p.AddExpand("latest_charge.balance_transaction")
	p.AddExpand("latest_charge.refunds")
	pi, err := w.stripe.PaymentIntents.Get(id, p)
	if err != nil {
		w.t.Fatalf("get %s: %v", id, err)
	}
	return pi
}

// eventTypes are the types of all events, oldest first.
func (w *world) eventTypes(skip int) []string {
	w.t.Helper()
	p := &stripe.EventListParams{}
	p.Limit = stripe.Int64(100)
	var out []string
	it := w.stripe.Events.List(p)
	for it.Next() {
		out = append([]string{string(it.Event().Type)}, out...)
	}
	if err := it.Err(); err != nil {
		w.t.Fatal(err)
	}
	return out[skip:]
}

// mustFail checks that an error is Stripe's, with this status and code.
func mustFail(t *testing.T, err error, status int, code string) *stripe.Error {
	t.Helper()
	var se *stripe.Error
	if !errors.As(err, &se) {
		t.Fatalf("error %v, want one of Stripe's with status %d and code %q", err, status, code)
	}
	if se.HTTPStatusCode != status || string(se.Code) != code {
		t.Fatalf("status %d code %q (%s), want %d %q", se.HTTPStatusCode, se.Code, se.Msg, status, code)
	}
	if !strings.HasPrefix(se.RequestID, "req_") {
		t.Errorf("request id %q, want req_…", se.RequestID)
	}
	return se
}

// raw does an API request by hand.
func (w *world) raw(method, path, form string, headers map[string]string) (*http.Response, []byte, error) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.server.URL+path, strings.NewReader(form))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testKey)
	if form != "" {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	for k, v := range headers {
		r.Header.Set(k, v)
	}
	answer, err := (&http.Client{Transport: &http.Transport{DisableKeepAlives: true}}).Do(r)
	if err != nil {
		return nil, nil, err
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	return answer, body, err
}

// inbox is a webhook endpoint that keeps what it got.
type inbox struct {
	*httptest.Server
	mu     sync.Mutex
	got    []delivered
	answer func(n int, body []byte) int // n-th delivery, from 1; nil: 200
	came   chan struct{}
}

type delivered struct {
	body      []byte
	signature string
	event     stripe.Event
}

func newInbox(t *testing.T, answer func(n int, body []byte) int) *inbox {
	t.Helper()
	b := &inbox{answer: answer, came: make(chan struct{}, 10_000)}
	b.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			t.Errorf("webhook body: %v", err)
		}
		d := delivered{body: bytes.Clone(raw), signature: r.Header.Get("Stripe-Signature")}
		if err := json.Unmarshal(raw, &d.event); err != nil {
			t.Errorf("webhook body %s: %v", raw, err)
		}
		b.mu.Lock()
		b.got = append(b.got, d)
		n := len(b.got)
		b.mu.Unlock()
		if b.answer != nil {
			w.WriteHeader(b.answer(n, raw))
		}
		b.came <- struct{}{}
	}))
	t.Cleanup(b.Close)
	return b
}

// wait waits for so many deliveries in all and gives them.
func (b *inbox) wait(t *testing.T, n int) []delivered {
	t.Helper()
	deadline := time.After(20 * time.Second)
	for {
		b.mu.Lock()
		got := append([]delivered(nil), b.got...)
		b.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-b.came:
		case <-deadline:
			t.Fatalf("%d deliveries came, want %d", len(got), n)
		}
	}
}

func types(of []delivered) []string {
	var out []string
	for _, d := range of {
		out = append(out, string(d.event.Type))
	}
	return out
}
