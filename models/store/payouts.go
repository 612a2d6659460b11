package store

import (
	"context"
	"math"

	"counterfoil/models"
)

// PayoutQuery asks for one page of payouts, the newest first.
type PayoutQuery struct {
	From, To models.Unix // created from one moment up to another, which is not in it; To 0 means no end
	Currency string      // empty means all
	After    string      // PayoutPage.Next
	Before   string      // PayoutPage.Prev
	Limit    int         // 0 means DefaultLimit, at most MaxLimit
}

// PayoutPage is one page of payouts. Next and Prev are empty at the ends.
type PayoutPage struct {
	Payouts    []models.Payout
	Next, Prev string
}

// Payouts gives one page of the list. Errors: invalid (field "after" or "before"), internal.
func (q *queries) Payouts(ctx context.Context, query PayoutQuery) (PayoutPage, error) {
	at, err := idPosition(query.After, query.Before, query.Limit)
	if err != nil {
		return PayoutPage{}, err
	}
	if at.first {
		at.key = math.MaxInt64
	}
	g := q.gorm(ctx).Where("created >= ?", int64(query.From))
	if query.To > 0 {
		g = g.Where("created < ?", int64(query.To))
	}
	if query.Currency != "" {
		g = g.Where("currency = ?", query.Currency)
	}
	if at.up {
		g = g.Where("(created, id) > (?, ?)", at.key, at.id).Order("created, id")
	} else {
		g = g.Where("(created, id) < (?, ?)", at.key, at.id).Order("created desc, id desc")
	}
	rows, err := all[models.Payout](g.Limit(at.limit + 1))
	if err != nil {
		return PayoutPage{}, err
	}
	rows, next, prev := cutIDs(rows, at, func(p models.Payout) (int64, string) { return int64(p.Created), p.ID })
	return PayoutPage{Payouts: rows, Next: next, Prev: prev}, nil
}

// ManualPayoutBefore tells whether a payout by hand of the same currency lies between the automatic payout before this one and this one.
// Errors: internal.
func (q *queries) ManualPayoutBefore(ctx context.Context, p models.Payout) (bool, error) {
	var has bool
	err := q.queryRow(ctx, `select exists (select 1 from payouts where automatic = 0 and currency = ?1 and created <= ?2 and created >=
		coalesce((select created from payouts where automatic = 1 and currency = ?1 and (created, id) < (?2, ?3) order by created desc, id desc limit 1), 0))`,
		[]any{p.Currency, int64(p.Created), p.ID}, &has)
	return has, err
}

// Payout gives one payout. Errors: not found, internal.
func (q *queries) Payout(ctx context.Context, id string) (models.Payout, error) {
	var p models.Payout
	err := q.gorm(ctx).Where("id = ?", id).Take(&p).Error
	return p, mapError(err)
}

// BalanceTransactionsOf gives the movements that came from these objects (charges, refunds, disputes, payouts), oldest first.
// Errors: internal.
func (q *queries) BalanceTransactionsOf(ctx context.Context, sourceIDs ...string) ([]models.BalanceTransaction, error) {
	return all[models.BalanceTransaction](q.gorm(ctx).Where("source_id in ?", sourceIDs).Where("source_id <> ''").Order("created, id"))
}
