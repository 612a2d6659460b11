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

// statement sends a statement of the bank.
func (p *person) statement(name string, file []byte) (int, *goquery.Document) {
	p.t.Helper()
	_, page := p.get("/settlements/bank")
	form := formOf(page, `form[action="/settlements/bank/files"]`)
	body, kind := multipartOf(p.t, form, name, file)
	res, err := p.http.Post(p.base+"/settlements/bank/files", kind, body)
	return p.read(res, err)
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

	for name, bad := range map[string]string{"cut.csv": file[:len(file)-25], "trick.xml": `<!DOCTYPE x [<!ENTITY a "b">]><Document/>`, "none.csv": ""} {
		status, page := manager.statement(name, []byte(bad))
		if status != http.StatusUnprocessableEntity || page.Find(`[role="alert"]`).Length() == 0 || !strings.Contains(shown(page.Find("main")), "No statement yet") {
			t.Errorf("%s: %d %s", name, status, shown(page.Find(`[role="alert"]`)))
		}
	}
	if status, page := manager.statement("november.csv", []byte(file)); status != http.StatusSeeOther {
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
	if status, page := manager.statement("again.csv", []byte(file)); status != http.StatusConflict || !strings.Contains(shown(page.Find("main")), "imported already") {
		t.Errorf("the same file again: %d", status)
	}
	if status, _ := manager.statement("more.csv", []byte(file+"2026-11-01;2.00;EUR;New\r\n")); status != http.StatusSeeOther {
		t.Errorf("a file that holds the first one: %d", status)
	}
	if _, page := manager.get("/settlements/bank"); !strings.Contains(shown(page.Find(`section[aria-labelledby="h-files"]`)), fmt.Sprintf("1 booking, %d known before", len(paid))) {
		t.Errorf("files: %s", shown(page.Find(`section[aria-labelledby="h-files"]`)))
	}
	d.control("POST", "/_sim/payouts/"+first+"/fail", map[string]any{}, nil)
	d.proof(manager, first, "Failed")
	if status, _ := d.signIn("viewer").get("/settlements/bank"); status != http.StatusOK {
		t.Errorf("a viewer: %d", status)
	}
}

// TestExceptionsAreExplained: what does not fit is found, explained with a note by who may, and opened again.
func TestExceptionsAreExplained(t *testing.T) {
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
