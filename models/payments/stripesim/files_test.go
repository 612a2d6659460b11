package stripesim_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

// pdf is a file of so many bytes that is a PDF by what it holds.
func pdf(size int) []byte {
	return append([]byte("%PDF-1.7\n"), bytes.Repeat([]byte("x"), size-9)...)
}

// upload uploads as stripe-go does.
func (w *world) upload(name, purpose string, content []byte, key string) (*stripe.File, error) {
	p := &stripe.FileParams{FileReader: bytes.NewReader(content), Filename: &name, Purpose: &purpose}
	if key != "" {
		p.SetIdempotencyKey(key)
	}
	return w.stripe.Files.New(p)
}

func (w *world) evidenceFile(size int) string {
	w.t.Helper()
	f, err := w.upload("proof.pdf", "dispute_evidence", pdf(size), "")
	if err != nil {
		w.t.Fatal(err)
	}
	return f.ID
}

func TestUploadedFilesCanBeReadBack(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	for name, tc := range map[string]struct {
		content    []byte
		kind, mime string
	}{
		"a.pdf": {pdf(100), "pdf", "application/pdf"}, "b.jpg": {[]byte("\xff\xd8\xff\xe0 b"), "jpg", "image/jpeg"},
		"lies.pdf": {[]byte("\x89PNG\r\n\x1a\n c"), "png", "image/png"},
	} {
		f, err := w.upload(name, "dispute_evidence", tc.content, "")
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, err := w.stripe.Files.Get(f.ID, nil)
		if err != nil || got.Filename != name || got.Type != tc.kind || got.Size != int64(len(tc.content)) || got.Purpose != "dispute_evidence" {
			t.Errorf("%s: %+v %v", name, got, err)
		}
		if strings.Contains(string(got.LastResponse.RawJSON), "_content") {
			t.Errorf("%s is shown with what it holds", name)
		}
		answer, body, err := w.raw("GET", "/v1/files/"+f.ID+"/contents", "", nil)
		if err != nil || answer.StatusCode != 200 || answer.Header.Get("Content-Type") != tc.mime || !bytes.Equal(body, tc.content) {
			t.Errorf("%s: %d bytes of %s came back, %v", name, len(body), answer.Header.Get("Content-Type"), err)
		}
	}
	if got, _ := w.page("/v1/files?purpose=dispute_evidence"); len(got) != 3 {
		t.Errorf("%d files, want 3", len(got))
	}
	if answer, _, _ := w.raw("GET", "/v1/files/file_none/contents", "", nil); answer.StatusCode != 404 {
		t.Errorf("no such file: %d", answer.StatusCode)
	}
}

func TestFilesThatAreNoEvidence(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	for name, tc := range map[string]struct {
		purpose string
		content []byte
	}{
		"a page": {"dispute_evidence", []byte("<html>")}, "nothing": {"dispute_evidence", nil}, "no purpose": {"", pdf(9)}, "another purpose": {"art", pdf(9)},
		"too large": {"dispute_evidence", pdf(5_000_001)},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := w.upload("x.pdf", tc.purpose, tc.content, "")
			mustFail(t, err, 400, "")
		})
	}
	for _, incomplete := range []*stripe.FileParams{{Purpose: stripe.String("dispute_evidence")},
		{Filename: stripe.String("x.pdf"), FileReader: bytes.NewReader(pdf(9))}} {
		_, err := w.stripe.Files.New(incomplete)
		mustFail(t, err, 400, "parameter_missing")
	}
	if answer, body, _ := w.raw("POST", "/v1/files", "purpose=dispute_evidence", nil); answer.StatusCode != 400 || !strings.Contains(string(body), "multipart/form-data") {
		t.Errorf("not multipart: %d %s", answer.StatusCode, body)
	}

	d := w.chargeback()
	signature, err := w.upload("s.pdf", "pci_document", pdf(20), "")
	if err != nil {
		t.Fatal(err)
	}
	w.refusedUpdate(d.ID, "evidence[customer_signature]="+signature.ID, "cannot be evidence")
	first, second := w.evidenceFile(4_500_000), w.evidenceFile(9)
	w.update(d.ID, "evidence[receipt]="+first+"&evidence[uncategorized_file]="+second+"&submit=false")
	w.refusedUpdate(d.ID, "submit=true", "combined size of all files is 4500009 bytes")
	w.refusedUpdate(w.chargeback().ID, "evidence[receipt]="+second, "one dispute only")
	if got := w.update(d.ID, "evidence[uncategorized_file]="); got.Status != "under_review" || got.Evidence.Receipt.ID != first || got.Evidence.UncategorizedFile != nil {
		t.Errorf("what is cleared does not count: %s %+v", got.Status, got.Evidence)
	}
	if got := w.update(w.chargeback().ID, "evidence[receipt]="+second+"&submit=false"); got.Evidence.Receipt.ID != second {
		t.Errorf("a file that no dispute has can be used: %+v", got.Evidence)
	}
}

// TestUploadsAreIdempotent: the content counts, the boundary of its body does not.
func TestUploadsAreIdempotent(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	first, err := w.upload("a.pdf", "dispute_evidence", pdf(20), "k")
	if err != nil {
		t.Fatal(err)
	}
	again, err := w.upload("a.pdf", "dispute_evidence", pdf(20), "k")
	if err != nil || again.ID != first.ID || again.LastResponse.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("again: %+v %v", again, err)
	}
	for name, content := range map[string][]byte{"a.pdf": pdf(21), "b.pdf": pdf(20)} {
		_, err := w.upload(name, "dispute_evidence", content, "k")
		mustFail(t, err, 400, "")
	}
	if got, _ := w.page("/v1/files"); len(got) != 1 {
		t.Errorf("%d files, want 1", len(got))
	}
}

func TestFaultsOfUploads(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	w.control("POST", "/_sim/faults", `{"method":"POST","path":"/v1/files","status":500}`, 200, nil)
	_, err := w.upload("a.pdf", "dispute_evidence", pdf(20), "kept")
	mustFail(t, err, http.StatusInternalServerError, "")
	w.control("POST", "/_sim/faults", `{"method":"POST","path":"/v1/files","drop":true,"after_commit":true}`, 200, nil)
	if f, err := w.upload("a.pdf", "dispute_evidence", pdf(20), "lost"); err == nil {
		t.Fatalf("the answer came: %+v", f)
	}
	if again, err := w.upload("a.pdf", "dispute_evidence", pdf(20), "lost"); err != nil || again.LastResponse.Header.Get("Idempotent-Replayed") != "true" {
		t.Errorf("after the lost answer: %+v %v", again, err)
	}
	_, err = w.upload("a.pdf", "dispute_evidence", pdf(20), "kept")
	mustFail(t, err, http.StatusInternalServerError, "")
	if got, _ := w.page("/v1/files"); len(got) != 1 {
		t.Errorf("%d files, want 1", len(got))
	}
	var log []struct {
		Path string
		Form map[string]string
	}
	w.control("GET", "/_sim/requests", "", 200, &log)
	if len(log) == 0 || !strings.HasPrefix(log[0].Form["file"], "a.pdf, SHA-256 ") || strings.Contains(log[0].Form["file"], "%PDF") {
		t.Errorf("the log names the file and holds none of it: %+v", log)
	}
}
