package main_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// modulePath is the module of this repository.
const modulePath = "counterfoil"

// arrows is the table of ARCHITECTURE.md, "Who may import whom": for each package of ours, those of ours that its
// production code may import. A trailing /* stands for the packages below.
var arrows = map[string]string{
	"cmd/counterfoil":           "handlers web static models models/*",
	"cmd/stripesim":             "models/payments/stripesim",
	"handlers":                  "web web/request web/i18n views views/ui models models/books models/orders models/disputes models/evidence models/documents models/orderquery models/batches models/exports models/warehouse models/staff models/mirror models/ledger models/bank models/settlements models/mailboxes models/mailroom models/notify models/help models/helpdesk models/practice models/store models/money models/carriers",
	"web":                       "web/request web/i18n views views/ui static models models/staff models/store",
	"web/request":               "models",
	"web/i18n":                  "models/money",
	"web/webtest":               "",
	"views":                     "views/ui web/request web/i18n static models models/money models/carriers models/warehouse models/evidence models/settlements models/mailboxes models/help models/practice",
	"views/ui":                  "web/request web/i18n static models/money",
	"static":                    "",
	"models":                    "models/money",
	"models/money":              "",
	"models/carriers":           "",
	"models/batches":            "models models/money models/carriers models/warehouse models/orders models/payments models/jobs models/store",
	"models/warehouse":          "",
	"models/books":              "models models/money",
	"models/exports":            "models models/books models/ledger models/settlements models/orderquery models/jobs models/store",
	"models/orderquery":         "models models/money models/store",
	"models/settlements":        "models models/money",
	"models/bank":               "models models/money",
	"models/ledger":             "models models/bank models/settlements models/store",
	"models/mailboxes":          "models",
	"models/practice":           "models models/mailboxes",
	"models/mailroom":           "models models/acts models/mailboxes models/store",
	"models/acts":               "models models/mirror models/payments models/jobs models/store",
	"models/evidence":           "models models/money",
	"models/documents":          "models",
	"models/eml":                "models",
	"models/help":               "models",
	"models/helpdesk":           "models models/help models/store",
	"models/disputes":           "models models/money models/evidence models/documents models/eml models/acts models/mirror models/payments models/jobs models/store",
	"models/mail":               "models",
	"models/mail/mailtest":      "",
	"models/calendar":           "",
	"models/notify":             "models models/money models/mail models/calendar models/staff models/mirror models/jobs models/store",
	"models/orders":             "models models/money models/carriers models/acts models/mirror models/payments models/jobs models/store",
	"models/staff":              "models models/money models/jobs models/store",
	"models/mirror":             "models models/money models/carriers models/payments models/jobs models/store",
	"models/jobs":               "models models/store",
	"models/payments":           "models models/money",
	"models/payments/stripesim": "",
	"models/store":              "models models/money",
	"models/store/storetest":    "models models/store",
	"models/demo":               "models models/money models/payments/stripesim models/mirror models/staff models/mailboxes models/mailroom",
}

// doors names the only packages whose production code may import a third party's packages.
var doors = map[string]string{
	"gorm.io/":                     "models/store",
	"modernc.org/sqlite":           "models/store",
	"github.com/stripe/stripe-go/": "models/payments",
	"github.com/gofiber/":          "web handlers",
	"github.com/valyala/fasthttp":  "web handlers",
	"maragu.dev/goqite":            "models/jobs",
	"github.com/pdfcpu/":           "models/documents",
	"github.com/emersion/":         "models/eml models/calendar models/mail/mailtest",
	"github.com/wneessen/go-mail":  "models/mail",
	"github.com/xuri/":             "models/books",
	"github.com/go-pdf/":           "models/books",
}

// standardOnly are the packages that stand on the standard library alone.
const standardOnly = "models/money models/carriers models/payments/stripesim static"

// maxLines is how long a hand-written file may be.
const maxLines = 400

type listedPackage struct {
	ImportPath string
	Imports    []string // of production code, without tests
}

func TestImportsFollowTheArrows(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range listPackages(t) {
		name := strings.TrimPrefix(p.ImportPath, modulePath+"/")
		seen[name] = true
		allowed, known := arrows[name]
		if !known {
			t.Errorf("package %s is not in the table of arrows", name)
			continue
		}
		for _, imported := range p.Imports {
			if why := refusedImport(name, allowed, imported); why != "" {
				t.Errorf("%s imports %s: %s", name, imported, why)
			}
		}
	}
	for name := range arrows {
		if !seen[name] {
			t.Errorf("the table of arrows names package %s, which does not exist", name)
		}
	}
}

// refusedImport says why package name may not import another; "" if it may.
func refusedImport(name, allowed, imported string) string {
	if own, ok := strings.CutPrefix(imported, modulePath+"/"); ok {
		if !matchesAny(allowed, own) {
			return "no arrow leads there"
		}
		return ""
	}
	for door, keepers := range doors {
		if strings.HasPrefix(imported, door) && !matchesAny(keepers, name) {
			return "only " + keepers + " may"
		}
	}
	first, _, _ := strings.Cut(imported, "/")
	if strings.Contains(first, ".") && matchesAny(standardOnly, name) {
		return "it stands on the standard library alone"
	}
	return ""
}

func TestRefusedImport(t *testing.T) {
	for _, c := range []struct {
		name, imported string
		refused        bool
	}{
		{"handlers", "counterfoil/models/payments", true},
		{"handlers", "counterfoil/models/orders", false},
		{"views", "counterfoil/models/store", true},
		{"views", "github.com/gofiber/fiber/v2", true},
		{"web", "github.com/gofiber/fiber/v2", false},
		{"models/orders", "gorm.io/gorm", true},
		{"models/store", "gorm.io/driver/sqlite", false},
		{"models/mirror", "github.com/stripe/stripe-go/v76", true},
		{"models/money", "golang.org/x/text/language", true},
		{"models/money", "math/big", false},
		{"cmd/counterfoil", "counterfoil/models/payments/stripesim", false},
		{"cmd/counterfoil", "counterfoil/views", true},
		{"models/payments/stripesim", "counterfoil/models", true},
	} {
		if why := refusedImport(c.name, arrows[c.name], c.imported); (why != "") != c.refused {
			t.Errorf("%s imports %s: %q", c.name, c.imported, why)
		}
	}
}

func TestFilesAreShort(t *testing.T) {
	eachFile(t, func(name string, content []byte) {
		if lines := bytes.Count(content, []byte("\n")); lines > maxLines && handWritten(name) {
			t.Errorf("%s has %d lines, more than %d", name, lines, maxLines)
		}
	})
}

// scriptTag is a script element up to its end; its attributes and its content are captured.
var scriptTag = regexp.MustCompile(`(?is)<script\b([^>]*)>(.*?)</script>`)

// pagePolicy is what the content security policy forbids, and what htmx would need eval for.
var pagePolicy = map[string]*regexp.Regexp{
	"an inline style":          regexp.MustCompile(`(?i)[\s{]style\s*=\s*["{]|<style\b`),
	"hx-on":                    regexp.MustCompile(`(?i)\bhx-on\b`),
	"an inline event handler":  regexp.MustCompile(`(?i)[\s"]on[a-z]+\s*=\s*["{]`),
	"a javascript: address":    regexp.MustCompile(`(?i)javascript:`),
	"a js: value":              regexp.MustCompile(`(?i)=\s*["']js:`),
	"a templ script or styles": regexp.MustCompile(`(?m)^(?:script|css) \w+\(`),
}

func TestPagesKeepTheContentSecurityPolicy(t *testing.T) {
	pages := 0
	eachFile(t, func(name string, content []byte) {
		if path.Ext(name) != ".templ" {
			return
		}
		pages++
		for _, what := range pageFaults(string(content)) {
			t.Errorf("%s has %s", name, what)
		}
	})
	if pages == 0 {
		t.Error("no page was looked at")
	}
}

func pageFaults(page string) []string {
	var faults []string
	for what, form := range pagePolicy {
		if form.MatchString(page) {
			faults = append(faults, what)
		}
	}
	for _, script := range scriptTag.FindAllStringSubmatch(page, -1) {
		if !strings.Contains(script[1], "src=") || strings.TrimSpace(script[2]) != "" {
			faults = append(faults, "an inline script")
		}
	}
	slices.Sort(faults)
	return faults
}

func TestPageFaults(t *testing.T) {
	for page, want := range map[string]string{
		`<script src={ url } defer></script><p class="style" data-hx-one="1">a version=2 on time</p>`: "",
		`<script>alert(1)</script>`:                   "an inline script",
		`<script type="application/json">{}</script>`: "an inline script",
		`<p style="color:red">`:                       "an inline style",
		`<p style={ x }>`:                             "an inline style",
		`<style>p{}</style>`:                          "an inline style",
		`<a href="javascript:void(0)">`:               "a javascript: address",
		`<b hx-on:click="x()">`:                       "hx-on",
		`<b onclick="x()">`:                           "an inline event handler",
		`<b hx-vals='js:{a:1}'>`:                      "a js: value",
		"package views\n\nscript graph() {\n}\n":      "a templ script or styles",
	} {
		if got := strings.Join(pageFaults(page), ", "); got != want {
			t.Errorf("%s: %q, want %q", page, got, want)
		}
	}
}

// matchesAny tells whether name is one of the space-separated patterns.
func matchesAny(patterns, name string) bool {
	return slices.ContainsFunc(strings.Fields(patterns), func(pattern string) bool {
		if above, ok := strings.CutSuffix(pattern, "/*"); ok {
			return strings.HasPrefix(name, above+"/")
		}
		return name == pattern
	})
}

// handWritten tells whether a file is Go or templ source that nobody generated.
func handWritten(name string) bool {
	return path.Ext(name) == ".templ" || path.Ext(name) == ".go" && !strings.HasSuffix(name, "_templ.go")
}

// listPackages lists the packages of this module with one call of the go command.
func listPackages(t *testing.T) []listedPackage {
	t.Helper()
	command := exec.Command("go", "list", "-e", "-json=ImportPath,Imports", "./...")
	command.Dir = moduleRoot(t)
	out, err := command.Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var packages []listedPackage
	decoder := json.NewDecoder(bytes.NewReader(out))
	for {
		var p listedPackage
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return packages
		} else if err != nil {
			t.Fatal(err)
		}
		packages = append(packages, p)
	}
}

// eachFile visits the source files of the module, with their names relative to its root.
func eachFile(t *testing.T, visit func(name string, content []byte)) {
	t.Helper()
	root := os.DirFS(moduleRoot(t))
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || entry.Name() == "tools" || entry.Name() == "node_modules"):
			return fs.SkipDir
		case entry.IsDir() || path.Ext(name) != ".go" && path.Ext(name) != ".templ":
			return nil
		}
		content, err := fs.ReadFile(root, name)
		if err == nil {
			visit(name, content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	return root
}
