package web

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
	"counterfoil/static"
	"counterfoil/web/request"
)

// Failure is what a person is told of an error.
type Failure struct {
	Status          int
	Message         string        // whole sentences, empty for the status's own words
	Roles           []models.Role // who may, for 403
	RequestID       string
	StripeRequestID string
}

// retryAfter is when a throttled request may come again, in seconds: when the oldest counted try is surely forgotten.
const retryAfter = "900"

// statusOf turns a kind into an HTTP status: the one place that does.
func statusOf(kind models.ErrorKind) int {
	switch kind {
	case models.KindInvalid:
		return fiber.StatusUnprocessableEntity
	case models.KindConflict, models.KindRefused:
		return fiber.StatusConflict
	case models.KindNotFound:
		return fiber.StatusNotFound
	case models.KindForbidden:
		return fiber.StatusForbidden
	case models.KindUnauthenticated:
		return fiber.StatusUnauthorized
	case models.KindTooMany:
		return fiber.StatusTooManyRequests
	case models.KindTooLarge:
		return fiber.StatusRequestEntityTooLarge
	case models.KindUnavailable:
		return fiber.StatusServiceUnavailable
	case models.KindUnknown:
		return fiber.StatusAccepted
	}
	return fiber.StatusInternalServerError
}

// failureOf turns any error into what a person is told. People never see err.Error().
func failureOf(err error) Failure {
	var known *fiber.Error
	if errors.As(err, &known) {
		return Failure{Status: known.Code}
	}
	f := Failure{Status: statusOf(models.KindOf(err))}
	var e *models.Error
	if errors.As(err, &e) && e.Kind != models.KindInternal {
		f.Message, f.StripeRequestID = e.Message, e.StripeRequestID
	}
	var forbidden *Forbidden
	if errors.As(err, &forbidden) {
		f.Roles = staff.RolesWith(forbidden.Right)
	}
	return f
}

// handleError is Fiber's error handler: one answer and, for faults of ours, one log line with the cause. It also answers requests that
// could not be read, which passed none of our rules.
func (a *App) handleError(c *fiber.Ctx, err error) error {
	f := failureOf(err)
	f.RequestID = request.RequestID(c.UserContext())
	a.setHeaders(c)
	if f.Status >= fiber.StatusInternalServerError {
		a.opts.Log.ErrorContext(c.UserContext(), "request failed", "id", f.RequestID, "route", c.Route().Path, "error", err)
	}
	if !wantsPage(c) {
		return sendPlain(c, f)
	}
	if err := a.drawError(c, f); err != nil {
		a.opts.Log.ErrorContext(c.UserContext(), "error page failed", "id", f.RequestID, "error", err)
		return sendPlain(c, f)
	}
	return nil
}

// errorDeadline bounds the page of a failure.
const errorDeadline = 5 * time.Second

// drawError draws the page of a failure, which may be that the request's time is over. It runs outside of recover, so a panic, which
// would end the program, ends here.
func (a *App) drawError(c *fiber.Ctx, f Failure) (err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), errorDeadline)
	defer cancel()
	c.SetUserContext(ctx)
	defer func() {
		if cause := recover(); cause != nil {
			a.logPanic(c, cause)
			err = fmt.Errorf("panic: %v", cause)
		}
	}()
	return a.opts.ErrorPage(c, f)
}

// wantsPage tells a person's request from a program's: programs send JSON, ask for something that is no page, or want a file.
func wantsPage(c *fiber.Ctx) bool {
	if IsPartial(c) {
		return true
	}
	if strings.HasPrefix(c.Path(), static.Prefix) || strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEApplicationJSON) {
		return false
	}
	accept := c.Get(fiber.HeaderAccept)
	return accept == "" || strings.Contains(accept, "text/html") || strings.Contains(accept, "*/*")
}

// sendPlain is a failure for programs, and for people where no page can be drawn.
func sendPlain(c *fiber.Ctx, f Failure) error {
	text := f.Message
	if text == "" {
		text = fiber.NewError(f.Status).Message + "."
	}
	if f.RequestID != "" {
		text += " Ref " + f.RequestID
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextPlainCharsetUTF8)
	return c.Status(f.Status).SendString(text + "\n")
}
