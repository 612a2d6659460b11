package handlers

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

// listPayouts answers GET /settlements: payouts, the newest first.
func (a *App) listPayouts(c *fiber.Ctx) error {
	ctx := c.UserContext()
	page, err := a.Reader.Payouts(ctx, store.PayoutQuery{After: c.Query("after"), Before: c.Query("before"), Limit: pageSize})
	if err != nil {
		return err
	}
	sums, err := a.Reader.PayoutSums(ctx, page.Payouts...)
	if err != nil {
		return err
	}
	in := views.SettlementsInput{Newer: page.Prev, Older: page.Next}
	for _, p := range page.Payouts {
		in.Payouts = append(in.Payouts, views.PayoutRow{Payout: p, Lines: views.LinesSum(sums[p.ID])})
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.SettlementsIndex(views.NewSettlementsPage(in)))
}

// showPayout answers GET /settlements/:id: a payout and what it carried, line by line.
func (a *App) showPayout(c *fiber.Ctx) error {
	ctx := c.UserContext()
	payout, err := a.Reader.Payout(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	in := views.PayoutInput{Payout: payout}
	if in.Lines, err = a.payoutLines(ctx, payout.ID); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.PayoutShow(views.NewPayoutPage(in)))
}

// payoutLines gives every line of a payout with its order, the payout's own row aside: its sum is shown, so none may be missing.
func (a *App) payoutLines(ctx context.Context, payout string) ([]views.PayoutLine, error) {
	var lines []views.PayoutLine
	query := store.PayoutLinesQuery{Limit: store.MaxLimit}
	for {
		page, err := a.Reader.PayoutLines(ctx, payout, query)
		if err != nil {
			return nil, err
		}
		orders, err := a.Reader.OrdersOfSources(ctx, sourcesOf(page.Lines)...)
		if err != nil {
			return nil, err
		}
		for _, t := range page.Lines {
			if t.ReportingCategory == "payout" {
				continue
			}
			line := views.PayoutLine{Transaction: t}
			if o, ok := orders[t.SourceID]; ok {
				line.Order = &o
			}
			lines = append(lines, line)
		}
		if page.Next == "" {
			return lines, nil
		}
		query.After = page.Next
	}
}

func sourcesOf(lines []models.BalanceTransaction) []string {
	ids := make([]string, 0, len(lines))
	for _, t := range lines {
		if t.SourceID != "" {
			ids = append(ids, t.SourceID)
		}
	}
	return ids
}
