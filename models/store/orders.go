package store

import (
	"context"
	"strconv"
	"time"

	"counterfoil/models"
)

// rowIDBits is how many orders one second of Stripe's clock has room for, as a power of two.
const rowIDBits = 20

// newOrderRowID is the SQL of a new order's rowid: its second of creation and a counter within it. param is the placeholder of created,
// one that may stand several times, such as ?7.
func newOrderRowID(param string) string {
	first := "(" + param + " << " + strconv.Itoa(rowIDBits) + ")"
	next := "((" + param + " + 1) << " + strconv.Itoa(rowIDBits) + ")"
	return "(select coalesce(max(rowid), " + first + " - 1) + 1 from orders where rowid >= " + first + " and rowid < " + next + ")"
}

// Order is the order of one PaymentIntent. Errors: not found, internal.
func (q *queries) Order(ctx context.Context, id string) (models.Order, error) {
	var o models.Order
	err := q.gorm(ctx).Where("id = ?", id).Take(&o).Error
	return o, mapError(err)
}

// OrdersByID gives the orders of these PaymentIntents by their id; those that we do not have are left out. Errors: internal.
func (q *queries) OrdersByID(ctx context.Context, ids ...string) (map[string]models.Order, error) {
	var rows []models.Order
	if err := q.gorm(ctx).Where("id in ?", ids).Find(&rows).Error; err != nil {
		return nil, mapError(err)
	}
	found := make(map[string]models.Order, len(rows))
	for _, o := range rows {
		found[o.ID] = o
	}
	return found, nil
}

// OrderCounts gives the number of orders on each tab at now: kept by triggers, but for what depends on the time, which is counted from an
// index of the open authorizations. Errors: internal.
func (q *queries) OrderCounts(ctx context.Context, now time.Time) (map[Tab]int64, error) {
	counts := make(map[Tab]int64, len(Tabs()))
	err := q.eachRow(ctx, `select tab, n from order_counts`, nil, func(scan scanner) error {
		var tab Tab
		var n int64
		if err := scan(&tab, &n); err != nil {
			return err
		}
		counts[tab] = n
		return nil
	})
	if err != nil {
		return nil, err
	}
	lapsed := models.UnixOf(now).Add(-models.AuthorizationValidity)
	var ranOut, ending int64
	err = q.queryRow(ctx, `select (select count(*) from orders indexed by orders_running_out where status = 'authorized' and authorized_at > 0 and authorized_at <= ?1),
		(select count(*) from orders indexed by orders_running_out where status = 'authorized' and authorized_at > ?1 and authorized_at <= ?2)`,
		[]any{int64(lapsed), int64(lapsed.Add(RunningOutWithin))}, &ranOut, &ending)
	counts[TabToCapture] -= ranOut
	counts[TabExpired] += ranOut
	counts[TabRunningOut] = ending
	return counts, err
}

// RunningOut sums up, by currency, the authorizations that are open at now and end within the given time. Errors: internal.
func (q *queries) RunningOut(ctx context.Context, now time.Time, within time.Duration) ([]Sum, error) {
	oldest := models.UnixOf(now).Add(-models.AuthorizationValidity)
	return q.sums(ctx, `select currency, count(*), sum(amount_capturable) from orders indexed by orders_running_out
		where status = 'authorized' and authorized_at > ? and authorized_at <= ? group by currency order by currency`,
		int64(oldest), int64(oldest.Add(within)))
}
