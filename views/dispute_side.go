package views

import (
	"slices"
	"strconv"

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// DisputeSide is what stands beside: how complete the evidence is, the facts, who has it, what happened.
type DisputeSide struct {
	Shown     bool // of the meter
	Percent   string
	Checks    []check
	Advice    string
	Facts     []ui.Part
	Money     []disputeMovement
	MoneyNote string
	Assign    *assignForm
	Timeline  Timeline
	Support   SupportCard
}

// check is one piece of evidence: there, or what it would add.
type check struct {
	Have bool
	Name string
	Meta string
	Adds string
}

// disputeMovement is a movement of the dispute on the balance.
type disputeMovement struct {
	Name   string
	At     ui.Moment
	Amount money.Amount
}

type assignForm struct {
	Action string
	Field  ui.FieldModel
}

func newDisputeSide(in DisputeInput) DisputeSide {
	d := in.Desk.Dispute
	s := DisputeSide{Timeline: disputeTimeline(in)}
	if in.Desk.CanDraft() == nil && in.Shell.CanSeeCustomers {
		s.meter(in)
	}
	s.Facts = disputeFacts(in)
	s.money(in)
	s.Support = newDisputeSupport(in)
	if in.Shell.CanAct {
		s.Assign = newAssignForm(d.ID, in.Desk.Case.AssigneeID, in.Colleagues)
	}
	return s
}

func newAssignForm(id, assignee string, colleagues []models.Staff) *assignForm {
	options := []ui.Option{{Value: "", Text: "Nobody"}}
	for _, c := range colleagues {
		options = append(options, ui.Option{Value: c.ID, Text: c.Name})
	}
	return &assignForm{Action: disputeURL(id) + "/assignments", Field: ui.FieldModel{ID: "assignee", Name: "assignee", Label: "Person", Value: assignee, Options: options}}
}

// meter says how complete the evidence is, and what each missing piece would add.
func (s *DisputeSide) meter(in DisputeInput) {
	percent, steps := evidence.Completeness(in.Desk.Plan(), in.Desk.Has)
	s.Shown, s.Percent = true, strconv.Itoa(percent)
	for _, step := range steps {
		f, _ := evidence.FieldOf(step.Field)
		c := check{Have: step.Have, Name: f.Label, Meta: step.Why, Adds: strconv.Itoa(step.Adds) + "%"}
		if !step.Have {
			c.Adds = "adds " + c.Adds
		}
		s.Checks = append(s.Checks, c)
	}
	// Source: docs.klarna.com, disputes, evidence.
	s.Advice = "A tracking link is not sufficient: Klarna asks for the proof of delivery as a file, with time, address and receiver."
	if in.Desk.Goods != models.GoodsPhysical {
		s.Advice = "Contradictory or unclear evidence decides for the customer."
	}
}

func disputeFacts(in DisputeInput) []ui.Part {
	d, clock := in.Desk.Dispute, in.Shell.clock()
	parts := []ui.Part{{Name: "Stripe’s reason", Value: orDash(d.Reason)}}
	if d.KlarnaReason != "" {
		parts = append(parts, ui.Part{Name: "Klarna’s code", Value: d.KlarnaReason})
	}
	parts = append(parts, ui.Part{Name: "Opened", Value: clock.DayTime(d.Created.Time()).Text}, ui.Part{Name: "Disputed", Value: ui.Money(d.Money())})
	if o := in.Desk.Order; o != nil {
		parts = append(parts, ui.Part{Name: "Captured", Value: join(ui.Money(o.Captured()), clock.Day(o.CapturedAt.Time()).Text)},
			ui.Part{Name: "Refundable", Value: refundableWords(in)})
	}
	for _, sh := range in.Desk.Shipments {
		if sh.ReplacedBy == "" {
			parts = append(parts, ui.Part{Name: "Shipped", Value: join(sh.ShippedOn, sh.CarrierName, sh.TrackingNumber)})
		}
	}
	if in.FeeFrom != "" {
		parts = append(parts, ui.Part{Name: "Dispute fee", Value: ui.Money(in.Fee) + ", " + in.FeeFrom})
	}
	return parts
}

// refundableWords is what can still be given back: nothing while a chargeback withholds it.
func refundableWords(in DisputeInput) string {
	if in.RefundRefusal != nil {
		return "nothing now"
	}
	return ui.Money(in.Refundable)
}

func orDash(s string) string {
	if s == "" {
		return notYet
	}
	return s
}

// money lists what the dispute moved, from the balance transactions: never from its amount, which may be of another currency.
func (s *DisputeSide) money(in DisputeInput) {
	clock, d := in.Shell.clock(), in.Desk.Dispute
	rows := slices.Clone(in.Desk.BalanceTransactions)
	slices.SortFunc(rows, func(a, b models.BalanceTransaction) int { return int(a.Created - b.Created) })
	for _, t := range rows {
		name, fee := "Withdrawn", "Dispute fee"
		if t.Amount > 0 {
			name, fee = "Given back", "Fee given back"
		}
		at := clock.DayTime(t.Created.Time())
		s.Money = append(s.Money, disputeMovement{Name: name, At: at, Amount: t.Gross()})
		if t.Fee != 0 {
			s.Money = append(s.Money, disputeMovement{Name: fee, At: at, Amount: money.Amount{Minor: -t.Fee, Currency: t.Currency}})
		}
		if t.Currency != d.Currency {
			s.MoneyNote = "The dispute is in " + d.Currency + "; Stripe moved the money in " + t.Currency + "."
		}
	}
	if len(s.Money) == 0 {
		s.MoneyNote = "No money has moved. There is no fee in an inquiry."
		if !in.Desk.Dispute.IsInquiry() {
			s.MoneyNote = "Stripe has not shown a movement of this dispute yet."
		}
	}
}

// disputeTimeline is what happened to the dispute: Stripe's events about it and our own acts.
func disputeTimeline(in DisputeInput) Timeline {
	d := in.Desk.Dispute
	var entries []timelineEntry
	for _, e := range in.Events {
		if e.ObjectID == d.ID {
			entries = append(entries, disputeEvent(e))
		}
	}
	if len(entries) == 0 {
		entries = append(entries, timelineEntry{at: d.Created, Icon: "shield-alert", Tone: ui.ToneWarn, Title: "Opened", Who: "Stripe"})
	}
	for _, a := range slices.Backward(in.Audit) {
		if a.Action != "dispute.draft_saved" {
			entries = append(entries, auditEntry(a))
		}
	}
	if in.Shell.CanSeeCustomers {
		for _, n := range in.Desk.Notes {
			entries = append(entries, timelineEntry{at: n.Created, Icon: "message-square", Title: "Note by " + n.StaffName, Note: "“" + n.Text + "”"})
		}
	}
	return newestFirst(in.Shell, entries)
}

// disputeEvent puts an event about a dispute into words. Source: docs.stripe.com/api/events/types.
func disputeEvent(e models.StripeEvent) timelineEntry {
	entry := timelineEntry{at: e.Created, Icon: "shield-alert", Title: "Dispute updated", Who: "Stripe"}
	switch e.Type {
	case "charge.dispute.created":
		entry.Tone, entry.Title = ui.ToneWarn, "Opened"
	case "charge.dispute.funds_withdrawn":
		entry.Tone, entry.Title = ui.ToneBad, "Chargeback: amount and fee withheld"
	case "charge.dispute.funds_reinstated":
		entry.Tone, entry.Icon, entry.Title = ui.ToneOK, "shield-check", "Amount and fee given back"
	case "charge.dispute.closed":
		entry.Icon, entry.Title = "circle-dot", "Closed"
	}
	return entry
}

// disputeAudit puts what we did about a dispute into words.
func disputeAudit(e *timelineEntry, a models.AuditEntry) {
	switch a.Action {
	case "submission.requested":
		e.Icon, e.Title, e.Note = "lock", "Evidence submitted by us", i18n.Plural(int64(number(a.Details["fields"])), "field", "fields")
	case "submission.sent_again":
		e.Icon, e.Title = "refresh-cw", "Evidence sent again as a new request"
	case "submission.succeeded":
		e.Icon, e.Tone, e.Title = "circle-check", ui.ToneOK, "Evidence taken by Stripe"
	case "submission.refused":
		e.Icon, e.Tone, e.Title, e.Note = "circle-x", ui.ToneBad, "Nothing was submitted", plain(a.Details["code"])
	case "submission.unknown":
		e.Icon, e.Tone, e.Title, e.Note = "circle-question-mark", ui.ToneUnk, "Submission: no clear answer", plain(a.Details["code"])
	case "submission.left_to_person":
		e.Icon, e.Tone, e.Title = "circle-question-mark", ui.ToneUnk, "Submission: needs a decision"
	case "acceptance.requested":
		e.Icon, e.Title = "circle-x", "Acceptance asked for, "+nbsp(a.Details["amount"])
	case "acceptance.sent_again":
		e.Icon, e.Title = "refresh-cw", "Acceptance sent again as a new request"
	case "acceptance.succeeded":
		e.Icon, e.Tone, e.Title = "circle-x", ui.ToneBad, "Chargeback accepted"
	case "acceptance.refused":
		e.Icon, e.Tone, e.Title, e.Note = "circle-x", ui.ToneBad, "Nothing was accepted", plain(a.Details["code"])
	case "acceptance.unknown":
		e.Icon, e.Tone, e.Title, e.Note = "circle-question-mark", ui.ToneUnk, "Acceptance: no clear answer", plain(a.Details["code"])
	case "acceptance.left_to_person":
		e.Icon, e.Tone, e.Title = "circle-question-mark", ui.ToneUnk, "Acceptance: needs a decision"
	case "order.document_added", "order.document_moved", "order.document_removed", "order.document_restored":
		f, _ := evidence.FieldOf(a.Details["field"])
		e.Icon, e.Note = "upload", lower(f.Label)
		e.Title = map[string]string{"order.document_added": "File added", "order.document_moved": "File shows something else", "order.document_removed": "File removed",
			"order.document_restored": "File put back"}[a.Action]
	case "dispute.evidence_erased":
		e.Icon, e.Tone, e.Title = "x", ui.ToneBad, "The customer’s part was erased"
	case "mail_dispute.recorded":
		e.Icon, e.Title = "mail", "Recorded"
	case "mail_dispute.changed":
		e.Icon, e.Title, e.Note = "mail", "Changed", lower(mailStatusWords[a.Details["to"]])
	case "dispute.assigned":
		e.Icon, e.Title = "user", "Given to somebody"
		if a.Details["to"] == "" {
			e.Title = "Given to nobody"
		}
	}
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
