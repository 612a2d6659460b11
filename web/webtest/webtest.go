// Package webtest drives the desk in tests as a browser does: over the wire, with cookies, through the forms of its pages.
package webtest

import (
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"
)

// patience is how long a test waits for an answer, and for an app to stop.
const patience = 30 * time.Second

// Serve runs an app on a free loopback port for the time of the test and gives its address. serve and stop are the app's own.
func Serve(t testing.TB, serve func(net.Listener) error, stop func(time.Duration) error) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("webtest: %v", err)
	}
	served := make(chan error, 1)
	go func() { served <- serve(l) }()
	t.Cleanup(func() {
		if err := stop(patience); err != nil {
			t.Errorf("webtest: stop: %v", err)
		}
		if err := <-served; err != nil {
			t.Errorf("webtest: serve: %v", err)
		}
	})
	return "http://" + l.Addr().String()
}

// Client is one browser: it keeps cookies and follows no redirects, so that a test sees each answer.
type Client struct {
	Base string // http://127.0.0.1:port
	HTTP *http.Client

	t      testing.TB
	header http.Header // sent with every request
}

// New makes a browser without cookies.
func New(t testing.TB, base string) *Client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatalf("webtest: %v", err)
	}
	transport := &http.Transport{}
	t.Cleanup(transport.CloseIdleConnections)
	return &Client{Base: base, t: t, header: http.Header{"Accept": {"text/html"}}, HTTP: &http.Client{
		Jar: jar, Timeout: patience, Transport: transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// With is the same browser, cookies and all, that sends one more header.
func (c *Client) With(name, value string) *Client {
	other := *c
	other.header = c.header.Clone()
	other.header.Set(name, value)
	return &other
}

// HTMX is the same browser with JavaScript: its requests ask for a part of the page, as htmx 4 does.
func (c *Client) HTMX() *Client {
	return c.With("HX-Request", "true").With("HX-Request-Type", "partial")
}

// For is the same browser that reports to a subtest.
func (c *Client) For(t testing.TB) *Client {
	other := *c
	other.t = t
	return &other
}

// Get asks for a page by its path.
func (c *Client) Get(path string) *Page { c.t.Helper(); return c.send(http.MethodGet, path, nil) }

// Post sends exactly these fields to a path. Submit fills in what a form holds.
func (c *Client) Post(path string, fields url.Values) *Page {
	c.t.Helper()
	return c.send(http.MethodPost, path, strings.NewReader(fields.Encode()))
}

func (c *Client) send(method, path string, body io.Reader) *Page {
	c.t.Helper()
	req, err := http.NewRequest(method, c.Base+path, body)
	if err != nil {
		c.t.Fatalf("webtest: %v", err)
	}
	req.Header = c.header.Clone()
	if body != nil {
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return c.Do(req)
}

// Do sends any request in this browser.
func (c *Client) Do(req *http.Request) *Page {
	c.t.Helper()
	res, err := c.HTTP.Do(req)
	if err != nil {
		c.t.Fatalf("webtest: %s %s: %v", req.Method, req.URL.Path, err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatalf("webtest: %s %s: %v", req.Method, req.URL.Path, err)
	}
	return newPage(c.t, req, res, text)
}

// SignIn signs in through the form of the sign-in page; the test fails unless that leads on.
func (c *Client) SignIn(email, password string) *Client {
	c.t.Helper()
	c.Get("/sign-in").Want(http.StatusOK).Form("form").Fill("email", email).Fill("password", password).Submit(c).Want(http.StatusSeeOther)
	return c
}

// Cookie gives the value of a cookie that the browser holds, "" without one.
func (c *Client) Cookie(name string) string {
	c.t.Helper()
	u, err := url.Parse(c.Base)
	if err != nil {
		c.t.Fatalf("webtest: %v", err)
	}
	for _, cookie := range c.HTTP.Jar.Cookies(u) {
		if cookie.Name == name {
			return cookie.Value
		}
	}
	return ""
}
