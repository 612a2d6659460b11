package jobs

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// patience bounds every wait of these tests; they end much earlier.
const patience = 20 * time.Second

type workTable = map[string]func(context.Context, []byte) error

// run runs the queue until the returned function is called, or the test ends.
func run(t *testing.T, q *Queue, work workTable) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx, work) }()
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Errorf("Run: %v", err)
			}
		case <-time.After(patience):
			t.Error("Run does not end")
		}
	})
	t.Cleanup(stop)
	return stop
}

func enqueue(t *testing.T, db *store.DB, q *Queue, kind string, args any, delay time.Duration) (id string) {
	t.Helper()
	storetest.Tx(t, db, func(tx *store.Tx) (err error) {
		id, err = q.Enqueue(tx, kind, args, delay)
		return err
	})
	return id
}

// receive waits for the next value.
func receive[T any](t *testing.T, from <-chan T) T {
	t.Helper()
	select {
	case v := <-from:
		return v
	case <-time.After(patience):
		t.Fatal("nothing happened")
		panic("unreachable")
	}
}

// settle waits until the queue is empty.
func settle(t *testing.T, q *Queue) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		n, err := q.Backlog(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("backlog stays at %d", n)
		}
		<-time.After(time.Millisecond)
	}
}

func backlog(t *testing.T, q *Queue) int {
	t.Helper()
	n, err := q.Backlog(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestJobsRunWithTheirArguments(t *testing.T) {
	db := storetest.Open(t)
	q := New(db, nil)
	got := make(chan string, 10)
	run(t, q, workTable{
		"a": func(_ context.Context, args []byte) error { got <- "a" + string(args); return nil },
		"b": func(_ context.Context, args []byte) error { got <- "b" + string(args); return nil },
	})
	enqueue(t, db, q, "a", map[string]string{"id": "cap_1"}, 0)
	if v := receive(t, got); v != `a{"id":"cap_1"}` {
		t.Errorf("got %s", v)
	}
	enqueue(t, db, q, "b", nil, -time.Hour)
	if v := receive(t, got); v != `bnull` {
		t.Errorf("got %s", v)
	}
	settle(t, q)
	if len(got) != 0 {
		t.Errorf("ran again: %s", <-got)
	}
}

// TestNudge counts on the job being started by its commit: the runner has gone to rest for an hour.
func TestNudge(t *testing.T) {
	db := storetest.Open(t)
	q := New(db, nil)
	r := &runner{Queue: q}
	rested := make(chan struct{})
	go func() { r.rest(context.Background(), time.Hour); close(rested) }()
	storetest.Tx(t, db, func(tx *store.Tx) error {
		_, err := q.Enqueue(tx, "a", nil, 0)
		select {
		case <-rested:
			t.Error("woken before the commit")
		default:
		}
		return err
	})
	receive(t, rested)
}

func TestRolledBackIsNoJob(t *testing.T) {
	db := storetest.Open(t)
	q := New(db, nil)
	err := db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
		if id, err := q.Enqueue(tx, "a", nil, 0); err != nil || id == "" {
			t.Errorf("id %q, %v", id, err)
		}
		return errors.New("no")
	})
	if n := backlog(t, q); n != 0 || err == nil {
		t.Errorf("backlog %d, %v", n, err)
	}
	select {
	case <-q.nudge:
		t.Error("nudged")
	default:
	}
	err = db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
		_, err := q.Enqueue(tx, "a", func() {}, 0)
		return err
	})
	if err == nil {
		t.Error("arguments that are no JSON were taken")
	}
}

func TestCancelAndBacklog(t *testing.T) {
	db := storetest.Open(t)
	q := New(db, nil)
	ran := make(chan string, 10)
	delayed := enqueue(t, db, q, "a", "delayed", time.Hour)
	canceled := enqueue(t, db, q, "a", "canceled", 0)
	enqueue(t, db, q, "a", "kept", 0)
	if n := backlog(t, q); n != 3 {
		t.Errorf("backlog %d, want 3", n)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		return errors.Join(q.Cancel(tx, canceled), q.Cancel(tx, ""), q.Cancel(tx, "m_unknown"))
	})
	run(t, q, workTable{"a": func(_ context.Context, args []byte) error { ran <- string(args); return nil }})
	if v := receive(t, ran); v != `"kept"` {
		t.Errorf("ran %s", v)
	}
	storetest.Tx(t, db, func(tx *store.Tx) error { return q.Cancel(tx, delayed) })
	settle(t, q)
	if len(ran) != 0 {
		t.Errorf("ran %s", <-ran)
	}
}

// TestCanceledWhileItRuns is what an act does to its own look after a crash.
func TestCanceledWhileItRuns(t *testing.T) {
	db := storetest.Open(t)
	q := newQueue(db, nil, leaseTime, func(int64) time.Duration { return 0 })
	ids, runs := make(chan string, 1), make(chan bool, 10)
	run(t, q, workTable{"a": func(ctx context.Context, _ []byte) error {
		id := <-ids
		err := db.Writer.Tx(ctx, func(tx *store.Tx) error { return q.Cancel(tx, id) })
		runs <- true
		return errors.Join(err, errors.New("and it failed"))
	}})
	ids <- enqueue(t, db, q, "a", nil, 0)
	receive(t, runs)
	settle(t, q)
	if len(runs) != 0 {
		t.Error("ran again")
	}
}

func TestDelay(t *testing.T) {
	db := storetest.Open(t)
	q := New(db, nil)
	ran := make(chan time.Time, 2)
	run(t, q, workTable{"a": func(context.Context, []byte) error { ran <- time.Now(); return nil }})
	start := time.Now()
	enqueue(t, db, q, "a", nil, 150*time.Millisecond)
	if waited := receive(t, ran).Sub(start); waited < 149*time.Millisecond {
		t.Errorf("ran after %s, too early", waited)
	}
}

func TestFailuresAreTriedAgainWithGrowingWaits(t *testing.T) {
	db := storetest.Open(t)
	waits := make(chan int64, 100)
	q := newQueue(db, nil, leaseTime, func(failures int64) time.Duration { waits <- failures; return time.Millisecond })
	var n atomic.Int32
	run(t, q, workTable{"a": func(context.Context, []byte) error {
		switch n.Add(1) {
		case 1, 2, 4:
			return errors.New("Stripe is away")
		case 3:
			return fmt.Errorf("not yet: %w", &Later{After: time.Millisecond})
		case 5:
			panic("a fault of ours")
		}
		return nil
	}})
	enqueue(t, db, q, "a", nil, 0)
	settle(t, q)
	close(waits)
	var got []int64
	for w := range waits {
		got = append(got, w)
	}
	if diff := cmp.Diff([]int64{1, 2, 1, 2}, got); diff != "" { // Later forgets the failures before it
		t.Errorf("failures (-want +got):\n%s", diff)
	}
	if n.Load() != 6 {
		t.Errorf("ran %d times", n.Load())
	}
}

func TestBackoff(t *testing.T) {
	for failures, want := range map[int64]time.Duration{1: time.Second, 2: 2 * time.Second, 3: 4 * time.Second, 8: 128 * time.Second, 9: 256 * time.Second,
		10: 5 * time.Minute, 1 << 40: 5 * time.Minute} {
		if got := backoff(failures); got != want {
			t.Errorf("after %d failures: %s, want %s", failures, got, want)
		}
	}
}

func TestAPanicAndAnUnknownKindHarmNobodyElse(t *testing.T) {
	db := storetest.Open(t)
	q := New(db, nil)
	ran := make(chan bool, 1)
	enqueue(t, db, q, "panics", nil, 0)
	enqueue(t, db, q, "of tomorrow", nil, 0)
	enqueue(t, db, q, "good", nil, 0)
	run(t, q, workTable{
		"panics": func(context.Context, []byte) error { panic("no") },
		"good":   func(context.Context, []byte) error { ran <- true; return nil },
	})
	receive(t, ran)
}

// TestLeaseAfterACrash leaves a job leased and unfinished, as a killed process does, and opens the file anew.
func TestLeaseAfterACrash(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	db := storetest.OpenAt(t, path)
	q := newQueue(db, nil, 200*time.Millisecond, backoff)
	enqueue(t, db, q, "a", "x", 0)
	crashed := &runner{Queue: q}
	if j, err := crashed.take(context.Background()); err != nil || j == nil || j.failures != 0 {
		t.Fatalf("first lease: %+v, %v", j, err)
	}
	if j, err := crashed.take(context.Background()); err != nil || j != nil {
		t.Fatalf("leased twice: %+v, %v", j, err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = storetest.OpenAt(t, path)
	q = New(db, nil)
	ran := make(chan string, 2)
	run(t, q, workTable{"a": func(_ context.Context, args []byte) error { ran <- string(args); return nil }})
	if got := receive(t, ran); got != `"x"` {
		t.Errorf("ran %s", got)
	}
	settle(t, q)
}

// TestLeaseIsKeptWhileAJobRuns lets two processes work on one queue, with a job that takes many leases' time.
func TestLeaseIsKeptWhileAJobRuns(t *testing.T) {
	path := filepath.Join(t.TempDir(), "desk.db")
	const lease = 300 * time.Millisecond
	var runs atomic.Int32
	var q *Queue
	for range 2 {
		db := storetest.OpenAt(t, path)
		q = newQueue(db, nil, lease, backoff)
		run(t, q, workTable{"a": func(context.Context, []byte) error {
			runs.Add(1)
			<-time.After(4 * lease)
			return nil
		}})
	}
	enqueue(t, q.db, q, "a", nil, 0)
	settle(t, q)
	if runs.Load() != 1 {
		t.Errorf("ran %d times", runs.Load())
	}
}

func TestStoppingWaitsAndLosesNothing(t *testing.T) {
	db := storetest.Open(t)
	q := New(db, nil)
	started, over := make(chan bool, 2), atomic.Bool{}
	stop := run(t, q, workTable{"a": func(ctx context.Context, _ []byte) error {
		started <- true
		<-ctx.Done()
		over.Store(true)
		return ctx.Err()
	}})
	enqueue(t, db, q, "a", nil, 0)
	receive(t, started)
	stop()
	if !over.Load() {
		t.Error("Run answered before its job was over")
	}
	run(t, q, workTable{"a": func(context.Context, []byte) error { return nil }})
	start := time.Now()
	settle(t, q)
	if waited := time.Since(start); waited > leaseTime/2 {
		t.Errorf("the interrupted job waited %s for its lease", waited)
	}
}

func TestManyJobsEachOnce(t *testing.T) {
	db := storetest.Open(t)
	q := New(db, nil)
	const many = 100
	var mu sync.Mutex
	ran := map[int]int{}
	running, most := atomic.Int32{}, atomic.Int32{}
	run(t, q, workTable{"a": func(_ context.Context, args []byte) error {
		now := running.Add(1)
		defer running.Add(-1)
		for top := most.Load(); now > top && !most.CompareAndSwap(top, now); top = most.Load() {
		}
		var n int
		if err := json.Unmarshal(args, &n); err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		ran[n]++
		return nil
	}})
	storetest.Tx(t, db, func(tx *store.Tx) error {
		for n := range many {
			if _, err := q.Enqueue(tx, "a", n, 0); err != nil {
				return err
			}
		}
		return nil
	})
	settle(t, q)
	for n := range many {
		if ran[n] != 1 {
			t.Errorf("job %d ran %d times", n, ran[n])
		}
	}
	if most.Load() > maxWorkers {
		t.Errorf("%d at a time, want at most %d", most.Load(), maxWorkers)
	}
}
