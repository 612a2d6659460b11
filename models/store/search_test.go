package store_test

import (
	"context"
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

func TestFold(t *testing.T) {
	tests := map[string]string{
		"":            "",
		"Jörg Weiß":   "jorg weiss",
		"JÖRG WEISS":  "jorg weiss",
		"Jo\u0308rg":  "jorg",
		"Łukasz Żółć": "lukasz zolc",
		"Søren Ærø Đặng Þór Ðæ Œuvre Ħ": "soren aero dang thor dae oeuvre h",
		"İstanbul ISPARTA ığdır":        "istanbul isparta igdir",
		"ﬁne Ⅳ ①":                       "fine iv 1",
		"  a\t\n b\x00c \u00a0 ":        "a b c",
		"bad \xff\xfe utf":              "bad utf",
		"Ångström ÇĞŞ ñ":                "angstrom cgs n",
		"Ελλάδα Привет":                 "ελλαδα привет",
		"😀 100%_\\":                     "😀 100%_\\",
	}
	for in, want := range tests {
		if got := store.Fold(in); got != want {
			t.Errorf("Fold(%q) = %q, want %q", in, got, want)
		}
	}
	for in := range tests {
		if once := store.Fold(in); store.Fold(once) != once {
			t.Errorf("Fold is not settled for %q", in)
		}
	}
}

func TestSearch(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db,
		models.Order{ID: "pi_jorg00", ChargeID: "py_jorg00", CustomerID: "cus_jorg00", Created: 1, CustomerName: "Jörg Weißmüller", CustomerEmail: "Joerg.W@Example.DE", Reference: "A-1001"},
		models.Order{ID: "pi_soren0", CustomerID: "cus_jorg00", Created: 2, CustomerName: "Søren Ærø", CustomerEmail: "soren@example.dk", Reference: "42", Status: models.StatusCaptured},
		models.Order{ID: "pi_percent", Created: 3, CustomerName: "100% Wolle_GmbH", CustomerEmail: `quo"te@example.de`, Reference: "B*7"},
		models.Order{ID: "pi_emoji0", Created: 4, CustomerName: "Ana 😀😀😀 Łęcka", CustomerEmail: "", Reference: "NEAR AND OR"},
		models.Order{ID: "pi_abxbca", Created: 5, CustomerName: "abxbca abcab xabx"},
		models.Order{ID: "pi_nameless", Created: 6},
	)
	tests := []struct {
		search string
		tab    store.Tab
		want   []string
		short  bool
	}{
		{search: "weissmuller", want: []string{"pi_jorg00"}},
		{search: "WEIẞMÜLLER", want: []string{"pi_jorg00"}},
		{search: "ßmü", want: []string{"pi_jorg00"}},
		{search: "jörg a-1001", want: []string{"pi_jorg00"}},
		{search: "jörg a-1002"},
		{search: "example", want: []string{"pi_percent", "pi_soren0", "pi_jorg00"}},
		{search: "example", tab: store.TabToCapture, want: []string{"pi_percent", "pi_jorg00"}},
		{search: "example", tab: store.TabCaptured, want: []string{"pi_soren0"}},
		{search: "example", tab: store.TabDisputed},
		{search: "joerg.w@example.de", want: []string{"pi_jorg00"}},
		{search: "aero", want: []string{"pi_soren0"}},
		{search: "lecka", want: []string{"pi_emoji0"}},
		{search: "😀😀😀", want: []string{"pi_emoji0"}},
		{search: "0% w", want: []string{}, short: true},
		{search: "100%", want: []string{"pi_percent"}},
		{search: "%%%"},
		{search: "___"},
		{search: "wolle_gmbh", want: []string{"pi_percent"}},
		{search: "wolleXgmbh"},
		{search: `quo"te`, want: []string{"pi_percent"}},
		{search: "near and", want: []string{"pi_emoji0"}},
		{search: "NEAR(a b)"},
		{search: "abxabc", want: nil}, // has all its three-letter groups somewhere, but not in a row
		{search: "jo", short: true},
		{search: "42", want: []string{"pi_soren0"}, short: true},
		{search: " 42 ", want: []string{"pi_soren0"}, short: true},
		{search: "B*", short: true},
		{search: "jörg we", want: []string{"pi_jorg00"}},
		{search: "jörg xx"},
		{search: "pi_jorg00", want: []string{"pi_jorg00"}},
		{search: "pi_jorg00", tab: store.TabCaptured, want: []string{"pi_jorg00"}}, // an id is found whatever the tab
		{search: "py_jorg00", want: []string{"pi_jorg00"}},
		{search: "cus_jorg00", want: []string{"pi_soren0", "pi_jorg00"}},
		{search: "pi_nobody"},
		{search: "   ", want: []string{"pi_nameless", "pi_abxbca", "pi_emoji0", "pi_percent", "pi_soren0", "pi_jorg00"}},
	}
	for _, tt := range tests {
		t.Run(tt.search+" "+string(tt.tab), func(t *testing.T) {
			page, err := db.Reader.Orders(ctx, store.OrderQuery{Search: tt.search, Tab: tt.tab})
			if err != nil {
				t.Fatal(err)
			}
			if got := ids(page); !slices.Equal(got, tt.want) {
				t.Errorf("found %v, want %v", got, tt.want)
			}
			if page.TooShort != tt.short {
				t.Errorf("too short = %v", page.TooShort)
			}
		})
	}
}

func ids(page store.OrderPage) []string {
	var all []string
	for _, o := range page.Orders {
		all = append(all, o.ID)
	}
	return all
}

func TestSearchBearsAnything(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1, CustomerName: "Anna"})
	garbage := []string{
		`"`, `""`, `'`, `'''`, `"""""`, "*", "***", "a*b*c", "^abc", "abc NOT def", "NEAR(abc def, 5)", "search_text:abc", "{a b}: c", "-abc", "+abc+",
		"(", "((((", ")))", "abc AND", "AND AND AND", "\x00", "ab\x00cd", "\xff\xfe\xfd", "\\", "%", "_", "😀", "👨‍👩‍👧‍👦 family", "\u200b\u200b\u200b", "\u202eabc",
		strings.Repeat("a", 100000), strings.Repeat("abc ", 50000), strings.Repeat("äöü", 30000), strings.Repeat("\u0300", 50000), "a\u0300\u0300\u0300", "pi_", "pi_'; drop", "cus_" + strings.Repeat("x", 5000),
		"evt_000000", "po_000000", "txn_00000", "sk_test_123456",
	}
	random := rand.New(rand.NewPCG(5, 6))
	letters := []rune("ab\"'*()^:-+ \x00%_\\äß😀ANDORNEAR")
	for range 300 {
		var b strings.Builder
		for range random.IntN(12) {
			b.WriteRune(letters[random.IntN(len(letters))])
		}
		garbage = append(garbage, b.String())
	}
	for _, g := range garbage {
		for _, tab := range []store.Tab{store.TabAll, store.TabToCapture} {
			if _, err := db.Reader.Orders(ctx, store.OrderQuery{Search: g, Tab: tab}); err != nil {
				t.Errorf("search %.40q on %s: %v", g, tab, err)
			}
		}
	}
}

// TestSearchFollowsTheText changes and deletes orders and looks for the old text and the new.
func TestSearchFollowsTheText(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	find := func(text string) []string {
		page, err := db.Reader.Orders(ctx, store.OrderQuery{Search: text})
		if err != nil {
			t.Fatal(err)
		}
		return ids(page)
	}
	order := models.Order{ID: "pi_1", Created: 5, CustomerName: "Anna Alt"}
	storetest.PutOrders(t, db, models.Order{ID: "pi_0", Created: 4}, order) // pi_0 has no text at all
	order.CustomerName = "Berta Neu"
	storetest.PutOrders(t, db, order)
	storetest.PutOrders(t, db, models.Order{ID: "pi_0", Created: 4, CustomerName: "Anna Late"})
	for text, want := range map[string][]string{"anna": {"pi_0"}, "berta": {"pi_1"}, "alt": nil} {
		if got := find(text); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	storetest.Tx(t, db, func(tx *store.Tx) error { // more than once in a transaction, there and back again
		_, err := tx.SQL().Exec(`update orders set search_text = 'carla' where id = 'pi_0'; update orders set search_text = 'dora' where id = 'pi_0';
			insert into orders (rowid, id, status, currency, created, search_text) values (6 << 20, 'pi_2', 'captured', 'EUR', 6, 'emma'), (7 << 20, 'pi_3', 'captured', 'EUR', 7, 'frida');
			update orders set search_text = 'gerda' where id = 'pi_2'; delete from orders where id = 'pi_3'`)
		return err
	})
	for text, want := range map[string][]string{"anna": nil, "carla": nil, "dora": {"pi_0"}, "emma": nil, "frida": nil, "gerda": {"pi_2"}} {
		if got := find(text); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", text, got, want)
		}
	}
	order.SearchText, order.CustomerName = " ", ""
	storetest.PutOrders(t, db, order)
	storetest.Tx(t, db, func(tx *store.Tx) error { _, err := tx.SQL().Exec("delete from orders where id = 'pi_0'"); return err })
	for _, text := range []string{"berta", "anna", "dora"} {
		if got := find(text); got != nil {
			t.Errorf("%s: %v, want nothing", text, got)
		}
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec("insert into order_search (order_search) values ('integrity-check')")
		return err
	})
}

// TestSearchOfAFrequentWordOnARareTab has more matches than are looked at one by one.
func TestSearchOfAFrequentWordOnARareTab(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec(`insert into orders (rowid, id, status, currency, created, search_text, dispute_status)
			with recursive n(i) as (select 1 union all select i + 1 from n where i < 6000)
			select i << 20, 'pi_' || i, 'captured', 'EUR', i, 'anna ' || i || '@example.com', case when i % 1000 = 0 then 'won' else '' end from n`)
		return err
	})
	page, err := db.Reader.Orders(ctx, store.OrderQuery{Search: "example", Tab: store.TabDisputed, Limit: 4})
	if diff := cmp.Diff([]string{"pi_6000", "pi_5000", "pi_4000", "pi_3000"}, ids(page)); diff != "" || err != nil {
		t.Errorf("first page (-want +got):\n%s%v", diff, err)
	}
	page, err = db.Reader.Orders(ctx, store.OrderQuery{Search: "example", Tab: store.TabDisputed, Limit: 4, After: page.Next})
	if diff := cmp.Diff([]string{"pi_2000", "pi_1000"}, ids(page)); diff != "" || err != nil {
		t.Errorf("second page (-want +got):\n%s%v", diff, err)
	}
}

func TestMatchExpression(t *testing.T) {
	tests := map[string]string{
		"jo":        "",
		"anna":      `"ann" AND "nna"`,
		"anna nna":  `"ann" AND "nna"`,
		`a"b"c`:     `"a""b" AND """b""" AND "b""c"`,
		"äöü straß": `"aou" AND "str" AND "tra" AND "ras" AND "ass"`,
	}
	for in, want := range tests {
		if got := store.MatchExpression(store.SearchTerms(in)); got != want {
			t.Errorf("%s: %s, want %s", in, got, want)
		}
	}
}

func TestOrderIDFor(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db,
		models.Order{ID: "pi_order1", ChargeID: "py_order1", CustomerID: "cus_order1", Created: 1},
		models.Order{ID: "pi_order2", ChargeID: "ch_order2", CustomerID: "cus_order1", Created: 2})
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec(`
			insert into refunds (id, charge_id, payment_intent_id, amount, currency, created) values
				('pyr_refund', 'py_order1', 'pi_order1', 1, 'EUR', 1), ('re_bycharge', 'py_order1', '', 1, 'EUR', 1), ('re_of_card0', '', 'pi_of_card0', 1, 'EUR', 1);
			insert into disputes (id, charge_id, payment_intent_id, amount, currency, created) values
				('du_dispute', 'py_order1', 'pi_order1', 1, 'EUR', 1), ('dp_bycharge', 'ch_order2', '', 1, 'EUR', 1), ('du_orphan', '', '', 1, 'EUR', 1);
			insert into balance_transactions (id, amount, currency, source_id, created) values
				('txn_charge', 1, 'EUR', 'py_order1', 1), ('txn_refund', 1, 'EUR', 're_bycharge', 1), ('txn_payout', 1, 'EUR', 'po_payout', 1),
				('txn_itself', 1, 'EUR', 'txn_itself', 1), ('txn_nosource', 1, 'EUR', '', 1);
			insert into payouts (id, amount, currency, created) values ('po_payout', 1, 'EUR', 1);
			insert into stripe_events (id, type, object_id, order_id, created, received, state, payload) values
				('evt_order1', 'x', 'py_order1', 'pi_order1', 1, 1, 'applied', x''), ('evt_payout', 'x', 'po_payout', '', 1, 1, 'applied', x'');
			insert into stripe_objects (id, kind, order_id) values ('py_earlier', 'charge', 'pi_order2');`)
		return err
	})
	tests := map[string]store.Target{
		"pi_order1":   {OrderID: "pi_order1"},
		"py_order1":   {OrderID: "pi_order1"},
		"ch_order2":   {OrderID: "pi_order2"},
		"py_earlier":  {OrderID: "pi_order2"},
		"pyr_refund":  {OrderID: "pi_order1"},
		"re_bycharge": {OrderID: "pi_order1"},
		"du_dispute":  {OrderID: "pi_order1"},
		"dp_bycharge": {OrderID: "pi_order2"},
		"txn_charge":  {OrderID: "pi_order1"},
		"txn_refund":  {OrderID: "pi_order1"},
		"txn_payout":  {PayoutID: "po_payout"},
		"cus_order1":  {OrderID: "pi_order2"},
		"evt_order1":  {OrderID: "pi_order1"},
		"evt_payout":  {PayoutID: "po_payout"},
		"po_payout":   {PayoutID: "po_payout"},
	}
	for id, want := range tests {
		got, err := db.Reader.OrderIDFor(ctx, id)
		if err != nil || got != want {
			t.Errorf("%s: %+v, %v, want %+v", id, got, err, want)
		}
		if !store.IsStripeID(id) {
			t.Errorf("%s is a Stripe id", id)
		}
	}
	for _, id := range []string{"", "pi", "pi_", "pi_nobody", "re_of_card0", "du_orphan", "txn_itself", "txn_nosource", "sk_live_1", "po_none", "evt_none", "' or 1=1", "pi_order1 "} {
		if got, err := db.Reader.OrderIDFor(ctx, id); !models.IsKind(err, models.KindNotFound) {
			t.Errorf("%q: %+v, %v, want not found", id, got, err)
		}
	}
	for _, text := range []string{"", "pi_", "pi_x", "anna", "pi_order 1", "pi_order1'", "xx_123456", fmt.Sprint("pi_", "ordér1")} {
		if store.IsStripeID(text) {
			t.Errorf("%q is no Stripe id", text)
		}
	}
}
