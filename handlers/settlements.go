package handlers

import (
	"bufio"
	"context"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/ledger"
	"counterfoil/models/money"
	"counterfoil/models/settlements"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

func (a *App) books() ledger.Books { return ledger.Books{Reader: a.Reader, Zone: a.Zone} }

// showSettlements answers GET /settlements: the statement of a period, and its payouts.
func (a *App) showSettlements(c *fiber.Ctx) error {
	ctx := c.UserContext()
	in := views.SettlementsInput{Typed: urlValues(c)}
	period, faults := settlements.ParsePeriod(in.Typed, a.Now(), a.Zone)
	in.Faults = faults
	var err error
	if in.Statements, err = a.books().Statements(ctx, period); err != nil {
		return err
	}
	in.Currency = oneCurrency(in.Statements, c.Query("currency"))
	page, err := a.Reader.Payouts(ctx, store.PayoutQuery{From: period.Start(), To: period.End(), After: c.Query("after"), Before: c.Query("before"), Limit: pageSize})
	if err != nil {
		return err
	}
	in.Newer, in.Older = page.Prev, page.Next
	if in.Payouts, err = a.books().Payouts(ctx, page.Payouts...); err != nil {
		return err
	}
	if in.Exceptions, err = a.Reader.OpenExceptions(ctx); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, statusFor(faults), views.SettlementsIndex(views.NewSettlementsPage(in)))
}

// statusFor is 422 for an address that was typed wrongly.
func statusFor(faults []settlements.Fault) int {
	if len(faults) > 0 {
		return fiber.StatusUnprocessableEntity
	}
	return fiber.StatusOK
}

// oneCurrency is the currency asked for where it is one of the statements', else the one with the most payments.
func oneCurrency(st settlements.Statements, asked string) (currency string) {
	most := int64(-1)
	for _, s := range st.All {
		if s.Currency == asked {
			return asked
		}
		if n := s.By[models.LineGross].Count; n > most {
			currency, most = s.Currency, n
		}
	}
	return currency
}

// listLines answers GET /settlements/lines: the rows behind a figure.
func (a *App) listLines(c *fiber.Ctx) error {
	ctx, typed := c.UserContext(), urlValues(c)
	scope, err := a.books().Scope(ctx, typed, a.Now())
	if err != nil {
		return err
	}
	if len(scope.Queries) == 0 || scope.Payout != nil {
		return &models.Error{Kind: models.KindNotFound, Code: "no_such_figure", Message: "There is no such figure. Open it from the settlements page."}
	}
	query := scope.Queries[0]
	query.After, query.Before, query.Limit = typed.Get("after"), typed.Get("before"), pageSize
	if err := a.searchLedger(ctx, &query, typed.Get("q")); err != nil {
		return err
	}
	page, err := a.Reader.LedgerEntries(ctx, query)
	if err != nil {
		return err
	}
	in := views.LinesInput{Period: scope.Period, Line: scope.Line, Share: string(scope.Share), Search: typed.Get("q"), Entries: page.Entries, Newer: page.Prev,
		Older: page.Next, Statement: shareOf(query.Currency, scope.Sums, scope.Share)}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.LinesShow(views.NewLinesPage(in)))
}

// shareOf is the statement of one share of the account.
func shareOf(currency string, sums []models.LedgerSum, share store.Share) models.Statement {
	switch share {
	case store.ShareKlarna:
		sums = slices.DeleteFunc(slices.Clone(sums), func(s models.LedgerSum) bool { return !s.Klarna })
	case store.ShareOther:
		sums = slices.DeleteFunc(slices.Clone(sums), func(s models.LedgerSum) bool { return s.Klarna })
	}
	return settlements.Statement(currency, sums, false)
}

// searchLedger narrows a query to what was searched for: an id of Stripe's, an amount, or an order by its reference or customer.
func (a *App) searchLedger(ctx context.Context, q *store.LedgerQuery, text string) error {
	if text == "" {
		return nil
	}
	q.Searched = true
	if store.IsStripeID(text) {
		q.IDs = []string{text}
		return nil
	}
	if q.Currency != "" {
		if amount, err := money.Parse(text, q.Currency); err == nil {
			q.Amount = &amount.Minor
		}
	}
	found, err := a.Reader.Orders(ctx, store.OrderQuery{Search: text, Limit: store.MaxLimit, Now: models.UnixOf(a.Now())})
	for _, o := range found.Orders {
		q.IDs = append(q.IDs, o.ID)
	}
	return err
}

// showPayout answers GET /settlements/:id: a payout, its proof, and what it carried, line by line.
func (a *App) showPayout(c *fiber.Ctx) error {
	ctx := c.UserContext()
	payout, err := a.Reader.Payout(ctx, c.Params("id"))
	if err != nil {
		return err
	}
	proven, err := a.books().Payouts(ctx, payout)
	if err != nil {
		return err
	}
	in := views.PayoutInput{Payout: proven[0], Search: c.Query("q"), RealNow: time.Now()}
	query := store.LedgerQuery{Payout: payout.ID, Currency: payout.Currency, After: c.Query("after"), Before: c.Query("before"), Limit: pageSize}
	if err := a.searchLedger(ctx, &query, in.Search); err != nil {
		return err
	}
	page, err := a.Reader.LedgerEntries(ctx, query)
	if err != nil {
		return err
	}
	in.Entries, in.Newer, in.Older = page.Entries, page.Prev, page.Next
	if in.Bank, err = a.Reader.BankEntryOf(ctx, payout.ID); err != nil {
		return err
	}
	if in.Audit, err = a.Reader.AuditOf(ctx, payout.ID); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	shown := views.NewPayoutPage(in)
	if web.Asks(c, views.RegionPayout) {
		return web.Render(c, fiber.StatusOK, views.PayoutRegion(shown))
	}
	return web.Render(c, fiber.StatusOK, views.PayoutShow(shown))
}

// createReading answers POST /settlements/:id/readings: the payout and its lines are read from Stripe again.
func (a *App) createReading(c *fiber.Ctx) error {
	if err := a.Mirror.ReadPayoutAgain(c.UserContext(), c.Params("id"), actor(c)); err != nil {
		return err
	}
	return web.Redirect(c, "/settlements/"+c.Params("id"))
}

// streamLedger answers GET /settlements.csv: the rows of a page as a file, at once.
func (a *App) streamLedger(c *fiber.Ctx) error {
	scope, err := a.Exports.Scope(c.UserContext(), models.ExportLedgerCSV, urlValues(c))
	if err != nil {
		return err
	}
	a.attach(c, a.dated("settlements"))
	customers := can(c.UserContext(), staff.SeeCustomers)
	// The file is written after this request has ended: its context must not end with it, only with the program.
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		if err := a.Exports.Settlement(a.Background, models.ExportLedgerCSV, scope, customers, w, func(int64) {}); err != nil {
			a.Log.Error("a file of settlements broke off", "error", err)
			_, _ = w.WriteString("\r\nThis file is not complete: it broke off. Ask for it again.\r\n")
		}
		_ = w.Flush() // an error here means that the reader has gone
	})
	return nil
}
