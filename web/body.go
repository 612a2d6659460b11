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
	// drainLimit is how much of a body that nobody wants is still taken, so that the sender gets to read the answer.
	drainLimit = 256 << 20
)

// LimitBody reads the body, as it was sent and up to limit bytes, before the handlers after it. Every handler that looks into a body
// stands after it. Errors: too large; invalid for a body that breaks off.
func LimitBody(limit int) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if encoding := c.Get(fiber.HeaderContentEncoding); encoding != "" && encoding != "identity" { // a small body could unpack to any size
			return fiber.ErrUnsupportedMediaType
		}
		if c.Request().Header.ContentLength() > limit {
			return errTooLarge()
		}
		stream := c.Context().RequestBodyStream()
		if stream == nil {
			return c.Next()
		}
		body, err := io.ReadAll(io.LimitReader(stream, int64(limit)+1))
		if err != nil {
			c.Context().SetConnectionClose()
			return &models.Error{Kind: models.KindInvalid, Code: "body_unreadable", Message: "The request did not arrive whole. Nothing was done.", Err: err}
		}
		if len(body) > limit {
			return errTooLarge()
		}
		c.Request().SetBodyRaw(body)
		return c.Next()
	}
}

func errTooLarge() error {
	return &models.Error{Kind: models.KindTooLarge, Code: "body_too_large", Message: "What was sent is too large. Nothing was done."}
}

// finishBody takes what is left of a body once the request is answered. Otherwise fasthttp would read it as the next request on the
// connection: behind a proxy, in somebody else's name.
func finishBody(c *fiber.Ctx) error {
	err := c.Next()
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return err
	}
	left, drainErr := io.Copy(io.Discard, io.LimitReader(stream, drainLimit))
	if drainErr != nil || left == drainLimit {
		c.Context().SetConnectionClose()
	}
	return err
}
