package static_test

import (
	"bytes"
	"compress/flate"
	"regexp"
	"strings"
	"testing"

	"counterfoil/static"
)

func TestServe(t *testing.T) {
	url := static.URL("css/counterfoil.css")
	for _, c := range []struct {
		path          string
		ok, immutable bool
	}{
		{url, true, true},
		{"/static/000000000000/css/counterfoil.css", true, false},
		{"/static/css/counterfoil.css", false, false},
		{strings.Replace(url, "css/", "../css/", 1), false, false},
		{"/other/000000000000/css/counterfoil.css", false, false},
		{"/static/", false, false},
		{"", false, false},
	} {
		a, immutable, ok := static.Serve(c.path)
		if ok != c.ok || immutable != c.immutable {
			t.Errorf("Serve(%q): found %v, immutable %v, want %v, %v", c.path, ok, immutable, c.ok, c.immutable)
		}
		if ok && (a.ContentType != "text/css; charset=utf-8" || len(a.Hash) != 64 || len(a.Body) == 0) {
			t.Errorf("Serve(%q): type %q, hash %q, %d bytes", c.path, a.ContentType, a.Hash, len(a.Body))
		}
	}
}

func TestContentTypes(t *testing.T) {
	for name, want := range map[string]string{
		"js/app.js": "text/javascript; charset=utf-8", "icons.svg": "image/svg+xml", "favicon.svg": "image/svg+xml",
		"fonts/inter-latin.woff2": "font/woff2", "fonts/LICENSE-inter.txt": "text/plain; charset=utf-8",
	} {
		if a, ok := static.Lookup(name); !ok || a.ContentType != want {
			t.Errorf("%s: found %v, type %q, want %q", name, ok, a.ContentType, want)
		}
	}
}

// TestBudgets holds the sizes of ui.md. Deflate is a little larger than the brotli that they are given in, so it errs on the safe side.
func TestBudgets(t *testing.T) {
	for _, c := range []struct {
		names []string
		most  int
	}{
		{[]string{"css/counterfoil.css"}, 12 << 10},
		{[]string{"js/app.js"}, 6 << 10},
		{[]string{"js/app.js", "js/evidence.js", "js/htmx-4.0.1.min.js", "js/hx-preload-4.0.1.min.js"}, 24 << 10},
	} {
		size := 0
		for _, name := range c.names {
			size += deflated(t, name)
		}
		if size > c.most {
			t.Errorf("%v: %d bytes, at most %d", c.names, size, c.most)
		}
	}
}

func deflated(t *testing.T, name string) int {
	t.Helper()
	a, ok := static.Lookup(name)
	if !ok {
		t.Fatalf("no %s", name)
	}
	var b bytes.Buffer
	w, err := flate.NewWriter(&b, flate.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(a.Body); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Len()
}

// TestStylesheetReferences follows each url() of the stylesheet: there is a file behind it, or it is data.
func TestStylesheetReferences(t *testing.T) {
	css, _ := static.Lookup("css/counterfoil.css")
	found := regexp.MustCompile(`url\("([^"]+)"\)`).FindAllSubmatch(css.Body, -1)
	if len(found) < 2 {
		t.Fatalf("%d references found, want the two fonts at least", len(found))
	}
	for _, m := range found {
		ref := string(m[1])
		if strings.HasPrefix(ref, "data:") {
			continue
		}
		if _, ok := static.Lookup(strings.TrimPrefix(ref, "../")); !ok || !strings.HasPrefix(ref, "../") {
			t.Errorf("the stylesheet refers to %q", ref)
		}
	}
}

// TestScriptsFitPolicy finds what the content security policy would block in our own scripts.
func TestScriptsFitPolicy(t *testing.T) {
	for _, name := range []string{"js/app.js", "js/evidence.js"} {
		js, _ := static.Lookup(name)
		for _, forbidden := range []string{"eval(", "new Function", ".style.", "innerHTML", "insertAdjacentHTML"} {
			if bytes.Contains(js.Body, []byte(forbidden)) {
				t.Errorf("%s uses %s", name, forbidden)
			}
		}
	}
}
