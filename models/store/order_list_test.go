package store_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// TestPagesNeitherRepeatNorSkipWhileOrdersArrive walks down and up again. Orders that arrive between two pages, many of them in the
// same second as the last row shown, may appear or not; those that were there from the beginning appear exactly once, in order.
func TestPagesNeitherRepeatNorSkipWhileOrdersArrive(t *testing.T) {
	for _, search := range []string{"", "berta"} {
		t.Run("search "+search, func(t *testing.T) {
			ctx := context.Background()
			db := storetest.Open(t)
			random := rand.New(rand.NewPCG(3, 4))
			put := func(prefix string, n int) (ids []string) {
				var orders []models.Order
				for i := range n {
					o := models.Order{ID: fmt.Sprintf("pi_%s%d", prefix, i), Created: models.Unix(1000 + random.IntN(12)), CustomerName: "Berta"}
					orders, ids = append(orders, o), append(ids, o.ID)
				}
				storetest.PutOrders(t, db, orders...)
				return ids
			}
			first := put("first", 60)
			var down, up []models.Order
			query := store.OrderQuery{Tab: store.TabToCapture, Search: search, Sort: store.SortCreated, Limit: 7}
			var last store.OrderPage
			for n := 0; ; n++ {
				page, err := db.Reader.Orders(ctx, query)
				if err != nil {
					t.Fatal(err)
				}
				if (page.Prev == "") != (n == 0) {
					t.Errorf("page %d: prev = %q", n, page.Prev)
				}
				down, last = append(down, page.Orders...), page
				if page.Next == "" {
					break
				}
				query.After = page.Next
				put(fmt.Sprintf("later%d_", n), 3)
			}
			query.After, query.Before = "", last.Prev
			up = slices.Clone(last.Orders)
			for n := 0; query.Before != ""; n++ {
				page, err := db.Reader.Orders(ctx, query)
				if err != nil {
					t.Fatal(err)
				}
				up = append(slices.Clone(page.Orders), up...)
				query.Before = page.Prev
				put(fmt.Sprintf("evenlater%d_", n), 3)
			}
			for name, got := range map[string][]models.Order{"down": down, "up": up} {
				checkOnceAndInOrder(t, name, got, first)
			}
		})
	}
}

func checkOnceAndInOrder(t *testing.T, name string, got []models.Order, first []string) {
	t.Helper()
	seen := map[string]int{}
	for i, o := range got {
		seen[o.ID]++
		if i > 0 && (got[i-1].Created < o.Created || got[i-1].RowID <= o.RowID) {
			t.Errorf("%s: %s after %s is out of order", name, o.ID, got[i-1].ID)
		}
	}
	for id, n := range seen {
		if n > 1 {
			t.Errorf("%s: %s appears %d times", name, id, n)
		}
	}
	for _, id := range first {
		if seen[id] != 1 {
			t.Errorf("%s: %s appears %d times", name, id, seen[id])
		}
	}
}

func TestPageEnds(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	empty, err := db.Reader.Orders(ctx, store.OrderQuery{})
	if diff := cmp.Diff(store.OrderPage{Orders: []models.Order{}}, empty); diff != "" || err != nil {
		t.Errorf("empty list (-want +got):\n%s%v", diff, err)
	}
	for i := range 4 {
		storetest.PutOrders(t, db, models.Order{ID: fmt.Sprintf("pi_%d", i), Created: models.Unix(i)})
	}
	exact, err := db.Reader.Orders(ctx, store.OrderQuery{Limit: 4})
	if err != nil || len(exact.Orders) != 4 || exact.Next != "" || exact.Prev != "" {
		t.Errorf("one full page: %d orders, next %q, prev %q, %v", len(exact.Orders), exact.Next, exact.Prev, err)
	}
	if many, err := db.Reader.Orders(ctx, store.OrderQuery{Limit: 1 << 40}); err != nil || len(many.Orders) != 4 {
		t.Errorf("absurd limit: %v", err)
	}
}

func TestBadListQueries(t *testing.T) {
	db := storetest.Open(t)
	for _, tt := range []struct {
		query store.OrderQuery
		field string
	}{
		{store.OrderQuery{Tab: "paid"}, "tab"},
		{store.OrderQuery{Tab: "all'; drop table orders; --"}, "tab"},
		{store.OrderQuery{After: "1"}, "after"},
		{store.OrderQuery{After: "%%%"}, "after"},
		{store.OrderQuery{After: strings.Repeat("A", 100000)}, "after"},
		{store.OrderQuery{Before: "MS4"}, "before"},    // 1.
		{store.OrderQuery{Before: "LTEuMQ"}, "before"}, // -1.1
		{store.OrderQuery{After: "MS4xLjE"}, "after"},  // 1.1.1
		{store.OrderQuery{After: "AA", Search: "x"}, "after"},
	} {
		_, err := db.Reader.Orders(context.Background(), tt.query)
		var e *models.Error
		if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Field != tt.field {
			t.Errorf("%.60v: error = %v, want invalid %s", tt.query, err, tt.field)
		}
	}
}

// TestHotListsAreServedByAnIndex reads the plans of the named combinations, in both directions: one index, no scan, no sorting, and no
// row is looked at that is not shown.
func TestHotListsAreServedByAnIndex(t *testing.T) {
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1}, models.Order{ID: "pi_2", Created: 2, Currency: "SEK"})
	hot := map[string]store.OrderQuery{
		"country and created":  {Countries: []string{"DE", "SE"}, CreatedFrom: 1, CreatedTo: 9},
		"currency and created": {Currencies: []string{"EUR"}, CreatedFrom: 1},
		"reference":            {Reference: "NG-1"},
		"e-mail":               {Email: "a@b.example"},
		"customer":             {Search: "cus_123456"},
		"amount in a currency": {Sort: store.SortAmount, Currencies: []string{"EUR"}},
		"amount":               {Sort: store.SortAmount},
		"capture-by":           {Sort: store.SortCaptureBy},
	}
	for _, tab := range store.Tabs() {
		hot["tab "+string(tab)] = store.OrderQuery{Tab: tab}
	}
	for _, s := range []models.OrderStatus{"started", "failed", "authorized", "captured", "partly_captured", "canceled", "expired"} {
		hot["created and "+string(s)] = store.OrderQuery{Statuses: []models.OrderStatus{s}, CreatedFrom: 1}
		hot["capture-by and "+string(s)] = store.OrderQuery{Statuses: []models.OrderStatus{s}, Sort: store.SortCaptureBy, CaptureByFrom: 1 << 30, CaptureByTo: 1<<30 + 9}
	}
	for name, query := range hot {
		for _, up := range []bool{false, true} {
			query.Now = 1<<30 - 20*86400
			if up {
				query.Asc = !query.Asc
			}
			plans, err := db.Reader.PlansOf(t.Context(), query)
			if err != nil || len(plans) == 0 {
				t.Fatalf("%s: %d statements, %v", name, len(plans), err)
			}
			for _, p := range plans {
				plan := explain(t, db, p.Query, p.Args...)
				few := strings.Contains(p.Query, "authorized_at <= @lapsed") // what ran out without a word of Stripe may be sorted: it is little
				if p.Filter || !few && strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN o") || !strings.Contains(plan, "SEARCH o") {
					t.Errorf("%s: filter %t, %s\n%s", name, p.Filter, plan, p.Query)
				}
			}
		}
	}
	for name, query := range store.OwnerPlans() {
		if plan := explain(t, db, query, "1"); strings.Contains(plan, "SCAN") || strings.Contains(plan, "TEMP B-TREE") {
			t.Errorf("look-up of %s_: %s", name, plan)
		}
	}
}

func explain(t *testing.T, db *store.DB, query string, args ...any) string {
	t.Helper()
	rows, err := db.Reader.SQL().Query("explain query plan "+query, args...)
	if err != nil {
		t.Fatalf("%v\n%s", err, query)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return strings.Join(steps, " | ")
}
