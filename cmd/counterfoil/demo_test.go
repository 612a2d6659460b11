package main

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// shop is what two demos with the same seed must have alike: every Klarna payment's id, amount and state, newest first.
func (d *demoProcess) shop() []string {
	d.t.Helper()
	var all []string
	for _, o := range d.stripe("/v1/payment_intents?limit=100")["data"].([]any) {
		pi := o.(map[string]any)
		if methods := pi["payment_method_types"].([]any); len(methods) == 1 && methods[0] == "card" {
			continue // the account has other sales, too
		}
		all = append(all, pi["id"].(string)+" "+pi["status"].(string)+" "+d.captured(pi["id"].(string)))
	}
	return all
}

// TestDemoIsTheSameAgain starts two demos with the same seed, number and beginning, and one of them a second time.
func TestDemoIsTheSameAgain(t *testing.T) {
	t.Parallel()
	same := []string{"--orders", "20", "--seed", "7", "--now", "2026-11-17T13:02:00Z"}
	dir := t.TempDir()
	one, two := startDemo(t, dir, same...), startDemo(t, t.TempDir(), same...)
	shop := one.shop()
	if len(shop) != 20 || len(one.Accounts) != 4 {
		t.Fatalf("%d payments and %d accounts, want 20 and 4", len(shop), len(one.Accounts))
	}
	if diff := cmp.Diff(shop, two.shop()); diff != "" {
		t.Errorf("the same seed made another shop (-one +two):\n%s", diff)
	}
	order := one.order(map[string]any{"amount": 1234, "currency": "eur"})
	if code := one.stop(); code != 0 {
		t.Errorf("SIGTERM: exit code %d, want 0\n%s", code, one.stderr)
	}
	again := startDemo(t, dir)
	again.signIn("admin") // with the same password
	if got := again.captured(order); got != "requires_capture 0" {
		t.Errorf("after the restart: %s", got)
	}
	if code := again.stop(); code != 0 {
		t.Errorf("SIGTERM: exit code %d, want 0", code)
	}
	anew := startDemo(t, dir, append(same, "--reset")...)
	if diff := cmp.Diff(shop, anew.shop()); diff != "" {
		t.Errorf("--reset did not begin anew (-before +after):\n%s", diff)
	}
}
