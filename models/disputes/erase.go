package disputes

import (
	"context"

	"counterfoil/models"
	"counterfoil/models/store"
)

// Erase takes everything of the customer out of what a dispute's order holds for its disputes: drafts, files, mails, the texts that were
// sent. The receipts and their hashes stay with the books. It cannot be undone, and waits until all of them are over.
// Errors: invalid (field "confirmed"), a *Refusal, not found, internal.
func (s *Service) Erase(ctx context.Context, disputeID string, confirmed bool, actor models.Actor) error {
	if !confirmed {
		return invalid("confirmed", "unconfirmed", "Confirm it: what is erased cannot be brought back.")
	}
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		d, err := tx.Dispute(ctx, disputeID)
		if err != nil {
			return err
		}
		all, err := tx.DisputesOf(ctx, d.PaymentIntentID)
		if err != nil {
			return err
		}
		for _, other := range append(all, d) {
			if other.IsOpen() {
				return &models.Refusal{Code: "dispute_open", Message: "A dispute of this order is open: its evidence is still needed."}
			}
		}
		if err := tx.EraseEvidence(ctx, d.PaymentIntentID, models.UnixOf(s.now())); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.acts.Audit(actor, "dispute.evidence_erased", disputeID, nil))
	})
}
