package views

import (
	"net/url"
	"slices"
	"strconv"

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// DisputesInput is what the inbox is made from.
type DisputesInput struct {
	Shell      Shell
	Asked      url.Values // what the address asks for, without the cursor
	Counts     map[string]int64
	Rows       []DisputeRow
	Next, Prev string
	Colleagues []models.Staff
	Currencies []string
}

// DisputeRow is a dispute with its order; Order is nil for a payment that the mirror does not have.
type DisputeRow struct {
	Entry    models.DisputeEntry
	Order    *models.Order
	Complete int // percent of what decides it, where it is drafted; -1 elsewhere
}

// DisputesPage is the inbox.
type DisputesPage struct {
	Shell   Shell
	Sub     string
	Tabs    []ui.LinkModel
	Filters []ui.FieldModel
	Tab     string
	Any     bool // something is filtered
	Clear   string
	CSV     string
	Lines   []disputeLine
	Pager   ui.PagerModel
}

// disputeLine is one dispute of the inbox.
type disputeLine struct {
	URL      string
	Reason   string
	Klarna   string // Klarna's own code, raw
	Badge    ui.BadgeModel
	ByMail   bool
	Due      *ui.DueModel
	Left     string
	NoDue    string // why there is no due date
	Order    string
	OrderURL string
	Customer string
	Hidden   bool
	Country  string
	Amount   money.Amount
	Complete string
	Who      string
}

// disputeTabs are the tabs of the inbox. The first shows all that is open, inquiries too.
var disputeTabs = [...]struct{ key, text string }{{"open", "Open"}, {"inquiry", "Inquiry"}, {"needs-response", "Needs response"},
	{"under-review", "Under review"}, {"won", "Won"}, {"lost", "Lost"}, {"closed", "Closed"}, {"all", "All"}}

// NewDisputesPage makes the inbox.
func NewDisputesPage(in DisputesInput) DisputesPage {
	in.Shell.Title, in.Shell.Nav = "Disputes", NavDisputes
	p := DisputesPage{Shell: in.Shell, Tab: in.Asked.Get("tab")}
	if p.Tab == "" {
		p.Tab = "open"
	}
	p.Sub = i18n.Plural(in.Counts["inquiry"], "open inquiry", "open inquiries") + ", " + ui.Count(in.Counts["needs-response"], "chargeback") +
		" to answer. Times are in " + in.Shell.clock().ZoneName() + "."
	for _, t := range disputeTabs {
		p.Tabs = append(p.Tabs, ui.LinkModel{URL: disputesURL(in.Asked, "tab", t.key), Text: t.text, Count: i18n.Number(in.Counts[t.key]), Current: t.key == p.Tab})
	}
	p.filters(in)
	p.CSV = "/disputes.csv?" + in.Asked.Encode()
	for _, row := range in.Rows {
		p.Lines = append(p.Lines, newDisputeLine(in.Shell, row))
	}
	p.Pager = ui.PagerModel{Shown: i18n.Plural(int64(len(p.Lines)), "dispute", "disputes") + " shown"}
	if in.Prev != "" {
		p.Pager.Newer = disputesURL(in.Asked, "before", in.Prev)
	}
	if in.Next != "" {
		p.Pager.Older = disputesURL(in.Asked, "after", in.Next)
	}
	return p
}

// disputesURL is the inbox as asked, with one thing else.
func disputesURL(asked url.Values, name, value string) string {
	v := url.Values{}
	for k, all := range asked {
		v[k] = slices.Clone(all)
	}
	v.Set(name, value)
	return "/disputes?" + v.Encode()
}

func (p *DisputesPage) filters(in DisputesInput) {
	field := func(name, label string, options []ui.Option) {
		p.Filters = append(p.Filters, ui.FieldModel{ID: "d-" + name, Name: name, Label: label, Value: in.Asked.Get(name),
			Options: append([]ui.Option{{Text: "Any"}}, options...)})
		p.Any = p.Any || in.Asked.Get(name) != ""
	}
	p.Filters = append(p.Filters, ui.FieldModel{ID: "d-q", Name: "q", Label: "Search", Value: in.Asked.Get("q"), Type: "search", Autocomplete: "off", Help: "Customer, reference or id."})
	p.Any = in.Asked.Get("q") != ""
	var reasons, currencies []ui.Option
	for _, r := range models.DisputeReasons() {
		reasons = append(reasons, ui.Option{Value: r, Text: disputeReason(r)})
	}
	for _, c := range in.Currencies {
		currencies = append(currencies, ui.Option{Value: c, Text: c})
	}
	who := []ui.Option{{Value: "me", Text: "Me"}, {Value: "nobody", Text: "Nobody"}}
	for _, c := range in.Colleagues {
		who = append(who, ui.Option{Value: c.ID, Text: c.Name})
	}
	field("reason", "Reason", reasons)
	field("currency", "Currency", currencies)
	field("who", "Who has it", who)
	field("kind", "Kind", []ui.Option{{Value: "stripe", Text: "At Stripe"}, {Value: "mail", Text: "By e-mail"}})
	field("due", "Due", []ui.Option{{Value: "2", Text: "Within 2 days"}, {Value: "7", Text: "Within 7 days"}})
	p.Clear = "/disputes?tab=" + p.Tab
}

func newDisputeLine(s Shell, row DisputeRow) disputeLine {
	e := row.Entry
	l := disputeLine{URL: disputeURL(e.ID), Reason: disputeReason(e.Reason), Klarna: e.KlarnaReason, Badge: disputeBadge(e.Status), ByMail: e.ByMail, Amount: e.Money(),
		Hidden: !s.CanSeeCustomers, Order: e.OrderID, Who: e.AssigneeName}
	if l.Order == "" {
		l.Order = "no order yet"
	}
	if row.Complete >= 0 {
		l.Complete = strconv.Itoa(row.Complete) + "%"
	}
	l.due(s, e)
	if o := row.Order; o != nil {
		l.Order, l.OrderURL, l.Customer, l.Country = orderName(*o), orderURL(o.ID), o.CustomerName, o.Country
	}
	return l
}

func (l *disputeLine) due(s Shell, e models.DisputeEntry) {
	phase := evidence.PhaseOf(models.Dispute{Status: e.Status})
	switch {
	case e.Status == models.MailOpen && e.DueBy == 0:
		l.NoDue = "write the day down"
	case phase == evidence.PhaseReview || e.Status == models.MailAnswered:
		l.NoDue = "with Klarna"
	case e.Status == models.MailOpen || phase == evidence.PhaseInquiry || phase == evidence.PhaseChargeback:
		if e.DueBy == 0 {
			l.NoDue = "no response possible"
			return
		}
		due := s.clock().Due(e.DueBy.Time())
		l.Due, l.Left = &due, "over"
		if left := e.DueBy.Time().Sub(s.Now); left > 0 {
			l.Left = i18n.Left(left) + " left"
		}
	case phase == evidence.PhaseUnknown && e.Status != models.MailWon && e.Status != models.MailLost && e.Status != models.MailClosed:
		l.NoDue = "see Stripe"
	default:
		l.NoDue = "over"
	}
}

// OutcomesInput is what the page of outcomes is made from.
type OutcomesInput struct {
	Shell      Shell
	ByReason   []evidence.ReasonOutcome
	ByEvidence []evidence.EvidenceOutcome
	Capped     bool
}

// OutcomesPage is how disputes ended, by reason and by the evidence that was there.
type OutcomesPage struct {
	Shell      Shell
	ByReason   []outcomeLine
	ByEvidence []outcomeLine
	Note       string
}

// outcomeLine is a row of a table of outcomes.
type outcomeLine struct {
	Name  string
	Cells []string
}

// NewOutcomesPage makes the page of outcomes.
func NewOutcomesPage(in OutcomesInput) OutcomesPage {
	in.Shell.Title, in.Shell.Nav = "Outcomes of disputes", NavDisputes
	p := OutcomesPage{Shell: in.Shell}
	for _, o := range in.ByReason {
		p.ByReason = append(p.ByReason, outcomeLine{Name: disputeReason(o.Reason), Cells: []string{strconv.Itoa(o.Won), strconv.Itoa(o.Lost), strconv.Itoa(o.Open), share(o.Won, o.Lost)}})
	}
	for _, o := range in.ByEvidence {
		f, _ := evidence.FieldOf(o.Field)
		p.ByEvidence = append(p.ByEvidence, outcomeLine{Name: f.Label, Cells: []string{strconv.Itoa(o.WonWith), strconv.Itoa(o.LostWith), strconv.Itoa(o.WonWithout), strconv.Itoa(o.LostWithout)}})
	}
	if in.Capped {
		p.Note = "The newest 1,000 of each are counted."
	}
	return p
}

// share is how many of the decided ones were won.
func share(won, lost int) string {
	if won+lost == 0 {
		return notYet
	}
	return strconv.Itoa(won*100/(won+lost)) + "%"
}
