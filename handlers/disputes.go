package handlers

import (
	"bytes"
	"context"
	"encoding/csv"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

// disputeFilters are the parameters of the inbox's address, without the cursor.
var disputeFilters = [...]string{"tab", "q", "reason", "currency", "who", "kind", "due"}

// disputeQuery reads what an address of the inbox asks for.
func (a *App) disputeQuery(c *fiber.Ctx) (store.DisputeQuery, url.Values) {
	v, asked := urlValues(c), url.Values{}
	for _, name := range disputeFilters {
		if value := strings.TrimSpace(v.Get(name)); value != "" {
			asked.Set(name, value)
		}
	}
	q := store.DisputeQuery{Phase: store.DisputesOpen, Search: asked.Get("q"), Currency: asked.Get("currency"), Assignee: asked.Get("who"),
		After: v.Get("after"), Before: v.Get("before"), Limit: pageSize}
	if tab := asked.Get("tab"); tab != "" {
		q.Phase = store.DisputePhase(tab)
	}
	if reason := asked.Get("reason"); reason != "" {
		q.Reasons = []string{reason}
	}
	if q.Assignee == "me" {
		q.Assignee = person(c.UserContext()).ID
	}
	switch asked.Get("kind") {
	case "mail":
		q.ByMail = new(bool)
		*q.ByMail = true
	case "stripe":
		q.ByMail = new(bool)
	}
	switch asked.Get("due") {
	case "2":
		q.DueTo = models.UnixOf(a.Now().Add(2 * 24 * time.Hour))
	case "7":
		q.DueTo = models.UnixOf(a.Now().Add(7 * 24 * time.Hour))
	}
	return q, asked
}

// listDisputes answers GET /disputes: the inbox, by due date.
func (a *App) listDisputes(c *fiber.Ctx) error {
	ctx := c.UserContext()
	q, asked := a.disputeQuery(c)
	page, err := a.Reader.Disputes(ctx, q)
	if err != nil {
		return err
	}
	in := views.DisputesInput{Asked: asked, Next: page.Next, Prev: page.Prev}
	if in.Rows, err = a.disputeRows(ctx, page.Disputes); err != nil {
		return err
	}
	counts, err := a.Reader.DisputeCounts(ctx)
	if err != nil {
		return err
	}
	in.Counts = make(map[string]int64, len(counts))
	for phase, n := range counts {
		in.Counts[string(phase)] = n
	}
	if in.Colleagues, err = a.colleagues(ctx); err != nil {
		return err
	}
	if in.Currencies, err = a.Reader.Currencies(ctx); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.DisputesIndex(views.NewDisputesPage(in)))
}

// ordersOf are the orders that disputes are about, by id.
func (a *App) ordersOf(ctx context.Context, entries []models.DisputeEntry) (map[string]models.Order, error) {
	ids := make([]string, 0, len(entries))
	for _, e := range entries {
		ids = append(ids, e.OrderID)
	}
	return a.Reader.OrdersByID(ctx, ids...)
}

// disputeRows puts each dispute's order beside it, and how complete its draft is.
func (a *App) disputeRows(ctx context.Context, entries []models.DisputeEntry) ([]views.DisputeRow, error) {
	known, err := a.ordersOf(ctx, entries)
	if err != nil {
		return nil, err
	}
	rows := make([]views.DisputeRow, 0, len(entries))
	for _, e := range entries {
		row := views.DisputeRow{Entry: e, Complete: -1}
		if o, ok := known[e.OrderID]; ok {
			row.Order = &o
		}
		phase := evidence.PhaseOf(models.Dispute{Status: e.Status})
		if !e.ByMail && (phase == evidence.PhaseInquiry || phase == evidence.PhaseChargeback) {
			d, err := a.Disputes.Load(ctx, e.ID)
			if err != nil {
				return nil, err
			}
			row.Complete, _ = evidence.Completeness(d.Plan(), d.Has)
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// maxDisputesCSV is how many disputes a file holds at most; the address tells which.
const maxDisputesCSV = 50_000

// exportDisputes answers GET /disputes.csv: the inbox as it is filtered.
func (a *App) exportDisputes(c *fiber.Ctx) error {
	ctx := c.UserContext()
	q, _ := a.disputeQuery(c)
	q.After, q.Before, q.Limit = "", "", store.MaxLimit
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	head := []string{"dispute", "order", "reference", "status", "reason", "klarna_reason", "klarna_loss_reason", "amount", "currency", "due_by", "opened", "by_mail", "assignee"}
	if err := w.Write(head); err != nil {
		return err
	}
	for n := 0; n < maxDisputesCSV; {
		page, err := a.Reader.Disputes(ctx, q)
		if err != nil {
			return err
		}
		rows, err := a.disputeLines(ctx, page.Disputes)
		if err != nil {
			return err
		}
		if err := w.WriteAll(rows); err != nil {
			return err
		}
		n += len(rows)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	a.attach(c, a.dated("disputes"))
	return c.Send(slices.Concat([]byte(models.ByteOrderMark), b.Bytes()))
}

// disputeLines are the lines of the file; amounts in main units, times in the shop's zone.
func (a *App) disputeLines(ctx context.Context, entries []models.DisputeEntry) ([][]string, error) {
	known, err := a.ordersOf(ctx, entries)
	if err != nil {
		return nil, err
	}
	at := func(t models.Unix) string {
		if t == 0 {
			return ""
		}
		return t.Time().In(a.Zone).Format(time.RFC3339)
	}
	var rows [][]string
	for _, e := range entries {
		amount, mail := e.Money(), "no"
		if e.ByMail {
			mail = "yes"
		}
		row := []string{e.ID, e.OrderID, known[e.OrderID].Reference, e.Status, e.Reason, e.KlarnaReason, e.KlarnaLossReason, amount.Decimal(), e.Currency, at(e.DueBy), at(e.Created), mail, e.AssigneeName}
		for i := range row {
			row[i] = models.InertCell(row[i])
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// outcomesLimit is how many disputes and submissions the table of outcomes is made from.
const outcomesLimit = 1000

// showOutcomes answers GET /disputes/outcomes.
func (a *App) showOutcomes(c *fiber.Ctx) error {
	ctx := c.UserContext()
	no := false
	var all []models.DisputeEntry
	q := store.DisputeQuery{Phase: store.DisputesAll, ByMail: &no, Limit: store.MaxLimit}
	for len(all) < outcomesLimit {
		page, err := a.Reader.Disputes(ctx, q)
		if err != nil {
			return err
		}
		all = append(all, page.Disputes...)
		if q.After = page.Next; q.After == "" {
			break
		}
	}
	sent, err := a.Reader.SentSubmissions(ctx, outcomesLimit)
	if err != nil {
		return err
	}
	in := views.OutcomesInput{Capped: q.After != "" || len(sent) == outcomesLimit}
	in.ByReason, in.ByEvidence = evidence.Outcomes(all, sent)
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.OutcomesShow(views.NewOutcomesPage(in)))
}

// dueDisputes are what Today shows of disputes.
func (a *App) dueDisputes(ctx context.Context) ([]views.DisputeRow, error) {
	entries, err := a.Reader.DueDisputes(ctx, models.UnixOf(a.Now()), todayRows)
	if err != nil {
		return nil, err
	}
	known, err := a.ordersOf(ctx, entries)
	rows := make([]views.DisputeRow, 0, len(entries))
	for _, e := range entries {
		row := views.DisputeRow{Entry: e, Complete: -1}
		if o, ok := known[e.OrderID]; ok {
			row.Order = &o
		}
		rows = append(rows, row)
	}
	return rows, err
}
