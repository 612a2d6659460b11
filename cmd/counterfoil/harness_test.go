package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// runMainVariable makes the test binary behave as the program: tests start and kill real processes of it.
const runMainVariable = "COUNTERFOIL_TEST_RUN_MAIN"

func TestMain(m *testing.M) {
	if os.Getenv(runMainVariable) != "" {
		main()
		return
	}
	flag.Parse()
	if parallel := flag.Lookup("test.parallel"); parallel.Value.String() == parallel.DefValue {
		_ = parallel.Value.Set("4") // they wait for programs and browsers most of the time, whatever the number of cores
	}
	os.Exit(m.Run())
}

// program is the command line as a process of its own, in an empty environment of its own.
func program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = []string{runMainVariable + "=1", "HOME=" + os.TempDir(), "PATH=" + os.Getenv("PATH")}
	return cmd
}

// demoProcess is a running demo, driven from outside as anybody would.
type demoProcess struct {
	App           string `json:"app"`
	Stripe        string `json:"stripe"`
	StripeKey     string `json:"stripe_key"`
	WebhookSecret string `json:"webhook_secret"`
	Accounts      []struct{ Name, Email, Role, Password string }

	t      *testing.T
	cmd    *exec.Cmd
	stderr *bytes.Buffer
}

// startDemo starts a demo on free ports and waits until it says that it is ready. It is stopped with the test.
func startDemo(t *testing.T, dir string, args ...string) *demoProcess {
	t.Helper()
	args = append([]string{"demo", "--json", "--addr", "127.0.0.1:0", "--data", dir}, args...)
	d := &demoProcess{t: t, cmd: program(args...), stderr: &bytes.Buffer{}}
	d.cmd.Stderr = d.stderr
	stdout, err := d.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(d.kill)
	line := make(chan string, 1)
	go func() {
		text, _ := bufio.NewReader(stdout).ReadString('\n')
		line <- text
		_, _ = io.Copy(io.Discard, stdout)
	}()
	select {
	case text := <-line:
		if err := json.Unmarshal([]byte(text), d); err != nil {
			d.kill()
			t.Fatalf("the demo's line %q: %v\n%s", text, err, d.stderr)
		}
	case <-time.After(2 * time.Minute):
		d.kill()
		t.Fatalf("the demo is not ready\n%s", d.stderr)
	}
	return d
}

// kill is kill -9.
func (d *demoProcess) kill() {
	if d.cmd.ProcessState == nil {
		_ = d.cmd.Process.Kill()
		_ = d.cmd.Wait()
	}
}

// kill9 sends the signal only; safe to call from a timer.
func (d *demoProcess) kill9() { _ = d.cmd.Process.Kill() }

// stop is SIGTERM; it gives the exit code.
func (d *demoProcess) stop() int {
	d.t.Helper()
	if err := d.cmd.Process.Signal(syscall.SIGTERM); err != nil {
		d.t.Fatal(err)
	}
	_ = d.cmd.Wait()
	return d.cmd.ProcessState.ExitCode()
}

// control calls the simulator's control API.
func (d *demoProcess) control(method, path string, body, answer any) {
	d.t.Helper()
	var in io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			d.t.Fatal(err)
		}
		in = bytes.NewReader(text)
	}
	req, err := http.NewRequest(method, d.Stripe+path, in)
	if err != nil {
		d.t.Fatal(err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatalf("%s %s: %v\n%s", method, path, err, d.stderr)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode >= 300 {
		d.t.Fatalf("%s %s: %d %s (%v)", method, path, res.StatusCode, text, err)
	}
	if answer != nil {
		if err := json.Unmarshal(text, answer); err != nil {
			d.t.Fatalf("%s %s: %s: %v", method, path, text, err)
		}
	}
}

// make makes an authorized Klarna order at the simulated Stripe.
func (d *demoProcess) make(fields map[string]any) string {
	d.t.Helper()
	var made struct {
		PaymentIntent string `json:"payment_intent"`
	}
	d.control("POST", "/_sim/orders", fields, &made)
	return made.PaymentIntent
}

// order makes an authorized Klarna order and waits until the desk has it and nothing is left to do.
func (d *demoProcess) order(fields map[string]any) string {
	d.t.Helper()
	order := d.make(fields)
	staff := d.signIn("staff")
	d.eventually(20*time.Second, "the order is in the mirror", func() bool {
		status, page := staff.get("/orders/" + order)
		return status == http.StatusOK && formOf(page, `form[action="/orders/`+order+`/captures"]`) != nil
	})
	return order
}

// stripe reads an object of the simulated Stripe with the demo's key.
func (d *demoProcess) stripe(path string) map[string]any {
	d.t.Helper()
	req, err := http.NewRequest("GET", d.Stripe+path, nil)
	if err != nil {
		d.t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.StripeKey)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		d.t.Fatal(err)
	}
	defer res.Body.Close()
	var o map[string]any
	if err := json.NewDecoder(res.Body).Decode(&o); err != nil {
		d.t.Fatal(err)
	}
	return o
}

// settle waits until the desk says that nothing is left to do.
func (d *demoProcess) settle() {
	d.t.Helper()
	d.eventually(40*time.Second, "the backlog is empty", func() bool {
		res, err := http.Get(d.App + "/healthz")
		if err != nil {
			return false
		}
		defer res.Body.Close()
		var health struct{ Backlog *int }
		return json.NewDecoder(res.Body).Decode(&health) == nil && health.Backlog != nil && *health.Backlog == 0
	})
}

// eventually asks until the answer is yes; it fails the test when that takes too long.
func (d *demoProcess) eventually(within time.Duration, what string, ask func() bool) {
	d.t.Helper()
	deadline := time.Now().Add(within)
	tick := time.NewTicker(30 * time.Millisecond)
	defer tick.Stop()
	for !ask() {
		if time.Now().After(deadline) {
			d.kill() // what it logged can be read once it has ended
			d.t.Fatalf("not within %s: %s\n%s", within, what, d.stderr)
		}
		<-tick.C
	}
}

// person is somebody at a browser without JavaScript.
type person struct {
	t    *testing.T
	base string
	http *http.Client
}

// stranger is somebody who is not signed in.
func (d *demoProcess) stranger() *person {
	d.t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		d.t.Fatal(err)
	}
	return &person{t: d.t, base: d.App, http: &http.Client{Jar: jar, CheckRedirect: func(*http.Request, []*http.Request) error {
		return http.ErrUseLastResponse
	}}}
}

// signIn signs in the demo's account of that role.
func (d *demoProcess) signIn(role string) *person {
	d.t.Helper()
	p := d.stranger()
	for _, a := range d.Accounts {
		if a.Role != role {
			continue
		}
		_, page := p.get("/sign-in")
		form := formOf(page, `form[action="/sessions"]`)
		form.Set("email", a.Email)
		form.Set("password", a.Password)
		if status, page := p.post("/sessions", form); status != http.StatusSeeOther {
			d.t.Fatalf("sign-in as %s: %d %s", role, status, page.Text())
		}
		return p
	}
	d.t.Fatalf("no account for the role %s", role)
	return nil
}

func (p *person) get(path string) (int, *goquery.Document) {
	p.t.Helper()
	res, err := p.http.Get(p.base + path)
	return p.read(res, err)
}

func (p *person) post(path string, form url.Values) (int, *goquery.Document) {
	p.t.Helper()
	res, err := p.http.PostForm(p.base+path, form)
	return p.read(res, err)
}

func (p *person) read(res *http.Response, err error) (int, *goquery.Document) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
	defer res.Body.Close()
	page, err := goquery.NewDocumentFromReader(res.Body)
	if err != nil {
		p.t.Fatal(err)
	}
	return res.StatusCode, page
}

// captureForm opens the order and gives its capture form as it stands there.
func (p *person) captureForm(order string) url.Values {
	p.t.Helper()
	status, page := p.get("/orders/" + order)
	if status != http.StatusOK {
		p.t.Fatalf("order page: %d", status)
	}
	form := formOf(page, `form[action="/orders/`+order+`/captures"]`)
	if form == nil {
		p.t.Fatalf("no capture form on the page:\n%s", strings.Join(strings.Fields(page.Find("main").Text()), " "))
	}
	return form
}

// formOf reads a form's fields with their present values; nil if it is not there.
func formOf(page *goquery.Document, selector string) url.Values {
	form := page.Find(selector).First()
	if form.Length() == 0 {
		return nil
	}
	values := url.Values{}
	form.Find("input[name], textarea[name]").Each(func(_ int, in *goquery.Selection) {
		if kind, _ := in.Attr("type"); kind == "checkbox" || kind == "radio" {
			return
		}
		name, _ := in.Attr("name")
		value, _ := in.Attr("value")
		if goquery.NodeName(in) == "textarea" {
			value = in.Text()
		}
		values.Set(name, value)
	})
	form.Find("select[name]").Each(func(_ int, in *goquery.Selection) {
		name, _ := in.Attr("name")
		value, _ := in.Find("option[selected]").First().Attr("value")
		values.Set(name, value)
	})
	return values
}

// withTracking fills in a carrier and a number.
func withTracking(form url.Values, number string) url.Values {
	form.Set("carrier", "other")
	form.Set("carrier_name", "Brieftaube GmbH")
	form.Set("tracking_number", number)
	return form
}

// requests gives the simulator's log of calls that match.
func (d *demoProcess) requests(method, path string) []map[string]any {
	d.t.Helper()
	var all, match []map[string]any
	d.control("GET", "/_sim/requests", nil, &all)
	for _, r := range all {
		if r["method"] == method && r["path"] == path {
			match = append(match, r)
		}
	}
	return match
}

// captured is the amount that the simulated Stripe captured of a PaymentIntent.
func (d *demoProcess) captured(order string) string {
	d.t.Helper()
	pi := d.stripe("/v1/payment_intents/" + order)
	return fmt.Sprintf("%v %v", pi["status"], pi["amount_received"])
}
