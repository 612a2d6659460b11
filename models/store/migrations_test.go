package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func TestMigrateTwiceChangesNothing(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "desk.db")
	db := storetest.OpenAt(t, path)
	newest, err := store.SchemaVersion()
	if err != nil {
		t.Fatal(err)
	}
	before := schema(t, db)
	if err := db.Migrate(ctx); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	again := storetest.OpenAt(t, path)
	if diff := cmp.Diff(before, schema(t, again)); diff != "" {
		t.Errorf("schema changed (-before +after):\n%s", diff)
	}
	var versions, highest int64
	if err := again.Reader.SQL().QueryRow("select count(*), max(version) from schema_migrations where applied_at > 0 and name <> ''").
		Scan(&versions, &highest); err != nil {
		t.Fatal(err)
	}
	if versions != newest || highest != newest {
		t.Errorf("schema_migrations has %d rows up to %d, want %d", versions, highest, newest)
	}
}

func TestMigrateTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	errs := make(chan error)
	for range 4 {
		go func() {
			db, err := store.Open(context.Background(), path)
			if err == nil {
				err = errors.Join(db.Migrate(context.Background()), db.Close())
			}
			errs <- err
		}()
	}
	for range 4 {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestNewerDatabaseIsNotTouched(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	db := storetest.OpenAt(t, path)
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec("insert into schema_migrations (version, name, applied_at) values (999, 'from the future', 1)")
		return err
	})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	newer, err := store.Open(context.Background(), path)
	if err != nil {
		t.Fatal(err)
	}
	err = newer.Migrate(context.Background())
	if !errors.Is(err, store.ErrNewerSchema) || !models.IsKind(err, models.KindInvalid) {
		t.Errorf("error = %v, want newer schema, invalid", err)
	}
	if err := newer.Close(); err != nil {
		t.Fatal(err)
	}
	after, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(before) != string(after) {
		t.Error("the file was changed")
	}
}

// schema is every table, index and trigger by its name.
func schema(t *testing.T, db *store.DB) map[string]string {
	t.Helper()
	rows, err := db.Reader.SQL().Query("select name, coalesce(sql, '') from sqlite_schema where name not like 'sqlite_stat%'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	all := map[string]string{}
	for rows.Next() {
		var name, sql string
		if err := rows.Scan(&name, &sql); err != nil {
			t.Fatal(err)
		}
		all[name] = sql
	}
	if len(all) < 30 || rows.Err() != nil {
		t.Fatalf("schema has %d entries, %v", len(all), rows.Err())
	}
	return all
}
