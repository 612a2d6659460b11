package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
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
	giveToken(c, a.sign("form", browser))
	c.SetUserContext(staff.WithBrowser(c.UserContext(), browser))
	return c.Next()
}

// tokenKey is where a request keeps the token that its forms must carry.
const tokenKey = "csrf"

// giveToken has the request's pages carry the token, masked anew in every answer: a page is compressed, and from the length of many answers
// a token that stays the same could be guessed (BREACH).
func giveToken(c *fiber.Ctx, token string) {
	c.Locals(tokenKey, token)
	c.SetUserContext(request.WithCSRF(c.UserContext(), mask(token)))
}

// mask hides a token behind random bytes: pad, then pad xor token.
func mask(token string) string {
	both := make([]byte, 2*len(token))
	pad, hidden := both[:len(token)], both[len(token):]
	_, _ = rand.Read(pad) // it never fails
	subtle.XORBytes(hidden, pad, []byte(token))
	return base64.RawURLEncoding.EncodeToString(both)
}

// unmask gives the token behind a mask; "" for anything else.
func unmask(masked string) string {
	both, err := base64.RawURLEncoding.DecodeString(masked)
	if err != nil || len(both)%2 != 0 || len(both) > 1024 {
		return ""
	}
	token := make([]byte, len(both)/2)
	subtle.XORBytes(token, both[:len(token)], both[len(token):])
	return string(token)
}

// sign binds a text to its use under the desk's secret key.
func (a *App) sign(use, text string) string {
	mac := hmac.New(sha256.New, a.opts.SecretKey)
	mac.Write([]byte(use + "\x00" + text))
	return hex.EncodeToString(mac.Sum(nil))
}

// CheckForm lets a form pass only with the token that its page was given, from a page of ours. It stands after SignedIn or Form.
func (a *App) CheckForm(c *fiber.Ctx) error {
	want, _ := c.Locals(tokenKey).(string)
	got := unmask(c.FormValue("csrf_token"))
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
