package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"modernc.org/sqlite"

	"counterfoil/models"
)

// SQLite's extended result codes (sqlite.org/rescode.html). gorm's TranslateError does not know modernc's errors.
const (
	codeBusy       = 5
	codeLocked     = 6
	codeCorrupt    = 11
	codeForeignKey = 787
	codePrimaryKey = 1555
	codeUnique     = 2067
)

var (
	// ErrDuplicate is a row that is there already. The error that carries it is of kind conflict.
	ErrDuplicate = errors.New("store: duplicate")
	// ErrForeignKey is a row whose owner is not there. The error that carries it is of kind not found.
	ErrForeignKey = errors.New("store: foreign key")
	// ErrBusy is a database that another process holds locked; nothing was written. The error that carries it is of kind unavailable.
	ErrBusy = errors.New("store: busy")
	// ErrNewerSchema is a database that a newer version of the desk has migrated. The error that carries it is of kind invalid.
	ErrNewerSchema = errors.New("store: newer schema")

	errClosed = errors.New("store: closed")
)

// mapError gives the driver's and gorm's errors a kind. Any other error stays as it is, which is kind internal.
func mapError(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) || errors.Is(err, gorm.ErrRecordNotFound) {
		return errNotFound()
	}
	switch resultCode(err) {
	case codeUnique, codePrimaryKey:
		return &models.Error{Kind: models.KindConflict, Code: "duplicate", Message: "This was recorded already.", Err: fmt.Errorf("%w: %w", ErrDuplicate, err)}
	case codeForeignKey:
		return &models.Error{Kind: models.KindNotFound, Code: "owner_missing", Message: "What this belongs to does not exist.",
			Err: fmt.Errorf("%w: %w", ErrForeignKey, err)}
	}
	if isBusy(err) {
		return &models.Error{Kind: models.KindUnavailable, Code: "database_busy", Message: "The database is busy. Nothing was saved. Try again in a moment.",
			Err: fmt.Errorf("%w: %w", ErrBusy, err)}
	}
	return err
}

func errNotFound() error {
	return &models.Error{Kind: models.KindNotFound, Code: "not_found", Message: "There is nothing with this id."}
}

// missing turns "not found" into "nothing": for questions where that is an answer.
func missing(err error) bool { return models.IsKind(err, models.KindNotFound) }

// resultCode is SQLite's extended result code of err, 0 for another error.
func resultCode(err error) int {
	var e *sqlite.Error
	if errors.As(err, &e) {
		return e.Code()
	}
	return 0
}

func isBusy(err error) bool {
	c := resultCode(err) & 0xff
	return c == codeBusy || c == codeLocked
}

// isNoTransaction tells a ROLLBACK that came after SQLite had rolled back by itself: SQLite has no code of its own for it.
func isNoTransaction(err error) bool {
	return strings.Contains(err.Error(), "no transaction is active")
}

func invalid(field, code, message string) error {
	return &models.Error{Kind: models.KindInvalid, Field: field, Code: code, Message: message}
}

// isOver tells whether err is a context's.
func isOver(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}
