package handlers

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/store"
)

// urlValues are the request's query parameters.
func urlValues(c *fiber.Ctx) url.Values {
	v, err := url.ParseQuery(string(c.Request().URI().QueryString()))
	if err != nil {
		return url.Values{} // what is not a query asks for nothing
	}
	return v
}

// orderQuery reads what a URL of the order list asks for: tab, filters, search, sort and cursor. Errors: invalid, by field.
func (a *App) orderQuery(v url.Values) (store.OrderQuery, error) {
	return store.OrderQuery{
		Tab: store.Tab(v.Get("tab")), Search: v.Get("q"), After: v.Get("after"), Before: v.Get("before"),
		Limit: pageSize, Now: models.UnixOf(a.Now()),
	}, nil
}
