package web

import (
	"io"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
)

const (
	// FormLimit is the largest body of a form, in bytes.
	FormLimit = 256 << 10
	// EventLimit is the largest body of one of Stripe's events, in bytes.
	EventLimit = 1 << 20
	// drainLimit is how much of a body that is too large is still read, so that the sender gets to read the answer.
	drainLimit = 4 << 20
)

// LimitBody reads the body, as it was sent and up to limit bytes, before the handlers after it. Errors: too large.
func LimitBody(limit int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		stream := c.Context().RequestBodyStream()
		if stream == nil {
			if len(c.Request().Body()) > limit {
				return errTooLarge()
			}
			return c.Next()
		}
		body, err := io.ReadAll(io.LimitReader(stream, int64(limit)+1))
		if err != nil {
			return &models.Error{Kind: models.KindInvalid, Code: "body_unreadable", Message: "The request did not arrive whole. Nothing was done.", Err: err}
		}
		if len(body) > limit {
			_, _ = io.CopyN(io.Discard, stream, drainLimit)
			c.Context().SetConnectionClose()
			return errTooLarge()
		}
		c.Request().SetBodyRaw(body)
		return c.Next()
	}
}

func errTooLarge() error {
	return &models.Error{Kind: models.KindTooLarge, Code: "body_too_large", Message: "What was sent is too large. Nothing was done."}
}
