package store

import "context"

// OpenExceptions counts what does not fit and nobody explained. Errors: internal.
func (q *queries) OpenExceptions(ctx context.Context) (int64, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from exceptions where explained_at = 0`, nil, &n)
	return n, err
}
