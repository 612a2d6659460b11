package stripesim_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

func (w *world) captured(body string) (intent, charge string) {
	w.t.Helper()
	intent, charge = w.order(body)
	if _, err := w.capture(intent, 0, ""); err != nil {
		w.t.Fatal(err)
	}
	return intent, charge
}

func TestRefunds(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, charge := w.order(`{"amount":10000}`)
	_, err := w.stripe.Refunds.New(&stripe.RefundParams{PaymentIntent: &id})
	mustFail(t, err, 400, "charge_not_refundable")
	if _, err := w.capture(id, 7000, ""); err != nil {
		t.Fatal(err)
	}
	_, err = w.stripe.Refunds.New(&stripe.RefundParams{PaymentIntent: &id, Amount: stripe.Int64(7001)})
	mustFail(t, err, 400, "")
	seen := len(w.eventTypes(0))
	p := &stripe.RefundParams{PaymentIntent: &id, Amount: stripe.Int64(3000), Reason: stripe.String("requested_by_customer")}
	p.Metadata = map[string]string{"operation_id": "op-1"}
	p.AddExpand("balance_transaction")
	r, err := w.stripe.Refunds.New(p)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(r.ID, "pyr_") || r.Status != "succeeded" || r.Charge.ID != charge || r.Metadata["operation_id"] != "op-1" {
		t.Errorf("refund: %+v", r)
	}
	if b := r.BalanceTransaction; b.Type != "payment_refund" || b.ReportingCategory != "refund" || b.Amount != -3000 || b.Fee != 0 {
		t.Errorf("its balance transaction: %+v", b)
	}
	if diff := cmp.Diff([]string{"charge.refunded"}, w.eventTypes(seen)); diff != "" {
		t.Errorf("events at this API version (-want +got):\n%s", diff)
	}
	// The released 3000 are no refund: 4000 are left, and all of it is the default.
	rest, err := w.stripe.Refunds.New(&stripe.RefundParams{Charge: &charge})
	if err != nil || rest.Amount != 4000 {
		t.Fatalf("the rest: %+v %v", rest, err)
	}
	_, err = w.stripe.Refunds.New(&stripe.RefundParams{Charge: &charge})
	mustFail(t, err, 400, "charge_already_refunded")
	if ch := w.intent(id).LatestCharge; ch.AmountRefunded != 10000 || !ch.Refunded {
		t.Errorf("charge: refunded %d %v", ch.AmountRefunded, ch.Refunded)
	}
	_, err = w.stripe.Refunds.New(&stripe.RefundParams{Reason: stripe.String("duplicate")})
	mustFail(t, err, 400, "parameter_missing")
	_, err = w.stripe.Refunds.New(&stripe.RefundParams{Charge: stripe.String("py_none")})
	mustFail(t, err, 400, "resource_missing")
	_, err = w.stripe.Refunds.New(&stripe.RefundParams{Charge: &charge, Reason: stripe.String("mood")})
	mustFail(t, err, 400, "")

	old, _ := w.captured(`{}`)
	w.advance("4321h")
	_, err = w.stripe.Refunds.New(&stripe.RefundParams{PaymentIntent: &old})
	mustFail(t, err, 400, "charge_not_refundable")

	up := &stripe.RefundParams{}
	up.Metadata = map[string]string{"note": "x"}
	if r, err := w.stripe.Refunds.Update(r.ID, up); err != nil || r.Metadata["note"] != "x" || r.Metadata["operation_id"] != "op-1" {
		t.Errorf("metadata: %+v %v", r, err)
	}
}

func (w *world) dispute(body string) *stripe.Dispute {
	w.t.Helper()
	var made struct{ Dispute string }
	w.control("POST", "/_sim/disputes", body, 200, &made)
	return w.getDispute(made.Dispute)
}

func (w *world) getDispute(id string) *stripe.Dispute {
	w.t.Helper()
	d, err := w.stripe.Disputes.Get(id, nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return d
}

func TestInquiryBecomesChargeback(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, charge := w.captured(`{"amount":5000,"currency":"sek"}`)
	d := w.dispute(`{"charge":"` + charge + `","reason":"product_unacceptable"}`)
	if d.Status != "warning_needs_response" || !d.IsChargeRefundable || len(d.BalanceTransactions) != 0 || d.PaymentMethodDetails.Type != "klarna" {
		t.Errorf("inquiry: %+v", d)
	}
	if raw := string(d.LastResponse.RawJSON); !strings.Contains(raw, `"klarna":{"reason_code":"faulty_goods"}`) {
		t.Errorf("Klarna's reason is missing: %s", raw)
	}
	if left := time.Unix(d.EvidenceDetails.DueBy, 0).Sub(w.sim.Now()); left < 21*24*time.Hour || left > 22*24*time.Hour {
		t.Errorf("due in %s, want 21 days and the rest of that day", left)
	}
	seen := len(w.eventTypes(0))
	w.advance("528h")
	after := w.getDispute(d.ID)
	if after.Status != "needs_response" || after.IsChargeRefundable || len(after.BalanceTransactions) != 1 || after.EvidenceDetails.DueBy <= d.EvidenceDetails.DueBy {
		t.Fatalf("chargeback: %+v", after)
	}
	if b := after.BalanceTransactions[0]; b.Amount != -5000 || b.Fee != 20000 || b.ReportingCategory != "dispute" || b.Type != "adjustment" {
		t.Errorf("withdrawal: %+v", b)
	}
	if diff := cmp.Diff([]string{"balance.available", "charge.dispute.updated", "charge.dispute.funds_withdrawn"}, w.eventTypes(seen)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	_, err := w.stripe.Refunds.New(&stripe.RefundParams{PaymentIntent: &id})
	mustFail(t, err, 400, "charge_disputed")
	w.advance("312h")
	if got := w.getDispute(d.ID); got.Status != "lost" || !got.EvidenceDetails.PastDue {
		t.Errorf("unanswered: %+v", got)
	}
}

func TestDisputeEndings(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	tests := []struct {
		body, status string
		rows         int
	}{
		{`"reason":"fraudulent"`, "needs_response", 1},
		{`"reason":"fraudulent","outcome":"under_review"`, "under_review", 1},
		{`"outcome":"won"`, "won", 2},
		{`"outcome":"lost"`, "lost", 1},
		{`"outcome":"withdrawn"`, "warning_closed", 0},
		{`"stage":"chargeback","outcome":"withdrawn"`, "won", 2},
		{`"stage":"chargeback","amount":1000`, "needs_response", 1},
		{`"stage":"lost_at_once"`, "lost", 1},
		{`"status":"prevented"`, "prevented", 0},
		{`"stage":"chargeback","status":"charge_refunded"`, "charge_refunded", 1},
	}
	for _, tc := range tests {
		_, charge := w.captured(`{}`)
		d := w.dispute(`{"charge":"` + charge + `",` + tc.body + `}`)
		if string(d.Status) != tc.status || len(d.BalanceTransactions) != tc.rows {
			t.Errorf("%s: %s with %d rows, want %s with %d", tc.body, d.Status, len(d.BalanceTransactions), tc.status, tc.rows)
		}
		if tc.status == "won" && d.BalanceTransactions[0].Net+d.BalanceTransactions[1].Net != 0 {
			t.Errorf("a win gives amount and fee back: %+v", d.BalanceTransactions)
		}
		w.control("POST", "/_sim/disputes", `{"charge":"`+charge+`"}`, 400, nil)
	}
}

func TestRefundSettlesInquiry(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	_, charge := w.captured(`{"amount":5000}`)
	d := w.dispute(`{"charge":"` + charge + `","amount":2000}`)
	for _, step := range []struct {
		amount int64
		want   string
	}{{1000, "warning_needs_response"}, {1999, "warning_needs_response"}, {2000, "warning_closed"}} {
		if _, err := w.stripe.Refunds.New(&stripe.RefundParams{Charge: &charge, Amount: &step.amount}); err != nil {
			t.Fatal(err)
		}
		if got := w.getDispute(d.ID).Status; string(got) != step.want {
			t.Errorf("after a refund of %d: %s, want %s", step.amount, got, step.want)
		}
	}
}
