package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/static"
	"counterfoil/web"
	"counterfoil/web/webtest"
)

func TestBodyLimits(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	token := c.Get("/orders").Form("form").Value("csrf_token")
	form := "csrf_token=" + token + "&text="
	for _, tt := range []struct {
		name, path string
		begin      string
		size       int64 // in all
		want       int
	}{
		{"an event", "/stripe/events", "", 1000, 200},
		{"an event at the limit", "/stripe/events", "", web.EventLimit, 200},
		{"an event over the limit", "/stripe/events", "", web.EventLimit + 1, 413},
		{"an event far over the limit", "/stripe/events", "", 5 << 20, 413},
		{"an event over all measure", "/stripe/events", "", 40 << 20, 413},
		{"no event", "/stripe/events", "", 0, 200},
		{"a form at the limit", "/notes", form, web.FormLimit, 303},
		{"a form over the limit", "/notes", form, web.FormLimit + 1, 413},
		{"a form far over the limit", "/notes", form, 6 << 20, 413},
		{"a body where none is wanted", "/nowhere", "", 3 << 20, 404},
	} {
		for _, chunked := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, chunked %v", tt.name, chunked), func(t *testing.T) {
				body := io.MultiReader(strings.NewReader(tt.begin), endless(tt.size-int64(len(tt.begin))))
				req, err := http.NewRequest(http.MethodPost, s.base+tt.path, body)
				if err != nil {
					t.Fatal(err)
				}
				if !chunked {
					req.ContentLength = tt.size
				}
				req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
				req.Header.Set("Accept", "text/html")
				p := c.For(t).Do(req).Want(tt.want)
				if tt.want == 413 {
					p.WantText("main", "Nothing was done")
				}
				if tt.path == "/stripe/events" && tt.want == 200 && p.Body != fmt.Sprint(tt.size) {
					t.Errorf("%s bytes came in", p.Body)
				}
				c.For(t).Get("/orders").Want(200) // the connection, or a new one, goes on
			})
		}
	}
	if s.acted() != 2 {
		t.Errorf("%d forms got through, want 2", s.acted())
	}
}

// talk writes raw bytes to the site and gives the statuses of the answers, up to the end of the connection.
func talk(t *testing.T, s *site, text string) (statuses []int) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.WriteString(conn, text) }()
	r := bufio.NewReader(conn)
	for {
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			return statuses
		}
		if _, err := io.Copy(io.Discard, res.Body); err != nil {
			t.Fatal(err)
		}
		statuses = append(statuses, res.StatusCode)
		if res.Close {
			return statuses
		}
	}
}

// A body that no handler reads must not be taken for the next request on the connection.
func TestUnreadBodyIsNoRequest(t *testing.T) {
	s := newSite(t)
	smuggled := "GET /address HTTP/1.1\r\nHost: localhost\r\n\r\n"
	last := "GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
	pad := strings.Repeat("x", 20000) // more than is read ahead
	for name, request := range map[string]string{
		"with a length": fmt.Sprintf("POST /notes HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s%s", len(pad+smuggled), pad, smuggled),
		"in chunks":     fmt.Sprintf("POST /notes HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(smuggled), smuggled),
		"of a GET":      fmt.Sprintf("GET /orders HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s%s", len(pad+smuggled), pad, smuggled),
		"too large":     fmt.Sprintf("POST /sessions HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n%s%s", web.FormLimit+len(smuggled), strings.Repeat("x", web.FormLimit), smuggled),
	} {
		statuses := talk(t, s, request+last)
		want := []int{303, 200}
		if name == "too large" {
			want[0] = 413
		}
		if diff := cmp.Diff(want, statuses); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
	statuses := talk(t, s, "POST /notes HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"+smuggled+last)
	if diff := cmp.Diff([]int{303}, statuses); diff != "" {
		t.Errorf("a body that cannot be read ends the connection (-want +got):\n%s", diff)
	}
	statuses = talk(t, s, "POST /stripe/events HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"+last)
	if diff := cmp.Diff([]int{422}, statuses); diff != "" {
		t.Errorf("an event that cannot be read (-want +got):\n%s", diff)
	}
}

func TestPackedBodiesAreRefused(t *testing.T) {
	s := newSite(t)
	webtest.New(t, s.base).With("Content-Encoding", "gzip").Post("/stripe/events", fields("a", "b")).Want(415)
}

func TestHeadersOnEveryAnswer(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	nobody := webtest.New(t, s.base)
	icon := static.URL("icons.svg")
	want := map[string]string{
		"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
			"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin", "X-Frame-Options": "DENY",
	}
	for name, p := range map[string]*webtest.Page{
		"page": c.Get("/orders").Want(200), "sign-in": nobody.Get("/sign-in").Want(200), "redirect": nobody.Get("/orders").Want(303),
		"not found": c.Get("/nowhere").Want(404), "wrong method": c.Post("/orders", nil).Want(405), "wrong role": c.Get("/settlements").Want(403),
		"bad form": c.Post("/notes", nil).Want(403), "panic": c.Get("/panic").Want(500), "half a page": c.Get("/half").Want(500),
		"broken error page": c.Get("/panic?broken=1").Want(500), "static": c.Get(icon).Want(200), "no such file": c.Get("/static/x").Want(404),
		"health": nobody.Get("/healthz").Want(200), "for a program": nobody.With("Accept", "application/json").Get("/panic").Want(500),
		"part": c.HTMX().Get("/orders").Want(200), "failed part": c.HTMX().Get("/settlements").Want(403),
		"head too large": nobody.With("X-Long", strings.Repeat("x", 20000)).Get("/orders").Want(431),
	} {
		for header, value := range want {
			if got := p.Header.Get(header); got != value {
				t.Errorf("%s: %s is %q, want %q", name, header, got, value)
			}
		}
		if p.Header.Get("Permissions-Policy") == "" || p.Header.Get("Strict-Transport-Security") != "" || p.Header.Get("Server") != "" {
			t.Errorf("%s: headers %v", name, p.Header)
		}
		if cache := p.Header.Get("Cache-Control"); (cache == "no-store") == strings.HasPrefix(name, "static") {
			t.Errorf("%s: Cache-Control is %q", name, cache)
		}
		if strings.HasPrefix(p.Header.Get("Content-Type"), "text/html") {
			if vary := strings.Join(p.Header["Vary"], ", "); !strings.HasPrefix(vary, "HX-Request, HX-Request-Type") || p.Header.Get("Content-Type") != "text/html; charset=utf-8" {
				t.Errorf("%s: Vary %q, Content-Type %q", name, vary, p.Header.Get("Content-Type"))
			}
		}
	}
}

func TestStaticFiles(t *testing.T) {
	s := newSite(t)
	c := webtest.New(t, s.base)
	p := c.Get(static.URL("css/counterfoil.css")).Want(200)
	if cache := p.Header.Get("Cache-Control"); cache != "public, max-age=31536000, immutable" || !strings.HasPrefix(p.Header.Get("Content-Type"), "text/css") {
		t.Errorf("Cache-Control %q, Content-Type %q", cache, p.Header.Get("Content-Type"))
	}
	again := c.With("If-None-Match", p.Header.Get("ETag")).Get(static.URL("css/counterfoil.css")).Want(304)
	if again.Body != "" || again.Header.Get("ETag") != p.Header.Get("ETag") || p.Header.Get("ETag") == "" {
		t.Errorf("not modified: %q, %q", again.Body, again.Header.Get("ETag"))
	}
	old := c.Get("/static/000000000000/css/counterfoil.css").Want(200)
	if cache := old.Header.Get("Cache-Control"); cache != "no-cache" {
		t.Errorf("a file under an old hash may be kept: %q", cache)
	}
	for _, path := range []string{"/static/", "/static/../go.mod", "/static/%2e%2e/static.go", "/static/static.go"} {
		c.Get(path).Want(404)
	}
}

func TestFailuresSayNothingOfTheirCause(t *testing.T) {
	s := newSite(t)
	c := webtest.New(t, s.base)
	for _, client := range []*webtest.Client{c, c.HTMX(), c.With("Accept", "application/json"), c.With("Accept", "*/*")} {
		for path, status := range map[string]int{
			"/panic": 500, "/half": 500, "/panic?broken=1": 500, "/errors/internal": 500, "/errors/invalid": 422, "/errors/conflict": 409, "/errors/refused": 409,
			"/errors/not_found": 404, "/errors/forbidden": 403, "/errors/unauthenticated": 401, "/errors/too_many": 429, "/errors/too_large": 413,
			"/errors/unavailable": 503, "/errors/unknown": 202, "/errors/no-such-kind": 500,
		} {
			p := client.Get(path).Want(status)
			if strings.Contains(p.Body, secret) || strings.Contains(p.Body, "goroutine") || strings.Contains(p.Body, "half a page") {
				t.Errorf("%s tells its cause:\n%s", path, p.Body)
			}
			if !strings.Contains(p.Body, p.Header.Get("X-Request-ID")) || p.Header.Get("X-Request-ID") == "" {
				t.Errorf("%s does not name its reference %q:\n%s", path, p.Header.Get("X-Request-ID"), p.Body)
			}
			told := strings.Contains(p.Body, "A sentence for people.")
			if ours := strings.HasPrefix(path, "/errors/") && path != "/errors/internal"; told != ours {
				t.Errorf("%s: the sentence for people is there: %v", path, told)
			}
			if (p.Header.Get("Retry-After") != "") != (status == 429) {
				t.Errorf("%s: Retry-After %q", path, p.Header.Get("Retry-After"))
			}
		}
	}
	c.Get("/errors/conflict").WantText("main", "req_1")
	c.Get("/late").Want(500).WantText("main", "Try again")
	c.HTMX().Get("/errors/conflict").WantText("#flash", "A sentence for people.").WantNone("main")
	for text, why := range map[string]string{secret: "the cause", "goroutine": "the stack of a panic"} {
		if !strings.Contains(s.log.String(), text) {
			t.Errorf("the log does not hold %s", why)
		}
	}
}

func TestLogHoldsNobody(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	c.Get("/orders?q=jonas.weber").Want(200)
	c.Get("/keep/jonas.weber").Want(204)
	c.Get("/orders").Form("form").Fill("text", "jonas.weber").Submit(c).Want(303)
	log := s.log.String()
	for _, text := range []string{"jonas", "staff@example.com", password, c.Cookie("counterfoil"), "127.0.0.1"} {
		if strings.Contains(log, text) {
			t.Errorf("the log holds %q:\n%s", text, log)
		}
	}
	for _, text := range []string{"method=GET route=/keep/:word status=204", "method=POST route=/notes status=303", "route=/sign-in status=200", "bytes="} {
		if !strings.Contains(log, text) {
			t.Errorf("the log lacks %q:\n%s", text, log)
		}
	}
}

func TestLongAddressesFit(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	c.With("Referer", s.base+"/orders?q="+strings.Repeat("x", 5000)).Get("/orders?q=" + strings.Repeat("x", 5000)).Want(200)
}

// Fiber reuses its buffers: what a handler keeps must not change with the next request.
func TestKeptValuesStay(t *testing.T) {
	s := newSite(t)
	c := webtest.New(t, s.base)
	var want []string
	for i := range 20 {
		word := fmt.Sprintf("%c%019d", 'a'+i, i)
		c.With("X-Word", word).Get("/keep/" + word + "?q=" + word).Want(204)
		want = append(want, word, word, word, "/keep/"+word)
	}
	s.lock.Lock()
	defer s.lock.Unlock()
	if diff := cmp.Diff(want, s.kept); diff != "" {
		t.Errorf("kept (-want +got):\n%s", diff)
	}
}

func TestFlashIsShownOnce(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	c.Get("/orders").Form("form").Fill("text", "this").Submit(c).Want(303)
	value := c.Cookie("counterfoil-flash")
	c.Get("/orders").WantText("#flash", "Kept this")
	if text := c.Get("/orders").Text("#flash"); text != "" {
		t.Errorf("shown again: %q", text)
	}
	session := "counterfoil=" + c.Cookie("counterfoil") + "; counterfoil-flash="
	if text := c.With("Cookie", session+value).Get("/orders").Text("#flash"); text != "Kept this" {
		t.Fatalf("the cookie itself shows %q: the next check sees nothing", text)
	}
	c.Get("/orders").Form("form").Fill("text", strings.Repeat("x", 3000)).Submit(c).Want(303)
	c.Get("/orders").Want(200) // a long one does not shut the browser out
	body, mac, _ := strings.Cut(value, ".")
	for _, forged := range []string{body + "x." + mac, body + "." + strings.Repeat("0", len(mac)), body, "." + mac, "x"} {
		if text := c.With("Cookie", session+forged).Get("/orders").Want(200).Text("#flash"); text != "" {
			t.Errorf("forged %q is shown as %q", forged, text)
		}
	}
}

func TestDeadline(t *testing.T) {
	s := newSite(t)
	if got := webtest.New(t, s.base).Get("/deadline").Body; got != "true 15s UTC" {
		t.Errorf("deadline and zone %q", got)
	}
}

func TestRedirectsForBothKinds(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	form := c.Get("/orders").Form("form").Fill("text", "x")
	if p := form.Submit(c).Want(303); p.Header.Get("Location") != "/orders" {
		t.Errorf("plain: %v", p.Header)
	}
	if p := form.Submit(c.HTMX()).Want(200); p.Header.Get("HX-Redirect") != "/orders" || p.Header.Get("Location") != "" {
		t.Errorf("htmx: %v", p.Header)
	}
	whole := c.With("HX-Request", "true").With("HX-Request-Type", "full")
	if p := form.Submit(whole).Want(303); p.Header.Get("Location") != "/orders" {
		t.Errorf("htmx that loads a whole page: %v", p.Header)
	}
}

// An idle connection of a browser must not hold the end of the program up.
func TestShutdownWithIdleBrowsers(t *testing.T) {
	s := newSite(t)
	c := webtest.New(t, s.base)
	c.Get("/healthz").Want(200)
	begin := time.Now()
	if err := s.Shutdown(20 * time.Second); err != nil {
		t.Errorf("after %s: %v", time.Since(begin), err)
	}
}
