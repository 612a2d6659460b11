package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/web"
	"counterfoil/web/webtest"
)

// setCookie gives the cookie that an answer sets, nil without it.
func setCookie(p *webtest.Page, name string) *http.Cookie {
	for _, c := range (&http.Response{Header: p.Header}).Cookies() {
		if c.Name == name {
			return c
		}
	}
	return nil
}

func TestSignInAndOut(t *testing.T) {
	s := newSite(t)
	c := webtest.New(t, s.base)
	if to := c.Get("/orders?q=x").Want(303).Header.Get("Location"); to != "/sign-in?next=%2Forders%3Fq%3Dx" {
		t.Errorf("without a session: to %s", to)
	}
	form := c.Get("/sign-in?next=%2Forders%3Fq%3Dx").Want(200).Form("form").Fill("email", "staff@example.com")
	form.Fill("password", "wrong").Submit(c).Want(422)
	p := form.Fill("password", password).Submit(c).Want(303)
	if to := p.Header.Get("Location"); to != "/orders?q=x" {
		t.Errorf("signed in: to %s", to)
	}
	page := c.Get("/orders").Want(200).WantText("h1", "N staff")
	token := c.Cookie("counterfoil")
	out := c.Post("/sessions/end", fields("csrf_token", page.Attr("[name=csrf_token]", "value"))).Want(303)
	if gone := setCookie(out, "counterfoil"); gone == nil || gone.Value != "" || out.Header.Get("Location") != "/sign-in" {
		t.Errorf("signed out: cookie %v, to %s", gone, out.Header.Get("Location"))
	}
	if c.Cookie("counterfoil") != "" {
		t.Error("the browser keeps the cookie")
	}
	webtest.New(t, s.base).With("Cookie", "counterfoil="+token).Get("/orders").Want(303)
}

func TestSessionIsNotFixed(t *testing.T) {
	s := newSite(t)
	planted := strings.Repeat("A", 52)
	c := webtest.New(t, s.base)
	c.HTTP.Jar.SetCookies(mustParse(t, s.base), []*http.Cookie{{Name: "counterfoil", Value: planted, Path: "/"}})
	c.SignIn("staff@example.com", password)
	first := c.Cookie("counterfoil")
	if first == planted || len(first) < 43 {
		t.Errorf("the session is %q", first)
	}
	webtest.New(t, s.base).With("Cookie", "counterfoil="+planted).Get("/orders").Want(303)
	c.SignIn("staff@example.com", password)
	if c.Cookie("counterfoil") == first {
		t.Error("two sign-ins share a session")
	}
}

func mustParse(t *testing.T, text string) *url.URL {
	t.Helper()
	u, err := url.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestCookieFlags(t *testing.T) {
	s := newSite(t, "127.0.0.0/8")
	for _, tt := range []struct {
		name, prefix string
		client       *webtest.Client
		secure       bool
	}{
		{"loopback http", "", webtest.New(t, s.base), false},
		{"https at a proxy", "__Host-", webtest.New(t, s.base).With("X-Forwarded-Proto", "https").With("X-Forwarded-Host", "desk.example.com"), true},
	} {
		page := tt.client.Get("/sign-in").Want(200)
		browser := setCookie(page, tt.prefix+"counterfoil-browser")
		if browser == nil {
			t.Fatalf("%s: no cookie for the form in %v", tt.name, page.Header["Set-Cookie"])
		}
		form := page.Form("form").Fill("email", "staff@example.com").Fill("password", password)
		client := tt.client.With("Cookie", browser.Name+"="+browser.Value) // a test's jar sends no Secure cookie over http
		signedIn := form.Submit(client).Want(303)
		session := setCookie(signedIn, tt.prefix+"counterfoil")
		if session == nil {
			t.Fatalf("%s: no session in %v", tt.name, signedIn.Header["Set-Cookie"])
		}
		client = tt.client.With("Cookie", session.Name+"="+session.Value)
		act := client.Get("/orders").Want(200).Form("form").Set("text", "x").Submit(client).Want(303)
		for _, cookie := range []*http.Cookie{browser, session, setCookie(act, tt.prefix+"counterfoil-flash")} {
			if cookie == nil || !cookie.HttpOnly || cookie.Secure != tt.secure || cookie.SameSite != http.SameSiteLaxMode || cookie.Path != "/" || cookie.Domain != "" {
				t.Errorf("%s: %v", tt.name, cookie)
			}
		}
		if hsts := signedIn.Header.Get("Strict-Transport-Security"); (hsts != "") != tt.secure {
			t.Errorf("%s: Strict-Transport-Security %q", tt.name, hsts)
		}
	}
}

func TestPlainHTTPElsewhereIsRefused(t *testing.T) {
	direct, proxied := newSite(t), newSite(t, "127.0.0.1")
	ask := func(s *site, path, host string, header ...string) *webtest.Page {
		t.Helper()
		req, err := http.NewRequest(http.MethodGet, s.base+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		for i := 0; i < len(header); i += 2 {
			req.Header.Set(header[i], header[i+1])
		}
		return webtest.New(t, s.base).Do(req)
	}
	for _, tt := range []struct {
		name string
		page *webtest.Page
		want int
	}{
		{"loopback", ask(direct, "/sign-in", "127.0.0.1:8080"), 200},
		{"localhost", ask(direct, "/sign-in", "localhost:8080"), 200},
		{"loopback of IPv6", ask(direct, "/sign-in", "[::1]:8080"), 200},
		{"a name", ask(direct, "/sign-in", "desk.example.com"), 403},
		{"an address", ask(direct, "/sign-in", "192.168.1.5:8080"), 403},
		{"a name like localhost", ask(direct, "/sign-in", "localhost.example.com"), 403},
		{"a header from anybody", ask(direct, "/sign-in", "desk.example.com", "X-Forwarded-Proto", "https"), 403},
		{"a host from anybody", ask(direct, "/sign-in", "desk.example.com", "X-Forwarded-Host", "localhost"), 403},
		{"https at a proxy", ask(proxied, "/sign-in", "desk.example.com", "X-Forwarded-Proto", "https"), 200},
		{"http at a proxy", ask(proxied, "/sign-in", "desk.example.com", "X-Forwarded-Proto", "http"), 403},
		{"a proxy that says nothing", ask(proxied, "/sign-in", "desk.example.com"), 403},
		{"a list that the browser began", ask(proxied, "/sign-in", "desk.example.com", "X-Forwarded-Proto", "https, http"), 403},
		{"a probe", ask(direct, "/healthz", "10.0.0.7:8080"), 200},
	} {
		tt.page.Want(tt.want)
		if tt.want == 403 && (!strings.Contains(tt.page.Body, "https") || len(tt.page.Header["Set-Cookie"]) > 0) {
			t.Errorf("%s: %s %v", tt.name, tt.page.Body, tt.page.Header["Set-Cookie"])
		}
	}
}

func TestClientAddress(t *testing.T) {
	direct, proxied := newSite(t), newSite(t, "127.0.0.1", "10.0.0.0/8", "2001:db8::/32")
	for _, tt := range []struct {
		s    *site
		list []string
		want string
	}{
		{direct, nil, "127.0.0.1"},
		{direct, []string{"203.0.113.9"}, "127.0.0.1"},
		{proxied, nil, "127.0.0.1"},
		{proxied, []string{"203.0.113.9"}, "203.0.113.9"},
		{proxied, []string{"1.1.1.1, 203.0.113.9"}, "203.0.113.9"},
		{proxied, []string{"1.1.1.1, 203.0.113.9, 10.1.2.3"}, "203.0.113.9"},
		{proxied, []string{"1.1.1.1", "203.0.113.9"}, "203.0.113.9"}, // a proxy that adds a line of its own
		{proxied, []string{"::ffff:203.0.113.9"}, "203.0.113.9"},
		{proxied, []string{"2a00::1, 2001:db8::5"}, "2a00::1"},
		{proxied, []string{"1.1.1.1, unknown"}, "127.0.0.1"},
		{proxied, []string{"10.0.0.1"}, "10.0.0.1"},
	} {
		req, err := http.NewRequest(http.MethodGet, tt.s.base+"/address", nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header["X-Forwarded-For"] = tt.list
		if tt.s == direct {
			req.Header.Set("X-Forwarded-Host", "made-up.example")
		}
		got := webtest.New(t, tt.s.base).Do(req).Body
		if !strings.HasPrefix(got, tt.want+" 127.0.0.1 127.0.0.1") {
			t.Errorf("X-Forwarded-For %q: %s, want %s", tt.list, got, tt.want)
		}
	}
	for _, bad := range []string{"x", "10.0.0.0/99", "proxy.example.com"} {
		if _, err := web.New(web.Options{TrustedProxies: []string{bad}}); !models.IsKind(err, models.KindInvalid) {
			t.Errorf("TRUSTED_PROXIES=%s: %v", bad, err)
		}
	}
}

func TestThrottleOverTheWire(t *testing.T) {
	s := newSite(t)
	owner := webtest.New(t, s.base).SignIn("manager@example.com", password)
	thief := webtest.New(t, s.base)
	form := thief.Get("/sign-in").Want(200).Form("form").Fill("email", "manager@example.com").Fill("password", "wrong")
	tries := 0
	for ; tries < 21; tries++ {
		p := form.Submit(thief)
		if p.Status == http.StatusTooManyRequests {
			if p.Header.Get("Retry-After") == "" {
				t.Error("429 does not say when to come back")
			}
			break
		}
		p.Want(422)
	}
	if tries > 20 {
		t.Error("not throttled after 20 tries")
	}
	form.Fill("password", password).Submit(thief).Want(429)
	owner.SignIn("manager@example.com", password)                // the same address, but the browser that is known
	webtest.New(t, s.base).SignIn("staff@example.com", password) // somebody else
	webtest.New(t, s.base).Get("/sign-in").Want(http.StatusOK)   // the page itself
	for i := range 30 {
		form.Fill("email", fmt.Sprintf("guess%d@example.com", i)).Submit(thief)
	}
	form.Fill("email", "one-more@example.com").Submit(thief).Want(429)
	owner.SignIn("manager@example.com", password)
}

func TestEndedSessionLeadsBack(t *testing.T) {
	s := newSite(t)
	c := webtest.New(t, s.base)
	for _, tt := range []struct {
		name   string
		page   *webtest.Page
		header string
		want   string
	}{
		{"a page", c.Get("/orders?tab=all"), "Location", "/sign-in?next=%2Forders%3Ftab%3Dall"},
		{"a part of a page", c.HTMX().With("HX-Current-URL", s.base+"/orders?tab=all").Get("/orders"), "HX-Redirect", "/sign-in?next=%2Forders%3Ftab%3Dall"},
		{"a part of a strange page", c.HTMX().With("HX-Current-URL", "http://evil.example/orders").Get("/orders"), "HX-Redirect", "/sign-in"},
		{"a form", c.With("Referer", s.base+"/orders?tab=all").Post("/notes", nil), "Location", "/sign-in?next=%2Forders%3Ftab%3Dall"},
		{"a form of a strange page", c.With("Referer", s.base+".evil.example/orders").Post("/notes", nil), "Location", "/sign-in"},
		{"a form of nowhere", c.Post("/notes", nil), "Location", "/sign-in"},
	} {
		if got := tt.page.Header.Get(tt.header); got != tt.want {
			t.Errorf("%s: %d, %s to %q, want %q", tt.name, tt.page.Status, tt.header, got, tt.want)
		}
	}
	if s.acted() != 0 {
		t.Error("a form without a session was carried out")
	}
}

func TestSafeNext(t *testing.T) {
	const first = "/"
	for next, want := range map[string]string{
		"/orders/pi_1?x=1&y=2":   "/orders/pi_1?x=1&y=2",
		"/orders?q=a%20b":        "/orders?q=a%20b",
		"/settlements#top":       "/settlements",
		"/%2F/evil.example":      first,
		"":                       first,
		"orders":                 first,
		"//evil.example":         first,
		"///evil.example":        first,
		"/\\evil.example":        first,
		"\\/evil.example":        first,
		"/\t/evil.example":       first,
		"/\n/evil.example":       first,
		"/orders\r\nX-Evil: 1":   first,
		"/orders\x00":            first,
		"\x01/orders":            first,
		" /orders":               first,
		"https://evil.example":   first,
		"https:/evil.example":    first,
		"https:evil.example":     first,
		"javascript:alert(1)":    first,
		"//user@evil.example/":   first,
		"/orders%":               first,
		"?next=//evil.example":   first,
		"http://127.0.0.1/":      first,
		"/orders?to=//evil.test": "/orders?to=//evil.test",
	} {
		if got := web.SafeNext(next); got != want {
			t.Errorf("SafeNext(%q) = %q, want %q", next, got, want)
		}
	}
}

func TestSignInLeadsNowhereElse(t *testing.T) {
	s := newSite(t)
	for _, next := range []string{"//evil.example", "https://evil.example", "/\\evil.example"} {
		c := webtest.New(t, s.base)
		form := c.Get("/sign-in?next="+url.QueryEscape(next)).Want(200).Form("form").Fill("email", "staff@example.com").Fill("password", password)
		if form.Value("next") != "/" {
			t.Errorf("the form carries %q", form.Value("next"))
		}
		if to := form.Fill("next", next).Submit(c).Want(303).Header.Get("Location"); to != "/" {
			t.Errorf("next %q leads to %q", next, to)
		}
	}
}

func TestRolesByRoute(t *testing.T) {
	s := newSite(t)
	for _, tt := range []struct {
		role               models.Role
		settlements, notes int
	}{
		{models.RoleViewer, 200, 403}, {models.RoleStaff, 403, 303}, {models.RoleManager, 200, 303}, {models.RoleAdmin, 200, 303},
	} {
		c := s.signedIn(t, tt.role)
		page := c.Get("/orders").Want(200)
		p := c.Get("/settlements").Want(tt.settlements)
		if tt.settlements == 403 {
			p.WantText("main", "It is for viewers, managers and admins")
			c.With("Accept", "*/*").Get("/settlements").Want(403).WantText("main", "It is for viewers")
		}
		page.Form("form").Fill("text", "x").Submit(c).Want(tt.notes)
	}
	if s.acted() != 3 {
		t.Errorf("%d notes, want 3", s.acted())
	}
}
