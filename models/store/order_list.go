package store

import (
	"cmp"
	"context"
	"encoding/base64"
	"slices"
	"strconv"
	"strings"

	"counterfoil/models"
)

// Tab is one of the lists that orders are shown in.
type Tab string

// The tabs of the order list. An order may be on several.
const (
	TabAll        Tab = "all"
	TabToCapture  Tab = "to-capture"  // authorized, waiting for the one capture
	TabRunningOut Tab = "running-out" // of those, what ends within RunningOutWithin
	TabCaptured   Tab = "captured"    // captured in full or in part
	TabNoTracking Tab = "no-tracking" // captured, without a tracking number
	TabDisputed   Tab = "disputed"    // with a dispute, open or over
	TabRefunded   Tab = "refunded"    // with money given back or on its way
	TabExpired    Tab = "expired"     // never captured and ran out, whether Stripe has told so or not
)

// Tabs are all tabs, in the order they are shown.
func Tabs() []Tab {
	return []Tab{TabAll, TabToCapture, TabRunningOut, TabCaptured, TabNoTracking, TabDisputed, TabRefunded, TabExpired}
}

// Page sizes of every list.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// OrderPage is one page of orders, in the query's order. The orders lack what no list shows: addresses, description, errors, search text.
type OrderPage struct {
	Orders   []models.Order
	Next     string // cursor of the orders that follow, empty on the last page
	Prev     string // cursor of the orders before, empty on the first page
	TooShort bool   // the search has no word of three letters: only an order reference that equals it was looked for
	Cut      bool   // the walk was given up before the page was full: Next goes on from there
	Walked   int    // orders that were looked at
}

// listColumns are read for a row of the list, in the order of listRow.
const listColumns = `o.rowid, o.id, o.charge_id, o.status, o.payment_status, o.currency, o.amount, o.amount_capturable, o.amount_captured,
	o.amount_refunded, o.capture_method, o.klarna_category, o.reference, o.customer_id, o.customer_name, o.customer_email, o.country,
	o.created, o.authorized_at, o.captured_at, o.canceled_at, o.dispute_status, o.has_tracking, o.synced_at`

// addOrder adds the order of a row of listColumns. It is read into its place: an order is large, and a file has all of them.
func addOrder(orders *[]models.Order, scan scanner) error {
	*orders = append(*orders, models.Order{})
	return listRow(&(*orders)[len(*orders)-1], scan)
}

func listRow(o *models.Order, scan scanner) error {
	return scan(&o.RowID, &o.ID, &o.ChargeID, &o.Status, &o.PaymentStatus, &o.Currency, &o.AmountAuthorized, &o.AmountCapturable,
		&o.AmountCaptured, &o.AmountRefunded, &o.CaptureMethod, &o.KlarnaCategory, &o.Reference, &o.CustomerID, &o.CustomerName,
		&o.CustomerEmail, &o.Country, &o.Created, &o.AuthorizedAt, &o.CapturedAt, &o.CanceledAt, &o.DisputeStatus, &o.HasTracking,
		&o.SyncedAt)
}

// Orders gives one page of the list. Orders that arrive meanwhile neither repeat nor hide a row of the pages that follow. A query that no
// index answers walks the index of its order within a bound, and says so (Cut). Errors: invalid (field "tab", "sort", "after" or
// "before"), internal.
func (q *queries) Orders(ctx context.Context, query OrderQuery) (OrderPage, error) {
	query.Limit = pageLimit(query.Limit)
	return q.orders(ctx, query, q.patience.bound())
}

func (q *queries) orders(ctx context.Context, query OrderQuery, b bound) (OrderPage, error) {
	w, err := q.walkOf(ctx, query, b)
	if err != nil {
		return OrderPage{}, err
	}
	page := OrderPage{Orders: []models.Order{}}
	if w == nil {
		return page, nil
	}
	var found []place
	var orders []models.Order // read already
	if w.isPlain() {
		found, orders, err = w.read(query.Limit + 1)
	} else {
		found, err = w.take(query.Limit + 1)
	}
	if err != nil {
		return page, err
	}
	page.TooShort, page.Walked = w.tooShort, w.walked
	up := query.Before != "" && query.After == ""
	further := len(found) > query.Limit
	if further {
		found = found[:query.Limit]
		orders = orders[:min(len(orders), query.Limit)]
	}
	page.Cut = w.cut && !further
	var first, last string
	if len(found) > 0 {
		first, last = w.cursor(found[0]), w.cursor(found[len(found)-1])
	}
	if page.Cut {
		last = w.cursor(w.last)
	}
	if up {
		slices.Reverse(found)
		slices.Reverse(orders)
		first, last = last, first
	}
	if !up && (further || page.Cut) || up && len(found) > 0 {
		page.Next = last
	}
	if up && (further || page.Cut) || !up && query.After != "" && len(found) > 0 {
		page.Prev = first
	}
	if len(found) == 0 { // what stood here is gone: the way back remains
		page.turnBack(w, up)
	}
	if orders != nil {
		page.Orders = orders
		return page, nil
	}
	page.Orders, err = q.ordersAt(ctx, found)
	return page, err
}

// turnBack gives an empty page the cursor of the page that it was reached from, which includes the order that its own cursor names.
func (page *OrderPage) turnBack(w *walk, up bool) {
	if w.from == nil {
		return
	}
	back := *w.from
	if w.asc {
		back.row++
	} else {
		back.row = max(0, back.row-1)
	}
	if up {
		page.Next = cmp.Or(page.Next, w.cursor(back))
	} else {
		page.Prev = cmp.Or(page.Prev, w.cursor(back))
	}
}

// ordersAt reads the rows of a page.
func (q *queries) ordersAt(ctx context.Context, found []place) ([]models.Order, error) {
	orders := make([]models.Order, 0, len(found))
	if len(found) == 0 {
		return orders, nil
	}
	list := []byte{'['}
	for i, p := range found {
		if i > 0 {
			list = append(list, ',')
		}
		list = strconv.AppendInt(list, p.row, 10)
	}
	query := "select " + listColumns + " from json_each(?1) w cross join orders o on o.rowid = w.value"
	err := q.eachRow(ctx, query, []any{string(append(list, ']'))}, func(scan scanner) error { return addOrder(&orders, scan) })
	return orders, err
}

func pageLimit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, MaxLimit)
}

// A cursor names the sort and the place of the last order that was shown. It is opaque: nobody is to build one.
func (w *walk) cursor(p place) string {
	text := string(w.sort) + "." + p.currency + "." + strconv.FormatInt(p.n, 36) + "." + strconv.FormatInt(p.row, 36)
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

// parseCursor reads the place that a cursor of the given sort names.
func parseCursor(field, cursor string, s Sort) (place, error) {
	bad := invalid(field, "cursor_invalid", "This page of the list does not exist. Start at the first page.")
	if len(cursor) > 100 {
		return place{}, bad
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	parts := strings.Split(string(text), ".")
	if err != nil || len(parts) != 4 || parts[0] != string(s) || len(parts[1]) > 3 {
		return place{}, bad
	}
	n, errN := strconv.ParseInt(parts[2], 36, 64)
	row, errRow := strconv.ParseInt(parts[3], 36, 64)
	if errN != nil || errRow != nil || n < 0 || row < 0 {
		return place{}, bad
	}
	return place{currency: parts[1], n: n, row: row}, nil
}
