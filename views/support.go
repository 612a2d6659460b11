package views

import (
	"cmp"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// stripeSupport is where operations on a payment are asked about: Stripe answers for them, not Klarna (domain.md 3.7).
const stripeSupport = "https://support.stripe.com/contact"

// maxTried is how many of the last attempts the text for Stripe tells.
const maxTried = 10

// SupportCard is where help comes from, with what to send as one text.
type SupportCard struct {
	What     string // payment, dispute, payout
	IDs      []ui.Part
	Text     string
	HelpURL  string // for the customer; "" where there is none
	Country  string
	Absolute bool // the link is whole, to be copied
}

// SupportFacts are what the text for Stripe's support is made from. Nothing of customers is in it.
type SupportFacts struct {
	What  string    // "payment", "dispute", "payout"
	IDs   []ui.Part // names and Stripe's ids; empty ones are left out
	Tried []Attempt
}

// Attempt is something that was tried at Stripe.
type Attempt struct {
	At        models.Unix
	What      string // "capture of EUR 42.00: succeeded"
	RequestID string // Stripe's, "" where it gave none
}

// SupportText is what to send to Stripe's support, as one text: the ids, what was tried, the newest last, and the request ids. Times are UTC, as
// in Stripe's own logs.
func SupportText(f SupportFacts) string {
	lines := []string{"A Klarna " + f.What + " through Stripe:"}
	if f.What == "payout" {
		lines[0] = "A payout with Klarna payments:"
	}
	for _, id := range f.IDs {
		if id.Value != "" {
			lines = append(lines, "- "+id.Name+": "+id.Value)
		}
	}
	tried := slices.Clone(f.Tried)
	slices.SortStableFunc(tried, func(a, b Attempt) int { return cmp.Compare(a.At, b.At) })
	tried = tried[max(0, len(tried)-maxTried):]
	if len(tried) == 0 {
		return strings.Join(append(lines, "Nothing was tried from our desk."), "\n")
	}
	lines = append(lines, "What we tried (UTC):")
	for _, t := range tried {
		line := "- " + t.At.Time().UTC().Format("2006-01-02 15:04:05") + " " + t.What
		if t.RequestID != "" {
			line += ", request " + t.RequestID
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

func newSupportCard(s Shell, f SupportFacts, country string) SupportCard {
	c := SupportCard{What: f.What, Text: SupportText(f)}
	for _, id := range f.IDs {
		if id.Value != "" {
			c.IDs = append(c.IDs, id)
		}
	}
	if f.What == "payout" {
		return c // of many customers
	}
	c.HelpURL, c.Country, c.Absolute = s.PublicURL+"/help", "every country", s.PublicURL != ""
	if m, ok := models.KlarnaMarketOf(country); ok {
		c.HelpURL, c.Country = s.PublicURL+helpURL(m.Country), i18n.Country(m.Country)
	}
	return c
}

// attempt is an act of ours and what came of it.
func attempt(what string, state models.ActState, out models.ActOutcome) Attempt {
	a := Attempt{At: out.Requested, RequestID: out.StripeRequestID}
	switch state {
	case models.ActSucceeded:
		a.What = what + ": succeeded"
	case models.ActPending:
		a.What = what + ": no answer yet"
	default:
		a.What = what + ": refused"
	}
	if out.ErrorCode != "" && state != models.ActSucceeded {
		a.What += " (" + out.ErrorCode + ")"
	}
	return a
}

// audited are what the audit log tells of calls at Stripe that no act among those known already tells.
func audited(entries []models.AuditEntry, known []Attempt) (more []Attempt) {
	for _, e := range entries {
		told := func(a Attempt) bool { return a.RequestID == e.StripeRequestID }
		if e.StripeRequestID != "" && !slices.ContainsFunc(known, told) && !slices.ContainsFunc(more, told) {
			more = append(more, Attempt{At: e.At, What: e.Action, RequestID: e.StripeRequestID})
		}
	}
	return more
}

// newOrderSupport is the support card of an order.
func newOrderSupport(in OrderInput) SupportCard {
	f := SupportFacts{What: "payment", IDs: []ui.Part{{Name: "PaymentIntent id", Value: in.Order.ID}, {Name: "charge id", Value: in.Order.ChargeID}}}
	for _, r := range in.Refunds {
		f.IDs = append(f.IDs, ui.Part{Name: "refund id", Value: r.ID})
	}
	for _, d := range in.Disputes {
		f.IDs = append(f.IDs, ui.Part{Name: "dispute id", Value: d.ID})
	}
	if in.Payout != nil {
		f.IDs = append(f.IDs, ui.Part{Name: "payout id", Value: in.Payout.ID})
	}
	for _, c := range in.Captures {
		f.Tried = append(f.Tried, attempt("capture of "+ui.Money(c.Money()), c.State, c.ActOutcome))
	}
	for _, c := range in.Cancellations {
		f.Tried = append(f.Tried, attempt("cancellation", c.State, c.ActOutcome))
	}
	for _, r := range in.RefundActs {
		f.Tried = append(f.Tried, attempt("refund of "+ui.Money(r.Money()), r.State, r.ActOutcome))
	}
	f.Tried = append(f.Tried, audited(in.Audit, f.Tried)...)
	return newSupportCard(in.Shell, f, in.Order.Country)
}

// newDisputeSupport is the support card of a dispute.
func newDisputeSupport(in DisputeInput) SupportCard {
	d, country := in.Desk.Dispute, ""
	if in.Desk.Order != nil {
		country = in.Desk.Order.Country
	}
	f := SupportFacts{What: "dispute", IDs: []ui.Part{{Name: "dispute id", Value: d.ID}, {Name: "charge id", Value: d.ChargeID}, {Name: "PaymentIntent id", Value: d.PaymentIntentID}}}
	for _, s := range in.Desk.Submissions {
		f.Tried = append(f.Tried, attempt("submission of evidence", s.State, s.ActOutcome))
	}
	for _, a := range in.Desk.Acceptances {
		f.Tried = append(f.Tried, attempt("acceptance of the chargeback", a.State, a.ActOutcome))
	}
	f.Tried = append(f.Tried, audited(in.Audit, f.Tried)...)
	return newSupportCard(in.Shell, f, country)
}

// newPayoutSupport is the support card of a payout.
func newPayoutSupport(in PayoutInput) SupportCard {
	po := in.Payout.Payout
	f := SupportFacts{What: "payout", IDs: []ui.Part{{Name: "payout id", Value: po.ID}, {Name: "trace id", Value: po.TraceID},
		{Name: "balance transaction id", Value: po.BalanceTransaction}, {Name: "balance transaction of the failure", Value: po.FailureBalanceTransaction}}}
	f.Tried = audited(in.Audit, nil)
	return newSupportCard(in.Shell, f, "")
}
