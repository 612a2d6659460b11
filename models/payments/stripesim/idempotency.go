package stripesim

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// savedAnswer is what the first request with an idempotency key was answered. It is on the disk together with what the
// request did.
type savedAnswer struct {
	Key         string    `json:"key"`
	Fingerprint string    `json:"fingerprint"` // of method, path and parameters
	Status      int       `json:"status"`
	Body        []byte    `json:"body"`
	RequestID   string    `json:"request_id"`
	At          time.Time `json:"at"` // wall clock
}

func (a *savedAnswer) ident() string { return a.Key }
func (a *savedAnswer) at() int64     { return a.At.Unix() }
func (a *savedAnswer) kind() string  { return "saved_answer" }

// maxKeyLength is Stripe's limit (docs.stripe.com/api/idempotent_requests).
const maxKeyLength = 255

// fingerprint tells apart two requests with the same key.
func fingerprint(method, path string, form url.Values) string {
	sum := sha256.Sum256([]byte(method + " " + path + "\n" + form.Encode()))
	return hex.EncodeToString(sum[:])
}

// keyring knows the keys of requests that are under way.
type keyring struct {
	mu   sync.Mutex
	held map[string]bool
}

// take holds the key, or says that another request holds it.
func (k *keyring) take(key string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.held[key] {
		return false
	}
	if k.held == nil {
		k.held = map[string]bool{}
	}
	k.held[key] = true
	return true
}

func (k *keyring) give(key string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	delete(k.held, key)
}

// keyInUse is Stripe's answer while the first request with this key is under way.
func keyInUse(key string) *apiError {
	return &apiError{Status: http.StatusConflict, Type: "idempotency_error", Code: "idempotency_key_in_use",
		Message: "There is currently another in-progress request using this Idempotent Key (that probably means you submitted twice, and the other request is still going through): " + key}
}

// keyMismatch is Stripe's answer to a key that was used for something else.
func keyMismatch(key string) *apiError {
	return &apiError{Status: http.StatusBadRequest, Type: "idempotency_error",
		Message: "Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '" + key + "' if you meant to execute a different request."}
}

// replay finds what this key was answered before. The lock is held.
func (s *Sim) replay(c *call) (answer, bool) {
	saved, ok := s.saved[c.key]
	if c.key == "" || !ok {
		return answer{}, false
	}
	if saved.Fingerprint != c.fingerprint {
		return c.refuse(keyMismatch(c.key)), true
	}
	return answer{status: saved.Status, body: saved.Body, replayed: true, original: saved.RequestID}, true
}

// save keeps the answer under its key, once. What Stripe refuses before it begins to work is not kept: wrong parameters,
// an unknown object, a wrong secret key, a limit.
func (x *tx) save(c *call, a answer) {
	if c.key == "" || x.s.saved[c.key] != nil {
		return
	}
	x.put(&savedAnswer{Key: c.key, Fingerprint: c.fingerprint, Status: a.status, Body: a.body, RequestID: c.requestID, At: x.s.wall()})
}
