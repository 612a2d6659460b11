package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/mirror"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

type storeTx = *store.Tx

func syncAll() mirror.SyncOptions { return mirror.SyncOptions{} }

// everything dumps all tables that a sync may touch, without the moments of reading.
func everything(t testing.TB, db *store.DB) []string {
	t.Helper()
	var all []string
	for _, query := range []string{
		"select * from orders order by id", "select * from refunds order by id", "select * from disputes order by id",
		"select * from payouts order by id", "select * from balance_transactions order by id", "select * from stripe_objects order by id",
		"select * from stripe_events order by id", "select * from order_counts order by tab", "select kind, rows from sync_progress where kind <> 'run' order by kind",
		"select * from settings where name not in ('mirror_last_sync', 'mirror_as_of', 'mirror_books_read') order by name", "select currency, available, pending from balances order by currency",
	} {
		all = append(all, dump(t, db, query)...)
	}
	return all
}

func TestSyncTwiceChangesNothing(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	w.control(http.MethodPost, "/_sim/shop", `{"orders":260,"seed":3}`)
	w.live()
	w.delivered()
	other := storetest.Open(t)
	m := newMirror(other, w.gateway)
	var told []mirror.SyncProgress
	options := mirror.SyncOptions{Progress: func(p mirror.SyncProgress) { told = append(told, p) }}
	if err := m.Sync(context.Background(), options); err != nil {
		t.Fatal(err)
	}
	before := everything(t, other)
	if err := m.Sync(context.Background(), options); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(before, everything(t, other)); diff != "" {
		t.Errorf("the second sync changed (-before +after):\n%s", diff)
	}
	if len(told) < 20 || !told[len(told)-1].Done {
		t.Errorf("progress was told %d times, at the end %+v", len(told), told[len(told)-1])
	}
	if n, err := m.Backlog(context.Background()); n != 0 || err != nil {
		t.Errorf("backlog %d, %v", n, err)
	}
	for _, p := range dump(t, other, `select p.id, p.amount, (select sum(net) from balance_transactions b where b.payout_id = p.id and b.reporting_category <> 'payout') as net
		from payouts p where status = 'paid' and automatic`) {
		parts := strings.Split(p, " | ")
		if strings.TrimPrefix(parts[1], "amount=") != strings.TrimPrefix(parts[2], "net=") {
			t.Errorf("a payout is not the sum of its lines: %s", p)
		}
	}
}

// TestSyncGoesOn breaks a sync off after each of its first pages.
func TestSyncGoesOn(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	w.control(http.MethodPost, "/_sim/shop", `{"orders":450,"seed":5}`)
	db := storetest.Open(t)
	m := newMirror(db, w.gateway)
	w.control(http.MethodDelete, "/_sim/requests", "")
	for stopAfter := 1; ; stopAfter++ {
		ctx, cancel := context.WithCancel(context.Background())
		pages := 0
		err := m.Sync(ctx, mirror.SyncOptions{Progress: func(p mirror.SyncProgress) {
			if pages++; pages == 2 && stopAfter < 6 {
				cancel()
			}
		}})
		cancel()
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) && !models.IsKind(err, models.KindUnavailable) || stopAfter > 6 {
			t.Fatalf("broken off: %v", err)
		}
		if empty, err := m.IsEmpty(context.Background()); err != nil || !empty {
			t.Fatalf("a sync that is not at its end counts as one: %v", err)
		}
	}
	var asked []struct {
		Method, Path string
		Form         map[string]string
	}
	w.call(http.MethodGet, "/_sim/requests", "", "", &asked)
	seen := map[string]int{}
	for _, r := range asked {
		if r.Form["created[gte]"] == "" { // the last run reads what is newer than the first one's beginning
			seen[r.Path+fmt.Sprint(r.Form)]++
		}
	}
	again := 0
	for _, n := range seen {
		again += n - 1
	}
	if len(seen) < 10 || again > 5 { // the page that was asked for when it was broken off may be asked for again
		t.Errorf("%d pages were read and %d of them again", len(seen), again)
	}
	w.db = db
	w.sameAsStripe()
}

// TestSyncMends: rows that missed their events are mended, all of them or one.
func TestSyncMends(t *testing.T) {
	w := newWorld(t)
	w.live()
	w.settled()
	w.inbox.keep.Store(true)
	late, _ := w.order(`{"amount":999}`)
	id, _ := w.order(`{"amount":1999}`)
	w.act("/v1/payment_intents/"+id+"/capture", "")
	w.delivered()
	if err := w.mirror.Sync(context.Background(), mirror.SyncOptions{Since: 2 * 365 * 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	w.idle()
	w.sameAsStripe()
	w.act("/v1/payment_intents/"+late+"/capture", "")
	if err := w.mirror.Sync(context.Background(), mirror.SyncOptions{Object: late}); err != nil {
		t.Fatal(err)
	}
	if o := w.get(late); o.Status != models.StatusCaptured || o.CapturedAt == 0 || o.BalanceTransaction == "" {
		t.Errorf("one object synced: %+v", o)
	}
	for object, kind := range map[string]models.ErrorKind{"pi_nope": models.KindNotFound, "cus_1": models.KindInvalid} {
		if !models.IsKind(w.mirror.Sync(context.Background(), mirror.SyncOptions{Object: object}), kind) {
			t.Errorf("%s: want %s", object, kind)
		}
	}
}

// TestRefetchWithFaults: while Stripe is away marks wait; when it is back they are settled soon.
func TestRefetchWithFaults(t *testing.T) {
	w := newWorld(t)
	intent, charge := w.order(`{}`)
	w.settled()
	w.inbox.keep.Store(true)
	body := w.kept("charge.succeeded")[0]
	w.control(http.MethodPost, "/_sim/faults", `{"method":"GET","path":"/v1/charges/*","times":2,"status":500}`)
	w.control(http.MethodPost, "/_sim/faults", `{"method":"GET","path":"/v1/charges/*","times":1,"drop":true}`)
	w.control(http.MethodPost, "/_sim/faults", `{"method":"GET","path":"/v1/charges/*","times":1,"status":200,"truncate_at":100}`)
	w.act("/v1/charges/"+charge, "description=changed")
	w.receiveAll(edited(t, body, map[string]any{"id": "evt_stale"}))
	if n, err := w.mirror.Backlog(context.Background()); n == 0 || err != nil {
		t.Errorf("backlog %d while a fetch is due, %v", n, err)
	}
	w.idle()
	if got := dump(t, w.db, fmt.Sprintf("select json_extract(raw, '$.description'), attempts, last_error from stripe_objects where id = '%s'", charge)); !strings.Contains(got[0], "changed") || !strings.Contains(got[0], "attempts=0") {
		t.Errorf("after Stripe came back: %v", got)
	}
	w.control(http.MethodPost, "/_sim/faults", `{"method":"GET","path":"/v1/charges/*","times":1,"status":404,"error":{"type":"invalid_request_error","code":"resource_missing","message":"No such charge"}}`)
	before := w.get(intent)
	w.receiveAll(edited(t, body, map[string]any{"id": "evt_stale2"}))
	w.idle()
	if diff := cmp.Diff(before, w.get(intent)); diff != "" {
		t.Errorf("a 404 changed the order: %s", diff)
	}
}

// TestMarksSurviveTheEnd: a mark that was made durable is settled by the next process.
func TestMarksSurviveTheEnd(t *testing.T) {
	w := newWorld(t)
	intent, _ := w.order(`{}`)
	w.settled()
	w.stop()
	w.done <- <-w.done
	w.inbox.keep.Store(true)
	w.act("/v1/payment_intents/"+intent+"/cancel", "")
	storetest.Tx(t, w.db, func(tx storeTx) error {
		turn, err := tx.NextGateTurn(context.Background())
		if err != nil {
			return err
		}
		return tx.MarkDirty(context.Background(), models.ObjectPaymentIntent, intent, intent, false, turn)
	})
	m := newMirror(w.db, w.gateway)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan error, 1)
	go func() { done <- m.Run(ctx) }()
	w.idle()
	if o := w.get(intent); o.Status != models.StatusCanceled {
		t.Errorf("the order is %s", o.Status)
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}
