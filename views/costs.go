package views

import (
	"net/url"
	"time"

	"counterfoil/models/money"
	"counterfoil/models/settlements"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// CostsInput is what the page of the true cost is made from.
type CostsInput struct {
	Shell      Shell
	Months     settlements.Months
	Typed      url.Values
	Faults     []settlements.Fault
	Facts      settlements.CostFacts
	Currencies []string
	Currency   string
	By         settlements.By
	Exceptions int64
}

// CostsPage is what Klarna really costs.
type CostsPage struct {
	Shell      Shell
	Sub        string
	Tabs       []ui.LinkModel
	From, To   ui.FieldModel
	Keep       url.Values
	Currencies []ui.LinkModel
	Groups     []ui.LinkModel
	Currency   string
	Head       string
	Summary    []ui.Part
	Rows       []costRow
	Total      costRow
	Bars       ui.BarsModel
	Line       ui.LineModel
	Withheld   string // not decided yet; "" for nothing
}

// costRow is a group of orders.
type costRow struct {
	Name                                                                                       string
	Orders, Captured, Fees, DisputeFees, Lost, Taken, Share, Refunds, Expired, True, TrueShare string
}

// NewCostsPage makes the page of the true cost.
func NewCostsPage(in CostsInput) CostsPage {
	in.Shell.Title, in.Shell.Nav = "True cost", NavSettlements
	p := CostsPage{Shell: in.Shell, Tabs: settlementTabs("/costs", in.Exceptions), Currency: in.Currency, Head: groupHead(in.By), Keep: url.Values{}}
	p.Sub = "What Klarna’s orders cost from " + in.Months.First.Format("January 2006") + " to " + in.Months.Last.Format("January 2006") + ". Months are of " + in.Shell.clock().ZoneName() + "."
	p.monthFields(in)
	for _, c := range in.Currencies {
		p.Currencies = append(p.Currencies, ui.LinkModel{URL: costsURL(in, c, in.By), Text: c, Current: c == in.Currency})
	}
	for _, by := range []settlements.By{settlements.ByMonth, settlements.ByCountry, settlements.ByCategory} {
		p.Groups = append(p.Groups, ui.LinkModel{URL: costsURL(in, in.Currency, by), Text: "By " + groupWord(by), Current: by == in.By})
	}
	groups, total := settlements.Costs(in.Facts, in.Currency, in.By)
	for _, g := range groups {
		p.Rows = append(p.Rows, newCostRow(groupName(g.Key, in.By), g, in.Currency))
	}
	p.Total = newCostRow("Together", total, in.Currency)
	p.summary(total)
	p.charts(in)
	return p
}

func (p *CostsPage) monthFields(in CostsInput) {
	p.From = ui.FieldModel{ID: "c-from", Name: "from", Label: "From", Type: "month", Value: in.Months.First.Format("2006-01"), Required: true}
	p.To = ui.FieldModel{ID: "c-to", Name: "to", Label: "To", Hint: "in it", Type: "month", Value: in.Months.Last.Format("2006-01"), Required: true}
	for _, f := range in.Faults {
		p.From.Value, p.To.Value = in.Typed.Get("from"), in.Typed.Get("to")
		if f.Field == "to" {
			p.To.Error = f.Message
		} else {
			p.From.Error = f.Message
		}
	}
	p.Keep.Set("by", string(in.By))
	if in.Currency != "" {
		p.Keep.Set("currency", in.Currency)
	}
}

func costsURL(in CostsInput, currency string, by settlements.By) string {
	v := url.Values{"from": {in.Months.First.Format("2006-01")}, "to": {in.Months.Last.Format("2006-01")}, "by": {string(by)}}
	if currency != "" {
		v.Set("currency", currency)
	}
	return "/settlements/costs?" + v.Encode()
}

func groupHead(by settlements.By) string { return capital(groupWord(by)) }

func groupWord(by settlements.By) string {
	if by == settlements.ByCategory {
		return "Klarna category"
	}
	return string(by)
}

// groupName names a group of costs.
func groupName(key string, by settlements.By) string {
	switch {
	case by == settlements.ByMonth:
		if t, err := time.Parse("200601", key); err == nil {
			return t.Format("January 2006")
		}
	case key == "":
		return "not known"
	case by == settlements.ByCountry:
		return i18n.Country(key)
	}
	return capital(plain(key))
}

func newCostRow(name string, c settlements.Cost, currency string) costRow {
	digits := func(minor int64) string { return ui.Digits(money.Amount{Minor: minor, Currency: currency}) }
	return costRow{Name: name, Orders: i18n.Number(c.Orders), Captured: digits(c.Captured), Fees: digits(c.Fees), DisputeFees: digits(c.DisputeFees),
		Lost: digits(c.Lost), Taken: digits(c.Taken()), Share: shareWord(c, c.Taken()), Refunds: digits(c.Refunds), Expired: digits(c.Expired),
		True: digits(c.True()), TrueShare: shareWord(c, c.True())}
}

// shareWord writes a share of the captured sales: "3.45 %".
func shareWord(c settlements.Cost, part int64) string {
	points, known := c.Share(part)
	if !known {
		return notYet
	}
	return ui.Percent(points)
}

func (p *CostsPage) summary(total settlements.Cost) {
	of := func(minor int64) string { return ui.Money(money.Amount{Minor: minor, Currency: p.Currency}) }
	p.Summary = []ui.Part{
		{Name: "Captured sales", Value: of(total.Captured)},
		{Name: "Fees, dispute fees, lost disputes", Value: of(total.Taken()) + " · " + shareWord(total, total.Taken())},
		{Name: "With refunds and what ran out", Value: of(total.True()) + " · " + shareWord(total, total.True())},
	}
	if total.Withheld != 0 {
		p.Withheld = of(total.Withheld) + " is withheld in disputes that are not decided. It is not counted as a cost."
	}
}

// charts draw the costs by month, whatever the table is grouped by.
func (p *CostsPage) charts(in CostsInput) {
	groups, _ := settlements.Costs(in.Facts, in.Currency, settlements.ByMonth)
	by := map[string]settlements.Cost{}
	for _, g := range groups {
		by[g.Key] = g
	}
	series := []ui.Series{{Name: "Fees"}, {Name: "Dispute fees"}, {Name: "Lost disputes"}, {Name: "Refunds"}, {Name: "Ran out"}}
	lines := []ui.LineSeries{{Name: "Fees, dispute fees, lost disputes"}, {Name: "With refunds and what ran out"}}
	var labels []string
	for _, month := range in.Months.All() {
		c := by[month]
		t, _ := time.Parse("200601", month) // Months makes it
		labels = append(labels, t.Format("Jan 2006"))
		for i, v := range []int64{c.Fees, c.DisputeFees, c.Lost, c.Refunds, c.Expired} {
			series[i].Values = append(series[i].Values, v)
		}
		for i, part := range []int64{c.Taken(), c.True()} {
			var point *int64
			if points, known := c.Share(part); known {
				point = &points
			}
			lines[i].BasisPoints = append(lines[i].BasisPoints, point)
		}
	}
	p.Bars = ui.BarsModel{ID: "costs", Title: "Cost by month, " + in.Currency, Desc: "Fees, dispute fees, lost disputes, refunds and authorizations that ran out, month by month.",
		Currency: in.Currency, Labels: labels, Series: series}
	p.Line = ui.LineModel{ID: "shares", Title: "Share of captured sales", Desc: "The cost as a share of what was captured in the month.", Labels: labels, Series: lines}
}
