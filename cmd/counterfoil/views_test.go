package main

import (
	"fmt"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/google/go-cmp/cmp"

	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// saveView keeps a query of the list under a name and gives the status, where the answer leads, and the page.
func (p *person) saveView(name, query string, shared bool) (int, string, *goquery.Document) {
	p.t.Helper()
	form := p.viewForm("name", name, "query", query)
	if shared {
		form.Set("shared", "1")
	}
	return p.send("/views", form)
}

// viewForm makes a form of pairs, with this session's token.
func (p *person) viewForm(pairs ...string) url.Values {
	p.t.Helper()
	_, page := p.get("/views")
	form := url.Values{"csrf_token": {page.Find(`main input[name="csrf_token"]`).First().AttrOr("value", "")}}
	for i := 0; i < len(pairs); i += 2 {
		form.Add(pairs[i], pairs[i+1])
	}
	return form
}

// send posts a form and gives the status, where the answer leads, and the page.
func (p *person) send(path string, form url.Values) (int, string, *goquery.Document) {
	p.t.Helper()
	res, err := p.http.PostForm(p.base+path, form)
	to := ""
	if err == nil {
		to = res.Header.Get("Location")
	}
	status, page := p.read(res, err)
	return status, to, page
}

// keeps saves a view that must be taken, and gives its id.
func (p *person) keeps(name, query string, shared bool) string {
	p.t.Helper()
	status, to, page := p.saveView(name, query, shared)
	_, id, ok := strings.Cut(to, "view=viw_")
	if status != http.StatusSeeOther || !ok {
		p.t.Fatalf("save %q: %d, to %q\n%s", name, status, to, words(page))
	}
	return "viw_" + id
}

// tabsOnPage are the names on the page of the views in their order, hidden ones in brackets.
func (p *person) tabsOnPage() (tabs []string) {
	p.t.Helper()
	_, page := p.get("/views")
	page.Find("ol.arrange > li").Each(func(_ int, li *goquery.Selection) {
		name := li.Find("a.link").Text()
		if li.HasClass("off") {
			name = "(" + name + ")"
		}
		tabs = append(tabs, name)
	})
	return tabs
}

func TestViews(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "20")
	for name, run := range map[string]func(*testing.T, *demoProcess){
		"what is kept":             testViewQueries,
		"a private view stays so":  testPrivateViews,
		"a shared view":            testSharedViews,
		"the limits":               testViewLimits,
		"moved, hidden and undone": testArrangedViews,
		"columns and density":      testPreferences,
	} {
		t.Run(name, func(t *testing.T) {
			old := d.t
			d.t = t
			defer func() { d.t = old }()
			run(t, d)
		})
	}
}

// testViewQueries keeps what the list takes, in one form, and nothing else.
func testViewQueries(t *testing.T, d *demoProcess) {
	staff := d.signIn("staff")
	for i, tt := range []struct{ query, kept string }{
		{"", ""},
		{"?tab=captured&after=abc&q=+&view=viw_x", "tab=captured"},
		{"q=Müller&tab=to-capture", "q=M%C3%BCller&tab=to-capture"},
		{"tab=all", ""},
	} {
		_, to, _ := staff.saveView(fmt.Sprint("kept ", i), tt.query, false)
		want := strings.TrimSuffix("/orders?"+tt.kept+"&", "?&")
		if tt.kept == "" {
			want = "/orders?"
		}
		if !strings.HasPrefix(to, want+"view=viw_") {
			t.Errorf("%q leads to %q, want %q", tt.query, to, want)
		}
		id := to[strings.Index(to, "viw_"):]
		if status, back := staff.location("/views/" + id); status != http.StatusSeeOther || back != to {
			t.Errorf("opened: %d, to %q, want %q", status, back, to)
		}
		if status, page := staff.get("/views/" + id + "/count"); status != http.StatusOK || page.Text() == "" {
			t.Errorf("count: %d %q", status, page.Text())
		}
	}
	for name, query := range map[string]string{
		"a tab that is none": "tab=nonsense", "half an escape": "q=%zz", "no text": "q=\xff", "semicolons": "q=a;tab=all", "too long": "q=" + strings.Repeat("x", 2000),
	} {
		status, to, page := staff.saveView("garbage", query, false)
		if status != http.StatusUnprocessableEntity || page.Find(`input[name="name"]`).AttrOr("value", "") != "garbage" {
			t.Errorf("%s: %d, to %q, %s", name, status, to, words(page))
		}
	}
	if tabs := strings.Join(staff.tabsOnPage(), "|"); strings.Contains(tabs, "garbage") {
		t.Errorf("garbage was kept: %s", tabs)
	}
}

// location asks for a page and gives the status and where it leads.
func (p *person) location(path string) (int, string) {
	p.t.Helper()
	res, err := p.http.Get(p.base + path)
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	return res.StatusCode, res.Header.Get("Location")
}

// testPrivateViews asks for somebody else's own view in every way, even as an admin.
func testPrivateViews(t *testing.T, d *demoProcess) {
	id := d.signIn("staff").keeps("Secret plans", "tab=captured", false)
	other := d.signIn("admin")
	same := func(path string, ask func(path string) (int, *goquery.Document)) {
		t.Helper()
		status, page := ask(strings.Replace(path, ":id", id, 1))
		statusNone, none := ask(strings.Replace(path, ":id", "viw_none", 1))
		if status != http.StatusNotFound || statusNone != http.StatusNotFound || withoutReference(page) != withoutReference(none) {
			t.Errorf("%s: %d %s\nand of none: %d %s", path, status, words(page), statusNone, words(none))
		}
		if text, _ := page.Html(); strings.Contains(text, "Secret plans") || page.Find(`main a[href="/orders"]`).Length() == 0 {
			t.Errorf("%s names the view, or does not offer the plain list: %s", path, words(page))
		}
	}
	same("/views/:id", other.get)
	same("/views/:id/count", other.get)
	for _, path := range []string{"/views/:id", "/views/:id/deletions", "/views/:id/restorations"} {
		same(path, func(path string) (int, *goquery.Document) {
			return other.post(path, other.viewForm("name", "Mine now"))
		})
	}
	for _, move := range []string{"up", "hide"} {
		if status, _ := other.post("/views/order", other.viewForm("key", id, "move", move)); status != http.StatusNotFound {
			t.Errorf("move %s: %d", move, status)
		}
	}
	if status, _ := other.post("/views/order", other.viewForm("order", "all", "order", id)); status != http.StatusUnprocessableEntity {
		t.Errorf("an order with it: %d", status)
	}
	if tabs := strings.Join(other.tabsOnPage(), "|"); strings.Contains(tabs, "Secret") {
		t.Errorf("the other's tabs: %s", tabs)
	}
	if tabs := strings.Join(d.signIn("staff").tabsOnPage(), "|"); !strings.Contains(tabs, "Secret plans") {
		t.Errorf("the owner's tabs: %s", tabs)
	}
}

// withoutReference is what a page says, apart from the number of the request.
func withoutReference(page *goquery.Document) string {
	page.Find("main .copy").Remove()
	return words(page)
}

func testSharedViews(t *testing.T, d *demoProcess) {
	staff, viewer, manager := d.signIn("staff"), d.signIn("viewer"), d.signIn("manager")
	id := staff.keeps("Night shift", "tab=no-tracking", true)
	for name, p := range map[string]*person{"viewer": viewer, "manager": manager} {
		if tabs := strings.Join(p.tabsOnPage(), "|"); !strings.Contains(tabs, "Night shift") {
			t.Errorf("the %s's tabs: %s", name, tabs)
		}
		if status, to := p.location("/views/" + id); status != http.StatusSeeOther || to != "/orders?tab=no-tracking&view="+id {
			t.Errorf("the %s opens it: %d, to %q", name, status, to)
		}
	}
	_, page := viewer.get("/views")
	if page.Find(`form[action="/views/`+id+`"]`).Length() != 0 {
		t.Error("a viewer is offered to change it")
	}
	for path, form := range map[string]url.Values{"": viewer.viewForm("name", "Mine"), "/deletions": viewer.viewForm()} {
		if status, _ := viewer.post("/views/"+id+path, form); status != http.StatusForbidden {
			t.Errorf("a viewer posts %s: %d", path, status)
		}
	}
	if status, _, _ := viewer.saveView("For all", "", true); status != http.StatusForbidden {
		t.Errorf("a viewer shares: %d", status)
	}
	viewer.keeps("For me", "", false)
	if status, _ := manager.post("/views/"+id, manager.viewForm("name", "Late shift", "sharing", "1", "shared", "1")); status != http.StatusSeeOther {
		t.Errorf("a manager renames: %d", status)
	}
	if status, to, _ := staff.send("/views/"+id, staff.viewForm("query", "tab=captured&after=x")); status != http.StatusSeeOther || to != "/orders?tab=captured&view="+id {
		t.Errorf("other filters: %d, to %q", status, to)
	}
	if tabs := strings.Join(viewer.tabsOnPage(), "|"); !strings.Contains(tabs, "Late shift") {
		t.Errorf("renamed, still shared: %s", tabs)
	}
	if status, _ := staff.post("/views/"+id, staff.viewForm("name", "Late shift", "sharing", "1")); status != http.StatusSeeOther {
		t.Errorf("no longer shared: %d", status)
	}
	if status, _ := viewer.get("/views/" + id); status != http.StatusNotFound {
		t.Errorf("a viewer opens what is no longer shared: %d", status)
	}
}

func testViewLimits(t *testing.T, d *demoProcess) {
	manager := d.signIn("manager")
	for name, want := range map[string]string{
		"": "Give the view a name", strings.Repeat("n", 41): "At most 40 characters", "<b>\u202e": "signs that can be seen",
	} {
		if status, _, page := manager.saveView(name, "tab=captured", false); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), want) {
			t.Errorf("%q: %d %s", name, status, words(page))
		}
	}
	id := manager.keeps("Limit 0", "", false)
	if status, _, page := manager.saveView("LIMIT 0", "", false); status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "already") {
		t.Errorf("a name twice: %d %s", status, words(page))
	}
	form := manager.viewForm("query", "")
	for i := 1; ; i++ {
		form.Set("name", fmt.Sprint("Limit ", i))
		status, _, page := manager.send("/views", form)
		if status == http.StatusSeeOther && i < 50 {
			continue
		}
		if i != 50 || status != http.StatusUnprocessableEntity || !strings.Contains(words(page), "more than 50 views") {
			t.Fatalf("view %d: %d %s", i+1, status, words(page))
		}
		break
	}
	status, page := manager.post("/views/"+id, manager.viewForm("name", "limit 1"))
	if status != http.StatusUnprocessableEntity || page.Find("#name-"+id).AttrOr("value", "") != "limit 1" || page.Find("#name-"+id+"-error").Length() == 0 {
		t.Errorf("renamed like another: %d %s", status, words(page))
	}
	if _, open := page.Find("#view-" + id + "-edit").Attr("open"); !open {
		t.Error("the form with the fault is folded away")
	}
}

func testArrangedViews(t *testing.T, d *demoProcess) {
	p := d.signIn("admin")
	id := p.keeps("Mine", "tab=captured", false)
	usual := p.tabsOnPage()
	move := func(key, how string) {
		t.Helper()
		if status, to, _ := p.send("/views/order", p.viewForm("key", key, "move", how)); status != http.StatusSeeOther || to != "/views#view-"+key {
			t.Errorf("%s %s: %d, to %q", how, key, status, to)
		}
	}
	keys := []string{id}
	_, page := p.get("/views")
	page.Find(`ol.arrange input[name="key"]`).Each(func(_ int, in *goquery.Selection) {
		if key := in.AttrOr("value", ""); key != id {
			keys = append(keys, key)
		}
	})
	if status, _ := p.post("/views/order", url.Values{"csrf_token": p.viewForm()["csrf_token"], "order": keys}); status != http.StatusSeeOther {
		t.Errorf("all in order: %d", status)
	}
	if tabs := p.tabsOnPage(); tabs[0] != "Mine" || len(tabs) != len(usual) {
		t.Errorf("in order: %v", tabs)
	}
	move(id, "down")
	move("all", "hide")
	move(id, "hide")
	if diff := cmp.Diff([]string{"(All)", "(Mine)"}, p.tabsOnPage()[:2]); diff != "" {
		t.Errorf("hidden (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff("All", d.signIn("viewer").tabsOnPage()[0]); diff != "" {
		t.Errorf("somebody else's tabs (-want +got):\n%s", diff)
	}
	move("all", "show")
	for _, bad := range []url.Values{p.viewForm(), p.viewForm("key", "all", "move", "sideways"), p.viewForm("key", "later", "move", "up")} {
		if status, _ := p.post("/views/order", bad); status != http.StatusUnprocessableEntity && status != http.StatusNotFound {
			t.Errorf("%v: %d", bad, status)
		}
	}
	if status, _ := p.post("/views/"+id+"/deletions", p.viewForm()); status != http.StatusSeeOther {
		t.Fatalf("deleted: %d", status)
	}
	_, page = p.get("/views")
	undo := page.Find(`#flash form[action="/views/` + id + `/restorations"]`)
	if undo.Length() != 1 || page.Find("#view-"+id).Length() != 0 {
		t.Fatalf("after the deletion: %s", words(page))
	}
	if status, _ := p.get("/views/" + id); status != http.StatusNotFound {
		t.Errorf("a deleted view: %d", status)
	}
	if status, _ := p.post("/views/"+id+"/restorations", formOf(page, "#flash form")); status != http.StatusSeeOther {
		t.Fatalf("undone: %d", status)
	}
	if diff := cmp.Diff([]string{"All", "(Mine)"}, p.tabsOnPage()[:2]); diff != "" {
		t.Errorf("undone (-want +got):\n%s", diff)
	}
}

// TestViewsOfAnotherVersion opens a view that a database of another version may hold.
func TestViewsOfAnotherVersion(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	d := startDemo(t, dir, "--orders", "12")
	p := d.signIn("staff")
	id := p.keeps("Old", "tab=captured", false)
	db := storetest.OpenAt(t, filepath.Join(dir, "counterfoil.db"))
	keep := func(query string) {
		t.Helper()
		storetest.Tx(t, db, func(tx *store.Tx) error {
			_, err := tx.SQL().Exec("update saved_views set query = ? where id = ?", query, id)
			return err
		})
	}
	keep("tab=of-another-version")
	status, page := p.get("/views/" + id)
	if status != http.StatusUnprocessableEntity || page.Find(`main a[href="/orders"]`).Length() == 0 || !strings.Contains(words(page), "does not work any more") {
		t.Errorf("%d %s", status, words(page))
	}
	if status, page := p.get("/views/" + id + "/count"); status != http.StatusOK || !strings.Contains(page.Text(), "–") {
		t.Errorf("count: %d %q", status, page.Text())
	}
	keep("%zz;")
	if status, _ := p.get("/views/" + id); status != http.StatusUnprocessableEntity {
		t.Errorf("garbage: %d", status)
	}
	if status, page := p.get("/views/" + id + "/count"); status != http.StatusOK || !strings.Contains(page.Text(), "–") {
		t.Errorf("count of garbage: %d %q", status, page.Text())
	}
}

func testPreferences(t *testing.T, d *demoProcess) {
	p := d.signIn("viewer")
	for _, tt := range []struct {
		form   []string
		status int
		to     string
	}{
		{[]string{"columns", "amount", "columns", "country", "density", "compact", "back", "/orders?tab=captured"}, http.StatusSeeOther, "/orders?tab=captured"},
		{[]string{"density", "comfortable", "back", "https://example.com/"}, http.StatusSeeOther, "/orders"},
		{[]string{"density", "comfortable", "back", "//example.com"}, http.StatusSeeOther, "/orders"},
		{[]string{"usual", "1", "back", "/orders?q=x"}, http.StatusSeeOther, "/orders?q=x"},
		{[]string{"columns", "iban", "density", "compact"}, http.StatusUnprocessableEntity, ""},
		{[]string{"columns", "amount", "density", "tight"}, http.StatusUnprocessableEntity, ""},
		{nil, http.StatusUnprocessableEntity, ""},
	} {
		if status, to, page := p.send("/preferences", p.viewForm(tt.form...)); status != tt.status || to != tt.to {
			t.Errorf("%v: %d, to %q %s", tt.form, status, to, words(page))
		}
	}
}
