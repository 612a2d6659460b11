// Package storetest gives tests a real, migrated, temporary database.
package storetest

import (
	"context"
	"encoding/json"
	"path/filepath"
	"testing"

	"counterfoil/models"
	"counterfoil/models/store"
)

// Open makes a database in a folder of its own and closes it at the end of the test.
func Open(t testing.TB) *store.DB {
	t.Helper()
	return OpenAt(t, filepath.Join(t.TempDir(), "desk.db"))
}

// OpenAt opens and migrates the database file at path and closes it at the end of the test; closing it earlier is fine.
func OpenAt(t testing.TB, path string) *store.DB {
	t.Helper()
	db, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatalf("storetest: open: %v", err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("storetest: close: %v", err)
		}
	})
	if err := db.Migrate(context.Background()); err != nil {
		t.Fatalf("storetest: migrate: %v", err)
	}
	return db
}

// Tx runs fn in a write transaction and fails the test when it is not committed.
func Tx(t testing.TB, db *store.DB, fn func(tx *store.Tx) error) {
	t.Helper()
	if err := db.Writer.Tx(context.Background(), fn); err != nil {
		t.Fatalf("storetest: transaction: %v", err)
	}
}

// PutOrders writes orders as they are, new ones and known ones, in one transaction. Where SearchText is empty it is made, and so are a
// currency and a status.
func PutOrders(t testing.TB, db *store.DB, orders ...models.Order) {
	t.Helper()
	Tx(t, db, func(tx *store.Tx) error {
		for _, o := range orders {
			if err := putOrder(tx, o); err != nil {
				return err
			}
		}
		return nil
	})
}

func putOrder(tx *store.Tx, o models.Order) error {
	if o.Currency == "" {
		o.Currency = "EUR"
	}
	if o.Status == "" {
		o.Status = models.StatusAuthorized
	}
	if o.SearchText == "" {
		o.SearchText = store.SearchText(o.CustomerName, o.CustomerEmail, o.Reference)
	}
	_, err := tx.SQL().Exec(upsertOrder, orderValues(o)...)
	return err
}

// orderValues are the parameters of upsertOrder.
func orderValues(o models.Order) []any {
	return []any{o.ID, o.ChargeID, string(o.Status), o.PaymentStatus, o.Currency, o.AmountAuthorized,
		o.AmountCapturable, int64(o.Created), o.AmountCaptured, o.AmountRefunded, o.CaptureMethod, o.KlarnaCategory, o.PreferredLocale,
		o.Reference, o.CustomerID, o.CustomerName, o.CustomerEmail, o.CustomerPhone, o.Country, int64(o.AuthorizedAt),
		int64(o.CapturedAt), int64(o.CanceledAt), o.DisputeStatus, o.HasTracking, int64(o.SyncedAt), o.SearchText, o.CancellationReason,
		o.LastErrorCode, o.LastErrorMessage, o.BalanceTransaction, o.Description, asJSON(o.Shipping), asJSON(o.ChargeShipping), asJSON(o.Billing)}
}

const upsertOrder = `insert into orders (rowid, id, charge_id, status, payment_status, currency, amount, amount_capturable, created,
	amount_captured, amount_refunded, capture_method, klarna_category, preferred_locale, reference, customer_id, customer_name,
	customer_email, customer_phone, country, authorized_at, captured_at, canceled_at, dispute_status, has_tracking, synced_at,
	search_text, cancellation_reason, last_error_code, last_error_message, balance_transaction, description, shipping,
	charge_shipping, billing)
values ((select coalesce(max(rowid), (?8 << 20) - 1) + 1 from orders where rowid >= (?8 << 20) and rowid < ((?8 + 1) << 20)),
	?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28,
	?29, ?30, ?31, ?32, ?33, ?34)
on conflict (id) do update set charge_id = excluded.charge_id, status = excluded.status, payment_status = excluded.payment_status,
	currency = excluded.currency, amount = excluded.amount, amount_capturable = excluded.amount_capturable,
	amount_captured = excluded.amount_captured, amount_refunded = excluded.amount_refunded, capture_method = excluded.capture_method,
	klarna_category = excluded.klarna_category, preferred_locale = excluded.preferred_locale, reference = excluded.reference,
	customer_id = excluded.customer_id, customer_name = excluded.customer_name, customer_email = excluded.customer_email,
	customer_phone = excluded.customer_phone, country = excluded.country, authorized_at = excluded.authorized_at,
	captured_at = excluded.captured_at, canceled_at = excluded.canceled_at, dispute_status = excluded.dispute_status,
	has_tracking = excluded.has_tracking, synced_at = excluded.synced_at, search_text = excluded.search_text,
	cancellation_reason = excluded.cancellation_reason, last_error_code = excluded.last_error_code,
	last_error_message = excluded.last_error_message, balance_transaction = excluded.balance_transaction,
	description = excluded.description, shipping = excluded.shipping, charge_shipping = excluded.charge_shipping,
	billing = excluded.billing`

func asJSON(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs of strings
	}
	return string(text)
}
