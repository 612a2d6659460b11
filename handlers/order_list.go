package handlers

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/orderquery"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
)

const (
	// pageSize is the number of rows of a list.
	pageSize = 50
	// countLimit is how far the orders of a filter are counted for the list's heading.
	countLimit = 1000
)

// listOrders answers GET /orders. A pasted Stripe id that we have leads straight to its order. What cannot be understood is said by the
// field, with the plain list one press away.
func (a *App) listOrders(c *fiber.Ctx) error {
	ctx, v := c.UserContext(), urlValues(c)
	if clean := asked(v); len(v) > 0 && hasEmpty(v) {
		if !web.IsPartial(c) {
			return web.Redirect(c, views.OrdersURL(clean))
		}
		c.Set("HX-Push-Url", views.OrdersURL(clean))
	}
	q, faults := orderquery.Parse(v, a.Now(), a.Zone)
	q.Limit = pageSize
	to, err := a.jumpTo(ctx, q.Search)
	if err != nil {
		return err
	}
	if to != "" {
		return web.Redirect(c, to)
	}
	var page store.OrderPage
	if len(faults) == 0 {
		page, err = a.Reader.Orders(ctx, q)
		if faults, err = faultOf(err); err != nil {
			return err
		}
	}
	in, err := a.ordersInput(ctx, v, q, page)
	if err != nil {
		return err
	}
	if err := a.addViews(c, &in); err != nil {
		return a.answerLostView(c, err)
	}
	status := fiber.StatusOK
	if len(faults) > 0 {
		status = fiber.StatusUnprocessableEntity
		in.Faults = map[string]string{}
		for _, f := range faults {
			in.Faults[f.Field] = f.Message
		}
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	rememberList(c, in.Asked)
	return web.Render(c, status, views.OrdersIndex(views.NewOrdersPage(in)))
}

// addViews adds the tabs as the person arranged them, the view that is open, and the looks of the list.
func (a *App) addViews(c *fiber.Ctx, in *views.OrdersInput) (err error) {
	ctx, me := c.UserContext(), person(c.UserContext())
	if in.Entries, in.Looks.Preferences, err = a.listEntries(ctx); err != nil {
		return err
	}
	in.Looks.Back = views.OrdersURL(in.Asked)
	in.Save = views.SaveViewInput{Query: canonicalQuery(in.Asked).Encode(), MayShare: staff.MayShareViews(me.Role)}
	id := in.Asked.Get("view")
	if id == "" {
		return nil
	}
	v, err := a.Staff.View(ctx, me, id)
	if err != nil {
		return err
	}
	in.Save.Current, in.Save.MayEdit, in.Save.Changed = &v, staff.MayChangeView(me, v), in.Save.Query != v.Query
	return nil
}

// hasEmpty tells whether a form sent its empty fields along: they do not belong into an address that is shared.
func hasEmpty(v url.Values) bool {
	for _, values := range v {
		if slices.Contains(values, "") {
			return true
		}
	}
	return false
}

// faultOf makes a fault of the store's refusal of a cursor, a tab or a sort; any other error is given back.
func faultOf(err error) ([]orderquery.Fault, error) {
	var e *models.Error
	if errors.As(err, &e) && e.Kind == models.KindInvalid {
		return []orderquery.Fault{{Field: e.Field, Message: e.Message}}, nil
	}
	return nil, err
}

func (a *App) ordersInput(ctx context.Context, v url.Values, q store.OrderQuery, page store.OrderPage) (views.OrdersInput, error) {
	in := views.OrdersInput{
		Asked: asked(v), Tab: string(q.Tab), Orders: page.Orders, NewerCursor: page.Prev, OlderCursor: page.Next, TooShort: page.TooShort,
		Cut: page.Cut, Walked: page.Walked, CanAct: can(ctx, staff.ActOnOrders), Counts: map[string]int64{},
	}
	_, counts, err := a.count(ctx)
	if err != nil {
		return in, err
	}
	for tab, n := range counts {
		in.Counts[string(tab)] = n
	}
	if in.Currencies, err = a.Reader.Currencies(ctx); err != nil {
		return in, err
	}
	if in.IsNarrowed() && page.Next == "" && page.Prev == "" {
		in.Found, in.FoundExact = int64(len(page.Orders)), !page.Cut
	} else if in.IsNarrowed() {
		in.Found, in.FoundExact, err = a.Reader.CountOrders(ctx, q, countLimit)
		if _, err = faultOf(err); err != nil {
			return in, err
		}
	}
	if in.Ground, err = a.Orders.Ground(ctx); err != nil {
		return in, err
	}
	in.Pending, err = a.Reader.PendingOrders(ctx)
	return in, err
}

// listCookie keeps which list a person came from, so that the way back from an order leads there.
const listCookie = "list"

// rememberList has the orders' pages lead back to the list as it was asked for.
func rememberList(c *fiber.Ctx, v url.Values) {
	query := v.Encode()
	if len(query) > 1500 {
		query = ""
	}
	c.Cookie(&fiber.Cookie{Name: listCookie, Value: url.QueryEscape(query), Path: "/orders", HTTPOnly: true, SameSite: fiber.CookieSameSiteLaxMode,
		Secure: c.Protocol() == "https", Expires: time.Now().Add(12 * time.Hour)})
}

// listBefore is the address of the list that a person came from.
func listBefore(c *fiber.Ctx) string {
	text, err := url.QueryUnescape(c.Cookies(listCookie))
	v, errQuery := url.ParseQuery(text)
	if err != nil || errQuery != nil {
		return "/orders"
	}
	return views.OrdersURL(asked(v))
}
