package store_test

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

const (
	day   = 24 * 3600
	today = models.Unix(400 * day)
)

// TestQueriesFindWhatTheirWordsSay makes orders and queries at random and compares every page, down and up, with the conditions as they are
// written here, looked at order by order.
func TestQueriesFindWhatTheirWordsSay(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	db, orders := randomShop(t, random)
	db.Reader.BoundWalks(20_000, time.Hour)
	found, rounds := 0, 200
	if raceDetector {
		rounds = 20 // each takes twenty times as long, and nothing runs at the same time
	}
	for round := range rounds {
		query := randomQuery(random)
		want := expected(orders, query)
		found += len(want)
		name := fmt.Sprintf("round %d: %+v", round, query)
		if got := pages(t, db, query, false); !slices.Equal(got, want) {
			t.Fatalf("%s\ndown: %s", name, gocmp.Diff(want, got))
		}
		if got := pages(t, db, query, true); !slices.Equal(got, want) {
			t.Fatalf("%s\nup: %s", name, gocmp.Diff(want, got))
		}
		if n, exact, err := db.Reader.CountOrders(t.Context(), query, 1000); n != int64(len(want)) || !exact || err != nil {
			t.Fatalf("%s\ncount: %d %t %v, want %d", name, n, exact, err, len(want))
		}
		var each []string
		err := db.Reader.EachOrder(t.Context(), query, func(o models.Order) error { each = append(each, o.ID); return nil })
		if err != nil || !slices.Equal(each, want) {
			t.Fatalf("%s\neach: %v\n%s", name, err, gocmp.Diff(want, each))
		}
	}
	if found < 10*rounds {
		t.Errorf("the queries found %d orders in all: too few to mean anything", found)
	}
}

// TestPagesThatAreCutLoseNothing has each page give up as early as it may: by rows, and by time. Each one gets further all the same, and
// together they are the whole list, down and up.
func TestPagesThatAreCutLoseNothing(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	db, orders := randomShop(t, random)
	rounds := 40
	if raceDetector {
		rounds = 4 // each takes twenty times as long, and nothing runs at the same time
	}
	for _, bound := range []struct {
		rows   int
		within time.Duration
	}{{1, time.Hour}, {300, time.Hour}, {20_000, -1}} {
		db.Reader.BoundWalks(bound.rows, bound.within)
		for range rounds {
			query := randomQuery(random)
			want := expected(orders, query)
			for _, up := range []bool{false, true} {
				if got := pages(t, db, query, up); !slices.Equal(got, want) {
					t.Fatalf("%+v\nup %t: %+v\n%s", bound, up, query, gocmp.Diff(want, got))
				}
			}
		}
	}
}

// randomShop is a database of orders, and these orders with the rowids that they have there.
func randomShop(t *testing.T, random *rand.Rand) (*store.DB, []models.Order) {
	t.Helper()
	db := storetest.Open(t)
	orders := randomOrders(random, 700)
	storetest.PutOrders(t, db, orders...)
	rows := map[string]int64{}
	if err := db.Reader.EachOrder(t.Context(), store.OrderQuery{Now: today}, func(o models.Order) error { rows[o.ID] = o.RowID; return nil }); err != nil {
		t.Fatal(err)
	}
	for i, o := range orders {
		orders[i].RowID = rows[o.ID]
	}
	return db, orders
}

func randomOrders(random *rand.Rand, n int) []models.Order {
	pick := func(of ...string) string { return of[random.IntN(len(of))] }
	orders := make([]models.Order, n)
	for i := range orders {
		created := today - models.Unix(random.IntN(60*day))
		o := models.Order{
			ID: fmt.Sprintf("pi_%04d", i), Created: created, Currency: pick("EUR", "EUR", "SEK", "JPY", "BHD"), Country: pick("DE", "SE", "", "NO"),
			Status:           models.OrderStatus(pick("started", "failed", "authorized", "authorized", "captured", "captured", "partly_captured", "canceled", "expired")),
			AmountAuthorized: int64(random.IntN(40)) * 1000, KlarnaCategory: pick("pay_later", "pay_now", ""), CaptureMethod: pick("manual", "manual", "automatic", "automatic_async"),
			DisputeStatus: pick("", "", "", "won", "needs_response"), AmountRefunded: int64(max(0, random.IntN(5)-3)), HasTracking: random.IntN(2) == 0,
			Reference: pick("NG-1", "NG-2", ""), CustomerName: pick("Jörg Müller", "Anna Berg", "Zoë Ångström"), CustomerEmail: pick("Jm@Example.de", "anna@berg.example", ""),
		}
		if o.Status != models.StatusStarted && random.IntN(15) > 0 {
			o.AuthorizedAt = o.Created + models.Unix(random.IntN(600))
		}
		orders[i] = o
	}
	return orders
}

func randomQuery(random *rand.Rand) store.OrderQuery {
	some := func(one int) bool { return random.IntN(one) == 0 }
	q := store.OrderQuery{Now: today, Limit: 1 + random.IntN(40)}
	if some(2) {
		q.Tab = store.Tabs()[random.IntN(len(store.Tabs()))]
	}
	if some(2) {
		q.Sort, q.Asc = []store.Sort{store.SortCreated, store.SortCaptureBy, store.SortAmount}[random.IntN(3)], some(2)
	}
	if some(4) {
		all := []models.OrderStatus{"started", "failed", "authorized", "captured", "partly_captured", "canceled", "expired"}
		random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		q.Statuses = all[:1+random.IntN(3)]
	}
	if some(5) {
		q.Currencies = [][]string{{"EUR"}, {"SEK", "JPY"}}[random.IntN(2)]
	}
	if some(5) {
		q.Countries = [][]string{{"DE"}, {"SE", "NO"}}[random.IntN(2)]
	}
	if some(6) {
		q.Categories = []string{"pay_later"}
	}
	if some(6) {
		q.CaptureMethod = []string{"manual", "automatic"}[random.IntN(2)]
	}
	if some(6) {
		yes := some(2)
		q.Tracking = &yes
	}
	if some(8) {
		q.Reference = "NG-1"
	}
	if some(8) {
		q.Email = "jm@example.DE"
	}
	if some(6) {
		q.Search = []string{"müller", "ANG", "jorg mul", "berg"}[random.IntN(4)]
	}
	if some(5) {
		q.CreatedFrom = today - models.Unix(random.IntN(60*day))
	}
	if some(5) {
		q.CreatedTo = today - models.Unix(random.IntN(30*day))
	}
	if some(5) {
		q.CaptureByFrom = today + models.Unix(random.IntN(56*day)-28*day)
	}
	if some(5) {
		q.CaptureByTo = today + models.Unix(random.IntN(56*day)-28*day)
	}
	if some(6) {
		least := int64(random.IntN(200_000))
		q.AmountMin = &least
	}
	if some(6) {
		most := int64(random.IntN(40_000_000))
		q.AmountMax = &most
	}
	return q
}

// pages walks all pages of a query, from the first to the last, or back again.
func pages(t *testing.T, db *store.DB, query store.OrderQuery, up bool) []string {
	t.Helper()
	var all []string
	var page store.OrderPage
	var err error
	for n := 0; ; n++ {
		if page, err = db.Reader.Orders(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		all = append(all, ids(page)...)
		if page.Next == "" {
			break
		}
		if n > 3000 {
			t.Fatalf("no end of %+v", query)
		}
		query.After = page.Next
	}
	if !up {
		return all
	}
	all = ids(page)
	for page.Prev != "" {
		query.After, query.Before = "", page.Prev
		if page, err = db.Reader.Orders(t.Context(), query); err != nil {
			t.Fatal(err)
		}
		all = append(slices.Clone(ids(page)), all...)
	}
	return all
}

func expected(orders []models.Order, q store.OrderQuery) []string {
	var fit []models.Order
	for _, o := range orders {
		if onTab(o, q.Tab) && fits(o, q) {
			fit = append(fit, o)
		}
	}
	slices.SortFunc(fit, func(a, b models.Order) int { return compareOrders(a, b, q) })
	var all []string
	for _, o := range fit {
		all = append(all, o.ID)
	}
	return all
}

// status is an order's status at today: an authorization of 28 days has ended, whether Stripe has told so or not.
func status(o models.Order) models.OrderStatus {
	if o.Status == models.StatusAuthorized && o.AuthorizedAt > 0 && o.AuthorizedAt <= today-28*day {
		return models.StatusExpired
	}
	return o.Status
}

func onTab(o models.Order, tab store.Tab) bool {
	switch tab {
	case store.TabToCapture:
		return status(o) == models.StatusAuthorized
	case store.TabRunningOut:
		return status(o) == models.StatusAuthorized && o.AuthorizedAt > 0 && o.AuthorizedAt <= today-21*day
	case store.TabCaptured:
		return o.IsCaptured()
	case store.TabNoTracking:
		return o.IsCaptured() && !o.HasTracking
	case store.TabDisputed:
		return o.DisputeStatus != ""
	case store.TabRefunded:
		return o.AmountRefunded > 0
	case store.TabExpired:
		return status(o) == models.StatusExpired
	}
	return true
}

func fits(o models.Order, q store.OrderQuery) bool {
	in := func(list []string, v string) bool { return len(list) == 0 || slices.Contains(list, v) }
	exponent, _ := money.Exponent(o.Currency)
	thousandths := o.AmountAuthorized * []int64{1000, 100, 10, 1}[exponent]
	captureBy := o.AuthorizedAt + 28*day
	for _, word := range strings.Fields(store.Fold(q.Search)) {
		if !strings.Contains(store.SearchText(o.CustomerName, o.CustomerEmail, o.Reference), word) {
			return false
		}
	}
	return (len(q.Statuses) == 0 || slices.Contains(q.Statuses, status(o))) && in(q.Currencies, o.Currency) && in(q.Countries, o.Country) &&
		in(q.Categories, o.KlarnaCategory) && (q.CaptureMethod == "" || strings.TrimSuffix(o.CaptureMethod, "_async") == q.CaptureMethod) &&
		(q.Tracking == nil || *q.Tracking == o.HasTracking) && (q.Reference == "" || q.Reference == o.Reference) &&
		(q.Email == "" || strings.EqualFold(q.Email, o.CustomerEmail)) && (q.CreatedFrom == 0 || o.Created >= q.CreatedFrom) &&
		(q.CreatedTo == 0 || o.Created < q.CreatedTo) && (q.CaptureByFrom == 0 || o.AuthorizedAt > 0 && captureBy >= q.CaptureByFrom) &&
		(q.CaptureByTo == 0 || o.AuthorizedAt > 0 && captureBy < q.CaptureByTo) && (q.AmountMin == nil || thousandths >= *q.AmountMin) &&
		(q.AmountMax == nil || thousandths <= *q.AmountMax)
}

func compareOrders(a, b models.Order, q store.OrderQuery) int {
	sort, asc := q.Sort, q.Asc
	if sort == "" {
		sort = store.SortCreated
		if q.Search == "" && (q.Tab == store.TabToCapture || q.Tab == store.TabRunningOut) {
			sort, asc = store.SortCaptureBy, true
		}
		if q.Search == "" && q.Tab == store.TabExpired {
			sort = store.SortCaptureBy
		}
	}
	if q.Reference != "" || q.Email != "" {
		sort = store.SortCreated
	}
	c := cmp.Compare(a.RowID, b.RowID)
	switch sort {
	case store.SortCaptureBy:
		c = cmp.Or(cmp.Compare(a.AuthorizedAt, b.AuthorizedAt), c)
	case store.SortAmount:
		c = cmp.Or(cmp.Compare(a.Currency, b.Currency), cmp.Compare(a.AmountAuthorized, b.AmountAuthorized), c)
	}
	if asc {
		return c
	}
	return -c
}
