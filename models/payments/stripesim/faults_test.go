package stripesim_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"counterfoil/models/payments/stripesim"
)

// Each kind of fault: what the caller sees, whether the work was done, and what the same key gives afterwards.
func TestFaults(t *testing.T) {
	tests := []struct {
		name     string
		fault    string
		status   int // 0: no whole answer
		captured bool
		again    int // status with the same key, replayed or not
		replayed bool
	}{
		{"500 is kept", `"status":500`, 500, false, 500, true},
		{"402 is kept", `"error":{"type":"card_error","code":"card_declined","message":"no"}`, 402, false, 402, true},
		{"429 is not kept", `"status":429,"error":{"type":"invalid_request_error","code":"rate_limit","message":"slow down"}`, 429, false, 200, false},
		{"409 is not kept", `"status":409,"error":{"type":"idempotency_error","code":"idempotency_key_in_use"}`, 409, false, 200, false},
		{"500 after the work", `"status":500,"after_commit":true`, 500, true, 200, true},
		{"dropped", `"drop":true`, 0, false, 200, false},
		{"dropped after the work", `"drop":true,"after_commit":true`, 0, true, 200, true},
		{"half an answer", `"truncate_at":40`, 0, true, 200, true},
		{"garbage", `"body":"<html>oops","headers":{"Content-Type":"text/html"}`, 200, false, 200, false},
		{"garbage after the work", `"status":502,"body":"bad gateway","after_commit":true`, 502, true, 200, true},
		{"delayed", `"delay_ms":30`, 200, true, 200, true},
		{"slow body", `"chunk_delay_ms":1`, 200, true, 200, true},
	}
	for _, tc := range tests {
		t.Run(tc.name, func(t *testing.T) {
			w := newWorld(t, stripesim.Options{})
			id, _ := w.order(`{}`)
			w.control("POST", "/_sim/faults", `{"method":"POST","path":"/v1/payment_intents/*/capture",`+tc.fault+`}`, 200, nil)
			key := map[string]string{"Idempotency-Key": "k"}
			answer, body, err := w.raw("POST", "/v1/payment_intents/"+id+"/capture", "", key)
			switch {
			case tc.status == 0 && err == nil:
				t.Fatalf("a whole answer came: %d %s", answer.StatusCode, body)
			case tc.status != 0 && (err != nil || answer.StatusCode != tc.status):
				t.Fatalf("answer %v %v, want %d", answer, err, tc.status)
			}
			if got := w.intent(id).Status == "succeeded"; got != tc.captured {
				t.Errorf("captured %v, want %v", got, tc.captured)
			}
			answer, body, err = w.raw("POST", "/v1/payment_intents/"+id+"/capture", "", key)
			if err != nil || answer.StatusCode != tc.again || (answer.Header.Get("Idempotent-Replayed") == "true") != tc.replayed {
				t.Errorf("again: %v %v %s, want %d replayed %v", answer, err, body, tc.again, tc.replayed)
			}
		})
	}
}

func TestFaultTimesPathsAndOrder(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{}`)
	w.control("POST", "/_sim/faults", `{"method":"GET","path":"/v1/payment_intents/*","times":2,"status":503,"headers":{"Retry-After":"7"}}`, 200, nil)
	w.control("POST", "/_sim/faults", `{"path":"/v1/balance","status":500}`, 200, nil)
	for i, want := range []int{503, 503, 200} {
		answer, _, err := w.raw("GET", "/v1/payment_intents/"+id, "", nil)
		if err != nil || answer.StatusCode != want {
			t.Errorf("get %d: %v %v, want %d", i, answer, err, want)
		}
		if want == 503 && answer.Header.Get("Retry-After") != "7" {
			t.Error("the header is missing")
		}
	}
	var left []stripesim.Fault
	w.control("GET", "/_sim/faults", "", 200, &left)
	if len(left) != 1 || left[0].Path != "/v1/balance" {
		t.Errorf("left: %+v", left)
	}
	w.control("DELETE", "/_sim/faults", "", 200, nil)
	if answer, _, _ := w.raw("GET", "/v1/balance", "", nil); answer.StatusCode != 200 {
		t.Errorf("cleared, but %d", answer.StatusCode)
	}
	for _, bad := range []string{`{"path":"v1"}`, `{"path":"/v1?x"}`, `{"path":"/v1","status":99}`, `{"path":"/v1","staus":500}`, `[]`} {
		w.control("POST", "/_sim/faults", bad, 400, nil)
	}
}

// A caller who gives up does not undo what Stripe is about to do.
func TestWorkGoesOnWithoutTheCaller(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{}`)
	w.control("POST", "/_sim/faults", `{"path":"/v1/payment_intents/*/capture","delay_ms":300}`, 200, nil)
	stripeClient := newClient(w.server.URL, testKey)
	done := make(chan error, 1)
	go func() {
		_, err := stripeClient.PaymentIntents.Capture(id, nil)
		done <- err
	}()
	deadline := time.Now().Add(10 * time.Second)
	for len(w.requests()) == 0 && time.Now().Before(deadline) {
		time.Sleep(time.Millisecond)
	}
	w.server.CloseClientConnections()
	if err := <-done; err == nil {
		t.Fatal("the answer came through a closed connection")
	}
	for w.intent(id).Status != "succeeded" {
		if time.Now().After(deadline) {
			t.Fatal("the capture was never done")
		}
		time.Sleep(5 * time.Millisecond)
	}
}

type request struct {
	Time           time.Time         `json:"time"`
	Method         string            `json:"method"`
	Path           string            `json:"path"`
	Form           map[string]string `json:"form"`
	IdempotencyKey string            `json:"idempotency_key"`
	Status         int               `json:"status"`
	Replayed       bool              `json:"replayed"`
	Dropped        bool              `json:"dropped"`
}

func (w *world) requests() []request {
	w.t.Helper()
	var out []request
	w.control("GET", "/_sim/requests", "", 200, &out)
	return out
}

func TestRequestLog(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, _ := w.order(`{}`)
	if _, err := w.capture(id, 100, "k"); err != nil {
		t.Fatal(err)
	}
	if _, err := w.capture(id, 100, "k"); err != nil {
		t.Fatal(err)
	}
	w.control("POST", "/_sim/faults", `{"path":"/v1/balance","drop":true}`, 200, nil)
	if _, _, err := w.raw("GET", "/v1/balance?x=1", "", nil); err == nil {
		t.Fatal("not dropped")
	}
	path := "/v1/payment_intents/" + id + "/capture"
	form := map[string]string{"amount_to_capture": "100", "expand[0]": "latest_charge.balance_transaction"}
	want := []request{
		{Method: "POST", Path: path, Form: form, IdempotencyKey: "k", Status: 200},
		{Method: "POST", Path: path, Form: form, IdempotencyKey: "k", Status: 200, Replayed: true},
		{Method: "GET", Path: "/v1/balance", Form: map[string]string{"x": "1"}, Dropped: true},
	}
	if diff := cmp.Diff(want, w.requests(), cmpopts.IgnoreFields(request{}, "Time")); diff != "" {
		t.Errorf("requests (-want +got):\n%s", diff)
	}
	w.control("DELETE", "/_sim/requests", "", 200, nil)
	if n := len(w.requests()); n != 0 {
		t.Errorf("%d requests after clearing", n)
	}
}

func TestErrorsAndHeaders(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	tests := []struct {
		method, path, form, key, version string
		status                           int
		want                             string
	}{
		{"GET", "/v1/balance", "", "sk_test_wrong_wrong", "", 401, "Invalid API Key provided: sk_test_"},
		{"GET", "/v1/balance", "", " ", "", 401, "You did not provide an API key"},
		{"GET", "/v1/nothing", "", testKey, "", 404, "Unrecognized request URL (GET: /v1/nothing)"},
		{"DELETE", "/v1/balance", "", testKey, "", 404, "Unrecognized request URL"},
		{"GET", "/v1/charges/py_x", "", testKey, "", 404, "No such charge: 'py_x'"},
		{"GET", "/v1/charges?bogus=1", "", testKey, "", 400, "parameter_unknown"},
		{"GET", "/v1/charges?limit=101", "", testKey, "", 400, "less than or equal to 100"},
		{"GET", "/v1/charges?created[gte]=x", "", testKey, "", 400, "parameter_invalid_integer"},
		{"GET", "/v1/charges?created[foo]=1", "", testKey, "", 400, "parameter_unknown"},
		{"GET", "/v1/charges?expand[]=balance_transaction", "", testKey, "", 400, "This property cannot be expanded"},
		{"GET", "/v1/charges?expand[]=data.bogus", "", testKey, "", 400, "cannot be expanded (data.bogus)"},
		{"GET", "/v1/charges?starting_after=py_x", "", testKey, "", 400, "resource_missing"},
		{"GET", "/v1/balance", "", testKey, "2024-01-01", 400, "2023-10-16 only"},
	}
	for _, tc := range tests {
		headers := map[string]string{"Authorization": strings.TrimSpace("Bearer " + tc.key)}
		if tc.version != "" {
			headers["Stripe-Version"] = tc.version
		}
		answer, body, err := w.raw(tc.method, tc.path, tc.form, headers)
		if err != nil || answer.StatusCode != tc.status || !strings.Contains(string(body), tc.want) {
			t.Errorf("%s %s: %v %v %s, want %d %q", tc.method, tc.path, answer, err, body, tc.status, tc.want)
			continue
		}
		if !strings.HasPrefix(answer.Header.Get("Request-Id"), "req_") || answer.Header.Get("Stripe-Version") != "2023-10-16" ||
			!strings.HasPrefix(answer.Header.Get("Content-Type"), "application/json") {
			t.Errorf("%s %s: headers %v", tc.method, tc.path, answer.Header)
		}
		date, err := time.Parse(time.RFC1123, answer.Header.Get("Date"))
		if err != nil || date.Before(start) || date.After(start.Add(time.Hour)) {
			t.Errorf("date %v %v, want the simulated time", date, err)
		}
	}
	if _, body, _ := w.raw("POST", "/v1/refunds", `{"a":1}`, map[string]string{"Content-Type": "application/json"}); !strings.Contains(string(body), "form-urlencoded") {
		t.Errorf("a JSON body: %s", body)
	}
	if answer, _, err := w.raw("POST", "/v1/refunds", "charge="+strings.Repeat("x", 2<<20), nil); err == nil && answer.StatusCode != 400 {
		t.Errorf("a huge body: %v", fmt.Sprint(answer.StatusCode))
	}
}
