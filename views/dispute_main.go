package views

import (
	"strconv"

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// InquiryMain is what can be done in an inquiry: give exactly the disputed amount back, or wait.
type InquiryMain struct {
	Refund   *settleForm
	WhyNot   string // why it cannot be refunded
	Refunds  []string
	Wait     []string
	Weighed  []ui.Part
	Advice   string
	NoAdvice string
	Message  string
}

// settleForm gives exactly the disputed amount back.
type settleForm struct {
	Action string
	Token  string
	Amount money.Amount
	Minor  string
	Error  string
}

// newInquiryMain makes the two ways. Source: docs.stripe.com/payments/klarna/disputes.
func newInquiryMain(in DisputeInput) *InquiryMain {
	d := in.Desk.Dispute
	amount := ui.Money(d.Money())
	m := &InquiryMain{}
	fee := "a dispute fee"
	if in.FeeFrom != "" {
		fee = "a dispute fee of " + ui.Money(in.Fee) + " (" + in.FeeFrom + ")"
	}
	after := "After that"
	if d.DueBy != 0 {
		after = "After " + in.Shell.clock().DayTime(d.DueBy.Time()).Text
	}
	m.Wait = []string{after + " it becomes a chargeback: " + amount + " and " + fee + " are withheld.", "From then on a refund is impossible.",
		"There is one round for evidence, until the day that Stripe then gives. The decision is final."}
	m.Refunds = []string{"Exactly the disputed amount. A smaller refund does not close it: Klarna may escalate the rest to a chargeback."}
	if rest := in.Refundable.Minor - d.Amount; rest > 0 && in.Refundable.Currency == d.Currency {
		m.Refunds = append(m.Refunds, "The order keeps "+ui.Money(money.Amount{Minor: rest, Currency: d.Currency})+" captured.")
	}
	m.Refunds = append(m.Refunds, "The money reaches the customer in 5 to 7 business days.")
	switch {
	case in.Desk.Order == nil:
		m.WhyNot = "The payment of this dispute is not in the mirror. Refund it in Stripe’s Dashboard."
	case !in.Shell.CanAct:
		m.WhyNot = "Staff, managers and admins can refund."
	case in.RefundRefusal != nil:
		m.WhyNot = in.RefundRefusal.Message
	case in.Limit != nil:
		m.WhyNot = in.Limit.Message
	case in.Refundable.Currency != d.Currency || in.Refundable.Minor < d.Amount:
		m.WhyNot = "Only " + ui.Money(in.Refundable) + " can still be refunded, less than the disputed " + amount + ". That would not close the inquiry: the rest can escalate. Prepare the evidence, with proof of the refund."
	default:
		m.Refund = &settleForm{Action: disputeURL(d.ID) + "/refunds", Token: in.FormToken, Amount: d.Money(), Minor: strconv.FormatInt(d.Amount, 10), Error: in.Errors["confirmed"]}
	}
	m.weigh(in)
	if in.Shell.CanSeeCustomers {
		m.Message = evidence.CustomerMessage(in.Desk.Facts)
	}
	return m
}

// weigh shows the numbers behind the choice.
func (m *InquiryMain) weigh(in DisputeInput) {
	w := in.Weighed
	m.Weighed = []ui.Part{{Name: "Refunding now costs", Value: ui.Money(w.Amount)}}
	if !w.FeeKnown {
		m.NoAdvice = "The dispute fee in this currency is not known, so the two cannot be weighed."
		return
	}
	m.Weighed = append(m.Weighed, ui.Part{Name: "Losing a chargeback costs", Value: ui.Money(w.Amount) + " and " + ui.Money(w.Fee)},
		ui.Part{Name: "Waiting pays off if you win more than", Value: strconv.Itoa(w.NeedPercent) + "% of such disputes"},
		ui.Part{Name: "Your own history of this reason", Value: i18n.Plural(int64(w.History.Won), "won", "won") + ", " + i18n.Plural(int64(w.History.Lost), "lost", "lost")})
	m.Advice = w.Advice
	if m.Advice == "" {
		m.NoAdvice = "No advice: " + i18n.Plural(int64(w.Cases), "decided case", "decided cases") + " of this reason; it takes 20."
	}
}

// ReasonMain is the first step of an answer: what Klarna asks for, and what was sold.
type ReasonMain struct {
	Action string
	Story  string
	Klarna string
	Goods  ui.FieldModel
	Asks   []askLine
}

// askLine is one piece of evidence that is asked for.
type askLine struct {
	Name     string
	Strength string
	Why      string
	Source   string
}

func newReasonMain(in DisputeInput) *ReasonMain {
	d := in.Desk.Dispute
	what, _ := evidence.InquiryStory(in.Desk.Facts, in.Shell.Now)
	m := &ReasonMain{Action: disputeURL(d.ID) + "/drafts", Story: what, Klarna: d.KlarnaReason, Goods: goodsField(in)}
	for _, a := range in.Desk.Plan() {
		f, _ := evidence.FieldOf(a.Field)
		m.Asks = append(m.Asks, askLine{Name: f.Label, Strength: string(a.Strength), Why: a.Why, Source: a.Source})
	}
	return m
}

var goodsWords = map[models.Goods]string{models.GoodsPhysical: "Physical goods", models.GoodsDigital: "Digital goods",
	models.GoodsService: "A service", models.GoodsEvent: "An event or a booking"}

func goodsField(in DisputeInput) ui.FieldModel {
	f := ui.FieldModel{ID: "goods", Name: "goods", Label: "What was sold", Value: string(in.Desk.Goods), Error: in.Errors["goods"],
		Help: "It decides which evidence counts."}
	for _, g := range models.AllGoods() {
		f.Options = append(f.Options, ui.Option{Value: string(g), Text: goodsWords[g]})
	}
	return f
}

// DraftMain is the second step: the texts of the evidence.
type DraftMain struct {
	Private  bool // in an inquiry: nobody reads it yet
	Action   string
	Saved    string
	Staged   string
	Fields   []draftField
	More     []draftField
	Open     bool // of the further fields
	Together string
	Notices  []Notice
	Review   bool
}

// draftField is one text of the evidence.
type draftField struct {
	ui.FieldModel
	Base   string // fingerprint of what stood there
	Max    string
	Count  string
	Forget bool // a person wrote it, and the shop knows something itself
	Clash  string
	Theirs string
	Strong string
}

func newDraftMain(in DisputeInput) *DraftMain {
	d := in.Desk.Dispute
	m := &DraftMain{Private: in.Desk.Phase() == evidence.PhaseInquiry, Action: disputeURL(d.ID) + "/drafts", Saved: savedWords(in), Review: in.Desk.Phase() == evidence.PhaseChargeback}
	if !m.Private {
		m.Staged = stagedWords(in)
	}
	asked := map[string]evidence.Ask{}
	for _, a := range in.Desk.Plan() {
		asked[a.Field] = a
		if f, ok := evidence.FieldOf(a.Field); ok && f.Kind != evidence.KindFile {
			m.Fields = append(m.Fields, newDraftField(in, f, a.Why))
		}
	}
	total := 0
	for _, f := range evidence.Fields() {
		if f.Kind == evidence.KindFile {
			continue
		}
		total += len([]rune(in.Desk.Value(f.Name)))
		if _, ok := asked[f.Name]; ok {
			continue
		}
		field := newDraftField(in, f, "")
		m.Open = m.Open || field.Error != "" || field.Clash != ""
		m.More = append(m.More, field)
	}
	m.Together = i18n.Number(int64(total)) + " of " + i18n.Number(evidence.MaxTogether) + " characters in all"
	if len(in.Clashes) > 0 {
		m.Notices = append(m.Notices, Notice{Tone: ui.ToneWarn, Icon: "triangle-alert", Alert: true, Title: "Somebody else changed the same field",
			Lines: []string{"What you typed is still here and not saved. Beside it stands what they wrote. Save again to put yours in its place."}})
	}
	if message := in.Errors[""]; message != "" {
		m.Notices = append(m.Notices, Notice{Tone: ui.ToneBad, Icon: "octagon-alert", Alert: true, Title: "Not saved.", Lines: []string{message}})
	}
	return m
}

func newDraftField(in DisputeInput, f evidence.Field, why string) draftField {
	value := in.Desk.Value(f.Name)
	df := draftField{Base: evidence.Fingerprint(value), Max: strconv.Itoa(f.Max), Strong: why}
	if typed, ok := in.Typed[f.Name]; ok {
		value = typed
	}
	df.FieldModel = ui.FieldModel{ID: "f-" + f.Name, Name: f.Name, Label: f.Label, Value: value, Help: join(f.Hint, why), Error: in.Errors[f.Name], Autocomplete: "off"}
	written, known := in.Desk.Draft[f.Name], in.Desk.Known[f.Name]
	switch {
	case written.Field != "":
		df.Hint = "by " + written.StaffName
		df.Forget = known.Value != "" && known.Value != written.Value
	case known.Value != "":
		df.Hint = lower(known.From)
	}
	df.Count = i18n.Number(int64(len([]rune(value)))) + " of " + i18n.Number(int64(f.Max)) + " characters"
	if f.Kind == evidence.KindText {
		df.Rows = 4
	}
	if clash, ok := in.Clashes[f.Name]; ok {
		df.Clash, df.Theirs = "Changed meanwhile", clash.Theirs
		if clash.By != "" {
			df.Clash += " by " + clash.By + ", " + in.Shell.clock().DayTime(clash.At.Time()).Text
		}
		df.Warning = "Not saved: somebody else wrote something else here."
	}
	return df
}

func savedWords(in DisputeInput) string {
	c := in.Desk.Case
	if c.SavedAt == 0 {
		return "Nothing written yet: what stands here is known of the order."
	}
	return join("Saved "+in.Shell.clock().DayTime(c.SavedAt.Time()).Text, c.SavedBy)
}

// stagedWords says whether Stripe holds this draft, which is not submitted by it.
func stagedWords(in DisputeInput) string {
	c := in.Desk.Case
	switch {
	case c.StageError != "":
		return "Stripe does not hold this draft: " + c.StageError
	case c.StagedVersion > 0 && c.StagedVersion == c.Version:
		return "Stripe holds this draft too, not submitted."
	case c.Version > 0:
		return "Stripe is given this draft in a moment, not submitted."
	}
	return ""
}
