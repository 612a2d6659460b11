package views

import (
	"net/url"
	"time"

	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/models/settlements"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// RegionPayout is what changes on a payout's page while its lines are read.
const RegionPayout = "payout"

// PayoutInput is what the page of one payout is made from.
type PayoutInput struct {
	Shell   Shell
	Payout  settlements.ProvenPayout
	Entries []models.LedgerEntry // one page of lines, oldest first, without the payout's own row
	Bank    *models.BankEntry    // nil while no statement of the bank has it
	Search  string
	Newer   string
	Older   string
	Audit   []models.AuditEntry
	RealNow time.Time // of the wall clock: readings do not follow the domain's
}

// PayoutPage is one payout with its lines.
type PayoutPage struct {
	Shell     Shell
	Amount    money.Amount
	Proof     proofView
	Sub       string
	StripeURL string
	ID        string
	Table     linesTable
	Groups    []ui.Part
	Sum       string
	Own       string
	Rest      string
	Fees      []ui.Part
	Facts     []ui.Part
	Search    string
	Poll      bool
	AskURL    string // where the missing rows are asked for; "" where that is no use
	Files     fileForm
	Support   SupportCard
}

// NewPayoutPage makes the page of one payout.
func NewPayoutPage(in PayoutInput) PayoutPage {
	po, clock := in.Payout.Payout, in.Shell.clock()
	in.Shell.Title, in.Shell.Nav = ui.Money(po.Money()), NavSettlements
	p := PayoutPage{Shell: in.Shell, Amount: po.Money(), StripeURL: in.Shell.stripeURL("payouts", po.ID), ID: po.ID, Search: in.Search}
	p.Proof = newProof(ui.Clock{Now: in.RealNow, Zone: in.Shell.zone()}, in.Payout)
	p.Table = newLinesTable(in.Shell, po.Currency, in.Entries)
	p.groups(in.Payout)
	p.Sub = join("Payout of "+clock.Day(po.Created.Time()).Text, arrivalWord(clock, po), po.StatementDescriptor)
	p.Facts = payoutFacts(clock, in)
	p.Support = newPayoutSupport(in)
	base := payoutURL(po.ID) + "?"
	if in.Search != "" {
		base += url.Values{"q": {in.Search}}.Encode() + "&"
	}
	p.Table.Pager = ui.PagerModel{Shown: i18n.Plural(int64(len(in.Entries)), "line", "lines") + " shown of " + i18n.Number(in.Payout.Proof.Lines)}
	if in.Newer != "" {
		p.Table.Pager.Newer = base + url.Values{"before": {in.Newer}}.Encode()
	}
	if in.Older != "" {
		p.Table.Pager.Older = base + url.Values{"after": {in.Older}}.Encode()
	}
	p.Poll = in.Payout.Proof.Cause == settlements.WaitsForReading
	if in.Shell.CanManage && po.Automatic && in.Payout.Proof.State != settlements.Matched && !p.Poll {
		p.AskURL = payoutURL(po.ID) + "/readings"
	}
	p.Files = newFileForm(url.Values{"payout": {po.ID}})
	return p
}

// groups are the lines summed by what they are, then the sum, the payout, and the rest.
func (p *PayoutPage) groups(in settlements.ProvenPayout) {
	digits := func(minor int64) string { return ui.Digits(money.Amount{Minor: minor, Currency: in.Payout.Currency}) }
	var fees, own int64
	for _, s := range in.Sums {
		switch {
		case s.Currency != in.Payout.Currency:
			p.Groups = append(p.Groups, ui.Part{Name: categoryPlural(s.Category) + " in " + s.Currency + ", " + i18n.Number(s.Count), Value: ui.Money(money.Amount{Minor: s.Net, Currency: s.Currency})})
			continue
		case s.Category == "payout":
			own += s.Net
			continue
		}
		p.Groups = append(p.Groups, ui.Part{Name: categoryPlural(s.Category) + ", " + i18n.Number(s.Count), Value: digits(s.Amount)})
		if s.Fee != 0 {
			p.Fees = append(p.Fees, ui.Part{Name: feeWord(s.Category), Value: digits(-s.Fee)})
		}
		fees += s.Fee
	}
	if fees != 0 || len(p.Groups) > 0 {
		p.Groups = append(p.Groups, ui.Part{Name: "Fees on the lines", Value: digits(-fees)})
	}
	p.Sum, p.Own, p.Rest = digits(in.Proof.Net), digits(own), digits(in.Proof.Rest)
	if !in.Proof.Own {
		p.Own, p.Rest = "not in the mirror", "–"
	}
}

// feeWord names the fees on a kind of line.
func feeWord(category string) string {
	switch category {
	case "charge":
		return "Processing"
	case "partial_capture_reversal":
		return "Given back with partial captures"
	case "dispute":
		return "Dispute fees"
	case "dispute_reversal":
		return "Dispute fees given back"
	case "payout":
		return "Payout fee"
	}
	return "On " + categoryPlural(category)
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

func payoutFacts(c ui.Clock, in PayoutInput) []ui.Part {
	p := in.Payout.Payout
	facts := []ui.Part{{Name: "Created", Value: c.DayTime(p.Created.Time()).Text}, {Name: "Status", Value: plain(p.Status)}, {Name: "Sent", Value: sentWord(p)}}
	if p.ReconciliationStatus != "" {
		facts = append(facts, ui.Part{Name: "Reconciliation", Value: plain(p.ReconciliationStatus)})
	}
	if read := in.Payout.Read; read.Finished > 0 {
		facts = append(facts, ui.Part{Name: "Lines read", Value: ui.Clock{Now: in.RealNow, Zone: c.Zone}.DayTime(read.Finished.Time()).Text + ", " + i18n.Plural(read.Rows, "row", "rows")})
	}
	if p.Destination != "" {
		facts = append(facts, ui.Part{Name: "To", Value: p.Destination})
	}
	facts = append(facts, ui.Part{Name: "Bank trace", Value: orDash(p.TraceID)})
	bank := "no statement of the bank has it yet"
	if in.Bank != nil {
		bank = "booked " + in.Bank.Booked.Time().UTC().Format("2 January 2006")
		if !in.Bank.Certain {
			bank += ", by amount and date"
		}
	}
	return append(facts, ui.Part{Name: "At the bank", Value: bank})
}

func sentWord(p models.Payout) string {
	switch {
	case p.Method == "instant":
		return "by hand, at once"
	case p.Automatic:
		return "automatically"
	}
	return "by hand"
}

// poll has the page ask for itself again while its lines are read.
func (p PayoutPage) poll() templ.Attributes {
	if !p.Poll {
		return nil
	}
	return templ.Attributes{"hx-get": payoutURL(p.ID), "hx-trigger": "every 2s", "hx-swap": "outerMorph", "hx-target": "this"}
}
