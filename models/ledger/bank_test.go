package ledger_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/bank"
	"counterfoil/models/ledger"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// atTheBank is a desk on 30 April 2026 with payouts that arrived at some days.
func atTheBank(t *testing.T, payouts ...models.Payout) ledger.Bank {
	t.Helper()
	db := storetest.Open(t)
	err := db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
		for _, p := range payouts {
			if err := tx.PutPayout(context.Background(), &p); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return ledger.Bank{DB: db, Now: func() time.Time { return onDay("2026-04-30") }}
}

func onDay(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return at
}

func paidOn(id, day string, minor int64) models.Payout {
	return models.Payout{ID: id, Amount: minor, Currency: "EUR", Status: "paid", Automatic: true, ArrivalDate: models.UnixOf(onDay(day)), Created: models.UnixOf(onDay(day))}
}

func januaryOf(account string) bank.Reading {
	return bank.Reading{Head: 1, Date: 1, Amount: 2, Order: bank.OrderYMD, Mark: bank.MarkPoint, Money: "EUR", Account: account, From: onDay("2026-01-01"), To: onDay("2026-01-31")}
}

// takeCSV takes rows of day;amount;text in, for an account and the days that they cover.
func takeCSV(t *testing.T, b ledger.Bank, account, from, to string, rows ...string) models.BankFile {
	t.Helper()
	ctx := context.Background()
	u, wrong, err := b.Upload(ctx, account+from+".csv", []byte("Date;Amount;Text\n"+strings.Join(rows, "\n")+"\n"), models.Actor{})
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	r := januaryOf(account)
	r.From, r.To = onDay(from), onDay(to)
	f, wrong, err := b.TakeDraft(ctx, u.Draft, r, models.Actor{})
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	return f
}

func takeCAMT(t *testing.T, b ledger.Bank, account string, rows ...[2]string) models.BankFile {
	t.Helper()
	text := "<Document><Stmt><Acct><Id><Othr><Id>" + account + "</Id></Othr></Id></Acct>"
	for i, r := range rows {
		text += fmt.Sprintf(`<Ntry><Amt Ccy="EUR">%s</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>%s</Dt></BookgDt><AcctSvcrRef>ref %d</AcctSvcrRef></Ntry>`, r[1], r[0], i)
	}
	u, wrong, err := b.Upload(context.Background(), "x.xml", []byte(text+"</Stmt></Document>"), models.Actor{})
	if err != nil || len(wrong) > 0 {
		t.Fatal(wrong, err)
	}
	return u.File
}

func missing(t *testing.T, b ledger.Bank) string {
	t.Helper()
	o, err := b.Overview(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, p := range o.Missing {
		ids = append(ids, p.ID)
	}
	return strings.Join(ids, " ")
}

// TestMissingPayouts: only days of which statements were taken in tell that a payout did not arrive, of the accounts that payouts come to.
func TestMissingPayouts(t *testing.T) {
	b := atTheBank(t, paidOn("po_jan", "2026-01-13", 100), paidOn("po_jan_lost", "2026-01-14", 101), paidOn("po_feb", "2026-02-10", 102), paidOn("po_edge", "2026-01-30", 103),
		paidOn("po_mar_lost", "2026-03-10", 104), paidOn("po_mar_end", "2026-03-30", 105))
	for _, c := range []struct{ account, from, to, row, want string }{
		{"Giro", "2026-01-01", "2026-01-31", "2026-01-13;1.00;STRIPE", "po_jan_lost"},
		{"Giro", "2026-03-01", "2026-03-31", "2026-03-12;5.00;Rent", "po_jan_lost po_mar_lost"},
		{"Savings", "2026-02-01", "2026-02-28", "2026-02-12;5.00;Interest", "po_jan_lost po_mar_lost"}, // no payout came to it: it tells nothing
		{"Giro", "2026-02-01", "2026-02-28", "2026-02-12;5.00;Rent", "po_jan_lost po_edge po_feb po_mar_lost"},
	} {
		takeCSV(t, b, c.account, c.from, c.to, c.row)
		if got := missing(t, b); got != c.want {
			t.Errorf("with %s from %s: %q, want %q", c.account, c.from, got, c.want)
		}
	}
}

// TestSameBookingInTwoFiles: it counts once, in the same words and as another format words it; two that are alike count twice.
func TestSameBookingInTwoFiles(t *testing.T) {
	b := atTheBank(t)
	takeCSV(t, b, "Giro", "2026-01-01", "2026-01-31", "2026-01-13;1.00;STRIPE", "2026-01-13;1.00;STRIPE", "2026-01-14;2.00;A")
	holds := func(name string, f models.BankFile, isNew, repeated int64) {
		if f.Entries != isNew || f.Repeated != repeated {
			t.Errorf("%s: %d new, %d known", name, f.Entries, f.Repeated)
		}
	}
	holds("the same words", takeCSV(t, b, "Giro", "2026-01-01", "2026-02-28", "2026-01-13;1.00;STRIPE", "2026-01-13;1.00;STRIPE", "2026-01-14;2.00;A", "2026-02-14;2.00;A"), 1, 3)
	holds("other words", takeCSV(t, b, "Giro", "2026-01-02", "2026-01-31", "2026-01-14;2.00;B"), 1, 0)
	holds("another account", takeCSV(t, b, "Other", "2026-01-01", "2026-01-31", "2026-01-14;2.00;A", "2026-01-14;3.00;A"), 2, 0)
	holds("a third that is so", takeCSV(t, b, "Giro", "2026-01-03", "2026-01-31", "2026-01-13;1.00;STRIPE", "2026-01-13;1.00;STRIPE", "2026-01-13;1.00;STRIPE"), 1, 2)
	holds("another format", takeCAMT(t, b, "Giro", [2]string{"2026-01-14", "2.00"}, [2]string{"2026-01-14", "2.00"}, [2]string{"2026-01-14", "2.00"}), 1, 2)
}

// TestUncertainIsLookedAtAnew: a better booking in a later statement takes the place of one that was not certain.
func TestUncertainIsLookedAtAnew(t *testing.T) {
	ctx := context.Background()
	b := atTheBank(t, paidOn("po_a", "2026-01-13", 100))
	is := func(text string, certain bool) {
		t.Helper()
		e, err := b.DB.Reader.BankEntryOf(ctx, "po_a")
		if err != nil || e == nil || e.Certain != certain || e.Text != text {
			t.Fatalf("%+v %v, want %s", e, err, text)
		}
	}
	takeCSV(t, b, "Giro", "2026-01-01", "2026-01-31", "2026-01-13;1.00;transfer", "2026-01-13;2.00;other")
	is("transfer", false)
	takeCSV(t, b, "Business", "2026-01-01", "2026-01-31", "2026-01-14;1.00;STRIPE po_a", "2026-01-14;2.00;other")
	is("STRIPE po_a", true)
	if err := b.Match(ctx); err != nil {
		t.Fatal(err)
	}
	is("STRIPE po_a", true)
}

// TestDraftsEnd: a file that says that it covers days to come is refused; a draft that nobody came back to is dropped.
func TestDraftsEnd(t *testing.T) {
	ctx := context.Background()
	b := atTheBank(t)
	u, _, err := b.Upload(ctx, "x.csv", []byte("Date;Amount;Text\n2026-01-13;1.00;x\n"), models.Actor{})
	if err != nil || u.Draft == "" {
		t.Fatal(u, err)
	}
	r := januaryOf("A")
	r.To = onDay("2026-06-30")
	if _, wrong, err := b.TakeDraft(ctx, u.Draft, r, models.Actor{}); err != nil || len(wrong) != 1 || wrong[0].Field != "to" {
		t.Errorf("days to come: %v %v", wrong, err)
	}
	if err := b.Purge(ctx); err != nil {
		t.Fatal(err)
	}
	if _, _, err := b.Draft(ctx, u.Draft); err != nil {
		t.Errorf("a new draft: %v", err)
	}
	err = b.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.PurgeBankDrafts(ctx, models.UnixOf(time.Now().Add(time.Minute))) })
	if _, _, gone := b.Draft(ctx, u.Draft); err != nil || !models.IsKind(gone, models.KindNotFound) {
		t.Errorf("an old draft: %v %v", err, gone)
	}
}
