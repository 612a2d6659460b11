package mirror_test

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/mirror"
	"counterfoil/models/payments"
	"counterfoil/models/payments/stripesim"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// start is where the simulated clock of the tests begins.
var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

const testKey = "sk_test_mirror"

// world is a simulated Stripe with a mirror behind its webhooks.
type world struct {
	t       testing.TB
	server  *httptest.Server
	db      *store.DB
	gateway *payments.Gateway
	mirror  *mirror.Mirror
	inbox   *inbox
	stop    context.CancelFunc // ends Run
	done    chan error         // what Run said
}

// inbox is the webhook endpoint in front of the mirror. It keeps what it was sent.
type inbox struct {
	mu     sync.Mutex
	bodies [][]byte
	keep   atomic.Bool // true: bodies are kept and not given to the mirror
}

func (b *inbox) all() [][]byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([][]byte(nil), b.bodies...)
}

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, db: storetest.Open(t), inbox: &inbox{}, done: make(chan error, 1)}
	endpoint := httptest.NewServer(http.HandlerFunc(w.receive))
	sim, err := stripesim.New(stripesim.Options{Key: testKey, Start: start, WebhookURL: endpoint.URL, WebhookSecret: "whsec_test"})
	if err != nil {
		t.Fatal(err)
	}
	w.server = httptest.NewServer(sim.Handler())
	w.gateway = newGateway(t, w.server.URL)
	w.mirror = newMirror(w.db, w.gateway)
	ctx, cancel := context.WithCancel(context.Background())
	w.stop = cancel
	go func() { w.done <- w.mirror.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-w.done; err != nil {
			t.Errorf("Run: %v", err)
		}
		if err := sim.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		w.server.Close()
		endpoint.Close()
	})
	return w
}

func newGateway(t testing.TB, url string) *payments.Gateway {
	t.Helper()
	g, err := payments.New(payments.Config{Key: testKey, APIBase: url, PerSecond: 10_000, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func newMirror(db *store.DB, g *payments.Gateway) *mirror.Mirror {
	return mirror.New(db, g, mirror.Options{ReferenceKeys: []string{"order_id"}})
}

// receive is the webhook endpoint.
func (w *world) receive(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err == nil {
		err = mirror.VerifySignature(body, r.Header.Get("Stripe-Signature"), "whsec_test")
	}
	if err != nil {
		w.t.Errorf("webhook: %v", err)
		return
	}
	w.inbox.mu.Lock()
	w.inbox.bodies = append(w.inbox.bodies, body)
	w.inbox.mu.Unlock()
	if w.inbox.keep.Load() {
		return
	}
	if err := w.mirror.Receive(r.Context(), bytes.Clone(body)); err != nil {
		http.Error(rw, err.Error(), http.StatusInternalServerError)
	}
}

// control calls the simulator's control API.
func (w *world) control(method, path, body string) map[string]any {
	w.t.Helper()
	var out map[string]any
	w.call(method, path, body, "application/json", &out)
	return out
}

// act does something at Stripe past the desk, as the Dashboard would.
func (w *world) act(path, form string) map[string]any {
	w.t.Helper()
	var out map[string]any
	w.call(http.MethodPost, path, form, "application/x-www-form-urlencoded", &out)
	return out
}

func (w *world) call(method, path, body, contentType string, into any) {
	w.t.Helper()
	r, err := http.NewRequest(method, w.server.URL+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+testKey)
	r.Header.Set("Content-Type", contentType)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		w.t.Fatal(err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode >= 300 {
		w.t.Fatalf("%s %s: %d %s %v", method, path, answer.StatusCode, raw, err)
	}
	if err := json.Unmarshal(raw, into); err != nil {
		w.t.Fatalf("%s %s: %s", method, path, raw)
	}
}

// order makes an authorized order and gives its ids.
func (w *world) order(body string) (intent, charge string) {
	w.t.Helper()
	out := w.control(http.MethodPost, "/_sim/orders", body)
	intent, _ = out["payment_intent"].(string)
	charge, _ = out["charge"].(string)
	return intent, charge
}

// advance moves the simulated clock.
func (w *world) advance(by time.Duration) {
	w.t.Helper()
	w.control(http.MethodPost, "/_sim/clock", fmt.Sprintf(`{"advance":%q}`, by))
}

// delivered waits until the simulator has nothing more to deliver.
func (w *world) delivered() {
	w.t.Helper()
	w.eventually("deliveries", func() bool {
		return w.control(http.MethodGet, "/_sim/webhooks", "")["pending"] == float64(0)
	})
}

// settled waits until everything is delivered and the mirror has nothing left to do.
func (w *world) settled() {
	w.t.Helper()
	w.delivered()
	w.idle()
}

// idle waits until the mirror has nothing left to do.
func (w *world) idle() {
	w.t.Helper()
	w.eventually("backlog", func() bool {
		n, err := w.mirror.Backlog(context.Background())
		if err != nil {
			w.t.Fatal(err)
		}
		return n == 0
	})
}

func (w *world) eventually(what string, is func() bool) {
	w.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			rows := dump(w.t, w.db, "select id, kind, dirty, attempts, last_error from stripe_objects where dirty <> 0")
			w.t.Fatalf("%s: not done in time; dirty: %v", what, rows)
		}
		time.Sleep(5 * time.Millisecond)
	}
}

// receiveAll gives events to the mirror, in this order.
func (w *world) receiveAll(bodies ...[]byte) {
	w.t.Helper()
	for _, body := range bodies {
		if err := w.mirror.Receive(context.Background(), bytes.Clone(body)); err != nil {
			w.t.Fatalf("receive %.200s: %v", body, err)
		}
	}
}

// get gives the mirror's order.
func (w *world) get(id string) models.Order {
	w.t.Helper()
	o, err := w.db.Reader.Order(context.Background(), id)
	if err != nil {
		w.t.Fatalf("order %s: %v", id, err)
	}
	return o
}

func (w *world) orderCount() int {
	w.t.Helper()
	var n int
	if err := w.db.Reader.SQL().QueryRow("select count(*) from orders").Scan(&n); err != nil {
		w.t.Fatal(err)
	}
	return n
}

// sameAsStripe compares the mirror's rows with those of a mirror that has just read all of the account. The moments of reading differ;
// balance transactions tell nobody when they become available.
func (w *world) sameAsStripe() {
	w.t.Helper()
	other := storetest.Open(w.t)
	if err := newMirror(other, w.gateway).Sync(context.Background(), mirror.SyncOptions{}); err != nil {
		w.t.Fatal(err)
	}
	for _, query := range []string{
		`select id, charge_id, status, payment_status, currency, amount, amount_capturable, amount_captured, amount_refunded, capture_method,
			klarna_category, preferred_locale, reference, customer_id, customer_name, customer_email, customer_phone, country, created,
			authorized_at, captured_at, canceled_at, dispute_status, has_tracking, search_text, cancellation_reason, last_error_code,
			last_error_message, balance_transaction, description, shipping, charge_shipping, billing, rowid >> 20 from orders order by id`,
		"select * from refunds order by id", "select * from payouts order by id",
		`select id, charge_id, payment_intent_id, amount, currency, status, reason, klarna_reason, klarna_loss_reason, method_type, due_by, has_evidence,
			past_due, submission_count, is_refundable, created, operation_id, inquiry, acted_at, ended_at > 0 from disputes order by id`,
		"select * from order_counts order by tab", "select rowid >> 20 from order_search where order_search match 'exa' order by rowid",
	} {
		if diff := cmp.Diff(dump(w.t, other, query), dump(w.t, w.db, query)); diff != "" {
			w.t.Errorf("%.60s… (-Stripe +mirror):\n%s", query, diff)
		}
	}
}

// dump gives the rows of a query as text.
func dump(t testing.TB, db *store.DB, query string) []string {
	t.Helper()
	rows, err := db.Reader.SQL().Query(query)
	if err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for rows.Next() {
		values, into := make([]sql.NullString, len(columns)), make([]any, len(columns))
		for i := range values {
			into[i] = &values[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		line := make([]string, len(columns))
		for i, name := range columns {
			line[i] = name + "=" + values[i].String
		}
		all = append(all, strings.Join(line, " | "))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return all
}

func mustDecode(raw []byte, into any) {
	if err := json.Unmarshal(raw, into); err != nil {
		panic(err)
	}
}
