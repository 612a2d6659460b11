package store

import (
	"context"
	"database/sql"

	"gorm.io/gorm"
)

// Tx is one write transaction: all the questions of a Reader, asked within it, and the changes.
type Tx struct {
	queries
	tx    *sql.Tx
	hooks []func()
}

func newTx(w *Writer, sqlTx *sql.Tx) *Tx {
	orm := w.orm.Session(&gorm.Session{NewDB: true, Context: context.Background()})
	orm.Statement.ConnPool = sqlTx
	return &Tx{queries: queries{orm: orm, statements: w.statements, patience: usualPatience(), whole: true}, tx: sqlTx}
}

// SQL is the transaction itself, for the jobs package and for tests only.
func (tx *Tx) SQL() *sql.Tx { return tx.tx }

// AfterCommit has fn called once the transaction is durable and the writer is free again; never after a rollback.
func (tx *Tx) AfterCommit(fn func()) { tx.hooks = append(tx.hooks, fn) }

// exec runs a prepared statement and gives the number of rows it changed.
func (tx *Tx) exec(ctx context.Context, query string, args ...any) (int64, error) {
	stmt, err := tx.prepared(ctx, query)
	if err != nil {
		return 0, err
	}
	res, err := stmt.ExecContext(tx.context(ctx), args...)
	if err != nil {
		return 0, mapError(err)
	}
	n, err := res.RowsAffected()
	return n, mapError(err)
}

// execOne is exec for a change of exactly one row. Errors: not found where there is none.
func (tx *Tx) execOne(ctx context.Context, query string, args ...any) error {
	n, err := tx.exec(ctx, query, args...)
	if err == nil && n == 0 {
		err = errNotFound()
	}
	return err
}

// create inserts a row of ours through gorm, every column by its name.
func (tx *Tx) create(ctx context.Context, row any) error {
	return mapError(tx.gorm(ctx).Create(row).Error)
}
