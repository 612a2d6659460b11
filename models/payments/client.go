// Package payments is the only door to Stripe: it reads and changes payments, and turns Stripe's objects, events and errors into ours.
package payments

import (
	"log/slog"
	"net/url"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models"
)

const (
	// defaultTimeout bounds one act at Stripe, waiting for the limiter and retries of 429 included.
	defaultTimeout = 20 * time.Second
	// defaultPerSecond stays below the 25 calls a second that one endpoint and one sandbox take (docs.stripe.com/rate-limits).
	defaultPerSecond = 20
)

// Config says how to reach Stripe.
type Config struct {
	Key       string        // sk_test_, rk_test_, sk_live_ or rk_live_
	APIBase   string        // another address than Stripe's own, for the simulator; empty means Stripe
	Timeout   time.Duration // of one act, or of one attempt to read; 0 means 20 s
	PerSecond int           // calls a second, all lanes together; 0 means 20
	Log       *slog.Logger  // failures by code and request id, never bodies; nil means none
}

// Gateway talks to one Stripe account with one key. It is safe for concurrent use.
type Gateway struct {
	key      string
	livemode bool
	backends stripe.Backends
	limiter  *limiter
	timeout  time.Duration
	backoff  time.Duration // before the first repetition of a call answered 429; it doubles
	log      *slog.Logger
}

// New makes a gateway. It returns KindInvalid for a key of another shape than Stripe's secret and restricted keys, for an address
// that is none, and for a live key together with an address: real money goes to Stripe and nowhere else.
func New(cfg Config) (*Gateway, error) {
	live, err := checkKey(cfg.Key)
	if err != nil {
		return nil, err
	}
	base, err := checkBase(cfg.APIBase, live)
	if err != nil {
		return nil, err
	}
	g := &Gateway{key: cfg.Key, livemode: live, timeout: cfg.Timeout, backoff: firstBackoff, log: cfg.Log}
	if g.timeout <= 0 {
		g.timeout = defaultTimeout
	}
	perSecond := cfg.PerSecond
	if perSecond <= 0 {
		perSecond = defaultPerSecond
	}
	g.limiter = newLimiter(perSecond)
	if g.log == nil {
		g.log = slog.New(slog.DiscardHandler)
	}
	g.connect(base)
	return g, nil
}

// Livemode tells whether the key moves real money.
func (g *Gateway) Livemode() bool { return g.livemode }

// connect configures the three backends one by one: stripe.NewBackendsWithConfig would give all of them the first one's address.
func (g *Gateway) connect(base string) {
	client := newHTTPClient(g.timeout)
	backend := func(kind stripe.SupportedBackend) stripe.Backend {
		cfg := &stripe.BackendConfig{
			EnableTelemetry:   stripe.Bool(false),
			HTTPClient:        client,
			LeveledLogger:     &stripe.LeveledLogger{Level: stripe.LevelNull}, // its errors quote bodies; ours are logged in call.go
			MaxNetworkRetries: stripe.Int64(0),                                // it does not repeat a plain 429, and sleeps through a canceled context
		}
		if base != "" {
			cfg.URL = stripe.String(base)
		}
		return stripe.GetBackendWithConfig(kind, cfg)
	}
	g.backends.API = backend(stripe.APIBackend)
	g.backends.Connect = backend(stripe.ConnectBackend)
	g.backends.Uploads = backend(stripe.UploadsBackend)
}

// checkKey tells whether the key is a live one.
func checkKey(key string) (live bool, err error) {
	for _, prefix := range []string{"sk_test_", "rk_test_", "sk_live_", "rk_live_"} {
		if rest, ok := strings.CutPrefix(key, prefix); ok && isWord(rest) {
			return strings.HasSuffix(prefix, "live_"), nil
		}
	}
	return false, &models.Error{Kind: models.KindInvalid, Code: "key_malformed", Field: "STRIPE_SECRET_KEY",
		Message: "This is not a Stripe key. It begins with rk_test_, sk_test_, rk_live_ or sk_live_."}
}

// checkBase gives the address without a slash at its end.
func checkBase(base string, live bool) (string, error) {
	if base == "" {
		return "", nil
	}
	refuse := func(message string) error {
		return &models.Error{Kind: models.KindInvalid, Code: "api_base_refused", Field: "STRIPE_API_BASE", Message: message}
	}
	if live {
		return "", refuse("A live key is sent to Stripe only. Take away the other address, or use a test key.")
	}
	u, err := url.Parse(base)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.User != nil || u.RawQuery != "" || u.Fragment != "" {
		return "", refuse("The address of the Stripe API must look like http://127.0.0.1:12111.")
	}
	return strings.TrimRight(base, "/"), nil
}

// isWord tells whether s is one or more letters, digits or underscores.
func isWord(s string) bool {
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return s != ""
}
