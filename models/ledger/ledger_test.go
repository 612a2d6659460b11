package ledger_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/ledger"
	"counterfoil/models/settlements"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// world is a generated account: what Stripe would tell of it, in pieces that may come in any order and more than once.
type world struct {
	rows     []models.BalanceTransaction
	orders   []models.Order
	refunds  []models.Refund
	disputes []models.Dispute
	payouts  []models.Payout
}

const begin = models.Unix(1_767_225_600) // 2026-01-01 UTC

// makeWorld books a year: every category, both signs, zero-, two- and three-decimal currencies, exchanged ones, rows without an order.
func makeWorld(dice *rand.Rand, size int) *world {
	w := &world{}
	for i := range size {
		currency := []string{"EUR", "SEK", "JPY", "BHD"}[dice.IntN(4)]
		at := begin.Add(time.Duration(dice.Int64N(365*24*3600)) * time.Second)
		amount := 100 + dice.Int64N(500_000)
		charge := fmt.Sprintf("py_%d", i)
		if dice.IntN(4) > 0 {
			w.orders = append(w.orders, models.Order{ID: fmt.Sprintf("pi_%d", i), ChargeID: charge, Status: models.StatusCaptured, Currency: currency, AmountAuthorized: amount,
				AmountCaptured: amount, Created: at, Country: []string{"DE", "SE", ""}[dice.IntN(3)], KlarnaCategory: []string{"pay_later", "pay_now"}[dice.IntN(2)]})
		}
		w.book(dice, "charge", charge, currency, at, amount, amount/30)
		w.follow(dice, i, charge, currency, at, amount)
	}
	w.payOut()
	return w
}

// follow books what may happen to a payment later.
func (w *world) follow(dice *rand.Rand, i int, charge, currency string, at models.Unix, amount int64) {
	later := at.Add(time.Duration(dice.Int64N(40*24*3600)) * time.Second)
	pi := fmt.Sprintf("pi_%d", i)
	switch dice.IntN(9) {
	case 0:
		w.book(dice, "partial_capture_reversal", charge, currency, at, -amount/3, -amount/90)
	case 1, 2:
		id := fmt.Sprintf("pyr_%d", i)
		w.refunds = append(w.refunds, models.Refund{ID: id, ChargeID: charge, PaymentIntentID: pi, Amount: amount / 2, Currency: currency, Status: "succeeded", Created: later})
		w.book(dice, "refund", id, currency, later, -amount/2, 0)
		if dice.IntN(3) == 0 {
			w.book(dice, "refund_failure", id, currency, later.Add(time.Hour), amount/2, 0)
		}
	case 3:
		id := fmt.Sprintf("du_%d", i)
		w.disputes = append(w.disputes, models.Dispute{ID: id, ChargeID: charge, PaymentIntentID: pi, Amount: amount, Currency: currency, Status: "lost", MethodType: "klarna", Created: later})
		w.book(dice, "dispute", id, currency, later, -amount, 2000)
		if dice.IntN(2) == 0 {
			w.book(dice, "dispute_reversal", id, currency, later.Add(48*time.Hour), amount, -2000)
		}
	case 4:
		w.book(dice, []string{"fee", "tax", "other_adjustment", "risk_reserved_funds", "of_tomorrow"}[dice.IntN(5)], "", currency, later, dice.Int64N(4000)-3000, 0)
	}
}

func (w *world) book(dice *rand.Rand, category, source, currency string, at models.Unix, amount, fee int64) {
	b := models.BalanceTransaction{ID: fmt.Sprintf("txn_%d", len(w.rows)), Amount: amount, Fee: fee, Net: amount - fee, Currency: currency, Type: "payment",
		ReportingCategory: category, SourceID: source, Status: "available", AvailableOn: at, Created: at}
	if fee != 0 {
		b.FeeDetails = []models.FeeDetail{{Amount: fee - fee/5, Currency: currency, Type: "stripe_fee"}, {Amount: fee / 5, Currency: currency, Type: "tax"}}
	}
	if dice.IntN(5) == 0 {
		b.ExchangeRate = "11.2345"
	}
	w.rows = append(w.rows, b)
}

// payOut sends what was booked until each month's end, currency by currency; a sum below zero is a debit of the bank.
func (w *world) payOut() {
	for month := range 14 {
		at := models.UnixOf(begin.Time().AddDate(0, month+1, 0))
		for _, currency := range []string{"BHD", "EUR", "JPY", "SEK"} {
			id, sum := fmt.Sprintf("po_%d_%s", month, currency), int64(0)
			for i := range w.rows {
				if r := &w.rows[i]; r.PayoutID == "" && r.Currency == currency && r.Created < at {
					r.PayoutID, sum = id, sum+r.Net
				}
			}
			w.payouts = append(w.payouts, models.Payout{ID: id, Amount: sum, Currency: currency, Status: "paid", Automatic: true, ReconciliationStatus: "completed",
				Created: at, ArrivalDate: at.Add(48 * time.Hour)})
			w.rows = append(w.rows, models.BalanceTransaction{ID: "txn_" + id, Amount: -sum, Net: -sum, Currency: currency, Type: "payout", ReportingCategory: "payout",
				SourceID: id, PayoutID: id, Created: at, AvailableOn: at})
		}
	}
}

// arrive brings the world in, in an order of its own: everything twice, some rows first with other values.
func (w *world) arrive(t *testing.T, db *store.DB, dice *rand.Rand) {
	t.Helper()
	ctx := context.Background()
	var steps []func(tx *store.Tx) error
	for range 2 {
		for i := range w.rows {
			steps = append(steps, func(tx *store.Tx) error {
				row := w.rows[i]
				if dice.IntN(3) == 0 { // as it was before it was corrected, and before its payout was known
					wrong := row
					wrong.Amount, wrong.Net, wrong.Created, wrong.PayoutID, wrong.ReportingCategory = 7, 7-row.Fee, row.Created+86_400, "", "other_adjustment"
					if err := tx.PutBalanceTransaction(ctx, &wrong); err != nil {
						return err
					}
				}
				return tx.PutBalanceTransaction(ctx, &row)
			})
		}
		for i := range w.refunds {
			steps = append(steps, func(tx *store.Tx) error { return tx.PutRefund(ctx, &w.refunds[i]) })
		}
		for i := range w.disputes {
			steps = append(steps, func(tx *store.Tx) error { return tx.PutDispute(ctx, &w.disputes[i]) })
		}
		for i := range w.payouts {
			steps = append(steps, func(tx *store.Tx) error { return tx.PutPayout(ctx, &w.payouts[i]) })
		}
	}
	for i := range w.orders {
		steps = append(steps, func(tx *store.Tx) error { return w.putOrder(ctx, tx, w.orders[i], dice.IntN(3) == 0) })
	}
	dice.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	for chunk := range slices.Chunk(steps, 50) {
		storetest.Tx(t, db, func(tx *store.Tx) error {
			for _, step := range chunk {
				if err := step(tx); err != nil {
					return err
				}
			}
			return nil
		})
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, p := range w.payouts {
			n := int64(0)
			for _, r := range w.rows {
				if r.PayoutID == p.ID {
					n++
				}
			}
			if err := tx.SetPayoutItemized(ctx, p.ID, n, p.Created); err != nil {
				return err
			}
		}
		return nil
	})
}

// putOrder writes an order; inTwo: first without its charge and its country, as events bring it.
func (w *world) putOrder(ctx context.Context, tx *store.Tx, o models.Order, inTwo bool) error {
	if !inTwo {
		return tx.InsertOrder(ctx, &o)
	}
	early := o
	early.ChargeID, early.Country, early.KlarnaCategory = "", "", ""
	if err := tx.InsertOrder(ctx, &early); err != nil {
		return err
	}
	was, _, err := tx.OrderState(ctx, o.ID)
	if err != nil {
		return err
	}
	return tx.UpdateOrder(ctx, &o, &was)
}

// anchor tells what Stripe's balance is after all rows.
func (w *world) anchor(t *testing.T, db *store.DB) {
	t.Helper()
	var balances []models.Balance
	for _, currency := range []string{"BHD", "EUR", "JPY", "SEK"} {
		b := models.Balance{Currency: currency}
		for _, r := range w.rows {
			if r.Currency == currency {
				b.Available += r.Net
			}
		}
		b.Available, b.Pending = b.Available-100, 100
		balances = append(balances, b)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return tx.PutBalances(context.Background(), balances, begin.Add(500*24*time.Hour))
	})
}

func checkSums(t *testing.T, db *store.DB, when string) {
	t.Helper()
	wrong, err := db.Reader.CheckSums(context.Background())
	if err != nil || len(wrong) > 0 {
		t.Fatalf("%s: %v, %v", when, wrong, err)
	}
}

func dumpSums(t *testing.T, db *store.DB) []string {
	t.Helper()
	var all []string
	for _, table := range []string{"ledger_sums", "cost_sums", "payout_sums"} {
		rows, err := db.Reader.SQL().Query("select json_array(" + map[string]string{"ledger_sums": "currency, period, klarna, category, n, amount, fee, net",
			"cost_sums": "month, currency, country, klarna_category, category, n, amount, fee", "payout_sums": "payout_id, currency, category, n, amount, fee, net"}[table] +
			") from " + table + " where n <> 0 or amount <> 0 order by 1")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			all = append(all, table+line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
		rows.Close()
	}
	return all
}

// TestSumsAreTheRows: whatever the order of arrival, however often a thing comes, the sums are the rows.
func TestSumsAreTheRows(t *testing.T) {
	for seed := range uint64(3) {
		w := makeWorld(rand.New(rand.NewPCG(seed, 1)), 250)
		var first []string
		for order := range uint64(2) {
			db := storetest.Open(t)
			w.arrive(t, db, rand.New(rand.NewPCG(seed, order)))
			checkSums(t, db, fmt.Sprintf("seed %d, order %d", seed, order))
			sums := dumpSums(t, db)
			if first == nil {
				first = sums
			}
			if diff := cmp.Diff(first, sums); diff != "" {
				t.Errorf("seed %d: two orders of arrival differ:\n%s", seed, diff)
			}
			if len(first) < 100 {
				t.Errorf("only %d sums", len(first))
			}
		}
	}
}

// TestACentOffIsFound: the comparison of sums and rows can fail.
func TestACentOffIsFound(t *testing.T) {
	db := storetest.Open(t)
	w := makeWorld(rand.New(rand.NewPCG(9, 9)), 60)
	w.arrive(t, db, rand.New(rand.NewPCG(9, 1)))
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec(`update ledger_sums set net = net + 1
			where (currency, period, klarna, category) in (select currency, period, klarna, category from ledger_sums limit 1)`)
		return err
	})
	if wrong, err := db.Reader.CheckSums(context.Background()); err != nil || len(wrong) != 1 {
		t.Errorf("a sum that is one cent off: %v, %v", wrong, err)
	}
}

// TestStatementsAddUp: opening and lines make closing, a statement is the rows of its days, and two periods make the one over both: in
// every zone, over changes of the clock, months and years.
func TestStatementsAddUp(t *testing.T) {
	w := makeWorld(rand.New(rand.NewPCG(4, 2)), 400)
	db := storetest.Open(t)
	w.arrive(t, db, rand.New(rand.NewPCG(4, 3)))
	w.anchor(t, db)
	dice := rand.New(rand.NewPCG(4, 4))
	for _, name := range []string{"UTC", "Europe/Stockholm", "America/New_York", "Australia/Adelaide", "Asia/Kathmandu", "Pacific/Chatham", "America/St_Johns", "Africa/Cairo", "Asia/Beirut"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.SetLedgerZone(context.Background(), zone); err != nil {
			t.Fatal(err)
		}
		checkSums(t, db, name)
		books := ledger.Books{Reader: db.Reader, Zone: zone}
		for range 12 {
			from := models.DayStart(2026, 1, 1+dice.IntN(400), zone)
			middle := models.AddDays(from, dice.IntN(70))
			to := models.AddDays(middle, dice.IntN(70))
			whole := w.checkStatement(t, books, from, to)
			left, right := w.checkStatement(t, books, from, middle), w.checkStatement(t, books, middle, to)
			for i := range whole {
				if whole[i].ClosingKnown && (left[i].Closing != right[i].Opening || whole[i].Opening != left[i].Opening || whole[i].Closing != right[i].Closing) {
					t.Errorf("%s: %s to %s to %s: %+v, %+v, %+v", name, from, middle, to, whole[i], left[i], right[i])
				}
			}
		}
		for _, change := range []string{"2026-03-29", "2026-10-25", "2026-03-08", "2026-11-01", "2026-04-05", "2026-10-04", "2026-04-24"} {
			at, _ := time.Parse(time.DateOnly, change) // all of them are days
			day := models.DayStart(at.Year(), at.Month(), at.Day(), zone)
			w.checkStatement(t, books, day, models.AddDays(day, 1))
		}
	}
}

// checkStatement compares a statement with the rows.
func (w *world) checkStatement(t *testing.T, books ledger.Books, from, to time.Time) []models.Statement {
	t.Helper()
	got, err := books.Statements(context.Background(), settlements.Period{From: from, To: to})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range got.All {
		var net, opening, klarna int64
		for _, r := range w.rows {
			switch {
			case r.Currency != s.Currency || r.Created >= models.UnixOf(to):
			case r.Created < models.UnixOf(from):
				opening += r.Net
			default:
				net += r.Net
				if w.isKlarna(r.SourceID) {
					klarna += r.Net
				}
			}
		}
		if settlements.Total(s) != net || settlements.Total(got.Klarna[s.Currency]) != klarna {
			t.Errorf("%s %s to %s: lines %d, Klarna %d; rows %d and %d", s.Currency, from, to, settlements.Total(s), settlements.Total(got.Klarna[s.Currency]), net, klarna)
		}
		if s.OpeningKnown && (s.Opening != opening || s.Opening+net != s.Closing) {
			t.Errorf("%s %s to %s: opening %d, closing %d; rows %d and %d", s.Currency, from, to, s.Opening, s.Closing, opening, opening+net)
		}
	}
	return got.All
}

// isKlarna tells whether a source belongs to an order of the world.
func (w *world) isKlarna(source string) bool {
	number := ""
	for _, prefix := range []string{"py_", "pyr_", "du_"} {
		if len(source) > len(prefix) && source[:len(prefix)] == prefix {
			number = source[len(prefix):]
		}
	}
	return number != "" && slices.ContainsFunc(w.orders, func(o models.Order) bool { return o.ID == "pi_"+number })
}

// TestPayoutsAreProved: every payout matches, and a cent off in any of its rows makes a difference.
func TestPayoutsAreProved(t *testing.T) {
	ctx := context.Background()
	w := makeWorld(rand.New(rand.NewPCG(5, 5)), 150)
	db := storetest.Open(t)
	w.arrive(t, db, rand.New(rand.NewPCG(5, 6)))
	books := ledger.Books{Reader: db.Reader, Zone: time.UTC}
	negative := 0
	proven, err := books.Payouts(ctx, w.payouts...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range proven {
		if p.Payout.Amount < 0 {
			negative++
		}
		if p.Proof.State != settlements.Matched && p.Proof.Lines > 0 {
			t.Errorf("%s: %+v", p.Payout.ID, p.Proof)
		}
	}
	if negative == 0 {
		t.Error("no payout of the world is negative")
	}
	for i, r := range w.rows[:60] {
		off := r
		off.Net++
		storetest.Tx(t, db, func(tx *store.Tx) error { return tx.PutBalanceTransaction(ctx, &off) })
		at := slices.IndexFunc(w.payouts, func(p models.Payout) bool { return p.ID == r.PayoutID })
		got, err := books.Payouts(ctx, w.payouts[at])
		if err != nil || got[0].Proof.State != settlements.Difference {
			t.Errorf("row %d one cent off: %+v, %v", i, got[0].Proof, err)
		}
		storetest.Tx(t, db, func(tx *store.Tx) error { return tx.PutBalanceTransaction(ctx, &w.rows[i]) })
	}
	checkSums(t, db, "after all was put right")
}
