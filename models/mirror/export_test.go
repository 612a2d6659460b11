package mirror

import (
	"context"

	"counterfoil/models"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// ReceiveAlone stores an event in a commit of its own, on the caller's goroutine: the yardstick for a lone sender.
func (m *Mirror) ReceiveAlone(body []byte) error {
	r, err := m.read(body)
	if err != nil {
		return err
	}
	return m.store([]*receipt{r})
}

// ReadBooks reads what was booked since the last reading, as happens each hour.
func (m *Mirror) ReadBooks(ctx context.Context) error { return m.readBooksSince(ctx) }

// WritePage is what a sync does with one page of a list.
func (m *Mirror) WritePage(ctx context.Context, snaps []models.Snapshot) error {
	noted, err := m.Note(ctx)
	if err != nil {
		return err
	}
	return m.writePage(ctx, payments.Page{Snapshots: snaps}, noted, store.SyncProgress{Kind: "bench"})
}
