package web

import (
	"crypto/rand"
	"net/url"
	"strings"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
)

// Render draws the component whole and then sends it: a page is never cut off in the middle. It is
// drawn into the answer's own memory, which the server keeps for the next one.
func Render(c *fiber.Ctx, status int, component templ.Component) error {
	c.Response().ResetBody()
	if err := component.Render(c.UserContext(), c.Response().BodyWriter()); err != nil {
		c.Response().ResetBody()
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Append(fiber.HeaderVary, "HX-Request", "HX-Request-Type")
	c.Status(status)
	return nil
}

// IsPartial tells whether the browser asks for a part of the page: htmx runs, and does not load a whole page.
func IsPartial(c *fiber.Ctx) bool {
	return c.Get("HX-Request") == "true" && c.Get("HX-Request-Type") != "full" && c.Get("HX-Boosted") != "true"
}

// Asks tells whether the browser asks for one region of the page, by the id of its element.
func Asks(c *fiber.Ctx, region string) bool {
	return IsPartial(c) && strings.HasSuffix(c.Get("HX-Target"), "#"+region)
}

// Redirect leads to another page: 303, or htmx's own header where htmx asked.
func Redirect(c *fiber.Ctx, to string) error {
	if IsPartial(c) {
		c.Set("HX-Redirect", to)
		return c.SendStatus(fiber.StatusOK)
	}
	return c.Redirect(to, fiber.StatusSeeOther)
}

// FormToken makes a nonce for a form: the same nonce again is the same act.
func FormToken() string { return rand.Text() }

// SafeNext gives next if it leads to a page of ours, else the first page.
func SafeNext(next string) string {
	const first = "/"
	if !strings.HasPrefix(next, "/") || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\t\r\n") {
		return first
	}
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || u.User != nil || strings.HasPrefix(u.Path, "//") {
		return first
	}
	return u.RequestURI()
}
