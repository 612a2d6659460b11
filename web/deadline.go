package web

import (
	"context"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/web/request"
)

const (
	// readDeadline bounds a page. c.Context() is never cancelled when the browser leaves, so nothing else would.
	readDeadline = 15 * time.Second
	// actDeadline bounds an act: two calls to Stripe of 20 seconds each, and the page after them.
	actDeadline = 60 * time.Second
)

// deadline gives the request a context that ends, with the zone that people see.
func (a *App) deadline(c *fiber.Ctx) error {
	within := readDeadline
	if c.Method() == fiber.MethodPost {
		within = actDeadline
	}
	ctx, cancel := context.WithTimeout(request.WithZone(c.UserContext(), a.opts.Zone), within)
	defer cancel()
	c.SetUserContext(ctx)
	return c.Next()
}
