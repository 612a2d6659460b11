package store_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"modernc.org/sqlite"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func TestDriverErrorsGetAKind(t *testing.T) {
	ctx := context.Background()
	db := storetest.Open(t)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1})
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if err := tx.InsertNote(ctx, models.Note{ID: "not_1", OrderID: "pi_1", Text: "a"}); err != nil {
			return err
		}
		return tx.InsertStaff(ctx, models.Staff{ID: "stf_1", Name: "A", Email: "A@x", EmailFolded: "a@x", Role: models.RoleStaff})
	})
	tests := []struct {
		name   string
		do     func(tx *store.Tx) error
		is     error
		kind   models.ErrorKind
		driver int
	}{
		{"primary key", func(tx *store.Tx) error {
			return tx.InsertNote(ctx, models.Note{ID: "not_1", OrderID: "pi_1", Text: "b"})
		}, store.ErrDuplicate, models.KindConflict, 1555},
		{"unique", func(tx *store.Tx) error {
			return tx.InsertStaff(ctx, models.Staff{ID: "stf_2", Name: "B", Email: "a@X", EmailFolded: "a@x", Role: models.RoleStaff})
		}, store.ErrDuplicate, models.KindConflict, 2067},
		{"foreign key", func(tx *store.Tx) error {
			return tx.InsertNote(ctx, models.Note{ID: "not_2", OrderID: "pi_none", Text: "b"})
		}, store.ErrForeignKey, models.KindNotFound, 787},
		{"no row", func(tx *store.Tx) error { _, err := tx.Order(ctx, "pi_none"); return err }, nil, models.KindNotFound, 0},
		{"no row to change", func(tx *store.Tx) error { return tx.SetPassword(ctx, "stf_none", "x") }, nil, models.KindNotFound, 0},
		{"a check", func(tx *store.Tx) error { return tx.SetRole(ctx, "stf_1", "emperor") }, nil, models.KindInternal, 275},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := db.Writer.Tx(ctx, tt.do)
			if models.KindOf(err) != tt.kind {
				t.Errorf("kind = %q, want %q (%v)", models.KindOf(err), tt.kind, err)
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("%v is not %v", err, tt.is)
			}
			var driver *sqlite.Error
			if tt.driver != 0 && (!errors.As(err, &driver) || driver.Code() != tt.driver) {
				t.Errorf("driver's error = %v, want code %d", driver, tt.driver)
			}
		})
	}
}

// TestBusy has another process, as a command run beside the server, hold the database locked.
func TestBusy(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "desk.db")
	one, two := storetest.OpenAt(t, path), storetest.OpenAt(t, path)
	storetest.Tx(t, one, func(tx *store.Tx) error { return tx.SetSetting(ctx, "a", "1") })
	storetest.Tx(t, two, func(tx *store.Tx) error { _, err := tx.SQL().Exec("pragma busy_timeout = 20"); return err })
	storetest.Tx(t, one, func(held *store.Tx) error {
		err := two.Writer.Tx(ctx, func(*store.Tx) error { t.Error("both write at a time"); return nil })
		if !errors.Is(err, store.ErrBusy) || !models.IsKind(err, models.KindUnavailable) {
			t.Errorf("error = %v, want busy, unavailable", err)
		}
		if v, _, err := two.Reader.Setting(ctx, "a"); v != "1" || err != nil {
			t.Errorf("reading meanwhile: %q, %v", v, err)
		}
		return nil
	})
	storetest.Tx(t, two, func(tx *store.Tx) error { return tx.SetSetting(ctx, "a", "2") })
}
