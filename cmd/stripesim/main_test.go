package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"
)

// asCommand makes the test binary run as the command itself, so that it can be killed for real.
const asCommand = "STRIPESIM_TEST_AS_COMMAND"

func TestMain(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

// process is a running stripesim.
type process struct {
	t      *testing.T
	cmd    *exec.Cmd
	rest   *bufio.Reader
	Stripe string `json:"stripe"`
	Key    string `json:"stripe_key"`
	Secret string `json:"webhook_secret"`
}

func launch(t *testing.T, args ...string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0], append([]string{"--addr", "127.0.0.1:0", "--json"}, args...)...)
	cmd.Env = append(os.Environ(), asCommand+"=1")
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, cmd: cmd, rest: bufio.NewReader(out)}
	// A process that a test has ended already is no trouble.
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	line, err := p.rest.ReadString('\n')
	if err != nil {
		t.Fatalf("no line came: %v", err)
	}
	dec := json.NewDecoder(strings.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(p); err != nil {
		t.Fatalf("the line %s: %v", line, err)
	}
	return p
}

func (p *process) do(method, path, body string) string {
	p.t.Helper()
	r, err := http.NewRequest(method, p.Stripe+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.Key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.t.Fatalf("%s %s: %v", method, path, err)
	}
	defer answer.Body.Close()
	raw, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		p.t.Fatalf("%s %s: %d %v %s", method, path, answer.StatusCode, err, raw)
	}
	return string(raw)
}

func (p *process) end(s syscall.Signal) (code int, more string) {
	p.t.Helper()
	if err := p.cmd.Process.Signal(s); err != nil {
		p.t.Fatal(err)
	}
	rest, err := io.ReadAll(p.rest)
	if err != nil {
		p.t.Fatal(err)
	}
	if err := p.cmd.Wait(); err != nil && s != syscall.SIGKILL {
		p.t.Logf("ended: %v", err)
	}
	return p.cmd.ProcessState.ExitCode(), string(rest)
}

func TestKillAndGoOn(t *testing.T) {
	dir := t.TempDir()
	args := []string{"--data", dir, "--orders", "60", "--seed", "4", "--now", "2026-03-01T09:00:00Z"}
	p := launch(t, args...)
	if !strings.HasPrefix(p.Key, "sk_test_") || !strings.HasPrefix(p.Secret, "whsec_") {
		t.Errorf("key %s, secret %s", p.Key, p.Secret)
	}
	p.do("POST", "/_sim/orders", `{"amount":4711,"order_reference":"NG-KILL"}`)
	p.do("POST", "/_sim/clock", `{"advance":"30h"}`)
	before := p.do("GET", "/v1/charges?limit=100", "")
	p.end(syscall.SIGKILL)

	again := launch(t, args...)
	if again.Key != p.Key || again.Secret != p.Secret {
		t.Errorf("key or secret changed: %s %s", again.Key, again.Secret)
	}
	if after := again.do("GET", "/v1/charges?limit=100", ""); after != before || !strings.Contains(after, "NG-KILL") {
		t.Error("the charges are not what they were before the kill")
	}
	var clock struct{ Now time.Time }
	if err := json.Unmarshal([]byte(again.do("GET", "/_sim/clock", "")), &clock); err != nil || clock.Now.Before(time.Date(2026, 3, 2, 15, 0, 0, 0, time.UTC)) {
		t.Errorf("clock %v %v", clock, err)
	}
	if code, more := again.end(syscall.SIGTERM); code != 0 || more != "" {
		t.Errorf("SIGTERM: exit code %d, more on standard output: %q", code, more)
	}
}

// Whatever was answered before kill -9 is there afterwards.
func TestNothingAnsweredIsLost(t *testing.T) {
	dir := t.TempDir()
	for round := range 3 {
		p := launch(t, "--data", dir)
		answered := make(chan string, 1000)
		for range 3 {
			go func() {
				for captureOne(p, answered) {
				}
			}()
		}
		var captured []string
		for len(captured) < 10+round*5 {
			captured = append(captured, <-answered)
		}
		p.end(syscall.SIGKILL)
		again := launch(t, "--data", dir)
		for _, id := range captured {
			if got := again.do("GET", "/v1/payment_intents/"+id, ""); !strings.Contains(got, `"status":"succeeded"`) {
				t.Errorf("round %d: the capture of %s was answered and lost: %s", round, id, got)
			}
		}
		again.end(syscall.SIGKILL)
	}
}

// captureOne makes an order and captures it, and tells its id when that was answered; false when the process has gone.
func captureOne(p *process, answered chan<- string) bool {
	made, err := http.Post(p.Stripe+"/_sim/orders", "application/json", strings.NewReader("{}"))
	if err != nil {
		return false
	}
	defer made.Body.Close()
	var order struct {
		ID string `json:"payment_intent"`
	}
	if json.NewDecoder(made.Body).Decode(&order) != nil {
		return false
	}
	r, err := http.NewRequest("POST", p.Stripe+"/v1/payment_intents/"+order.ID+"/capture", nil)
	if err != nil {
		return false
	}
	r.Header.Set("Authorization", "Bearer "+p.Key)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	if _, err := io.Copy(io.Discard, answer.Body); err != nil || answer.StatusCode != http.StatusOK {
		return false
	}
	answered <- order.ID
	return true
}

func TestSameFlagsSameShop(t *testing.T) {
	args := []string{"--orders", "45", "--seed", "9", "--now", "2026-03-01T09:00:00Z"}
	one, two := launch(t, args...), launch(t, args...)
	for _, path := range []string{"/v1/payment_intents", "/v1/disputes", "/v1/payouts", "/v1/events"} {
		if one.do("GET", path+"?limit=100", "") != two.do("GET", path+"?limit=100", "") {
			t.Errorf("%s differ", path)
		}
	}
}

func TestWrongUse(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	file := t.TempDir() + "/file"
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"--bogus"}, "bogus"},
		{[]string{"--orders", "many"}, "many"},
		{[]string{"--orders", "-1"}, "--orders"},
		{[]string{"extra"}, "extra"},
		{[]string{"--now", "yesterday"}, "yesterday"},
		{[]string{"--key", "sk_live_x", "--addr", "127.0.0.1:0"}, "sk_test_"},
		{[]string{"--webhook-url", "nowhere", "--addr", "127.0.0.1:0"}, "webhook URL"},
		{[]string{"--addr", taken.Addr().String()}, "address already in use"},
		{[]string{"--data", file, "--addr", "127.0.0.1:0"}, file},
	} {
		var out, logs bytes.Buffer
		code := run(context.Background(), tc.args, &out, &logs)
		if code != 2 || strings.Count(logs.String(), "\n") != 1 || !strings.Contains(logs.String(), tc.want) || out.Len() != 0 {
			t.Errorf("%v: exit code %d, %q on standard error, %q on standard output; want 2 and one line with %q", tc.args, code, &logs, &out, tc.want)
		}
	}
	var out, logs bytes.Buffer
	if code := run(context.Background(), []string{"-h"}, &out, &logs); code != 0 || !strings.Contains(out.String(), "-webhook-url") {
		t.Errorf("help: %d %s", code, &out)
	}
}
