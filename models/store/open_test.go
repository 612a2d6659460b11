package store_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

func TestPragmasOfTheLiveWriter(t *testing.T) {
	db := storetest.Open(t)
	got := map[string]string{}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for _, name := range []string{"journal_mode", "synchronous", "foreign_keys", "busy_timeout", "temp_store", "query_only"} {
			var value string
			if err := tx.SQL().QueryRow("pragma " + name).Scan(&value); err != nil {
				return err
			}
			got[name] = value
		}
		return nil
	})
	want := map[string]string{"journal_mode": "wal", "synchronous": "2", "foreign_keys": "1", "busy_timeout": "5000", "temp_store": "2", "query_only": "0"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("writer's pragmas (-want +got):\n%s", diff)
	}
}

func TestPragmasOfEveryReader(t *testing.T) {
	db := storetest.Open(t)
	pool := db.Reader.SQL()
	for range pool.Stats().MaxOpenConnections {
		conn, err := pool.Conn(context.Background()) // held, so that the next one is another
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		var queryOnly, timeout int
		var mode string
		row := conn.QueryRowContext(context.Background(), `select q.query_only, b.timeout, j.journal_mode
			from pragma_query_only q, pragma_busy_timeout b, pragma_journal_mode j`)
		if err := row.Scan(&queryOnly, &timeout, &mode); err != nil {
			t.Fatal(err)
		}
		if queryOnly != 1 || timeout != 5000 || mode != "wal" {
			t.Errorf("reader: query_only %d, busy_timeout %d, journal_mode %s", queryOnly, timeout, mode)
		}
		if _, err := conn.ExecContext(context.Background(), "insert into settings (name, value) values ('a', 'b')"); err == nil {
			t.Error("a reader wrote")
		}
		if _, err := conn.ExecContext(context.Background(), "pragma query_only = 0"); err != nil {
			t.Fatal(err)
		}
		if _, err := conn.ExecContext(context.Background(), "insert into settings (name, value) values ('a', 'b')"); err == nil {
			t.Error("a reader wrote once query_only was taken off: its file is not open read-only")
		}
	}
}

func TestOpenRefusesWithOneClearLine(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "letter.txt")
	if err := os.WriteFile(text, []byte(strings.Repeat("Dear Sir or Madam, ", 300)), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(dir, "other.db")
	makeForeign(t, other)
	tests := []struct {
		name, path, code string
	}{
		{"folder missing", filepath.Join(dir, "none", "desk.db"), "database_unreadable"},
		{"a folder", dir, "database_unreadable"},
		{"no name", "", "database_unreadable"},
		{"not a database", text, "database_unreadable"},
		{"another program's", other, "database_foreign"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			before, _ := os.ReadFile(tt.path)
			_, err := store.Open(context.Background(), tt.path)
			var e *models.Error
			if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Code != tt.code {
				t.Fatalf("error = %v, want invalid %s", err, tt.code)
			}
			if !strings.Contains(e.Message, "Nothing was changed") || strings.Contains(e.Message, "\n") {
				t.Errorf("message = %q", e.Message)
			}
			if after, _ := os.ReadFile(tt.path); string(after) != string(before) {
				t.Error("the file was changed")
			}
		})
	}
}

func TestPathsWithOddLetters(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a b?c#d%20é&mode=memory")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "desk?x=1.db")
	db := storetest.OpenAt(t, path)
	storetest.PutOrders(t, db, models.Order{ID: "pi_1", Created: 1})
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err != nil || info.Size() == 0 {
		t.Fatalf("the database is not where it was asked for: %v", err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("mode %v: others can read customers' addresses", info.Mode().Perm())
	}
	if _, err := storetest.OpenAt(t, path).Reader.Order(context.Background(), "pi_1"); err != nil {
		t.Errorf("after opening again: %v", err)
	}
}

// makeForeign writes a SQLite file with tables that are not ours.
func makeForeign(t *testing.T, path string) {
	t.Helper()
	db := storetest.OpenAt(t, filepath.Join(t.TempDir(), "any.db"))
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := tx.SQL().Exec("create table recipes (name text)")
		if err == nil {
			_, err = tx.SQL().Exec("pragma application_id = 7")
		}
		return err
	})
	pool := db.Reader.SQL()
	var file string
	if err := pool.QueryRow("select file from pragma_database_list").Scan(&file); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, raw, 0o600); err != nil {
		t.Fatal(err)
	}
}
