package main

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// TestBrowserBulk picks orders, captures them together with one that fails, and tries that one again, with JavaScript and without.
func TestBrowserBulk(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "0")
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%t", script), func(t *testing.T) {
			ids := d.orders(4)
			d.control("POST", "/_sim/faults", map[string]any{"method": "POST", "path": "/v1/payment_intents/" + ids[1] + "/capture",
				"error": map[string]any{"type": "invalid_request_error", "message": "No such luck."}, "status": 400}, nil)
			b := d.tab(t, parent, script)
			b.signIn("staff")
			b.open("/orders?tab=to-capture")
			for _, id := range ids[:3] {
				b.press(`input[name="order"][value="` + id + `"]`)
			}
			if script {
				b.sees("3 selected")
				b.sees("EUR 20.02")
				b.sees("SEK 10.01")
				b.sees("3 without tracking")
			}
			b.press("[data-bulk-capture]")
			b.sees("Capture 3 orders in 2 currencies: EUR 20.02, SEK 10.01")
			b.fill("#batch-reason", "picked up in the shop")
			b.press("form[action$=\"/runs\"] button.pri")
			b.until("Finished: 2 done · 1 failed")
			b.press("form[action$=\"/retries\"] button")
			b.until("Finished: 3 done")
		})
	}
}

// until waits for a text that a background run brings. Without script nothing comes by itself: the page is loaded again, once in a while, so
// that a form that was just sent gets its answer first.
func (b *browser) until(text string) {
	b.t.Helper()
	for range 12 {
		for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); <-time.After(50 * time.Millisecond) {
			ctx, cancel := context.WithTimeout(b.ctx, time.Second)
			now, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
			cancel()
			if err == nil && strings.Contains(strings.ReplaceAll(now, "\u00a0", " "), text) {
				return
			}
		}
		b.open(strings.TrimPrefix(ask(b, chromedp.Location()), b.demo.App))
	}
	b.sees(text)
}

// TestBrowserShip pastes and scans lines, previews them and runs them, with JavaScript and without; the same again does nothing.
func TestBrowserShip(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "0")
	for i, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%t", script), func(t *testing.T) {
			ref := fmt.Sprintf("NG-%d", i)
			d.order(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "order_reference": ref})
			b := d.tab(t, parent, script)
			b.signIn("staff")
			run := func() {
				b.open("/ship")
				for _, code := range []string{ref, "0034043416109404255" + fmt.Sprint(7+i)} {
					b.fill("#scan-code", code+kb.Enter)
					b.sees(code + " added.")
					if focus := ask(b, chromedp.Evaluate[string](`document.activeElement.id`)); script && focus != "scan-code" {
						t.Errorf("the focus is on %q", focus)
					}
				}
				b.press(`#scan button[value="preview"]`)
			}
			run()
			b.sees("Capture 1 order: EUR 189.90")
			b.press("form[action$=\"/runs\"] button.pri")
			b.until("Finished: 1 done")
			run()
			b.sees("There is nothing to be done")
		})
	}
}

// TestBrowserPalette goes places by keys.
func TestBrowserPalette(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "12")
	b := d.tab(t, parent, true)
	b.signIn("manager")
	key := func(keys string, modifiers ...chromedp.KeyOption) { b.run(chromedp.KeyEvent(keys, modifiers...)) }
	key("k", chromedp.KeyModifiers(2)) // Ctrl
	b.run(chromedp.WaitVisible(chromedp.CSS("#palette")))
	if focus := ask(b, chromedp.Evaluate[string](`document.activeElement.id`)); focus != "palette-q" {
		t.Errorf("the focus is on %q", focus)
	}
	b.run(chromedp.SendKeys(chromedp.CSS("#palette-q"), "no track"))
	if n := ask(b, chromedp.Evaluate[int](`[...document.querySelectorAll("#palette li")].filter(l => !l.hidden).length`)); n != 1 {
		t.Errorf("%d choices for “no track”", n)
	}
	key(kb.ArrowDown)
	key(kb.Enter)
	b.address("/orders?tab=no-tracking")
	b.sees("Orders")
	key("g")
	key("t")
	b.sees("Today")
	key("k", chromedp.KeyModifiers(2))
	b.run(chromedp.WaitVisible(chromedp.CSS("#palette")), chromedp.SendKeys(chromedp.CSS("#palette-q"), "country:de"+kb.Enter))
	b.address("/orders?q=country%3Ade")
	b.open("/orders")
	key("j")
	key("x")
	b.sees("1 selected")
	key("?")
	b.run(chromedp.WaitVisible(chromedp.CSS("#keys")))
}

// TestDeskAccessibility asks axe about the pages that need a draft or a run.
func TestDeskAccessibility(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("manager")
	draft := p.draft("capture", d.orders(3)...)
	done := p.draft("cancel", d.orders(2)...)
	form := p.runForm(done)
	form.Set("reason", "duplicate")
	p.post(done+"/runs", form)
	d.finished(p, done)
	b := d.tab(t, parent, true)
	b.signIn("manager")
	b.auditPages(map[string]string{"draft": draft, "done": done, "runs": "/batches", "ship": "/ship", "files": "/exports", "settings": "/settings", "automatic": "/automatic-capture"})
}
