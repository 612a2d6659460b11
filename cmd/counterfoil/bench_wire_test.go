package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"counterfoil/models/store/storetest"
)

// BenchmarkStart is P7: how long the real program takes from its start until it answers, on a full database and on an empty one, and how
// much memory it holds when nobody asks for anything.
func BenchmarkStart(b *testing.B) {
	rows := benchRows()
	full, empty := storetest.ShopCopy(b, rows), filepath.Join(b.TempDir(), "empty.db")
	startServe(b, empty) // makes the schema
	for b.Loop() {
		var times [2]time.Duration
		var memory int
		for i, path := range []string{full, empty} {
			best := time.Hour
			for range 3 {
				took, resident := startServe(b, path)
				if took < best {
					best = took
				}
				if i == 0 {
					memory = resident
				}
			}
			times[i] = best
		}
		b.ReportMetric(float64(times[0].Milliseconds()), "ms")
		b.ReportMetric(float64(times[1].Milliseconds()), "yardstick-ms")
		b.ReportMetric(float64(times[0])/float64(times[1]), "ratio")
		b.ReportMetric(float64(memory)/(1<<20), "MB-idle")
		b.ReportMetric(float64(rows), "rows")
	}
}

// startServe starts the program on a database and gives the time until it answers, and its resident memory after a pause.
func startServe(b *testing.B, path string) (took time.Duration, resident int) {
	b.Helper()
	port := 20_000 + os.Getpid()%20_000
	address := "127.0.0.1:" + strconv.Itoa(port)
	cmd := program("serve")
	cmd.Env = append(cmd.Env, "DATABASE_URL="+path, "STRIPE_SECRET_KEY=sk_test_bench", "STRIPE_WEBHOOK_SECRET=whsec_bench", "STRIPE_API_BASE=http://127.0.0.1:1",
		"SECRET_KEY="+strings.Repeat("k", minSecretKey), "ADDR="+address)
	begun := time.Now()
	if err := cmd.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	for time.Since(begun) < time.Minute {
		if res, err := http.Get("http://" + address + "/healthz"); err == nil {
			_ = res.Body.Close()
			took = time.Since(begun)
			break
		}
		time.Sleep(2 * time.Millisecond)
	}
	if took == 0 {
		b.Fatal("the desk does not start")
	}
	time.Sleep(2 * time.Second)
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", cmd.Process.Pid))
	if err != nil {
		b.Skip("no /proc here: memory cannot be looked at")
	}
	pages, err := strconv.Atoi(strings.Fields(string(text))[1])
	if err != nil {
		b.Fatal(err)
	}
	return took, pages * os.Getpagesize()
}

// BenchmarkWire is P9: what a signed-in page weighs on the wire with its stylesheet and scripts, without fonts.
func BenchmarkWire(b *testing.B) {
	d := newBenchDesk(b, 10_000)
	weigh := func(path string) int {
		c := d.askWith(b, path, "gzip, br")
		if c.Response.StatusCode() != http.StatusOK {
			b.Fatalf("%s: %d", path, c.Response.StatusCode())
		}
		return len(c.Response.Body())
	}
	plain := d.ask(b, "GET", "/orders", "")
	page, err := goquery.NewDocumentFromReader(strings.NewReader(string(plain.Response.Body())))
	if err != nil {
		b.Fatal(err)
	}
	assets := 0
	page.Find(`link[rel="stylesheet"], script[src]`).Each(func(_ int, s *goquery.Selection) {
		assets += weigh(s.AttrOr("href", s.AttrOr("src", "")))
	})
	icons, _ := page.Find("use").First().Attr("href")
	icons, _, _ = strings.Cut(icons, "#")
	assets += weigh(icons)
	order := page.Find(`tbody a[href^="/orders/pi_"]`).First().AttrOr("href", "")
	for b.Loop() {
		for name, path := range map[string]string{"today-kB": "/", "orders-kB": "/orders", "order-kB": order} {
			b.ReportMetric(float64(weigh(path)+assets)/1000, name)
		}
	}
}
