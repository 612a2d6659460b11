package main

import (
	"log/slog"
	"net/url"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"counterfoil/models"
	"counterfoil/models/store/storetest"
)

func BenchmarkZZP1(b *testing.B) {
	rows, _ := strconv.Atoi(os.Getenv("ROWS"))
	cfg := Config{
		DatabaseURL: storetest.ShopCopy(b, rows), StripeSecretKey: "sk_test_bench", StripeAPIBase: "http://127.0.0.1:1",
		StripeWebhookSecret: benchSecret, ShopTimeZone: "UTC", SecretKey: Secret(strings.Repeat("k", minSecretKey)),
	}
	db, err := openStore(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	d, err := newDesk(b.Context(), cfg, db, storetest.ShopNow, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if _, err := d.staff.Add(b.Context(), "Sofia Berg", "sofia@x.example", models.RoleManager, "correct horse battery"); err != nil {
		b.Fatal(err)
	}
	h := d.app.App.App.Handler()
	do := func(method, path, body string, cookies string) *fasthttp.RequestCtx {
		var ctx fasthttp.RequestCtx
		ctx.Request.Header.SetMethod(method)
		ctx.Request.SetRequestURI(path)
		ctx.Request.Header.SetHost("127.0.0.1")
		if cookies != "" {
			ctx.Request.Header.Set("Cookie", cookies)
		}
		if body != "" {
			ctx.Request.Header.SetContentType("application/x-www-form-urlencoded")
			ctx.Request.SetBodyString(body)
			ctx.Request.Header.Set("Origin", "http://127.0.0.1")
		}
		h(&ctx)
		return &ctx
	}
	page := do("GET", "/sign-in", "", "")
	html := string(page.Response.Body())
	_, rest, _ := strings.Cut(html, `name="csrf_token" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	cookie := func(c *fasthttp.RequestCtx) string {
		var out []string
		c.Response.Header.VisitAllCookie(func(k, v []byte) { s, _, _ := strings.Cut(string(v), ";"); out = append(out, s) })
		return strings.Join(out, "; ")
	}
	in := do("POST", "/sessions", url.Values{"csrf_token": {token}, "email": {"sofia@x.example"}, "password": {"correct horse battery"}}.Encode(), cookie(page))
	if in.Response.StatusCode() != 303 {
		b.Fatalf("%d %s", in.Response.StatusCode(), in.Response.Body())
	}
	session := cookie(in)
	for _, path := range []string{"/orders?tab=captured", "/orders?status=captured", "/orders", "/orders?tab=to-capture", "/orders?tab=running-out", "/orders?tab=expired", "/orders?country=SE", "/orders?sort=amount&currency=EUR", "/orders?q=muller", "/orders?q=%C3%A5ngstrom", "/orders?q=NG-0500", "/orders?q=ng-123456", "/orders?q=exa", "/orders?q=example&country=CH", "/orders?status=captured&country=DE&tracking=no", "/orders?q=777&sort=-amount", "/healthz"} {
		b.Run(path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				got := do("GET", path, "", session)
				if got.Response.StatusCode() != fiber.StatusOK {
					b.Fatal(got.Response.StatusCode())
				}
				b.SetBytes(int64(len(got.Response.Body())))
			}
		})
	}
}
