package web_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/a-h/templ"
	"github.com/alexedwards/argon2id"
	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
	"counterfoil/models/store/storetest"
	"counterfoil/static"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/request"
	"counterfoil/web/webtest"
)

const (
	password = "correct horse battery"
	secret   = "nobody-may-read-this"
)

// site is a small application with the desk's machinery around it, on a real listener and a real database.
type site struct {
	*web.App
	base   string
	people *staff.Service
	log    *lockedBuffer

	lock sync.Mutex
	kept []string // what handlers kept of earlier requests
	acts int      // forms that got through
}

type lockedBuffer struct {
	lock sync.Mutex
	text bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.Write(p)
}

func (b *lockedBuffer) String() string {
	b.lock.Lock()
	defer b.lock.Unlock()
	return b.text.String()
}

func newSite(t *testing.T, trustedProxies ...string) *site {
	t.Helper()
	people := staff.New(storetest.Open(t), staff.Options{Params: argon2id.Params{Memory: 64, Iterations: 1, Parallelism: 1, SaltLength: 16, KeyLength: 32}})
	for _, role := range []models.Role{models.RoleViewer, models.RoleStaff, models.RoleManager, models.RoleAdmin} {
		if _, err := people.Add(t.Context(), "N "+string(role), string(role)+"@example.com", role, password); err != nil {
			t.Fatal(err)
		}
	}
	s := &site{people: people, log: &lockedBuffer{}}
	var err error
	s.App, err = web.New(web.Options{
		Staff: people, SecretKey: []byte("0123456789abcdef0123456789abcdef"), TrustedProxies: trustedProxies, Zone: time.UTC,
		Log: slog.New(slog.NewTextHandler(s.log, nil)), ErrorPage: showError,
	})
	if err != nil {
		t.Fatal(err)
	}
	s.routes()
	s.base = webtest.Serve(t, s.Serve, s.Shutdown)
	return s
}

func (s *site) signedIn(t *testing.T, role models.Role) *webtest.Client {
	t.Helper()
	return webtest.New(t, s.base).SignIn(string(role)+"@example.com", password)
}

func (s *site) acted() int {
	s.lock.Lock()
	defer s.lock.Unlock()
	return s.acts
}

func (s *site) routes() {
	form := web.LimitBody(web.FormLimit)
	s.Get(static.Prefix+"*", web.Static)
	s.Get("/healthz", func(c *fiber.Ctx) error { return c.JSON(fiber.Map{"backlog": 0}) })
	s.Post("/stripe/events", web.LimitBody(web.EventLimit), func(c *fiber.Ctx) error { return c.SendString(fmt.Sprint(len(c.Request().Body()))) })
	s.Get("/sign-in", s.Form, func(c *fiber.Ctx) error { return s.showSignIn(c, fiber.StatusOK, web.SafeNext(c.Query("next"))) })
	s.Post("/sessions", form, s.Form, s.CheckForm, s.signIn)
	s.Get("/address", func(c *fiber.Ctx) error { return c.SendString(s.ClientAddress(c) + " " + c.IP() + " " + c.Hostname()) })
	s.Get("/keep/:word", s.keep)
	s.Get("/panic", func(*fiber.Ctx) error { panic(secret) })
	s.Get("/half", func(c *fiber.Ctx) error {
		return web.Render(c, fiber.StatusOK, templ.ComponentFunc(func(_ context.Context, w io.Writer) error {
			_, err := io.WriteString(w, "<p>half a page</p>")
			return errors.Join(err, errors.New(secret))
		}))
	})
	s.Get("/errors/:kind", func(c *fiber.Ctx) error {
		return &models.Error{Kind: models.ErrorKind(c.Params("kind")), Message: "A sentence for people.", StripeRequestID: "req_1", Err: errors.New(secret)}
	})
	s.Get("/late", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithCancel(c.UserContext())
		cancel()
		c.SetUserContext(ctx)
		return ctx.Err()
	})
	s.Get("/deadline", func(c *fiber.Ctx) error {
		at, ok := c.UserContext().Deadline()
		return c.SendString(fmt.Sprint(ok, time.Until(at).Round(time.Second), request.Zone(c.UserContext())))
	})
	in := s.Group("", s.SignedIn)
	in.Post("/sessions/end", form, s.CheckForm, func(c *fiber.Ctx) error {
		if err := s.EndSession(c); err != nil {
			return err
		}
		return web.Redirect(c, "/sign-in")
	})
	in.Get("/orders", web.Require(staff.SeeOrders), s.showForm)
	in.Get("/settlements", web.Require(staff.SeeSettlements), s.showForm)
	in.Post("/notes", form, s.CheckForm, web.Require(staff.ActOnOrders), s.act)
}

func (s *site) showSignIn(c *fiber.Ctx, status int, next string) error {
	return web.Render(c, status, views.SignIn(views.NewSignInPage(views.SignInInput{ShopName: "Shop", Next: next})))
}

func (s *site) signIn(c *fiber.Ctx) error {
	token, err := s.people.SignIn(c.UserContext(), c.FormValue("email"), c.FormValue("password"), s.ClientAddress(c), c.Get("User-Agent"))
	switch models.KindOf(err) {
	case "":
		s.StartSession(c, token)
		return web.Redirect(c, web.SafeNext(c.FormValue("next")))
	case models.KindUnauthenticated:
		return s.showSignIn(c, fiber.StatusUnprocessableEntity, "")
	case models.KindTooMany:
		return s.showSignIn(c, fiber.StatusTooManyRequests, "")
	}
	return err
}

func (s *site) showForm(c *fiber.Ctx) error {
	f := s.TakeFlash(c)
	if f == nil {
		f = &web.Flash{}
	}
	return web.Render(c, fiber.StatusOK, templ.Raw(fmt.Sprintf(`<h1>%s</h1><p id="flash">%s</p><form action="/notes" method="post">
		<input type="hidden" name="csrf_token" value="%s"><textarea name="text"></textarea></form>`,
		request.Staff(c.UserContext()).Name, f.Title, request.CSRF(c.UserContext()))))
}

func (s *site) act(c *fiber.Ctx) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.acts++
	s.kept = append(s.kept, c.FormValue("text"))
	s.SetFlash(c, web.Flash{Title: "Kept " + c.FormValue("text")})
	return web.Redirect(c, "/orders")
}

func (s *site) keep(c *fiber.Ctx) error {
	s.lock.Lock()
	defer s.lock.Unlock()
	s.kept = append(s.kept, c.Params("word"), c.Query("q"), c.Get("X-Word"), c.Path())
	return c.SendStatus(fiber.StatusNoContent)
}

func showError(c *fiber.Ctx, f web.Failure) error {
	if c.Query("broken") != "" {
		panic("the error page itself: " + secret)
	}
	page := views.NewErrorPage(views.ErrorInput{ShopName: "Shop", Status: f.Status, Message: f.Message, Roles: f.Roles, RequestID: f.RequestID, StripeRequestID: f.StripeRequestID})
	if web.IsPartial(c) {
		return web.Render(c, f.Status, views.ErrorFlash(page))
	}
	return web.Render(c, f.Status, views.ErrorShow(page))
}

// fields are what a form sends.
func fields(pairs ...string) url.Values {
	v := url.Values{}
	for i := 0; i < len(pairs); i += 2 {
		v.Set(pairs[i], pairs[i+1])
	}
	return v
}

// endless gives as many letters as asked for, without a length that is known beforehand.
func endless(n int64) io.Reader { return io.LimitReader(letters{}, n) }

type letters struct{}

func (letters) Read(p []byte) (int, error) { return copy(p, strings.Repeat("a", len(p))), nil }
