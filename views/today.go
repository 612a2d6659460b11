package views

import (
	"time"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// RegionToday is what Today updates by itself.
const RegionToday = "today"

// Amounts is a number of orders and what they are worth, by currency.
type Amounts struct {
	Count int64
	Sums  []money.Amount
}

// words writes the sums side by side; currencies are never added together.
func (a Amounts) words(separator, last string) string {
	s := ""
	for i, m := range a.Sums {
		switch {
		case i > 0 && i == len(a.Sums)-1:
			s += last
		case i > 0:
			s += separator
		}
		s += ui.Money(m)
	}
	return s
}

// TodayRefund is a refund that failed.
type TodayRefund struct {
	Refund models.Refund
	Order  models.Order
}

// TodayUnknown is an act whose outcome is not known.
type TodayUnknown struct {
	Order       models.Order
	Act         string // capture, cancel, refund, submission, acceptance
	DisputeID   string // of the last two
	Amount      money.Amount
	Since       models.Unix
	NeedsPerson bool
}

// TodayInput is what Today is made from.
type TodayInput struct {
	Shell            Shell
	CanAct           bool
	SoonDays         int // what "soon" means
	Soon             Amounts
	Ending           Amounts // within 7 days
	EndingOrders     []models.Order
	NoTracking       Amounts
	NoTrackingCapped bool // there are more than were counted
	NoTrackingOrders []models.Order
	Disputes         []DisputeRow // due within 7 days, or over
	Refunds          []TodayRefund
	Unknown          []TodayUnknown
	Lost             Amounts // ran out in the last 7 days
	LastEvent        models.Unix
	LastSync         models.Unix
	FailedEvents     int64
	Mailboxes        mailboxes.Standing
	NeverSynced      bool
	Silent           bool // the account was not read for too long
}

// TodayPage says what there is to do.
type TodayPage struct {
	Shell  Shell
	Day    string
	Urgent string // what must not wait
	Rest   string
	Things string // "13 things to do"
	Groups []todayGroup
	Lost   string
	Mirror string // that the mirror does well, in a line
}

// todayGroup is one kind of thing to do.
type todayGroup struct {
	ID    string
	Name  string
	Count string
	Sums  string
	Rows  []todayRow
	More  string // "and 123 more"
	URL   string // where they are
}

// todayRow is one thing to do.
type todayRow struct {
	Due      *ui.DueModel
	When     ui.Moment
	Before   string // in front of When
	Unknown  bool
	Name     string
	URL      string
	Order    bool // is about an order: it has a customer
	Customer string
	Hidden   bool
	Country  string
	Meta     string
	Amount   *money.Amount
	Action   string
	To       string
	Urgent   bool
}

// NewTodayPage makes Today.
func NewTodayPage(in TodayInput) TodayPage {
	in.Shell.Title, in.Shell.Nav = "Today", NavToday
	p := TodayPage{Shell: in.Shell, Day: in.Shell.Now.In(in.Shell.zone()).Format("Monday 2 January") + "."}
	for _, g := range []todayGroup{endingGroup(in), disputeGroup(in), noTrackingGroup(in), refundGroup(in), unknownGroup(in), mailboxGroup(in), mirrorGroup(in)} {
		if len(g.Rows) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	p.Urgent, p.Rest = todaySentence(in)
	n := in.Ending.Count + in.NoTracking.Count + int64(len(in.Disputes)+len(in.Refunds)+len(in.Unknown)) + in.Mailboxes.Things()
	switch {
	case len(p.Groups) == 0:
	case in.NoTrackingCapped:
		p.Things = "more than " + i18n.Plural(n-1, "thing", "things") + " to do"
	default:
		p.Things = i18n.Plural(max(n, 1), "thing", "things") + " to do"
	}
	if in.Lost.Count > 0 {
		p.Lost = i18n.Plural(in.Lost.Count, "authorization", "authorizations") + " ran out in the last 7 days and " + wasWere(in.Lost.Count) +
			" never captured: " + in.Lost.words(", ", " and ") + "."
	}
	if len(mirrorGroup(in).Rows) == 0 {
		p.Mirror = "No mirror trouble."
		if in.LastEvent != 0 {
			p.Mirror += " Last event from Stripe " + wallClock(in.Shell, in.LastEvent) + "."
		}
	}
	return p
}

func wasWere(n int64) string {
	if n == 1 {
		return "was"
	}
	return "were"
}

// todaySentence says what must not wait, and then the rest.
func todaySentence(in TodayInput) (urgent, rest string) {
	if in.Soon.Count > 0 {
		by := in.Shell.Now.AddDate(0, 0, in.SoonDays).In(in.Shell.zone()).Format("Monday")
		verb := " orders run out by "
		if in.Soon.Count == 1 {
			verb = " order runs out by "
		}
		urgent = i18n.Number(in.Soon.Count) + verb + by + ": " + in.Soon.words(", ", " and ") + "."
	} else if in.Ending.Count > 0 {
		rest = "Nothing runs out in the next 3 days."
	}
	switch n := len(in.Disputes); {
	case n == 1:
		rest = joinSentences(rest, "1 dispute is due.")
	case n > 1:
		rest = joinSentences(rest, i18n.Number(int64(n))+" disputes are due.")
	}
	switch n := len(in.Unknown); {
	case n == 1:
		rest = joinSentences(rest, "1 outcome is not known.")
	case n > 1:
		rest = joinSentences(rest, i18n.Number(int64(n))+" outcomes are not known.")
	}
	switch n := len(in.Refunds); {
	case n == 1:
		rest = joinSentences(rest, "1 refund failed.")
	case n > 1:
		rest = joinSentences(rest, i18n.Number(int64(n))+" refunds failed.")
	}
	return urgent, rest
}

func joinSentences(a, b string) string {
	if a == "" {
		return b
	}
	return a + " " + b
}

func orderTask(s Shell, o models.Order, amount money.Amount) todayRow {
	return todayRow{Name: orderName(o), URL: orderURL(o.ID), Order: true, Customer: o.CustomerName, Hidden: !s.CanSeeCustomers, Country: o.Country, Amount: &amount}
}

// act gives the row its one button, or a quiet link for who may not act.
func (r *todayRow) act(can bool, text, anchor string) {
	r.Action, r.To = text, r.URL+anchor
	if !can {
		r.Action, r.To, r.Urgent = "View", r.URL, false
	}
}

func endingGroup(in TodayInput) todayGroup {
	g := todayGroup{ID: "ending", Name: "Running out", Count: i18n.Number(in.Ending.Count), Sums: in.Ending.words(" · ", " · ")}
	for _, o := range in.EndingOrders {
		r := orderTask(in.Shell, o, o.Capturable())
		due := in.Shell.clock().Due(o.CaptureBy().Time())
		r.Due, r.Urgent = &due, due.Tone == ui.ToneBad
		if o.HasTracking {
			r.Meta = "has tracking"
		}
		r.act(in.CanAct, "Capture", "#capture-panel")
		g.Rows = append(g.Rows, r)
	}
	g.further(in.Ending.Count, false, "/orders?tab="+TabRunningOut)
	return g
}

func noTrackingGroup(in TodayInput) todayGroup {
	g := todayGroup{ID: "no-tracking", Name: "Captured without tracking", Count: i18n.Number(in.NoTracking.Count), Sums: in.NoTracking.words(" · ", " · ") + " at risk"}
	if in.NoTrackingCapped {
		g.Count, g.Sums = i18n.Number(in.NoTracking.Count-1)+"+", "over "+g.Sums
	}
	for _, o := range in.NoTrackingOrders {
		r := orderTask(in.Shell, o, o.Captured())
		r.Before, r.When = "Captured", in.Shell.clock().Day(o.CapturedAt.Time())
		r.act(in.CanAct, "Add tracking", "#shipments")
		g.Rows = append(g.Rows, r)
	}
	g.further(in.NoTracking.Count, in.NoTrackingCapped, "/orders?tab="+TabNoTracking)
	return g
}

// disputeGroup is what Klarna waits for: an inquiry to settle, a chargeback to answer, a mail to write.
func disputeGroup(in TodayInput) todayGroup {
	var sums sumList
	g := todayGroup{ID: "disputes", Name: "Disputes due", Count: i18n.Number(int64(len(in.Disputes))), URL: "/disputes"}
	for _, d := range in.Disputes {
		e := d.Entry
		if e.Currency != "" {
			sums.add(e.Money())
		}
		amount := e.Money()
		r := todayRow{Name: disputeReason(e.Reason), URL: disputeURL(e.ID), Amount: &amount, Meta: disputeBadge(e.Status).Text, Before: "No date yet"}
		if o := d.Order; o != nil {
			r.Order, r.Customer, r.Hidden, r.Country = true, o.CustomerName, !in.Shell.CanSeeCustomers, o.Country
			r.Meta = join(orderName(*o), r.Meta)
		}
		if e.AssigneeName != "" {
			r.Meta = join(r.Meta, e.AssigneeName)
		}
		if e.DueBy != 0 {
			due := in.Shell.clock().Due(e.DueBy.Time())
			r.Due, r.Urgent = &due, due.Tone == ui.ToneBad
		}
		action := "Answer"
		if e.Status == "warning_needs_response" {
			action = "Decide"
		}
		r.act(in.CanAct, action, "")
		g.Rows = append(g.Rows, r)
	}
	g.Sums = Amounts{Sums: sums}.words(" · ", " · ")
	return g
}

// further tells of the rows that are not shown.
func (g *todayGroup) further(all int64, capped bool, url string) {
	rest := all - int64(len(g.Rows))
	if rest <= 0 {
		return
	}
	g.URL, g.More = url, "and "+i18n.Number(rest)+" more"
	if capped {
		g.More = "and more than " + i18n.Number(rest-1) + " more"
	}
}

func refundGroup(in TodayInput) todayGroup {
	var sums sumList
	g := todayGroup{ID: "refunds", Name: "Refunds that failed", Count: i18n.Number(int64(len(in.Refunds)))}
	for _, f := range in.Refunds {
		sums.add(f.Refund.Money())
		r := orderTask(in.Shell, f.Order, f.Refund.Money())
		r.Before, r.When = "Made", in.Shell.clock().DayTime(f.Refund.Created.Time())
		r.Meta = "the money is back in your balance"
		r.Meta = RefundFailure(f.Refund.FailureReason) + "; " + r.Meta
		r.act(in.CanAct, "Look at refund", "#"+RegionClaims)
		g.Rows = append(g.Rows, r)
	}
	g.Sums = Amounts{Sums: sums}.words(" · ", " · ")
	return g
}

func unknownGroup(in TodayInput) todayGroup {
	var sums sumList
	g := todayGroup{ID: "unknown", Name: "Unknown outcomes", Count: i18n.Number(int64(len(in.Unknown)))}
	for _, u := range in.Unknown {
		sums.add(u.Amount)
		r := orderTask(in.Shell, u.Order, u.Amount)
		r.Unknown, r.Before, r.When = true, "Since", in.Shell.clock().DayTime(u.Since.Time())
		r.Meta = u.Act + ": Stripe has not said yet"
		anchor := ""
		if u.DisputeID != "" {
			r.URL = disputeURL(u.DisputeID)
		}
		r.act(in.CanAct, "See what we asked", anchor)
		if u.NeedsPerson {
			r.Meta, r.Urgent = u.Act+": waits for your decision", in.CanAct
			r.act(in.CanAct, "Decide", anchor)
		}
		g.Rows = append(g.Rows, r)
	}
	g.Sums = Amounts{Sums: sums}.words(" · ", " · ")
	return g
}

// mirrorGroup is what is wrong with the mirror, and what to do.
func mirrorGroup(in TodayInput) todayGroup {
	g := todayGroup{ID: "mirror", Name: "Mirror trouble"}
	trouble := func(name, meta string) { g.Rows = append(g.Rows, todayRow{Name: name, Meta: meta}) }
	if in.NeverSynced {
		trouble("The account was never read whole", "Orders of before the desk was set up may be missing. Whoever runs the desk starts “sync”.")
	}
	if in.Silent {
		trouble("The account was last read "+wallClock(in.Shell, in.LastSync), "It is read every night. Whoever runs the desk looks at its log.")
	}
	if in.FailedEvents > 0 {
		trouble(i18n.Plural(in.FailedEvents, "event", "events")+" of Stripe could not be taken in", "What they tell may be missing here. Open the payment in Stripe if in doubt.")
	}
	g.Count = i18n.Number(int64(len(g.Rows)))
	return g
}

// wallClock shows a moment of the wall clock, which is not the domain's.
func wallClock(s Shell, at models.Unix) string {
	return i18n.DayTime(at.Time(), s.zone(), time.Now())
}

// sumList adds up by currency.
type sumList []money.Amount

func (l *sumList) add(a money.Amount) {
	for i := range *l {
		if (*l)[i].Currency == a.Currency {
			(*l)[i].Minor += a.Minor
			return
		}
	}
	*l = append(*l, a)
}
