package store

import (
	"context"
	"time"

	"counterfoil/models"
)

// RunningOutWithin is how soon an authorization must end to count as running out.
const RunningOutWithin = 7 * 24 * time.Hour

// Sort is the order of the order list.
type Sort string

// The sorts. Amounts of different currencies are not comparable: SortAmount goes by currency first.
const (
	SortCreated   Sort = "created"
	SortCaptureBy Sort = "capture-by"
	SortAmount    Sort = "amount"
)

// OrderQuery asks for one page of the order list. All conditions hold together, an empty one does not restrict. Times are half open:
// From <= t < To.
type OrderQuery struct {
	Tab           Tab    // empty means all
	Search        string // letters of name, e-mail or reference, or a Stripe id; no field:value terms
	Statuses      []models.OrderStatus
	Currencies    []string // ISO 4217, upper case
	Countries     []string // ISO 3166-1 alpha-2, upper case
	Categories    []string // Klarna's, e.g. pay_later
	CaptureMethod string   // "manual" or "automatic" (automatic_async too)
	Tracking      *bool    // has a tracking number or not
	Reference     string   // the whole order reference
	Email         string   // the whole address
	CreatedFrom   models.Unix
	CreatedTo     models.Unix
	CaptureByFrom models.Unix
	CaptureByTo   models.Unix
	AmountMin     *int64 // authorized, in thousandths of the currency's main unit: one number fits currencies of 0, 2 and 3 decimals
	AmountMax     *int64

	Sort   Sort        // empty means the tab's own order
	Asc    bool        // with Sort: oldest, soonest, smallest first
	After  string      // OrderPage.Next of the page before
	Before string      // OrderPage.Prev of the page after
	Limit  int         // 0 means DefaultLimit, at most MaxLimit
	Now    models.Unix // domain time: what is running out or ran out depends on it
}

// EachOrder reads every order of the query in its order, in keyset batches without a cursor that is held open, until read answers an
// error, which is given back. Errors: those of Orders, and read's.
func (q *queries) EachOrder(ctx context.Context, query OrderQuery, read func(models.Order) error) error {
	query.After, query.Before, query.Limit = "", "", MaxLimit
	for {
		page, err := q.Orders(ctx, query)
		if err != nil {
			return err
		}
		for _, o := range page.Orders {
			if err := read(o); err != nil {
				return err
			}
		}
		if page.Next == "" {
			return nil
		}
		query.After = page.Next
	}
}

// CountOrders counts the orders of the query, at most limit of them and not for long: exact is false where there may be more.
// Errors: those of Orders.
func (q *queries) CountOrders(ctx context.Context, query OrderQuery, limit int64) (n int64, exact bool, err error) {
	query.After, query.Before, query.Limit = "", "", MaxLimit
	for {
		page, err := q.Orders(ctx, query)
		if err != nil {
			return n, false, err
		}
		n += int64(len(page.Orders))
		if page.Next == "" {
			return n, true, nil
		}
		if n >= limit {
			return n, false, nil
		}
		query.After = page.Next
	}
}
