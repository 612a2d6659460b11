package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestBrowserMailboxes lists, ticks and misses mailboxes without a script, and has every page about them audited in every look.
func TestBrowserMailboxes(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0", "--now", "2026-11-24T09:00:00Z") // a Tuesday, no mailboxes
	manager := d.signIn("manager")
	parent := startBrowser(t)
	plain := d.tab(t, parent, false)
	plain.signIn("manager")
	manager.listMailboxes("help@nordicgoods.example\nowner.of.the.whole.shop@nordicgoods.example")
	plain.open("/mailboxes")
	plain.sees("0 of 2 mailboxes looked into")
	plain.press(`tbody tr:first-child button`)
	plain.sees("1 of 2 mailboxes looked into")
	plain.press(`tbody tr:last-child summary`)
	plain.fill(`tbody tr:last-child input[name="note"]`, "Klarna asks about NG-1")
	plain.press(`tbody tr:last-child details button`)
	plain.sees("2 of 2 mailboxes looked into")
	plain.sees("Mail came: Klarna asks about NG-1")
	d.pass(manager)
	manager.tick("/mailboxes", "help@")
	d.pass(manager)

	_, page := manager.get("/mailboxes")
	day := page.Find(`a[href^="/mailboxes?day="]`).First().AttrOr("href", "")
	order := "/orders/" + d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "order_reference": "NG-BOX-7", "shipping": true})
	b := d.tab(t, parent, true)
	b.signIn("manager")
	b.open("/")
	b.sees("Mailboxes not checked")
	b.press(`#today a[href^="/mailboxes#h-"]`)
	b.sees("Missed: Wednesday 25 November 2026")
	b.open(order)
	b.press("#support summary")
	b.sees("What to send to Stripe")
	b.readsMail("From: Klarna <k@klarna.example>\r\nSubject: "+strings.TrimPrefix(order, "/orders/")+"\r\n\r\nHello.", "It is about one order")
	b.press(`a[href^="/mail-disputes/new?letter="]`)
	b.sees("It is kept with the dispute as it came.")
	b.auditPages(map[string]string{"log": strings.TrimPrefix(ask(b, chromedp.Location()), d.App)})
	b.readsMail("Subject: Nothing\r\n\r\nHello.", "No order was found")
	b.readsMail("no mail", "This is not a mail")
	b.auditPages(map[string]string{"mailboxes": "/mailboxes", "missed": day, "unchecked": "/mailboxes?show=unchecked", "history": "/mailboxes/history?week=" + strings.TrimPrefix(day, "/mailboxes?day="),
		"span": "/mailboxes/history.csv?from=x&to=y", "days": "/settings/days", "today": "/", "order": order})
}

// readsMail drops a mail on the mailboxes, and has the page that tells what it is about audited.
func (b *browser) readsMail(content, want string) {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "klarna.eml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	for width, scheme := range map[int64]string{1280: "light", 390: "dark"} {
		b.look("/mailboxes", scheme, width)
		b.run(chromedp.SetUploadFiles(chromedp.CSS("#mailbox-eml"), []string{path}))
		b.press(`form[action="/mailboxes/mails"] button`)
		b.sees(want)
		b.audit(axe(b.t))
	}
}
