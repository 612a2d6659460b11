package mirror

import (
	"context"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

const (
	// booksEvery is how often the books are read when nothing asks for it: a few reads, since Stripe counts them
	// (docs.stripe.com/rate-limits, 500 reads for each payment of 30 days, at least 10,000 a month).
	booksEvery = time.Hour
	// booksPause lets several changes share one reading, and Stripe write what belongs to them.
	booksPause = 2 * time.Second
	// booksOverlap is how far behind the last reading the next one begins.
	booksOverlap = 10 * time.Minute
	// booksMargin is by how much a second look begins before the first one: Stripe's clock counts whole seconds, and its machines differ.
	booksMargin = time.Minute
	// booksTries is how often a reading begins anew because something was booked while it went on.
	booksTries = 3
	// strangers is how many charges and refunds of unknown methods are asked for after a reading, the newest of the last strangersFor: what is older
	// cannot be refunded any more.
	strangers, strangersFor = 100, models.RefundWindow
)

// settingBooksRead is Stripe's clock of the last reading of the books.
const settingBooksRead = "mirror_books_read"

// readAllBooks reads what was booked, and the balance, whenever something tells of it, until ctx ends. Fees and adjustments tell of
// themselves in no event; they come with the next reading.
func (m *Mirror) readAllBooks(ctx context.Context) {
	ctx = payments.InLane(ctx, payments.LaneRefetch)
	wait := time.NewTimer(booksPause)
	defer wait.Stop()
	asked := true
	for ctx.Err() == nil {
		select {
		case <-ctx.Done():
			return
		case <-m.booked:
			if !asked { // a stream of changes must not put the reading off for ever
				asked = true
				wait.Reset(booksPause)
			}
			continue
		case <-wait.C:
		}
		if err := m.readBooksSince(ctx); err != nil && ctx.Err() == nil {
			m.log.Warn("the books are read again later", "error", err)
		}
		asked = false
		wait.Reset(booksEvery)
	}
}

// readBooksSince reads what was booked since the last reading. Before the first sync nothing is read: it would be the whole account.
func (m *Mirror) readBooksSince(ctx context.Context) error {
	since, err := m.moment(ctx, settingBooksRead)
	if err != nil || since == 0 {
		return err
	}
	return m.readBooks(ctx, since.Add(-booksOverlap))
}

// readBooks reads every row booked since a moment, then the balance, and makes sure that no row of before the balance is missing: the two
// then belong together, and the balance of any earlier day follows from them. Errors: unavailable, refused, internal.
func (m *Mirror) readBooks(ctx context.Context, since models.Unix) error {
	begun, err := m.readBooked(ctx, since)
	if err != nil {
		return err
	}
	for range booksTries {
		balances, at, err := m.gateway.Balance(ctx)
		if err != nil {
			return err
		}
		missed, err := m.readMissed(ctx, begun.Add(-booksMargin), at)
		if err != nil {
			return err
		}
		if missed {
			continue
		}
		return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
			if err := tx.PutBalances(ctx, balances, at); err != nil {
				return err
			}
			if err := tx.RaiseSetting(ctx, settingBooksRead, int64(at)); err != nil {
				return err
			}
			return m.askStrangers(ctx, tx, at)
		})
	}
	m.log.Info("the books moved while they were read: the balance is taken with the next reading")
	return nil
}

// readBooked reads all rows booked since a moment, page by page, the newest first, and gives Stripe's clock of the first page: what is
// booked from then on is on none of them.
func (m *Mirror) readBooked(ctx context.Context, since models.Unix) (begun models.Unix, err error) {
	q := payments.ListQuery{From: since}
	for {
		noted, page, err := m.listBooked(ctx, q)
		if err == nil {
			err = m.writeBooked(ctx, noted, page)
		}
		if begun == 0 {
			begun = page.AsOf
		}
		if err != nil || !page.More {
			return begun, err
		}
		q.StartingAfter = page.LastID
	}
}

// readMissed brings in rows that were booked from a moment on, before a balance was read and after the rows were; it tells whether there
// were any.
func (m *Mirror) readMissed(ctx context.Context, from, balanceAt models.Unix) (missed bool, err error) {
	q := payments.ListQuery{From: from}
	for {
		noted, page, err := m.listBooked(ctx, q)
		if err != nil {
			return missed, err
		}
		lacking, err := m.lacksAnyOf(ctx, page, balanceAt)
		if err == nil && lacking {
			missed = true
			err = m.writeBooked(ctx, noted, page)
		}
		if err != nil || !page.More {
			return missed, err
		}
		q.StartingAfter = page.LastID
	}
}

// lacksAnyOf tells whether the mirror lacks a row of a page that was booked until balanceAt.
func (m *Mirror) lacksAnyOf(ctx context.Context, page payments.Page, balanceAt models.Unix) (bool, error) {
	var ids []string
	for _, s := range page.Snapshots {
		if s.BalanceTransaction != nil && s.BalanceTransaction.Created <= balanceAt {
			ids = append(ids, s.ID)
		}
	}
	missing, err := m.db.Reader.MissingBalanceTransactions(ctx, ids)
	return len(missing) > 0, err
}

// listBooked asks for one page of booked rows.
func (m *Mirror) listBooked(ctx context.Context, q payments.ListQuery) (Noted, payments.Page, error) {
	noted, err := m.Note(ctx)
	if err != nil {
		return noted, payments.Page{}, err
	}
	page, err := m.gateway.List(ctx, models.ObjectBalanceTransaction, q)
	if err == nil {
		m.logRefused(page)
	}
	return noted, page, err
}

// writeBooked writes one page of booked rows into the mirror.
func (m *Mirror) writeBooked(ctx context.Context, noted Noted, page payments.Page) error {
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		return m.newApplier(ctx, tx).answer(noted, oldestFirst(page.Snapshots), false)
	})
}

// askStrangers has the charges and refunds fetched behind rows that may be Klarna's and have no order: a py_… is any method but cards. What is
// not Klarna's is then known as such.
func (m *Mirror) askStrangers(ctx context.Context, tx *store.Tx, now models.Unix) error {
	sources, err := tx.UnknownSources(ctx, now.Add(-strangersFor), strangers)
	if err != nil {
		return err
	}
	a := m.newApplier(ctx, tx)
	for _, s := range sources {
		if err := a.markSource(s.Category, s.ID); err != nil {
			return fmt.Errorf("%s: %w", s.ID, err)
		}
	}
	return nil
}

// ReadPayoutAgain has a payout and its lines read again, by the loop that reads payouts. by says who asks. Errors: not found, internal.
func (m *Mirror) ReadPayoutAgain(ctx context.Context, payout string, by models.Actor) error {
	return m.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Payout(ctx, payout); err != nil {
			return err
		}
		a := m.newApplier(ctx, tx)
		if err := a.mark(models.ObjectPayout, payout, ""); err != nil {
			return err
		}
		a.payout, a.moved = true, true
		now := models.UnixOf(time.Now())
		if err := tx.AppendAudit(ctx, by.Audit(now, "payout.reading_asked", payout, nil)); err != nil {
			return err
		}
		return tx.AskPayoutLines(ctx, payout, now)
	})
}
