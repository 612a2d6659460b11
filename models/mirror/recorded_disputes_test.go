package mirror_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestRecordedDisputes gives every recorded dispute and every recorded charge.dispute event to the mirror, forwards and backwards: what is
// left is one dispute each, in the state of the newest of them. Those of cards are none of ours.
func TestRecordedDisputes(t *testing.T) {
	type seen struct {
		body []byte
		id   string
	}
	var all []seen
	want := map[string]string{}
	for i, r := range findRecorded(t) {
		object := r.object
		if r.kind == "event" {
			if !strings.HasPrefix(fmt.Sprint(r.object["type"]), "charge.dispute.") {
				continue
			}
			object = r.object["data"].(map[string]any)["object"].(map[string]any)
		}
		if object["object"] != "dispute" || object["amount"] == nil { // or a mere reference
			continue
		}
		method, _ := object["payment_method_details"].(map[string]any)
		id := fmt.Sprint(object["id"])
		all = append(all, seen{r.event(t, fmt.Sprintf("evt_dispute%d", i), start.Unix()+int64(i)), id})
		if method == nil || method["type"] == "klarna" {
			due := any(0)
			if details, ok := object["evidence_details"].(map[string]any); ok && details["due_by"] != nil {
				due = details["due_by"]
			}
			want[id] = fmt.Sprintf("%s %v %s due %v", object["status"], object["amount"], strings.ToUpper(fmt.Sprint(object["currency"])), due)
		}
	}
	if len(all) < 4 || len(want) < 2 {
		t.Fatalf("%d recordings of %d disputes: too few to mean anything", len(all), len(want))
	}
	for _, backwards := range []bool{false, true} {
		w := newWorld(t)
		order := slices.Clone(all)
		if backwards {
			slices.Reverse(order)
		}
		for _, s := range slices.Concat(order, order) { // and every event twice
			if err := w.mirror.Receive(context.Background(), s.body); err != nil {
				t.Fatalf("%s: %v", s.id, err)
			}
		}
		w.idle()
		got := map[string]string{}
		for _, line := range dump(t, w.db, `select id || '|' || status || ' ' || amount || ' ' || currency || ' due ' || due_by as d from disputes`) {
			id, state, _ := strings.Cut(strings.TrimPrefix(line, "d="), "|")
			if got[id] != "" {
				t.Errorf("%s is there twice", id)
			}
			got[id] = state
		}
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("backwards %t: %v, want %v", backwards, got, want)
		}
	}
}
