package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models/mailboxes"
	"counterfoil/views"
	"counterfoil/web"
)

// showShopDays answers GET /settings/days.
func (a *App) showShopDays(c *fiber.Ctx) error { return a.answerShopDays(c, fiber.StatusOK, nil) }

func (a *App) answerShopDays(c *fiber.Ctx, status int, change func(*views.ShopDaysInput)) error {
	ctx := c.UserContext()
	in := views.ShopDaysInput{Today: a.Mailroom.Today()}
	calendar, err := a.Mailroom.Calendar(ctx)
	if err != nil {
		return err
	}
	in.Week = calendar.Week(mailboxes.AddDays(in.Today, 1))
	if in.Holidays, err = a.Reader.Holidays(ctx); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	return web.Render(c, status, views.ShopDaysShow(views.NewShopDaysPage(in)))
}

// createShopDays answers POST /settings/days: the weekdays and the holidays of the shop.
func (a *App) createShopDays(c *fiber.Ctx) error {
	week, lines := int64(0), c.FormValue("holidays")
	for _, d := range views.WeekdayBits() {
		if slices.Contains(formValues(c, "weekday"), d.String()) {
			week |= 1 << d
		}
	}
	err := a.Mailroom.SetDays(c.UserContext(), week, lines, actor(c))
	errs := map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerShopDays(c, fiber.StatusUnprocessableEntity, func(in *views.ShopDaysInput) { in.Week, in.Lines, in.Errors = week, &lines, errs })
	}
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Saved.", Text: "It holds from tomorrow on."})
	return web.Redirect(c, "/settings/days")
}
