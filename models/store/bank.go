package store

import (
	"context"

	"counterfoil/models"
)

// BankEntryOf gives the bank's booking of a payout, nil while there is none. Errors: internal.
func (q *queries) BankEntryOf(ctx context.Context, payout string) (*models.BankEntry, error) {
	entries, err := all[models.BankEntry](q.gorm(ctx).Where("payout_id = ?", payout).Where("payout_id <> ''").Limit(1))
	if err != nil || len(entries) == 0 {
		return nil, err
	}
	return &entries[0], nil
}
