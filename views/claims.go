package views

import (
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// ClaimsRegion is the refunds and disputes of an order as Stripe has them, and our own refunds that have no answer yet.
type ClaimsRegion struct {
	Rows []claimRow
	Open []openRefund
	Rule string // what holds for refunds now
	Poll bool   // ask again while the outcome of a refund is unknown
	URL  string // the order
}

// openRefund is a refund of ours without an answer, or the newest one where it was refused.
type openRefund struct {
	Notice Notice
	Amount money.Amount
	Action string
	Again  string // id of the refund that waits for a person's decision to send it again
}

// claimRow is one refund or one dispute.
type claimRow struct {
	What   string
	Why    string
	Fate   string // what becomes of it, "" where the status says all
	URL    string // the dispute's page
	Badge  ui.BadgeModel
	At     ui.Moment
	Due    *ui.DueModel
	Amount money.Amount
}

// newClaimsRegion makes the region of refunds and disputes.
func newClaimsRegion(in OrderInput) ClaimsRegion {
	r := ClaimsRegion{Rule: refundRule(in), URL: orderURL(in.Order.ID)}
	clock := in.Shell.clock()
	for _, d := range in.Disputes {
		row := claimRow{What: disputeKind(d), Why: disputeReason(d.Reason), URL: disputeURL(d.ID), Badge: disputeBadge(d.Status), Amount: d.Money(),
			At: clock.DayTime(d.Created.Time())}
		if d.IsOpen() && d.DueBy != 0 {
			due := clock.Due(d.DueBy.Time())
			row.Due = &due
		}
		r.Rows = append(r.Rows, row)
	}
	for _, m := range in.MailDisputes {
		row := claimRow{What: "Dispute by e-mail", Why: disputeReason(m.Reason), URL: disputeURL(m.ID), Badge: disputeBadge(m.Status), Amount: m.Money(),
			At: clock.DayTime(m.Created.Time())}
		if m.Status == models.MailOpen && m.DueBy != 0 {
			due := clock.Due(m.DueBy.Time())
			row.Due = &due
		}
		r.Rows = append(r.Rows, row)
	}
	by := refundedBy(in)
	for _, f := range in.Refunds {
		r.Rows = append(r.Rows, claimRow{What: "Refund", Why: join(refundReason(f.Reason), by(f)), Fate: refundFate(f), Badge: refundBadge(f.Status),
			Amount: f.Money(), At: clock.DayTime(f.Created.Time())})
	}
	r.openRefunds(in)
	return r
}

// refundedBy tells who of ours made a refund; it was made elsewhere where nobody did.
func refundedBy(in OrderInput) func(models.Refund) string {
	acts := map[string]models.RefundAct{}
	for _, a := range in.RefundActs {
		acts[a.ID] = a
	}
	return func(r models.Refund) string {
		a, ok := acts[r.OperationID]
		switch {
		case !ok:
			return "made outside this desk"
		case a.Note == "" || !in.Shell.CanSeeCustomers: // a note may name the customer
			return "by " + a.StaffName
		}
		return "by " + a.StaffName + ": “" + a.Note + "”"
	}
}

// openRefunds says of our own refunds what is not known yet, and why the newest one came to nothing.
func (r *ClaimsRegion) openRefunds(in OrderInput) {
	last := lastRefundAct(in)
	for i := range in.RefundActs {
		a := &in.RefundActs[i]
		switch {
		case a.State == models.ActPending:
			r.Poll = r.Poll || !a.NeedsPerson
			r.Open = append(r.Open, pendingRefund(in, *a, r.URL+"/refunds"))
		case a.State == models.ActRefused && a == last:
			lines := []string{strings.TrimSpace(strings.TrimSuffix(a.ErrorMessage, "Nothing was refunded."))}
			if lines[0] == "" {
				lines[0] = "Stripe refused it."
			}
			r.Open = append(r.Open, openRefund{Notice: Notice{Tone: ui.ToneBad, Icon: "octagon-alert", Alert: in.Tried,
				Title: "Nothing was refunded. " + ui.Money(a.Money()) + " stays captured.", Lines: append(lines, reference(a.StripeRequestID, a.ID))}})
		}
	}
}

func pendingRefund(in OrderInput, a models.RefundAct, action string) openRefund {
	sent := ui.Money(a.Money()) + " was sent by " + a.StaffName + ", " + inSentence(in.Shell.clock().DayTime(a.Requested.Time())) + "."
	o := openRefund{Amount: a.Money(), Action: action, Notice: Notice{Tone: ui.ToneUnk, Icon: "circle-question-mark",
		Title: "Stripe has not said yet whether " + ui.Money(a.Money()) + " was refunded.",
		Lines: []string{"Do not try again: we are asking. " + sent, askedSentence(a.Attempts) + " " + reference(a.StripeRequestID, a.ID)}}}
	if a.NeedsPerson {
		o.Again = a.ID
		o.Notice.Title = "Stripe keeps failing the refund of " + ui.Money(a.Money()) + ". It needs your decision."
		o.Notice.Lines = []string{
			sent + " As far as Stripe shows, nothing was refunded, but the same request gives the same failure each time. " + reference(a.StripeRequestID, a.ID),
			"You can send it once more as a new request: Stripe’s refunds of this payment are searched for it first.",
		}
	}
	return o
}

// disputeKind tells an inquiry and a chargeback apart.
func disputeKind(d models.Dispute) string {
	if d.IsInquiry() {
		return "Inquiry"
	}
	return "Chargeback"
}

// shippedMoment shows a calendar day as it was typed, without a zone; the year only where it is not the present one.
func shippedMoment(s Shell, day string) ui.Moment {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ui.Moment{Text: day}
	}
	return ui.Moment{ISO: day, Text: i18n.Day(t, time.UTC, s.Now)}
}
