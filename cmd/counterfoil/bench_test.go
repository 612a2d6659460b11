package main

import (
	"bytes"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"counterfoil/models/payments/stripesim"
)

const benchSecret = "whsec_of_the_benchmark"

// startedEvent is a signed event that makes the nth order: a Klarna payment that a customer has begun.
func startedEvent(n int) (body []byte, signature string) {
	now := time.Now()
	body = fmt.Appendf(nil, `{"id":"evt_%d","object":"event","api_version":"2023-10-16","created":%d,"livemode":false,"pending_webhooks":1,
		"request":{"id":null,"idempotency_key":null},"type":"payment_intent.requires_action","data":{"object":{"id":"pi_bench%d","object":"payment_intent",
		"amount":18990,"amount_capturable":0,"amount_received":0,"capture_method":"manual","created":%d,"currency":"eur","customer":null,
		"description":null,"latest_charge":null,"livemode":false,"metadata":{"order_id":"NG-%d"},"payment_method_options":{"klarna":{}},
		"payment_method_types":["klarna"],"receipt_email":"kunde%d@example.de","shipping":{"name":"Jürgen Großmann","address":{"line1":"Torstraße 12",
		"postal_code":"10119","city":"Berlin","country":"DE"}},"status":"requires_action"}}}`,
		n, now.Unix(), n, now.Unix()-int64(n%100_000), n, n)
	return body, stripesim.Sign(body, benchSecret, now)
}

// BenchmarkIngestHTTP is P2: signed events through HTTP into a mirror of BENCH_ORDERS orders, each durable before its 200, beside a loop
// that only verifies and parses the same events on all cores.
func BenchmarkIngestHTTP(b *testing.B) {
	prefill, err := strconv.Atoi(os.Getenv("BENCH_ORDERS"))
	if err != nil {
		prefill = 20_000
	}
	cfg := Config{
		DatabaseURL: filepath.Join(b.TempDir(), "bench.db"), StripeSecretKey: "sk_test_bench", StripeAPIBase: "http://127.0.0.1:1",
		StripeWebhookSecret: benchSecret, ShopTimeZone: "UTC", SecretKey: Secret(strings.Repeat("k", minSecretKey)),
	}
	db, err := openStore(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	d, err := newDesk(b.Context(), cfg, db, utcNow, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	over := make(chan error, 1)
	go func() { over <- d.run(b.Context(), l, func() {}) }()
	defer func() { _ = d.app.Shutdown(time.Second); <-over }()
	var made atomic.Int64
	send := func(senders, events int) {
		client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: senders}}
		defer client.CloseIdleConnections()
		last := made.Load() + int64(events)
		var wg sync.WaitGroup
		for range senders {
			wg.Go(func() {
				for n := made.Add(1); n <= last; n = made.Add(1) {
					deliver(b, client, "http://"+l.Addr().String()+"/stripe/events", int(n))
				}
			})
		}
		wg.Wait()
		made.Store(last)
	}
	send(64, prefill)
	for _, senders := range []int{1, 64} {
		b.Run(fmt.Sprintf("senders=%d", senders), func(b *testing.B) {
			yardstick := verifyAndParse(b)
			b.ResetTimer()
			send(senders, b.N)
			rate := float64(b.N) / b.Elapsed().Seconds()
			b.ReportMetric(rate, "events/s")
			b.ReportMetric(yardstick, "yardstick/s")
			b.ReportMetric(rate/yardstick, "ratio")
			b.ReportMetric(float64(prefill), "orders")
		})
	}
}

func deliver(b *testing.B, client *http.Client, url string, n int) {
	body, signature := startedEvent(n)
	req, err := http.NewRequest("POST", url, bytes.NewReader(body))
	if err != nil {
		b.Error(err)
		return
	}
	req.Header.Set("Stripe-Signature", signature)
	res, err := client.Do(req)
	if err != nil {
		b.Error(err)
		return
	}
	_, _ = io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if res.StatusCode != http.StatusOK {
		b.Errorf("event %d: %d", n, res.StatusCode)
	}
}

// verifyAndParse is the yardstick: how many of the events stripe-go verifies and parses in a second, on all cores.
func verifyAndParse(b *testing.B) float64 {
	const each = 5000
	body, signature := startedEvent(1)
	start := time.Now()
	var wg sync.WaitGroup
	for range runtime.NumCPU() {
		wg.Go(func() {
			for range each {
				if _, err := webhook.ConstructEvent(body, signature, benchSecret); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	return float64(each*runtime.NumCPU()) / time.Since(start).Seconds()
}
