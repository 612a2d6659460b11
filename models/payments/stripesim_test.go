package payments_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/payments/stripesim"
)

// desk is a gateway on a simulated Stripe of its own.
type desk struct {
	*testing.T
	*payments.Gateway
	base string
}

func newDesk(t *testing.T) *desk {
	t.Helper()
	sim, err := stripesim.New(stripesim.Options{Key: "sk_test_desk", Seed: 1, Start: time.Unix(1_700_000_000, 0)})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(sim.Handler())
	t.Cleanup(func() { server.Close(); _ = sim.Close() })
	g, err := payments.New(payments.Config{Key: "sk_test_desk", APIBase: server.URL, PerSecond: 1000})
	if err != nil {
		t.Fatal(err)
	}
	return &desk{T: t, Gateway: g, base: server.URL}
}

// control posts to the simulator's own API.
func (d *desk) control(path, body string, into any) {
	d.Helper()
	res, err := http.Post(d.base+path, "application/json", bytes.NewBufferString(body))
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	answer, _ := io.ReadAll(res.Body)
	if res.StatusCode != http.StatusOK {
		d.Fatalf("%s %s: %d %s", path, body, res.StatusCode, answer)
	}
	if into != nil {
		if err := json.Unmarshal(answer, into); err != nil {
			d.Fatal(err)
		}
	}
}

type order struct {
	PaymentIntent string `json:"payment_intent"`
	Charge        string `json:"charge"`
}

func (d *desk) order(body string) (o order) {
	d.Helper()
	d.control("/_sim/orders", body, &o)
	return o
}

// requests counts what Stripe saw of one method and path.
func (d *desk) requests(method, path string) (n int) {
	d.Helper()
	res, err := http.Get(d.base + "/_sim/requests")
	if err != nil {
		d.Fatal(err)
	}
	defer res.Body.Close()
	var all []struct{ Method, Path string }
	if err := json.NewDecoder(res.Body).Decode(&all); err != nil {
		d.Fatal(err)
	}
	for _, r := range all {
		if r.Method == method && r.Path == path {
			n++
		}
	}
	return n
}

func TestAnOrderFromAuthorizationToTracking(t *testing.T) {
	d := newDesk(t)
	o := d.order(`{"amount": 14990, "currency": "sek", "country": "SE", "customer_name": "Åsa Öberg", "category": "pay_later"}`)
	ctx := t.Context()

	res, err := d.PaymentIntent(ctx, o.PaymentIntent)
	if err != nil {
		t.Fatal(err)
	}
	pi, ch := res.Snapshots[0].PaymentIntent, res.Snapshots[1].Charge
	equal(t, "authorized", []any{pi.Status, pi.AmountCapturable, pi.CaptureMethod, pi.Currency, pi.LatestCharge, ch.ID, ch.MethodType, ch.KlarnaCategory, ch.Captured},
		[]any{"requires_capture", int64(14990), "manual", "SEK", o.Charge, o.Charge, "klarna", "pay_later", false})
	if res.AsOf < 1_700_000_000 || res.AsOf > 1_700_000_600 || res.RequestID == "" {
		t.Errorf("clock %d, request %q", res.AsOf, res.RequestID)
	}

	if _, err = d.UpdateShipping(ctx, o.PaymentIntent, recipient, "ship"); err != nil {
		t.Fatal(err)
	}
	res, err = d.Capture(ctx, o.PaymentIntent, 10000, "cap")
	if err != nil {
		t.Fatal(err)
	}
	pi, ch = res.Snapshots[0].PaymentIntent, res.Snapshots[1].Charge
	equal(t, "captured", []any{pi.Status, pi.AmountReceived, ch.Captured, ch.AmountCaptured, pi.Shipping}, []any{"succeeded", int64(10000), true, int64(10000), recipient})
	bt := res.Snapshots[2].BalanceTransaction
	if bt == nil || bt.ID != ch.BalanceTransaction || bt.Net != bt.Amount-bt.Fee || bt.ReportingCategory != "charge" {
		t.Errorf("balance transaction %+v", bt)
	}

	again, err := d.Capture(ctx, o.PaymentIntent, 10000, "cap")
	if err != nil || again.Snapshots[0].PaymentIntent.Status != "succeeded" {
		t.Errorf("the same key again: %v", err)
	}
	_, err = d.Capture(ctx, o.PaymentIntent, 10000, "cap2")
	refusedWith(t, err, "payment_intent_unexpected_state")
	_, err = d.Capture(ctx, o.PaymentIntent, 9000, "cap")
	if e := asError(err); e == nil || e.Kind != models.KindUnknown || e.Code != payments.CodeCachedFailure {
		t.Errorf("the key with another amount: %v", err)
	}

	if _, err = d.UpdateChargeShipping(ctx, o.Charge, recipient, "push"); err != nil {
		t.Fatal(err)
	}
	res, err = d.Object(ctx, models.ObjectCharge, o.Charge)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "tracking on the charge", res.Snapshots[0].Charge.Shipping, recipient)
}

func TestRefusalsOfTheSimulator(t *testing.T) {
	d := newDesk(t)
	ctx := t.Context()
	o := d.order(`{"amount": 5000}`)
	_, err := d.Capture(ctx, o.PaymentIntent, 5001, "k1")
	refusedWith(t, err, "amount_too_large")
	res, err := d.Cancel(ctx, o.PaymentIntent, "requested_by_customer", "k2")
	if err != nil || res.Snapshots[0].PaymentIntent.Status != "canceled" || res.Snapshots[0].PaymentIntent.CancellationReason != "requested_by_customer" {
		t.Errorf("cancel: %v", err)
	}
	_, err = d.Capture(ctx, o.PaymentIntent, 5000, "k3")
	refusedWith(t, err, "payment_intent_unexpected_state")
	_, err = d.Capture(ctx, "pi_nobody", 5000, "k4")
	refusedWith(t, err, "resource_missing")
	if _, err = d.PaymentIntent(ctx, "pi_nobody"); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("a payment that does not exist: %v", err)
	}
	other, err := payments.New(payments.Config{Key: "sk_test_other", APIBase: d.base})
	if err != nil {
		t.Fatal(err)
	}
	_, err = other.Cancel(ctx, o.PaymentIntent, "", "k5")
	refusedWith(t, err, "invalid_api_key", "api_key_invalid")
}

// TestUnknownOutcomesOverTheWire: the work is done, the answer is lost, and the same key tells.
func TestUnknownOutcomesOverTheWire(t *testing.T) {
	const capture = `"method": "POST", "path": "/v1/payment_intents/*/capture"`
	for name, fault := range map[string]string{
		"500 after the work":      `"status": 502, "after_commit": true, "body": "<html>"`,
		"half an answer":          `"truncate_at": 100`,
		"dropped after the work":  `"after_commit": true, "drop": true`,
		"garbage after the work":  `"status": 200, "after_commit": true, "body": "ok"`,
		"something else with 200": `"status": 200, "after_commit": true, "body": "{}"`,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			o := d.order(`{"amount": 5000}`)
			d.control("/_sim/faults", `{`+capture+`, `+fault+`}`, nil)
			if _, err := d.Capture(t.Context(), o.PaymentIntent, 5000, "k"); !models.IsKind(err, models.KindUnknown) {
				t.Fatalf("got %v, want KindUnknown", err)
			}
			res, err := d.PaymentIntent(t.Context(), o.PaymentIntent)
			if err != nil || res.Snapshots[0].PaymentIntent.Status != "succeeded" {
				t.Errorf("after it: %v", err)
			}
			if res, err = d.Capture(t.Context(), o.PaymentIntent, 5000, "k"); err != nil || res.Snapshots[0].PaymentIntent.AmountReceived != 5000 {
				t.Errorf("the same key again: %v", err)
			}
		})
	}
}

func TestTooManyIsRepeated(t *testing.T) {
	d := newDesk(t)
	o := d.order(`{"amount": 5000}`)
	d.control("/_sim/faults", `{"method": "POST", "path": "/v1/payment_intents/*/capture", "status": 429, "times": 1, "error": {"type": "invalid_request_error", "code": "rate_limit"}}`, nil)
	if _, err := d.Capture(t.Context(), o.PaymentIntent, 5000, "k"); err != nil {
		t.Error(err)
	}
	if n := d.requests("POST", "/v1/payment_intents/"+o.PaymentIntent+"/capture"); n != 2 {
		t.Errorf("%d requests, want 2", n)
	}
}

// TestListsOfAShop pages through everything of a made shop: each list is whole, without repeats, and agrees with itself.
func TestListsOfAShop(t *testing.T) {
	d := newDesk(t)
	d.control("/_sim/shop", `{"orders": 240, "seed": 7}`, nil)
	ctx := payments.InLane(t.Context(), payments.LaneBulk)
	for _, kind := range []models.ObjectKind{models.ObjectPaymentIntent, models.ObjectCharge, models.ObjectRefund, models.ObjectDispute,
		models.ObjectPayout, models.ObjectBalanceTransaction} {
		seen, q, refs, last := map[string]bool{}, payments.ListQuery{}, 0, ""
		for {
			page, err := d.List(ctx, kind, q)
			if err != nil || len(page.Refused) > 0 {
				t.Fatalf("%s: %v %v", kind, err, page.Refused)
			}
			for _, s := range page.Snapshots {
				switch {
				case s.Kind != kind:
					refs++
				case seen[s.ID]:
					t.Fatalf("%s %s came twice", kind, s.ID)
				default:
					seen[s.ID], last = true, s.ID
				}
			}
			if !page.More {
				break
			}
			q.StartingAfter = page.LastID
		}
		t.Logf("%s: %d, expanded in them %d", kind, len(seen), refs)
		if len(seen) == 0 || (kind == models.ObjectPaymentIntent && (len(seen) < 240 || refs == 0)) {
			t.Errorf("%s: only %d", kind, len(seen))
		}
		if res, err := d.Object(ctx, kind, last); err != nil || res.Snapshots[0].ID != last {
			t.Errorf("%s %s: %v", kind, last, err)
		}
	}
	payoutLines(t, d)
}

// payoutLines: what an automatic payout carried adds up to nothing together with the payout's own row.
func payoutLines(t *testing.T, d *desk) {
	page, err := d.List(t.Context(), models.ObjectPayout, payments.ListQuery{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range page.Snapshots {
		if !s.Payout.Automatic || s.Payout.ReconciliationStatus != "completed" {
			continue
		}
		lines, err := d.List(t.Context(), models.ObjectBalanceTransaction, payments.ListQuery{Payout: s.ID})
		if err != nil || lines.More || len(lines.Snapshots) < 2 {
			t.Fatalf("lines of %s: %d, %v", s.ID, len(lines.Snapshots), err)
		}
		sum := int64(0)
		for _, l := range lines.Snapshots {
			sum += l.BalanceTransaction.Net
			if l.BalanceTransaction.PayoutID != s.ID {
				t.Errorf("line %s does not name its payout", l.ID)
			}
		}
		if sum != 0 {
			t.Errorf("payout %s: its lines add up to %d", s.ID, sum)
		}
		return
	}
	t.Error("the shop has no payout to look into")
}

func TestEventsAndBalance(t *testing.T) {
	d := newDesk(t)
	o := d.order(`{"amount": 5000}`)
	if _, err := d.Capture(t.Context(), o.PaymentIntent, 5000, "k"); err != nil {
		t.Fatal(err)
	}
	page, err := d.ListEvents(t.Context(), payments.ListQuery{Types: []string{"payment_intent.succeeded"}})
	if err != nil || len(page.Events) != 1 {
		t.Fatalf("%d events, %v", len(page.Events), err)
	}
	e := page.Events[0]
	equal(t, "event", []any{e.Type, e.ObjectID, e.PaymentIntentID, e.ObjectKind, e.APIVersion},
		[]any{"payment_intent.succeeded", o.PaymentIntent, o.PaymentIntent, models.ObjectPaymentIntent, "2023-10-16"})
	if snaps, err := e.Snapshots(); err != nil || snaps[0].PaymentIntent.AmountReceived != 5000 {
		t.Errorf("its object: %v", err)
	}
	balances, asOf, err := d.Balance(t.Context())
	if err != nil || len(balances) != 1 || balances[0].Currency != "EUR" || balances[0].Total() >= 5000 || balances[0].Total() <= 4000 || asOf == 0 {
		t.Errorf("balance after a capture of EUR 50.00, less its fee: %+v at %d, %v", balances, asOf, err)
	}
}

// TestSimulatorsSignatureIsStripes: what the simulator signs, we accept.
func TestSimulatorsSignatureIsStripes(t *testing.T) {
	body, now := []byte(`{"id":"evt_1"}`), time.Now()
	if err := payments.VerifySignature(body, stripesim.Sign(body, "whsec_x", now), "whsec_x", now); err != nil {
		t.Error(err)
	}
}

func asError(err error) *models.Error {
	var e *models.Error
	if errors.As(err, &e) {
		return e
	}
	return nil
}

func refusedWith(t *testing.T, err error, codes ...string) {
	t.Helper()
	e := asError(err)
	if e == nil || e.Kind != models.KindRefused {
		t.Errorf("got %v, want KindRefused", err)
		return
	}
	for _, c := range codes {
		if e.Code == c {
			return
		}
	}
	t.Errorf("code %q, want %q", e.Code, codes)
}
