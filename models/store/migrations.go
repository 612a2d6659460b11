package store

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strconv"
	"strings"
	"time"

	"counterfoil/models"
)

//go:embed migrations/*.sql
var migrationFiles embed.FS

// migration is one numbered step of the schema. Steps only add: the code before and after runs with them.
type migration struct {
	version int64
	name    string
	sql     string
}

// SchemaVersion is the newest version of the schema that this binary knows.
func SchemaVersion() (int64, error) {
	all, err := migrations()
	if err != nil {
		return 0, err
	}
	return all[len(all)-1].version, nil
}

// migrations reads the steps, oldest first: 0001_name.sql, 0002_…
func migrations() ([]migration, error) {
	files, err := fs.Glob(migrationFiles, "migrations/*.sql")
	if err != nil {
		return nil, err
	}
	all := make([]migration, 0, len(files))
	for i, file := range files {
		text, err := migrationFiles.ReadFile(file)
		if err != nil {
			return nil, err
		}
		number, name, _ := strings.Cut(strings.TrimSuffix(path.Base(file), ".sql"), "_")
		version, err := strconv.ParseInt(number, 10, 64)
		if err != nil || version != int64(i+1) {
			return nil, fmt.Errorf("migration %s is not number %d", file, i+1)
		}
		all = append(all, migration{version: version, name: name, sql: string(text)})
	}
	return all, nil
}

// Migrate brings the schema to the version of this binary, each step in a transaction of its own, recorded in schema_migrations. A
// database of a newer version is not touched: ErrNewerSchema, of kind invalid.
func (db *DB) Migrate(ctx context.Context) error {
	all, err := migrations()
	if err != nil {
		return err
	}
	info, err := inspect(ctx, db.path)
	if err != nil {
		return err
	}
	if newest := all[len(all)-1].version; info.version > newest {
		return newerSchema(db.path, info.version, newest)
	}
	for _, m := range all {
		if m.version <= info.version {
			continue
		}
		if err := db.Writer.Tx(ctx, func(tx *Tx) error { return m.apply(ctx, tx) }); err != nil {
			return fmt.Errorf("migration %d (%s): %w", m.version, m.name, err)
		}
	}
	return db.Writer.markMigrated(ctx)
}

// apply runs the step unless another process was faster.
func (m migration) apply(ctx context.Context, tx *Tx) error {
	ctx = tx.context(ctx)
	if _, err := tx.tx.ExecContext(ctx, `create table if not exists schema_migrations (
		version integer primary key, name text not null, applied_at integer not null) strict`); err != nil {
		return err
	}
	var done bool
	if err := tx.tx.QueryRowContext(ctx, `select exists (select 1 from schema_migrations where version = ?)`, m.version).Scan(&done); err != nil || done {
		return err
	}
	if _, err := tx.tx.ExecContext(ctx, m.sql); err != nil {
		return err
	}
	_, err := tx.tx.ExecContext(ctx, `insert into schema_migrations (version, name, applied_at) values (?, ?, ?)`,
		m.version, m.name, time.Now().Unix())
	return err
}

func (w *Writer) markMigrated(ctx context.Context) error {
	if err := w.lock(ctx); err != nil {
		return err
	}
	defer w.unlock()
	w.migrated = true
	return nil
}

func newerSchema(path string, have, know int64) error {
	return &models.Error{Kind: models.KindInvalid, Code: "database_newer", Err: ErrNewerSchema,
		Message: fmt.Sprintf("The database %s has version %d; this program knows version %d. Nothing was changed. Use the newer program.", path, have, know)}
}
