package stripesim_test

import (
	"bytes"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

func TestIdempotentReplay(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{}`)
	path, key := "/v1/payment_intents/"+id+"/capture", map[string]string{"Idempotency-Key": "k1"}
	first, body, err := w.raw("POST", path, "amount_to_capture=100", key)
	if err != nil || first.StatusCode != 200 || first.Header.Get("Idempotent-Replayed") != "" || first.Header.Get("Idempotency-Key") != "k1" {
		t.Fatalf("first: %v %v", first, err)
	}
	again, same, err := w.raw("POST", path, "amount_to_capture=100", key)
	if err != nil || again.StatusCode != 200 || again.Header.Get("Idempotent-Replayed") != "true" || !bytes.Equal(body, same) {
		t.Errorf("again: %v %v, same body %v", again, err, bytes.Equal(body, same))
	}
	if got := again.Header.Get("Original-Request"); got != first.Header.Get("Request-Id") {
		t.Errorf("original request %s", got)
	}
	for _, form := range []string{"amount_to_capture=101", ""} {
		answer, body, err := w.raw("POST", path, form, key)
		if err != nil || answer.StatusCode != 400 || !strings.Contains(string(body), `"type":"idempotency_error"`) {
			t.Errorf("other parameters: %v %s", err, body)
		}
	}
	if answer, _, _ := w.raw("POST", "/v1/payment_intents/"+id+"/cancel", "", key); answer.StatusCode != 400 {
		t.Errorf("other path: %d", answer.StatusCode)
	}
}

// What Stripe refuses because of the state is kept under the key; what it refuses before it works is not.
func TestWhichRefusalsAreKept(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{"amount":500}`)
	_, err := w.capture(id, 501, "state")
	mustFail(t, err, 400, "amount_too_large")
	answer, _, err := w.raw("POST", "/v1/payment_intents/"+id+"/capture", "amount_to_capture=501&expand[0]=latest_charge.balance_transaction", map[string]string{"Idempotency-Key": "state"})
	if err != nil || answer.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("a refusal by state is replayed: %v", err)
	}
	if answer, _, _ := w.raw("POST", "/v1/payment_intents/"+id+"/capture", "bogus=1", map[string]string{"Idempotency-Key": "form"}); answer.StatusCode != 400 {
		t.Fatalf("unknown parameter: %d", answer.StatusCode)
	}
	if answer, body, _ := w.raw("POST", "/v1/payment_intents/"+id+"/capture", "amount_to_capture=400", map[string]string{"Idempotency-Key": "form"}); answer.StatusCode != 200 {
		t.Errorf("a refusal of the form is not kept: %d %s", answer.StatusCode, body)
	}
}

func TestKeyOfARequestUnderWay(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{}`)
	w.control("POST", "/_sim/faults", `{"method":"POST","path":"/v1/payment_intents/*/capture","delay_ms":400}`, 200, nil)
	var wg sync.WaitGroup
	var mu sync.Mutex
	statuses := map[int]int{}
	for range 5 {
		wg.Go(func() {
			answer, _, err := w.raw("POST", "/v1/payment_intents/"+id+"/capture", "", map[string]string{"Idempotency-Key": "one"})
			if err != nil {
				t.Errorf("capture: %v", err)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			statuses[answer.StatusCode]++
		})
	}
	wg.Wait()
	if statuses[http.StatusOK] != 1 || statuses[http.StatusConflict] != 4 {
		t.Errorf("statuses %v, want one 200 and four 409", statuses)
	}
	answer, _, _ := w.raw("POST", "/v1/payment_intents/"+id+"/capture", "", map[string]string{"Idempotency-Key": "one"})
	if answer.StatusCode != 200 || answer.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("afterwards: %d", answer.StatusCode)
	}
}

func TestTwelveCapturesAtOnce(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{"amount":700}`)
	var wg sync.WaitGroup
	var mu sync.Mutex
	captured := 0
	for range 12 {
		wg.Go(func() {
			if _, err := w.capture(id, 0, ""); err == nil {
				mu.Lock()
				captured++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if captured != 1 {
		t.Errorf("%d captures, want 1", captured)
	}
	n := 0
	for it := w.stripe.BalanceTransactions.List(&stripe.BalanceTransactionListParams{}); it.Next(); {
		n++
	}
	if n != 1 {
		t.Errorf("%d balance transactions, want 1", n)
	}
}
