package views

import (
	"counterfoil/models/mailboxes"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// missedToday is how many missed days Today names; the rest is one press away.
const missedToday = 5

// mailboxGroup is the mailboxes that nobody looked into: today's, more urgent after noon, and the days that were missed, which stay until
// a manager acknowledges them.
func mailboxGroup(in TodayInput) todayGroup {
	g := todayGroup{ID: "mailboxes", Name: "Mailboxes not checked", Count: i18n.Number(in.Mailboxes.Things())}
	clock := in.Shell.clock()
	if open := in.Mailboxes.Today.Open; open > 0 {
		due := clock.Due(dayEnd(in.Shell, mailboxes.Today(in.Shell.Now, in.Shell.zone())))
		due.Tone = ui.ToneWarn
		if in.Mailboxes.Noon {
			due.Tone = ui.ToneBad
		}
		r := todayRow{Due: &due, Name: i18n.Plural(open, "mailbox", "mailboxes") + " to look into today", URL: "/mailboxes", Urgent: in.Mailboxes.Noon}
		r.act(in.CanAct, "Look and tick", "")
		g.Rows = append(g.Rows, r)
	}
	for _, m := range in.Mailboxes.Missed[:min(len(in.Mailboxes.Missed), missedToday)] {
		r := todayRow{Before: "Missed", When: clock.Day(noonOf(in.Shell, m.Day)), Name: i18n.Plural(m.Mailboxes, "mailbox was", "mailboxes were") + " not looked into",
			URL: "/mailboxes?day=" + m.Day, Meta: "waits for a manager’s word"}
		if r.act(in.CanAct, "Look and tick", ""); in.Shell.CanManage {
			r.Meta, r.Action, r.To = "", "Acknowledge", "/mailboxes#h-"+m.Day
		}
		g.Rows = append(g.Rows, r)
	}
	if rest := len(in.Mailboxes.Missed) - missedToday; rest > 0 {
		g.URL, g.More = "/mailboxes", "and "+i18n.Plural(int64(rest), "more day", "more days")
	}
	return g
}
