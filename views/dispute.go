package views

import (
	"net/url"
	"strconv"

	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// The regions of a dispute's page.
const (
	RegionDispute      = "dispute-head" // asked for when something changed
	RegionDisputeMain  = "dispute-main"
	RegionDisputeSide  = "dispute-side"
	RegionDisputeFiles = "dispute-files"
)

// The steps of an answer.
const (
	StepReason   = "reason"
	StepEvidence = "evidence"
	StepReview   = "review"
)

// DisputeInput is what a dispute's page is made from.
type DisputeInput struct {
	Shell         Shell
	Desk          evidence.Desk
	Step          string // of a chargeback's answer
	Files         []models.EvidenceFile
	FilesProblem  string // why the files cannot be sent as they are
	Hash          string // of the draft, for the review
	Fee           money.Amount
	FeeFrom       string // where the fee is known from, "" unknown
	Weighed       evidence.BreakEven
	Limit         *models.Refusal // a manager is needed
	RefundRefusal *models.Refusal // why the disputed amount cannot be refunded
	Refundable    money.Amount
	CanErase      bool
	Colleagues    []models.Staff
	Events        []models.StripeEvent
	Audit         []models.AuditEntry
	FormToken     string
	Seen          string            // a fingerprint of the version that the page shows, for its stream
	Typed         map[string]string // texts of a form that was not taken
	Clashes       map[string]DraftClash
	Errors        map[string]string
	Conflict      *Conflict
}

// DraftClash is a field that somebody else changed while a person typed.
type DraftClash struct {
	Theirs string
	By     string
	At     models.Unix
}

// DisputePage is the page of one dispute of Stripe's.
type DisputePage struct {
	Shell   Shell
	URL     string
	Stream  string
	Phase   string
	Head    DisputeHead
	Inquiry *InquiryMain
	Steps   []stepLink
	Reason  *ReasonMain
	Draft   *DraftMain
	Files   FilesPanel
	Review  *ReviewMain
	Result  *ResultMain
	Accept  *AcceptForm
	Erase   *eraseForm
	Side    DisputeSide
}

// DisputeHead is the dispute's title, its state and the deadline.
type DisputeHead struct {
	Title     string
	Badges    []ui.BadgeModel
	Order     string
	OrderURL  string
	Sub       string
	StripeURL string
	Accept    bool
	Notices   []Notice
}

// stepLink is a step of the answer.
type stepLink struct {
	Name    string
	URL     string
	Number  string
	Done    bool
	Current bool
}

// disputeURL is a dispute's page.
func disputeURL(id string) string { return "/disputes/" + url.PathEscape(id) }

// NewDisputePage makes the page of one dispute.
func NewDisputePage(in DisputeInput) DisputePage {
	d := in.Desk.Dispute
	in.Shell.Title, in.Shell.Nav = disputeReason(d.Reason)+", "+disputeName(in), NavDisputes
	p := DisputePage{Shell: in.Shell, URL: disputeURL(d.ID), Phase: string(in.Desk.Phase()), Head: newDisputeHead(in), Side: newDisputeSide(in)}
	p.Stream = "/live?dispute=" + url.QueryEscape(d.ID) + "&seen=" + in.Seen
	p.Files, p.Accept = newFilesPanel(in), newAcceptForm(in)
	if in.CanErase && !d.IsOpen() {
		p.Erase = &eraseForm{Action: disputeURL(d.ID) + "/erasures", Error: in.Errors["erase"]}
	}
	drafting := in.Desk.CanDraft() == nil && in.Shell.CanSeeCustomers
	switch in.Desk.Phase() {
	case evidence.PhaseInquiry:
		p.Inquiry = newInquiryMain(in)
		if drafting {
			p.Draft = newDraftMain(in)
		}
	case evidence.PhaseChargeback:
		switch {
		case !drafting:
			p.Result = newResultMain(in)
		case in.Step == StepReview:
			p.Review = newReviewMain(in)
		case in.Step == StepReason:
			p.Reason = newReasonMain(in)
		default:
			p.Draft = newDraftMain(in)
		}
		if drafting {
			p.Steps = stepLinks(in)
		}
	default:
		p.Result = newResultMain(in)
	}
	return p
}

// disputeName is the order that the dispute is about, as people call it.
func disputeName(in DisputeInput) string {
	if o := in.Desk.Order; o != nil {
		return orderName(*o)
	}
	return in.Desk.Dispute.ID
}

func newDisputeHead(in DisputeInput) DisputeHead {
	d, clock := in.Desk.Dispute, in.Shell.clock()
	h := DisputeHead{Title: disputeReason(d.Reason), Badges: []ui.BadgeModel{disputeBadge(d.Status)}, StripeURL: in.Shell.stripeURL("disputes", d.ID),
		Order: disputeName(in), Accept: in.Shell.CanAct && in.Desk.CanAccept() == nil}
	if sub := in.Desk.Submission(); sub != nil && sub.State == models.ActPending {
		h.Badges = append(h.Badges, unknownBadge)
	}
	if name := in.Desk.Case.AssigneeName; name != "" {
		h.Badges = append(h.Badges, ui.BadgeModel{Icon: "user", Text: name})
	}
	amount := ui.Money(d.Money())
	customer, country := "", ""
	if o := in.Desk.Order; o != nil {
		h.OrderURL, country = orderURL(o.ID), i18n.Country(o.Country)
		if in.Shell.CanSeeCustomers {
			customer = o.CustomerName
		}
		if o.AmountCaptured != d.Amount && o.Currency == d.Currency {
			amount += " of " + ui.Money(o.Captured())
		}
	}
	h.Sub = join(customer, country, amount, disputeDue(in.Shell, d))
	if n := disputeDeadline(in); n != nil {
		h.Notices = append(h.Notices, *n)
	}
	if in.Conflict != nil {
		h.Notices = append(h.Notices, disputeConflict(in, clock))
	}
	return h
}

// disputeDue says by when, in words; Stripe's own date is the only one that counts.
func disputeDue(s Shell, d models.Dispute) string {
	switch {
	case !d.IsOpen() || d.DueBy == 0:
		return ""
	case d.IsInquiry():
		return "decide by " + s.clock().DayTime(d.DueBy.Time()).Text
	case d.Status == "needs_response":
		return "evidence due " + s.clock().DayTime(d.DueBy.Time()).Text
	}
	return ""
}

// disputeDeadline is the banner on top. Sources: docs.stripe.com/payments/klarna/disputes.
func disputeDeadline(in DisputeInput) *Notice {
	d, now := in.Desk.Dispute, in.Shell.Now
	level := evidence.Urgency(d, now)
	n := Notice{Tone: ui.ToneNone, Icon: "clock"}
	switch level {
	case evidence.LevelUrgent, evidence.LevelOver:
		n.Tone, n.Icon = ui.ToneBad, "triangle-alert"
	case evidence.LevelSoon:
		n.Tone = ui.ToneWarn
	}
	left := i18n.Left(d.DueBy.Time().Sub(now))
	long := in.Shell.clock().LongDayTime(d.DueBy.Time()).Text
	switch in.Desk.Phase() {
	case evidence.PhaseInquiry:
		what, next := evidence.InquiryStory(in.Desk.Facts, now)
		n.Title, n.Lines = "Decide by "+long, []string{left + " left. " + what, next}
		switch {
		case d.DueBy == 0:
			n.Title, n.Lines = "Stripe gives no date", []string{what, next}
		case level == evidence.LevelOver:
			n.Title, n.Lines = "The time for this inquiry is over", []string{what, "It was to be settled by " + long + ". It becomes a chargeback unless the customer has withdrawn."}
		}
	case evidence.PhaseChargeback:
		switch {
		case d.DueBy == 0:
			n.Title, n.Lines = "No response is possible", []string{"Stripe gives no date by which evidence could be sent."}
		case level == evidence.LevelOver:
			n.Title, n.Lines = "The time for evidence is over", []string{"It was due " + long + ". Stripe takes no more; the decision follows."}
		default:
			n.Title, n.Lines = left+" left, one round", []string{"Evidence is due " + long + ". It is sent once, and the decision is final. Nothing is sent while you save."}
		}
	default:
		return nil
	}
	return &n
}

// disputeConflict says why what was just tried was not done.
func disputeConflict(in DisputeInput, clock ui.Clock) Notice {
	c := in.Conflict
	n := Notice{Tone: ui.ToneBad, Icon: "octagon-alert", Alert: true, Title: "Nothing was " + c.Act + ".", Lines: []string{c.Message}}
	if c.By != "" {
		n.Lines = append(n.Lines, "By "+c.By+", "+clock.DayTime(c.At.Time()).Text+".")
	}
	return n
}

func stepLinks(in DisputeInput) []stepLink {
	here := in.Step
	if here == "" {
		here = StepEvidence
	}
	var links []stepLink
	passed := true
	for i, s := range []struct{ key, name string }{{StepReason, "Reason"}, {StepEvidence, "Evidence"}, {StepReview, "Review"}} {
		if s.key == here {
			passed = false
		}
		links = append(links, stepLink{Name: s.name, Number: strconv.Itoa(i + 1), URL: disputeURL(in.Desk.Dispute.ID) + "?step=" + s.key,
			Done: passed, Current: s.key == here})
	}
	return links
}

// watch has the page ask for itself when something changed; it says in which phase it is, so that another one brings the whole page.
func (p DisputePage) watch() templ.Attributes {
	a := live(p.Stream, p.URL, RegionDispute)
	a["hx-vals"] = `{"phase":"` + p.Phase + `"}`
	return a
}
