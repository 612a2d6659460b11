package handlers

import (
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/views"
	"counterfoil/web"
)

// showHelp answers GET /help and GET /help/:country: where customers get help with a Klarna payment. It is public, without cookies, and
// may be cached.
func (a *App) showHelp(c *fiber.Ctx) error {
	page, ok := views.NewHelpPage(views.HelpInput{ShopName: a.ShopName, Country: c.Params("country"), Guess: likelyCountry(c)})
	if !ok {
		return &models.Error{Kind: models.KindNotFound, Code: "no_such_market", Message: "There is no help page for this country."}
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=300")
	c.Append(fiber.HeaderVary, fiber.HeaderAcceptLanguage)
	return web.Render(c, fiber.StatusOK, views.HelpShow(page))
}

// likelyCountry guesses from the first language that names a country; empty when none does.
func likelyCountry(c *fiber.Ctx) string {
	for _, part := range strings.Split(c.Get(fiber.HeaderAcceptLanguage), ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(part), ";")
		if _, country, ok := strings.Cut(tag, "-"); ok && len(country) == 2 {
			return strings.ToUpper(country)
		}
	}
	return ""
}
