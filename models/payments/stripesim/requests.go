package stripesim

import (
	"net/url"
	"strings"
	"sync"
	"time"
)

// requestsKept is how many requests the log holds.
const requestsKept = 100_000

// loggedRequest is one API request as GET /_sim/requests shows it. It is noted when it comes in: while it is under way its
// status is 0.
type loggedRequest struct {
	Time           time.Time         `json:"time"` // wall clock
	Method         string            `json:"method"`
	Path           string            `json:"path"`
	Form           map[string]string `json:"form"` // of the body or the query, by the names that were sent
	IdempotencyKey string            `json:"idempotency_key"`
	Status         int               `json:"status"`
	Replayed       bool              `json:"replayed"`
	Dropped        bool              `json:"dropped"`
}

// requestLog holds the last requests, oldest first, in memory only.
type requestLog struct {
	mu   sync.Mutex
	rows []*loggedRequest
}

// begin notes a request that came in.
func (l *requestLog) begin(at time.Time, method, path, key string, form url.Values) *loggedRequest {
	r := &loggedRequest{Time: at.UTC(), Method: method, Path: path, IdempotencyKey: key, Form: map[string]string{}}
	for name, values := range form {
		r.Form[name] = strings.Join(values, ",")
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.rows) >= requestsKept {
		l.rows = l.rows[len(l.rows)-requestsKept+1:]
	}
	l.rows = append(l.rows, r)
	return r
}

// end notes how the request ended.
func (l *requestLog) end(r *loggedRequest, status int, replayed, dropped bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	r.Status, r.Replayed, r.Dropped = status, replayed, dropped
}

// all are the requests, oldest first.
func (l *requestLog) all() []loggedRequest {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make([]loggedRequest, 0, len(l.rows))
	for _, r := range l.rows {
		out = append(out, *r)
	}
	return out
}

func (l *requestLog) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.rows = nil
}
