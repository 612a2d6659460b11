package payments

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// queueUp makes n calls wait in lane, in order, and notes each as it goes.
func queueUp(ctx context.Context, l *limiter, lane Lane, n int, name string, note func(string)) {
	for range n {
		go func() {
			if l.wait(ctx, lane) == nil {
				note(name)
			}
		}()
		synctest.Wait()
	}
}

type notes struct {
	mu  sync.Mutex
	all []string
}

func (n *notes) add(s string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.all = append(n.all, s)
}

func TestLimiterServesTheUrgentFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, got := newLimiter(4), &notes{}
		queueUp(t.Context(), l, LaneRefetch, 1, "first", got.add) // takes the only token
		queueUp(t.Context(), l, LaneRefetch, 2, "refetch", got.add)
		queueUp(t.Context(), l, LaneBulk, 7, "bulk", got.add)
		queueUp(t.Context(), l, LaneInteractive, 2, "interactive", got.add)
		time.Sleep(time.Minute) // of the bubble's clock
		synctest.Wait()
		want := []string{"first", "interactive", "interactive", "bulk", "bulk", "bulk", "bulk", "refetch", "bulk", "bulk", "bulk", "refetch"}
		if d := cmp.Diff(want, got.all); d != "" {
			t.Errorf("order (-want +got):\n%s", d)
		}
	})
}

func TestLimiterKeepsTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l, start := newLimiter(20), time.Now()
		var times []time.Duration
		for range 105 {
			if err := l.wait(t.Context(), LaneBulk); err != nil {
				t.Fatal(err)
			}
			times = append(times, time.Since(start))
		}
		if last := times[len(times)-1]; last < 4990*time.Millisecond || last > 5100*time.Millisecond {
			t.Errorf("105 calls at 20 a second, 5 of them at once, took %v, want 5 s", last)
		}
		for i := range times[25:] {
			if d := times[i+25] - times[i]; d < 990*time.Millisecond {
				t.Fatalf("26 calls within %v", d)
			}
		}
	})
}

func TestLimiterGivesUpWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(1)
		if err := l.wait(t.Context(), LaneBulk); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		if err := l.wait(ctx, LaneInteractive); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("waiting: %v", err)
		}
		if err := l.wait(ctx, LaneInteractive); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a context that is done already: %v", err)
		}
		start := time.Now()
		if err := l.wait(t.Context(), LaneRefetch); err != nil || time.Since(start) > time.Second {
			t.Errorf("the next one waited %v (%v): the one who left took its turn", time.Since(start), err)
		}
	})
}

// TestLimiterHandsOnATurnNobodyTook cancels in the very moment of the grant, again and again: no turn may be lost, nobody may hang.
func TestLimiterHandsOnATurnNobodyTook(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := newLimiter(10)
		served := &notes{}
		for i := range 200 {
			ctx, cancel := context.WithTimeout(t.Context(), time.Duration(i%7)*100*time.Millisecond)
			defer cancel()
			go func() { _ = l.wait(ctx, Lane(i%lanes)) }()
		}
		queueUp(t.Context(), l, LaneRefetch, 5, "served", served.add)
		time.Sleep(time.Minute)
		synctest.Wait()
		if len(served.all) != 5 {
			t.Errorf("%d of 5 were served", len(served.all))
		}
		if l.anyWaiting() || l.timer != nil {
			t.Error("something is left in the queue")
		}
	})
}

func TestLeavingATurnThatWasGranted(t *testing.T) {
	l := newLimiter(1)
	first, second := l.enqueue(LaneBulk), l.enqueue(LaneBulk)
	if !first.granted || second.granted {
		t.Fatal("one token, one turn")
	}
	l.leave(LaneBulk, first)
	if !second.granted {
		t.Error("the turn was not handed on")
	}
	l.timer.Stop()
}

func TestLaneOfContext(t *testing.T) {
	for _, tt := range []struct {
		ctx  context.Context
		want Lane
	}{
		{t.Context(), LaneInteractive},
		{InLane(t.Context(), LaneBulk), LaneBulk},
		{InLane(InLane(t.Context(), LaneBulk), LaneRefetch), LaneRefetch},
		{InLane(t.Context(), 99), LaneRefetch},
		{InLane(t.Context(), -1), LaneRefetch},
	} {
		if got := laneOf(tt.ctx); got != tt.want {
			t.Errorf("lane %d, want %d", got, tt.want)
		}
	}
}
