package mirror_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"counterfoil/models/mirror"
	"counterfoil/models/payments/stripesim"
	"counterfoil/models/store/storetest"
)

// benchOrders is how many orders the mirror holds before: 20,000, or what BENCH_ORDERS says.
func benchOrders() int {
	n, err := strconv.Atoi(os.Getenv("BENCH_ORDERS"))
	if err != nil || n <= 0 {
		n = 20_000
	}
	return n
}

// flow is the life of one captured order, as Stripe sent it, and where its ids stand.
type flow struct {
	intent, charge string // ids in the bodies
	created        int64
	captured       [][]byte // payment_intent.succeeded and charge.captured
}

// benchWorld has one order, which the mirror is filled with copies of, and captured afterwards; its events are kept.
func benchWorld(b *testing.B, orders int) (*world, flow) {
	b.Helper()
	w := newWorld(b)
	w.inbox.keep.Store(true)
	f := flow{created: start.Unix()}
	f.intent, f.charge = w.order(`{"amount":14990,"order_reference":"R-0000000"}`)
	w.receiveAll(w.kept("charge.succeeded")[0], w.kept("payment_intent.amount_capturable_updated")[0])
	w.idle()
	f.fill(b, w, orders)
	w.advance(time.Hour)
	w.act("/v1/payment_intents/"+f.intent+"/capture", "")
	f.captured = [][]byte{w.kept("payment_intent.succeeded")[0], w.kept("charge.captured")[0]}
	return w, f
}

func benchID(prefix string, i int) string { return fmt.Sprintf("%s_3Bench%018d", prefix, i) }

// body gives the nth event of a mirror of so many orders: its own ids, and a moment later than all before of the same order.
func (f *flow) body(event, orders int) []byte {
	kind, i, round := event%2, (event/2)%orders, event/2/orders
	raw := f.captured[kind]
	var head struct {
		ID      string
		Created int64
	}
	mustDecode(raw, &head)
	raw = bytes.ReplaceAll(raw, []byte(head.ID), []byte(benchID("evt", event)))
	raw = bytes.ReplaceAll(raw, []byte(f.intent), []byte(benchID("pi", i)))
	raw = bytes.ReplaceAll(raw, []byte(f.charge), []byte(benchID("py", i)))
	raw = bytes.ReplaceAll(raw, []byte("R-0000000"), fmt.Appendf(nil, "R-%07d", i))
	at := f.created + int64(i) + 3600 + 10*int64(round)
	return bytes.Replace(raw, fmt.Appendf(nil, `"created": %d`, head.Created), fmt.Appendf(nil, `"created": %d`, at), 1)
}

// fill puts authorized orders into the database as the mirror would, with their objects in the gate.
func (f *flow) fill(b *testing.B, w *world, orders int) {
	b.Helper()
	const batch = 5_000
	begun := time.Now()
	numbers := `with recursive n (i) as (select ?1 union all select i + 1 from n where i + 1 < min(?1 + ?2, ?3)) `
	ids := `printf('pi_3Bench%018d', i), printf('py_3Bench%018d', i)`
	for from := 0; from < orders; from += batch {
		storetest.Tx(b, w.db, func(tx storeTx) error {
			_, err := tx.SQL().Exec(`insert into orders (rowid, id, charge_id, status, payment_status, currency, amount, amount_capturable, capture_method,
				klarna_category, preferred_locale, reference, customer_id, customer_name, customer_email, customer_phone, country, created, authorized_at, synced_at,
				search_text, shipping, charge_shipping, billing) `+numbers+`select ((?5 + i) << 20), `+ids+`, status, payment_status, currency, amount, amount_capturable,
				capture_method, klarna_category, preferred_locale, printf('R-%07d', i), customer_id, customer_name, customer_email, customer_phone, country, ?5 + i, ?5 + i, ?5 + i,
				replace(search_text, 'r-0000000', printf('r-%07d', i)), shipping, charge_shipping, billing from n, (select * from orders where id = ?4)`,
				from, batch, orders, f.intent, f.created+1_000_000)
			if err != nil {
				return err
			}
			for _, object := range []string{f.intent, f.charge} {
				_, err := tx.SQL().Exec(`insert into stripe_objects (id, kind, order_id, as_of, seq, raw) `+numbers+`select printf(substr(id, 1, 2) || '_3Bench%018d', i), kind,
					printf('pi_3Bench%018d', i), ?6 + i, 1, cast(replace(replace(replace(cast(raw as text), ?4, printf('pi_3Bench%018d', i)), ?5,
					printf('py_3Bench%018d', i)), 'R-0000000', printf('R-%07d', i)) as blob) from n, (select * from stripe_objects where id = ?7)`,
					from, batch, orders, f.intent, f.charge, f.created, object)
				if err != nil {
					return err
				}
			}
			return nil
		})
	}
	flush(b, w)
	b.Logf("%d orders with their objects in %s", orders, time.Since(begun).Round(time.Second))
}

// flush has the disk write what the filling left in the system's memory: the first commits would wait for it.
func flush(b *testing.B, w *world) {
	b.Helper()
	path := strings.TrimPrefix(dump(b, w.db, "select file from pragma_database_list where name = 'main'")[0], "file=")
	for _, name := range []string{path + "-wal", path} {
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			b.Fatal(err)
		}
		if err := errors.Join(f.Sync(), f.Close()); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkIngest takes events that capture orders into a mirror that holds BENCH_ORDERS of them: signature, parsing, gate, order, indexes,
// counts and search, durable (synchronous=FULL) before each answer. The yardstick is stripe-go's verify-and-parse on all cores, in the same
// run; for a lone sender also a commit for each event without any queue.
func BenchmarkIngest(b *testing.B) {
	orders := benchOrders()
	w, f := benchWorld(b, orders)
	next := 0
	take := func(n int) (bodies [][]byte, headers []string) {
		for range n {
			body := f.body(next, orders)
			bodies = append(bodies, body)
			headers = append(headers, stripesim.Sign(body, "whsec_test", time.Now()))
			next++
		}
		return bodies, headers
	}
	ingest := func(body []byte, header string) error {
		if err := mirror.VerifySignature(body, header, "whsec_test"); err != nil {
			return err
		}
		return w.mirror.Receive(context.Background(), body)
	}
	for _, senders := range []int{1, 64} {
		b.Run(fmt.Sprintf("senders=%d", senders), func(b *testing.B) {
			bodies, headers := take(b.N)
			b.ResetTimer()
			spread(b, senders, b.N, func(i int) error { return ingest(bodies[i], headers[i]) })
			took := b.Elapsed()
			b.StopTimer()
			rate := float64(b.N) / took.Seconds()
			yardstick := verifyAndParse(b, bodies, headers)
			b.ReportMetric(rate, "events/s")
			b.ReportMetric(yardstick, "yardstick/s")
			b.ReportMetric(rate/yardstick, "ratio")
			b.ReportMetric(float64(orders), "orders")
		})
	}
	b.Run("commit per event", func(b *testing.B) {
		bodies, headers := take(b.N)
		b.ResetTimer()
		spread(b, 1, b.N, func(i int) error {
			if err := mirror.VerifySignature(bodies[i], headers[i], "whsec_test"); err != nil {
				return err
			}
			return w.mirror.ReceiveAlone(bodies[i])
		})
		b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	if got := dump(b, w.db, "select state, count(*) from stripe_events group by state"); len(got) != 1 {
		b.Errorf("not every event was applied: %v", got)
	}
	captured := dump(b, w.db, "select n from order_counts where tab = 'captured'")
	if want := fmt.Sprintf("n=%d", min((next+1)/2, orders)); captured[0] != want {
		b.Errorf("captured orders: %v, want %s", captured, want)
	}
}

// verifyAndParse is the yardstick: stripe-go's own check and decoding of the same bodies, on all cores.
func verifyAndParse(b *testing.B, bodies [][]byte, headers []string) float64 {
	b.Helper()
	n := max(len(bodies), 10_000)
	begun := time.Now()
	spread(b, runtime.GOMAXPROCS(0), n, func(i int) error {
		i %= len(bodies)
		_, err := webhook.ConstructEvent(bodies[i], headers[i], "whsec_test")
		return err
	})
	return float64(n) / time.Since(begun).Seconds()
}

// spread does n pieces of work with so many workers.
func spread(b *testing.B, workers, n int, work func(i int) error) {
	b.Helper()
	var next atomic.Int64
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := next.Add(1) - 1; i < int64(n); i = next.Add(1) - 1 {
				if err := work(int(i)); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	all.Wait()
}
