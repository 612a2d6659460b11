package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// people writes accounts with these ids.
func people(t *testing.T, db *store.DB, ids ...string) {
	t.Helper()
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, id := range ids {
			s := models.Staff{ID: id, Name: "Name of " + id, Email: id, EmailFolded: id, Role: models.RoleStaff, Created: 1}
			if err := tx.InsertStaff(t.Context(), s); err != nil {
				return err
			}
		}
		return nil
	})
}

func names(views []models.SavedView) []string {
	all := []string{}
	for _, v := range views {
		all = append(all, v.Name)
	}
	return all
}

func TestWhoSeesWhichViews(t *testing.T) {
	ctx, db := t.Context(), storetest.Open(t)
	people(t, db, "stf_a", "stf_b")
	views := []models.SavedView{
		{ID: "viw_1", StaffID: "stf_a", Name: "A alone", Query: "tab=captured", Created: 10, Updated: 10},
		{ID: "viw_2", StaffID: "stf_a", Name: "A shared", Shared: true, Created: 20, Updated: 20},
		{ID: "viw_3", StaffID: "stf_b", Name: "B alone", Created: 5, Updated: 5},
		{ID: "viw_4", StaffID: "stf_b", Name: "B shared, deleted", Shared: true, Created: 30, Updated: 30},
		{ID: "viw_5", StaffID: "stf_b", Name: "B alone, deleted", Created: 40, Updated: 40},
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, v := range views {
			if err := tx.InsertView(ctx, v); err != nil {
				return err
			}
		}
		return errors.Join(tx.SetViewDeleted(ctx, "viw_4", 100), tx.SetViewDeleted(ctx, "viw_5", 101))
	})
	for _, tt := range []struct {
		who           string
		sees, deleted []string
	}{
		{"stf_a", []string{"A alone", "A shared"}, []string{"B shared, deleted"}},
		{"stf_b", []string{"B alone", "A shared"}, []string{"B alone, deleted", "B shared, deleted"}},
		{"stf_nobody", []string{"A shared"}, []string{"B shared, deleted"}},
	} {
		seen, err := db.Reader.SavedViews(ctx, tt.who)
		if diff := cmp.Diff(tt.sees, names(seen)); diff != "" || err != nil {
			t.Errorf("%s sees (-want +got): %v\n%s", tt.who, err, diff)
		}
		deleted, err := db.Reader.DeletedViews(ctx, tt.who, 99)
		if diff := cmp.Diff(tt.deleted, names(deleted)); diff != "" || err != nil {
			t.Errorf("%s saw (-want +got): %v\n%s", tt.who, err, diff)
		}
		for _, v := range views {
			_, err := db.Reader.SavedView(ctx, tt.who, v.ID)
			want := v.ID != "viw_4" && v.ID != "viw_5" && (v.Shared || v.StaffID == tt.who)
			if (err == nil) != want || err != nil && !models.IsKind(err, models.KindNotFound) {
				t.Errorf("%s asks for %q: %v", tt.who, v.Name, err)
			}
		}
	}
	got, err := db.Reader.SavedView(ctx, "stf_a", "viw_1")
	want := views[0]
	want.StaffName = "Name of stf_a"
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("a view (-want +got): %v\n%s", err, diff)
	}
	if late, _ := db.Reader.DeletedViews(ctx, "stf_b", 100); len(late) != 1 {
		t.Errorf("deleted after 100: %v", names(late))
	}
}

func TestViewNamesOfOnePerson(t *testing.T) {
	ctx, db := t.Context(), storetest.Open(t)
	people(t, db, "stf_a", "stf_b")
	n := 0
	insert := func(owner, name string) error {
		n++
		return db.Writer.Tx(ctx, func(tx *store.Tx) error {
			return tx.InsertView(ctx, models.SavedView{ID: fmt.Sprint("viw_", n), StaffID: owner, Name: name, Created: 1, Updated: 1})
		})
	}
	if err := insert("stf_a", "Größe"); err != nil { // viw_1
		t.Fatal(err)
	}
	for _, same := range []string{"Größe", "GRößE", "größe", "Gro\u0308ße"} {
		if err := insert("stf_a", same); !errors.Is(err, store.ErrDuplicate) {
			t.Errorf("a second %q: %v", same, err)
		}
	}
	for owner, name := range map[string]string{"stf_a": "Grosse", "stf_b": "größe"} {
		if err := insert(owner, name); err != nil {
			t.Errorf("%s, %q: %v", owner, name, err)
		}
	}
	deleted := func(id string, at models.Unix) error {
		return db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SetViewDeleted(ctx, id, at) })
	}
	if err := errors.Join(deleted("viw_1", 50), insert("stf_a", "GRÖSSE"), insert("stf_a", "größe")); err != nil {
		t.Errorf("the name of a deleted view: %v", err)
	}
	if err := deleted("viw_1", 0); !errors.Is(err, store.ErrDuplicate) {
		t.Errorf("back with a name that is taken: %v", err)
	}
	if err := insert("stf_nobody", "x"); !errors.Is(err, store.ErrForeignKey) {
		t.Errorf("an unknown owner: %v", err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if _, err := tx.PurgeViews(ctx, 49); err != nil {
			return err
		}
		if purged, err := tx.PurgeViews(ctx, 50); purged != 1 || err != nil {
			t.Errorf("purged %d, %v; want 1", purged, err)
		}
		return nil
	})
	if count, err := db.Reader.OwnViewCount(ctx, "stf_a"); count != 3 || err != nil {
		t.Errorf("%d views, %v; want 3", count, err)
	}
}

func TestViewsGoWithTheirOwner(t *testing.T) {
	ctx, db := t.Context(), storetest.Open(t)
	people(t, db, "stf_a")
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(tx.InsertView(ctx, models.SavedView{ID: "viw_1", StaffID: "stf_a", Name: "x", Shared: true, Created: 1, Updated: 1}),
			tx.PutListPreferences(ctx, models.DefaultListPreferences("stf_a"), 1))
	})
	exec(t, db, "delete from staff where id = 'stf_a'")
	for _, table := range []string{"saved_views", "order_list_preferences"} {
		var n int
		if err := db.Reader.SQL().QueryRowContext(ctx, "select count(*) from "+table).Scan(&n); n != 0 || err != nil {
			t.Errorf("%s: %d rows left, %v", table, n, err)
		}
	}
}

func TestListPreferences(t *testing.T) {
	ctx, db := context.Background(), storetest.Open(t)
	people(t, db, "stf_a")
	usual, err := db.Reader.ListPreferences(ctx, "stf_a")
	if diff := cmp.Diff(models.DefaultListPreferences("stf_a"), usual); diff != "" || err != nil {
		t.Errorf("nothing set (-want +got): %v\n%s", err, diff)
	}
	want := models.ListPreferences{
		StaffID: "stf_a", Order: []string{"captured", "viw_1"}, Hidden: []string{"all"},
		Columns: []models.ListColumn{models.ColumnCountry, models.ColumnReference}, Density: models.DensityCompact,
	}
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.PutListPreferences(ctx, want, 2) })
	got, err := db.Reader.ListPreferences(ctx, "stf_a")
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("set (-want +got): %v\n%s", err, diff)
	}
	want.Columns, want.Order, want.Hidden = nil, nil, nil
	storetest.Tx(t, db, func(tx *store.Tx) error { return tx.PutListPreferences(ctx, want, 3) })
	if got, err = db.Reader.ListPreferences(ctx, "stf_a"); err != nil || len(got.Columns)+len(got.Order)+len(got.Hidden) != 0 {
		t.Errorf("no columns at all: %+v, %v", got, err)
	}
	exec(t, db, `update order_list_preferences set columns = '["amount", "of_tomorrow", "customer"]', hidden = 'garbage'`)
	got, err = db.Reader.ListPreferences(ctx, "stf_a")
	if diff := cmp.Diff([]models.ListColumn{models.ColumnCustomer, models.ColumnAmount}, got.Columns); diff != "" || err != nil || got.Hidden != nil {
		t.Errorf("of another version (-want +got): %v, hidden %v\n%s", err, got.Hidden, diff)
	}
}
