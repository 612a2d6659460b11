package main

import (
	"bytes"
	"encoding/csv"
	"math/big"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
	"github.com/xuri/excelize/v2"

	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// shown is the text of a part of a page.
func shown(part *goquery.Selection) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(part.Text(), "\u00a0", " ")), " ")
}

// payOut has the simulated Stripe pay out and gives the payout of a currency.
func (d *demoProcess) payOut(body map[string]any) string {
	d.t.Helper()
	var made struct {
		Payouts []struct{ Payout, Currency string }
	}
	d.control("POST", "/_sim/payouts", body, &made)
	for _, p := range made.Payouts {
		if p.Currency == body["currency"] {
			return p.Payout
		}
	}
	d.t.Fatalf("no payout: %+v", made)
	return ""
}

func (d *demoProcess) advance(by string) {
	d.t.Helper()
	d.control("POST", "/_sim/clock", map[string]string{"advance": by}, nil)
}

// proofOf is the badge of a payout's page.
func (p *person) proofOf(payout string) string {
	_, page := p.get("/settlements/" + payout)
	return shown(page.Find("#payout .title .badge"))
}

func (d *demoProcess) proof(p *person, payout, want string) {
	d.t.Helper()
	d.eventually(30*time.Second, payout+" is "+want, func() bool { return strings.HasPrefix(p.proofOf(payout), want) })
}

// TestPayoutsAreProvedInTheDesk follows payouts from waiting over matched to a gap that is fetched, and those that prove nothing.
func TestPayoutsAreProvedInTheDesk(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "12")
	manager := d.signIn("manager")
	for _, amount := range []int{20_000, 5_000} {
		d.capturedOrder(map[string]any{"amount": amount, "currency": "nzd", "country": "NZ"})
	}
	var fee struct {
		BalanceTransaction string `json:"balance_transaction"`
	}
	d.control("POST", "/_sim/activity", map[string]any{"kind": "fee", "currency": "nzd", "amount": 1250, "description": "Monthly fee"}, &fee)
	d.advance("120h")
	payout := d.payOut(map[string]any{"currency": "nzd"})
	d.proof(manager, payout, "Waiting")
	if _, page := manager.get("/settlements/" + payout); !strings.Contains(shown(page.Find("#payout")), "Stripe is still putting it together") {
		t.Errorf("it does not say for what it waits: %s", shown(page.Find("#payout .note")))
	}
	d.advance("7h")
	d.proof(manager, payout, "Matched")
	_, page := manager.get("/settlements/" + payout)
	if text := shown(page.Find("#payout")); !strings.Contains(text, "3 lines add up") || !strings.Contains(text, "fee · Monthly fee") || !strings.Contains(text, "Rest0.00") {
		t.Errorf("the payout's page: %s", text)
	}
	if n := page.Find(`#` + fee.BalanceTransaction).Length(); n != 1 {
		t.Errorf("the fee of which no event told stands there %d times", n)
	}

	loseRow(t, filepath.Join(dir, "counterfoil.db"), fee.BalanceTransaction)
	_, page = manager.get("/settlements/" + payout)
	if text := shown(page.Find("#payout .title, #payout .note")); !strings.Contains(text, "Difference NZD −12.50") || !strings.Contains(text, "missing in the mirror") {
		t.Fatalf("a row was lost: %s", text)
	}
	viewer := d.signIn("viewer")
	if _, page := viewer.get("/settlements/" + payout); page.Find(`form[action$="/readings"]`).Length() != 0 {
		t.Error("a viewer is offered to fetch")
	}
	if status, _ := manager.post("/settlements/"+payout+"/readings", formOf(page, `form[action$="/readings"]`)); status != http.StatusSeeOther {
		t.Errorf("asked for the lines: %d", status)
	}
	d.proof(manager, payout, "Matched")

	d.control("POST", "/_sim/payouts/"+payout+"/fail", map[string]any{}, nil)
	d.proof(manager, payout, "Failed")
	byHand := d.payOut(map[string]any{"kind": "manual", "currency": "nzd", "amount": 1000})
	d.proof(manager, byHand, "Not itemized")
	again := d.payOut(map[string]any{"currency": "nzd"})
	d.advance("7h")
	d.proof(manager, again, "Difference NZD −10.00")
	if _, page := manager.get("/settlements/" + again); !strings.Contains(shown(page.Find("#payout .note")), "payout by hand took money in between") {
		t.Errorf("the cause: %s", shown(page.Find("#payout .note")))
	}
	staff := d.signIn("staff")
	for _, path := range []string{"/settlements", "/settlements/" + payout, "/settlements/costs", "/settlements/exceptions", "/settlements/lines?currency=NZD", "/settlements.csv"} {
		if status, _ := staff.get(path); status != http.StatusForbidden {
			t.Errorf("staff at %s: %d", path, status)
		}
	}
}

// loseRow takes a balance transaction out of the mirror, as if it had never come.
func loseRow(t *testing.T, file, id string) {
	t.Helper()
	db, err := store.Open(t.Context(), file)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, text := range []string{"delete from balance_transactions where id = ?", "delete from stripe_objects where id = ?"} {
			if res, err := tx.SQL().Exec(text, id); err != nil {
				return err
			} else if n, _ := res.RowsAffected(); n != 1 {
				t.Errorf("%s: %d rows", text, n)
			}
		}
		return nil
	})
}

// TestStatementIsStripesBalance: the closing balance of each currency is Stripe's own, the lines lead to it from the opening one, the rows
// behind a figure add up to it, and the files say the same.
func TestStatementIsStripesBalance(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "60")
	manager := d.signIn("manager")
	order := d.capturedOrder(map[string]any{"amount": 14990, "currency": "eur", "country": "DE", "settle_currency": "bhd", "exchange_rate": "0.41"})
	d.eventually(30*time.Second, "the exchanged payment is booked", func() bool {
		_, page := manager.get("/orders/" + order)
		return strings.Contains(shown(page.Find("#money-line")), "Stripe settles this order in BHD, at 0.41")
	})
	var balances map[string]*big.Rat
	d.eventually(30*time.Second, "the balance is the newest", func() bool {
		balances = d.balances()
		_, page := manager.get("/settlements?period=this-year")
		return closingOf(page)["BHD"] == balances["BHD"].FloatString(3)
	})
	_, page := manager.get("/settlements?period=this-year")
	for currency, closing := range closingOf(page) {
		decimals := map[string]int{"BHD": 3}[currency]
		if decimals == 0 {
			decimals = 2
		}
		if want := balances[currency].FloatString(decimals); closing != want {
			t.Errorf("%s closes at %s, Stripe has %s", currency, closing, want)
		}
	}
	checkStatementRows(t, manager, page)

	_, file := manager.download("/settlements.csv?period=this-year")
	nets := map[string]*big.Rat{}
	_, rows := table(t, file)
	for _, row := range rows {
		add(nets, strings.ToUpper(row["currency"]), row["net"])
	}
	for currency, balance := range balances {
		if balance.Sign() != 0 && (nets[currency] == nil || nets[currency].Cmp(balance) != 0) {
			t.Errorf("the file's net in %s is %v, Stripe's balance %v", currency, nets[currency], balance)
		}
	}
	checkFiles(t, d, manager, balances)
}

// balances are the totals of Stripe's balance by currency.
func (d *demoProcess) balances() map[string]*big.Rat {
	d.t.Helper()
	all := map[string]*big.Rat{}
	got := d.stripe("/v1/balance")
	for _, part := range []string{"available", "pending"} {
		for _, p := range got[part].([]any) {
			one := p.(map[string]any)
			currency := strings.ToUpper(one["currency"].(string))
			units := int64(100)
			if currency == "BHD" {
				units = 1000
			}
			if all[currency] == nil {
				all[currency] = new(big.Rat)
			}
			all[currency].Add(all[currency], big.NewRat(int64(one["amount"].(float64)), units))
		}
	}
	return all
}

func add(to map[string]*big.Rat, currency, text string) {
	amount, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("no amount: " + text)
	}
	if to[currency] == nil {
		to[currency] = new(big.Rat)
	}
	to[currency].Add(to[currency], amount)
}

// closingOf reads the last column of the table of all currencies.
func closingOf(page *goquery.Document) map[string]string {
	all := map[string]string{}
	page.Find(`div[aria-label="Table of currencies"] tbody tr`).Each(func(_ int, row *goquery.Selection) {
		all[shown(row.Find("th"))] = number(shown(row.Find("td").Last()))
	})
	return all
}

// number is a figure as a machine reads it.
func number(text string) string {
	text, _, _ = strings.Cut(text, ", rows")
	return strings.NewReplacer(",", "", "−", "-").Replace(strings.TrimSpace(text))
}

// checkStatementRows opens each figure of the statement that is drawn and adds its rows up.
func checkStatementRows(t *testing.T, p *person, page *goquery.Document) {
	t.Helper()
	opened := 0
	page.Find(`div[aria-label="Table of the statement"] tbody a`).Each(func(_ int, a *goquery.Selection) {
		path, _ := a.Attr("href")
		_, rows := p.get(path)
		line := regexp.MustCompile(`line=(\w+)`).FindStringSubmatch(path)[1]
		column := map[string]string{"fees": "fee", "disputes": "net", "disputes_won": "net"}[line]
		cell := map[string]int{"": 3, "fee": 4, "net": 5}[column]
		sum := new(big.Rat)
		for {
			rows.Find("tbody tr").Each(func(_ int, r *goquery.Selection) {
				text := shown(r.Children().Eq(cell))
				if category := shown(r.Find(".c .sub2")); line == "fees" && (strings.HasPrefix(category, "fee") || strings.HasPrefix(category, "tax")) {
					text = shown(r.Children().Eq(3)) // the row itself is the fee
				}
				amount, ok := new(big.Rat).SetString(number(strings.Fields(text)[0]))
				if !ok {
					t.Fatalf("%s: no amount in %q", path, text)
				}
				sum.Add(sum, amount)
				opened++
			})
			next, more := rows.Find(`.pager a[rel="next"]`).Attr("href")
			if !more {
				break
			}
			_, rows = p.get(next)
		}
		if got := sum.FloatString(2); got != number(shown(a)) {
			t.Errorf("%s: rows come to %s, the figure is %s", path, got, shown(a))
		}
	})
	if opened < 20 {
		t.Errorf("only %d rows were opened", opened)
	}
}

// checkFiles has each kind of file written, opens it and adds it up.
func checkFiles(t *testing.T, d *demoProcess, p *person, balances map[string]*big.Rat) {
	t.Helper()
	for _, kind := range []string{"ledger.xlsx", "statement.pdf", "journal.csv"} {
		_, page := p.get("/settlements?period=this-year")
		form := formOf(page, `form[action="/exports"]`)
		form.Set("kind", kind)
		if status, page := p.post("/exports", form); status != http.StatusSeeOther {
			t.Fatalf("%s: %d %s", kind, status, shown(page.Find("main")))
		}
	}
	files := map[string][]byte{}
	d.eventually(60*time.Second, "the files are written", func() bool {
		_, page := p.get("/exports")
		page.Find(`a[href^="/exports/"]`).Each(func(_ int, a *goquery.Selection) {
			path, _ := a.Attr("href")
			res, body := p.download(path)
			name := res.Header.Get("Content-Disposition")
			files[name[strings.LastIndex(name, "-")+1:len(name)-1]] = body
		})
		return len(files) == 3
	})
	book, err := excelize.OpenReader(bytes.NewReader(files["ledger.xlsx"]))
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	for currency, balance := range balances {
		if balance.Sign() == 0 {
			continue
		}
		rows, err := book.GetRows(currency, excelize.Options{RawCellValue: true})
		if err != nil {
			t.Errorf("sheet %s: %v", currency, err)
			continue
		}
		sum, net := new(big.Rat), 5
		for _, row := range rows[1 : len(rows)-1] {
			amount, ok := new(big.Rat).SetString(row[net])
			if !ok {
				t.Fatalf("%s: %q is no number", currency, row[net])
			}
			sum.Add(sum, amount)
		}
		if off := new(big.Rat).Sub(sum, balance); off.Abs(off).Cmp(big.NewRat(1, 10_000)) > 0 {
			t.Errorf("sheet %s comes to %s, Stripe has %s", currency, sum.FloatString(3), balance.FloatString(3))
		}
	}
	if !bytes.HasPrefix(files["statement.pdf"], []byte("%PDF-")) {
		t.Errorf("the statement is no PDF: %.20q", files["statement.pdf"])
	}
	debits, credits := map[string]*big.Rat{}, map[string]*big.Rat{}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(files["journal.csv"]), "\ufeff"))).ReadAll()
	if err != nil || len(lines) < 50 {
		t.Fatalf("journal: %d lines, %v", len(lines), err)
	}
	at := map[string]int{}
	for i, name := range lines[0] {
		at[name] = i
	}
	for _, line := range lines[1:] {
		for name, sums := range map[string]map[string]*big.Rat{"debit": debits, "credit": credits} {
			if text := line[at[name]]; text != "" {
				add(sums, line[at["currency"]], text)
			}
		}
	}
	for currency, debit := range debits {
		if debit.Cmp(credits[currency]) != 0 {
			t.Errorf("journal in %s: debits %v, credits %v", currency, debit, credits[currency])
		}
	}
}

// TestBadPeriods: what cannot be is said by its field, with what was typed, and the page is there.
func TestBadPeriods(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "12")
	viewer := d.signIn("viewer")
	for query, want := range map[string]string{"from=2026-11-02&to=2026-11-01": "ends before it begins", "from=2012-01-01&to=2032-01-01": "at most 10 years",
		"from=31.10.2026&to=2026-11-01": "no day of the calendar", "period=whenever": "does not exist"} {
		status, page := viewer.get("/settlements?" + query)
		if status != http.StatusUnprocessableEntity || !strings.Contains(shown(page.Find(".msg.bad")), want) {
			t.Errorf("%s: %d %s", query, status, shown(page.Find(".msg.bad")))
		}
		if v, _ := url.ParseQuery(query); v.Get("from") != "" {
			if typed, _ := page.Find(`input[name="from"]`).Attr("value"); typed != v.Get("from") {
				t.Errorf("%s: the field holds %q", query, typed)
			}
		}
	}
	_, part := viewer.get("/settlements/lines?currency=EUR&line=gross&period=this-year")
	form := formOf(part, `form[action="/exports"]`)
	if part.Find(`input[name=kind]`).Length() != 2 {
		t.Errorf("files of a part: %s", shown(part.Find(`form[action="/exports"]`)))
	}
	form.Set("kind", "journal.csv")
	if status, page := viewer.post("/exports", form); status != http.StatusUnprocessableEntity || !strings.Contains(shown(page.Find("main")), "of everything that was booked") {
		t.Errorf("a journal of a part: %d", status)
	}
	for _, path := range []string{"/settlements/lines?currency=XXX", "/settlements/lines?currency=EUR&line=nothing", "/settlements/lines?currency=EUR&share=mine", "/settlements/po_none"} {
		if status, _ := viewer.get(path); status != http.StatusNotFound {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, page := viewer.get("/settlements/costs?from=2026-11&to=2026-01"); status != http.StatusUnprocessableEntity || !strings.Contains(shown(page.Find(".msg.bad")), "ends before") {
		t.Errorf("months: %d", status)
	}
}
