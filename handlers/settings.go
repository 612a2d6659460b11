package handlers

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/books"
	"counterfoil/models/money"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/views/ui"
	"counterfoil/web"
)

// showSettings answers GET /settings.
func (a *App) showSettings(c *fiber.Ctx) error { return a.answerSettings(c, fiber.StatusOK, nil) }

func (a *App) answerSettings(c *fiber.Ctx, status int, change func(*views.SettingsInput)) error {
	in := views.SettingsInput{Errors: map[string]string{}}
	var err error
	if in.Ground, err = a.Orders.Ground(c.UserContext()); err != nil {
		return err
	}
	in.Typed = in.Ground
	if in.Limits, err = a.Reader.Limits(c.UserContext()); err != nil {
		return err
	}
	accounts, err := a.Exports.Accounts(c.UserContext())
	if err != nil {
		return err
	}
	in.Accounts = accountFields(accounts)
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	return web.Render(c, status, views.SettingsShow(views.NewSettingsPage(in)))
}

// createCaptureGround answers POST /settings/capture-ground.
func (a *App) createCaptureGround(c *fiber.Ctx) error {
	typed := models.GroundRecord{Ground: models.CaptureGround(field(c, "ground")), Note: field(c, "note")}
	err := a.Orders.SetGround(c.UserContext(), typed.Ground, typed.Note, actor(c))
	errs := map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerSettings(c, fiber.StatusUnprocessableEntity, func(in *views.SettingsInput) { in.Typed, in.Errors = typed, errs })
	}
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Saved."})
	return web.Redirect(c, "/settings")
}

// accountFields are the account numbers of the journal as fields.
func accountFields(accounts books.Accounts) []ui.FieldModel {
	var fields []ui.FieldModel
	for _, n := range accounts.Numbers() {
		fields = append(fields, ui.FieldModel{Name: n.Field, Label: n.Label, Value: n.Number})
	}
	return fields
}

// createAccounts answers POST /settings/accounts: the account numbers of the journal.
func (a *App) createAccounts(c *fiber.Ctx) error {
	typed := books.AccountsOf(func(name string) string { return field(c, name) })
	err := a.Exports.SetAccounts(c.UserContext(), typed, actor(c))
	errs := map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerSettings(c, fiber.StatusUnprocessableEntity, func(in *views.SettingsInput) { in.Accounts, in.Errors = accountFields(typed), errs })
	}
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Saved."})
	return web.Redirect(c, "/settings")
}

// createLimits answers POST /settings/limits.
func (a *App) createLimits(c *fiber.Ctx) error {
	lines := c.FormValue("limits")
	limits, message := limitsOf(lines)
	if message != "" {
		return a.answerSettings(c, fiber.StatusUnprocessableEntity, func(in *views.SettingsInput) { in.Lines, in.Errors = &lines, map[string]string{"limits": message} })
	}
	if err := a.Disputes.SetLimits(c.UserContext(), limits, actor(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Saved."})
	return web.Redirect(c, "/settings")
}

// limitsOf reads a line for each currency; message says what is wrong with them.
func limitsOf(lines string) (limits models.Limits, message string) {
	limits = models.Limits{}
	for line := range strings.Lines(lines) {
		words := strings.Fields(line)
		if len(words) == 0 {
			continue
		}
		if len(words) != 2 {
			return nil, "Write a currency and an amount in each line, for example EUR 500.00."
		}
		currency := strings.ToUpper(words[0])
		if _, known := money.Exponent(currency); !known {
			return nil, words[0] + " is not a currency in three letters."
		}
		errs := map[string]string{}
		amount := amountOf(words[1], currency, errs)
		if errs["amount"] != "" {
			return nil, line + ": " + errs["amount"]
		}
		limits[currency] = amount.Minor
	}
	return limits, ""
}

// showAutomatic answers GET /automatic-capture: how many orders are captured by themselves, and what to change in the checkout.
func (a *App) showAutomatic(c *fiber.Ctx) error {
	ctx := c.UserContext()
	in := views.AutomaticInput{}
	var err error
	if in.Ground, err = a.Orders.Ground(ctx); err != nil {
		return err
	}
	now := models.UnixOf(a.Now())
	for _, days := range []int64{30, 90} {
		q := store.OrderQuery{Tab: store.TabCaptured, CaptureMethod: "automatic", CreatedFrom: now.Add(-time.Duration(days) * 24 * time.Hour), Now: now}
		n, exact, err := a.Reader.CountOrders(ctx, q, countLimit)
		if err != nil {
			return err
		}
		in.Counts = append(in.Counts, views.AutomaticCount{Days: days, Count: n, Exact: exact})
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.AutomaticShow(views.NewAutomaticPage(in)))
}
