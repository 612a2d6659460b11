package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/views"
	"counterfoil/web"
)

// answerAct answers a form that asked for an act on an order. tried is the act in the past tense. Done: the page again, with the
// result; otherwise the page as it is now, under the status that says what is known.
func (a *App) answerAct(c *fiber.Ctx, id, tried string, err error, done web.Flash) error {
	var refusal *models.Refusal
	switch {
	case err == nil && web.IsPartial(c):
		return a.answerOrder(c, fiber.StatusOK, id, func(in *views.OrderInput) { in.Shell.Flash = flashView(&done) })
	case err == nil:
		a.SetFlash(c, done)
		return web.Redirect(c, "/orders/"+id)
	case errors.As(err, &refusal):
		return a.answerOrder(c, fiber.StatusConflict, id, func(in *views.OrderInput) {
			in.Conflict = &views.Conflict{Act: tried, Message: refusal.Message, By: refusal.By, At: refusal.At}
		})
	}
	switch models.KindOf(err) {
	case models.KindUnknown:
		return a.answerOrder(c, fiber.StatusAccepted, id, nil)
	case models.KindRefused:
		return a.answerOrder(c, fiber.StatusConflict, id, justTried)
	case models.KindUnavailable:
		return a.answerOrder(c, fiber.StatusServiceUnavailable, id, justTried)
	}
	return err
}

// justTried has the page say why nothing was done, as the answer to the form that was just sent.
func justTried(in *views.OrderInput) { in.Tried = true }
