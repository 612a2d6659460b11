package handlers

import (
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/notify"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/request"
)

// showNotifications answers GET /notifications: what the person wants to be told.
func (a *App) showNotifications(c *fiber.Ctx) error {
	return a.answerNotifications(c, fiber.StatusOK, nil, nil)
}

func (a *App) answerNotifications(c *fiber.Ctx, status int, typed *models.NoticeChoices, errs map[string]string) error {
	ctx := c.UserContext()
	person := request.Staff(ctx)
	in := views.NotificationsInput{CanSend: a.Notify.CanSend(), Errors: errs}
	var err error
	if in.Choices, err = a.Reader.NoticeChoices(ctx, person.ID); err != nil {
		return err
	}
	if typed != nil {
		in.Choices = *typed
	}
	for _, k := range slices.Concat(models.ImmediateKinds(), models.ReminderKinds()) {
		if staff.Can(person.Role, notify.RightFor(k)) {
			in.Kinds = append(in.Kinds, k)
		}
	}
	if in.Feed, err = a.Reader.CalendarFeedOf(ctx, person.ID); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, status, views.NotificationsShow(views.NewNotificationsPage(in)))
}

// changeNotifications answers POST /notifications. What the role may not be told of is left switched on, for when it may.
func (a *App) changeNotifications(c *fiber.Ctx) error {
	hour, err := strconv.ParseInt(field(c, "hour"), 10, 64)
	if err != nil {
		hour = -1
	}
	choices := models.NoticeChoices{StaffID: request.Staff(c.UserContext()).ID, Digest: field(c, "digest") != "", Quiet: field(c, "quiet") != "", Hour: hour}
	on := formValues(c, "kind")
	for _, k := range slices.Concat(models.ImmediateKinds(), models.ReminderKinds()) {
		if !slices.Contains(on, string(k)) && can(c.UserContext(), notify.RightFor(k)) {
			choices.Off = append(choices.Off, k)
		}
	}
	err = a.Notify.Choose(c.UserContext(), choices, actor(c))
	errs := map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerNotifications(c, fiber.StatusUnprocessableEntity, &choices, errs)
	}
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Saved."})
	return web.Redirect(c, "/notifications")
}

// createTestMail answers POST /notifications/tests.
func (a *App) createTestMail(c *fiber.Ctx) error {
	if err := a.Notify.Test(c.UserContext(), actor(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The test mail is written.", Text: "How far it has come stands below."})
	return web.Redirect(c, "/mails")
}

// createCalendar answers POST /notifications/calendars: a new private calendar, whose address is shown this once.
func (a *App) createCalendar(c *fiber.Ctx) error {
	address, err := a.Notify.NewFeed(c.UserContext(), actor(c))
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "This is your calendar’s address. It is shown only now:", Text: address})
	return web.Redirect(c, "/notifications")
}

// endCalendar answers POST /notifications/calendars/ends.
func (a *App) endCalendar(c *fiber.Ctx) error {
	if err := a.Notify.EndFeed(c.UserContext(), actor(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The calendar has ended.", Text: "Its address answers nobody any more."})
	return web.Redirect(c, "/notifications")
}

// showCalendar answers GET /calendar/:token.ics: the deadlines, to whoever has the token.
func (a *App) showCalendar(c *fiber.Ctx) error {
	text, err := a.Notify.Feed(c.UserContext(), c.Params("token"))
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, "text/calendar; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "private, max-age=300")
	c.Set(fiber.HeaderContentDisposition, `inline; filename="deadlines.ics"`)
	return c.Send(text)
}

// listMails answers GET /mails: what was sent and what failed, page by page.
func (a *App) listMails(c *fiber.Ctx) error {
	ctx := c.UserContext()
	in := views.MailsInput{All: can(ctx, staff.ManageSettings), CanSend: a.Notify.CanSend(), Filter: c.Query("state")}
	query := store.MailQuery{States: views.MailStates(in.Filter), After: c.Query("after"), Before: c.Query("before"), Limit: pageSize}
	if !in.All {
		query.StaffID = request.Staff(ctx).ID
	}
	page, err := a.Reader.Mails(ctx, query)
	if err != nil {
		return err
	}
	in.Mails, in.Newer, in.Older = page.Mails, page.Prev, page.Next
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.MailsShow(views.NewMailsPage(in)))
}

// showMail answers GET /mails/:id: the text of a mail.
func (a *App) showMail(c *fiber.Ctx) error {
	m, err := a.Notify.Mail(c.UserContext(), c.Params("id"), actor(c))
	if err != nil {
		return err
	}
	in := views.WrittenMailInput{Mail: m, CanSend: a.Notify.CanSend()}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.WrittenMailShow(views.NewWrittenMailPage(in)))
}

// createSending answers POST /mails/:id/sendings: a mail that failed is sent again.
func (a *App) createSending(c *fiber.Ctx) error {
	if err := a.Notify.SendAgain(c.UserContext(), c.Params("id"), actor(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The mail is sent again."})
	return web.Redirect(c, "/mails/"+c.Params("id"))
}
