package stripesim_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

func (w *world) newRefund(intent string, amount int64) *stripe.Refund {
	w.t.Helper()
	p := &stripe.RefundParams{PaymentIntent: &intent, Amount: &amount}
	p.AddExpand("balance_transaction")
	r, err := w.stripe.Refunds.New(p)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

func (w *world) getRefund(id string) *stripe.Refund {
	w.t.Helper()
	p := &stripe.RefundParams{}
	p.AddExpand("balance_transaction")
	p.AddExpand("failure_balance_transaction")
	r, err := w.stripe.Refunds.Get(id, p)
	if err != nil {
		w.t.Fatal(err)
	}
	return r
}

// A refund that Stripe does not finish at once succeeds or fails later, even after it succeeded; a failed one gives its money back.
func TestRefundsThatWait(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.captured(`{"amount":10000}`)
	w.control("POST", "/_sim/settings", `{"refunds":"pending"}`, 200, nil)
	r := w.newRefund(id, 4000)
	if r.Status != "pending" || r.BalanceTransaction == nil || r.BalanceTransaction.Net != -4000 || w.intent(id).LatestCharge.AmountRefunded != 4000 {
		t.Errorf("at first: %+v", r)
	}
	seen := len(w.eventTypes(0))
	w.control("POST", "/_sim/refunds/"+r.ID+"/resolve", `{"outcome":"succeeded"}`, 200, nil)
	if got := w.getRefund(r.ID); got.Status != "succeeded" || got.FailureReason != "" {
		t.Errorf("succeeded: %+v", got)
	}
	w.control("POST", "/_sim/refunds/"+r.ID+"/resolve", `{"outcome":"succeeded"}`, 400, nil)
	w.control("POST", "/_sim/refunds/"+r.ID+"/resolve", `{"outcome":"failed","failure_reason":"declined"}`, 200, nil)
	got := w.getRefund(r.ID)
	if got.Status != "failed" || got.FailureReason != "declined" {
		t.Errorf("failed: %+v", got)
	}
	if b := got.FailureBalanceTransaction; b == nil || b.Net != 4000 || b.ReportingCategory != "refund_failure" || b.Type != "payment_failure_refund" {
		t.Errorf("its money comes back: %+v", b)
	}
	if ch := w.intent(id).LatestCharge; ch.AmountRefunded != 0 || ch.Refunded {
		t.Errorf("the charge: %d %v", ch.AmountRefunded, ch.Refunded)
	}
	if diff := cmp.Diff([]string{"charge.refund.updated", "charge.refund.updated"}, w.eventTypes(seen)); diff != "" {
		t.Errorf("events at this API version (-want +got):\n%s", diff)
	}
	if all := w.newRefund(id, 10000); all.Status != "pending" {
		t.Errorf("all of it can be refunded again: %+v", all)
	}
	for _, bad := range []string{`{}`, `{"outcome":"lost"}`, `{"outcome":"failed","failure_reason":"mood"}`, `{"outcome":"succeeded"}`} {
		w.control("POST", "/_sim/refunds/"+r.ID+"/resolve", bad, 400, nil)
	}
	w.control("POST", "/_sim/refunds/pyr_none/resolve", `{"outcome":"failed"}`, 404, nil)
	w.control("POST", "/_sim/settings", `{"refunds":"sometimes"}`, 400, nil)
	w.control("POST", "/_sim/settings", `{}`, 400, nil)
}

// Where the balance does not cover a refund it waits, takes nothing from the balance before it succeeds, and settles an inquiry only then.
func TestRefundsBeyondTheBalance(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	w.control("POST", "/_sim/settings", `{"refunds":"balance"}`, 200, nil)
	id, charge := w.captured(`{"amount":10000}`)
	d := w.dispute(`{"charge":"` + charge + `","amount":2000}`)
	low, fails := w.newRefund(id, 2000), w.newRefund(id, 100)
	if low.Status != "pending" || low.BalanceTransaction != nil || w.getDispute(d.ID).Status != "warning_needs_response" {
		t.Errorf("before the money is available: %+v", low)
	}
	w.control("POST", "/_sim/refunds/"+fails.ID+"/resolve", `{"outcome":"failed"}`, 200, nil)
	if got := w.getRefund(fails.ID); got.Status != "failed" || got.FailureReason != "unknown" || got.FailureBalanceTransaction != nil {
		t.Errorf("nothing was taken, nothing comes back: %+v", got)
	}
	w.control("POST", "/_sim/refunds/"+low.ID+"/resolve", `{"outcome":"succeeded"}`, 200, nil)
	if got := w.getRefund(low.ID); got.Status != "succeeded" || got.BalanceTransaction == nil || w.getDispute(d.ID).Status != "warning_closed" {
		t.Errorf("succeeded: %+v", got)
	}
	w.advance("120h")
	if got := w.newRefund(id, 2000); got.Status != "succeeded" {
		t.Errorf("with money in the balance: %+v", got)
	}
}
