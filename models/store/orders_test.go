package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func TestOrderRoundTrip(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	address := models.Address{Line1: "Straße 1", PostalCode: "10115", City: "Berlin", Country: "DE"}
	want := models.Order{
		ID: "pi_1", ChargeID: "py_1", Status: models.StatusPartlyCaptured, PaymentStatus: "succeeded", Currency: "SEK",
		AmountAuthorized: 10000, AmountCapturable: 1, AmountCaptured: 9000, AmountRefunded: 500, CaptureMethod: "manual",
		KlarnaCategory: "pay_later", PreferredLocale: "sv-SE", Reference: "R1", Description: "d", CustomerID: "cus_1",
		CustomerName: "Åsa", CustomerEmail: "asa@example.com", CustomerPhone: "+46", Country: "SE", Created: 100, AuthorizedAt: 101,
		CapturedAt: 102, CanceledAt: 103, CancellationReason: "automatic", LastErrorCode: "c", LastErrorMessage: "m",
		BalanceTransaction: "txn_1", DisputeStatus: "lost", Shipping: models.Shipping{Name: "Åsa", Address: address, Carrier: "DHL", TrackingNumber: "1"},
		ChargeShipping: models.Shipping{Phone: "1"}, Billing: address, HasTracking: true, SearchText: "asa", SyncedAt: 104,
	}
	storetest.PutOrders(t, db, want)
	got, err := db.Reader.Order(ctx, "pi_1")
	if err != nil {
		t.Fatal(err)
	}
	want.RowID = 100 << 20
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("order (-want +got):\n%s", diff)
	}
	byID, err := db.Reader.OrdersByID(ctx, "pi_1", "pi_none")
	if diff := cmp.Diff(map[string]models.Order{"pi_1": want}, byID); diff != "" || err != nil {
		t.Errorf("by id (-want +got):\n%s%v", diff, err)
	}
	page, err := db.Reader.Orders(ctx, store.OrderQuery{})
	if err != nil {
		t.Fatal(err)
	}
	row := want // without what no list shows
	row.PreferredLocale, row.Description, row.CustomerPhone, row.CancellationReason, row.LastErrorCode, row.LastErrorMessage = "", "", "", "", "", ""
	row.BalanceTransaction, row.SearchText, row.Shipping, row.ChargeShipping, row.Billing = "", "", models.Shipping{}, models.Shipping{}, models.Address{}
	if diff := cmp.Diff([]models.Order{row}, page.Orders); diff != "" {
		t.Errorf("list row (-want +got):\n%s", diff)
	}
}

func TestOrderRowIDComesFromCreated(t *testing.T) {
	db := storetest.Open(t)
	insert := func(rowid any) error {
		return db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
			_, err := tx.SQL().Exec("insert into orders (rowid, id, status, currency, created) values (?, 'pi_x', 'started', 'EUR', 77)", rowid)
			return err
		})
	}
	for _, rowid := range []any{nil, 77, 76 << 20, 78 << 20} {
		if insert(rowid) == nil {
			t.Errorf("rowid %v was taken: search would answer out of order", rowid)
		}
	}
	if err := insert(77 << 20); err != nil {
		t.Error(err)
	}
}

func TestNewOrderRowIDCountsWithinTheSecond(t *testing.T) {
	db := storetest.Open(t)
	var got []int64
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for i, created := range []int64{9, 8, 9, 9, 8, 0} {
			var rowid int64
			row := tx.SQL().QueryRow("insert into orders (rowid, id, status, currency, created) values ("+store.NewOrderRowID("?2")+
				", ?1, 'started', 'EUR', ?2) returning rowid", fmt.Sprint("pi_", i), created)
			if err := row.Scan(&rowid); err != nil {
				return err
			}
			got = append(got, rowid)
		}
		return nil
	})
	if diff := cmp.Diff([]int64{9 << 20, 8 << 20, 9<<20 + 1, 9<<20 + 2, 8<<20 + 1, 0}, got); diff != "" {
		t.Errorf("rowids (-want +got):\n%s", diff)
	}
}

// TestCountsAreExact compares the counts that the triggers keep with counted rows while orders change at random.
func TestCountsAreExact(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	random := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	for round := range 40 {
		storetest.Tx(t, db, func(tx *store.Tx) error {
			for range 10 {
				if random.IntN(4) == 0 {
					if _, err := tx.SQL().Exec("delete from orders where id = ?", fmt.Sprintf("pi_%d", random.IntN(30))); err != nil {
						return err
					}
				}
			}
			return nil
		})
		var orders []models.Order
		for range 10 {
			id := random.IntN(30)
			orders = append(orders, models.Order{
				ID: fmt.Sprintf("pi_%d", id), Created: models.Unix(id),
				Status:        models.OrderStatus(pick("started", "failed", "authorized", "captured", "partly_captured", "canceled", "expired")),
				DisputeStatus: pick("", "", "needs_response", "won"), HasTracking: random.IntN(2) == 0, AmountRefunded: int64(random.IntN(3)),
				CustomerName: pick("Anna", "Bert"),
			})
		}
		storetest.PutOrders(t, db, orders...)
		got, err := db.Reader.OrderCounts(ctx, time.Unix(0, 0))
		if err != nil {
			t.Fatal(err)
		}
		want := countRows(t, db)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("round %d: counts (-want +got):\n%s", round, diff)
		}
		for tab, n := range want {
			page, err := db.Reader.Orders(ctx, store.OrderQuery{Tab: tab})
			if err != nil || int64(len(page.Orders)) != n {
				t.Fatalf("round %d: tab %s lists %d orders, counts %d (%v)", round, tab, len(page.Orders), n, err)
			}
		}
	}
}

// countRows counts the orders of each tab in Go, by the meaning of the tab.
func countRows(t *testing.T, db *store.DB) map[store.Tab]int64 {
	t.Helper()
	rows, err := db.Reader.SQL().Query("select status, has_tracking, dispute_status, amount_refunded from orders")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	n := map[store.Tab]int64{}
	for _, tab := range store.Tabs() {
		n[tab] = 0
	}
	for rows.Next() {
		var o models.Order
		if err := rows.Scan(&o.Status, &o.HasTracking, &o.DisputeStatus, &o.AmountRefunded); err != nil {
			t.Fatal(err)
		}
		for tab, on := range map[store.Tab]bool{
			store.TabAll:        true,
			store.TabToCapture:  o.Status == models.StatusAuthorized,
			store.TabCaptured:   o.IsCaptured(),
			store.TabNoTracking: o.IsCaptured() && !o.HasTracking,
			store.TabDisputed:   o.DisputeStatus != "",
			store.TabRefunded:   o.AmountRefunded > 0,
			store.TabExpired:    o.Status == models.StatusExpired,
			store.TabRunningOut: false, // nothing here has a date
		} {
			if on {
				n[tab]++
			}
		}
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestRunningOut(t *testing.T) {
	day := models.Unix(86400)
	now := time.Unix(100*86400, 0).UTC()
	at := func(age models.Unix) models.Unix { return models.UnixOf(now) - age }
	db := storetest.Open(t)
	authorized := func(id, currency string, age models.Unix, amount int64) models.Order {
		return models.Order{ID: id, Created: 1, Currency: currency, AuthorizedAt: at(age), AmountCapturable: amount}
	}
	storetest.PutOrders(t, db,
		authorized("pi_over", "EUR", 28*day, 1),
		authorized("pi_last_second", "EUR", 28*day-1, 100),
		authorized("pi_soon", "EUR", 26*day, 20),
		authorized("pi_edge", "EUR", 25*day, 3),
		authorized("pi_later", "EUR", 25*day-1, 1000),
		authorized("pi_sek", "SEK", 27*day, 7),
		models.Order{ID: "pi_captured", Created: 1, Status: models.StatusCaptured, AuthorizedAt: at(27 * day), AmountCapturable: 5},
		models.Order{ID: "pi_started", Created: 1, Status: models.StatusStarted},
	)
	got, err := db.Reader.RunningOut(context.Background(), now, 3*24*time.Hour)
	want := []store.Sum{
		{Count: 3, Amount: money.Amount{Minor: 123, Currency: "EUR"}},
		{Count: 1, Amount: money.Amount{Minor: 7, Currency: "SEK"}},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("running out (-want +got):\n%s%v", diff, err)
	}
}
