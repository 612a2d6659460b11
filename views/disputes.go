package views

import (
	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// DisputesInput is what the disputes page is made from.
type DisputesInput struct {
	Shell    Shell
	Disputes []DisputeRow // open ones by due date first, then the closed ones, newest first
}

// DisputeRow is a dispute with its order; Order is nil for a payment that the mirror does not have.
type DisputeRow struct {
	Dispute models.Dispute
	Order   *models.Order
}

// DisputesPage is the list of disputes.
type DisputesPage struct {
	Shell  Shell
	Sub    string
	Open   []disputeLine
	Closed []disputeLine
}

// disputeLine is one dispute of the list.
type disputeLine struct {
	Kind      string
	Reason    string
	Klarna    string // Klarna's own code, raw
	Badge     ui.BadgeModel
	Due       *ui.DueModel
	NoDue     string // why there is no due date
	Order     string
	OrderURL  string
	Customer  string
	Hidden    bool
	Country   string
	Amount    money.Amount
	StripeURL string
	Opened    ui.Moment
}

// NewDisputesPage makes the list of disputes.
func NewDisputesPage(in DisputesInput) DisputesPage {
	in.Shell.Title, in.Shell.Nav = "Disputes", NavDisputes
	p := DisputesPage{Shell: in.Shell}
	inquiries, chargebacks := 0, 0
	for _, row := range in.Disputes {
		line := newDisputeLine(in.Shell, row)
		switch {
		case !row.Dispute.IsOpen():
			p.Closed = append(p.Closed, line)
			continue
		case row.Dispute.IsInquiry():
			inquiries++
		default:
			chargebacks++
		}
		p.Open = append(p.Open, line)
	}
	p.Sub = "Nothing is open."
	if inquiries+chargebacks > 0 {
		p.Sub = i18n.Plural(int64(inquiries), "open inquiry", "open inquiries") + ", " + ui.Count(chargebacks, "open chargeback") + ", by the day they are due. Times are in " + in.Shell.clock().ZoneName() + "."
	}
	return p
}

func newDisputeLine(s Shell, row DisputeRow) disputeLine {
	d, clock := row.Dispute, s.clock()
	l := disputeLine{Kind: disputeKind(d), Reason: disputeReason(d.Reason), Klarna: d.KlarnaReason, Badge: disputeBadge(d.Status), Amount: d.Money(),
		StripeURL: s.stripeURL("disputes", d.ID), Opened: clock.Day(d.Created.Time()), Hidden: !s.CanSeeCustomers, Order: d.PaymentIntentID}
	switch {
	case !d.IsOpen():
		l.NoDue = "closed"
	case d.Status == "under_review" || d.Status == "warning_under_review":
		l.NoDue = "with Klarna"
	case d.DueBy == 0:
		l.NoDue = "no response possible"
	default:
		due := clock.Due(d.DueBy.Time())
		l.Due = &due
	}
	if o := row.Order; o != nil {
		l.Order, l.OrderURL, l.Customer, l.Country = orderName(*o), orderURL(o.ID), o.CustomerName, o.Country
	}
	return l
}
