package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// upload puts files into the locker through its file input.
func (b *browser) upload(files map[string][]byte) {
	b.t.Helper()
	var paths []string
	dir := b.t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, content, 0o600); err != nil {
			b.t.Fatal(err)
		}
		paths = append(paths, path)
	}
	b.run(chromedp.SetUploadFiles(chromedp.CSS("#doc-file"), paths))
}

// TestDisputesInTheBrowser does what people do about disputes in Chromium.
func TestDisputesInTheBrowser(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	b := d.tab(t, parent, true)
	b.signIn("staff")
	t.Run("an inquiry is settled by its refund", func(t *testing.T) {
		b.t = t
		_, dispute := d.disputed("inquiry", nil)
		b.open("/disputes/" + dispute)
		b.press("#settle-sure")
		b.press("#settle button.pri")
		b.sees("Refunded EUR 189.90.")
		b.sees("Closed without a chargeback") // by itself, when Stripe says so
		if got := d.standing(dispute); got != "warning_closed 0" {
			t.Error(got)
		}
	})
	t.Run("an inquiry escalates while a draft is written", func(t *testing.T) {
		b.t = t
		_, dispute := d.disputed("inquiry", nil)
		b.open("/disputes/" + dispute)
		b.upload(map[string][]byte{"pod.png": picture(40, 60)})
		b.sees("pod.png")
		b.fill("#f-shipping_date", "1 October 2026")
		d.control("POST", "/_sim/disputes/"+dispute+"/escalate", nil, nil) // before it is saved
		b.sees("one round")
		b.run(chromedp.WaitVisible(chromedp.CSS(".steps")))
		saved := ""
		for deadline := time.Now().Add(patience); saved != "1 October 2026" && time.Now().Before(deadline); time.Sleep(200 * time.Millisecond) {
			_, page := p.get("/disputes/" + dispute + "?step=evidence")
			saved = formOf(page, "#draft").Get("shipping_date")
		}
		if saved != "1 October 2026" {
			t.Errorf("the draft did not come along: %q", saved)
		}
		b.open("/disputes/" + dispute + "?step=evidence")
		b.sees("pod.png")
	})
	t.Run("a file arrives while a field is written", func(t *testing.T) {
		b.t = t
		_, dispute := d.disputed("inquiry", nil)
		b.open("/disputes/" + dispute)
		b.run(chromedp.Evaluate[chromedp.Void](`{
			const real = window.fetch;
			const held = new Promise((go) => { window.release = go; });
			window.fetch = async (...what) => { if (what[1]?.headers?.["HX-Target"]) await held; return real(...what); };
		}`))
		b.upload(map[string][]byte{"pod.png": picture(40, 60)})
		b.fill("#f-shipping_date", "1 Oct")
		b.run(chromedp.Evaluate[chromedp.Void](`window.release()`), chromedp.WaitVisible(chromedp.CSS("#dispute-files .files:not([data-uploads]) li")))
		if focus := ask(b, chromedp.Evaluate[string](`document.activeElement.id`)); focus != "f-shipping_date" {
			t.Errorf("the letters that follow go to %q", focus)
		}
	})
	t.Run("a chargeback is answered", func(t *testing.T) {
		b.t = t
		_, dispute := d.disputed("chargeback", nil)
		b.open("/disputes/" + dispute)
		b.sees("What decides it")
		b.press(`form[action$="/drafts"] button.pri`)
		b.sees("In your words")
		before := ask(b, chromedp.Text(chromedp.CSS("#completeness .num")))
		b.upload(map[string][]byte{"a.png": picture(40, 60), "b.png": picture(60, 40), "c.pdf": onePage(), "IMG_4410.heic": []byte("\x00\x00\x00\x18ftypheic")})
		b.sees("IMG_4410.heic is HEIC")
		for _, name := range []string{"a.png", "b.png", "c.pdf"} {
			b.sees(name)
		}
		b.sees("3 pages, fewer than 50 allowed")
		b.fill("#f-uncategorized_text", "It was handed over on 5 October 2026.")
		b.sees("Saved ")
		for deadline := time.Now().Add(patience); ask(b, chromedp.Text(chromedp.CSS("#completeness .num"))) == before; time.Sleep(100 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatalf("the meter stays at %s", before)
			}
		}
		b.press(`#draft button[value="review"]`)
		b.sees("You can submit once")
		b.sees("It was handed over on 5 October 2026.")
		b.sees("Proof of delivery.pdf")
		b.press("#sure")
		b.run(chromedp.DoubleClick(chromedp.CSS(`form[action$="/submissions"] button.pri`)))
		b.sees("The evidence is with Klarna")
		b.sees("SHA-256 of all")
		if sent := strings.Count(fmt.Sprint(d.evidenceCalls(dispute)), "true"); sent != 1 || d.standing(dispute) != "under_review 1" {
			t.Errorf("%d submissions, %s", sent, d.standing(dispute))
		}
	})
	t.Run("two people in one draft", func(t *testing.T) {
		b.t = t
		_, dispute := d.disputed("chargeback", nil)
		b.open("/disputes/" + dispute + "?step=evidence")
		d.signIn("manager").save(dispute, "shipping_date", "2 October 2026")
		b.fill("#f-shipping_date", "3 October 2026")
		b.sees("Somebody else changed the same field")
		b.press("#draft .acts .sec")
		b.sees("2 October 2026")
		if got := ask(b, chromedp.Value(chromedp.CSS("#f-shipping_date"))); got != "3 October 2026" {
			t.Errorf("what was typed is lost: %q", got)
		}
	})
	t.Run("a chargeback is accepted", func(t *testing.T) {
		b.t = t
		_, dispute := d.disputed("chargeback", nil)
		b.open("/disputes/" + dispute)
		b.press(`a[href="#accept"]`)
		b.press("#accept-sure")
		b.press("#accept button.danger")
		b.sees("Accepted")
		if got := d.standing(dispute); got != "lost 0" {
			t.Error(got)
		}
	})
	t.Run("a mail", func(t *testing.T) {
		b.t = t
		d.capturedOrder(map[string]any{"amount": 4200, "currency": "eur", "order_reference": "NG-EML-1"})
		b.open("/mail-disputes/new")
		path := filepath.Join(t.TempDir(), "klarna.eml")
		if err := os.WriteFile(path, []byte("From: k@klarna.example\r\nSubject: NG-EML-1\r\n\r\nPlease answer."), 0o600); err != nil {
			t.Fatal(err)
		}
		b.run(chromedp.SetUploadFiles(chromedp.CSS("#eml"), []string{path}))
		b.press(`form[enctype] button.pri`)
		b.sees("matched to its order")
		b.sees("Please answer.")
	})
	t.Run("without a script", func(t *testing.T) {
		plain := d.tab(t, parent, false)
		plain.signIn("staff")
		_, dispute := d.disputed("chargeback", nil)
		plain.open("/disputes/" + dispute)
		plain.press(`form[action$="/drafts"] button.pri`)
		plain.sees("In your words")
		plain.upload(map[string][]byte{"pod.png": picture(40, 60)})
		plain.press("[data-plain-upload] button")
		plain.sees("pod.png")
		plain.fill("#f-shipping_date", "1 October 2026")
		plain.press(`#draft button[value="review"]`)
		plain.sees("You can submit once")
		plain.press("#sure")
		plain.press(`form[action$="/submissions"] button.pri`)
		plain.sees("SHA-256 of all")
		if got := d.standing(dispute); got != "under_review 1" {
			t.Error(got)
		}
	})
}

// onePage is a small PDF of one page.
func onePage() []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, object := range []string{"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>", "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << >> >>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, object)
	}
	table := b.Len()
	fmt.Fprintf(&b, "xref\n0 4\n0000000000 65535 f \n%010d 00000 n \n%010d 00000 n \n%010d 00000 n \n", at[0], at[1], at[2])
	fmt.Fprintf(&b, "trailer\n<< /Size 4 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", table)
	return b.Bytes()
}

// TestDisputeAccessibility asks axe about the pages of disputes, in their states.
func TestDisputeAccessibility(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("manager")
	at := func(stage string, fields map[string]any) string {
		_, dispute := d.disputed(stage, fields)
		return "/disputes/" + dispute
	}
	order, dispute := d.disputed("chargeback", nil)
	chargeback := "/disputes/" + dispute
	p.addFiles(order, "receipt", chargeback, map[string][]byte{"Rechnung-für-Großmann-Wüstenhagen-mit-einem-sehr-langen-Namen.png": picture(9, 9)})
	answered := at("chargeback", nil)
	p.post(answered+"/submissions", p.review(strings.TrimPrefix(answered, "/disputes/")))
	b := d.tab(t, parent, true)
	b.signIn("manager")
	b.auditPages(map[string]string{"inbox": "/disputes", "none": "/disputes?q=zzzzz", "inquiry": at("inquiry", nil), "reason": chargeback + "?step=reason", "evidence": chargeback + "?step=evidence",
		"review": chargeback + "?step=review", "answered": answered, "won": at("chargeback", map[string]any{"outcome": "won"}), "lost": at("lost_at_once", nil), "mail": "/mail-disputes/new", "outcomes": "/disputes/outcomes",
		"locker": "/orders/" + order})
}
