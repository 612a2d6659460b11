package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
	"counterfoil/web/request"
)

// formCookieLifetime is how long a sign-in page may stay open before its form is too old.
const formCookieLifetime = 24 * time.Hour

// Form gives pages without a session (sign in, set up) a token for their form: it fits a cookie that only this browser has.
func (a *App) Form(c *fiber.Ctx) error {
	name := a.cookieName(c, "counterfoil-form")
	nonce := c.Cookies(name)
	if len(nonce) < 20 || len(nonce) > 64 {
		nonce = rand.Text()
		a.setCookie(c, name, nonce, formCookieLifetime)
	}
	c.SetUserContext(request.WithCSRF(c.UserContext(), a.sign("form", nonce)))
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
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host == string(c.Request().Host())
}

func queryEscape(text string) string { return url.QueryEscape(text) }
