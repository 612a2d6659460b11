package handlers

import (
	"github.com/gofiber/fiber/v2"

	"counterfoil/models/orders"
	"counterfoil/views"
)

// createShipment answers POST /orders/:id/shipments: a new parcel, or the correction of one.
func (a *App) createShipment(c *fiber.Ctx) error {
	id, form := c.Params("id"), bindShipment(c)
	put := func(in *views.OrderInput) { in.ShipmentForm = form }
	day := a.shippedOn(form.ShippedOn, form.Errors)
	if len(form.Errors) > 0 {
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, put)
	}
	tracking := trackingOf(form.Carrier, form.CarrierName, form.TrackingNumber, day)
	_, err := a.Orders.AddShipment(c.UserContext(), orders.ShipmentRequest{
		OrderID: id, Tracking: tracking, Recipient: recipientOf(form.Recipient), Replaces: form.Replaces, Actor: actor(c),
	})
	if noteInvalid(err, form.Errors) {
		return a.answerOrder(c, fiber.StatusUnprocessableEntity, id, put)
	}
	return a.answerAct(c, id, "sent", err, withAdvice("Tracking saved. It is being sent to Stripe.", tracking))
}
