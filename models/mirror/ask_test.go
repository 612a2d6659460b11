package mirror_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/ledger"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// TestReadSourceAgain: a lost order is found from its movement, be it the payment or a refund, and a payment of another method is known as
// such, so that the check of the books has nothing left to tell.
func TestReadSourceAgain(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	id, charge := w.order(`{"amount":10000}`)
	w.act("/v1/payment_intents/"+id+"/capture", "")
	w.advance(time.Minute)
	w.act("/v1/refunds", "payment_intent="+id+"&amount=3000")
	w.settled()
	card, _ := w.order(`{"payment_method":"card"}`)
	w.act("/v1/payment_intents/"+card+"/capture", "")
	w.settled()
	if err := w.mirror.Sync(ctx, syncAll()); err != nil {
		t.Fatal(err)
	}
	booked := func(where string) (movement string) {
		rows := dump(t, w.db, "select id from balance_transactions where "+where)
		if len(rows) != 1 {
			t.Fatalf("movements %s: %v", where, rows)
		}
		_, _ = fmt.Sscanf(rows[0], "id=%s", &movement)
		return movement
	}
	payment, refund := booked("reporting_category = 'charge' and order_id <> ''"), booked("reporting_category = 'refund'")
	other := booked("reporting_category = 'charge' and order_id = ''")
	checker := ledger.Checker{DB: w.db, Now: func() time.Time { return start.Add(3 * 24 * time.Hour) }}
	check := func(when string, want int) {
		t.Helper()
		if err := checker.Check(ctx); err != nil {
			t.Fatal(err)
		}
		if page, err := w.db.Reader.Exceptions(ctx, store.ExceptionQuery{Kind: models.ExceptionNoOrder}); err != nil || len(page.Exceptions) != want {
			t.Errorf("%s: %d movements without an order, want %d: %+v, %v", when, len(page.Exceptions), want, page.Exceptions, err)
		}
	}
	check("whole", 0)
	lose := func() {
		t.Helper()
		w.idle()
		storetest.Tx(t, w.db, func(tx *store.Tx) error {
			for _, text := range []string{"delete from orders", "delete from stripe_objects where kind in ('charge', 'payment_intent')", "update refunds set payment_intent_id = ''"} {
				if _, err := tx.SQL().Exec(text); err != nil {
					return err
				}
			}
			return nil
		})
	}
	for _, movement := range []string{payment, refund} {
		lose()
		check("lost", 2)
		if err := w.mirror.ReadSourceAgain(ctx, movement, models.Actor{StaffID: "stf_1"}); err != nil {
			t.Fatal(err)
		}
		w.idle()
		if o := w.get(id); o.ChargeID != charge {
			t.Errorf("asked for %s: the order came as %+v", movement, o)
		}
		check("asked for "+movement, 0)
	}
	storetest.Tx(t, w.db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec("update balance_transactions set type = 'payment' where id = ?", other) // as any method but cards has it
		return err
	})
	check("of another method", 1)
	if err := w.mirror.ReadSourceAgain(ctx, other, models.Actor{}); err != nil {
		t.Fatal(err)
	}
	w.idle()
	check("known to be of another method", 0)
	if audit, err := w.db.Reader.AuditOf(ctx, charge); err != nil || len(audit) != 1 || audit[0].Action != "movement.reading_asked" || audit[0].StaffID != "stf_1" {
		t.Errorf("the audit: %+v, %v", audit, err)
	}
	for _, none := range []string{"txn_none", storeSourceless(t, w.db)} {
		if err := w.mirror.ReadSourceAgain(ctx, none, models.Actor{}); !models.IsKind(err, models.KindNotFound) {
			t.Errorf("%s: %v", none, err)
		}
	}
}

// TestStrangersAreAskedFor: payments and refunds of any method but cards and Klarna are known as such soon after they were booked.
func TestStrangersAreAskedFor(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	other, _ := w.order(`{"payment_method":"card"}`)
	w.act("/v1/payment_intents/"+other+"/capture", "")
	w.advance(time.Minute)
	w.act("/v1/refunds", "payment_intent="+other+"&amount=300")
	w.settled()
	w.advance(time.Hour) // so that the rows themselves are not read again
	if err := w.mirror.Sync(ctx, syncAll()); err != nil {
		t.Fatal(err)
	}
	storetest.Tx(t, w.db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec("update balance_transactions set type = case reporting_category when 'refund' then 'payment_refund' else 'payment' end")
		return errors.Join(err, dropAll(tx, "refunds", "stripe_objects"))
	})
	checker := ledger.Checker{DB: w.db, Now: func() time.Time { return start.Add(3 * 24 * time.Hour) }}
	open := func() int {
		t.Helper()
		if err := checker.Check(ctx); err != nil {
			t.Fatal(err)
		}
		page, err := w.db.Reader.Exceptions(ctx, store.ExceptionQuery{Kind: models.ExceptionNoOrder})
		if err != nil {
			t.Fatal(err)
		}
		return len(page.Exceptions)
	}
	if n := open(); n != 2 {
		t.Fatalf("%d movements without an order before they were asked for, want 2", n)
	}
	for range 2 { // the refund first, then its charge
		if err := w.mirror.ReadBooks(ctx); err != nil {
			t.Fatal(err)
		}
		w.idle()
	}
	if n := open(); n != 0 {
		t.Errorf("%d movements without an order, want none", n)
	}
}

func dropAll(tx *store.Tx, tables ...string) error {
	for _, table := range tables {
		if _, err := tx.SQL().Exec("delete from " + table); err != nil {
			return err
		}
	}
	return nil
}

// storeSourceless books a fee that came from nothing.
func storeSourceless(t *testing.T, db *store.DB) string {
	t.Helper()
	fee := models.BalanceTransaction{ID: "txn_fee", Amount: -10, Net: -10, Currency: "EUR", Type: "stripe_fee", ReportingCategory: "fee", Created: models.UnixOf(start)}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.PutBalanceTransaction(context.Background(), &fee) })
	return fee.ID
}
