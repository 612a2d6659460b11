package mirror_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/store/storetest"
)

// TestWhatIsAnOrder: the charge decides what is Klarna.
func TestWhatIsAnOrder(t *testing.T) {
	for _, tt := range []struct {
		name, order string
		status      models.OrderStatus // "" for no order
	}{
		{"authorized", `{}`, models.StatusAuthorized},
		{"Klarna alone, not begun", `{"state":"started"}`, models.StatusStarted},
		{"declined", `{"state":"declined"}`, models.StatusFailed},
		{"captured at once", `{"capture_method":"automatic"}`, models.StatusCaptured},
		{"Klarna among several, not begun", `{"state":"started","payment_method_types":["card","klarna"]}`, ""},
		{"Klarna among several, paid with it", `{"payment_method_types":["card","klarna"]}`, models.StatusAuthorized},
		{"Klarna among several, paid by card", `{"payment_method":"card","payment_method_types":["card","klarna"]}`, ""},
		{"card", `{"payment_method":"card"}`, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			id, _ := w.order(tt.order)
			w.settled()
			w.checkStatus(id, tt.status)
			w.sameAsStripe()
			other := &world{t: t, db: storetest.Open(t)}
			m := newMirror(other.db, w.gateway)
			if err := m.Refresh(context.Background(), models.ObjectPaymentIntent, id); err != nil {
				t.Fatal(err)
			}
			other.checkStatus(id, tt.status)
			if n, err := m.Backlog(context.Background()); n != 0 || err != nil {
				t.Errorf("something is left to fetch: %d, %v", n, err)
			}
		})
	}
}

func (w *world) checkStatus(id string, want models.OrderStatus) {
	w.t.Helper()
	o, err := w.db.Reader.Order(context.Background(), id)
	if want == "" {
		if !models.IsKind(err, models.KindNotFound) {
			w.t.Errorf("the payment is an order: %s, %v", o.Status, err)
		}
		return
	}
	if err != nil || o.Status != want || o.AmountAuthorized == 0 || o.Created == 0 {
		w.t.Errorf("status %q of %d, want %s: %v", o.Status, o.AmountAuthorized, want, err)
	}
}

// TestPaidByCardAfterAll: an order that turns out to be another method's is taken out, with its notes.
func TestPaidByCardAfterAll(t *testing.T) {
	w := newWorld(t)
	id, _ := w.order(`{"state":"started"}`)
	acted, _ := w.order(`{"state":"started"}`)
	w.settled()
	w.inbox.keep.Store(true)
	storetest.Tx(t, w.db, func(tx storeTx) error {
		if err := tx.InsertNote(context.Background(), models.Note{ID: "not_1", OrderID: id, Text: "x"}); err != nil {
			return err
		}
		return tx.InsertCancellation(context.Background(), models.Cancellation{ID: "can_1", OrderID: acted, State: models.ActPending})
	})
	w.order(`{"payment_method":"card","payment_method_types":["card","klarna"]}`)
	charge := w.kept("charge.succeeded")[0]
	for i, payment := range []string{id, acted} {
		intent := w.kept("payment_intent.created")[i]
		w.receiveAll(
			edited(t, charge, map[string]any{"id": "evt_charge" + payment, "data.object.id": "ch_" + payment, "data.object.payment_intent": payment}),
			edited(t, intent, map[string]any{"id": "evt_intent" + payment, "created": start.Unix() + 50, "data.object.payment_method_types": []string{"card", "klarna"},
				"data.object.latest_charge": "ch_" + payment, "data.object.status": "succeeded", "data.object.amount_received": 12900}))
	}
	w.idle()
	if orders := dump(t, w.db, "select id, status from orders"); len(orders) != 1 || !strings.Contains(orders[0], acted) || !strings.Contains(orders[0], "started") {
		t.Errorf("orders: %v", orders)
	}
	if notes := dump(t, w.db, "select id from notes"); len(notes) != 0 {
		t.Errorf("notes: %v", notes)
	}
}

// TestTheEndOfAnAuthorization tells expiry from cancellation.
func TestTheEndOfAnAuthorization(t *testing.T) {
	w := newWorld(t)
	id, _ := w.order(`{}`)
	w.settled()
	w.advance(27 * 24 * time.Hour)
	canceled, _ := w.order(`{"created_ago":"671h"}`) // in its last hour
	w.act("/v1/payment_intents/"+canceled+"/cancel", "cancellation_reason=requested_by_customer")
	w.advance(25 * time.Hour)
	w.settled()
	w.checkStatus(id, models.StatusExpired)
	w.checkStatus(canceled, models.StatusCanceled)
	w.inbox.keep.Store(true)
	intent := w.kept("payment_intent.canceled")[1]
	for i, tt := range []struct {
		reason any
		after  time.Duration
		want   models.OrderStatus
	}{
		{nil, 28 * 24 * time.Hour, models.StatusExpired}, {nil, 28*24*time.Hour - time.Minute, models.StatusExpired},
		{"abandoned", 29 * 24 * time.Hour, models.StatusExpired}, {nil, 27 * 24 * time.Hour, models.StatusCanceled},
		{"fraudulent", 29 * 24 * time.Hour, models.StatusCanceled}, {"automatic", time.Hour, models.StatusExpired},
	} {
		w.receiveAll(edited(t, intent, map[string]any{"id": fmt.Sprintf("evt_end%d", i), "created": start.Unix() + 5_000_000 + int64(i), "data.object.id": id,
			"data.object.latest_charge": w.get(id).ChargeID, "data.object.cancellation_reason": tt.reason, "data.object.canceled_at": start.Add(tt.after).Unix()}))
		w.checkStatus(id, tt.want)
	}
}

// TestTrackingIsStripesOrOurs: without tracking in Stripe, a parcel of ours with a number counts.
func TestTrackingIsStripesOrOurs(t *testing.T) {
	w := newWorld(t)
	id, charge := w.order(`{}`)
	other, _ := w.order(`{}`)
	w.act("/v1/payment_intents/"+id+"/capture", "")
	w.settled()
	has := func(id string, want bool) {
		t.Helper()
		w.settled()
		if got := w.get(id).HasTracking; got != want {
			t.Errorf("has tracking %v, want %v", got, want)
		}
	}
	update := func(number string) {
		w.act("/v1/charges/"+charge, "shipping[name]=A&shipping[address][line1]=B&shipping[tracking_number]="+number)
		w.settled()
	}
	has(id, false)
	update("JJD1")
	has(id, true)
	update("")
	has(id, false)
	storetest.Tx(t, w.db, func(tx storeTx) error {
		return tx.InsertShipment(context.Background(), models.Shipment{ID: "shp_1", OrderID: id, Carrier: "dhl", TrackingNumber: "JJD2"})
	})
	update("JJD1")
	update("")
	has(id, true)
	has(other, false)
}

// TestRefundsBeforeTheirOrder: refunds and disputes find their order when it comes, by the charge where they name no payment.
func TestRefundsBeforeTheirOrder(t *testing.T) {
	w := newWorld(t)
	w.inbox.keep.Store(true)
	id, charge := w.order(`{"amount":10000}`)
	w.act("/v1/payment_intents/"+id+"/capture", "amount_to_capture=8000")
	w.advance(time.Hour)
	event := w.kept("payment_intent.succeeded")[0]
	refund := func(n int, status, reason string, amount int) []byte {
		return edited(t, event, map[string]any{"id": fmt.Sprintf("evt_refund%d", n), "type": "refund.updated", "data.object": map[string]any{
			"id": fmt.Sprintf("pyr_%d", n), "object": "refund", "amount": amount, "currency": "eur", "created": start.Unix(), "charge": charge, "status": status, "reason": reason}})
	}
	dispute := edited(t, event, map[string]any{"id": "evt_dispute", "type": "charge.dispute.created", "data.object": map[string]any{
		"id": "du_1", "object": "dispute", "amount": 100, "currency": "eur", "created": start.Unix(), "charge": charge, "status": "needs_response", "livemode": false}})
	w.receiveAll(refund(1, "succeeded", "", 1000), refund(2, "pending", "", 200), refund(3, "failed", "", 4000),
		refund(4, "succeeded", "expired_uncaptured_charge", 2000), refund(5, "requires_action", "", 30), dispute)
	if n := w.orderCount(); n != 0 {
		t.Fatalf("%d orders", n)
	}
	w.receiveAll(w.kept("charge.captured")[0])
	w.idle()
	if o := w.get(id); o.AmountRefunded != 1230 || o.DisputeStatus != "needs_response" || o.Status != models.StatusPartlyCaptured || o.Released().Minor != 2000 {
		t.Errorf("the order is %+v", o)
	}
}

// TestAnswerGate: what an answer is worth when the row moved while it was on its way.
func TestAnswerGate(t *testing.T) {
	w := newWorld(t)
	id, _ := w.order(`{"amount":5000}`)
	w.settled()
	ctx := context.Background()
	noted, err := w.mirror.Note(ctx)
	if err != nil {
		t.Fatal(err)
	}
	slow, err := w.gateway.PaymentIntent(ctx, id) // read before the capture, applied after it
	if err != nil {
		t.Fatal(err)
	}
	w.advance(time.Minute)
	w.act("/v1/payment_intents/"+id+"/capture", "")
	w.settled()
	w.control(http.MethodPost, "/_sim/faults", `{"method":"GET","path":"/v1/payment_intents/*","times":3,"status":500}`)
	storetest.Tx(t, w.db, func(tx storeTx) error { return w.mirror.Apply(tx, noted, slow.Snapshots) })
	w.checkStatus(id, models.StatusCaptured)
	w.settled()
	w.checkStatus(id, models.StatusCaptured)
	noted, err = w.mirror.Note(ctx)
	if err != nil {
		t.Fatal(err)
	}
	w.inbox.keep.Store(true)
	w.act("/v1/payment_intents/"+id, "description=new")
	now, err := w.gateway.PaymentIntent(ctx, id)
	if err != nil {
		t.Fatal(err)
	}
	storetest.Tx(t, w.db, func(tx storeTx) error { return w.mirror.Apply(tx, noted, now.Snapshots) })
	if o := w.get(id); o.Description != "new" {
		t.Errorf("an answer about a row that did not move was not taken: %q", o.Description)
	}
	w.settled()
	w.sameAsStripe()
}
