package stripesim_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

func TestCaptureInFull(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, chargeID := w.order(`{"amount":14990,"currency":"eur","country":"DE","order_reference":"NG-1","customer_name":"Jürgen Weiß","category":"pay_now"}`)

	before := w.intent(id)
	if before.Status != stripe.PaymentIntentStatusRequiresCapture || before.AmountCapturable != 14990 || before.AmountReceived != 0 {
		t.Fatalf("authorized: %s %d %d", before.Status, before.AmountCapturable, before.AmountReceived)
	}
	ch := before.LatestCharge
	if ch.ID != chargeID || chargeID[:3] != "py_" || ch.PaymentMethodDetails.Type != "klarna" || ch.BalanceTransaction != nil || ch.Captured {
		t.Fatalf("charge: %+v", ch)
	}
	if got := ch.PaymentMethodDetails.Klarna.PaymentMethodCategory; got != "pay_now" {
		t.Errorf("category %s", got)
	}
	if before.Metadata["order_id"] != "NG-1" || ch.BillingDetails.Name != "Jürgen Weiß" || before.Shipping.Name != "Jürgen Weiß" {
		t.Errorf("who: %v %q %q", before.Metadata, ch.BillingDetails.Name, before.Shipping.Name)
	}
	if ch.Created != start.Unix() && ch.Created > start.Unix()+60 {
		t.Errorf("created %d, want the simulated time %d", ch.Created, start.Unix())
	}

	seen := len(w.eventTypes(0))
	after, err := w.capture(id, 0, "key-1")
	if err != nil {
		t.Fatal(err)
	}
	if after.Status != stripe.PaymentIntentStatusSucceeded || after.AmountReceived != 14990 || after.AmountCapturable != 0 {
		t.Errorf("captured: %s %d %d", after.Status, after.AmountReceived, after.AmountCapturable)
	}
	txn := after.LatestCharge.BalanceTransaction
	if txn.Type != "payment" || txn.ReportingCategory != "charge" || txn.Amount != 14990 || txn.Fee <= 0 || txn.Net != 14990-txn.Fee ||
		txn.Status != "pending" || len(txn.FeeDetails) != 1 {
		t.Errorf("balance transaction: %+v", txn)
	}
	want := []string{"payment_intent.succeeded", "charge.captured", "charge.updated"}
	if diff := cmp.Diff(want, w.eventTypes(seen)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	w.advance("120h")
	got, err := w.stripe.BalanceTransactions.Get(txn.ID, nil)
	if err != nil || got.Status != "available" {
		t.Errorf("after five days: %v %v, want available", got, err)
	}
}

func TestCaptureHappensOnce(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	captured, _ := w.order(`{}`)
	if _, err := w.capture(captured, 0, ""); err != nil {
		t.Fatal(err)
	}
	canceled, _ := w.order(`{}`)
	if _, err := w.stripe.PaymentIntents.Cancel(canceled, &stripe.PaymentIntentCancelParams{CancellationReason: stripe.String("requested_by_customer")}); err != nil {
		t.Fatal(err)
	}
	expired, _ := w.order(`{"created_ago":"673h"}`)
	started, _ := w.order(`{"state":"started"}`)
	automatic, _ := w.order(`{"capture_method":"automatic"}`)
	for name, id := range map[string]string{"captured": captured, "canceled": canceled, "expired": expired, "started": started, "automatic": automatic} {
		_, err := w.capture(id, 100, "")
		se := mustFail(t, err, 400, "payment_intent_unexpected_state")
		if se.PaymentIntent == nil || se.PaymentIntent.ID != id {
			t.Errorf("%s: the error does not carry the payment intent", name)
		}
	}
	if _, err := w.stripe.PaymentIntents.Cancel(captured, nil); err != nil {
		mustFail(t, err, 400, "payment_intent_unexpected_state")
	} else {
		t.Error("a captured payment could be canceled")
	}
	if _, err := w.capture("pi_nobody", 0, ""); err != nil {
		mustFail(t, err, 404, "resource_missing")
	} else {
		t.Error("a payment that does not exist could be captured")
	}
}

func TestCaptureAmounts(t *testing.T) {
	tests := []struct {
		amount string
		code   string
	}{
		{"12901", "amount_too_large"}, {"0", "parameter_invalid_integer"}, {"-1", "parameter_invalid_integer"},
		{"1.5", "parameter_invalid_integer"}, {"", "parameter_invalid_empty"}, {"12900", ""},
	}
	w := newWorld(t, stripesim.Options{})
	for _, tc := range tests {
		id, _ := w.order(`{"amount":12900}`)
		p := &stripe.PaymentIntentCaptureParams{}
		p.AddExtra("amount_to_capture", tc.amount)
		_, err := w.stripe.PaymentIntents.Capture(id, p)
		if tc.code != "" {
			mustFail(t, err, 400, tc.code)
		} else if err != nil {
			t.Errorf("%q: %v", tc.amount, err)
		}
	}
}

func TestPartialCaptureBooks(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, chargeID := w.order(`{"amount":10000,"currency":"eur","country":"DE"}`)
	full, _ := w.order(`{"amount":6000,"currency":"eur","country":"DE"}`)
	pi, err := w.capture(id, 6000, "")
	if err != nil {
		t.Fatal(err)
	}
	other, err := w.capture(full, 0, "")
	if err != nil {
		t.Fatal(err)
	}
	ch := pi.LatestCharge
	if pi.AmountReceived != 6000 || ch.Amount != 10000 || ch.AmountCaptured != 6000 || ch.AmountRefunded != 4000 || ch.Refunded {
		t.Errorf("captured in part: %d %d %d %d %v", pi.AmountReceived, ch.Amount, ch.AmountCaptured, ch.AmountRefunded, ch.Refunded)
	}
	var rows []*stripe.BalanceTransaction
	it := w.stripe.BalanceTransactions.List(&stripe.BalanceTransactionListParams{Source: stripe.String(chargeID)})
	for it.Next() {
		rows = append(rows, it.BalanceTransaction())
	}
	if len(rows) != 2 {
		t.Fatalf("%d balance transactions, want 2", len(rows))
	}
	reversal, whole := rows[0], rows[1]
	if whole.ReportingCategory != "charge" || whole.Amount != 10000 || whole.ID != ch.BalanceTransaction.ID {
		t.Errorf("charge row: %+v", whole)
	}
	if reversal.ReportingCategory != "partial_capture_reversal" || reversal.Amount != -4000 || reversal.Fee >= 0 {
		t.Errorf("reversal row: %+v", reversal)
	}
	if got, want := whole.Net+reversal.Net, other.LatestCharge.BalanceTransaction.Net; got != want {
		t.Errorf("net of a partial capture %d, of a payment of that size %d", got, want)
	}
}

func TestAuthorizationExpires(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, chargeID := w.order(`{}`)
	seen := len(w.eventTypes(0))
	w.advance("671h59m")
	if got := w.intent(id).Status; got != "requires_capture" {
		t.Fatalf("a minute before 28 days: %s", got)
	}
	w.advance("1m")
	pi := w.intent(id)
	if pi.Status != "canceled" || pi.CancellationReason != "automatic" || pi.AmountCapturable != 0 || pi.CanceledAt != pi.LatestCharge.Created+28*86400 {
		t.Errorf("after 28 days: %s %s %d, canceled at %d", pi.Status, pi.CancellationReason, pi.AmountCapturable, pi.CanceledAt)
	}
	if diff := cmp.Diff([]string{"charge.expired", "payment_intent.canceled"}, w.eventTypes(seen)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	if ch, err := w.stripe.Charges.Get(chargeID, nil); err != nil || ch.Captured || !ch.Refunded {
		t.Errorf("expired charge: %+v %v", ch, err)
	}
}

func TestCheckoutEnds(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{"state":"started"}`)
	if pi := w.intent(id); pi.Status != "requires_action" || pi.NextAction.Type != "redirect_to_url" || pi.LatestCharge != nil {
		t.Fatalf("started: %+v", pi)
	}
	w.advance("48h")
	pi := w.intent(id)
	if pi.Status != "requires_payment_method" || pi.LastPaymentError == nil || pi.LastPaymentError.Code != "payment_intent_payment_attempt_expired" {
		t.Errorf("after 48 hours: %s %v", pi.Status, pi.LastPaymentError)
	}
}

func TestCancelReleases(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{}`)
	_, err := w.stripe.PaymentIntents.Cancel(id, &stripe.PaymentIntentCancelParams{CancellationReason: stripe.String("because")})
	mustFail(t, err, 400, "")
	pi, err := w.stripe.PaymentIntents.Cancel(id, &stripe.PaymentIntentCancelParams{CancellationReason: stripe.String("duplicate")})
	if err != nil || pi.Status != "canceled" || pi.CancellationReason != "duplicate" || pi.AmountCapturable != 0 || pi.CanceledAt == 0 {
		t.Errorf("canceled: %+v %v", pi, err)
	}
}

func TestShipping(t *testing.T) {
	ship := func(name, line1 string) *stripe.ShippingDetailsParams {
		p := &stripe.ShippingDetailsParams{Carrier: stripe.String("DHL Paket"), TrackingNumber: stripe.String("003404")}
		if name != "-" {
			p.Name = stripe.String(name)
		}
		if line1 != "-" {
			p.Address = &stripe.AddressParams{Line1: stripe.String(line1), City: stripe.String("Köln")}
		}
		return p
	}
	w := newWorld(t, stripesim.Options{})
	id, chargeID := w.order(`{}`)
	for _, tc := range []struct{ name, line1, code, param string }{
		{"-", "Weg 1", "parameter_missing", "shipping[name]"}, {"A", "-", "parameter_missing", "shipping[address]"},
		{"", "Weg 1", "parameter_invalid_empty", "shipping[name]"}, {"A", "", "parameter_invalid_empty", "shipping[address][line1]"},
	} {
		_, err := w.stripe.PaymentIntents.Update(id, &stripe.PaymentIntentParams{Shipping: ship(tc.name, tc.line1)})
		if se := mustFail(t, err, 400, tc.code); se.Param != tc.param {
			t.Errorf("param %s, want %s", se.Param, tc.param)
		}
		_, err = w.stripe.Charges.Update(chargeID, &stripe.ChargeParams{Shipping: ship(tc.name, tc.line1)})
		mustFail(t, err, 400, tc.code)
	}
	pi, err := w.stripe.PaymentIntents.Update(id, &stripe.PaymentIntentParams{Shipping: ship("Åsa Öberg", "Weg 1")})
	if err != nil {
		t.Fatal(err)
	}
	if s := pi.Shipping; s.Name != "Åsa Öberg" || s.Carrier != "DHL Paket" || s.Address.City != "Köln" || s.Phone != "" || s.Address.Country != "" {
		t.Errorf("shipping is replaced as one: %+v %+v", s, s.Address)
	}

	w.control("POST", "/_sim/settings", `{"shipping_after_authorization":"refuse"}`, 200, nil)
	_, err = w.stripe.PaymentIntents.Update(id, &stripe.PaymentIntentParams{Shipping: ship("B", "Weg 2")})
	mustFail(t, err, 400, "payment_intent_unexpected_state")
	if _, err := w.capture(id, 0, ""); err != nil {
		t.Fatal(err)
	}
	seen := len(w.eventTypes(0))
	ch, err := w.stripe.Charges.Update(chargeID, &stripe.ChargeParams{Shipping: ship("C", "Weg 3")})
	if err != nil || ch.Shipping.Name != "C" {
		t.Errorf("the charge's shipping: %+v %v", ch, err)
	}
	if diff := cmp.Diff([]string{"charge.updated"}, w.eventTypes(seen)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	w.control("POST", "/_sim/settings", `{"shipping_after_authorization":"maybe"}`, 400, nil)
}

func TestEveryCurrency(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	for _, currency := range []string{"JPY", "bhd", "sek"} {
		id, _ := w.order(`{"amount":1234,"currency":"` + currency + `"}`)
		pi, err := w.capture(id, 1000, "")
		if err != nil || pi.AmountReceived != 1000 {
			t.Errorf("%s: %v", currency, err)
		}
	}
	w.control("POST", "/_sim/orders", `{"currency":"xxx"}`, 400, nil)
	w.control("POST", "/_sim/orders", `{"amout":5}`, 400, nil)
	w.control("POST", "/_sim/orders", `{"created_ago":"3 days"}`, 400, nil)
}

func TestCreatedAgo(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{"created_ago":"72h"}`)
	want := w.sim.Now().Add(-72 * time.Hour).Unix()
	if got := w.intent(id).LatestCharge.Created; got < want-2 || got > want {
		t.Errorf("created %d, want %d", got, want)
	}
}
