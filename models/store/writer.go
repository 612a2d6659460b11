package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"

	"gorm.io/gorm"
)

// Writer is the one connection that writes. Transactions take turns.
type Writer struct {
	pool       *sql.DB
	conn       *sql.Conn // the pool's only connection, held for good so that its prepared statements stay
	orm        *gorm.DB
	statements *statements
	turn       chan struct{} // holds one token while a transaction runs
	migrated   bool          // the schema is ours and of this binary
	closed     bool
	changes    changes
}

// Tx runs fn in a transaction (BEGIN IMMEDIATE) and commits it when fn answers nil; an error or a panic rolls it back, and so does a ctx
// that is over by then. The commit is durable when Tx returns. Within fn everything must go through tx: a second transaction would wait
// for this one for ever. Keep fn under 200 ms, without network. Errors: fn's own, busy (kind unavailable), the context's, internal.
func (w *Writer) Tx(ctx context.Context, fn func(tx *Tx) error) error {
	if err := w.lock(ctx); err != nil {
		return err
	}
	hooks, err := w.run(ctx, fn)
	if err != nil {
		return err
	}
	for _, hook := range hooks {
		hook()
	}
	w.changes.tell()
	return nil
}

// run does the transaction, gives the turn back, and answers what is to be called after the commit.
func (w *Writer) run(ctx context.Context, fn func(tx *Tx) error) (hooks []func(), err error) {
	defer w.unlock()
	sqlTx, err := w.begin(ctx)
	if err != nil {
		return nil, mapError(err)
	}
	returned := false
	defer func() {
		if !returned { // fn panicked, or ended its goroutine
			_ = sqlTx.Rollback()
		}
	}()
	tx := newTx(w, sqlTx)
	err = fn(tx)
	returned = true
	if err == nil {
		err = ctx.Err()
	}
	if err == nil && w.migrated {
		err = tx.keepSearch()
	}
	if err != nil {
		if lost := rollback(sqlTx); lost != nil {
			return nil, errors.Join(err, lost)
		}
		return nil, err
	}
	if err := sqlTx.Commit(); err != nil {
		return nil, fmt.Errorf("commit: %w", mapError(err))
	}
	return tx.hooks, nil
}

// begin starts a transaction. Its context is detached: database/sql would roll back behind our back, and a statement of the
// connection's own would then run outside of any transaction.
func (w *Writer) begin(ctx context.Context) (*sql.Tx, error) {
	detached := context.WithoutCancel(ctx)
	tx, err := w.conn.BeginTx(detached, nil)
	if !errors.Is(err, sql.ErrConnDone) && !errors.Is(err, driver.ErrBadConn) {
		return tx, err
	}
	if err := w.reconnect(detached); err != nil {
		return nil, err
	}
	return w.conn.BeginTx(detached, nil)
}

// reconnect replaces a connection that the driver gave up.
func (w *Writer) reconnect(ctx context.Context) error {
	_ = w.statements.close()
	_ = w.conn.Close()
	conn, err := w.pool.Conn(ctx)
	if err != nil {
		return err
	}
	w.conn, w.statements = conn, newStatements(conn)
	return nil
}

// rollback ends the transaction. SQLite may have done that by itself (a full disk): then there is nothing left to do.
func rollback(tx *sql.Tx) error {
	if err := tx.Rollback(); err != nil && !errors.Is(err, sql.ErrTxDone) && !isNoTransaction(err) {
		return fmt.Errorf("roll back: %w", err)
	}
	return nil
}

func (w *Writer) lock(ctx context.Context) error {
	select {
	case w.turn <- struct{}{}:
	case <-ctx.Done():
		return ctx.Err()
	}
	if w.closed {
		w.unlock()
		return errClosed
	}
	return nil
}

func (w *Writer) unlock() { <-w.turn }

func (w *Writer) close() error {
	if err := w.lock(context.Background()); errors.Is(err, errClosed) {
		return nil
	}
	defer w.unlock()
	w.closed = true
	var errs []error
	if w.migrated {
		_, err := w.conn.ExecContext(context.Background(), "pragma optimize")
		errs = append(errs, err)
	}
	errs = append(errs, w.statements.close(), w.conn.Close(), w.pool.Close())
	return errors.Join(errs...)
}
