package payments

import (
	"bytes"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models"
)

// TestNothingPersonalIsLogged gives Stripe's error everything that it may carry.
func TestNothingPersonalIsLogged(t *testing.T) {
	var log bytes.Buffer
	for name, answer := range map[string]http.HandlerFunc{
		"error": stripeError(400, `"type":"invalid_request_error","code":"payment_intent_unexpected_state","message":"`+secretMail+`",
			"payment_intent":{"id":"pi_1","client_secret":"pi_1_secret_x","receipt_email":"`+secretMail+`"}`),
		"unknown":  stripeError(400, `"type":"invalid_request_error","message":"Not a mail: `+secretMail+`"`),
		"key":      stripeError(401, `"type":"invalid_request_error","message":"Invalid API Key provided: sk_test_x"`),
		"garbage":  plain(200, "hello "+secretMail),
		"no error": plain(400, `{"mail":"`+secretMail+`"}`),
		"broken":   plain(500, "trace: "+secretMail),
	} {
		g := testGateway(t, answer, 0)
		g.log = slog.New(slog.NewTextHandler(&log, nil))
		_, err := g.Capture(t.Context(), "pi_1", 500, "key")
		for _, text := range []string{err.Error(), log.String()} {
			if strings.Contains(text, secretMail) || strings.Contains(text, "_secret_") || strings.Contains(text, "sk_test") {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
	if !strings.Contains(log.String(), "req_1") || !strings.Contains(log.String(), "payment_intent_unexpected_state") {
		t.Errorf("the log helps nobody: %s", log.String())
	}
}

func TestUnknownRefusalIsQuoted(t *testing.T) {
	g := testGateway(t, stripeError(400, `"type":"invalid_request_error","code":"brand_new","message":"The moon is\u0000 “full”."`), 0)
	_, err := g.Capture(t.Context(), "pi_1", 500, "key")
	var e *models.Error
	if !errors.As(err, &e) || e.Code != "brand_new" || e.Message != "Stripe refused and said: “The moon is full”. Nothing was captured." {
		t.Errorf("%v", err)
	}
}

// TestCodesThatPeopleMeetHaveASentence of their own; the rest of the world is quoted, and so is the one that does not tell why.
func TestCodesThatPeopleMeetHaveASentence(t *testing.T) {
	seen := map[string]bool{}
	for _, code := range strings.Fields(`charge_already_refunded charge_disputed refund_disputed_payment charge_not_refundable
		charge_already_captured charge_expired_for_capture capture_charge_authorization_expired capture_unauthorized_payment
		payment_intent_unexpected_state balance_insufficient lock_timeout idempotency_key_in_use resource_missing rate_limit
		amount_too_large amount_too_small parameter_invalid_integer parameter_missing api_key_expired secret_key_required livemode_mismatch
		account_invalid payment_method_provider_decline payment_method_customer_decline payment_method_not_available
		payment_intent_payment_attempt_expired postal_code_invalid`) {
		s := sentence(&stripe.Error{Code: stripe.ErrorCode(code), HTTPStatusCode: 400, Msg: "Stripe's own words"})
		if strings.Contains(s, "own words") != (code == "charge_not_refundable") || !strings.HasSuffix(s, ".") {
			t.Errorf("%s: %q", code, s)
		}
		seen[s] = true
	}
	if len(seen) < 20 {
		t.Errorf("only %d different sentences", len(seen))
	}
	s := sentence(&stripe.Error{HTTPStatusCode: 403, Msg: "Having the 'rak_charge_write' permission would allow this"})
	if !strings.Contains(s, "rak_charge_write") {
		t.Errorf("the missing permission is not named: %q", s)
	}
}

func TestNewRefusesKeysAndAddresses(t *testing.T) {
	for _, tt := range []struct {
		key, base, code string
		live            bool
	}{
		{"sk_test_1", "", "", false}, {"rk_test_1", "http://127.0.0.1:1/", "", false}, {"sk_live_1", "", "", true}, {"rk_live_1", "", "", true},
		{"sk_test_1", "https://stripe.example:8443/v1", "", false},
		{"", "", "key_malformed", false}, {"pk_test_1", "", "key_malformed", false}, {"sk_test_", "", "key_malformed", false},
		{"sk_test_1 ", "", "key_malformed", false}, {"sk_test_a\r\nb", "", "key_malformed", false}, {"SK_TEST_1", "", "key_malformed", false},
		{"sk_live_1", "http://127.0.0.1:1", "api_base_refused", false}, {"rk_live_1", "https://api.stripe.com", "api_base_refused", false},
		{"sk_test_1", "127.0.0.1:1", "api_base_refused", false}, {"sk_test_1", "ftp://x", "api_base_refused", false},
		{"sk_test_1", "http://", "api_base_refused", false}, {"sk_test_1", "http://u:p@x", "api_base_refused", false},
	} {
		g, err := New(Config{Key: tt.key, APIBase: tt.base})
		code := ""
		if e := (*models.Error)(nil); errors.As(err, &e) && e.Kind == models.KindInvalid {
			code = e.Code
		}
		if code != tt.code || (err == nil) != (tt.code == "") || (err == nil && g.Livemode() != tt.live) {
			t.Errorf("%q %q: %v", tt.key, tt.base, err)
		}
		if err != nil && len(tt.key) > len("sk_test_") && strings.Contains(err.Error(), tt.key) {
			t.Errorf("%v quotes the key", err)
		}
	}
}

func TestCallsThatAreNotMade(t *testing.T) {
	g := testGateway(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) }, 0)
	ctx, whole := t.Context(), models.Shipping{Name: "Å", Address: models.Address{Country: "SE"}}
	for name, tt := range map[string]struct {
		call func() error
		kind models.ErrorKind
	}{
		"amount 0":        {func() error { _, err := g.Capture(ctx, "pi_1", 0, "k"); return err }, models.KindRefused},
		"amount below 0":  {func() error { _, err := g.Capture(ctx, "pi_1", -1, "k"); return err }, models.KindRefused},
		"no key":          {func() error { _, err := g.Capture(ctx, "pi_1", 1, ""); return err }, models.KindRefused},
		"long key":        {func() error { _, err := g.Capture(ctx, "pi_1", 1, strings.Repeat("k", 256)); return err }, models.KindRefused},
		"no id":           {func() error { _, err := g.Cancel(ctx, "", "", "k"); return err }, models.KindRefused},
		"another path":    {func() error { _, err := g.Cancel(ctx, "../charges", "", "k"); return err }, models.KindRefused},
		"no id to read":   {func() error { _, err := g.PaymentIntent(ctx, ""); return err }, models.KindInvalid},
		"a query to read": {func() error { _, err := g.Object(ctx, models.ObjectPayout, "po_1?x"); return err }, models.KindInvalid},
		"kind":            {func() error { _, err := g.Object(ctx, "customer", "cus_1"); return err }, models.KindInvalid},
		"list of a kind":  {func() error { _, err := g.List(ctx, "customer", ListQuery{}); return err }, models.KindInvalid},
		"no name": {func() error {
			_, err := g.UpdateShipping(ctx, "pi_1", models.Shipping{Address: whole.Address}, "k")
			return err
		}, models.KindInvalid},
		"no address": {func() error {
			_, err := g.UpdateChargeShipping(ctx, "py_1", models.Shipping{Name: "Å"}, "k")
			return err
		}, models.KindInvalid},
	} {
		if err := tt.call(); !models.IsKind(err, tt.kind) {
			t.Errorf("%s: %v, want %s", name, err, tt.kind)
		}
	}
}

func TestListKeepsWhatItCannotReadApart(t *testing.T) {
	rows := goodIntent + `,{"id":"pi_2","object":"payment_intent","amount":1.5},` + strings.Replace(goodIntent, "pi_1", "pi_3", 1) +
		`,{"id":"pi_4","object":"hologram"}`
	g := testGateway(t, plain(200, `{"object":"list","has_more":true,"data":[`+rows+`]}`), 0)
	page, err := g.List(t.Context(), models.ObjectPaymentIntent, ListQuery{})
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Snapshots) != 2 || page.LastID != "pi_4" || !page.More || page.AsOf == 0 {
		t.Errorf("page %+v", page)
	}
	for i, words := range [][]string{{"pi_2", "amount"}, {"pi_4", "hologram"}} {
		for _, w := range words {
			if !strings.Contains(page.Refused[i].Error(), w) {
				t.Errorf("%v does not name %s", page.Refused[i], w)
			}
		}
	}
	_, err = g.List(t.Context(), models.ObjectPaymentIntent, ListQuery{StartingAfter: "pi_4"})
	checkFailure(t, "a page that leads to itself", err, models.KindUnavailable, "unreadable_answer")
}

func TestListRefusesWhatIsNoList(t *testing.T) {
	for _, body := range []string{`{}`, `{"object":"list","data":{}}`, `{"object":"list","has_more":true,"data":[]}`, goodIntent, `[]`} {
		g := testGateway(t, plain(200, body), 0)
		_, err := g.List(t.Context(), models.ObjectPaymentIntent, ListQuery{})
		checkFailure(t, body, err, models.KindUnavailable, "unreadable_answer")
		if _, _, err = g.Balance(t.Context()); !models.IsKind(err, models.KindUnavailable) {
			t.Errorf("balance %s: %v", body, err)
		}
	}
}

// TestUnreadablePaymentIsNamed: a GET that shows the right object with an amount that cannot be read says so; a POST proves nothing.
func TestUnreadablePaymentIsNamed(t *testing.T) {
	g := testGateway(t, plain(200, strings.Replace(goodIntent, `"amount":500`, `"amount":"500"`, 1)), 0)
	_, err := g.PaymentIntent(t.Context(), "pi_1")
	var e *models.Error
	if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Field != "amount" || e.StripeRequestID != "req_1" {
		t.Errorf("GET: %v", err)
	}
	_, err = g.Capture(t.Context(), "pi_1", 500, "key")
	checkFailure(t, "POST", err, models.KindUnknown, "unreadable_answer")
}

func TestAnswersGetTheKeysMode(t *testing.T) {
	g := testGateway(t, plain(200, `{"id":"pyr_1","object":"refund","amount":5,"currency":"eur","created":9}`), 0)
	for _, live := range []bool{false, true} {
		g.livemode = live
		res, err := g.Object(t.Context(), models.ObjectRefund, "pyr_1")
		if err != nil || res.Snapshots[0].Livemode != live {
			t.Errorf("live %v: %+v %v", live, res, err)
		}
	}
}

func TestRequestsAreWhatTheyShouldBe(t *testing.T) {
	var got *http.Request
	g := testGateway(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got = r
		plain(200, goodIntent)(w, r)
	}, 0)
	if _, err := g.Capture(t.Context(), "pi_1", 500, "key_1"); err != nil {
		t.Fatal(err)
	}
	form := map[string][]string{"amount_to_capture": {"500"}, "expand[0]": {"latest_charge"}, "expand[1]": {"latest_charge.balance_transaction"}}
	if d := cmp.Diff(form, map[string][]string(got.PostForm)); d != "" {
		t.Errorf("capture (-want +got):\n%s", d)
	}
	for name, want := range map[string]string{"Idempotency-Key": "key_1", "Stripe-Version": "2023-10-16", "Authorization": "Bearer sk_test_x", "X-Stripe-Client-Telemetry": ""} {
		if h := got.Header.Get(name); h != want {
			t.Errorf("%s: %q, want %q", name, h, want)
		}
	}
	ship := models.Shipping{Name: "Åsa", Carrier: "DHL Paket", TrackingNumber: "1", Address: models.Address{Line1: "Väg 1", Country: "DE"}}
	if _, err := g.UpdateShipping(t.Context(), "pi_1", ship, "key_2"); err != nil {
		t.Fatal(err)
	}
	form = map[string][]string{"shipping[name]": {"Åsa"}, "shipping[carrier]": {"DHL Paket"}, "shipping[tracking_number]": {"1"},
		"shipping[address][line1]": {"Väg 1"}, "shipping[address][country]": {"DE"}}
	if d := cmp.Diff(form, map[string][]string(got.PostForm)); d != "" {
		t.Errorf("shipping (-want +got):\n%s", d)
	}
	if _, err := g.PaymentIntent(t.Context(), "pi_1"); err != nil || got.Header.Get("Idempotency-Key") != "" {
		t.Errorf("a GET carries a key, or failed: %v", err)
	}
}

func TestBackendsAreSeparate(t *testing.T) {
	g, err := New(Config{Key: "sk_live_1"})
	if err != nil {
		t.Fatal(err)
	}
	got := []string{backendURL(g.backends.API), backendURL(g.backends.Connect), backendURL(g.backends.Uploads)}
	if d := cmp.Diff([]string{"https://api.stripe.com", "https://connect.stripe.com", "https://files.stripe.com"}, got); d != "" {
		t.Errorf("addresses (-want +got):\n%s", d)
	}
}

func backendURL(b stripe.Backend) string {
	return b.(*stripe.BackendImplementation).URL
}
