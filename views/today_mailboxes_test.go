package views_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/views"
)

// mailboxesOf draws Today for somebody of that role and gives its group of mailboxes.
func mailboxesOf(t *testing.T, role models.Role, in views.TodayInput) *goquery.Selection {
	t.Helper()
	in.Shell = shell(t, role)
	in.CanAct, in.Shell.CanManage = role != models.RoleViewer, role == models.RoleManager
	var b bytes.Buffer
	if err := views.TodayShow(views.NewTodayPage(in)).Render(as(role), &b); err != nil {
		t.Fatal(err)
	}
	doc, err := goquery.NewDocumentFromReader(&b)
	if err != nil {
		t.Fatal(err)
	}
	return doc.Find(`section[aria-labelledby="h-mailboxes"]`)
}

func TestMailboxesOnToday(t *testing.T) {
	if got := mailboxesOf(t, models.RoleStaff, views.TodayInput{Mailboxes: mailboxes.Standing{Today: mailboxes.Counts{Due: 2, Checked: 2}}}); got.Length() != 0 {
		t.Errorf("all were looked into: %s", got.Text())
	}
	open := views.TodayInput{Mailboxes: mailboxes.Standing{Today: mailboxes.Counts{Due: 2, Checked: 1, Open: 1}}}
	if got := mailboxesOf(t, models.RoleStaff, open); got.Find("a.btn.pri").Length() != 0 || !strings.Contains(got.Text(), "1 mailbox to look into today") {
		t.Errorf("in the morning: %s", got.Text())
	}
	open.Mailboxes.Noon = true
	if got := mailboxesOf(t, models.RoleStaff, open); got.Find(`a.btn.pri[href="/mailboxes"]`).Length() != 1 {
		t.Errorf("after noon it is not urgent: %s", got.Text())
	}
	missed := views.TodayInput{}
	for _, day := range []string{"2026-11-16", "2026-11-13", "2026-11-12", "2026-11-11", "2026-11-10", "2026-11-09", "2026-11-06"} {
		missed.Mailboxes.Missed = append(missed.Mailboxes.Missed, mailboxes.MissedDay{Day: day, Mailboxes: 3, Waiting: 2})
	}
	got := mailboxesOf(t, models.RoleManager, missed)
	if got.Find("li").Length() != 5 || got.Find(`a.btn[href="/mailboxes#h-2026-11-16"]`).Length() != 1 || !strings.Contains(got.Text(), "and 2 more days") {
		t.Errorf("a manager's: %s", got.Text())
	}
	if got := mailboxesOf(t, models.RoleStaff, missed); strings.Contains(got.Text(), "Acknowledge") || got.Find(`a.btn[href="/mailboxes?day=2026-11-16"]`).Length() != 1 {
		t.Errorf("a colleague's: %s", got.Text())
	}
	if got := mailboxesOf(t, models.RoleViewer, missed); strings.Contains(got.Text(), "tick") {
		t.Errorf("a viewer's: %s", got.Text())
	}
}
