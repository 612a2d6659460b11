package handlers

import (
	"errors"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/bank"
	"counterfoil/models/staff"
	"counterfoil/views"
	"counterfoil/web"
)

// bankLimit is the largest upload of a statement, in bytes: the file and the form around it.
const bankLimit = bank.MaxSize + 64<<10

// showBank answers GET /settlements/bank: which payouts arrived.
func (a *App) showBank(c *fiber.Ctx) error { return a.answerBank(c, fiber.StatusOK, nil, "") }

func (a *App) answerBank(c *fiber.Ctx, status int, problems []string, currency string) error {
	ctx := c.UserContext()
	o, err := a.Bank.Overview(ctx)
	if err != nil {
		return err
	}
	in := views.BankInput{Files: o.Files, First: o.First, Last: o.Last, Matched: o.Matched, Missing: o.Missing, Strangers: o.Strangers,
		CanImport: can(ctx, staff.KeepBooks), Problems: problems, Currency: currency}
	if in.Exceptions, err = a.Reader.OpenExceptions(ctx); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, status, views.BankShow(views.NewBankPage(in)))
}

// createBankFile answers POST /settlements/bank/files: a statement is taken in, whole or not at all.
func (a *App) createBankFile(c *fiber.Ctx) error {
	currency := strings.ToUpper(field(c, "currency"))
	name, data, err := uploaded(c, bankLimit)
	if err != nil {
		return err
	}
	if name == "" {
		return a.answerBank(c, fiber.StatusUnprocessableEntity, []string{"Pick the file of the statement."}, currency)
	}
	file, wrong, err := a.Bank.Import(c.UserContext(), name, data, currency, actor(c))
	var known *models.Error
	if errors.As(err, &known) && known.Code == "bank_known" {
		return a.answerBank(c, fiber.StatusConflict, []string{known.Message}, currency)
	}
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		var words []string
		for _, p := range wrong {
			words = append(words, p.Message)
		}
		return a.answerBank(c, fiber.StatusUnprocessableEntity, append(words, "The file was "+name+"."), currency)
	}
	a.SetFlash(c, web.Flash{Title: "The statement was taken in.", Text: views.BankFileWords(file)})
	return web.Redirect(c, "/settlements/bank")
}
