package main

import (
	"net/http"
	"strings"
	"testing"
)

// TestAutomaticCapturesAreFlagged flags them as long as no ground is recorded.
func TestAutomaticCapturesAreFlagged(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	order := d.capturedOrder(map[string]any{"amount": 18990, "currency": "eur", "country": "DE", "shipping": true, "order_reference": "NG-1"})
	d.order(map[string]any{"amount": 100, "currency": "eur", "country": "DE", "shipping": true})
	manager, staff := d.signIn("manager"), d.signIn("staff")
	flagged := func() (list, page bool) {
		_, orders := staff.get("/orders")
		_, one := staff.get("/orders/" + order)
		return strings.Contains(orders.Find(".badge").Text(), "Automatic"), strings.Contains(words(one), "without a recorded ground")
	}
	if list, page := flagged(); !list || !page {
		t.Errorf("not flagged: list %t, page %t", list, page)
	}
	if _, page := staff.get("/automatic-capture"); !tells(words(page), "In the last 30 days 1") || !strings.Contains(words(page), "capture_method]=manual") {
		t.Errorf("what to change: %s", words(page))
	}
	if _, page := staff.get("/orders?method=automatic"); len(listed(page)) != 1 {
		t.Errorf("captured automatically: %v", listed(page))
	}
	_, page := manager.get("/settings")
	form := formOf(page, `form[action="/settings/capture-ground"]`)
	form.Set("ground", "klarna_approved")
	if status, page := manager.post("/settings/capture-ground", form); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "Write who at Klarna approved it") ||
		page.Find(`option[selected][value="klarna_approved"]`).Length() != 1 {
		t.Errorf("without a word: %d", status)
	}
	form.Set("ground", "because")
	if status, _ := manager.post("/settings/capture-ground", form); status != http.StatusUnprocessableEntity {
		t.Errorf("no ground at all: %d", status)
	}
	form.Set("ground", "digital")
	if status, _ := manager.post("/settings/capture-ground", form); status != http.StatusSeeOther {
		t.Errorf("a ground: %d", status)
	}
	if list, page := flagged(); list || page {
		t.Errorf("flagged with a ground: list %t, page %t", list, page)
	}
	if _, page := manager.get("/settings"); !strings.Contains(words(page), "Recorded by Mikkel") {
		t.Errorf("who recorded it: %s", words(page))
	}
}
