package web_test

import (
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"counterfoil/models"
)

// TestPagesAreSentSmall asks for a page with and without compression.
func TestPagesAreSentSmall(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	if whole := c.With("Accept-Encoding", "identity").Get("/orders").Want(200); whole.Header.Get("Content-Encoding") != "" {
		t.Errorf("nobody asked for %q", whole.Header.Get("Content-Encoding"))
	}
	small := c.With("Accept-Encoding", "gzip").Get("/orders").Want(200)
	if small.Header.Get("Content-Encoding") != "gzip" {
		t.Fatalf("encoding %q", small.Header.Get("Content-Encoding"))
	}
	plain, err := gzip.NewReader(strings.NewReader(small.Body))
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(plain)
	if err != nil || !strings.Contains(string(text), "csrf_token") {
		t.Errorf("the page is broken: %v", err)
	}
}

// TestTokensAreMasked: each answer carries the session's token behind another mask, and each of them is good.
func TestTokensAreMasked(t *testing.T) {
	s := newSite(t)
	c := s.signedIn(t, models.RoleStaff)
	one, two := c.Get("/orders").Form("form").Value("csrf_token"), c.Get("/orders").Form("form").Value("csrf_token")
	if one == two || len(one) < 40 {
		t.Errorf("tokens %q and %q", one, two)
	}
	for _, token := range []string{one, two} {
		c.Post("/notes", map[string][]string{"text": {"x"}, "csrf_token": {token}}).Want(303)
	}
	for _, token := range []string{one + "A", one[2:], two[:len(two)/2] + one[len(one)/2:], strings.Repeat("A", len(one))} {
		c.Post("/notes", map[string][]string{"text": {"x"}, "csrf_token": {token}}).Want(403)
	}
}
