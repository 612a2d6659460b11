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
	forwarded := strings.Split(c.Get(fiber.HeaderXForwardedFor), ",")
	for i := len(forwarded) - 1; i >= 0 && a.proxies.trust(addr); i-- {
		next := strings.TrimSpace(forwarded[i])
		if net.ParseIP(next) == nil {
			break
		}
		addr = next
	}
	return addr
}

// isHTTPS tells whether the browser speaks https: with us, or with a trusted proxy in front of us.
func (a *App) isHTTPS(c *fiber.Ctx) bool {
	if c.Context().IsTLS() {
		return true
	}
	return a.proxies.trust(c.Context().RemoteIP().String()) && strings.EqualFold(c.Get(fiber.HeaderXForwardedProto), "https")
}

// httpsOnly refuses plain http from anywhere but this machine: sessions and customers' data do not travel in the clear.
func (a *App) httpsOnly(c *fiber.Ctx) error {
	if a.isHTTPS(c) || isLoopback(c.Hostname()) {
		return c.Next()
	}
	return &models.Error{Kind: models.KindInvalid, Code: "https_only",
		Message: "This desk is served over https only. Open it with https://, or name the proxy that ends TLS in TRUSTED_PROXIES."}
}

// isLoopback tells whether a Host header names this machine.
func isLoopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	ip := net.ParseIP(strings.Trim(host, "[]"))
	return host == "localhost" || (ip != nil && ip.IsLoopback())
}
