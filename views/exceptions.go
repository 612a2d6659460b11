package views

import (
	"net/url"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// ExceptionsInput is what the page of the exceptions is made from.
type ExceptionsInput struct {
	Shell           Shell
	Explained       bool
	Kind            models.ExceptionKind
	Exceptions      []models.Exception             // one page, the newest first
	Newer           string                         // cursor for ?before=, "" on the first page
	Older           string                         // cursor for ?after=, "" on the last page
	Counts          map[models.ExceptionKind]int64 // the open ones
	ExplainedCounts map[models.ExceptionKind]int64
	Most            int64 // of one kind a check keeps no more
	CanExplain      bool
	Typed           map[string]string // by kind and object: what was typed
	Errors          map[string]string // by kind and object
}

// ExceptionsPage is what does not fit in the books.
type ExceptionsPage struct {
	Shell      Shell
	Tabs       []ui.LinkModel
	Views      []ui.LinkModel
	Kinds      []ui.LinkModel
	Explained  bool
	CanExplain bool
	Kind       string // the filter
	Cut        string // says that a kind has more than are kept; "" where none has
	Rows       []exceptionRow
	Pager      ui.PagerModel
}

// exceptionRow is something that does not fit.
type exceptionRow struct {
	Kind, Object string
	Title        string
	Why, What    string
	Amount       money.Amount
	Age          string
	At           ui.Moment
	OrderURL     string
	StripeURL    string
	CanAsk       bool // Stripe can be asked for what it came from
	Note         ui.FieldModel
	Explanation  string
	By           string
}

// NewExceptionsPage makes the page of the exceptions.
func NewExceptionsPage(in ExceptionsInput) ExceptionsPage {
	in.Shell.Title, in.Shell.Nav = "Exceptions", NavSettlements
	open, explained := countExceptions(in.Counts), countExceptions(in.ExplainedCounts)
	p := ExceptionsPage{Shell: in.Shell, Tabs: settlementTabs("/exceptions", open), Explained: in.Explained, CanExplain: in.CanExplain, Kind: string(in.Kind)}
	p.Views = []ui.LinkModel{{URL: exceptionsLink(false, "", nil), Text: "Open", Count: i18n.Number(open), Current: !in.Explained},
		{URL: exceptionsLink(true, "", nil), Text: "Explained", Count: i18n.Number(explained), Current: in.Explained}}
	counts := in.Counts
	if in.Explained {
		counts = in.ExplainedCounts
	}
	p.Kinds = append(p.Kinds, ui.LinkModel{URL: exceptionsLink(in.Explained, "", nil), Text: "All", Current: in.Kind == ""})
	for _, k := range models.ExceptionKinds() {
		if counts[k] > 0 || in.Kind == k {
			p.Kinds = append(p.Kinds, ui.LinkModel{URL: exceptionsLink(in.Explained, k, nil), Text: exceptionTitle(k), Count: i18n.Number(counts[k]), Current: in.Kind == k})
		}
		if kept := in.Counts[k] + in.ExplainedCounts[k]; in.Most > 0 && kept >= in.Most {
			p.Cut = "Of “" + exceptionTitle(k) + "” only the newest " + i18n.Number(in.Most) + " are kept: there may be more."
		}
	}
	p.Pager = ui.PagerModel{Shown: ui.Count(len(in.Exceptions), "exception") + " shown"}
	if in.Newer != "" {
		p.Pager.Newer = exceptionsLink(in.Explained, in.Kind, url.Values{"before": {in.Newer}})
	}
	if in.Older != "" {
		p.Pager.Older = exceptionsLink(in.Explained, in.Kind, url.Values{"after": {in.Older}})
	}
	for _, e := range in.Exceptions {
		p.Rows = append(p.Rows, newExceptionRow(in, e))
	}
	return p
}

func countExceptions(counts map[models.ExceptionKind]int64) (sum int64) {
	for _, n := range counts {
		sum += n
	}
	return sum
}

// ExceptionsURL is the first page of a list of exceptions: the open ones or those explained, of one kind or, "", of all.
func ExceptionsURL(explained bool, kind models.ExceptionKind) string {
	return exceptionsLink(explained, kind, nil)
}

// exceptionsLink is any page of such a list; page holds the cursor.
func exceptionsLink(explained bool, kind models.ExceptionKind, page url.Values) string {
	v := url.Values{}
	if explained {
		v.Set("state", "explained")
	}
	if kind != "" {
		v.Set("kind", string(kind))
	}
	for name := range page {
		v.Set(name, page.Get(name))
	}
	if len(v) == 0 {
		return "/settlements/exceptions"
	}
	return "/settlements/exceptions?" + v.Encode()
}

// exceptionTitle names a kind of exception.
func exceptionTitle(k models.ExceptionKind) string {
	switch k {
	case models.ExceptionNotBooked:
		return "Captured, not booked"
	case models.ExceptionNoOrder:
		return "Money without an order"
	case models.ExceptionRefundFailed:
		return "Refund failed"
	case models.ExceptionDisputeUnbooked:
		return "Dispute without money"
	case models.ExceptionFeeUnusual:
		return "Unusual fee"
	case models.ExceptionRounding:
		return "Does not add up"
	}
	return capital(plain(string(k)))
}

// exceptionWords say why something is an exception, and what to do.
func exceptionWords(e models.Exception) (why, what string) {
	amount := func(minor int64) string { return ui.Money(money.Amount{Minor: minor, Currency: e.Currency}) }
	switch e.Kind {
	case models.ExceptionNotBooked:
		return "It was captured more than three days ago, and Stripe has booked no movement for it.",
			"Open the payment in Stripe. If its balance transaction stands there, read the order again; if not, write to Stripe’s support with the id."
	case models.ExceptionNoOrder:
		why = "Stripe booked a payment that is no card’s, and no order here belongs to it."
		if e.Amount < 0 {
			why = "Stripe booked a refund of a payment that is no card’s, and no order here belongs to it."
		}
		return why + source(e), "Ask Stripe for it: if it is Klarna’s, its order comes in; if it is of another method, it goes from this list. If it stays, open it in Stripe."
	case models.ExceptionRefundFailed:
		if e.Detail == models.RefundReturned {
			return "The refund failed. The money is back on the Stripe balance; the customer has not got it.", "Refund again from the order, or settle it with the customer another way."
		}
		return "The refund failed, and the money is not booked back yet.", "Refund again from the order once the money is back, or settle it with the customer another way."
	case models.ExceptionDisputeUnbooked:
		return "It is a chargeback, but no money was booked as withheld.", "Open the dispute in Stripe and compare its balance transactions."
	case models.ExceptionFeeUnusual:
		return "The fee is " + amount(e.Amount) + "; usual for this country and payment category would be " + amount(e.Expected) + ".",
			"Compare it with your price at Stripe. The usual fee is worked out from your own payments of the last 90 days."
	}
	return e.Detail, "Send Stripe’s support the id of the balance transaction."
}

// source names what a movement without an order came from.
func source(e models.Exception) string {
	if e.Detail == "" {
		return " Stripe does not say what it came from."
	}
	return " It came from " + e.Detail + "."
}

func newExceptionRow(in ExceptionsInput, e models.Exception) exceptionRow {
	clock := in.Shell.clock()
	key := string(e.Kind) + " " + e.ObjectID
	r := exceptionRow{Kind: string(e.Kind), Object: e.ObjectID, Title: exceptionTitle(e.Kind), Amount: e.Money(), At: clock.DayTime(e.At.Time()),
		Age: i18n.Ago(e.At.Time(), in.Shell.Now), Explanation: e.Explanation, By: e.ExplainedName}
	r.Why, r.What = exceptionWords(e)
	if e.OrderID != "" {
		r.OrderURL = orderURL(e.OrderID)
	}
	switch e.Kind {
	case models.ExceptionDisputeUnbooked:
		r.StripeURL = in.Shell.stripeURL("disputes", e.ObjectID)
	case models.ExceptionNoOrder:
		if e.Detail != "" {
			r.StripeURL, r.CanAsk = in.Shell.stripeURL("payments", e.Detail), in.CanExplain && !in.Explained
		}
	default:
		if e.OrderID != "" {
			r.StripeURL = in.Shell.stripeURL("payments", e.OrderID)
		}
	}
	r.Note = ui.FieldModel{ID: "note-" + r.Kind + "-" + e.ObjectID, Name: "note", Label: "Why this is so", Value: in.Typed[key], Error: in.Errors[key],
		Focus: in.Errors[key] != "", Rows: 2, MaxLength: models.MaxNoteLength, Required: true}
	return r
}
