package handlers

import (
	"errors"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/orders"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/i18n"
)

// createCapture answers POST /orders/:id/captures.
func (a *App) createCapture(c *fiber.Ctx) error {
	if c.FormValue("again") != "" {
		return a.retryCapture(c)
	}
	id, form := c.Params("id"), bindCapture(c)
	put := func(in *views.OrderInput) { in.CaptureForm = form }
	o, err := a.Reader.Order(c.UserContext(), id)
	if err != nil {
		return err
	}
	req := a.captureRequest(c, o, form)
	if len(form.Errors) > 0 {
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, put)
	}
	capture, err := a.Orders.Capture(c.UserContext(), req)
	if asks(err, orders.CodeReleaseUnconfirmed) {
		lost := orders.Releases(o, req.Amount).Minor
		form.Released, form.ReleasedAmount = &lost, req.Amount.Minor
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, put)
	}
	if noteInvalid(err, form.Errors) {
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, put)
	}
	return a.answerAct(c, id, "captured", err, withAdvice("Captured "+i18n.Money(capture.Money())+".", req.Tracking))
}

// retryCapture sends a capture that was left to a person once more.
func (a *App) retryCapture(c *fiber.Ctx) error {
	capture, err := a.Orders.RetryCapture(c.UserContext(), c.Params("id"), actor(c))
	return a.answerAct(c, c.Params("id"), "captured", err, web.Flash{Title: "Captured " + i18n.Money(capture.Money()) + "."})
}

// captureRequest turns the typed form into a request; what is wrong goes to form.Errors.
func (a *App) captureRequest(c *fiber.Ctx, o models.Order, form views.CaptureForm) orders.CaptureRequest {
	day := a.shippedOn(form.ShippedOn, form.Errors)
	return orders.CaptureRequest{
		OrderID: o.ID, Amount: amountOf(form.Amount, o.Currency, form.Errors), Released: wholeOf(c, "released"),
		Tracking:  trackingOf(form.Carrier, form.CarrierName, form.TrackingNumber, day),
		Recipient: recipientOf(form.Recipient), NoTrackingReason: form.NoTrackingReason, FormToken: form.Token, Actor: actor(c),
	}
}

// wholeOf is a number that the person confirmed, in minor units; anything but a whole number confirms nothing.
func wholeOf(c *fiber.Ctx, name string) int64 {
	n, err := strconv.ParseInt(field(c, name), 10, 64)
	if err != nil {
		return 0
	}
	return n
}

// asks tells whether the service asks for the confirmation of that code.
func asks(err error, code string) bool {
	var e *models.Error
	return errors.As(err, &e) && e.Code == code
}
