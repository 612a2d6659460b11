package handlers

import (
	"github.com/gofiber/fiber/v2"

	"counterfoil/models/help"
	"counterfoil/views"
	"counterfoil/web"
)

// showHelpSettings answers GET /settings/help: the shop's contact, the links to check, and what to put onto the shop's own site.
func (a *App) showHelpSettings(c *fiber.Ctx) error {
	return a.answerHelpSettings(c, fiber.StatusOK, nil)
}

func (a *App) answerHelpSettings(c *fiber.Ctx, status int, change func(*views.HelpSettingsInput)) error {
	ctx := c.UserContext()
	in := views.HelpSettingsInput{BaseURL: a.BaseURL, Catalogs: a.help, Chosen: c.Query("page"), Errors: map[string]string{}}
	var err error
	if in.Settings, err = a.Helpdesk.Settings(ctx); err != nil {
		return err
	}
	standing, err := a.Helpdesk.Standing(ctx)
	if err != nil {
		return err
	}
	in.Visits, in.Disputes = standing.Visits, standing.Disputes
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	if change != nil {
		change(&in)
	}
	return web.Render(c, status, views.HelpSettingsShow(views.NewHelpSettingsPage(in)))
}

// createHelpContact answers POST /settings/help/contacts.
func (a *App) createHelpContact(c *fiber.Ctx) error {
	typed := help.Contact{Email: field(c, "email"), Phone: field(c, "phone"), URL: field(c, "url"), Hours: field(c, "hours")}
	err, errs := a.Helpdesk.SetContact(c.UserContext(), typed, actor(c)), map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerHelpSettings(c, fiber.StatusUnprocessableEntity, func(in *views.HelpSettingsInput) { in.Settings.Contact, in.Errors = typed, errs })
	}
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Saved.", Text: "Caches may keep the pages as they were for an hour."})
	return web.Redirect(c, "/settings/help")
}

// createHelpLink answers POST /settings/help/links: somebody has opened a link and found it right.
func (a *App) createHelpLink(c *fiber.Ctx) error {
	p, exact, _ := help.Find(field(c, "country"), field(c, "language"))
	if !exact {
		return fiber.ErrNotFound
	}
	link := field(c, "link")
	err, errs := a.Helpdesk.CheckLink(c.UserContext(), p, link, actor(c)), map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerHelpSettings(c, fiber.StatusUnprocessableEntity, func(in *views.HelpSettingsInput) { in.Wrong, in.Typed, in.Errors = p.Key(), link, errs })
	}
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Checked.", Text: "The help page leads there. Caches may keep it as it was for an hour."})
	return web.Redirect(c, "/settings/help#links")
}

// showHelpTexts answers GET /settings/help/texts/:language.
func (a *App) showHelpTexts(c *fiber.Ctx) error {
	return a.answerHelpTexts(c, fiber.StatusOK, nil, nil, "")
}

func (a *App) answerHelpTexts(c *fiber.Ctx, status int, typed, errs map[string]string, reader string) error {
	catalog, ok := a.help[c.Params("language")]
	if !ok {
		return fiber.ErrNotFound
	}
	settings, err := a.Helpdesk.Settings(c.UserContext())
	if err != nil {
		return err
	}
	if typed == nil {
		typed = settings.Texts[catalog.Language]
	}
	in := views.HelpTextsInput{Catalog: catalog, English: a.help["en"], Typed: typed, Errors: errs, Reader: reader}
	in.Review, in.ReviewState = settings.ReviewOf(catalog)
	in.Seen = settings.Fingerprint(catalog)
	if in.Shell, err = a.shell(c); err != nil {
		return err
	}
	return web.Render(c, status, views.HelpTextsShow(views.NewHelpTextsPage(in)))
}

// createHelpTexts answers POST /settings/help/texts/:language: the shop's own texts of a language.
func (a *App) createHelpTexts(c *fiber.Ctx) error {
	catalog, ok := a.help[c.Params("language")]
	if !ok {
		return fiber.ErrNotFound
	}
	typed := map[string]string{}
	for key := range catalog.Texts {
		typed[key] = field(c, key)
	}
	err, errs := a.Helpdesk.SetTexts(c.UserContext(), catalog, typed, actor(c)), map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerHelpTexts(c, fiber.StatusUnprocessableEntity, typed, errs, "")
	}
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Saved.", Text: "Caches may keep the pages as they were for an hour."})
	return web.Redirect(c, "/settings/help/texts/"+catalog.Language)
}

// createHelpReview answers POST /settings/help/texts/:language/reviews: a native speaker has read the texts, or the word is taken back.
func (a *App) createHelpReview(c *fiber.Ctx) error {
	catalog, ok := a.help[c.Params("language")]
	if !ok {
		return fiber.ErrNotFound
	}
	page := "/settings/help/texts/" + catalog.Language
	if field(c, "drop") != "" {
		if err := a.Helpdesk.DropReview(c.UserContext(), catalog.Language, actor(c)); err != nil {
			return err
		}
		a.SetFlash(c, web.Flash{Title: "Taken back."})
		return web.Redirect(c, page)
	}
	reader := c.FormValue("reader")
	err, errs := a.Helpdesk.SetReview(c.UserContext(), catalog, reader, field(c, "seen"), actor(c)), map[string]string{}
	if noteInvalid(err, errs) {
		return a.answerHelpTexts(c, fiber.StatusUnprocessableEntity, nil, errs, reader)
	}
	if err != nil {
		return err
	}
	a.SetFlash(c, web.Flash{Title: "Noted.", Text: "It holds for the texts as they stand now."})
	return web.Redirect(c, page)
}
