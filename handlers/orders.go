package handlers

import (
	"context"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/orders"
	"counterfoil/models/staff"
	"counterfoil/views"
	"counterfoil/web"
)

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
	in.Back = listBefore(c)
	page := views.NewOrderPage(in)
	if web.Asks(c, views.RegionDisputeFiles) {
		return web.Render(c, status, views.FilesRegion(page.Files))
	}
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
	if in.Ground, err = a.Orders.Ground(ctx); err != nil {
		return in, err
	}
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
	if in.Documents, err = a.Reader.Documents(ctx, id); err != nil {
		return err
	}
	if in.MailDisputes, err = a.Reader.MailDisputesOf(ctx, id); err != nil {
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
		if err != nil {
			return err
		}
		in.Payout = &payout
		in.Bank, err = a.Reader.BankEntryOf(ctx, payout.ID)
		return err
	}
	return nil
}

// sentence is a refusal in words; empty when there is none.
func sentence(r *models.Refusal) string {
	if r == nil {
		return ""
	}
	return r.Message
}
