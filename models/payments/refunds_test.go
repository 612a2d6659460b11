package payments

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
)

func refundJSON(n int, operation string) string {
	return fmt.Sprintf(`{"id":"pyr_%d","object":"refund","amount":100,"currency":"eur","created":1700000000,"charge":"py_1","payment_intent":"pi_1",
		"status":"succeeded","metadata":{"operation_id":%q}}`, n, operation)
}

func TestCreateRefundSendsWhatFindsItAgain(t *testing.T) {
	var got *http.Request
	g := testGateway(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got = r
		plain(200, refundJSON(1, "rfd_1"))(w, r)
	}, 0)
	res, err := g.CreateRefund(t.Context(), NewRefund{PaymentIntentID: "pi_1", Amount: 4500, Reason: "duplicate", OperationID: "rfd_1"}, "key_1")
	if err != nil || res.Snapshots[0].Refund.OperationID != "rfd_1" || res.Snapshots[0].ID != "pyr_1" {
		t.Errorf("%+v %v", res, err)
	}
	form := map[string][]string{"payment_intent": {"pi_1"}, "amount": {"4500"}, "reason": {"duplicate"}, "metadata[operation_id]": {"rfd_1"},
		"expand[0]": {"charge"}, "expand[1]": {"balance_transaction"}}
	if d := cmp.Diff(form, map[string][]string(got.PostForm)); d != "" || got.Header.Get("Idempotency-Key") != "key_1" {
		t.Errorf("key %q, form (-want +got):\n%s", got.Header.Get("Idempotency-Key"), d)
	}
}

func TestCreateRefundTrustsNoOtherAnswer(t *testing.T) {
	r := NewRefund{PaymentIntentID: "pi_1", Amount: 1, OperationID: "rfd_1"}
	for name, body := range map[string]string{"another object": goodIntent, "no object": `{}`, "no amount": `{"id":"pyr_1","object":"refund"}`} {
		if _, err := testGateway(t, plain(200, body), 0).CreateRefund(t.Context(), r, "k"); !models.IsKind(err, models.KindUnknown) {
			t.Errorf("%s: %v, want unknown", name, err)
		}
	}
	g := testGateway(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) }, 0)
	for name, bad := range map[string]NewRefund{
		"no payment":   {Amount: 1, OperationID: "rfd_1"},
		"no amount":    {PaymentIntentID: "pi_1", OperationID: "rfd_1"},
		"below zero":   {PaymentIntentID: "pi_1", Amount: -1, OperationID: "rfd_1"},
		"no operation": {PaymentIntentID: "pi_1", Amount: 1},
	} {
		if _, err := g.CreateRefund(t.Context(), bad, "k"); !models.IsKind(err, models.KindRefused) {
			t.Errorf("%s: %v, want refused", name, err)
		}
	}
}

// TestRefundsOfReadsEveryPage: the refund that is looked for may stand on the last one.
func TestRefundsOfReadsEveryPage(t *testing.T) {
	const pages = 3
	asked := 0
	g := testGateway(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("payment_intent") != "pi_1" || (asked > 0) != (q.Get("starting_after") == fmt.Sprintf("pyr_%d", asked*100)) {
			t.Errorf("page %d was asked for by %s", asked, r.URL.RawQuery)
		}
		var rows []string
		for i := range 100 {
			rows = append(rows, refundJSON(asked*100+i+1, "rfd_"+fmt.Sprint(asked*100+i+1)))
		}
		asked++
		plain(200, fmt.Sprintf(`{"object":"list","has_more":%t,"data":[%s]}`, asked < pages, strings.Join(rows, ",")))(w, r)
	}, 0)
	res, err := g.RefundsOf(t.Context(), "pi_1")
	if err != nil || len(res.Snapshots) != 100*pages || res.Snapshots[299].Refund.OperationID != "rfd_300" {
		t.Errorf("%d refunds, %v", len(res.Snapshots), err)
	}
	bad := `{"object":"list","has_more":false,"data":[` + refundJSON(1, "") + `,{"id":"pyr_2","object":"refund"}]}`
	if _, err := testGateway(t, plain(200, bad), 0).RefundsOf(t.Context(), "pi_1"); !models.IsKind(err, models.KindInvalid) {
		t.Errorf("a row that cannot be read may be the one that is looked for: %v", err)
	}
	if _, err := g.RefundsOf(t.Context(), "../charges"); !models.IsKind(err, models.KindInvalid) {
		t.Errorf("no id: %v", err)
	}
}
