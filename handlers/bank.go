package handlers

import (
	"errors"
	"strconv"
	"time"

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
func (a *App) showBank(c *fiber.Ctx) error { return a.answerBank(c, fiber.StatusOK, nil) }

func (a *App) answerBank(c *fiber.Ctx, status int, problems []string) error {
	ctx := c.UserContext()
	o, err := a.Bank.Overview(ctx)
	if err != nil {
		return err
	}
	in := views.BankInput{Files: o.Files, Drafts: o.Drafts, Matched: o.Matched, Missing: o.Missing, Strangers: o.Strangers,
		CanImport: can(ctx, staff.KeepBooks), Problems: problems}
	for _, account := range o.Covered {
		days := views.BankDays{Account: account.Account}
		for _, s := range account.Spans {
			days.Spans = append(days.Spans, [2]time.Time{s.From, s.To})
		}
		in.Days = append(in.Days, days)
	}
	if in.Exceptions, err = a.Reader.OpenExceptions(ctx); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, status, views.BankShow(views.NewBankPage(in)))
}

// createBankFile answers POST /settlements/bank/files: a statement is taken in, whole or not at all; a CSV file is kept until a person has seen
// how it is read.
func (a *App) createBankFile(c *fiber.Ctx) error {
	name, data, err := uploaded(c, bankLimit)
	if err != nil {
		return err
	}
	if name == "" {
		return a.answerBank(c, fiber.StatusUnprocessableEntity, []string{"Pick the file of the statement."})
	}
	up, wrong, err := a.Bank.Upload(c.UserContext(), name, data, actor(c))
	if known := knownStatement(err); known != "" {
		return a.answerBank(c, fiber.StatusConflict, []string{known})
	}
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		var words []string
		for _, p := range wrong {
			words = append(words, p.Message)
		}
		return a.answerBank(c, fiber.StatusUnprocessableEntity, append(words, "The file was "+name+"."))
	}
	if up.Draft != "" {
		return web.Redirect(c, "/settlements/bank/drafts/"+up.Draft)
	}
	return a.bankFileTaken(c, up.File)
}

func (a *App) bankFileTaken(c *fiber.Ctx, file models.BankFile) error {
	a.SetFlash(c, web.Flash{Title: "The statement was taken in.", Text: views.BankFileWords(file)})
	return web.Redirect(c, "/settlements/bank")
}

// knownStatement is what a person reads of a file that was imported already; "" for any other error.
func knownStatement(err error) string {
	var known *models.Error
	if errors.As(err, &known) && known.Code == "bank_known" {
		return known.Message
	}
	return ""
}

// showBankDraft answers GET /settlements/bank/drafts/:id: how an uploaded CSV file would be read.
func (a *App) showBankDraft(c *fiber.Ctx) error {
	_, table, err := a.Bank.Draft(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	return a.answerBankDraft(c, fiber.StatusOK, table.Guess(), nil)
}

// createBankReading answers POST /settlements/bank/drafts/:id/readings: the file as it would be read with other columns. Nothing is taken in.
func (a *App) createBankReading(c *fiber.Ctx) error {
	return a.answerBankDraft(c, fiber.StatusOK, bindReading(c), nil)
}

// createDraftFile answers POST /settlements/bank/drafts/:id/files: the file is taken in as a person says that it is read.
func (a *App) createDraftFile(c *fiber.Ctx) error {
	reading := bindReading(c)
	file, wrong, err := a.Bank.TakeDraft(c.UserContext(), c.Params("id"), reading, actor(c))
	if known := knownStatement(err); known != "" {
		return a.answerBank(c, fiber.StatusConflict, []string{known})
	}
	if err != nil {
		return err
	}
	if len(wrong) > 0 {
		return a.answerBankDraft(c, fiber.StatusUnprocessableEntity, reading, wrong)
	}
	return a.bankFileTaken(c, file)
}

// removeBankDraft answers POST /settlements/bank/drafts/:id/removals.
func (a *App) removeBankDraft(c *fiber.Ctx) error {
	if err := a.Bank.Discard(c.UserContext(), c.Params("id")); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The file was put away.", Text: "Nothing of it was taken in."})
	return web.Redirect(c, "/settlements/bank")
}

func (a *App) answerBankDraft(c *fiber.Ctx, status int, r bank.Reading, wrong []bank.Problem) error {
	ctx := c.UserContext()
	draft, table, err := a.Bank.Draft(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	in := views.BankDraftInput{ID: draft.ID, Name: draft.Name, Reading: bankForm(r), Errors: map[string]string{}}
	in.Head, in.Sample = table.Sample(r, 3)
	statement, found := table.Read(r)
	if r.Account == "" {
		r.Account = draft.Name // the bookings can be seen before the account is named
		statement, _ = table.Read(r)
	}
	if len(wrong) == 0 {
		wrong = found
	}
	for _, p := range wrong {
		in.Errors[p.Field] = p.Message
		in.Problems = append(in.Problems, p.Message)
	}
	if statement != nil {
		in.Skipped = statement.Skipped
		for _, e := range statement.Entries {
			in.Entries = append(in.Entries, models.BankEntry{Booked: models.UnixOf(e.Booked), Amount: e.Amount.Minor, Currency: e.Amount.Currency, Text: e.Text, Line: e.Line})
		}
	}
	spans, err := a.Reader.BankSpans(ctx)
	if err != nil {
		return err
	}
	for _, s := range spans {
		if n := len(in.Accounts); n == 0 || in.Accounts[n-1] != s.Account {
			in.Accounts = append(in.Accounts, s.Account)
		}
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, status, views.BankDraftShow(views.NewBankDraftPage(in)))
}

// bindReading reads the form of a reading; what is no number is no column.
func bindReading(c *fiber.Ctx) bank.Reading {
	column := func(name string) int {
		n, err := strconv.Atoi(field(c, name))
		if err != nil || n < 0 {
			return 0
		}
		return n
	}
	day := func(name string) time.Time {
		at, _ := time.Parse(time.DateOnly, field(c, name))
		return at
	}
	return bank.Reading{Head: column("head"), Date: column("date"), Amount: column("amount"), Debit: column("debit"), Credit: column("credit"), Sign: column("sign"),
		Currency: column("currency"), Status: column("status"), Order: field(c, "order"), Mark: c.FormValue("mark"), Money: field(c, "money"), Account: field(c, "account"),
		From: day("from"), To: day("to")}
}

// bankForm is a reading as the form shows it.
func bankForm(r bank.Reading) map[string]string {
	form := map[string]string{"order": r.Order, "mark": r.Mark, "money": r.Money, "account": r.Account}
	for name, column := range map[string]int{"head": r.Head, "date": r.Date, "amount": r.Amount, "debit": r.Debit, "credit": r.Credit, "sign": r.Sign, "currency": r.Currency,
		"status": r.Status} {
		form[name] = strconv.Itoa(column)
	}
	for name, day := range map[string]time.Time{"from": r.From, "to": r.To} {
		if !day.IsZero() {
			form[name] = day.Format(time.DateOnly)
		}
	}
	return form
}
