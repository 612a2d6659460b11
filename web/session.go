package web

import (
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
	"counterfoil/web/request"
)

// sessionCookie is the cookie's name. The prefix binds it to https and this host; on this machine's plain http browsers refuse it.
func (a *App) sessionCookie(c *fiber.Ctx) string { return a.cookieName(c, "counterfoil") }

func (a *App) cookieName(c *fiber.Ctx, name string) string {
	if a.isHTTPS(c) {
		return "__Host-" + name
	}
	return name
}

func (a *App) setCookie(c *fiber.Ctx, name, value string, lifetime time.Duration) {
	cookie := &fiber.Cookie{Name: name, Value: value, Path: "/", HTTPOnly: true, Secure: a.isHTTPS(c), SameSite: fiber.CookieSameSiteLaxMode}
	switch {
	case lifetime < 0:
		cookie.Expires = time.Unix(0, 0)
	case lifetime > 0:
		cookie.MaxAge = int(lifetime.Seconds())
	default:
		cookie.SessionOnly = true
	}
	c.Cookie(cookie)
}

// sessionKey is where a request keeps its session.
const sessionKey = "session"

// SignedIn lets only requests with a session pass; others are led to the sign-in page and back.
func (a *App) SignedIn(c *fiber.Ctx) error {
	session, person, err := a.opts.Staff.Session(c.UserContext(), c.Cookies(a.sessionCookie(c)))
	if models.IsKind(err, models.KindUnauthenticated) {
		return a.toSignIn(c)
	}
	if err != nil {
		return err
	}
	c.Locals(sessionKey, session)
	c.SetUserContext(request.WithStaff(c.UserContext(), &person))
	giveToken(c, session.CSRFToken)
	return c.Next()
}

// toSignIn leads to the sign-in page; afterwards the page where the person was is shown again.
func (a *App) toSignIn(c *fiber.Ctx) error {
	to := "/sign-in"
	if from := a.pageBefore(c); from != "" {
		to += "?next=" + url.QueryEscape(SafeNext(from))
	}
	return Redirect(c, to)
}

// pageBefore is the page that a person was about to see, or stood on when a form or a part of it was sent; "" where none is known.
func (a *App) pageBefore(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodGet && !IsPartial(c) {
		if c.OriginalURL() == "/" {
			return ""
		}
		return c.OriginalURL()
	}
	text := c.Get("HX-Current-URL")
	if text == "" {
		text = c.Get(fiber.HeaderReferer)
	}
	path, ours := strings.CutPrefix(text, a.origin(c)+"/")
	if !ours || path == "" {
		return ""
	}
	return "/" + path
}

// StartSession hands the session's token to the browser.
func (a *App) StartSession(c *fiber.Ctx, token string) { a.setCookie(c, a.sessionCookie(c), token, 0) }

// EndSession ends the request's session, here and in the browser. Errors: internal.
func (a *App) EndSession(c *fiber.Ctx) error {
	a.setCookie(c, a.sessionCookie(c), "", -1)
	session, ok := c.Locals(sessionKey).(models.Session)
	person := request.Staff(c.UserContext())
	if !ok || person == nil {
		return nil
	}
	return a.opts.Staff.SignOut(c.UserContext(), session, *person)
}

// Require lets only roles with the right pass.
func Require(right staff.Right) fiber.Handler {
	return func(c *fiber.Ctx) error {
		person := request.Staff(c.UserContext())
		if person == nil || !staff.Can(person.Role, right) {
			return &Forbidden{Right: right}
		}
		return c.Next()
	}
}

// Forbidden is an error of kind forbidden that knows which right was missing.
type Forbidden struct{ Right staff.Right }

// Error implements error.
func (f *Forbidden) Error() string { return "forbidden: " + string(f.Right) }

// Unwrap gives the error's kind.
func (f *Forbidden) Unwrap() error {
	return &models.Error{Kind: models.KindForbidden, Code: string(f.Right)}
}
