package views_test

import (
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views"
)

// refundInput is the captured order, of which EUR 129.90 can be refunded, without its dispute.
func refundInput(t *testing.T, role models.Role) views.OrderInput {
	t.Helper()
	in := capturedInput(t, role)
	in.Disputes, in.Refundable = nil, money.Amount{Minor: 12990, Currency: "EUR"}
	return in
}

func ownRefund(t *testing.T, state models.ActState) models.RefundAct {
	t.Helper()
	return models.RefundAct{ID: "rfd_1", OrderID: order(t).ID, Amount: 4500, Currency: "EUR", Reason: "duplicate", Note: "Herr Weber paid twice", State: state,
		ActOutcome: models.ActOutcome{StaffName: "Erik Lund", Requested: unix(t, "2026-11-17T12:51:04Z"), StripeRequestID: "req_Rf1"}}
}

// TestRefundPanel holds the refund form to the words at the dangerous steps.
func TestRefundPanel(t *testing.T) {
	inquiry := capturedInput(t, models.RoleStaff).Disputes
	for name, c := range map[string]struct {
		change func(in *views.OrderInput)
		has    []string
		not    []string
		words  []string
	}{
		"first": {func(*views.OrderInput) {}, []string{`input[name=amount][value="129.90"]`, `input[name=form_token][value=tok_fresh]`, `details:not([open])`},
			[]string{`input[name=confirmed]`, `.note`}, []string{"Review the refund", "Up to EUR 129.90."}},
		"confirm": {func(in *views.OrderInput) {
			in.RefundForm = views.RefundForm{Amount: "45,00", Reason: "duplicate", Note: "n", Token: "tok_typed", Confirm: 4500}
		}, []string{`input[name=confirmed][value="4500"]`, `input[name=amount][value="45,00"]`, `option[value=duplicate][selected]`, `input[name=form_token][value=tok_typed]`,
			`details[open] [role=alert][data-focus]`}, nil,
			[]string{"Refund EUR 45.00 to Jonas Weber. EUR 84.90 of EUR 149.90 stays captured. This cannot be undone.", "Refund EUR 45.00", "Go back"}},
		"confirm all": {func(in *views.OrderInput) {
			in.RefundForm = views.RefundForm{Amount: "129.90", Token: "t", Confirm: 12990}
		}, nil, nil,
			[]string{"Nothing of the EUR 149.90 stays captured."}},
		"wrong": {func(in *views.OrderInput) {
			in.RefundForm = views.RefundForm{Amount: "1.234,50", Token: "t", Errors: map[string]string{"amount": "No grouping."}}
		}, []string{`details[open]`, `input[name=amount][value="1.234,50"][aria-invalid=true]`}, []string{`input[name=confirmed]`}, []string{"Nothing was refunded.", "Look at 1 field below."}},
		"inquiry": {func(in *views.OrderInput) { in.Disputes = inquiry }, []string{`.note.warn`}, nil,
			[]string{"Refunding exactly EUR 58.00 closes it without a fee. With another amount Klarna may escalate what is left to a chargeback."}},
		"inquiry, exactly": {func(in *views.OrderInput) {
			in.Disputes, in.RefundForm = inquiry, views.RefundForm{Token: "t", Confirm: 5800}
		}, nil, nil, []string{"This closes the inquiry without a fee."}},
		"inquiry, less": {func(in *views.OrderInput) {
			in.Disputes, in.RefundForm = inquiry, views.RefundForm{Token: "t", Confirm: 5799}
		}, nil, nil,
			[]string{"Klarna may escalate the other EUR 0.01 to a chargeback."}},
		"inquiry, more": {func(in *views.OrderInput) {
			in.Disputes, in.RefundForm = inquiry, views.RefundForm{Token: "t", Confirm: 5801}
		}, nil, nil,
			[]string{"only a refund of exactly that closes it for certain"}},
		"past 180 days": {func(in *views.OrderInput) { in.Order.CapturedAt = unix(t, "2026-05-21T13:02:00Z") }, []string{`form`}, nil,
			[]string{"This capture is more than 180 days old", "it is sent all the same"}},
		"180 days minus a second": {func(in *views.OrderInput) { in.Order.CapturedAt = unix(t, "2026-05-21T13:02:01Z") }, []string{`form`}, []string{`.note`}, nil},
		"refused before": {func(in *views.OrderInput) {
			in.RefundActs, in.Tried = []models.RefundAct{ownRefund(t, models.ActRefused)}, true
		}, []string{`details[open]`, `input[name=amount][value="45.00"]`, `option[value=duplicate][selected]`}, nil, nil},
		"not possible": {func(in *views.OrderInput) { in.RefundRefusal = "A chargeback is open." }, nil, []string{`details`}, nil},
		"somebody came first": {func(in *views.OrderInput) {
			in.RefundRefusal = "All is refunded."
			in.Conflict = &views.Conflict{Act: "refunded", Message: "All is refunded.", By: "Erik Lund", At: unix(t, "2026-11-17T12:51:04Z")}
		}, []string{`details[open] [role=alert]`}, []string{`form`}, []string{"Nothing was refunded now", "It was Erik Lund, today at 13:51."}},
		"a viewer": {func(in *views.OrderInput) { in.CanAct = false }, nil, []string{`details`}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			in := refundInput(t, models.RoleStaff)
			c.change(&in)
			doc := draw(t, as(models.RoleStaff), views.RefundRegion(views.NewOrderPage(in).Refund))
			for _, selector := range c.has {
				if doc.Find(selector).Length() == 0 {
					t.Errorf("no %s", selector)
				}
			}
			for _, selector := range c.not {
				if doc.Find(selector).Length() != 0 {
					t.Errorf("there is %s", selector)
				}
			}
			checkWords(t, doc.Find("#refund-panel").Text(), c.words...)
		})
	}
}

func checkWords(t *testing.T, text string, want ...string) {
	t.Helper()
	text = strings.Join(strings.Fields(strings.ReplaceAll(text, "\u00a0", " ")), " ")
	for _, words := range want {
		if !strings.Contains(text, words) {
			t.Errorf("%q is not said in %q", words, text)
		}
	}
}

// TestRefundsOfAnOrder shows each of Stripe's states as such, and of our own refunds what is not known.
func TestRefundsOfAnOrder(t *testing.T) {
	in := refundInput(t, models.RoleStaff)
	in.Refunds = nil
	for i, status := range []string{"succeeded", "pending", "requires_action", "failed", "canceled"} {
		in.Refunds = append(in.Refunds, models.Refund{ID: "pyr_" + status, Amount: int64(i + 1), Currency: "EUR", Status: status, Reason: "requested_by_customer"})
	}
	in.Refunds[0].OperationID, in.Refunds[3].FailureReason = "rfd_1", "declined"
	in.RefundActs = []models.RefundAct{ownRefund(t, models.ActSucceeded)}
	doc := draw(t, as(models.RoleStaff), views.ClaimsView(views.NewOrderPage(in).Claims))
	var badges []string
	for _, n := range doc.Find("tbody .badge").Nodes {
		badges = append(badges, strings.TrimSpace(doc.FindNodes(n).Text()))
	}
	if got, want := strings.Join(badges, "|"), "Refunded|On its way|Needs the customer|Failed|Canceled"; got != want {
		t.Errorf("badges %q, want %q", got, want)
	}
	checkWords(t, doc.Text(), "by Erik Lund: “Herr Weber paid twice”", "made outside this desk", "Declined. The money is back in the balance",
		"5 to 7 business days", "The customer has to act")
	if doc.Find("#claims[hx-trigger]").Length() != 0 {
		t.Error("it asks again though nothing is unknown")
	}
	viewer := refundInput(t, models.RoleViewer)
	viewer.Refunds, viewer.RefundActs = in.Refunds, in.RefundActs
	if text := draw(t, as(models.RoleViewer), views.OrderShow(views.NewOrderPage(viewer))).Text(); strings.Contains(text, "Weber") {
		t.Error("a viewer reads the note that names the customer")
	}

	unknown, decide := ownRefund(t, models.ActPending), ownRefund(t, models.ActPending)
	decide.ID, decide.Amount, decide.NeedsPerson = "rfd_2", 700, true
	in.RefundActs = []models.RefundAct{unknown, decide}
	doc = draw(t, as(models.RoleStaff), views.ClaimsView(views.NewOrderPage(in).Claims))
	if doc.Find(`#claims[hx-trigger="every 2s"]`).Length() != 1 || doc.Find(`form`).Length() != 1 || doc.Find(`input[name=again][value=rfd_2]`).Length() != 1 {
		t.Error("an unknown outcome is not asked for, or nobody is asked to decide")
	}
	if others := doc.Find("#claims").AttrOr("hx-select-oob", ""); strings.Contains(others, "refund-panel") {
		t.Errorf("asking again would take away what is being typed: %s", others)
	}
	checkWords(t, doc.Text(), "Stripe has not said yet whether EUR 45.00 was refunded.", "Do not try again: we are asking.",
		"Stripe keeps failing the refund of EUR 7.00. It needs your decision.", "Send the refund of EUR 7.00 again")
}

// TestRefundsInTheTimeline says what we did about a refund and what became of it.
func TestRefundsInTheTimeline(t *testing.T) {
	in := refundInput(t, models.RoleStaff)
	in.Refunds = []models.Refund{{ID: "pyr_1", Amount: 4500, Currency: "EUR", Status: "failed", Created: 10}}
	in.Events = []models.StripeEvent{{ID: "evt_2", Type: "charge.refund.updated", ObjectID: "pyr_1", Created: 30}, {ID: "evt_1", Type: "charge.refund.updated", ObjectID: "pyr_1", Created: 20}}
	in.Audit = nil
	for _, action := range []string{"requested", "unknown", "left_to_person", "sent_again", "succeeded", "refused"} {
		in.Audit = append(in.Audit, models.AuditEntry{At: 40, StaffName: "Erik Lund", Action: "refund." + action,
			Details: map[string]string{"amount": "EUR 45.00", "reason": "duplicate", "status": "pending", "code": "charge_disputed"}})
	}
	checkWords(t, draw(t, as(models.RoleStaff), views.TimelineView(views.NewOrderPage(in).Timeline)).Text(), "Refund of EUR 45.00 failed", "Refund updated",
		"Refund of EUR 45.00 asked for", "paid twice", "no clear answer", "needs a decision", "sent again as a new request", "taken by Stripe", "on its way",
		"Nothing was refunded", "charge disputed")
}
