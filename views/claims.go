package views

import (
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// ClaimsRegion is the refunds and disputes of an order, as Stripe has them.
type ClaimsRegion struct {
	Rows []claimRow
	Rule string // what holds for refunds now
}

// claimRow is one refund or one dispute.
type claimRow struct {
	What   string
	Why    string
	URL    string // the dispute in Stripe
	Badge  ui.BadgeModel
	At     ui.Moment
	Due    *ui.DueModel
	Amount money.Amount
}

// newClaimsRegion makes the region of refunds and disputes.
func newClaimsRegion(in OrderInput) ClaimsRegion {
	r := ClaimsRegion{Rule: refundRule(in)}
	clock := in.Shell.clock()
	for _, d := range in.Disputes {
		row := claimRow{What: disputeKind(d), Why: disputeReason(d.Reason), URL: in.Shell.stripeURL("disputes", d.ID), Badge: disputeBadge(d.Status), Amount: d.Money(),
			At: clock.DayTime(d.Created.Time())}
		if d.IsOpen() && d.DueBy != 0 {
			due := clock.Due(d.DueBy.Time())
			row.Due = &due
		}
		r.Rows = append(r.Rows, row)
	}
	for _, f := range in.Refunds {
		row := claimRow{What: "Refund", Why: plain(f.Reason), Badge: refundBadge(f.Status), Amount: f.Money(), At: clock.DayTime(f.Created.Time())}
		if f.FailureReason != "" {
			row.Why = join(row.Why, "failed: "+plain(f.FailureReason))
		}
		r.Rows = append(r.Rows, row)
	}
	return r
}

// disputeKind tells an inquiry and a chargeback apart.
func disputeKind(d models.Dispute) string {
	if d.IsInquiry() {
		return "Inquiry"
	}
	return "Chargeback"
}

// refundRule says what holds for a refund now. Sources: docs.stripe.com/payments/klarna (180 days; none once a dispute is a chargeback)
// and docs.stripe.com/payments/klarna/disputes (refunding the disputed amount closes an inquiry).
func refundRule(in OrderInput) string {
	o := in.Order
	if !o.IsCaptured() {
		return "None. A refund is possible for 180 days after the capture, as long as no chargeback is open."
	}
	for _, d := range in.Disputes {
		switch {
		case !d.IsOpen():
		case d.IsInquiry():
			return "An inquiry is open. Refunding exactly " + ui.Money(d.Money()) + " closes it without a fee. Refunds are made in Stripe."
		default:
			return "A chargeback is open: a refund is no longer possible."
		}
	}
	until := o.CapturedAt.Add(models.RefundWindow).Time()
	if o.CapturedAt != 0 && !in.Shell.Now.Before(until) {
		return "180 days have passed since the capture: a refund is no longer possible."
	}
	left := money.Amount{Minor: max(0, o.AmountCaptured-o.AmountRefunded), Currency: o.Currency}
	if left.Minor == 0 {
		return "All that was captured is refunded."
	}
	return "Up to " + ui.Money(left) + " can be refunded in Stripe until " + i18n.DayYear(until, in.Shell.zone()) + ", as long as no chargeback is open."
}

// shippedMoment shows a calendar day as it was typed, without a zone; the year only where it is not the present one.
func shippedMoment(s Shell, day string) ui.Moment {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ui.Moment{Text: day}
	}
	return ui.Moment{ISO: day, Text: i18n.Day(t, time.UTC, s.Now)}
}
