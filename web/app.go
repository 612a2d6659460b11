// Package web is the HTTP machinery of the desk; it knows nothing of orders.
package web

import (
	"context"
	"log/slog"
	"net"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"

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
	// idleTimeout ends a connection that nobody uses; readTimeout a request that does not come in.
	idleTimeout, readTimeout = 75 * time.Second, 30 * time.Second
)

// New makes an App whose requests pass recover, request id, log, headers and deadline, in this order.
// Errors: invalid for a trusted proxy that is neither an address nor a range.
func New(o Options) (*App, error) {
	trusted, err := parseProxies(o.TrustedProxies)
	if err != nil {
		return nil, err
	}
	a := &App{opts: o, proxies: trusted}
	a.App = fiber.New(fiber.Config{
		AppName: "Counterfoil", DisableStartupMessage: true,
		Immutable:         true, // values taken from a request are kept past it
		StreamRequestBody: true, // a body over its limit is answered, see limitBody; Fiber would only hang up
		ReadTimeout:       readTimeout, IdleTimeout: idleTimeout,
		ErrorHandler: a.handleError,
	})
	a.Use(a.requestID, a.logRequest, recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: a.logPanic}),
		a.headers, a.httpsOnly, a.deadline)
	return a, nil
}

// Serve answers requests on l until Shutdown.
func (a *App) Serve(l net.Listener) error { return a.Listener(l) }

// Shutdown stops taking requests and lets those under way finish, for as long as given.
func (a *App) Shutdown(within time.Duration) error {
	ctx, cancel := context.WithTimeout(context.Background(), within)
	defer cancel()
	return a.ShutdownWithContext(ctx)
}
