package stripesim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

// payOut asks for payouts and reads each of them.
func (w *world) payOut(body string) []*stripe.Payout {
	w.t.Helper()
	var made struct {
		Payouts []struct {
			Payout, Currency string
			Amount           int64
		}
	}
	w.control("POST", "/_sim/payouts", body, 200, &made)
	var out []*stripe.Payout
	for _, m := range made.Payouts {
		p := w.payout(m.Payout)
		if p.Amount != m.Amount || string(p.Currency) != m.Currency {
			w.t.Errorf("%s: %d %s was answered, it is %d %s", m.Payout, m.Amount, m.Currency, p.Amount, p.Currency)
		}
		out = append(out, p)
	}
	return out
}

func (w *world) payout(id string) *stripe.Payout {
	w.t.Helper()
	p := &stripe.PayoutParams{}
	p.AddExpand("balance_transaction")
	p.AddExpand("failure_balance_transaction")
	got, err := w.stripe.Payouts.Get(id, p)
	if err != nil {
		w.t.Fatal(err)
	}
	return got
}

// rows are the balance transactions that the parameters ask for, newest first.
func (w *world) rows(p *stripe.BalanceTransactionListParams) []*stripe.BalanceTransaction {
	w.t.Helper()
	p.Limit = stripe.Int64(100)
	var out []*stripe.BalanceTransaction
	it := w.stripe.BalanceTransactions.List(p)
	for it.Next() {
		out = append(out, it.BalanceTransaction())
	}
	if err := it.Err(); err != nil {
		w.t.Fatal(err)
	}
	return out
}

// left is the net of a payout's lines, its own row among them: 0 where it adds up.
func (w *world) left(payout string) (net int64, rows int) {
	w.t.Helper()
	lines := w.rows(&stripe.BalanceTransactionListParams{Payout: &payout})
	for _, b := range lines {
		net += b.Net
	}
	return net, len(lines)
}

// traceOf is the payout's trace_id, which stripe-go v76 does not know.
func traceOf(t *testing.T, p *stripe.Payout) (status, value string) {
	t.Helper()
	var in struct {
		TraceID *struct{ Status, Value string } `json:"trace_id"`
	}
	if err := json.Unmarshal(p.LastResponse.RawJSON, &in); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(p.LastResponse.RawJSON), `"trace_id":`) {
		t.Error("trace_id is missing")
	}
	if in.TraceID == nil {
		return "", ""
	}
	return in.TraceID.Status, in.TraceID.Value
}

func TestPayoutAddsUp(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	for _, body := range []string{`{"currency":"eur"}`, `{"currency":"eur","amount":999}`, `{"currency":"sek","amount":50000}`} {
		w.captured(body)
	}
	if made := w.payOut(""); len(made) != 0 {
		t.Errorf("payouts of pending money: %+v", made)
	}
	w.advance("120h")
	made := w.payOut("")
	if len(made) != 2 || made[0].Currency != "eur" || made[1].Currency != "sek" {
		t.Fatalf("payouts: %+v", made)
	}
	for _, p := range made {
		if p.Status != "in_transit" || p.ReconciliationStatus != "in_progress" || !p.Automatic || p.BalanceTransaction.Net != -p.Amount {
			t.Errorf("payout: %+v", p)
		}
		if sum, rows := w.left(p.ID); sum != 0 || rows < 2 {
			t.Errorf("%s: %d rows sum to %d, want 0", p.Currency, rows, sum)
		}
		if status, _ := traceOf(t, p); status != "" {
			t.Errorf("a trace before the arrival: %s", status)
		}
	}
	bal, err := w.stripe.Balance.Get(nil)
	if err != nil || len(bal.Available) != 2 || bal.Available[0].Amount != 0 || bal.Pending[0].Amount != 0 {
		t.Errorf("balance: %+v %v", bal, err)
	}
	for _, step := range []struct {
		by, event, status string
		reconciled        stripe.PayoutReconciliationStatus
	}{
		{"5h", "", "in_transit", "in_progress"},
		{"2h", "payout.reconciliation_completed", "in_transit", "completed"},
		{"41h", "payout.paid", "paid", "completed"},
	} {
		seen := len(w.eventTypes(0))
		w.advance(step.by)
		if diff := cmp.Diff(strings.Fields(step.event+" "+step.event), w.eventTypes(seen)); diff != "" {
			t.Errorf("after %s: events (-want +got):\n%s", step.by, diff)
		}
		if p := w.payout(made[0].ID); string(p.Status) != step.status || p.ReconciliationStatus != step.reconciled {
			t.Errorf("after %s: %s %s", step.by, p.Status, p.ReconciliationStatus)
		}
	}
	if status, value := traceOf(t, w.payout(made[0].ID)); status != "supported" || value == "" {
		t.Errorf("trace of a paid payout: %q %q", status, value)
	}
}

func TestPayoutPaidAtOnceIsReconciled(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	w.captured(`{}`)
	w.advance("120h")
	seen := len(w.eventTypes(0))
	made := w.payOut(`{"kind":"automatic","currency":"EUR","paid":true}`)
	if len(made) != 1 || made[0].Status != "paid" || made[0].ReconciliationStatus != "completed" {
		t.Fatalf("payouts: %+v", made)
	}
	w.advance("72h")
	want := []string{"payout.created", "payout.paid", "payout.reconciliation_completed"}
	if diff := cmp.Diff(want, w.eventTypes(seen)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// TestPayoutsByHand take from what the next automatic payout pays, and no list tells their lines.
func TestPayoutsByHand(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	w.captured(`{"amount":100000}`)
	w.advance("120h")
	bal, err := w.stripe.Balance.Get(nil)
	if err != nil {
		t.Fatal(err)
	}
	all := bal.Available[0].Amount
	for _, tc := range []struct {
		kind   string
		amount int64
		method stripe.PayoutMethodType
		fee    int64
		paid   string // after half an hour
	}{
		{"manual", 10001, "standard", 0, "in_transit"},
		{"instant", 10050, "instant", 101, "paid"},
	} {
		p := w.payOut(fmt.Sprintf(`{"kind":%q,"currency":"eur","amount":%d}`, tc.kind, tc.amount))[0]
		if p.Automatic || p.Method != tc.method || p.ReconciliationStatus != "not_applicable" || p.Amount != tc.amount || p.Status != "in_transit" {
			t.Errorf("%s: %+v", tc.kind, p)
		}
		if b := p.BalanceTransaction; b.Amount != -tc.amount || b.Fee != tc.fee || b.Net != -tc.amount-tc.fee || b.ReportingCategory != "payout" {
			t.Errorf("%s: its row %+v", tc.kind, b)
		}
		answer, body, err := w.raw("GET", "/v1/balance_transactions?payout="+p.ID, "", nil)
		if err != nil || answer.StatusCode != http.StatusBadRequest || !strings.Contains(string(body), "can only be filtered on automatic transfers, not manual") {
			t.Errorf("%s: its lines: %v %s", tc.kind, err, body)
		}
		w.advance("30m")
		if got := w.payout(p.ID); string(got.Status) != tc.paid || got.ReconciliationStatus != "not_applicable" {
			t.Errorf("%s after half an hour: %s %s", tc.kind, got.Status, got.ReconciliationStatus)
		}
	}
	taken := int64(10001 + 10050 + 101)
	w.control("POST", "/_sim/payouts", fmt.Sprintf(`{"kind":"manual","currency":"eur","amount":%d}`, all-taken+1), 400, nil)
	w.control("POST", "/_sim/payouts", fmt.Sprintf(`{"kind":"instant","currency":"eur","amount":%d}`, all-taken), 400, nil)
	next := w.payOut("")[0]
	if sum, rows := w.left(next.ID); next.Amount != all-taken || sum != taken || rows != 2 {
		t.Errorf("the next automatic payout is %d of %d, %d lines that leave %d, want %d", next.Amount, all, rows, sum, taken)
	}
	w.captured(`{}`)
	w.advance("120h")
	if sum, _ := w.left(w.payOut("")[0].ID); sum != 0 {
		t.Errorf("the payout after it leaves %d: what was taken by hand counts once", sum)
	}
}

// TestNegativePayout debits the bank where that is asked for.
func TestNegativePayout(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	_, charge := w.captured(`{"amount":5000}`)
	w.dispute(`{"charge":"` + charge + `","stage":"chargeback"}`)
	if made := w.payOut(""); len(made) != 0 {
		t.Fatalf("a payout of less than nothing: %+v", made)
	}
	p := w.payOut(`{"negative":true}`)[0]
	if p.Amount != -7000 || p.BalanceTransaction.Amount != 7000 || p.BalanceTransaction.Net != 7000 || !p.Automatic {
		t.Errorf("%d with a row of %d, want -7000 and 7000", p.Amount, p.BalanceTransaction.Amount)
	}
	if sum, rows := w.left(p.ID); sum != 0 || rows != 2 {
		t.Errorf("%d lines leave %d", rows, sum)
	}
	w.advance("72h")
	if p = w.payout(p.ID); p.Status != "paid" || p.ReconciliationStatus != "completed" {
		t.Errorf("later: %s %s", p.Status, p.ReconciliationStatus)
	}
}

func TestFailedPayout(t *testing.T) {
	for _, paid := range []bool{false, true} {
		w := newWorld(t, stripesim.Options{})
		w.captured(`{}`)
		w.advance("120h")
		p := w.payOut(fmt.Sprintf(`{"paid":%v}`, paid))[0]
		seen := len(w.eventTypes(0))
		w.control("POST", "/_sim/payouts/"+p.ID+"/fail", `{"failure_code":"account_closed"}`, 200, nil)
		got := w.payout(p.ID)
		if got.Status != "failed" || got.FailureCode != "account_closed" || got.FailureMessage != "The bank account has been closed" {
			t.Errorf("paid %v: %+v", paid, got)
		}
		if b := got.FailureBalanceTransaction; b.Amount != p.Amount || b.Type != "payout_failure" || b.ReportingCategory != "payout_reversal" || b.Status != "available" || b.Source.ID != p.ID {
			t.Errorf("paid %v: its row %+v", paid, b)
		}
		if diff := cmp.Diff([]string{"payout.failed", "payout.updated"}, w.eventTypes(seen)); diff != "" {
			t.Errorf("paid %v: events (-want +got):\n%s", paid, diff)
		}
		w.control("POST", "/_sim/payouts/"+p.ID+"/fail", ``, 400, nil)
		w.advance("72h")
		if got = w.payout(p.ID); got.Status != "failed" || got.ReconciliationStatus != "completed" {
			t.Errorf("paid %v, later: %s %s", paid, got.Status, got.ReconciliationStatus)
		}
		again := w.payOut("")
		if len(again) != 1 || again[0].Amount != p.Amount {
			t.Fatalf("paid %v: the money goes out again: %+v", paid, again)
		}
		for _, id := range []string{p.ID, again[0].ID} {
			if sum, rows := w.left(id); sum != 0 || rows != 2 {
				t.Errorf("paid %v: %d lines of %s leave %d", paid, rows, id, sum)
			}
		}
	}
}

func TestPayoutsThatCannotBeMade(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	w.captured(`{}`)
	w.advance("120h")
	for _, body := range []string{`{"kind":"daily"}`, `{"amount":5}`, `{"kind":"manual","amount":5}`, `{"kind":"manual","currency":"eur"}`,
		`{"kind":"instant","currency":"eur","amount":-5}`, `{"kind":"manual","currency":"eur","amount":5,"negative":true}`,
		`{"kind":"manual","currency":"usd","amount":1}`, `{"kind":"instant","currency":"eur","amount":9223372036854775807}`} {
		w.control("POST", "/_sim/payouts", body, 400, nil)
	}
	p := w.payOut("")[0]
	w.control("POST", "/_sim/payouts/"+p.ID+"/fail", `{"failure_code":"mood"}`, 400, nil)
	w.control("POST", "/_sim/payouts/po_none/fail", ``, 404, nil)
	if got := w.payout(p.ID); got.Status != "in_transit" {
		t.Errorf("refused, and %s", got.Status)
	}
}

// TestPayoutByHandCountsOnce also when the account is opened again between the payouts.
func TestPayoutByHandCountsOnce(t *testing.T) {
	dir := t.TempDir()
	for run, want := range []int64{500, 0, 0} {
		t.Run(fmt.Sprint("after ", run), func(t *testing.T) {
			w := newWorld(t, stripesim.Options{Dir: dir})
			w.captured(`{}`)
			w.advance("120h")
			if run == 0 {
				w.payOut(`{"kind":"manual","currency":"eur","amount":500}`)
			}
			if sum, rows := w.left(w.payOut("")[0].ID); sum != want || rows != 2 {
				t.Errorf("%d lines leave %d, want %d", rows, sum, want)
			}
		})
	}
}
