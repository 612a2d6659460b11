package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/money"
)

// walkOf plans the walk of a query: which indexes are walked, and whether each row must be looked at besides. nil means that no order can
// satisfy the query. Errors: invalid by field, internal.
func (q *queries) walkOf(ctx context.Context, query OrderQuery, b bound) (*walk, error) {
	if query.Tab != "" && !slices.Contains(Tabs(), query.Tab) {
		return nil, invalid("tab", "tab_unknown", "There is no such list of orders.")
	}
	w := &walk{q: q, ctx: ctx, bound: b}
	w.sort, w.asc = query.sorted()
	if w.sort != SortCreated && w.sort != SortCaptureBy && w.sort != SortAmount {
		return nil, invalid("sort", "sort_unknown", "The list cannot be sorted like this.")
	}
	n, ok := query.normal()
	streams, err := q.searchStreams(ctx, &n, w)
	if err != nil {
		return nil, err
	}
	if n.id != "" || n.customerID != "" || n.Reference != "" || n.Email != "" {
		w.sort = SortCreated // few enough for one order
	}
	cursor, err := query.cursor(w.sort)
	if err != nil || n.nothing || !ok {
		return nil, err
	}
	if query.After == "" && query.Before != "" {
		w.asc = !w.asc
	}
	if streams == nil {
		if streams, err = q.streams(ctx, n, w.sort); err != nil {
			return nil, err
		}
	}
	from, to := n.rowRange()
	for _, s := range streams {
		if r, ok := s.start(w.asc, cursor, from, to); ok {
			w.readers = append(w.readers, r)
		}
	}
	w.args, w.from = n.filterArgs(), cursor
	return w, nil
}

func (query OrderQuery) cursor(s Sort) (*place, error) {
	field, text := "after", query.After
	if text == "" {
		field, text = "before", query.Before
	}
	if text == "" {
		return nil, nil
	}
	p, err := parseCursor(field, text, s)
	return &p, err
}

// rowRange is the range of rowids that the created dates leave: from <= rowid < to.
func (n *conditions) rowRange() (from, to int64) {
	to = math.MaxInt64
	if n.CreatedFrom > 0 {
		from = int64(n.CreatedFrom) << rowIDBits
	}
	if n.CreatedTo > 0 {
		to = int64(n.CreatedTo) << rowIDBits
	}
	return from, to
}

// streams are the ways through the table for a query without words.
func (q *queries) streams(ctx context.Context, n conditions, s Sort) ([]stream, error) {
	switch s {
	case SortCaptureBy:
		return n.byCaptureBy(), nil
	case SortAmount:
		return q.byAmount(ctx, n)
	}
	return n.byCreated(), nil
}

// byCreated walks the index of the condition that leaves the fewest orders.
func (n *conditions) byCreated() []stream {
	all := func(s stream, consumed conditions) []stream {
		s.filter, s.low, s.high = n.filtersBeyond(consumed), int64(n.CreatedFrom), math.MaxInt64
		if n.CreatedTo > 0 {
			s.high = int64(n.CreatedTo) - 1
		}
		return []stream{s}
	}
	each := func(from, where string, values []string, consumed conditions) (streams []stream) {
		for _, v := range values {
			streams = append(streams, all(stream{from: from, where: where, prefix: v}, consumed)...)
		}
		return streams
	}
	switch {
	case n.id != "":
		return []stream{{from: "orders o", where: "o.id = @p", prefix: n.id}} // an id is found whatever the tab
	case n.customerID != "":
		return []stream{{from: "orders o indexed by orders_customer", where: "o.customer_id = @p and o.customer_id <> ''", prefix: n.customerID}}
	case n.Reference != "":
		return all(stream{from: "orders o indexed by orders_reference", where: "o.reference = @p and o.reference <> ''", prefix: n.Reference},
			conditions{OrderQuery: OrderQuery{Reference: n.Reference}})
	case n.Email != "":
		return all(stream{from: "orders o indexed by orders_email", where: "o.customer_email = @p collate nocase and o.customer_email <> ''", prefix: n.Email},
			conditions{OrderQuery: OrderQuery{Email: n.Email}})
	case n.Tracking != nil && !*n.Tracking && slices.Equal(n.Statuses, capturedStatuses()):
		return all(stream{from: "orders o indexed by orders_no_tracking", by: "o.created",
			where: "o.status in ('captured', 'partly_captured') and o.has_tracking = 0"},
			conditions{OrderQuery: OrderQuery{Statuses: n.Statuses, Tracking: n.Tracking}})
	case n.disputed:
		return all(stream{from: "orders o indexed by orders_disputed", where: "o.dispute_status <> ''", by: "o.created"}, conditions{disputed: true})
	case len(n.Statuses) > 0 && !slices.Contains(n.Statuses, models.StatusCaptured):
		return n.statusesByCreated()
	case n.refunded:
		return all(stream{from: "orders o indexed by orders_refunded", where: "o.amount_refunded > 0", by: "o.created"}, conditions{refunded: true})
	case len(n.Countries) > 0:
		return each("orders o indexed by orders_country", "o.country = @p and o.country <> ''", n.Countries,
			conditions{OrderQuery: OrderQuery{Countries: n.Countries}})
	case len(n.Currencies) > 0:
		return each("orders o indexed by orders_currency", "o.currency = @p", n.Currencies,
			conditions{OrderQuery: OrderQuery{Currencies: n.Currencies}})
	case len(n.Statuses) > 0:
		return n.statusesByCreated()
	}
	return all(stream{from: "orders o", where: "1"}, conditions{})
}

func (n *conditions) statusesByCreated() (streams []stream) {
	rest := n.filtersBeyond(conditions{OrderQuery: OrderQuery{Statuses: n.Statuses}})
	for _, s := range n.Statuses {
		st := stream{from: "orders o indexed by orders_status", where: "o.status = @p", prefix: string(s), filter: rest}
		if s == models.StatusAuthorized {
			st.where += " and (o.authorized_at > @lapsed or o.authorized_at = 0)"
		}
		streams = append(streams, st)
		if s == models.StatusExpired { // what ran out without a word of Stripe is little, and sorted
			streams = append(streams, stream{from: "orders o indexed by orders_running_out", filter: rest,
				where: "o.status = 'authorized' and o.authorized_at > 0 and o.authorized_at <= @lapsed"})
		}
	}
	return streams
}

// byCaptureBy walks each status by the moment of its authorization, which the capture-by date follows.
func (n *conditions) byCaptureBy() (streams []stream) {
	statuses := n.Statuses
	if len(statuses) == 0 {
		statuses = allStatuses()
	}
	low, high := int64(0), int64(math.MaxInt64)
	if n.CaptureByFrom > 0 {
		low = max(1, int64(n.CaptureByFrom.Add(-models.AuthorizationValidity)))
	}
	if n.CaptureByTo > 0 {
		low, high = max(1, low), int64(n.CaptureByTo.Add(-models.AuthorizationValidity))-1
	}
	rest := n.filtersBeyond(conditions{OrderQuery: OrderQuery{Statuses: n.Statuses, CaptureByFrom: n.CaptureByFrom, CaptureByTo: n.CaptureByTo}}) ||
		n.CreatedFrom > 0 || n.CreatedTo > 0
	add := func(status models.OrderStatus, low, high int64) {
		if low <= high {
			streams = append(streams, stream{from: "orders o indexed by orders_capture_by", where: "o.status = @p", by: "o.authorized_at",
				prefix: string(status), low: low, high: high, filter: rest})
		}
	}
	for _, s := range statuses {
		switch s {
		case models.StatusAuthorized:
			add(s, max(low, int64(n.lapsed)+1, 1), high)
			if low == 0 {
				add(s, 0, 0) // its charge is not known yet
			}
		case models.StatusExpired:
			add(s, low, high)
			add(models.StatusAuthorized, max(low, 1), min(high, int64(n.lapsed)))
		default:
			add(s, low, high)
		}
	}
	return streams
}

// byAmount walks each currency by its amounts.
func (q *queries) byAmount(ctx context.Context, n conditions) (streams []stream, err error) {
	currencies := n.Currencies
	if len(currencies) == 0 {
		if currencies, err = q.Currencies(ctx); err != nil {
			return nil, err
		}
	}
	rest := n.filtersBeyond(conditions{OrderQuery: OrderQuery{Currencies: n.Currencies, AmountMin: n.AmountMin, AmountMax: n.AmountMax}}) ||
		n.CreatedFrom > 0 || n.CreatedTo > 0
	for _, c := range currencies {
		s := stream{from: "orders o indexed by orders_amount", where: "o.currency = @p", by: "o.amount", prefix: c, currency: c, filter: rest,
			high: math.MaxInt64}
		scale := thousandths(c)
		if n.AmountMin != nil {
			s.low = (*n.AmountMin + scale - 1) / scale
		}
		if n.AmountMax != nil {
			s.high = *n.AmountMax / scale
		}
		streams = append(streams, s)
	}
	return streams, nil
}

// thousandths is how many thousandths of the main unit a currency's minor unit is.
func thousandths(currency string) int64 {
	switch n, _ := money.Exponent(currency); n {
	case 0:
		return 1000
	case 3:
		return 1
	}
	return 10
}

// Currencies gives the currencies that occur, found by jumping from one to the next in an index. Errors: internal.
func (q *queries) Currencies(ctx context.Context) (all []string, err error) {
	err = q.eachRow(ctx, `with recursive c (currency) as (
			select min(currency) from orders indexed by orders_amount
			union all select (select min(currency) from orders indexed by orders_amount where currency > c.currency) from c where c.currency is not null)
		select currency from c where currency is not null`, nil, func(scan scanner) error {
		var c string
		err := scan(&c)
		all = append(all, c)
		return err
	})
	return all, err
}

// filterText is every condition on a row. One that a query does not have is null, so that there is one text for all queries.
var filterText = `(
	(@statuses is null or case when o.status = 'authorized' and o.authorized_at > 0 and o.authorized_at <= @lapsed then 'expired' else o.status end
		in (select value from json_each(@statuses)))
	and (@currencies is null or o.currency in (select value from json_each(@currencies)))
	and (@countries is null or o.country in (select value from json_each(@countries)))
	and (@categories is null or o.klarna_category in (select value from json_each(@categories)))
	and (@method is null or o.capture_method = @method or @method = 'automatic' and o.capture_method = 'automatic_async')
	and (@tracking is null or o.has_tracking = @tracking)
	and (@disputed is null or o.dispute_status <> '')
	and (@refunded is null or o.amount_refunded > 0)
	and (@reference is null or o.reference = @reference)
	and (@email is null or o.customer_email = @email collate nocase)
	and (@createdFrom is null or o.created >= @createdFrom)
	and (@createdTo is null or o.created < @createdTo)
	and (@authorizedFrom is null or o.authorized_at >= @authorizedFrom)
	and (@authorizedTo is null or (o.authorized_at > 0 and o.authorized_at < @authorizedTo))
	and (@amountMin is null or o.amount * ` + scaleText + ` >= @amountMin)
	and (@amountMax is null or o.amount * ` + scaleText + ` <= @amountMax)
	and ` + wordsText + `)`

// scaleText is thousandths in SQL.
var scaleText = "(case when o.currency in ('" + strings.Join(money.WithoutDecimals(), "','") + "') then 1000 when o.currency in ('" +
	strings.Join(money.WithThreeDecimals(), "','") + "') then 1 else 10 end)"

// filtersBeyond tells whether the query has a condition besides those that a stream has answered. Created dates are answered by every
// stream that goes by rowid.
func (n *conditions) filtersBeyond(done conditions) bool {
	return len(n.Statuses) > 0 && len(done.Statuses) == 0 || len(n.Currencies) > 0 && len(done.Currencies) == 0 ||
		len(n.Countries) > 0 && len(done.Countries) == 0 || len(n.Categories) > 0 || n.CaptureMethod != "" ||
		n.Tracking != nil && done.Tracking == nil || n.disputed && !done.disputed || n.refunded && !done.refunded ||
		n.Reference != "" && done.Reference == "" || n.Email != "" && done.Email == "" ||
		n.CaptureByFrom > 0 && done.CaptureByFrom == 0 || n.CaptureByTo > 0 && done.CaptureByTo == 0 ||
		n.AmountMin != nil && done.AmountMin == nil || n.AmountMax != nil && done.AmountMax == nil || len(n.words) > 0 && len(done.words) == 0
}

// filterArgs are the parameters of filterText.
func (n *conditions) filterArgs() []any {
	authorized := func(t models.Unix) any {
		if t == 0 {
			return nil
		}
		return int64(t.Add(-models.AuthorizationValidity))
	}
	args := []any{
		sql.Named("lapsed", int64(n.lapsed)), sql.Named("statuses", list(n.Statuses)), sql.Named("currencies", list(n.Currencies)),
		sql.Named("countries", list(n.Countries)), sql.Named("categories", list(n.Categories)), sql.Named("method", orNull(n.CaptureMethod)),
		sql.Named("tracking", pointed(n.Tracking)), sql.Named("disputed", orNull(n.disputed)), sql.Named("refunded", orNull(n.refunded)),
		sql.Named("reference", orNull(n.Reference)), sql.Named("email", orNull(n.Email)),
		sql.Named("createdFrom", orNull(int64(n.CreatedFrom))), sql.Named("createdTo", orNull(int64(n.CreatedTo))),
		sql.Named("authorizedFrom", authorized(n.CaptureByFrom)), sql.Named("authorizedTo", authorized(n.CaptureByTo)),
		sql.Named("amountMin", pointed(n.AmountMin)), sql.Named("amountMax", pointed(n.AmountMax)),
	}
	return append(args, n.wordArgs()...)
}

// orNull gives null for the zero value.
func orNull[T comparable](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

func pointed[T any](p *T) any {
	if p == nil {
		return nil
	}
	return *p
}

// list is a JSON array of the values, null for none.
func list[T ~string](values []T) any {
	if len(values) == 0 {
		return nil
	}
	text, err := json.Marshal(values)
	if err != nil {
		return nil // texts can always be written
	}
	return string(text)
}
