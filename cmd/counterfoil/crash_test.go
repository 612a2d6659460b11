package main

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// TestKillDuringCapture kills the whole program between any two steps of a capture, ten times, and starts it again: each order
// ends as Stripe has it, captured once or not at all, with its tracking where it was captured.
func TestKillDuringCapture(t *testing.T) {
	t.Parallel()
	killDuringCapture(t, 10)
}

// TestSoakKillDuringCapture does the same many more times: COUNTERFOIL_SOAK is the number of rounds.
func TestSoakKillDuringCapture(t *testing.T) {
	rounds, err := strconv.Atoi(os.Getenv("COUNTERFOIL_SOAK"))
	if err != nil || rounds <= 0 {
		t.Skip("a long run: set COUNTERFOIL_SOAK to a number of rounds, or use 'task soak'")
	}
	killDuringCapture(t, rounds)
}

func killDuringCapture(t *testing.T, rounds int) {
	const step = 80 * time.Millisecond // how long each call is held
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "3")
	var orders []string
	for round := range rounds {
		order := d.order(map[string]any{"amount": 7700, "currency": "eur", "shipping": true})
		orders = append(orders, order)
		staff := d.signIn("staff")
		form := withTracking(staff.captureForm(order), "TAUBE-"+strconv.Itoa(round))
		for _, path := range []string{"/v1/payment_intents/" + order, "/v1/payment_intents/" + order + "/capture"} {
			d.control("POST", "/_sim/faults", map[string]any{
				"method": "POST", "path": path, "delay_ms": step.Milliseconds(), "chunk_delay_ms": 2,
			}, nil)
		}
		killed := time.AfterFunc(time.Duration(round%12)*step/4, d.kill9)
		res, err := staff.http.PostForm(d.App+"/orders/"+order+"/captures", form)
		if err == nil {
			_ = res.Body.Close()
		}
		killed.Stop()
		d.kill()
		d = startDemo(t, dir)
	}
	d.settle()
	staff := d.signIn("staff")
	captured := 0
	for round, order := range orders {
		atStripe := d.captured(order)
		_, page := staff.get("/orders/" + order)
		form := formOf(page, `form[action="/orders/`+order+`/captures"]`)
		switch atStripe {
		case "succeeded 7700":
			captured++
			if form != nil {
				t.Errorf("round %d: captured at Stripe, and the desk offers it again", round)
			}
			charge := d.stripe("/v1/payment_intents/" + order + "?expand[]=latest_charge")["latest_charge"].(map[string]any)
			if shipping, _ := charge["shipping"].(map[string]any); shipping["tracking_number"] != "TAUBE-"+strconv.Itoa(round) {
				t.Errorf("round %d: the charge's shipping is %v", round, shipping)
			}
			id, _ := charge["id"].(string)
			rows := d.stripe("/v1/balance_transactions?source=" + id)["data"].([]any)
			if len(rows) != 1 {
				t.Errorf("round %d: %d balance transactions, want 1", round, len(rows))
			}
		case "requires_capture 0":
			if form == nil {
				t.Errorf("round %d: nothing at Stripe, and the desk offers no capture", round)
			}
		default:
			t.Errorf("round %d: at Stripe: %s", round, atStripe)
		}
	}
	t.Logf("%d of %d rounds ended captured", captured, rounds)
	if captured == 0 {
		t.Error("no round got as far as a capture: the test kills too early to prove anything")
	}
}
