package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// TestBrowserOrders finds orders by filters, sorts them and comes back to them, with JavaScript and without.
func TestBrowserOrders(t *testing.T) {
	t.Parallel()
	parent := startBrowser(t)
	d := startDemo(t, t.TempDir(), "--orders", "0")
	d.order(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "customer_name": "Jonas Weber", "order_reference": "NG-1"})
	d.order(map[string]any{"amount": 429900, "currency": "sek", "country": "SE", "customer_name": "Anna Ångström", "order_reference": "NG-2"})
	d.order(map[string]any{"amount": 5000, "currency": "eur", "country": "AT", "customer_name": "Josef Huber", "order_reference": "NG-3"})
	for _, script := range []bool{true, false} {
		t.Run(fmt.Sprintf("script=%t", script), func(t *testing.T) {
			b := d.tab(t, parent, script)
			b.signIn("staff")
			b.open("/orders")
			b.press("details.filters summary")
			b.run(chromedp.WaitVisible(chromedp.CSS("#filter-currency")), chromedp.SetValue(chromedp.CSS("#filter-currency"), "EUR"))
			b.press("details.filters button.pri")
			b.sees("2 of 3 orders")
			b.address("/orders?currency=EUR")
			b.press(`th a[href*="sort=-amount"]`)
			b.shows(`th[aria-sort="descending"]:has(a[href*="sort=amount"])`)
			b.address("/orders?currency=EUR&sort=-amount")
			b.press("details.filters summary")
			b.fill("#filter-amount_min", "1.000,00")
			b.press("details.filters button.pri")
			b.sees("is not an amount")
			if kept := ask(b, chromedp.Value(chromedp.CSS("#filter-amount_min"))); kept != "1.000,00" {
				t.Errorf("what was typed is lost: %q", kept)
			}
			b.fill("#filter-amount_min", "100")
			b.press("details.filters button.pri")
			b.sees("1 of 3 orders")
			b.press("tbody a.link")
			b.sees("Jonas Weber")
			b.press("a.back")
			b.sees("1 of 3 orders")
			b.press(".chip.on") // the first: amount
			b.sees("2 of 3 orders")
			b.open("/orders")
			b.fill("#q", "country:se anna")
			b.run(chromedp.Submit(chromedp.CSS("#q")))
			b.sees("1 of 1 shown")
			b.fill("#q", "colour:red")
			b.run(chromedp.Submit(chromedp.CSS("#q")))
			b.sees("there is no field “colour”")
		})
	}
}

// address waits until the browser shows this address.
func (b *browser) address(want string) {
	b.t.Helper()
	var last string
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); <-time.After(50 * time.Millisecond) {
		if last = strings.TrimPrefix(ask(b, chromedp.Location()), b.demo.App); last == want {
			return
		}
	}
	b.t.Errorf("the address is %q, want %q", last, want)
}
