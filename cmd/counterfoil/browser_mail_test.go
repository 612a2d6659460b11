package main

import (
	"testing"
	"time"

	"counterfoil/models/mail/mailtest"
)

// TestBrowserNotifications has the pages about mails audited, a mail that was sent and one that was refused too, and saves a choice.
func TestBrowserNotifications(t *testing.T) {
	t.Parallel()
	server, _ := mailtest.Start(t, "")
	server.Refuse("staff@nordicgoods.example")
	d := startDemo(t, t.TempDir(), "--orders", "40", "--now", "2026-11-17T13:02:00Z", "--smtp-url", "smtp://"+server.Addr)
	manager := d.signIn("manager")
	pages := map[string]string{"notifications": "/notifications", "mails": "/mails", "no mails": "/mails?state=unclear"}
	for state, name := range map[string]string{"sent": "a mail", "failed": "a mail that failed"} {
		d.eventually(20*time.Second, name, func() bool {
			_, page := manager.get("/mails?state=" + state)
			pages[name] = page.Find("tbody th a").AttrOr("href", "")
			return pages[name] != ""
		})
	}
	b := d.tab(t, startBrowser(t), true)
	b.signIn("manager")
	b.open("/mails")
	b.press(`.chips a[href="/mails?state=failed"]`)
	b.shows(`.chips a.on[href="/mails?state=failed"]`) // the list of all holds the refused mail too, and another first
	b.sees("The mail server refused the address (550).")
	b.press(`tbody th a`)
	b.shows("pre.letter")
	b.sees("It was tried 1 time.")
	b.open("/notifications")
	b.press(`form[action="/notifications"] button.pri`)
	b.sees("Saved.")
	b.auditPages(pages)
}
