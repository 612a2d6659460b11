package views_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"
	"github.com/a-h/templ"
	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/views"
)

// someEntries are two built-in tabs and three views, arranged.
func someEntries() []models.ListEntry {
	mine := models.SavedView{ID: "viw_1", StaffID: "stf_me", Name: "Germany <b>", Query: "country=DE"}
	ours := models.SavedView{ID: "viw_2", StaffID: "stf_me", Name: "Ours", Shared: true}
	theirs := models.SavedView{ID: "viw_3", StaffID: "stf_other", StaffName: "Mats Øre", Name: "Theirs", Shared: true, Query: "q=a&tab=captured"}
	return []models.ListEntry{
		{Key: "viw_1", View: &mine}, {Key: views.TabAll}, {Key: "viw_3", View: &theirs, Hidden: true}, {Key: views.TabCaptured, Hidden: true},
		{Key: "viw_2", View: &ours}, {Key: "of-another-version"},
	}
}

func viewsInput(t *testing.T, role models.Role) views.ViewsInput {
	t.Helper()
	me := models.Staff{ID: "stf_me", Role: role}
	return views.ViewsInput{
		Shell: shell(t, role), Me: me, Entries: someEntries(), MayEdit: func(v models.SavedView) bool { return v.StaffID == me.ID },
		MayShare: role != models.RoleViewer, Deleted: []models.SavedView{{ID: "viw_9", StaffID: "stf_me", Name: "Gone", DeletedAt: unix(t, "2026-11-16T08:00:00Z")}},
	}
}

// viewPages are the pages of saved views, for allPages; what has no page of its own stands on an empty one.
func viewPages(t *testing.T) []page {
	t.Helper()
	staff, viewer := as(models.RoleStaff), as(models.RoleViewer)
	index := func(in views.ViewsInput) templ.Component { return views.ViewsIndex(views.NewViewsPage(in)) }
	wrong, undo := viewsInput(t, models.RoleStaff), viewsInput(t, models.RoleStaff)
	wrong.Edit = &views.ViewEdit{ID: "viw_2", Name: "Germany", Error: "There is a view “Germany” already."}
	undo.Shell.Flash = views.NewFlash("View deleted.", "", false)
	undo.Shell.Flash.Undo = "/views/viw_9/restorations"
	refused := views.SaveViewInput{Query: "tab=x", Name: "x", Errors: map[string]string{"query": "There is no such list.", "name": "Taken."}}
	lost := func(status int) templ.Component {
		return views.LostViewShow(views.NewLostViewPage(views.LostViewInput{Shell: shell(t, models.RoleStaff), Status: status, Message: "There is no such view."}))
	}
	return []page{
		{name: "views", ctx: staff, view: index(viewsInput(t, models.RoleStaff))},
		{name: "views-viewer", ctx: viewer, view: index(viewsInput(t, models.RoleViewer))},
		{name: "views-wrong", ctx: staff, view: index(wrong)},
		{name: "views-undo", ctx: staff, view: index(undo)},
		{name: "view-refused", ctx: staff, view: views.SaveViewShow(views.NewSaveViewPage(shell(t, models.RoleStaff), refused))},
		{name: "view-lost", ctx: staff, view: lost(http.StatusNotFound)},
		{name: "view-broken", ctx: staff, view: lost(http.StatusUnprocessableEntity)},
		{name: "view-tabs", ctx: staff, view: onPage(shell(t, models.RoleStaff), views.ViewTabsView(someTabs("viw_3")))},
		{name: "columns", ctx: staff, view: onPage(shell(t, models.RoleStaff), views.ColumnsForm(views.NewColumnsMenu(views.ColumnsInput{
			Preferences: models.DefaultListPreferences("stf_me"), Back: "/orders?tab=captured"})))},
	}
}

// onPage puts a part on a page.
func onPage(s views.Shell, part templ.Component) templ.Component {
	s.Title = "Orders"
	heading := templ.Raw(`<h1>Orders</h1>`)
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		return views.Layout(s).Render(templ.WithChildren(ctx, templ.Join(heading, part)), w)
	})
}

func someTabs(current string) views.ViewTabs {
	theirs := someEntries()[2].View
	return views.NewViewTabs(views.ViewTabsInput{
		BuiltIn: []views.ViewTab{{Key: views.TabAll, Text: "All", URL: "/orders?q=x", Count: "58"}, {Key: views.TabCaptured, Text: "Captured", URL: "/orders?tab=captured"}},
		Entries: someEntries(), Current: current,
		Save: views.SaveViewInput{Query: "q=b", MayShare: true, Current: theirs, MayEdit: true, Changed: true},
	})
}

func TestViewTabs(t *testing.T) {
	for current, want := range map[string][]string{
		views.TabAll:      {"Germany <b> /orders?country=DE&view=viw_1", "All58 /orders?q=x", "Ours /orders?view=viw_2"},
		"viw_3":           {"Germany <b> /orders?country=DE&view=viw_1", "All58 /orders?q=x", "Theirs /orders?q=a&tab=captured&view=viw_3", "Ours /orders?view=viw_2"},
		views.TabCaptured: {"Germany <b> /orders?country=DE&view=viw_1", "All58 /orders?q=x", "Captured /orders?tab=captured", "Ours /orders?view=viw_2"},
	} {
		doc := draw(t, as(models.RoleStaff), views.ViewTabsView(someTabs(current)))
		var got []string
		doc.Find(".tabs a").Each(func(_ int, a *goquery.Selection) {
			got = append(got, strings.TrimSpace(strings.Join(strings.Fields(strings.ReplaceAll(a.Text(), "All ", "All")), " "))+" "+a.AttrOr("href", ""))
		})
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("with %s open (-want +got):\n%s", current, diff)
		}
		if n := doc.Find(`.tabs a[aria-current="page"]`).Length(); n != 1 {
			t.Errorf("with %s open, %d tabs are current", current, n)
		}
		if n := doc.Find(`.tabs [hx-get$="/count"]`).Length(); n != doc.Find(`.tabs a[href*="view="]`).Length() {
			t.Errorf("%d counts are asked for", n)
		}
	}
}

// TestUpdatingTheOpenView offers it to who may change it, where there is something to change.
func TestUpdatingTheOpenView(t *testing.T) {
	view := someEntries()[0].View
	for _, tt := range []struct {
		in   views.SaveViewInput
		want int
	}{
		{views.SaveViewInput{}, 0},
		{views.SaveViewInput{Current: view, MayEdit: true, Changed: true}, 1},
		{views.SaveViewInput{Current: view, MayEdit: false, Changed: true}, 0},
		{views.SaveViewInput{Current: view, MayEdit: true, Changed: false}, 0},
	} {
		tt.in.Query = "country=SE"
		doc := draw(t, as(models.RoleStaff), views.SaveViewForm(views.NewSaveView(tt.in)))
		update := doc.Find(`form[action="/views/viw_1"]`)
		if update.Length() != tt.want || tt.want == 1 && update.Find(`[name="query"]`).AttrOr("value", "") != "country=SE" {
			t.Errorf("%+v: %d forms", tt.in, update.Length())
		}
		if doc.Find(`form[action="/views"] [name="query"]`).AttrOr("value", "") != "country=SE" {
			t.Error("the form that saves does not carry the query")
		}
		if shown := doc.Find(`[name="shared"]`).Length() == 1; shown != tt.in.MayShare {
			t.Errorf("sharing is offered: %v", shown)
		}
	}
}

func TestViewCount(t *testing.T) {
	for _, tt := range []struct {
		n             int64
		exact, broken bool
		want          string
	}{
		{0, true, false, "0"}, {1, true, false, "1"}, {999, true, false, "999"}, {1000, true, false, "999+"}, {1000, false, false, "999+"},
		{200, false, false, "200+"}, {0, false, false, "–Counting takes too long. Narrow the view."}, {7, true, true, "–This view does not work any more."},
	} {
		doc := draw(t, context.Background(), views.ViewCountView(views.NewViewCount(tt.n, tt.exact, tt.broken)))
		if got := strings.TrimSpace(doc.Text()); got != tt.want {
			t.Errorf("%d, exact %v, broken %v: %q, want %q", tt.n, tt.exact, tt.broken, got, tt.want)
		}
	}
}

func TestColumnsMenu(t *testing.T) {
	doc := draw(t, as(models.RoleStaff), views.ColumnsForm(views.NewColumnsMenu(views.ColumnsInput{
		Preferences: models.ListPreferences{Columns: []models.ListColumn{models.ColumnReference, models.ColumnAmount}, Density: models.DensityCompact},
		Back:        "/orders?tab=captured",
	})))
	var on []string
	doc.Find("input[checked]").Each(func(_ int, in *goquery.Selection) { on = append(on, in.AttrOr("value", "")) })
	if diff := cmp.Diff([]string{"amount", "reference", "compact"}, on); diff != "" {
		t.Errorf("ticked (-want +got):\n%s", diff)
	}
	if n := doc.Find(`[name="columns"]`).Length(); n != len(models.ListColumns()) {
		t.Errorf("%d columns are offered", n)
	}
	doc.Find(`[name="columns"]`).Each(func(_ int, in *goquery.Selection) {
		if text := strings.TrimSpace(in.Parent().Text()); text == "" || text == in.AttrOr("value", "") {
			t.Errorf("the column %s has no name", in.AttrOr("value", ""))
		}
	})
	if doc.Find(`[name="back"]`).AttrOr("value", "") != "/orders?tab=captured" {
		t.Error("the way back is lost")
	}
}
