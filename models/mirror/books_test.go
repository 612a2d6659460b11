package mirror_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models/mirror"
	"counterfoil/models/store/storetest"
)

// traded makes an account on which everything happens that moves money, and says nothing of it to the mirror.
func (w *world) traded() {
	w.t.Helper()
	captured := func(body, form string) string {
		intent, _ := w.order(body)
		w.act("/v1/payment_intents/"+intent+"/capture", form)
		return intent
	}
	whole := captured(`{"amount":14990}`, "")
	captured(`{"amount":20000,"currency":"sek","country":"SE"}`, "amount_to_capture=15000")
	captured(`{"amount":9900,"settle_currency":"sek","exchange_rate":"11.2345"}`, "amount_to_capture=9000")
	w.order(`{"amount":8800,"payment_method":"card","capture_method":"automatic"}`)
	refund := w.act("/v1/refunds", "payment_intent="+captured(`{"amount":5000}`, "")+"&amount=1200")
	failed := w.act("/v1/refunds", "payment_intent="+whole+"&amount=1000")
	w.control(http.MethodPost, fmt.Sprintf("/_sim/refunds/%s/resolve", failed["id"]), `{"outcome":"failed"}`)
	for _, outcome := range []string{"won", "lost"} {
		w.control(http.MethodPost, "/_sim/disputes", fmt.Sprintf(`{"payment_intent":%q,"stage":"chargeback","outcome":%q}`, captured(`{"amount":7700}`, ""), outcome))
	}
	w.control(http.MethodPost, "/_sim/activity", `{"kind":"fee","currency":"eur","amount":250}`)
	w.advance(10 * 24 * time.Hour)
	w.control(http.MethodPost, "/_sim/payouts", `{"kind":"manual","currency":"eur","amount":1000}`)
	w.control(http.MethodPost, "/_sim/payouts", `{"paid":true}`)
	captured(`{"amount":3300}`, "") // stays on the account
	captured(`{"amount":44000,"currency":"sek","country":"SE"}`, "")
	if refund["status"] != "succeeded" {
		w.t.Fatalf("the refund is %v", refund["status"])
	}
}

// held are the sums of the mirrored rows and Stripe's balance, by currency; what is nothing is left out.
func (w *world) held() (rows, balance []string) {
	w.t.Helper()
	return dump(w.t, w.db, `select currency, sum(net) as total from balance_transactions group by currency having sum(net) <> 0 order by currency`),
		dump(w.t, w.db, `select currency, available + pending as total from balances where available + pending <> 0 order by currency`)
}

// booksBalance says where the mirrored rows and Stripe's balance differ.
func (w *world) booksBalance(when string) {
	w.t.Helper()
	rows, balance := w.held()
	if diff := cmp.Diff(balance, rows); diff != "" || len(rows) < 2 {
		w.t.Errorf("%s (-Stripe's balance +rows):\n%s", when, diff)
	}
	if wrong, err := w.db.Reader.CheckSums(context.Background()); err != nil || len(wrong) > 0 {
		w.t.Errorf("%s: %v, %v", when, wrong, err)
	}
}

// TestBooksAreStripesBalance: all mirrored rows of a currency add up to what Stripe holds, after a sync and as events come.
func TestBooksAreStripesBalance(t *testing.T) {
	for _, told := range []bool{false, true} {
		t.Run(fmt.Sprintf("events %t", told), func(t *testing.T) {
			w := newWorld(t)
			w.inbox.keep.Store(!told)
			if told {
				w.sync() // of nothing: what comes then comes by events
			}
			w.traded()
			w.settled()
			if !told {
				w.sync()
			}
			w.eventually("the balance is read", func() bool {
				rows, balance := w.held()
				return len(rows) > 1 && cmp.Equal(rows, balance)
			})
			w.booksBalance("after all")
			categories := strings.Join(dump(t, w.db, "select distinct reporting_category as c from balance_transactions order by 1"), " ")
			for _, want := range []string{"charge", "dispute", "dispute_reversal", "fee", "partial_capture_reversal", "payout", "refund", "refund_failure"} {
				if !strings.Contains(categories+" ", "c="+want+" ") {
					t.Errorf("no row of %s was mirrored: %s", want, categories)
				}
			}
			unlike := dump(t, w.db, `select id from balance_transactions b where amount - fee <> net or
				fee <> (select coalesce(sum(value ->> 'amount'), 0) from json_each(b.fee_details)) and fee_details <> '[]'`)
			if len(unlike) > 0 {
				t.Errorf("rows that do not add up: %v", unlike)
			}
		})
	}
}

func (w *world) sync() {
	w.t.Helper()
	if err := w.mirror.Sync(context.Background(), mirror.SyncOptions{}); err != nil {
		w.t.Fatal(err)
	}
}

// TestBooksFindWhatNobodyTold: fees and adjustments come with no event. They are there after the next reading, which any other event asks for.
func TestBooksFindWhatNobodyTold(t *testing.T) {
	w := newWorld(t)
	w.traded()
	w.settled()
	w.sync()
	silent := []any{w.control(http.MethodPost, "/_sim/activity", `{"kind":"adjustment","currency":"eur","amount":-777}`)["balance_transaction"],
		w.control(http.MethodPost, "/_sim/activity", `{"kind":"reserve","currency":"jpy","amount":5}`)["balance_transaction"]}
	mirrored := func() int {
		return len(dump(t, w.db, fmt.Sprintf("select id from balance_transactions where id in ('%s', '%s')", silent...)))
	}
	w.delivered()
	if n := mirrored(); n != 0 {
		t.Fatalf("%d of the rows were told: the test proves nothing", n)
	}
	w.advance(time.Minute)
	id, _ := w.order(`{"amount":100,"capture_method":"automatic"}`)
	w.eventually("the rows are found", func() bool { return mirrored() == len(silent) })
	w.eventually("the balance is read", func() bool {
		rows, balance := w.held()
		return cmp.Equal(rows, balance)
	})
	w.settled()
	w.booksBalance("after the next reading")
	if o := w.get(id); o.BalanceTransaction == "" {
		t.Errorf("the order that asked for the reading is not booked: %+v", o)
	}
}

// TestBooksMoveWhileTheyAreRead: what is booked while a list of several pages is read, however much, is in the mirror when the balance is.
func TestBooksMoveWhileTheyAreRead(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	const before, meanwhile = 120, 130 // more than a page each
	book := func(n int) {
		for i := range n {
			w.control(http.MethodPost, "/_sim/activity", fmt.Sprintf(`{"kind":"adjustment","currency":"%s","amount":%d}`, []string{"eur", "sek"}[i%2], 100+i))
		}
	}
	address := w.behindProxy(
		interruption{func(r *http.Request) bool { return r.URL.Path == "/v1/events" }, func() { book(before) }}, // the last list before the books
		interruption{func(r *http.Request) bool {
			return r.URL.Path == "/v1/balance_transactions" && r.URL.Query().Get("starting_after") != ""
		}, func() {
			book(meanwhile)
			w.advance(20 * time.Minute)
		}})
	w.db = storetest.Open(t)
	if err := newMirror(w.db, newGateway(t, address)).Sync(context.Background(), mirror.SyncOptions{}); err != nil {
		t.Fatal(err)
	}
	if n := len(dump(t, w.db, "select id from balance_transactions")); n != before+meanwhile {
		t.Errorf("%d rows are mirrored, want %d", n, before+meanwhile)
	}
	w.booksBalance("after a sync during which much was booked")
}

// interruption is something that happens at Stripe before it answers a request.
type interruption struct {
	meant func(*http.Request) bool
	act   func()
}

// behindProxy gives the address of the simulated Stripe behind something that lets each interruption happen once, one after the other.
func (w *world) behindProxy(interruptions ...interruption) string {
	w.t.Helper()
	target, err := url.Parse(w.server.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	pass := httputil.NewSingleHostReverseProxy(target)
	var mu sync.Mutex
	proxy := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		if len(interruptions) > 0 && interruptions[0].meant(r) {
			interruptions[0].act()
			interruptions = interruptions[1:]
		}
		pass.ServeHTTP(rw, r)
	}))
	w.t.Cleanup(func() {
		proxy.Close()
		if len(interruptions) > 0 {
			w.t.Errorf("%d requests that were meant never came", len(interruptions))
		}
	})
	return proxy.URL
}
