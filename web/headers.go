package web

import (
	"github.com/gofiber/fiber/v2"

	"counterfoil/static"
)

// contentSecurityPolicy allows our own files and nothing else: no inline script, no inline style, no frames. There are no exceptions.
const contentSecurityPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; " +
	"connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// headers sets what every answer carries before anything else is done, so that errors carry it too.
func (a *App) headers(c *fiber.Ctx) error {
	a.setHeaders(c)
	return c.Next()
}

func (a *App) setHeaders(c *fiber.Ctx) {
	c.Set(fiber.HeaderContentSecurityPolicy, contentSecurityPolicy)
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
	if a.isHTTPS(c) {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	c.Set(fiber.HeaderCacheControl, "no-store") // pages that anybody may keep say so themselves
}

// StaticPath is the route of our own files.
const StaticPath = static.Prefix + "*"

// Static answers GET StaticPath.
func Static(c *fiber.Ctx) error {
	asset, immutable, ok := static.Serve(c.Path())
	if !ok {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderCacheControl, "no-cache")
	if immutable {
		c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	}
	c.Set(fiber.HeaderETag, `"`+asset.Hash+`"`)
	if c.Get(fiber.HeaderIfNoneMatch) == `"`+asset.Hash+`"` {
		return c.SendStatus(fiber.StatusNotModified)
	}
	c.Set(fiber.HeaderContentType, asset.ContentType)
	return c.Send(asset.Body)
}
