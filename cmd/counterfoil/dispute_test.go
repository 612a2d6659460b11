package main

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// disputed makes a captured order and lets its customer dispute it; it waits until the desk shows it.
func (d *demoProcess) disputed(stage string, fields map[string]any) (order, dispute string) {
	d.t.Helper()
	order = d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "order_reference": "NG-DISPUTE"})
	body := map[string]any{"payment_intent": order, "reason": "product_not_received", "stage": stage}
	for k, v := range fields {
		body[k] = v
	}
	var made struct{ Dispute string }
	d.control("POST", "/_sim/disputes", body, &made)
	p := d.signIn("staff")
	d.eventually(20*time.Second, "the dispute is in the mirror", func() bool { status, _ := p.get("/disputes/" + made.Dispute); return status == http.StatusOK })
	return order, made.Dispute
}

// save writes one text into a draft, by hand, and gives the answer.
func (p *person) save(dispute, field, value string) (int, *goquery.Document) {
	p.t.Helper()
	return p.post("/disputes/"+dispute+"/drafts", p.draftForm(dispute, field, value))
}

// draftForm is the form of a draft as it stands there, with one text written.
func (p *person) draftForm(dispute, field, value string) url.Values {
	p.t.Helper()
	_, page := p.get("/disputes/" + dispute + "?step=evidence")
	form := formOf(page, `#draft`)
	if form == nil {
		p.t.Fatalf("no draft: %s", words(page))
	}
	form.Set(field, value)
	return form
}

// review is the form that submits, as the review shows it.
func (p *person) review(dispute string) url.Values {
	p.t.Helper()
	_, page := p.get("/disputes/" + dispute + "?step=review")
	form := formOf(page, `form[action="/disputes/`+dispute+`/submissions"]`)
	if form == nil {
		p.t.Fatalf("nothing can be submitted: %s", words(page))
	}
	form.Set("confirmed", "yes")
	return form
}

// addFiles puts files into an order's locker, as a form without script does.
func (p *person) addFiles(order, field, back string, files map[string][]byte) (int, *goquery.Document) {
	p.t.Helper()
	var b bytes.Buffer
	w := multipart.NewWriter(&b)
	for name, value := range map[string]string{"csrf_token": p.token(), "field": field, "back": back} {
		if err := w.WriteField(name, value); err != nil {
			p.t.Fatal(err)
		}
	}
	for name, content := range files {
		part, err := w.CreateFormFile("file", name)
		if err != nil {
			p.t.Fatal(err)
		}
		_, _ = part.Write(content)
	}
	_ = w.Close()
	res, err := p.http.Post(p.base+"/orders/"+order+"/documents", w.FormDataContentType(), &b)
	return p.read(res, err)
}

// picture is a PNG of one size.
func picture(w, h int) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, w, h))); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// evidenceCalls are the forms that were sent about a dispute, as "submit=false" or "submit=true", in their order.
func (d *demoProcess) evidenceCalls(dispute string) (all []string) {
	d.t.Helper()
	for _, r := range d.requests("POST", "/v1/disputes/"+dispute) {
		all = append(all, fmt.Sprint("submit=", r["form"].(map[string]any)["submit"]))
	}
	return all
}

// standing is a dispute at the simulated Stripe: its status and how often evidence was submitted.
func (d *demoProcess) standing(dispute string) string {
	o := d.stripe("/v1/disputes/" + dispute)
	return fmt.Sprint(o["status"], " ", o["evidence_details"].(map[string]any)["submission_count"])
}

// TestSavingNeverSubmits saves drafts in both phases: Stripe is told of one only in a chargeback, and always that it is not submitted.
func TestSavingNeverSubmits(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	order, dispute := d.disputed("inquiry", nil)
	if status, page := p.save(dispute, "shipping_date", "1 October 2026"); status != http.StatusSeeOther {
		t.Errorf("saved in an inquiry: %d %s", status, words(page))
	}
	if _, page := p.get("/disputes/" + dispute); !strings.Contains(words(page), "Private: nobody reads this yet") {
		t.Error(words(page))
	}
	if status, _ := p.addFiles(order, "shipping_documentation", "/disputes/"+dispute, map[string][]byte{"pod.png": picture(4, 4)}); status != http.StatusSeeOther {
		t.Errorf("a file in an inquiry: %d", status)
	}
	d.settle()
	if calls := d.evidenceCalls(dispute); len(calls) != 0 || d.standing(dispute) != "warning_needs_response 0" {
		t.Errorf("an inquiry got evidence: %v %s", calls, d.standing(dispute))
	}
	if status, _ := p.post("/disputes/"+dispute+"/submissions", url.Values{"csrf_token": {p.token()}, "form_token": {"x"}, "confirmed": {"yes"}}); status != http.StatusConflict {
		t.Errorf("submitted in an inquiry: %d", status)
	}

	d.control("POST", "/_sim/disputes/"+dispute+"/escalate", nil, nil)
	d.eventually(20*time.Second, "the page is the chargeback", func() bool { _, page := p.get("/disputes/" + dispute); return page.Find(".steps").Length() == 1 })
	_, page := p.get("/disputes/" + dispute + "?step=evidence")
	if formOf(page, "#draft").Get("shipping_date") != "1 October 2026" || !strings.Contains(words(page), "pod.png") {
		t.Errorf("the draft did not come along: %s", words(page))
	}
	p.save(dispute, "uncategorized_text", "It was delivered.")
	p.save(dispute, "shipping_carrier", "Brieftaube")
	d.settle()
	if calls := d.evidenceCalls(dispute); len(calls) == 0 || strings.Contains(fmt.Sprint(calls), "true") || strings.Contains(fmt.Sprint(calls), "nil") {
		t.Errorf("drafts were sent as %v", calls)
	}
	o := d.stripe("/v1/disputes/" + dispute)
	if d.standing(dispute) != "needs_response 0" || o["evidence"].(map[string]any)["shipping_carrier"] != "Brieftaube" {
		t.Errorf("after the drafts: %s %v", d.standing(dispute), o["evidence"])
	}
	if _, page = p.get("/disputes/" + dispute + "?step=evidence"); !strings.Contains(words(page), "Stripe holds this draft too, not submitted.") {
		t.Error(words(page))
	}
	remove := page.Find(`form[action$="/removals"]`).AttrOr("action", "")
	p.post(remove, url.Values{"csrf_token": {p.token()}, "back": {"/disputes/" + dispute}})
	if status, _ := p.post("/disputes/"+dispute+"/submissions", p.review(dispute)); status != http.StatusSeeOther {
		t.Errorf("submitted: %d", status)
	}
	if o := d.stripe("/v1/disputes/" + dispute); o["evidence"].(map[string]any)["shipping_documentation"] != nil || d.standing(dispute) != "under_review 1" {
		t.Errorf("a file that was staged and then removed was submitted: %v", o["evidence"])
	}
}

// TestDraftIsOurs holds that neither what Stripe fills in by itself nor a later sync changes a draft.
func TestDraftIsOurs(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	_, dispute := d.disputed("chargeback", nil)
	p.save(dispute, "customer_name", "Our own name")
	p.save(dispute, "customer_email_address", "")
	d.control("POST", "/_sim/clock", map[string]any{"advance": "1h"}, nil)
	d.settle()
	_, page := p.get("/disputes/" + dispute + "?step=evidence")
	form := formOf(page, "#draft")
	if form.Get("customer_name") != "Our own name" || form.Get("customer_email_address") != "" {
		t.Errorf("the draft: %v", form)
	}
	_, page = p.get("/disputes/" + dispute + "?step=review")
	if !strings.Contains(words(page), "Customer’s e-mail is sent empty") {
		t.Errorf("what was emptied is not told: %s", words(page))
	}
}

// TestTwoInOneDraft holds that the second of two people is told, and that nothing of either is lost.
func TestTwoInOneDraft(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	one, two := d.signIn("staff"), d.signIn("manager")
	_, dispute := d.disputed("chargeback", nil)
	mine, theirs := one.draftForm(dispute, "uncategorized_text", "My words"), two.draftForm(dispute, "uncategorized_text", "Other words")
	theirs.Set("service_date", "2 October 2026")
	if status, _ := one.post("/disputes/"+dispute+"/drafts", mine); status != http.StatusSeeOther {
		t.Errorf("the first: %d", status)
	}
	status, page := two.post("/disputes/"+dispute+"/drafts", theirs)
	if text := words(page); status != http.StatusUnprocessableEntity || !strings.Contains(text, "My words") || !strings.Contains(text, "by Sofia Berg") ||
		formOf(page, "#draft").Get("uncategorized_text") != "Other words" {
		t.Errorf("the second: %d %s", status, text)
	}
	if _, fresh := one.get("/disputes/" + dispute + "?step=evidence"); formOf(fresh, "#draft").Get("uncategorized_text") != "My words" || formOf(fresh, "#draft").Get("service_date") != "2 October 2026" {
		t.Errorf("saved: %v", formOf(fresh, "#draft"))
	}
	if status, _ := two.post("/disputes/"+dispute+"/drafts", formOf(page, "#draft")); status != http.StatusSeeOther {
		t.Errorf("saved again on purpose: %d", status)
	}
	if _, fresh := one.get("/disputes/" + dispute + "?step=evidence"); formOf(fresh, "#draft").Get("uncategorized_text") != "Other words" {
		t.Error("what was saved on purpose is not there")
	}
	long := one.draftForm(dispute, "customer_name", strings.Repeat("x", 5001))
	if status, page := one.post("/disputes/"+dispute+"/drafts", long); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "5,001 of 5,000 characters: 1 too many.") ||
		len(formOf(page, "#draft").Get("customer_name")) != 5001 {
		t.Errorf("too long: %d", status)
	}
}
