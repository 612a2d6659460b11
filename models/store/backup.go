package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"counterfoil/models"
)

// keptTables only grow while the desk runs, so that a copy can be counted against them. (An order that turns out not to be a Klarna
// payment is taken out again: that is why a copy is counted between what was before and what was after, whichever is more.)
func keptTables() []string {
	return []string{"schema_migrations", "orders", "refunds", "disputes", "payouts", "balance_transactions", "stripe_objects", "stripe_events",
		"captures", "cancellations", "shipments", "notes", "audit_entries", "staff"}
}

// BackupTo writes a copy of the database as it is at one moment to file, while the desk goes on, and checks it: its integrity, and that
// it has the rows. Only then it gets its name; a file that is there is not overwritten.
// Errors: invalid (codes "backup_exists", "backup_unwritable"), internal, with nothing left behind.
func (db *DB) BackupTo(ctx context.Context, file string) error {
	if _, err := os.Lstat(file); err == nil {
		return &models.Error{Kind: models.KindInvalid, Code: "backup_exists",
			Message: fmt.Sprintf("%s exists already. Nothing was written. Name a new file.", file)}
	}
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part-*") // readable by its owner only
	if err != nil {
		return unwritable(file, err)
	}
	defer os.Remove(part.Name())
	if err := part.Close(); err != nil {
		return unwritable(file, err)
	}
	if err := db.copyTo(ctx, part.Name()); err != nil {
		return err
	}
	if err := os.Rename(part.Name(), file); err != nil {
		return unwritable(file, err)
	}
	return syncPath(filepath.Dir(file))
}

// copyTo writes and checks the copy.
func (db *DB) copyTo(ctx context.Context, file string) error {
	live, err := openPool(ctx, db.path, 1, "ro") // not query_only: that would forbid writing the copy, too
	if err != nil {
		return err
	}
	defer live.Close()
	before, err := countRows(ctx, live)
	if err != nil {
		return err
	}
	if _, err := live.ExecContext(ctx, `vacuum into ?`, file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	after, err := countRows(ctx, live)
	if err != nil {
		return err
	}
	if err := syncPath(file); err != nil {
		return err
	}
	copied, err := checkFile(ctx, file)
	if err != nil {
		return fmt.Errorf("backup: the copy is damaged: %w", err)
	}
	for table, n := range copied {
		if n < min(before[table], after[table]) || n > max(before[table], after[table]) {
			return fmt.Errorf("backup: the copy has %d rows in %s, the database had %d to %d", n, table, before[table], after[table])
		}
	}
	return nil
}

func countRows(ctx context.Context, pool *sql.DB) (map[string]int64, error) {
	counts := map[string]int64{}
	for _, table := range keptTables() {
		var n int64
		if err := pool.QueryRowContext(ctx, `select count(*) from `+table).Scan(&n); err != nil {
			return nil, fmt.Errorf("count %s: %w", table, err)
		}
		counts[table] = n
	}
	return counts, nil
}

// checkFile tests the integrity of a database file and counts its rows.
func checkFile(ctx context.Context, file string) (map[string]int64, error) {
	pool, err := openPool(ctx, file, 1, "ro", "query_only(1)")
	if err != nil {
		return nil, err
	}
	defer pool.Close()
	var verdict string
	if err := pool.QueryRowContext(ctx, `pragma integrity_check(1)`).Scan(&verdict); err != nil {
		return nil, err
	}
	if verdict != "ok" {
		return nil, errors.New(verdict)
	}
	return countRows(ctx, pool)
}

// Restore puts the backup from in the place of the database to, which nobody may have open. The database that was there is kept beside
// it, under the name that is returned (empty if there was none).
// Errors: invalid, with a sentence for whoever runs the desk, when from is not a sound database of the desk or is newer than this
// program, or when to is in use; internal. After an error, to is as it was.
func Restore(ctx context.Context, from, to string) (kept string, err error) {
	if err := checkBackup(ctx, from); err != nil {
		return "", err
	}
	part, err := copyFile(from, to)
	if err != nil {
		return "", unwritable(to, err)
	}
	defer os.Remove(part)
	if kept, err = setAside(ctx, to); err != nil {
		return "", err
	}
	if err := os.Rename(part, to); err != nil {
		return "", errors.Join(unwritable(to, err), bringBack(kept, to))
	}
	return kept, syncPath(filepath.Dir(to))
}

func checkBackup(ctx context.Context, from string) error {
	if _, err := os.Stat(from); err != nil {
		return unreadable(from, err)
	}
	info, err := inspect(ctx, from)
	if resultCode(err)&0xff == codeCorrupt {
		return damaged(from, err)
	}
	if err != nil {
		return unreadable(from, err)
	}
	if info.tables == 0 || info.foreign() {
		return foreign(from)
	}
	newest, err := SchemaVersion()
	if err != nil {
		return err
	}
	if info.version > newest {
		return newerSchema(from, info.version, newest)
	}
	if _, err := checkFile(ctx, from); err != nil {
		return damaged(from, err)
	}
	return nil
}

func damaged(path string, err error) error {
	return &models.Error{Kind: models.KindInvalid, Code: "backup_damaged", Err: err,
		Message: fmt.Sprintf("The backup %s is damaged. Nothing was changed. Use another one.", path)}
}

// copyFile copies from into a new file beside to.
func copyFile(from, to string) (name string, err error) {
	in, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer in.Close()
	out, err := os.CreateTemp(filepath.Dir(to), filepath.Base(to)+".restoring-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(out, in)
	err = errors.Join(err, out.Sync(), out.Close())
	if err != nil {
		return "", errors.Join(err, os.Remove(out.Name()))
	}
	return out.Name(), nil
}

// sidecars are the endings of the files that belong to a database: the log and its index.
func sidecars() []string { return []string{"", "-wal", "-shm"} }

// setAside renames the database at path, with what belongs to it, and answers its new name.
func setAside(ctx context.Context, path string) (kept string, err error) {
	if _, err := os.Lstat(path); errors.Is(err, os.ErrNotExist) {
		return "", nil
	}
	if err := closeLog(ctx, path); err != nil {
		return "", err
	}
	kept = path + ".before-restore"
	for n := 2; exists(kept); n++ {
		kept = fmt.Sprintf("%s.before-restore-%d", path, n)
	}
	for _, ending := range sidecars() {
		if err := os.Rename(path+ending, kept+ending); err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", errors.Join(unwritable(kept, err), bringBack(kept, path))
		}
	}
	return kept, nil
}

// bringBack undoes setAside.
func bringBack(kept, path string) error {
	if kept == "" {
		return nil
	}
	var errs []error
	for _, ending := range sidecars() {
		if err := os.Rename(kept+ending, path+ending); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// closeLog writes the database's log into its file. That is possible only when nobody else has it open, which is how we know. A file
// that is no sound database is left as it is: a damaged one is a reason to restore.
func closeLog(ctx context.Context, path string) error {
	pool, err := openPool(ctx, path, 1, "rw", "busy_timeout(100)")
	if err == nil {
		var mode string
		err = errors.Join(pool.QueryRowContext(ctx, `pragma journal_mode = delete`).Scan(&mode), pool.Close())
	}
	if isBusy(err) {
		return &models.Error{Kind: models.KindInvalid, Code: "database_in_use", Err: err,
			Message: fmt.Sprintf("The database %s is in use. Nothing was changed. Stop the desk first.", path)}
	}
	return nil
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// syncPath has the file or folder written to the disk.
func syncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	err = f.Sync()
	if errors.Is(err, errors.ErrUnsupported) || err != nil && strings.Contains(err.Error(), "invalid argument") {
		err = nil // a file system that does not sync folders
	}
	return errors.Join(err, f.Close())
}

func unwritable(path string, err error) error {
	return &models.Error{Kind: models.KindInvalid, Code: "backup_unwritable", Err: err,
		Message: fmt.Sprintf("%s cannot be written. Nothing was changed. Check the folder and its rights.", path)}
}
