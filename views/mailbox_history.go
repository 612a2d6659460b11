package views

import (
	"net/url"
	"strings"
	"time"

	"counterfoil/models/mailboxes"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// MailboxHistoryInput is what the history of one week is made from.
type MailboxHistoryInput struct {
	Shell  Shell
	Week   string // its Monday
	Today  string
	Counts mailboxes.Counts
	Rows   []mailboxes.Row // one page, seven cells each
	After  string
	Next   string
	From   string // of the file, as typed
	To     string
	Errors map[string]string // "from", "to"
}

// MailboxHistoryPage is who looked into which mailbox on which day of a week.
type MailboxHistoryPage struct {
	Shell   Shell
	Tabs    []ui.LinkModel
	Week    string
	Counts  string
	Earlier string
	Later   string // "" in the present week
	Days    []historyDay
	Rows    []historyRow
	Pager   ui.PagerModel
	From    ui.FieldModel
	To      ui.FieldModel
	Printed string
}

type historyDay struct{ Short, Long, Closed string }

type historyRow struct {
	Local, Domain string // of the address: "help", "@example.com", between which a line may end
	Meta          string
	Cells         []historyCell
}

type historyCell struct {
	Day   string // for a card: "Mon 23 Nov"
	Badge ui.BadgeModel
	None  bool
	Lines []string
}

// NewMailboxHistoryPage makes the history of one week.
func NewMailboxHistoryPage(in MailboxHistoryInput) MailboxHistoryPage {
	in.Shell.Title, in.Shell.Nav = "History of the mailboxes", NavMailboxes
	last := mailboxes.AddDays(in.Week, 6)
	p := MailboxHistoryPage{Shell: in.Shell, Tabs: mailboxTabs("history"), Week: "Week of " + dayName(in.Week), Earlier: historyURL(mailboxes.AddDays(in.Week, -7), "")}
	if last < in.Today {
		p.Later = historyURL(mailboxes.AddDays(in.Week, 7), "")
	}
	p.Printed = in.Shell.ShopName + ", as of " + i18n.Absolute(in.Shell.Now, in.Shell.zone()) + ". Times are of " + in.Shell.zone().String() + "."
	n := i18n.Number
	p.Counts = n(in.Counts.Due) + " due: " + n(in.Counts.Checked) + " looked into on the day, " + n(in.Counts.Late) + " ticked late, " + n(in.Counts.Missed) + " missed, " +
		n(in.Counts.Open) + " still to do today."
	if len(in.Rows) > 0 {
		for _, c := range in.Rows[0].Cells {
			p.Days = append(p.Days, historyDay{Short: shortDay(c.Day), Long: dayName(c.Day), Closed: c.Closed})
		}
	}
	for _, row := range in.Rows {
		p.Rows = append(p.Rows, newHistoryRow(in, row))
	}
	p.Pager = ui.PagerModel{Shown: i18n.Plural(int64(len(in.Rows)), "mailbox", "mailboxes") + " shown"}
	if in.After != "" {
		p.Pager.Newer = historyURL(in.Week, "")
	}
	if in.Next != "" {
		p.Pager.Older = historyURL(in.Week, in.Next)
	}
	p.From = ui.FieldModel{ID: "history-from", Name: "from", Label: "From", Type: "date", Value: in.From, Error: in.Errors["from"], Required: true}
	p.To = ui.FieldModel{ID: "history-to", Name: "to", Label: "To", Type: "date", Value: in.To, Error: in.Errors["to"], Required: true}
	return p
}

func historyURL(week, after string) string {
	v := url.Values{"week": {week}}
	if after != "" {
		v.Set("after", after)
	}
	return "/mailboxes/history?" + v.Encode()
}

func shortDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("Mon 2 Jan")
}

func newHistoryRow(in MailboxHistoryInput, row mailboxes.Row) historyRow {
	address := row.Mailbox.Address
	at := max(strings.LastIndexByte(address, '@'), 0)
	r := historyRow{Local: address[:at], Domain: address[at:], Meta: purposeWord(row.Mailbox.Purpose)}
	if d := row.Mailbox.RemovedDay; d != "" {
		r.Meta += ", until " + shortDay(d)
	}
	for _, c := range row.Cells {
		cell := historyCell{Day: shortDay(c.Day), Badge: stateBadge(c.State), None: c.State == mailboxes.StateNone}
		if k := c.Check; k != nil {
			at := in.Shell.clock().DayTime(k.At.Time()).Text
			if k.At.Time().In(in.Shell.zone()).Format(time.DateOnly) == c.Day {
				at = k.At.Time().In(in.Shell.zone()).Format("15:04")
			}
			cell.Lines = append(cell.Lines, foundWord(k.Found), k.StaffName+", "+at)
		}
		if m := c.Miss; m != nil {
			cell.Lines = append(cell.Lines, "Acknowledged: "+m.StaffName)
			if in.Shell.CanSeeCustomers {
				cell.Lines = append(cell.Lines, m.Note)
			}
		}
		r.Cells = append(r.Cells, cell)
	}
	return r
}
