package web

import (
	"crypto/rand"
	"fmt"
	"log/slog"
	"runtime/debug"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/web/request"
)

// requestID gives the request an id of our own: in the log, in the answer's header, and on error pages.
func (a *App) requestID(c *fiber.Ctx) error {
	id := rand.Text()[:12]
	c.SetUserContext(request.WithRequestID(c.UserContext(), id))
	c.Set(fiber.HeaderXRequestID, id)
	return c.Next()
}

// logRequest writes one line: what was asked and how it ended. The route stands for the address: no query, no form, no person.
func (a *App) logRequest(c *fiber.Ctx) error {
	start := time.Now()
	if err := c.Next(); err != nil {
		if err := a.handleError(c, err); err != nil {
			return err
		}
	}
	status := c.Response().StatusCode()
	if status == fiber.StatusTooManyRequests {
		c.Set(fiber.HeaderRetryAfter, retryAfter)
	}
	level := slog.LevelInfo
	if status >= fiber.StatusInternalServerError {
		level = slog.LevelWarn
	}
	size := -1 // of a stream, which is not sent yet: looking at its body would read it all
	if !c.Response().IsBodyStream() {
		size = len(c.Response().Body())
	}
	a.opts.Log.Log(c.UserContext(), level, "request", "id", request.RequestID(c.UserContext()), "method", c.Method(), "route", c.Route().Path,
		"status", status, "ms", time.Since(start).Milliseconds(), "bytes", size)
	return nil
}

func (a *App) logPanic(c *fiber.Ctx, cause any) {
	a.opts.Log.ErrorContext(c.UserContext(), "panic", "id", request.RequestID(c.UserContext()), "route", c.Route().Path,
		"cause", fmt.Sprint(cause), "stack", string(debug.Stack()))
}
