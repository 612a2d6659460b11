package handlers

import (
	"context"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

const (
	// todayRows is how many rows a group of Today shows; the rest is one press away.
	todayRows = 20
	// soonWithin is what the sentence on top speaks of.
	soonWithin = 3 * 24 * time.Hour
	// lostWithin is how long an authorization that ran out is told.
	lostWithin = 7 * 24 * time.Hour
	// silentAfter is how long the whole account may not have been read.
	silentAfter = 48 * time.Hour
)

// showToday answers GET /: what there is to do.
func (a *App) showToday(c *fiber.Ctx) error {
	in, err := a.todayInput(c.UserContext())
	if err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	page := views.NewTodayPage(in)
	if web.Asks(c, views.RegionToday) {
		return web.Render(c, fiber.StatusOK, views.TodayRegion(page))
	}
	return web.Render(c, fiber.StatusOK, views.TodayShow(page))
}

func (a *App) todayInput(ctx context.Context) (in views.TodayInput, err error) {
	now := a.Now()
	unix := models.UnixOf(now)
	in.CanAct, in.SoonDays = can(ctx, staff.ActOnOrders), int(soonWithin/(24*time.Hour))
	if in.Soon, err = a.amounts(a.Reader.RunningOut(ctx, now, soonWithin)); err != nil {
		return in, err
	}
	if in.Ending, err = a.amounts(a.Reader.RunningOut(ctx, now, store.RunningOutWithin)); err != nil {
		return in, err
	}
	if in.EndingOrders, err = a.todayOrders(ctx, store.OrderQuery{Tab: store.TabRunningOut}); err != nil {
		return in, err
	}
	since := unix.Add(-models.RefundWindow)
	sums, capped, err := a.Reader.NoTrackingSums(ctx, since)
	if err != nil {
		return in, err
	}
	in.NoTracking, in.NoTrackingCapped = amountsOf(sums), capped
	if in.NoTrackingOrders, err = a.todayOrders(ctx, store.OrderQuery{Tab: store.TabNoTracking, CreatedFrom: since}); err != nil {
		return in, err
	}
	if in.Lost, err = a.amounts(a.Reader.LostSums(ctx, unix.Add(-lostWithin), unix)); err != nil {
		return in, err
	}
	return in, a.loadTroubles(ctx, unix, &in)
}

// loadTroubles adds what went wrong: refunds, acts without an answer, the mirror.
func (a *App) loadTroubles(ctx context.Context, now models.Unix, in *views.TodayInput) error {
	refunds, err := a.Reader.FailedRefunds(ctx, now-store.FailedRefundsSince*24*3600, todayRows)
	if err != nil {
		return err
	}
	for _, f := range refunds {
		in.Refunds = append(in.Refunds, views.TodayRefund{Refund: f.Refund, Order: f.Order})
	}
	if in.Disputes, err = a.dueDisputes(ctx); err != nil {
		return err
	}
	unknown, err := a.Reader.UnknownOutcomes(ctx, todayRows)
	if err != nil {
		return err
	}
	for _, u := range unknown {
		in.Unknown = append(in.Unknown, views.TodayUnknown{Order: u.Order, Act: u.Act, DisputeID: u.DisputeID, Amount: u.Amount, Since: u.Since, NeedsPerson: u.NeedsPerson})
	}
	if in.Mailboxes, err = a.Mailroom.Standing(ctx); err != nil {
		return err
	}
	status, err := a.Mirror.Status(ctx)
	in.LastEvent, in.FailedEvents = status.LastEvent, status.Failed
	in.NeverSynced = status.LastSync == 0
	in.Silent = !in.NeverSynced && time.Since(status.LastSync.Time()) > silentAfter
	in.LastSync = status.LastSync
	return err
}

func (a *App) todayOrders(ctx context.Context, q store.OrderQuery) ([]models.Order, error) {
	q.Limit, q.Now = todayRows, models.UnixOf(a.Now())
	page, err := a.Reader.Orders(ctx, q)
	return page.Orders, err
}

func (a *App) amounts(sums []store.Sum, err error) (views.Amounts, error) {
	return amountsOf(sums), err
}

func amountsOf(sums []store.Sum) (all views.Amounts) {
	for _, s := range sums {
		all.Count += s.Count
		all.Sums = append(all.Sums, s.Amount)
	}
	return all
}

// numbers keeps the counts that every page shows until something is written, and for a moment at most: they are exact, and a desk at which
// nobody does anything counts nothing.
type numbers struct {
	mu      sync.Mutex
	version int64
	now     time.Time // domain time
	todo    int64
	tabs    map[store.Tab]int64
}

// numbersLife is how long counts that depend on the time alone may stand.
const numbersLife = 3 * time.Second

// count gives the number beside Today and those of the tabs of the orders. Nobody changes the map.
func (a *App) count(ctx context.Context) (todo int64, tabs map[store.Tab]int64, err error) {
	n := &a.numbers
	n.mu.Lock()
	defer n.mu.Unlock()
	version, now := a.Version(), a.Now()
	if n.tabs != nil && n.version == version && now.Sub(n.now).Abs() < numbersLife {
		return n.todo, n.tabs, nil
	}
	if todo, err = a.Reader.TodayCount(ctx, models.UnixOf(now)); err != nil {
		return 0, nil, err
	}
	mail, err := a.Mailroom.Standing(ctx)
	if err != nil {
		return 0, nil, err
	}
	todo += mail.Things()
	if tabs, err = a.Reader.OrderCounts(ctx, now); err != nil {
		return 0, nil, err
	}
	n.version, n.now, n.todo, n.tabs = version, now, todo, tabs
	return todo, tabs, nil
}
