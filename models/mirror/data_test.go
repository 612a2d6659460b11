package mirror_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"counterfoil/models"
)

// recorded is a Stripe object or event that was found in the recorded data.
type recorded struct {
	file, kind string
	object     map[string]any
}

// tally counts what became of what was found.
type tally struct {
	refused, stored map[string]int // by reason; by state
	reasons         map[string]int
}

// TestRealInput gives everything that Stripe once sent to the mirror: it is imported with the source's own amounts, or refused with a
// reason that names a field, an object type or an API version; and nothing is lost on the way.
func TestRealInput(t *testing.T) {
	found := findRecorded(t)
	w := newWorld(t)
	count := tally{map[string]int{}, map[string]int{}, map[string]int{}}
	for i, r := range found {
		id := fmt.Sprintf("evt_real%d", i)
		body := r.event(t, id, start.Unix()+int64(i))
		err := w.mirror.Receive(context.Background(), body)
		if err != nil {
			var e *models.Error
			if !errors.As(err, &e) || e.Kind != models.KindInvalid || e.Field == "" {
				t.Errorf("%s: %s %v refused without a field: %v", r.file, r.kind, r.object["id"], err)
			}
			count.refused[fmt.Sprint(e)]++
			continue
		}
		state, reason := w.eventState(id)
		count.stored[state]++
		w.checkRecorded(r, models.EventState(state), reason)
		if state != string(models.EventApplied) {
			count.reasons[state+": "+reason]++
		}
	}
	w.idle()
	stored, refused := 0, 0
	for _, n := range count.stored {
		stored += n
	}
	for _, n := range count.refused {
		refused += n
	}
	if rows := len(dump(t, w.db, "select id from stripe_events")); rows != stored || stored+refused != len(found) {
		t.Errorf("%d found, %d stored (%d rows), %d refused", len(found), stored, rows, refused)
	}
	if zero := dump(t, w.db, `select id from orders where amount = 0 union all select id from refunds where amount = 0 union all select id from disputes where amount = 0`); len(zero) != 0 {
		t.Errorf("amounts of zero: %v", zero)
	}
	t.Logf("%d objects and events: %v; refused: %d", len(found), count.stored, refused)
	for _, counts := range []map[string]int{count.refused, count.reasons} {
		for reason, n := range counts {
			t.Logf("%4d %s", n, reason)
		}
	}
	for _, table := range []string{"orders", "refunds", "disputes", "payouts", "balance_transactions", "stripe_objects"} {
		t.Logf("%s: %d", table, len(dump(t, w.db, "select id from "+table)))
	}
	if count.stored["applied"] < 50 || w.orderCount() == 0 {
		t.Errorf("only %d were imported, %d orders", count.stored["applied"], w.orderCount())
	}
}

// event gives the recording as an event with an id and a moment of its own: ids repeat in the recordings.
func (r *recorded) event(t *testing.T, id string, created int64) []byte {
	t.Helper()
	event := map[string]any{"id": id, "object": "event", "api_version": "2023-10-16", "type": r.kind + ".updated", "created": created,
		"livemode": r.object["livemode"] == true, "data": map[string]any{"object": r.object}}
	if r.kind == "event" {
		event = map[string]any{}
		for k, v := range r.object {
			event[k] = v
		}
		event["id"], event["created"] = id, created
	}
	body, err := json.Marshal(event)
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// checkRecorded looks for the object's row, or for a good reason.
func (w *world) checkRecorded(r recorded, state models.EventState, reason string) {
	w.t.Helper()
	object := r.object
	if r.kind == "event" {
		data, _ := r.object["data"].(map[string]any)
		object, _ = data["object"].(map[string]any)
	}
	kind, id := fmt.Sprint(object["object"]), fmt.Sprint(object["id"])
	if state != models.EventApplied {
		if !strings.Contains(reason, "field") && !strings.Contains(reason, "API version") && !strings.Contains(reason, "object type") {
			w.t.Errorf("%s: %s %s is %s without a reason: %q", r.file, kind, id, state, reason)
		}
		return
	}
	tables := map[string]string{"refund": "refunds", "dispute": "disputes", "payout": "payouts", "balance_transaction": "balance_transactions"}
	want := fmt.Sprint(object["amount"])
	if table := tables[kind]; table != "" {
		if got := dump(w.t, w.db, fmt.Sprintf("select amount from %s where id = '%s'", table, id)); len(got) != 1 || got[0] != "amount="+want {
			w.t.Errorf("%s: %s %s of %s came out as %v", r.file, kind, id, want, got)
		}
	}
	got := dump(w.t, w.db, fmt.Sprintf("select json_extract(raw, '$.amount') as amount from stripe_objects where id = '%s'", id))
	if len(got) != 1 || got[0] != "amount="+want {
		w.t.Errorf("%s: of %s %s of %s is kept: %v", r.file, kind, id, want, got)
	}
	if got := dump(w.t, w.db, fmt.Sprintf("select amount from orders where id = '%s'", id)); len(got) == 1 && got[0] != "amount="+want {
		w.t.Errorf("%s: the order %s of %s is %v", r.file, id, want, got)
	}
}

// findRecorded reads every JSON file beside the repository.
func findRecorded(t *testing.T) (found []recorded) {
	t.Helper()
	dir := filepath.Join(projectRoot(t), "..", "shared", "data")
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".json") {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		decoder := json.NewDecoder(bytes.NewReader(raw))
		decoder.UseNumber()
		var content any
		if err := decoder.Decode(&content); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		eachRecorded(content, true, func(kind string, o map[string]any) {
			found = append(found, recorded{filepath.Base(path), kind, o})
		})
		return nil
	})
	if errors.Is(err, fs.ErrNotExist) {
		if slices.Contains(strings.Split(os.Getenv("COUNTERFOIL_REQUIRE"), ","), "data") {
			t.Fatalf("the recorded data is not there: %v", err)
		}
		t.Skip("the recorded data is not beside the repository")
	}
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// eachRecorded visits every event and mirrored object at whatever depth, and every other object of Stripe's that does not stand in another.
func eachRecorded(v any, outermost bool, visit func(string, map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		kind, _ := v["object"].(string)
		_, hasID := v["id"].(string)
		switch kind {
		case "payment_intent", "charge", "refund", "dispute", "payout", "balance_transaction", "event":
			visit(kind, v)
			outermost = false
		case "", "list":
		default:
			if outermost && hasID {
				visit(kind, v)
				outermost = false
			}
		}
		for _, name := range sortedKeys(v) {
			eachRecorded(v[name], outermost, visit)
		}
	case []any:
		for _, inner := range v {
			eachRecorded(inner, outermost, visit)
		}
	}
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

func projectRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if filepath.Dir(dir) == dir {
			t.Fatal("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}
