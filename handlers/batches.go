package handlers

import (
	"cmp"
	"context"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/batches"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

const (
	// batchRows is how many rows of a batch one page shows.
	batchRows = 200
	// recentBatches is how many batches the list shows.
	recentBatches = 50
)

// createBatch answers POST /batches: a draft of what the picked orders, or all that match, would come to.
func (a *App) createBatch(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v, err := url.ParseQuery(c.FormValue("query"))
	if err != nil {
		v = url.Values{}
	}
	v = asked(v)
	picked, all := formValues(c, "order"), c.FormValue("scope") == "all"
	if len(picked) == 0 && !all {
		a.SetFlash(c, web.Flash{Title: "No order is picked.", Text: "Tick the orders first, or “Select all”.", Doubt: true})
		return web.Redirect(c, views.OrdersURL(v))
	}
	if field(c, "act") == string(models.BatchTrack) {
		return a.askTracking(c, picked)
	}
	kind := models.BatchKind(field(c, "act"))
	if kind != models.BatchCapture && kind != models.BatchCancel {
		return &models.Error{Kind: models.KindInvalid, Code: "act_unknown", Field: "act", Message: "Choose what is to be done with the orders."}
	}
	var b models.Batch
	if all {
		var q store.OrderQuery
		if q, err = a.orderQuery(v); err == nil {
			b, err = a.Batches.DraftQuery(ctx, kind, q, actor(c))
		}
	} else {
		b, err = a.Batches.DraftOrders(ctx, kind, picked, "picked orders", actor(c))
	}
	if err != nil {
		return err
	}
	return web.Redirect(c, "/batches/"+b.ID)
}

// askTracking has the numbers of the picked orders written beside their references.
func (a *App) askTracking(c *fiber.Ctx, ids []string) error {
	picked, err := a.pickedOrders(c.UserContext(), ids)
	if err != nil {
		return err
	}
	var lines strings.Builder
	for _, o := range picked {
		lines.WriteString(cmp.Or(o.Reference, o.ID) + ";;\n")
	}
	return a.answerShip(c, fiber.StatusOK, views.ShipInput{Lines: lines.String(), Said: "Write carrier and tracking number behind each order: order;carrier;number."})
}

// pickedOrders are the orders of the ids that exist, in the order of the ids.
func (a *App) pickedOrders(ctx context.Context, ids []string) (picked []models.Order, err error) {
	found, err := a.Reader.OrdersByID(ctx, ids...)
	for _, id := range ids {
		if o, ok := found[id]; ok {
			picked = append(picked, o)
		}
	}
	return picked, err
}

// listBatches answers GET /batches: the newest ones.
func (a *App) listBatches(c *fiber.Ctx) error {
	ctx := c.UserContext()
	in := views.BatchesInput{}
	found, err := a.Reader.Batches(ctx, recentBatches)
	if err != nil {
		return err
	}
	for _, b := range found {
		totals, err := a.batchTotals(ctx, b.ID)
		if err != nil {
			return err
		}
		in.Batches = append(in.Batches, views.BatchSummary{Batch: b, Totals: totals})
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.BatchesIndex(views.NewBatchesPage(in)))
}

// showBatch answers GET /batches/:id: the draft to be confirmed, or what came of it.
func (a *App) showBatch(c *fiber.Ctx) error { return a.answerBatch(c, fiber.StatusOK, nil) }

// answerBatch answers with the page of a batch, or, where htmx asks, with its region. change puts in what was typed.
func (a *App) answerBatch(c *fiber.Ctx, status int, change func(*views.BatchInput)) error {
	ctx := c.UserContext()
	in := views.BatchInput{FormToken: web.FormToken(), Errors: map[string]string{}}
	var err error
	if in.Batch, err = a.Reader.Batch(ctx, c.Params("id")); err != nil {
		return err
	}
	if in.Batch.State == models.BatchDone {
		if err := a.Batches.Look(ctx, in.Batch.ID); err != nil { // somebody may have decided on a row's order
			return err
		}
	}
	in.After, _ = strconv.ParseInt(c.Query("after"), 10, 64) // what is no number is the beginning
	rows, err := a.Reader.BatchRows(ctx, in.Batch.ID, in.After, batchRows+1)
	if err != nil {
		return err
	}
	if len(rows) > batchRows {
		rows, in.Further = rows[:batchRows], true
	}
	in.Rows = rows
	totals, err := a.Reader.BatchTotals(ctx, in.Batch.ID)
	if err != nil {
		return err
	}
	in.Totals, in.ReleasedWord = batchTotals(totals), batches.ReleasedWord(totals)
	var ids []string
	for _, r := range rows {
		if r.OrderID != "" {
			ids = append(ids, r.OrderID)
		}
	}
	if in.Orders, err = a.Reader.OrdersByID(ctx, ids...); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	page := views.NewBatchPage(in)
	if web.Asks(c, views.RegionBatch) {
		return web.Render(c, status, views.BatchRegion(page))
	}
	return web.Render(c, status, views.BatchShow(page))
}

func (a *App) batchTotals(ctx context.Context, id string) ([]views.BatchTotal, error) {
	totals, err := a.Reader.BatchTotals(ctx, id)
	return batchTotals(totals), err
}

func batchTotals(totals []store.BatchTotal) []views.BatchTotal {
	all := make([]views.BatchTotal, len(totals))
	for i, t := range totals {
		all[i] = views.BatchTotal(t)
	}
	return all
}

// createRun answers POST /batches/:id/runs: a person confirmed the draft.
func (a *App) createRun(c *fiber.Ctx) error {
	req := batches.StartRequest{BatchID: c.Params("id"), FormToken: field(c, "form_token"), LeaveOut: field(c, "leave_out") != "",
		Reason: field(c, "reason"), Released: field(c, "released"), Actor: actor(c)}
	errs := map[string]string{}
	err := a.Batches.Start(c.UserContext(), req)
	put := func(in *views.BatchInput) { in.Errors, in.Reason, in.FormToken = errs, req.Reason, req.FormToken }
	if noteInvalid(err, errs) {
		return a.answerBatch(c, fiber.StatusUnprocessableEntity, put)
	}
	return a.batchDone(c, err)
}

// createRetry answers POST /batches/:id/retries: what failed is tried again.
func (a *App) createRetry(c *fiber.Ctx) error {
	return a.batchDone(c, a.Batches.Retry(c.UserContext(), c.Params("id"), actor(c)))
}

func (a *App) batchDone(c *fiber.Ctx, err error) error {
	if models.IsKind(err, models.KindConflict) {
		message := models.MessageOf(err)
		return a.answerBatch(c, fiber.StatusConflict, func(in *views.BatchInput) { in.Conflict = message })
	}
	if err != nil {
		return err
	}
	return web.Redirect(c, "/batches/"+c.Params("id"))
}
