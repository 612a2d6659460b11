package web

import (
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
)

// Flash is the result of an act, shown on the next page and never again. It carries no customer's data.
type Flash struct {
	Title string `json:"title"`
	Text  string `json:"text,omitempty"`
	Doubt bool   `json:"doubt,omitempty"` // done, with something to look at
	Undo  string `json:"undo,omitempty"`  // where a form takes the act back; empty for what cannot be undone
}

// flashLifetime is how long a redirect may take.
const flashLifetime = time.Minute

// maxFlash bounds the cookie, in bytes: a browser that sends more than it may is refused with each request.
const maxFlash = 2 << 10

// SetFlash keeps the result for the next page, in a signed cookie. One that is too long is left out.
func (a *App) SetFlash(c *fiber.Ctx, f Flash) {
	text, err := json.Marshal(f)
	if err != nil || len(text) > maxFlash {
		return
	}
	body := base64.RawURLEncoding.EncodeToString(text)
	a.setCookie(c, a.cookieName(c, "counterfoil-flash"), body+"."+a.sign("flash", body), flashLifetime)
}

// TakeFlash gives the result that the page before left, once; nil without one.
func (a *App) TakeFlash(c *fiber.Ctx) *Flash {
	name := a.cookieName(c, "counterfoil-flash")
	value := c.Cookies(name)
	if value == "" {
		return nil
	}
	a.setCookie(c, name, "", -1)
	body, mac, _ := strings.Cut(value, ".")
	if subtle.ConstantTimeCompare([]byte(mac), []byte(a.sign("flash", body))) != 1 {
		return nil
	}
	var f Flash
	text, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(text, &f) != nil {
		return nil
	}
	return &f
}
