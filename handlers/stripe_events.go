package handlers

import (
	"bytes"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/mirror"
)

// receiveEvent answers POST /stripe/events. The 200 is sent once the event, and what it says, are durable; any other answer makes
// Stripe send it again.
func (a *App) receiveEvent(c *fiber.Ctx) error {
	body := bytes.Clone(c.Request().Body()) // raw: no decoding before the signature is checked
	if err := mirror.VerifySignature(body, c.Get("Stripe-Signature"), a.WebhookSecret); err != nil {
		return err
	}
	if err := a.Mirror.Receive(c.UserContext(), body); err != nil {
		return err
	}
	return c.SendStatus(fiber.StatusOK)
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
