package handlers

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/carriers"
	"counterfoil/models/money"
	"counterfoil/models/orders"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/request"
)

// field reads a form field without the space around it.
func field(c *fiber.Ctx, name string) string { return strings.TrimSpace(c.FormValue(name)) }

// formValues gives every value of a form field that may be sent many times, once each.
func formValues(c *fiber.Ctx, name string) (all []string) {
	for _, v := range c.Context().PostArgs().PeekMulti(name) {
		if text := string(v); text != "" && !slices.Contains(all, text) {
			all = append(all, text)
		}
	}
	return all
}

// actor is who acts, for the audit log.
func actor(c *fiber.Ctx) models.Actor {
	ctx := c.UserContext()
	a := models.Actor{RequestID: request.RequestID(ctx)}
	if s := request.Staff(ctx); s != nil {
		a.StaffID, a.Name, a.Role = s.ID, s.Name, s.Role
	}
	return a
}

// bindCapture reads the capture form as it was typed.
func bindCapture(c *fiber.Ctx) views.CaptureForm {
	return views.CaptureForm{
		Amount: c.FormValue("amount"), Carrier: field(c, "carrier"), CarrierName: field(c, "carrier_name"),
		TrackingNumber: field(c, "tracking_number"), ShippedOn: field(c, "shipped_on"),
		NoTrackingReason: field(c, "no_tracking_reason"), Recipient: bindRecipient(c), Token: field(c, "form_token"),
		Errors: map[string]string{},
	}
}

func bindRecipient(c *fiber.Ctx) views.RecipientForm {
	return views.RecipientForm{
		Name: field(c, "ship_name"), Line1: field(c, "ship_line1"), Line2: field(c, "ship_line2"),
		PostalCode: field(c, "ship_postal_code"), City: field(c, "ship_city"), Country: field(c, "ship_country"),
	}
}

func bindShipment(c *fiber.Ctx) views.ShipmentForm {
	return views.ShipmentForm{
		Carrier: field(c, "carrier"), CarrierName: field(c, "carrier_name"), TrackingNumber: field(c, "tracking_number"),
		ShippedOn: field(c, "shipped_on"), Replaces: field(c, "replaces"), Recipient: bindRecipient(c), Token: field(c, "form_token"),
		Errors: map[string]string{},
	}
}

func bindRefund(c *fiber.Ctx) views.RefundForm {
	return views.RefundForm{
		Amount: c.FormValue("amount"), Reason: field(c, "reason"), Note: field(c, "note"), Token: field(c, "form_token"), Errors: map[string]string{},
	}
}

// amountOf parses a typed amount; what is wrong goes to errs.
func amountOf(text, currency string, errs map[string]string) money.Amount {
	a, err := money.Parse(text, currency)
	var bad *money.ParseError
	if errors.As(err, &bad) {
		errs["amount"] = bad.Message
	}
	return a
}

// shippedOn checks the date; empty means today in the shop's zone.
func (a *App) shippedOn(text string, errs map[string]string) string {
	today := a.Now().In(a.Zone).Format(time.DateOnly)
	if text == "" {
		return today
	}
	day, err := time.Parse(time.DateOnly, text)
	switch {
	case err != nil:
		errs["shipped_on"] = "Write the day as year-month-day, for example " + today + "."
	case text > today:
		errs["shipped_on"] = "This day has not come yet in the shop's time zone. Record a parcel once it has left."
	case day.Year() < 2000:
		errs["shipped_on"] = "This day is too long ago."
	}
	return text
}

// trackingOf joins the typed tracking; the carrier is guessed from the number where none was chosen.
func trackingOf(carrier, name, number, shippedOn string) orders.Tracking {
	if carrier == "" && number != "" {
		if guesses := carriers.Guess(number); len(guesses) > 0 {
			carrier = guesses[0].Code
		}
	}
	return orders.Tracking{Carrier: carrier, CarrierName: name, Number: number, ShippedOn: shippedOn}
}

// withAdvice adds what is doubtful about a number to the result: it warns and never blocks.
func withAdvice(done string, t orders.Tracking) web.Flash {
	f := web.Flash{Title: done}
	if t.Number == "" {
		return f
	}
	if verdict, reason := carriers.Check(t.Carrier, t.Number); verdict == carriers.Doubtful {
		f.Text, f.Doubt = reason, true
	}
	return f
}

func recipientOf(f views.RecipientForm) models.Shipping {
	return models.Shipping{Name: f.Name, Address: models.Address{
		Line1: f.Line1, Line2: f.Line2, PostalCode: f.PostalCode, City: f.City, Country: f.Country,
	}}
}

// noteInvalid puts an invalid input's message by its field; false for any other error.
func noteInvalid(err error, errs map[string]string) bool {
	var e *models.Error
	if !models.IsKind(err, models.KindInvalid) || !errors.As(err, &e) {
		return false
	}
	errs[e.Field] = e.Message
	return true
}
