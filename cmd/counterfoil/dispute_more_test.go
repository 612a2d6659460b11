package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// TestInquiryAndAcceptance settles an inquiry by its refund and accepts a chargeback, each once and only when confirmed.
func TestInquiryAndAcceptance(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	_, inquiry := d.disputed("inquiry", map[string]any{"amount": 5000})
	_, page := p.get("/disputes/" + inquiry)
	path := "/disputes/" + inquiry + "/refunds"
	form := formOf(page, `form[action="`+path+`"]`)
	if status, _ := p.post(path, form); status != http.StatusUnprocessableEntity {
		t.Errorf("not confirmed: %d", status)
	}
	form.Set("confirmed", "5000")
	for _, status := range postAtOnce(p, path, form, 4) {
		if status != http.StatusSeeOther {
			t.Errorf("settled: %d", status)
		}
	}
	d.settle()
	if d.standing(inquiry) != "warning_closed 0" || len(d.requests("POST", "/v1/refunds")) != 1 {
		t.Errorf("%s, %d refunds", d.standing(inquiry), len(d.requests("POST", "/v1/refunds")))
	}
	if _, page = p.get("/disputes/" + inquiry); !strings.Contains(words(page), "Closed without a chargeback") || !strings.Contains(words(page), "No money has moved") && strings.Contains(words(page), "Dispute fee EUR") {
		t.Error(words(page))
	}
	_, chargeback := d.disputed("chargeback", map[string]any{"withdrawn_currency": "cad", "exchange_rate": 1.5, "fee": 1500})
	_, page = p.get("/disputes/" + chargeback)
	if text := words(page); !strings.Contains(text, "Withdrawn") || !strings.Contains(text, "Stripe moved the money in CAD") || !strings.Contains(text, "CAD 15.00, as Stripe took it") || strings.Contains(text, "EUR −189.90") {
		t.Errorf("the money that moved: %s", text)
	}
	path = "/disputes/" + chargeback + "/acceptances"
	form = formOf(page, `form[action="`+path+`"]`)
	if status, _ := p.post(path, form); status != http.StatusUnprocessableEntity {
		t.Errorf("not confirmed: %d", status)
	}
	form.Set("confirmed", "18990")
	for _, status := range postAtOnce(p, path, form, 4) {
		if status != http.StatusSeeOther {
			t.Errorf("accepted: %d", status)
		}
	}
	if len(d.requests("POST", "/v1/disputes/"+chargeback+"/close")) != 1 || d.standing(chargeback) != "lost 0" {
		t.Errorf("%s", d.standing(chargeback))
	}
}

// TestLimits holds what a manager has to do against staff.
func TestLimits(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p, manager := d.signIn("staff"), d.signIn("manager")
	if status, page := manager.post("/settings/limits", url.Values{"csrf_token": {manager.token()}, "limits": {"EUR 100\nXX 5"}}); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "XX is not a currency") {
		t.Errorf("a currency that is none: %d", status)
	}
	if status, _ := manager.post("/settings/limits", url.Values{"csrf_token": {manager.token()}, "limits": {"EUR 100\n\nsek 5"}}); status != http.StatusSeeOther {
		t.Errorf("limits: %d", status)
	}
	_, dispute := d.disputed("chargeback", nil)
	_, page := manager.get("/disputes/" + dispute + "?step=review")
	submit := formOf(page, `form[action="/disputes/`+dispute+`/submissions"]`)
	submit.Set("confirmed", "yes")
	submit.Set("csrf_token", p.token())
	if status, page := p.post("/disputes/"+dispute+"/submissions", submit); status != http.StatusConflict || !strings.Contains(words(page), "a manager has to do this") {
		t.Errorf("staff submit above the limit: %d %s", status, words(page))
	}
	if status, _ := p.post("/disputes/"+dispute+"/acceptances", url.Values{"csrf_token": {p.token()}, "form_token": {"t"}, "confirmed": {"18990"}}); status != http.StatusConflict {
		t.Errorf("staff accept above the limit: %d", status)
	}
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur"})
	if status, _ := p.post("/orders/"+order+"/refunds", p.confirmRefund(order, p.refundForm(order, "150"))); status != http.StatusConflict {
		t.Errorf("staff refund above the limit: %d", status)
	}
	if status, _ := p.post("/orders/"+order+"/refunds", p.confirmRefund(order, p.refundForm(order, "100"))); status != http.StatusSeeOther {
		t.Errorf("staff refund at the limit: %d", status)
	}
	submit.Set("csrf_token", manager.token())
	if status, page := manager.post("/disputes/"+dispute+"/submissions", submit); status != http.StatusSeeOther || d.standing(dispute) != "under_review 1" {
		t.Errorf("a manager submits: %d %s", status, words(page))
	}
}

// TestDisputesThatAreOdd shows what is seldom for what it is.
func TestDisputesThatAreOdd(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	for name, c := range map[string]struct {
		stage  string
		fields map[string]any
		says   []string
	}{
		"lost at once":     {"lost_at_once", nil, []string{"Lost", "no evidence was possible"}},
		"prevented":        {"chargeback", map[string]any{"status": "prevented"}, []string{"Closed without a chargeback"}},
		"of tomorrow":      {"chargeback", map[string]any{"status": "of_tomorrow"}, []string{"Stripe says “of tomorrow”", "Open the dispute in Stripe"}},
		"an unknown code":  {"inquiry", map[string]any{"klarna_reason_code": "brand_new_code"}, []string{"brand_new_code", "Goods not received"}},
		"lost for a cause": {"chargeback", map[string]any{"outcome": "lost", "loss_reason_code": "late_answer"}, []string{"Lost", "late answer"}},
	} {
		_, dispute := d.disputed(c.stage, c.fields)
		d.settle()
		_, page := p.get("/disputes/" + dispute)
		for _, want := range c.says {
			if !strings.Contains(words(page), want) {
				t.Errorf("%s: %q is not said: %s", name, want, words(page))
			}
		}
	}
	_, dispute := d.disputed("inquiry", nil)
	_, page := p.get("/disputes/" + dispute)
	due := time.Unix(int64(d.stripe("/v1/disputes/" + dispute)["evidence_details"].(map[string]any)["due_by"].(float64)), 0)
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		t.Fatal(err)
	}
	if want := "Decide by " + due.In(zone).Format("Monday 2 January, 15:04"); !strings.Contains(words(page), want) {
		t.Errorf("%q is not said: %s", want, words(page))
	}
	if res, err := p.http.Get(p.base + "/orders?q=" + dispute); err != nil || res.Header.Get("Location") != "/disputes/"+dispute {
		t.Errorf("a pasted id leads to %v (%v)", res, err)
	} else {
		_ = res.Body.Close()
	}
	if status, _ := p.get("/disputes/du_none"); status != http.StatusNotFound {
		t.Errorf("a dispute that is not there: %d", status)
	}
	for _, path := range []string{"/disputes", "/disputes?tab=all&q=ng-dispute&who=me", "/disputes/outcomes", "/disputes.csv", "/disputes?tab=lost&reason=product_not_received&kind=stripe&due=7"} {
		if status, _ := p.get(path); status != http.StatusOK {
			t.Errorf("%s: %d", path, status)
		}
	}
	if status, _ := p.get("/disputes?tab=nonsense"); status != http.StatusUnprocessableEntity {
		t.Errorf("a tab that is none: %d", status)
	}
}

// TestMailDisputes records a dispute from its mail, once, and by hand.
func TestMailDisputes(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "order_reference": "NG-MAIL-7"})
	send := func(content string) (int, *goquery.Document, string) {
		var b bytes.Buffer
		w := multipart.NewWriter(&b)
		_ = w.WriteField("csrf_token", p.token())
		part, _ := w.CreateFormFile("file", "klarna.eml")
		_, _ = part.Write([]byte(content))
		_ = w.Close()
		res, err := p.http.Post(p.base+"/mail-disputes", w.FormDataContentType(), &b)
		if err != nil {
			t.Fatal(err)
		}
		path := res.Header.Get("Location")
		status, page := p.read(res, nil)
		if path != "" {
			_, page = p.get(path)
		}
		return status, page, path
	}
	const mail = "From: Klarna <disputes@klarna.example>\r\nSubject: Tvist om order NG-MAIL-7\r\nDate: Mon, 16 Nov 2026 09:05:00 +0100\r\n\r\nHej, svara senast den 30 november."
	status, page, path := send(mail)
	if text := words(page); status != http.StatusSeeOther || !strings.Contains(text, "matched to its order") || !strings.Contains(text, "svara senast") || !strings.Contains(text, "NG-MAIL-7") {
		t.Fatalf("%d %s", status, text)
	}
	if _, again, same := send(mail); same != path || !strings.Contains(words(again), "recorded already") {
		t.Errorf("the same mail again: %s %s", same, words(again))
	}
	if status, page, _ := send("\x89PNG"); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "This is not a mail") {
		t.Errorf("a picture: %d", status)
	}
	if _, page := p.get("/orders/" + order); !strings.Contains(words(page), "Dispute by e-mail") {
		t.Error("the order does not show it")
	}
	if _, page := p.get("/"); !strings.Contains(words(page), "Disputes due") {
		t.Errorf("Today does not show it: %s", words(page))
	}
	form := formOf(page, `form[action="`+path+`/mail"]`)
	form.Set("due_by", "tomorrow")
	form.Set("note", "Åke wrote back")
	if status, page := p.post(path+"/mail", form); status != http.StatusUnprocessableEntity || formOf(page, `form[action="`+path+`/mail"]`).Get("note") != "Åke wrote back" {
		t.Errorf("a day that is none: %d", status)
	}
	form.Set("due_by", "2026-11-30")
	form.Set("status", "mail_answered")
	if status, _ := p.post(path+"/mail", form); status != http.StatusSeeOther {
		t.Errorf("answered: %d", status)
	}
	if _, page := p.get(path); !strings.Contains(words(page), "Answered by mail") {
		t.Error(words(page))
	}
	for field, value := range map[string]string{"order": "NG-NOBODY", "amount": "ten", "currency": "EURO", "due_by": ""} {
		form := url.Values{"csrf_token": {p.token()}, "order": {"NG-MAIL-7"}, "amount": {"10"}, "currency": {"eur"}, "due_by": {"2026-11-30"}}
		form.Set(field, value)
		if status, page := p.post("/mail-disputes", form); status != http.StatusUnprocessableEntity || page.Find("#mail-"+field+"-error").Length() != 1 {
			t.Errorf("%s %q: %d %s", field, value, status, words(page))
		}
	}
}

// TestErasing takes the customer out of a dispute that is over; the receipt's hashes stay.
func TestErasing(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p, admin := d.signIn("staff"), d.signIn("admin")
	_, dispute := d.disputed("chargeback", nil)
	p.save(dispute, "uncategorized_text", "Quittenbaum signed for it")
	if status, _ := p.post("/disputes/"+dispute+"/submissions", p.review(dispute)); status != http.StatusSeeOther {
		t.Fatal(status)
	}
	if _, page := d.signIn("viewer").get("/disputes/" + dispute); strings.Contains(words(page), "Quittenbaum") || !strings.Contains(words(page), "hidden for your role") {
		t.Errorf("a viewer sees what was sent: %s", words(page))
	}
	form := url.Values{"csrf_token": {admin.token()}, "confirmed": {"yes"}}
	if status, _ := admin.post("/disputes/"+dispute+"/erasures", form); status != http.StatusConflict {
		t.Errorf("while it is open: %d", status)
	}
	d.control("POST", "/_sim/disputes/"+dispute+"/resolve", map[string]any{"outcome": "won"}, nil)
	d.eventually(20*time.Second, "it is won", func() bool { _, page := p.get("/disputes/" + dispute); return strings.Contains(words(page), "Won") })
	if _, page := p.get("/disputes/" + dispute); !strings.Contains(words(page), "Given back") || !strings.Contains(words(page), "Quittenbaum") {
		t.Errorf("won: %s", words(page))
	}
	if status, _ := admin.post("/disputes/"+dispute+"/erasures", form); status != http.StatusSeeOther {
		t.Errorf("erased: %d", status)
	}
	_, page := p.get("/disputes/" + dispute)
	if text := words(page); strings.Contains(text, "Quittenbaum") || !strings.Contains(text, sum([]byte("Quittenbaum signed for it"))) || !strings.Contains(text, "erased with the customer") {
		t.Error(text)
	}
}

// TestDraftAnswersScripts gives a script what it needs to keep a draft by itself.
func TestDraftAnswersScripts(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p, other := d.signIn("staff"), d.signIn("manager")
	_, dispute := d.disputed("chargeback", nil)
	post := func(form url.Values) (int, map[string]any) {
		req, _ := http.NewRequest("POST", p.base+"/disputes/"+dispute+"/drafts", strings.NewReader(form.Encode()))
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		req.Header.Set("Accept", "application/json")
		res, err := p.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		var answer map[string]any
		if err := json.NewDecoder(res.Body).Decode(&answer); err != nil {
			t.Fatal(err)
		}
		return res.StatusCode, answer
	}
	form := p.draftForm(dispute, "shipping_date", "1 October")
	status, answer := post(form)
	if status != http.StatusOK || !strings.HasPrefix(fmt.Sprint(answer["message"]), "Saved ") {
		t.Errorf("%d %v", status, answer)
	}
	other.save(dispute, "shipping_date", "2 October")
	form.Set("base.shipping_date", fmt.Sprint(answer["bases"].(map[string]any)["shipping_date"]))
	form.Set("shipping_date", "3 October")
	if _, answer := post(form); !strings.Contains(fmt.Sprint(answer["message"]), "Somebody else changed the same field") {
		t.Errorf("%v", answer)
	}
}
