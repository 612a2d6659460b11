package main

import (
	"encoding/csv"
	"errors"
	"io"
	"log/slog"
	"net/url"
	"os"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"counterfoil/models"
	"counterfoil/models/exports"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
	"counterfoil/views"
	"counterfoil/web"
	"counterfoil/web/request"
)

// benchRows is how many orders the desk holds: 100,000, or what COUNTERFOIL_BENCH_ROWS says ('task bench': 1,000,000).
func benchRows() int {
	n, err := strconv.Atoi(os.Getenv("COUNTERFOIL_BENCH_ROWS"))
	if err != nil || n <= 0 {
		return 100_000
	}
	return n
}

// benchDesk is the whole application on a database of made-up orders, asked in process: no network, and somebody is signed in.
type benchDesk struct {
	*desk
	handler fasthttp.RequestHandler
	cookies string
}

func newBenchDesk(b *testing.B, rows int) *benchDesk {
	b.Helper()
	cfg := Config{
		DatabaseURL: storetest.ShopCopy(b, rows), StripeSecretKey: "sk_test_bench", StripeAPIBase: "http://127.0.0.1:1",
		StripeWebhookSecret: benchSecret, ShopTimeZone: "UTC", SecretKey: Secret(strings.Repeat("k", minSecretKey)),
	}
	db, err := openStore(b.Context(), cfg)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = db.Close() })
	d, err := newDesk(b.Context(), cfg, db, storetest.ShopNow, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	const password = "correct horse battery staple"
	if _, err := d.staff.Add(b.Context(), "Sofia Berg", "sofia@nordicgoods.example", models.RoleManager, password); err != nil {
		b.Fatal(err)
	}
	bd := &benchDesk{desk: d, handler: d.app.App.App.Handler()}
	form := bd.ask(b, "GET", "/sign-in", "")
	_, rest, _ := strings.Cut(string(form.Response.Body()), `name="csrf_token" value="`)
	token, _, _ := strings.Cut(rest, `"`)
	bd.keepCookies(form)
	in := bd.ask(b, "POST", "/sessions", url.Values{"csrf_token": {token}, "email": {"sofia@nordicgoods.example"}, "password": {password}}.Encode())
	if in.Response.StatusCode() != fiber.StatusSeeOther {
		b.Fatalf("sign-in: %d", in.Response.StatusCode())
	}
	bd.keepCookies(in)
	return bd
}

func (d *benchDesk) keepCookies(c *fasthttp.RequestCtx) {
	var all []string
	for _, v := range c.Response.Header.PeekAll("Set-Cookie") {
		pair, _, _ := strings.Cut(string(v), ";")
		all = append(all, pair)
	}
	d.cookies = strings.Join(all, "; ")
}

// ask sends a request through the whole application.
func (d *benchDesk) ask(b *testing.B, method, path, form string) *fasthttp.RequestCtx {
	b.Helper()
	var c fasthttp.RequestCtx
	c.Request.Header.SetMethod(method)
	c.Request.SetRequestURI(path)
	c.Request.Header.SetHost("127.0.0.1")
	c.Request.Header.Set("Cookie", d.cookies)
	if form != "" {
		c.Request.Header.SetContentType("application/x-www-form-urlencoded")
		c.Request.Header.Set("Origin", "http://127.0.0.1")
		c.Request.SetBodyString(form)
	}
	d.handler(&c)
	return &c
}

// askWith asks for a page as a browser does that takes it compressed.
func (d *benchDesk) askWith(b *testing.B, path, encodings string) *fasthttp.RequestCtx {
	b.Helper()
	var c fasthttp.RequestCtx
	c.Request.SetRequestURI(path)
	c.Request.Header.SetHost("127.0.0.1")
	c.Request.Header.Set("Cookie", d.cookies)
	c.Request.Header.Set("Accept-Encoding", encodings)
	d.handler(&c)
	return &c
}

// page asks for a page that must be there.
func (d *benchDesk) page(b *testing.B, path string) int {
	b.Helper()
	c := d.ask(b, "GET", path, "")
	if c.Response.StatusCode() != fiber.StatusOK {
		b.Fatalf("%s: %d", path, c.Response.StatusCode())
	}
	defer c.Response.Reset() // as the server does: the next answer uses the memory again
	return len(c.Response.Body())
}

// staticPage is the yardstick of the list: Fiber and templ alone, with the same 50 orders held in memory.
func staticPage(b *testing.B, d *benchDesk) fasthttp.RequestHandler {
	b.Helper()
	page, err := d.db.Reader.Orders(b.Context(), store.OrderQuery{Tab: store.TabCaptured, Now: models.UnixOf(storetest.ShopNow())})
	if err != nil || len(page.Orders) != store.DefaultLimit {
		b.Fatalf("%d orders, %v", len(page.Orders), err)
	}
	counts, err := d.db.Reader.OrderCounts(b.Context(), storetest.ShopNow())
	if err != nil {
		b.Fatal(err)
	}
	in := views.OrdersInput{Shell: views.Shell{Now: storetest.ShopNow(), Zone: time.UTC, CanSeeCustomers: true, CanAct: true, TestMode: true}, Asked: url.Values{"tab": {"captured"}},
		Tab: views.TabCaptured, Orders: page.Orders, OlderCursor: page.Next, CanAct: true, Counts: map[string]int64{}, Currencies: []string{"EUR"}}
	in.Looks.Preferences = models.DefaultListPreferences("stf_1")
	for tab, n := range counts {
		in.Counts[string(tab)] = n
		in.Entries = append(in.Entries, models.ListEntry{Key: string(tab)})
	}
	app := fiber.New()
	person := models.Staff{ID: "stf_1", Name: "Sofia Berg", Role: models.RoleManager}
	app.Get("/", func(c *fiber.Ctx) error {
		c.SetUserContext(request.WithCSRF(request.WithStaff(c.UserContext(), &person), "token"))
		return web.Render(c, fiber.StatusOK, views.OrdersIndex(views.NewOrdersPage(in)))
	})
	return app.Handler()
}

// spent is the processor time of n calls, for each: what other programs take of the machine does not count.
func spent(n int, call func()) (each time.Duration, allocations float64) {
	var before, after syscall.Rusage
	var memBefore, memAfter runtime.MemStats
	call()
	runtime.GC()
	runtime.ReadMemStats(&memBefore)
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	for range n {
		call()
	}
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &after)
	runtime.ReadMemStats(&memAfter)
	cpu := time.Duration(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	return cpu / time.Duration(n), float64(memAfter.TotalAlloc-memBefore.TotalAlloc) / float64(n)
}

// compared is the processor time of a call and of its yardstick, each the median of rounds that take turns: a machine that is slow for a
// while is slow for both. allocations is how many bytes the call allocates for each of the yardstick's.
func compared(call, yardstick func()) (took, yard time.Duration, allocations float64) {
	const rounds, calls = 9, 100
	var times, yards []time.Duration
	for range rounds {
		y, yardBytes := spent(calls, yardstick)
		t, bytes := spent(calls, call)
		times, yards, allocations = append(times, t), append(yards, y), bytes/yardBytes
	}
	slices.Sort(times)
	slices.Sort(yards)
	return times[rounds/2], yards[rounds/2], allocations
}

// staticYardstick is what asks for the static page once.
func staticYardstick(b *testing.B, d *benchDesk) func() {
	b.Helper()
	static := staticPage(b, d)
	var yard fasthttp.RequestCtx
	yard.Request.SetRequestURI("/")
	ask := func() {
		yard.Response.Reset()
		yard.ResetUserValues() // else each request's context would stand on the one before, and take longer to ask
		static(&yard)
	}
	ask()
	if yard.Response.StatusCode() != fiber.StatusOK || len(yard.Response.Body()) < 20_000 {
		b.Fatalf("the yardstick: %d, %d bytes", yard.Response.StatusCode(), len(yard.Response.Body()))
	}
	return ask
}

// reportBeside tells what took how long beside its yardstick.
func reportBeside(b *testing.B, took, yardstick time.Duration, rows int) {
	b.ReportMetric(float64(took.Microseconds()), "us")
	b.ReportMetric(float64(yardstick.Microseconds()), "yardstick-us")
	b.ReportMetric(float64(took)/float64(yardstick), "ratio")
	b.ReportMetric(float64(rows), "rows")
}

// BenchmarkDesk is P1, P4, P6, P7 and P8 of the order list, each beside its yardstick in the same run. The processor's time is compared, not
// the clock. synchronous=FULL, WAL.
func BenchmarkDesk(b *testing.B) {
	rows := benchRows()
	d := newBenchDesk(b, rows)
	yardstick := staticYardstick(b, d)
	report := func(b *testing.B, took, yardstick time.Duration) { reportBeside(b, took, yardstick, rows) }
	for name, path := range map[string]string{"P1 list, tab Captured": "/orders?tab=captured", "P1 list, filtered by status": "/orders?status=captured"} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				took, yard, bytes := compared(func() { d.page(b, path) }, yardstick)
				report(b, took, yard)
				b.ReportMetric(bytes, "alloc-ratio") // P7
			}
		})
	}
	small := newBenchDesk(b, 10_000)
	b.Run("P8 list against 10,000 orders", func(b *testing.B) {
		for b.Loop() {
			many, few, _ := compared(func() { d.page(b, "/orders?tab=captured") }, func() { small.page(b, "/orders?tab=captured") })
			report(b, many, few)
		}
	})
	b.Run("P4 search, p99", func(b *testing.B) { benchSearch(b, d, report) })
	b.Run("P6 CSV", func(b *testing.B) { benchCSV(b, d, rows) })
}

// benchSearch compares the slowest hundredth of many searches with the keyset query of the list, in the store.
func benchSearch(b *testing.B, d *benchDesk, report func(*testing.B, time.Duration, time.Duration)) {
	ctx, now := b.Context(), models.UnixOf(storetest.ShopNow())
	p99 := func(queries []store.OrderQuery) time.Duration {
		var times []time.Duration
		for range 3 {
			for _, q := range queries {
				q.Now = now
				begun := time.Now()
				if _, err := d.db.Reader.Orders(ctx, q); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(begun))
			}
		}
		slices.Sort(times)
		return times[len(times)*99/100]
	}
	var lists, searches, ids []store.OrderQuery
	page, err := d.db.Reader.Orders(ctx, store.OrderQuery{Now: now, Limit: 60})
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range page.Orders {
		lists = append(lists, store.OrderQuery{Tab: store.TabCaptured})
		ids = append(ids, store.OrderQuery{Search: o.ChargeID})
		for _, text := range []string{o.CustomerName, o.CustomerEmail, o.Reference} {
			if letters := []rune(text); len(letters) >= 6 {
				searches = append(searches, store.OrderQuery{Search: text}, store.OrderQuery{Search: string(letters[1:4])}, store.OrderQuery{Search: string(letters[2:])})
			}
		}
	}
	for b.Loop() {
		list := p99(lists)
		report(b, p99(searches), list)
		b.ReportMetric(float64(p99(ids))/float64(list), "id-ratio")
	}
}

// benchCSV compares the file of all orders through the application with a raw scan of the same columns into encoding/csv.
func benchCSV(b *testing.B, d *benchDesk, rows int) {
	for b.Loop() {
		begun := time.Now()
		scanned := rawCSV(b, d.db)
		raw := time.Since(begun)
		var before, peak runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		begun = time.Now()
		written := 0
		// What the stream is made of, without the limit above which a file is written in the background.
		stream := exports.NewStream(b.Context(), d.db.Reader, store.OrderQuery{Now: models.UnixOf(storetest.ShopNow())}, exports.Options{Customers: true, Zone: time.UTC})
		buffer := make([]byte, 64<<10)
		for n := 0; ; n++ {
			k, err := stream.Read(buffer)
			written += k
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				b.Fatal(err)
			}
			if n%200 == 0 {
				var now runtime.MemStats
				runtime.ReadMemStats(&now)
				if now.HeapInuse > peak.HeapInuse {
					peak = now
				}
			}
		}
		took := time.Since(begun)
		if scanned != rows || written < rows*50 {
			b.Fatalf("%d rows scanned, %d bytes written", scanned, written)
		}
		b.ReportMetric(float64(rows)/took.Seconds(), "rows/s")
		b.ReportMetric(float64(rows)/raw.Seconds(), "yardstick-rows/s")
		b.ReportMetric(raw.Seconds()/took.Seconds(), "ratio")
		b.ReportMetric(float64(int64(peak.HeapInuse)-int64(before.HeapInuse))/(1<<20), "MB-growth")
		b.ReportMetric(float64(rows), "rows")
	}
}

func rawCSV(b *testing.B, db *store.DB) (n int) {
	b.Helper()
	found, err := db.Reader.SQL().QueryContext(b.Context(), `select reference, id, charge_id, status, currency, amount, amount_captured, amount_refunded, country, customer_name,
		customer_email, klarna_category, capture_method, created, authorized_at, authorized_at, captured_at, canceled_at, has_tracking, dispute_status from orders order by rowid desc`)
	if err != nil {
		b.Fatal(err)
	}
	defer found.Close()
	out := csv.NewWriter(io.Discard)
	cells, dest := make([]string, 20), make([]any, 20)
	for i := range cells {
		dest[i] = &cells[i]
	}
	for found.Next() {
		if err := found.Scan(dest...); err != nil {
			b.Fatal(err)
		}
		_ = out.Write(cells)
		n++
	}
	out.Flush()
	if err := found.Err(); err != nil {
		b.Fatal(err)
	}
	return n
}
