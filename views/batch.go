package views

import (
	"strings"

	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// RegionBatch is all of a batch's page below its title; it updates by itself while the batch runs.
const RegionBatch = "batch"

// BatchTotal counts the rows of one act, state and currency.
type BatchTotal struct {
	Act       models.BatchAct
	State     models.BatchRowState
	Count     int64
	Amount    money.Amount
	Released  money.Amount
	Untracked int64
	Advised   int64
}

// BatchInput is what the page of a batch is made from.
type BatchInput struct {
	Shell        Shell
	Batch        models.Batch
	Totals       []BatchTotal
	Rows         []models.BatchRow       // one page of them
	Orders       map[string]models.Order // of these rows
	After        int64                   // line that the page begins after
	Further      bool                    // there are rows behind these
	FormToken    string
	ReleasedWord string // what the confirmation must name; "" where nothing is released
	Reason       string // as typed
	Errors       map[string]string
	Conflict     string // why what was asked for is not possible
}

// BatchPage is a batch: to be confirmed, running, or done.
type BatchPage struct {
	Shell    Shell
	Title    string
	Sub      string
	Draft    bool
	Running  bool
	URL      string
	Here     string // the URL of this page of its rows
	Conflict string
	What     string // "5 captured · 1 tracking only · 3 left out"
	Sentence string // "Capture 5 orders in 2 currencies: "
	Sums     string
	Confirm  batchConfirm
	Progress batchProgress
	Rows     []batchRow
	Next     string
	Prev     string
	Shown    string
	CanRetry bool
	Failed   string
}

// batchConfirm is the form that starts a draft.
type batchConfirm struct {
	Action    string
	Token     string
	Button    string
	Nothing   string // why there is no button
	Untracked string // "2 orders have no tracking number."
	LeaveOut  string // "Leave out those 2"
	Reason    *ui.FieldModel
	Released  string // sums that are given up for good, for people
	Word      string // the same for the form
	Error     string // of the released sums
}

// batchProgress is how far a batch has come.
type batchProgress struct {
	Done, All string
	Text      string
}

type batchRow struct {
	Line     string
	Name     string
	URL      string
	Customer string
	Hidden   bool
	Country  string
	Carrier  string
	Number   string
	Amount   *money.Amount
	Badge    ui.BadgeModel
	Why      string
	Warn     bool
	Request  string
}

// NewBatchPage makes the page of a batch.
func NewBatchPage(in BatchInput) BatchPage {
	b := in.Batch
	p := BatchPage{
		Shell: in.Shell, Title: batchTitle(b), Draft: b.State == models.BatchDraft, Running: b.State == models.BatchRunning,
		URL: "/batches/" + b.ID, Conflict: in.Conflict, What: batchWhat(in.Totals, b.State == models.BatchDraft),
	}
	p.Shell.Title, p.Shell.Nav = p.Title, NavOrders
	c := in.Shell.clock()
	source := b.Source
	if !strings.Contains(source, ".") { // a file's name stands as it is
		source = capital(source)
	}
	p.Sub = source + ", " + b.StaffName + ", " + c.DayTime(b.Created.Time()).Text + "."
	if p.Draft {
		p.Sub += " Nothing has been sent yet."
		p.confirm(in)
	} else {
		p.progress(in)
	}
	for _, r := range in.Rows {
		p.Rows = append(p.Rows, newBatchRow(in, r))
	}
	p.pages(in)
	return p
}

func batchTitle(b models.Batch) string {
	switch b.Kind {
	case models.BatchCancel:
		return "Cancel authorizations"
	case models.BatchShip:
		return "Ship and capture"
	case models.BatchTrack:
		return "Add tracking"
	}
	return "Capture orders"
}

func (p *BatchPage) pages(in BatchInput) {
	var all int64
	for _, t := range in.Totals {
		all += t.Count
	}
	p.Shown = i18n.Number(int64(len(in.Rows))) + " of " + i18n.Number(all) + " shown"
	if in.Further {
		p.Next = p.URL + "?after=" + decimal(in.Rows[len(in.Rows)-1].Line)
	}
	p.Here = p.URL
	if in.After > 0 {
		p.Here += "?after=" + decimal(in.After)
		p.Prev = p.URL + "?after=" + decimal(max(0, in.After-200))
	}
}

// tally counts the rows for which keep is true, and adds their amounts up by currency.
func tally(totals []BatchTotal, keep func(BatchTotal) bool) (n int64, sums sumList) {
	for _, t := range totals {
		if keep(t) {
			n += t.Count
			if t.Act == models.ActCapture || t.Act == models.ActCancel {
				sums.add(t.Amount)
			}
		}
	}
	return n, sums
}

func batchWhat(totals []BatchTotal, draft bool) string {
	count := func(keep func(BatchTotal) bool) int64 { n, _ := tally(totals, keep); return n }
	part := func(n int64, text string) string {
		if n == 0 {
			return ""
		}
		return i18n.Number(n) + " " + text
	}
	left := part(count(func(t BatchTotal) bool { return t.State == models.RowLeftOut }), "left out")
	if draft {
		act := func(a models.BatchAct) func(BatchTotal) bool {
			return func(t BatchTotal) bool { return t.State == models.RowWaiting && t.Act == a }
		}
		return join(part(count(act(models.ActCapture)), "to capture"), part(count(act(models.ActCancel)), "to cancel"),
			part(count(act(models.ActTrack)), "tracking only"), left)
	}
	in := func(s models.BatchRowState) func(BatchTotal) bool {
		return func(t BatchTotal) bool { return t.State == s }
	}
	return join(part(count(in(models.RowDone)), "done"), part(count(in(models.RowRefused)), "failed"),
		part(count(in(models.RowUnknown)), "not known"), part(count(in(models.RowWaiting)), "waiting"), left)
}

// confirm makes the form that starts the draft.
func (p *BatchPage) confirm(in BatchInput) {
	c := batchConfirm{Action: p.URL + "/runs", Token: in.FormToken, Word: in.ReleasedWord, Error: in.Errors["released"]}
	captures, sums := tally(in.Totals, func(t BatchTotal) bool { return t.State == models.RowWaiting && t.Act == models.ActCapture })
	cancels, canceled := tally(in.Totals, func(t BatchTotal) bool { return t.State == models.RowWaiting && t.Act == models.ActCancel })
	tracks, _ := tally(in.Totals, func(t BatchTotal) bool { return t.State == models.RowWaiting && t.Act == models.ActTrack })
	var untracked int64
	var released sumList
	for _, t := range in.Totals {
		if t.State == models.RowWaiting {
			untracked += t.Untracked
			if t.Released.Minor > 0 {
				released.add(t.Released)
			}
		}
	}
	c.Released = Amounts{Sums: released}.words(", ", " and ")
	switch {
	case captures > 0:
		c.Button = "Capture " + i18n.Number(captures)
		p.Sentence, p.Sums = "Capture "+ordersInCurrencies(captures, sums)+": ", Amounts{Sums: sums}.words(", ", ", ")
		if c.Released != "" {
			c.Button += " and release " + c.Released
		}
		if tracks > 0 {
			c.Button += " and add tracking to " + i18n.Number(tracks)
		}
	case cancels > 0:
		c.Button = "Cancel " + i18n.Number(cancels)
		p.Sentence, p.Sums = "Give "+ordersInCurrencies(cancels, canceled)+" up for good: ", Amounts{Sums: canceled}.words(", ", ", ")
	case tracks > 0:
		c.Button = "Add tracking to " + i18n.Number(tracks)
		p.Sentence = "No money moves."
	default:
		c.Nothing = "There is nothing to be done: every row is left out. The table says why."
	}
	c.reason(in, cancels > 0, untracked)
	if untracked > 0 {
		c.Untracked = i18n.Plural(untracked, "order has", "orders have") + " no tracking number."
		if untracked < captures+tracks {
			c.LeaveOut = "Leave out those " + i18n.Number(untracked)
			if untracked == 1 {
				c.LeaveOut = "Leave out that one"
			}
		}
	}
	p.Confirm = c
}

// reason asks why, where the act needs it.
func (c *batchConfirm) reason(in BatchInput, cancel bool, untracked int64) {
	f := ui.FieldModel{ID: "batch-reason", Name: "reason", Value: in.Reason, Error: in.Errors["reason"], MaxLength: models.MaxReasonLength}
	switch {
	case cancel:
		f.Label, f.Options = "Why", append([]ui.Option{{Text: "Choose"}}, cancelReasons[:]...)
	case untracked > 0:
		f.Label, f.Help = "Why there is no tracking number", "Tracking decides disputes: without it a customer’s claim is hard to answer."
	default:
		return
	}
	c.Reason = &f
}

func ordersInCurrencies(n int64, sums sumList) string {
	text := i18n.Plural(n, "order", "orders")
	if len(sums) > 1 {
		text += " in " + i18n.Number(int64(len(sums))) + " currencies"
	}
	return text
}

func (p *BatchPage) progress(in BatchInput) {
	all, _ := tally(in.Totals, func(t BatchTotal) bool { return t.State != models.RowLeftOut })
	open, _ := tally(in.Totals, func(t BatchTotal) bool { return t.State == models.RowWaiting })
	failed, _ := tally(in.Totals, func(t BatchTotal) bool { return t.State == models.RowRefused })
	p.Progress = batchProgress{Done: decimal(all - open), All: decimal(max(all, 1))}
	p.Progress.Text = i18n.Number(all-open) + " of " + i18n.Plural(all, "order", "orders")
	if !p.Running {
		p.Progress.Text = "Finished: " + p.What
		p.CanRetry = failed > 0
		p.Failed = "Try the " + i18n.Number(failed) + " failed again"
		if failed == 1 {
			p.Failed = "Try the failed one again"
		}
	}
	_, sums := tally(in.Totals, func(t BatchTotal) bool { return t.State == models.RowDone && t.Act == models.ActCapture })
	if len(sums) > 0 {
		p.Sentence, p.Sums = "Captured so far: ", Amounts{Sums: sums}.words(", ", ", ")
		if !p.Running {
			p.Sentence = "Captured: "
		}
	}
}

func newBatchRow(in BatchInput, r models.BatchRow) batchRow {
	row := batchRow{Line: decimal(r.Line), Name: r.OrderText, Carrier: r.CarrierName, Number: r.TrackingNumber, Badge: batchBadge(r), Why: r.Message, Request: r.StripeRequestID}
	if o, ok := in.Orders[r.OrderID]; ok {
		row.Name, row.URL, row.Customer, row.Country, row.Hidden = orderName(o), orderURL(o.ID), o.CustomerName, o.Country, !in.Shell.CanSeeCustomers
		amount := o.Authorized()
		if r.Act == models.ActCapture {
			amount = r.Money()
		}
		row.Amount = &amount
		if row.Number == "" && o.HasTracking {
			row.Carrier, _ = trackingWord(o)
		}
	}
	var parts []string
	for _, text := range []string{r.Message, r.Advice, r.ErrorMessage} {
		if text != "" && (text != r.Message || r.ErrorMessage == "") {
			parts = append(parts, text)
		}
	}
	row.Why, row.Warn = strings.Join(parts, " "), r.Advice != "" && r.ErrorMessage == ""
	return row
}

// batchBadge is what will happen to a row, or what came of it.
func batchBadge(r models.BatchRow) ui.BadgeModel {
	switch r.State {
	case models.RowLeftOut:
		return ui.BadgeModel{Icon: "circle-x", Text: "Left out"}
	case models.RowRefused:
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Failed"}
	case models.RowUnknown:
		return ui.BadgeModel{Tone: ui.ToneUnk, Icon: "circle-question-mark", Text: "Unknown"}
	case models.RowDone:
		done := map[models.BatchAct]string{models.ActCapture: "Captured", models.ActCancel: "Canceled", models.ActTrack: "Tracking saved"}[r.Act]
		return ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: done}
	}
	switch {
	case r.Act == models.ActTrack:
		return ui.BadgeModel{Icon: "truck", Text: "Tracking only"}
	case r.Act == models.ActCancel:
		return ui.BadgeModel{Tone: ui.ToneInfo, Icon: "circle-x", Text: "Cancel"}
	case r.Released > 0:
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "scissors", Text: "Capture less"}
	}
	return ui.BadgeModel{Tone: ui.ToneInfo, Icon: "check", Text: "Capture in full"}
}

// poll asks again while the batch runs.
func (p BatchPage) poll() templ.Attributes {
	if !p.Running {
		return nil
	}
	return templ.Attributes{"hx-get": p.Here, "hx-trigger": "every 1s", "hx-target": "#" + RegionBatch, "hx-swap": "outerMorph"}
}

func batchRowsTitle(p BatchPage) string {
	if p.Draft {
		return "What will happen"
	}
	return "What happened"
}

func batchResultTitle(p BatchPage) string {
	if p.Draft {
		return "Will happen"
	}
	return "Result"
}
