package main

import (
	"encoding/csv"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// download gets a file as it is sent.
func (p *person) download(path string) (*http.Response, []byte) {
	p.t.Helper()
	res, err := p.http.Get(p.base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res, body
}

// table reads a file of orders.
func table(t *testing.T, file []byte) (header []string, rows []map[string]string) {
	t.Helper()
	text, ok := strings.CutPrefix(string(file), "\ufeff")
	if !ok || !strings.Contains(text, "\r\n") {
		t.Fatalf("no byte order mark or no CRLF: %.80q", file)
	}
	all, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range all[1:] {
		row := map[string]string{}
		for i, name := range all[0] {
			row[name] = line[i]
		}
		rows = append(rows, row)
	}
	return all[0], rows
}

func TestListsAsFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "60")
	staff, viewer := d.signIn("staff"), d.signIn("viewer")
	evil := d.order(map[string]any{"amount": 1999, "currency": "eur", "country": "DE", "shipping": true, "customer_name": `=cmd|' /C calc'!A0`, "order_reference": "@SUM(A1)"})

	res, file := staff.download("/orders.csv?tab=to-capture")
	_, rows := table(t, file)
	if got := res.Header.Get("Content-Disposition"); res.StatusCode != 200 || !strings.HasPrefix(got, `attachment; filename="orders-20`) {
		t.Errorf("%d %s", res.StatusCode, got)
	}
	var ids []string
	for _, r := range rows {
		ids = append(ids, r["payment_intent"])
		if r["payment_intent"] == evil && (r["customer_name"] != `'=cmd|' /C calc'!A0` || r["order_reference"] != "'@SUM(A1)" || r["authorized"] != "19.99") {
			t.Errorf("a formula: %v", r)
		}
	}
	_, page := staff.get("/orders?tab=to-capture")
	if diff := cmp.Diff(listed(page), ids); diff != "" {
		t.Errorf("the file is not the list (-list +file):\n%s", diff)
	}

	res, file = viewer.download("/orders.csv")
	header, rows := table(t, file)
	if len(rows) < 50 || strings.Contains(string(file), "cmd|") || strings.Contains(strings.Join(header, " "), "customer") || res.StatusCode != 200 {
		t.Errorf("a viewer's file: %d rows, %v", len(rows), header)
	}
	if status, _ := staff.get("/orders.csv?status=paid"); status != http.StatusUnprocessableEntity {
		t.Errorf("a list that does not exist: %d", status)
	}

	// The picked ones, at once.
	form := url.Values{"csrf_token": {staff.token()}, "scope": {"picked"}, "order": {evil, "pi_unknown", ids[0]}, "query": {"tab=to-capture"}}
	picked, err := staff.http.PostForm(staff.base+"/exports", form)
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(picked.Body)
	_ = picked.Body.Close()
	if _, rows := table(t, body); len(rows) != 2 {
		t.Errorf("picked: %d rows", len(rows))
	}
	form.Del("order")
	if status, _ := staff.post("/exports", form); status != http.StatusSeeOther {
		t.Errorf("nothing picked: %d", status)
	}

	// In the background: done, downloaded by its owner alone, gone with its time.
	form.Set("scope", "all")
	if status, _ := staff.post("/exports", form); status != http.StatusSeeOther {
		t.Fatalf("asked for a file: %d", status)
	}
	var link string
	d.eventually(20*time.Second, "the file is written", func() bool {
		_, page := staff.get("/exports")
		link = page.Find(`a[href^="/exports/exp_"]`).AttrOr("href", "")
		return link != ""
	})
	if _, again := staff.download(link); string(again) != string(must(staff.download("/orders.csv?tab=to-capture"))) {
		t.Error("the file in the background is another one")
	}
	if status, _ := d.signIn("manager").get(link); status != http.StatusNotFound {
		t.Errorf("another's file: %d", status)
	}
	files, err := filepath.Glob(filepath.Join(dir, "*.exports", "*.csv"))
	if err != nil || len(files) != 1 {
		t.Fatalf("files: %v %v", files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file may be read by others: %v %v", info.Mode(), err)
	}
	if err := os.Remove(files[0]); err != nil {
		t.Fatal(err)
	}
	if status, page := staff.get(link); status != http.StatusConflict || !strings.Contains(words(page), "kept for 24 hours") {
		t.Errorf("a file that is gone: %d %s", status, words(page))
	}
}

func must(_ *http.Response, body []byte) []byte { return body }

// token is the CSRF token of the person's session.
func (p *person) token() string {
	p.t.Helper()
	_, page := p.get("/orders")
	return page.Find(`input[name="csrf_token"]`).First().AttrOr("value", "")
}

// TestFilesSurviveACrash kills the desk while files are being written; they are there afterwards.
func TestFilesSurviveACrash(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "200")
	p := d.signIn("staff")
	for range 5 {
		p.post("/exports", url.Values{"csrf_token": {p.token()}, "scope": {"all"}})
	}
	d.kill()
	d = startDemo(t, dir)
	p = d.signIn("staff")
	d.eventually(30*time.Second, "all files are written", func() bool {
		_, page := p.get("/exports")
		return page.Find(`a[href^="/exports/exp_"]`).Length() == 5
	})
}
