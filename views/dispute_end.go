package views

import (
	"strconv"

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// FilesPanel is the evidence locker: the files of an order, by what they show.
type FilesPanel struct {
	Shown   bool
	Action  string
	Back    string
	Lead    string
	Total   string
	Files   []fileLine
	Made    []string // what was done to make them fit
	Problem string
	Show    ui.FieldModel // what a new file shows
	Error   string
	CanAdd  bool
	Empty   string
}

// fileLine is a file of the locker.
type fileLine struct {
	Name    string
	Meta    string
	Icon    string
	URL     string
	Remove  string
	Move    string
	Field   ui.FieldModel
	CanMove bool
}

// newFilesPanel makes the locker as a dispute's page shows it.
func newFilesPanel(in DisputeInput) FilesPanel {
	if in.Desk.Order == nil || !in.Shell.CanSeeCustomers {
		return FilesPanel{}
	}
	p := newLocker(in.Shell, in.Desk.Order.ID, in.Desk.Documents, in.Shell.CanAct && in.Desk.CanDraft() == nil)
	p.Back, p.Error, p.Problem = disputeURL(in.Desk.Dispute.ID), in.Errors["file"], in.FilesProblem
	for _, a := range in.Desk.Plan() {
		if f, ok := evidence.FieldOf(a.Field); ok && f.Kind == evidence.KindFile {
			p.Show.Value = f.Name
			break
		}
	}
	var bytes, pages int64
	for _, f := range in.Files {
		bytes, pages = bytes+f.Size, pages+f.Pages
		if f.Note != "" {
			p.Made = append(p.Made, f.Note)
		}
	}
	// Source: docs.stripe.com/disputes/best-practices.
	p.Total = models.FileSize(bytes) + " of 4.5 MB · " + i18n.Plural(pages, "page", "pages") + ", fewer than 50 allowed"
	return p
}

// newOrderFiles makes the locker as an order's page shows it.
func newOrderFiles(in OrderInput) FilesPanel {
	if !in.Shell.CanSeeCustomers {
		return FilesPanel{}
	}
	p := newLocker(in.Shell, in.Order.ID, in.Documents, in.CanAct)
	p.Error = in.FileError
	return p
}

// newLocker makes the evidence locker of an order.
func newLocker(s Shell, orderID string, documents []models.Document, canAdd bool) FilesPanel {
	p := FilesPanel{Shown: true, Action: orderURL(orderID) + "/documents", Back: orderURL(orderID), CanAdd: canAdd,
		Empty: "No file yet. A proof of delivery kept here is at hand when a dispute comes.",
		Show:  ui.FieldModel{ID: "doc-field", Name: "field", Label: "What it shows", Value: "shipping_documentation", Options: fileKinds()}}
	for _, d := range documents {
		f, _ := evidence.FieldOf(d.Field)
		url := p.Action + "/" + d.ID
		line := fileLine{Name: d.Name, Icon: "download", URL: url, Meta: join(f.Label, models.FileSize(d.Size), i18n.Plural(d.Pages, "page", "pages"),
			d.StaffName+" "+s.clock().Day(d.Created.Time()).Text, shortHash(d.SHA256), d.Note)}
		if canAdd {
			line.Remove, line.Move, line.CanMove = url+"/removals", url+"/fields", true
			line.Field = ui.FieldModel{ID: "m-" + d.ID, Name: "field", Label: "What " + d.Name + " shows", Value: d.Field, Options: fileKinds()}
		}
		p.Files = append(p.Files, line)
	}
	return p
}

// shortHash is enough of a hash to compare by eye; the receipt holds it whole.
func shortHash(hash string) string {
	if len(hash) < 12 {
		return ""
	}
	return "SHA-256 " + hash[:12] + "…"
}

// fileKinds are what a file of the evidence can show.
func fileKinds() (options []ui.Option) {
	for _, f := range evidence.Fields() {
		if f.Kind == evidence.KindFile {
			options = append(options, ui.Option{Value: f.Name, Text: f.Label})
		}
	}
	return options
}

// ReviewMain is the last step: exactly what Stripe will get.
type ReviewMain struct {
	Action  string
	Edit    string
	Token   string
	Hash    string
	Pieces  string
	Texts   []sentLine
	Cleared []string
	Files   []sentLine
	Missing []askLine
	Notices []Notice
	WhyNot  string
	Error   string
}

// sentLine is one field of what is, or was, sent.
type sentLine struct {
	Label string
	Field string
	Text  string
	Meta  string
	URL   string
	Hash  string
}

func newReviewMain(in DisputeInput) *ReviewMain {
	d := in.Desk.Dispute
	m := &ReviewMain{Action: disputeURL(d.ID) + "/submissions", Edit: disputeURL(d.ID) + "?step=" + StepEvidence, Token: in.FormToken, Hash: in.Hash, Error: in.Errors["confirmed"]}
	texts := in.Desk.Texts()
	for _, f := range evidence.Fields() {
		text, ok := texts[f.Name]
		switch {
		case ok && text == "":
			m.Cleared = append(m.Cleared, f.Label)
		case ok:
			m.Texts = append(m.Texts, sentLine{Label: f.Label, Field: f.Name, Text: text})
		}
	}
	for _, file := range in.Files {
		f, _ := evidence.FieldOf(file.Field)
		m.Files = append(m.Files, sentLine{Label: f.Label, Field: file.Field, Text: file.Name, URL: disputeURL(d.ID) + "/files/" + file.ID,
			Meta: join(models.FileSize(file.Size), i18n.Plural(file.Pages, "page", "pages"), file.Note)})
	}
	_, steps := evidence.Completeness(in.Desk.Plan(), in.Desk.Has)
	have := 0
	for _, s := range steps {
		if s.Have {
			have++
			continue
		}
		f, _ := evidence.FieldOf(s.Field)
		m.Missing = append(m.Missing, askLine{Name: f.Label, Strength: string(s.Strength), Why: s.Why})
	}
	m.Pieces = strconv.Itoa(have) + " of " + ui.Count(len(steps), "piece") + " · " + lower(savedWords(in))
	switch why := in.Desk.CanAnswer(in.Shell.Now); {
	case why != nil:
		m.WhyNot = why.Message
	case !in.Shell.CanAct:
		m.WhyNot = "Staff, managers and admins can submit."
	case in.Limit != nil:
		m.WhyNot = in.Limit.Message
	case in.FilesProblem != "":
		m.WhyNot = in.FilesProblem
	case len(m.Texts)+len(m.Files) == 0:
		m.WhyNot = "There is nothing to send yet. Without evidence the chargeback is lost."
	}
	if in.Desk.Case.StageError != "" {
		m.Notices = append(m.Notices, Notice{Tone: ui.ToneWarn, Icon: "triangle-alert", Title: "Stripe did not take the draft", Lines: []string{in.Desk.Case.StageError, "Nothing was submitted by it."}})
	}
	if in.Error("submission") != "" {
		m.Notices = append(m.Notices, Notice{Tone: ui.ToneBad, Icon: "octagon-alert", Alert: true, Title: "Nothing was submitted.", Lines: []string{in.Error("submission")}})
	}
	if last := lastSubmission(in); last != nil && last.State == models.ActRefused {
		m.Notices = append(m.Notices, Notice{Tone: ui.ToneBad, Icon: "circle-x", Title: "Nothing was submitted.", Lines: []string{last.ErrorMessage,
			"Tried by " + last.StaffName + ", " + in.Shell.clock().DayTime(last.Requested.Time()).Text + "."}})
	}
	return m
}

// Error is what is wrong with a field of the form that was sent.
func (in DisputeInput) Error(field string) string { return in.Errors[field] }

func lastSubmission(in DisputeInput) *models.Submission {
	if n := len(in.Desk.Submissions); n > 0 {
		return &in.Desk.Submissions[n-1]
	}
	return nil
}

// ResultMain is a dispute that was answered, accepted or is over, and the receipt of what was sent.
type ResultMain struct {
	Notice  Notice
	Again   string // where a submission or acceptance that waits for a person is sent again
	AgainID string
	Button  string
	Receipt *receipt
	Missing []askLine
}

// receipt is what was sent, with its hashes.
type receipt struct {
	Lead   string
	SHA256 string
	Lines  []sentLine
}

func newResultMain(in DisputeInput) *ResultMain {
	m := &ResultMain{Notice: resultNotice(in)}
	id := in.Desk.Dispute.ID
	if sub := in.Desk.Submission(); sub != nil {
		if sub.State == models.ActPending && sub.NeedsPerson && in.Shell.CanAct {
			m.Again, m.AgainID, m.Button = disputeURL(id)+"/submissions", sub.ID, "Send the evidence again"
		}
		m.Receipt = newReceipt(in, sub)
		m.missing(in, sub)
	}
	if acc := in.Desk.Acceptance(); acc != nil && acc.State == models.ActPending && acc.NeedsPerson && in.Shell.CanAct {
		m.Again, m.AgainID, m.Button = disputeURL(id)+"/acceptances", acc.ID, "Send the acceptance again"
	}
	return m
}

// missing names what was asked for and not sent.
func (m *ResultMain) missing(in DisputeInput, sub *models.Submission) {
	sent := map[string]bool{}
	for _, f := range sub.Sent {
		sent[f.Field] = f.Text != "" || f.FileID != ""
	}
	for _, a := range in.Desk.Plan() {
		if f, ok := evidence.FieldOf(a.Field); ok && !sent[a.Field] {
			m.Missing = append(m.Missing, askLine{Name: f.Label, Strength: string(a.Strength), Why: a.Why})
		}
	}
}

func newReceipt(in DisputeInput, sub *models.Submission) *receipt {
	r := &receipt{SHA256: sub.SHA256, Lead: join(sub.StaffName, in.Shell.clock().LongDayTime(sub.Requested.Time()).Text, sub.StripeRequestID)}
	for _, s := range sub.Sent {
		f, _ := evidence.FieldOf(s.Field)
		line := sentLine{Label: f.Label, Field: s.Field, Text: s.Text, Hash: s.SHA256}
		switch {
		case s.Erased:
			line.Meta = "erased with the customer"
		case s.FileID != "":
			line.Text, line.Meta = s.Name, join(models.FileSize(s.Size), i18n.Plural(s.Pages, "page", "pages"), s.FileID)
		case s.Text == "":
			line.Meta = "emptied"
		}
		if line.Text != "" && !in.Shell.CanSeeCustomers {
			line.Text, line.Meta = "", join(line.Meta, "hidden for your role")
		}
		r.Lines = append(r.Lines, line)
	}
	return r
}

// resultNotice says how the dispute stands or ended. Money is told by the balance transactions beside it.
func resultNotice(in DisputeInput) Notice {
	d, sub, acc := in.Desk.Dispute, in.Desk.Submission(), in.Desk.Acceptance()
	amount := ui.Money(d.Money())
	pending := func(act string, o models.ActOutcome) Notice {
		if o.NeedsPerson {
			return Notice{Tone: ui.ToneUnk, Icon: "circle-question-mark", Title: "Stripe gives no clear answer whether this was " + act,
				Lines: []string{o.ErrorMessage, "Look at the dispute in Stripe. Only send it again if Stripe does not show it."}}
		}
		return Notice{Tone: ui.ToneUnk, Icon: "circle-question-mark", Title: "Stripe has not said yet whether this was " + act, Lines: []string{"Do not try again: we are asking."}}
	}
	switch {
	case sub != nil && sub.State == models.ActPending:
		return pending("submitted", sub.ActOutcome)
	case acc != nil && acc.State == models.ActPending:
		return pending("accepted", acc.ActOutcome)
	}
	switch in.Desk.Phase() {
	case evidence.PhaseReview:
		return Notice{Icon: "hourglass", Title: "The evidence is with Klarna", Lines: []string{"It cannot be changed or added to. The decision is final; it is shown here when Stripe tells it."}}
	case evidence.PhaseWon:
		return Notice{Tone: ui.ToneOK, Icon: "shield-check", Title: "Won", Lines: []string{amount + " stays with the shop. What was given back stands beside, as it was booked."}}
	case evidence.PhaseLost:
		n := Notice{Tone: ui.ToneBad, Icon: "circle-x", Title: "Lost", Lines: []string{amount + " stays with the customer, and the dispute fee is not returned. The decision is final."}}
		if words := models.LossWords(d.KlarnaLossReason); words != "" {
			n.Lines = append(n.Lines, "Klarna’s reason: "+words+".")
		}
		switch {
		case acc != nil:
			n.Title = "Accepted"
		case d.SubmissionCount == 0 && d.DueBy == 0:
			n.Lines = append(n.Lines, "It was closed as lost at once: no evidence was possible.")
		case d.SubmissionCount == 0:
			n.Lines = append(n.Lines, "No evidence was sent in time.")
		}
		return n
	case evidence.PhaseClosed:
		return Notice{Tone: ui.ToneOK, Icon: "shield-check", Title: "Closed without a chargeback", Lines: []string{"There is no fee. It was settled by a refund, or the customer withdrew."}}
	case evidence.PhaseChargeback:
		why := "Staff, managers and admins see and write the evidence."
		if r := in.Desk.CanDraft(); r != nil {
			why = r.Message
		}
		return Notice{Tone: ui.ToneWarn, Icon: "shield-alert", Title: "This chargeback waits for evidence", Lines: []string{why}}
	}
	return Notice{Tone: ui.ToneUnk, Icon: "circle-question-mark", Title: "Stripe says “" + plain(d.Status) + "”",
		Lines: []string{"This status is not known here, so nothing can be done about it here. Open the dispute in Stripe."}}
}

// eraseForm is the question whether everything of the customer is to go.
type eraseForm struct {
	Action string
	Error  string
}

// AcceptForm is the question whether a chargeback is to be accepted.
type AcceptForm struct {
	Action string
	Token  string
	Minor  string
	Amount money.Amount
	WhyNot string
	Error  string
	Open   bool
}

func newAcceptForm(in DisputeInput) *AcceptForm {
	if in.Desk.CanAccept() != nil || !in.Shell.CanAct {
		return nil
	}
	d := in.Desk.Dispute
	f := &AcceptForm{Action: disputeURL(d.ID) + "/acceptances", Token: in.FormToken, Minor: strconv.FormatInt(d.Amount, 10), Amount: d.Money(), Error: in.Errors["accepted"]}
	f.Open = f.Error != ""
	if in.Limit != nil {
		f.WhyNot = in.Limit.Message
	}
	return f
}
