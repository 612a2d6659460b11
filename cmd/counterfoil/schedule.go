package main

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"counterfoil/models/mirror"
)

// periodic is work that comes round again.
type periodic struct {
	name  string
	every time.Duration
	work  func(context.Context) error
	first bool // at the start, too
}

// schedule is the one table of periodic work.
func (d *desk) schedule() []periodic {
	return []periodic{
		{name: "sign-in records", every: time.Hour, work: d.staff.Purge},
		{name: "files whose time is over", every: time.Hour, work: d.exports.Purge},
		{name: "check of the books", every: time.Hour, work: d.checker.Check, first: true},
		{name: "payouts at the bank", every: time.Hour, work: d.bank.Match},
		{name: "statements that nobody took in", every: time.Hour, work: d.bank.Purge},
		{name: "mails that nobody recorded", every: time.Hour, work: d.disputes.PurgeLetters},
		{name: "visits of the help pages", every: time.Minute, work: d.helpdesk.Flush},
		{name: "notifications", every: 30 * time.Second, work: d.notify.Look, first: true},
		{name: "sums against rows", every: 24 * time.Hour, work: d.mendSums},
		{name: "nightly sync", every: 24 * time.Hour, work: func(ctx context.Context) error {
			return d.mirror.Sync(ctx, mirror.SyncOptions{Since: nightlySync})
		}},
	}
}

// mendSums compares the kept sums with the rows. Where they differ the rows put them right, and the log has an error.
func (d *desk) mendSums(ctx context.Context) error {
	wrong, err := d.db.MendSums(ctx)
	if err == nil && len(wrong) > 0 {
		err = fmt.Errorf("made anew: %s", strings.Join(wrong, "; "))
	}
	return err
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
			for turn := 0; ; turn++ {
				if turn > 0 || p.first {
					if err := p.work(ctx); err != nil && ctx.Err() == nil {
						d.log.ErrorContext(ctx, "periodic work failed", "work", p.name, "error", err)
					}
				}
				select {
				case <-ctx.Done():
					return
				case <-tick.C:
				}
			}
		})
	}
	wg.Wait()
	return nil
}
