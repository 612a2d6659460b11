package payments_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/payments"
)

const klarnaCharge = `{
  "object": "charge", "id": "py_1", "amount": 14990, "amount_captured": 10000, "amount_refunded": 4990, "currency": "sek",
  "balance_transaction": {"id": "txn_1", "object": "balance_transaction", "amount": 14990, "fee": 300, "net": 14690, "currency": "sek",
    "created": 1700000100, "available_on": 1700600000, "status": "pending", "type": "payment", "reporting_category": "charge",
    "source": "py_1", "description": null},
  "billing_details": {"name": "\u00c5sa \ud83d\ude00 \"O\"", "email": "asa@example.com", "phone": null,
    "address": {"city": "Malmö", "country": "SE", "line1": "Väg 1", "line2": null, "postal_code": "211 20", "state": null}},
  "captured": true, "created": 1700000000, "customer": {"id": "cus_1", "object": "customer", "deleted": true},
  "disputed": true, "livemode": true, "metadata": {}, "payment_intent": "pi_1", "refunded": false, "status": "succeeded",
  "payment_method_details": {"type": "klarna", "klarna": {"payment_method_category": "pay_later", "preferred_locale": "sv-SE",
    "payer_details": {"address": {"country": "SE"}}}},
  "refunds": {"object": "list", "has_more": false, "data": [
    {"id": "pyr_1", "object": "refund", "amount": 100, "currency": "sek", "created": 1700000200, "status": "brand_new",
     "reason": null, "metadata": {"operation_id": "op_1", "n": 5, "deep": {"a": [1, 2]}, "none": null}, "charge": "py_1"}]},
  "shipping": {"name": "Åsa", "phone": "+46", "carrier": "PostNord", "tracking_number": "UC1", "address": {"line1": "Väg 1", "country": "SE"}}
}`

func wantCharge() *models.Charge {
	return &models.Charge{
		ID: "py_1", PaymentIntentID: "pi_1", Amount: 14990, AmountCaptured: 10000, AmountRefunded: 4990, Currency: "SEK",
		Status: "succeeded", Captured: true, Disputed: true, Created: 1700000000, MethodType: "klarna", KlarnaCategory: "pay_later",
		PreferredLocale: "sv-SE", PayerCountry: "SE", BillingName: "Åsa 😀 \"O\"", BillingEmail: "asa@example.com",
		Billing:    models.Address{Line1: "Väg 1", PostalCode: "211 20", City: "Malmö", Country: "SE"},
		CustomerID: "cus_1", BalanceTransaction: "txn_1",
		Shipping: models.Shipping{Name: "Åsa", Phone: "+46", Carrier: "PostNord", TrackingNumber: "UC1",
			Address: models.Address{Line1: "Väg 1", Country: "SE"}},
	}
}

func TestParseObjectSplitsWhatIsExpanded(t *testing.T) {
	raw := `{"id": "pi_1", "object": "payment_intent", "amount": 14990, "amount_capturable": 0, "amount_received": 10000,
	  "canceled_at": null, "capture_method": "automatic", "created": 1699999000, "currency": "sek", "customer": null, "livemode": true,
	  "description": "Order 7", "metadata": {"order_id": "7"}, "receipt_email": "asa@example.com", "status": "succeeded",
	  "payment_method_types": ["card", "klarna"], "payment_method_options": {"card": {}, "klarna": {"capture_method": "manual"}},
	  "last_payment_error": {"code": "payment_method_customer_decline", "message": "Declined.", "type": "card_error"},
	  "shipping": null, "latest_charge": ` + klarnaCharge + `}`
	got := mustParse(t, raw, 42)
	want := []models.Snapshot{
		{Kind: models.ObjectPaymentIntent, ID: "pi_1", Livemode: true, AsOf: 42, PaymentIntent: &models.PaymentIntent{
			ID: "pi_1", Amount: 14990, AmountReceived: 10000, Currency: "SEK", Status: "succeeded", CaptureMethod: "manual",
			PaymentMethodTypes: []string{"card", "klarna"}, LatestCharge: "py_1", Created: 1699999000, Description: "Order 7",
			Metadata: map[string]string{"order_id": "7"}, ReceiptEmail: "asa@example.com",
			LastErrorCode: "payment_method_customer_decline", LastErrorMessage: "Declined.",
		}},
		{Kind: models.ObjectCharge, ID: "py_1", Livemode: true, AsOf: 42, Charge: wantCharge()},
		{Kind: models.ObjectBalanceTransaction, ID: "txn_1", Livemode: true, AsOf: 42, BalanceTransaction: &models.BalanceTransaction{
			ID: "txn_1", Amount: 14990, Fee: 300, Net: 14690, Currency: "SEK", Type: "payment", ReportingCategory: "charge",
			SourceID: "py_1", Status: "pending", AvailableOn: 1700600000, Created: 1700000100,
		}},
		{Kind: models.ObjectRefund, ID: "pyr_1", Livemode: true, AsOf: 42, Refund: &models.Refund{
			ID: "pyr_1", ChargeID: "py_1", PaymentIntentID: "pi_1", Amount: 100, Currency: "SEK", Status: "brand_new",
			OperationID: "op_1", Created: 1700000200,
		}},
	}
	wantRaw := []string{raw, klarnaCharge, between(raw, `{"id": "txn_1"`, `null}`), between(raw, `{"id": "pyr_1"`, `"charge": "py_1"}`)}
	for i := range got {
		if d := cmp.Diff(wantRaw[i], string(got[i].Raw)); d != "" {
			t.Errorf("raw of %s (-want +got):\n%s", got[i].ID, d)
		}
		got[i].Raw = nil
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("snapshots (-want +got):\n%s", d)
	}
}

func TestParseObjectKeepsItsOwnBytes(t *testing.T) {
	raw := []byte(klarnaCharge)
	snaps, err := payments.ParseObject(raw, 1)
	if err != nil {
		t.Fatal(err)
	}
	clear(raw)
	for _, s := range snaps {
		if !json.Valid(s.Raw) {
			t.Errorf("%s: its raw JSON went with the caller's buffer", s.ID)
		}
	}
	_ = append(snaps[1].Raw, "overwritten"...)
	if !json.Valid(snaps[0].Raw) {
		t.Error("appending to one snapshot's bytes wrote into another's")
	}
}

func TestParseObjectOldAndOddShapes(t *testing.T) {
	const money = `"amount": 500, "currency": "eur", "created": 1600000000`
	tests := []struct {
		name, raw string
		check     func(t *testing.T, snaps []models.Snapshot)
	}{
		{"charges.data[0] is the latest charge", `{"id": "pi_1", "object": "payment_intent", ` + money + `, "status": "requires_capture",
		  "amount_capturable": 500, "charges": {"object": "list", "data": [
		    {"id": "ch_new", "object": "charge", ` + money + `, "captured": false, "amount_refunded": 0},
		    {"id": "ch_old", "object": "charge", ` + money + `, "captured": false, "amount_refunded": 0}]}}`,
			func(t *testing.T, s []models.Snapshot) {
				equal(t, "ids", ids(s), []string{"pi_1", "ch_new"})
				equal(t, "latest charge", s[0].PaymentIntent.LatestCharge, "ch_new")
				equal(t, "the charge's payment", s[1].Charge.PaymentIntentID, "pi_1")
			}},
		{"plain references", `{"id": "pi_1", "object": "payment_intent", ` + money + `, "status": "canceled", "latest_charge": "py_9",
		  "customer": "cus_9", "payment_method_options": {"klarna": null}, "capture_method": "manual", "canceled_at": 7}`,
			func(t *testing.T, s []models.Snapshot) {
				pi := s[0].PaymentIntent
				equal(t, "fields", []string{pi.LatestCharge, pi.CustomerID, pi.CaptureMethod}, []string{"py_9", "cus_9", "manual"})
				equal(t, "canceled", pi.CanceledAt, models.Unix(7))
			}},
		{"charge from before amount_captured", `{"id": "ch_1", "object": "charge", ` + money + `, "captured": true, "amount_refunded": 0}`,
			func(t *testing.T, s []models.Snapshot) { equal(t, "captured", s[0].Charge.AmountCaptured, int64(500)) }},
		{"partly refunded charge from before amount_captured, within its payment", `{"id": "pi_1", "object": "payment_intent", ` + money + `, "status": "succeeded",
		  "amount_received": 400, "charges": {"data": [{"id": "ch_1", "object": "charge", ` + money + `, "captured": true, "amount_refunded": 150}]}}`,
			func(t *testing.T, s []models.Snapshot) { equal(t, "captured", s[1].Charge.AmountCaptured, int64(400)) }},
		{"id and object last", `{` + money + `, "livemode": true, "charge": {"object": "charge", ` + money + `, "id": "py_1"}, "object": "refund", "id": "pyr_1"}`,
			func(t *testing.T, s []models.Snapshot) {
				equal(t, "ids", ids(s), []string{"pyr_1", "py_1"})
				equal(t, "the refund's charge", s[0].Refund.ChargeID, "py_1")
				equal(t, "modes", []bool{s[0].Livemode, s[1].Livemode}, []bool{true, true})
			}},
		{"refund that came before its charge's id", `{"refunds": {"data": [{"id": "re_1", "object": "refund", ` + money + `}]}, "payment_intent": "pi_1",
		  "object": "charge", "id": "ch_1", ` + money + `}`,
			func(t *testing.T, s []models.Snapshot) {
				equal(t, "refund", []string{s[1].Refund.ChargeID, s[1].Refund.PaymentIntentID}, []string{"ch_1", "pi_1"})
			}},
		{"dispute with Klarna's reasons", `{"id": "du_1", "object": "dispute", ` + money + `, "charge": "py_1", "payment_intent": "pi_1", "status": "prevented",
		  "reason": "noncompliant", "is_charge_refundable": true, "evidence_details": {"due_by": 1700000000, "has_evidence": true, "past_due": false, "submission_count": 1},
		  "payment_method_details": {"type": "klarna", "klarna": {"reason_code": "Return", "chargeback_loss_reason_code": "x"}},
		  "metadata": {"operation_id": "sub_1", "order": "R-1"}, "balance_transactions": [{"id": "txn_1", "object": "balance_transaction",
		  "amount": -8391, "currency": "cad", "created": 1600000000, "fee": 1500, "net": -9891, "source": "du_1", "reporting_category": "dispute"}]}`,
			func(t *testing.T, s []models.Snapshot) {
				equal(t, "ids", ids(s), []string{"du_1", "txn_1"})
				equal(t, "money row", s[1].BalanceTransaction, &models.BalanceTransaction{ID: "txn_1", Amount: -8391, Fee: 1500, Net: -9891,
					Currency: "CAD", SourceID: "du_1", ReportingCategory: "dispute", Created: 1600000000})
				equal(t, "dispute", s[0].Dispute, &models.Dispute{ID: "du_1", ChargeID: "py_1", PaymentIntentID: "pi_1", Amount: 500, Currency: "EUR",
					Status: "prevented", Reason: "noncompliant", KlarnaReason: "Return", KlarnaLossReason: "x", MethodType: "klarna",
					DueBy: 1700000000, HasEvidence: true, SubmissionCount: 1, IsRefundable: true, OperationID: "sub_1", Created: 1600000000})
			}},
		{"negative payout", `{"id": "po_1", "object": "payout", "amount": -700, "currency": "JPY", "created": 5, "arrival_date": 9, "automatic": true,
		  "trace_id": {"status": "supported", "value": "T1"}, "destination": {"id": "ba_1", "object": "bank_account"}, "status": "paid",
		  "reconciliation_status": "completed", "method": "standard"}`,
			func(t *testing.T, s []models.Snapshot) {
				equal(t, "payout", s[0].Payout, &models.Payout{ID: "po_1", Amount: -700, Currency: "JPY", Status: "paid", Automatic: true, Method: "standard",
					ReconciliationStatus: "completed", TraceID: "T1", Destination: "ba_1", ArrivalDate: 9, Created: 5})
			}},
		{"balance transaction with expanded source", `{"id": "txn_1", "object": "balance_transaction", ` + money + `, "fee": 0, "net": 500,
		  "source": {"id": "tr_1", "object": "transfer", "amount": "not ours"}}`,
			func(t *testing.T, s []models.Snapshot) {
				equal(t, "ids", ids(s), []string{"txn_1"})
				equal(t, "source", s[0].BalanceTransaction.SourceID, "tr_1")
			}},
		{"the same charge twice", `{"id": "pyr_1", "object": "refund", ` + money + `, "charge": {"id": "py_1", "object": "charge", ` + money + `},
		  "payment_intent": {"id": "pi_1", "object": "payment_intent", ` + money + `, "latest_charge": {"id": "py_1", "object": "charge", ` + money + `}}}`,
			func(t *testing.T, s []models.Snapshot) { equal(t, "ids", ids(s), []string{"pyr_1", "py_1", "pi_1"}) }},
		{"metadata of every type", `{"id": "pi_1", "object": "payment_intent", ` + money + `, "metadata": {"a": 1.5, "b": true, "c": null, "d": {"e": []}, "f\u0067": "h"}}`,
			func(t *testing.T, s []models.Snapshot) {
				equal(t, "metadata", s[0].PaymentIntent.Metadata, map[string]string{"a": "1.5", "b": "true", "c": "", "d": `{"e": []}`, "fg": "h"})
			}},
		{"the largest amount", `{"id": "po_1", "object": "payout", "amount": 9223372036854775807, "currency": "eur", "created": 1}`,
			func(t *testing.T, s []models.Snapshot) {
				equal(t, "amount", s[0].Payout.Amount, int64(9223372036854775807))
			}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { tt.check(t, mustParse(t, tt.raw, 1)) })
	}
}

func TestParseObjectRefuses(t *testing.T) {
	const charge = `"id": "py_1", "object": "charge", "created": 1`
	tests := []struct{ name, raw, field, message string }{
		{"a kind that is not mirrored", `{"id": "cus_1", "object": "customer"}`, "object", "The object type customer is not mirrored cus_1."},
		{"an object without a kind", `{}`, "object", "(none)"},
		{"a fraction", `{` + charge + `, "amount": 10.00, "currency": "eur"}`, "amount", "The charge py_1 was not taken: its field amount is not a whole number."},
		{"an exponent", `{` + charge + `, "amount": 1e3, "currency": "eur"}`, "amount", "not a whole number"},
		{"a text", `{` + charge + `, "amount": "10.00", "currency": "eur"}`, "amount", "not a whole number"},
		{"a huge amount", `{` + charge + `, "amount": 9223372036854775808, "currency": "eur"}`, "amount", "too large"},
		{"no amount", `{` + charge + `, "currency": "eur"}`, "amount", "is missing"},
		{"amount null", `{` + charge + `, "amount": null, "currency": "eur"}`, "amount", "is missing"},
		{"no currency", `{` + charge + `, "amount": 1}`, "currency", "is missing"},
		{"currency null", `{` + charge + `, "amount": 1, "currency": null}`, "currency", "is missing"},
		{"no id", `{"object": "charge", "created": 1, "amount": 1, "currency": "eur"}`, "id", "is missing"},
		{"no created", `{"id": "py_1", "object": "charge", "amount": 1, "currency": "eur"}`, "created", "is missing"},
		{"created as a date", `{"id": "py_1", "object": "charge", "amount": 1, "currency": "eur", "created": "2013-10-16"}`, "created", "not a whole number"},
		{"captured, how much is not said", `{` + charge + `, "amount": 9, "currency": "eur", "captured": true, "amount_refunded": 4}`, "amount_captured", "is missing"},
		{"refunded, how much is not said", `{` + charge + `, "amount": 9, "currency": "eur", "refunded": true}`, "amount_refunded", "is missing"},
		{"succeeded without amount_received", `{"id": "pi_1", "object": "payment_intent", "created": 1, "amount": 9, "currency": "eur", "status": "succeeded"}`,
			"amount_received", "is missing"},
		{"requires_capture without amount_capturable", `{"id": "pi_1", "object": "payment_intent", "created": 1, "amount": 9, "currency": "eur", "status": "requires_capture"}`,
			"amount_capturable", "is missing"},
		{"a balance transaction without its fee", `{"id": "txn_1", "object": "balance_transaction", "created": 1, "amount": 9, "currency": "eur", "net": 9}`, "fee", "is missing"},
		{"an expanded charge's balance transaction", `{"id": "pi_1", "object": "payment_intent", "created": 1, "amount": 9, "currency": "eur",
		  "latest_charge": {` + charge + `, "amount": 9, "currency": "eur", "balance_transaction": {"id": "txn_1", "object": "balance_transaction", "amount": 1.5}}}`,
			"latest_charge.balance_transaction.amount", "its field latest_charge.balance_transaction.amount is not a whole number"},
		{"the first old charge", `{"id": "pi_1", "object": "payment_intent", "created": 1, "amount": 9, "currency": "eur",
		  "charges": {"data": [{` + charge + `, "amount": true}]}}`, "charges.data.amount", "not a whole number"},
		{"not JSON", `<html>`, "", "is not valid JSON"},
		{"nothing", ``, "", "is not valid JSON"},
		{"an array", `[]`, "", "is not valid JSON"},
		{"half an object", `{` + charge + `, "amount": 1`, "", "is not valid JSON"},
		{"something after it", klarnaCharge + `{}`, "", "is not valid JSON"},
		{"too deep", `{` + charge + `, "x": ` + strings.Repeat("[", 100_000), "", "nested too deeply"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			snaps, err := payments.ParseObject([]byte(tt.raw), 1)
			var e *models.Error
			if !errors.As(err, &e) || e.Kind != models.KindInvalid || snaps != nil {
				t.Fatalf("got %v and %d snapshots, want KindInvalid", err, len(snaps))
			}
			equal(t, "field", e.Field, tt.field)
			if !strings.Contains(e.Message, strings.TrimSuffix(tt.message, " cus_1.")) {
				t.Errorf("message %q does not say %q", e.Message, tt.message)
			}
		})
	}
}

func mustParse(t *testing.T, raw string, asOf models.Unix) []models.Snapshot {
	t.Helper()
	snaps, err := payments.ParseObject([]byte(raw), asOf)
	if err != nil {
		t.Fatal(err)
	}
	return snaps
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%s (-want +got):\n%s", what, d)
	}
}

func ids(snaps []models.Snapshot) (all []string) {
	for _, s := range snaps {
		all = append(all, s.ID)
	}
	return all
}

func between(s, from, to string) string {
	i := strings.Index(s, from)
	j := strings.Index(s[i:], to)
	return s[i : i+j+len(to)]
}
