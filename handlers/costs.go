package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models/settlements"
	"counterfoil/views"
	"counterfoil/web"
)

// showCosts answers GET /settlements/costs: what Klarna really costs.
func (a *App) showCosts(c *fiber.Ctx) error {
	ctx := c.UserContext()
	in := views.CostsInput{Typed: urlValues(c), By: settlements.By(c.Query("by", string(settlements.ByMonth))), Currency: c.Query("currency")}
	in.Months, in.Faults = settlements.ParseMonths(in.Typed, a.Now(), a.Zone)
	if !slices.Contains([]settlements.By{settlements.ByMonth, settlements.ByCountry, settlements.ByCategory}, in.By) {
		in.By = settlements.ByMonth
	}
	var err error
	if in.Facts, err = a.books().Costs(ctx, in.Months); err != nil {
		return err
	}
	in.Currencies = settlements.CostCurrencies(in.Facts)
	if !slices.Contains(in.Currencies, in.Currency) && len(in.Currencies) > 0 {
		in.Currency = in.Currencies[0]
	}
	if in.Exceptions, err = a.Reader.OpenExceptions(ctx); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, statusFor(in.Faults), views.CostsShow(views.NewCostsPage(in)))
}
