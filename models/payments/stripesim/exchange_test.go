package stripesim_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

// entry is what counts about a balance transaction.
type entry struct {
	Category         string
	Amount, Fee, Net int64
	Currency         stripe.Currency
}

// entries are the account's balance transactions, oldest first.
func (w *world) entries() []entry {
	w.t.Helper()
	var out []entry
	for _, b := range w.rows(&stripe.BalanceTransactionListParams{}) {
		out = append([]entry{{string(b.ReportingCategory), b.Amount, b.Fee, b.Net, b.Currency}}, out...)
	}
	return out
}

// TestSettlementInAnotherCurrency: every row of the payment is converted, exactly, whatever the currencies' decimals.
func TestSettlementInAnotherCurrency(t *testing.T) {
	for _, tc := range []struct {
		order string
		want  []entry
	}{
		{`{"amount":12900,"currency":"eur","settle_currency":"SEK","exchange_rate":"11.2345"}`, []entry{
			{"charge", 144925, 4633, 140292, "sek"}, // 1449.2505; 2.99 % and 3 SEK
			{"partial_capture_reversal", -32580, -974, -31606, "sek"},
			{"refund", -11235, 0, -11235, "sek"}, // 112.345: a half goes away from zero
			{"refund_failure", 11235, 0, 11235, "sek"},
			{"dispute", -112345, 20000, -132345, "sek"},
			{"dispute_reversal", 112345, -20000, 132345, "sek"},
		}},
		{`{"amount":12900,"currency":"eur","settle_currency":"jpy","exchange_rate":160.505}`, []entry{
			{"charge", 20705, 619, 20086, "jpy"}, // 20705.145
			{"partial_capture_reversal", -4655, -139, -4516, "jpy"},
			{"refund", -1605, 0, -1605, "jpy"},
			{"refund_failure", 1605, 0, 1605, "jpy"},
			{"dispute", -16051, 0, -16051, "jpy"}, // 16050.5
			{"dispute_reversal", 16051, 0, 16051, "jpy"},
		}},
		{`{"amount":12900,"currency":"eur","settle_currency":"bhd","exchange_rate":"0.4105"}`, []entry{
			{"charge", 52955, 1583, 51372, "bhd"}, // 52.9545
			{"partial_capture_reversal", -11905, -356, -11549, "bhd"},
			{"refund", -4105, 0, -4105, "bhd"},
			{"refund_failure", 4105, 0, 4105, "bhd"},
			{"dispute", -41050, 0, -41050, "bhd"},
			{"dispute_reversal", 41050, 0, 41050, "bhd"},
		}},
		{`{"amount":12900,"currency":"jpy","country":"DE","settle_currency":"bhd","exchange_rate":"0.002715"}`, []entry{
			{"charge", 35024, 1047, 33977, "bhd"}, // 35.0235
			{"partial_capture_reversal", -7874, -235, -7639, "bhd"},
			{"refund", -2715, 0, -2715, "bhd"},
			{"refund_failure", 2715, 0, 2715, "bhd"},
			{"dispute", -27150, 0, -27150, "bhd"},
			{"dispute_reversal", 27150, 0, 27150, "bhd"},
		}},
	} {
		w := newWorld(t, stripesim.Options{})
		intent, charge := w.order(tc.order)
		if _, err := w.capture(intent, 10000, ""); err != nil {
			t.Fatal(err)
		}
		r, err := w.stripe.Refunds.New(&stripe.RefundParams{Charge: &charge, Amount: stripe.Int64(1000)})
		if err != nil {
			t.Fatal(err)
		}
		w.control("POST", "/_sim/refunds/"+r.ID+"/resolve", `{"outcome":"failed"}`, 200, nil)
		w.dispute(`{"charge":"` + charge + `","stage":"chargeback","outcome":"won"}`)
		if diff := cmp.Diff(tc.want, w.entries()); diff != "" {
			t.Errorf("%s: rows (-want +got):\n%s", tc.order, diff)
		}
		if ch := w.intent(intent).LatestCharge; ch.Amount != 12900 || ch.Currency == tc.want[0].Currency || ch.BalanceTransaction.Amount != tc.want[0].Amount {
			t.Errorf("%s: the charge is %d %s", tc.order, ch.Amount, ch.Currency)
		}
	}
}

// TestRateIsShownAsWritten on the rows with an exchange, and as null on the others.
func TestRateIsShownAsWritten(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	for rate, currencies := range map[string]string{`"exchange_rate":11.2345`: `"currency":"eur","settle_currency":"sek",%s`, `"exchange_rate":null`: `"currency":"eur"`} {
		body := strings.Replace(currencies, "%s", rate, 1)
		_, charge := w.captured(`{` + body + `}`)
		_, raw, err := w.raw("GET", "/v1/balance_transactions?source="+charge, "", nil)
		if err != nil || !strings.Contains(string(raw), rate+",") {
			t.Errorf("%s: %v, want %s: %s", body, err, rate, raw)
		}
	}
}

// TestPendingRefundNeedsTheSettledAmount of its own currency, not as many minor units of the payment's.
func TestPendingRefundNeedsTheSettledAmount(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	_, charge := w.captured(`{"amount":10000,"currency":"eur","settle_currency":"sek","exchange_rate":"11.5"}`)
	w.advance("120h")
	w.control("POST", "/_sim/settings", `{"refunds":"balance"}`, 200, nil)
	for _, want := range []string{"succeeded", "pending"} {
		r, err := w.stripe.Refunds.New(&stripe.RefundParams{Charge: &charge, Amount: stripe.Int64(5000)})
		if err != nil || string(r.Status) != want {
			t.Errorf("a refund of half: %+v %v, want %s", r, err, want)
		}
	}
}

func TestOrdersThatCannotSettle(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	for _, fields := range []string{`"settle_currency":"sek"`, `"exchange_rate":"11.2"`, `"settle_currency":"eur","exchange_rate":"1"`,
		`"settle_currency":"xxx","exchange_rate":"1"`, `"settle_currency":"sek","exchange_rate":"0"`, `"settle_currency":"sek","exchange_rate":-1`,
		`"settle_currency":"sek","exchange_rate":"1e3"`, `"settle_currency":"sek","exchange_rate":"1/3"`, `"settle_currency":"sek","exchange_rate":"011"`,
		`"settle_currency":"jpy","exchange_rate":"0.0001"`, `"settle_currency":"sek","exchange_rate":"1.","amount":5`,
		`"settle_currency":"sek","exchange_rate":"9999999999","amount":9223372036854775807`} {
		w.control("POST", "/_sim/orders", fmt.Sprintf(`{"currency":"eur",%s}`, fields), 400, nil)
	}
	if rows, _ := w.page("/v1/payment_intents"); len(rows) != 0 {
		t.Errorf("refused, and %d payments made", len(rows))
	}
}
