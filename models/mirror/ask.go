package mirror

import (
	"context"
	"time"

	"counterfoil/models"
	"counterfoil/models/store"
)

// ReadSourceAgain has what a movement without an order came from fetched again: a payment's charge, or a refund with its charge. If it is
// Klarna's, its order comes in; if not, it is known as such. by says who asks. Errors: not found, internal.
func (m *Mirror) ReadSourceAgain(ctx context.Context, movement string, by models.Actor) error {
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		e, err := tx.LedgerEntry(ctx, movement)
		if err != nil {
			return err
		}
		if e.SourceID == "" {
			return &models.Error{Kind: models.KindNotFound, Code: "no_source", Message: "Stripe does not say what this movement came from: there is nothing to ask for."}
		}
		if err := m.newApplier(ctx, tx).markSource(e.ReportingCategory, e.SourceID); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, by.Audit(models.UnixOf(time.Now()), "movement.reading_asked", e.SourceID, map[string]string{"movement": movement}))
	})
}

// markSource asks for a charge, or for a refund and, where the refund is known, its charge.
func (a *applier) markSource(category, id string) error {
	if category != "refund" {
		return a.mark(models.ObjectCharge, id, "")
	}
	if err := a.mark(models.ObjectRefund, id, ""); err != nil {
		return err
	}
	r, err := a.tx.Refund(a.ctx, id)
	if models.IsKind(err, models.KindNotFound) || err == nil && r.ChargeID == "" {
		return nil
	}
	if err != nil {
		return err
	}
	return a.mark(models.ObjectCharge, r.ChargeID, "")
}
