package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/models/staff"
	"counterfoil/web/request"
)

// browserLifetime is how long a browser is told apart from others.
const browserLifetime = 365 * 24 * time.Hour

// Form gives pages without a session (sign in, set up) a token for their form: it fits a cookie that only this browser has. The same
// cookie tells the browser from others when it signs in, see staff.WithBrowser.
func (a *App) Form(c *fiber.Ctx) error {
	name := a.cookieName(c, "counterfoil-browser")
	browser := c.Cookies(name)
	if len(browser) != len(rand.Text()) {
		browser = rand.Text()
		a.setCookie(c, name, browser, browserLifetime)
	}
	c.SetUserContext(staff.WithBrowser(request.WithCSRF(c.UserContext(), a.sign("form", browser)), browser))
	return c.Next()
}

// sign binds a text to its use under the desk's secret key.
func (a *App) sign(use, text string) string {
	mac := hmac.New(sha256.New, a.opts.SecretKey)
	mac.Write([]byte(use + "\x00" + text))
	return hex.EncodeToString(mac.Sum(nil))
}

// CheckForm lets a form pass only with the token that its page was given, from a page of ours. It stands after SignedIn or Form.
func (a *App) CheckForm(c *fiber.Ctx) error {
	want, got := request.CSRF(c.UserContext()), c.FormValue("csrf_token")
	if want == "" || subtle.ConstantTimeCompare([]byte(want), []byte(got)) != 1 || !a.sameSite(c) {
		return &models.Error{Kind: models.KindForbidden, Code: "csrf",
			Message: "This form is out of date, or it did not come from this desk. Nothing was done. Open the page again and send it once more."}
	}
	return c.Next()
}

// sameSite tells whether the browser says that the form came from a page of ours; one that says nothing is believed.
func (a *App) sameSite(c *fiber.Ctx) bool {
	if site := c.Get("Sec-Fetch-Site"); site != "" {
		return site == "same-origin" || site == "none"
	}
	origin := c.Get(fiber.HeaderOrigin)
	return origin == "" || origin == a.origin(c)
}

// origin is our own, as a browser writes it.
func (a *App) origin(c *fiber.Ctx) string {
	if a.isHTTPS(c) {
		return "https://" + a.host(c)
	}
	return "http://" + a.host(c)
}
