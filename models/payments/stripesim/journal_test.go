package stripesim_test

import (
	"bytes"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models/payments/stripesim"
)

// killed copies a folder as kill -9 would leave it: while the simulator still runs.
func killed(t *testing.T, dir string) string {
	t.Helper()
	to := t.TempDir()
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		raw, err := os.ReadFile(filepath.Join(dir, n.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(to, n.Name()), raw, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return to
}

// everything is all that the API shows.
func (w *world) everything() map[string]string {
	w.t.Helper()
	out := map[string]string{}
	for _, path := range []string{"payment_intents", "charges", "refunds", "disputes", "files", "payouts", "balance_transactions", "customers", "events", "webhook_endpoints"} {
		_, body, err := w.raw("GET", "/v1/"+path+"?limit=100", "", nil)
		if err != nil {
			w.t.Fatal(err)
		}
		out[path] = string(body)
	}
	_, body, _ := w.raw("GET", "/v1/balance", "", nil)
	out["balance"] = string(body)
	return out
}

func TestStateSurvivesKill(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, stripesim.Options{Dir: dir, Seed: 5})
	id, charge := w.captured(`{"customer_name":"Käthe Groß","amount":9000}`)
	w.order(`{"state":"started"}`)
	open, _ := w.order(`{"state":"authorized"}`)
	w.dispute(`{"charge":"` + charge + `","outcome":"won"}`)
	proof := w.evidenceFile(100)
	staged := w.chargeback()
	w.update(staged.ID, "evidence[receipt]="+proof+"&evidence[shipping_carrier]=DHL&submit=false")
	if _, _, err := w.raw("POST", "/v1/refunds", "charge="+charge+"&amount=100", map[string]string{"Idempotency-Key": "refund"}); err != nil {
		t.Fatal(err)
	}
	w.advance("200h")
	w.control("POST", "/_sim/payouts", "", 200, nil)
	w.control("POST", "/_sim/settings", `{"shipping_after_authorization":"refuse"}`, 200, nil)
	w.control("POST", "/_sim/faults", `{"path":"/v1/payment_intents/*/cancel","status":500}`, 200, nil)
	if answer, _, _ := w.raw("POST", "/v1/payment_intents/"+open+"/cancel", "", map[string]string{"Idempotency-Key": "cancel"}); answer.StatusCode != 500 {
		t.Fatal("the fault did not happen")
	}
	before := w.everything()

	again := newWorld(t, stripesim.Options{Dir: killed(t, dir)})
	if diff := cmp.Diff(before, again.everything()); diff != "" {
		t.Errorf("after the kill (-before +after):\n%s", diff)
	}
	if now := again.sim.Now(); now.Before(start.Add(200 * time.Hour)) {
		t.Errorf("the clock fell back to %s", now)
	}
	replayed, _, err := again.raw("POST", "/v1/refunds", "charge="+charge+"&amount=100", map[string]string{"Idempotency-Key": "refund"})
	if err != nil || replayed.StatusCode != 200 || replayed.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the key was forgotten: %v %v", replayed, err)
	}
	replayed, _, err = again.raw("POST", "/v1/payment_intents/"+open+"/cancel", "", map[string]string{"Idempotency-Key": "cancel"})
	if err != nil || replayed.StatusCode != 500 || replayed.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("the kept failure was forgotten: %v %v", replayed, err)
	}
	if _, content, err := again.raw("GET", "/v1/files/"+proof+"/contents", "", nil); err != nil || !bytes.Equal(content, pdf(100)) {
		t.Errorf("the file came back as %q %v", content, err)
	}
	var settings map[string]string
	again.control("GET", "/_sim/settings", "", 200, &settings)
	if settings["shipping_after_authorization"] != "refuse" {
		t.Errorf("settings: %v", settings)
	}
	next, _ := again.order(`{}`)
	if strings.Contains(before["payment_intents"], next) || next == id {
		t.Errorf("the id %s was given twice", next)
	}
	again.advance("600h")
	if got := again.intent(open).Status; got != "canceled" {
		t.Errorf("an authorization from before the kill did not run out: %s", got)
	}
}

func TestTornLastLine(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, stripesim.Options{Dir: dir})
	first, _ := w.order(`{}`)
	image := killed(t, dir)
	name := filepath.Join(image, "journal.0.jsonl")
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	lines := bytes.SplitAfter(bytes.TrimSuffix(whole, []byte("\n")), []byte("\n"))
	last := lines[len(lines)-1]
	for _, cut := range []int{1, len(last) / 2, len(last)} {
		torn := append(bytes.Clone(whole), last[:cut]...)
		if err := os.WriteFile(name, torn, 0o600); err != nil {
			t.Fatal(err)
		}
		func() {
			sim, err := stripesim.New(stripesim.Options{Dir: image, Key: testKey})
			if err != nil {
				t.Fatalf("cut at %d: %v", cut, err)
			}
			defer sim.Close()
		}()
	}
	again := newWorld(t, stripesim.Options{Dir: image})
	second, _ := again.order(`{}`)
	third := newWorld(t, stripesim.Options{Dir: killed(t, image)})
	if ids, _ := third.page("/v1/payment_intents"); len(ids) != 2 || ids[0] != second || ids[1] != first {
		t.Errorf("payments %v, want %s and %s", ids, second, first)
	}
}

func TestDamageIsNamed(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, stripesim.Options{Dir: dir})
	w.order(`{}`)
	w.order(`{}`)
	image := killed(t, dir)
	name := filepath.Join(image, "journal.0.jsonl")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	raw[2] = '!'
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := stripesim.New(stripesim.Options{Dir: image}); err == nil || !strings.Contains(err.Error(), "journal.0.jsonl, line 1,") {
		t.Errorf("error %v, want one that names the line", err)
	}
	if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, raw) {
		t.Error("the damaged file was changed")
	}
}

func TestFolderIsTakenOnce(t *testing.T) {
	dir := t.TempDir()
	newWorld(t, stripesim.Options{Dir: dir})
	if _, err := stripesim.New(stripesim.Options{Dir: dir}); err == nil || !strings.Contains(err.Error(), "in use") {
		t.Errorf("error %v, want: in use", err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := stripesim.New(stripesim.Options{Dir: file}); err == nil || !strings.Contains(err.Error(), file) {
		t.Errorf("error %v, want one that names the folder", err)
	}
}

// What was not delivered is delivered after the restart, and what was is not delivered again.
func TestDeliveriesSurviveKill(t *testing.T) {
	dir := t.TempDir()
	box := newInbox(t, nil)
	w := newWorld(t, stripesim.Options{Dir: dir, WebhookURL: box.URL, WebhookSecret: "whsec_kept"})
	w.order(`{}`)
	w.advance("0s")
	w.control("POST", "/_sim/webhooks", `{"mode":"hold"}`, 200, nil)
	id, _ := w.order(`{}`)
	later := newInbox(t, func(int, []byte) int { return http.StatusNoContent })
	again := newWorld(t, stripesim.Options{Dir: killed(t, dir), WebhookURL: later.URL})
	again.control("POST", "/_sim/webhooks", `{"mode":"deliver"}`, 200, nil)
	got := later.wait(t, 4)
	if diff := cmp.Diff(orderEvents, types(got)); diff != "" {
		t.Errorf("deliveries (-want +got):\n%s", diff)
	}
	if !bytes.Contains(got[0].body, []byte(id)) || again.sim.WebhookSecret() != "whsec_kept" {
		t.Errorf("delivered %s, secret %s", got[0].body, again.sim.WebhookSecret())
	}
}

// A shop of any size is written as a snapshot, and a journal that has grown becomes one at the next start.
func TestSnapshots(t *testing.T) {
	dir := t.TempDir()
	w := newWorld(t, stripesim.Options{Dir: dir, Seed: 1})
	w.control("POST", "/_sim/shop", `{"orders":60,"seed":1}`, 200, nil)
	for range 200 {
		w.order(`{}`)
	}
	proof := w.evidenceFile(1000)
	before := w.everything()
	image := killed(t, dir)
	for range 2 {
		again := newWorld(t, stripesim.Options{Dir: image})
		if _, content, err := again.raw("GET", "/v1/files/"+proof+"/contents", "", nil); err != nil || !bytes.Equal(content, pdf(1000)) {
			t.Errorf("reopened, the file has %d bytes: %v", len(content), err)
		}
		if diff := cmp.Diff(before, again.everything()); diff != "" {
			t.Fatalf("reopened (-before +after):\n%s", diff)
		}
		image = killed(t, image)
	}
	if names, _ := filepath.Glob(filepath.Join(image, "snapshot.*.jsonl")); len(names) != 1 || !strings.HasSuffix(names[0], "snapshot.2.jsonl") {
		t.Errorf("snapshots %v, want the second alone", names)
	}
	w.control("POST", "/_sim/shop", `{"orders":5}`, 409, nil)
}
