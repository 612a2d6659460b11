package payments

import (
	"io"
	"net/http"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
)

const goodDispute = `{"id":"du_1","object":"dispute","amount":500,"currency":"eur","created":1700000000,"metadata":{"operation_id":"sub_1"}}`

// TestEvidenceSaysWhetherItIsSubmitted: Stripe submits whatever does not say that it is a draft.
func TestEvidenceSaysWhetherItIsSubmitted(t *testing.T) {
	var got *http.Request
	g := testGateway(t, func(w http.ResponseWriter, r *http.Request) {
		_ = r.ParseForm()
		got = r
		plain(200, goodDispute)(w, r)
	}, 0)
	for name, tt := range map[string]struct {
		update EvidenceUpdate
		form   map[string][]string
	}{
		"draft": {EvidenceUpdate{Fields: map[string]string{"shipping_carrier": "DHL Paket", "receipt": ""}},
			map[string][]string{"evidence[shipping_carrier]": {"DHL Paket"}, "evidence[receipt]": {""}, "submit": {"false"}}},
		"submission": {EvidenceUpdate{Fields: map[string]string{"receipt": "file_1"}, Submit: true, OperationID: "sub_1"},
			map[string][]string{"evidence[receipt]": {"file_1"}, "submit": {"true"}, "metadata[operation_id]": {"sub_1"}}},
		"submission of the draft": {EvidenceUpdate{Submit: true}, map[string][]string{"submit": {"true"}}},
		"nothing":                 {EvidenceUpdate{}, map[string][]string{"submit": {"false"}}},
	} {
		tt.update.DisputeID = "du_1"
		res, err := g.UpdateEvidence(t.Context(), tt.update, "key_1")
		if err != nil || res.Snapshots[0].Dispute.OperationID != "sub_1" {
			t.Errorf("%s: %+v %v", name, res, err)
		}
		if d := cmp.Diff(tt.form, map[string][]string(got.PostForm)); d != "" || got.URL.Path != "/v1/disputes/du_1" || got.Header.Get("Idempotency-Key") != "key_1" {
			t.Errorf("%s: %s %q (-want +got):\n%s", name, got.URL, got.Header.Get("Idempotency-Key"), d)
		}
	}
	if _, err := g.CloseDispute(t.Context(), "du_1", "key_2"); err != nil || got.URL.Path != "/v1/disputes/du_1/close" || len(got.PostForm) != 0 {
		t.Errorf("close: %s %v %v", got.URL, got.PostForm, err)
	}
}

func TestUploadIsAFileOfItsKind(t *testing.T) {
	type sent struct{ name, kind, purpose, content, key string }
	var got sent
	g := testGateway(t, func(w http.ResponseWriter, r *http.Request) {
		f, h, err := r.FormFile("file")
		if err != nil {
			t.Fatal(err)
		}
		content, _ := io.ReadAll(f)
		got = sent{h.Filename, h.Header.Get("Content-Type"), r.FormValue("purpose"), string(content), r.Header.Get("Idempotency-Key")}
		plain(200, `{"id":"file_1","object":"file"}`)(w, r)
	}, 0)
	for name, kind := range map[string]string{"Beleg \"ü\".PDF": "application/pdf", "a.jpg": "image/jpeg", "a.jpeg": "image/jpeg", "a.b.png": "image/png"} {
		id, requestID, err := g.UploadEvidence(t.Context(), name, []byte("content"), "key_1")
		if err != nil || id != "file_1" || requestID != "req_1" {
			t.Errorf("%s: %q %q %v", name, id, requestID, err)
		}
		if d := cmp.Diff(sent{name, kind, "dispute_evidence", "content", "key_1"}, got, cmp.AllowUnexported(sent{})); d != "" {
			t.Errorf("%s (-want +got):\n%s", name, d)
		}
	}
}

// TestDisputeCallsThatAreNotMade name what Stripe does not have.
func TestDisputeCallsThatAreNotMade(t *testing.T) {
	g := testGateway(t, func(_ http.ResponseWriter, r *http.Request) { t.Errorf("%s %s was sent", r.Method, r.URL) }, 0)
	ctx, content := t.Context(), []byte("%PDF-1.7")
	for name, call := range map[string]func() error{
		"a field of cards": func() error {
			fields := map[string]string{"receipt": "file_1", "enhanced_evidence": "x"}
			_, err := g.UpdateEvidence(ctx, EvidenceUpdate{DisputeID: "du_1", Fields: fields}, "k")
			return err
		},
		"a field without a name": func() error {
			_, err := g.UpdateEvidence(ctx, EvidenceUpdate{DisputeID: "du_1", Fields: map[string]string{"": "x"}}, "k")
			return err
		},
		"no dispute":           func() error { _, err := g.UpdateEvidence(ctx, EvidenceUpdate{Submit: true}, "k"); return err },
		"no key":               func() error { _, err := g.UpdateEvidence(ctx, EvidenceUpdate{DisputeID: "du_1"}, ""); return err },
		"no dispute to accept": func() error { _, err := g.CloseDispute(ctx, "du_1/..", "k"); return err },
		"a text file":          func() error { _, _, err := g.UploadEvidence(ctx, "proof.txt", content, "k"); return err },
		"no ending":            func() error { _, _, err := g.UploadEvidence(ctx, "pdf", content, "k"); return err },
		"an empty file":        func() error { _, _, err := g.UploadEvidence(ctx, "proof.pdf", nil, "k"); return err },
		"a file without a key": func() error { _, _, err := g.UploadEvidence(ctx, "proof.pdf", content, ""); return err },
	} {
		checkFailure(t, name, call(), models.KindRefused, "malformed_call")
	}
}

// TestDisputeAnswersProveNothing unless they are the object itself.
func TestDisputeAnswersProveNothing(t *testing.T) {
	for name, body := range map[string]string{"another object": goodIntent, "nothing": `{}`, "without an amount": `{"id":"du_1","object":"dispute"}`,
		"a file without an id": `{"object":"file"}`} {
		g := testGateway(t, plain(200, body), 0)
		_, update := g.UpdateEvidence(t.Context(), EvidenceUpdate{DisputeID: "du_1", Submit: true}, "k")
		_, accept := g.CloseDispute(t.Context(), "du_1", "k")
		_, _, upload := g.UploadEvidence(t.Context(), "proof.pdf", []byte("%PDF-1.7"), "k")
		for call, err := range map[string]error{"update": update, "close": accept, "upload": upload} {
			checkFailure(t, call+" answered by "+name, err, models.KindUnknown, "unreadable_answer")
		}
	}
}
