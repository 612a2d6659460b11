package views_test

import (
	"testing"

	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/views"
)

// mailPages is every page about mails, notifications and mailboxes in the states that a person can meet.
func mailPages(t *testing.T) []page {
	t.Helper()
	staff, manager := as(models.RoleStaff), as(models.RoleManager)
	own, others := shell(t, models.RoleStaff), shell(t, models.RoleManager)
	choose := func(in views.NotificationsInput) templ.Component {
		in.Shell, in.Kinds = own, append(models.ImmediateKinds(), models.ReminderKinds()...)
		return views.NotificationsShow(views.NewNotificationsPage(in))
	}
	one := func(m models.Mail) templ.Component {
		return views.WrittenMailShow(views.NewWrittenMailPage(views.WrittenMailInput{Shell: own, Mail: m, CanSend: true}))
	}
	mails := mailsOfAllStates(t)
	pages := []page{
		{name: "notifications", ctx: staff, view: choose(views.NotificationsInput{Choices: models.DefaultNoticeChoices("stf_1"), CanSend: true})},
		{name: "notifications-wrong", ctx: staff, view: choose(views.NotificationsInput{Choices: models.NoticeChoices{Hour: -1}, Feed: &models.CalendarFeed{StaffID: "stf_1"},
			Errors: map[string]string{"hour": "Choose an hour of the day."}})},
		{name: "mails", ctx: manager, view: views.MailsShow(views.NewMailsPage(views.MailsInput{Shell: others, Mails: mails, All: true, CanSend: true, Newer: "a", Older: "b"}))},
		{name: "mails-failed", ctx: staff, view: views.MailsShow(views.NewMailsPage(views.MailsInput{Shell: own, Filter: "failed"}))},
		{name: "mails-none", ctx: staff, view: views.MailsShow(views.NewMailsPage(views.MailsInput{Shell: own}))},
		{name: "mail-match", ctx: staff, view: views.MailMatchShow(views.NewMailMatchPage(views.MailMatchInput{Shell: own, Subject: "NG-20711", SHA256: "ab",
			Orders: []views.MailMatchOrder{{Order: order(t), By: "The mail names it: NG-20711."}, {Order: models.Order{ID: "pi_2", Currency: "EUR"}}}}))},
		{name: "mail-match-recorded", ctx: staff, view: views.MailMatchShow(views.NewMailMatchPage(views.MailMatchInput{Shell: own, RecordedAs: "mds_1"}))},
		{name: "mail-new-kept", ctx: staff, view: views.MailShow(views.NewMailPage(views.MailInput{Shell: own, Kept: &views.KeptLetter{SHA256: "ab", Subject: "A dispute", Text: "Hello."},
			Typed: map[string]string{"order": "NG-20711"}, Errors: map[string]string{"due_by": "Write the day that the mail gives you: it is nowhere else."}}))},
	}
	for _, m := range mails {
		pages = append(pages, page{name: "mail-" + string(m.State), ctx: staff, view: one(m)})
	}
	return append(pages, mailboxPages(t)...)
}

// mailsOfAllStates is one mail of each state.
func mailsOfAllStates(t *testing.T) (mails []models.Mail) {
	t.Helper()
	for _, state := range []models.MailState{models.MailKept, models.MailPending, models.MailSending, models.MailSent, models.MailFailed, models.MailUnclear} {
		m := models.Mail{ID: "mai_" + string(state), StaffID: "stf_1", Name: "Sofia Berg", Address: "sofia.berg@nordicgoods.example", Kind: models.NoticeDigest,
			Title: "Nordic Goods AB: what there is to do", Text: "Running out\n- 2 orders\n", State: state, Created: models.UnixOf(now)}
		switch state {
		case models.MailPending:
			m.Error, m.Attempts = "The mail server cannot be reached.", 1
		case models.MailFailed:
			m.Error, m.Attempts = "The mail server refused the address (550).", 12
		case models.MailUnclear:
			m.Error, m.Attempts = "The mail was handed over, and the mail server did not answer.", 1
		}
		mails = append(mails, m)
	}
	return mails
}

func mailboxPages(t *testing.T) []page {
	t.Helper()
	viewer, staff, manager := as(models.RoleViewer), as(models.RoleStaff), as(models.RoleManager)
	read, act, manage := shell(t, models.RoleViewer), shell(t, models.RoleStaff), shell(t, models.RoleManager)
	act.CanAct, manage.CanAct, manage.CanManage = true, true, true
	day := func(in views.MailboxesInput) templ.Component {
		in.Today = "2026-11-17"
		return views.MailboxesShow(views.NewMailboxesPage(in))
	}
	missed := []mailboxes.MissedDay{{Day: "2026-11-13", Mailboxes: 2, Waiting: 1}}
	today, week := mailboxRows("2026-11-17", "2026-11-17"), mailboxRows("2026-11-16", "2026-11-22")
	history := func(in views.MailboxHistoryInput) templ.Component {
		in.Shell, in.Week, in.Today, in.From, in.To = read, "2026-11-16", "2026-11-17", "2026-08-20", "2026-11-17"
		return views.MailboxHistoryShow(views.NewMailboxHistoryPage(in))
	}
	lines := "2026-12-25"
	return []page{
		{name: "mailboxes-none", ctx: manager, view: day(views.MailboxesInput{Shell: manage, Day: "2026-11-17"})},
		{name: "mailboxes", ctx: manager, view: day(views.MailboxesInput{Shell: manage, Day: "2026-11-17", Rows: today, Missed: missed, Listed: 2, Next: "c",
			Counts: mailboxes.Counts{Due: 2, Checked: 1, Open: 1}})},
		{name: "mailboxes-staff", ctx: staff, view: day(views.MailboxesInput{Shell: act, Day: "2026-11-17", Rows: today, Missed: missed, Listed: 2, Unchecked: true, After: "c",
			Typed: map[string]string{"mbx_2 note": ""}, Errors: map[string]string{"mbx_2 note": "Write in a few words what came.", "file": "This is not a mail."}})},
		{name: "mailboxes-viewer", ctx: viewer, view: day(views.MailboxesInput{Shell: read, Day: "2026-11-13", Rows: mailboxRows("2026-11-13", "2026-11-13"), Listed: 2})},
		{name: "mailboxes-closed", ctx: staff, view: day(views.MailboxesInput{Shell: act, Day: "2026-11-15", Closed: "Not a shop day", Listed: 2})},
		{name: "mailboxes-wrong", ctx: manager, view: day(views.MailboxesInput{Shell: manage, Day: "2026-11-17", Rows: today, Missed: missed, Listed: 2,
			Typed:  map[string]string{" addresses": "nonsense", " purpose": "support", "2026-11-13 note": ""},
			Errors: map[string]string{" addresses": "Line 1 is not an e-mail address.", "2026-11-13 note": "Write in a few words why nobody looked."}})},
		{name: "mailbox-history", ctx: viewer, view: history(views.MailboxHistoryInput{Rows: week, Next: "c", Counts: mailboxes.Counts{Due: 4, Checked: 1, Missed: 1, Open: 2}})},
		{name: "mailbox-history-wrong", ctx: viewer, view: history(views.MailboxHistoryInput{Errors: map[string]string{"from": "This is not a day.", "to": "This day has not come yet."}})},
		{name: "shop-days", ctx: manager, view: views.ShopDaysShow(views.NewShopDaysPage(views.ShopDaysInput{Shell: manage, Week: mailboxes.UsualWeek, Today: "2026-11-17",
			Holidays: []models.Holiday{{Day: "2026-12-25", Name: "Christmas Day"}}}))},
		{name: "shop-days-wrong", ctx: manager, view: views.ShopDaysShow(views.NewShopDaysPage(views.ShopDaysInput{Shell: manage, Today: "2026-11-17", Lines: &lines,
			Errors: map[string]string{"holidays": "Line 1: write the holiday’s name behind the day.", "weekdays": "Choose at least one day of the week."}}))},
	}
}

// mailboxRows is two mailboxes: one that was looked into, and one that was not.
func mailboxRows(from, to string) []mailboxes.Row {
	boxes := []models.Mailbox{{ID: "mbx_1", Address: "help@nordicgoods.example", Purpose: models.MailboxSupport, AddedDay: "2026-11-02"},
		{ID: "mbx_2", Address: "owner@nordicgoods.example", Purpose: models.MailboxAccount, Note: "Mikkel reads it", AddedDay: "2026-11-02"}}
	var checks []models.MailboxCheck
	for day := from; day <= to; day = mailboxes.AddDays(day, 1) {
		checks = append(checks, models.MailboxCheck{MailboxID: "mbx_1", Day: day, Found: models.FoundMail, Note: "Klarna asks about NG-1", At: models.UnixOf(now), StaffName: "Sofia Berg"})
	}
	return mailboxes.RowsOf(mailboxes.Calendar{}, boxes, checks, nil, from, to, "2026-11-17")
}

// TestLinksOfAMail: an address that stands alone in a line leads to this desk; anything else is text, as it was written.
func TestLinksOfAMail(t *testing.T) {
	text := "Running out\n- 2 <b>orders</b>\n  https://desk.example.com/orders?tab=running-out\n- x\n  javascript:alert(1)\n  https://desk.example.com//evil.example/\n" +
		"  https://desk.example.com\n\nWhat you are told is chosen at https://desk.example.com/notifications\n"
	doc := draw(t, as(models.RoleStaff), views.WrittenMailShow(views.NewWrittenMailPage(views.WrittenMailInput{Shell: shell(t, models.RoleStaff), Mail: models.Mail{Text: text}})))
	links := doc.Find("pre a")
	if got := doc.Find("pre").Text(); got != text || links.Length() != 1 || links.AttrOr("href", "") != "/orders?tab=running-out" || doc.Find("pre b").Length() != 0 {
		t.Errorf("%d links, the first to %s:\n%s", links.Length(), links.AttrOr("href", ""), got)
	}
}
