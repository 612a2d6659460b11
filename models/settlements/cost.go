package settlements

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
)

// Cost is what Klarna costs in one group of orders, in minor units of one currency; everything that costs is positive.
type Cost struct {
	Key         string // the month (202611), the country or the category
	Captured    int64  // captured sales: payments less what partial captures gave back
	Fees        int64
	DisputeFees int64 // kept; one that was given back with a won dispute is none
	Lost        int64 // disputes that were lost
	Withheld    int64 // disputes that are not decided: not a cost yet
	Expired     int64 // authorizations that ran out, as they were authorized
	Refunds     int64 // less those that failed and came back
	Orders      int64 // that were captured
}

// Taken is what is gone: fees, dispute fees, lost disputes.
func (c Cost) Taken() int64 { return c.Fees + c.DisputeFees + c.Lost }

// True is Taken with the sales that did not stay: refunds and authorizations that ran out.
func (c Cost) True() int64 { return c.Taken() + c.Refunds + c.Expired }

// Share is a part of the captured sales in basis points, rounded; known is false where nothing was captured.
func (c Cost) Share(part int64) (basisPoints int64, known bool) {
	if c.Captured <= 0 {
		return 0, false
	}
	twice := 2 * part * 10_000 / c.Captured
	if twice >= 0 {
		return (twice + 1) / 2, true
	}
	return (twice - 1) / 2, true
}

// By says after what costs are grouped.
type By string

// The groups of costs.
const (
	ByMonth    By = "month"
	ByCountry  By = "country"
	ByCategory By = "category"
)

// CostFacts are the sums that costs are made of.
type CostFacts struct {
	Booked   []models.CostSum
	Disputed []models.DisputeCost
	Expired  []models.CostSum // Category is empty; Amount is what was authorized
}

// Costs groups what Klarna costs in one currency, with the total of all groups.
func Costs(f CostFacts, currency string, by By) (groups []Cost, total Cost) {
	at := map[string]*Cost{}
	of := func(month int64, country, category string) *Cost {
		key := map[By]string{ByMonth: fmt.Sprint(month), ByCountry: country, ByCategory: category}[by]
		if at[key] == nil {
			at[key] = &Cost{Key: key}
		}
		return at[key]
	}
	for _, s := range f.Booked {
		if s.Currency == currency {
			addBooked(of(s.Month, s.Country, s.KlarnaCategory), s)
		}
	}
	for _, d := range f.Disputed {
		switch {
		case d.Currency != currency:
		case d.Status == "lost":
			of(d.Month, d.Country, d.KlarnaCategory).Lost -= d.Amount
		case d.Amount != 0:
			of(d.Month, d.Country, d.KlarnaCategory).Withheld -= d.Amount
		}
	}
	for _, s := range f.Expired {
		if s.Currency == currency {
			of(s.Month, s.Country, s.KlarnaCategory).Expired += s.Amount
		}
	}
	for _, c := range at {
		groups = append(groups, *c)
		total.add(*c)
	}
	slices.SortFunc(groups, func(a, b Cost) int {
		if by == ByMonth {
			return strings.Compare(a.Key, b.Key)
		}
		return cmp.Or(cmp.Compare(b.Captured, a.Captured), strings.Compare(a.Key, b.Key))
	})
	return groups, total
}

func addBooked(c *Cost, s models.CostSum) {
	switch models.LineOf(s.Category) {
	case models.LineGross:
		c.Captured += s.Amount
		c.Orders += s.Count
	case models.LineCaptureReversal:
		c.Captured += s.Amount
	case models.LineRefunds:
		c.Refunds -= s.Amount
	case models.LineDisputes, models.LineDisputesWon:
		c.DisputeFees += s.Fee
		return
	}
	c.Fees += s.Fee
}

func (c *Cost) add(o Cost) {
	c.Captured += o.Captured
	c.Fees += o.Fees
	c.DisputeFees += o.DisputeFees
	c.Lost += o.Lost
	c.Withheld += o.Withheld
	c.Expired += o.Expired
	c.Refunds += o.Refunds
	c.Orders += o.Orders
}

// Months is a run of whole months in a zone; First and Last are their first days.
type Months struct{ First, Last time.Time }

// mostMonths is the longest run of months.
const mostMonths = 10 * 12

// ParseMonths reads from= and to= as months (2026-01), both in it. Nothing means the last twelve.
func ParseMonths(v url.Values, now time.Time, zone *time.Location) (Months, []Fault) {
	today := now.In(zone)
	usual := Months{models.DayStart(today.Year(), today.Month()-11, 1, zone), models.DayStart(today.Year(), today.Month(), 1, zone)}
	if v.Get("from") == "" && v.Get("to") == "" {
		return usual, nil
	}
	var m Months
	var faults []Fault
	for _, f := range []struct {
		field string
		into  *time.Time
	}{{"from", &m.First}, {"to", &m.Last}} {
		month, err := time.Parse("2006-01", v.Get(f.field))
		if err != nil || month.Year() < 2010 || month.Year() > 2100 {
			faults = append(faults, Fault{f.field, "Type a month, such as 2026-10."})
		}
		*f.into = models.DayStart(month.Year(), month.Month(), 1, zone)
	}
	switch {
	case len(faults) > 0:
	case m.Last.Before(m.First):
		faults = append(faults, Fault{"to", "The period ends before it begins: type " + m.First.Format("2006-01") + " or a later month."})
	case m.Last.After(m.First.AddDate(0, mostMonths-1, 0)):
		faults = append(faults, Fault{"to", fmt.Sprintf("This covers at most %d years.", mostMonths/12)})
	}
	if len(faults) > 0 {
		return usual, faults
	}
	return m, nil
}

// All are the months as the sums name them, such as 202611.
func (m Months) All() []string {
	var all []string
	for at := m.First; !at.After(m.Last); at = models.DayStart(at.Year(), at.Month()+1, 1, at.Location()) {
		all = append(all, at.Format("200601"))
	}
	return all
}

// CostCurrencies are the currencies of some costs, in order.
func CostCurrencies(f CostFacts) []string {
	var all []string
	for _, sums := range [][]models.CostSum{f.Booked, f.Expired} {
		for _, s := range sums {
			if !slices.Contains(all, s.Currency) {
				all = append(all, s.Currency)
			}
		}
	}
	slices.Sort(all)
	return all
}
