package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/ledger"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

const day = 24 * time.Hour

// checkedShop is a database with the checker of its books, at a fixed moment.
type checkedShop struct {
	t   *testing.T
	db  *store.DB
	now models.Unix
	ledger.Checker
}

func newCheckedShop(t *testing.T) *checkedShop {
	s := &checkedShop{t: t, db: storetest.Open(t), now: begin.Add(400 * day)}
	s.Checker = ledger.Checker{DB: s.db, Now: func() time.Time { return s.now.Time() }}
	return s
}

func (s *checkedShop) write(fn func(ctx context.Context, tx *store.Tx) error) {
	s.t.Helper()
	storetest.Tx(s.t, s.db, func(tx *store.Tx) error { return fn(context.Background(), tx) })
}

func (s *checkedShop) book(b models.BalanceTransaction) {
	s.t.Helper()
	s.write(func(ctx context.Context, tx *store.Tx) error { return tx.PutBalanceTransaction(ctx, &b) })
}

// seen writes what the mirror knows of a charge: raw nil for one of another method.
func (s *checkedShop) seen(id string, asOf models.Unix, raw []byte) {
	s.t.Helper()
	s.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.PutStripeObject(ctx, &models.Snapshot{Kind: models.ObjectCharge, ID: id, AsOf: asOf, Raw: raw}, "", 1, true)
	})
}

// finds has the books checked and gives the open exceptions: kind, object, detail.
func (s *checkedShop) finds() []string {
	s.t.Helper()
	if err := s.Check(context.Background()); err != nil {
		s.t.Fatal(err)
	}
	page, err := s.db.Reader.Exceptions(context.Background(), store.ExceptionQuery{})
	if err != nil {
		s.t.Fatal(err)
	}
	open := []string{}
	for _, e := range page.Exceptions {
		open = append(open, strings.TrimSpace(fmt.Sprintf("%s %s %s", e.Kind, e.ObjectID, e.Detail)))
	}
	return open
}

func (s *checkedShop) wants(when string, want ...string) {
	s.t.Helper()
	if diff := cmp.Diff(append([]string{}, want...), s.finds()); diff != "" {
		s.t.Errorf("%s (-want +found):\n%s", when, diff)
	}
}

// payment is the booking of a charge with its whole fee.
func payment(id, charge string, at models.Unix, amount, fee int64) models.BalanceTransaction {
	return models.BalanceTransaction{ID: id, Amount: amount, Fee: fee, Net: amount - fee, Currency: "EUR", Type: "payment", ReportingCategory: "charge",
		SourceID: charge, Status: "available", Created: at}
}

func captured(id, charge string, at models.Unix) models.Order {
	return models.Order{ID: id, ChargeID: charge, Status: models.StatusCaptured, Currency: "EUR", AmountAuthorized: 5000, AmountCaptured: 5000, Created: at,
		AuthorizedAt: at, CapturedAt: at, Country: "DE", KlarnaCategory: "pay_later"}
}

func TestCapturesWithoutAMovement(t *testing.T) {
	s := newCheckedShop(t)
	late := captured("pi_late", "py_late", s.now.Add(-3*day-time.Second))
	unsure := captured("pi_unsure", "py_unsure", s.now.Add(-4*day)) // captured at a moment that nobody told
	unsure.CapturedAt = 0
	justNow := captured("pi_soon", "py_soon", s.now.Add(-3*day+time.Second))
	authorized := captured("pi_open", "py_open", s.now.Add(-9*day))
	authorized.Status, authorized.CapturedAt = models.StatusAuthorized, 0
	storetest.PutOrders(t, s.db, late, unsure, justNow, authorized)
	s.wants("before", "not_booked pi_late", "not_booked pi_unsure")
	s.book(payment("txn_late", "py_late", late.CapturedAt, 5000, 180))
	s.book(payment("txn_unsure", "py_unsure", unsure.AuthorizedAt, 5000, 180))
	s.wants("booked")
}

func TestMovementsWithoutAnOrder(t *testing.T) {
	s := newCheckedShop(t)
	at := s.now.Add(-2 * day)
	refund := func(id, source string, at models.Unix) models.BalanceTransaction {
		return models.BalanceTransaction{ID: id, Amount: -900, Net: -900, Currency: "EUR", Type: "payment_refund", ReportingCategory: "refund", SourceID: source, Created: at}
	}
	s.book(payment("txn_5_lost", "py_lost", at, 5000, 180))
	s.book(payment("txn_4_asked", "py_asked", at, 5000, 180))
	s.book(payment("txn_3_ideal", "py_ideal", at, 5000, 180))
	s.book(refund("txn_2_lost", "pyr_lost", at))
	s.book(refund("txn_1_ideal", "pyr_ideal", at))
	s.book(payment("txn_soon", "py_soon", s.now.Add(-day+time.Second), 5000, 180))
	s.book(payment("txn_old", "py_old", s.now.Add(-models.RefundWindow-time.Second), 5000, 180))
	card := payment("txn_card", "ch_card", at, 5000, 180)
	card.Type = "charge"
	s.book(card)
	s.write(func(ctx context.Context, tx *store.Tx) error {
		for id, charge := range map[string]string{"pyr_lost": "py_lost", "pyr_ideal": "py_ideal"} {
			if err := tx.PutRefund(ctx, &models.Refund{ID: id, ChargeID: charge, Amount: 900, Currency: "EUR", Status: "succeeded", Created: at}); err != nil {
				return err
			}
		}
		return tx.MarkDirty(ctx, models.ObjectCharge, "py_asked", "", false, 1)
	})
	s.seen("py_ideal", at, nil)
	s.wants("a payment that was only asked for is not known yet", "no_order txn_5_lost py_lost", "no_order txn_4_asked py_asked", "no_order txn_2_lost pyr_lost")

	s.seen("py_asked", at, nil)
	s.seen("py_lost", at, []byte(`{}`))
	s.wants("Klarna's, and still no order", "no_order txn_5_lost py_lost", "no_order txn_2_lost pyr_lost")
	order := captured("pi_lost", "py_lost", at)
	storetest.PutOrders(t, s.db, order)
	s.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.PutRefund(ctx, &models.Refund{ID: "pyr_lost", ChargeID: "py_lost", PaymentIntentID: "pi_lost", Amount: 900, Currency: "EUR", Status: "succeeded", Created: at})
	})
	s.book(payment("txn_5_lost", "py_lost", at, 5000, 180))
	s.wants("the order came")
}

func TestRefundsAndDisputesOutOfStep(t *testing.T) {
	s := newCheckedShop(t)
	at := s.now.Add(-2 * day)
	order := captured("pi_1", "py_1", s.now.Add(-20*day))
	storetest.PutOrders(t, s.db, order)
	s.book(payment("txn_1", "py_1", order.CapturedAt, 5000, 180))
	refund := models.Refund{ID: "pyr_1", ChargeID: "py_1", PaymentIntentID: "pi_1", Amount: 900, Currency: "EUR", Status: "failed", Created: at}
	inquiry := models.Dispute{ID: "du_inquiry", ChargeID: "py_1", PaymentIntentID: "pi_1", Amount: 5000, Currency: "EUR", Status: "warning_needs_response", Created: at}
	fresh, chargeback := inquiry, inquiry
	fresh.ID, fresh.Status, fresh.Created = "du_fresh", "needs_response", s.now.Add(-time.Hour)
	chargeback.ID, chargeback.Status = "du_1", "lost"
	s.write(func(ctx context.Context, tx *store.Tx) error {
		for _, d := range []models.Dispute{inquiry, fresh, chargeback} {
			if err := tx.PutDispute(ctx, &d); err != nil {
				return err
			}
		}
		return tx.PutRefund(ctx, &refund)
	})
	s.wants("nothing is booked", "refund_failed pyr_1", "dispute_unbooked du_1 lost")
	row := models.BalanceTransaction{ID: "txn_back", Amount: 900, Net: 900, Currency: "EUR", Type: "payment_failure_refund", ReportingCategory: "refund_failure",
		SourceID: "pyr_1", Created: at}
	s.book(row)
	row.ID, row.Amount, row.Net, row.ReportingCategory, row.SourceID = "txn_du", -5000, -5000, "dispute", "du_1"
	s.book(row)
	s.wants("the money came back, the dispute is booked", "refund_failed pyr_1 returned")
	refund.Status = "succeeded"
	s.write(func(ctx context.Context, tx *store.Tx) error { return tx.PutRefund(ctx, &refund) })
	s.wants("the refund went through")
}

func TestMovementsThatDoNotAddUp(t *testing.T) {
	s := newCheckedShop(t)
	at := s.now.Add(-2 * day)
	storetest.PutOrders(t, s.db, captured("pi_1", "py_1", at))
	parts := payment("txn_parts", "py_1", at, 5000, 180)
	parts.FeeDetails = []models.FeeDetail{{Amount: 179, Currency: "EUR", Type: "stripe_fee"}}
	foreign := payment("txn_foreign", "ch_1", s.now.Add(-300*day), 5000, 180) // of the account, long ago
	foreign.Type, foreign.Net = "charge", 4821
	rate := models.BalanceTransaction{ID: "txn_rate", Amount: -10000, Net: -10000, Currency: "SEK", Type: "payment_refund", ReportingCategory: "refund", SourceID: "pyr_1",
		ExchangeRate: "11.2345", Created: at.Add(time.Hour)}
	s.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.PutRefund(ctx, &models.Refund{ID: "pyr_1", ChargeID: "py_1", PaymentIntentID: "pi_1", Amount: 900, Currency: "EUR", Status: "succeeded", Created: at})
	})
	for _, row := range []models.BalanceTransaction{parts, foreign, rate} {
		s.book(row)
	}
	s.wants("each in its way", "rounding txn_rate The customer’s amount at the exchange rate is not the amount.",
		"rounding txn_parts The parts of the fee do not add up to it.", "rounding txn_foreign The amount less the fee is not the net.")
	parts.FeeDetails[0].Amount, foreign.Net, rate.Amount, rate.Net = 180, 4820, -10111, -10111
	for _, row := range []models.BalanceTransaction{parts, foreign, rate} {
		s.book(row)
	}
	s.wants("Stripe put them right")
}

func TestUnusualFees(t *testing.T) {
	s := newCheckedShop(t)
	pay := func(n int, country string, at models.Unix, amount, fee int64) {
		o := captured(fmt.Sprintf("pi_%s%d", country, n), fmt.Sprintf("py_%s%d", country, n), at)
		o.Country = country
		storetest.PutOrders(t, s.db, o)
		s.book(payment(fmt.Sprintf("txn_%s%d", country, n), o.ChargeID, at, amount, fee))
	}
	usual := func(amount int64) int64 { return amount*299/10_000 + 35 }
	for i := range 30 {
		amount := int64(2000 + i*450)
		pay(i, "DE", s.now.Add(-time.Duration(i+1)*day), amount, usual(amount))
	}
	for i := range 19 { // too few to tell
		pay(i, "SE", s.now.Add(-time.Duration(i+1)*day), 5000, int64(100+i*50))
	}
	s.book(models.BalanceTransaction{ID: "txn_refund", Amount: -2000, Fee: 0, Net: -2000, Currency: "EUR", Type: "payment_refund", ReportingCategory: "partial_capture_reversal",
		SourceID: "py_DE1", Created: s.now.Add(-day)}) // no payment: it has no usual fee
	s.wants("as usual")
	pay(90, "DE", s.now.Add(-36*day), 8000, 2*usual(8000))
	pay(91, "DE", s.now.Add(-34*day), 8000, usual(8000)+3)
	pay(92, "DE", s.now.Add(-34*day), 80_000, usual(80_000)*103/100)
	pay(93, "DE", s.now.Add(-34*day), 80_000, usual(80_000)*101/100)
	s.wants("two hundredths away, within 35 days", "fee_unusual txn_DE92")
	pay(92, "DE", s.now.Add(-34*day), 80_000, usual(80_000))
	s.wants("put right")
}

// TestExplanationsStay: what was explained keeps its explanation and its first time through every check, also when it is not found any more;
// opened again, it goes with the next check.
func TestExplanationsStay(t *testing.T) {
	ctx, s := context.Background(), newCheckedShop(t)
	order := captured("pi_1", "py_1", s.now.Add(-9*day))
	storetest.PutOrders(t, s.db, order)
	s.wants("first", "not_booked pi_1")
	first, by := s.now, models.Actor{StaffID: "stf_1", Name: "Sofia Berg", RequestID: "req_7"}
	for note, code := range map[string]string{" \n": "note_missing", strings.Repeat("ö", models.MaxNoteLength+1): "note_long"} {
		err := s.Explain(ctx, models.ExceptionNotBooked, "pi_1", note, false, by)
		if !models.IsKind(err, models.KindInvalid) || !strings.Contains(err.Error(), code) {
			t.Errorf("%s: %v", code, err)
		}
	}
	if err := s.Explain(ctx, models.ExceptionRounding, "pi_1", "x", false, by); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("another kind: %v", err)
	}
	s.now = s.now.Add(time.Hour)
	longest := strings.Repeat("ö", models.MaxNoteLength)
	if err := s.Explain(ctx, models.ExceptionNotBooked, "pi_1", " "+longest+"\n", false, by); err != nil {
		t.Fatal(err)
	}
	s.wants("explained")
	s.book(payment("txn_1", "py_1", order.CapturedAt, 5000, 180))
	s.wants("booked at last")
	got, err := s.db.Reader.Exception(ctx, models.ExceptionNotBooked, "pi_1")
	want := models.Exception{Kind: models.ExceptionNotBooked, ObjectID: "pi_1", OrderID: "pi_1", Currency: "EUR", Amount: 5000, At: order.CapturedAt, Found: first,
		Checked: s.now, ExplainedAt: s.now, ExplainedBy: "stf_1", ExplainedName: "Sofia Berg", Explanation: longest}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("%v, (-want +got):\n%s", err, diff)
	}
	if err := s.Explain(ctx, models.ExceptionNotBooked, "pi_1", "", true, by); err != nil {
		t.Fatal(err)
	}
	s.wants("opened again")
	audit, err := s.db.Reader.AuditOf(ctx, "pi_1")
	if err != nil || len(audit) != 2 || audit[0].Action != "exception.explained" || audit[1].Action != "exception.reopened" ||
		len(audit[0].Details) != 1 || audit[0].Details["kind"] != "not_booked" || audit[0].StaffID != "stf_1" || audit[0].RequestID != "req_7" {
		t.Errorf("the audit: %+v, %v", audit, err)
	}
}
