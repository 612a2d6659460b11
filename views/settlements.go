package views

import (
	"net/url"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// LinesSum is what a payout's lines add up to, without the payout's own row.
type LinesSum struct {
	Count int64
	Net   int64 // minor units of the payout's currency
}

// PayoutRow is a payout with the sum of its lines, as far as the mirror has them.
type PayoutRow struct {
	Payout models.Payout
	Lines  LinesSum
}

// SettlementsInput is what the settlements page is made from.
type SettlementsInput struct {
	Shell   Shell
	Payouts []PayoutRow // newest first
	Newer   string      // cursor for ?before=, "" on the first page
	Older   string      // cursor for ?after=, "" on the last page
}

// SettlementsPage is the list of payouts.
type SettlementsPage struct {
	Shell Shell
	Sub   string
	Rows  []payoutLine
	Pager ui.PagerModel
}

// payoutLine is one payout of the list.
type payoutLine struct {
	URL    string
	Sent   ui.Moment
	Arrive ui.Moment
	Status string
	Amount money.Amount
	Proof  ui.BadgeModel
	Why    string
	Label  string
}

// NewSettlementsPage makes the list of payouts.
func NewSettlementsPage(in SettlementsInput) SettlementsPage {
	in.Shell.Title, in.Shell.Nav = "Settlements", NavSettlements
	clock := in.Shell.clock()
	p := SettlementsPage{Shell: in.Shell, Sub: "Payouts of the Stripe account, newest first. Days are in " + clock.ZoneName() + "."}
	for _, row := range in.Payouts {
		proof := prove(row.Payout, row.Lines)
		p.Rows = append(p.Rows, payoutLine{
			URL: payoutURL(row.Payout.ID), Sent: clock.Day(row.Payout.Created.Time()), Arrive: clock.Day(row.Payout.ArrivalDate.Time()),
			Status: capital(plain(row.Payout.Status)), Amount: row.Payout.Money(), Proof: proof.badge, Why: proof.why,
			Label: " of the payout of " + clock.Day(row.Payout.Created.Time()).Text + ", " + ui.Money(row.Payout.Money()),
		})
	}
	p.Pager = ui.PagerModel{Shown: ui.Count(len(p.Rows), "payout") + " shown"}
	if in.Newer != "" {
		p.Pager.Newer = "/settlements?" + url.Values{"before": {in.Newer}}.Encode()
	}
	if in.Older != "" {
		p.Pager.Older = "/settlements?" + url.Values{"after": {in.Older}}.Encode()
	}
	return p
}

func payoutURL(id string) string { return "/settlements/" + url.PathEscape(id) }

// proof says whether a payout's lines explain it.
type proof struct {
	badge  ui.BadgeModel
	title  string
	why    string
	lines  []string
	settle bool // the sum is final
}

// prove compares a payout with its lines: the net of all other rows is the payout (docs.stripe.com/payouts/reconciliation). Payouts sent
// by hand or instantly are not itemized by Stripe.
func prove(p models.Payout, sum LinesSum) proof {
	gap := money.Amount{Minor: p.Amount - sum.Net, Currency: p.Currency}
	count := ui.Count(sum.Count, "line")
	sentence := count + " add up to " + ui.Money(money.Amount{Minor: sum.Net, Currency: p.Currency}) + ". The payout is " + ui.Money(p.Money()) +
		". The difference is " + ui.Money(gap) + "."
	switch {
	case p.Status == "failed" || p.Status == "canceled":
		return proof{badge: ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: capital(p.Status)}, title: "This payout " + failedWord(p.Status),
			why: payoutFailure(p), lines: []string{payoutFailure(p)}}
	case !p.Automatic || p.ReconciliationStatus == "not_applicable":
		return proof{badge: ui.BadgeModel{Icon: "minus", Text: "Not itemized"}, title: "Stripe does not list the lines of this payout",
			why: "Sent by hand: Stripe does not list its lines", lines: []string{"It was sent by hand or instantly. Only automatic payouts can be explained line by line."}}
	case p.ReconciliationStatus != "" && p.ReconciliationStatus != "completed":
		return proof{badge: ui.BadgeModel{Icon: "hourglass", Text: "Waiting"}, title: "Stripe is still putting it together",
			why: "Stripe is still putting it together", lines: []string{"The lines below may not be all of them. The sum is compared when Stripe has finished."}}
	case sum.Count == 0:
		return proof{badge: ui.BadgeModel{Icon: "hourglass", Text: "Waiting"}, title: "Its lines were not read yet",
			why: "Its lines were not read from Stripe yet", lines: []string{"They are read from Stripe with the next sync."}}
	case gap.Minor != 0:
		return proof{badge: ui.BadgeModel{Tone: ui.ToneWarn, Icon: "octagon-alert", Text: "Difference " + ui.Money(gap)}, title: "The lines do not add up to the payout",
			why: count + " known, some may be missing in the mirror", lines: []string{sentence}, settle: true}
	}
	return proof{badge: ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Matched"}, title: "Proved to the cent", why: count,
		lines: []string{sentence}, settle: true}
}

func failedWord(status string) string {
	if status == "failed" {
		return "failed"
	}
	return "was canceled"
}

func payoutFailure(p models.Payout) string {
	if p.FailureMessage != "" {
		return p.FailureMessage
	}
	if p.FailureCode != "" {
		return capital(plain(p.FailureCode))
	}
	return "The money stays on the Stripe balance"
}

// PayoutLine is a balance transaction with the order it belongs to; Order is nil for one that belongs to none.
type PayoutLine struct {
	Transaction models.BalanceTransaction
	Order       *models.Order
}

// PayoutInput is what the page of one payout is made from.
type PayoutInput struct {
	Shell  Shell
	Payout models.Payout
	Lines  []PayoutLine // oldest first, without the payout's own row
}

// PayoutPage is one payout with its lines.
type PayoutPage struct {
	Shell     Shell
	Amount    money.Amount
	Proof     proof
	Sub       string
	StripeURL string
	ID        string
	Rows      []moneyRow
	Gross     string
	Fee       string
	Net       string
	Count     string
	Groups    []ui.Part
	Facts     []ui.Part
	Rest      string
}

// moneyRow is one line of a payout.
type moneyRow struct {
	Booked   ui.Moment
	Order    string
	OrderURL string
	What     string
	Category string
	Gross    string
	Fee      string
	Net      string
}

// NewPayoutPage makes the page of one payout.
func NewPayoutPage(in PayoutInput) PayoutPage {
	in.Shell.Title, in.Shell.Nav = ui.Money(in.Payout.Money()), NavSettlements
	po, clock := in.Payout, in.Shell.clock()
	p := PayoutPage{Shell: in.Shell, Amount: po.Money(), StripeURL: in.Shell.stripeURL("payouts", po.ID), ID: po.ID}
	t := totals{currency: po.Currency}
	for _, l := range in.Lines {
		t.add(l.Transaction)
		p.Rows = append(p.Rows, newMoneyRow(clock, l))
	}
	p.Gross, p.Fee, p.Net = t.digits(t.gross), t.digits(-t.fee), t.digits(t.net)
	p.Count = ui.Count(t.count, "line")
	p.Proof = prove(po, LinesSum{Count: t.count, Net: t.net})
	p.Groups = t.groups()
	p.Rest = t.digits(t.net - po.Amount)
	p.Sub = join("Payout of "+clock.Day(po.Created.Time()).Text, arrivalWord(clock, po), po.StatementDescriptor)
	p.Facts = payoutFacts(clock, po)
	return p
}

func arrivalWord(c ui.Clock, p models.Payout) string {
	day := c.Day(p.ArrivalDate.Time()).Text
	switch {
	case day == "":
		return ""
	case p.Status == "paid":
		return "arrived " + day
	case p.Status == "pending" || p.Status == "in_transit":
		return "arrives " + day
	}
	return ""
}

func payoutFacts(c ui.Clock, p models.Payout) []ui.Part {
	sent := "by hand"
	if p.Automatic {
		sent = "automatically"
	}
	facts := []ui.Part{{Name: "Created", Value: c.DayTime(p.Created.Time()).Text}, {Name: "Status", Value: plain(p.Status)}, {Name: "Sent", Value: sent}}
	if p.ReconciliationStatus != "" {
		facts = append(facts, ui.Part{Name: "Reconciliation", Value: plain(p.ReconciliationStatus)})
	}
	if p.TraceID != "" {
		facts = append(facts, ui.Part{Name: "Bank trace", Value: p.TraceID})
	}
	return facts
}

func newMoneyRow(c ui.Clock, l PayoutLine) moneyRow {
	t := l.Transaction
	r := moneyRow{Booked: c.DayTime(t.Created.Time()), What: categoryWord(t), Category: t.ReportingCategory, Gross: ui.Digits(t.Gross()),
		Fee: ui.Digits(money.Amount{Minor: -t.Fee, Currency: t.Currency}), Net: ui.Digits(t.NetMoney())}
	if o := l.Order; o != nil {
		r.Order, r.OrderURL = orderName(*o), orderURL(o.ID)
	}
	return r
}

// totals adds up the lines of one payout, all in its currency.
type totals struct {
	currency                string
	count, gross, fee, net  int64
	order                   []string
	counts, grossByCategory map[string]int64
}

func (t *totals) add(b models.BalanceTransaction) {
	if b.Currency != t.currency {
		return
	}
	if t.counts == nil {
		t.counts, t.grossByCategory = map[string]int64{}, map[string]int64{}
	}
	word := categoryPlural(b)
	if t.counts[word] == 0 {
		t.order = append(t.order, word)
	}
	t.counts[word]++
	t.grossByCategory[word] += b.Amount
	t.count, t.gross, t.fee, t.net = t.count+1, t.gross+b.Amount, t.fee+b.Fee, t.net+b.Net
}

func (t *totals) digits(minor int64) string {
	return ui.Digits(money.Amount{Minor: minor, Currency: t.currency})
}

// groups are the lines summed by what they are.
func (t *totals) groups() []ui.Part {
	var parts []ui.Part
	for _, word := range t.order {
		parts = append(parts, ui.Part{Name: word + ", " + i18n.Number(t.counts[word]), Value: t.digits(t.grossByCategory[word])})
	}
	return append(parts, ui.Part{Name: "Fees on the lines", Value: t.digits(-t.fee)})
}

// categoryWord says what a line is. Source of the categories: docs.stripe.com/reports/reporting-categories.
func categoryWord(b models.BalanceTransaction) string {
	switch b.ReportingCategory {
	case "charge":
		return "Payment"
	case "partial_capture_reversal":
		return "Released remainder"
	case "refund":
		return "Refund"
	case "refund_failure":
		return "Refund that failed"
	case "dispute":
		return "Dispute opened"
	case "dispute_reversal":
		return "Dispute won"
	case "fee":
		return "Stripe’s fee"
	case "payout":
		return "Payout"
	case "payout_reversal":
		return "Payout returned"
	case "":
		return capital(plain(b.Type))
	}
	return capital(plain(b.ReportingCategory))
}

// categoryPlural names a group of lines.
func categoryPlural(b models.BalanceTransaction) string {
	switch b.ReportingCategory {
	case "charge":
		return "Payments"
	case "partial_capture_reversal":
		return "Released remainders"
	case "refund":
		return "Refunds"
	case "refund_failure":
		return "Refunds that failed"
	case "dispute":
		return "Disputes"
	case "dispute_reversal":
		return "Disputes won"
	case "fee":
		return "Stripe’s fees"
	}
	return categoryWord(b)
}
