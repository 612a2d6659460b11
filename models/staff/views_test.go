package staff

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store/storetest"
)

var tabsOfTest = []string{"all", "open", "done"}

// save keeps a view that must be taken.
func (d *desk) save(person models.Staff, name, query string, shared bool) models.SavedView {
	d.t.Helper()
	v, err := d.SaveView(d.t.Context(), person, name, query, shared)
	if err != nil {
		d.t.Fatalf("save %q: %v", name, err)
	}
	return v
}

// told is an error's kind, field and code in one word.
func told(err error) string {
	if err == nil {
		return ""
	}
	e, ok := err.(*models.Error) //nolint:errorlint // the service's own errors, not wrapped
	if !ok {
		return err.Error()
	}
	return strings.TrimRight(string(e.Kind)+" "+e.Field, " ")
}

func TestWhatAViewMustBe(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	me, viewer := d.add("a@example.com", models.RoleStaff), d.add("v@example.com", models.RoleViewer)
	for name, tt := range map[string]struct {
		who         models.Staff
		name, query string
		shared      bool
		want        string
	}{
		"longest name":       {who: me, name: strings.Repeat("ä", 40)},
		"too long a name":    {who: me, name: strings.Repeat("ä", 41), want: "invalid name"},
		"no name":            {who: me, name: " \t\u00a0 ", want: "invalid name"},
		"invisible name":     {who: me, name: "\u200b", want: "invalid name"},
		"turned name":        {who: me, name: "abc\u202edef", want: "invalid name"},
		"broken name":        {who: me, name: "a\xff", want: "invalid name"},
		"longest query":      {who: me, name: "long", query: strings.Repeat("q", 2000)},
		"too long a query":   {who: me, name: "longer", query: strings.Repeat("q", 2001), want: "invalid query"},
		"shared by staff":    {who: me, name: "ours", shared: true},
		"a viewer's own":     {who: viewer, name: "mine"},
		"shared by a viewer": {who: viewer, name: "everybody's", shared: true, want: "forbidden"},
	} {
		if _, err := d.SaveView(t.Context(), tt.who, tt.name, tt.query, tt.shared); told(err) != tt.want {
			t.Errorf("%s: %v, want %q", name, err, tt.want)
		}
	}
	if v := d.save(me, "  Much \n space  ", "", false); v.Name != "Much space" {
		t.Errorf("name %q", v.Name)
	}
	if _, err := d.SaveView(t.Context(), me, "MUCH SPACE", "", false); told(err) != "invalid name" {
		t.Errorf("a name twice: %v", err)
	}
}

func TestFiftyViewsOfOnePerson(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	me, other := d.add("a@example.com", models.RoleStaff), d.add("b@example.com", models.RoleStaff)
	var last models.SavedView
	for i := range models.MaxViews {
		last = d.save(me, fmt.Sprint("view ", i), "", false)
	}
	if _, err := d.SaveView(t.Context(), me, "one more", "", false); told(err) != "conflict name" {
		t.Errorf("the 51st: %v", err)
	}
	d.save(other, "one more", "", true)
	if _, err := d.DeleteView(t.Context(), me, last.ID); err != nil {
		t.Fatal(err)
	}
	d.save(me, "one more", "", false)
	if _, err := d.RestoreView(t.Context(), me, last.ID); told(err) != "conflict name" {
		t.Errorf("the 51st brought back: %v", err)
	}
}

func TestWhoMayChangeAView(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	owner := d.add("owner@example.com", models.RoleStaff)
	private, shared := d.save(owner, "private", "", false), d.save(owner, "shared", "", true)
	for role, want := range map[models.Role]string{
		models.RoleViewer: "forbidden", models.RoleStaff: "forbidden", models.RoleManager: "", models.RoleAdmin: "",
	} {
		other := d.add(string(role)+"@example.com", role)
		name := "by " + string(role)
		for _, tt := range []struct {
			id, want string
		}{{private.ID, "not_found"}, {"viw_unknown", "not_found"}, {shared.ID, want}} {
			_, err := d.ChangeView(t.Context(), other, tt.id, ViewChange{Name: &name})
			if told(err) != tt.want {
				t.Errorf("%s changes %s: %v, want %q", role, tt.id, err, tt.want)
			}
			if _, err := d.DeleteView(t.Context(), other, tt.id); told(err) != tt.want {
				t.Errorf("%s deletes %s: %v, want %q", role, tt.id, err, tt.want)
			}
			wantBack := tt.want
			if tt.want == "forbidden" {
				wantBack = "" // it was never deleted: nothing to do
			}
			if _, err := d.RestoreView(t.Context(), other, tt.id); told(err) != wantBack {
				t.Errorf("%s brings back %s: %v, want %q", role, tt.id, err, wantBack)
			}
		}
	}
	_, unknown := d.View(t.Context(), d.add("x@example.com", models.RoleAdmin), "viw_unknown")
	_, foreign := d.View(t.Context(), d.add("y@example.com", models.RoleAdmin), private.ID)
	if unknown == nil || foreign == nil || unknown.Error() != foreign.Error() {
		t.Errorf("a private view of another: %v; one that is none: %v", foreign, unknown)
	}
	if _, err := d.ChangeView(t.Context(), owner, private.ID, ViewChange{}); told(err) != "invalid name" {
		t.Errorf("no change: %v", err)
	}
	shared = d.save(owner, "shared again", "", true)
	demoted := owner
	demoted.Role = models.RoleViewer
	no, yes, other := false, true, "renamed"
	if _, err := d.ChangeView(t.Context(), demoted, shared.ID, ViewChange{Name: &other, Shared: &yes}); err != nil {
		t.Errorf("a viewer renames the shared view of earlier days: %v", err)
	}
	if _, err := d.ChangeView(t.Context(), demoted, shared.ID, ViewChange{Shared: &no}); err != nil {
		t.Errorf("a viewer stops sharing: %v", err)
	}
	if _, err := d.ChangeView(t.Context(), demoted, shared.ID, ViewChange{Shared: &yes}); told(err) != "forbidden" {
		t.Errorf("a viewer shares: %v", err)
	}
}

func TestDeletedViewsComeBackForAWeek(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	me, other := d.add("a@example.com", models.RoleStaff), d.add("b@example.com", models.RoleManager)
	v := d.save(me, "Germany", "country=DE", false)
	remove := func() {
		t.Helper()
		if _, err := d.DeleteView(t.Context(), me, v.ID); err != nil {
			t.Fatal(err)
		}
	}
	remove()
	if _, err := d.View(t.Context(), me, v.ID); told(err) != "not_found" {
		t.Errorf("a deleted view: %v", err)
	}
	if _, err := d.RestoreView(t.Context(), other, v.ID); told(err) != "not_found" {
		t.Errorf("brought back by another: %v", err)
	}
	twin := d.save(me, "germany", "", false)
	if _, err := d.RestoreView(t.Context(), me, v.ID); told(err) != "conflict" {
		t.Errorf("brought back beside its twin: %v", err)
	}
	if _, err := d.DeleteView(t.Context(), me, twin.ID); err != nil {
		t.Fatal(err)
	}
	d.clock = d.clock.Add(ViewUndo - time.Second)
	if err := d.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	back, err := d.RestoreView(t.Context(), me, v.ID)
	if err != nil || back.Query != "country=DE" {
		t.Errorf("brought back: %+v, %v", back, err)
	}
	remove()
	d.clock = d.clock.Add(ViewUndo)
	if _, err := d.RestoreView(t.Context(), me, v.ID); told(err) != "not_found" {
		t.Errorf("brought back after a week: %v", err)
	}
	if err := d.Purge(t.Context()); err != nil {
		t.Fatal(err)
	}
	var left int
	if err := d.db.Reader.SQL().QueryRowContext(t.Context(), "select count(*) from saved_views").Scan(&left); left != 0 || err != nil {
		t.Errorf("%d views left, %v", left, err)
	}
}

func TestMovingAndHidingIsForOnePerson(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	me, other := d.add("a@example.com", models.RoleStaff), d.add("b@example.com", models.RoleViewer)
	v := d.save(other, "mine", "", false)
	w := d.save(me, "ours", "", true)
	order := func(p models.Staff) (keys []string) {
		t.Helper()
		views, err := d.db.Reader.SavedViews(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		preferences, err := d.db.Reader.ListPreferences(t.Context(), p.ID)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range models.ArrangeList(tabsOfTest, views, preferences) {
			key := strings.NewReplacer(v.ID, "V", w.ID, "W").Replace(e.Key)
			if e.Hidden {
				key = "(" + key + ")"
			}
			keys = append(keys, key)
		}
		return keys
	}
	for _, tt := range []struct {
		key  string
		move ViewMove
		at   int
		want string
	}{
		{w.ID, MoveUp, 3, "all open done W V"},
		{w.ID, MoveUp, 2, "all open W done V"},
		{"all", MoveUp, 0, "all open W done V"},
		{v.ID, MoveDown, 4, "all open W done V"},
		{"all", MoveDown, 1, "open all W done V"},
		{"all", MoveHide, 1, "open (all) W done V"},
		{"all", MoveHide, 1, "open (all) W done V"},
		{w.ID, MoveHide, 2, "open (all) (W) done V"},
		{"all", MoveShow, 1, "open all (W) done V"},
	} {
		at, of, err := d.MoveView(t.Context(), other, tabsOfTest, tt.key, tt.move)
		if err != nil || at != tt.at || of != 5 {
			t.Errorf("%s %s: place %d of %d, %v", tt.key, tt.move, at, of, err)
		}
		if diff := cmp.Diff(tt.want, strings.Join(order(other), " ")); diff != "" {
			t.Errorf("%s %s (-want +got):\n%s", tt.key, tt.move, diff)
		}
	}
	if diff := cmp.Diff("all open done W", strings.Join(order(me), " ")); diff != "" {
		t.Errorf("the other's tabs (-want +got):\n%s", diff)
	}
	for _, tt := range []struct {
		who  models.Staff
		key  string
		move ViewMove
		want string
	}{{me, v.ID, MoveUp, "not_found"}, {me, "later", MoveUp, "not_found"}, {me, "all", "sideways", "invalid move"}} {
		if _, _, err := d.MoveView(t.Context(), tt.who, tabsOfTest, tt.key, tt.move); told(err) != tt.want {
			t.Errorf("%s %s: %v, want %q", tt.key, tt.move, err, tt.want)
		}
	}
	if err := d.ArrangeViews(t.Context(), me, tabsOfTest, []string{"done", v.ID}); told(err) != "invalid order" {
		t.Errorf("an order with another's view: %v", err)
	}
	if err := d.ArrangeViews(t.Context(), me, tabsOfTest, []string{w.ID, "done", w.ID}); err != nil {
		t.Error(err)
	}
	if diff := cmp.Diff("W done all open", strings.Join(order(me), " ")); diff != "" {
		t.Errorf("arranged (-want +got):\n%s", diff)
	}
}

func TestListLooksKeepTheTabs(t *testing.T) {
	d := newDesk(t, storetest.Open(t))
	me := d.add("a@example.com", models.RoleViewer)
	if _, _, err := d.MoveView(t.Context(), me, tabsOfTest, "done", MoveHide); err != nil {
		t.Fatal(err)
	}
	columns := []models.ListColumn{models.ColumnAmount, models.ColumnCountry}
	if err := d.SetListPreferences(t.Context(), me, columns, models.DensityCompact); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []struct {
		columns []models.ListColumn
		density models.Density
		want    string
	}{{[]models.ListColumn{"iban"}, models.DensityCompact, "invalid columns"}, {nil, "tight", "invalid density"}, {nil, "", "invalid density"}} {
		if err := d.SetListPreferences(t.Context(), me, bad.columns, bad.density); told(err) != bad.want {
			t.Errorf("%v %s: %v, want %q", bad.columns, bad.density, err, bad.want)
		}
	}
	got, err := d.db.Reader.ListPreferences(t.Context(), me.ID)
	want := models.ListPreferences{StaffID: me.ID, Hidden: []string{"done"}, Density: models.DensityCompact,
		Columns: []models.ListColumn{models.ColumnCountry, models.ColumnAmount}, Order: []string{}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("(-want +got): %v\n%s", err, diff)
	}
}
