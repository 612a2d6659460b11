package ledger

import (
	"context"

	"counterfoil/models"
	"counterfoil/models/settlements"
)

// Payouts proves payouts. Errors: internal.
func (b Books) Payouts(ctx context.Context, payouts ...models.Payout) ([]settlements.ProvenPayout, error) {
	ids := make([]string, 0, len(payouts))
	for _, p := range payouts {
		ids = append(ids, p.ID)
	}
	sums, err := b.Reader.PayoutSums(ctx, ids...)
	if err != nil {
		return nil, err
	}
	readings, err := b.Reader.PayoutReadings(ctx, ids...)
	if err != nil {
		return nil, err
	}
	proven := make([]settlements.ProvenPayout, 0, len(payouts))
	for _, p := range payouts {
		facts := settlements.PayoutFacts{Payout: p, Sums: sums[p.ID], Read: readings[p.ID]}
		proof := settlements.Prove(facts)
		if proof.State == settlements.Difference {
			if facts.ManualBefore, err = b.Reader.ManualPayoutBefore(ctx, p); err != nil {
				return nil, err
			}
			proof = settlements.Prove(facts)
		}
		proven = append(proven, settlements.ProvenPayout{Payout: p, Sums: facts.Sums, Read: facts.Read, Proof: proof})
	}
	return proven, nil
}
