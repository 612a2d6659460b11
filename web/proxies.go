package web

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"

	"counterfoil/models"
)

// proxies are the addresses whose X-Forwarded headers count.
type proxies []netip.Prefix

func parseProxies(texts []string) (proxies, error) {
	var ps proxies
	for _, text := range texts {
		p, err := netip.ParsePrefix(text)
		if err != nil {
			addr, err := netip.ParseAddr(text)
			if err != nil {
				return nil, &models.Error{Kind: models.KindInvalid, Code: "configuration",
					Message: fmt.Sprintf("TRUSTED_PROXIES: %q is neither an address nor a CIDR range.", text)}
			}
			p = netip.PrefixFrom(addr, addr.BitLen())
		}
		ps = append(ps, p)
	}
	return ps, nil
}

func (ps proxies) trust(addr string) bool {
	ip, err := netip.ParseAddr(addr)
	if err != nil {
		return false
	}
	for _, p := range ps {
		if p.Contains(ip.Unmap()) {
			return true
		}
	}
	return false
}

// ClientAddress is who asks: the peer, or what the nearest trusted proxies say of it. The list is read from the right, since everything
// left of a trusted proxy's entry may be made up.
func (a *App) ClientAddress(c *fiber.Ctx) string {
	addr := c.Context().RemoteIP().String()
	forwarded := forwardedList(c, fiber.HeaderXForwardedFor)
	for i := len(forwarded) - 1; i >= 0 && a.proxies.trust(addr); i-- {
		next, err := netip.ParseAddr(forwarded[i])
		if err != nil {
			break
		}
		addr = next.Unmap().String()
	}
	return addr
}

// forwardedList gives the entries of a header in order. Some proxies append to the line that came in, others add a line of their own.
func forwardedList(c *fiber.Ctx, name string) []string {
	var entries []string
	for _, line := range c.Request().Header.PeekAll(name) {
		for entry := range strings.SplitSeq(string(line), ",") {
			entries = append(entries, strings.TrimSpace(entry))
		}
	}
	return entries
}

// forwarded is what the nearest proxy says in a header, "" unless it is trusted.
func (a *App) forwarded(c *fiber.Ctx, name string) string {
	entries := forwardedList(c, name)
	if len(entries) == 0 || !a.proxies.trust(c.Context().RemoteIP().String()) {
		return ""
	}
	return entries[len(entries)-1]
}

// isHTTPS tells whether the browser speaks https: with us, or with a trusted proxy in front of us.
func (a *App) isHTTPS(c *fiber.Ctx) bool {
	return c.Context().IsTLS() || strings.EqualFold(a.forwarded(c, fiber.HeaderXForwardedProto), "https")
}

// host is the name that the browser knows us by.
func (a *App) host(c *fiber.Ctx) string {
	if host := a.forwarded(c, fiber.HeaderXForwardedHost); host != "" {
		return host
	}
	return string(c.Request().Host())
}

// isProbe tells the addresses that a machine may ask in plain http: they say nothing of anybody and set no cookie.
func isProbe(path string) bool { return path == "/healthz" || path == "/readyz" }

// httpsOnly refuses plain http from anywhere but this machine: sessions and customers' data do not travel in the clear. The refusal is
// plain text, since the files of a page would be refused as well.
func (a *App) httpsOnly(c *fiber.Ctx) error {
	if a.isHTTPS(c) || isLoopback(a.host(c)) || isProbe(c.Path()) {
		return c.Next()
	}
	return c.Status(fiber.StatusForbidden).SendString("This desk is served over https only, and this request came over plain http. Nothing was done.\n" +
		"Open it with https://. If you run the desk: the proxy that ends TLS must send X-Forwarded-Proto, and TRUSTED_PROXIES must name its address.\n")
}

// isLoopback tells whether a Host header names this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
