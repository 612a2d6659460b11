package handlers

import (
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/disputes"
	"counterfoil/models/money"
	"counterfoil/views"
	"counterfoil/web"
)

// letterLimit is the largest mail that is read, in bytes.
const letterLimit = 12 << 20

// newMail answers GET /mail-disputes/new; with ?letter= it is filled in with what a mail says that this person had read, about ?order= if given.
func (a *App) newMail(c *fiber.Ctx) error {
	if c.Query("letter") == "" {
		return a.answerMail(c, fiber.StatusOK, "", nil)
	}
	m, err := a.Disputes.KeptLetter(c.UserContext(), c.Query("letter"), actor(c))
	if models.IsKind(err, models.KindNotFound) {
		return a.answerMail(c, fiber.StatusOK, "", func(in *views.MailInput) {
			in.Errors["file"] = "The mail that was read is not kept any more: choose it again."
		})
	}
	if err != nil {
		return err
	}
	if m.Recorded != nil {
		return web.Redirect(c, "/disputes/"+m.Recorded.ID)
	}
	return a.answerMail(c, fiber.StatusOK, "", func(in *views.MailInput) {
		in.Kept, in.Typed = keptOf(m), typedOf(m, c.Query("order"))
	})
}

// typedOf is the form as a mail fills it in: of its orders, the one that is asked for or the only one.
func typedOf(m disputes.Match, order string) map[string]string {
	typed := map[string]string{"reason": m.Reason}
	for _, o := range m.Orders {
		if o.Order.ID == order || order == "" && len(m.Orders) == 1 {
			typed["order"], typed["amount"], typed["currency"] = o.Order.ID, o.Order.Captured().Decimal(), o.Order.Currency
		}
	}
	return typed
}

// answerMail answers with the page of a dispute that is run by e-mail; an empty id is the form for a new one.
func (a *App) answerMail(c *fiber.Ctx, status int, id string, change func(*views.MailInput)) error {
	ctx := c.UserContext()
	in := views.MailInput{Errors: map[string]string{}}
	var err error
	if id != "" {
		if in.Dispute, err = a.Reader.MailDispute(ctx, id); err != nil {
			return err
		}
		if in.Case, err = a.Reader.DisputeCase(ctx, id); err != nil {
			return err
		}
		if in.Audit, err = a.Reader.AuditOf(ctx, id); err != nil {
			return err
		}
	}
	if due := in.Dispute.DueBy; due != 0 {
		in.DueDay = due.Time().In(a.Zone).Format(time.DateOnly)
	}
	if in.Dispute.OrderID != "" {
		o, err := a.Reader.Order(ctx, in.Dispute.OrderID)
		if err != nil {
			return err
		}
		in.Order = &o
	}
	if in.Colleagues, err = a.colleagues(ctx); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	return web.Render(c, status, views.MailShow(views.NewMailPage(in)))
}

// createMail answers POST /mail-disputes: a mail that is read, or what a person knows of it.
func (a *App) createMail(c *fiber.Ctx) error {
	if strings.HasPrefix(c.Get(fiber.HeaderContentType), fiber.MIMEMultipartForm) {
		return a.createLetter(c)
	}
	req, errs := a.mailRequest(c)
	req.Letter = field(c, "letter")
	if len(errs) == 0 {
		m, known, err := a.Disputes.RecordMail(c.UserContext(), req)
		if err == nil {
			a.SetFlash(c, recorded(known))
			return web.Redirect(c, "/disputes/"+m.ID)
		}
		if !noteInvalid(err, errs) {
			return err
		}
	}
	kept, err := a.keptLetter(c, req.Letter)
	if err != nil {
		return err
	}
	return a.answerMail(c, fiber.StatusUnprocessableEntity, "", func(in *views.MailInput) { in.Errors, in.Typed, in.Kept = errs, mailTyped(c), kept })
}

// recorded says that a dispute is written down, or that its mail was before.
func recorded(known bool) web.Flash {
	if known {
		return web.Flash{Title: "This mail is recorded already.", Doubt: true}
	}
	return web.Flash{Title: "Recorded."}
}

// keptLetter is the mail that goes with a form which is given back; nil without one, and once it is kept no more.
func (a *App) keptLetter(c *fiber.Ctx, sha256 string) (*views.KeptLetter, error) {
	if sha256 == "" {
		return nil, nil
	}
	m, err := a.Disputes.KeptLetter(c.UserContext(), sha256, actor(c))
	if models.IsKind(err, models.KindNotFound) {
		return nil, nil
	}
	return keptOf(m), err
}

func keptOf(m disputes.Match) *views.KeptLetter {
	return &views.KeptLetter{SHA256: m.Letter.SHA256, From: m.Letter.From, Subject: m.Letter.Subject, Text: m.Letter.Text, Date: m.Letter.Date}
}

func (a *App) createLetter(c *fiber.Ctx) error {
	_, content, err := uploaded(c, letterLimit)
	if err != nil {
		return err
	}
	errs := map[string]string{"file": "Choose the mail first."}
	if len(content) > 0 {
		m, known, err := a.Disputes.RecordLetter(c.UserContext(), content, actor(c))
		switch {
		case err == nil && known:
			a.SetFlash(c, recorded(known))
		case err == nil && m.OrderID == "":
			a.SetFlash(c, web.Flash{Title: "The mail is kept.", Text: "It names no order, or more than one: write down which it is, and the day it gives.", Doubt: true})
		case err == nil:
			a.SetFlash(c, web.Flash{Title: "The mail is kept and matched to its order.", Text: "Write down the day it gives."})
		}
		if err == nil {
			return web.Redirect(c, "/disputes/"+m.ID)
		}
		if !noteInvalid(err, errs) {
			return err
		}
	}
	return a.answerMail(c, fiber.StatusUnprocessableEntity, "", func(in *views.MailInput) { in.Errors = errs })
}

// changeMail answers POST /disputes/:id/mail.
func (a *App) changeMail(c *fiber.Ctx) error {
	id := c.Params("id")
	req, errs := a.mailRequest(c)
	req.Status = field(c, "status")
	if len(errs) == 0 {
		err := a.Disputes.ChangeMail(c.UserContext(), id, req)
		if err == nil {
			a.SetFlash(c, web.Flash{Title: "Saved."})
			return web.Redirect(c, "/disputes/"+id)
		}
		if !noteInvalid(err, errs) {
			return err
		}
	}
	return a.answerMail(c, fiber.StatusUnprocessableEntity, id, func(in *views.MailInput) { in.Errors, in.Typed = errs, mailTyped(c) })
}

// mailRequest reads the form; the due day ends at midnight in the shop's zone.
func (a *App) mailRequest(c *fiber.Ctx) (disputes.MailRequest, map[string]string) {
	errs := map[string]string{}
	req := disputes.MailRequest{Order: field(c, "order"), Reason: field(c, "reason"), Currency: strings.ToUpper(field(c, "currency")), Note: c.FormValue("note"), Actor: actor(c)}
	if text := field(c, "amount"); text != "" {
		if _, known := money.Exponent(req.Currency); !known {
			errs["currency"] = "Write the currency in three letters, for example EUR."
		} else {
			req.Amount = amountOf(text, req.Currency, errs).Minor
		}
	}
	if text := field(c, "due_by"); text != "" {
		day, err := time.ParseInLocation(time.DateOnly, text, a.Zone)
		if err != nil || day.Year() < 2000 || day.Year() > 2100 {
			errs["due_by"] = "Write the day as year-month-day."
		} else {
			req.DueBy = models.UnixOf(day.AddDate(0, 0, 1).Add(-time.Second))
		}
	}
	return req, errs
}

// mailTyped is the form as it was typed.
func mailTyped(c *fiber.Ctx) map[string]string {
	typed := map[string]string{}
	for _, name := range []string{"order", "reason", "amount", "currency", "due_by", "status", "note"} {
		typed[name] = c.FormValue(name)
	}
	return typed
}

// downloadLetter answers GET /disputes/:id/letter: the mail as it came, never shown by the browser.
func (a *App) downloadLetter(c *fiber.Ctx) error {
	letter, err := a.Reader.Letter(c.UserContext(), c.Params("id"))
	if err != nil {
		return err
	}
	if len(letter) == 0 {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderContentType, "application/octet-stream")
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+c.Params("id")+`.eml"`)
	return c.Send(letter)
}
