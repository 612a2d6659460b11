// Package web is the HTTP machinery of the desk; it knows nothing of orders.
package web

import (
	"context"
	"log/slog"
	"math"
	"net"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/valyala/fasthttp"

	"counterfoil/models/staff"
)

// Options are what an App works with.
type Options struct {
	Staff          *staff.Service
	SecretKey      []byte // signs cookies of people who are not signed in
	TrustedProxies []string
	Zone           *time.Location // that people see
	Log            *slog.Logger
	// ErrorPage draws a failure. It gets a request whose person is known as far as the request came.
	ErrorPage func(c *fiber.Ctx, f Failure) error
}

// App is a Fiber application with the desk's rules around every request.
type App struct {
	*fiber.App
	opts    Options
	proxies proxies
}

const (
	// idleTimeout ends a connection that nobody uses; readTimeout a request that does not come in, writeTimeout an answer that is not
	// taken.
	idleTimeout, readTimeout, writeTimeout = 75 * time.Second, 30 * time.Second, 60 * time.Second
	// headerLimit is the largest head of a request, in bytes: a long search in the address beside some cookies fits.
	headerLimit = 16 << 10
)

// New makes an App whose requests pass request id, deadline, the rest of a body, log, recover, headers and https, in this order.
// Errors: invalid for a trusted proxy that is neither an address nor a range.
func New(o Options) (*App, error) {
	trusted, err := parseProxies(o.TrustedProxies)
	if err != nil {
		return nil, err
	}
	a := &App{opts: o, proxies: trusted}
	a.App = fiber.New(fiber.Config{
		AppName: "Counterfoil", DisableStartupMessage: true,
		Immutable:                    true, // values taken from a request are kept past it
		StreamRequestBody:            true, // a body over its limit is answered, see LimitBody; Fiber would only hang up
		BodyLimit:                    math.MaxInt,
		DisablePreParseMultipartForm: true, // else a multipart body of any size is written to disk before the first handler runs
		EnableTrustedProxyCheck:      true, // Fiber's own Hostname and IP believe no header; ours are in proxies.go
		ReadBufferSize:               headerLimit,
		ReadTimeout:                  readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout,
		ErrorHandler: a.handleError,
	})
	a.Server().FormValueFunc = formValue
	a.Use(a.requestID, a.deadline, finishBody, a.logRequest,
		recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: a.logPanic}), a.headers, a.httpsOnly, compressed())
	return a, nil
}

// compressed has pages and files go over the wire small, at little cost. A stream is left as it is: it would be held back.
func compressed() fiber.Handler {
	return compress.New(compress.Config{Level: compress.LevelBestSpeed, Next: func(c *fiber.Ctx) bool {
		return c.Path() == "/live" || strings.HasSuffix(c.Path(), ".csv") || strings.HasSuffix(c.Path(), "/file") || c.Path() == "/stripe/events"
	}})
}

// formValue reads a form's field from the body alone. What stands in the address, which fasthttp would prefer, is no part of a form.
func formValue(c *fasthttp.RequestCtx, name string) []byte {
	if value := c.PostArgs().Peek(name); value != nil {
		return value
	}
	form, err := c.MultipartForm()
	if err != nil || len(form.Value[name]) == 0 {
		return nil
	}
	return []byte(form.Value[name][0])
}

// Serve answers requests on l until Shutdown.
func (a *App) Serve(l net.Listener) error { return a.Listener(l) }

// Shutdown stops taking requests and lets those under way finish, for as long as given.
func (a *App) Shutdown(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return a.ShutdownWithContext(ctx)
}
