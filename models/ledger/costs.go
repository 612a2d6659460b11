package ledger

import (
	"context"

	"counterfoil/models/settlements"
)

// Costs gives the sums that the true cost of some months is made of. Errors: internal.
func (b Books) Costs(ctx context.Context, m settlements.Months) (f settlements.CostFacts, err error) {
	if f.Booked, err = b.Reader.CostSums(ctx, m.First, m.Last); err != nil {
		return f, err
	}
	if f.Disputed, err = b.Reader.DisputeCosts(ctx, m.First, m.Last); err != nil {
		return f, err
	}
	f.Expired, err = b.Reader.ExpiredCosts(ctx, m.First, m.Last)
	return f, err
}
