package views

import (
	"net/url"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// MailsInput is what the list of mails is made from.
type MailsInput struct {
	Shell   Shell
	Mails   []models.Mail // one page, the newest first
	Filter  string        // name of a group of states, "" for all mails
	Newer   string        // cursor for ?before=, "" on the first page
	Older   string        // cursor for ?after=, "" on the last page
	All     bool          // everybody's
	CanSend bool
}

// MailsPage is the list of mails.
type MailsPage struct {
	Shell    Shell
	Filters  []ui.LinkModel
	Filtered bool
	Rows     []mailRow
	Pager    ui.PagerModel
	All      bool
	CanSend  bool
}

type mailRow struct {
	URL, Title, Kind, Name, Address, Why string
	Badge                                ui.BadgeModel
	When                                 ui.Moment
}

// mailFilter is a group of states under which mails are listed.
type mailFilter struct {
	name, text string
	states     []models.MailState
}

func mailFilters() []mailFilter {
	return []mailFilter{
		{"", "All", nil},
		{"sent", "Sent", []models.MailState{models.MailSent}},
		{"waiting", "Waiting", []models.MailState{models.MailPending, models.MailSending}},
		{"failed", "Failed", []models.MailState{models.MailFailed}},
		{"unclear", "Unclear", []models.MailState{models.MailUnclear}},
		{"kept", "Shown here only", []models.MailState{models.MailKept}},
	}
}

// MailStates are the states that a name in the address asks for; none, which is all, for a name that is unknown.
func MailStates(name string) []models.MailState {
	for _, f := range mailFilters() {
		if f.name == name {
			return f.states
		}
	}
	return nil
}

// mailsURL is a page of the list of mails; cursor is its parameter.
func mailsURL(filter, cursor, value string) string {
	v := url.Values{}
	if filter != "" {
		v.Set("state", filter)
	}
	if cursor != "" {
		v.Set(cursor, value)
	}
	if len(v) == 0 {
		return "/mails"
	}
	return "/mails?" + v.Encode()
}

// NewMailsPage makes the list of mails.
func NewMailsPage(in MailsInput) MailsPage {
	in.Shell.Title = "Mails"
	p := MailsPage{Shell: in.Shell, All: in.All, CanSend: in.CanSend, Pager: ui.PagerModel{Shown: ui.Count(len(in.Mails), "mail") + " shown"}}
	known := ""
	for _, f := range mailFilters() {
		if f.name == in.Filter {
			known = f.name
		}
	}
	p.Filtered = known != ""
	for _, f := range mailFilters() {
		p.Filters = append(p.Filters, ui.LinkModel{URL: mailsURL(f.name, "", ""), Text: f.text, Current: f.name == known})
	}
	if in.Newer != "" {
		p.Pager.Newer = mailsURL(known, "before", in.Newer)
	}
	if in.Older != "" {
		p.Pager.Older = mailsURL(known, "after", in.Older)
	}
	for _, m := range in.Mails {
		p.Rows = append(p.Rows, newMailRow(in.Shell, m))
	}
	return p
}

func newMailRow(s Shell, m models.Mail) mailRow {
	return mailRow{URL: "/mails/" + m.ID, Title: m.Title, Kind: mailKind(m.Kind), Name: m.Name, Address: m.Address, Why: m.Error, Badge: mailBadge(m),
		When: s.clock().DayTime(m.Created.Time())}
}

// mailKind names a kind of mail in a few words.
func mailKind(k models.NoticeKind) string {
	if slices.Contains(models.ReminderKinds(), k) {
		return "Reminder"
	}
	return noticeWord(k)
}

// mailBadge names how far a mail has come.
func mailBadge(m models.Mail) ui.BadgeModel {
	switch m.State {
	case models.MailPending:
		if m.Error != "" {
			return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "hourglass", Text: "Waits for its next try"}
		}
	case models.MailSent:
		return ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Sent"}
	case models.MailFailed:
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Failed"}
	case models.MailUnclear:
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "circle-question-mark", Text: "Unclear"}
	case models.MailKept:
		return ui.BadgeModel{Icon: "mail", Text: "Shown here only"}
	}
	return ui.BadgeModel{Icon: "hourglass", Text: "Being sent"}
}

// WrittenMailInput is what the page of a mail is made from.
type WrittenMailInput struct {
	Shell   Shell
	Mail    models.Mail
	CanSend bool
}

// WrittenMailPage is one mail as text.
type WrittenMailPage struct {
	Shell    Shell
	Row      mailRow
	Text     []letterPart
	Attempts string
	Again    string // where it is sent again, "" where it cannot be
	Unclear  bool
}

// NewWrittenMailPage makes the page of a mail.
func NewWrittenMailPage(in WrittenMailInput) WrittenMailPage {
	in.Shell.Title = "Mail"
	p := WrittenMailPage{Shell: in.Shell, Row: newMailRow(in.Shell, in.Mail), Text: letterParts(in.Mail.Text), Unclear: in.Mail.State == models.MailUnclear}
	if n := in.Mail.Attempts; n > 0 {
		p.Attempts = "It was tried " + i18n.Plural(n, "time", "times") + "."
		if in.Mail.State == models.MailPending {
			p.Attempts += " It is tried again by itself, for a day at most."
		}
	}
	if in.CanSend && in.Mail.CanSendAgain() {
		p.Again = "/mails/" + in.Mail.ID + "/sendings"
	}
	return p
}

// letterPart is a part of a mail's text; one with a URL is a link to a page of this desk.
type letterPart struct {
	Text, URL string
}

// letterParts makes links of the addresses that stand alone in a line. They lead to this desk, whatever address the mail was written with.
func letterParts(text string) (parts []letterPart) {
	plain := ""
	for line := range strings.Lines(text) {
		address := strings.TrimSpace(line)
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(u.Path, "//") || strings.ContainsAny(address, " \t") {
			plain += line
			continue
		}
		before, after, _ := strings.Cut(line, address)
		here := url.URL{Path: u.Path, RawQuery: u.RawQuery, Fragment: u.Fragment}
		parts = append(parts, letterPart{Text: plain + before}, letterPart{Text: address, URL: here.String()})
		plain = after
	}
	return append(parts, letterPart{Text: plain})
}
