package handlers

import (
	"cmp"
	"context"
	"slices"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

// listDisputes answers GET /disputes: the open ones by due date, inquiries and chargebacks told apart, then the newest closed ones.
func (a *App) listDisputes(c *fiber.Ctx) error {
	ctx := c.UserContext()
	open, err := a.Reader.Disputes(ctx, store.DisputeQuery{Phase: store.DisputesOpen, Limit: store.MaxLimit})
	if err != nil {
		return err
	}
	ended, err := a.newestEnded(ctx)
	if err != nil {
		return err
	}
	var in views.DisputesInput
	if in.Disputes, err = a.withOrders(ctx, append(open.Disputes, ended...)); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.DisputesIndex(views.NewDisputesPage(in)))
}

// newestEnded gives the newest disputes of each way to end, the newest first.
func (a *App) newestEnded(ctx context.Context) ([]models.Dispute, error) {
	var ended []models.Dispute
	for _, phase := range []store.DisputePhase{store.DisputesWon, store.DisputesLost, store.DisputesClosed} {
		page, err := a.Reader.Disputes(ctx, store.DisputeQuery{Phase: phase, Limit: pageSize})
		if err != nil {
			return nil, err
		}
		ended = append(ended, page.Disputes...)
	}
	slices.SortFunc(ended, func(x, y models.Dispute) int { return cmp.Compare(y.Created, x.Created) })
	return ended, nil
}

// withOrders puts each dispute's order beside it.
func (a *App) withOrders(ctx context.Context, disputes []models.Dispute) ([]views.DisputeRow, error) {
	ids := make([]string, 0, len(disputes))
	for _, d := range disputes {
		ids = append(ids, d.PaymentIntentID)
	}
	known, err := a.Reader.OrdersByID(ctx, ids...)
	if err != nil {
		return nil, err
	}
	rows := make([]views.DisputeRow, 0, len(disputes))
	for _, d := range disputes {
		row := views.DisputeRow{Dispute: d}
		if o, ok := known[d.PaymentIntentID]; ok {
			row.Order = &o
		}
		rows = append(rows, row)
	}
	return rows, nil
}
