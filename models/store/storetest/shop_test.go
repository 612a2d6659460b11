package storetest_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// The shares that the benchmarks build on hold, and the triggers counted what was written.
func TestShopIsWhatItSays(t *testing.T) {
	const orders = 20_000
	db := storetest.Open(t)
	if err := storetest.FillShop(t.Context(), db, orders, storetest.ShopNow()); err != nil {
		t.Fatal(err)
	}
	counts, err := db.Reader.OrderCounts(t.Context(), storetest.ShopNow())
	if err != nil {
		t.Fatal(err)
	}
	now := models.UnixOf(storetest.ShopNow())
	authorized, ending := `from orders where status = 'authorized'`, int64(now.Add(store.RunningOutWithin-models.AuthorizationValidity))
	for _, c := range []struct {
		what      string
		low, high float64 // percent of all orders
		query     string
		args      []any
	}{
		{"authorized", 3.5, 5, authorized, nil},
		{"running out", 0.7, 2, authorized + ` and authorized_at between ?1 - 604800 and ?1`, []any{ending}},
		{"lapsed", 0.01, 0.2, authorized + ` and authorized_at < ?1 - 604800`, []any{ending}},
		{"with tracking", 86, 91, `from orders where has_tracking = 1`, nil},
		{"without tracking", 1.5, 2.5, `from orders where status in ('captured', 'partly_captured') and has_tracking = 0`, nil},
		{"partly captured", 1.5, 2.5, `from orders where status = 'partly_captured'`, nil},
		{"expired", 1.5, 2.5, `from orders where status = 'expired'`, nil},
		{"canceled", 0.7, 1.3, `from orders where status = 'canceled'`, nil},
		{"unfinished", 0.2, 0.6, `from orders where status in ('started', 'failed')`, nil},
		{"automatic", 2, 3.5, `from orders where capture_method = 'automatic'`, nil},
		{"refunds", 4, 5.5, `from refunds join orders on orders.id = payment_intent_id`, nil},
		{"disputes", 0.4, 0.8, `from disputes join orders on orders.id = payment_intent_id and dispute_status = disputes.status`, nil},
	} {
		var n int
		if err := db.Reader.SQL().QueryRowContext(t.Context(), "select count(*) "+c.query, c.args...).Scan(&n); err != nil {
			t.Fatalf("%s: %v", c.what, err)
		}
		if share := float64(n) * 100 / orders; share < c.low || share > c.high {
			t.Errorf("%s: %.2f %%, want %.2f to %.2f", c.what, share, c.low, c.high)
		}
	}
	if counts[store.TabAll] != orders {
		t.Errorf("%d are counted", counts[store.TabAll])
	}
}

func TestShopIsTheSameEachTime(t *testing.T) {
	now := storetest.ShopNow()
	seen := map[string]int{}
	countries, currencies := map[string]bool{}, map[string]bool{}
	for n := 1; n <= 3000; n++ {
		o, refund, dispute := storetest.ShopOrder(n, 3000, now)
		again, refundAgain, disputeAgain := storetest.ShopOrder(n, 3000, now)
		if diff := cmp.Diff([]any{o, refund, dispute}, []any{again, refundAgain, disputeAgain}); diff != "" {
			t.Fatalf("order %d: %s", n, diff)
		}
		if before := seen[o.ID]; before != 0 {
			t.Fatalf("orders %d and %d have one id", before, n)
		}
		seen[o.ID] = n
		countries[o.Country], currencies[o.Currency] = true, true
		if o.Billing.City == "" || o.Billing.PostalCode == "" || o.Created > models.UnixOf(now) || o.CapturedAt > models.UnixOf(now) {
			t.Fatalf("order %d: %+v", n, o)
		}
	}
	if len(countries) != 15 || len(currencies) != 8 {
		t.Errorf("%d countries, %d currencies", len(countries), len(currencies))
	}
}

// BenchmarkFillShop is how fast a shop is made.
func BenchmarkFillShop(b *testing.B) {
	db := storetest.Open(b)
	b.ResetTimer()
	if err := storetest.FillShop(context.Background(), db, b.N, storetest.ShopNow()); err != nil {
		b.Fatal(err)
	}
}
