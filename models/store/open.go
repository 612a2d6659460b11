// Package store is the only door to the desk's database: one SQLite file, written through one connection and read through several.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	_ "modernc.org/sqlite" // registers the driver "sqlite", which needs no C compiler

	"counterfoil/models"
)

const (
	driverName = "sqlite"
	// busyMillis is how long a write waits for another process (a command run beside the server) before it gives up.
	busyMillis = 5000
	// applicationID marks our files: "CFIL", set by the first migration.
	applicationID = 0x4346494C
)

// DB is an open database. Handlers get its Reader, commands its Writer.
type DB struct {
	Reader *Reader
	Writer *Writer
	path   string
}

// Open opens the database file at path, and makes it if there is none. It changes nothing in a file that is there: Migrate does.
// Errors: invalid (code "database_unreadable" or "database_foreign") with a sentence for whoever runs the desk, internal.
func Open(ctx context.Context, path string) (*DB, error) {
	if err := prepareFile(path); err != nil {
		return nil, unreadable(path, err)
	}
	if info, err := inspect(ctx, path); err != nil {
		return nil, unreadable(path, err)
	} else if info.foreign() {
		return nil, foreign(path)
	}
	w, err := openWriter(ctx, path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	r, err := openReader(ctx, path)
	if err != nil {
		return nil, errors.Join(unreadable(path, err), w.close())
	}
	return &DB{Reader: r, Writer: w, path: path}, nil
}

// Close waits for the transaction under way, refreshes the query planner's statistics where that is worthwhile, and closes the file.
func (db *DB) Close() error {
	return errors.Join(db.Reader.close(), db.Writer.close())
}

// prepareFile makes an empty file that only its owner may read: it will hold names and addresses of customers.
func prepareFile(path string) error {
	if path == "" {
		return errors.New("no file is named")
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	return f.Close()
}

// dsn is the driver's name for the file at path. Each connection runs the pragmas in the order given: a PRAGMA sent through a pool
// would reach one connection only.
func dsn(path, mode string, pragmas ...string) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	q := url.Values{"mode": {mode}, "_txlock": {"immediate"}}
	for _, p := range pragmas {
		q.Add("_pragma", p)
	}
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: q.Encode()}
	return strings.Replace(u.String(), "file:///", "file:/", 1), nil
}

// openPool opens connections to path. All stay open: opening one means reading the schema anew.
func openPool(ctx context.Context, path string, size int, mode string, pragmas ...string) (*sql.DB, error) {
	name, err := dsn(path, mode, append([]string{fmt.Sprintf("busy_timeout(%d)", busyMillis)}, pragmas...)...)
	if err != nil {
		return nil, err
	}
	pool, err := sql.Open(driverName, name)
	if err != nil {
		return nil, err
	}
	pool.SetMaxOpenConns(size)
	pool.SetMaxIdleConns(size)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return pool, nil
}

func openWriter(ctx context.Context, path string) (*Writer, error) {
	// FULL: a commit is on the disk before it is told. The checkpoint comes every 32 MB, so that a page which changes often is written
	// back once and not with each of its changes. The size limit keeps the log from staying large after a backfill.
	pool, err := openPool(ctx, path, 1, "rwc", "journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "temp_store(MEMORY)",
		"wal_autocheckpoint(8000)", "cache_size(-16000)", "journal_size_limit(67108864)")
	if err != nil {
		return nil, err
	}
	orm, err := openORM(pool)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	w := &Writer{pool: pool, orm: orm, turn: make(chan struct{}, 1)}
	if w.conn, err = pool.Conn(ctx); err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	w.statements = newStatements(w.conn)
	return w, nil
}

func openReader(ctx context.Context, path string) (*Reader, error) {
	size := max(4, 2*runtime.GOMAXPROCS(0))
	pool, err := openPool(ctx, path, size, "ro", "query_only(1)", "foreign_keys(1)", "temp_store(MEMORY)", "cache_size(-4000)")
	if err != nil {
		return nil, err
	}
	orm, err := openORM(pool)
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &Reader{queries: queries{orm: orm, statements: newStatements(pool), grams: &gramCounts{of: map[string]int64{}}, patience: usualPatience()}, pool: pool}, nil
}

// openORM puts gorm over pool. It logs nothing: statements carry personal data, and errors go to the caller.
func openORM(pool *sql.DB) (*gorm.DB, error) {
	return gorm.Open(sqlite.New(sqlite.Config{DriverName: driverName, Conn: pool}), &gorm.Config{
		Logger:                 logger.Discard,
		SkipDefaultTransaction: true,
		DisableAutomaticPing:   true,
	})
}

// fileInfo is what a database file says of itself.
type fileInfo struct {
	application int64
	tables      int64
	versions    bool // it has a table schema_migrations
	version     int64
}

// foreign tells whether the file holds somebody else's tables.
func (i fileInfo) foreign() bool {
	return i.tables > 0 && (!i.versions || i.application != applicationID)
}

// inspect reads what the file at path is, without changing it.
func inspect(ctx context.Context, path string) (fileInfo, error) {
	var i fileInfo
	pool, err := openPool(ctx, path, 1, "ro", "query_only(1)")
	if err != nil {
		return i, err
	}
	defer pool.Close()
	err = pool.QueryRowContext(ctx, `select (select application_id from pragma_application_id),
		(select count(*) from sqlite_schema where type = 'table'),
		(select count(*) from sqlite_schema where type = 'table' and name = 'schema_migrations')`).
		Scan(&i.application, &i.tables, &i.versions)
	if err == nil && i.versions {
		err = pool.QueryRowContext(ctx, `select coalesce(max(version), 0) from schema_migrations`).Scan(&i.version)
	}
	return i, err
}

func unreadable(path string, err error) error {
	reason := "it is not a readable SQLite database"
	var pathErr *fs.PathError
	switch {
	case isOver(err):
		return err
	case errors.As(err, &pathErr):
		reason = pathErr.Err.Error()
	case isBusy(err):
		reason = "another process holds it locked"
	}
	return &models.Error{Kind: models.KindInvalid, Code: "database_unreadable", Err: err,
		Message: fmt.Sprintf("The database %s cannot be opened: %s. Nothing was changed.", path, reason)}
}

func foreign(path string) error {
	return &models.Error{Kind: models.KindInvalid, Code: "database_foreign",
		Message: fmt.Sprintf("The file %s is a database of another program. Nothing was changed. Name another file.", path)}
}
