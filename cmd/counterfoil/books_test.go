package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/big"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// uploadStatement sends a file of the bank's. A CSV file then waits: its page is given.
func (p *person) uploadStatement(name string, file []byte) (int, *goquery.Document) {
	p.t.Helper()
	_, page := p.get("/settlements/bank")
	form := formOf(page, `form[action="/settlements/bank/files"]`)
	body, kind := multipartOf(p.t, form, name, file)
	res, err := p.http.Post(p.base+"/settlements/bank/files", kind, body)
	where := ""
	if res != nil {
		where = res.Header.Get("Location")
	}
	status, page := p.read(res, err)
	if status == http.StatusSeeOther && strings.HasPrefix(where, "/settlements/bank/drafts/") {
		status, page = p.get(where)
	}
	return status, page
}

// statement uploads a CSV statement and takes it in as it is read, with what it does not say itself.
func (p *person) statement(name, file, account string) (int, *goquery.Document) {
	p.t.Helper()
	status, page := p.uploadStatement(name, []byte(file))
	if status != http.StatusOK {
		return status, page
	}
	form := formOf(page, `form[action$="/files"]`)
	form.Set("account", account)
	action, _ := page.Find(`form[action$="/files"]`).Attr("action")
	return p.post(action, form)
}

func multipartOf(t *testing.T, form url.Values, name string, file []byte) (*bytes.Buffer, string) {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for field, values := range form {
		if err := w.WriteField(field, values[0]); err != nil {
			t.Fatal(err)
		}
	}
	part, err := w.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(file)
	}
	if err := errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	return &body, w.FormDataContentType()
}

// TestPayoutsAtTheBank: a statement is taken whole, once, and finds payouts; a bad one changes nothing; what did not arrive is named.
func TestPayoutsAtTheBank(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "60")
	manager := d.signIn("manager")
	paid := d.stripe("/v1/payouts?limit=100&status=paid")["data"].([]any)
	if len(paid) < 3 {
		t.Fatalf("only %d payouts are paid", len(paid))
	}
	file := "Booking date;Amount;Currency;Text\r\n"
	for i, one := range paid {
		p := one.(map[string]any)
		if i == len(paid)-1 {
			continue // the oldest never arrived
		}
		arrival := time.Unix(int64(p["arrival_date"].(float64)), 0).UTC()
		file += fmt.Sprintf("%s;%s;%s;STRIPE %s\r\n", arrival.Format(time.DateOnly), big.NewRat(int64(p["amount"].(float64)), 100).FloatString(2), strings.ToUpper(p["currency"].(string)), p["id"])
	}
	oldest := paid[len(paid)-1].(map[string]any)
	file += fmt.Sprintf("%s;1.00;EUR;Something else\r\n", time.Unix(int64(oldest["arrival_date"].(float64)), 0).UTC().Format(time.DateOnly))

	today := time.Now().UTC().Format(time.DateOnly)
	file += today + ";3.00;EUR;The last one\r\n"
	for name, bad := range map[string]string{"trick.xml": `<!DOCTYPE x [<!ENTITY a "b">]><Document/>`, "none.csv": "", "letter.txt": "Dear customer"} {
		status, page := manager.uploadStatement(name, []byte(bad))
		if status != http.StatusUnprocessableEntity || page.Find(`[role="alert"]`).Length() == 0 || !strings.Contains(shown(page.Find("main")), "No statement yet") {
			t.Errorf("%s: %d %s", name, status, shown(page.Find(`[role="alert"]`)))
		}
	}
	if status, page := manager.statement("cut.csv", file[:len(file)-25], "Giro"); status != http.StatusUnprocessableEntity || !strings.Contains(shown(page.Find(`[role="alert"]`)), "ends in the middle") {
		t.Errorf("cut off: %d %s", status, shown(page.Find("main")))
	}
	if status, page := manager.statement("november.csv", file, ""); status != http.StatusUnprocessableEntity || !strings.Contains(shown(page.Find("#r-account-error")), "which account") {
		t.Errorf("no account: %d %s", status, shown(page.Find("main")))
	}
	if _, page := manager.get("/settlements/bank"); page.Find(`a[href^="/settlements/bank/drafts/"]`).Length() != 2 || !strings.Contains(shown(page.Find("main")), "No statement yet") {
		t.Errorf("two files wait and nothing is taken in: %s", shown(page.Find("main")))
	}
	if status, page := manager.statement("november.csv", file, "Giro"); status != http.StatusSeeOther {
		t.Fatalf("a good statement: %d %s", status, shown(page.Find(`[role="alert"]`)))
	}
	_, page := manager.get("/settlements/bank")
	if n := page.Find(`section[aria-labelledby="h-matched"] tbody tr`).Length(); n != len(paid)-1 {
		t.Errorf("%d payouts arrived, want %d", n, len(paid)-1)
	}
	missing := page.Find(`section[aria-labelledby="h-missing"] tbody a`)
	if href, _ := missing.Attr("href"); missing.Length() != 1 || href != "/settlements/"+oldest["id"].(string) {
		t.Errorf("not arrived: %s", shown(page.Find(`section[aria-labelledby="h-missing"]`)))
	}
	first := paid[0].(map[string]any)["id"].(string)
	if _, page := manager.get("/settlements/" + first); !strings.Contains(shown(page.Find("#payout")), "At the bankbooked ") {
		t.Errorf("the payout's page: %s", shown(page.Find("#payout .kv")))
	}
	if status, page := manager.uploadStatement("again.csv", []byte(file)); status != http.StatusConflict || !strings.Contains(shown(page.Find("main")), "imported already") {
		t.Errorf("the same file again: %d", status)
	}
	if status, _ := manager.statement("more.csv", file+today+";2.00;EUR;New\r\n", "Giro"); status != http.StatusSeeOther {
		t.Errorf("a file that holds the first one: %d", status)
	}
	if _, page := manager.get("/settlements/bank"); !strings.Contains(shown(page.Find(`section[aria-labelledby="h-files"]`)), fmt.Sprintf("1 booking, %d known before", len(paid)+1)) {
		t.Errorf("files: %s", shown(page.Find(`section[aria-labelledby="h-files"]`)))
	}
	d.control("POST", "/_sim/payouts/"+first+"/fail", map[string]any{}, nil)
	d.proof(manager, first, "Failed")
	if status, _ := d.signIn("viewer").get("/settlements/bank"); status != http.StatusOK {
		t.Errorf("a viewer: %d", status)
	}
}

// TestStatementIsReadByHand: what a CSV file leaves open is asked for, shown as it would be read, and taken in as it was shown.
func TestStatementIsReadByHand(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "30")
	manager := d.signIn("manager")
	_, page := manager.uploadStatement("what.csv", []byte("When;Who;How much\r\n01/02/2026;A;1.230\r\n03/04/2026;B;2.000\r\n"))
	if page.Find("#r-date-error").Length() != 1 || page.Find("#r-amount-error").Length() != 1 || page.Find(`section[aria-labelledby="h-read"]`).Length() != 0 {
		t.Fatalf("nothing of it is known: %s", shown(page.Find("main")))
	}
	form := formOf(page, `form[action$="/files"]`)
	action, _ := page.Find(`form[action$="/files"]`).Attr("action")
	reading := strings.TrimSuffix(action, "/files") + "/readings"
	for name, value := range map[string]string{"head": "1", "date": "1", "amount": "3", "order": "mdy", "mark": ".", "money": "eur", "account": "Giro", "from": "2026-01-01", "to": "2026-03-31"} {
		form.Set(name, value)
	}
	status, page := manager.post(reading, form)
	if status != http.StatusOK || !strings.Contains(shown(page.Find("main")), "“1.230” is no amount in EUR") {
		t.Errorf("a point before the decimals: %d %s", status, shown(page.Find(`[role="alert"]`)))
	}
	form.Set("mark", ",")
	_, page = manager.post(reading, form)
	if got := shown(page.Find(`section[aria-labelledby="h-read"]`)); !strings.Contains(got, "2 bookings") || !strings.Contains(got, "EUR 3,230.00 in") || !strings.Contains(got, "2 January 2026") {
		t.Errorf("as it is read: %s", got)
	}
	if status, page := manager.post(action, formOf(page, `form[action$="/files"]`)); status != http.StatusSeeOther {
		t.Errorf("taken in: %d %s", status, shown(page.Find(`[role="alert"]`)))
	}
	if status, _ := manager.post(action, form); status != http.StatusNotFound {
		t.Errorf("taken in twice: %d", status)
	}
	if _, page := manager.get("/settlements/bank"); !strings.Contains(shown(page.Find(`section[aria-labelledby="h-files"]`)), "1 January 2026 to 31 March 2026") {
		t.Errorf("statements: %s", shown(page.Find(`section[aria-labelledby="h-files"]`)))
	}
	_, page = manager.uploadStatement("other.csv", []byte("When;Who;How much\r\n01/02/2026;A;1.231\r\n"))
	action, _ = page.Find(`button[formaction$="/removals"]`).Attr("formaction")
	if status, _ := manager.post(action, formOf(page, `form[action$="/files"]`)); status != http.StatusSeeOther {
		t.Errorf("put away: %d", status)
	}
	if _, page := manager.get("/settlements/bank"); page.Find(`a[href^="/settlements/bank/drafts/"]`).Length() != 0 {
		t.Error("the file that was put away waits still")
	}
}

// TestExceptionsAreExplained: what does not fit is found, explained with a note by who may, and opened again.
func TestExceptionsAreExplained(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "60")
	manager, viewer := d.signIn("manager"), d.signIn("viewer")
	_, page := manager.get("/settlements/exceptions")
	if status, _ := manager.post("/settlements/exceptions/checks", formOf(page, `form[action="/settlements/exceptions/checks"]`)); status != http.StatusSeeOther {
		t.Fatalf("look again: %d", status)
	}
	_, page = manager.get("/settlements/exceptions")
	open := page.Find("main section.card").Length()
	if open == 0 || !strings.Contains(shown(page.Find("main")), "Refund failed") {
		t.Fatalf("the demo's failed refund is not there: %s", shown(page.Find("main")))
	}
	if _, page := viewer.get("/settlements/exceptions"); page.Find("main form[method=post]").Length() != 0 || page.Find("main section.card").Length() != open {
		t.Error("a viewer does not see the same without forms")
	}
	form := formOf(page, `form[action="/settlements/exceptions/explanations"]`)
	form.Set("note", "  ")
	if status, page := manager.post("/settlements/exceptions/explanations", form); status != http.StatusUnprocessableEntity || !strings.Contains(shown(page.Find(".msg.bad")), "Write in a few words") {
		t.Errorf("no note: %d", status)
	}
	form.Set("note", "Paid back by hand")
	if status, _ := manager.post("/settlements/exceptions/explanations", form); status != http.StatusSeeOther {
		t.Errorf("explained: %d", status)
	}
	_, page = manager.get("/settlements/exceptions?state=explained")
	if !strings.Contains(shown(page.Find("main")), "Paid back by hand") {
		t.Errorf("the note: %s", shown(page.Find("main")))
	}
	form.Set("note", strings.Repeat("x", 2001)) // of one that the list of open ones has not
	if status, page := manager.post("/settlements/exceptions/explanations", form); status != http.StatusUnprocessableEntity || page.Find("details[open] textarea").Text() != form.Get("note") {
		t.Errorf("a long note: %d, %d forms open", status, page.Find("details[open] textarea").Length())
	}
	form.Set("object", "pyr_unknown")
	if status, _ := manager.post("/settlements/exceptions/explanations", form); status != http.StatusNotFound {
		t.Errorf("of one that is not there: %d", status)
	}
	if status, _ := manager.post("/settlements/exceptions/readings", form); status != http.StatusNotFound {
		t.Errorf("asked for what is not there: %d", status)
	}
	if status, _ := manager.post("/settlements/exceptions/explanations", formOf(page, `form[action="/settlements/exceptions/explanations"]`)); status != http.StatusSeeOther {
		t.Errorf("opened again: %d", status)
	}
	if _, page := manager.get("/settlements/exceptions"); page.Find("main section.card").Length() != open {
		t.Error("it is not open again")
	}
}
