package stripesim_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"counterfoil/models/payments/stripesim"
)

// excused are the fields of Stripe's fixtures (2026-08-26.dahlia) that are not compared, each with the reason: API version
// 2023-10-16 does not have them, or this Klarna payment has something else there.
func excused() map[string]string {
	return map[string]string{
		"payment_intent.excluded_payment_method_types":        "added after 2023-10-16",
		"payment_intent.customer_account":                     "added after 2023-10-16",
		"payment_intent.managed_payments":                     "added after 2023-10-16",
		"payment_intent.allowed_payment_method_types":         "added after 2023-10-16",
		"charge.refunds":                                      "only when expanded, since 2022-11-15",
		"charge.billing_details.tax_id":                       "added after 2023-10-16",
		"charge.outcome.advice_code":                          "added after 2023-10-16",
		"charge.outcome.network_advice_code":                  "added after 2023-10-16",
		"charge.outcome.network_decline_code":                 "added after 2023-10-16",
		"charge.payment_method_details.card":                  "a Klarna charge has klarna here",
		"refund.customer":                                     "added after 2023-10-16",
		"refund.customer_account":                             "added after 2023-10-16",
		"refund.payment_method":                               "added after 2023-10-16",
		"refund.destination_details.card":                     "a Klarna refund has klarna here",
		"dispute.enhanced_eligibility_types":                  "added after 2023-10-16; card schemes only",
		"dispute.evidence.enhanced_evidence":                  "added after 2023-10-16; card schemes only",
		"dispute.evidence_details.enhanced_eligibility":       "added after 2023-10-16; card schemes only",
		"dispute.payment_method_details.card":                 "a Klarna dispute has klarna here",
		"payout.trace_id":                                     "null before the payout has arrived",
		"payout.payout_method":                                "added after 2023-10-16",
		"balance_transaction.balance_type":                    "added after 2023-10-16",
		"event.data.object":                                   "the fixture shows a plan",
		"customer.discount":                                   "no customer of the simulator has one",
		"payment_intent.last_payment_error":                   "null unless an attempt failed",
		"payment_intent.next_action":                          "null unless the customer is at Klarna",
		"payment_intent.processing":                           "always null here",
		"payment_intent.transfer_data":                        "no connected accounts here",
		"payment_intent.automatic_payment_methods":            "null when the shop lists its payment methods",
		"payment_intent.payment_method_configuration_details": "null when the shop lists its payment methods",
		"charge.transfer_data":                                "no connected accounts here",
		"charge.source":                                       "no sources here",
		"customer.shipping":                                   "kept on the payments",
		"customer.invoice_settings.rendering_options":         "no invoices here",
		"file.links.data":                                     "no file has a link",
	}
}

// dataFolder is Stripe's published data beside the repository; without it the test is skipped, unless it is required.
func dataFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for dir != filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			break
		}
		dir = filepath.Dir(dir)
	}
	data := filepath.Join(dir, "..", "shared", "data", "stripe-openapi")
	if _, err := os.Stat(data); err != nil {
		if slices.Contains(strings.Split(os.Getenv("COUNTERFOIL_REQUIRE"), ","), "data") {
			t.Fatalf("COUNTERFOIL_REQUIRE names data, and Stripe's fixtures are not there: %v", err)
		}
		t.Skip("Stripe's published fixtures are not beside the repository")
	}
	return data
}

func readJSON(t *testing.T, name string, into any) {
	t.Helper()
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// samples is one object of each kind, as the simulator shows it.
func samples(t *testing.T) map[string]map[string]any {
	t.Helper()
	w := newShop(t, 240, 1)
	w.control("POST", "/_sim/endpoint", `{"url":"http://127.0.0.1:1/x"}`, 200, nil)
	charge := firstOf(w.page("/v1/disputes"))[0]
	_, body, err := w.raw("GET", "/v1/disputes/"+charge, "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var d struct {
		Charge        string
		PaymentIntent string `json:"payment_intent"`
	}
	if err := json.Unmarshal(body, &d); err != nil {
		t.Fatal(err)
	}
	paths := map[string]string{"payment_intent": "/v1/payment_intents/" + d.PaymentIntent, "charge": "/v1/charges/" + d.Charge,
		"dispute": "/v1/disputes/" + charge, "balance": "/v1/balance"}
	w.evidenceFile(20)
	for _, kind := range []string{"refund", "payout", "balance_transaction", "customer", "event", "file", "webhook_endpoint"} {
		paths[kind] = "/v1/" + kind + "s/" + firstOf(w.page("/v1/" + kind + "s"))[0]
	}
	out := map[string]map[string]any{}
	for kind, path := range paths {
		_, body, err := w.raw("GET", path, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		var o map[string]any
		if err := json.Unmarshal(body, &o); err != nil {
			t.Fatalf("%s: %v", path, err)
		}
		out[kind] = o
	}
	return out
}

func TestObjectsHaveTheFieldsOfStripesFixtures(t *testing.T) {
	data, used := dataFolder(t), map[string]bool{}
	for kind, have := range samples(t) {
		var want map[string]any
		readJSON(t, filepath.Join(data, "fixtures", kind+".json"), &want)
		compareFields(t, kind, want, have, used)
	}
	for field := range excused() {
		if !used[field] {
			t.Errorf("%s is excused and need not be", field)
		}
	}
}

// compareFields goes through a fixture; what is excused is not looked into.
func compareFields(t *testing.T, path string, want, have map[string]any, used map[string]bool) {
	t.Helper()
	for field, w := range want {
		name := path + "." + field
		h, ok := have[field]
		inner, deep := firstHash(w)
		sub, same := firstHash(h)
		if excused()[name] != "" && (!ok || deep) {
			used[name] = true
			continue
		}
		switch {
		case ok && (!deep || same):
			compareFields(t, name, inner, sub, used)
		case !ok:
			t.Errorf("%s is missing", name)
		case h != nil:
			t.Errorf("%s is %T, Stripe has an object", name, h)
		default:
			t.Errorf("%s is null and Stripe's fixture has an object", name)
		}
	}
}

// firstHash is a hash, or the first one of a list of them.
func firstHash(v any) (map[string]any, bool) {
	if rows, ok := v.([]any); ok && len(rows) > 0 {
		v = rows[0]
	}
	h, ok := v.(map[string]any)
	return h, ok
}

// property is as much of a schema as is compared.
type property struct {
	Type     string
	Nullable bool
	Enum     []any
	AnyOf    []any
}

func TestObjectsFitStripesSchemas(t *testing.T) {
	var spec struct {
		Schemas map[string]struct {
			Required   []string
			Properties map[string]property
		}
	}
	readJSON(t, filepath.Join(dataFolder(t), "schemas.subset.json"), &spec)
	checked := 0
	for kind, o := range samples(t) {
		schema, ok := spec.Schemas[kind]
		if !ok {
			t.Fatalf("no schema of %s", kind)
		}
		for _, field := range schema.Required {
			if _, ok := o[field]; !ok && excused()[kind+"."+field] == "" {
				t.Errorf("%s.%s is required", kind, field)
			}
		}
		for field, p := range schema.Properties {
			value, ok := o[field]
			if !ok || len(p.AnyOf) > 0 || p.Type == "" {
				continue
			}
			checked++
			if problem := p.check(value); problem != "" {
				t.Errorf("%s.%s is %v: %s", kind, field, value, problem)
			}
		}
	}
	if checked < 100 {
		t.Errorf("only %d fields were compared", checked)
	}
}

func (p property) check(value any) string {
	if value == nil {
		if p.Nullable {
			return ""
		}
		return "it cannot be null"
	}
	fits := false
	switch v := value.(type) {
	case string:
		fits = p.Type == "string"
	case bool:
		fits = p.Type == "boolean"
	case float64:
		fits = p.Type == "number" || p.Type == "integer" && v == float64(int64(v))
	case []any:
		fits = p.Type == "array"
	case map[string]any:
		fits = p.Type == "object"
	}
	if !fits {
		return "Stripe's type is " + p.Type
	}
	if len(p.Enum) > 0 && !slices.Contains(p.Enum, value) {
		return fmt.Sprintf("Stripe knows %v", p.Enum)
	}
	return ""
}

func TestSimulatorNeedsNoKeyOfAnotherKind(t *testing.T) {
	for _, key := range []string{"sk_live_x", "pk_test_x", "nonsense"} {
		if _, err := stripesim.New(stripesim.Options{Key: key}); err == nil {
			t.Errorf("the key %s was accepted", key)
		}
	}
}
