package payments

import (
	"context"
	"slices"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// Lane says how urgent a call is.
type Lane int

const (
	// LaneInteractive is for calls that a person waits for. It always goes first.
	LaneInteractive Lane = iota
	// LaneBulk is for syncs and for tracking pushed in the background.
	LaneBulk
	// LaneRefetch is for objects that the mirror reads again.
	LaneRefetch

	lanes = 3
)

// refetchShare lets one refetch go after so many bulk calls while both wait: a long sync must not leave orders stale until it ends.
const refetchShare = 4

type laneKey struct{}

// InLane makes the calls of ctx wait in lane. Without it a call is interactive.
func InLane(ctx context.Context, lane Lane) context.Context {
	if lane < 0 || lane >= lanes {
		lane = LaneRefetch
	}
	return context.WithValue(ctx, laneKey{}, lane)
}

func laneOf(ctx context.Context) Lane {
	lane, _ := ctx.Value(laneKey{}).(Lane)
	return lane
}

// limiter hands out the right to make one call, so many a second, to the most urgent lane first and in order within a lane.
// It keeps no goroutine: one timer runs while somebody waits.
type limiter struct {
	mu      sync.Mutex
	tokens  *rate.Limiter
	waiting [lanes][]*turn
	bulkRun int // bulk calls let go since the last refetch, while a refetch waited
	timer   *time.Timer
}

// turn is one waiting call; ready is closed when it may go.
type turn struct {
	ready   chan struct{}
	granted bool
}

// newLimiter allows a burst of a quarter of a second's calls, so that no second ever sees more than 1.25 times perSecond.
func newLimiter(perSecond int) *limiter {
	return &limiter{tokens: rate.NewLimiter(rate.Limit(perSecond), max(1, perSecond/4))}
}

// wait returns when the call may go, or with ctx's error when it must not.
func (l *limiter) wait(ctx context.Context, lane Lane) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	t := l.enqueue(lane)
	select {
	case <-t.ready:
		return nil
	case <-ctx.Done():
		l.leave(lane, t)
		return ctx.Err()
	}
}

func (l *limiter) enqueue(lane Lane) *turn {
	l.mu.Lock()
	defer l.mu.Unlock()
	t := &turn{ready: make(chan struct{})}
	l.waiting[lane] = append(l.waiting[lane], t)
	if l.timer == nil {
		l.grant()
	}
	return t
}

// leave gives up a turn. One granted in the same moment goes to whoever is next.
func (l *limiter) leave(lane Lane, t *turn) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t.granted {
		l.letGo(l.next())
		return
	}
	l.waiting[lane] = slices.DeleteFunc(l.waiting[lane], func(w *turn) bool { return w == t })
}

// grant lets go as many as there are tokens and sets the timer for the rest. The caller holds mu.
func (l *limiter) grant() {
	l.timer = nil
	for l.anyWaiting() {
		now := time.Now()
		if !l.tokens.AllowN(now, 1) {
			r := l.tokens.ReserveN(now, 1)
			delay := r.DelayFrom(now)
			r.CancelAt(now)
			l.timer = time.AfterFunc(delay, l.onTimer)
			return
		}
		l.letGo(l.next())
	}
}

func (l *limiter) onTimer() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.grant()
}

func (l *limiter) anyWaiting() bool {
	for _, lane := range l.waiting {
		if len(lane) > 0 {
			return true
		}
	}
	return false
}

// next takes the turn that goes next out of its lane, nil when nobody waits. The caller holds mu.
func (l *limiter) next() *turn {
	lane := l.nextLane()
	if len(l.waiting[lane]) == 0 {
		return nil
	}
	t := l.waiting[lane][0]
	l.waiting[lane] = slices.Delete(l.waiting[lane], 0, 1)
	return t
}

func (l *limiter) nextLane() Lane {
	bulk, refetch := len(l.waiting[LaneBulk]) > 0, len(l.waiting[LaneRefetch]) > 0
	switch {
	case len(l.waiting[LaneInteractive]) > 0:
		return LaneInteractive
	case bulk && refetch && l.bulkRun < refetchShare:
		l.bulkRun++
		return LaneBulk
	case bulk && !refetch:
		return LaneBulk
	}
	l.bulkRun = 0
	return LaneRefetch
}

func (l *limiter) letGo(t *turn) {
	if t == nil {
		return
	}
	t.granted = true
	close(t.ready)
}
