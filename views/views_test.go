package views_test

import (
	"bytes"
	"context"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/models/help"
	"counterfoil/static"
	"counterfoil/views"
)

// page is a whole page as a browser would get it.
type page struct {
	name   string
	ctx    context.Context
	view   templ.Component
	public bool // no scripts
}

func draw(t *testing.T, ctx context.Context, c templ.Component) *goquery.Document {
	t.Helper()
	var b bytes.Buffer
	if err := c.Render(ctx, &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// allPages is every page in the states that a person can meet.
func allPages(t *testing.T) []page {
	t.Helper()
	staff, viewer, manager := as(models.RoleStaff), as(models.RoleViewer), as(models.RoleManager)
	show := func(in views.OrderInput) templ.Component { return views.OrderShow(views.NewOrderPage(in)) }
	list := func(in views.OrdersInput) templ.Component { return views.OrdersIndex(views.NewOrdersPage(in)) }
	fault := func(in views.ErrorInput) templ.Component { return views.ErrorShow(views.NewErrorPage(in)) }
	sh := shell(t, models.RoleStaff)
	found, nothing := ordersInput(t, models.RoleStaff), ordersInput(t, models.RoleStaff)
	found.Asked, found.Tab, found.NewerCursor = url.Values{"q": {"weber"}, "tab": {"to-capture"}, "country": {"DE"}, "status": {"captured,expired"}}, views.TabToCapture, "9"
	nothing.Asked, nothing.Orders = url.Values{"q": {"nobody"}}, nil
	cut, wrong := ordersInput(t, models.RoleStaff), ordersInput(t, models.RoleStaff)
	cut.Asked, cut.Cut, cut.Walked = url.Values{"q": {"weber"}, "sort": {"-amount"}}, true, 20000
	wrong.Asked, wrong.Faults, wrong.Orders = url.Values{"amount_min": {"1.234,50"}}, map[string]string{"amount_min": "This is not an amount."}, nil
	none := views.OrdersInput{Shell: sh, Tab: views.TabExpired}
	public := context.Background()
	pages := []page{
		{name: "orders", ctx: staff, view: list(ordersInput(t, models.RoleStaff))},
		{name: "orders-viewer", ctx: viewer, view: list(ordersInput(t, models.RoleViewer))},
		{name: "orders-found", ctx: staff, view: list(found)},
		{name: "orders-cut", ctx: staff, view: list(cut)},
		{name: "orders-wrong", ctx: staff, view: list(wrong)},
		{name: "orders-nothing", ctx: staff, view: list(nothing)},
		{name: "orders-none", ctx: staff, view: list(none)},
		{name: "order", ctx: manager, view: show(orderInput(t, models.RoleManager))},
		{name: "order-viewer", ctx: viewer, view: show(orderInput(t, models.RoleViewer))},
		{name: "order-captured", ctx: manager, view: show(capturedInput(t, models.RoleManager))},
		{name: "order-less", ctx: staff, view: show(lessInput(t))},
		{name: "order-wrong", ctx: staff, view: show(wrongInput(t))},
		{name: "order-unknown", ctx: staff, view: show(pendingInput(t, false))},
		{name: "order-decide", ctx: staff, view: show(pendingInput(t, true))},
		{name: "order-refused", ctx: staff, view: show(refusedInput(t))},
		{name: "order-conflict", ctx: staff, view: show(conflictInput(t))},
		{name: "order-canceling", ctx: staff, view: show(cancelingInput(t))},
		{name: "disputes", ctx: staff, view: views.DisputesIndex(views.NewDisputesPage(disputesInput(t, models.RoleStaff)))},
		{name: "dispute-inquiry", ctx: staff, view: views.DisputeShow(views.NewDisputePage(disputeInput(t, models.RoleStaff, "warning_needs_response")))},
		{name: "dispute-chargeback", ctx: staff, view: views.DisputeShow(views.NewDisputePage(disputeInput(t, models.RoleStaff, "needs_response")))},
		{name: "dispute-review", ctx: staff, view: views.DisputeShow(views.NewDisputePage(reviewInput(t)))},
		{name: "dispute-of-tomorrow", ctx: staff, view: views.DisputeShow(views.NewDisputePage(disputeInput(t, models.RoleStaff, "of_tomorrow")))},
		{name: "dispute-lost-viewer", ctx: staff, view: views.DisputeShow(views.NewDisputePage(disputeInput(t, models.RoleViewer, "lost")))},
		{name: "mail-new", ctx: staff, view: views.MailShow(views.NewMailPage(views.MailInput{Shell: sh}))},
		{name: "disputes-none", ctx: staff, view: views.DisputesIndex(views.NewDisputesPage(views.DisputesInput{Shell: sh}))},
		{name: "settlements", ctx: manager, view: views.SettlementsIndex(views.NewSettlementsPage(settlementsInput(t, models.RoleManager)))},
		{name: "settlements-none", ctx: manager, view: views.SettlementsIndex(views.NewSettlementsPage(views.SettlementsInput{Shell: sh}))},
		{name: "exceptions", ctx: manager, view: views.ExceptionsShow(views.NewExceptionsPage(exceptionsInput(t, models.RoleManager)))},
		{name: "exceptions-viewer", ctx: viewer, view: views.ExceptionsShow(views.NewExceptionsPage(exceptionsInput(t, models.RoleViewer)))},
		{name: "exceptions-wrong", ctx: manager, view: views.ExceptionsShow(views.NewExceptionsPage(unexplainedInput(t)))},
		{name: "exceptions-none", ctx: manager, view: views.ExceptionsShow(views.NewExceptionsPage(views.ExceptionsInput{Shell: sh}))},
		{name: "payout", ctx: manager, view: views.PayoutShow(views.NewPayoutPage(payoutInput(t, models.RoleManager)))},
		{name: "help", ctx: public, view: views.HelpShow(views.NewHelpPage(helpInput(t, "de", "de"))), public: true},
		{name: "help-ch", ctx: public, view: views.HelpShow(views.NewHelpPage(helpInput(t, "ch", "it"))), public: true},
		{name: "help-all", ctx: public, view: views.HelpCountries(views.NewHelpCountries(helpInput(t, "gb", "en"))), public: true},
		{name: "sign-in", ctx: public, view: views.SignIn(views.NewSignInPage(views.SignInInput{ShopName: "Nordic Goods AB", TestMode: true, Email: "sofia.berg@nordicgoods.example", Next: "/orders", Error: "The e-mail address or the password is wrong."})), public: true},
		{name: "set-up", ctx: public, view: views.SetUp(views.NewSetUpPage(views.SetUpInput{ShopName: "Nordic Goods AB", Token: "once", Errors: map[string]string{"password": "Too short."}})), public: true},
		{name: "set-up-used", ctx: public, view: views.SetUp(views.NewSetUpPage(views.SetUpInput{ShopName: "Nordic Goods AB"})), public: true},
		{name: "error-public", ctx: public, view: fault(views.ErrorInput{ShopName: "Nordic Goods AB", Status: 404}), public: true},
	}
	for _, status := range []int{400, 403, 404, 405, 409, 413, 422, 429, 500, 503} {
		pages = append(pages, page{name: "error-" + itoa(status), ctx: staff, view: fault(views.ErrorInput{Shell: &sh, Status: status, RequestID: "7F2A",
			StripeRequestID: "req_1", Roles: []models.Role{models.RoleViewer, models.RoleManager, models.RoleAdmin}, Role: models.RoleStaff})})
	}
	return slices.Concat(pages, viewPages(t), mailPages(t))
}

func itoa(n int) string {
	return string([]byte{byte('0' + n/100), byte('0' + n/10%10), byte('0' + n%10)})
}

// TestEveryPage holds every page to what a screen reader, a strict policy and a browser without scripts need.
func TestEveryPage(t *testing.T) {
	for _, p := range allPages(t) {
		t.Run(p.name, func(t *testing.T) {
			doc := draw(t, p.ctx, p.view)
			if n := doc.Find("h1").Length(); n != 1 {
				t.Errorf("%d main headings, want 1", n)
			}
			checkIDs(t, doc)
			checkPolicy(t, doc)
			checkFields(t, doc)
			checkForms(t, doc)
			checkHeadings(t, doc)
			if n := doc.Find("script").Length(); p.public && n != 0 {
				t.Errorf("%d scripts on a public page", n)
			}
			doc.Find("[src], link[href]:not([rel=canonical], [rel=alternate]), use").Each(func(_ int, s *goquery.Selection) { checkAsset(t, s) })
			if n := doc.Find("button:not([type=button])").FilterFunction(func(_ int, s *goquery.Selection) bool { return s.Closest("form").Length() == 0 }).Length(); n != 0 {
				t.Errorf("%d sending buttons outside of a form", n)
			}
		})
	}
}

func checkIDs(t *testing.T, doc *goquery.Document) {
	t.Helper()
	seen := map[string]bool{}
	doc.Find("[id]").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if seen[id] {
			t.Errorf("two elements with id %q", id)
		}
		seen[id] = true
	})
	doc.Find("[for], [aria-labelledby], [aria-describedby], [popovertarget], [hx-target]").Each(func(_ int, s *goquery.Selection) {
		for _, attribute := range []string{"for", "aria-labelledby", "aria-describedby", "popovertarget"} {
			for _, id := range strings.Fields(s.AttrOr(attribute, "")) {
				if !seen[id] {
					t.Errorf("%s=%q leads nowhere", attribute, id)
				}
			}
		}
		if id := strings.TrimPrefix(s.AttrOr("hx-target", ""), "#"); id != "" && !seen[id] {
			t.Errorf("hx-target %q leads nowhere", id)
		}
	})
}

// checkPolicy finds what the content security policy would block.
func checkPolicy(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("*").Each(func(_ int, s *goquery.Selection) {
		for _, a := range s.Nodes[0].Attr {
			switch {
			case a.Key == "style", strings.HasPrefix(a.Key, "on"), strings.HasPrefix(a.Key, "hx-on"), strings.HasPrefix(a.Val, "js:"), strings.HasPrefix(a.Val, "javascript:"):
				t.Errorf("<%s %s=%q>", goquery.NodeName(s), a.Key, a.Val)
			}
		}
	})
	if n := doc.Find("style, script:not([src])").Length(); n != 0 {
		t.Errorf("%d inline styles or scripts", n)
	}
}

func checkFields(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("input:not([type=hidden]), select, textarea").Each(func(_ int, s *goquery.Selection) {
		id := s.AttrOr("id", "")
		if doc.Find(`label[for="`+id+`"]`).Length() != 1 && s.AttrOr("aria-label", "") == "" && s.Closest("label").Length() != 1 {
			t.Errorf("field %q has no label", id)
		}
		if s.AttrOr("name", "") == "" && id != "keys-on" && s.Is(":not([data-pick-all])") {
			t.Errorf("field %q has no name", id)
		}
	})
	doc.Find("button, a").Each(func(_ int, s *goquery.Selection) {
		if strings.TrimSpace(s.Text()) == "" && s.AttrOr("aria-label", "") == "" {
			t.Errorf("a %s without a name", goquery.NodeName(s))
		}
	})
}

func checkForms(t *testing.T, doc *goquery.Document) {
	t.Helper()
	doc.Find("form").Each(func(_ int, s *goquery.Selection) {
		action := s.AttrOr("action", "")
		if !strings.HasPrefix(action, "/") {
			t.Errorf("form with action %q", action)
		}
		if s.AttrOr("method", "") == "post" && s.Find("input[name=csrf_token]").Length() != 1 {
			t.Errorf("form %s without csrf_token", action)
		}
		money := strings.HasPrefix(action, "/orders/") && !strings.Contains(action, "/documents")
		if money && s.Find("input[name=form_token][value^=tok]").Length() != 1 {
			t.Errorf("form %s without form_token", action)
		}
		if url, ok := s.Attr("hx-post"); ok && url != action {
			t.Errorf("form posts to %s with a script and to %s without", url, action)
		}
	})
}

func checkHeadings(t *testing.T, doc *goquery.Document) {
	t.Helper()
	level := 0
	doc.Find("main :is(h1, h2, h3)").Each(func(_ int, s *goquery.Selection) {
		at := int(goquery.NodeName(s)[1] - '0')
		if at > level+1 {
			t.Errorf("heading %q is of level %d after level %d", s.Text(), at, level)
		}
		level = at
	})
}

func checkAsset(t *testing.T, s *goquery.Selection) {
	t.Helper()
	url := s.AttrOr("src", s.AttrOr("href", ""))
	url, shape, _ := strings.Cut(url, "#")
	asset, immutable, ok := static.Serve(url)
	if !ok || !immutable {
		t.Errorf("%q is not among the static files", url)
	}
	if shape != "" && !bytes.Contains(asset.Body, []byte(`id="`+shape+`"`)) {
		t.Errorf("the sprite has no shape %q", shape)
	}
}

// helpInput is a help page of a shop.
func helpInput(t *testing.T, country, language string) views.HelpInput {
	t.Helper()
	catalogs, err := help.Load()
	page, exact, ok := help.Find(country, language)
	if err != nil || !exact || !ok {
		t.Fatalf("%s in %s: %t, %t, %v", country, language, exact, ok, err)
	}
	return views.HelpInput{ShopName: "Nordic Goods AB", BaseURL: "https://desk.example.com/", Page: page, Catalog: catalogs[language]}
}
