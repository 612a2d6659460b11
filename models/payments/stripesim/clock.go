package stripesim

import (
	"container/heap"
	"time"
)

// Now is the simulated time: the wall clock, moved.
func (s *Sim) Now() time.Time {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.now()
}

// now is Now under the lock.
func (s *Sim) now() time.Time {
	if s.frozen != 0 {
		return time.Unix(s.frozen, 0).UTC()
	}
	return s.wall().Add(s.meta.Offset).UTC()
}

// second is the present simulated second. The lock is held.
func (s *Sim) second() int64 { return s.now().Unix() }

// task is something that happens by itself at a simulated second. Whether it is still due is looked at when it comes.
type task struct {
	at   int64
	seq  int64 // keeps the order of tasks of one second
	what string
	id   string
}

// The kinds of task.
const (
	taskExpireCharge  = "expire_charge"
	taskEndCheckout   = "end_checkout"
	taskMoveDispute   = "move_dispute"
	taskArrivePayout  = "arrive_payout"
	taskReconcile     = "reconcile_payout"
	taskAvailable     = "tell_available"
	second            = int64(1)
	minute            = 60 * second
	hour              = 60 * minute
	day               = 24 * hour
	maxTicker         = time.Minute
	clockDeliveryWait = 30 * time.Second
)

// taskHeap is a heap of tasks, the next one on top.
type taskHeap struct {
	tasks []task
	seq   int64
}

// Len implements heap.Interface.
func (h *taskHeap) Len() int { return len(h.tasks) }

// Less implements heap.Interface.
func (h *taskHeap) Less(i, j int) bool {
	a, b := h.tasks[i], h.tasks[j]
	return a.at < b.at || a.at == b.at && a.seq < b.seq
}

// Swap implements heap.Interface.
func (h *taskHeap) Swap(i, j int) { h.tasks[i], h.tasks[j] = h.tasks[j], h.tasks[i] }

// Push implements heap.Interface.
func (h *taskHeap) Push(t any) { h.tasks = append(h.tasks, t.(task)) }

// Pop implements heap.Interface.
func (h *taskHeap) Pop() any {
	last := h.tasks[len(h.tasks)-1]
	h.tasks = h.tasks[:len(h.tasks)-1]
	return last
}

// plan notes a task.
func (s *Sim) plan(at int64, what, id string) {
	s.due.seq++
	heap.Push(&s.due, task{at: at, seq: s.due.seq, what: what, id: id})
}

// isDue tells whether something should have happened by this second.
func (s *Sim) isDue(now int64) bool { return len(s.due.tasks) > 0 && s.due.tasks[0].at <= now }

// settle lets happen all that became due by this second, each thing at its own second. The lock is held.
func (s *Sim) settle(now int64) error {
	if !s.isDue(now) {
		return nil
	}
	x := s.begin(now, nil)
	for s.isDue(now) {
		t := heap.Pop(&s.due).(task)
		x.at = t.at
		if s.bulk {
			s.frozen = t.at
		}
		switch t.what {
		case taskExpireCharge:
			x.expireCharge(t.id)
		case taskEndCheckout:
			x.endCheckout(t.id)
		case taskMoveDispute:
			x.moveDispute(t.id)
		case taskArrivePayout:
			x.arrivePayout(t.id)
		case taskReconcile:
			x.reconcilePayout(t.id)
		case taskAvailable:
			x.tellAvailable()
		}
	}
	return s.commit(x)
}

// runClock lets happen what becomes due while nobody asks.
func (s *Sim) runClock() {
	defer s.working.Done()
	for {
		s.mu.RLock()
		wait, changed, ready := maxTicker, s.changed, false
		if len(s.due.tasks) > 0 {
			wait = min(wait, time.Unix(s.due.tasks[0].at, 0).Sub(s.now()))
			ready = s.isDue(s.second()) && s.broken == nil
		}
		s.mu.RUnlock()
		if ready {
			s.mu.Lock()
			if err := s.settle(s.second()); err != nil {
				s.log.Error("what became due could not be kept", "error", err)
			}
			s.mu.Unlock()
			continue
		}
		timer := time.NewTimer(max(wait, 10*time.Millisecond))
		select {
		case <-s.done:
			timer.Stop()
			return
		case <-changed:
			timer.Stop()
		case <-timer.C:
		}
	}
}

// Advance moves the simulated clock forward and lets happen all that becomes due. It does not wait for deliveries.
func (s *Sim) Advance(by time.Duration) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.meta.Offset += by
	if err := s.commit(s.begin(s.second(), nil)); err != nil {
		return err
	}
	return s.settle(s.second())
}
