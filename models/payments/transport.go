package payments

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptrace"
	"strings"
	"sync/atomic"
	"time"
)

// maxAnswer caps one answer. A full page of a hundred payments with everything expanded stays far below.
const maxAnswer = 32 << 20

// errTooLong ends the reading of an answer over maxAnswer.
var errTooLong = errors.New("the answer is too long")

// newHTTPClient gives a client of our own. It follows no redirects, so that the key goes to one host only.
func newHTTPClient(timeout time.Duration) *http.Client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Client{
		Timeout:       timeout,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &recorder{next: &http.Transport{
			Proxy:                 http.ProxyFromEnvironment,
			DialContext:           dialer.DialContext,
			ForceAttemptHTTP2:     true,
			TLSHandshakeTimeout:   5 * time.Second,
			ExpectContinueTimeout: time.Second,
			MaxIdleConns:          32,
			MaxIdleConnsPerHost:   32,
			IdleConnTimeout:       60 * time.Second,
		}},
	}
}

// exchange is what happened on the wire during one attempt. stripe-go's errors do not tell it.
type exchange struct {
	connected atomic.Bool // a connection was ready, so the request may have been sent
	status    int         // 0 without an answer
	header    http.Header
	readErr   error // the answer broke off
}

type exchangeKey struct{}

// withExchange makes the recorder write into ex.
func withExchange(ctx context.Context, ex *exchange) context.Context {
	trace := &httptrace.ClientTrace{GotConn: func(httptrace.GotConnInfo) { ex.connected.Store(true) }}
	return httptrace.WithClientTrace(context.WithValue(ctx, exchangeKey{}, ex), trace)
}

// recorder notes each answer in its request's exchange and caps its body.
type recorder struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (t *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := t.next.RoundTrip(sentOnce(req))
	ex, ok := req.Context().Value(exchangeKey{}).(*exchange)
	if err != nil || !ok {
		return res, err
	}
	ex.status, ex.header = res.StatusCode, res.Header
	res.Body = &watchedBody{ReadCloser: res.Body, ex: ex, left: maxAnswer}
	return res, nil
}

// sentOnce writes the idempotency key's header in lower case, which is the same header to Stripe. Under its usual spelling net/http takes
// it as leave to send a request again by itself when a connection breaks; whether a call of ours is repeated is ours to decide and to tell.
// A request of which nothing was written yet is still sent on another connection.
func sentOnce(req *http.Request) *http.Request {
	const header = "Idempotency-Key"
	key := req.Header.Values(header)
	if len(key) == 0 {
		return req
	}
	sent := req.Clone(req.Context())
	sent.Header.Del(header)
	sent.Header[strings.ToLower(header)] = key
	return sent
}

// watchedBody notes why reading ended early.
type watchedBody struct {
	io.ReadCloser
	ex   *exchange
	left int
}

// Read implements io.Reader.
func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.left -= n
	if b.left < 0 {
		err = errTooLong
	}
	if err != nil && !errors.Is(err, io.EOF) {
		b.ex.readErr = err
	}
	return n, err
}
