// Package jobs is durable background work that is asked for in the same transaction as the change that needs it.
package jobs

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"math"
	"time"

	"maragu.dev/goqite"

	"counterfoil/models/store"
)

const (
	queueName = "desk"
	// maxWorkers is how many jobs run at a time. They mostly wait for Stripe.
	maxWorkers = 8
	// pollEvery bounds how late a job starts that another process asked for; our own are started at once.
	pollEvery = 500 * time.Millisecond
	// leaseTime is how long a crashed process keeps its jobs. A running job's lease is renewed.
	leaseTime = 10 * time.Second
	// firstRetry and lastRetry bound the wait after a job's failure, which doubles with each.
	firstRetry = time.Second
	lastRetry  = 5 * time.Minute
)

// Later is the error of a job that was not due yet: it is run again after the given time, and its failures are forgotten.
type Later struct {
	After time.Duration
}

// Error implements error.
func (l *Later) Error() string { return fmt.Sprintf("run again in %s", l.After) }

// Queue keeps jobs in the database until they are done. A job runs at least once: it must bear being run again, after a crash or when
// its end could not be written.
type Queue struct {
	db       *store.DB
	messages *goqite.Queue
	log      *slog.Logger
	nudge    chan struct{} // holds one token when there may be something to do
	lease    time.Duration
	retry    func(failures int64) time.Duration
}

// New makes the queue that is kept in db. A nil log is silent.
func New(db *store.DB, log *slog.Logger) *Queue { return newQueue(db, log, leaseTime, backoff) }

func newQueue(db *store.DB, log *slog.Logger, lease time.Duration, retry func(int64) time.Duration) *Queue {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	// goqite gets the read-only pool: it is only asked to work within our transactions.
	messages := goqite.New(goqite.NewOpts{DB: db.Reader.SQL(), Name: queueName, MaxReceive: math.MaxInt32, Timeout: lease})
	return &Queue{db: db, messages: messages, log: log, nudge: make(chan struct{}, 1), lease: lease, retry: retry}
}

// body is what a queued message says.
type body struct {
	Kind string          `json:"kind"`
	Args json.RawMessage `json:"args"`
}

// Enqueue asks, within tx, for a job of a kind with its arguments (written as JSON), not before delay is over. It starts when tx is
// committed, and there is no job when tx is not. Errors: internal.
func (q *Queue) Enqueue(tx *store.Tx, kind string, args any, delay time.Duration) (id string, err error) {
	rawArgs, err := json.Marshal(args)
	if err != nil {
		return "", fmt.Errorf("job %s: arguments: %w", kind, err)
	}
	text, err := json.Marshal(body{Kind: kind, Args: rawArgs})
	if err != nil {
		return "", fmt.Errorf("job %s: %w", kind, err)
	}
	message := goqite.Message{Body: text, Delay: max(delay, 0)}
	messageID, err := q.messages.SendAndGetIDTx(context.Background(), tx.SQL(), message)
	if err != nil {
		return "", fmt.Errorf("job %s: %w", kind, err)
	}
	tx.AfterCommit(q.wake)
	return string(messageID), nil
}

// Cancel takes a job back, within tx. One that is done, or an empty id, is no error; one that runs is not stopped, only never run again.
// Errors: internal.
func (q *Queue) Cancel(tx *store.Tx, id string) error {
	if id == "" {
		return nil
	}
	return q.messages.DeleteTx(context.Background(), tx.SQL(), goqite.ID(id))
}

// Backlog is the number of jobs that are not done: waiting, running, delayed and failed ones. Errors: internal.
func (q *Queue) Backlog(ctx context.Context) (int, error) {
	var n int
	err := q.db.Reader.SQL().QueryRowContext(ctx, `select count(*) from goqite where queue = ?`, queueName).Scan(&n)
	return n, err
}

// wake has Run look at the queue now.
func (q *Queue) wake() {
	select {
	case q.nudge <- struct{}{}:
	default: // a look is due already
	}
}

// backoff is the wait after so many failures: 1, 2, 4 … seconds, 5 minutes at most.
func backoff(failures int64) time.Duration {
	wait := firstRetry
	for range failures - 1 {
		if wait *= 2; wait >= lastRetry {
			return lastRetry
		}
	}
	return wait
}
