package views

import (
	"slices"

	"counterfoil/models"
	"counterfoil/views/ui"
)

// MailInput is what the page of a dispute that is run by e-mail is made from; an empty id is a new one.
type MailInput struct {
	Shell      Shell
	Dispute    models.MailDispute
	Order      *models.Order
	Kept       *KeptLetter       // the mail that a new one is recorded with; nil for none
	Typed      map[string]string // the form as it was typed
	Errors     map[string]string
	Case       models.DisputeCase
	Colleagues []models.Staff
	Audit      []models.AuditEntry
	DueDay     string // YYYY-MM-DD in the shop's zone
}

// KeptLetter is a mail that was read and is recorded with a new dispute.
type KeptLetter struct {
	SHA256, From, Subject, Text string
	Date                        models.Unix // 0 where the mail gives none
}

// MailPage is a dispute that Klarna runs by e-mail alone.
type MailPage struct {
	Shell    Shell
	New      bool
	Title    string
	Badges   []ui.BadgeModel
	Sub      string
	OrderURL string
	Order    string
	Action   string
	Fields   []ui.FieldModel
	Notices  []Notice
	Letter   *letterCard
	Kept     string // hash of the mail that goes with the form; "" for none
	Heading  string // of the form
	Assign   *assignForm
	Error    string // of an uploaded mail
	CanAct   bool
	Timeline Timeline
}

// letterCard is the mail as it came.
type letterCard struct {
	Subject string
	Facts   []ui.Part
	Text    string
	URL     string
	Hidden  bool
}

var mailStatusWords = map[string]string{models.MailOpen: "Waits for our answer", models.MailAnswered: "Answered by mail", models.MailWon: "Won", models.MailLost: "Lost", models.MailClosed: "Closed"}

// NewMailPage makes the page.
func NewMailPage(in MailInput) MailPage {
	m := in.Dispute
	in.Shell.Nav, in.Shell.Title = NavDisputes, "Dispute by e-mail"
	p := MailPage{Shell: in.Shell, New: m.ID == "", Action: "/mail-disputes", CanAct: in.Shell.CanAct, Title: "Record a dispute that came by mail", Error: in.Errors["file"]}
	p.Heading = "Or record it by hand"
	if k := in.Kept; k != nil {
		p.Kept, p.Heading, p.Letter = k.SHA256, "What is known", newLetterCard(in.Shell, k.Subject, k.From, k.Text, k.Date)
	}
	if !p.New {
		p.Heading = "What is known"
		p.Action, p.Title = disputeURL(m.ID)+"/mail", disputeReason(m.Reason)
		p.Badges = []ui.BadgeModel{disputeBadge(m.Status), {Icon: "mail", Text: "Answered by e-mail, not here"}}
		p.Assign = newAssignForm(m.ID, in.Case.AssigneeID, in.Colleagues)
		p.letter(in)
		var entries []timelineEntry
		for _, a := range slices.Backward(in.Audit) {
			entries = append(entries, auditEntry(a))
		}
		p.Timeline = newestFirst(in.Shell, entries)
	}
	if o := in.Order; o != nil {
		p.Order, p.OrderURL = orderName(*o), orderURL(o.ID)
	}
	p.notices(in)
	p.fields(in)
	return p
}

func (p *MailPage) notices(in MailInput) {
	m := in.Dispute
	if len(in.Errors) > 0 && in.Errors["file"] == "" {
		p.Notices = append(p.Notices, errorNotice("Not saved.", in.Errors))
	}
	if p.New || m.Status != models.MailOpen {
		return
	}
	n := Notice{Tone: ui.ToneWarn, Icon: "mail", Title: "Klarna waits for a mail", Lines: []string{"Answer Klarna’s mail itself, with its reference and your evidence. Nothing of this goes through Stripe, and nothing is sent from here."}}
	if m.DueBy == 0 {
		n.Lines = append(n.Lines, "Write down the day that the mail gives: it is nowhere else.")
	} else {
		n.Title = "Answer by " + in.Shell.clock().LongDayTime(m.DueBy.Time()).Text
	}
	if in.Order == nil {
		n.Lines = append(n.Lines, "It is not matched to an order yet: write the order’s reference or Stripe id below.")
	}
	p.Notices = append(p.Notices, n)
}

func (p *MailPage) fields(in MailInput) {
	m := in.Dispute
	value := func(name, stored string) string {
		if typed, ok := in.Typed[name]; ok {
			return typed
		}
		return stored
	}
	amount, order := "", m.OrderID
	if m.Amount > 0 {
		sum := m.Money()
		amount = sum.Decimal()
	}
	if in.Order != nil {
		order = orderName(*in.Order)
	}
	field := func(name, label, stored, help string) ui.FieldModel {
		return ui.FieldModel{ID: "mail-" + name, Name: name, Label: label, Value: value(name, stored), Help: help, Error: in.Errors[name], Autocomplete: "off"}
	}
	due := field("due_by", "Answer by", in.DueDay, "As the mail says. The end of that day counts.")
	due.Type = "date"
	reason := field("reason", "Reason", m.Reason, "")
	reason.Options = []ui.Option{{Text: "Not known"}}
	for _, r := range models.DisputeReasons() {
		reason.Options = append(reason.Options, ui.Option{Value: r, Text: disputeReason(r)})
	}
	sum := field("amount", "Disputed amount", amount, "")
	sum.InputMode = "decimal"
	currency := field("currency", "Currency", m.Currency, "Three letters, for example EUR.")
	currency.MaxLength = 3
	note := field("note", "Note", m.Note, "What was answered, and when.")
	note.Rows = 3
	p.Fields = []ui.FieldModel{field("order", "Order", order, "Your own reference, or a Stripe id."), reason, sum, currency, due}
	if !p.New {
		status := field("status", "How far it is", m.Status, "")
		for _, s := range []string{models.MailOpen, models.MailAnswered, models.MailWon, models.MailLost, models.MailClosed} {
			status.Options = append(status.Options, ui.Option{Value: s, Text: mailStatusWords[s]})
		}
		p.Fields = append(p.Fields, status)
	}
	p.Fields = append(p.Fields, note)
}

func (p *MailPage) letter(in MailInput) {
	m := in.Dispute
	if m.LetterSHA256 == "" {
		return
	}
	c := newLetterCard(in.Shell, m.LetterSubject, m.LetterFrom, m.LetterText, m.LetterDate)
	c.URL, c.Hidden = disputeURL(m.ID)+"/letter", !in.Shell.CanSeeCustomers
	c.Facts = append(c.Facts, ui.Part{Name: "SHA-256", Value: m.LetterSHA256})
	if c.Hidden {
		c.Subject, c.Text = "Hidden for your role", ""
	}
	p.Letter = c
}

func newLetterCard(s Shell, subject, from, text string, date models.Unix) *letterCard {
	c := &letterCard{Subject: subject, Text: text, Facts: []ui.Part{{Name: "From", Value: from}}}
	if date != 0 {
		c.Facts = append(c.Facts, ui.Part{Name: "Date", Value: s.clock().DayTime(date.Time()).Text})
	}
	return c
}
