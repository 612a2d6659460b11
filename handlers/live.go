package handlers

import (
	"bufio"
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/evidence"
)

const (
	// liveFor is how long a stream lives: the browser comes back by itself, and with it the session is looked at again.
	liveFor = 45 * time.Second
	// liveEvery is the least time between two messages.
	liveEvery = time.Second
	// liveBeat keeps a silent stream open.
	liveBeat = 15 * time.Second
	// maxStreams is how many streams one person may have open.
	maxStreams = 12
)

// streams counts the open streams of each person.
type streams struct {
	mu   sync.Mutex
	open map[string]int
}

func (s *streams) take(staffID string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[string]int{}
	}
	if s.open[staffID] >= maxStreams {
		return false
	}
	s.open[staffID]++
	return true
}

func (s *streams) giveBack(staffID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open[staffID]--; s.open[staffID] <= 0 {
		delete(s.open, staffID)
	}
}

// streamChanges answers GET /live: a stream that says "changed" when Today, an order or a dispute would look different. It carries nothing else.
func (a *App) streamChanges(c *fiber.Ctx) error {
	id, me := c.Query("order"), person(c.UserContext()).ID
	version := a.todayVersion
	if dispute := c.Query("dispute"); dispute != "" {
		version = func(ctx context.Context) (string, error) { return a.Reader.DisputeVersion(ctx, dispute) }
	}
	if id != "" {
		version = func(ctx context.Context) (string, error) { return a.Reader.OrderVersion(ctx, id) }
	}
	now, err := version(c.UserContext())
	if err != nil {
		return err
	}
	if seen := c.Query("seen"); seen != "" && seen != evidence.Fingerprint(now) {
		now = "" // it changed between the page and its stream
	}
	if !a.streams.take(me) {
		return &models.Error{Kind: models.KindTooMany, Code: "too_many_streams", Message: "Too many pages are open. Close some of them."}
	}
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no")
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer a.streams.giveBack(me)
		ctx, cancel := context.WithTimeout(a.Background, liveFor)
		defer cancel()
		a.follow(ctx, w, now, version)
	})
	return nil
}

// todayVersion is a text that changes whenever Today would.
func (a *App) todayVersion(ctx context.Context) (string, error) {
	version, err := a.Reader.TodayVersion(ctx, models.UnixOf(a.Now()))
	if err != nil {
		return "", err
	}
	mail, err := a.Mailroom.Standing(ctx)
	return fmt.Sprintf("%s %d %d", version, mail.Today.Open, len(mail.Missed)), err
}

// follow writes to the stream until it ends or nobody listens any more.
func (a *App) follow(ctx context.Context, w *bufio.Writer, last string, version func(context.Context) (string, error)) {
	write := func(text string) bool {
		_, err := w.WriteString(text)
		return err == nil && w.Flush() == nil
	}
	if !write("retry: 1000\n\n") {
		return
	}
	beat := time.NewTicker(liveBeat)
	defer beat.Stop()
	for {
		changed := a.Changed()
		now, err := version(ctx)
		switch {
		case err != nil:
			return
		case now != last:
			last = now
			if !write("event: changed\ndata: \n\n") {
				return
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-beat.C:
			if !write(": \n\n") {
				return
			}
			continue
		case <-changed:
		}
		select { // what comes within a moment is one message
		case <-ctx.Done():
			return
		case <-time.After(liveEvery):
		}
	}
}
