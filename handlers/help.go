package handlers

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/help"
	"counterfoil/models/helpdesk"
	"counterfoil/views"
	"counterfoil/web"
)

// showHelp answers GET /help: the visitor is led to the page that fits what the browser asks for, or to a choice of countries. It is public and
// sets no cookie, as all pages of help.
func (a *App) showHelp(c *fiber.Ctx) error {
	guessing(c)
	if p, ok := help.Guess(c.Get(fiber.HeaderAcceptLanguage)); ok {
		return c.Redirect(p.Path(), fiber.StatusFound)
	}
	return a.chooseCountry(c, fiber.StatusOK)
}

// showHelpCountry answers GET /help/:country: the visitor is led to the country's page in a language that the browser asks for. A country
// without help pages is 404, with those that there are.
func (a *App) showHelpCountry(c *fiber.Ctx) error {
	guessing(c)
	p, _, ok := help.Find(c.Params("country"), "")
	if !ok {
		return a.chooseCountry(c, fiber.StatusNotFound)
	}
	return c.Redirect(help.Nearest(p.Market, c.Get(fiber.HeaderAcceptLanguage)).Path(), fiber.StatusFound)
}

// showHelpPage answers GET /help/:country/:language. Another language than the country's leads to the nearest one, another spelling of the
// address to the right one.
func (a *App) showHelpPage(c *fiber.Ctx) error {
	p, exact, ok := help.Find(c.Params("country"), c.Params("language"))
	switch {
	case !ok:
		guessing(c)
		return a.chooseCountry(c, fiber.StatusNotFound)
	case !exact:
		guessing(c)
		return c.Redirect(help.Nearest(p.Market, c.Get(fiber.HeaderAcceptLanguage)).Path(), fiber.StatusFound)
	case c.Path() != p.Path():
		return c.Redirect(p.Path(), fiber.StatusMovedPermanently)
	}
	settings, err := a.Helpdesk.Settings(c.UserContext())
	if err != nil {
		return err
	}
	page := views.NewHelpPage(views.HelpInput{ShopName: a.ShopName, BaseURL: a.BaseURL, Page: p, Catalog: settings.Catalog(a.help[p.Language]), Settings: settings})
	if err := web.Render(c, fiber.StatusOK, views.HelpShow(page)); err != nil {
		return err
	}
	a.Helpdesk.Count(p, helpdesk.TopicPage)
	return cached(c)
}

// followHelpLink answers GET /help/:country/:language/to/:topic: one of the page's links is counted and followed. It leads nowhere but where
// the page itself says.
func (a *App) followHelpLink(c *fiber.Ctx) error {
	p, exact, _ := help.Find(c.Params("country"), c.Params("language"))
	settings, err := a.Helpdesk.Settings(c.UserContext())
	if err != nil {
		return err
	}
	to := map[string]string{helpdesk.TopicKlarna: settings.Link(p).URL, helpdesk.TopicApp: models.KlarnaLogin, helpdesk.TopicShop: settings.Contact.URL}[c.Params("topic")]
	if !exact || to == "" {
		return fiber.ErrNotFound
	}
	guessing(c)
	a.Helpdesk.Count(p, c.Params("topic"))
	return c.Redirect(to, fiber.StatusFound)
}

// showRobots answers GET /robots.txt: search engines may read the help pages, and nothing else of the desk.
func (a *App) showRobots(c *fiber.Ctx) error {
	text := "User-agent: *\nAllow: /help\nAllow: /static/\nDisallow: /\n"
	if a.BaseURL != "" {
		text += "Sitemap: " + a.BaseURL + "/help/sitemap.xml\n"
	}
	if err := c.SendString(text); err != nil {
		return err
	}
	return cached(c)
}

// listHelpPages answers GET /help/sitemap.xml. Its addresses must be whole: there is none as long as it is not known where the desk is reached.
func (a *App) listHelpPages(c *fiber.Ctx) error {
	if a.BaseURL == "" {
		return &models.Error{Kind: models.KindNotFound, Code: "no_base_url", Message: "There is no list of pages as long as BASE_URL is not set."}
	}
	var b strings.Builder
	b.WriteString(`<?xml version="1.0" encoding="UTF-8"?>` + "\n" + `<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">` + "\n")
	for _, p := range help.Pages() {
		b.WriteString("<url><loc>" + a.BaseURL + p.Path() + "</loc></url>\n")
	}
	b.WriteString("</urlset>\n")
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationXMLCharsetUTF8)
	if err := c.SendString(b.String()); err != nil {
		return err
	}
	return cached(c)
}

// showHelpComponent answers GET /help/component.js, for other sites.
func (a *App) showHelpComponent(c *fiber.Ctx) error {
	c.Set(fiber.HeaderContentType, "text/javascript; charset=utf-8")
	if err := c.SendString(help.Component()); err != nil {
		return err
	}
	return cached(c)
}

func (a *App) chooseCountry(c *fiber.Ctx, status int) error {
	page := views.NewHelpCountries(views.HelpInput{ShopName: a.ShopName, BaseURL: a.BaseURL, Catalog: a.help["en"]})
	return web.Render(c, status, views.HelpCountries(page))
}

// guessing tells caches that an answer depends on the browser and is not to be kept.
func guessing(c *fiber.Ctx) {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Append(fiber.HeaderVary, fiber.HeaderAcceptLanguage)
}

// cached lets an answer be kept for an hour, and asked for again by its content.
func cached(c *fiber.Ctx) error {
	sum := sha256.Sum256(c.Response().Body())
	c.Set(fiber.HeaderCacheControl, "public, max-age=3600")
	c.Set(fiber.HeaderETag, `W/"`+hex.EncodeToString(sum[:12])+`"`)
	if c.Fresh() {
		c.Response().ResetBody()
		c.Status(fiber.StatusNotModified)
	}
	return nil
}
