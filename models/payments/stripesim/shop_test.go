package stripesim_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

func newShop(t *testing.T, orders int, seed int64) *world {
	t.Helper()
	w := newWorld(t, stripesim.Options{Seed: seed})
	if err := w.sim.MakeShop(stripesim.ShopOptions{Orders: orders, Seed: seed}); err != nil {
		t.Fatal(err)
	}
	return w
}

func TestSameSeedSameShop(t *testing.T) {
	one, two, other := newShop(t, 90, 7), newShop(t, 90, 7), newShop(t, 90, 8)
	a := one.everything()
	if diff := cmp.Diff(a, two.everything()); diff != "" {
		t.Errorf("two shops of one seed (-one +two):\n%s", diff)
	}
	if a["payment_intents"] == other.everything()["payment_intents"] {
		t.Error("another seed made the same shop")
	}
	// What is ordered afterwards has the same ids too.
	x, _ := one.order(`{}`)
	y, _ := two.order(`{}`)
	if x != y {
		t.Errorf("orders after the shop: %s and %s", x, y)
	}
}

func TestShopIsBelievable(t *testing.T) {
	w := newShop(t, 240, 1)
	now := w.sim.Now().Unix()
	seen := map[string]int{}
	p := &stripe.PaymentIntentListParams{}
	p.Limit = stripe.Int64(100)
	p.AddExpand("data.latest_charge.balance_transaction")
	p.AddExpand("data.latest_charge.refunds")
	it := w.stripe.PaymentIntents.List(p)
	for it.Next() {
		pi := it.PaymentIntent()
		seen["all"]++
		seen[string(pi.Currency)]++
		for _, kind := range kindsOf(pi, now) {
			seen[kind]++
		}
		checkIntent(t, pi, now)
	}
	if err := it.Err(); err != nil || seen["all"] != 240+6 { // six gift cards
		t.Fatalf("%d payments, %v", seen["all"], err)
	}
	for _, kind := range []string{"eur", "sek", "nok", "dkk", "gbp", "pln", "runs out within 2 days", "runs out within 7 days", "authorized",
		"tracked", "untracked", "partly captured", "canceled", "expired", "refunded", "partly refunded", "declined", "started", "automatic",
		"card", "card with klarna listed", "klarna option", "customer", "no reference"} {
		if seen[kind] == 0 {
			t.Errorf("no payment: %s", kind)
		}
	}
	statuses := map[string]int{}
	for d := w.stripe.Disputes.List(&stripe.DisputeListParams{}); d.Next(); {
		statuses[string(d.Dispute().Status)]++
	}
	for _, s := range []string{"warning_needs_response", "needs_response", "under_review", "won", "lost", "warning_closed"} {
		if statuses[s] == 0 {
			t.Errorf("no dispute: %s", s)
		}
	}
	checkPayouts(t, w)
}

// kindsOf says what is remarkable about a payment.
func kindsOf(pi *stripe.PaymentIntent, now int64) []string {
	var out []string
	is := func(yes bool, kind string) {
		if yes {
			out = append(out, kind)
		}
	}
	is(pi.Status == "requires_action", "started")
	is(pi.LastPaymentError != nil, "declined")
	is(pi.Status == "canceled" && pi.CancellationReason == "automatic", "expired")
	is(pi.Status == "canceled" && pi.CancellationReason != "automatic", "canceled")
	is(pi.Customer != nil, "customer")
	is(len(pi.Metadata) == 0, "no reference")
	is(pi.PaymentMethodOptions.Klarna != nil && pi.PaymentMethodOptions.Klarna.CaptureMethod == "manual", "klarna option")
	ch := pi.LatestCharge
	if ch == nil {
		return out
	}
	card := ch.PaymentMethodDetails.Type == "card"
	is(card, "card")
	is(card && len(pi.PaymentMethodTypes) == 2, "card with klarna listed")
	is(!card && pi.CaptureMethod == "automatic" && pi.PaymentMethodOptions.Klarna.CaptureMethod == "", "automatic")
	left := ch.Created + 28*86400 - now
	is(pi.Status == "requires_capture", "authorized")
	is(pi.Status == "requires_capture" && left < 2*86400, "runs out within 2 days")
	is(pi.Status == "requires_capture" && left >= 2*86400 && left < 7*86400, "runs out within 7 days")
	if ch.Captured {
		is(ch.Shipping != nil && ch.Shipping.TrackingNumber != "", "tracked")
		is(ch.Shipping != nil && ch.Shipping.TrackingNumber == "", "untracked")
		is(ch.AmountCaptured < ch.Amount, "partly captured")
		refunded := int64(0)
		for _, r := range ch.Refunds.Data {
			refunded += r.Amount
		}
		is(refunded == ch.AmountCaptured, "refunded")
		is(refunded > 0 && refunded < ch.AmountCaptured, "partly refunded")
	}
	return out
}

// checkIntent checks what is true of every payment.
func checkIntent(t *testing.T, pi *stripe.PaymentIntent, now int64) {
	t.Helper()
	if pi.Amount <= 0 || pi.Created > now || pi.Created < now-121*86400 {
		t.Errorf("%s: amount %d created %d", pi.ID, pi.Amount, pi.Created)
	}
	ch := pi.LatestCharge
	if pi.Status == "requires_capture" && (pi.AmountCapturable != pi.Amount || ch.Created+28*86400 <= now) {
		t.Errorf("%s: authorized, capturable %d, charge of %d", pi.ID, pi.AmountCapturable, ch.Created)
	}
	if pi.Status != "succeeded" {
		return
	}
	if !ch.Captured || ch.AmountCaptured != pi.AmountReceived || ch.BalanceTransaction == nil || ch.BalanceTransaction.Amount != ch.Amount {
		t.Errorf("%s: captured %+v", pi.ID, ch)
	}
	if !pi.Livemode && ch.PaymentMethodDetails.Type == "klarna" && ch.ID[:3] != "py_" {
		t.Errorf("%s: charge %s", pi.ID, ch.ID)
	}
}

// checkPayouts checks that every automatic payout is the sum of its lines, that each currency with a payout has several, and that there is
// one of each kind that is not the usual.
func checkPayouts(t *testing.T, w *world) {
	t.Helper()
	perCurrency, seen := map[string]int{}, map[string]int{}
	list := w.stripe.Payouts.List(&stripe.PayoutListParams{ListParams: stripe.ListParams{Limit: stripe.Int64(100)}})
	for list.Next() {
		p := list.Payout()
		perCurrency[string(p.Currency)]++
		seen[string(p.Status)]++
		seen[string(p.ReconciliationStatus)]++
		if p.Amount <= 0 {
			t.Errorf("payout %s of %d", p.ID, p.Amount)
		}
		if !p.Automatic {
			continue
		}
		if sum, _ := w.left(p.ID); sum != 0 {
			t.Errorf("payout %s of %d: its lines sum to %d, want 0", p.ID, p.Amount, sum)
		}
	}
	for _, c := range []string{"eur", "sek", "nok", "dkk"} {
		if perCurrency[c] < 2 {
			t.Errorf("%d payouts in %s, want several", perCurrency[c], c)
		}
	}
	for kind, want := range map[string]int{"failed": 1, "not_applicable": 1, "in_progress": 1} {
		if seen[kind] != want {
			t.Errorf("%d payouts %s, want %d", seen[kind], kind, want)
		}
	}
	categories := map[string]int{}
	for _, e := range w.entries() {
		categories[e.Category]++
	}
	if categories["fee"] != 4 || categories["other_adjustment"] != 1 || categories["payout_reversal"] != 1 {
		t.Errorf("rows beside Klarna's: %v", categories)
	}
}

func TestShopEvents(t *testing.T) {
	box := newInbox(t, nil)
	w := newWorld(t, stripesim.Options{Seed: 3, WebhookURL: box.URL})
	if err := w.sim.MakeShop(stripesim.ShopOptions{Orders: 40, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	if ids, _ := w.page("/v1/events?delivery_success=false"); len(ids) != 0 {
		t.Errorf("%d events of the past wait for delivery", len(ids))
	}
	if ids, _ := w.page("/v1/events?limit=50"); len(ids) != 50 {
		t.Errorf("%d events of the past are listed, want a full page", len(ids))
	}
	w.order(`{}`)
	if diff := cmp.Diff(orderEvents, types(box.wait(t, 4))); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	other := newWorld(t, stripesim.Options{Seed: 3, WebhookURL: box.URL})
	if err := other.sim.MakeShop(stripesim.ShopOptions{Orders: 10, Seed: 3, Deliver: true}); err != nil {
		t.Fatal(err)
	}
	ids, _ := other.page("/v1/events?limit=100")
	if got := box.wait(t, 4+len(ids)); len(got) != 4+len(ids) || len(ids) == 0 {
		t.Errorf("%d deliveries, want %d", len(got), 4+len(ids))
	}
}

// A large shop comes in seconds; the benchmark says how many.
func BenchmarkShop(b *testing.B) {
	for b.Loop() {
		sim, err := stripesim.New(stripesim.Options{Start: start})
		if err != nil {
			b.Fatal(err)
		}
		if err := sim.MakeShop(stripesim.ShopOptions{Orders: 10_000, Seed: 1}); err != nil {
			b.Fatal(err)
		}
		if err := sim.Close(); err != nil {
			b.Fatal(err)
		}
	}
}

func TestTrackingNumbers(t *testing.T) {
	w := newShop(t, 240, 1)
	_, body, err := w.raw("GET", "/v1/charges?limit=100", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	var in struct {
		Data []struct {
			Shipping *struct {
				Carrier        *string
				TrackingNumber *string `json:"tracking_number"`
			}
		}
	}
	if err := json.Unmarshal(body, &in); err != nil {
		t.Fatal(err)
	}
	posts := 0
	for _, c := range in.Data {
		if c.Shipping == nil || c.Shipping.TrackingNumber == nil {
			continue
		}
		n := *c.Shipping.TrackingNumber
		if len(n) == 13 && n[11] >= 'A' {
			posts++
			sum := 0
			for i, weight := range []int{8, 6, 4, 2, 3, 5, 9, 7} {
				sum += weight * int(n[2+i]-'0')
			}
			if want := fmt.Sprint(map[int]int{10: 0, 11: 5}[11-sum%11]); 11-sum%11 < 10 && n[10:11] != fmt.Sprint(11-sum%11) || 11-sum%11 >= 10 && n[10:11] != want {
				t.Errorf("%s has a wrong check digit", n)
			}
		}
	}
	if posts == 0 {
		t.Error("no postal number among a hundred charges")
	}
}
