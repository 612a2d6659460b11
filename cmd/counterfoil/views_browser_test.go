package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestViewsInTheBrowser arranges the tabs in Chromium, with JavaScript and without, and asks axe about the page.
func TestViewsInTheBrowser(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	axe, err := os.ReadFile(filepath.Join("..", "..", "web", "webtest", "axe.min.js"))
	if err != nil {
		t.Fatal(err)
	}
	d := startDemo(t, t.TempDir(), "--orders", "30")
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%t", script), func(t *testing.T) {
			name := fmt.Sprintf("Parcels %t", script)
			id := d.signIn("manager").keeps(name, "tab=captured", true)
			b := d.tab(t, parent, script)
			b.signIn("manager")
			b.open("/views")
			b.sees(name)
			first := func() string {
				return ask(b, chromedp.Text(chromedp.CSS("ol.arrange > li:first-child a.link")))
			}
			b.press("#view-to-capture-up")
			b.shows(`ol.arrange > li:first-child#view-to-capture`)
			if script {
				if at := ask(b, chromedp.Evaluate[string](`document.activeElement.id`)); at != "view-to-capture-up" {
					t.Errorf("the focus is on %q", at)
				}
				b.shows(`#view-` + id + `-count:not(:empty)`)
			}
			b.press("#view-to-capture-down")
			b.shows(`ol.arrange > li:first-child#view-all`)
			if got := first(); got != "All" {
				t.Errorf("first is %q", got)
			}
			if script { // pressed twice before an answer: both count
				b.run(chromedp.Evaluate[chromedp.Void](`for (const _ of [1, 2]) document.querySelector("#view-all-down").click()`))
				b.shows(`ol.arrange > li:nth-child(3)#view-all`)
				b.run(chromedp.Evaluate[chromedp.Void](`for (const _ of [1, 2]) document.querySelector("#view-all-up").click()`))
				b.shows(`ol.arrange > li:first-child#view-all`)
			}
			b.press("#view-disputed-hide")
			b.shows("#view-disputed.off")
			b.press("#view-disputed-hide")
			b.shows("#view-disputed:not(.off)")
			b.press("#view-" + id + "-edit summary")
			b.fill("#name-"+id, name+" late")
			b.press("#view-" + id + "-edit form button")
			b.sees("View changed.")
			b.sees(name + " late")
			b.press("#view-" + id + "-edit summary")
			b.press("#view-" + id + "-edit .danger")
			b.sees("View deleted.")
			b.press("#flash form button")
			b.sees("The view is back.")
			b.shows("#view-" + id)
		})
	}
	b := d.tab(t, parent, true)
	b.signIn("manager")
	for _, width := range []int64{1280, 390} {
		for _, scheme := range []string{"light", "dark"} {
			t.Run(fmt.Sprintf("axe/%s/%d", scheme, width), func(t *testing.T) {
				b.t = t
				b.look("/views", scheme, width)
				b.press("details.edit summary")
				b.shows(".n.wait:not(:empty)")
				b.audit(string(axe))
				b.look("/views/viw_none", scheme, width)
				b.audit(string(axe))
			})
		}
	}
}

// shows waits until something on the page fits the selector.
func (b *browser) shows(selector string) {
	b.t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-time.After(50 * time.Millisecond) {
		ctx, cancel := context.WithTimeout(b.ctx, time.Second) // a page that is being left may never answer
		found, err := chromedp.Run(ctx, chromedp.Evaluate[bool](fmt.Sprintf("document.querySelector(%q) !== null", selector)))
		cancel()
		if err == nil && found {
			return
		}
	}
	b.t.Fatalf("nothing on the page ever fitted %s", selector)
}
