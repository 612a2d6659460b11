package store

import (
	"context"
	"math"

	"counterfoil/models"
)

// PayoutQuery asks for one page of payouts, latest arrival first.
type PayoutQuery struct {
	After  string // PayoutPage.Next
	Before string // PayoutPage.Prev
	Limit  int    // 0 means DefaultLimit, at most MaxLimit
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
	g := q.gorm(ctx)
	if at.up {
		g = g.Where("(arrival_date, id) > (?, ?)", at.key, at.id).Order("arrival_date, id")
	} else {
		g = g.Where("(arrival_date, id) < (?, ?)", at.key, at.id).Order("arrival_date desc, id desc")
	}
	rows, err := all[models.Payout](g.Limit(at.limit + 1))
	if err != nil {
		return PayoutPage{}, err
	}
	rows, next, prev := cutIDs(rows, at, func(p models.Payout) (int64, string) { return int64(p.ArrivalDate), p.ID })
	return PayoutPage{Payouts: rows, Next: next, Prev: prev}, nil
}

// Payout gives one payout. Errors: not found, internal.
func (q *queries) Payout(ctx context.Context, id string) (models.Payout, error) {
	var p models.Payout
	err := q.gorm(ctx).Where("id = ?", id).Take(&p).Error
	return p, mapError(err)
}

// PayoutLinesQuery asks for one page of a payout's balance transactions, oldest first.
type PayoutLinesQuery struct {
	After  string // PayoutLinesPage.Next
	Before string // PayoutLinesPage.Prev
	Limit  int    // 0 means DefaultLimit, at most MaxLimit
}

// PayoutLinesPage is one page of balance transactions. Next and Prev are empty at the ends.
type PayoutLinesPage struct {
	Lines      []models.BalanceTransaction
	Next, Prev string
}

// PayoutLines gives one page of what a payout carried. Errors: invalid (field "after" or "before"), internal.
func (q *queries) PayoutLines(ctx context.Context, payoutID string, query PayoutLinesQuery) (PayoutLinesPage, error) {
	at, err := idPosition(query.After, query.Before, query.Limit)
	if err != nil {
		return PayoutLinesPage{}, err
	}
	g := q.gorm(ctx).Where("payout_id = ?", payoutID).Where("payout_id <> ''")
	if at.up {
		g = g.Where("(created, id) < (?, ?)", at.key, at.id).Order("created desc, id desc")
	} else {
		g = g.Where("(created, id) > (?, ?)", at.key, at.id).Order("created, id")
	}
	rows, err := all[models.BalanceTransaction](g.Limit(at.limit + 1))
	if err != nil {
		return PayoutLinesPage{}, err
	}
	rows, next, prev := cutIDs(rows, at, func(b models.BalanceTransaction) (int64, string) { return int64(b.Created), b.ID })
	return PayoutLinesPage{Lines: rows, Next: next, Prev: prev}, nil
}

// BalanceTransactionsOf gives the movements that came from these objects (charges, refunds, disputes, payouts), oldest first.
// Errors: internal.
func (q *queries) BalanceTransactionsOf(ctx context.Context, sourceIDs ...string) ([]models.BalanceTransaction, error) {
	return all[models.BalanceTransaction](q.gorm(ctx).Where("source_id in ?", sourceIDs).Where("source_id <> ''").Order("created, id"))
}
