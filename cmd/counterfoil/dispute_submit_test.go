package main

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// TestSubmission answers a chargeback with six clicks of two people at once: one submission, and a receipt whose hashes are true.
func TestSubmission(t *testing.T) {
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
	t.Parallel()
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
