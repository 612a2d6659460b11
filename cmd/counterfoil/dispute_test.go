package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"sync"
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
}

// TestDraftIsOurs holds that neither what Stripe fills in by itself nor a later sync changes a draft.
func TestDraftIsOurs(t *testing.T) {
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

// TestSubmission answers a chargeback with six clicks of two people at once: one submission, and a receipt whose hashes are true.
func TestSubmission(t *testing.T) {
	d := startDemo(t, t.TempDir(), "--orders", "0")
	one, two := d.signIn("staff"), d.signIn("manager")
	order, dispute := d.disputed("chargeback", nil)
	status, page := one.addFiles(order, "shipping_documentation", "/disputes/"+dispute, map[string][]byte{"a.png": picture(5, 9), "b.png": picture(9, 5), "IMG_1.heic": []byte("\x00\x00\x00\x18ftypheic")})
	if status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "IMG_1.heic is HEIC") || !strings.Contains(words(page), "a.png") || !strings.Contains(words(page), "b.png") {
		t.Errorf("two files and one that cannot be: %d %s", status, words(page))
	}
	one.save(dispute, "uncategorized_text", "It was delivered on 5 October.")
	stale := one.review(dispute)
	one.save(dispute, "shipping_date", "1 October 2026")
	if status, page := one.post("/disputes/"+dispute+"/submissions", stale); status != http.StatusConflict || !strings.Contains(words(page), "The draft has changed since you read it") {
		t.Errorf("a draft that nobody read: %d %s", status, words(page))
	}
	unticked := one.review(dispute)
	unticked.Del("confirmed")
	if status, _ := one.post("/disputes/"+dispute+"/submissions", unticked); status != http.StatusUnprocessableEntity {
		t.Errorf("without the tick: %d", status)
	}
	mine, theirs := one.review(dispute), two.review(dispute)
	var wg sync.WaitGroup
	statuses := make([]int, 6)
	for i := range statuses {
		wg.Go(func() {
			if i%2 == 0 {
				statuses[i], _ = one.post("/disputes/"+dispute+"/submissions", mine)
			} else {
				statuses[i], _ = two.post("/disputes/"+dispute+"/submissions", theirs)
			}
		})
	}
	wg.Wait()
	won := 0
	for _, s := range statuses {
		switch s {
		case http.StatusSeeOther:
			won++
		case http.StatusConflict:
		default:
			t.Errorf("answers: %v", statuses)
		}
	}
	if sent := strings.Count(fmt.Sprint(d.evidenceCalls(dispute)), "true"); sent != 1 || won != 3 || d.standing(dispute) != "under_review 1" {
		t.Errorf("%d submissions, %v, %s", sent, statuses, d.standing(dispute))
	}
	d.settle()
	_, page = one.get("/disputes/" + dispute)
	hashes := page.Find("#receipt .hash").Map(func(_ int, s *goquery.Selection) string { return s.Text() })
	o := d.stripe("/v1/disputes/" + dispute)["evidence"].(map[string]any)
	for field, want := range map[string]string{"uncategorized_text": sum([]byte("It was delivered on 5 October.")), "shipping_date": sum([]byte("1 October 2026")),
		"shipping_documentation": sum(d.fileAtStripe(fmt.Sprint(o["shipping_documentation"])))} {
		if !strings.Contains(fmt.Sprint(hashes), want) {
			t.Errorf("%s: %s is not on the receipt: %v", field, want, hashes)
		}
	}
	if file := d.stripe("/v1/files/" + fmt.Sprint(o["shipping_documentation"])); file["type"] != "pdf" {
		t.Errorf("two pictures became %v", file)
	}
	if status, _ := one.save2(dispute, "shipping_date", "later"); status != http.StatusConflict {
		t.Errorf("a draft after the submission: %d", status)
	}
}

// save2 posts a text to a draft whose form is not shown any more.
func (p *person) save2(dispute, field, value string) (int, *goquery.Document) {
	return p.post("/disputes/"+dispute+"/drafts", url.Values{"csrf_token": {p.token()}, field: {value}})
}

func sum(content []byte) string {
	h := sha256.Sum256(content)
	return hex.EncodeToString(h[:])
}

// fileAtStripe are the bytes that the simulated Stripe holds.
func (d *demoProcess) fileAtStripe(id string) []byte {
	d.t.Helper()
	req, err := http.NewRequest("GET", d.Stripe+"/v1/files/"+id+"/contents", nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.StripeKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	content, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != http.StatusOK {
		d.t.Fatalf("%d %v %s", res.StatusCode, err, content)
	}
	return content
}

// TestUnclearSubmissions makes Stripe fail in every way while evidence is submitted: it is submitted once, and what is known is said.
func TestUnclearSubmissions(t *testing.T) {
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	for name, c := range map[string]struct {
		fault    map[string]any
		status   int
		standing string // at Stripe, once settled
	}{
		"taken, then a 500":           {map[string]any{"status": 500, "after_commit": true}, 202, "under_review 1"},
		"taken, then dropped":         {map[string]any{"drop": true, "after_commit": true}, 202, "under_review 1"},
		"dropped before it was taken": {map[string]any{"drop": true}, 202, "under_review 1"},
		"refused":                     {map[string]any{"status": 400, "error": map[string]any{"type": "invalid_request_error", "message": "no"}}, 409, "needs_response 0"},
		"a failure that Stripe keeps": {map[string]any{"status": 500}, 202, "needs_response 0"},
	} {
		t.Run(name, func(t *testing.T) {
			_, dispute := d.disputed("chargeback", nil)
			form := p.review(dispute)
			c.fault["method"], c.fault["path"] = "POST", "/v1/disputes/"+dispute
			d.control("POST", "/_sim/faults", c.fault, nil)
			status, page := p.post("/disputes/"+dispute+"/submissions", form)
			if status != c.status {
				t.Errorf("answer %d, want %d: %s", status, c.status, words(page))
			}
			d.control("DELETE", "/_sim/faults", nil, nil)
			d.settle()
			if got := d.standing(dispute); got != c.standing {
				t.Errorf("at Stripe: %s, want %s", got, c.standing)
			}
			keys := map[any]bool{}
			for _, r := range d.requests("POST", "/v1/disputes/"+dispute) {
				keys[r["idempotency_key"]] = true
			}
			if len(keys) != 1 {
				t.Errorf("under %d keys: %v", len(keys), keys)
			}
			_, page = p.get("/disputes/" + dispute)
			switch {
			case name == "a failure that Stripe keeps":
				again := formOf(page, `form[action="/disputes/`+dispute+`/submissions"]`)
				if again.Get("again") == "" {
					t.Fatalf("nobody is asked to decide: %s", words(page))
				}
				if status, _ := p.post("/disputes/"+dispute+"/submissions", again); status != http.StatusSeeOther || d.standing(dispute) != "under_review 1" {
					t.Errorf("sent again by a person: %d %s", status, d.standing(dispute))
				}
			case c.status == 409:
				if p.review(dispute) == nil {
					t.Error("what was refused cannot be tried again")
				}
			case page.Find("#receipt").Length() != 1 || !strings.Contains(words(page), "The evidence is with Klarna"):
				t.Errorf("settled, but the page says: %s", words(page))
			}
		})
	}
}

// TestClosedMeanwhile resolves a chargeback between review and submission: nothing is sent, and the page says how it stands.
func TestClosedMeanwhile(t *testing.T) {
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	for _, outcome := range []string{"lost", "withdrawn"} {
		_, dispute := d.disputed("chargeback", nil)
		form := p.review(dispute)
		d.control("POST", "/_sim/disputes/"+dispute+"/resolve", map[string]any{"outcome": outcome}, nil)
		status, page := p.post("/disputes/"+dispute+"/submissions", form)
		if status != http.StatusConflict || !strings.Contains(words(page), "Nothing was submitted") {
			t.Errorf("%s: %d %s", outcome, status, words(page))
		}
		d.settle()
		if got := d.standing(dispute); !strings.HasSuffix(got, " 0") {
			t.Errorf("%s: %s", outcome, got)
		}
	}
}

// TestSubmissionSurvivesKill9 kills the desk after the intent and before the answer: the next start settles it, once.
func TestSubmissionSurvivesKill9(t *testing.T) {
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "0")
	p := d.signIn("staff")
	_, dispute := d.disputed("chargeback", nil)
	form := p.review(dispute)
	d.control("POST", "/_sim/faults", map[string]any{"method": "POST", "path": "/v1/disputes/" + dispute, "delay_ms": 60000}, nil)
	var wg sync.WaitGroup
	wg.Go(func() { // nobody hears the answer
		if res, err := p.http.PostForm(p.base+"/disputes/"+dispute+"/submissions", form); err == nil {
			_ = res.Body.Close()
		}
	})
	d.eventually(20*time.Second, "the submission is under way", func() bool { return len(d.requests("POST", "/v1/disputes/"+dispute)) > 0 })
	d.kill()
	wg.Wait()
	d = startDemo(t, dir)
	d.control("DELETE", "/_sim/faults", nil, nil)
	p = d.signIn("staff")
	d.eventually(2*time.Minute, "the submission is settled", func() bool {
		_, page := p.get("/disputes/" + dispute)
		return strings.Contains(words(page), "The evidence is with Klarna")
	})
	if got := d.standing(dispute); got != "under_review 1" {
		t.Error(got)
	}
}

// TestFilesOfOneDispute holds that a file is never used for another dispute, nor shown with another.
func TestFilesOfOneDispute(t *testing.T) {
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	ids := map[string]bool{}
	var docs, files []string
	var orders, disputes []string
	for range 2 {
		order, dispute := d.disputed("chargeback", nil)
		p.addFiles(order, "receipt", "/disputes/"+dispute, map[string][]byte{"same.png": picture(3, 3)})
		_, page := p.get("/disputes/" + dispute + "?step=review")
		files = append(files, page.Find(`a[href*="/files/"]`).AttrOr("href", ""))
		_, page = p.get("/orders/" + order)
		docs = append(docs, page.Find(`#dispute-files a[href*="/documents/"]`).AttrOr("href", ""))
		if status, page := p.post("/disputes/"+dispute+"/submissions", p.review(dispute)); status != http.StatusSeeOther {
			t.Fatalf("%d %s", status, words(page))
		}
		ids[fmt.Sprint(d.stripe("/v1/disputes/" + dispute)["evidence"].(map[string]any)["receipt"])] = true
		orders, disputes = append(orders, order), append(disputes, dispute)
	}
	if len(ids) != 2 {
		t.Errorf("the same file at Stripe: %v", ids)
	}
	for path, want := range map[string]int{files[0]: 200, docs[0]: 200, strings.Replace(files[0], disputes[0], disputes[1], 1): 404, strings.Replace(docs[0], orders[0], orders[1], 1): 404} {
		res, err := p.http.Get(p.base + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != want || want == 200 && (res.Header.Get("Content-Type") != "image/png" || !strings.Contains(res.Header.Get("Content-Security-Policy"), "default-src 'none'")) {
			t.Errorf("%s: %d %v", path, res.StatusCode, res.Header)
		}
	}
	if status, _ := d.signIn("viewer").get(docs[0]); status != http.StatusForbidden {
		t.Errorf("a viewer opens a file: %d", status)
	}
}
