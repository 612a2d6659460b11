package views_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/views"
	"counterfoil/views/ui"
)

func TestSupportText(t *testing.T) {
	at := func(minute int64) models.Unix { return models.Unix(1_700_000_000 + 60*minute) } // 2023-11-14 22:13:20 UTC
	got := views.SupportText(views.SupportFacts{What: "payment",
		IDs:   []ui.Part{{Name: "PaymentIntent id", Value: "pi_1"}, {Name: "charge id", Value: ""}, {Name: "refund id", Value: "pyr_1"}},
		Tried: []views.Attempt{{At: at(2), What: "refund: no answer yet"}, {At: at(0), What: "capture: succeeded", RequestID: "req_1"}}})
	want := strings.Join([]string{"A Klarna payment through Stripe:", "- PaymentIntent id: pi_1", "- refund id: pyr_1", "What we tried (UTC):",
		"- 2023-11-14 22:13:20 capture: succeeded, request req_1", "- 2023-11-14 22:15:20 refund: no answer yet"}, "\n")
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	got = views.SupportText(views.SupportFacts{What: "payout", IDs: []ui.Part{{Name: "payout id", Value: "po_1"}}})
	if want := "A payout with Klarna payments:\n- payout id: po_1\nNothing was tried from our desk."; got != want {
		t.Errorf("a payout: %s", got)
	}
	var many []views.Attempt
	for i := range int64(12) {
		many = append(many, views.Attempt{At: at(i), What: fmt.Sprintf("try %d", i)})
	}
	got = views.SupportText(views.SupportFacts{What: "dispute", Tried: many})
	if strings.Contains(got, "try 1\n") || !strings.Contains(got, "try 2\n") || !strings.HasSuffix(got, "try 11") {
		t.Errorf("the last ten:\n%s", got)
	}
}

func TestTheCustomersLinkIsWholeWhereTheAddressIsKnown(t *testing.T) {
	in := orderInput(t, models.RoleStaff)
	for base, copies := range map[string]int{"": 0, "https://desk.example.com": 1} {
		in.Shell.PublicURL = base
		var b bytes.Buffer
		if err := views.OrderShow(views.NewOrderPage(in)).Render(as(models.RoleStaff), &b); err != nil {
			t.Fatal(err)
		}
		doc, err := goquery.NewDocumentFromReader(&b)
		if err != nil {
			t.Fatal(err)
		}
		if n := doc.Find(`#support a[href="` + base + `/help/de"]`).Length(); n != 1 {
			t.Errorf("with %q: %d links", base, n)
		}
		if n := doc.Find(`#support [data-copy="` + base + `/help/de"]`).Length(); n != copies {
			t.Errorf("with %q: %d to copy", base, n)
		}
	}
}
