package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// browser is a headless Chromium. Tests skip without one, or fail where COUNTERFOIL_REQUIRE names it.
type browser struct {
	t    *testing.T
	ctx  context.Context
	demo *demoProcess
}

// chromium finds the program.
func chromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	if strings.Contains(os.Getenv("COUNTERFOIL_REQUIRE"), "chromium") {
		t.Fatal("Chromium is required and not installed")
	}
	t.Skip("Chromium is not installed: the browser tests are skipped")
	return ""
}

// startBrowser starts one Chromium for a test; tabs are opened in it. Under the race detector there is none: browsers look at pages, and what
// runs at the same time in the program is tested without one, in half the time.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	if raceDetector {
		t.Skip("without the race detector only")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(chromium(t)), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-background-networking", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("disable-sync", true), chromedp.Flag("disable-quic", true))
	allocator, cancel := chromedp.NewExecAllocator(t.Context(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("Chromium does not start: %v", err)
	}
	return ctx
}

// tab opens a tab of its own cookies; script tells whether JavaScript runs.
func (d *demoProcess) tab(t *testing.T, parent context.Context, script bool) *browser {
	t.Helper()
	ctx, cancel := chromedp.NewContext(parent, chromedp.WithNewBrowserContext())
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil { // opens the tab, which lives as long as this context
		t.Fatal(err)
	}
	b := &browser{t: t, ctx: ctx, demo: d}
	b.run(chromedp.EmulateViewport(1280, 900), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !script})
		return err
	}))
	return b
}

// patience is how long one step may take.
const patience = 20 * time.Second

func (b *browser) run(steps ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	for _, step := range steps {
		ask(b, step)
	}
}

// gone is how Chromium says that an element is no longer on the page.
var gone = regexp.MustCompile("Could not find node with given id|No node with given id found|Node is detached from document")

// ask runs one action and gives its answer.
//
// A page that is swapped in parts may take away an element between the moment it is found and the moment it is used. Chromium says so before
// anything was pressed or typed, so the action is begun again with the element that took its place.
func ask[T any](b *browser, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx, cancel := context.WithTimeout(b.ctx, patience)
	defer cancel()
	answer, err := chromedp.Run(ctx, action)
	for err != nil && ctx.Err() == nil && gone.MatchString(err.Error()) {
		answer, err = chromedp.Run(ctx, action)
	}
	if err != nil {
		ctx, cancel := context.WithTimeout(b.ctx, time.Second)
		defer cancel()
		at, _ := chromedp.Run(ctx, chromedp.Location())
		text, _ := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main")))
		b.t.Fatalf("browser at %s: %v\n%s", at, err, text)
	}
	return answer
}

// open goes to a page of the desk. Chromium now and then never tells that a page has loaded: then it is asked again.
func (b *browser) open(path string) {
	b.t.Helper()
	var err error
	for range 4 {
		ctx, cancel := context.WithTimeout(b.ctx, patience/3)
		err = chromedp.Do(ctx, chromedp.Navigate(b.demo.App+path))
		cancel()
		if err == nil {
			return
		}
	}
	b.t.Fatalf("%s: %v", path, err)
}

// fill types into a field, replacing what stands there.
func (b *browser) fill(selector, text string) {
	b.t.Helper()
	b.run(chromedp.WaitVisible(chromedp.CSS(selector)), chromedp.Clear(chromedp.CSS(selector)),
		chromedp.SendKeys(chromedp.CSS(selector), text))
}

func (b *browser) press(selector string) {
	b.t.Helper()
	b.run(chromedp.ScrollIntoView(chromedp.CSS(selector)), chromedp.Click(chromedp.CSS(selector)))
}

// sees waits until the page's main part holds the text. No-break spaces count as spaces.
func (b *browser) sees(text string) {
	b.t.Helper()
	var last string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-time.After(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, time.Second) // a page that is being left may never answer
		if now, err := chromedp.Run(ctx, chromedp.Text(chromedp.CSS("main"))); err == nil {
			last = strings.ReplaceAll(now, "\u00a0", " ")
		}
		cancel()
		if strings.Contains(last, text) {
			return
		}
	}
	b.t.Fatalf("the page never showed %q; it shows:\n%s", text, last)
}

// signIn signs in the demo's account of that role.
func (b *browser) signIn(role string) {
	b.t.Helper()
	for _, a := range b.demo.Accounts {
		if a.Role == role {
			b.open("/sign-in")
			b.fill("#email", a.Email)
			b.fill("#password", a.Password)
			b.press(`form[action="/sessions"] button`)
			b.sees("Today")
		}
	}
}

// TestBrowser does the main jobs in Chromium, with JavaScript and without.
func TestBrowser(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "12")
	euro := map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "customer_name": "Jonas Weber"}
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%t", script), func(t *testing.T) {
			b := d.tab(t, parent, script)
			b.signIn("staff")
			t.Run("capture in full", func(t *testing.T) {
				order := d.order(euro)
				b.open("/orders/" + order)
				b.typeTracking("TAUBE-11")
				b.press("#capture-panel button.pri")
				b.sees("Captured EUR 189.90")
				if got := d.captured(order); got != "succeeded 18990" {
					t.Errorf("at Stripe: %s", got)
				}
			})
			t.Run("capture less", func(t *testing.T) {
				order := d.order(euro)
				b.open("/orders/" + order)
				b.typeTracking("TAUBE-12")
				b.fill("#capture-panel [name=amount]", "149.90")
				b.press("#capture-panel button.pri")
				b.sees("The remaining EUR 40.00 is released to Jonas Weber. Stripe allows one capture: it cannot be captured later.")
				if got := d.captured(order); got != "requires_capture 0" {
					t.Errorf("captured before the confirmation: %s", got)
				}
				b.press("#capture-panel button.pri")
				b.sees("Captured EUR 149.90")
				if got := d.captured(order); got != "succeeded 14990" {
					t.Errorf("at Stripe: %s", got)
				}
			})
			t.Run("add tracking", func(t *testing.T) {
				order := d.order(euro)
				b.open("/orders/" + order)
				b.press("#shipments summary")
				b.run(chromedp.SetValue(chromedp.CSS("#shipments [name=carrier]"), "other"))
				b.fill("#shipments [name=carrier_name]", "Brieftaube GmbH")
				b.fill("#shipments [name=tracking_number]", "TAUBE-13")
				b.press("#shipments form button")
				b.sees("TAUBE-13")
				d.settle()
				charge := d.stripe("/v1/payment_intents/" + order + "?expand[]=latest_charge")["latest_charge"].(map[string]any)
				if shipping, _ := charge["shipping"].(map[string]any); shipping["tracking_number"] != "TAUBE-13" {
					t.Errorf("the charge's shipping: %v", shipping)
				}
			})
			t.Run("cancel", func(t *testing.T) {
				order := d.order(euro)
				b.open("/orders/" + order)
				b.press("#cancel-panel summary")
				b.run(chromedp.SetValue(chromedp.CSS("#cancel-panel [name=reason]"), "requested_by_customer"))
				b.press("#cancel-panel button.danger")
				b.sees("The authorization was canceled.")
				if got := d.captured(order); got != "canceled 0" {
					t.Errorf("at Stripe: %s", got)
				}
			})
			t.Run("words that are no amount", func(t *testing.T) {
				order := d.order(euro)
				b.open("/orders/" + order)
				b.typeTracking("TAUBE-14")
				b.fill("#capture-panel [name=amount]", "1.234,50")
				b.press("#capture-panel button.pri")
				b.sees("without grouping")
				kept := ask(b, chromedp.Value(chromedp.CSS("#capture-panel [name=tracking_number]")))
				if kept != "TAUBE-14" {
					t.Errorf("what was typed is lost: %q", kept)
				}
			})
		})
	}
}

func (b *browser) typeTracking(number string) {
	b.t.Helper()
	b.run(chromedp.WaitVisible(chromedp.CSS("#capture-panel [name=carrier]")), chromedp.SetValue(chromedp.CSS("#capture-panel [name=carrier]"), "other"))
	b.fill("#capture-panel [name=carrier_name]", "Brieftaube GmbH")
	b.fill("#capture-panel [name=tracking_number]", number)
}

// TestAccessibility asks axe about every page, in light and dark, at 1280 and 390 pixels, and looks for what scrolls sideways.
func TestAccessibility(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "60", "--now", "2026-11-17T13:02:00Z")
	b := d.tab(t, parent, true)
	b.signIn("manager")
	b.auditPages(d.pages())
}

// auditPages asks axe about each page, in light and dark, at 1280 and 390 pixels.
func (b *browser) auditPages(pages map[string]string) {
	script := axe(b.t)
	t := b.t
	for name, path := range pages {
		for _, width := range []int64{1280, 390} {
			for _, scheme := range []string{"light", "dark"} {
				t.Run(fmt.Sprintf("%s/%s/%d", name, scheme, width), func(t *testing.T) {
					b.t = t
					b.look(path, scheme, width)
					b.audit(script)
				})
			}
		}
	}
}

// pages are one of each kind, by name.
func (d *demoProcess) pages() map[string]string {
	d.t.Helper()
	p := d.signIn("manager")
	first := func(path, selector string) string {
		_, page := p.get(path)
		href, ok := page.Find("main " + selector).First().Attr("href")
		if !ok {
			d.t.Fatalf("no link %s on %s", selector, path)
		}
		return href
	}
	return map[string]string{
		"today":         "/",
		"orders":        "/orders",
		"orders-cards":  "/orders?tab=to-capture&country=DE",
		"orders-wrong":  "/orders?amount_min=1.234,5",
		"views":         "/views",
		"orders-none":   "/orders?q=zzzzzz",
		"order":         first("/orders?tab=to-capture", `a[href^="/orders/pi_"]`),
		"order-done":    first("/orders?tab=captured", `a[href^="/orders/pi_"]`),
		"order-expired": first("/orders?tab=expired", `a[href^="/orders/pi_"]`),
		"disputes":      "/disputes",
		"dispute":       first("/disputes?tab=needs-response", `th a[href^="/disputes/du_"]`) + "?step=evidence",
		"settlements":   "/settlements",
		"payout":        first("/settlements", `a[href^="/settlements/po_"]`),
		"help":          "/help",
		"help-country":  "/help/de/de",
		"sign-in":       "/sign-in",
		"missing":       "/orders/pi_missing",
	}
}

// look opens a page in a colour scheme and a width.
func (b *browser) look(path, scheme string, width int64) {
	b.t.Helper()
	b.run(chromedp.EmulateViewport(width, 900), chromedp.Func(func(ctx context.Context, tab *chromedp.Target) error {
		_, err := cdp.Call(ctx, tab, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
			{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
		}})
		return err
	}))
	b.open(path)
	b.run(chromedp.WaitVisible(chromedp.CSS("main h1")))
}

// audit fails on anything that axe finds and on a page wider than its window.
func (b *browser) audit(axe string) {
	b.t.Helper()
	b.run(chromedp.Evaluate[chromedp.Void](axe))
	faults := ask(b, chromedp.Evaluate[[]string](
		`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations.map(v => v.id + ": " + v.nodes.map(n => n.target + " " + (n.any[0] ? n.any[0].message : "")).join(" | ")))`,
		chromedp.EvalAwaitPromise))
	for _, f := range faults {
		b.t.Error("axe: ", f)
	}
	if over := ask(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth - document.documentElement.clientWidth`)); over > 0 {
		b.t.Errorf("the page scrolls sideways by %d px", over)
	}
}
