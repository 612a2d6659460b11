package jobs

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"time"

	"maragu.dev/goqite"

	"counterfoil/models/store"
)

// job is a message that this process holds the lease of.
type job struct {
	id       goqite.ID
	body     body
	failures int64 // runs before this one that did not end well
}

// runner is one call of Run.
type runner struct {
	*Queue
	work    map[string]func(ctx context.Context, args []byte) error
	slots   chan struct{} // one token per running job
	done    sync.WaitGroup
	mu      sync.Mutex
	running map[goqite.ID]bool
}

// Run does the queued jobs with the functions that work holds by kind, several at a time, until ctx is over; then it waits for those
// that run, whose ctx is over too, and answers nil. A job that answers nil is done; with *Later it is run again when that says; with
// another error, or a panic, it is run again after 1 s, 2 s, 4 s … up to 5 minutes, for ever. A job that was running when its process
// died is run again when its lease is over.
func (q *Queue) Run(ctx context.Context, work map[string]func(ctx context.Context, args []byte) error) error {
	r := &runner{Queue: q, work: work, slots: make(chan struct{}, maxWorkers), running: map[goqite.ID]bool{}}
	defer r.done.Wait()
	for ctx.Err() == nil {
		wait, err := r.startDue(ctx)
		if err != nil && ctx.Err() == nil {
			q.log.ErrorContext(ctx, "job queue cannot be read", "error", err)
			wait = firstRetry
		}
		r.rest(ctx, wait)
	}
	return nil
}

// rest waits until there may be something to do.
func (r *runner) rest(ctx context.Context, wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-r.nudge:
	case <-timer.C:
	}
}

// startDue starts the jobs that are due and tells when to look again.
func (r *runner) startDue(ctx context.Context) (time.Duration, error) {
	for {
		wait, err := r.untilNext(ctx)
		if err != nil || wait > 0 {
			return min(wait, pollEvery), err
		}
		select {
		case r.slots <- struct{}{}:
		case <-ctx.Done():
			return 0, nil
		}
		j, err := r.take(ctx)
		if err != nil || j == nil {
			<-r.slots
			return pollEvery, err
		}
		r.start(ctx, *j)
	}
}

// untilNext is how long it is until the next job is due. It is asked of the readers: an idle queue writes nothing.
func (r *runner) untilNext(ctx context.Context) (time.Duration, error) {
	var next sql.NullString
	err := r.db.Reader.SQL().QueryRowContext(ctx, `select min(timeout) from goqite where queue = ?`, queueName).Scan(&next)
	if err != nil || !next.Valid {
		return pollEvery, err
	}
	due, err := time.Parse(time.RFC3339Nano, next.String)
	if err != nil {
		return pollEvery, fmt.Errorf("job queue: %w", err)
	}
	return max(time.Until(due), 0), nil
}

// take gets the lease of a job that is due, nil if there is none.
func (r *runner) take(ctx context.Context) (*job, error) {
	var j *job
	err := r.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		ctx := context.WithoutCancel(ctx) // nothing interrupts a transaction half way
		m, err := r.messages.ReceiveTx(ctx, tx.SQL())
		if err != nil || m == nil {
			return err
		}
		j = &job{id: m.ID}
		if err := json.Unmarshal(m.Body, &j.body); err != nil {
			r.log.ErrorContext(ctx, "job cannot be read", "job", m.ID, "error", err)
		}
		return tx.SQL().QueryRowContext(ctx, `select received - 1 from goqite where id = ?`, m.ID).Scan(&j.failures)
	})
	return j, err
}

// start runs the job in a goroutine of its own. The caller has taken a slot for it.
func (r *runner) start(ctx context.Context, j job) {
	r.mu.Lock()
	twice := r.running[j.id] // its lease ran out under us, on a machine that stood still
	r.running[j.id] = true
	r.mu.Unlock()
	if twice {
		<-r.slots
		return
	}
	r.done.Go(func() {
		defer func() {
			r.mu.Lock()
			delete(r.running, j.id)
			r.mu.Unlock()
			<-r.slots
			r.wake()
		}()
		stop := r.keepLease(ctx, j.id)
		err := r.call(ctx, j)
		stop()
		if err := r.finish(ctx, j, err); err != nil {
			r.log.ErrorContext(ctx, "end of job not written; it runs again", "job", j.id, "kind", j.body.Kind, "error", err)
		}
	})
}

// call runs the job's function. A panic is a failure like any other.
func (r *runner) call(ctx context.Context, j job) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	do := r.work[j.body.Kind]
	if do == nil {
		return fmt.Errorf("there is no work of kind %q", j.body.Kind)
	}
	return do(ctx, j.body.Args)
}

// keepLease renews the lease until the returned function is called, which waits for a renewal that is under way.
func (r *runner) keepLease(ctx context.Context, id goqite.ID) (stop func()) {
	ctx = context.WithoutCancel(ctx)
	over := make(chan struct{})
	var ended sync.WaitGroup
	ended.Go(func() {
		ticker := time.NewTicker(r.lease / 3)
		defer ticker.Stop()
		for {
			select {
			case <-over:
				return
			case <-ticker.C:
			}
			err := r.db.Writer.Tx(ctx, func(tx *store.Tx) error { return r.messages.ExtendTx(ctx, tx.SQL(), id, r.lease) })
			if err != nil {
				r.log.WarnContext(ctx, "job lease not renewed", "job", id, "error", err)
			}
		}
	})
	return func() {
		close(over)
		ended.Wait()
	}
}

// finish writes what became of a run.
func (r *runner) finish(ctx context.Context, j job, err error) error {
	interrupted := ctx.Err() != nil
	ctx = context.WithoutCancel(ctx)
	var later *Later
	wait, failures := time.Duration(0), j.failures
	switch {
	case err == nil:
		return r.db.Writer.Tx(ctx, func(tx *store.Tx) error { return r.messages.DeleteTx(ctx, tx.SQL(), j.id) })
	case errors.As(err, &later):
		wait, failures = max(later.After, 0), 0
	case interrupted: // the process ends: the next one goes on at once
	default:
		failures++
		wait = r.retry(failures)
		r.log.WarnContext(ctx, "job failed; it runs again", "job", j.id, "kind", j.body.Kind, "failures", failures, "wait", wait, "error", err)
	}
	return r.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := r.messages.ExtendTx(ctx, tx.SQL(), j.id, wait); err != nil {
			return err
		}
		_, err := tx.SQL().ExecContext(ctx, `update goqite set received = ? where id = ?`, failures, j.id)
		return err
	})
}
