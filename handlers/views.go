package handlers

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
	"counterfoil/models/store"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/request"
)

const (
	// viewCountLimit is how far the orders of a view are counted.
	viewCountLimit = 1000
	// viewCountPatience is how long: a count that takes longer is given as far as it came.
	viewCountPatience = 2 * time.Second
)

// builtInTabs are the keys of the built-in tabs, in their usual order.
func builtInTabs() []string {
	tabs := store.Tabs()
	keys := make([]string, len(tabs))
	for i, t := range tabs {
		keys[i] = string(t)
	}
	return keys
}

// person is who is signed in.
func person(ctx context.Context) models.Staff {
	if s := request.Staff(ctx); s != nil {
		return *s
	}
	return models.Staff{}
}

// listViews answers GET /views: the page on which the tabs of the order list are arranged.
func (a *App) listViews(c *fiber.Ctx) error {
	return a.answerViews(c, fiber.StatusOK, nil)
}

// answerViews answers with the page of the views, or, where htmx asks, with its list. change puts in what was typed or done.
func (a *App) answerViews(c *fiber.Ctx, status int, change func(*views.ViewsInput)) error {
	ctx := c.UserContext()
	me := person(ctx)
	in := views.ViewsInput{
		Me: me, MayShare: staff.MayShareViews(me.Role), MayEdit: func(v models.SavedView) bool { return staff.MayChangeView(me, v) },
	}
	var err error
	if in.Entries, _, err = a.listEntries(ctx); err != nil {
		return err
	}
	if in.Deleted, err = a.Staff.DeletedViews(ctx, me); err != nil {
		return err
	}
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	page := views.NewViewsPage(in)
	if !web.IsPartial(c) {
		return web.Render(c, status, views.ViewsIndex(page))
	}
	if status == fiber.StatusUnprocessableEntity {
		return web.Render(c, status, views.ViewsRegion(page))
	}
	return web.Render(c, status, views.ViewsAnswer(page))
}

// listEntries gives the tabs of the order list as the person who is signed in arranged them, and their preferences.
func (a *App) listEntries(ctx context.Context) (entries []models.ListEntry, preferences models.ListPreferences, err error) {
	me := person(ctx)
	saved, err := a.Reader.SavedViews(ctx, me.ID)
	if err != nil {
		return nil, preferences, err
	}
	preferences, err = a.Reader.ListPreferences(ctx, me.ID)
	return models.ArrangeList(builtInTabs(), saved, preferences), preferences, err
}

// viewsDone answers an act on the page of the views.
func (a *App) viewsDone(c *fiber.Ctx, f web.Flash) error {
	if web.IsPartial(c) {
		return a.answerViews(c, fiber.StatusOK, func(in *views.ViewsInput) { in.Shell.Flash = flashView(&f) })
	}
	a.SetFlash(c, f)
	return web.Redirect(c, "/views")
}

// createView answers POST /views: the list as it is shown, kept under a name.
func (a *App) createView(c *fiber.Ctx) error {
	ctx := c.UserContext()
	me := person(ctx)
	in := views.SaveViewInput{
		Query: c.FormValue("query"), Name: c.FormValue("name"), Shared: field(c, "shared") == "1", MayShare: staff.MayShareViews(me.Role),
		Errors: map[string]string{},
	}
	query, err := a.keepableQuery(ctx, in.Query)
	if err == nil {
		in.Query = query
		var v models.SavedView
		if v, err = a.Staff.SaveView(ctx, me, in.Name, query, in.Shared); err == nil {
			a.SetFlash(c, web.Flash{Title: "View saved."})
			return web.Redirect(c, views.SavedViewURL(v))
		}
	}
	if !noteField(err, in.Errors) {
		return err
	}
	if web.IsPartial(c) {
		return web.Render(c, fiber.StatusUnprocessableEntity, views.SaveViewAnswer(views.NewSaveView(in)))
	}
	shell, err := a.shell(c)
	if err != nil {
		return err
	}
	return web.Render(c, fiber.StatusUnprocessableEntity, views.SaveViewShow(views.NewSaveViewPage(shell, in)))
}

// noteField puts a message that belongs to a field by it, of a conflict too; false for any other error.
func noteField(err error, errs map[string]string) bool {
	var e *models.Error
	if !errors.As(err, &e) || e.Field == "" || e.Kind != models.KindInvalid && e.Kind != models.KindConflict {
		return false
	}
	errs[e.Field] = e.Message
	return true
}

// keepableQuery brings a URL query of the list into the form in which views keep it: sorted, without a cursor and without what is empty.
// Errors: invalid (field "query") for one that the list does not take.
func (a *App) keepableQuery(ctx context.Context, text string) (string, error) {
	text = strings.TrimPrefix(text, "?")
	if len(text) > models.MaxViewQueryLength {
		return "", badQuery(fmt.Sprintf("They are too long: at most %d characters. Use fewer of them.", models.MaxViewQueryLength))
	}
	v, err := url.ParseQuery(text)
	if err != nil || strings.ToValidUTF8(text, "") != text {
		return "", badQuery("They cannot be read.")
	}
	v = canonicalQuery(v)
	if err := a.checkQuery(ctx, v); err != nil {
		return "", err
	}
	kept := v.Encode()
	if len(kept) > models.MaxViewQueryLength {
		return "", badQuery(fmt.Sprintf("They are too long: at most %d characters. Use fewer of them.", models.MaxViewQueryLength))
	}
	return kept, nil
}

func badQuery(message string) error {
	return &models.Error{Kind: models.KindInvalid, Code: "view_query", Field: "query", Message: message}
}

// canonicalQuery leaves out what is no part of a view: the page, the view that is open, the tab that is meant anyway.
func canonicalQuery(v url.Values) url.Values {
	kept := asked(v)
	delete(kept, "view")
	if kept.Get("tab") == string(store.TabAll) {
		delete(kept, "tab")
	}
	return kept
}

// checkQuery asks the list whether it takes a query. Errors: invalid (field "query") with the list's reason; the list's own.
func (a *App) checkQuery(ctx context.Context, v url.Values) error {
	q, err := a.orderQuery(v)
	if err == nil {
		q.Limit = 1
		_, err = a.Reader.Orders(ctx, q)
	}
	var e *models.Error
	if models.IsKind(err, models.KindInvalid) && errors.As(err, &e) {
		return badQuery(e.Message)
	}
	return err
}

// parseStored reads the query that a view keeps. Errors: invalid.
func parseStored(query string) (url.Values, error) {
	values, err := url.ParseQuery(query)
	if err != nil {
		return nil, badQuery("Its filters cannot be read.")
	}
	return values, nil
}

// checkView tells whether the list still takes a view. Errors: invalid; the list's own.
func (a *App) checkView(ctx context.Context, v models.SavedView) error {
	values, err := parseStored(v.Query)
	if err != nil {
		return err
	}
	return a.checkQuery(ctx, values)
}

// openView answers GET /views/:id: it leads to the list as the view keeps it.
func (a *App) openView(c *fiber.Ctx) error {
	ctx := c.UserContext()
	v, err := a.Staff.View(ctx, person(ctx), c.Params("id"))
	if err != nil {
		return a.answerLostView(c, err)
	}
	if err := a.checkView(ctx, v); err != nil {
		return a.answerLostView(c, err)
	}
	return web.Redirect(c, views.SavedViewURL(v))
}

// answerLostView answers for a view that is not there for the person, or does not work any more. Any other error is given back.
func (a *App) answerLostView(c *fiber.Ctx, err error) error {
	var e *models.Error
	status := fiber.StatusNotFound
	switch {
	case models.IsKind(err, models.KindNotFound):
	case models.IsKind(err, models.KindInvalid):
		status = fiber.StatusUnprocessableEntity
	default:
		return err
	}
	if !errors.As(err, &e) {
		return err
	}
	shell, err := a.shell(c)
	if err != nil {
		return err
	}
	return web.Render(c, status, views.LostViewShow(views.NewLostViewPage(views.LostViewInput{Shell: shell, Status: status, Message: e.Message})))
}

// countView answers GET /views/:id/count with the number of orders in the view, in a bounded time.
func (a *App) countView(c *fiber.Ctx) error {
	ctx, cancel := context.WithTimeout(c.UserContext(), viewCountPatience)
	defer cancel()
	v, err := a.Staff.View(ctx, person(ctx), c.Params("id"))
	if err != nil {
		return err
	}
	broken := false
	n, exact, err := a.countQuery(ctx, v.Query)
	switch {
	case err == nil:
	case errors.Is(err, context.DeadlineExceeded):
		exact = false
	case models.IsKind(err, models.KindInvalid):
		broken = true
	default:
		return err
	}
	return web.Render(c, fiber.StatusOK, views.ViewCountView(views.NewViewCount(n, exact, broken)))
}

// countQuery counts the orders of a view's query. Errors: invalid for one that the list does not take any more; the list's own.
func (a *App) countQuery(ctx context.Context, query string) (int64, bool, error) {
	values, err := parseStored(query)
	if err != nil {
		return 0, false, err
	}
	q, err := a.orderQuery(values)
	if err != nil {
		return 0, false, err
	}
	return a.Reader.CountOrders(ctx, q, viewCountLimit)
}

// changeView answers POST /views/:id: another name, shared or not, or the query given.
func (a *App) changeView(c *fiber.Ctx) error {
	ctx, id := c.UserContext(), c.Params("id")
	change, err := a.bindViewChange(c)
	if err != nil {
		return err
	}
	v, err := a.Staff.ChangeView(ctx, person(ctx), id, change)
	errs := map[string]string{}
	if change.Name != nil && noteField(err, errs) {
		edit := &views.ViewEdit{ID: id, Name: *change.Name, Shared: field(c, "shared") == "1", Error: errs["name"] + errs["query"]}
		return a.answerViews(c, fiber.StatusUnprocessableEntity, func(in *views.ViewsInput) { in.Edit = edit })
	}
	switch {
	case err != nil:
		return err
	case change.Query != nil:
		a.SetFlash(c, web.Flash{Title: "View changed."})
		return web.Redirect(c, views.SavedViewURL(v))
	}
	return a.viewsDone(c, web.Flash{Title: "View changed."})
}

// bindViewChange reads what is to be changed: what the form does not send stays as it is. Errors: invalid.
func (a *App) bindViewChange(c *fiber.Ctx) (staff.ViewChange, error) {
	var change staff.ViewChange
	sent := c.Request().PostArgs()
	if sent.Has("name") {
		name := c.FormValue("name")
		change.Name = &name
	}
	if sent.Has("sharing") { // a box that is not ticked is not sent
		shared := field(c, "shared") == "1"
		change.Shared = &shared
	}
	if sent.Has("query") {
		query, err := a.keepableQuery(c.UserContext(), c.FormValue("query"))
		if err != nil {
			return change, err
		}
		change.Query = &query
	}
	return change, nil
}

// deleteView answers POST /views/:id/deletions.
func (a *App) deleteView(c *fiber.Ctx) error {
	v, err := a.Staff.DeleteView(c.UserContext(), person(c.UserContext()), c.Params("id"))
	if err != nil {
		return err
	}
	return a.viewsDone(c, web.Flash{Title: "View deleted.", Undo: "/views/" + url.PathEscape(v.ID) + "/restorations"})
}

// restoreView answers POST /views/:id/restorations.
func (a *App) restoreView(c *fiber.Ctx) error {
	if _, err := a.Staff.RestoreView(c.UserContext(), person(c.UserContext()), c.Params("id")); err != nil {
		return err
	}
	return a.viewsDone(c, web.Flash{Title: "The view is back."})
}
