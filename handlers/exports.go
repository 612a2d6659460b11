package handlers

import (
	"net/url"
	"path"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/exports"
	"counterfoil/models/staff"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/request"
)

// streamLimit is how many orders are sent straight away; more are written in the background.
const streamLimit = 10_000

func (a *App) exporter(c *fiber.Ctx) exports.Person {
	ctx := c.UserContext()
	me := person(ctx)
	return exports.Person{ID: me.ID, Name: me.Name, RequestID: request.RequestID(ctx), Customers: can(ctx, staff.SeeCustomers), Settlements: can(ctx, staff.SeeSettlements)}
}

// streamOrders answers GET /orders.csv: the list as a file, at once while it is small.
func (a *App) streamOrders(c *fiber.Ctx) error {
	ctx, v := c.UserContext(), urlValues(c)
	q, err := a.orderQuery(v)
	if err != nil {
		return err
	}
	_, exact, err := a.Reader.CountOrders(ctx, q, streamLimit)
	if err != nil {
		return err
	}
	if !exact {
		return web.Redirect(c, "/exports?query="+url.QueryEscape(asked(v).Encode()))
	}
	// The file is read after this request has ended: its context must not end with it, only with the program.
	options := exports.Options{Customers: can(ctx, staff.SeeCustomers), Zone: a.Zone}
	a.attach(c, a.dated("orders"))
	c.Context().SetBodyStream(exports.NewStream(a.Background, a.Reader, q, options), -1)
	return nil
}

// attach has the browser save the answer under a name, whose ending tells its type.
func (a *App) attach(c *fiber.Ctx, name string) {
	c.Set(fiber.HeaderContentType, contentTypeOf(name))
	c.Set(fiber.HeaderContentDisposition, `attachment; filename="`+name+`"`)
	c.Set(fiber.HeaderCacheControl, "no-store")
}

// dated is the name of a CSV file of today.
func (a *App) dated(name string) string {
	return name + "-" + a.Now().In(a.Zone).Format(time.DateOnly) + ".csv"
}

// listExports answers GET /exports: the person's files, and the question whether a big list is to be written.
func (a *App) listExports(c *fiber.Ctx) error {
	in := views.ExportsInput{Query: c.Query("query"), RealNow: time.Now()}
	var err error
	if in.Exports, err = a.Reader.Exports(c.UserContext(), person(c.UserContext()).ID); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	page := views.NewExportsPage(in)
	if web.Asks(c, views.RegionExports) {
		return web.Render(c, fiber.StatusOK, views.ExportsRegion(page))
	}
	return web.Render(c, fiber.StatusOK, views.ExportsShow(page))
}

// createExport answers POST /exports: the picked orders at once, or the whole list in the background.
func (a *App) createExport(c *fiber.Ctx) error {
	v, err := url.ParseQuery(c.FormValue("query"))
	if err != nil {
		return &models.Error{Kind: models.KindInvalid, Code: "filter_invalid", Field: "query", Message: "The list that was asked for cannot be read."}
	}
	picked := formValues(c, "order")
	if c.FormValue("scope") == "picked" {
		return a.exportPicked(c, picked, asked(v))
	}
	kind, query := models.ExportOrders, asked(v)
	if chosen := c.FormValue("kind"); chosen != "" && chosen != kind {
		if !can(c.UserContext(), staff.SeeSettlements) {
			return &web.Forbidden{Right: staff.SeeSettlements}
		}
		kind, query = chosen, v
	}
	if _, err := a.Exports.Request(c.UserContext(), kind, query, a.exporter(c)); err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "The file is being written.", Text: "It can be downloaded here for 24 hours once it is done."})
	return web.Redirect(c, "/exports")
}

func (a *App) exportPicked(c *fiber.Ctx, ids []string, list url.Values) error {
	if len(ids) == 0 {
		a.SetFlash(c, web.Flash{Title: "No order is picked.", Text: "Tick the orders that the file is to hold.", Doubt: true})
		return web.Redirect(c, views.OrdersURL(list))
	}
	rows, err := a.pickedOrders(c.UserContext(), ids)
	if err != nil {
		return err
	}
	file, err := exports.Of(rows, models.UnixOf(a.Now()), exports.Options{Customers: can(c.UserContext(), staff.SeeCustomers), Zone: a.Zone})
	if err != nil {
		return err
	}
	a.attach(c, a.dated("orders-picked"))
	return c.Send(file)
}

// downloadExport answers GET /exports/:id/file.
func (a *App) downloadExport(c *fiber.Ctx) error {
	e, file, err := a.Exports.Open(c.UserContext(), c.Params("id"), a.exporter(c))
	if err != nil {
		return err
	}
	a.attach(c, e.FileName)
	c.Context().SetBodyStream(file, int(e.Bytes))
	return nil
}

// contentTypeOf is the type of a file by its name.
func contentTypeOf(name string) string {
	switch path.Ext(name) {
	case ".xlsx":
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	case ".pdf":
		return "application/pdf"
	}
	return "text/csv; charset=utf-8"
}
