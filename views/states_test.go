package views_test

import (
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/views"
)

func lessInput(t *testing.T) views.OrderInput {
	t.Helper()
	in := orderInput(t, models.RoleStaff)
	released := int64(4000)
	in.CaptureForm = views.CaptureForm{Amount: "149,90", Carrier: "dhl-paket", TrackingNumber: "00340434161094042557", ShippedOn: "2026-11-16", Token: "tok_typed",
		Released: &released, ReleasedAmount: 14990}
	return in
}

func wrongInput(t *testing.T) views.OrderInput {
	t.Helper()
	in := orderInput(t, models.RoleStaff)
	in.AskRecipient = true
	in.CaptureForm = views.CaptureForm{Amount: "1.234,50", Carrier: "other", Token: "tok_typed", TrackingNumber: "123",
		Errors:   map[string]string{"amount": "Write the amount without grouping: 1234.50.", "no_tracking_reason": "Say why."},
		Warnings: map[string]string{"tracking_number": "The check digit does not fit."}}
	in.CancelForm = views.CancelForm{Token: "tok_typed", Errors: map[string]string{"reason": "Choose why."}}
	in.ShipmentForm = views.ShipmentForm{Token: "tok_typed", Errors: map[string]string{"": "Something general.", "tracking_number": "Enter the tracking number."}}
	in.NoteForm = views.NoteForm{Token: "tok_typed", Errors: map[string]string{"text": "Write the note first."}}
	return in
}

func pendingInput(t *testing.T, decide bool) views.OrderInput {
	t.Helper()
	in := orderInput(t, models.RoleStaff)
	c := attempt(t, models.ActPending, 18990)
	c.NeedsPerson = decide
	in.Captures = []models.Capture{c}
	in.CaptureRefusal, in.CancelRefusal = "pending", "pending"
	return in
}

func refusedInput(t *testing.T) views.OrderInput {
	t.Helper()
	in := orderInput(t, models.RoleStaff)
	c := attempt(t, models.ActRefused, 18990)
	c.ErrorMessage, c.StripeRequestID = "Nothing was captured. Stripe did not answer in time.", "req_7F2A"
	in.Captures, in.Tried = []models.Capture{c}, true
	return in
}

func conflictInput(t *testing.T) views.OrderInput {
	t.Helper()
	in := capturedInput(t, models.RoleStaff)
	in.Conflict = &views.Conflict{Act: "captured", Message: "EUR 149.90 was captured already. Stripe allows one capture.", By: "Erik Lund", At: unix(t, "2026-11-17T12:51:04Z")}
	return in
}

func cancelingInput(t *testing.T) views.OrderInput {
	t.Helper()
	in := orderInput(t, models.RoleStaff)
	in.Cancellations = []models.Cancellation{{ID: "can_1", Reason: "duplicate", State: models.ActPending,
		ActOutcome: models.ActOutcome{StaffName: "Erik Lund", Requested: unix(t, "2026-11-17T12:51:04Z"), NeedsPerson: true}}}
	in.CaptureRefusal, in.CancelRefusal = "Stripe has not said yet whether this was canceled.", "pending"
	return in
}

// TestCaptureStates holds the capture panel to the words at the dangerous steps.
func TestCaptureStates(t *testing.T) {
	for _, c := range []struct {
		name  string
		in    views.OrderInput
		has   []string // selectors that must match
		not   []string // selectors that must not
		words []string // texts inside the panel
	}{
		{"first", orderInput(t, models.RoleStaff),
			[]string{`input[name=amount][value="189.90"]`, `input[name=shipped_on][value="2026-11-17"]`, `input[name=form_token][value=tok_fresh]`, `select[name=carrier] option[value=dhl-paket]`},
			[]string{`input[name=released]`, `[role=alert]`, `[hx-trigger]`}, []string{"Capture EUR\u00a0189.90", "Stripe allows one capture."}},
		{"less", lessInput(t),
			[]string{`input[name=released][value="4000"]`, `input[name=amount][value="149,90"]`, `input[name=form_token][value=tok_typed]`, `[role=alert][data-focus]`, `input[name=shipped_on][value="2026-11-16"]`, `option[value=dhl-paket][selected]`},
			nil, []string{"The remaining EUR\u00a040.00 is released to Jonas Weber. Stripe allows one capture: it cannot be captured later.", "Capture EUR\u00a0149.90 and release EUR\u00a040.00", "Go back"}},
		{"wrong", wrongInput(t),
			[]string{`input[name=amount][value="1.234,50"][aria-invalid=true][aria-describedby~=capture-amount-error]`, `#capture-no-tracking-error`, `#capture-tracking-warning`, `input[name=ship_name]`, `input[name=ship_country]`},
			[]string{`input[name=released]`}, []string{"Nothing was captured.", "Look at 2 fields below."}},
		{"pending", pendingInput(t, false),
			[]string{`#capture-panel[hx-trigger="every 2s"][hx-select="#capture-panel"]`, `.note.unk`},
			[]string{`form`}, []string{"Stripe has not said yet whether this was captured.", "Do not try again: we are asking.", "Sofia Berg", "Ref req_Qw8n2LzTb41XcV"}},
		{"decide", pendingInput(t, true),
			[]string{`input[name=again][value=cap_01JCX5T8]`}, []string{`#capture-panel[hx-trigger]`, `input[name=amount]`}, []string{"It needs your decision."}},
		{"refused", refusedInput(t),
			[]string{`input[name=amount][value="189.90"]`, `[role=alert][data-focus]`, `input[name=tracking_number][value="00340434161094042557"]`}, nil, []string{"Nothing was captured.", "Stripe did not answer in time.", "Ref req_7F2A"}},
		{"done", capturedInput(t, models.RoleStaff), nil, []string{`form`}, []string{"Sofia Berg", "EUR\u00a0149.90", "EUR\u00a040.00, confirmed by"}},
		{"conflict", conflictInput(t), []string{`[role=alert]`}, []string{`form`}, []string{"Nothing was captured now", "It was Erik Lund, today at 13:51."}},
		{"viewer", orderInput(t, models.RoleViewer), nil, []string{`form`}, []string{"Your role reads orders and changes nothing."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			doc := draw(t, as(models.RoleStaff), views.CaptureRegion(views.NewOrderPage(c.in).Capture))
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
			text := strings.Join(strings.Fields(doc.Find("#capture-panel").Text()), " ")
			for _, words := range c.words {
				if !strings.Contains(text, strings.Join(strings.Fields(words), " ")) {
					t.Errorf("%q is not said in %q", words, text)
				}
			}
		})
	}
}

// TestViewerSeesNoCustomer holds the rights table: a viewer sees no names, addresses or mails, and no way to act.
func TestViewerSeesNoCustomer(t *testing.T) {
	ctx := as(models.RoleViewer)
	for name, view := range map[string]string{
		"order":    draw(t, ctx, views.OrderShow(views.NewOrderPage(orderInput(t, models.RoleViewer)))).Text(),
		"captured": draw(t, ctx, views.OrderShow(views.NewOrderPage(capturedInput(t, models.RoleViewer)))).Text(),
		"orders":   draw(t, ctx, views.OrdersIndex(views.NewOrdersPage(ordersInput(t, models.RoleViewer)))).Text(),
		"disputes": draw(t, ctx, views.DisputesIndex(views.NewDisputesPage(disputesInput(t, models.RoleViewer)))).Text(),
	} {
		for _, secret := range []string{"Weber", "jonas.weber", "Torstra", "901820"} {
			if strings.Contains(view, secret) {
				t.Errorf("%s shows %q to a viewer", name, secret)
			}
		}
		if !strings.Contains(view, "your role") {
			t.Errorf("%s does not say that the customer is hidden", name)
		}
	}
	doc := draw(t, ctx, views.OrderShow(views.NewOrderPage(orderInput(t, models.RoleViewer))))
	if n := doc.Find("#page form").Length(); n != 0 {
		t.Errorf("a viewer gets %d forms", n)
	}
}

// TestMoneyLine follows a partly captured order to the bank: the fee and the net of both rows, the released rest beside the capture.
func TestMoneyLine(t *testing.T) {
	doc := draw(t, as(models.RoleManager), views.MoneyLineView(views.NewOrderPage(capturedInput(t, models.RoleManager)).Line))
	var got []string
	for _, n := range doc.Find(".v").Nodes {
		got = append(got, strings.TrimSpace(doc.FindNodes(n).Text()))
	}
	if want := "189.90 149.90 −4.82 – – 145.08 9 Nov po_1SHq… RF82 0417"; strings.Join(got, " ") != want {
		t.Errorf("money line %q, want %q", strings.Join(got, " "), want)
	}
	if doc.Find(`a[href="/settlements/po_1SHqx2Lq8Zr2nWd0"]`).Length() != 1 {
		t.Error("no link to the payout for a manager")
	}
}

// TestPayoutProof holds the proof of a payout to its arithmetic.
func TestPayoutProof(t *testing.T) {
	ctx := as(models.RoleManager)
	var badges []string
	list := draw(t, ctx, views.SettlementsIndex(views.NewSettlementsPage(settlementsInput(t, models.RoleManager))))
	for _, n := range list.Find(`section[aria-labelledby="h-payouts"] tbody .badge`).Nodes {
		badges = append(badges, strings.TrimSpace(list.FindNodes(n).Text()))
	}
	if got, want := strings.Join(badges, "|"), "Matched|Waiting|Difference EUR\u00a012.40|Not itemized|Failed"; got != want {
		t.Errorf("proofs %q, want %q", got, want)
	}
	doc := draw(t, ctx, views.PayoutShow(views.NewPayoutPage(payoutInput(t, models.RoleManager))))
	sum := doc.Find(`section[aria-labelledby="h-proof"]`).Text()
	for _, want := range []string{"Payments, 1189.90", "Partial-capture reversals, 1−40.00", "Fees on the lines−4.82", "Sum of lines132.58", "Payout−132.58", "Rest0.00"} {
		if !strings.Contains(sum, want) {
			t.Errorf("the proof %q lacks %q", sum, want)
		}
	}
	if !strings.Contains(doc.Text(), "Proved to the cent") {
		t.Error("the payout is not proved")
	}
}

// TestNavigationByRole offers only places that exist and that the role may see.
func TestNavigationByRole(t *testing.T) {
	for role, want := range map[models.Role]int{models.RoleStaff: 0, models.RoleManager: 1, models.RoleViewer: 1} {
		doc := draw(t, as(role), views.OrdersIndex(views.NewOrdersPage(ordersInput(t, role))))
		if got := doc.Find(`.side a[href="/settlements"]`).Length(); got != want {
			t.Errorf("%s: %d links to the settlements, want %d", role, got, want)
		}
	}
}

// TestForbiddenNamesWhosePageItIs says who may see the page.
func TestForbiddenNamesWhosePageItIs(t *testing.T) {
	sh := shell(t, models.RoleStaff)
	doc := draw(t, as(models.RoleStaff), views.ErrorShow(views.NewErrorPage(views.ErrorInput{Shell: &sh, Status: 403, Role: models.RoleStaff,
		Roles: []models.Role{models.RoleViewer, models.RoleManager, models.RoleAdmin}})))
	if want := "It is for viewers, managers and admins. You are signed in as staff."; !strings.Contains(doc.Text(), want) {
		t.Errorf("the page does not say %q", want)
	}
}

// TestOrderAnswer is the partial answer: the form's own region first, then those that changed with it, each once and under its own id.
func TestOrderAnswer(t *testing.T) {
	p := views.NewOrderPage(capturedInput(t, models.RoleStaff))
	for region, others := range map[string]int{views.RegionCapture: 8, views.RegionCancel: 7, views.RegionRefund: 5, views.RegionHead: 5, views.RegionShipments: 3, views.RegionNote: 2} {
		doc := draw(t, as(models.RoleStaff), views.OrderPartial(p, "section#"+region, false))
		if got := doc.Find("body").Children().First().AttrOr("id", ""); got != region {
			t.Errorf("%s: the answer begins with %q", region, got)
		}
		partials := doc.Find("hx-partial")
		if partials.Length() != others {
			t.Errorf("%s: %d regions out of band, want %d", region, partials.Length(), others)
		}
		for _, n := range partials.Nodes {
			part := doc.FindNodes(n)
			if target := part.AttrOr("hx-target", ""); part.Find(target).Length() != 1 || target == "#"+region {
				t.Errorf("%s: a part for %q does not hold it", region, target)
			}
		}
		checkIDs(t, draw(t, as(models.RoleStaff), views.OrderRegion(p, region)))
	}
}
