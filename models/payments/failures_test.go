package payments

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
)

const (
	goodIntent = `{"id":"pi_1","object":"payment_intent","amount":500,"amount_capturable":500,"currency":"eur","created":1700000000,` +
		`"livemode":false,"status":"requires_capture"}`
	secretMail = "asa.oberg@example.com"
)

// testGateway talks to handler, with short pauses.
func testGateway(t *testing.T, handler http.HandlerFunc, timeout time.Duration) *Gateway {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return gatewayTo(t, server.URL, timeout)
}

func gatewayTo(t *testing.T, base string, timeout time.Duration) *Gateway {
	t.Helper()
	g, err := New(Config{Key: "sk_test_x", APIBase: base, PerSecond: 1000, Timeout: timeout})
	if err != nil {
		t.Fatal(err)
	}
	g.backoff = time.Millisecond
	return g
}

func stripeError(status int, inner string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Request-Id", "req_1")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{%s}}`, inner)
	}
}

func plain(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Request-Id", "req_1")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

// cut promises more than it sends.
func cut(status int, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Request-Id", "req_1")
		w.Header().Set("Content-Length", "1000")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func drop(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }

func hang(_ http.ResponseWriter, r *http.Request) {
	_, _ = io.Copy(io.Discard, r.Body)
	<-r.Context().Done()
}

// TestEveryFailureHasItsKind is the table that money depends on: what a failed call proves.
func TestEveryFailureHasItsKind(t *testing.T) {
	const refused, unavailable, unknown, notFound = models.KindRefused, models.KindUnavailable, models.KindUnknown, models.KindNotFound
	const invalid = `"type":"invalid_request_error"`
	tests := []struct {
		name      string
		answer    http.HandlerFunc
		post, get models.ErrorKind
		code      string
		calls     int32 // attempts of each
	}{
		{"known refusal", stripeError(400, invalid+`,"code":"payment_intent_unexpected_state","message":"m"`), refused, refused, "payment_intent_unexpected_state", 1},
		{"card error", stripeError(402, `"type":"card_error","code":"payment_method_provider_decline"`), refused, refused, "payment_method_provider_decline", 1},
		{"unknown refusal", stripeError(400, invalid+`,"message":"No."`), refused, refused, "invalid_request_error", 1},
		{"wrong key", stripeError(401, invalid+`,"message":"Invalid API Key provided: sk_test_x"`), refused, refused, "invalid_api_key", 1},
		{"expired key", stripeError(401, invalid+`,"code":"api_key_expired"`), refused, refused, "api_key_expired", 1},
		{"no permission", stripeError(403, invalid+`,"message":"Having the 'rak_charge_write' permission would help."`), refused, refused, "permission_denied", 1},
		{"no such object", stripeError(404, invalid+`,"code":"resource_missing"`), refused, notFound, "resource_missing", 1},
		{"a proxy's 404", plain(404, "<html>nothing here</html>"), unknown, unavailable, "unreadable_answer", 1},
		{"a proxy's 403 in JSON", plain(403, `{"detail":"blocked"}`), unknown, unavailable, "unreadable_answer", 1},
		{"key in use", stripeError(409, `"type":"idempotency_error","code":"idempotency_key_in_use"`), unknown, unavailable, "idempotency_key_in_use", 1},
		{"conflict", stripeError(409, invalid), unknown, unavailable, "conflict", 1},
		{"too many", stripeError(429, invalid+`,"code":"rate_limit"`), unavailable, unavailable, "rate_limit", maxAttempts},
		{"too many, no body", plain(429, ""), unavailable, unavailable, "rate_limit", maxAttempts},
		{"too many, cut", cut(429, `{"err`), unavailable, unavailable, "rate_limit", maxAttempts},
		{"too many, do not retry", stripeError(429, invalid, "Stripe-Should-Retry", "false"), unavailable, unavailable, "rate_limit", 1},
		{"lock timeout", stripeError(429, invalid+`,"code":"lock_timeout"`), unavailable, unavailable, "lock_timeout", maxAttempts},
		{"Klarna's own limit", stripeError(402, `"type":"card_error","code":"rate_limit"`), unavailable, unavailable, "rate_limit", maxAttempts},
		{"Stripe's trouble", stripeError(500, `"type":"api_error"`), unknown, unavailable, "server_error", 1},
		{"a gateway's trouble", plain(502, "<html>bad gateway</html>"), unknown, unavailable, "server_error", 1},
		{"cut trouble", cut(503, `{"error"`), unknown, unavailable, "server_error", 1},
		{"timeout of something between", plain(408, ""), unknown, unavailable, "conflict", 1},
		{"half an answer", cut(200, goodIntent[:60]), unknown, unavailable, "cut_answer", 1},
		{"half a refusal", cut(400, `{"error":{"type":"inv`), unknown, unavailable, "cut_answer", 1},
		{"half an answer that looks whole", plain(200, goodIntent[:60]), unknown, unavailable, "unreadable_answer", 1},
		{"nothing", plain(200, ""), unknown, unavailable, "unreadable_answer", 1},
		{"an empty object", plain(200, "{}"), unknown, unavailable, "unreadable_answer", 1},
		{"an array", plain(200, "[]"), unknown, unavailable, "unreadable_answer", 1},
		{"null", plain(200, "null"), unknown, unavailable, "unreadable_answer", 1},
		{"a page", plain(200, "<!doctype html><p>Hotel Wi-Fi</p>"), unknown, unavailable, "unreadable_answer", 1},
		{"another payment", plain(200, strings.Replace(goodIntent, "pi_1", "pi_2", 1)), unknown, unavailable, "unreadable_answer", 1},
		{"another kind", plain(200, `{"id":"pi_1","object":"charge","amount":1,"currency":"eur","created":1}`), unknown, unavailable, "unreadable_answer", 1},
		{"an error with 200", plain(200, `{"error":{"type":"api_error"}}`), unknown, unavailable, "unreadable_answer", 1},
		{"a redirect", func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(http.StatusTemporaryRedirect)
			_, _ = io.WriteString(w, goodIntent)
		}, unknown, unavailable, "unreadable_answer", 1},
		{"connection dropped", drop, unknown, unavailable, "no_answer", 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var calls atomic.Int32
			g := testGateway(t, func(w http.ResponseWriter, r *http.Request) {
				calls.Add(1)
				w.Header().Set("Request-Id", "req_1")
				tt.answer(w, r)
			}, 0)
			_, err := g.Capture(t.Context(), "pi_1", 500, "key")
			checkFailure(t, "POST", err, tt.post, tt.code)
			wantID := "req_1"
			if tt.name == "connection dropped" {
				wantID = ""
			}
			if e := (*models.Error)(nil); errors.As(err, &e) && e.StripeRequestID != wantID {
				t.Errorf("request id %q, want %q", e.StripeRequestID, wantID)
			}
			if n := calls.Swap(0); n != tt.calls {
				t.Errorf("POST made %d calls, want %d", n, tt.calls)
			}
			_, err = g.PaymentIntent(t.Context(), "pi_1")
			checkFailure(t, "GET", err, tt.get, tt.code)
			// net/http repeats a GET by itself when a kept connection was dropped.
			if n := calls.Load(); n != tt.calls && tt.name != "connection dropped" {
				t.Errorf("GET made %d calls, want %d", n, tt.calls)
			}
		})
	}
}

func checkFailure(t *testing.T, what string, err error, kind models.ErrorKind, code string) {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) {
		t.Fatalf("%s: %v", what, err)
	}
	if e.Kind != kind || e.Code != code {
		t.Errorf("%s: %s %q, want %s %q (%v)", what, e.Kind, e.Code, kind, code, err)
	}
	if e.Message == "" || !strings.HasSuffix(e.Message, ".") {
		t.Errorf("%s: message %q is no sentence", what, e.Message)
	}
	wantTail := map[models.ErrorKind]string{models.KindRefused: "Nothing was captured.", models.KindUnknown: "It is not known yet whether the payment was captured."}
	if tail := wantTail[kind]; what == "POST" && !strings.Contains(e.Message, tail) {
		t.Errorf("%s: message %q does not say %q", what, e.Message, tail)
	}
}

func TestCachedFailureIsTold(t *testing.T) {
	for name, answer := range map[string]http.HandlerFunc{
		"a failure that is repeated":        stripeError(500, `"type":"api_error"`, "Idempotent-Replayed", "true"),
		"the key belongs to other contents": stripeError(400, `"type":"idempotency_error"`),
	} {
		_, err := testGateway(t, answer, 0).Capture(t.Context(), "pi_1", 500, "key")
		checkFailure(t, name, err, models.KindUnknown, CodeCachedFailure)
	}
}

// TestStripeGoRepeatsNothing: stripe-go would repeat a 409 and a 503 by itself.
func TestStripeGoRepeatsNothing(t *testing.T) {
	for _, status := range []int{409, 503} {
		var calls atomic.Int32
		g := testGateway(t, func(w http.ResponseWriter, _ *http.Request) {
			calls.Add(1)
			w.Header().Set("Stripe-Should-Retry", "true")
			w.WriteHeader(status)
		}, 0)
		if _, err := g.Cancel(t.Context(), "pi_1", "", "key"); !models.IsKind(err, models.KindUnknown) || calls.Load() != 1 {
			t.Errorf("%d: %d calls, %v", status, calls.Load(), err)
		}
	}
}

func TestTooManyThenDone(t *testing.T) {
	var calls atomic.Int32
	keys := map[string]int{}
	g := testGateway(t, func(w http.ResponseWriter, r *http.Request) {
		keys[r.Header.Get("Idempotency-Key")]++
		if calls.Add(1) < maxAttempts {
			plain(429, "")(w, r)
			return
		}
		w.Header().Set("Date", "Tue, 14 Nov 2023 22:13:20 GMT")
		plain(200, goodIntent)(w, r)
	}, 0)
	res, err := g.Capture(t.Context(), "pi_1", 500, "cap_1")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int{"cap_1": maxAttempts}, keys); d != "" {
		t.Errorf("idempotency keys (-want +got):\n%s", d)
	}
	if res.AsOf != 1700000000 || res.RequestID != "req_1" || res.Snapshots[0].AsOf != 1700000000 || res.Snapshots[0].PaymentIntent.Amount != 500 {
		t.Errorf("result %+v", res)
	}
}

func TestNeverSentIsUnavailable(t *testing.T) {
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := "http://" + free.Addr().String()
	_ = free.Close()
	g := gatewayTo(t, nobody, 0)
	_, err = g.Capture(t.Context(), "pi_1", 500, "key")
	checkFailure(t, "dial", err, models.KindUnavailable, "unreachable")
	if !strings.Contains(err.Error(), "Nothing was captured.") {
		t.Errorf("%v does not say that nothing was done", err)
	}

	g = testGateway(t, func(http.ResponseWriter, *http.Request) { t.Error("a canceled call was sent") }, 0)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = g.Capture(ctx, "pi_1", 500, "key")
	checkFailure(t, "canceled", err, models.KindUnavailable, "not_sent")

	tls := httptest.NewUnstartedServer(http.NotFoundHandler())
	tls.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
	tls.StartTLS() // with a certificate that nobody trusts
	t.Cleanup(tls.Close)
	_, err = gatewayTo(t, tls.URL, 0).Capture(t.Context(), "pi_1", 500, "key")
	checkFailure(t, "TLS", err, models.KindUnavailable, "unreachable")
}

func TestTimeouts(t *testing.T) {
	g := testGateway(t, hang, 50*time.Millisecond)
	_, err := g.Capture(t.Context(), "pi_1", 500, "key")
	checkFailure(t, "POST", err, models.KindUnknown, "timeout")
	_, err = g.PaymentIntent(t.Context(), "pi_1")
	checkFailure(t, "GET", err, models.KindUnavailable, "timeout")

	ctx, cancel := context.WithCancel(t.Context())
	g = testGateway(t, func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		cancel()
		<-r.Context().Done()
	}, 0)
	_, err = g.Capture(ctx, "pi_1", 500, "key")
	checkFailure(t, "canceled under way", err, models.KindUnknown, "no_answer")
}

// TestOneDeadlineForAnAct: repetitions after 429 end with the act's timeout, and then nothing was done.
func TestOneDeadlineForAnAct(t *testing.T) {
	g := testGateway(t, stripeError(429, `"type":"invalid_request_error"`, "Retry-After", "4"), 100*time.Millisecond)
	start := time.Now()
	_, err := g.Capture(t.Context(), "pi_1", 500, "key")
	checkFailure(t, "POST", err, models.KindUnavailable, "rate_limit")
	if d := time.Since(start); d > 3*time.Second {
		t.Errorf("it took %v", d)
	}
}

func TestAnswerThatNeverEnds(t *testing.T) {
	block := bytes.Repeat([]byte(" "), 1<<20)
	g := testGateway(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 2 * maxAnswer >> 20 {
			if _, err := w.Write(block); err != nil {
				return
			}
		}
	}, 0)
	_, err := g.PaymentIntent(t.Context(), "pi_1")
	checkFailure(t, "GET", err, models.KindUnavailable, "cut_answer")
	if !errors.Is(err, errTooLong) {
		t.Errorf("%v does not say that it was too long", err)
	}
}
