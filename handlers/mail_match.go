package handlers

import (
	"github.com/gofiber/fiber/v2"

	"counterfoil/models/disputes"
	"counterfoil/views"
	"counterfoil/web"
)

// matchMail answers POST /mailboxes/mails: a mail is read, and the page says what it is about. It can be logged from there.
func (a *App) matchMail(c *fiber.Ctx) error {
	_, content, err := uploaded(c, letterLimit)
	if err != nil {
		return err
	}
	errs := map[string]string{"file": "Choose the mail first."}
	if len(content) == 0 {
		return a.refusedMail(c, errs)
	}
	found, err := a.Disputes.MatchLetter(c.UserContext(), content, actor(c))
	if noteInvalid(err, errs) {
		return a.refusedMail(c, errs)
	}
	if err != nil {
		return err
	}
	in := views.MailMatchInput{From: found.Letter.From, Subject: found.Letter.Subject, Date: found.Letter.Date, SHA256: found.Letter.SHA256}
	if found.Recorded != nil {
		in.RecordedAs = found.Recorded.ID
	}
	for _, o := range found.Orders {
		by := "The mail names it: " + o.By + "."
		if o.By == disputes.ByAmount {
			by = "The mail names no order. It has this order’s amount and its customer’s e-mail."
		}
		in.Orders = append(in.Orders, views.MailMatchOrder{Order: o.Order, By: by, Disputes: o.Disputes, Mailed: o.Mailed})
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.MailMatchShow(views.NewMailMatchPage(in)))
}

// refusedMail gives the mailboxes back, with why the mail was not read.
func (a *App) refusedMail(c *fiber.Ctx, errs map[string]string) error {
	return a.answerMailboxes(c, fiber.StatusUnprocessableEntity, nothingAsked, func(in *views.MailboxesInput) { in.Errors["file"] = errs["file"] })
}
