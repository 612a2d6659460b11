package main

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"
)

// listed are the ids of the orders on a page of the list.
func listed(page *goquery.Document) []string {
	var all []string
	page.Find(`tbody a[href^="/orders/pi_"]`).Each(func(_ int, a *goquery.Selection) {
		all = append(all, strings.TrimPrefix(a.AttrOr("href", ""), "/orders/"))
	})
	return all
}

// tabCounts are the numbers beside the tabs' names.
func tabCounts(page *goquery.Document) map[string]string {
	counts := map[string]string{}
	page.Find("ul.tabs a").Each(func(_ int, a *goquery.Selection) {
		n := a.Find(".n").Text()
		counts[strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(a.Text()), n))] = n
	})
	return counts
}

// TestOrdersAreFound looks for orders by tabs, filters and terms, from outside.
func TestOrdersAreFound(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	euro := d.order(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "customer_name": "Jonas Weber",
		"customer_email": "jonas@weber.example", "order_reference": "NG-1"})
	krona := d.order(map[string]any{"amount": 429900, "currency": "sek", "country": "SE", "shipping": true, "customer_name": "Anna Ångström",
		"customer_email": "anna@example.se", "order_reference": "NG-2"})
	p := d.signIn("staff")
	if status, _ := p.post("/orders/"+euro+"/captures", withTracking(p.captureForm(euro), "TAUBE-1")); status != http.StatusSeeOther {
		t.Fatalf("capture: %d", status)
	}
	d.settle()
	for query, want := range map[string][]string{
		"":                               {krona, euro},
		"tab=to-capture":                 {krona},
		"tab=captured":                   {euro},
		"tab=running-out":                nil,
		"tab=expired":                    nil,
		"status=captured":                {euro},
		"status=captured,authorized":     {krona, euro},
		"country=SE":                     {krona},
		"currency=EUR":                   {euro},
		"amount_min=200":                 {krona},
		"amount_max=189.90":              {euro},
		"tracking=yes":                   {euro},
		"method=automatic":               nil,
		"reference=NG-2":                 {krona},
		"email=JONAS@weber.example":      {euro},
		"q=angst":                        {krona},
		"q=country:de":                   {euro},
		"q=amount>1000+anna":             {krona},
		"q=ref:NG-1+status:authorized":   nil,
		"sort=amount":                    {euro, krona},
		"sort=-amount":                   {krona, euro},
		"sort=created":                   {euro, krona},
		"tab=captured&q=weber&country=D": nil,
	} {
		status, page := p.get("/orders?" + strings.ReplaceAll(query, ">", "%3E"))
		wantStatus := http.StatusOK
		if strings.Contains(query, "country=D") && !strings.Contains(query, "country=DE") {
			wantStatus = http.StatusUnprocessableEntity
		}
		if diff := cmp.Diff(want, listed(page)); diff != "" || status != wantStatus {
			t.Errorf("%s: %d (-want +got):\n%s", query, status, diff)
		}
	}
	_, page := p.get("/orders")
	want := map[string]string{"All": "2", "To capture": "1", "Running out": "0", "Captured": "1", "No tracking": "0", "Disputed": "0", "Refunded": "0", "Expired": "0"}
	if diff := cmp.Diff(want, tabCounts(page)); diff != "" {
		t.Errorf("counts (-want +got):\n%s", diff)
	}

	// An authorization runs out by the clock alone: no event of Stripe's is needed.
	d.control("POST", "/_sim/webhooks", map[string]any{"mode": "hold"}, nil)
	d.control("POST", "/_sim/clock", map[string]any{"advance": "520h"}, nil)
	if _, page := p.get("/orders?tab=running-out"); !slices.Equal(listed(page), []string{krona}) {
		t.Errorf("running out: %v", listed(page))
	}
	d.control("POST", "/_sim/clock", map[string]any{"advance": "170h"}, nil)
	_, page = p.get("/orders?tab=expired")
	if counts := tabCounts(page); !slices.Equal(listed(page), []string{krona}) || counts["Expired"] != "1" || counts["To capture"] != "0" {
		t.Errorf("expired: %v, %v", listed(page), counts)
	}
}

// TestListKeepsItsAddress follows a person from a filtered list into an order and back.
func TestListKeepsItsAddress(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "20")
	p := d.signIn("staff")
	p.get("/orders?tab=captured&country=DE&sort=amount&after=&nonsense=1")
	status, page := p.get("/orders?tab=captured&sort=amount")
	if status != http.StatusOK || len(listed(page)) == 0 {
		t.Fatalf("captured: %d %v", status, listed(page))
	}
	_, order := p.get("/orders/" + listed(page)[0])
	if back := order.Find("a.back").AttrOr("href", ""); back != "/orders?sort=amount&tab=captured" {
		t.Errorf("the way back leads to %q", back)
	}
	next, ok := page.Find(`a[rel="next"]`).Attr("href")
	if ok && !strings.Contains(next, "sort=amount") {
		t.Errorf("the next page forgets the order: %q", next)
	}
}

// TestBrokenListsAreSaid asks for lists that do not exist.
func TestBrokenListsAreSaid(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "4")
	p := d.signIn("viewer")
	for _, query := range []string{
		"tab=paid", "sort=name", "after=MTIz", "before=%00", "after=" + strings.Repeat("A", 4000), "status=paid", "country=XYZ", "amount_min=1e3", "created_from=yesterday-ish",
		"q=colour:red", "q=amount:..", "amount_max=" + strings.Repeat("9", 50), "currency=' or 1=1 --", "tracking=maybe",
	} {
		status, page := p.get("/orders?" + (url.Values{}).Encode() + strings.ReplaceAll(query, " ", "%20"))
		if status != http.StatusUnprocessableEntity || page.Find(`main a[href="/orders"]`).Length() == 0 || len(listed(page)) != 0 {
			t.Errorf("%.40s: %d %.200s", query, status, strings.Join(strings.Fields(page.Find("main").Text()), " "))
		}
	}
	if status, page := p.get("/orders?amount_min=1.234,50&country=DE"); status != http.StatusUnprocessableEntity ||
		page.Find(`input[name="amount_min"]`).AttrOr("value", "") != "1.234,50" || page.Find(`select[name="country"] option[selected]`).AttrOr("value", "") != "DE" {
		t.Errorf("what was typed is lost: %d", status)
	}
}
