package main

import (
	"bytes"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
)

// upload sends a file as the form does, and gives the answer's status, where it leads, and its page.
func (p *person) upload(name string, data io.Reader) (int, string, *goquery.Document) {
	p.t.Helper()
	token := p.token()
	read, write := io.Pipe()
	form := multipart.NewWriter(write)
	go func() {
		_ = form.WriteField("csrf_token", token)
		part, _ := form.CreateFormFile("file", name)
		_, err := io.Copy(part, data)
		_ = form.Close()
		_ = write.CloseWithError(err)
	}()
	res, err := p.http.Post(p.base+"/ship", form.FormDataContentType(), read)
	if err != nil {
		p.t.Fatal(err)
	}
	to := res.Header.Get("Location")
	status, page := p.read(res, nil)
	return status, to, page
}

// paste previews pasted lines and gives the path of the draft.
func (p *person) paste(lines string) string {
	p.t.Helper()
	res, err := p.http.PostForm(p.base+"/ship", url.Values{"csrf_token": {p.token()}, "lines": {lines}, "step": {"preview"}})
	if err != nil {
		p.t.Fatal(err)
	}
	to := res.Header.Get("Location")
	if status, page := p.read(res, nil); status != http.StatusSeeOther {
		p.t.Fatalf("preview: %d %s", status, words(page))
	}
	return to
}

// rowsOf are the rows of a batch's table as words, by line.
func rowsOf(page *goquery.Document) (rows []string) {
	page.Find("tbody tr").Each(func(_ int, tr *goquery.Selection) {
		rows = append(rows, strings.Join(strings.Fields(strings.ReplaceAll(tr.Text(), "\u00a0", " ")), " "))
	})
	return rows
}

func TestShipAndCapture(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	order := func(ref string, amount int) string {
		return d.make(map[string]any{"amount": amount, "currency": "eur", "country": "DE", "shipping": true, "customer_name": "Jonas Weber", "order_reference": ref})
	}
	full, less, captured, last := order("NG-1", 18990), order("NG-2", 10000), order("NG-30", 5000), order("NG-40", 4000)
	order("NG-TWIN", 4000)
	order("NG-TWIN", 4100)
	d.arrived(p, full, less, captured, last, order("NG-9", 2000))
	form := p.captureForm(captured)
	form.Set("no_tracking_reason", "forgot")
	p.post("/orders/"+captured+"/captures", form)
	d.settle()
	file := "Bestellnummer;Versanddienstleister;Sendungsnummer;Betrag;Versanddatum\n" +
		"NG-1;DHL Paket;00340434161094042557;;\n" + // full
		"NG-2;Brieftaube GmbH;TAUBE-2;60,00;\n" + // less
		"NG-30;DHL Paket;00340434161094042564;;\n" + // tracking only
		"NG-3O;DHL Paket;00340434161094042571;;\n" + // the letter O
		"NG-TWIN;DHL Paket;00340434161094042588;;\n" + // ambiguous
		"NG-9;DHL Paket;00340434161094042595;20,01;\n" + // too much
		"NG-1;DHL Paket;00340434161094042557;;\n" + // the same line again
		"NG-1;DHL Paket;00340434161094042601;;\n" + // a second parcel
		"NG-9;DHL Paket;;;\n" + // no number
		";DHL Paket;00340434161094042618;;\n" + // no order
		"NG-9;;00340434161094042555;;05/06/2026\n" + // a day that can be read in two ways
		last + ";Hermes;X;;01.01.2099\n" // a day that has not come
	status, to, page := p.upload("warehouse-2026-11-17.csv", strings.NewReader(file))
	if status != http.StatusSeeOther || !strings.HasPrefix(to, "/batches/bat_") {
		t.Fatalf("upload: %d %s %s", status, to, words(page))
	}
	_, page = p.get(to)
	for i, want := range []string{"Capture in full", "Capture less EUR 40.00 less than authorized", "Tracking only", "Did you mean NG-30?", "Ambiguous: 2 orders", "At most EUR 20.00 can be captured",
		"The same as line 2", "A second parcel", "no tracking number", "names no order", "one way only", "has not come yet"} {
		if got := rowsOf(page); i >= len(got) || !tells(got[i], want) {
			t.Errorf("line %d: %q, want %q", i+2, got[i], want)
		}
	}
	if got := words(page); !strings.Contains(got, "warehouse-2026-11-17.csv") || !strings.Contains(got, "Capture 2 orders: EUR 249.90") || !strings.Contains(got, "EUR 40.00 is released to the customers for good") {
		t.Errorf("the preview: %s", got)
	}
	start := p.runForm(to)
	if status, page := p.post(to+"/runs", start); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "Confirm what is released for good") {
		t.Errorf("without the confirmation: %d", status)
	}
	start.Set("released", page.Find(`input[name="released"]`).AttrOr("value", ""))
	if status, page := p.post(to+"/runs", start); status != http.StatusSeeOther {
		t.Fatalf("start: %d %s", status, words(page))
	}
	page = d.finished(p, to)
	if got := fmt.Sprint(results(page)); got != "[Captured Captured Tracking saved Left out Left out Left out Left out Tracking saved Left out Left out Left out Left out]" {
		t.Errorf("results: %s\n%v", got, rowsOf(page))
	}
	d.settle()
	if a, b := d.captured(full), d.captured(less); a != "succeeded 18990" || b != "succeeded 6000" {
		t.Errorf("at Stripe: %s, %s", a, b)
	}
	charge := d.stripe("/v1/payment_intents/" + full + "?expand[]=latest_charge")["latest_charge"].(map[string]any)
	if shipping, _ := charge["shipping"].(map[string]any); !sameWords(fmt.Sprint(shipping["tracking_number"]), "00340434161094042557, 00340434161094042601") {
		t.Errorf("the charge's shipping: %v", shipping)
	}

	// The same file again does nothing, and says so.
	_, to, _ = p.upload("warehouse-2026-11-17.csv", strings.NewReader(file))
	_, page = p.get(to)
	if got := words(page); !strings.Contains(got, "There is nothing to be done") || !strings.Contains(rowsOf(page)[0], "nothing to do") {
		t.Errorf("again: %s", got)
	}
}

// sameWords tells whether two lists hold the same, in whatever order.
func sameWords(a, b string) bool {
	one, two := strings.Split(a, ", "), strings.Split(b, ", ")
	slices.Sort(one)
	slices.Sort(two)
	return slices.Equal(one, two)
}

func TestShipBearsAnything(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "3")
	p := d.signIn("staff")
	for text, want := range map[string]string{
		"PK\x03\x04zip renamed": "zip or an Excel file", "%PDF-1.4": "PDF", "": "Nothing could be read", "\x00\x01\x02": "not a text file",
		strings.Repeat("NG-1;1\n", 20_002): "more than 20000 lines",
	} {
		if status, _, page := p.upload("lines.csv", strings.NewReader(text)); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), want) {
			t.Errorf("%.20q: %d %.300s", text, status, words(page))
		}
	}
	var bad bytes.Buffer
	bad.WriteString("order;tracking\n")
	for i := range 20_000 {
		fmt.Fprintf(&bad, "XX-%d;=cmd|'%d\n", i, i)
	}
	status, to, _ := p.upload("bad.csv", &bad)
	_, page := p.get(to)
	if status != http.StatusSeeOther || !strings.Contains(words(page), "20,000 left out") || !strings.Contains(words(page), "There is nothing to be done") {
		t.Errorf("20,000 bad lines: %d %.200s", status, words(page))
	}
	if status, _, page := p.upload("columns.csv", strings.NewReader("a,b\n")); status != http.StatusSeeOther && !strings.Contains(words(page), "Which column holds what?") {
		t.Errorf("columns that mean nothing: %d %.200s", status, words(page))
	}

	// 200 MB are refused, and not kept in memory meanwhile.
	before := d.memory()
	status, _, page = p.upload("huge.csv", io.LimitReader(endless{}, 200<<20))
	if grown := d.memory() - before; status != http.StatusRequestEntityTooLarge || grown > 20<<20 && !raceDetector {
		t.Errorf("200 MB: %d, %d MB more memory, %.200s", status, grown>>20, words(page))
	}
}

// endless is a file without an end.
type endless struct{}

// Read implements io.Reader.
func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "NG-1;12345678\n"[i%14]
	}
	return len(p), nil
}

// memory is the process's resident memory, in bytes.
func (d *demoProcess) memory() int {
	d.t.Helper()
	text, err := os.ReadFile("/proc/" + strconv.Itoa(d.cmd.Process.Pid) + "/statm")
	if err != nil {
		d.t.Skip("no /proc here: memory cannot be looked at")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		d.t.Fatal(err)
	}
	return pages * os.Getpagesize()
}

// TestScanner scans code after code without JavaScript and previews them.
func TestScanner(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "0")
	p := d.signIn("staff")
	for _, ref := range []string{"NG-1", "NG-2"} {
		d.arrived(p, d.make(map[string]any{"amount": 1000, "currency": "eur", "country": "DE", "shipping": true, "order_reference": ref}))
	}
	_, page := p.get("/ship")
	for _, code := range []string{"NG-1", "00340434161094042557", "00340434161094042557", "NG-2", "00340434161094042564", "00340434161094042571"} {
		form := formOf(page, `form:has(#scan-code)`)
		form.Set("code", code)
		form.Set("step", "scan")
		var status int
		if status, page = p.post("/ship", form); status != http.StatusOK {
			t.Fatalf("scan %s: %d", code, status)
		}
		if page.Find("#scan-code[autofocus]").Length() != 1 {
			t.Error("the focus has left the field")
		}
	}
	lines := page.Find("#scan-lines").Text()
	if strings.Count(lines, "00340434161094042557") != 1 {
		t.Errorf("scanned twice: %q", lines)
	}
	_, page = p.get(p.paste(lines))
	if got := rowsOf(page); len(got) != 3 || !strings.Contains(got[0], "Capture in full") || !strings.Contains(got[1], "Capture in full") || !strings.Contains(got[2], "second parcel") {
		t.Errorf("the preview: %q", got)
	}
}
