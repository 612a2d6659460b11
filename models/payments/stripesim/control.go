package stripesim

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"time"
)

// modeDeliveryWait is how long a change of the delivery mode waits for what it lets go.
const modeDeliveryWait = 10 * time.Second

// controlError is a control request that cannot be done; the message goes back as {"error": message}.
type controlError struct {
	status  int
	message string
}

func badControl(format string, args ...any) *controlError {
	return &controlError{http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func missingControl(format string, args ...any) *controlError {
	return &controlError{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

func brokenControl(err error) *controlError {
	return &controlError{http.StatusInternalServerError, err.Error()}
}

// control serves the control API: JSON in and out, no key, from this machine only.
func (s *Sim) control() http.Handler {
	mux := http.NewServeMux()
	on := func(pattern string, do func(*http.Request) (any, *controlError)) {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			out, e := do(r)
			s.answerControl(w, out, e)
		})
	}
	on("GET /_sim/clock", func(*http.Request) (any, *controlError) { return s.clockState(true), nil })
	on("POST /_sim/clock", s.moveClock)
	on("POST /_sim/orders", s.makeOrder)
	on("POST /_sim/disputes", s.makeDispute)
	on("POST /_sim/disputes/{id}/escalate", s.escalateDispute)
	on("POST /_sim/disputes/{id}/resolve", s.resolveDispute)
	on("POST /_sim/refunds/{id}/resolve", s.resolveRefund)
	on("POST /_sim/payouts", s.makePayouts)
	on("POST /_sim/payouts/{id}/fail", s.failPayoutNow)
	on("POST /_sim/activity", s.makeActivity)
	on("POST /_sim/shop", s.makeShop)
	on("GET /_sim/faults", func(*http.Request) (any, *controlError) { return s.faults.all(), nil })
	on("POST /_sim/faults", s.addFault)
	on("DELETE /_sim/faults", func(*http.Request) (any, *controlError) { s.faults.clear(); return struct{}{}, nil })
	on("GET /_sim/requests", func(*http.Request) (any, *controlError) { return s.requests.all(), nil })
	on("DELETE /_sim/requests", func(*http.Request) (any, *controlError) { s.requests.clear(); return struct{}{}, nil })
	on("GET /_sim/webhooks", func(*http.Request) (any, *controlError) { return s.deliveryState(), nil })
	on("POST /_sim/webhooks", s.setMode)
	on("GET /_sim/settings", func(*http.Request) (any, *controlError) { return s.settings(), nil })
	on("POST /_sim/settings", s.changeSettings)
	on("GET /_sim/endpoint", func(*http.Request) (any, *controlError) { return s.endpointState(), nil })
	on("POST /_sim/endpoint", s.changeEndpoint)
	return fromThisMachine(mux)
}

// fromThisMachine refuses callers from elsewhere.
func fromThisMachine(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.RemoteAddr)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			http.Error(w, `{"error":"the control API answers callers on this machine only"}`, http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func (s *Sim) answerControl(w http.ResponseWriter, out any, e *controlError) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Date", s.Now().Format(http.TimeFormat))
	if e != nil {
		w.WriteHeader(e.status)
		out = map[string]string{"error": e.message}
	}
	// An error here means that the caller has gone.
	_, _ = w.Write(append(encode(out), '\n'))
}

// readControl reads a JSON object; an empty body is an empty object and an unknown name is an error.
func readControl(r *http.Request, into any) *controlError {
	raw, err := io.ReadAll(io.LimitReader(r.Body, maxBody))
	if err != nil {
		return badControl("the body could not be read: %v", err)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return badControl("the body is not what is expected here: %v", err)
	}
	return nil
}

// changeUnderLock does one change of the account and writes it.
func (s *Sim) changeUnderLock(do func(*tx) *controlError) *controlError {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.settle(s.second()); err != nil {
		return brokenControl(err)
	}
	x := s.begin(s.second(), nil)
	if e := do(x); e != nil {
		return e
	}
	if err := s.commit(x); err != nil {
		return brokenControl(err)
	}
	if err := s.settle(s.second()); err != nil {
		return brokenControl(err)
	}
	return nil
}

// clockState tells the time. delivered is whether all that was to be delivered was.
func (s *Sim) clockState(delivered bool) map[string]any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	out := map[string]any{"now": now.Format(time.RFC3339Nano), "unix": now.Unix(), "offset": s.meta.Offset.String(),
		"delivered": delivered, "pending": len(s.queue)}
	if !delivered {
		out["note"] = fmt.Sprintf("Not everything was delivered within %s: the endpoint does not answer, or refuses.", clockDeliveryWait)
	}
	return out
}

func (s *Sim) moveClock(r *http.Request) (any, *controlError) {
	var in struct {
		Advance string `json:"advance"`
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	by, err := time.ParseDuration(in.Advance)
	if err != nil || by < 0 {
		return nil, badControl(`"advance" must be a duration that is not negative, such as "72h" or "90s"`)
	}
	if err := s.Advance(by); err != nil {
		return nil, brokenControl(err)
	}
	return s.clockState(s.waitDelivered(clockDeliveryWait)), nil
}

func (s *Sim) addFault(r *http.Request) (any, *controlError) {
	var f Fault
	if e := readControl(r, &f); e != nil {
		return nil, e
	}
	if message := checkFault(f); message != "" {
		return nil, badControl("%s", message)
	}
	s.faults.add(f)
	return struct{}{}, nil
}

// deliveryState tells the mode and what is waiting.
func (s *Sim) deliveryState() map[string]any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return map[string]any{"mode": s.meta.Mode, "pending": len(s.queue)}
}

func (s *Sim) setMode(r *http.Request) (any, *controlError) {
	var in struct {
		Mode string `json:"mode"`
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if !slices.Contains([]string{modeDeliver, modeHold, modeDuplicate, modeReverse}, in.Mode) {
		return nil, badControl(`"mode" must be deliver, hold, duplicate or reverse`)
	}
	e := s.changeUnderLock(func(*tx) *controlError {
		s.meta.Mode = in.Mode
		return nil
	})
	if e != nil {
		return nil, e
	}
	delivered := s.waitDelivered(modeDeliveryWait)
	out := s.deliveryState()
	out["delivered"] = delivered
	return out, nil
}

func (s *Sim) settings() map[string]any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	out := map[string]any{"shipping_after_authorization": "accept", "refunds": refundsSucceed}
	if s.meta.RefuseShipping {
		out["shipping_after_authorization"] = "refuse"
	}
	if s.meta.Refunds != "" {
		out["refunds"] = s.meta.Refunds
	}
	return out
}

// changeSettings changes what is named and leaves the rest.
func (s *Sim) changeSettings(r *http.Request) (any, *controlError) {
	var in struct {
		Shipping string `json:"shipping_after_authorization"`
		Refunds  string `json:"refunds"` // succeed, pending, or balance: pending where the available balance is too low
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	switch {
	case in.Shipping == "" && in.Refunds == "":
		return nil, badControl(`"shipping_after_authorization" or "refunds" must be given`)
	case !slices.Contains([]string{"", "accept", "refuse"}, in.Shipping):
		return nil, badControl(`"shipping_after_authorization" must be accept or refuse`)
	case !slices.Contains([]string{"", refundsSucceed, refundsPend, refundsByBalance}, in.Refunds):
		return nil, badControl(`"refunds" must be succeed, pending or balance`)
	}
	e := s.changeUnderLock(func(*tx) *controlError {
		if in.Shipping != "" {
			s.meta.RefuseShipping = in.Shipping == "refuse"
		}
		if in.Refunds != "" {
			s.meta.Refunds = in.Refunds
		}
		return nil
	})
	return s.settings(), e
}

func (s *Sim) endpointState() map[string]any {
	s.mu.RLock()
	defer s.mu.RUnlock()
	w := s.endpoint()
	if w == nil {
		return map[string]any{"url": nil, "secret": s.ownSecret()}
	}
	return map[string]any{"id": w.ID, "url": w.URL, "secret": w.Secret, "enabled_events": w.EnabledEvents}
}

func (s *Sim) changeEndpoint(r *http.Request) (any, *controlError) {
	var in struct {
		URL           string   `json:"url"`
		Secret        string   `json:"secret"`
		EnabledEvents []string `json:"enabled_events"`
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if err := s.SetEndpoint(in.URL, in.Secret, in.EnabledEvents...); err != nil {
		return nil, badControl("%v", err)
	}
	return s.endpointState(), nil
}

// SetEndpoint makes the account's webhook endpoint, or moves it with all that is still to be delivered. An empty secret
// keeps the one that it has, or takes WebhookSecret's; no events means all.
func (s *Sim) SetEndpoint(address, secret string, events ...string) error {
	if err := checkWebhookURL(address); err != nil {
		return err
	}
	e := s.changeUnderLock(func(x *tx) *controlError {
		x.setEndpoint(address, secret, events)
		return nil
	})
	if e != nil {
		return errors.New(e.message)
	}
	return nil
}
