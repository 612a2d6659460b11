package handlers

import (
	"slices"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

// showExceptions answers GET /settlements/exceptions: what does not fit in the books.
func (a *App) showExceptions(c *fiber.Ctx) error { return a.answerExceptions(c, fiber.StatusOK, nil) }

func (a *App) answerExceptions(c *fiber.Ctx, status int, change func(*views.ExceptionsInput)) error {
	ctx := c.UserContext()
	in := views.ExceptionsInput{Explained: c.Query("state") == "explained", Kind: models.ExceptionKind(c.Query("kind")), Most: store.MostExceptions,
		CanExplain: can(ctx, staff.KeepBooks)}
	query := store.ExceptionQuery{Explained: in.Explained, Kind: in.Kind, After: c.Query("after"), Before: c.Query("before"), Limit: pageSize}
	page, err := a.Reader.Exceptions(ctx, query)
	if err != nil {
		return err
	}
	in.Exceptions, in.Newer, in.Older = page.Exceptions, page.Prev, page.Next
	if in.Counts, err = a.Reader.ExceptionCounts(ctx, false); err != nil {
		return err
	}
	if in.ExplainedCounts, err = a.Reader.ExceptionCounts(ctx, true); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	return web.Render(c, status, views.ExceptionsShow(views.NewExceptionsPage(in)))
}

// createCheck answers POST /settlements/exceptions/checks: the books are looked through now.
func (a *App) createCheck(c *fiber.Ctx) error {
	if err := a.Checker.Check(c.UserContext()); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The books were looked through."})
	return web.Redirect(c, "/settlements/exceptions")
}

// createSourceReading answers POST /settlements/exceptions/readings: what a movement without an order came from is asked for at Stripe.
func (a *App) createSourceReading(c *fiber.Ctx) error {
	if err := a.Mirror.ReadSourceAgain(c.UserContext(), field(c, "object"), actor(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Stripe is asked.", Text: "Look again in a moment: what was found, or is of another method than Klarna, goes from the list."})
	return web.Redirect(c, views.ExceptionsURL(false, filter(c)))
}

// filter is the kind of exception that the list was narrowed to.
func filter(c *fiber.Ctx) models.ExceptionKind { return models.ExceptionKind(field(c, "filter")) }

// createExplanation answers POST /settlements/exceptions/explanations.
func (a *App) createExplanation(c *fiber.Ctx) error {
	kind, object, note := models.ExceptionKind(field(c, "kind")), field(c, "object"), c.FormValue("note")
	reopen := field(c, "reopen") != ""
	err := a.Checker.Explain(c.UserContext(), kind, object, note, reopen, actor(c))
	errs := map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerUnexplained(c, kind, object, note, errs["note"])
	}
	if err != nil {
		return err
	}
	if reopen {
		a.SetFlash(c, web.Flash{Title: "It is open again."})
	} else {
		a.SetFlash(c, web.Flash{Title: "Explained.", Text: "It stands under Explained, with your note."})
	}
	return web.Redirect(c, views.ExceptionsURL(reopen, filter(c)))
}

// answerUnexplained gives the list back with the note as it was typed, at its exception, which stands on top where the page has it not.
func (a *App) answerUnexplained(c *fiber.Ctx, kind models.ExceptionKind, object, note, message string) error {
	one, err := a.Reader.Exception(c.UserContext(), kind, object)
	if err != nil {
		return err
	}
	return a.answerExceptions(c, fiber.StatusUnprocessableEntity, func(in *views.ExceptionsInput) {
		same := func(e models.Exception) bool { return e.Kind == kind && e.ObjectID == object }
		if !slices.ContainsFunc(in.Exceptions, same) {
			in.Exceptions = slices.Insert(in.Exceptions, 0, one)
		}
		key := string(kind) + " " + object
		in.Typed, in.Errors = map[string]string{key: note}, map[string]string{key: message}
	})
}
