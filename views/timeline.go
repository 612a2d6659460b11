package views

import (
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/views/ui"
)

// Timeline is what happened to an order: Stripe's events and our own acts, newest first.
type Timeline struct {
	Zone    string
	Entries []timelineEntry
}

// timelineEntry is one thing that happened.
type timelineEntry struct {
	at    models.Unix
	At    ui.Moment
	Icon  string
	Tone  ui.Tone
	Title string
	Who   string
	Note  string
	about string // entries about the same fact, told twice, carry the same word
}

// meta is what follows the time.
func (e timelineEntry) meta() string {
	s := ""
	for _, part := range []string{e.Who, e.Note} {
		if part != "" {
			s += " · " + part
		}
	}
	return s
}

// newTimeline makes the timeline. What Stripe's objects say themselves is told where no event of it arrived, as after a first sync.
func newTimeline(in OrderInput) Timeline {
	var entries []timelineEntry
	told := map[string]bool{}
	for _, e := range in.Events {
		entry := eventEntry(in, e)
		if entry.about != "" && told[entry.about] {
			continue
		}
		told[entry.about] = true
		entries = append(entries, entry)
	}
	for _, fact := range orderFacts(in) {
		if !told[fact.about] {
			entries = append(entries, fact)
		}
	}
	for _, a := range slices.Backward(in.Audit) { // the later of two in one second stands above
		if a.Action != "order.note_added" {
			entries = append(entries, auditEntry(a))
		}
	}
	for _, n := range in.Notes {
		entries = append(entries, timelineEntry{at: n.Created, Icon: "message-square", Title: "Note by " + n.StaffName, Note: "“" + n.Text + "”"})
	}
	return newestFirst(in.Shell, entries)
}

// newestFirst makes the timeline of what happened.
func newestFirst(s Shell, entries []timelineEntry) Timeline {
	slices.SortStableFunc(entries, func(a, b timelineEntry) int { return int(b.at - a.at) })
	clock := s.clock()
	for i := range entries {
		entries[i].At = clock.DayTime(entries[i].at.Time())
	}
	return Timeline{Zone: clock.ZoneName(), Entries: entries}
}

// orderFacts are the moments that the order's own objects carry.
func orderFacts(in OrderInput) []timelineEntry {
	o := in.Order
	var facts []timelineEntry
	add := func(at models.Unix, about, icon string, tone ui.Tone, title string) {
		if at != 0 {
			facts = append(facts, timelineEntry{at: at, about: about, Icon: icon, Tone: tone, Title: title, Who: "Stripe"})
		}
	}
	for _, d := range in.Disputes {
		add(d.Created, "dispute "+d.ID, "shield-alert", ui.ToneWarn, disputeKind(d)+" opened, "+ui.Money(d.Money()))
	}
	for _, r := range in.Refunds {
		add(r.Created, "refund "+r.ID, "rotate-ccw", ui.ToneNone, "Refund of "+ui.Money(r.Money()))
	}
	if o.Status == models.StatusExpired {
		add(o.CanceledAt, "canceled", "circle-x", ui.ToneBad, "The authorization ran out")
	} else {
		add(o.CanceledAt, "canceled", "circle-x", ui.ToneBad, canceledTitle(o))
	}
	if o.IsCaptured() {
		add(o.CapturedAt, "captured", "circle-check", ui.ToneOK, capturedTitle(o))
	}
	add(o.AuthorizedAt, "authorized", "circle-dashed", ui.ToneInfo, "Authorized "+ui.Money(o.Authorized()))
	add(o.Created, "created", "arrow-right", ui.ToneNone, "Payment started")
	return facts
}

func canceledTitle(o models.Order) string {
	if o.CancellationReason == "" {
		return "Canceled"
	}
	return "Canceled: " + lower(cancelReason(o.CancellationReason))
}

func capturedTitle(o models.Order) string {
	if released := o.Released(); released.Minor > 0 {
		return "Captured " + ui.Money(o.Captured()) + ", " + ui.Money(released) + " released"
	}
	return "Captured " + ui.Money(o.Captured())
}

// eventEntry puts one of Stripe's events into words; a type without words stands for itself.
// Source of the types: docs.stripe.com/api/events/types.
func eventEntry(in OrderInput, e models.StripeEvent) timelineEntry {
	o := in.Order
	entry := timelineEntry{at: e.Created, Icon: "arrow-right", Title: capital(plain(strings.ReplaceAll(e.Type, ".", " "))), Who: "Stripe"}
	say := func(about, icon string, tone ui.Tone, title string) {
		entry.about, entry.Icon, entry.Tone, entry.Title = about, icon, tone, title
	}
	switch e.Type {
	case "payment_intent.created":
		say("created", "arrow-right", ui.ToneNone, "Payment started")
	case "payment_intent.requires_action":
		say("sent", "arrow-right", ui.ToneNone, "Customer sent to Klarna")
	case "payment_intent.payment_failed", "charge.failed":
		say("", "circle-x", ui.ToneBad, "Payment failed")
	case "payment_intent.amount_capturable_updated", "charge.succeeded":
		say("authorized", "circle-dashed", ui.ToneInfo, "Authorized "+ui.Money(o.Authorized()))
	case "payment_intent.succeeded", "charge.captured":
		say("captured", "circle-check", ui.ToneOK, capturedTitle(o))
	case "payment_intent.canceled", "charge.expired":
		if o.Status == models.StatusExpired {
			say("canceled", "circle-x", ui.ToneBad, "The authorization ran out")
		} else {
			say("canceled", "circle-x", ui.ToneBad, canceledTitle(o))
		}
	case "charge.updated":
		say("", "refresh-cw", ui.ToneNone, "Charge updated")
	default:
		claimEvent(in, e, say)
	}
	return entry
}

// claimEvent puts events of refunds and disputes into words.
func claimEvent(in OrderInput, e models.StripeEvent, say func(about, icon string, tone ui.Tone, title string)) {
	switch e.Type {
	case "refund.created":
		say("refund "+e.ObjectID, "rotate-ccw", ui.ToneNone, "Refund"+refundAmount(in, e.ObjectID))
	case "charge.refunded":
		say("", "rotate-ccw", ui.ToneNone, "Charge refunded")
	case "refund.updated", "charge.refund.updated":
		refundUpdate(in, e, say)
	case "refund.failed":
		say("", "circle-x", ui.ToneBad, "Refund failed")
	case "charge.dispute.created":
		say("dispute "+e.ObjectID, "shield-alert", ui.ToneWarn, "Dispute opened"+disputeAmount(in, e.ObjectID))
	case "charge.dispute.updated":
		say("", "shield-alert", ui.ToneWarn, "Dispute updated")
	case "charge.dispute.funds_withdrawn":
		say("", "shield-alert", ui.ToneBad, "Chargeback: amount and fee withheld")
	case "charge.dispute.funds_reinstated":
		say("", "shield-check", ui.ToneOK, "Amount and fee given back")
	case "charge.dispute.closed":
		say("", "shield-check", ui.ToneNone, "Dispute closed")
	}
}

func refundAmount(in OrderInput, id string) string {
	for _, r := range in.Refunds {
		if r.ID == id {
			return " of " + ui.Money(r.Money())
		}
	}
	return ""
}

func disputeAmount(in OrderInput, id string) string {
	for _, d := range in.Disputes {
		if d.ID == id {
			return ", " + ui.Money(d.Money())
		}
	}
	return ""
}

// auditEntry puts one of our own acts into words.
func auditEntry(a models.AuditEntry) timelineEntry {
	e := timelineEntry{at: a.At, Icon: "user", Title: capital(plain(strings.ReplaceAll(a.Action, ".", " "))), Who: a.StaffName}
	if e.Who == "" {
		e.Who = "the desk"
	}
	amount, d := a.Details["amount"], a.Details
	tracking := join(d["carrier"], d["tracking_number"])
	switch a.Action {
	case "capture.requested":
		e.Title, e.Note = "Capture of "+nbsp(amount)+" asked for", join(released(d), tracking, d["no_tracking_reason"])
	case "capture.sent_again":
		e.Icon, e.Title = "refresh-cw", "Capture sent again as a new request"
	case "capture.succeeded":
		e.Icon, e.Tone, e.Title = "circle-check", ui.ToneOK, "Capture of "+nbsp(amount)+" confirmed by Stripe"
	case "capture.refused":
		e.Icon, e.Tone, e.Title, e.Note = "circle-x", ui.ToneBad, "Nothing was captured", plain(d["code"])
	case "capture.unknown":
		e.Icon, e.Tone, e.Title, e.Note = "circle-question-mark", ui.ToneUnk, "Capture: no clear answer", plain(d["code"])
	case "cancel.requested":
		e.Title, e.Note = "Cancellation asked for", lower(cancelReason(d["reason"]))
	case "cancel.sent_again":
		e.Icon, e.Title = "refresh-cw", "Cancellation sent again as a new request"
	case "cancel.succeeded":
		e.Icon, e.Tone, e.Title = "circle-check", ui.ToneOK, "Cancellation confirmed by Stripe"
	case "cancel.refused":
		e.Icon, e.Tone, e.Title, e.Note = "circle-x", ui.ToneBad, "Nothing was canceled", plain(d["code"])
	case "cancel.unknown":
		e.Icon, e.Tone, e.Title, e.Note = "circle-question-mark", ui.ToneUnk, "Cancellation: no clear answer", plain(d["code"])
	case "shipment.added":
		e.Icon, e.Title, e.Note = "truck", "Tracking number added", tracking
	case "shipment.corrected":
		e.Icon, e.Title, e.Note = "truck", "Tracking number corrected", tracking
	case "shipment.sent_to_stripe":
		e.Icon, e.Tone, e.Title, e.Note = "truck", ui.ToneOK, "Tracking sent to Stripe", d["tracking_number"]
	default:
		refundAudit(&e, a)
		disputeAudit(&e, a)
	}
	if a.StripeRequestID != "" {
		e.Note = join(e.Note, a.StripeRequestID)
	}
	return e
}

func released(d map[string]string) string {
	if d["released"] == "" {
		return ""
	}
	return nbsp(d["released"]) + " released"
}

// nbsp keeps an amount of the audit log on one line.
func nbsp(amount string) string { return strings.ReplaceAll(amount, " ", "\u00a0") }

// lower makes the first letter a small one.
func lower(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
