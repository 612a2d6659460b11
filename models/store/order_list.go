package store

import (
	"context"
	"encoding/base64"
	"math"
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
	TabExpired    Tab = "expired"     // ran out or canceled before the capture
)

// Tabs are all tabs, in the order they are shown.
func Tabs() []Tab {
	return []Tab{TabAll, TabToCapture, TabCaptured, TabNoTracking, TabDisputed, TabRefunded, TabExpired}
}

// Page sizes of every list.
const (
	DefaultLimit = 50
	MaxLimit     = 200
)

// OrderPage is one page of orders, newest first. The orders lack what no list shows: addresses, description, errors and search text.
type OrderPage struct {
	Orders   []models.Order
	Next     string // cursor of the older orders, empty on the last page
	Prev     string // cursor of the newer orders, empty on the first page
	TooShort bool   // the search has no word of three letters: only an order reference that equals it was looked for
}

// listColumns are read for a row of the list, in the order of listRow.
const listColumns = `rowid, id, charge_id, status, payment_status, currency, amount, amount_capturable, amount_captured, amount_refunded,
	capture_method, klarna_category, reference, customer_id, customer_name, customer_email, country, created, authorized_at,
	captured_at, canceled_at, dispute_status, has_tracking, synced_at`

func listRow(scan scanner) (models.Order, error) {
	var o models.Order
	err := scan(&o.RowID, &o.ID, &o.ChargeID, &o.Status, &o.PaymentStatus, &o.Currency, &o.AmountAuthorized, &o.AmountCapturable,
		&o.AmountCaptured, &o.AmountRefunded, &o.CaptureMethod, &o.KlarnaCategory, &o.Reference, &o.CustomerID, &o.CustomerName,
		&o.CustomerEmail, &o.Country, &o.Created, &o.AuthorizedAt, &o.CapturedAt, &o.CanceledAt, &o.DisputeStatus, &o.HasTracking,
		&o.SyncedAt)
	return o, err
}

// Orders gives one page of the list. Orders that arrive meanwhile neither repeat nor hide a row of the pages that follow.
// Errors: invalid (field "tab", "after" or "before"), internal.
func (q *queries) Orders(ctx context.Context, query OrderQuery) (OrderPage, error) {
	if query.Tab == "" {
		query.Tab = TabAll
	}
	index, where := tabIndex(query.Tab)
	if index == "" {
		return OrderPage{}, invalid("tab", "tab_unknown", "There is no such list of orders.")
	}
	at, err := query.position()
	if err != nil {
		return OrderPage{}, err
	}
	if strings.TrimSpace(query.Search) != "" {
		return q.searchOrders(ctx, query, at)
	}
	return q.orderPage(ctx, at, "orders indexed by "+index, where, byCreated)
}

// tabIndex is the index that holds exactly a tab's orders and its condition, word for word; empty for an unknown tab. The index is
// named in the query: no statistics can talk the planner into a scan.
func tabIndex(t Tab) (index, where string) {
	switch t {
	case TabAll:
		return "orders_all", "1"
	case TabToCapture:
		return "orders_to_capture", "status = 'authorized'"
	case TabCaptured:
		return "orders_captured", "status in ('captured', 'partly_captured')"
	case TabNoTracking:
		return "orders_no_tracking", "status in ('captured', 'partly_captured') and has_tracking = 0"
	case TabDisputed:
		return "orders_disputed", "dispute_status <> ''"
	case TabRefunded:
		return "orders_refunded", "amount_refunded > 0"
	case TabExpired:
		return "orders_expired", "status in ('expired', 'canceled')"
	}
	return "", ""
}

// position is where a page starts and which way it goes.
type position struct {
	created, rowid int64
	up             bool // towards newer orders
	first          bool // no cursor was given
	limit          int
}

func (query OrderQuery) position() (position, error) {
	p := position{created: math.MaxInt64, rowid: math.MaxInt64, limit: pageLimit(query.Limit), first: true}
	field, cursor := "after", query.After
	if cursor == "" && query.Before != "" {
		field, cursor, p.up = "before", query.Before, true
	}
	if cursor == "" {
		return p, nil
	}
	var err error
	p.first = false
	p.created, p.rowid, err = parseCursor(field, cursor)
	return p, err
}

func pageLimit(n int) int {
	if n <= 0 {
		return DefaultLimit
	}
	return min(n, MaxLimit)
}

// sorting is how a list is kept in order: by an index of its own, or by the rowid where the search index is walked. Both orders are
// the same one, since a rowid is made from its order's created.
type sorting int

const (
	byCreated sorting = iota
	byRowID
)

// listQuery is the one query of all lists: the rows of from that satisfy where, beyond the position, nearest first.
func listQuery(from, where string, s sorting, up bool) string {
	beyond, order := "(created, rowid) < (?1, ?2)", "created desc, rowid desc"
	switch {
	case s == byCreated && up:
		beyond, order = "(created, rowid) > (?1, ?2)", "created, rowid"
	case s == byRowID && up:
		beyond, order = "s.rowid > ?2 and ?1 >= 0", "s.rowid"
	case s == byRowID:
		beyond, order = "s.rowid < ?2 and ?1 >= 0", "s.rowid desc"
	}
	columns := listColumns
	if s == byRowID {
		columns = "o." + listColumns // rowid alone would be ambiguous
	}
	return "select " + columns + " from " + from + " where " + where + " and " + beyond + " order by " + order + " limit ?3"
}

// orderPage runs the list's query and makes a page of it. more are the parameters of where, from ?4 on.
func (q *queries) orderPage(ctx context.Context, at position, from, where string, s sorting, more ...any) (OrderPage, error) {
	rows := make([]models.Order, 0, at.limit+1)
	args := append([]any{at.created, at.rowid, at.limit + 1}, more...)
	err := q.eachRow(ctx, listQuery(from, where, s, at.up), args, func(scan scanner) error {
		o, err := listRow(scan)
		rows = append(rows, o)
		return err
	})
	if err != nil {
		return OrderPage{}, err
	}
	return cutPage(rows, at), nil
}

// cutPage takes the row too many off, which only tells that there are more, and sets the cursors.
func cutPage(rows []models.Order, at position) OrderPage {
	further := len(rows) > at.limit
	if further {
		rows = rows[:at.limit]
	}
	if at.up {
		slices.Reverse(rows)
	}
	page := OrderPage{Orders: rows}
	if len(rows) == 0 {
		return page
	}
	if at.up || further {
		page.Next = cursorOf(rows[len(rows)-1])
	}
	if at.up && further || !at.up && !at.first {
		page.Prev = cursorOf(rows[0])
	}
	return page
}

// A cursor names the last order that was shown. It is opaque: nobody is to build one.
func cursorOf(o models.Order) string {
	text := strconv.FormatInt(int64(o.Created), 36) + "." + strconv.FormatInt(o.RowID, 36)
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

func parseCursor(field, cursor string) (created, rowid int64, err error) {
	bad := invalid(field, "cursor_invalid", "This page of the list does not exist. Start at the first page.")
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, 0, bad
	}
	a, b, _ := strings.Cut(string(text), ".")
	created, errA := strconv.ParseInt(a, 36, 64)
	rowid, errB := strconv.ParseInt(b, 36, 64)
	if errA != nil || errB != nil || created < 0 || rowid < 0 {
		return 0, 0, bad
	}
	return created, rowid, nil
}
