package payments_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/payments"
)

// oracleVersion of stripe-mock carries Stripe's own description of API version 2023-10-16, which stripe-go v76 speaks.
const oracleVersion = "v0.183.0"

// noCall are the exported methods that ask Stripe nothing.
var noCall = []string{"Livemode"}

var recipient = models.Shipping{
	Name: "Åsa Öberg", Phone: "+46701234567", Carrier: "PostNord Sweden", TrackingNumber: "UC123456785SE",
	Address: models.Address{Line1: "Storgatan 1", Line2: "lgh 1101", PostalCode: "111 22", City: "Stockholm", State: "AB", Country: "SE"},
}

// oracleCalls is every request that the gateway can send, by method.
func oracleCalls(ctx context.Context, g *payments.Gateway) map[string]map[string]func() error {
	object := func(kind models.ObjectKind, id string) func() error {
		return func() error { _, err := g.Object(ctx, kind, id); return err }
	}
	list := func(kind models.ObjectKind, q payments.ListQuery) func() error {
		return func() error {
			page, err := g.List(ctx, kind, q)
			return errors.Join(append(page.Refused, err)...)
		}
	}
	paged := func(after string) payments.ListQuery {
		return payments.ListQuery{From: 1700000000, StartingAfter: after}
	}
	return map[string]map[string]func() error{
		"PaymentIntent": {"": func() error { _, err := g.PaymentIntent(ctx, "pi_1"); return err }},
		"Object": {
			"payment_intent": object(models.ObjectPaymentIntent, "pi_1"), "charge": object(models.ObjectCharge, "py_1"),
			"refund": object(models.ObjectRefund, "pyr_1"), "dispute": object(models.ObjectDispute, "du_1"),
			"payout": object(models.ObjectPayout, "po_1"), "balance_transaction": object(models.ObjectBalanceTransaction, "txn_1"),
		},
		"UpdateShipping": {"": func() error { _, err := g.UpdateShipping(ctx, "pi_1", recipient, "k1"); return err }},
		"UpdateChargeShipping": {"": func() error {
			_, err := g.UpdateChargeShipping(ctx, "py_1", recipient, "k2")
			return err
		}},
		"Capture": {"": func() error { _, err := g.Capture(ctx, "pi_1", 14990, "k3"); return err }},
		"Cancel": {
			"abandoned": func() error { _, err := g.Cancel(ctx, "pi_1", "abandoned", "k4"); return err },
			"duplicate": func() error { _, err := g.Cancel(ctx, "pi_1", "duplicate", "k5"); return err },
			"fraudulent": func() error {
				_, err := g.Cancel(ctx, "pi_1", "fraudulent", "k6")
				return err
			},
			"requested_by_customer": func() error { _, err := g.Cancel(ctx, "pi_1", "requested_by_customer", "k7"); return err },
			"no reason":             func() error { _, err := g.Cancel(ctx, "pi_1", "", "k8"); return err },
		},
		"CreateRefund": {
			"requested_by_customer": refund(ctx, g, "requested_by_customer", "k9"), "duplicate": refund(ctx, g, "duplicate", "k10"),
			"fraudulent": refund(ctx, g, "fraudulent", "k11"), "no reason": refund(ctx, g, "", "k12"),
		},
		"UpdateEvidence": evidenceCalls(ctx, g),
		"CloseDispute":   {"": func() error { _, err := g.CloseDispute(ctx, "du_1", "k13"); return err }},
		"UploadEvidence": {"": func() error {
			_, _, err := g.UploadEvidence(ctx, "proof.pdf", []byte("%PDF-1.7"), "k14")
			return err
		}},
		"RefundsOf": {"": func() error { _, err := g.RefundsOf(ctx, "pi_1"); return err }},
		"List": {
			"payment_intent first": list(models.ObjectPaymentIntent, payments.ListQuery{}), "payment_intent": list(models.ObjectPaymentIntent, paged("pi_1")),
			"charge": list(models.ObjectCharge, paged("py_1")), "refund": list(models.ObjectRefund, paged("pyr_1")),
			"dispute": list(models.ObjectDispute, paged("du_1")), "payout": list(models.ObjectPayout, paged("po_1")),
			"balance_transaction":             list(models.ObjectBalanceTransaction, paged("txn_1")),
			"balance_transaction of a payout": list(models.ObjectBalanceTransaction, payments.ListQuery{Payout: "po_1", StartingAfter: "txn_1"}),
		},
		"ListEvents": {"": func() error {
			_, err := g.ListEvents(ctx, payments.ListQuery{From: 1700000000, StartingAfter: "evt_1", Types: []string{"charge.captured", "charge.refund.updated"}})
			return err
		}},
		"Balance": {"": func() error { _, _, err := g.Balance(ctx); return err }},
	}
}

func refund(ctx context.Context, g *payments.Gateway, reason, key string) func() error {
	return func() error {
		_, err := g.CreateRefund(ctx, payments.NewRefund{PaymentIntentID: "pi_1", Amount: 4500, Reason: reason, OperationID: "rfd_1"}, key)
		return err
	}
}

// evidenceCalls are a draft of each field alone, a draft that clears a field, and a submission.
func evidenceCalls(ctx context.Context, g *payments.Gateway) map[string]func() error {
	update := func(u payments.EvidenceUpdate) func() error {
		return func() error { _, err := g.UpdateEvidence(ctx, u, "k15"); return err }
	}
	calls := map[string]func() error{
		"clear":  update(payments.EvidenceUpdate{DisputeID: "du_1", Fields: map[string]string{"receipt": "", "customer_name": ""}}),
		"submit": update(payments.EvidenceUpdate{DisputeID: "du_1", Submit: true, OperationID: "sub_1"}),
	}
	for _, field := range evidenceFields {
		calls[field] = update(payments.EvidenceUpdate{DisputeID: "du_1", Fields: map[string]string{field: "file_1"}})
	}
	return calls
}

// evidenceFields are Stripe's names (docs.stripe.com/api/disputes/evidence_object), without those for cards only.
var evidenceFields = strings.Fields(`access_activity_log billing_address cancellation_policy cancellation_policy_disclosure cancellation_rebuttal
	customer_communication customer_email_address customer_name customer_purchase_ip customer_signature duplicate_charge_documentation
	duplicate_charge_explanation duplicate_charge_id product_description receipt refund_policy refund_policy_disclosure
	refund_refusal_explanation service_date service_documentation shipping_address shipping_carrier shipping_date shipping_documentation
	shipping_tracking_number uncategorized_file uncategorized_text`)

// TestStripeAcceptsEveryCall sends every request to stripe-mock, which checks it against Stripe's own description of its API.
func TestStripeAcceptsEveryCall(t *testing.T) {
	g, err := payments.New(payments.Config{Key: "sk_test_oracle", APIBase: startOracle(t), PerSecond: 1000})
	if err != nil {
		t.Fatal(err)
	}
	for method, calls := range oracleCalls(t.Context(), g) {
		for name, call := range calls {
			t.Run(method+" "+name, func(t *testing.T) {
				if err := call(); err != nil {
					t.Errorf("stripe-mock did not accept it: %v", err)
				}
			})
		}
	}
}

// TestOracleRefusesWhatStripeDoes keeps the test above honest: stripe-mock must be one that can say no.
func TestOracleRefusesWhatStripeDoes(t *testing.T) {
	g, err := payments.New(payments.Config{Key: "sk_test_oracle", APIBase: startOracle(t), PerSecond: 1000})
	if err != nil {
		t.Fatal(err)
	}
	_, err = g.Cancel(t.Context(), "pi_1", "because", "k")
	if !models.IsKind(err, models.KindRefused) {
		t.Errorf("a reason that Stripe does not have: %v", err)
	}
}

// TestEveryCallHasAnOracleRow fails when a method that may ask Stripe something has no row above.
func TestEveryCallHasAnOracleRow(t *testing.T) {
	rows := oracleCalls(t.Context(), nil)
	gateway := reflect.TypeFor[*payments.Gateway]()
	for i := range gateway.NumMethod() {
		name := gateway.Method(i).Name
		if len(rows[name]) == 0 && !slices.Contains(noCall, name) {
			t.Errorf("Gateway.%s has no row in oracleCalls", name)
		}
		delete(rows, name)
	}
	for name := range rows {
		t.Errorf("oracleCalls has a row for Gateway.%s, which does not exist", name)
	}
}

// startOracle starts stripe-mock on a free port of loopback and gives its address.
func startOracle(t *testing.T) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), findOracle(t), "-http-addr", "127.0.0.1:0", "-strict-version-check")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	cmd.Stderr = os.Stderr
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	address := regexp.MustCompile(`127\.0\.0\.1:\d+`)
	for lines := bufio.NewScanner(out); lines.Scan(); {
		if a := address.FindString(lines.Text()); a != "" {
			return "http://" + a
		}
	}
	t.Fatal("stripe-mock did not say where it listens")
	return ""
}

// findOracle looks where `go install` puts it, and checks the version. It is a program of its own and no dependency of ours.
func findOracle(t *testing.T) string {
	t.Helper()
	for _, file := range oracleFiles() {
		out, err := exec.CommandContext(t.Context(), "go", "version", "-m", file).Output()
		if err == nil && strings.Contains(string(out), oracleVersion) {
			return file
		}
	}
	const how = "stripe-mock " + oracleVersion + " is not installed: go install github.com/stripe/stripe-mock@" + oracleVersion
	if slices.Contains(strings.Split(os.Getenv("COUNTERFOIL_REQUIRE"), ","), "stripe-mock") {
		t.Fatal(how)
	}
	t.Skip(how)
	return ""
}

func oracleFiles() (files []string) {
	name := "stripe-mock"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if f, err := exec.LookPath(name); err == nil {
		files = append(files, f)
	}
	if out, err := exec.Command("go", "env", "GOBIN", "GOPATH").Output(); err == nil {
		lines := strings.Split(strings.ReplaceAll(string(out), "\r", ""), "\n")
		files = append(files, filepath.Join(lines[0], name), filepath.Join(lines[1], "bin", name))
	}
	return files
}
