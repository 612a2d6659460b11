package handlers

import (
	"errors"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/views"
	"counterfoil/web"
)

// newSession answers GET /sign-in.
func (a *App) newSession(c *fiber.Ctx) error {
	return a.answerSignIn(c, fiber.StatusOK, views.SignInInput{Next: web.SafeNext(c.Query("next"))})
}

// createSession answers POST /sessions.
func (a *App) createSession(c *fiber.Ctx) error {
	in := views.SignInInput{Email: field(c, "email"), Next: web.SafeNext(c.FormValue("next"))}
	token, err := a.Staff.SignIn(c.UserContext(), in.Email, c.FormValue("password"), a.ClientAddress(c), c.Get(fiber.HeaderUserAgent))
	var e *models.Error
	switch models.KindOf(err) {
	case "":
		a.StartSession(c, token)
		return web.Redirect(c, in.Next)
	case models.KindUnauthenticated:
		if errors.As(err, &e) {
			in.Error = e.Message
		}
		return a.answerSignIn(c, fiber.StatusUnprocessableEntity, in)
	case models.KindTooMany:
		in.Wait = "a quarter of an hour"
		return a.answerSignIn(c, fiber.StatusTooManyRequests, in)
	}
	return err
}

// endSession answers POST /sessions/end.
func (a *App) endSession(c *fiber.Ctx) error {
	if err := a.EndSession(c); err != nil {
		return err
	}
	return web.Redirect(c, "/sign-in")
}

func (a *App) answerSignIn(c *fiber.Ctx, status int, in views.SignInInput) error {
	in.ShopName, in.TestMode = a.ShopName, a.TestMode
	return web.Render(c, status, views.SignIn(views.NewSignInPage(in)))
}

// newSetUp answers GET /set-up: the form for the first account, behind the one-time link.
func (a *App) newSetUp(c *fiber.Ctx) error {
	works, err := a.Staff.SetupWorks(c.UserContext(), c.Query("token"))
	if err != nil {
		return err
	}
	in := views.SetUpInput{Token: c.Query("token")}
	if !works {
		in.Token = ""
	}
	return a.answerSetUp(c, fiber.StatusOK, in)
}

// createSetUp answers POST /set-up.
func (a *App) createSetUp(c *fiber.Ctx) error {
	in := views.SetUpInput{Token: c.FormValue("token"), Name: field(c, "name"), Email: field(c, "email"), Errors: map[string]string{}}
	err := a.Staff.SetUp(c.UserContext(), in.Token, in.Name, in.Email, c.FormValue("password"))
	switch {
	case err == nil:
		return web.Redirect(c, "/sign-in")
	case noteInvalid(err, in.Errors):
		return a.answerSetUp(c, fiber.StatusUnprocessableEntity, in)
	case models.IsKind(err, models.KindNotFound):
		in.Token = ""
		return a.answerSetUp(c, fiber.StatusConflict, in)
	}
	return err
}

func (a *App) answerSetUp(c *fiber.Ctx, status int, in views.SetUpInput) error {
	in.ShopName, in.TestMode = a.ShopName, a.TestMode
	return web.Render(c, status, views.SetUp(views.NewSetUpPage(in)))
}
