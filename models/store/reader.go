package store

import (
	"context"
	"database/sql"
	"errors"

	"gorm.io/gorm"
)

// Reader answers questions. It cannot write: its connections are read-only.
type Reader struct {
	queries
	pool *sql.DB
}

// SQL is the pool of read-only connections, for the jobs package only.
func (r *Reader) SQL() *sql.DB { return r.pool }

func (r *Reader) close() error { return errors.Join(r.statements.close(), r.pool.Close()) }

// queries are the questions, the same for a Reader and within a transaction.
type queries struct {
	orm        *gorm.DB
	statements *statements
	grams      *gramCounts // nil in a transaction
	patience   patience
	// whole is set in a transaction: SQLite rolls the whole of it back when one of its statements is interrupted, and what came after
	// would then be written on its own. So nothing interrupts a statement there; the writer looks at the context before the commit.
	whole bool
	// at is a transaction of a Reader: what is asked in it is of one moment.
	at *sql.Tx
}

// atOnce has fn ask its prepared questions of the database as it is at one moment.
func (r *Reader) atOnce(ctx context.Context, fn func(*queries) error) error {
	tx, err := r.pool.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return mapError(err)
	}
	defer func() { _ = tx.Rollback() }() // nothing was written
	q := r.queries
	q.at = tx
	return fn(&q)
}

// context gives the context a statement runs under.
func (q *queries) context(ctx context.Context) context.Context {
	if q.whole {
		return context.WithoutCancel(ctx)
	}
	return ctx
}

func (q *queries) gorm(ctx context.Context) *gorm.DB { return q.orm.WithContext(q.context(ctx)) }

// prepared gives the prepared statement of query, which must be a constant text: it is kept as long as the database is open.
func (q *queries) prepared(ctx context.Context, query string) (*sql.Stmt, error) {
	stmt, err := q.statements.get(q.context(ctx), query)
	if err != nil || q.at == nil {
		return stmt, err
	}
	return q.at.StmtContext(ctx, stmt), nil
}

// scanner reads one row.
type scanner func(dest ...any) error

// eachRow runs a prepared query and has each row read.
func (q *queries) eachRow(ctx context.Context, query string, args []any, read func(scanner) error) error {
	stmt, err := q.prepared(ctx, query)
	if err != nil {
		return err
	}
	rows, err := stmt.QueryContext(q.context(ctx), args...)
	if err != nil {
		return mapError(err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := read(rows.Scan); err != nil {
			return mapError(err)
		}
	}
	return mapError(rows.Err())
}

// queryRow runs a prepared query for one row. Without a row the error is of kind not found.
func (q *queries) queryRow(ctx context.Context, query string, args []any, dest ...any) error {
	stmt, err := q.prepared(ctx, query)
	if err != nil {
		return err
	}
	return mapError(stmt.QueryRowContext(q.context(ctx), args...).Scan(dest...))
}

// one gives the row that the conditions of g name, nil if there is none.
func one[T any](g *gorm.DB) (*T, error) {
	var row T
	err := mapError(g.Take(&row).Error)
	if missing(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &row, nil
}

// all gives the rows that the conditions of g name.
func all[T any](g *gorm.DB) ([]T, error) {
	var rows []T
	err := g.Find(&rows).Error
	return rows, mapError(err)
}
