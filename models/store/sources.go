package store

import (
	"context"
	"strings"

	"counterfoil/models"
)

// OrdersOfSources gives the orders that charges, refunds and disputes belong to, by the source's id. A source without an order of ours
// is left out. Errors: internal.
func (q *queries) OrdersOfSources(ctx context.Context, sources ...string) (map[string]models.Order, error) {
	if len(sources) == 0 {
		return map[string]models.Order{}, nil
	}
	marks := strings.TrimSuffix(strings.Repeat("?,", len(sources)), ",")
	args := make([]any, 0, 3*len(sources))
	for range 3 {
		for _, s := range sources {
			args = append(args, s)
		}
	}
	var pairs []struct{ Source, OrderID string }
	err := q.gorm(ctx).Raw(`select charge_id as source, id as order_id from orders where charge_id in (`+marks+`)
		union all select id, payment_intent_id from refunds where id in (`+marks+`)
		union all select id, payment_intent_id from disputes where id in (`+marks+`)`, args...).Scan(&pairs).Error
	if err != nil {
		return nil, mapError(err)
	}
	ids := make([]string, 0, len(pairs))
	for _, p := range pairs {
		ids = append(ids, p.OrderID)
	}
	orders, err := q.OrdersByID(ctx, ids...)
	if err != nil {
		return nil, err
	}
	bySource := map[string]models.Order{}
	for _, p := range pairs {
		if o, ok := orders[p.OrderID]; ok {
			bySource[p.Source] = o
		}
	}
	return bySource, nil
}

// LinesSum is what a payout's lines add up to, without the payout's own row. Net in minor units of the payout's currency.
type LinesSum struct {
	Count int64
	Net   int64
}

// PayoutSums adds up the lines of payouts, by payout. Errors: internal.
func (q *queries) PayoutSums(ctx context.Context, payouts ...models.Payout) (map[string]LinesSum, error) {
	ids := make([]string, 0, len(payouts))
	for _, p := range payouts {
		ids = append(ids, p.ID)
	}
	var sums []struct {
		PayoutID string
		LinesSum
	}
	err := q.gorm(ctx).Table("balance_transactions").Select("payout_id, count(*) as count, sum(net) as net").
		Where("payout_id in ?", ids).Where("reporting_category <> ?", "payout").Group("payout_id").Scan(&sums).Error
	if err != nil {
		return nil, mapError(err)
	}
	byPayout := map[string]LinesSum{}
	for _, s := range sums {
		byPayout[s.PayoutID] = s.LinesSum
	}
	return byPayout, nil
}
