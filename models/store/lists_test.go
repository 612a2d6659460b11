package store_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// exec runs statements that the mirror will make.
func exec(t *testing.T, db *store.DB, query string, args ...any) {
	t.Helper()
	storetest.Tx(t, db, func(tx *store.Tx) error { _, err := tx.SQL().Exec(query, args...); return err })
}

func TestDisputesByDueDate(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	for id, d := range map[string]struct {
		status string
		due    int
	}{
		"du_a": {"needs_response", 30}, "du_b": {"warning_needs_response", 10}, "du_c": {"won", 0}, "du_d": {"lost", 5}, "du_e": {"warning_under_review", 10},
		"du_f": {"under_review", 20}, "du_g": {"warning_closed", 40}, "du_h": {"charge_refunded", 0}, "du_i": {"of_tomorrow", 30}, "du_j": {"prevented", 1},
	} {
		exec(t, db, "insert into disputes (id, payment_intent_id, amount, currency, status, due_by, created) values (?, 'pi_1', 1, 'EUR', ?, ?, ?)", id, d.status, d.due, int(id[3]))
	}
	for id, m := range map[string]models.MailDispute{"mds_a": {Status: models.MailOpen, DueBy: 20}, "mds_b": {Status: models.MailOpen}, "mds_c": {Status: models.MailAnswered, DueBy: 1, Created: 1000}} {
		m.ID, m.LetterSHA256 = id, id
		storetest.Tx(t, db, func(tx *store.Tx) error { return tx.InsertMailDispute(ctx, m) })
	}
	tests := map[store.DisputePhase][]string{
		"":                          {"mds_b", "du_b", "mds_a", "du_a", "mds_c", "du_j", "du_i", "du_h", "du_g", "du_f", "du_e", "du_d", "du_c"},
		store.DisputesAll:           {"mds_b", "du_b", "mds_a", "du_a", "mds_c", "du_j", "du_i", "du_h", "du_g", "du_f", "du_e", "du_d", "du_c"},
		store.DisputesOpen:          {"mds_b", "du_b", "mds_a", "du_a", "mds_c", "du_i", "du_f", "du_e"},
		store.DisputesInquiry:       {"du_b", "du_e"},
		store.DisputesNeedsResponse: {"mds_b", "mds_a", "du_a"},
		store.DisputesUnderReview:   {"mds_c", "du_f"},
		store.DisputesWon:           {"du_c"},
		store.DisputesLost:          {"du_d"},
		store.DisputesClosed:        {"du_j", "du_h", "du_g"},
	}
	counts, err := db.Reader.DisputeCounts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if open, err := db.Reader.OpenDisputes(ctx); err != nil || open != int64(len(tests[store.DisputesOpen])) {
		t.Errorf("%d open disputes, %v", open, err)
	}
	for phase, want := range tests {
		var down, up []string
		query := store.DisputeQuery{Phase: phase, Limit: 2}
		var page store.DisputePage
		for {
			if page, err = db.Reader.Disputes(ctx, query); err != nil {
				t.Fatal(err)
			}
			for _, d := range page.Disputes {
				down = append(down, d.ID)
			}
			if query.After = page.Next; page.Next == "" {
				break
			}
		}
		if !slices.Equal(down, want) {
			t.Errorf("%s: %v, want %v", phase, down, want)
		}
		query.After = ""
		for _, d := range page.Disputes {
			up = append(up, d.ID)
		}
		for query.Before = page.Prev; query.Before != ""; query.Before = page.Prev {
			if page, err = db.Reader.Disputes(ctx, query); err != nil {
				t.Fatal(err)
			}
			for i, d := range page.Disputes {
				up = slices.Insert(up, i, d.ID)
			}
		}
		if !slices.Equal(up, want) {
			t.Errorf("%s backwards: %v, want %v", phase, up, want)
		}
		if phase != "" && counts[phase] != int64(len(want)) {
			t.Errorf("%s: counted %d, want %d", phase, counts[phase], len(want))
		}
	}
	if len(tests) != len(store.DisputePhases())+1 {
		t.Error("a phase is not tested")
	}
	for _, bad := range []store.DisputeQuery{{Phase: "x"}, {After: "x"}, {Before: "MS4"}, {After: "MS5kdSdf"}} {
		if _, err := db.Reader.Disputes(ctx, bad); !models.IsKind(err, models.KindInvalid) {
			t.Errorf("%+v: %v, want invalid", bad, err)
		}
	}
}

func TestDisputeRoundTrip(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	want := models.Dispute{ID: "du_1", ChargeID: "py_1", PaymentIntentID: "pi_1", Amount: 5, Currency: "EUR", Status: "lost", Reason: "r", KlarnaReason: "k",
		KlarnaLossReason: "l", MethodType: "klarna", DueBy: 9, HasEvidence: true, PastDue: true, SubmissionCount: 2, IsRefundable: true, OperationID: "sub_1",
		Created: 3}
	for _, d := range []models.Dispute{{ID: "du_1", Amount: 1, Currency: "SEK", Status: "needs_response", OperationID: "sub_0", Created: 1}, want} {
		storetest.Tx(t, db, func(tx *store.Tx) error { return tx.PutDispute(ctx, &d) })
	}
	got, err := db.Reader.Dispute(ctx, "du_1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("dispute (-want +got):\n%s%v", diff, err)
	}
	of, err := db.Reader.DisputesOf(ctx, "pi_1")
	if diff := cmp.Diff([]models.Dispute{want}, of); diff != "" || err != nil {
		t.Errorf("of the order (-want +got):\n%s%v", diff, err)
	}
}

func TestRefunds(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	exec(t, db, `insert into refunds (id, charge_id, payment_intent_id, amount, currency, status, reason, failure_reason, operation_id, created) values
		('pyr_2', 'py_1', 'pi_1', 5, 'EUR', 'failed', 'duplicate', 'declined', 'op', 8), ('pyr_1', '', 'pi_1', 1, 'EUR', '', '', '', '', 9), ('pyr_3', '', '', 1, 'EUR', '', '', '', '', 9)`)
	want := []models.Refund{
		{ID: "pyr_2", ChargeID: "py_1", PaymentIntentID: "pi_1", Amount: 5, Currency: "EUR", Status: "failed", Reason: "duplicate", FailureReason: "declined", OperationID: "op", Created: 8},
		{ID: "pyr_1", PaymentIntentID: "pi_1", Amount: 1, Currency: "EUR", Created: 9},
	}
	got, err := db.Reader.Refunds(ctx, "pi_1")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("refunds (-want +got):\n%s%v", diff, err)
	}
	if none, err := db.Reader.Refunds(ctx, ""); len(none) != 0 || err != nil {
		t.Errorf("refunds of no order: %v, %v", none, err)
	}
}

func TestPayoutsAndTheirLines(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	for i := range 5 { // two arrive on the same day
		exec(t, db, `insert into payouts (id, amount, currency, status, automatic, method, reconciliation_status, trace_id, destination, failure_code,
			failure_message, statement_descriptor, arrival_date, created) values (?, -5, 'EUR', 'paid', 1, 'standard', 'completed', 't', 'ba', 'f', 'm', 's', ?, 3)`,
			fmt.Sprintf("po_%d", i), i/2)
	}
	want := models.Payout{ID: "po_4", Amount: -5, Currency: "EUR", Status: "paid", Automatic: true, Method: "standard", ReconciliationStatus: "completed", TraceID: "t",
		Destination: "ba", FailureCode: "f", FailureMessage: "m", StatementDescriptor: "s", ArrivalDate: 2, Created: 3}
	got, err := db.Reader.Payout(ctx, "po_4")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("payout (-want +got):\n%s%v", diff, err)
	}
	var order []string
	query := store.PayoutQuery{Limit: 2}
	for {
		page, err := db.Reader.Payouts(ctx, query)
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range page.Payouts {
			order = append(order, p.ID)
		}
		if page.Next == "" {
			back, err := db.Reader.Payouts(ctx, store.PayoutQuery{Limit: 2, Before: page.Prev})
			if err != nil || len(back.Payouts) != 2 || back.Payouts[0].ID != "po_2" || back.Next == "" || back.Prev == "" {
				t.Errorf("page before the last: %+v, %v", back, err)
			}
			break
		}
		query.After = page.Next
	}
	if want := []string{"po_4", "po_3", "po_2", "po_1", "po_0"}; !slices.Equal(order, want) {
		t.Errorf("payouts %v, want %v", order, want)
	}
	for i := range 5 {
		exec(t, db, `insert into balance_transactions (id, amount, fee, net, currency, type, reporting_category, source_id, payout_id, description, status, available_on, created)
			values (?, 100, 3, 97, 'EUR', 'payment', 'charge', ?, 'po_1', 'd', 'available', 9, ?)`, fmt.Sprintf("txn_%d", i), fmt.Sprintf("py_%d", i), i/2)
	}
	exec(t, db, `insert into balance_transactions (id, amount, currency, created) values ('txn_free', 1, 'EUR', 1)`)
	lines := []string{}
	for after := ""; ; {
		page, err := db.Reader.LedgerEntries(ctx, store.LedgerQuery{Payout: "po_1", After: after, Limit: 2})
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range page.Entries {
			lines = append(lines, l.ID)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	if want := []string{"txn_0", "txn_1", "txn_2", "txn_3", "txn_4"}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v", lines, want)
	}
	if none, err := db.Reader.LedgerEntries(ctx, store.LedgerQuery{}); len(none.Entries) != 0 || err != nil {
		t.Errorf("lines of nothing: %v, %v", none, err)
	}
	of, err := db.Reader.BalanceTransactionsOf(ctx, "py_4", "py_0", "")
	txn := func(n int, created models.Unix) models.BalanceTransaction {
		return models.BalanceTransaction{ID: fmt.Sprintf("txn_%d", n), Amount: 100, Fee: 3, Net: 97, Currency: "EUR", Type: "payment", ReportingCategory: "charge",
			SourceID: fmt.Sprintf("py_%d", n), PayoutID: "po_1", Description: "d", Status: "available", FeeDetails: []models.FeeDetail{}, AvailableOn: 9, Created: created}
	}
	if diff := cmp.Diff([]models.BalanceTransaction{txn(0, 0), txn(4, 2)}, of); diff != "" || err != nil {
		t.Errorf("balance transactions (-want +got):\n%s%v", diff, err)
	}
	if none, err := db.Reader.BalanceTransactionsOf(ctx); len(none) != 0 || err != nil {
		t.Errorf("of nothing: %v, %v", none, err)
	}
}

func TestEventsOfAnOrder(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	for i := range 4 {
		exec(t, db, `insert into stripe_events (id, type, api_version, object_id, object_kind, order_id, created, received, state, error, payload)
			values (?, 'charge.captured', 'v', 'py_1', 'charge', 'pi_1', ?, 7, 'failed', 'e', x'7b7d')`, fmt.Sprintf("evt_%d", i), i/2)
	}
	got, err := db.Reader.Events(ctx, "pi_1", 2)
	event := func(id string) models.StripeEvent {
		return models.StripeEvent{ID: id, Type: "charge.captured", APIVersion: "v", ObjectID: "py_1", ObjectKind: models.ObjectCharge, OrderID: "pi_1", Created: 1,
			Received: 7, State: models.EventFailed, Error: "e"}
	}
	if diff := cmp.Diff([]models.StripeEvent{event("evt_3"), event("evt_2")}, got); diff != "" || err != nil {
		t.Errorf("events (-want +got):\n%s%v", diff, err)
	}
}
