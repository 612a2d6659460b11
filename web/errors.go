package web

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
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

// statuses turns a kind into an HTTP status: the one place that does.
var statuses = map[models.ErrorKind]int{
	models.KindInvalid: fiber.StatusUnprocessableEntity, models.KindConflict: fiber.StatusConflict, models.KindNotFound: fiber.StatusNotFound,
	models.KindForbidden: fiber.StatusForbidden, models.KindUnauthenticated: fiber.StatusUnauthorized, models.KindTooMany: fiber.StatusTooManyRequests,
	models.KindTooLarge: fiber.StatusRequestEntityTooLarge, models.KindRefused: fiber.StatusConflict,
	models.KindUnavailable: fiber.StatusServiceUnavailable, models.KindUnknown: fiber.StatusAccepted, models.KindInternal: fiber.StatusInternalServerError,
}

// failureOf turns any error into what a person is told. People never see err.Error().
func failureOf(err error) Failure {
	var known *fiber.Error
	if errors.As(err, &known) {
		return Failure{Status: known.Code}
	}
	f := Failure{Status: statuses[models.KindOf(err)]}
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

// handleError is Fiber's error handler: one answer and, for faults of ours, one log line with the cause.
func (a *App) handleError(c *fiber.Ctx, err error) error {
	f := failureOf(err)
	f.RequestID = request.RequestID(c.UserContext())
	if f.Status >= fiber.StatusInternalServerError {
		a.opts.Log.ErrorContext(c.UserContext(), "request failed", "id", f.RequestID, "route", c.Route().Path, "error", err)
	}
	if f.Status == fiber.StatusTooManyRequests {
		c.Set(fiber.HeaderRetryAfter, "900")
	}
	if !strings.Contains(c.Get(fiber.HeaderAccept), "text/html") && !IsPartial(c) {
		return c.Status(f.Status).SendString(plainText(f))
	}
	if err := a.opts.ErrorPage(c, f); err != nil {
		a.opts.Log.ErrorContext(c.UserContext(), "error page failed", "id", f.RequestID, "error", err)
		return c.Status(f.Status).SendString(plainText(f))
	}
	return nil
}

// plainText is a failure for programs.
func plainText(f Failure) string {
	text := f.Message
	if text == "" {
		text = fiber.NewError(f.Status).Message
	}
	return text + " Ref " + f.RequestID + "\n"
}
