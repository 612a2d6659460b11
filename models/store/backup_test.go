package store_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var e *models.Error
	if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Code != code {
		t.Errorf("error = %v, want invalid %s", err, code)
	}
}

func TestBackupWhileTheDeskGoesOn(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	db := storetest.Open(t)
	var orders []models.Order
	for i := range 500 {
		orders = append(orders, models.Order{ID: fmt.Sprintf("pi_%d", i), Created: models.Unix(i), CustomerName: "Anna Müller"})
	}
	storetest.PutOrders(t, db, orders...)
	file := filepath.Join(dir, "it's a copy.db")
	stop := make(chan struct{})
	var writing sync.WaitGroup
	writing.Go(func() {
		for i := 500; ; i++ {
			select {
			case <-stop:
				return
			default:
				storetest.PutOrders(t, db, models.Order{ID: fmt.Sprintf("pi_%d", i), Created: models.Unix(i)})
			}
		}
	})
	err := db.BackupTo(ctx, file)
	close(stop)
	writing.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("backup: %v, %v", info, err)
	}
	wantCode(t, db.BackupTo(ctx, file), "backup_exists")
	wantCode(t, db.BackupTo(ctx, filepath.Join(dir, "none", "copy.db")), "backup_unwritable")
	if left, _ := filepath.Glob(filepath.Join(dir, "*part*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
	copied := storetest.OpenAt(t, file)
	page, err := copied.Reader.Orders(ctx, store.OrderQuery{Search: "muller"})
	if err != nil || len(page.Orders) != store.DefaultLimit || page.Orders[0].ID != "pi_499" {
		t.Errorf("the copy finds %d orders, %v", len(page.Orders), err)
	}
}

func TestRestore(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "desk.db"), filepath.Join(dir, "backup.db")
	db := storetest.OpenAt(t, path)
	storetest.PutOrders(t, db, models.Order{ID: "pi_old", Created: 1})
	if err := db.BackupTo(ctx, backup); err != nil {
		t.Fatal(err)
	}
	storetest.PutOrders(t, db, models.Order{ID: "pi_new", Created: 2})
	_, err := store.Restore(ctx, backup, path)
	wantCode(t, err, "database_in_use")
	if _, err := db.Reader.Order(ctx, "pi_new"); err != nil {
		t.Errorf("the open database: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	for n, want := range []string{path + ".before-restore", path + ".before-restore-2"} {
		kept, err := store.Restore(ctx, backup, path)
		if err != nil || kept != want {
			t.Fatalf("restore %d: kept as %q, %v", n, kept, err)
		}
	}
	restored := storetest.OpenAt(t, path)
	if _, err := restored.Reader.Order(ctx, "pi_old"); err != nil {
		t.Errorf("restored: %v", err)
	}
	if _, err := restored.Reader.Order(ctx, "pi_new"); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("restored has what came after the backup: %v", err)
	}
	if _, err := storetest.OpenAt(t, path+".before-restore").Reader.Order(ctx, "pi_new"); err != nil {
		t.Errorf("kept: %v", err)
	}
	fresh := filepath.Join(dir, "fresh.db")
	if kept, err := store.Restore(ctx, backup, fresh); kept != "" || err != nil {
		t.Errorf("to a new place: %q, %v", kept, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*restoring*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestRestoreAfterACrash keeps what stood only in the log of the old database.
func TestRestoreAfterACrash(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	backup := filepath.Join(dir, "backup.db")
	db := storetest.OpenAt(t, filepath.Join(dir, "live.db"))
	if err := db.BackupTo(ctx, backup); err != nil {
		t.Fatal(err)
	}
	storetest.PutOrders(t, db, models.Order{ID: "pi_in_log", Created: 1})
	crashed := filepath.Join(dir, "crashed.db")
	for _, ending := range []string{"", "-wal"} { // as the files stood at the moment of a crash
		raw, err := os.ReadFile(filepath.Join(dir, "live.db") + ending)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(crashed+ending, raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	kept, err := store.Restore(ctx, backup, crashed)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := storetest.OpenAt(t, kept).Reader.Order(ctx, "pi_in_log"); err != nil {
		t.Errorf("kept: %v", err)
	}
	if _, err := storetest.OpenAt(t, crashed).Reader.Order(ctx, "pi_in_log"); !models.IsKind(err, models.KindNotFound) {
		t.Errorf("restored reads the old log: %v", err)
	}
}

func TestRestoreRefuses(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path, backup := filepath.Join(dir, "desk.db"), filepath.Join(dir, "backup.db")
	db := storetest.OpenAt(t, path)
	var orders []models.Order
	for i := range 300 {
		orders = append(orders, models.Order{ID: fmt.Sprintf("pi_%d", i), Created: models.Unix(i), Description: strings.Repeat("x", 500)})
	}
	storetest.PutOrders(t, db, orders...)
	if err := db.BackupTo(ctx, backup); err != nil {
		t.Fatal(err)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec("insert into schema_migrations (version, name, applied_at) values (999, 'x', 1)")
		return err
	})
	newer := filepath.Join(dir, "newer.db")
	if err := db.BackupTo(ctx, newer); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	write := func(name string, raw []byte) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	raw, err := os.ReadFile(backup)
	if err != nil {
		t.Fatal(err)
	}
	damaged := append([]byte(nil), raw...)
	for i := len(damaged) / 3; i < len(damaged)/3+20000; i++ {
		damaged[i] ^= 0x5a
	}
	other := filepath.Join(dir, "other.db")
	makeForeign(t, other)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, from, code string }{
		{"missing", filepath.Join(dir, "none.db"), "database_unreadable"},
		{"empty", write("empty.db", nil), "database_foreign"},
		{"text", write("letter.txt", []byte(strings.Repeat("Dear Sir, ", 1000))), "database_unreadable"},
		{"another program's", other, "database_foreign"},
		{"newer", newer, "database_newer"},
		{"damaged", write("damaged.db", damaged), "backup_damaged"},
		{"cut off", write("cut.db", raw[:len(raw)/2]), "backup_damaged"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			kept, err := store.Restore(ctx, tt.from, path)
			wantCode(t, err, tt.code)
			if after, _ := os.ReadFile(path); kept != "" || string(after) != string(before) {
				t.Errorf("the database was changed (kept %q)", kept)
			}
		})
	}
}
