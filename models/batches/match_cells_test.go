package batches

import (
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/store/storetest"
)

// TestCellsThatCannotBeSent: none of these gets as far as Stripe.
func TestCellsThatCannotBeSent(t *testing.T) {
	for _, l := range []Line{
		{Order: "NG-1", Tracking: "=cmd|'/c calc'!A0"}, {Order: "NG-1", Tracking: "+1+1"}, {Order: "NG-1", Tracking: "T1\x00"},
		{Order: "NG-1", Tracking: "3,40434E+19"}, {Order: "NG-1", Tracking: "T1", Carrier: "=1+1"}, {Order: strings.Repeat("x", 10_000), Tracking: "T1"},
		{Order: "NG-1\x00", Tracking: "T1"},
	} {
		r, bad := unusable(models.BatchRow{OrderText: show(l.Order)}, l)
		if !bad || r.State != models.RowLeftOut || r.Message == "" || strings.ContainsRune(r.OrderText, 0) || len([]rune(r.OrderText)) > maxText+1 {
			t.Errorf("%.30q %.30q: %t %q", l.Order, l.Tracking, bad, r.Message)
		}
	}
	if _, bad := unusable(models.BatchRow{}, Line{Order: "NG-1", Tracking: "0034 0434", Carrier: "DHL Paket"}); bad {
		t.Error("a good line is left out")
	}
}

// TestAMistypedOrderIsNoParcel: a scanned order that is not known is not taken for a parcel of the order before it.
func TestAMistypedOrderIsNoParcel(t *testing.T) {
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Reference: "NG-1"}, models.Order{ID: "pi_2", Reference: "NG-2"})
	s := New(Options{DB: db})
	lines, err := s.PairCodes(t.Context(), []string{"NG-1", "T1", "T2", "NG-O2", "T3", "NG-2", "NG-2", "T4"})
	var got []string
	for _, l := range lines {
		got = append(got, l.Order+" "+l.Tracking)
	}
	if text := strings.Join(got, ", "); err != nil || text != "NG-1 T1, NG-1 T2, NG-O2 T3, NG-2 T4" {
		t.Errorf("%s, %v", text, err)
	}
}
