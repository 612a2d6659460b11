package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/chromedp/chromedp"
	"github.com/xuri/excelize/v2"
)

// TestBrowserBooks: a gap in a payout is fetched, the bank's statement is read and taken in, and the workbook that is written adds up.
func TestBrowserBooks(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "12")
	d.capturedOrder(map[string]any{"amount": 20_000, "currency": "nzd", "country": "NZ"})
	var fee struct {
		BalanceTransaction string `json:"balance_transaction"`
	}
	d.control("POST", "/_sim/activity", map[string]any{"kind": "fee", "currency": "nzd", "amount": 1250, "description": "Monthly fee"}, &fee)
	d.advance("120h")
	payout := d.payOut(map[string]any{"currency": "nzd"})
	d.advance("7h")
	manager := d.signIn("manager")
	d.proof(manager, payout, "Matched")

	b := d.tab(t, startBrowser(t), true)
	b.signIn("manager")
	b.open("/settlements/" + payout)
	b.sees("Proved to the cent")
	loseRow(t, filepath.Join(dir, "counterfoil.db"), fee.BalanceTransaction)
	b.open("/settlements/" + payout)
	b.sees("Difference NZD −12.50")
	b.press(`form[action$="/readings"] button`)
	d.proof(manager, payout, "Matched")
	b.open("/settlements/" + payout)
	b.sees("Proved to the cent")

	_, page := manager.get("/settlements/" + payout)
	amount := strings.TrimPrefix(shown(page.Find("h1")), "NZD ")
	d.advance("72h")
	arrived := time.Unix(int64(d.stripe("/v1/payouts/" + payout)["arrival_date"].(float64)), 0).UTC().Format("02.01.2006")
	path := filepath.Join(t.TempDir(), "Umsätze.csv")
	text := "Buchungstag;Verwendungszweck;Betrag\r\n" + arrived + ";STRIPE " + payout + ";" + strings.ReplaceAll(strings.ReplaceAll(amount, ",", ""), ".", ",") + "\r\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	b.open("/settlements/bank")
	b.run(chromedp.SetUploadFiles(chromedp.CSS("#b-file"), []string{path}))
	b.press(`form[action="/settlements/bank/files"] button`)
	b.sees("Say which account this is")
	b.fill("#r-account", "Giro")
	b.fill("#r-money", "NZD")
	b.press(`button[formaction$="/readings"]`)
	b.sees("1 booking")
	b.press(`form[action$="/files"] button.pri`)
	b.sees("The statement was taken in.")
	b.sees("by its id")

	b.open("/settlements?period=this-year")
	b.press("details.menu summary")
	b.press(`form[action="/exports"] button`)
	b.sees("The file is being written.")
	var workbook []byte
	d.eventually(30*time.Second, "the workbook is written", func() bool {
		_, page := manager.get("/exports")
		page.Find(`a[href^="/exports/"]`).Each(func(_ int, a *goquery.Selection) {
			href, _ := a.Attr("href")
			_, workbook = manager.download(href)
		})
		return workbook != nil
	})
	book, err := excelize.OpenReader(strings.NewReader(string(workbook)))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	rows, err := book.GetRows("NZD")
	if err != nil || len(rows) < 4 || rows[len(rows)-1][5] != "0.00" { // what was earned was paid out
		t.Errorf("the sheet of NZD: %v, %v", rows, err)
	}
}
