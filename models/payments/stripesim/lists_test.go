package stripesim_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

// page asks for one page and gives ids and has_more.
func (w *world) page(path string) (ids []string, more bool) {
	w.t.Helper()
	answer, body, err := w.raw("GET", path, "", nil)
	if err != nil || answer.StatusCode != 200 {
		w.t.Fatalf("%s: %v %v %s", path, answer, err, body)
	}
	var in struct {
		Object, URL string
		HasMore     bool `json:"has_more"`
		Data        []struct{ ID string }
	}
	if err := json.Unmarshal(body, &in); err != nil || in.Object != "list" {
		w.t.Fatalf("%s: %v %s", path, err, body)
	}
	ids = []string{}
	for _, row := range in.Data {
		ids = append(ids, row.ID)
	}
	return ids, in.HasMore
}

func TestCursors(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	var ids []string // newest first
	for i := range 7 {
		// Two of them in each second, and the oldest made last.
		id, _ := w.order(fmt.Sprintf(`{"created_ago":"%dh"}`, 10-i/2))
		ids = slices.Insert(ids, 0, id)
	}
	oldest, _ := w.order(`{"created_ago":"100h"}`)
	ids = append(ids, oldest)
	tests := []struct {
		query string
		want  []string
		more  bool
	}{
		{"limit=3", ids[:3], true},
		{"limit=3&starting_after=" + ids[2], ids[3:6], true},
		{"limit=3&starting_after=" + ids[5], ids[6:], false},
		{"limit=2&starting_after=" + ids[5], ids[6:], false},
		{"limit=8", ids, false},
		{"", ids, false},
		{"starting_after=" + ids[7], []string{}, false},
		{"limit=3&ending_before=" + ids[7], ids[4:7], true},
		{"limit=3&ending_before=" + ids[3], ids[:3], false},
		{"ending_before=" + ids[0], []string{}, false},
	}
	for _, tc := range tests {
		got, more := w.page("/v1/payment_intents?" + tc.query)
		if diff := cmp.Diff(tc.want, got); diff != "" || more != tc.more {
			t.Errorf("%s: more %v, want %v (-want +got):\n%s", tc.query, more, tc.more, diff)
		}
	}
	it := w.stripe.PaymentIntents.List(&stripe.PaymentIntentListParams{ListParams: stripe.ListParams{Limit: stripe.Int64(3)}})
	var walked []string
	for it.Next() {
		walked = append(walked, it.PaymentIntent().ID)
	}
	if diff := cmp.Diff(ids, walked); diff != "" || it.Err() != nil {
		t.Errorf("walked by stripe-go (-want +got) %v:\n%s", it.Err(), diff)
	}
}

func TestCreatedFilters(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	old, _ := w.order(`{"created_ago":"50h"}`)
	young, _ := w.order(`{"created_ago":"10h"}`)
	at := w.intent(old).Created
	for query, want := range map[string][]string{
		fmt.Sprintf("created[gte]=%d", at):                   {young, old},
		fmt.Sprintf("created[gt]=%d", at):                    {young},
		fmt.Sprintf("created[lte]=%d", at):                   {old},
		fmt.Sprintf("created[lt]=%d", at):                    {},
		fmt.Sprintf("created=%d", at):                        {old},
		fmt.Sprintf("created[gt]=%d&created[lt]=%d", at, at): {},
	} {
		got, _ := w.page("/v1/payment_intents?" + query)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", query, diff)
		}
	}
}

func TestFilters(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	one, ch1 := w.order(`{"currency":"eur"}`)
	two, ch2 := w.order(`{"currency":"sek"}`)
	for _, id := range []string{one, two} {
		if _, err := w.capture(id, 0, ""); err != nil {
			t.Fatal(err)
		}
	}
	refund, err := w.stripe.Refunds.New(&stripe.RefundParams{PaymentIntent: &one, Amount: stripe.Int64(100)})
	if err != nil {
		t.Fatal(err)
	}
	var made struct{ Dispute string }
	w.control("POST", "/_sim/disputes", `{"payment_intent":"`+two+`"}`, 200, &made)
	for path, want := range map[string][]string{
		"/v1/charges?payment_intent=" + one:                      {ch1},
		"/v1/refunds?charge=" + ch1:                              {refund.ID},
		"/v1/refunds?charge=" + ch2:                              {},
		"/v1/refunds?payment_intent=" + one:                      {refund.ID},
		"/v1/disputes?charge=" + ch2:                             {made.Dispute},
		"/v1/disputes?payment_intent=" + one:                     {},
		"/v1/balance_transactions?type=payment_refund":           {refund.BalanceTransaction.ID},
		"/v1/balance_transactions?source=" + refund.ID:           {refund.BalanceTransaction.ID},
		"/v1/balance_transactions?currency=usd":                  {},
		"/v1/payouts?status=paid":                                {},
		"/v1/payment_intents?customer=cus_1":                     {},
		"/v1/customers?email=nobody@example.com":                 {},
		"/v1/webhook_endpoints":                                  {},
		"/v1/events?type=charge.disputed":                        {},
		"/v1/events?types[]=charge.x&types[1]=y&created[gte]=99": {},
	} {
		got, _ := w.page(path)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", path, diff)
		}
	}
	if got, _ := w.page("/v1/events?types[]=charge.captured&types[]=charge.refunded"); len(got) != 3 {
		t.Errorf("%d events of two types, want 3", len(got))
	}
	if got, _ := w.page("/v1/events?type=charge.dispute.*"); len(got) != 1 {
		t.Errorf("%d dispute events, want 1", len(got))
	}
}

func TestExpand(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	id, charge := w.order(`{}`)
	if _, err := w.capture(id, 0, ""); err != nil {
		t.Fatal(err)
	}
	if _, err := w.stripe.Refunds.New(&stripe.RefundParams{Charge: &charge, Amount: stripe.Int64(5)}); err != nil {
		t.Fatal(err)
	}
	plain, err := w.stripe.PaymentIntents.Get(id, nil)
	if err != nil || plain.LatestCharge.ID != charge || plain.LatestCharge.Status != "" {
		t.Errorf("not expanded: %+v %v", plain.LatestCharge, err)
	}
	p := &stripe.PaymentIntentListParams{}
	p.AddExpand("data.latest_charge.balance_transaction")
	p.AddExpand("data.latest_charge.refunds")
	it := w.stripe.PaymentIntents.List(p)
	if !it.Next() {
		t.Fatal(it.Err())
	}
	got := it.PaymentIntent().LatestCharge
	if got.BalanceTransaction == nil || got.BalanceTransaction.Amount != 12900 || len(got.Refunds.Data) != 1 || got.Refunds.Data[0].Amount != 5 {
		t.Errorf("expanded: %+v", got)
	}
	sources := &stripe.BalanceTransactionListParams{}
	sources.AddExpand("data.source")
	rows := w.stripe.BalanceTransactions.List(sources)
	kinds := map[string]bool{}
	for rows.Next() {
		kinds[string(rows.BalanceTransaction().Source.Type)] = true
	}
	if diff := cmp.Diff(map[string]bool{"charge": true, "refund": true}, kinds); diff != "" {
		t.Errorf("sources (-want +got):\n%s", diff)
	}
	if _, _, err := w.raw("GET", "/v1/payment_intents/"+id+"?expand[]=latest_charge.payment_intent.latest_charge.balance_transaction", "", nil); err != nil {
		t.Error(err)
	}
	answer, _, _ := w.raw("GET", "/v1/payment_intents/"+id+"?expand[]=latest_charge.payment_intent.latest_charge.payment_intent.latest_charge", "", nil)
	if answer.StatusCode != 400 {
		t.Errorf("five levels: %d", answer.StatusCode)
	}
	// A wrong expand leaves nothing done.
	other, _ := w.order(`{}`)
	if answer, _, _ := w.raw("POST", "/v1/payment_intents/"+other+"/capture", "expand[]=latest_charge.bogus", nil); answer.StatusCode != 400 || w.intent(other).Status != "requires_capture" {
		t.Errorf("a capture with a wrong expand: %d, then %s", answer.StatusCode, w.intent(other).Status)
	}
}
