package handlers

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/orders"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

// pageSize is the number of rows of a list.
const pageSize = 50

// listOrders answers GET /orders. A pasted Stripe id that we have leads straight to its order.
func (a *App) listOrders(c *fiber.Ctx) error {
	ctx := c.UserContext()
	q, err := a.orderQuery(urlValues(c))
	if err != nil {
		return err
	}
	url, err := a.jumpTo(ctx, q.Search)
	if err != nil {
		return err
	}
	if url != "" {
		return web.Redirect(c, url)
	}
	page, err := a.Reader.Orders(ctx, q)
	if err != nil {
		return err
	}
	in, err := a.ordersInput(ctx, q, page)
	if err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, fiber.StatusOK, views.OrdersIndex(views.NewOrdersPage(in)))
}

func (a *App) ordersInput(ctx context.Context, q store.OrderQuery, page store.OrderPage) (views.OrdersInput, error) {
	in := views.OrdersInput{
		Tab: string(q.Tab), Query: q.Search, Orders: page.Orders, NewerCursor: page.Prev, OlderCursor: page.Next,
		Counts: map[string]int64{},
	}
	counts, err := a.Reader.OrderCounts(ctx)
	if err != nil {
		return in, err
	}
	for tab, n := range counts {
		in.Counts[string(tab)] = n
	}
	ending, err := a.Reader.RunningOut(ctx, a.Now(), store.RunningOutWithin)
	if err != nil {
		return in, err
	}
	for _, r := range ending {
		in.RunningOut += r.Count
	}
	in.Pending, err = a.pendingOrders(ctx)
	return in, err
}

// pendingOrders gives the orders with an act whose outcome is not known.
func (a *App) pendingOrders(ctx context.Context) (map[string]bool, error) {
	pending := map[string]bool{}
	captures, err := a.Reader.PendingCaptures(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range captures {
		pending[c.OrderID] = true
	}
	cancellations, err := a.Reader.PendingCancellations(ctx)
	for _, c := range cancellations {
		pending[c.OrderID] = true
	}
	return pending, err
}

// showOrder answers GET /orders/:id.
func (a *App) showOrder(c *fiber.Ctx) error {
	return a.answerOrder(c, fiber.StatusOK, c.Params("id"), nil)
}

// answerOrder answers with the order's page, or, where htmx asks, with the regions that changed. change puts in what was typed.
func (a *App) answerOrder(c *fiber.Ctx, status int, id string, change func(*views.OrderInput)) error {
	in, err := a.orderInput(c.UserContext(), id)
	if err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	page := views.NewOrderPage(in)
	if web.IsPartial(c) {
		return web.Render(c, status, views.OrderPartial(page, c.Get("HX-Target"), status == fiber.StatusUnprocessableEntity))
	}
	return web.Render(c, status, views.OrderShow(page))
}

// orderInput loads everything that an order's page shows.
func (a *App) orderInput(ctx context.Context, id string) (views.OrderInput, error) {
	in := views.OrderInput{FormToken: web.FormToken()}
	facts, err := a.Orders.Facts(ctx, id)
	if err != nil {
		return in, err
	}
	in.Order = facts.Order
	in.CanAct, in.AskRecipient = can(ctx, staff.ActOnOrders), orders.NeedsRecipient(in.Order)
	now := a.Now()
	in.CaptureRefusal = sentence(orders.CheckCapture(facts, now))
	in.CancelRefusal = sentence(orders.CheckCancel(facts, now))
	in.ShipmentRefusal = sentence(orders.CheckShipment(facts.Order))
	return in, a.loadOrderRows(ctx, &in)
}

func (a *App) loadOrderRows(ctx context.Context, in *views.OrderInput) (err error) {
	id := in.Order.ID
	if in.Captures, err = a.Reader.Captures(ctx, id); err != nil {
		return err
	}
	if in.Cancellations, err = a.Reader.Cancellations(ctx, id); err != nil {
		return err
	}
	if in.Shipments, err = a.Reader.Shipments(ctx, id); err != nil {
		return err
	}
	if err = a.loadRefunds(ctx, in); err != nil {
		return err
	}
	if in.Notes, err = a.Reader.Notes(ctx, id); err != nil {
		return err
	}
	if in.Events, err = a.Reader.Events(ctx, id, timelineLimit); err != nil {
		return err
	}
	if in.Audit, err = a.Reader.AuditOf(ctx, id); err != nil {
		return err
	}
	return a.loadMoney(ctx, in)
}

// loadRefunds loads the refunds and disputes of the order, and what can be refunded.
func (a *App) loadRefunds(ctx context.Context, in *views.OrderInput) error {
	f, err := a.Orders.RefundFacts(ctx, in.Order.ID)
	if err != nil {
		return err
	}
	in.Refunds, in.RefundActs, in.Disputes = f.Refunds, f.Acts, f.Disputes
	in.Refundable, in.RefundRefusal = f.Refundable(), sentence(orders.CheckRefund(f))
	return nil
}

// timelineLimit caps the events that a timeline shows.
const timelineLimit = 200

// loadMoney finds the movements of the order on the balance, and the payout that carried the capture.
func (a *App) loadMoney(ctx context.Context, in *views.OrderInput) (err error) {
	sources := []string{in.Order.ChargeID}
	for _, r := range in.Refunds {
		sources = append(sources, r.ID)
	}
	for _, d := range in.Disputes {
		sources = append(sources, d.ID)
	}
	if in.BalanceTransactions, err = a.Reader.BalanceTransactionsOf(ctx, sources...); err != nil {
		return err
	}
	for _, row := range in.BalanceTransactions {
		if row.SourceID != in.Order.ChargeID || row.PayoutID == "" {
			continue
		}
		payout, err := a.Reader.Payout(ctx, row.PayoutID)
		if models.IsKind(err, models.KindNotFound) {
			return nil
		}
		in.Payout = &payout
		return err
	}
	return nil
}

// sentence is a refusal in words; empty when there is none.
func sentence(r *orders.Refusal) string {
	if r == nil {
		return ""
	}
	return r.Message
}
