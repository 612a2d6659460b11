package payments

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"

	"counterfoil/models"
)

// benchEvent is a charge event of about 3 kB, as Stripe sends it.
const benchEvent = `{
  "id": "evt_3MtwBwLkdIwHu7ix1bL2", "object": "event", "api_version": "2023-10-16", "created": 1700000000, "data": {"object": {
    "id": "py_3MtwBwLkdIwHu7ix1bL2", "object": "charge", "amount": 14990, "amount_captured": 14990, "amount_refunded": 0,
    "application": null, "application_fee": null, "application_fee_amount": null, "balance_transaction": "txn_3MtwBwLkdIwHu7ix1bL2",
    "billing_details": {"address": {"city": "Stockholm", "country": "SE", "line1": "Storgatan 1", "line2": null, "postal_code": "111 22", "state": null},
      "email": "asa.oberg@example.com", "name": "Åsa Öberg", "phone": null},
    "calculated_statement_descriptor": "NORDIC GOODS", "captured": true, "created": 1699990000, "currency": "sek", "customer": null,
    "description": "Order 20017", "destination": null, "dispute": null, "disputed": false, "failure_balance_transaction": null,
    "failure_code": null, "failure_message": null, "fraud_details": {}, "invoice": null, "livemode": false,
    "metadata": {"order_id": "20017", "shop": "nordic-goods"}, "on_behalf_of": null, "order": null,
    "outcome": {"network_status": "approved_by_network", "reason": null, "risk_level": "normal", "risk_score": 20,
      "seller_message": "Payment complete.", "type": "authorized"},
    "paid": true, "payment_intent": "pi_3MtwBwLkdIwHu7ix28a3tqPa", "payment_method": "pm_1MtwBwLkdIwHu7ixUEgbFdYF",
    "payment_method_details": {"klarna": {"payer_details": {"address": {"country": "SE"}}, "payment_method_category": "pay_later",
      "preferred_locale": "sv-SE"}, "type": "klarna"},
    "receipt_email": null, "receipt_number": null,
    "receipt_url": "https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8xTTJKVGtMa2RJd0h1N2l4KOCXmaEGMgZFhZk0Dt46LBYKZ5rKsoTSXt",
    "refunded": false, "review": null,
    "shipping": {"address": {"city": "Stockholm", "country": "SE", "line1": "Storgatan 1", "line2": "", "postal_code": "111 22", "state": ""},
      "carrier": "PostNord Sweden", "name": "Åsa Öberg", "phone": "+46701234567", "tracking_number": "UC123456785SE"},
    "source": null, "source_transfer": null, "statement_descriptor": null, "statement_descriptor_suffix": null, "status": "succeeded",
    "transfer_data": null, "transfer_group": null},
    "previous_attributes": {"balance_transaction": null, "captured": false, "amount_captured": 0, "receipt_url":
      "https://pay.stripe.com/receipts/payment/CAcaFwoVYWNjdF8xTTJKVGtMa2RJd0h1N2l4KOCXmaEGMgZFhZk0Dt46LBYKZ5rKsoTSXt"}},
  "livemode": false, "pending_webhooks": 2, "request": {"id": "req_9Xk2aJm4xXyz12", "idempotency_key": "cap_01HF4ZQ"}, "type": "charge.captured"}`

// FuzzScanner holds the scanner to encoding/json: it accepts the same texts up to its depth, and reads the same strings and numbers.
func FuzzScanner(f *testing.F) {
	for _, seed := range []string{benchEvent, `"\ud83d\ude00\u00"`, `"\ud800"`, "\"\xff\"", "\"\xce\xce\"", `-0`, `01`, `1.`, `1e+9`, `[1,]`, `{"a":1,}`, `{"a" :nul}`,
		` [ { } , [ ] , true , false , null ] `, "\"\x01\"", `{"\u0061":{"a":-12}}`, "1\x00", `9223372036854775808`, `"\/"`, `"\x"`, "\ufeff{}"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		s := scanner{src: raw}
		s.skip()
		s.end()
		if valid := json.Valid(raw); valid != (s.err == nil) && !tooDeep(s.err) {
			t.Fatalf("valid %v, but scanner says %v", valid, s.err)
		}
		compareText(t, raw)
		compareWhole(t, raw)
	})
}

func tooDeep(err error) bool {
	var fe *fieldError
	return errors.As(err, &fe) && fe.problem == "is nested too deeply"
}

func compareText(t *testing.T, raw []byte) {
	s := scanner{src: raw}
	got := s.text()
	s.end()
	var want *string
	if json.Unmarshal(raw, &want) == nil && want != nil && (got != *want || s.err != nil) {
		t.Fatalf("text %q, want %q (%v)", got, *want, s.err)
	}
}

func compareWhole(t *testing.T, raw []byte) {
	s := scanner{src: raw}
	got := s.whole("n")
	s.end()
	var want *int64
	err := json.Unmarshal(raw, &want)
	if (err == nil) != (s.err == nil) {
		t.Fatalf("whole: %v, encoding/json: %v", s.err, err)
	}
	if err == nil && (got.set != (want != nil) || (want != nil && got.v != *want)) {
		t.Fatalf("whole %v, want %v", got, want)
	}
}

// FuzzParse looks for panics, for amounts that are not in the source, and for raw bytes that are not JSON.
func FuzzParse(f *testing.F) {
	e, err := ParseEvent([]byte(benchEvent))
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte(benchEvent))
	f.Add([]byte(e.Object))
	f.Add([]byte(`{"id":"pi_1","object":"payment_intent","amount":5,"currency":"eur","created":1,"latest_charge":{"id":"py_1","object":"charge",` +
		`"amount":5,"currency":"eur","created":1,"refunds":{"data":[{"id":"re_1","object":"refund","amount":1,"currency":"eur","created":1}]}}}`))
	f.Add([]byte(`{"id":"du_1","object":"dispute","amount":5,"currency":"eur","created":1,"balance_transactions":[{"id":"txn_1",` +
		`"object":"balance_transaction","amount":-5,"fee":1,"net":-6,"currency":"eur","created":1,"source":"du_1"}]}`))
	f.Fuzz(func(t *testing.T, raw []byte) {
		if e, err := ParseEvent(raw); err == nil {
			_, _ = e.Snapshots()
		}
		snaps, err := ParseObject(raw, 7)
		if err != nil {
			return
		}
		for _, s := range snaps {
			checkAgainstJSON(t, s)
		}
	})
}

func checkAgainstJSON(t *testing.T, s models.Snapshot) {
	d := json.NewDecoder(bytes.NewReader(s.Raw))
	d.UseNumber()
	var source map[string]any
	if err := d.Decode(&source); err != nil {
		t.Fatalf("%s: raw is not an object: %v", s.ID, err)
	}
	amount, currency := moneyOf(s)
	n, _ := source["amount"].(json.Number)
	if want, err := n.Int64(); err != nil || want != amount || currency == "" {
		t.Fatalf("%s: amount %d %s, the source says %v", s.ID, amount, currency, source["amount"])
	}
}

func moneyOf(s models.Snapshot) (int64, string) {
	switch s.Kind {
	case models.ObjectPaymentIntent:
		return s.PaymentIntent.Amount, s.PaymentIntent.Currency
	case models.ObjectCharge:
		return s.Charge.Amount, s.Charge.Currency
	case models.ObjectRefund:
		return s.Refund.Amount, s.Refund.Currency
	case models.ObjectDispute:
		return s.Dispute.Amount, s.Dispute.Currency
	case models.ObjectPayout:
		return s.Payout.Amount, s.Payout.Currency
	}
	return s.BalanceTransaction.Amount, s.BalanceTransaction.Currency
}

// BenchmarkParse is the parsing share of one webhook: envelope and charge.
func BenchmarkParse(b *testing.B) {
	raw := []byte(benchEvent)
	b.SetBytes(int64(len(raw)))
	b.ReportAllocs()
	for b.Loop() {
		e, err := ParseEvent(raw)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := e.Snapshots(); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEncodingJSON is the yardstick: encoding/json checking the same bytes and decoding no more than the envelope.
func BenchmarkEncodingJSON(b *testing.B) {
	raw := []byte(benchEvent)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		var e struct {
			ID   string `json:"id"`
			Type string `json:"type"`
			Data struct {
				Object json.RawMessage `json:"object"`
			} `json:"data"`
		}
		if err := json.Unmarshal(raw, &e); err != nil {
			b.Fatal(err)
		}
	}
}
