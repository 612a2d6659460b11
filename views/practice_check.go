package views

import (
	"net/url"
	"strconv"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/practice"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// PracticeCheckInput is what the page of one check is made from.
type PracticeCheckInput struct {
	PracticeInput
	Check    models.PracticeCheck
	Week     int                   // place of the week asked for; -1 for all that the figures are about
	Misses   []models.PracticeMiss // one page, the newest first
	Orders   map[string]models.Order
	Disputes map[string]models.Dispute
	Newer    string // cursor for ?before=, "" on the first page
	Older    string // cursor for ?after=, "" on the last page
	TypedURL string
	Errors   map[string]string
}

// PracticeCheckPage is one check, week by week, with what did not meet it.
type PracticeCheckPage struct {
	Shell      Shell
	Title, Sub string
	Back       string // the address of all checks
	Advice, Do string
	Line       practiceLine
	Chart      *ui.LineModel // nil where nothing was measured
	Weeks      []practiceWeek
	ListTitle  string // "" for a check that has no list
	Head       string // of the column of moments
	Disputes   bool
	Rows       []practiceMissRow
	Empty      string
	Pager      ui.PagerModel
	Elsewhere  *ui.LinkModel // where the cases of a check without a list are
	Form       *placedForm   // nil but for the help link
}

// practiceWeek is a check in one week.
type practiceWeek struct {
	URL, Name, Cases, Met, Missed, Share string
	Current                              bool
}

// practiceMissRow is a case that did not meet a check.
type practiceMissRow struct {
	URL, Name, Sub string
	Customer       string
	Hidden         bool
	At             ui.Moment
	Amount         money.Amount
	Why            string
}

// placedForm confirms where the link to the help page stands.
type placedForm struct {
	Text      string
	URL       ui.FieldModel
	CanManage bool
	IsPlaced  bool
}

// NewPracticeCheckPage makes the page of one check.
func NewPracticeCheckPage(in PracticeCheckInput) PracticeCheckPage {
	words := wordsOf(in.Check)
	in.Shell.Title, in.Shell.Nav = words.Title, NavPractice
	p := PracticeCheckPage{Shell: in.Shell, Title: words.Title, Back: practiceURL("", in.Weeks, ""), Advice: words.Advice, Do: words.Do,
		Sub: practicePeriod(in.PracticeInput)}
	m := in.measure()
	p.trend(in, m)
	if in.Week >= 0 {
		m = m.InWeek(in.Week)
		p.Sub = "Week of " + weekName(in.Card.Mondays[in.Week]) + ", " + in.Shell.clock().ZoneName() + "."
		p.Line = newWeekLine(in.PracticeInput, m)
	} else {
		p.Line = newPracticeLine(in.PracticeInput, m)
	}
	switch {
	case in.Check == models.CheckMailboxes:
		p.Elsewhere = &ui.LinkModel{URL: "/mailboxes/history", Text: "Open the history of the mailboxes"}
	case in.Check == models.CheckHelpPlaced:
		p.Form = newPlacedForm(in)
	case !practice.HasMisses(in.Check):
	default:
		p.list(in, m.Tally)
	}
	return p
}

// newWeekLine is the figure of one week. It earns no points, and what is told of all weeks together is not told of it.
func newWeekLine(in PracticeInput, m practice.Measure) practiceLine {
	l := newPracticeLine(in, m)
	l.Points, l.Text = "", goalWords(m.Rule)
	switch {
	case m.Standing == practice.NotMeasured:
		l.Text += notMeasured(m.Check)
	case m.Tally.Missed() > 0:
		l.Text += wordsOf(m.Check).Do
	}
	return l
}

// measure is the check's own.
func (in *PracticeCheckInput) measure() practice.Measure {
	for _, m := range in.Card.Measures {
		if m.Check == in.Check {
			return m
		}
	}
	return practice.Measure{}
}

// trend draws the weeks, the oldest first, and lists them, the newest first.
func (p *PracticeCheckPage) trend(in PracticeCheckInput, m practice.Measure) {
	if m.Check == models.CheckHelpPlaced {
		return
	}
	chart := ui.LineModel{ID: "c-weeks", NoTable: true, Full: true, Title: "Share by week", Desc: "The share of cases that met the check, for each of the last twelve weeks.", Series: []ui.LineSeries{{Name: p.Title}}}
	has := false
	for i, t := range m.Trend {
		chart.Labels = append(chart.Labels, in.Card.Mondays[i].Format("2 Jan"))
		var share *int64
		if t.Cases > 0 {
			n := t.Share()
			share, has = &n, true
		}
		chart.Series[0].BasisPoints = append(chart.Series[0].BasisPoints, share)
	}
	if !has {
		return
	}
	p.Chart = &chart
	for i := practice.Weeks - 1; i >= 0; i-- {
		t := m.Trend[i]
		monday := in.Card.Mondays[i].Format(time.DateOnly)
		w := practiceWeek{Name: weekName(in.Card.Mondays[i]), Cases: i18n.Number(t.Cases), Met: i18n.Number(t.Met), Missed: i18n.Number(t.Missed()), Share: "–", Current: i == in.Week}
		if t.Cases > 0 {
			w.Share = shareWords(t)
		}
		switch {
		case in.Check == models.CheckMailboxes:
			w.URL = "/mailboxes/history?week=" + monday
		case t.Missed() > 0 && practice.HasMisses(in.Check):
			w.URL = practiceURL(in.Check, in.Weeks, monday)
		}
		p.Weeks = append(p.Weeks, w)
	}
}

// list is what did not meet the check.
func (p *PracticeCheckPage) list(in PracticeCheckInput, t practice.Tally) {
	p.ListTitle, p.Disputes = countWords(t.Missed(), in.Check)+" to look at", practice.IsAboutDisputes(in.Check)
	p.Head = map[bool]string{true: "Began", false: "Captured"}[p.Disputes]
	switch in.Check {
	case models.CheckRanOut:
		p.Head = "Ended"
	case models.CheckProof:
		p.Head = "Answered"
	}
	p.Empty = "Nothing: every case of this time met the check."
	if t.Cases == 0 {
		p.Empty = "There was no case in this time."
	}
	for _, miss := range in.Misses {
		p.Rows = append(p.Rows, newPracticeMissRow(in, miss))
	}
	base := practiceURL(in.Check, in.Weeks, "")
	if in.Week >= 0 {
		base = practiceURL(in.Check, in.Weeks, in.Card.Mondays[in.Week].Format(time.DateOnly))
	}
	p.Pager = ui.PagerModel{Shown: strconv.Itoa(len(p.Rows)) + " of " + i18n.Number(t.Missed()) + " shown"}
	if in.Newer != "" {
		p.Pager.Newer = withCursor(base, "before", in.Newer)
	}
	if in.Older != "" {
		p.Pager.Older = withCursor(base, "after", in.Older)
	}
}

// withCursor adds a cursor to an address that may have a query already.
func withCursor(base, name, cursor string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	v := u.Query()
	v.Set(name, cursor)
	u.RawQuery = v.Encode()
	return u.String()
}

func newPracticeMissRow(in PracticeCheckInput, miss models.PracticeMiss) practiceMissRow {
	clock := in.Shell.clock()
	r := practiceMissRow{At: clock.DayTime(miss.At.Time()), Hidden: !in.Shell.CanSeeCustomers}
	id := miss.ID
	if practice.IsAboutDisputes(in.Check) {
		d := in.Disputes[miss.ID]
		r.URL, r.Name, r.Amount, r.Why = disputeURL(d.ID), disputeReason(d.Reason), d.Money(), whyDispute(in.Check, &d)
		id = d.PaymentIntentID
	}
	o, found := in.Orders[id]
	if r.URL == "" {
		r.URL, r.Name, r.Amount, r.Why = orderURL(o.ID), orderName(o), o.Authorized(), whyOrder(in.Check, &o, clock)
	} else if found {
		r.Sub = "Order " + orderName(o)
	}
	r.Customer = o.CustomerName
	return r
}

func newPlacedForm(in PracticeCheckInput) *placedForm {
	f := &placedForm{Text: placedWords(in.Placed, in.Shell.clock()), CanManage: in.Shell.CanManage, IsPlaced: in.Placed.URL != ""}
	f.URL = ui.FieldModel{ID: "f-url", Name: "url", Label: "Where does the link stand?", Hint: "the page of your shop on which you found it", Type: "url", Value: in.Placed.URL,
		Required: true, Error: in.Errors["url"], MaxLength: 500}
	if in.Errors["url"] != "" {
		f.URL.Value, f.URL.Focus = in.TypedURL, true
	}
	return f
}
