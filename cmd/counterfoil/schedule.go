package main

import (
	"context"
	"sync"
	"time"

	"counterfoil/models/mirror"
)

// periodic is work that comes round again.
type periodic struct {
	name  string
	every time.Duration
	work  func(context.Context) error
}

// schedule is the one table of periodic work.
func (d *desk) schedule() []periodic {
	return []periodic{
		{"sign-in records", time.Hour, d.staff.Purge},
		{"files whose time is over", time.Hour, d.exports.Purge},
		{"check of the books", time.Hour, d.checker.Check},
		{"payouts at the bank", time.Hour, d.bank.Match},
		{"nightly sync", 24 * time.Hour, func(ctx context.Context) error {
			return d.mirror.Sync(ctx, mirror.SyncOptions{Since: nightlySync})
		}},
	}
}

// nightlySync reaches back over an authorization's 28 days, so that a lost event is made good while it matters.
const nightlySync = 35 * 24 * time.Hour

// runSchedule runs each piece of work at its pace until ctx ends. A failure is logged and tried at the next turn.
func (d *desk) runSchedule(ctx context.Context, table []periodic) error {
	var wg sync.WaitGroup
	for _, p := range table {
		wg.Go(func() {
			tick := time.NewTicker(p.every)
			defer tick.Stop()
			for {
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
					if err := p.work(ctx); err != nil && ctx.Err() == nil {
						d.log.ErrorContext(ctx, "periodic work failed", "work", p.name, "error", err)
					}
				}
			}
		})
	}
	wg.Wait()
	return nil
}
