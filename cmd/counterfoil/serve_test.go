package main

import (
	"bytes"
	"database/sql"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"counterfoil/models/payments/stripesim"
)

// lockedBuffer is read while a process writes to it.
type lockedBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// serveEnvironment is what serve needs, on a simulated Stripe.
func serveEnvironment(t *testing.T, stripe *httptest.Server, sim *stripesim.Sim) []string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	_ = l.Close()
	return []string{
		"ADDR=" + addr, "DATABASE_URL=" + filepath.Join(t.TempDir(), "desk.db"), "STRIPE_SECRET_KEY=" + sim.Key(),
		"STRIPE_WEBHOOK_SECRET=" + sim.WebhookSecret(), "STRIPE_API_BASE=" + stripe.URL, "SECRET_KEY=" + strings.Repeat("s", minSecretKey),
		"SHOP_NAME=Testladen", "SHOP_TIME_ZONE=Europe/Berlin",
	}
}

// TestServe starts serve on an empty database: it migrates, reads the account by itself, makes the first account through the one-time
// link, takes events, and refuses a key of the other mode afterwards.
func TestServe(t *testing.T) {
	t.Parallel()
	sim, err := stripesim.New(stripesim.Options{Seed: 3, WebhookSecret: "whsec_test_of_serve"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = sim.Close() })
	if err := sim.MakeShop(stripesim.ShopOptions{Orders: 15, Seed: 3}); err != nil {
		t.Fatal(err)
	}
	stripe := httptest.NewServer(sim.Handler())
	t.Cleanup(stripe.Close)
	env := serveEnvironment(t, stripe, sim)
	logs := &lockedBuffer{}
	cmd := program("serve")
	cmd.Env, cmd.Stderr = append(cmd.Env, env...), logs
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d := &demoProcess{t: t, cmd: cmd, App: "http://" + strings.TrimPrefix(env[0], "ADDR="), Stripe: stripe.URL, StripeKey: sim.Key(), stderr: &bytes.Buffer{}}
	t.Cleanup(d.kill)

	link := regexp.MustCompile(`/set-up\?token=\S+`)
	d.eventually(20*time.Second, "the set-up link is printed", func() bool { return link.MatchString(logs.String()) })
	d.settle() // the first sync counts as backlog
	d.makeFirstAccount(link.FindString(logs.String()))
	admin := d.signIn("admin")
	if _, page := admin.get("/orders"); !strings.Contains(page.Find("main").Text(), "shown") {
		t.Errorf("the first sync brought no orders: %s", page.Find("main").Text())
	}
	if err := sim.SetEndpoint(d.App+"/stripe/events", sim.WebhookSecret()); err != nil {
		t.Fatal(err)
	}
	order := d.make(map[string]any{"amount": 4711, "currency": "eur", "shipping": true, "customer_name": "Zacharias Quittenbaum"})
	d.eventually(10*time.Second, "the event arrives", func() bool { status, _ := admin.get("/orders/" + order); return status == http.StatusOK })
	if code := d.stop(); code != 0 {
		t.Errorf("SIGTERM: exit code %d\n%s", code, logs)
	}
	for _, secret := range []string{"Quittenbaum", sim.Key(), sim.WebhookSecret(), "sssssssss", "quite a long password"} {
		if strings.Contains(logs.String(), secret) {
			t.Errorf("the log holds %q", secret)
		}
	}
	askDoctor(t, env)
	refuseLiveKey(t, env)
}

// askDoctor checks a sound desk, and one whose sums are not its rows'.
func askDoctor(t *testing.T, env []string) {
	t.Helper()
	doctor := func() string {
		cmd := program("doctor")
		cmd.Env = append(cmd.Env, env...)
		out, _ := cmd.Output()
		return string(out)
	}
	if out := doctor(); strings.Count(out, "ok   ") != 4 || strings.Contains(out, "BAD") {
		t.Errorf("a sound desk: %s", out)
	}
	db, err := sql.Open("sqlite", strings.TrimPrefix(env[1], "DATABASE_URL="))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`update practice_capture_weeks set captured = captured + 1`); err != nil {
		t.Fatal(err)
	}
	if out := doctor(); !strings.Contains(out, "BAD  sums: practice_capture_weeks") || strings.Count(out, "ok   ") != 3 {
		t.Errorf("wrong sums: %s", out)
	}
}

// makeFirstAccount goes through the one-time link, and finds it used up afterwards.
func (d *demoProcess) makeFirstAccount(link string) {
	d.t.Helper()
	stranger := d.stranger()
	_, page := stranger.get(link)
	form := formOf(page, `form[action="/set-up"]`)
	if form == nil {
		d.t.Fatalf("no form behind the link: %s", page.Text())
	}
	form.Set("name", "Ines Haller")
	form.Set("email", "ines@example.com")
	form.Set("password", "quite a long password")
	if status, page := stranger.post("/set-up", form); status != http.StatusSeeOther {
		d.t.Fatalf("set-up: %d %s", status, page.Text())
	}
	if _, page := stranger.get(link); formOf(page, `form[action="/set-up"]`) != nil {
		d.t.Error("the link works a second time")
	}
	d.Accounts = append(d.Accounts, struct{ Name, Email, Role, Password string }{"Ines Haller", "ines@example.com", "admin", "quite a long password"})
}

// refuseLiveKey starts serve with a live key on the test database.
func refuseLiveKey(t *testing.T, env []string) {
	t.Helper()
	var live []string
	for _, v := range env {
		if !strings.HasPrefix(v, "STRIPE_API_BASE=") && !strings.HasPrefix(v, "STRIPE_SECRET_KEY=") {
			live = append(live, v)
		}
	}
	cmd := program("serve")
	cmd.Env = append(append(cmd.Env, live...), "STRIPE_SECRET_KEY=sk_live_51NeverUsed")
	out, _ := cmd.CombinedOutput()
	if code := cmd.ProcessState.ExitCode(); code != 2 || !strings.Contains(string(out), "Live and test never mix") {
		t.Errorf("a live key on a test database: exit code %d, %s", code, out)
	}
}

// TestStripeAway takes Stripe away: reading goes on, an act says that nothing was done, and all is well when it is back.
func TestStripeAway(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "8")
	staff := d.signIn("staff")
	order := d.order(map[string]any{"amount": 9900, "currency": "eur", "shipping": true})
	form := withTracking(staff.captureForm(order), "TAUBE-AWAY")
	for _, method := range []string{"GET", "POST"} {
		for _, path := range []string{"/v1/payment_intents/*", "/v1/payment_intents/*/*", "/v1/charges/*"} {
			d.control("POST", "/_sim/faults", map[string]any{"method": method, "path": path, "times": 1000, "status": 503}, nil)
		}
	}
	for _, path := range []string{"/orders", "/orders/" + order, "/disputes", "/help"} {
		if status, _ := staff.get(path); status != http.StatusOK {
			t.Errorf("%s while Stripe is away: %d", path, status)
		}
	}
	if status, page := staff.post("/orders/"+order+"/captures", form); status != http.StatusServiceUnavailable || !strings.Contains(notices(page), "Nothing was captured") {
		t.Errorf("capture while Stripe is away: %d %s", status, notices(page))
	}
	d.control("DELETE", "/_sim/faults", nil, nil)
	d.settle()
	if status, page := staff.post("/orders/"+order+"/captures", withTracking(staff.captureForm(order), "TAUBE-BACK")); status != http.StatusSeeOther {
		t.Errorf("capture when Stripe is back: %d %s", status, notices(page))
	}
	if got := d.captured(order); got != "succeeded 9900" {
		t.Errorf("at Stripe: %s", got)
	}
}

// TestEventsInAnyOrder holds webhooks back, doubles them and turns them round: the desk ends as Stripe is.
func TestEventsInAnyOrder(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "4")
	staff := d.signIn("staff")
	for _, mode := range []string{"deliver", "duplicate", "reverse"} {
		order := d.order(map[string]any{"amount": 2500, "currency": "eur", "shipping": true})
		form := withTracking(staff.captureForm(order), "TAUBE-"+strings.ToUpper(mode))
		d.control("POST", "/_sim/webhooks", map[string]any{"mode": "hold"}, nil)
		if status, page := staff.post("/orders/"+order+"/captures", form); status != http.StatusSeeOther {
			t.Fatalf("%s: capture: %d %s", mode, status, notices(page))
		}
		d.control("POST", "/_sim/webhooks", map[string]any{"mode": mode}, nil)
		d.settle()
		d.control("POST", "/_sim/webhooks", map[string]any{"mode": "deliver"}, nil)
		_, page := staff.get("/orders/" + order)
		if badge := page.Find("main .badge").First().Text(); !strings.Contains(badge, "Captured") {
			t.Errorf("%s: the page's badge is %q", mode, badge)
		}
	}
}

// TestEventsAreChecked sends what is not Stripe's, and what is too large.
func TestEventsAreChecked(t *testing.T) {
	t.Parallel()
	d := startDemo(t, t.TempDir(), "--orders", "2")
	event := []byte(`{"id":"evt_mine","object":"event","type":"charge.captured","created":1,"livemode":false,"api_version":"2023-10-16","data":{"object":{"id":"py_x","object":"charge"}}}`)
	signed := func(body []byte, secret string, at time.Time) int {
		req, err := http.NewRequest("POST", d.App+"/stripe/events", bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Stripe-Signature", stripesim.Sign(body, secret, at))
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		_, _ = io.Copy(io.Discard, res.Body)
		return res.StatusCode
	}
	live := bytes.Replace(event, []byte(`"livemode":false`), []byte(`"livemode":true`), 1)
	for name, c := range map[string]struct {
		got, want int
	}{
		"another secret":      {signed(event, "whsec_other", time.Now()), 400},
		"signed too long ago": {signed(event, d.WebhookSecret, time.Now().Add(-time.Hour)), 400},
		"no event":            {signed([]byte(`garbage`), d.WebhookSecret, time.Now()), 400},
		"the other mode":      {signed(live, d.WebhookSecret, time.Now()), 400},
		"over a megabyte":     {signed(bytes.Repeat([]byte("x"), 1<<20+1), d.WebhookSecret, time.Now()), 413},
		"an unknown type":     {signed(bytes.Replace(event, []byte("charge.captured"), []byte("climate.order.created"), 1), d.WebhookSecret, time.Now()), 200},
	} {
		if c.got != c.want {
			t.Errorf("%s: %d, want %d", name, c.got, c.want)
		}
	}
}

// TestBaseURLHasNoSlashAtItsEnd: links in mails and on the help pages put a path behind it.
func TestBaseURLHasNoSlashAtItsEnd(t *testing.T) {
	t.Setenv("BASE_URL", "https://desk.example.com/")
	c, err := loadConfig()
	if err != nil {
		t.Fatal(err)
	}
	if got := (&desk{cfg: c}).address() + "/mails"; got != "https://desk.example.com/mails" {
		t.Errorf("a link is %s", got)
	}
}
