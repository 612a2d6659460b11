package handlers

import (
	"bytes"
	"errors"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/mirror"
)

// receiveEvent answers POST /stripe/events. The 200 is sent once the event, and what it says, are durable; any other answer makes
// Stripe send it again.
func (a *App) receiveEvent(c *fiber.Ctx) error {
	body := bytes.Clone(c.Request().Body()) // raw: no decoding before the signature is checked
	err := mirror.VerifySignature(body, c.Get("Stripe-Signature"), a.WebhookSecret)
	if err == nil {
		err = a.Mirror.Receive(c.UserContext(), body)
	}
	var e *models.Error
	switch {
	case err == nil:
		return c.SendStatus(fiber.StatusOK)
	case models.IsKind(err, models.KindInvalid) && errors.As(err, &e): // 400 is what Stripe's dashboard shows as the endpoint's own no
		a.Log.WarnContext(c.UserContext(), "event refused", "code", e.Code)
		return c.Status(fiber.StatusBadRequest).SendString(e.Message + "\n")
	}
	return err
}

// showHealth answers GET /healthz: whether the database answers, and how much is not done yet.
func (a *App) showHealth(c *fiber.Ctx) error {
	backlog, err := a.Backlog(c.UserContext())
	if err != nil {
		a.Log.ErrorContext(c.UserContext(), "health", "error", err)
		return c.Status(fiber.StatusServiceUnavailable).JSON(fiber.Map{"status": "down"})
	}
	status, err := a.Mirror.Status(c.UserContext())
	if err != nil {
		return &models.Error{Kind: models.KindUnavailable, Code: "mirror", Err: err}
	}
	return c.JSON(fiber.Map{
		"status": "ok", "backlog": backlog, "failed_events": status.Failed,
		"last_event": status.LastEvent, "last_sync": status.LastSync,
	})
}

// showReady answers GET /readyz.
func (a *App) showReady(c *fiber.Ctx) error {
	if _, err := a.Backlog(c.UserContext()); err != nil {
		return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
	}
	return c.SendString("ready\n")
}
