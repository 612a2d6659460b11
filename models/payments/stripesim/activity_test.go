package stripesim_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

// active does something beside Klarna and gives its balance transaction and the ids.
func (w *world) active(body string) (*stripe.BalanceTransaction, map[string]string) {
	w.t.Helper()
	ids := map[string]string{}
	w.control("POST", "/_sim/activity", body, 200, &ids)
	b, err := w.stripe.BalanceTransactions.Get(ids["balance_transaction"], nil)
	if err != nil {
		w.t.Fatal(err)
	}
	return b, ids
}

func TestActivityBesideKlarna(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	for _, tc := range []struct {
		body, kind string
		want       entry
	}{
		{`{"kind":"fee","currency":"eur","amount":2900,"description":"Radar"}`, "stripe_fee", entry{"fee", -2900, 0, -2900, "eur"}},
		{`{"kind":"tax","currency":"sek","amount":725}`, "tax_fee", entry{"tax", -725, 0, -725, "sek"}},
		{`{"kind":"adjustment","currency":"eur","amount":1500}`, "adjustment", entry{"other_adjustment", 1500, 0, 1500, "eur"}},
		{`{"kind":"adjustment","currency":"eur","amount":-1500,"fee":10}`, "adjustment", entry{"other_adjustment", -1500, 10, -1510, "eur"}},
		{`{"kind":"reserve","currency":"EUR","amount":5000}`, "reserve_transaction", entry{"risk_reserved_funds", -5000, 0, -5000, "eur"}},
		{`{"kind":"reserve_release","currency":"eur","amount":5000}`, "reserve_transaction", entry{"risk_reserved_funds", 5000, 0, 5000, "eur"}},
		{`{"kind":"topup","currency":"jpy","amount":100}`, "topup", entry{"topup", 100, 0, 100, "jpy"}},
	} {
		b, _ := w.active(tc.body)
		got := entry{string(b.ReportingCategory), b.Amount, b.Fee, b.Net, b.Currency}
		if diff := cmp.Diff(tc.want, got); diff != "" || string(b.Type) != tc.kind || b.Status != "available" || b.Source != nil {
			t.Errorf("%s: %+v (-want +got):\n%s", tc.body, b, diff)
		}
		if strings.Contains(tc.body, "Radar") != (b.Description == "Radar") {
			t.Errorf("%s: description %q", tc.body, b.Description)
		}
	}
}

func TestCardChargeAndRefund(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	seen := len(w.eventTypes(0))
	b, ids := w.active(`{"kind":"card_charge","currency":"eur","amount":12345,"description":"Book",
		"fee_details":[{"amount":250,"type":"stripe_fee","description":"Card fee"},{"amount":50,"type":"tax","description":"VAT"}]}`)
	if b.Type != "charge" || b.ReportingCategory != "charge" || b.Amount != 12345 || b.Fee != 300 || b.Net != 12045 || b.Status != "pending" || b.Source.ID != ids["charge"] {
		t.Errorf("charge: %+v", b)
	}
	parts := []stripe.BalanceTransactionFeeDetail{}
	for _, d := range b.FeeDetails {
		parts = append(parts, *d)
	}
	want := []stripe.BalanceTransactionFeeDetail{{Amount: 250, Currency: "eur", Type: "stripe_fee", Description: "Card fee"},
		{Amount: 50, Currency: "eur", Type: "tax", Description: "VAT"}}
	if diff := cmp.Diff(want, parts); diff != "" {
		t.Errorf("parts of the fee (-want +got):\n%s", diff)
	}
	pi := w.intent(ids["payment_intent"])
	if ch := pi.LatestCharge; pi.Status != "succeeded" || !strings.HasPrefix(ch.ID, "ch_") || ch.PaymentMethodDetails.Type != "card" || ch.Status != "succeeded" {
		t.Errorf("payment: %+v", pi)
	}
	if diff := cmp.Diff([]string{"payment_intent.created", "payment_intent.succeeded", "charge.succeeded", "charge.updated"}, w.eventTypes(seen)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	back, refund := w.active(`{"kind":"card_refund","charge":"` + ids["charge"] + `","amount":345}`)
	if back.Type != "refund" || back.ReportingCategory != "refund" || back.Net != -345 || back.Source.ID != refund["refund"] {
		t.Errorf("refund: %+v", back)
	}
	if rest, _ := w.active(`{"kind":"card_refund","charge":"` + ids["charge"] + `"}`); rest.Net != -12000 {
		t.Errorf("the rest: %+v", rest)
	}
	w.control("POST", "/_sim/activity", `{"kind":"card_refund","charge":"`+ids["charge"]+`"}`, 400, nil)
	if b, _ := w.active(`{"kind":"card_charge","currency":"eur","amount":1000,"fee":0}`); b.Fee != 0 || len(b.FeeDetails) != 0 {
		t.Errorf("a fee of nothing: %+v", b)
	}
	if b, _ := w.active(`{"kind":"card_charge","currency":"eur","amount":1000}`); b.Fee == 0 {
		t.Errorf("the usual fee: %+v", b)
	}
}

func TestActivityThatCannotBe(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	_, klarna := w.captured(`{}`)
	_, ids := w.active(`{"kind":"card_charge","currency":"eur","amount":1000}`)
	rows := len(w.entries())
	for _, body := range []string{`{}`, `{"kind":"gift","currency":"eur","amount":1}`, `{"kind":"fee","amount":1}`, `{"kind":"fee","currency":"eur"}`,
		`{"kind":"fee","currency":"eur","amount":-1}`, `{"kind":"card_charge","currency":"eur","amount":-1}`, `{"kind":"adjustment","currency":"eur","amount":0}`,
		`{"kind":"fee","currency":"eur","amount":1,"charge":"ch_1"}`, `{"kind":"card_refund"}`, `{"kind":"card_refund","charge":"` + klarna + `"}`,
		`{"kind":"card_refund","charge":"` + ids["charge"] + `","amount":1001}`, `{"kind":"card_refund","charge":"` + ids["charge"] + `","fee":1}`,
		`{"kind":"topup","currency":"eur","amount":1,"fee":1,"fee_details":[{"amount":1,"type":"tax"}]}`} {
		w.control("POST", "/_sim/activity", body, 400, nil)
	}
	w.control("POST", "/_sim/activity", `{"kind":"card_refund","charge":"ch_none"}`, 404, nil)
	if after := len(w.entries()); after != rows {
		t.Errorf("refused, and %d rows made", after-rows)
	}
}

// busy lets a bit of everything happen to the balance of three currencies.
func (w *world) busy() {
	w.t.Helper()
	w.captured(`{"currency":"eur","amount":100000}`)
	w.captured(`{"currency":"usd","country":"US","settle_currency":"bhd","exchange_rate":"0.376"}`)
	_, won := w.captured(`{"currency":"eur","amount":7000}`)
	_, lost := w.captured(`{"currency":"eur","amount":3000}`)
	_, card := w.active(`{"kind":"card_charge","currency":"sek","amount":50000,"fee":700}`)
	w.advance("120h")
	w.dispute(`{"charge":"` + won + `","stage":"chargeback","outcome":"won"}`)
	w.dispute(`{"charge":"` + lost + `","stage":"chargeback","outcome":"lost"}`)
	w.active(`{"kind":"card_refund","charge":"` + card["charge"] + `","amount":100}`)
	for _, kind := range []string{"fee", "tax", "adjustment", "reserve", "topup"} {
		w.active(`{"kind":"` + kind + `","currency":"eur","amount":321}`)
	}
	w.payOut(`{"kind":"manual","currency":"eur","amount":1000}`)
	w.payOut(`{"kind":"instant","currency":"eur","amount":2000}`)
	failed := w.payOut(`{"currency":"sek","paid":true}`)[0]
	w.control("POST", "/_sim/payouts/"+failed.ID+"/fail", ``, 200, nil)
	w.payOut(`{"currency":"eur"}`)
	w.active(`{"kind":"reserve","currency":"bhd","amount":999999}`)
	w.payOut(`{"currency":"bhd","negative":true}`)
	w.captured(`{"currency":"eur","amount":4000}`)
	w.active(`{"kind":"card_charge","currency":"sek","amount":1000}`)
}

func TestBalanceIsTheSumOfItsRows(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	w.busy()
	for _, later := range []string{"0s", "120h"} {
		w.advance(later)
		available, pending := map[stripe.Currency]int64{}, map[stripe.Currency]int64{}
		for _, b := range w.rows(&stripe.BalanceTransactionListParams{}) {
			available[b.Currency] += 0
			pending[b.Currency] += 0
			if b.Status == "available" {
				available[b.Currency] += b.Net
			} else {
				pending[b.Currency] += b.Net
			}
		}
		bal, err := w.stripe.Balance.Get(nil)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(available, amounts(bal.Available)); diff != "" || len(available) != 3 {
			t.Errorf("available after %s (-rows +balance):\n%s", later, diff)
		}
		if diff := cmp.Diff(pending, amounts(bal.Pending)); diff != "" || later == "0s" && pending["eur"] == 0 {
			t.Errorf("pending after %s (-rows +balance):\n%s", later, diff)
		}
	}
}

func amounts(of []*stripe.Amount) map[stripe.Currency]int64 {
	out := map[stripe.Currency]int64{}
	for _, a := range of {
		out[a.Currency] += a.Amount
	}
	return out
}

// TestDisputeRows: what a chargeback takes, and what a win gives back, fee and all.
func TestDisputeRows(t *testing.T) {
	for outcome, want := range map[string][]entry{
		"lost": {{"dispute", -5000, 2000, -7000, "eur"}},
		"won":  {{"dispute", -5000, 2000, -7000, "eur"}, {"dispute_reversal", 5000, -2000, 7000, "eur"}},
	} {
		w := newWorld(t, stripesim.Options{})
		_, charge := w.captured(`{"amount":5000}`)
		w.dispute(`{"charge":"` + charge + `","stage":"chargeback","outcome":"` + outcome + `"}`)
		if diff := cmp.Diff(want, w.entries()[1:]); diff != "" {
			t.Errorf("%s: rows (-want +got):\n%s", outcome, diff)
		}
	}
}

// TestBalanceAvailable tells once of all that becomes available at a midnight, also after a restart, and shows the balance as it then is.
func TestBalanceAvailable(t *testing.T) {
	dir := t.TempDir()
	told := func(w *world) []string {
		var out []string
		for _, kind := range w.eventTypes(0) {
			if kind == "balance.available" {
				out = append(out, kind)
			}
		}
		return out
	}
	for run, want := range []int{1, 2} {
		t.Run("", func(t *testing.T) {
			w := newWorld(t, stripesim.Options{Dir: dir})
			if n := len(told(w)); n != run {
				t.Errorf("%d events at the start, want %d", n, run)
			}
			w.captured(`{"amount":10000}`)
			w.captured(`{"amount":20000,"currency":"sek"}`)
			w.active(`{"kind":"topup","currency":"eur","amount":100}`) // never pending
			w.advance("120h")
			if n := len(told(w)); n != want {
				t.Fatalf("%d events, want %d", n, want)
			}
			_, raw, err := w.raw("GET", "/v1/events?type=balance.available&limit=1", "", nil)
			if err != nil {
				t.Fatal(err)
			}
			var in struct {
				Data []struct {
					Created int64
					Data    struct{ Object stripe.Balance }
				}
			}
			if err := json.Unmarshal(raw, &in); err != nil {
				t.Fatal(err)
			}
			bal, err := w.stripe.Balance.Get(nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(amounts(bal.Available), amounts(in.Data[0].Data.Object.Available)); diff != "" || in.Data[0].Created%86400 != 0 {
				t.Errorf("an event of %d (-balance +event):\n%s", in.Data[0].Created, diff)
			}
		})
	}
}
