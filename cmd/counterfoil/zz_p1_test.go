package main

import (
	"context"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"counterfoil/models"
	"counterfoil/models/store"
)

func BenchmarkZZP1(b *testing.B) {
	rows, _ := strconv.Atoi(os.Getenv("ROWS"))
	cfg := Config{
		DatabaseURL: filepath.Join(b.TempDir(), "bench.db"), StripeSecretKey: "sk_test_bench", StripeAPIBase: "http://127.0.0.1:1",
		StripeWebhookSecret: benchSecret, ShopTimeZone: "UTC", SecretKey: Secret(strings.Repeat("k", minSecretKey)),
	}
	db, err := openStore(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	d, err := newDesk(b.Context(), cfg, db, utcNow, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	now := utcNow().Unix()
	for from := 0; from < rows; from += 10000 {
		err := db.Writer.Tx(context.Background(), func(tx *store.Tx) error {
			_, err := tx.SQL().Exec(`insert into orders (rowid, id, charge_id, status, currency, amount, amount_capturable, amount_captured, reference, customer_name,
					customer_email, country, created, authorized_at, has_tracking, dispute_status, search_text)
				with recursive n (i) as (select ?1 union all select i + 1 from n where i + 1 < min(?1 + ?2, ?3))
				select (?4 - i*30) << 20, printf('pi_%08d', i), printf('py_%08d', i),
					case when i % 10 = 0 and i < 60000 then 'authorized' when i%30=1 then 'expired' else 'captured' end,
					'EUR', 1000 + i % 9000, 1000, 1000, 'R-' || i, 'Jürgen Größmann ' || i, 'juergen.' || i || '@example.com', 'DE', ?4 - i*30, ?4 - i*30,
					i % 50 > 0, case when i % 100 = 0 then 'needs_response' else '' end, 'jurgen grossmann ' || i || ' juergen.' || i || '@example.com r-' || i
				from n`, from, 10000, rows, now)
			return err
		})
		if err != nil {
			b.Fatal(err)
		}
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
	for _, path := range []string{"/orders?tab=captured", "/orders?status=captured", "/orders", "/orders?tab=to-capture", "/orders?q=grossmann", "/orders?q=123", "/orders?status=captured&country=DE&tracking=no", "/orders?q=r-777&sort=-amount", "/healthz"} {
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
