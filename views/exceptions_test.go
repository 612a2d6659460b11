package views_test

import (
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views"
	"counterfoil/views/ui"
)

// exceptionsInput is a page with one exception of each kind.
func exceptionsInput(t *testing.T, role models.Role) views.ExceptionsInput {
	t.Helper()
	at := unix(t, "2026-11-14T09:30:00Z")
	in := views.ExceptionsInput{Shell: shell(t, role), CanExplain: role == models.RoleManager, Most: 500, Counts: map[models.ExceptionKind]int64{},
		ExplainedCounts: map[models.ExceptionKind]int64{models.ExceptionRounding: 4}}
	for _, e := range []models.Exception{
		{Kind: models.ExceptionRefundFailed, ObjectID: "pyr_back", OrderID: "pi_1", Amount: 900, Detail: models.RefundReturned},
		{Kind: models.ExceptionRefundFailed, ObjectID: "pyr_gone", OrderID: "pi_1", Amount: 900},
		{Kind: models.ExceptionNotBooked, ObjectID: "pi_2", OrderID: "pi_2", Amount: 18990},
		{Kind: models.ExceptionNoOrder, ObjectID: "txn_paid", Amount: 5000, Detail: "py_lost"},
		{Kind: models.ExceptionNoOrder, ObjectID: "txn_refund", Amount: -900, Detail: "pyr_lost"},
		{Kind: models.ExceptionNoOrder, ObjectID: "txn_nothing", Amount: 5000},
		{Kind: models.ExceptionDisputeUnbooked, ObjectID: "du_1", OrderID: "pi_3", Amount: 5000, Detail: "lost"},
		{Kind: models.ExceptionRounding, ObjectID: "txn_off", Amount: 4821, Expected: 4820, Detail: "The amount less the fee is not the net."},
		{Kind: models.ExceptionFeeUnusual, ObjectID: "txn_fee", OrderID: "pi_4", Amount: 402, Expected: 184},
	} {
		e.Currency, e.At, e.Found, e.Checked = "EUR", at, at, models.UnixOf(now)
		in.Counts[e.Kind]++
		in.Exceptions = append(in.Exceptions, e)
	}
	return in
}

// unexplainedInput is the page after a note that was too long.
func unexplainedInput(t *testing.T) views.ExceptionsInput {
	t.Helper()
	in := exceptionsInput(t, models.RoleManager)
	in.Typed, in.Errors = map[string]string{"no_order txn_paid": "of iDEAL"}, map[string]string{"no_order txn_paid": "This note is too long."}
	return in
}

// card is the part of the page about one object.
func card(doc *goquery.Document, id string) *goquery.Selection {
	return doc.Find(`section[aria-labelledby$="-` + id + `"]`)
}

// TestExceptions: each exception says why it is one, of how much, and leads to what can be done about it.
func TestExceptions(t *testing.T) {
	doc := draw(t, as(models.RoleManager), views.ExceptionsShow(views.NewExceptionsPage(exceptionsInput(t, models.RoleManager))))
	const dashboard = "https://dashboard.stripe.com/test/"
	for id, want := range map[string]struct {
		words, order, stripe string
		asks                 int
	}{
		"pyr_back":    {"The money is back on the Stripe balance", "/orders/pi_1", dashboard + "payments/pi_1", 0},
		"pyr_gone":    {"the money is not booked back yet", "/orders/pi_1", dashboard + "payments/pi_1", 0},
		"pi_2":        {"captured more than three days ago", "/orders/pi_2", dashboard + "payments/pi_2", 0},
		"txn_paid":    {"booked a payment that is no card’s, and no order here belongs to it. It came from py_lost.", "", dashboard + "payments/py_lost", 1},
		"txn_refund":  {"booked a refund of a payment that is no card’s", "", dashboard + "payments/pyr_lost", 1},
		"txn_nothing": {"Stripe does not say what it came from", "", "", 0},
		"du_1":        {"no money was booked as withheld", "/orders/pi_3", dashboard + "disputes/du_1", 0},
		"txn_off":     {"The amount less the fee is not the net.", "", "", 0},
		"txn_fee":     {"The fee is " + ui.Money(money.Amount{Minor: 402, Currency: "EUR"}) + "; usual for this country and payment category would be " + ui.Money(money.Amount{Minor: 184, Currency: "EUR"}), "/orders/pi_4", dashboard + "payments/pi_4", 0},
	} {
		c := card(doc, id)
		if text := c.Text(); !strings.Contains(text, want.words) || !strings.Contains(text, "EUR") || !strings.Contains(text, "ago") {
			t.Errorf("%s says: %s", id, strings.Join(strings.Fields(text), " "))
		}
		order, stripe := c.Find(`a[href^="/orders/"]`).AttrOr("href", ""), c.Find(`a[href^="https:"]`).AttrOr("href", "")
		if order != want.order || stripe != want.stripe {
			t.Errorf("%s leads to %q and %q", id, order, stripe)
		}
		if asks := c.Find(`form[action$="/readings"] input[name=object][value="` + id + `"]`).Length(); asks != want.asks {
			t.Errorf("%s can be asked for %d times", id, asks)
		}
		if n := c.Find(`form[action$="/explanations"]`).Length(); n != 1 {
			t.Errorf("%s can be explained %d times", id, n)
		}
	}
	words := func(selector string) string { return strings.Join(strings.Fields(doc.Find(selector).Text()), " ") }
	if got := words(".chips"); !strings.HasPrefix(got, "Open 9 Explained 4 All Refund failed 2Captured, not booked 1Money without an order 3") {
		t.Errorf("the lists: %s", got)
	}
}

// TestExceptionsViewer: who may only look sees the same without forms.
func TestExceptionsViewer(t *testing.T) {
	doc := draw(t, as(models.RoleViewer), views.ExceptionsShow(views.NewExceptionsPage(exceptionsInput(t, models.RoleViewer))))
	if got := doc.Find("main form[method=post], main details").Length(); got != 0 {
		t.Errorf("%d forms", got)
	}
	if got := doc.Find("main section.card").Length(); got != 9 {
		t.Errorf("%d exceptions", got)
	}
}

// TestExceptionsWrongNote: what was typed stands open in its form, with what is wrong beside it.
func TestExceptionsWrongNote(t *testing.T) {
	doc := draw(t, as(models.RoleManager), views.ExceptionsShow(views.NewExceptionsPage(unexplainedInput(t))))
	c := card(doc, "txn_paid")
	if c.Find("details[open]").Length() != 1 || c.Find("textarea").Text() != "of iDEAL" || !strings.Contains(c.Text(), "This note is too long.") {
		t.Errorf("the form: %s", strings.Join(strings.Fields(c.Text()), " "))
	}
	if n := doc.Find("details[open] textarea").Length(); n != 1 {
		t.Errorf("%d forms are open", n)
	}
}

// TestExceptionsPages: the filter stays from page to page and in the forms, and a list that was cut says so.
func TestExceptionsPages(t *testing.T) {
	in := exceptionsInput(t, models.RoleManager)
	in.Explained, in.Kind, in.Newer, in.Older = true, models.ExceptionRounding, "a1", "b2"
	in.Exceptions = in.Exceptions[7:8]
	in.Exceptions[0].ExplainedAt, in.Exceptions[0].ExplainedName, in.Exceptions[0].Explanation = models.UnixOf(now), "Sofia Berg", "Stripe wrote: a known fault"
	in.Counts[models.ExceptionRounding] = 496
	doc := draw(t, as(models.RoleManager), views.ExceptionsShow(views.NewExceptionsPage(in)))
	for _, href := range []string{"before=a1&kind=rounding&state=explained", "after=b2&kind=rounding&state=explained"} {
		if doc.Find(`.pager a[href="/settlements/exceptions?`+href+`"]`).Length() != 1 {
			t.Errorf("no link to %s", href)
		}
	}
	form := doc.Find(`form[action$="/explanations"]`)
	if form.Find(`input[name=filter][value=rounding]`).Length() != 1 || form.Find("input[name=reopen]").Length() != 1 || form.Find("textarea").Length() != 0 {
		t.Error("it cannot be opened again with the filter")
	}
	for _, want := range []string{"Explained by Sofia Berg", "a known fault", "only the newest 500 are kept"} {
		if !strings.Contains(doc.Find("main").Text(), want) {
			t.Errorf("%q is not said", want)
		}
	}
}
