package stripesim

import (
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxBody is how large a request may be: evidence of the greatest length, of which every character takes four bytes, fits.
const maxBody = 2 << 20

// chunkSize is how much of a body goes out between two delays of a fault.
const chunkSize = 256

// Handler serves Stripe's API under /v1/ and the control API under /_sim/.
func (s *Sim) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/_sim/", s.control())
	mux.HandleFunc("/", s.serveAPI)
	return mux
}

// call is one API request.
type call struct {
	requestID   string
	method      string
	path        string
	id          string // the object that the path names
	key         string // idempotency key; empty for GET
	fingerprint string
	params      params
	upload      *uploadedFile // of a multipart request
	expand      expansion
	now         int64
}

// answer is what goes back.
type answer struct {
	status   int
	body     []byte
	kind     string // content type; empty: JSON
	replayed bool
	original string // the request that was answered first under this key
	keep     bool   // the answer is kept under its key
}

// refuse is an error as the answer to this call.
func (c *call) refuse(e *apiError) answer {
	return answer{status: e.Status, body: e.body(c.requestID, c.now), keep: e.began}
}

// newRequestID is unlike the others of this process and, almost surely, of earlier ones.
func (s *Sim) newRequestID() string {
	return makeID(s.started.UnixNano(), "req_", s.asked.Add(1), 14)
}

func (s *Sim) serveAPI(w http.ResponseWriter, r *http.Request) {
	c := &call{requestID: s.newRequestID(), method: r.Method, path: r.URL.Path}
	c.now = s.Now().Unix()
	form, formErr := c.readForm(w, r)
	if r.Method == http.MethodPost {
		c.key = r.Header.Get("Idempotency-Key")
		c.fingerprint = fingerprint(r.Method, r.URL.Path, form)
	}
	c.params = newParams(form)
	entry := s.requests.begin(s.wall(), r.Method, r.URL.Path, c.key, form)

	fault := s.faults.take(r.Method, r.URL.Path)
	a := s.answerAPI(c, r, formErr, fault)
	dropped := fault != nil && fault.Drop
	status := a.status
	if dropped {
		status = 0
	}
	s.requests.end(entry, status, a.replayed, dropped)
	if dropped {
		panic(http.ErrAbortHandler)
	}
	s.write(w, c, a, fault)
}

// readForm reads the parameters, of the body for a POST and of the query otherwise.
func (c *call) readForm(w http.ResponseWriter, r *http.Request) (url.Values, *apiError) {
	if r.Method != http.MethodPost {
		form, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return form, invalid("", "", "Invalid query string: %v", err)
		}
		return form, nil
	}
	if r.URL.Path == uploadPath {
		return c.readUpload(w, r)
	}
	raw, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		return nil, invalid("", "", "The request's body could not be read: %v", err)
	}
	kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if len(raw) > 0 && kind != "application/x-www-form-urlencoded" {
		return nil, invalid("", "", "Invalid request (check that your POST content type is application/x-www-form-urlencoded).")
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return form, invalid("", "", "Invalid request body: %v", err)
	}
	return form, nil
}

// answerAPI does the request, with what a fault does to it.
func (s *Sim) answerAPI(c *call, r *http.Request, formErr *apiError, fault *Fault) answer {
	if e := s.checkCaller(r); e != nil {
		return c.refuse(e)
	}
	if len(c.key) > maxKeyLength {
		return c.refuse(invalid("", "", "Idempotency keys are at most %d characters long.", maxKeyLength))
	}
	if c.key != "" {
		if !s.keys.take(c.key) {
			return c.refuse(keyInUse(c.key))
		}
		defer s.keys.give(c.key)
	}
	if fault != nil {
		s.sleep(fault.DelayMS)
		c.now = s.Now().Unix()
	}
	if fault.fails() && !fault.AfterCommit {
		return s.failInstead(c, fault)
	}
	var a answer
	if formErr != nil {
		a = c.refuse(formErr)
	} else {
		a = s.work(c)
	}
	if fault.fails() {
		return fault.answer(c)
	}
	return a
}

// failInstead answers with the fault's failure and keeps it where Stripe would.
func (s *Sim) failInstead(c *call, fault *Fault) answer {
	a := fault.answer(c)
	if c.key == "" || fault.Drop || !a.keep {
		return a
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x := s.begin(s.second(), c)
	x.save(c, a)
	if err := s.commit(x); err != nil {
		return c.refuse(diskFailed())
	}
	return a
}

// checkCaller looks at the secret key and the version.
func (s *Sim) checkCaller(r *http.Request) *apiError {
	key, _, basic := r.BasicAuth()
	if !basic {
		key = strings.TrimSpace(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer"))
	}
	switch {
	case key == "":
		return &apiError{Status: http.StatusUnauthorized, Type: "invalid_request_error",
			Message: "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth (e.g. 'Authorization: Bearer YOUR_SECRET_KEY')."}
	case key != s.Key():
		return &apiError{Status: http.StatusUnauthorized, Type: "invalid_request_error", Message: "Invalid API Key provided: " + maskKey(key)}
	}
	if v := r.Header.Get("Stripe-Version"); v != "" && v != APIVersion {
		return invalid("", "", "This simulated Stripe speaks API version %s only, not %s.", APIVersion, v)
	}
	return nil
}

// maskKey hides all but the ends of a key, as Stripe does.
func maskKey(key string) string {
	if len(key) <= 12 {
		return strings.Repeat("*", len(key))
	}
	return key[:8] + strings.Repeat("*", len(key)-12) + key[len(key)-4:]
}

func diskFailed() *apiError {
	return &apiError{Status: http.StatusInternalServerError, Type: "api_error", Message: "The simulated Stripe cannot write its folder."}
}

// write sends the answer, with what a fault does to it on its way.
func (s *Sim) write(w http.ResponseWriter, c *call, a answer, fault *Fault) {
	h := w.Header()
	h.Set("Content-Type", "application/json")
	if a.kind != "" {
		h.Set("Content-Type", a.kind)
	}
	h.Set("Request-Id", c.requestID)
	h.Set("Stripe-Version", APIVersion)
	h.Set("Date", time.Unix(c.now, 0).UTC().Format(http.TimeFormat))
	h.Set("Cache-Control", "no-cache, no-store")
	if c.key != "" {
		h.Set("Idempotency-Key", c.key)
		h.Set("Original-Request", c.requestID)
		if a.status < http.StatusInternalServerError && a.status != http.StatusTooManyRequests && a.status != http.StatusConflict {
			h.Set("Stripe-Should-Retry", "false")
		}
	}
	if a.replayed {
		h.Set("Idempotent-Replayed", "true")
		h.Set("Original-Request", a.original)
	}
	h.Set("Content-Length", strconv.Itoa(len(a.body)))
	if fault != nil {
		for name, value := range fault.Headers {
			h.Set(name, value)
		}
	}
	w.WriteHeader(a.status)
	s.writeBody(w, a.body, fault)
}

// writeBody sends the body in one piece, or slowly, or only its beginning.
func (s *Sim) writeBody(w http.ResponseWriter, body []byte, fault *Fault) {
	cut := fault != nil && fault.TruncateAt != nil && *fault.TruncateAt < len(body)
	if cut {
		body = body[:*fault.TruncateAt]
	}
	flush := http.NewResponseController(w).Flush
	if fault != nil && fault.ChunkDelayMS > 0 {
		for len(body) > chunkSize {
			if _, err := w.Write(body[:chunkSize]); err != nil {
				return
			}
			_ = flush() // whoever hung up gets no more
			body = body[chunkSize:]
			s.sleep(fault.ChunkDelayMS)
		}
	}
	if _, err := w.Write(body); err != nil {
		return
	}
	if cut {
		_ = flush()
		panic(http.ErrAbortHandler)
	}
}
