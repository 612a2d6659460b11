package handlers

import (
	"fmt"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
	"counterfoil/views"
	"counterfoil/web"
)

// arrangeViews answers POST /views/order: all keys in their order ("order", many), or one move of one tab ("key", "move").
func (a *App) arrangeViews(c *fiber.Ctx) error {
	ctx, me := c.UserContext(), person(c.UserContext())
	if keys := formValues(c, "order"); len(keys) > 0 {
		if err := a.Staff.ArrangeViews(ctx, me, builtInTabs(), keys); err != nil {
			return err
		}
		return a.viewsDone(c, web.Flash{Title: "The order of the tabs was changed."})
	}
	key, move := field(c, "key"), staff.ViewMove(field(c, "move"))
	at, of, err := a.Staff.MoveView(ctx, me, builtInTabs(), key, move)
	if err != nil {
		return err
	}
	if web.IsPartial(c) {
		return a.answerViews(c, fiber.StatusOK, func(in *views.ViewsInput) { in.Said = saidOfMove(move, at, of) })
	}
	return web.Redirect(c, "/views#view-"+key)
}

// saidOfMove is what a move did, for who does not see it.
func saidOfMove(move staff.ViewMove, at, of int) string {
	switch move {
	case staff.MoveHide:
		return "Hidden from the tabs."
	case staff.MoveShow:
		return "Shown among the tabs."
	}
	return fmt.Sprintf("Now %d of %d.", at+1, of)
}

// changePreferences answers POST /preferences: columns and density of the order list. It leads back to the list.
func (a *App) changePreferences(c *fiber.Ctx) error {
	ctx, me := c.UserContext(), person(c.UserContext())
	wanted := models.DefaultListPreferences(me.ID)
	if field(c, "usual") == "" {
		wanted.Columns, wanted.Density = nil, models.Density(field(c, "density"))
		for _, name := range formValues(c, "columns") {
			wanted.Columns = append(wanted.Columns, models.ListColumn(name))
		}
	}
	if err := a.Staff.SetListPreferences(ctx, me, wanted.Columns, wanted.Density); err != nil {
		return err
	}
	back := web.SafeNext(c.FormValue("back"))
	if !strings.HasPrefix(back, "/orders") { // the list's looks are seen in the list
		back = "/orders"
	}
	return web.Redirect(c, back)
}
