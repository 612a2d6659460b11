package stripesim

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// Fault is one way in which the simulated Stripe misbehaves, as POST /_sim/faults takes it.
//
// A fault with Status, Error, Body or Drop fails the request instead of doing it. Its failure is kept under the request's
// idempotency key where Stripe keeps one: 400, 402 and 5xx with an Error are, 401, 403, 404, 408, 409, 429, a raw Body and
// a Drop are not. With AfterCommit the work is done first, and what is kept under the key is the work's own answer: the
// failure happened on the way back, so sending again with the same key shows the success.
//
// A fault without any of these does the request and spoils only how the answer travels: delayed, cut, slow, with headers.
type Fault struct {
	Method       string            `json:"method"`         // empty or *: any
	Path         string            `json:"path"`           // without query; * stands for one segment
	Times        int               `json:"times"`          // default 1
	Status       int               `json:"status"`         // default: what suits Error
	Error        *FaultError       `json:"error"`          // in Stripe's form
	Headers      map[string]string `json:"headers"`        // put over the answer's own
	Body         string            `json:"body"`           // sent as it is
	TruncateAt   *int              `json:"truncate_at"`    // bytes of the body after which the connection is cut
	DelayMS      int               `json:"delay_ms"`       // before the work
	ChunkDelayMS int               `json:"chunk_delay_ms"` // between pieces of the body
	AfterCommit  bool              `json:"after_commit"`
	Drop         bool              `json:"drop"` // close the connection instead of answering
}

// FaultError is the error that a fault answers with.
type FaultError struct {
	Type    string `json:"type"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// fails tells whether the request's own answer is not what the caller gets.
func (f *Fault) fails() bool {
	return f != nil && (f.Drop || f.Status != 0 || f.Error != nil || f.Body != "")
}

// matches tells whether the fault is meant for this request.
func (f *Fault) matches(method, path string) bool {
	if f.Method != "" && f.Method != "*" && !strings.EqualFold(f.Method, method) {
		return false
	}
	want, have := strings.Split(f.Path, "/"), strings.Split(path, "/")
	return slices.EqualFunc(want, have, func(w, h string) bool { return w == h || w == "*" && h != "" })
}

// answer is the failure itself.
func (f *Fault) answer(c *call) answer {
	if f.Body != "" {
		status := f.Status
		if status == 0 {
			status = http.StatusOK
		}
		return answer{status: status, body: []byte(f.Body)}
	}
	e := &apiError{Status: f.Status}
	if f.Error != nil {
		e.Type, e.Code, e.Message = f.Error.Type, f.Error.Code, f.Error.Message
	}
	if e.Type == "" {
		e.Type = typeOf(e.Status)
	}
	if e.Status == 0 {
		e.Status = statusOf(e.Type, e.Code)
	}
	if e.Message == "" {
		e.Message = "An unknown error occurred."
	}
	a := c.refuse(e)
	a.keep = e.Status == http.StatusBadRequest || e.Status == http.StatusPaymentRequired || e.Status >= http.StatusInternalServerError
	return a
}

// typeOf is the error type that goes with a status.
func typeOf(status int) string {
	switch {
	case status == http.StatusPaymentRequired:
		return "card_error"
	case status >= 400 && status < 500:
		return "invalid_request_error"
	}
	return "api_error"
}

// statusOf is the status that goes with an error.
func statusOf(kind, code string) int {
	switch {
	case code == "rate_limit" || code == "lock_timeout":
		return http.StatusTooManyRequests
	case code == "idempotency_key_in_use":
		return http.StatusConflict
	case kind == "card_error":
		return http.StatusPaymentRequired
	case kind == "invalid_request_error" || kind == "idempotency_error":
		return http.StatusBadRequest
	}
	return http.StatusInternalServerError
}

// faultList holds the faults that are still to happen.
type faultList struct {
	mu     sync.Mutex
	faults []*Fault
}

func (l *faultList) add(f Fault) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if f.Times < 1 {
		f.Times = 1
	}
	l.faults = append(l.faults, &f)
}

func (l *faultList) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = nil
}

// all are the faults that are still to happen.
func (l *faultList) all() []Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := []Fault{}
	for _, f := range l.faults {
		out = append(out, *f)
	}
	return out
}

// take uses up one time of the oldest fault that is meant for this request; nil when there is none.
func (l *faultList) take(method, path string) *Fault {
	l.mu.Lock()
	defer l.mu.Unlock()
	for i, f := range l.faults {
		if !f.matches(method, path) {
			continue
		}
		taken := *f
		if f.Times--; f.Times == 0 {
			l.faults = slices.Delete(l.faults, i, i+1)
		}
		return &taken
	}
	return nil
}

// sleep waits for the wall clock, or until the simulator is closed. It does not care whether the caller is still there:
// neither would Stripe.
func (s *Sim) sleep(ms int) {
	if ms <= 0 {
		return
	}
	timer := time.NewTimer(time.Duration(ms) * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-s.done:
	}
}

// checkFault refuses a fault that could never happen.
func checkFault(f Fault) string {
	switch {
	case !strings.HasPrefix(f.Path, "/"):
		return `"path" must begin with /`
	case strings.Contains(f.Path, "?"):
		return `"path" is without the query`
	case f.Status != 0 && (f.Status < 200 || f.Status > 599):
		return `"status" must be between 200 and 599`
	case f.TruncateAt != nil && *f.TruncateAt < 0, f.DelayMS < 0, f.ChunkDelayMS < 0, f.Times < 0:
		return "numbers must not be negative"
	}
	return ""
}

// UnmarshalJSON accepts "error" as an object only and refuses unknown names, so that a typing error does not pass for a
// fault that never happens.
func (f *Fault) UnmarshalJSON(raw []byte) error {
	type plain Fault
	dec := json.NewDecoder(strings.NewReader(string(raw)))
	dec.DisallowUnknownFields()
	return dec.Decode((*plain)(f))
}
