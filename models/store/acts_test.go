package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func pendingCapture(id, orderID, token string) models.Capture {
	return models.Capture{ID: id, OrderID: orderID, Amount: 100, Currency: "EUR", State: models.ActPending,
		ActOutcome: models.ActOutcome{FormToken: token, Requested: 7}}
}

func TestCaptureRoundTrip(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1})
	want := models.Capture{
		ID: "cap_1", OrderID: "pi_1", Amount: 900, Released: 100, Currency: "EUR", Carrier: "dhl", CarrierName: "DHL", TrackingNumber: "1Z",
		ShippedOn: "2026-01-02", NoTrackingReason: "r", Recipient: models.Shipping{Name: "A", Address: models.Address{City: "B"}}, State: models.ActPending,
		ActOutcome: models.ActOutcome{FormToken: "t", IdempotencyKey: "k", StaffID: "stf_1", StaffName: "S", Requested: 5, Attempts: 1, ReconcileJob: "m_1"},
	}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertCapture(ctx, want) })
	want.State = models.ActRefused
	want.ActOutcome = models.ActOutcome{FormToken: "t", IdempotencyKey: "k2", StaffID: "stf_1", StaffName: "S", Requested: 6, Resolved: 9, Attempts: 2,
		ErrorKind: models.KindRefused, ErrorCode: "c", ErrorMessage: "m", StripeRequestID: "req_1", NeedsPerson: true}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.SaveCapture(ctx, want) })
	got, err := db.Reader.Capture(ctx, "cap_1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("capture (-want +got):\n%s%v", diff, err)
	}
}

func TestCancellationRoundTrip(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1})
	want := models.Cancellation{ID: "can_1", OrderID: "pi_1", Reason: "duplicate", Note: "n", State: models.ActPending, ActOutcome: models.ActOutcome{FormToken: "t"}}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertCancellation(ctx, want) })
	pending, err := db.Reader.PendingCancellations(ctx)
	if diff := cmp.Diff([]models.Cancellation{want}, pending); diff != "" || err != nil {
		t.Errorf("pending (-want +got):\n%s%v", diff, err)
	}
	want.State, want.Resolved = models.ActSucceeded, 3
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.SaveCancellation(ctx, want) })
	for name, ask := range map[string]func() (*models.Cancellation, error){
		"by id":    func() (*models.Cancellation, error) { c, err := db.Reader.Cancellation(ctx, "can_1"); return &c, err },
		"by token": func() (*models.Cancellation, error) { return db.Reader.CancellationByToken(ctx, "t") },
		"open":     func() (*models.Cancellation, error) { return db.Reader.OpenCancellation(ctx, "pi_1") },
	} {
		if got, err := ask(); cmp.Diff(&want, got) != "" || err != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
	err = db.Writer.Tx(ctx, func(tx *store.Tx) error {
		return tx.InsertCancellation(ctx, models.Cancellation{ID: "can_2", OrderID: "pi_1", State: models.ActPending})
	})
	if !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("second cancellation: %v, want a duplicate", err)
	}
	if all, err := db.Reader.Cancellations(ctx, "pi_1"); len(all) != 1 || err != nil {
		t.Errorf("cancellations: %v, %v", all, err)
	}
}

// TestTwelveAtOnceMakeOneCapture has twelve people capture one order in the same moment.
func TestTwelveAtOnceMakeOneCapture(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1})
	var inserted, duplicate atomic.Int32
	var all sync.WaitGroup
	for n := range 12 {
		all.Go(func() {
			err := db.Writer.Tx(ctx, func(tx *store.Tx) error {
				return tx.InsertCapture(ctx, pendingCapture(fmt.Sprintf("cap_%d", n), "pi_1", fmt.Sprintf("token%d", n)))
			})
			switch {
			case err == nil:
				inserted.Add(1)
			case errors.Is(err, store.ErrDuplicate) && models.IsKind(err, models.KindConflict):
				duplicate.Add(1)
			default:
				t.Error(err)
			}
		})
	}
	all.Wait()
	if inserted.Load() != 1 || duplicate.Load() != 11 {
		t.Errorf("%d captures, %d duplicates, want 1 and 11", inserted.Load(), duplicate.Load())
	}
}

func TestOneCaptureForEver(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1}, models.Order{ID: "pi_2", Created: 1})
	insert := func(c models.Capture) error {
		return db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.InsertCapture(ctx, c) })
	}
	settle := func(id string, state models.ActState) error {
		return db.Writer.Tx(ctx, func(tx *store.Tx) error {
			c, err := tx.Capture(ctx, id)
			if err != nil {
				return err
			}
			c.State, c.Resolved = state, 9
			return tx.SaveCapture(ctx, c)
		})
	}
	steps := []struct {
		name string
		do   func() error
		want models.ErrorKind
	}{
		{"first", func() error { return insert(pendingCapture("cap_1", "pi_1", "a")) }, ""},
		{"beside a pending one", func() error { return insert(pendingCapture("cap_2", "pi_1", "b")) }, models.KindConflict},
		{"same token, other order", func() error { return insert(pendingCapture("cap_3", "pi_2", "a")) }, models.KindConflict},
		{"refused", func() error { return settle("cap_1", models.ActRefused) }, ""},
		{"refused is settled", func() error { return settle("cap_1", models.ActSucceeded) }, models.KindConflict},
		{"same token after a refusal", func() error { return insert(pendingCapture("cap_4", "pi_1", "a")) }, models.KindConflict},
		{"again after a refusal", func() error { return insert(pendingCapture("cap_5", "pi_1", "c")) }, ""},
		{"succeeded", func() error { return settle("cap_5", models.ActSucceeded) }, ""},
		{"succeeded is settled", func() error { return settle("cap_5", models.ActRefused) }, models.KindConflict},
		{"beside a success", func() error { return insert(pendingCapture("cap_6", "pi_1", "d")) }, models.KindConflict},
		{"an unknown one", func() error {
			return db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SaveCapture(ctx, pendingCapture("cap_none", "pi_1", "")) })
		}, models.KindNotFound},
		{"an unknown order", func() error { return insert(pendingCapture("cap_7", "pi_none", "e")) }, models.KindNotFound},
		{"without a token", func() error { return insert(pendingCapture("cap_8", "pi_2", "")) }, ""},
	}
	for _, s := range steps {
		if err := s.do(); models.KindOf(err) != s.want {
			t.Fatalf("%s: %v, want kind %q", s.name, err, s.want)
		}
	}
	all, err := db.Reader.Captures(ctx, "pi_1")
	if len(all) != 2 || err != nil || all[0].State != models.ActRefused || all[1].State != models.ActSucceeded {
		t.Errorf("captures = %+v, %v", all, err)
	}
	if open, err := db.Reader.OpenCapture(ctx, "pi_1"); err != nil || open == nil || open.ID != "cap_5" {
		t.Errorf("open capture = %+v, %v", open, err)
	}
	if open, err := db.Reader.OpenCapture(ctx, "pi_none"); open != nil || err != nil {
		t.Errorf("open capture of nothing = %+v, %v", open, err)
	}
	if c, err := db.Reader.CaptureByToken(ctx, ""); c != nil || err != nil {
		t.Errorf("empty token = %+v, %v", c, err)
	}
	if c, err := db.Reader.CaptureByToken(ctx, "a"); err != nil || c == nil || c.ID != "cap_1" {
		t.Errorf("token a = %+v, %v", c, err)
	}
	if pending, err := db.Reader.PendingCaptures(ctx); err != nil || len(pending) != 1 || pending[0].ID != "cap_8" {
		t.Errorf("pending = %+v, %v", pending, err)
	}
}

func TestShipmentsAreCorrectedAndKept(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1, Status: models.StatusCaptured}, models.Order{ID: "pi_2", Created: 1})
	insert := func(s models.Shipment) error {
		return db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.InsertShipment(ctx, s) })
	}
	if err := insert(models.Shipment{ID: "shp_0", OrderID: "pi_1", Created: 1}); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Reader.OrderCounts(ctx, time.Unix(0, 0)); n[store.TabNoTracking] != 1 || err != nil {
		t.Errorf("without a number: %v, %v", n, err)
	}
	first := models.Shipment{ID: "shp_1", OrderID: "pi_1", Carrier: "dhl", CarrierName: "DHL", TrackingNumber: "1", ShippedOn: "2026-01-02", StaffID: "stf_1", StaffName: "S", Created: 2}
	second := models.Shipment{ID: "shp_2", OrderID: "pi_1", TrackingNumber: "2", Replaces: "shp_1", Created: 3}
	for _, s := range []models.Shipment{first, second} {
		if err := insert(s); err != nil {
			t.Fatal(err)
		}
	}
	for name, s := range map[string]models.Shipment{
		"replaced before": {ID: "shp_3", OrderID: "pi_1", Replaces: "shp_1"},
		"other order's":   {ID: "shp_4", OrderID: "pi_2", Replaces: "shp_2"},
		"unknown":         {ID: "shp_5", OrderID: "pi_1", Replaces: "shp_none"},
	} {
		if err := insert(s); !models.IsKind(err, models.KindConflict) {
			t.Errorf("%s: %v, want a conflict", name, err)
		}
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if err := tx.MarkShipmentFailed(ctx, "shp_2", "Stripe was away."); err != nil {
			return err
		}
		if s, err := tx.Shipment(ctx, "shp_2"); s.LastError != "Stripe was away." || err != nil {
			t.Errorf("failed = %+v, %v", s, err)
		}
		if err := tx.MarkShipmentSent(ctx, "shp_none", 9); !models.IsKind(err, models.KindNotFound) {
			t.Errorf("unknown shipment sent: %v", err)
		}
		return tx.MarkShipmentSent(ctx, "shp_2", 9)
	})
	first.ReplacedBy, second.SentAt = "shp_2", 9
	got, err := db.Reader.Shipments(ctx, "pi_1")
	if diff := cmp.Diff([]models.Shipment{{ID: "shp_0", OrderID: "pi_1", Created: 1}, first, second}, got); diff != "" || err != nil {
		t.Errorf("shipments (-want +got):\n%s%v", diff, err)
	}
	if n, err := db.Reader.OrderCounts(ctx, time.Unix(0, 0)); n[store.TabNoTracking] != 0 || err != nil {
		t.Errorf("with a number: %v, %v", n, err)
	}
}

func TestNotes(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1})
	want := []models.Note{{ID: "not_b", OrderID: "pi_1", StaffID: "s", StaffName: "S", Text: "x", Created: 5}, {ID: "not_a", OrderID: "pi_1", Text: "y", Created: 5}}
	for _, n := range want {
		storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertNote(ctx, n) })
	}
	got, err := db.Reader.Notes(ctx, "pi_1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("notes (-want +got):\n%s%v", diff, err)
	}
}

func TestAuditIsAppendOnly(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	want := []models.AuditEntry{
		{ID: 1, At: 9, StaffID: "stf_1", StaffName: "S", Action: "capture.requested", ObjectID: "pi_1", Details: map[string]string{"amount": "EUR 1.00"}, RequestID: "r", StripeRequestID: "req_1"},
		{ID: 3, At: 8, Action: "capture.succeeded", ObjectID: "pi_1", Details: map[string]string{}},
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		first := want[0]
		first.ID = 77 // the database counts
		second := want[1]
		second.Details = nil
		return errors.Join(tx.AppendAudit(ctx, first), tx.AppendAudit(ctx, models.AuditEntry{Action: "x", ObjectID: "pi_2"}), tx.AppendAudit(ctx, second))
	})
	for _, change := range []string{
		"update audit_entries set action = 'nothing' where id = 1", "update audit_entries set id = 9", "delete from audit_entries where id = 1", "delete from audit_entries",
	} {
		err := db.Writer.Tx(ctx, func(tx *store.Tx) error { _, err := tx.SQL().Exec(change); return err })
		if err == nil {
			t.Errorf("%q went through", change)
		}
	}
	got, err := db.Reader.AuditOf(ctx, "pi_1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("audit (-want +got):\n%s%v", diff, err)
	}
}

func TestRefundActRoundTrip(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1})
	want := models.RefundAct{ID: "rfd_2", OrderID: "pi_1", Amount: 4500, Currency: "EUR", Reason: "duplicate", Note: "n", State: models.ActPending,
		ActOutcome: models.ActOutcome{FormToken: "t", IdempotencyKey: "k", StaffID: "stf_1", StaffName: "S", Requested: 5, ReconcileJob: "m_1"}}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertRefundAct(ctx, want) })
	second := models.RefundAct{ID: "rfd_1", OrderID: "pi_1", Amount: 1, Currency: "EUR", State: models.ActPending, ActOutcome: models.ActOutcome{Requested: 5}}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertRefundAct(ctx, second) })
	again := second
	again.ID, again.FormToken = "rfd_3", "t"
	if err := db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.InsertRefundAct(ctx, again) }); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("the same form again: %v, want a duplicate", err)
	}
	want.State, want.RefundID, want.Resolved, want.Attempts, want.ReconcileJob = models.ActSucceeded, "pyr_1", 9, 1, ""
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.SaveRefundAct(ctx, want) })
	byToken, err := db.Reader.RefundActByToken(ctx, "t")
	if diff := cmp.Diff(&want, byToken); diff != "" || err != nil {
		t.Errorf("by token (-want +got):\n%s%v", diff, err)
	}
	if none, err := db.Reader.RefundActByToken(ctx, ""); none != nil || err != nil {
		t.Errorf("no token: %+v, %v", none, err)
	}
	all, err := db.Reader.RefundActs(ctx, "pi_1")
	if diff := cmp.Diff([]models.RefundAct{want, second}, all); diff != "" || err != nil {
		t.Errorf("in the order in which they came (-want +got):\n%s%v", diff, err)
	}
	pending, err := db.Reader.PendingRefundActs(ctx)
	if diff := cmp.Diff([]models.RefundAct{second}, pending); diff != "" || err != nil {
		t.Errorf("pending (-want +got):\n%s%v", diff, err)
	}
	want.RefundID = "pyr_other"
	if err := db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SaveRefundAct(ctx, want) }); !models.IsKind(err, models.KindConflict) {
		t.Errorf("settled twice: %v", err)
	}
	if got, err := db.Reader.RefundAct(ctx, "rfd_2"); got.RefundID != "pyr_1" || err != nil {
		t.Errorf("a settled refund changed: %+v, %v", got, err)
	}
}
