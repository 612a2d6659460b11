package handlers

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/orderquery"
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

// orderQuery reads what an address of the order list asks for: tab, filters, search, sort and cursor. Errors: invalid, by field.
func (a *App) orderQuery(v url.Values) (store.OrderQuery, error) {
	q, faults := orderquery.Parse(v, a.Now(), a.Zone)
	q.Limit = pageSize
	if len(faults) > 0 {
		return q, &models.Error{Kind: models.KindInvalid, Code: "filter_invalid", Field: faults[0].Field, Message: faults[0].Message}
	}
	return q, nil
}

// asked are the parameters of a list's address that belong to its query: no cursor, nothing empty, nothing foreign.
func asked(v url.Values) url.Values {
	kept := url.Values{}
	for _, name := range orderquery.Names() {
		for _, value := range v[name] {
			if strings.TrimSpace(value) != "" && !slices.Contains(kept[name], value) {
				kept.Add(name, value)
			}
		}
		slices.Sort(kept[name])
	}
	return kept
}
