package views

import (
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/settlements"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// SettlementsInput is what the settlements page is made from.
type SettlementsInput struct {
	Shell      Shell
	Statements settlements.Statements
	Currency   string              // the one whose statement is drawn; "" for the first
	Typed      url.Values          // the period as it was typed
	Faults     []settlements.Fault // what is wrong with it
	Payouts    []settlements.ProvenPayout
	Newer      string // cursor for ?before=, "" on the first page
	Older      string // cursor for ?after=, "" on the last page
	Exceptions int64  // open ones
}

// SettlementsPage is the statement of a period with its payouts.
type SettlementsPage struct {
	Shell      Shell
	Sub        string
	Tabs       []ui.LinkModel
	Period     periodForm
	Currencies []ui.LinkModel
	Statement  *statementView // nil where nothing was ever booked
	Every      []statementRow
	Heads      []string
	Payouts    []payoutLine
	PayoutsSub string
	Pager      ui.PagerModel
	Files      fileForm
}

// periodForm chooses a period.
type periodForm struct {
	Action   string
	Keep     url.Values // other parameters of the address
	Presets  []ui.LinkModel
	Typed    bool // two days were typed
	From, To ui.FieldModel
	Zone     string
}

// statementView is the statement of one currency.
type statementView struct {
	Currency string
	Chart    ui.WaterfallModel
	Lines    []lineView
	Note     string
}

// lineView is a line of a statement: Klarna's share, everything else, and both.
type lineView struct {
	Text, Note         string
	Klarna, Other, All figure
	Sum                bool
}

// figure is an amount that opens its rows.
type figure struct {
	Text string
	URL  string
}

// statementRow is one currency of the table of all.
type statementRow struct {
	Currency string
	Figures  []figure
}

// payoutLine is one payout of the list.
type payoutLine struct {
	URL    string
	Sent   ui.Moment
	Arrive ui.Moment
	Status string
	Bank   string
	Amount money.Amount
	Proof  ui.BadgeModel
	Why    string
	Label  string
}

// NewSettlementsPage makes the settlements page.
func NewSettlementsPage(in SettlementsInput) SettlementsPage {
	in.Shell.Title, in.Shell.Nav = "Settlements", NavSettlements
	st := in.Statements
	p := SettlementsPage{Shell: in.Shell, Tabs: settlementTabs("", in.Exceptions)}
	p.Period = newPeriodForm(in.Shell, "/settlements", st.Period, in.Typed, in.Faults, url.Values{"currency": {in.Currency}})
	p.Sub = periodWords(st.Period) + ", " + in.Shell.clock().ZoneName() + ". " + proofWords(in)
	shown := in.Currency
	for _, s := range st.All {
		if shown == "" {
			shown = s.Currency
		}
		p.Currencies = append(p.Currencies, ui.LinkModel{URL: settlementsURL(st.Period, s.Currency), Text: s.Currency, Current: s.Currency == shown})
		p.Every = append(p.Every, newStatementRow(st, s))
		if s.Currency == shown {
			p.Statement = newStatementView(in, s)
		}
	}
	p.Heads = []string{"Opening"}
	for _, l := range models.LedgerLines() {
		p.Heads = append(p.Heads, lineShort(l))
	}
	p.Heads = append(p.Heads, "Closing")
	for _, payout := range in.Payouts {
		p.Payouts = append(p.Payouts, newPayoutLine(in.Shell, payout))
	}
	p.PayoutsSub = payoutCounts(in.Payouts)
	p.Pager = ui.PagerModel{Shown: ui.Count(len(p.Payouts), "payout") + " shown"}
	if in.Newer != "" {
		p.Pager.Newer = settlementsURL(st.Period, in.Currency) + "&" + url.Values{"before": {in.Newer}}.Encode()
	}
	if in.Older != "" {
		p.Pager.Older = settlementsURL(st.Period, in.Currency) + "&" + url.Values{"after": {in.Older}}.Encode()
	}
	p.Files = newFileForm(st.Period.Fixed().Values())
	return p
}

// settlementTabs are the pages about settlements.
func settlementTabs(current string, exceptions int64) []ui.LinkModel {
	tabs := []ui.LinkModel{{URL: "/settlements", Text: "Settlements"}, {URL: "/settlements/costs", Text: "True cost"},
		{URL: "/settlements/exceptions", Text: "Exceptions"}, {URL: "/settlements/bank", Text: "Bank"}, {URL: "/exports", Text: "Files"}}
	for i := range tabs {
		tabs[i].Current = tabs[i].URL == "/settlements"+current
	}
	if exceptions > 0 {
		tabs[2].Count = i18n.Number(exceptions)
	}
	return tabs
}

func settlementsURL(p settlements.Period, currency string) string {
	v := p.Values()
	if currency != "" {
		v.Set("currency", currency)
	}
	return "/settlements?" + v.Encode()
}

// linesURL opens the rows behind a figure.
func linesURL(p settlements.Period, currency string, line models.LedgerLine, share string) string {
	v := p.Fixed().Values()
	v.Set("currency", currency)
	if line != "" {
		v.Set("line", string(line))
	}
	if share != "" {
		v.Set("share", share)
	}
	return "/settlements/lines?" + v.Encode()
}

// periodWords are the days of a period: "20 October to 16 November 2026".
func periodWords(p settlements.Period) string {
	first, last := p.From, p.Last()
	switch {
	case first.Equal(last):
		return last.Format("2 January 2006")
	case first.Year() != last.Year():
		return first.Format("2 January 2006") + " to " + last.Format("2 January 2006")
	case first.Month() != last.Month():
		return first.Format("2 January") + " to " + last.Format("2 January 2006")
	}
	return first.Format("2") + " to " + last.Format("2 January 2006")
}

func newPeriodForm(s Shell, action string, p settlements.Period, typed url.Values, faults []settlements.Fault, keep url.Values) periodForm {
	f := periodForm{Action: action, Keep: url.Values{}, Zone: s.clock().ZoneName(), Typed: p.Preset == "" || len(faults) > 0}
	for name, values := range keep {
		if values[0] != "" {
			f.Keep[name] = values
		}
	}
	for _, preset := range settlements.Presets() {
		v := maps.Clone(f.Keep)
		v.Set("period", preset.Key)
		f.Presets = append(f.Presets, ui.LinkModel{URL: action + "?" + v.Encode(), Text: preset.Text, Current: preset.Key == p.Preset && !f.Typed})
	}
	f.From = ui.FieldModel{ID: "p-from", Name: "from", Label: "From", Type: "date", Value: p.From.Format(time.DateOnly), Required: true}
	f.To = ui.FieldModel{ID: "p-to", Name: "to", Label: "To", Hint: "in the period", Type: "date", Value: p.Last().Format(time.DateOnly), Required: true}
	for _, fault := range faults {
		f.From.Value, f.To.Value = typed.Get("from"), typed.Get("to")
		switch fault.Field {
		case "to":
			f.To.Error = fault.Message
		default:
			f.From.Error = fault.Message
		}
	}
	return f
}

// lineShort is a line's name under a bar of the chart.
func lineShort(l models.LedgerLine) string {
	switch l {
	case models.LineCaptureReversal:
		return "Reversals"
	case models.LineDisputesWon:
		return "Won"
	}
	return l.Word()
}

func newStatementRow(st settlements.Statements, s models.Statement) statementRow {
	r := statementRow{Currency: s.Currency, Figures: []figure{{Text: digitsOr(s.Opening, s.Currency, s.OpeningKnown)}}}
	for _, l := range models.LedgerLines() {
		r.Figures = append(r.Figures, figure{digitsOr(s.By[l].Net, s.Currency, true), linesURL(st.Period, s.Currency, l, "")})
	}
	r.Figures = append(r.Figures, figure{Text: digitsOr(s.Closing, s.Currency, s.ClosingKnown)})
	return r
}

// digitsOr writes an amount without its currency, or that it is not known.
func digitsOr(minor int64, currency string, known bool) string {
	if !known {
		return "unknown"
	}
	return ui.Digits(money.Amount{Minor: minor, Currency: currency})
}

func newStatementView(in SettlementsInput, s models.Statement) *statementView {
	st := in.Statements
	amount := func(minor int64) money.Amount { return money.Amount{Minor: minor, Currency: s.Currency} }
	first, begun := st.Firsts[s.Currency]
	unknown := "not known"
	if begun {
		unknown = "unknown before " + first.Format("2 January 2006")
	}
	v := &statementView{Currency: s.Currency}
	v.Chart = ui.WaterfallModel{ID: "statement", Title: "From the opening to the closing balance, " + s.Currency, Desc: statementDesc(s)}
	v.Chart.Steps = append(v.Chart.Steps, ui.Step{Label: "Opening", Value: amount(s.Opening), Total: true, Unknown: !s.OpeningKnown, Text: unknown})
	v.Lines = append(v.Lines, lineView{Text: "Opening balance", Note: dayWord(st.Period.From), All: figure{Text: digitsOr(s.Opening, s.Currency, s.OpeningKnown)}, Sum: true})
	if !s.OpeningKnown {
		v.Lines[0].Note = unknown
	}
	klarna := st.Klarna[s.Currency]
	for _, l := range models.LedgerLines() {
		v.Chart.Steps = append(v.Chart.Steps, ui.Step{Label: lineShort(l), Value: amount(s.By[l].Net)})
		v.Lines = append(v.Lines, newLineView(st, s, klarna, l))
	}
	v.Chart.Steps = append(v.Chart.Steps, ui.Step{Label: "Closing", Value: amount(s.Closing), Total: true, Unknown: !s.ClosingKnown, Text: unknown})
	v.Lines = append(v.Lines, lineView{Text: "Closing balance", Note: dayWord(st.Period.Last()) + ", end of the day", All: figure{Text: digitsOr(s.Closing, s.Currency, s.ClosingKnown)}, Sum: true})
	v.Note = anchorWords(in, s)
	return v
}

func newLineView(st settlements.Statements, s, klarna models.Statement, l models.LedgerLine) lineView {
	m, k := s.By[l], klarna.By[l]
	view := lineView{Text: l.Word(), All: figure{digitsOr(m.Net, s.Currency, true), linesURL(st.Period, s.Currency, l, "")}}
	if l != models.LineFees {
		view.Note = i18n.Plural(m.Count, "row", "rows")
	}
	if (l == models.LineDisputes || l == models.LineDisputesWon) && m.Fee != 0 {
		view.Note += ", fees " + digitsOr(-m.Fee, s.Currency, true) + " in it"
	}
	if l == models.LinePayouts {
		return view // a payout carries both shares
	}
	view.Klarna = figure{digitsOr(k.Net, s.Currency, true), linesURL(st.Period, s.Currency, l, "klarna")}
	view.Other = figure{digitsOr(m.Net-k.Net, s.Currency, true), linesURL(st.Period, s.Currency, l, "other")}
	return view
}

// anchorWords says what the balances rest on.
func anchorWords(in SettlementsInput, s models.Statement) string {
	if in.Statements.AsOf == 0 {
		return "Stripe’s balance was not read yet: opening and closing balances follow when it was."
	}
	words := "The balances are Stripe’s own of " + in.Shell.clock().DayTime(in.Statements.AsOf.Time()).Text + ", walked back over every row booked since."
	if first, begun := in.Statements.Firsts[s.Currency]; begun {
		words += " The first row in the mirror is of " + first.Format("2 January 2006") + "."
	}
	return words
}

// statementDesc is the chart in words.
func statementDesc(s models.Statement) string {
	words := []string{"Opening " + digitsOr(s.Opening, s.Currency, s.OpeningKnown)}
	for _, l := range models.LedgerLines() {
		words = append(words, strings.ToLower(l.Word())+" "+digitsOr(s.By[l].Net, s.Currency, true))
	}
	return strings.Join(append(words, "closing "+digitsOr(s.Closing, s.Currency, s.ClosingKnown)), ", ") + "."
}

func dayWord(t time.Time) string { return t.Format("2 January 2006") }

// proofWords say how many payouts of the page are proved.
func proofWords(in SettlementsInput) string {
	if len(in.Payouts) == 0 {
		return "No payout was sent in it."
	}
	matched := 0
	for _, p := range in.Payouts {
		if p.Proof.State == settlements.Matched {
			matched++
		}
	}
	of := ui.Count(len(in.Payouts), "payout")
	if in.Newer != "" || in.Older != "" {
		of += " on this page"
	}
	verb := " are"
	if matched == 1 {
		verb = " is"
	}
	return i18n.Number(int64(matched)) + " of " + of + verb + " proved to the cent."
}

// payoutCounts counts payouts by the state of their proof.
func payoutCounts(payouts []settlements.ProvenPayout) string {
	counts := map[settlements.State]int64{}
	for _, p := range payouts {
		counts[p.Proof.State]++
	}
	var words []string
	for _, s := range []settlements.State{settlements.Matched, settlements.Difference, settlements.Waiting, settlements.NotItemized, settlements.Failed, settlements.Canceled} {
		if counts[s] > 0 {
			words = append(words, i18n.Number(counts[s])+" "+settlements.StateWord(s))
		}
	}
	return strings.Join(words, " · ")
}

func newPayoutLine(s Shell, p settlements.ProvenPayout) payoutLine {
	clock, po := s.clock(), p.Payout
	shown := newProof(clock, p)
	return payoutLine{
		URL: payoutURL(po.ID), Sent: clock.Day(po.Created.Time()), Arrive: clock.Day(po.ArrivalDate.Time()), Status: capital(plain(po.Status)),
		Bank: join(po.TraceID, po.StatementDescriptor), Amount: po.Money(), Proof: shown.badge, Why: shown.why,
		Label: " of the payout of " + clock.Day(po.Created.Time()).Text + ", " + ui.Money(po.Money()),
	}
}

func payoutURL(id string) string { return "/settlements/" + url.PathEscape(id) }

// sortedNames are the names of address parameters, in order.
func sortedNames(v url.Values) []string { return slices.Sorted(maps.Keys(v)) }
