package store_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

var background = context.Background()

// gateRow reads an object's row of the gate and fails where there is none.
func gateRow(t *testing.T, db *store.DB, id string) store.StripeObject {
	t.Helper()
	o, found, err := db.Reader.StripeObject(background, id)
	if err != nil || !found {
		t.Fatalf("object %s: found %t, %v", id, found, err)
	}
	return o
}

// turn runs fn in a transaction of its own turn of the gate.
func turn(t *testing.T, db *store.DB, fn func(tx *store.Tx, turn int64) error) (n int64) {
	t.Helper()
	storetest.Tx(t, db, func(tx *store.Tx) (err error) {
		if n, err = tx.NextGateTurn(background); err != nil {
			return err
		}
		return fn(tx, n)
	})
	return n
}

// TestGateRow: snapshots move a row on, marks stand until a clean snapshot or a clearing that nothing overtook.
func TestGateRow(t *testing.T) {
	db := storetest.Open(t)
	if _, found, err := db.Reader.StripeObject(background, "py_1"); found || err != nil {
		t.Fatalf("an object never seen: found %t, %v", found, err)
	}
	put := func(raw string, asOf models.Unix, order string, clean bool) int64 {
		return turn(t, db, func(tx *store.Tx, n int64) error {
			s := models.Snapshot{Kind: models.ObjectCharge, ID: "py_1", AsOf: asOf, Raw: []byte(raw)}
			return tx.PutStripeObject(background, &s, order, n, clean)
		})
	}
	mark := func() int64 {
		return turn(t, db, func(tx *store.Tx, n int64) error {
			return tx.MarkDirty(background, models.ObjectCharge, "py_1", "pi_1", false, n)
		})
	}
	check := func(what string, want store.StripeObject) {
		t.Helper()
		want.ID, want.Kind = "py_1", models.ObjectCharge
		if diff := cmp.Diff(want, gateRow(t, db, "py_1")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
	first := mark()
	check("asked for", store.StripeObject{OrderID: "pi_1", Seq: first, Dirty: first})
	second := put("{1}", 100, "", false)
	check("an event's snapshot", store.StripeObject{OrderID: "pi_1", AsOf: 100, Seq: second, Dirty: first, Raw: []byte("{1}")})
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.ClearDirty(background, "py_1", first, "not found") })
	check("a clearing that was overtaken", store.StripeObject{OrderID: "pi_1", AsOf: 100, Seq: second, Dirty: first, Raw: []byte("{1}")})
	third := put("{2}", 90, "pi_2", true)
	check("a clean snapshot, of an earlier moment", store.StripeObject{OrderID: "pi_2", AsOf: 100, Seq: third, Raw: []byte("{2}")})
	fourth := mark()
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.ClearDirty(background, "py_1", fourth, "not found") })
	check("a clearing", store.StripeObject{OrderID: "pi_2", AsOf: 100, Seq: fourth, Raw: []byte("{2}")})
	if fourth != first+3 {
		t.Errorf("the turns went from %d to %d", first, fourth)
	}
	if n, err := db.Reader.GateTurn(background); n != fourth || err != nil {
		t.Errorf("the gate came to %d, %v", n, err)
	}
	if at, err := db.Reader.StripeObjectAsOf(background, "py_1"); at != 100 || err != nil {
		t.Errorf("as of %d, %v", at, err)
	}
}

// TestDirtyObjects: what failed waits for its time, and a new mark is due at once.
func TestDirtyObjects(t *testing.T) {
	db := storetest.Open(t)
	now := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	for _, id := range []string{"pi_a", "pi_b", "pi_c"} {
		turn(t, db, func(tx *store.Tx, n int64) error {
			return tx.MarkDirty(background, models.ObjectPaymentIntent, id, id, false, n)
		})
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return tx.FetchFailed(background, "pi_b", now.Add(500*time.Millisecond), "unavailable")
	})
	due := func(at time.Time) (ids []string) {
		objects, err := db.Reader.DirtyObjects(background, at, 10)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			ids = append(ids, o.ID)
		}
		return ids
	}
	if diff := cmp.Diff([]string{"pi_a", "pi_c"}, due(now)); diff != "" {
		t.Errorf("due now:\n%s", diff)
	}
	if diff := cmp.Diff([]string{"pi_a", "pi_c", "pi_b"}, due(now.Add(time.Second))); diff != "" {
		t.Errorf("due in a second:\n%s", diff)
	}
	if o := gateRow(t, db, "pi_b"); o.Attempts != 1 {
		t.Errorf("%d attempts", o.Attempts)
	}
	turn(t, db, func(tx *store.Tx, n int64) error {
		return tx.MarkDirty(background, models.ObjectPaymentIntent, "pi_b", "pi_b", false, n)
	})
	if got := due(now); len(got) != 3 {
		t.Errorf("after a new mark: %v", got)
	}
	if n, err := db.Reader.DirtyCount(background); n != 3 || err != nil {
		t.Errorf("%d are dirty, %v", n, err)
	}
}

func TestInsertEventOnce(t *testing.T) {
	db := storetest.Open(t)
	insert := func(e models.StripeEvent) (isNew bool) {
		storetest.Tx(t, db, func(tx *store.Tx) (err error) { isNew, err = tx.InsertEvent(background, &e); return err })
		return isNew
	}
	e := models.StripeEvent{ID: "evt_1", Type: "charge.captured", ObjectID: "py_1", ObjectKind: models.ObjectCharge, OrderID: "pi_1", Created: 5, State: models.EventFailed, Payload: []byte("{}")}
	again := e
	again.State = models.EventApplied
	if !insert(e) || insert(again) {
		t.Error("an event counts once")
	}
	if n, err := db.Reader.FailedEvents(background); n != 1 || err != nil {
		t.Errorf("%d failed, %v", n, err)
	}
}

func TestRaiseSettingNeverLowers(t *testing.T) {
	db := storetest.Open(t)
	for _, tt := range []struct {
		value int64
		want  string
	}{{9, "9"}, {10, "10"}, {7, "10"}} { // 9 is greater than 10 as text
		storetest.Tx(t, db, func(tx *store.Tx) error { return tx.RaiseSetting(background, "moment", tt.value) })
		if got, _, err := db.Reader.Setting(background, "moment"); got != tt.want || err != nil {
			t.Errorf("after %d it is %s, %v", tt.value, got, err)
		}
	}
}

// fullOrder is an order with every mirrored column set, so that a column forgotten in a statement shows.
func fullOrder() models.Order {
	return models.Order{
		ID: "pi_1", ChargeID: "py_1", Status: models.StatusPartlyCaptured, PaymentStatus: "succeeded", Currency: "SEK", AmountAuthorized: 1, AmountCapturable: 2,
		AmountCaptured: 3, CaptureMethod: "manual", KlarnaCategory: "pay_later", PreferredLocale: "sv-SE", Reference: "R-1", Description: "d", CustomerID: "cus_1",
		CustomerName: "n", CustomerEmail: "e", CustomerPhone: "p", Country: "SE", Created: 1000, AuthorizedAt: 1001, CapturedAt: 1002, CanceledAt: 1003,
		CancellationReason: "automatic", LastErrorCode: "c", LastErrorMessage: "m", BalanceTransaction: "txn_1",
		Shipping: models.Shipping{Name: "s", Carrier: "DHL", TrackingNumber: "1"}, ChargeShipping: models.Shipping{Name: "cs", Address: models.Address{City: "B"}},
		Billing: models.Address{Country: "SE"}, HasTracking: true, SearchText: "n e r-1", SyncedAt: 1004, TrackedAt: 1005, CarrierVague: true,
	}
}

func TestOrderWrittenWhole(t *testing.T) {
	db := storetest.Open(t)
	check := func(what string, want models.Order) {
		t.Helper()
		got, err := db.Reader.Order(background, want.ID)
		if err != nil {
			t.Fatal(err)
		}
		want.RowID, want.SeenAt = got.RowID, 1004 // when it was first seen is written once
		if diff := cmp.Diff(want, got); diff != "" || got.RowID>>20 != int64(want.Created) {
			t.Errorf("%s: row %d (-want +got):\n%s", what, got.RowID, diff)
		}
	}
	want := fullOrder()
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertOrder(background, &want) })
	check("inserted", want)

	update := func(o models.Order) {
		storetest.Tx(t, db, func(tx *store.Tx) error {
			was, found, err := tx.OrderState(background, o.ID)
			if err != nil || !found {
				t.Errorf("state of %s: found %t, %v", o.ID, found, err)
			}
			return tx.UpdateOrder(background, &o, &was)
		})
	}
	next := models.Order{ID: "pi_1", Created: 1000, Status: models.StatusStarted, Currency: "EUR", ChargeID: "py_1", Reference: "R-1", CustomerID: "cus_1", AuthorizedAt: 1001, SearchText: "n e r-1"}
	update(next) // the columns by which it is found stay: the short statement
	check("updated", next)
	blank := models.Order{ID: "pi_1", Created: 1000, Status: models.StatusStarted, Currency: "EUR"}
	update(blank)
	check("updated in all", blank)

	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.SetOrderSums(background, "pi_1", 77, "lost") })
	update(want)
	want.AmountRefunded, want.DisputeStatus = 77, "lost"
	check("sums stay", want)

	err := db.Writer.Tx(background, func(tx *store.Tx) error {
		return tx.UpdateOrder(background, &models.Order{ID: "pi_none", Currency: "EUR"}, &store.OrderState{})
	})
	if !models.IsKind(err, models.KindNotFound) {
		t.Errorf("an order that is not there: %v", err)
	}
}

func TestRefundsAndDisputesOfAnOrder(t *testing.T) {
	db := storetest.Open(t)
	o := fullOrder()
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if err := tx.InsertOrder(background, &o); err != nil {
			return err
		}
		for _, r := range []models.Refund{
			{ID: "pyr_1", ChargeID: "py_1", Amount: 1, Status: "succeeded"}, {ID: "pyr_2", PaymentIntentID: "pi_1", Amount: 10, Status: "pending"},
			{ID: "pyr_3", PaymentIntentID: "pi_1", Amount: 100, Status: "requires_action"}, {ID: "pyr_4", PaymentIntentID: "pi_1", Amount: 1000, Status: "failed"},
			{ID: "pyr_5", PaymentIntentID: "pi_1", Amount: 1000, Status: "canceled"}, {ID: "pyr_6", PaymentIntentID: "pi_2", Amount: 1000, Status: "succeeded"},
			{ID: "pyr_7", PaymentIntentID: "pi_1", Amount: 1000, Status: "succeeded", Reason: "expired_uncaptured_charge"}, {ID: "pyr_8", Amount: 1000, Status: "succeeded"},
		} {
			r.Currency = "SEK"
			if err := tx.PutRefund(background, &r); err != nil {
				return err
			}
			if r.CountsAsRefunded() != (r.Status != "failed" && r.Status != "canceled" && r.Reason == "") {
				t.Errorf("the sum and CountsAsRefunded disagree over %q", r.Status)
			}
		}
		for _, d := range []models.Dispute{
			{ID: "du_1", PaymentIntentID: "pi_1", Status: "lost", Created: 5}, {ID: "du_2", ChargeID: "py_1", Status: "needs_response", Created: 9},
		} {
			d.Currency = "SEK"
			if err := tx.PutDispute(background, &d); err != nil {
				return err
			}
		}
		return nil
	})
	sums := func() (sum int64, status string) {
		var err, failure error
		sum, err = db.Reader.RefundedOf(background, "pi_1")
		status, failure = db.Reader.DisputeStatusOf(background, "pi_1")
		if err != nil || failure != nil {
			t.Fatal(err, failure)
		}
		return sum, status
	}
	if sum, status := sums(); sum != 110 || status != "lost" {
		t.Errorf("before the strays: %d, %s", sum, status)
	}
	for _, want := range []bool{true, false} {
		storetest.Tx(t, db, func(tx *store.Tx) error {
			adopted, err := tx.AdoptStrays(background, "pi_1", "py_1")
			if adopted != want {
				t.Errorf("strays were adopted: %t, want %t", adopted, want)
			}
			return err
		})
	}
	if sum, status := sums(); sum != 111 || status != "needs_response" {
		t.Errorf("with the strays: %d, %s", sum, status)
	}
	for charge, want := range map[string]string{"py_1": "pi_1", "py_2": "", "": ""} {
		if got, err := db.Reader.OrderOfCharge(background, charge); got != want || err != nil {
			t.Errorf("order of charge %q is %q, %v", charge, got, err)
		}
	}
}

// TestBalanceTransactionTellsTheCapture: the books say when an order was captured, and keep the payout once it is known.
func TestBalanceTransactionTellsTheCapture(t *testing.T) {
	db := storetest.Open(t)
	o := fullOrder()
	b := models.BalanceTransaction{ID: "txn_2", Amount: 3, Currency: "SEK", Type: "payment", ReportingCategory: "charge", SourceID: "py_1", Created: 2000}
	refund := models.BalanceTransaction{ID: "txn_3", Amount: -3, Currency: "SEK", Type: "payment_refund", ReportingCategory: "refund", SourceID: "py_1", Created: 3000}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if err := tx.InsertOrder(background, &o); err != nil {
			return err
		}
		if err := tx.PutBalanceTransaction(background, &b); err != nil {
			return err
		}
		if err := tx.SetPayoutOfLine(background, "txn_2", "po_1"); err != nil {
			return err
		}
		if err := tx.PutBalanceTransaction(background, &b); err != nil { // as a list gives it: without the payout
			return err
		}
		return tx.PutBalanceTransaction(background, &refund) // the last word, and not about the capture
	})
	if got, err := db.Reader.Order(background, o.ID); err != nil || got.CapturedAt != 2000 || got.BalanceTransaction != "txn_2" {
		t.Errorf("the order is captured at %d by %s, %v", got.CapturedAt, got.BalanceTransaction, err)
	}
	var payout string
	if err := db.Reader.SQL().QueryRow("select payout_id from balance_transactions where id = 'txn_2'").Scan(&payout); err != nil || payout != "po_1" {
		t.Errorf("the payout is %q, %v", payout, err)
	}
	if at, found, err := db.Reader.BookedAt(background, "txn_2"); at != 2000 || !found || err != nil {
		t.Errorf("booked at %d, found %t, %v", at, found, err)
	}
	if _, found, err := db.Reader.BookedAt(background, "txn_9"); found || err != nil {
		t.Errorf("a movement that is not there: found %t, %v", found, err)
	}
}

// TestPayoutsToItemize: each automatic payout that Stripe has put together is read once; others never.
func TestPayoutsToItemize(t *testing.T) {
	db := storetest.Open(t)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, p := range []models.Payout{
			{ID: "po_new", Automatic: true, ReconciliationStatus: "completed", Created: 2}, {ID: "po_old", Automatic: true, Status: "paid", Created: 1},
			{ID: "po_manual", Status: "paid", Created: 1}, {ID: "po_coming", Automatic: true, Status: "pending", Created: 1},
			{ID: "po_between", Automatic: true, Status: "paid", ReconciliationStatus: "in_progress", Created: 1},
		} {
			p.Currency = "EUR"
			if err := tx.PutPayout(background, &p); err != nil {
				return err
			}
		}
		return nil
	})
	for _, want := range [][]string{{"po_old", "po_new"}, {"po_new"}} {
		got, err := db.Reader.PayoutsToItemize(background)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		storetest.Tx(t, db, func(tx *store.Tx) error { return tx.SetPayoutItemized(background, want[0], 3, 9) })
	}
}

// TestDropOrder: an order that was none goes, with its notes, unless the desk has acted on it.
func TestDropOrder(t *testing.T) {
	for acted, left := range map[bool]int{false: 0, true: 1} {
		db := storetest.Open(t)
		storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 5})
		exec(t, db, "insert into notes (id, order_id, staff_id, staff_name, text, created) values ('not_1', 'pi_1', '', '', 'x', 1)")
		if acted {
			exec(t, db, "insert into shipments (id, order_id, tracking_number, created) values ('shp_1', 'pi_1', '1', 1)")
		}
		storetest.Tx(t, db, func(tx *store.Tx) error {
			if has, err := tx.HasTrackedShipment(background, "pi_1"); has != acted || err != nil {
				t.Errorf("a parcel with a number: %t, %v", has, err)
			}
			return tx.DropOrder(background, "pi_1")
		})
		for _, table := range []string{"orders", "notes", "order_counts where tab = 'all' and n > 0"} {
			var n int
			if err := db.Reader.SQL().QueryRow("select count(*) from " + table).Scan(&n); err != nil || n != left {
				t.Errorf("acted %t: %d rows in %s, %v", acted, n, table, err)
			}
		}
	}
}
