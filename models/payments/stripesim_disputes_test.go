package payments_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/payments"
)

// dispute makes a captured payment of 60.00 dollars disputed. fields are further ones of the simulator's order, each with a comma in front.
func (d *desk) dispute(fields string) string {
	d.Helper()
	o := d.order(`{"amount": 6000, "currency": "usd", "country": "US"}`)
	if _, err := d.Capture(d.Context(), o.PaymentIntent, 6000, "cap_"+o.PaymentIntent); err != nil {
		d.Fatal(err)
	}
	var made struct{ Dispute string }
	d.control("/_sim/disputes", `{"payment_intent": "`+o.PaymentIntent+`"`+fields+`}`, &made)
	return made.Dispute
}

const inChargeback = `, "stage": "chargeback"`

// atStripe reads the dispute and what it carries.
func (d *desk) atStripe(id string) (*models.Dispute, []models.Snapshot) {
	d.Helper()
	res, err := d.Object(d.Context(), models.ObjectDispute, id)
	if err != nil {
		d.Fatal(err)
	}
	return res.Snapshots[0].Dispute, res.Snapshots[1:]
}

// isDraft checks that Stripe has the evidence, or none, and that nobody was sent it.
func (d *desk) isDraft(id string, has bool) {
	d.Helper()
	got, _ := d.atStripe(id)
	equal(d.T, "draft of "+id, []any{got.Status, got.HasEvidence, got.SubmissionCount, got.OperationID}, []any{"needs_response", has, int64(0), ""})
}

func (d *desk) upload(name string, content []byte, key string) string {
	d.Helper()
	id, _, err := d.UploadEvidence(d.Context(), name, content, key)
	if err != nil {
		d.Fatal(err)
	}
	return id
}

func TestADraftIsNeverASubmission(t *testing.T) {
	d := newDesk(t)
	ctx, id := t.Context(), d.dispute(inChargeback)
	for i, fields := range []map[string]string{{"shipping_carrier": "DHL Paket", "shipping_tracking_number": "00340"}, {"shipping_carrier": ""}, nil} {
		if _, err := d.UpdateEvidence(ctx, payments.EvidenceUpdate{DisputeID: id, Fields: fields}, fmt.Sprint("draft_", i)); err != nil {
			t.Fatal(err)
		}
		d.isDraft(id, true)
	}
	rest := map[string]string{"shipping_tracking_number": ""}
	if _, err := d.UpdateEvidence(ctx, payments.EvidenceUpdate{DisputeID: id, Fields: rest}, "cleared"); err != nil {
		t.Fatal(err)
	}
	d.isDraft(id, false)

	submission := payments.EvidenceUpdate{DisputeID: id, Fields: map[string]string{"product_description": "Garn"}, Submit: true, OperationID: "sub_1"}
	res, err := d.UpdateEvidence(ctx, submission, "submit")
	if err != nil {
		t.Fatal(err)
	}
	sent := res.Snapshots[0].Dispute
	equal(t, "submitted", []any{sent.Status, sent.HasEvidence, sent.SubmissionCount, sent.OperationID}, []any{"under_review", true, int64(1), "sub_1"})
	if _, err = d.UpdateEvidence(ctx, submission, "submit"); err != nil {
		t.Errorf("the same key again: %v", err)
	}
	submission.OperationID = "sub_2"
	_, err = d.UpdateEvidence(ctx, submission, "submit again")
	refusedWith(t, err, "invalid_request_error")
	_, err = d.UpdateEvidence(ctx, payments.EvidenceUpdate{DisputeID: id, Fields: map[string]string{"receipt": ""}}, "draft after it")
	refusedWith(t, err, "invalid_request_error")
	if got, _ := d.atStripe(id); got.SubmissionCount != 1 || got.OperationID != "sub_1" {
		t.Errorf("after a second submission: %+v", got)
	}
}

func TestNoEvidenceInAnInquiry(t *testing.T) {
	d := newDesk(t)
	id := d.dispute("")
	for _, submit := range []bool{false, true} {
		_, err := d.UpdateEvidence(t.Context(), payments.EvidenceUpdate{DisputeID: id, Fields: map[string]string{"shipping_carrier": "DHL"}, Submit: submit,
			OperationID: "sub_1"}, fmt.Sprint("k", submit))
		refusedWith(t, err, "invalid_request_error")
	}
	_, err := d.CloseDispute(t.Context(), id, "k")
	refusedWith(t, err, "invalid_request_error")
	if got, _ := d.atStripe(id); got.Status != "warning_needs_response" || got.HasEvidence || got.OperationID != "" {
		t.Errorf("the inquiry: %+v", got)
	}
}

func TestAcceptingLosesOnce(t *testing.T) {
	d := newDesk(t)
	id := d.dispute(inChargeback)
	for range 2 {
		res, err := d.CloseDispute(t.Context(), id, "close")
		if err != nil || res.Snapshots[0].Dispute.Status != "lost" {
			t.Errorf("%+v %v", res, err)
		}
	}
	_, err := d.CloseDispute(t.Context(), id, "close again")
	refusedWith(t, err, "invalid_request_error")
}

// TestUploadsAreTheSameBytes and belong to one dispute.
func TestUploadsAreTheSameBytes(t *testing.T) {
	d := newDesk(t)
	content := append([]byte("%PDF-1.7\r\n--\x00\xff"), bytes.Repeat([]byte{0, '\r', '\n', '-'}, 100_000)...)
	file := d.upload("Zustellnachweis – \"Müller\".pdf", content, "up")
	if again := d.upload("Zustellnachweis – \"Müller\".pdf", content, "up"); again != file {
		t.Errorf("the same key gave another file: %s and %s", file, again)
	}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.base+"/v1/files/"+file+"/contents", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer sk_test_desk")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if got, err := io.ReadAll(res.Body); err != nil || !bytes.Equal(got, content) {
		t.Errorf("%d bytes came back of %d: %v", len(got), len(content), err)
	}

	mine, other := d.dispute(inChargeback), d.dispute(inChargeback)
	use := func(dispute, field, id string) error {
		_, err := d.UpdateEvidence(t.Context(), payments.EvidenceUpdate{DisputeID: dispute, Fields: map[string]string{field: id}}, dispute+field)
		return err
	}
	if err := use(mine, "shipping_documentation", file); err != nil {
		t.Fatal(err)
	}
	refusedWith(t, use(other, "receipt", file), "invalid_request_error")
	refusedWith(t, use(other, "receipt", "file_unknown"), "resource_missing")
	d.isDraft(other, false)
	_, _, err = d.UploadEvidence(t.Context(), "page.pdf", []byte("<html>"), "html")
	refusedWith(t, err, "invalid_request_error")
	_, _, err = d.UploadEvidence(t.Context(), "Zustellnachweis.pdf", []byte("%PDF-1.7"), "up")
	if e := asError(err); e == nil || e.Kind != models.KindUnknown || e.Code != payments.CodeCachedFailure {
		t.Errorf("the key with another file: %v", err)
	}
}

// TestAnswersThatDoNotCome: Stripe took the submission, the acceptance and the file; reading or the same key tells.
func TestAnswersThatDoNotCome(t *testing.T) {
	for name, fault := range map[string]string{
		"no answer in time":      `"chunk_delay_ms": 700`,
		"dropped after the work": `"after_commit": true, "drop": true`,
		"500 after the work":     `"after_commit": true, "status": 500, "error": {"type": "api_error"}`,
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			hasty, err := payments.New(payments.Config{Key: "sk_test_desk", APIBase: d.base, PerSecond: 1000, Timeout: 500 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			answered, accepted := d.dispute(inChargeback), d.dispute(inChargeback)
			d.control("/_sim/faults", `{"method": "POST", "path": "/v1/files", `+fault+`}`, nil)
			d.control("/_sim/faults", `{"method": "POST", "path": "/v1/disputes/*", `+fault+`}`, nil)
			d.control("/_sim/faults", `{"method": "POST", "path": "/v1/disputes/*/close", `+fault+`}`, nil)

			content := []byte("%PDF-1.7")
			if _, _, err = hasty.UploadEvidence(t.Context(), "proof.pdf", content, "up"); !models.IsKind(err, models.KindUnknown) {
				t.Errorf("upload: %v, want unknown", err)
			}
			submission := payments.EvidenceUpdate{DisputeID: answered, Fields: map[string]string{"receipt": d.upload("proof.pdf", content, "up")},
				Submit: true, OperationID: "sub_1"}
			if _, err = hasty.UpdateEvidence(t.Context(), submission, "submit"); !models.IsKind(err, models.KindUnknown) {
				t.Errorf("submission: %v, want unknown", err)
			}
			if got, _ := d.atStripe(answered); got.OperationID != "sub_1" || got.Status != "under_review" || got.SubmissionCount != 1 {
				t.Errorf("reading tells what became of it: %+v", got)
			}
			if _, err = d.UpdateEvidence(t.Context(), submission, "submit"); err != nil {
				t.Errorf("the same key again: %v", err)
			}
			if _, err = hasty.CloseDispute(t.Context(), accepted, "close"); !models.IsKind(err, models.KindUnknown) {
				t.Errorf("acceptance: %v, want unknown", err)
			}
			if got, _ := d.atStripe(accepted); got.Status != "lost" {
				t.Errorf("accepted: %+v", got)
			}
			if n := d.requests("POST", "/v1/files") + d.requests("POST", "/v1/disputes/"+answered) + d.requests("POST", "/v1/disputes/"+accepted+"/close"); n != 5 {
				t.Errorf("%d requests, want 2, 2 and 1", n)
			}
		})
	}
}

// TestFailuresOfDisputesThatStripeKeeps under their key say that trying again with it is no use.
func TestFailuresOfDisputesThatStripeKeeps(t *testing.T) {
	d := newDesk(t)
	id := d.dispute(inChargeback)
	const failure = `"status": 500, "error": {"type": "api_error"}`
	d.control("/_sim/faults", `{"method": "POST", "path": "/v1/disputes/*", `+failure+`}`, nil)
	d.control("/_sim/faults", `{"method": "POST", "path": "/v1/files", `+failure+`}`, nil)
	for i, code := range []string{"server_error", payments.CodeCachedFailure} {
		_, err := d.UpdateEvidence(t.Context(), payments.EvidenceUpdate{DisputeID: id, Submit: true, OperationID: "sub_1"}, "k")
		_, _, upload := d.UploadEvidence(t.Context(), "proof.pdf", []byte("%PDF-1.7"), "u")
		for call, err := range map[string]error{"submission": err, "upload": upload} {
			if e := asError(err); e == nil || e.Kind != models.KindUnknown || e.Code != code {
				t.Errorf("%s, attempt %d: %v, want unknown, %s", call, i+1, err, code)
			}
		}
	}
	d.isDraft(id, false)
	d.control("/_sim/faults", `{"method": "POST", "path": "/v1/files", "status": 429, "error": {"type": "invalid_request_error", "code": "rate_limit"}}`, nil)
	d.upload("proof.pdf", []byte("%PDF-1.7"), "busy")
}

// TestMoneyOfADispute comes with it: in the balance's currency, by the dispute's id.
func TestMoneyOfADispute(t *testing.T) {
	d := newDesk(t)
	id := d.dispute(inChargeback + `, "withdrawn_currency": "cad", "exchange_rate": 1.3985, "fee": 1500`)
	d.control("/_sim/disputes/"+id+"/resolve", `{"outcome": "won"}`, nil)
	got, carried := d.atStripe(id)
	equal(t, "dispute", []any{got.Status, got.Amount, got.Currency}, []any{"won", int64(6000), "USD"})
	var rows [][]any
	for _, s := range carried {
		b := s.BalanceTransaction
		rows = append(rows, []any{b.ReportingCategory, b.Amount, b.Fee, b.Net, b.Currency, b.SourceID})
	}
	equal(t, "money rows", rows, [][]any{{"dispute", int64(-8391), int64(1500), int64(-9891), "CAD", id},
		{"dispute_reversal", int64(8391), int64(-1500), int64(9891), "CAD", id}})
}
