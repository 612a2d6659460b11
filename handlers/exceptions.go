package handlers

import (
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
	in := views.ExceptionsInput{Explained: c.Query("state") == "explained", Kind: models.ExceptionKind(c.Query("kind")), CanExplain: can(ctx, staff.KeepBooks)}
	page, err := a.Reader.Exceptions(ctx, store.ExceptionQuery{Explained: in.Explained, Kind: in.Kind})
	if err != nil {
		return err
	}
	in.Exceptions = page.Exceptions
	if in.Counts, err = a.Reader.ExceptionCounts(ctx, false); err != nil {
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

// createExplanation answers POST /settlements/exceptions/explanations.
func (a *App) createExplanation(c *fiber.Ctx) error {
	kind, object, note := models.ExceptionKind(field(c, "kind")), field(c, "object"), c.FormValue("note")
	reopen := field(c, "reopen") != ""
	err := a.Checker.Explain(c.UserContext(), kind, object, note, reopen, actor(c))
	errs := map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerExceptions(c, fiber.StatusUnprocessableEntity, func(in *views.ExceptionsInput) {
			key := string(kind) + " " + object
			in.Typed, in.Errors = map[string]string{key: note}, map[string]string{key: errs["note"]}
		})
	}
	if err != nil {
		return err
	}
	if reopen {
		a.SetFlash(c, web.Flash{Title: "It is open again."})
	} else {
		a.SetFlash(c, web.Flash{Title: "Explained.", Text: "It stands under Explained, with your note."})
	}
	return web.Redirect(c, "/settlements/exceptions")
}
