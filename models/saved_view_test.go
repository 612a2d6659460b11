package models_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
)

func TestArrangeList(t *testing.T) {
	builtIn := []string{"all", "open", "done"}
	views := []models.SavedView{{ID: "viw_1", Name: "one"}, {ID: "viw_2", Name: "two"}}
	for name, tt := range map[string]struct {
		order, hidden []string
		want          []string // hidden ones in brackets
	}{
		"nothing set":                  {nil, nil, []string{"all", "open", "done", "viw_1", "viw_2"}},
		"all in order":                 {[]string{"viw_2", "done", "all", "viw_1", "open"}, nil, []string{"viw_2", "done", "all", "viw_1", "open"}},
		"new ones come last":           {[]string{"viw_2", "done"}, nil, []string{"viw_2", "done", "all", "open", "viw_1"}},
		"unknown keys are ignored":     {[]string{"viw_gone", "open", "later"}, []string{"viw_gone"}, []string{"open", "all", "done", "viw_1", "viw_2"}},
		"a key twice counts once":      {[]string{"open", "all", "open"}, nil, []string{"open", "all", "done", "viw_1", "viw_2"}},
		"hidden ones keep their place": {nil, []string{"viw_1", "all"}, []string{"(all)", "open", "done", "(viw_1)", "viw_2"}},
	} {
		var got []string
		for _, e := range models.ArrangeList(builtIn, views, models.ListPreferences{Order: tt.order, Hidden: tt.hidden}) {
			key := e.Key
			if e.Hidden {
				key = "(" + key + ")"
			}
			got = append(got, key)
			if (e.View == nil) != slices.Contains(builtIn, e.Key) || e.View != nil && e.View.ID != e.Key {
				t.Errorf("%s: %s has the view %v", name, e.Key, e.View)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

func TestDefaultColumnsAreColumns(t *testing.T) {
	p := models.DefaultListPreferences("stf_1")
	for _, c := range p.Columns {
		if !slices.Contains(models.ListColumns(), c) || !p.Shows(c) {
			t.Errorf("%s is no column that can be chosen, or is not shown", c)
		}
	}
	if p.Shows(models.ColumnReference) {
		t.Error("a column that nobody chose is shown")
	}
}
