package mirror_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/mirror"
)

// TestTrackingIsDatedByWhoSawItCome: an event tells when a number came. A number on the PaymentIntent has none: a reading at once dates it, and of
// one days later nobody knows.
func TestTrackingIsDatedByWhoSawItCome(t *testing.T) {
	w := newWorld(t)
	const parcel = "shipping[name]=A&shipping[address][line1]=B&shipping[address][city]=C&shipping[address][postal_code]=1&shipping[address][country]=DE&shipping[carrier]=DHL+Paket&shipping[tracking_number]=T1"
	captured := func() (intent, charge string, at models.Unix) {
		intent, charge = w.order(`{"amount":4321}`)
		w.act("/v1/payment_intents/"+intent+"/capture", "")
		w.settled()
		return intent, charge, w.get(intent).CapturedAt
	}
	sync := func() {
		t.Helper()
		w.settled()
		if err := w.mirror.Sync(context.Background(), mirror.SyncOptions{}); err != nil {
			t.Fatal(err)
		}
		w.idle()
	}
	told, charge, _ := captured()
	read, _, _ := captured()
	late, _, at := captured()
	w.advance(time.Hour)
	w.act("/v1/payment_intents/"+read, parcel)
	sync()
	w.advance(47 * time.Hour)
	w.act("/v1/charges/"+charge, parcel)
	w.act("/v1/payment_intents/"+late, parcel)
	w.settled()
	w.advance(24 * time.Hour)
	sync()
	for name, c := range map[string]struct {
		id     string
		lo, hi models.Unix
	}{"told by an event": {told, at.Add(48 * time.Hour), at.Add(49 * time.Hour)}, "read at once": {read, at.Add(time.Hour), at.Add(2 * time.Hour)}, "read days later": {late, 0, 0}} {
		if o := w.get(c.id); !o.HasTracking || o.TrackedAt < c.lo || o.TrackedAt > c.hi {
			t.Errorf("%s: tracked %t, at %d, want %d to %d (captured at %d)", name, o.HasTracking, o.TrackedAt, c.lo, c.hi, o.CapturedAt)
		}
	}
}

// TestTheEndOfADisputeIsDated: by the first that says so, in whatever order events come.
func TestTheEndOfADisputeIsDated(t *testing.T) {
	w := newWorld(t)
	intent, _ := w.order(`{"amount":4321}`)
	w.act("/v1/payment_intents/"+intent+"/capture", "")
	id := fmt.Sprint(w.control(http.MethodPost, "/_sim/disputes", fmt.Sprintf(`{"payment_intent":%q}`, intent))["dispute"])
	w.settled()
	dispute := func() models.Dispute {
		t.Helper()
		d, err := w.db.Reader.Dispute(context.Background(), id)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := dispute(); d.EndedAt != 0 || !d.Inquiry {
		t.Fatalf("it has begun: %+v", d)
	}
	event := func(name string, at models.Unix, status string) []byte {
		return fmt.Appendf(nil, `{"id":%q,"object":"event","api_version":"2023-10-16","created":%d,"livemode":false,"type":"charge.dispute.updated","data":{"object":{
			"id":%q,"object":"dispute","amount":4321,"currency":"eur","created":%d,"status":%q,"reason":"general","payment_intent":%q,"payment_method_details":{"type":"klarna"},
			"evidence_details":{"due_by":0,"submission_count":0}}}}`, name, at, id, dispute().Created, status, intent)
	}
	last := w.get(intent).SyncedAt.Add(50 * time.Hour)
	w.receiveAll(event("evt_b", last, "warning_closed"))
	if d := dispute(); d.EndedAt != last {
		t.Errorf("over at %d: %+v", last, d)
	}
	w.receiveAll(event("evt_a", last.Add(-time.Hour), "charge_refunded"))
	if d := dispute(); d.EndedAt != last.Add(-time.Hour) || !strings.HasPrefix(d.Status, "warning") {
		t.Errorf("over at %d: %+v", last.Add(-time.Hour), d)
	}
}
