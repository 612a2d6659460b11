// Package handlers answers the desk's URLs, one method for each route.
package handlers

import (
	"context"
	"log/slog"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/batches"
	"counterfoil/models/disputes"
	"counterfoil/models/exports"
	"counterfoil/models/help"
	"counterfoil/models/helpdesk"
	"counterfoil/models/ledger"
	"counterfoil/models/mailroom"
	"counterfoil/models/mirror"
	"counterfoil/models/notify"
	"counterfoil/models/orders"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/request"
)

// Options are what an App works with.
type Options struct {
	Reader         *store.Reader
	Orders         *orders.Service
	Batches        *batches.Service
	Exports        *exports.Service
	Disputes       *disputes.Service
	Checker        ledger.Checker
	Bank           ledger.Bank
	Helpdesk       helpdesk.Service
	Mailroom       mailroom.Service
	BaseURL        string                 // that people open, without a slash at its end; "" where none is set
	Changed        func() <-chan struct{} // closed with the next change of the database
	Version        func() int64           // rises with every change
	Background     context.Context        // ends when the desk stops: for what is sent after its request has ended
	Mirror         *mirror.Mirror
	Staff          *staff.Service
	Notify         *notify.Service
	Backlog        func(context.Context) (int, error) // what is not done yet: events, objects, jobs
	Now            func() time.Time                   // domain time, UTC
	Zone           *time.Location                     // that people see
	ShopName       string
	TestMode       bool
	WebhookSecret  string
	SecretKey      []byte
	TrustedProxies []string
	Log            *slog.Logger
}

// App answers requests.
type App struct {
	*web.App
	Options
	numbers numbers
	streams streams
	help    help.Catalogs
}

// New makes an App with all its routes. Errors: invalid for a trusted proxy that is neither an address nor a range.
func New(o Options) (*App, error) {
	catalogs, err := help.Load()
	if err != nil {
		return nil, err
	}
	a := &App{Options: o, help: catalogs}
	machinery, err := web.New(web.Options{
		Staff: o.Staff, SecretKey: o.SecretKey, TrustedProxies: o.TrustedProxies, Zone: o.Zone, Log: o.Log, ErrorPage: a.showError,
	})
	if err != nil {
		return nil, err
	}
	a.App = machinery
	a.routes()
	return a, nil
}

// shell is what every signed-in page has around it.
func (a *App) shell(c *fiber.Ctx) (views.Shell, error) {
	ctx := c.UserContext()
	s := views.Shell{
		ShopName: a.ShopName, TestMode: a.TestMode, PublicURL: a.BaseURL, Now: a.Now(), Zone: a.Zone,
		CanSeeSettlements: can(ctx, staff.SeeSettlements), CanSeeCustomers: can(ctx, staff.SeeCustomers),
		CanAct: can(ctx, staff.ActOnOrders), CanManage: can(ctx, staff.ManageSettings),
		Flash: flashView(a.TakeFlash(c)),
	}
	var err error
	if s.ThingsToDo, _, err = a.count(ctx); err != nil {
		return s, err
	}
	open, err := a.Reader.OpenDisputes(ctx)
	if err != nil {
		return s, err
	}
	s.DisputeCount = int(open)
	s.AsOf, err = a.Mirror.AsOf(ctx)
	return s, err
}

// can tells whether the person who is signed in has a right.
func can(ctx context.Context, right staff.Right) bool {
	person := request.Staff(ctx)
	return person != nil && staff.Can(person.Role, right)
}

// flashView is a result as the page shows it.
func flashView(f *web.Flash) *views.Flash {
	if f == nil {
		return nil
	}
	shown := views.NewFlash(f.Title, f.Text, f.Doubt)
	shown.Undo = f.Undo
	return shown
}

// showError answers with the page of an error: inside of the desk for who is signed in, bare for others.
func (a *App) showError(c *fiber.Ctx, f web.Failure) error {
	in := views.ErrorInput{
		ShopName: a.ShopName, Status: f.Status, Message: f.Message, Roles: f.Roles, RequestID: f.RequestID, StripeRequestID: f.StripeRequestID,
	}
	if person := request.Staff(c.UserContext()); person != nil {
		in.Role = person.Role
		if shell, err := a.shell(c); err == nil {
			in.Shell = &shell
		}
	}
	page := views.NewErrorPage(in)
	if web.IsPartial(c) {
		c.Set("HX-Retarget", "#"+views.RegionFlash)
		c.Set("HX-Reswap", "outerMorph")
		c.Set("HX-Reselect", "#"+views.RegionFlash)
		return web.Render(c, f.Status, views.ErrorFlash(page))
	}
	return web.Render(c, f.Status, views.ErrorShow(page))
}

// jumpTo finds the page of a pasted Stripe id; empty when the text is none, or one that we do not have.
func (a *App) jumpTo(ctx context.Context, text string) (string, error) {
	if !store.IsStripeID(text) {
		return "", nil
	}
	if strings.HasPrefix(text, "du_") || strings.HasPrefix(text, "dp_") {
		if _, err := a.Reader.Dispute(ctx, text); !models.IsKind(err, models.KindNotFound) {
			return "/disputes/" + text, err
		}
	}
	target, err := a.Reader.OrderIDFor(ctx, text)
	switch {
	case models.IsKind(err, models.KindNotFound):
		return "", nil
	case err != nil:
		return "", err
	case target.PayoutID != "" && can(ctx, staff.SeeSettlements):
		return "/settlements/" + target.PayoutID, nil
	case target.OrderID != "":
		return "/orders/" + target.OrderID, nil
	}
	return "", nil
}
