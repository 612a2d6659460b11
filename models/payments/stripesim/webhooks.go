package stripesim

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"time"
)

// The ways in which deliveries go out.
const (
	modeDeliver   = "deliver"   // in the order of creation
	modeHold      = "hold"      // not at all until the mode changes
	modeDuplicate = "duplicate" // each one twice
	modeReverse   = "reverse"   // the last one first
)

// deliveryTries is how often an endpoint may answer with something else than 2xx before a delivery is given up. While the
// endpoint cannot be reached at all, nothing is given up.
const deliveryTries = 100

// deliveryTimeout is how long an endpoint may take to answer.
const deliveryTimeout = 20 * time.Second

// delivery is one event on its way to the endpoint.
type delivery struct {
	event string
	seq   int64
	tries int
	next  time.Time // wall clock; not before
}

// deliveryResult is the journal's word on a delivery that ended.
type deliveryResult struct {
	Event string `json:"event"`
	OK    bool   `json:"ok"`
}

// endpoint is the account's webhook endpoint, nil when there is none.
func (s *Sim) endpoint() *webhookEndpoint {
	if len(s.endpoints.rows) == 0 {
		return nil
	}
	return s.endpoints.rows[0].obj
}

// setEndpoint makes the endpoint or moves it. What is waiting goes to the new address. An empty secret keeps the old one.
func (x *tx) setEndpoint(address, secret string, events []string) {
	old := x.s.endpoint()
	w := &webhookEndpoint{Object: "webhook_endpoint", APIVersion: APIVersion, Created: x.at, Status: "enabled",
		EnabledEvents: []string{"*"}, Metadata: map[string]string{}, Secret: x.s.ownSecret()}
	if old != nil {
		*w = *old
	} else {
		w.ID = x.s.newID("we_1")
	}
	w.URL = address
	if secret != "" {
		w.Secret = secret
	}
	if len(events) > 0 {
		w.EnabledEvents = events
	}
	x.s.blockedUntil = time.Time{}
	x.put(w)
}

func checkWebhookURL(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return errors.New("the webhook URL must be a whole http or https address")
	}
	return nil
}

// wants tells whether an event of this type is delivered.
func (s *Sim) wants(kind string) bool {
	w := s.endpoint()
	if w == nil || s.bulk && !s.deliverShop {
		return false
	}
	return slices.Contains(w.EnabledEvents, "*") || slices.Contains(w.EnabledEvents, kind)
}

// applyEvent keeps an event and queues its delivery.
func (s *Sim) applyEvent(e *event) {
	_, known := s.events.get(e.ID)
	s.events.put(e)
	if e.Undelivered == "pending" && !known {
		s.queued++
		s.queue = append(s.queue, &delivery{event: e.ID, seq: s.queued})
	}
}

// applyResult notes on the event how its delivery ended.
func (s *Sim) applyResult(r deliveryResult) {
	e, ok := s.events.get(r.Event)
	if !ok {
		return
	}
	after := *e
	after.Undelivered = "failed"
	if r.OK {
		after.Undelivered = ""
	}
	s.events.put(&after)
}

// dropDelivered takes out of the queue what the journal says was delivered.
func (s *Sim) dropDelivered() {
	s.queue = slices.DeleteFunc(s.queue, func(d *delivery) bool {
		e, _ := s.events.get(d.event)
		return e.Undelivered != "pending"
	})
}

// attempt is one delivery about to be made.
type attempt struct {
	delivery *delivery
	endpoint *webhookEndpoint
	event    *event
	times    int
}

// nextAttempt finds what to deliver now; when there is nothing, how long to wait at most and what to wait for.
func (s *Sim) nextAttempt() (*attempt, time.Duration, <-chan struct{}) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	now, wait := time.Now(), maxTicker
	w := s.endpoint()
	if w == nil || s.meta.Mode == modeHold || len(s.queue) == 0 {
		return nil, wait, s.changed
	}
	if blocked := s.blockedUntil.Sub(now); blocked > 0 {
		return nil, blocked, s.changed
	}
	for i := range s.queue {
		d := s.queue[i]
		if s.meta.Mode == modeReverse {
			d = s.queue[len(s.queue)-1-i]
		}
		if early := d.next.Sub(now); early > 0 {
			wait = min(wait, early)
			continue
		}
		e, _ := s.events.get(d.event)
		times := 1
		if s.meta.Mode == modeDuplicate {
			times = 2
		}
		return &attempt{delivery: d, endpoint: w, event: s.showEvent(e, nil), times: times}, 0, s.changed
	}
	return nil, wait, s.changed
}

// runDeliveries makes deliveries one after the other, in the order that the mode says. An endpoint that cannot be reached
// stops the line until it can; one that answers something else than 2xx gets that event again later, and the others go on.
func (s *Sim) runDeliveries() {
	defer s.working.Done()
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() { <-s.done; stop() }()
	client := &http.Client{Timeout: deliveryTimeout, Transport: &http.Transport{MaxIdleConnsPerHost: 2},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer client.CloseIdleConnections()
	for {
		a, wait, changed := s.nextAttempt()
		if a == nil {
			timer := time.NewTimer(wait)
			select {
			case <-s.done:
				timer.Stop()
				return
			case <-changed:
			case <-timer.C:
			}
			timer.Stop()
			continue
		}
		var status int
		var err error
		for range a.times {
			status, err = s.send(ctx, client, a)
		}
		if ctx.Err() != nil {
			return
		}
		s.attempted(a, status, err)
	}
}

// send posts the event, signed with the wall clock (docs.stripe.com/webhooks, "Verify webhook signatures manually").
func (s *Sim) send(ctx context.Context, client *http.Client, a *attempt) (int, error) {
	var body bytes.Buffer
	if err := json.Indent(&body, encode(a.event), "", "  "); err != nil {
		return 0, err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, a.endpoint.URL, bytes.NewReader(body.Bytes()))
	if err != nil {
		return 0, err
	}
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("User-Agent", "Stripe/1.0 (+https://stripe.com/docs/webhooks)")
	r.Header.Set("Stripe-Signature", Sign(body.Bytes(), a.endpoint.Secret, s.wall()))
	answer, err := client.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close()
	_, err = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<20))
	return answer.StatusCode, err
}

// Sign is the Stripe-Signature header of a delivery with this body, made at this moment of the wall clock.
func Sign(body []byte, secret string, at time.Time) string {
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "%d.", at.Unix())
	mac.Write(body)
	return fmt.Sprintf("t=%d,v1=%s", at.Unix(), hex.EncodeToString(mac.Sum(nil)))
}

// attempted keeps how an attempt ended: it is over, or it comes again.
func (s *Sim) attempted(a *attempt, status int, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := a.delivery
	ok := err == nil && status >= 200 && status < 300
	if !ok {
		d.tries++
		s.log.Info("a delivery failed", "event", d.event, "type", a.event.Type, "status", status, "error", err, "try", d.tries)
	}
	switch {
	case !ok && err != nil:
		s.blockedUntil = time.Now().Add(backoff(d.tries))
		return
	case !ok && d.tries < deliveryTries:
		d.next = time.Now().Add(backoff(d.tries))
		return
	}
	result := deliveryResult{Event: d.event, OK: ok}
	s.applyResult(result)
	if i := slices.Index(s.queue, d); i >= 0 {
		s.queue = slices.Delete(s.queue, i, i+1)
	}
	if s.journal != nil && s.broken == nil {
		// Not synced: after a power cut the event is delivered once more, as Stripe may do too.
		if err := s.journal.append([]record{{Kind: "delivered", Object: result}}, false); err != nil {
			s.broken = fmt.Errorf("the simulated Stripe cannot write its folder: %w", err)
		}
	}
	s.changes()
}

// backoff is how long to wait after so many failures.
func backoff(tries int) time.Duration {
	steps := []time.Duration{200 * time.Millisecond, 500 * time.Millisecond, time.Second, 2 * time.Second, 5 * time.Second}
	return steps[min(max(tries, 1), len(steps))-1]
}

// waitDelivered waits until everything queued so far was delivered or given up, and tells whether it was. What is held
// is not waited for.
func (s *Sim) waitDelivered(limit time.Duration) bool {
	deadline := time.NewTimer(limit)
	defer deadline.Stop()
	s.mu.RLock()
	mark := s.queued
	s.mu.RUnlock()
	for {
		s.mu.RLock()
		waiting := s.meta.Mode != modeHold && len(s.queue) > 0 && s.queue[0].seq <= mark
		changed := s.changed
		s.mu.RUnlock()
		if !waiting {
			return true
		}
		select {
		case <-changed:
		case <-deadline.C:
			return false
		case <-s.done:
			return false
		}
	}
}
