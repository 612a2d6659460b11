package mirror

import (
	"context"
	"errors"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// itemizeEvery is how often payouts are looked for whose lines were not read yet and of which nobody told; after a failure the wait
// doubles up to itemizeBackoff.
const itemizeEvery, itemizeBackoff = 5 * time.Second, 10 * time.Minute

// itemizeAll reads the lines of new payouts until ctx ends.
func (m *Mirror) itemizeAll(ctx context.Context) {
	ctx = payments.InLane(ctx, payments.LaneRefetch)
	wait := itemizeEvery
	for ctx.Err() == nil {
		if err := m.itemize(ctx); err == nil {
			wait = itemizeEvery
		} else if ctx.Err() == nil {
			m.log.Warn("payout lines are read again later", "error", err)
			wait = min(2*wait, itemizeBackoff)
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-m.paid:
		case <-timer.C:
		}
		timer.Stop()
	}
}

// itemize reads the lines of payouts that Stripe has put together. One that cannot be read holds up no other.
func (m *Mirror) itemize(ctx context.Context) error {
	payouts, err := m.db.Reader.PayoutsToItemize(ctx)
	if err != nil {
		return err
	}
	var failed []error
	for _, id := range payouts {
		err := m.itemizeOne(ctx, id)
		if err != nil {
			failed = append(failed, fmt.Errorf("lines of payout %s: %w", id, err))
		}
		if models.IsKind(err, models.KindUnavailable) || ctx.Err() != nil {
			break
		}
	}
	return errors.Join(failed...)
}

// itemizeOne reads a payout's lines page by page and notes at the end that it has them all; broken off, it begins anew.
func (m *Mirror) itemizeOne(ctx context.Context, payout string) error {
	q := payments.ListQuery{Payout: payout}
	for lines := int64(0); ; {
		noted, err := m.Note(ctx)
		if err != nil {
			return err
		}
		page, err := m.gateway.List(ctx, models.ObjectBalanceTransaction, q)
		if err != nil && !isGone(err) {
			return err
		}
		m.logRefused(page)
		lines += int64(len(page.Snapshots))
		err = m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
			if err := m.writeLines(ctx, tx, noted, payout, page); err != nil || page.More {
				return err
			}
			return tx.SetPayoutItemized(ctx, payout, lines, models.UnixOf(time.Now()))
		})
		if err != nil || !page.More {
			return err
		}
		q.StartingAfter = page.LastID
	}
}

// isGone tells whether Stripe does not know the payout (any more): the lines that we have are all there will be.
func isGone(err error) bool {
	var e *models.Error
	return errors.As(err, &e) && (e.Kind == models.KindNotFound || e.Code == "resource_missing")
}

func (m *Mirror) writeLines(ctx context.Context, tx *store.Tx, noted Noted, payout string, page payments.Page) error {
	if err := m.newApplier(ctx, tx).answer(noted, oldestFirst(page.Snapshots), false); err != nil {
		return err
	}
	for _, s := range page.Snapshots {
		if err := tx.SetPayoutOfLine(ctx, s.ID, payout); err != nil {
			return err
		}
	}
	return nil
}

func (m *Mirror) logRefused(page payments.Page) {
	for _, refused := range page.Refused {
		m.log.Warn("a row was not taken", "error", refused)
	}
}
