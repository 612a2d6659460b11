package views

import (
	"net/url"
	"time"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// publicDetails is where the support address stands at Stripe (domain.md 3.7).
const publicDetails = "https://dashboard.stripe.com/settings/public"

// MailboxesInput is what the page of the mailboxes on one day is made from.
type MailboxesInput struct {
	Shell     Shell
	Day       string // YYYY-MM-DD
	Today     string
	Closed    string // why the shop does not work on the day
	Counts    mailboxes.Counts
	Missed    []mailboxes.MissedDay // that no manager has acknowledged, the newest first
	Rows      []mailboxes.Row       // one page
	Unchecked bool
	After     string // cursor of this page
	Next      string
	Listed    int64             // mailboxes on the list now
	Typed     map[string]string // by form and field, "mbx_1 note", " addresses"
	Errors    map[string]string // likewise; "file" of the mail
}

// MailboxesPage is the mailboxes on one day.
type MailboxesPage struct {
	Shell     Shell
	Tabs      []ui.LinkModel
	Chips     []ui.LinkModel
	Day       string
	Name      string // "Today, Tuesday 24 November"
	Count     string
	Closed    string
	IsToday   bool
	Stay      string // the address of this page of the list
	Rows      []mailboxRow
	None      string // why there are no rows
	Missed    []missedCard
	Pager     ui.PagerModel
	CanTick   bool
	CanManage bool
	Empty     bool // no mailbox is on the list
	Addresses ui.FieldModel
	Purpose   ui.FieldModel
	Note      ui.FieldModel
	AddOpen   bool
	FileError string
}

// mailboxRow is a mailbox on the page's day.
type mailboxRow struct {
	ID      string
	Address string
	Meta    string
	Badge   ui.BadgeModel
	What    string
	By      string
	Tick    bool // nobody has looked
	Note    ui.FieldModel
	Open    bool
	Action  string
	Remove  string
}

// missedCard is a day that was missed.
type missedCard struct {
	Day  string
	Name string
	Text string
	URL  string
	Note ui.FieldModel
	Open bool
}

// NewMailboxesPage makes the page of the mailboxes on one day.
func NewMailboxesPage(in MailboxesInput) MailboxesPage {
	in.Shell.Title, in.Shell.Nav = "Mailboxes", NavMailboxes
	p := MailboxesPage{Shell: in.Shell, Tabs: mailboxTabs(""), Day: in.Day, Name: dayName(in.Day), Closed: in.Closed, IsToday: in.Day == in.Today,
		Stay: MailboxesURL(in.Day, in.Today, in.Unchecked, in.After), CanTick: in.Shell.CanAct, CanManage: in.Shell.CanManage, Empty: in.Listed == 0, FileError: in.Errors["file"]}
	if p.IsToday {
		p.Name = "Today, " + p.Name
	}
	if in.Closed == "" && in.Counts.Due > 0 {
		p.Count = i18n.Number(in.Counts.Checked+in.Counts.Late) + " of " + i18n.Plural(in.Counts.Due, "mailbox", "mailboxes") + " looked into"
	}
	p.Chips = []ui.LinkModel{{URL: MailboxesURL(in.Day, in.Today, false, ""), Text: "All", Current: !in.Unchecked},
		{URL: MailboxesURL(in.Day, in.Today, true, ""), Text: "Not looked into", Count: i18n.Number(in.Counts.Open + in.Counts.Missed), Current: in.Unchecked}}
	for _, r := range in.Rows {
		p.Rows = append(p.Rows, newMailboxRow(in, r))
	}
	if in.Unchecked {
		p.None = "Every mailbox was looked into."
	} else {
		p.None = "No mailbox was on the list on this day."
	}
	for _, m := range in.Missed[:min(len(in.Missed), missedShown)] {
		p.Missed = append(p.Missed, newMissedCard(in, m))
	}
	p.Pager = ui.PagerModel{Shown: i18n.Plural(int64(len(in.Rows)), "mailbox", "mailboxes") + " shown"}
	if in.After != "" {
		p.Pager.Newer = MailboxesURL(in.Day, in.Today, in.Unchecked, "")
	}
	if in.Next != "" {
		p.Pager.Older = MailboxesURL(in.Day, in.Today, in.Unchecked, in.Next)
	}
	p.addForm(in)
	return p
}

// missedShown is how many missed days the page shows at a time.
const missedShown = 10

// MailboxesURL is the page of the mailboxes on a day; today has the short address.
func MailboxesURL(day, today string, unchecked bool, after string) string {
	v := url.Values{}
	if day != today {
		v.Set("day", day)
	}
	if unchecked {
		v.Set("show", "unchecked")
	}
	if after != "" {
		v.Set("after", after)
	}
	if len(v) == 0 {
		return "/mailboxes"
	}
	return "/mailboxes?" + v.Encode()
}

func mailboxTabs(current string) []ui.LinkModel {
	return []ui.LinkModel{{URL: "/mailboxes", Text: "To look into", Current: current == ""}, {URL: "/mailboxes/history", Text: "History", Current: current == "history"}}
}

// dayName writes a day for people.
func dayName(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("Monday 2 January 2006")
}

// noonOf is a day's noon in the shop's zone, for showing the day.
func noonOf(s Shell, day string) time.Time {
	t, err := time.ParseInLocation(time.DateOnly, day, s.zone())
	if err != nil {
		return s.Now
	}
	return time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, s.zone())
}

// dayEnd is the first moment after a day in the shop's zone.
func dayEnd(s Shell, day string) time.Time {
	t := noonOf(s, day)
	return models.DayStart(t.Year(), t.Month(), t.Day()+1, s.zone())
}

// purposeWord says what an address is to Stripe.
func purposeWord(p models.MailboxPurpose) string {
	switch p {
	case models.MailboxSupport:
		return "Support address in Stripe’s public details"
	case models.MailboxAccount:
		return "E-mail of the Stripe account"
	}
	return "Another address that Klarna was given"
}

func foundWord(f models.MailboxFound) string {
	if f == models.FoundMail {
		return "Mail came"
	}
	return "Nothing new"
}

// stateBadge names a state with its shape.
func stateBadge(s mailboxes.State) ui.BadgeModel {
	switch s {
	case mailboxes.StateChecked:
		return ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Looked into"}
	case mailboxes.StateLate:
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "clock", Text: "Ticked late"}
	case mailboxes.StateMissed:
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Missed"}
	case mailboxes.StateClosed:
		return ui.BadgeModel{Icon: "minus", Text: "Closed"}
	case mailboxes.StateOpen:
		return ui.BadgeModel{Icon: "circle-dashed", Text: "Not yet"}
	}
	return ui.BadgeModel{Icon: "minus", Text: "Not on the list"}
}

func newMailboxRow(in MailboxesInput, row mailboxes.Row) mailboxRow {
	m, cell := row.Mailbox, row.Cells[0]
	r := mailboxRow{ID: m.ID, Address: m.Address, Meta: join(purposeWord(m.Purpose), m.Note), Badge: stateBadge(cell.State), Action: "/mailboxes/" + m.ID + "/checks"}
	if c := cell.Check; c != nil {
		r.What, r.By = foundWord(c.Found), c.StaffName+", "+in.Shell.clock().DayTime(c.At.Time()).Text
		if c.Note != "" && in.Shell.CanSeeCustomers {
			r.What += ": " + c.Note
		}
	}
	r.Tick = in.Shell.CanAct && m.RemovedDay == "" && cell.Check == nil && (cell.State == mailboxes.StateOpen || cell.State == mailboxes.StateMissed || in.Day == in.Today)
	key := m.ID + " note"
	r.Note = ui.FieldModel{ID: "note-" + m.ID, Name: "note", Label: "What came", Value: in.Typed[key], Error: in.Errors[key], Focus: in.Errors[key] != "",
		MaxLength: models.MaxReasonLength, Required: true, Autocomplete: "off"}
	r.Open = r.Note.Error != ""
	if in.Shell.CanManage && m.RemovedDay == "" {
		r.Remove = "/mailboxes/" + m.ID + "/removals"
	}
	return r
}

func newMissedCard(in MailboxesInput, m mailboxes.MissedDay) missedCard {
	key := m.Day + " note"
	c := missedCard{Day: m.Day, Name: dayName(m.Day), URL: MailboxesURL(m.Day, in.Today, false, ""), Open: in.Errors[key] != "",
		Text: i18n.Plural(m.Mailboxes, "mailbox was", "mailboxes were") + " not looked into on the day."}
	c.Note = ui.FieldModel{ID: "ack-" + m.Day, Name: "note", Label: "Why, and what was done about it", Value: in.Typed[key], Error: in.Errors[key], Focus: c.Open,
		Rows: 2, MaxLength: models.MaxReasonLength, Required: true}
	return c
}

func (p *MailboxesPage) addForm(in MailboxesInput) {
	field := func(name, label, help string) ui.FieldModel {
		return ui.FieldModel{ID: "mailbox-" + name, Name: name, Label: label, Value: in.Typed[" "+name], Error: in.Errors[" "+name], Focus: in.Errors[" "+name] != "", Help: help, Autocomplete: "off"}
	}
	p.Addresses = field("addresses", "Addresses", "One in each line.")
	p.Addresses.Rows, p.Addresses.Required = 3, true
	p.Purpose = field("purpose", "What they are to Stripe", "")
	for _, purpose := range models.MailboxPurposes() {
		p.Purpose.Options = append(p.Purpose.Options, ui.Option{Value: string(purpose), Text: purposeWord(purpose)})
	}
	p.Note = field("note", "Note", "For example who reads it.")
	p.Note.MaxLength = models.MaxReasonLength
	p.AddOpen = p.Empty || p.Addresses.Error+p.Purpose.Error+p.Note.Error != ""
}
