package payments

import (
	"bytes"
	"context"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"

	"github.com/stripe/stripe-go/v76"
	"github.com/stripe/stripe-go/v76/form"

	"counterfoil/models"
)

const (
	// maxAttempts bounds how often a call answered 429 is made.
	maxAttempts = 4
	// firstBackoff is the pause after the first 429; each further pause doubles.
	firstBackoff = 500 * time.Millisecond
	// maxRetryAfter caps a pause that Stripe asks for.
	maxRetryAfter = 5 * time.Second
)

// operation is one call in terms of people and of the wire. Every GET has no key, every POST has one.
type operation struct {
	method  string
	path    string
	params  any     // stripe-go's params struct, for its form encoding
	upload  *upload // instead of params: a file, which goes to the host for uploads
	key     string  // idempotency key of a POST
	notDone string  // whole sentence: what did not happen
	unclear string  // whole sentence: what is not known; POST only
}

func reading(path string, params any) operation {
	return operation{method: http.MethodGet, path: path, params: params, notDone: "Nothing was read from Stripe."}
}

// answer catches the raw body. It decodes nothing: stripe-go has checked that it is JSON, and ParseObject reads it.
type answer struct{ last *stripe.APIResponse }

// SetLastResponse implements stripe.LastResponseSetter.
func (a *answer) SetLastResponse(r *stripe.APIResponse) { a.last = r }

// UnmarshalJSON implements json.Unmarshaler.
func (a *answer) UnmarshalJSON([]byte) error { return nil }

// do makes the call: in its lane, and again after a 429. A POST has one deadline for all of it, so that a caller knows from when on
// nothing of it can be under way any more. The error is always a *models.Error.
func (g *Gateway) do(ctx context.Context, op operation) (*stripe.APIResponse, error) {
	if op.method == http.MethodPost {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, g.timeout)
		defer cancel()
		if op.key == "" || len(op.key) > 255 {
			return nil, malformed(op, "the idempotency key is missing or too long")
		}
	}
	values := &form.Values{}
	if op.params != nil {
		form.AppendTo(values, op.params)
	}
	for attempt := 1; ; attempt++ {
		if err := g.limiter.wait(ctx, laneOf(ctx)); err != nil {
			return nil, neverSent(op, err)
		}
		res, f := g.once(ctx, op, values)
		if f == nil {
			return res, nil
		}
		g.logFailure(ctx, op, f)
		if !f.busy || attempt == maxAttempts || !pause(ctx, g.pauseAfter(attempt, f.header)) {
			return nil, f.err
		}
	}
}

// once makes one attempt.
func (g *Gateway) once(ctx context.Context, op operation, values *form.Values) (*stripe.APIResponse, *failure) {
	ex := &exchange{}
	params := &stripe.Params{Context: withExchange(ctx, ex)}
	if op.method == http.MethodPost {
		params.SetIdempotencyKey(op.key)
	}
	got := &answer{}
	var err error
	if op.upload != nil {
		err = g.backends.Uploads.CallMultipart(op.method, op.path, g.key, op.upload.boundary, bytes.NewBuffer(op.upload.body), params, got)
	} else {
		err = g.backends.API.CallRaw(op.method, op.path, g.key, values, params, got)
	}
	if err == nil && ex.status < http.StatusMultipleChoices {
		return got.last, nil
	}
	return nil, classify(op, ex, err)
}

// pauseAfter doubles with each attempt, with jitter so that many callers do not come back together.
func (g *Gateway) pauseAfter(attempt int, header http.Header) time.Duration {
	d := g.backoff << (attempt - 1)
	d = d/2 + rand.N(d) //nolint:gosec // jitter needs no secrecy
	if s, err := strconv.Atoi(header.Get("Retry-After")); err == nil && s > 0 {
		d = max(d, min(time.Duration(s)*time.Second, maxRetryAfter))
	}
	return d
}

// pause waits and tells whether ctx lived through it.
func pause(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// logFailure writes ids and codes only: bodies and query strings may name people.
func (g *Gateway) logFailure(ctx context.Context, op operation, f *failure) {
	g.log.LogAttrs(ctx, slog.LevelWarn, "call to Stripe failed",
		slog.String("method", op.method), slog.String("path", op.path), slog.Int("status", f.status),
		slog.String("kind", string(f.err.Kind)), slog.String("code", f.err.Code), slog.String("stripe_request_id", f.err.StripeRequestID),
		slog.Any("cause", f.err.Err))
}

// asOf reads Stripe's clock off an answer; 0 when the answer does not tell.
func asOf(header http.Header) models.Unix {
	t, err := http.ParseTime(header.Get("Date"))
	if err != nil {
		return 0
	}
	return models.UnixOf(t)
}
