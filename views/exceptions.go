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
	Shell      Shell
	Explained  bool
	Kind       models.ExceptionKind
	Exceptions []models.Exception // the newest first
	Counts     map[models.ExceptionKind]int64
	CanExplain bool
	Typed      map[string]string // by kind and object: what was typed
	Errors     map[string]string // by kind and object
}

// ExceptionsPage is what does not fit in the books.
type ExceptionsPage struct {
	Shell      Shell
	Tabs       []ui.LinkModel
	Views      []ui.LinkModel
	Kinds      []ui.LinkModel
	Explained  bool
	CanExplain bool
	Rows       []exceptionRow
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
	Note         ui.FieldModel
	Explanation  string
	By           string
}

// NewExceptionsPage makes the page of the exceptions.
func NewExceptionsPage(in ExceptionsInput) ExceptionsPage {
	in.Shell.Title, in.Shell.Nav = "Exceptions", NavSettlements
	open := int64(0)
	for _, n := range in.Counts {
		open += n
	}
	p := ExceptionsPage{Shell: in.Shell, Tabs: settlementTabs("/exceptions", open), Explained: in.Explained, CanExplain: in.CanExplain}
	p.Views = []ui.LinkModel{{URL: "/settlements/exceptions", Text: "Open", Count: i18n.Number(open), Current: !in.Explained},
		{URL: "/settlements/exceptions?state=explained", Text: "Explained", Current: in.Explained}}
	if !in.Explained {
		p.Kinds = append(p.Kinds, ui.LinkModel{URL: "/settlements/exceptions", Text: "All", Current: in.Kind == ""})
		for _, k := range models.ExceptionKinds() {
			if in.Counts[k] > 0 {
				p.Kinds = append(p.Kinds, ui.LinkModel{URL: "/settlements/exceptions?" + url.Values{"kind": {string(k)}}.Encode(), Text: exceptionTitle(k),
					Count: i18n.Number(in.Counts[k]), Current: in.Kind == k})
			}
		}
	}
	for _, e := range in.Exceptions {
		p.Rows = append(p.Rows, newExceptionRow(in, e))
	}
	return p
}

// exceptionTitle names a kind of exception.
func exceptionTitle(k models.ExceptionKind) string {
	switch k {
	case models.ExceptionNotBooked:
		return "Captured, not booked"
	case models.ExceptionNoOrder:
		return "Payment without an order"
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
		return "Stripe booked a payment that is no card’s, and no order of the mirror belongs to it. Its charge is " + e.Detail + ".",
			"Open the payment in Stripe. One of another method than Klarna is none of this desk’s: explain it so."
	case models.ExceptionRefundFailed:
		if e.Detail == "returned" {
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
		r.StripeURL = in.Shell.stripeURL("payments", e.Detail)
	default:
		if e.OrderID != "" {
			r.StripeURL = in.Shell.stripeURL("payments", e.OrderID)
		}
	}
	r.Note = ui.FieldModel{ID: "note-" + r.Kind + "-" + e.ObjectID, Name: "note", Label: "Why this is so", Value: in.Typed[key], Error: in.Errors[key],
		Focus: in.Errors[key] != "", Rows: 2, MaxLength: models.MaxNoteLength, Required: true}
	return r
}
