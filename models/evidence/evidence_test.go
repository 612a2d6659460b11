package evidence_test

import (
	"strings"
	"testing"
	"time"

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/money"
)

var now = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

func due(at time.Time) models.Unix { return models.UnixOf(at) }

// TestFields holds the table against Stripe's: 18 texts and 9 files, with the limits of docs.stripe.com/api/disputes/object.
func TestFields(t *testing.T) {
	long := "access_activity_log cancellation_policy_disclosure cancellation_rebuttal duplicate_charge_explanation product_description refund_policy_disclosure refund_refusal_explanation uncategorized_text"
	short := "billing_address customer_email_address customer_name customer_purchase_ip duplicate_charge_id service_date shipping_address shipping_carrier shipping_date shipping_tracking_number"
	files := "cancellation_policy customer_communication customer_signature duplicate_charge_documentation receipt refund_policy service_documentation shipping_documentation uncategorized_file"
	want := map[string]int{}
	for name, max := range map[string]int{long: 20_000, short: 5_000, files: 0} {
		for _, field := range strings.Fields(name) {
			want[field] = max
		}
	}
	for _, f := range evidence.Fields() {
		max, ok := want[f.Name]
		if !ok || f.Max != max || (f.Kind == evidence.KindFile) != (max == 0) || f.Label == "" {
			t.Errorf("%+v, want at most %d (known: %t)", f, max, ok)
		}
		delete(want, f.Name)
	}
	if len(want) > 0 {
		t.Errorf("not there: %v", want)
	}
}

func TestTextsAreCounted(t *testing.T) {
	for name, test := range map[string]struct {
		texts map[string]string
		want  map[string]string
	}{
		"all that fits":       {map[string]string{"customer_name": strings.Repeat("é", 5000)}, map[string]string{}},
		"one too many":        {map[string]string{"customer_name": strings.Repeat("é", 5001)}, map[string]string{"customer_name": "5,001 of 5,000 characters: 1 too many."}},
		"a long one":          {map[string]string{"uncategorized_text": strings.Repeat("x", 20_112)}, map[string]string{"uncategorized_text": "20,112 of 20,000 characters: 112 too many."}},
		"together at the end": {long(0), map[string]string{}},
		"together too many":   {long(1), map[string]string{"": "All texts together have 150,001 characters; 150,000 are allowed. Shorten by 1."}},
	} {
		got := evidence.CheckTexts(test.texts)
		if len(got) != len(test.want) {
			t.Errorf("%s: %v", name, got)
		}
		for field, message := range test.want {
			if got[field] != message {
				t.Errorf("%s: %q: %q, want %q", name, field, got[field], message)
			}
		}
	}
}

// long is 150,000 characters and some more.
func long(more int) map[string]string {
	texts := map[string]string{}
	left := 150_000 + more
	for _, f := range evidence.Fields() {
		n := min(left, f.Max)
		texts[f.Name] = strings.Repeat("x", n)
		left -= n
	}
	return texts
}

func TestPlans(t *testing.T) {
	reasons := append(models.DisputeReasons(), "unrecognized", "", "of_tomorrow")
	for _, reason := range reasons {
		for _, goods := range models.AllGoods() {
			plan := evidence.PlanFor(reason, goods, money.Amount{Minor: 100, Currency: "EUR"})
			sum, seen := 0, map[string]bool{}
			for _, a := range plan {
				f, ok := evidence.FieldOf(a.Field)
				if !ok || seen[a.Field] || a.Adds < 1 || a.Why == "" || a.Source == "" {
					t.Errorf("%s, %s: %+v (%+v)", reason, goods, a, f)
				}
				seen[a.Field] = true
				sum += a.Adds
			}
			if sum != 100 || plan[0].Strength != evidence.Strongest {
				t.Errorf("%s, %s: %d%%, first %+v", reason, goods, sum, plan[0])
			}
			if full, steps := evidence.Completeness(plan, func(string) bool { return true }); full != 100 || len(steps) != len(plan) {
				t.Errorf("%s, %s: all there is %d%%", reason, goods, full)
			}
		}
	}
	for _, reason := range reasons { // Klarna: a tracking link is not sufficient
		if first := evidence.PlanFor(reason, models.GoodsPhysical, money.Amount{Minor: 100, Currency: "EUR"})[0].Field; first != "shipping_documentation" {
			t.Errorf("%s: %s stands first", reason, first)
		}
	}
}

func TestSignature(t *testing.T) {
	for _, test := range []struct {
		amount money.Amount
		goods  models.Goods
		want   evidence.Strength
	}{
		{money.Amount{Minor: 750_00, Currency: "EUR"}, models.GoodsPhysical, evidence.Optional},
		{money.Amount{Minor: 750_01, Currency: "EUR"}, models.GoodsPhysical, evidence.Strong},
		{money.Amount{Minor: 9_000_00, Currency: "SEK"}, models.GoodsPhysical, evidence.Optional}, // none is converted
		{money.Amount{Minor: 9_000_00, Currency: "EUR"}, models.GoodsDigital, ""},
	} {
		var got evidence.Strength
		for _, a := range evidence.PlanFor("product_not_received", test.goods, test.amount) {
			if a.Field == "customer_signature" {
				got = a.Strength
			}
		}
		if got != test.want {
			t.Errorf("%s, %s: %q, want %q", test.amount, test.goods, got, test.want)
		}
	}
}

func TestPhases(t *testing.T) {
	for status, want := range map[string]struct {
		phase                 evidence.Phase
		answer, accept, draft string
	}{
		"warning_needs_response": {evidence.PhaseInquiry, "inquiry", "inquiry", ""},
		"warning_under_review":   {evidence.PhaseInquiry, "inquiry", "inquiry", ""},
		"warning_closed":         {evidence.PhaseClosed, "closed", "closed", "closed"},
		"needs_response":         {evidence.PhaseChargeback, "", "", ""},
		"under_review":           {evidence.PhaseReview, "submitted_elsewhere", "closed", "submitted_elsewhere"},
		"won":                    {evidence.PhaseWon, "closed", "closed", "closed"},
		"lost":                   {evidence.PhaseLost, "closed", "closed", "closed"},
		"prevented":              {evidence.PhaseClosed, "closed", "closed", "closed"},
		"charge_refunded":        {evidence.PhaseClosed, "closed", "closed", "closed"},
		"of_tomorrow":            {evidence.PhaseUnknown, "status_unknown", "closed", "closed"},
	} {
		d := models.Dispute{Status: status, DueBy: due(now.Add(time.Hour))}
		code := func(r *models.Refusal) string {
			if r == nil {
				return ""
			}
			return r.Code
		}
		if got := evidence.PhaseOf(d); got != want.phase {
			t.Errorf("%s: %s, want %s", status, got, want.phase)
		}
		if a, b, c := code(evidence.CanAnswer(d, now)), code(evidence.CanAccept(d)), code(evidence.CanDraft(d)); a != want.answer || b != want.accept || c != want.draft {
			t.Errorf("%s: answer %q, accept %q, draft %q; want %+v", status, a, b, c, want)
		}
	}
	open := models.Dispute{Status: "needs_response"}
	if r := evidence.CanAnswer(open, now); r == nil || r.Code != "no_response" {
		t.Errorf("without a day: %+v", r)
	}
	open.DueBy = due(now)
	if r := evidence.CanAnswer(open, now.Add(-time.Second)); r != nil {
		t.Errorf("in time: %+v", r)
	}
	if r := evidence.CanAnswer(open, now); r == nil || r.Code != "past_due" {
		t.Errorf("a second late: %+v", r)
	}
	open.SubmissionCount = 1
	if r := evidence.CanAnswer(open, now); r == nil || r.Code != "submitted_elsewhere" {
		t.Errorf("answered: %+v", r)
	}
}

func TestUrgency(t *testing.T) {
	for left, want := range map[time.Duration]evidence.Level{
		-time.Second: evidence.LevelOver, 0: evidence.LevelOver, time.Second: evidence.LevelUrgent, 48 * time.Hour: evidence.LevelUrgent, 48*time.Hour + time.Second: evidence.LevelSoon,
		7 * 24 * time.Hour: evidence.LevelSoon, 7*24*time.Hour + time.Second: evidence.LevelCalm,
	} {
		if got := evidence.Urgency(models.Dispute{Status: "needs_response", DueBy: due(now.Add(left))}, now); got != want {
			t.Errorf("%s left: %s, want %s", left, got, want)
		}
	}
	for _, d := range []models.Dispute{{Status: "needs_response"}, {Status: "won", DueBy: due(now)}, {Status: "under_review", DueBy: due(now)}} {
		if got := evidence.Urgency(d, now); got != evidence.LevelNone {
			t.Errorf("%+v: %s", d, got)
		}
	}
}

func TestWeigh(t *testing.T) {
	eur := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: "EUR"} }
	for name, test := range map[string]struct {
		amount, fee   money.Amount
		known         bool
		won, lost     int
		need, percent int
		advice        string
	}{
		"under 20 cases":   {eur(5800), eur(2000), true, 19, 0, 26, 100, ""},
		"waiting pays":     {eur(5800), eur(2000), true, 10, 10, 26, 50, "Waiting and answering has cost less"},
		"refunding pays":   {eur(5800), eur(2000), true, 5, 15, 26, 25, "Refunding now has cost less"},
		"exactly even":     {eur(6000), eur(2000), true, 5, 15, 25, 25, "Refunding now has cost less"},
		"no fee known":     {eur(5800), money.Amount{}, false, 30, 0, 0, 0, ""},
		"another currency": {eur(5800), money.Amount{Minor: 1, Currency: "SEK"}, true, 30, 0, 0, 0, ""},
		"nothing at stake": {eur(0), eur(2000), true, 30, 0, 0, 0, ""},
		"never decided":    {eur(100), eur(2000), true, 0, 0, 96, 0, ""},
	} {
		b := evidence.Weigh(test.amount, test.fee, test.known, evidence.History{Won: test.won, Lost: test.lost})
		if b.NeedPercent != test.need || b.WonPercent != test.percent && b.FeeKnown || !strings.HasPrefix(b.Advice, test.advice) || (test.advice == "") != (b.Advice == "") {
			t.Errorf("%s: %+v", name, b)
		}
	}
}

func facts() evidence.Facts {
	zone, err := time.LoadLocation("Europe/Stockholm")
	if err != nil {
		panic(err)
	}
	at := func(s string) models.Unix {
		m, err := time.Parse(time.RFC3339, s)
		if err != nil {
			panic(err)
		}
		return models.UnixOf(m)
	}
	o := &models.Order{ID: "pi_1", Reference: "NG-20204", Currency: "NOK", AmountAuthorized: 245000, AmountCaptured: 245000, Status: models.StatusCaptured,
		AuthorizedAt: at("2026-09-28T09:40:00Z"), CapturedAt: at("2026-10-01T12:05:00Z"), CustomerName: "Oliver Hansen", CustomerEmail: "o@example.no",
		Billing: models.Address{Line1: "Storgata 1", PostalCode: "0155", City: "Oslo", Country: "NO"}}
	return evidence.Facts{Dispute: models.Dispute{Reason: "product_not_received", Status: "needs_response"}, Order: o, Goods: models.GoodsPhysical, Zone: zone, Shop: "Nordic Goods",
		Shipments: []models.Shipment{{CarrierName: "Bring", TrackingNumber: "LX1", ShippedOn: "2026-10-01", ReplacedBy: "shp_2"}, {CarrierName: "Bring", TrackingNumber: "LX2", ShippedOn: "2026-10-01"}}}
}

func TestSummary(t *testing.T) {
	tests := map[string]struct {
		change func(*evidence.Facts)
		want   string
	}{
		"a parcel": {func(*evidence.Facts) {}, "Order NG-20204 over NOK 2450.00 was placed with Klarna on 28 September 2026. It was handed to Bring on 1 October 2026 under the tracking number LX2. NOK 2450.00 was captured on 1 October 2026."},
		"nothing of a parcel where none was sent": {func(f *evidence.Facts) { f.Goods = models.GoodsDigital },
			"Order NG-20204 over NOK 2450.00 was placed with Klarna on 28 September 2026. NOK 2450.00 was captured on 1 October 2026."},
		"as Stripe has it": {func(f *evidence.Facts) { f.Shipments = nil; f.Order.ChargeShipping.TrackingNumber = "T9" },
			"Order NG-20204 over NOK 2450.00 was placed with Klarna on 28 September 2026. It was sent under the tracking number T9. NOK 2450.00 was captured on 1 October 2026."},
		"in part, refunded, with papers and a history": {func(f *evidence.Facts) {
			f.Order.Status, f.Order.AmountCaptured, f.Shipments = models.StatusPartlyCaptured, 200000, nil
			f.Refunds = []models.Refund{{ID: "pyr_1", Amount: 500, Currency: "NOK", Status: "succeeded", Created: f.Order.CapturedAt}, {Amount: 9, Currency: "NOK", Status: "failed"}}
			f.Documents = []models.Document{{Field: "shipping_documentation", Pages: 2}, {Field: "shipping_documentation", Pages: 1}, {Field: "receipt", Pages: 1}}
			f.Earlier = []models.Order{{Created: f.Order.AuthorizedAt}, {Created: f.Order.AuthorizedAt - 86400}}
		}, "Order NG-20204 over NOK 2450.00 was placed with Klarna on 28 September 2026. NOK 2000.00 was captured on 1 October 2026, and NOK 450.00 was released to the customer. " +
			"NOK 5.00 was refunded on 1 October 2026. Proof of delivery is attached, 3 pages. Invoice or receipt is attached. The same customer bought from us 2 times before without a dispute, on 27 September 2026 and 28 September 2026."},
		"no order": {func(f *evidence.Facts) { f.Order = nil }, ""},
	}
	for name, test := range tests {
		f := facts()
		test.change(&f)
		if got := evidence.Summary(f); got != test.want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

func TestPrefill(t *testing.T) {
	f := facts()
	known := evidence.Prefill(f)
	for field, want := range map[string]string{"customer_name": "Oliver Hansen", "shipping_carrier": "Bring", "shipping_tracking_number": "LX2", "shipping_date": "1 October 2026",
		"billing_address": "Storgata 1\n0155 Oslo\nNO", "shipping_address": "", "refund_refusal_explanation": "", "product_description": "", "duplicate_charge_id": ""} {
		if known[field].Value != want || want != "" && known[field].From == "" {
			t.Errorf("%s: %+v, want %q", field, known[field], want)
		}
	}
	f.Shipments = append(f.Shipments, models.Shipment{CarrierName: "DHL", TrackingNumber: "J3", ShippedOn: "2026-10-02"})
	if got := evidence.Prefill(f); got["shipping_carrier"].Value != "Bring, DHL" || got["shipping_tracking_number"].Value != "LX2, J3" || got["shipping_date"].Value != "1 October 2026, 2 October 2026" {
		t.Errorf("two parcels: %+v", got)
	}
}

func TestDesk(t *testing.T) {
	d := evidence.Desk{Facts: facts(), Draft: map[string]models.DraftField{"customer_name": {Field: "customer_name", Value: "Me"}, "billing_address": {Field: "billing_address"}}}
	d.Known = evidence.Prefill(d.Facts)
	if d.Value("customer_name") != "Me" || d.Value("shipping_carrier") != "Bring" || d.Value("billing_address") != "" {
		t.Errorf("what a person wrote counts: %v", d.Texts())
	}
	if text, there := d.Texts()["billing_address"]; !there || text != "" {
		t.Error("what was emptied is not sent as empty")
	}
	if _, there := d.Texts()["service_date"]; there {
		t.Error("what nobody knows is sent")
	}
	before := d.Hash()
	d.Documents = []models.Document{{Field: "receipt", SHA256: "a"}}
	with := d.Hash()
	d.Draft["customer_name"] = models.DraftField{Field: "customer_name", Value: "You"}
	if before == with || with == d.Hash() {
		t.Error("the hash does not see a file or a text")
	}
	d.Submissions = []models.Submission{{State: models.ActRefused}}
	if d.CanDraft() != nil || d.Submission() != nil {
		t.Error("a refused submission counts")
	}
	d.Submissions = append(d.Submissions, models.Submission{State: models.ActPending, ActOutcome: models.ActOutcome{StaffName: "S"}})
	if r := d.CanAnswer(now); r == nil || r.By != "S" || d.CanAccept() == nil || d.CanDraft() == nil {
		t.Errorf("an unknown submission does not count: %+v", r)
	}
}

func TestWords(t *testing.T) {
	f := facts()
	if m := evidence.CustomerMessage(f); !strings.Contains(m, "your order NG-20204") || !strings.Contains(m, "LX2") || strings.Contains(m, "LX1") || !strings.HasSuffix(m, "Nordic Goods") {
		t.Error(m)
	}
	f.Dispute.Status, f.Dispute.DueBy = "warning_needs_response", due(time.Date(2026, 11, 30, 23, 30, 0, 0, time.UTC))
	what, next := evidence.InquiryStory(f, now)
	if what != "The customer says that the goods did not arrive." || !strings.Contains(next, "after 1 December 2026, 00:30") {
		t.Errorf("%q %q", what, next)
	}
	for reason, want := range map[string]string{"": "gave no reason", "check_returned": "gave Klarna the reason “check returned”"} {
		f.Dispute.Reason = reason
		if what, _ := evidence.InquiryStory(f, now); !strings.Contains(what, want) {
			t.Error(what)
		}
	}
}

func TestOutcomes(t *testing.T) {
	entries := []models.DisputeEntry{{ID: "1", Reason: "duplicate", Status: "won"}, {ID: "2", Reason: "duplicate", Status: "lost"}, {ID: "3", Reason: "duplicate", Status: "warning_closed"},
		{ID: "4", Reason: "general", Status: "needs_response"}, {ID: "5", Reason: "duplicate", Status: "lost"}}
	sent := func(id string, fields ...string) models.Submission {
		s := models.Submission{DisputeID: id}
		for _, f := range fields {
			s.Sent = append(s.Sent, models.SentField{Field: f, Text: "x"})
		}
		return s
	}
	byReason, byEvidence := evidence.Outcomes(entries, []models.Submission{sent("1", "receipt", "customer_name"), sent("2", "customer_name"), sent("4", "receipt"), {DisputeID: "5", Sent: []models.SentField{{Field: "receipt"}}}})
	if want := (evidence.ReasonOutcome{Reason: "duplicate", Won: 1, Lost: 2}); len(byReason) != 2 || byReason[0] != want {
		t.Errorf("%+v", byReason)
	}
	want := map[string]evidence.EvidenceOutcome{"receipt": {Field: "receipt", WonWith: 1, LostWithout: 2}, "customer_name": {Field: "customer_name", WonWith: 1, LostWith: 1, LostWithout: 1}}
	for _, o := range byEvidence {
		if o != want[o.Field] {
			t.Errorf("%+v, want %+v", o, want[o.Field])
		}
	}
	if len(byEvidence) != 2 {
		t.Errorf("%+v", byEvidence)
	}
}
