package stripesim

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

func TestControlAnswersThisMachineOnly(t *testing.T) {
	sim, err := New(Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer sim.Close()
	for from, want := range map[string]int{"127.0.0.1:5": 200, "[::1]:5": 200, "192.0.2.7:5": 403, "[2001:db8::1]:5": 403, "": 403} {
		r := httptest.NewRequest(http.MethodGet, "/_sim/clock", nil)
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		sim.Handler().ServeHTTP(w, r)
		if w.Code != want {
			t.Errorf("from %q: %d, want %d", from, w.Code, want)
		}
	}
}

func TestIDsAreUnlike(t *testing.T) {
	seen := map[string]bool{}
	for _, prefix := range []string{"pi_3", "py_3"} {
		for counter := range int64(50_000) {
			id := makeID(1, prefix, counter, 23)
			if len(id) != len(prefix)+23 || seen[id] {
				t.Fatalf("%s is too short or was there before", id)
			}
			seen[id] = true
		}
	}
	if a, b := makeID(1, "pi_3", 1, 23), makeID(2, "pi_3", 1, 23); a == b || strings.Contains(a, a[len(a)-5:]+a[len(a)-5:]) {
		t.Errorf("ids of two seeds: %s %s", a, b)
	}
}

func TestRequestLogKeepsTheLast(t *testing.T) {
	var l requestLog
	for range requestsKept + 5 {
		l.begin(sinceEpoch(), "GET", "/", "", nil)
	}
	if n := len(l.all()); n != requestsKept {
		t.Errorf("%d requests kept, want %d", n, requestsKept)
	}
}

func sinceEpoch() time.Time { return time.Unix(0, 0) }
