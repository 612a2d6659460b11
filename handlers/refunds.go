package handlers

import (
	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/orders"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/i18n"
)

// createRefund answers POST /orders/:id/refunds.
func (a *App) createRefund(c *fiber.Ctx) error {
	id, form := c.Params("id"), bindRefund(c)
	if again := field(c, "again"); again != "" {
		refund, err := a.Orders.RetryRefund(c.UserContext(), id, again, actor(c))
		return a.answerRefund(c, refund, id, err)
	}
	put := func(in *views.OrderInput) { in.RefundForm = form }
	o, err := a.Reader.Order(c.UserContext(), id)
	if err != nil {
		return err
	}
	req := orders.RefundRequest{
		OrderID: id, Amount: amountOf(form.Amount, o.Currency, form.Errors), Confirmed: wholeOf(c, "confirmed"),
		Reason: form.Reason, Note: form.Note, FormToken: form.Token, Actor: actor(c),
	}
	if len(form.Errors) > 0 {
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, put)
	}
	refund, err := a.Orders.Refund(c.UserContext(), req)
	if asks(err, orders.CodeRefundUnconfirmed) {
		form.Confirm = req.Amount.Minor
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, put)
	}
	if noteInvalid(err, form.Errors) {
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, put)
	}
	return a.answerRefund(c, refund, id, err)
}

// answerRefund answers with what became of a refund by now.
func (a *App) answerRefund(c *fiber.Ctx, act models.RefundAct, id string, err error) error {
	if err != nil {
		return a.answerAct(c, id, "refunded", err, web.Flash{})
	}
	made, err := a.Reader.Refund(c.UserContext(), act.RefundID)
	if err != nil {
		return err
	}
	return a.answerAct(c, id, "refunded", nil, refundFlash(made))
}

// refundFlash says how far a refund has come, in Stripe's status.
func refundFlash(r models.Refund) web.Flash {
	amount := i18n.Money(r.Money())
	switch r.Status {
	case "succeeded":
		return web.Flash{Title: "Refunded " + amount + "."}
	case "failed":
		return web.Flash{Title: "The refund of " + amount + " failed.", Text: "The reason: " + views.RefundFailure(r.FailureReason) + ".", Doubt: true}
	case "canceled":
		return web.Flash{Title: "The refund of " + amount + " was canceled.", Text: "The money stays with the shop.", Doubt: true}
	case "requires_action":
		return web.Flash{Title: "The refund of " + amount + " waits for the customer.", Text: "They have to act before the money arrives."}
	}
	return web.Flash{Title: "The refund of " + amount + " is on its way.", Text: "Stripe has taken it and has not finished it yet. This page shows when it has."}
}
