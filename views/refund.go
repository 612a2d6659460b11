package views

import (
	"strconv"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// RefundForm is the refund form as it was typed.
type RefundForm struct {
	Amount  string
	Reason  string
	Note    string
	Token   string
	Errors  map[string]string
	Confirm int64 // minor units to confirm: the first answer to every refund; 0 before it
}

// RefundPanel is where captured money is given back: the form, and the question whether it is meant.
type RefundPanel struct {
	Shown     bool // nothing to show otherwise: the region stays, empty
	Open      bool
	HasForm   bool
	Action    string
	Back      string
	Token     string
	Notices   []Notice
	Amount    ui.FieldModel
	Reason    ui.FieldModel
	Note      ui.FieldModel
	Confirmed string // minor units to confirm, "" before the first answer
	Button    string
}

// newRefundPanel makes the refund panel.
func newRefundPanel(in OrderInput) RefundPanel {
	f := in.RefundForm
	p := RefundPanel{Action: orderURL(in.Order.ID) + "/refunds", Back: orderURL(in.Order.ID), Token: orToken(f.Token, in.FormToken)}
	if in.Conflict != nil && in.Conflict.Act == "refunded" {
		p.Shown, p.Open = true, true
		p.Notices = append(p.Notices, conflictNotice(in))
	}
	if !in.CanAct || in.RefundRefusal != "" || !in.Order.IsCaptured() {
		return p
	}
	p.Shown, p.HasForm = true, true
	if last := lastRefundAct(in); last != nil && last.State == models.ActRefused && f.Token == "" {
		amount := last.Money()
		f = RefundForm{Amount: amount.Decimal(), Reason: last.Reason, Note: last.Note}
		p.Open = p.Open || in.Tried
	}
	p.fields(in, f)
	switch {
	case len(f.Errors) > 0:
		p.Open = true
		p.Notices = append(p.Notices, errorNotice("Nothing was refunded.", f.Errors))
	case f.Confirm > 0:
		p.confirm(in, money.Amount{Minor: f.Confirm, Currency: in.Order.Currency})
		return p
	}
	p.Notices = append(p.Notices, refundWarnings(in)...)
	return p
}

// lastRefundAct is the newest of our refunds, nil where Stripe has a refund that came later.
func lastRefundAct(in OrderInput) *models.RefundAct {
	if len(in.RefundActs) == 0 {
		return nil
	}
	last := &in.RefundActs[len(in.RefundActs)-1]
	for _, r := range in.Refunds {
		if r.Created > last.Requested {
			return nil
		}
	}
	return last
}

// fields makes the form's fields and its first button.
func (p *RefundPanel) fields(in OrderInput, f RefundForm) {
	left := in.Refundable
	amount := f.Amount
	if amount == "" && f.Errors["amount"] == "" {
		amount = left.Decimal()
	}
	p.Amount = ui.FieldModel{ID: "refund-amount", Name: "amount", Label: "Amount to refund", Value: amount, Prefix: left.Currency,
		InputMode: "decimal", Autocomplete: "off", Required: true, Error: f.Errors["amount"],
		Help: "Up to " + ui.Money(left) + ". " + decimalHint(left.Currency)}
	p.Reason = ui.FieldModel{ID: "refund-reason", Name: "reason", Label: "Reason", Value: f.Reason, Required: true, Error: f.Errors["reason"],
		Options: append([]ui.Option{{Value: "", Text: "Choose a reason"}}, refundReasons[:]...), Help: "Sent to Stripe."}
	p.Note = ui.FieldModel{ID: "refund-note", Name: "note", Label: "Note", Hint: "for the desk", Value: f.Note, MaxLength: models.MaxReasonLength,
		Autocomplete: "off", Error: f.Errors["note"]}
	p.Button = "Review the refund"
}

// confirm turns the form into the question whether amount is to be given back.
func (p *RefundPanel) confirm(in OrderInput, amount money.Amount) {
	o := in.Order
	p.Open, p.Confirmed, p.Button = true, strconv.FormatInt(amount.Minor, 10), "Refund "+ui.Money(amount)
	stays := "Nothing of the " + ui.Money(o.Captured()) + " stays captured."
	if rest := in.Refundable.Minor - amount.Minor; rest > 0 {
		stays = ui.Money(money.Amount{Minor: rest, Currency: o.Currency}) + " of " + ui.Money(o.Captured()) + " stays captured."
	}
	n := Notice{Tone: ui.ToneBad, Icon: "triangle-alert", Alert: true,
		Title: "Nothing was refunded yet. Confirm the refund of " + ui.Money(amount) + ".",
		Lines: []string{"Refund " + ui.Money(amount) + " to " + customerOr(o) + ". " + stays + " This cannot be undone."}}
	if d := openInquiry(in); d != nil {
		n.Lines = append(n.Lines, inquiryOutcome(*d, amount))
	}
	if refundWindowOver(in) {
		n.Lines = append(n.Lines, lateRefund)
	}
	p.Notices = append(p.Notices, n)
}

// inquiryOutcome says what refunding amount does to an open inquiry. Source: docs.stripe.com/payments/klarna/disputes.
func inquiryOutcome(d models.Dispute, amount money.Amount) string {
	if amount.Minor == d.Amount {
		return "This closes the inquiry without a fee."
	}
	if amount.Minor < d.Amount {
		rest := money.Amount{Minor: d.Amount - amount.Minor, Currency: d.Currency}
		return "This does not close the inquiry over " + ui.Money(d.Money()) + ": Klarna may escalate the other " + ui.Money(rest) + " to a chargeback."
	}
	return "The inquiry is over " + ui.Money(d.Money()) + ": only a refund of exactly that closes it for certain."
}

// lateRefund is what is said past the 180 days of docs.stripe.com/payments/klarna.
const lateRefund = "180 days have passed since the capture. Klarna takes refunds for 180 days: it is sent all the same, Stripe may refuse it, and you see its answer."

func refundWindowOver(in OrderInput) bool {
	o := in.Order
	return o.CapturedAt != 0 && !in.Shell.Now.Before(o.CapturedAt.Add(models.RefundWindow).Time())
}

func openInquiry(in OrderInput) *models.Dispute {
	for i := range in.Disputes {
		if d := &in.Disputes[i]; d.IsOpen() && d.IsInquiry() {
			return d
		}
	}
	return nil
}

// refundWarnings are what a person should know before they type.
func refundWarnings(in OrderInput) []Notice {
	var all []Notice
	if d := openInquiry(in); d != nil {
		all = append(all, Notice{Tone: ui.ToneWarn, Icon: "shield-alert", Title: "An inquiry over " + ui.Money(d.Money()) + " is open",
			Lines: []string{"Refunding exactly " + ui.Money(d.Money()) + " closes it without a fee. With another amount Klarna may escalate what is left to a chargeback."}})
	}
	if refundWindowOver(in) {
		all = append(all, Notice{Tone: ui.ToneWarn, Icon: "clock", Title: "This capture is more than 180 days old", Lines: []string{lateRefund}})
	}
	return all
}

// refundRule says what holds for a refund now. Source of the 180 days: docs.stripe.com/payments/klarna.
func refundRule(in OrderInput) string {
	o := in.Order
	switch {
	case !o.IsCaptured():
		return "None. A refund is possible for 180 days after the capture, as long as no chargeback is open."
	case in.RefundRefusal != "":
		return in.RefundRefusal
	case openInquiry(in) != nil:
		return "Up to " + ui.Money(in.Refundable) + " can be refunded. An inquiry is open: refunding exactly " + ui.Money(openInquiry(in).Money()) +
			" closes it without a fee."
	case refundWindowOver(in):
		return ui.Money(in.Refundable) + " is not refunded. 180 days have passed since the capture: Stripe may refuse a refund."
	}
	until := i18n.DayYear(o.CapturedAt.Add(models.RefundWindow).Time(), in.Shell.zone())
	return "Up to " + ui.Money(in.Refundable) + " can be refunded until " + until + ", as long as no chargeback is open."
}

// refundReasons are the reasons that Stripe takes (docs.stripe.com/api/refunds/create).
var refundReasons = [...]ui.Option{
	{Value: "requested_by_customer", Text: "The customer asked for it"},
	{Value: "duplicate", Text: "Paid twice"},
	{Value: "fraudulent", Text: "It looks fraudulent"},
}

// refundReason puts Stripe's reason for a refund into words.
func refundReason(reason string) string {
	for _, r := range refundReasons {
		if r.Value == reason {
			return r.Text
		}
	}
	if reason == "expired_uncaptured_charge" {
		return "The authorization ran out"
	}
	return plain(reason)
}

// RefundFailure says in words why a refund failed. Source of the reasons: docs.stripe.com/api/refunds/object, failure_reason, which Stripe
// extends: an unknown one stands for itself.
func RefundFailure(reason string) string {
	switch reason {
	case "", "unknown":
		return "Stripe gives no reason"
	case "insufficient_funds":
		return "the funds were insufficient"
	case "charge_for_pending_refund_disputed":
		return "the payment was disputed while the refund was on its way"
	case "lost_or_stolen_card":
		return "the card is lost or stolen"
	case "expired_or_canceled_card":
		return "the card is expired or canceled"
	case "merchant_request":
		return "stopped at the shop’s own request"
	}
	return plain(reason)
}

// refundFate says what becomes of a refund in Stripe's status. Source: docs.stripe.com/api/refunds/object, docs.stripe.com/payments/klarna
// (5 to 7 business days).
func refundFate(r models.Refund) string {
	switch r.Status {
	case "pending":
		return "Not finished at Stripe; a refund takes 5 to 7 business days."
	case "requires_action":
		return "The customer has to act before the money arrives."
	case "failed":
		return capital(RefundFailure(r.FailureReason)) + ". The money is back in the balance at Stripe: the customer has not got it."
	case "canceled":
		return "The customer has not got the money."
	}
	return ""
}

// refundAudit puts what we did about a refund into words.
func refundAudit(e *timelineEntry, a models.AuditEntry) {
	amount, d := nbsp(a.Details["amount"]), a.Details
	switch a.Action {
	case "refund.requested":
		e.Title, e.Note = "Refund of "+amount+" asked for", lower(refundReason(d["reason"]))
	case "refund.sent_again":
		e.Icon, e.Title = "refresh-cw", "Refund of "+amount+" sent again as a new request"
	case "refund.succeeded":
		e.Icon, e.Tone, e.Title = "circle-check", ui.ToneOK, "Refund of "+amount+" taken by Stripe"
		if d["status"] != "succeeded" {
			e.Tone, e.Note = ui.ToneNone, lower(refundBadge(d["status"]).Text)
		}
	case "refund.refused":
		e.Icon, e.Tone, e.Title, e.Note = "circle-x", ui.ToneBad, "Nothing was refunded", plain(d["code"])
	case "refund.unknown":
		e.Icon, e.Tone, e.Title, e.Note = "circle-question-mark", ui.ToneUnk, "Refund of "+amount+": no clear answer", plain(d["code"])
	case "refund.left_to_person":
		e.Icon, e.Tone, e.Title = "circle-question-mark", ui.ToneUnk, "Refund of "+amount+": needs a decision"
	}
}

// refundUpdate says what a refund became, where the event is the last one about it: events do not keep the state of their time.
func refundUpdate(in OrderInput, e models.StripeEvent, say func(about, icon string, tone ui.Tone, title string)) {
	status := ""
	for _, r := range in.Refunds {
		if r.ID == e.ObjectID {
			status = r.Status
		}
	}
	for _, other := range in.Events {
		if other.ObjectID == e.ObjectID && other.Created > e.Created {
			status = ""
		}
	}
	switch status {
	case "failed":
		say("", "circle-x", ui.ToneBad, "Refund"+refundAmount(in, e.ObjectID)+" failed")
	case "succeeded":
		say("", "circle-check", ui.ToneOK, "Refund"+refundAmount(in, e.ObjectID)+" finished")
	default:
		say("", "rotate-ccw", ui.ToneNone, "Refund updated")
	}
}
