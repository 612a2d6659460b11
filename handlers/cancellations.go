package handlers

import (
	"github.com/gofiber/fiber/v2"

	"counterfoil/models/orders"
	"counterfoil/views"
	"counterfoil/web"
)

// createCancellation answers POST /orders/:id/cancellations.
func (a *App) createCancellation(c *fiber.Ctx) error {
	id, done := c.Params("id"), web.Flash{Title: "The authorization was canceled.", Text: "Nothing was captured; the whole amount is released."}
	if c.FormValue("again") != "" {
		_, err := a.Orders.RetryCancel(c.UserContext(), id, actor(c))
		return a.answerAct(c, id, "canceled", err, done)
	}
	form := views.CancelForm{Reason: field(c, "reason"), Note: field(c, "note"), Token: field(c, "form_token"), Errors: map[string]string{}}
	_, err := a.Orders.Cancel(c.UserContext(), orders.CancelRequest{
		OrderID: id, Reason: form.Reason, Note: form.Note, FormToken: form.Token, Actor: actor(c),
	})
	if noteInvalid(err, form.Errors) {
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, func(in *views.OrderInput) { in.CancelForm = form })
	}
	return a.answerAct(c, id, "canceled", err, done)
}
