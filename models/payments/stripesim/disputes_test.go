package stripesim_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stripe/stripe-go/v76"

	"counterfoil/models/payments/stripesim"
)

// chargeback is a captured payment's chargeback that waits for evidence.
func (w *world) chargeback() *stripe.Dispute {
	w.t.Helper()
	_, charge := w.captured(`{"amount":5000}`)
	return w.dispute(`{"charge":"` + charge + `","stage":"chargeback"}`)
}

// update sends a form to the dispute and gives the dispute after it.
func (w *world) update(id, form string) *stripe.Dispute {
	w.t.Helper()
	if answer, body, err := w.raw("POST", "/v1/disputes/"+id, form, nil); err != nil || answer.StatusCode != 200 {
		w.t.Fatalf("%s: %v %s", form, err, body)
	}
	return w.getDispute(id)
}

// refusedUpdate sends a form that must be refused, with these words, and changes nothing.
func (w *world) refusedUpdate(id, form, words string) {
	w.t.Helper()
	before := w.getDispute(id)
	answer, body, err := w.raw("POST", "/v1/disputes/"+id, form, nil)
	if err != nil || answer.StatusCode != 400 || !strings.Contains(string(body), "invalid_request_error") || !strings.Contains(string(body), words) {
		w.t.Errorf("%.80s: %v %s, want a refusal that says %q", form, err, body, words)
	}
	if diff := cmp.Diff(string(before.LastResponse.RawJSON), string(w.getDispute(id).LastResponse.RawJSON)); diff != "" {
		w.t.Errorf("%.80s changed the dispute:\n%s", form, diff)
	}
}

func TestEvidenceIsStagedThenSubmittedOnce(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	d := w.chargeback()
	seen := len(w.eventTypes(0))
	if d.EvidenceDetails.HasEvidence {
		t.Error("what Stripe filled in counts as evidence")
	}
	for _, step := range []struct {
		form        string
		carrier     string
		has         bool
		submissions int64
		status      string
	}{
		{"metadata[note]=1", "", false, 0, "needs_response"},
		{"evidence[shipping_carrier]=DHL&submit=false", "DHL", true, 0, "needs_response"},
		{"evidence[shipping_carrier]=&submit=false", "", false, 0, "needs_response"},
		{"evidence[shipping_carrier]=GLS&submit=false", "GLS", true, 0, "needs_response"},
		{"evidence[shipping_carrier]=&evidence[customer_name]=&evidence[customer_email_address]=&submit=false", "", false, 0, "needs_response"},
		{"evidence[shipping_carrier]=DPD&submit=false", "DPD", true, 0, "needs_response"},
		{"submit=true&metadata[operation_id]=sub_1", "DPD", true, 1, "under_review"},
		{"metadata[note]=2", "DPD", true, 1, "under_review"},
	} {
		got := w.update(d.ID, step.form)
		have := got.EvidenceDetails
		if got.Evidence.ShippingCarrier != step.carrier || have.HasEvidence != step.has || have.SubmissionCount != step.submissions || string(got.Status) != step.status {
			t.Errorf("%s: %q %+v %s, want %+v", step.form, got.Evidence.ShippingCarrier, have, got.Status, step)
		}
	}
	if got := w.getDispute(d.ID); got.Metadata["operation_id"] != "sub_1" || got.Metadata["note"] != "2" {
		t.Errorf("metadata %v", got.Metadata)
	}
	if diff := cmp.Diff(strings.Fields(strings.Repeat("charge.dispute.updated ", 8)), w.eventTypes(seen)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	for _, form := range []string{"evidence[shipping_carrier]=GLS", "evidence[shipping_carrier]=GLS&submit=false", "submit=true"} {
		w.refusedUpdate(d.ID, form, "only be submitted once")
	}
}

// TestEvidenceSubmitsByDefault as Stripe's does.
func TestEvidenceSubmitsByDefault(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	d := w.chargeback()
	if got := w.update(d.ID, "evidence[product_description]=Yarn"); got.Status != "under_review" || got.EvidenceDetails.SubmissionCount != 1 {
		t.Errorf("without a word about submit: %s %+v", got.Status, got.EvidenceDetails)
	}
}

func TestEvidenceThatNobodyReads(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	for name, tc := range map[string]struct{ body, words string }{
		"an inquiry":         {``, "Klarna does not accept evidence during an inquiry"},
		"a closed inquiry":   {`,"outcome":"withdrawn"`, "inquiry (warning_closed)"},
		"lost at once":       {`,"stage":"lost_at_once"`, "status of lost"},
		"lost":               {`,"outcome":"lost"`, "status of lost"},
		"an unknown status":  {`,"stage":"chargeback","status":"prevented"`, "status of prevented"},
		"won after evidence": {`,"outcome":"won"`, "only be submitted once"},
	} {
		_, charge := w.captured(`{}`)
		d := w.dispute(`{"charge":"` + charge + `"` + tc.body + `}`)
		t.Run(name, func(t *testing.T) {
			w.refusedUpdate(d.ID, "evidence[shipping_carrier]=DHL&submit=false", tc.words)
			w.refusedUpdate(d.ID, "evidence[shipping_carrier]=DHL", tc.words)
			w.refusedUpdate(d.ID, "submit=true", tc.words)
			if got := w.update(d.ID, "metadata[note]=1"); got.Metadata["note"] != "1" || got.Status != d.Status {
				t.Errorf("metadata can always be changed: %v %s", got.Metadata, got.Status)
			}
		})
	}
	late := w.chargeback()
	w.update(late.ID, "evidence[shipping_carrier]=DHL&submit=false")
	w.advance("312h")
	w.refusedUpdate(late.ID, "submit=true", "status of lost")
	if got := w.getDispute(late.ID); !got.EvidenceDetails.PastDue {
		t.Errorf("a draft answers nothing: %+v", got.EvidenceDetails)
	}
}

func TestEvidenceLimits(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	d := w.chargeback()
	text := func(n int) string { return strings.Repeat("%C3%A5", n) }
	for _, bad := range []struct{ form, words string }{
		{"evidence[shipping_carrier]=" + text(5001), "at most 5000 characters (found: 5001)"},
		{"evidence[uncategorized_text]=" + text(20_001), "at most 20000 characters"},
		{"evidence[receipt]=file_none", "No such file upload"},
		{"evidence[enhanced_evidence]=x", "unknown parameter"},
		{"evidence[shipping_carrier]=DHL&submit=maybe", "must be one of"},
	} {
		w.refusedUpdate(d.ID, bad.form, bad.words)
	}
	long := strings.Fields(`access_activity_log cancellation_policy_disclosure cancellation_rebuttal duplicate_charge_explanation
		product_description refund_policy_disclosure refund_refusal_explanation`)
	form := "submit=false&evidence[customer_name]=&evidence[customer_email_address]="
	for _, name := range long {
		form += "&evidence[" + name + "]=" + text(20_000)
	}
	w.refusedUpdate(d.ID, form+"&evidence[uncategorized_text]="+text(10_001), "combined character count")
	if got := w.update(d.ID, form+"&evidence[uncategorized_text]="+text(10_000)); len(got.Evidence.UncategorizedText) != 20_000 {
		t.Errorf("150,000 characters fit: %d", len(got.Evidence.UncategorizedText))
	}
	w.refusedUpdate(d.ID, "evidence[shipping_date]=x&submit=false", "combined character count")
}

// TestCloseLosesAChargeback and nothing else.
func TestCloseLosesAChargeback(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	d := w.chargeback()
	seen := len(w.eventTypes(0))
	got, err := w.stripe.Disputes.Close(d.ID, nil)
	if err != nil || got.Status != "lost" || got.EvidenceDetails.PastDue || len(got.BalanceTransactions) != 1 {
		t.Fatalf("closed: %+v %v", got, err)
	}
	if diff := cmp.Diff([]string{"charge.dispute.closed"}, w.eventTypes(seen)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
	_, err = w.stripe.Disputes.Close(d.ID, nil)
	mustFail(t, err, 400, "")
	for _, body := range []string{``, `,"outcome":"under_review"`, `,"outcome":"withdrawn"`} {
		_, charge := w.captured(`{}`)
		other := w.dispute(`{"charge":"` + charge + `"` + body + `}`)
		_, err = w.stripe.Disputes.Close(other.ID, nil)
		mustFail(t, err, 400, "")
		if now := w.getDispute(other.ID); now.Status != other.Status {
			t.Errorf("%s became %s", other.Status, now.Status)
		}
	}
	_, err = w.stripe.Disputes.Close("du_none", nil)
	mustFail(t, err, 404, "resource_missing")
}

func TestEscalateAndResolve(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	resolve := func(id, body string, want int) { w.control("POST", "/_sim/disputes/"+id+"/resolve", body, want, nil) }
	for _, tc := range []struct {
		name, form, body, status string
		escalate                 bool
		rows                     int
		events                   []string
	}{
		{name: "an inquiry withdrawn", body: `{"outcome":"withdrawn"}`, status: "warning_closed", events: []string{"charge.dispute.closed"}},
		{name: "an answered chargeback won", escalate: true, form: "evidence[shipping_carrier]=DHL", body: `{"outcome":"won"}`, status: "won", rows: 2,
			events: []string{"charge.dispute.updated", "charge.dispute.funds_withdrawn", "charge.dispute.updated", "charge.dispute.funds_reinstated", "charge.dispute.closed"}},
		{name: "an answered chargeback lost", escalate: true, form: "evidence[shipping_carrier]=DHL", body: `{"outcome":"lost","loss_reason_code":"late_shipment"}`, status: "lost", rows: 1,
			events: []string{"charge.dispute.updated", "charge.dispute.funds_withdrawn", "charge.dispute.updated", "charge.dispute.closed"}},
		{name: "a chargeback withdrawn", escalate: true, body: `{"outcome":"withdrawn"}`, status: "won", rows: 2,
			events: []string{"charge.dispute.updated", "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated", "charge.dispute.closed"}},
	} {
		_, charge := w.captured(`{}`)
		d := w.dispute(`{"charge":"` + charge + `"}`)
		seen := len(w.eventTypes(0))
		if tc.escalate {
			w.control("POST", "/_sim/disputes/"+d.ID+"/escalate", "", 200, nil)
		}
		if tc.form != "" {
			w.update(d.ID, tc.form)
		}
		resolve(d.ID, tc.body, 200)
		got := w.getDispute(d.ID)
		raw := string(got.LastResponse.RawJSON)
		if string(got.Status) != tc.status || len(got.BalanceTransactions) != tc.rows || strings.Contains(raw, "late_shipment") != strings.Contains(tc.body, "late_shipment") {
			t.Errorf("%s: %s", tc.name, raw)
		}
		if strings.Contains(raw, `"_`) {
			t.Errorf("%s: the simulator's notes are shown: %s", tc.name, raw)
		}
		if diff := cmp.Diff(tc.events, w.eventTypes(seen)); diff != "" {
			t.Errorf("%s: events (-want +got):\n%s", tc.name, diff)
		}
		resolve(d.ID, tc.body, 400)
		w.control("POST", "/_sim/disputes/"+d.ID+"/escalate", "", 400, nil)
	}
	d := w.chargeback()
	for _, bad := range []string{`{}`, `{"outcome":"closed"}`, `{"outcome":"won","loss_reason_code":"x"}`} {
		resolve(d.ID, bad, 400)
	}
	resolve("du_none", `{"outcome":"won"}`, 404)
	w.control("POST", "/_sim/disputes/du_none/escalate", "", 404, nil)
}

// TestAChargebackInAnotherCurrency: the money rows are what the balance lost, not what is disputed.
func TestAChargebackInAnotherCurrency(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	_, charge := w.captured(`{"amount":6000,"currency":"usd","country":"US"}`)
	d := w.dispute(`{"charge":"` + charge + `","stage":"chargeback","withdrawn_currency":"CAD","exchange_rate":1.3985,"fee":1500,"klarna_reason_code":"Return"}`)
	if raw := string(d.LastResponse.RawJSON); !strings.Contains(raw, `"reason_code":"Return"`) {
		t.Errorf("Klarna's own code: %s", raw)
	}
	w.control("POST", "/_sim/disputes/"+d.ID+"/resolve", `{"outcome":"won"}`, 200, nil)
	type row struct {
		Category         string
		Amount, Fee, Net int64
		Currency         stripe.Currency
		Rate             float64
		Source           string
	}
	var got []row
	for it := w.stripe.BalanceTransactions.List(&stripe.BalanceTransactionListParams{Source: &d.ID}); it.Next(); {
		b := it.BalanceTransaction()
		got = append(got, row{string(b.ReportingCategory), b.Amount, b.Fee, b.Net, b.Currency, b.ExchangeRate, b.Source.ID})
	}
	want := []row{{"dispute_reversal", 8391, -1500, 9891, "cad", 1.3985, d.ID}, {"dispute", -8391, 1500, -9891, "cad", 1.3985, d.ID}}
	if diff := cmp.Diff(want, got); diff != "" || d.Amount != 6000 || d.Currency != "usd" {
		t.Errorf("disputed %d %s, rows (-want +got):\n%s", d.Amount, d.Currency, diff)
	}
}

func TestDisputesThatCannotBeMade(t *testing.T) {
	w := newWorld(t, stripesim.Options{})
	_, charge := w.captured(`{"amount":5000}`)
	for _, fields := range []string{`"stage":"review"`, `"outcome":"closed"`, `"amount":5001`, `"amount":-1`, `"fee":-1`, `"exchange_rate":-1,"withdrawn_currency":"cad"`,
		`"exchange_rate":1.4`, `"withdrawn_currency":"cad"`, `"stage":"lost_at_once","outcome":"won"`, `"status":"prevented","outcome":"lost"`,
		`"loss_reason_code":"x"`, `"phase":"inquiry"`} {
		w.control("POST", "/_sim/disputes", `{"charge":"`+charge+`",`+fields+`}`, 400, nil)
	}
	w.control("POST", "/_sim/disputes", `{"charge":"py_none"}`, 404, nil)
	d := w.dispute(`{"charge":"` + charge + `","stage":"lost_at_once","loss_reason_code":"x"}`)
	if d.EvidenceDetails.DueBy != 0 || d.EvidenceDetails.PastDue || d.IsChargeRefundable || !strings.Contains(string(d.LastResponse.RawJSON), `"chargeback_loss_reason_code":"x"`) {
		t.Errorf("lost at once: %+v", d)
	}
}
