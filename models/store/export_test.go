package store

import (
	"context"
	"database/sql"
)

// What the tests in store_test look at from inside.
var (
	MatchExpression = matchExpression
	SearchTerms     = searchTerms
	NewOrderRowID   = newOrderRowID
)

// Plan is one statement of a walk with its parameters.
type Plan struct {
	Query  string
	Args   []any
	Filter bool
}

// PlansOf gives the statements that a query of the order list walks with.
func (q *queries) PlansOf(ctx context.Context, query OrderQuery) ([]Plan, error) {
	w, err := q.walkOf(ctx, query, someBound())
	if err != nil || w == nil {
		return nil, err
	}
	var plans []Plan
	for _, r := range w.readers {
		args := append([]any{sql.Named("p", r.prefix), sql.Named("n", 1), sql.Named("row", 1), sql.Named("nEnd", 1), sql.Named("rowEnd", 1),
			sql.Named("chunk", 1)}, w.args...)
		plans = append(plans, Plan{Query: r.query(w.asc), Args: args, Filter: r.filter})
	}
	return plans, nil
}

// OwnerPlans are the look-ups of Stripe ids by prefix.
func OwnerPlans() map[string]string {
	plans := map[string]string{}
	for _, prefix := range []string{"pi", "py", "ch", "re", "pyr", "du", "dp", "txn", "cus", "evt", "po"} {
		plans[prefix] = ownerQuery(prefix)
	}
	return plans
}

// DropConnection has the driver's connection of the writer fail, as after a fault of the driver.
func (w *Writer) DropConnection() error { return w.conn.Close() }
