package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"slices"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/ledger"
	"counterfoil/models/settlements"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// TestFiguresAreTheirRows: the rows that a figure opens add up to it, in whole and page by page; Klarna's and everything else are the account.
func TestFiguresAreTheirRows(t *testing.T) {
	w := makeWorld(rand.New(rand.NewPCG(6, 1)), 300)
	db := storetest.Open(t)
	w.arrive(t, db, rand.New(rand.NewPCG(6, 2)))
	dice := rand.New(rand.NewPCG(6, 3))
	opened := 0
	for _, name := range []string{"UTC", "America/New_York", "Pacific/Chatham"} {
		zone, err := time.LoadLocation(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := db.SetLedgerZone(t.Context(), zone); err != nil {
			t.Fatal(err)
		}
		books := ledger.Books{Reader: db.Reader, Zone: zone}
		for range 3 {
			from := models.DayStart(2026, 1, 1+dice.IntN(300), zone)
			v := settlements.Period{From: from, To: models.AddDays(from, 1+dice.IntN(120))}.Values()
			p, faults := settlements.ParsePeriod(v, begin.Time().AddDate(3, 0, 0), zone)
			if len(faults) > 0 {
				t.Fatal(faults)
			}
			all, err := books.Statements(t.Context(), p)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range all.All {
				for _, line := range models.LedgerLines() {
					whole := checkFigure(t, books, v, s.Currency, line, store.ShareAll)
					klarna := checkFigure(t, books, v, s.Currency, line, store.ShareKlarna)
					other := checkFigure(t, books, v, s.Currency, line, store.ShareOther)
					if want := s.By[line]; whole != want.Net || klarna != all.Klarna[s.Currency].By[line].Net || klarna+other != whole {
						t.Errorf("%s %v %s %s: its rows come to %d (Klarna %d, other %d), the figure is %+v", name, v, s.Currency, line, whole, klarna, other, want)
					}
					if whole != 0 {
						opened++
					}
				}
			}
		}
	}
	if opened < 100 {
		t.Errorf("only %d figures had rows", opened)
	}
}

// checkFigure opens a figure and gives what its rows add to it.
func checkFigure(t *testing.T, books ledger.Books, period url.Values, currency string, line models.LedgerLine, share store.Share) (sum int64) {
	t.Helper()
	v := url.Values{"from": period["from"], "to": period["to"], "currency": {currency}, "line": {string(line)}, "share": {string(share)}}
	scope, err := books.Scope(t.Context(), v, begin.Time().AddDate(3, 0, 0))
	if err != nil {
		t.Fatal(err)
	}
	var streamed []string
	for e, err := range books.Rows(t.Context(), scope) {
		if err != nil {
			t.Fatal(err)
		}
		streamed = append(streamed, e.ID)
		adds := int64(0)
		if models.LineOf(e.ReportingCategory) == line {
			adds += e.Amount
		}
		if models.FeeLineOf(e.ReportingCategory) == line {
			adds -= e.Fee
		}
		if adds == 0 {
			t.Errorf("%v: %s %s of %d less %d adds nothing", v, e.ID, e.ReportingCategory, e.Amount, e.Fee)
		}
		sum += adds
	}
	if paged := pagesOf(t, books, scope.Queries[0]); !slices.Equal(paged, streamed) {
		t.Errorf("%v: the pages show %d rows, the file %d", v, len(paged), len(streamed))
	}
	return sum
}

// pagesOf are the ids of all pages of a list; turning the pages back shows the same.
func pagesOf(t *testing.T, books ledger.Books, q store.LedgerQuery) (ids []string) {
	t.Helper()
	turn := func() store.LedgerPage {
		page, err := books.Reader.LedgerEntries(t.Context(), q)
		if err != nil {
			t.Fatal(err)
		}
		return page
	}
	q.Limit = 7
	var sizes []int
	page := turn()
	for ; ; page = turn() {
		for _, e := range page.Entries {
			ids = append(ids, e.ID)
		}
		sizes = append(sizes, len(page.Entries))
		if page.Next == "" {
			break
		}
		q.After = page.Next
	}
	q.After = ""
	for end := len(ids); len(sizes) > 1; sizes = sizes[:len(sizes)-1] {
		end -= sizes[len(sizes)-1]
		q.Before = page.Prev
		if page = turn(); len(page.Entries) == 0 || page.Entries[len(page.Entries)-1].ID != ids[end-1] {
			t.Errorf("turned back to row %d of %d, the page has %d", end, len(ids), len(page.Entries))
			break
		}
	}
	return ids
}

// TestAnythingOffIsFound: whatever of a row or of a sum is changed past the triggers, by one cent or more, the comparison of sums and rows
// tells.
func TestAnythingOffIsFound(t *testing.T) {
	db := storetest.Open(t)
	w := makeWorld(rand.New(rand.NewPCG(7, 7)), 60)
	w.arrive(t, db, rand.New(rand.NewPCG(7, 1)))
	dice := rand.New(rand.NewPCG(7, 2))
	var changes []string
	for _, column := range []string{"amount = amount + 1", "fee = fee - 1", "net = net + 1", "currency = 'USD'", "reporting_category = 'topup'",
		"created = created + 86400", "payout_id = 'po_other'", "order_id = ''", "country = 'AT'", "klarna_category = 'pay_much_later'"} {
		changes = append(changes, "update balance_transactions set "+column+
			fmt.Sprintf(" where id = (select id from balance_transactions where order_id <> '' order by id limit 1 offset %d)", dice.IntN(40)))
	}
	for table, keys := range map[string]string{"ledger_sums": "period, currency, klarna, category", "cost_sums": "month, currency, country, klarna_category, category",
		"payout_sums": "payout_id, currency, category"} {
		some := fmt.Sprintf(" where (%s) = (select %s from %s where n <> 0 limit 1)", keys, keys, table)
		changes = append(changes, "update "+table+" set amount = amount - 1"+some, "update "+table+" set fee = fee + 1"+some, "update "+table+" set n = n + 1"+some, "delete from "+table+some)
	}
	changes = append(changes, "insert into ledger_sums values ('EUR', 19990101, 0, 'charge', 0, 0, 0, 1)", "insert into payout_sums values ('po_none', 'EUR', 'charge', 0, 0, 0, -1)",
		"insert into cost_sums values (199901, 'EUR', 'DE', 'pay_now', 'charge', 0, 0, 1)")
	undo := errors.New("undo")
	for _, change := range changes {
		err := db.Writer.Tx(t.Context(), func(tx *store.Tx) error {
			if _, err := tx.SQL().Exec("drop trigger balance_transactions_count_update"); err != nil {
				return err
			}
			res, err := tx.SQL().Exec(change)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); n != 1 || err != nil {
				return fmt.Errorf("%d rows were changed, %w", n, err)
			}
			if wrong, err := tx.CheckSums(context.Background()); err != nil || len(wrong) == 0 {
				t.Errorf("%s: %v, %v", change, wrong, err)
			}
			return undo
		})
		if !errors.Is(err, undo) {
			t.Errorf("%s: %v", change, err)
		}
	}
	checkSums(t, db, "after all was undone")
}

// TestPayoutByHand: a payout by hand proves nothing of itself, and is named as the cause where the next automatic one is less than its lines.
func TestPayoutByHand(t *testing.T) {
	w := makeWorld(rand.New(rand.NewPCG(8, 8)), 80)
	const month, byHand = "po_5_EUR", 4321
	at := slices.IndexFunc(w.payouts, func(p models.Payout) bool { return p.ID == month })
	auto := &w.payouts[at]
	own := slices.IndexFunc(w.rows, func(r models.BalanceTransaction) bool { return r.ID == "txn_"+month })
	auto.Amount -= byHand
	w.rows[own].Amount, w.rows[own].Net = w.rows[own].Amount+byHand, w.rows[own].Net+byHand
	before := auto.Created.Add(-24 * time.Hour)
	w.payouts = append(w.payouts, models.Payout{ID: "po_by_hand", Amount: byHand, Currency: "EUR", Status: "paid", ReconciliationStatus: "not_applicable", Created: before})
	w.rows = append(w.rows, models.BalanceTransaction{ID: "txn_by_hand", Amount: -byHand, Net: -byHand, Currency: "EUR", Type: "payout", ReportingCategory: "payout",
		SourceID: "po_by_hand", Created: before})
	db := storetest.Open(t)
	w.arrive(t, db, rand.New(rand.NewPCG(8, 9)))
	checkSums(t, db, "with a payout by hand")
	proven, err := ledger.Books{Reader: db.Reader, Zone: time.UTC}.Payouts(t.Context(), w.payouts...)
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range proven {
		want := settlements.Proof{State: settlements.Matched}
		switch p.Payout.ID {
		case month:
			want = settlements.Proof{State: settlements.Difference, Cause: settlements.CauseManualPayout, Gap: -byHand}
		case "po_by_hand":
			want = settlements.Proof{State: settlements.NotItemized, Gap: byHand}
		}
		if p.Proof.Lines == 0 && want.State == settlements.Matched {
			continue // nothing was booked that month
		}
		if p.Proof.State != want.State || p.Proof.Cause != want.Cause || p.Proof.Gap != want.Gap {
			t.Errorf("%s: %+v, want %+v", p.Payout.ID, p.Proof, want)
		}
	}
}
