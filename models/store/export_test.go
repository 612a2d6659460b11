package store

import (
	"context"
	"time"
)

// BoundWalks has each page of the order list look at so many rows for so long.
func (r *Reader) BoundWalks(rows int, within time.Duration) {
	r.patience = patience{rows: rows, within: within}
}

// What the tests in store_test look at from inside.
var (
	MatchExpression = func(terms []string) string { return matchExpression(gramsOf(terms)) }
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
	w, err := q.walkOf(ctx, query, q.patience.bound())
	if err != nil || w == nil {
		return nil, err
	}
	var plans []Plan
	for _, r := range w.readers {
		plans = append(plans, Plan{Query: r.query(w.asc), Args: w.argsOf(r, 1), Filter: r.filter})
		if w.isPlain() {
			plans = append(plans, Plan{Query: "select " + listColumns + r.rows(w.asc), Args: w.argsOf(r, 1)})
		}
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

// ExceptionQuestions are what a check of the books asks, with the index that each follows.
func ExceptionQuestions() map[string]string {
	return map[string]string{
		findNotBooked: "orders_not_booked", findNoOrder: "balance_transactions_stray", findRefundNoOrder: "balance_transactions_stray_refunds",
		findRefundFailed: "refunds_failed", findDisputeUnbooked: "disputes_status", klarnaFees: "balance_transactions_klarna",
		klarnaEntries: "balance_transactions_klarna", entriesNetOff: "balance_transactions_net_off",
	}
}
