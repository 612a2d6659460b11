package views

import (
	"net/url"

	"counterfoil/models"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// MailMatchInput is what the page about a mail that was read is made from.
type MailMatchInput struct {
	Shell      Shell
	From       string
	Subject    string
	Date       models.Unix // 0 where the mail gives none
	SHA256     string      // of the mail
	Orders     []MailMatchOrder
	RecordedAs string // the dispute by e-mail that this mail is already, "" for none
}

// MailMatchOrder is an order that a mail is about.
type MailMatchOrder struct {
	Order    models.Order
	By       string // in words: "the mail has ORD-1"
	Disputes []models.Dispute
	Mailed   []models.MailDispute
}

// MailMatchPage says what a mail is about, and what to do next.
type MailMatchPage struct {
	Shell       Shell
	Title       string
	Sub         string // what becomes of the mail
	Facts       []ui.Part
	RecordedURL string
	Orders      []mailMatchCard
	LogURL      string // where it is logged as a dispute by e-mail; "" where it is recorded already
	LogText     string // that link's text
}

type mailMatchCard struct {
	ID, Name, URL string
	By            string
	Facts         []ui.Part
	Disputes      []ui.LinkModel
	LogURL        string // where it is logged as a dispute about this order, where the mail may be about several
}

// NewMailMatchPage makes the page about a mail that was read.
func NewMailMatchPage(in MailMatchInput) MailMatchPage {
	in.Shell.Title, in.Shell.Nav = "What the mail is about", NavMailboxes
	p := MailMatchPage{Shell: in.Shell, LogText: "Log it as a dispute by e-mail", Facts: []ui.Part{{Name: "From", Value: in.From}, {Name: "Subject", Value: in.Subject}}}
	if in.Date != 0 {
		p.Facts = append(p.Facts, ui.Part{Name: "Sent", Value: in.Shell.clock().DayTime(in.Date.Time()).Text})
	}
	switch len(in.Orders) {
	case 0:
		p.Title = "No order was found"
	case 1:
		p.Title = "It is about one order"
	default:
		p.Title = "It may be about " + i18n.Number(int64(len(in.Orders))) + " orders"
	}
	if in.RecordedAs != "" {
		p.Sub, p.RecordedURL = "The mail was read.", disputeURL(in.RecordedAs)
	} else {
		p.Sub, p.LogURL = "The mail was read. It waits here for you for a day, and is deleted unless you log it.", logURL(in.SHA256, "")
	}
	for _, m := range in.Orders {
		card := newMailMatchCard(in.Shell, m)
		if p.LogURL != "" && len(in.Orders) > 1 {
			card.LogURL, p.LogText = logURL(in.SHA256, m.Order.ID), "Log it without an order"
		}
		p.Orders = append(p.Orders, card)
	}
	return p
}

// logURL is the form of a new dispute by e-mail, filled in from a mail that was read.
func logURL(sha256, order string) string {
	v := url.Values{"letter": {sha256}}
	if order != "" {
		v.Set("order", order)
	}
	return "/mail-disputes/new?" + v.Encode()
}

func newMailMatchCard(s Shell, m MailMatchOrder) mailMatchCard {
	o := m.Order
	c := mailMatchCard{ID: o.ID, Name: orderName(o), URL: orderURL(o.ID), By: m.By}
	c.Facts = []ui.Part{{Name: "Authorized", Value: ui.Money(o.Authorized())}, {Name: "Country", Value: i18n.Country(o.Country)}}
	if s.CanSeeCustomers && o.CustomerName != "" {
		c.Facts = append(c.Facts, ui.Part{Name: "Customer", Value: o.CustomerName})
	}
	for _, d := range m.Disputes {
		c.Disputes = append(c.Disputes, ui.LinkModel{URL: disputeURL(d.ID), Text: "Open the dispute: " + disputeReason(d.Reason) + ", " + disputeBadge(d.Status).Text})
	}
	for _, d := range m.Mailed {
		c.Disputes = append(c.Disputes, ui.LinkModel{URL: disputeURL(d.ID), Text: "Open the dispute by e-mail: " + disputeBadge(d.Status).Text})
	}
	return c
}
