package main

import (
	"net/url"
	"testing"
)

// TestBrowserSettlements opens a figure of the statement, its rows, an order and its payout, and has every page about settlements audited.
func TestBrowserSettlements(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "60")
	manager := d.signIn("manager")
	_, page := manager.get("/settlements/exceptions")
	manager.post("/settlements/exceptions/checks", formOf(page, `form[action="/settlements/exceptions/checks"]`))
	statement := "Booking date;Amount;Currency;Text\r\n2026-01-15;12.00;EUR;STRIPE\r\n2026-01-31;9.00;EUR;Rent\r\n"
	manager.statement("s.csv", statement, "Giro")
	manager.uploadStatement("draft.csv", []byte(statement+"2026-02-01;9.00;EUR;Rent\r\n"))
	manager.uploadStatement("open.csv", []byte("When;Amount\r\n01/02/2026;1.230;x\r\n"))
	_, page = manager.get("/settlements?period=this-year")
	_, waits := manager.get("/settlements/bank")
	drafts := waits.Find(`a[href^="/settlements/bank/drafts/"]`)
	open, _ := drafts.First().Attr("href")
	draft, _ := drafts.Last().Attr("href")
	lines, _ := page.Find(`div[aria-label="Table of the statement"] a[href*="line=gross"]`).First().Attr("href")
	payout, _ := page.Find(`a[href^="/settlements/po_"]`).Last().Attr("href")

	b := d.tab(t, startBrowser(t), true)
	b.signIn("manager")
	b.open("/settlements?period=this-year")
	b.shows("svg.chart.wide")
	b.press(`div[aria-label="Table of the statement"] a[href*="line=gross"]`)
	b.shows(`form[action="/settlements/lines"]`)
	b.sees("Gross, ")
	b.press(`tbody a[href^="/settlements/po_"]`)
	b.shows("#payout")
	b.sees("Matched")
	b.press(`#payout tbody a[href^="/orders/pi_"]`)
	b.shows("#money-line")
	b.press(`#money-line a[href^="/settlements/po_"]`)
	b.shows("#payout")
	b.sees("Proved to the cent")
	b.auditPages(map[string]string{"year": "/settlements?period=this-year", "wrong": "/settlements?from=2026-11-02&to=2026-11-01", "lines": lines, "none": lines + "&q=" + url.QueryEscape("zzzzzz"),
		"payout": payout, "costs": "/settlements/costs", "countries": "/settlements/costs?by=country", "exceptions": "/settlements/exceptions", "bank": "/settlements/bank", "draft": draft, "open draft": open,
		"settings": "/settings"})
}
