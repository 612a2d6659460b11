package store

import (
	"context"
	"slices"
	"strings"
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

// normal is the query with its tab written out as conditions. ok is false when no order can satisfy it.
func (query OrderQuery) normal() (n conditions, ok bool) {
	n = conditions{OrderQuery: query}
	switch query.Tab {
	case TabToCapture:
		n.within(models.StatusAuthorized)
	case TabRunningOut:
		n.within(models.StatusAuthorized)
		n.CaptureByTo = soonest(n.CaptureByTo, query.Now.Add(RunningOutWithin)+1)
	case TabCaptured:
		n.within(capturedStatuses()...)
	case TabNoTracking:
		n.within(capturedStatuses()...)
		if query.Tracking != nil && *query.Tracking {
			return n, false
		}
		n.Tracking = new(bool)
	case TabDisputed:
		n.disputed = true
	case TabRefunded:
		n.refunded = true
	case TabExpired:
		n.within(models.StatusExpired)
	}
	n.lapsed = query.Now.Add(-models.AuthorizationValidity)
	return n, !n.nothing
}

// conditions is a query whose tab is written out.
type conditions struct {
	OrderQuery
	disputed, refunded bool
	customerID, id     string      // of a pasted Stripe id
	words              []string    // folded
	lapsed             models.Unix // an authorization of this moment or before has run out
	nothing            bool
}

// within keeps those of the given statuses that the query allows.
func (n *conditions) within(statuses ...models.OrderStatus) {
	if len(n.Statuses) == 0 {
		n.Statuses = statuses
		return
	}
	n.Statuses = slices.DeleteFunc(slices.Clone(n.Statuses), func(s models.OrderStatus) bool { return !slices.Contains(statuses, s) })
	n.nothing = len(n.Statuses) == 0
}

func capturedStatuses() []models.OrderStatus {
	return []models.OrderStatus{models.StatusCaptured, models.StatusPartlyCaptured}
}

// allStatuses are all that an order can have.
func allStatuses() []models.OrderStatus {
	return []models.OrderStatus{models.StatusStarted, models.StatusFailed, models.StatusAuthorized, models.StatusCaptured,
		models.StatusPartlyCaptured, models.StatusCanceled, models.StatusExpired}
}

// soonest gives the earlier of two ends; 0 means none.
func soonest(a, b models.Unix) models.Unix {
	if a == 0 || b < a {
		return b
	}
	return a
}

// sorted is the query's own order, or its tab's.
func (query OrderQuery) sorted() (s Sort, asc bool) {
	switch {
	case query.Sort != "":
		return query.Sort, query.Asc
	case strings.TrimSpace(query.Search) != "":
		return SortCreated, false
	case query.Tab == TabToCapture || query.Tab == TabRunningOut:
		return SortCaptureBy, true
	case query.Tab == TabExpired:
		return SortCaptureBy, false
	}
	return SortCreated, false
}

// eachBatch is how many orders are read at a time where all are read.
const eachBatch = 2000

// OrderBatch gives the next orders of a query in its order, far more than a page and without a bound: for who reads all of them. No cursor
// is held open in between. Errors: those of Orders.
func (q *queries) OrderBatch(ctx context.Context, query OrderQuery) (OrderPage, error) {
	query.Limit = eachBatch
	return q.orders(ctx, query, noBound())
}

// EachOrder reads every order of the query in its order until read answers an error, which is given back. Errors: those of Orders, and
// read's.
func (q *queries) EachOrder(ctx context.Context, query OrderQuery, read func(models.Order) error) error {
	query.After, query.Before = "", ""
	for {
		page, err := q.OrderBatch(ctx, query)
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
	query.After, query.Before = "", ""
	w, err := q.walkOf(ctx, query, q.patience.bound())
	if err != nil || w == nil {
		return 0, err == nil, err
	}
	if n, plain, err := w.count(limit + 1); plain || err != nil {
		return min(n, limit), err == nil && n <= limit, err
	}
	found, err := w.take(int(limit) + 1)
	n = min(int64(len(found)), limit)
	return n, err == nil && int64(len(found)) <= limit && !w.cut, err
}
