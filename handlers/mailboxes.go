package handlers

import (
	"bufio"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/models/mailroom"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

// showMailboxes answers GET /mailboxes: what there is to look into on a day.
func (a *App) showMailboxes(c *fiber.Ctx) error {
	return a.answerMailboxes(c, fiber.StatusOK, urlValues(c).Get, nil)
}

// answerMailboxes answers with the page of a day; asked gives what the page's address says: day, show, after.
func (a *App) answerMailboxes(c *fiber.Ctx, status int, asked func(string) string, change func(*views.MailboxesInput)) error {
	ctx := c.UserContext()
	in := views.MailboxesInput{Today: a.Mailroom.Today(), Unchecked: asked("show") == "unchecked", After: asked("after"), Typed: map[string]string{}, Errors: map[string]string{}}
	in.Day = dayOr(asked("day"), in.Today)
	calendar, err := a.Mailroom.Calendar(ctx)
	if err != nil {
		return err
	}
	in.Closed = calendar.Closed(in.Day)
	if in.Counts, err = a.Mailroom.Duty(ctx, in.Day, in.Day); err != nil {
		return err
	}
	standing, err := a.Mailroom.Standing(ctx)
	if err != nil {
		return err
	}
	in.Missed = standing.Missed
	table, err := a.Mailroom.History(ctx, store.MailboxQuery{From: in.Day, To: in.Day, Unchecked: in.Unchecked, After: in.After, Limit: pageSize})
	if err != nil {
		return err
	}
	in.Rows, in.Next = table.Rows, table.Next
	if in.Listed, err = a.Reader.MailboxCount(ctx); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	return web.Render(c, status, views.MailboxesShow(views.NewMailboxesPage(in)))
}

// dayOr is a day of an address that is not to come, else today.
func dayOr(text, today string) string {
	if _, err := time.Parse(time.DateOnly, text); err != nil || text > today {
		return today
	}
	return text
}

// refusedMailboxes gives the page back with what was typed and the message by its field, or the error itself.
func (a *App) refusedMailboxes(c *fiber.Ctx, err error, asked func(string) string, form string, names ...string) error {
	errs := map[string]string{}
	if !noteInvalid(err, errs) {
		return err
	}
	return a.answerMailboxes(c, fiber.StatusUnprocessableEntity, asked, func(in *views.MailboxesInput) {
		for _, name := range names {
			in.Typed[form+" "+name], in.Errors[form+" "+name] = c.FormValue(name), errs[name]
		}
	})
}

func nothingAsked(string) string { return "" }

// createMailboxes answers POST /mailboxes: addresses for the list.
func (a *App) createMailboxes(c *fiber.Ctx) error {
	n, err := a.Mailroom.Add(c.UserContext(), c.FormValue("addresses"), models.MailboxPurpose(field(c, "purpose")), c.FormValue("note"), actor(c))
	if err != nil {
		return a.refusedMailboxes(c, err, nothingAsked, "", "addresses", "purpose", "note")
	}
	done := "The mailboxes are on the list."
	if n == 1 {
		done = "The mailbox is on the list."
	}
	a.SetFlash(c, web.Flash{Title: done})
	return web.Redirect(c, "/mailboxes")
}

// removeMailbox answers POST /mailboxes/:id/removals.
func (a *App) removeMailbox(c *fiber.Ctx) error {
	if err := a.Mailroom.Remove(c.UserContext(), c.Params("id"), actor(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The mailbox is off the list.", Text: "Its history stays."})
	return web.Redirect(c, "/mailboxes")
}

// createMailboxCheck answers POST /mailboxes/:id/checks: somebody looked into a mailbox.
func (a *App) createMailboxCheck(c *fiber.Ctx) error {
	req := mailroom.CheckRequest{MailboxID: c.Params("id"), Day: field(c, "day"), Found: models.MailboxFound(field(c, "found")), Note: c.FormValue("note"), Actor: actor(c)}
	stay := mailboxPage(c)
	earlier, err := a.Mailroom.Check(c.UserContext(), req)
	switch {
	case err != nil:
		return a.refusedMailboxes(c, err, stay, req.MailboxID, "note")
	case earlier == nil:
		a.SetFlash(c, web.Flash{Title: "Ticked."})
	case earlier.StaffID == req.Actor.StaffID:
		a.SetFlash(c, web.Flash{Title: "You have ticked it already.", Text: "It counts once."})
	default:
		at := earlier.At.Time().In(a.Zone).Format("15:04 on 2 January") + " (" + a.Zone.String() + ")"
		a.SetFlash(c, web.Flash{Title: earlier.StaffName + " was first.", Text: "It was ticked at " + at + ". That tick stands.", Doubt: true})
	}
	return web.Redirect(c, views.MailboxesURL(dayOr(req.Day, a.Mailroom.Today()), a.Mailroom.Today(), stay("show") == "unchecked", stay("after"))+"#"+req.MailboxID)
}

// mailboxPage reads which page of the list a form stood on.
func mailboxPage(c *fiber.Ctx) func(string) string {
	_, query, _ := strings.Cut(field(c, "stay"), "?")
	v, err := url.ParseQuery(query)
	if err != nil {
		return nothingAsked
	}
	return v.Get
}

// createAcknowledgement answers POST /mailboxes/acknowledgements: a manager's word about a day that was missed.
func (a *App) createAcknowledgement(c *fiber.Ctx) error {
	day := field(c, "day")
	_, err := a.Mailroom.Acknowledge(c.UserContext(), day, c.FormValue("note"), actor(c))
	if err != nil {
		return a.refusedMailboxes(c, err, nothingAsked, day, "note")
	}
	a.SetFlash(c, web.Flash{Title: "Acknowledged.", Text: "It stands in the history, with your note."})
	return web.Redirect(c, "/mailboxes")
}

// historyDays is how many days the file of the history has at first: a quarter of a year.
const historyDays = 91

// showMailboxHistory answers GET /mailboxes/history: one week.
func (a *App) showMailboxHistory(c *fiber.Ctx) error {
	return a.answerMailboxHistory(c, fiber.StatusOK, nil)
}

func (a *App) answerMailboxHistory(c *fiber.Ctx, status int, change func(*views.MailboxHistoryInput)) error {
	ctx, today := c.UserContext(), a.Mailroom.Today()
	in := views.MailboxHistoryInput{Today: today, Week: mailboxes.WeekStart(dayOr(c.Query("week"), today)), After: c.Query("after"),
		From: mailboxes.AddDays(today, 1-historyDays), To: today}
	last := mailboxes.AddDays(in.Week, 6)
	table, err := a.Mailroom.History(ctx, store.MailboxQuery{From: in.Week, To: last, After: in.After, Limit: store.MaxLimit})
	if err != nil {
		return err
	}
	in.Rows, in.Next = table.Rows, table.Next
	if in.Counts, err = a.Mailroom.Duty(ctx, in.Week, last); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	return web.Render(c, status, views.MailboxHistoryShow(views.NewMailboxHistoryPage(in)))
}

// streamMailboxHistory answers GET /mailboxes/history.csv.
func (a *App) streamMailboxHistory(c *fiber.Ctx) error {
	from, to, notes := strings.Clone(c.Query("from")), strings.Clone(c.Query("to")), can(c.UserContext(), staff.SeeCustomers)
	if errs := wrongSpan(from, to, a.Mailroom.Today()); len(errs) > 0 {
		return a.answerMailboxHistory(c, fiber.StatusUnprocessableEntity, func(in *views.MailboxHistoryInput) { in.From, in.To, in.Errors = from, to, errs })
	}
	a.attach(c, "mailboxes-"+from+"-"+to+".csv")
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		if err := a.Mailroom.WriteCSV(a.Background, w, from, to, notes); err != nil {
			a.Log.ErrorContext(a.Background, "history of the mailboxes broke off", "error", err)
		}
	})
	return nil
}

// wrongSpan says what is wrong with the days of a file.
func wrongSpan(from, to, today string) map[string]string {
	errs := map[string]string{}
	_, err := time.Parse(time.DateOnly, from)
	if err != nil {
		errs["from"] = "Write the day as year-month-day."
	}
	_, err = time.Parse(time.DateOnly, to)
	switch {
	case err != nil:
		errs["to"] = "Write the day as year-month-day."
	case to > today:
		errs["to"] = "This day has not come yet."
	case errs["from"] != "":
	case to < from:
		errs["to"] = "The last day is before the first."
	case mailboxes.AddDays(from, mailroom.Span) <= to:
		errs["to"] = "At most 366 days are written at a time."
	}
	return errs
}
