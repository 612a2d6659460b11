package mirror_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/mirror"
	"counterfoil/models/store/storetest"
)

// TestSyncReadsThePast: a mirror that saw no webhook knows an order's story as far as Stripe keeps it, and nothing older overwrites.
func TestSyncReadsThePast(t *testing.T) {
	w := newWorld(t)
	id := w.live()
	w.advance(time.Hour)
	w.settled()
	other := storetest.Open(t)
	m := newMirror(other, w.gateway)
	var read int64
	if err := m.Sync(context.Background(), mirror.SyncOptions{Progress: func(p mirror.SyncProgress) {
		if p.Kind == "event" && p.Done {
			read = p.Read
		}
	}}); err != nil {
		t.Fatal(err)
	}
	story := "select id, type, object_id, order_id, created, state from stripe_events where order_id = '" + id + "' order by id"
	got := dump(t, other, story)
	for i, line := range dump(t, w.db, story) {
		line = strings.Replace(line, "state=stale", "state=applied", 1)
		if i >= len(got) || line != got[i] {
			t.Fatalf("the story of the captured order is %v, and by webhooks it has %s", got, line)
		}
	}
	if len(got) < 8 || read < int64(len(got)) {
		t.Errorf("%d events of the order, %d read", len(got), read)
	}
	if cards := dump(t, other, "select id from stripe_events where state <> 'applied'"); len(cards) != 0 {
		t.Errorf("kept without need: %v", cards)
	}
	if n, err := m.Backlog(context.Background()); n != 0 || err != nil {
		t.Errorf("backlog %d, %v", n, err)
	}
	before := w.get(id)
	after, err := other.Reader.Order(context.Background(), id)
	if err != nil {
		t.Fatal(err)
	}
	before.SyncedAt, after.SyncedAt, before.SeenAt, after.SeenAt, before.RowID, after.RowID = 0, 0, 0, 0, 0, 0
	before.TrackedAt, after.TrackedAt = 0, 0 // by who saw it come first: TestTrackingIsDatedByWhoSawItCome
	if diff := cmp.Diff(before, after); diff != "" {
		t.Errorf("the past overwrote the order (-webhooks +sync):\n%s", diff)
	}
	payload := dump(t, other, "select json_extract(payload, '$.data.object.id') = object_id as same, json_extract(payload, '$.id') = id as own, count(*) from stripe_events group by 1, 2")
	if len(payload) != 1 || !strings.HasPrefix(payload[0], "same=1 | own=1") {
		t.Errorf("payloads: %v", payload)
	}
}

// TestSyncFindsWhatOnlyEventsTell: an old payment that changed lately is found by its event, though no list that far back was read.
func TestSyncFindsWhatOnlyEventsTell(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	id, _ := w.order(`{"amount":4321,"created_ago":"480h"}`)
	w.act("/v1/payment_intents/"+id+"/capture", "")
	w.delivered()
	if err := w.mirror.Sync(context.Background(), mirror.SyncOptions{Since: 24 * time.Hour}); err != nil {
		t.Fatal(err)
	}
	w.idle()
	if o := w.get(id); o.Status != models.StatusCaptured || o.AmountCaptured != 4321 {
		t.Errorf("the order is %+v", o)
	}
}

// TestSyncWithoutEvents: a key that may not read events still gets all orders.
func TestSyncWithoutEvents(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	id, _ := w.order(`{}`)
	w.delivered()
	w.control(http.MethodPost, "/_sim/faults", `{"method":"GET","path":"/v1/events","times":9,"status":403,"error":{"type":"invalid_request_error","code":"more_permissions_required_for_application","message":"no"}}`)
	var kinds []string
	if err := w.mirror.Sync(context.Background(), mirror.SyncOptions{Progress: func(p mirror.SyncProgress) {
		if p.Done {
			kinds = append(kinds, p.Kind)
		}
	}}); err != nil {
		t.Fatal(err)
	}
	if empty, err := w.mirror.IsEmpty(context.Background()); err != nil || empty || !slices.Contains(kinds, "event") {
		t.Errorf("empty %t, %v; told %v", empty, err, kinds)
	}
	if o := w.get(id); o.Status != models.StatusAuthorized {
		t.Errorf("the order is %s", o.Status)
	}
}
