package web_test

import (
	"bytes"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"

	"counterfoil/models"
	"counterfoil/web/webtest"
)

func TestFormsNeedTheirToken(t *testing.T) {
	s := newSite(t)
	c, other := s.signedIn(t, models.RoleStaff), s.signedIn(t, models.RoleStaff)
	token := c.Get("/orders").Form("form").Value("csrf_token")
	foreign := other.Get("/orders").Form("form").Value("csrf_token")
	before := webtest.New(t, s.base).Get("/sign-in").Form("form").Value("csrf_token")
	if len(token) < 20 || token == foreign {
		t.Fatalf("tokens %q and %q", token, foreign)
	}
	evil := "http://evil.example"
	webtest.Run(t, []webtest.Scenario{
		{Name: "none", As: c, Do: post("/notes", "text", "x"), Status: 403, Has: map[string]string{"main": "Nothing was done"}},
		{Name: "empty", As: c, Do: post("/notes", "text", "x", "csrf_token", ""), Status: 403},
		{Name: "wrong", As: c, Do: post("/notes", "text", "x", "csrf_token", token[:len(token)-1]+"?"), Status: 403},
		{Name: "of another session", As: c, Do: post("/notes", "text", "x", "csrf_token", foreign), Status: 403, Has: map[string]string{"main": "out of date"}},
		{Name: "of the sign-in page", As: c, Do: post("/notes", "text", "x", "csrf_token", before), Status: 403},
		{Name: "in the address", As: c, Do: post("/notes?csrf_token="+token, "text", "x"), Status: 403},
		{Name: "in the address as well", As: c, Do: post("/notes?csrf_token="+token, "text", "x", "csrf_token", "wrong"), Status: 403},
		{Name: "none, with htmx", As: c.HTMX(), Do: post("/notes", "text", "x"), Status: 403, Has: map[string]string{"#flash": "Nothing was done"}, Not: []string{"main"}},
		{Name: "from another origin", As: c.With("Origin", evil), Do: post("/notes", "text", "x", "csrf_token", token), Status: 403},
		{Name: "from an unknown origin", As: c.With("Origin", "null"), Do: post("/notes", "text", "x", "csrf_token", token), Status: 403},
		{Name: "from another scheme", As: c.With("Origin", strings.Replace(s.base, "http:", "https:", 1)), Do: post("/notes", "text", "x", "csrf_token", token), Status: 403},
		{Name: "from another site", As: c.With("Sec-Fetch-Site", "cross-site"), Do: post("/notes", "text", "x", "csrf_token", token), Status: 403},
		{Name: "from a neighbour", As: c.With("Sec-Fetch-Site", "same-site"), Do: post("/notes", "text", "x", "csrf_token", token), Status: 403},
		{Name: "sign out without one", As: c, Do: post("/sessions/end"), Status: 403},
		{Name: "sign in without one", As: webtest.New(t, s.base), Do: post("/sessions", "email", "staff@example.com", "password", password), Status: 403},
		{Name: "sign in without the cookie", As: webtest.New(t, s.base), Do: post("/sessions", "email", "staff@example.com", "password", password, "csrf_token", before), Status: 403},
	})
	if s.acted() != 0 {
		t.Errorf("%d forms got through", s.acted())
	}
	webtest.Run(t, []webtest.Scenario{
		{Name: "right", As: c, Do: post("/notes", "text", "x", "csrf_token", token), Status: 303},
		{Name: "right, with an origin", As: c.With("Origin", s.base), Do: post("/notes", "text", "x", "csrf_token", token), Status: 303},
		{Name: "right, of a new browser", As: c.With("Sec-Fetch-Site", "same-origin").With("Origin", s.base), Do: post("/notes", "text", "x", "csrf_token", token), Status: 303},
		{Name: "right, with htmx", As: c.HTMX(), Do: post("/notes", "text", "x", "csrf_token", token), Status: 200},
	})
	if s.acted() != 4 {
		t.Errorf("%d forms got through, want 4", s.acted())
	}
}

func post(path string, pairs ...string) func(*webtest.Client) *webtest.Page {
	return func(c *webtest.Client) *webtest.Page { return c.Post(path, fields(pairs...)) }
}

func TestTokenOfASessionEndsWithIt(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	old := c.Get("/orders").Form("form").Fill("text", "x")
	c.SignIn("staff@example.com", password)
	old.Submit(c).Want(403)
	if s.acted() != 0 {
		t.Error("a form of the session before got through")
	}
}

func TestOriginBehindAProxy(t *testing.T) {
	s := newSite(t, "127.0.0.1")
	c := webtest.New(t, s.base).With("X-Forwarded-Proto", "https").With("X-Forwarded-Host", "desk.example.com")
	page := c.Get("/sign-in").Want(200)
	browser := setCookie(page, "__Host-counterfoil-browser")
	form := page.Form("form").Fill("email", "staff@example.com").Fill("password", password)
	c = c.With("Cookie", browser.Name+"="+browser.Value)
	form.Submit(c.With("Origin", "http://desk.example.com")).Want(403)
	form.Submit(c.With("Origin", s.base)).Want(403)
	form.Submit(c.With("Origin", "https://desk.example.com")).Want(303)
}

// Values are read from the body alone, whatever the form's encoding.
func TestFormsAreReadFromTheBody(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	token := c.Get("/orders").Form("form").Value("csrf_token")
	c.Post("/notes?text=address", fields("csrf_token", token, "text", "body")).Want(303)
	c.Post("/notes?text=address", fields("csrf_token", token)).Want(303)

	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for name, value := range map[string]string{"csrf_token": token, "text": "parts"} {
		if err := w.WriteField(name, value); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(http.MethodPost, s.base+"/notes?text=address", &body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", w.FormDataContentType())
	c.Do(req).Want(303)
	s.lock.Lock()
	defer s.lock.Unlock()
	if got := strings.Join(s.kept, ","); got != "body,,parts" {
		t.Errorf("read %q, want %q", got, "body,,parts")
	}
}
