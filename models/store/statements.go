package store

import (
	"context"
	"database/sql"
	"errors"
	"sync"
)

// preparer is a pool of connections (readers) or one connection (the writer).
type preparer interface {
	PrepareContext(ctx context.Context, query string) (*sql.Stmt, error)
}

// statements keeps prepared statements by their text. The texts are constants of this package, so there are few.
type statements struct {
	on preparer
	mu sync.RWMutex
	by map[string]*sql.Stmt
}

func newStatements(on preparer) *statements {
	return &statements{on: on, by: map[string]*sql.Stmt{}}
}

func (s *statements) get(ctx context.Context, query string) (*sql.Stmt, error) {
	s.mu.RLock()
	stmt := s.by[query]
	s.mu.RUnlock()
	if stmt != nil {
		return stmt, nil
	}
	stmt, err := s.on.PrepareContext(ctx, query) // not under the lock: it may wait for a connection
	if err != nil {
		return nil, mapError(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if first := s.by[query]; first != nil {
		_ = stmt.Close() // somebody was faster
		return first, nil
	}
	s.by[query] = stmt
	return stmt, nil
}

func (s *statements) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	var errs []error
	for _, stmt := range s.by {
		errs = append(errs, stmt.Close())
	}
	clear(s.by)
	return errors.Join(errs...)
}
