package mirror_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/store/storetest"
)

// live does everything at the simulated Stripe that can happen to payments.
func (w *world) live() (captured string) {
	w.t.Helper()
	captured, charge := w.order(`{"amount":14990,"order_reference":"R-1","created_ago":"72h"}`)
	part, _ := w.order(`{"amount":20000,"currency":"sek"}`)
	canceled, _ := w.order(`{"amount":500}`)
	w.order(`{"state":"started"}`)
	w.order(`{"state":"declined"}`)
	w.order(`{"capture_method":"automatic","country":"NL"}`)
	w.order(`{"payment_method_types":["card","klarna"]}`)
	w.order(`{"payment_method_types":["card","klarna"],"payment_method":"card"}`)
	w.order(`{"payment_method":"card"}`)
	w.order(`{"created_ago":"600h"}`)
	w.act("/v1/payment_intents/"+captured+"/capture", "")
	w.act("/v1/payment_intents/"+part+"/capture", "amount_to_capture=15000")
	w.act("/v1/payment_intents/"+canceled+"/cancel", "cancellation_reason=requested_by_customer")
	w.advance(time.Hour)
	w.act("/v1/charges/"+charge, "shipping[name]=A&shipping[address][line1]=B&shipping[carrier]=DHL&shipping[tracking_number]=JJD1")
	w.act("/v1/refunds", "payment_intent="+captured+"&amount=1000")
	w.control(http.MethodPost, "/_sim/disputes", fmt.Sprintf(`{"payment_intent":%q,"amount":2000}`, captured))
	w.advance(26 * 24 * time.Hour)
	return captured
}

// TestEventsEndInStripesState plays an account's life as Stripe may deliver it.
func TestEventsEndInStripesState(t *testing.T) {
	for _, mode := range []string{"deliver", "duplicate", "reverse"} {
		t.Run(mode, func(t *testing.T) {
			w := newWorld(t)
			if mode != "deliver" {
				w.control(http.MethodPost, "/_sim/webhooks", `{"mode":"hold"}`)
			}
			id := w.live()
			w.control(http.MethodPost, "/_sim/webhooks", fmt.Sprintf(`{"mode":%q}`, mode))
			w.settled()
			w.sameAsStripe()
			o := w.get(id)
			if o.Status != models.StatusCaptured || o.AmountCaptured != 14990 || o.AmountRefunded != 1000 || !o.HasTracking || o.DisputeStatus == "" || o.Reference != "R-1" {
				t.Errorf("the captured order is %+v", o)
			}
			if n := w.orderCount(); n != 8 {
				t.Errorf("%d orders, want 8: card payments are none", n)
			}
		})
	}
}

// TestEventsInAnyOrder gives the same events to mirrors in random orders, some twice, some at once with reads.
func TestEventsInAnyOrder(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	w.live()
	w.delivered()
	bodies := w.inbox.all()
	for seed := range uint64(12) {
		random := rand.New(rand.NewPCG(seed, 1))
		mixed := slices.Concat(bodies, bodies[:len(bodies)/3])
		random.Shuffle(len(mixed), func(i, j int) { mixed[i], mixed[j] = mixed[j], mixed[i] })
		other := &world{t: t, server: w.server, db: storetest.Open(t), gateway: w.gateway}
		other.mirror = newMirror(other.db, w.gateway)
		ctx, cancel := context.WithCancel(context.Background())
		done := make(chan error, 1)
		go func() { done <- other.mirror.Run(ctx) }()
		var all sync.WaitGroup
		for part := range slices.Chunk(mixed, len(mixed)/4+1) {
			all.Go(func() { other.receiveAll(part...) })
		}
		if seed%2 == 0 {
			all.Go(func() {
				if err := other.mirror.Sync(ctx, syncAll()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		other.idle()
		other.sameAsStripe()
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

// edited gives an event anew, with changes at these paths, such as "data.object.amount".
func edited(t testing.TB, body []byte, changes map[string]any) []byte {
	t.Helper()
	var event map[string]any
	if err := json.Unmarshal(body, &event); err != nil {
		t.Fatal(err)
	}
	for path, value := range changes {
		at := event
		names := strings.Split(path, ".")
		for _, name := range names[:len(names)-1] {
			at, _ = at[name].(map[string]any)
		}
		at[names[len(names)-1]] = value
	}
	out, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// keep has the world's events kept, and gives those of a type.
func (w *world) kept(kind string) [][]byte {
	w.t.Helper()
	w.delivered()
	var found [][]byte
	for _, body := range w.inbox.all() {
		var e struct{ Type string }
		if err := json.Unmarshal(body, &e); err != nil {
			w.t.Fatal(err)
		}
		if e.Type == kind {
			found = append(found, body)
		}
	}
	if len(found) == 0 {
		w.t.Fatalf("no event %s", kind)
	}
	return found
}

func (w *world) eventState(id string) (state, reason string) {
	w.t.Helper()
	if err := w.db.Reader.SQL().QueryRow("select state, error from stripe_events where id = ?", id).Scan(&state, &reason); err != nil {
		w.t.Fatalf("event %s: %v", id, err)
	}
	return state, reason
}

// TestPoisonedEventHarmsNobody makes one event's transaction fail in the midst of others.
func TestPoisonedEventHarmsNobody(t *testing.T) {
	w := newWorld(t)
	for range 20 {
		w.order(`{}`)
	}
	w.settled()
	w.inbox.keep.Store(true)
	intent, _ := w.order(`{"amount":777}`)
	storetest.Tx(t, w.db, func(tx storeTx) error {
		_, err := tx.SQL().Exec(`create trigger poison before insert on stripe_events when new.id = 'evt_poison' and new.state <> 'failed' begin select raise(abort, 'poison'); end`)
		return err
	})
	bodies := w.kept("payment_intent.amount_capturable_updated")
	body := bodies[len(bodies)-1]
	if !strings.Contains(string(body), intent) {
		t.Fatal("the last event is not the last order's")
	}
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			id := fmt.Sprintf("evt_good%d", i)
			if i == 20 {
				id = "evt_poison"
			}
			w.receiveAll(edited(t, body, map[string]any{"id": id}))
		})
	}
	all.Wait()
	w.idle()
	if state, reason := w.eventState("evt_poison"); state != "failed" || !strings.Contains(reason, "poison") {
		t.Errorf("the poisoned event is %s (%s)", state, reason)
	}
	status, err := w.mirror.Status(context.Background())
	if err != nil || status.Failed != 1 || status.LastEvent == 0 {
		t.Errorf("status %+v, %v", status, err)
	}
	if n := len(dump(t, w.db, "select id from stripe_events where id like 'evt_good%' and state in ('applied', 'stale')")); n != 39 {
		t.Errorf("%d good events are stored, want 39", n)
	}
	w.sameAsStripe()
}

// TestRefusedBeforeStoring: what is no event of this mode leaves nothing behind.
func TestRefusedBeforeStoring(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	w.order(`{}`)
	good := w.kept("charge.succeeded")[0]
	for name, body := range map[string][]byte{
		"other mode": edited(t, good, map[string]any{"livemode": true, "data.object.livemode": true}),
		"no id":      edited(t, good, map[string]any{"id": ""}),
		"no event":   []byte(`{"object":"charge"}`),
		"garbage":    []byte("\x00\xff{"),
		"half":       good[:len(good)/2],
		"nothing":    nil,
	} {
		if err := w.mirror.Receive(context.Background(), body); !models.IsKind(err, models.KindInvalid) {
			t.Errorf("%s: %v, want invalid", name, err)
		}
	}
	if rows := dump(t, w.db, "select id from stripe_events union all select id from stripe_objects"); len(rows) != 0 {
		t.Errorf("stored: %v", rows)
	}
}

// TestEventStates: what the mirror thinks of each event, and what it does then.
func TestEventStates(t *testing.T) {
	w := newWorld(t)
	intent, charge := w.order(`{"amount":5000}`)
	w.settled()
	w.inbox.keep.Store(true)
	good := w.kept("charge.succeeded")[0]
	created := float64(w.get(intent).SyncedAt)
	for _, tt := range []struct {
		id      string
		changes map[string]any
		state   models.EventState
		reason  string
	}{
		{"evt_older", map[string]any{"created": created - 10, "data.object.amount": 1}, models.EventStale, "not newer"},
		{"evt_tie", map[string]any{"data.object.amount": 2}, models.EventStale, "not newer"},
		{"evt_version", map[string]any{"created": created + 20, "api_version": "2020-08-27", "data.object.description": "old"}, models.EventApplied, "2020-08-27"},
		{"evt_null_version", map[string]any{"created": created + 40, "api_version": nil, "data.object.description": "null"}, models.EventApplied, "not told"},
		{"evt_no_amount", map[string]any{"created": created + 60, "data.object.amount": nil}, models.EventStale, "amount"},
		{"evt_fraction", map[string]any{"created": created + 60, "data.object.amount": 1.5}, models.EventStale, "amount"},
		{"evt_customer", map[string]any{"data.object": map[string]any{"id": "cus_1", "object": "customer"}}, models.EventIgnored, "customer"},
		{"evt_balance", map[string]any{"data.object": map[string]any{"object": "balance"}}, models.EventIgnored, "balance"},
		{"evt_card", map[string]any{"data.object.id": "ch_1", "data.object.payment_method_details": map[string]any{"type": "card"}}, models.EventIgnored, "payment_method_details.type is card"},
		{"evt_elsewhere", map[string]any{"data.object.id": "py_gone", "data.object.amount": nil}, models.EventStale, "amount"},
	} {
		tt.changes["id"] = tt.id
		w.receiveAll(edited(t, good, tt.changes))
		if state, reason := w.eventState(tt.id); state != string(tt.state) || !strings.Contains(reason, tt.reason) {
			t.Errorf("%s is %s (%s), want %s (…%s…)", tt.id, state, reason, tt.state, tt.reason)
		}
		w.idle()
	}
	w.sameAsStripe()
	if got := dump(t, w.db, "select last_error from stripe_objects where id = 'py_gone'"); len(got) != 1 || !strings.Contains(got[0], "not found") {
		t.Errorf("py_gone: %v", got)
	}
	if got := dump(t, w.db, "select raw is null from stripe_objects where id = 'ch_1'"); len(got) != 1 || !strings.HasSuffix(got[0], "=1") {
		t.Errorf("of a card's charge is kept: %v", got)
	}
	if o := w.get(intent); o.ChargeID != charge || o.AmountAuthorized != 5000 {
		t.Errorf("the order is %+v", o)
	}
}

// TestThousandAtOnce: everything that is acknowledged is stored, once.
func TestThousandAtOnce(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	intent, _ := w.order(`{"amount":4200}`)
	body := w.kept("payment_intent.amount_capturable_updated")[0]
	charge := w.kept("charge.succeeded")[0]
	w.receiveAll(charge)
	created := float64(start.Unix() + 100)
	var all sync.WaitGroup
	for i := range 1000 {
		event := edited(t, body, map[string]any{"id": fmt.Sprintf("evt_%d", i/2), "created": created + float64(i/2), "data.object.description": fmt.Sprint(i / 2)})
		all.Go(func() { w.receiveAll(event) })
	}
	all.Wait()
	if n := len(dump(t, w.db, "select id from stripe_events where id <> 'x' and type like 'payment_intent%'")); n != 500 {
		t.Errorf("%d events are stored, want 500", n)
	}
	w.idle()
	if o := w.get(intent); o.Description != "" || o.AmountAuthorized != 4200 {
		t.Errorf("the order is not Stripe's: %+v", o)
	}
	w.sameAsStripe()
}

// TestShutdownDrains: what is acknowledged is stored, what is not is told so, and nobody waits for ever.
func TestShutdownDrains(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	w.order(`{}`)
	body := w.kept("charge.succeeded")[0]
	var mu sync.Mutex
	var stored []string
	var all sync.WaitGroup
	for i := range 400 {
		id := fmt.Sprintf("evt_%d", i)
		event := edited(t, body, map[string]any{"id": id})
		all.Go(func() {
			if i == 100 {
				w.stop()
			}
			err := w.mirror.Receive(context.Background(), event)
			if err == nil {
				mu.Lock()
				stored = append(stored, id)
				mu.Unlock()
			} else if !models.IsKind(err, models.KindUnavailable) {
				t.Errorf("%s: %v", id, err)
			}
		})
	}
	all.Wait()
	for _, id := range stored {
		w.eventState(id)
	}
	if err := w.mirror.Receive(context.Background(), body); !models.IsKind(err, models.KindUnavailable) {
		t.Errorf("after the end: %v", err)
	}
	t.Logf("%d of 400 were taken in", len(stored))
}
