package mirror_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"
)

// TestRefundsThatFail: what is refunded of an order follows its refunds, whichever way their events come: a failed one gives its amount back.
func TestRefundsThatFail(t *testing.T) {
	for _, mode := range []string{"deliver", "duplicate", "reverse"} {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t)
			id, _ := w.order(`{"amount":10000}`)
			w.act("/v1/payment_intents/"+id+"/capture", "amount_to_capture=8000")
			w.control(http.MethodPost, "/_sim/settings", `{"refunds":"pending"}`)
			refund := func(amount int) string {
				w.advance(time.Minute)
				made, _ := w.act("/v1/refunds", fmt.Sprintf("payment_intent=%s&amount=%d", id, amount))["id"].(string)
				return made
			}
			fails, succeeds := refund(3000), refund(500)
			w.settled()
			if o := w.get(id); o.AmountRefunded != 3500 {
				t.Fatalf("while they are on their way %d is refunded, want 3500", o.AmountRefunded)
			}
			if mode != "deliver" {
				w.control(http.MethodPost, "/_sim/webhooks", `{"mode":"hold"}`)
			}
			resolve := func(refund, outcome string) {
				w.advance(time.Minute)
				w.control(http.MethodPost, "/_sim/refunds/"+refund+"/resolve", fmt.Sprintf(`{"outcome":%q}`, outcome))
			}
			resolve(succeeds, "succeeded")
			resolve(fails, "succeeded")
			resolve(fails, "failed")
			refund(70)
			w.control(http.MethodPost, "/_sim/webhooks", fmt.Sprintf(`{"mode":%q}`, mode))
			w.settled()
			w.sameAsStripe()
			if o := w.get(id); o.AmountRefunded != 570 {
				t.Errorf("%d is refunded, want 570", o.AmountRefunded)
			}
			rows := dump(t, w.db, "select status, failure_reason, amount from refunds order by amount")
			if want := "[status=pending | failure_reason= | amount=70 status=succeeded | failure_reason= | amount=500 status=failed | failure_reason=unknown | amount=3000]"; fmt.Sprint(rows) != want {
				t.Errorf("the refunds are %v", rows)
			}
		})
	}
}
