// Package settlements explains what happened to the balance: statements by period, the proof of each payout, what Klarna costs.
package settlements

import (
	"fmt"
	"net/url"
	"time"

	"counterfoil/models"
)

// Period is a run of whole days in a zone. From and To are midnights; To is the first day after it.
type Period struct {
	Preset   string // one of Presets, or "" for days that were typed
	From, To time.Time
}

// Preset is a period with a name.
type Preset struct{ Key, Text string }

// Presets are the periods that can be picked, the first being the usual one.
func Presets() []Preset {
	return []Preset{
		{"last-4-weeks", "Last 4 weeks"}, {"this-month", "This month"}, {"last-month", "Last month"}, {"this-quarter", "This quarter"},
		{"last-quarter", "Last quarter"}, {"this-year", "This year"}, {"last-year", "Last year"},
	}
}

// maxYears is the longest period: what goes into one statement.
const maxYears = 10

// Fault is what is wrong with one field of what was typed.
type Fault struct{ Field, Message string }

// ParsePeriod reads a period: period=<preset>, or from= and to= as days (2026-10-20), both in it. Nothing means the usual one. What cannot
// be read is said by its field, and the usual period is given with it.
func ParsePeriod(v url.Values, now time.Time, zone *time.Location) (Period, []Fault) {
	usual := preset(Presets()[0].Key, now, zone)
	if v.Get("from") == "" && v.Get("to") == "" {
		key := v.Get("period")
		if key == "" {
			return usual, nil
		}
		p := preset(key, now, zone)
		if p.To.IsZero() {
			return usual, []Fault{{"period", "This period does not exist. Pick one of the list, or type two days."}}
		}
		return p, nil
	}
	from, fromFault := parseDay("from", v.Get("from"), zone)
	to, toFault := parseDay("to", v.Get("to"), zone)
	faults := append(fromFault, toFault...)
	if len(faults) == 0 {
		faults = checkDays(from, to, now)
	}
	if len(faults) > 0 {
		return usual, faults
	}
	return Period{From: from, To: models.AddDays(to, 1)}, nil
}

func checkDays(from, to, now time.Time) []Fault {
	switch {
	case to.Before(from):
		return []Fault{{"to", fmt.Sprintf("The period ends before it begins: type %s or a later day.", from.Format(time.DateOnly))}}
	case to.After(from.AddDate(maxYears, 0, 0)):
		return []Fault{{"to", fmt.Sprintf("A statement covers at most %d years: type %s or an earlier day.", maxYears, from.AddDate(maxYears, 0, 0).Format(time.DateOnly))}}
	case from.After(now):
		return []Fault{{"from", "This day has not come yet: type today or an earlier day."}}
	}
	return nil
}

func parseDay(field, text string, zone *time.Location) (time.Time, []Fault) {
	if text == "" {
		return time.Time{}, []Fault{{field, "Type a day, such as 2026-10-20."}}
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}, []Fault{{field, "This is no day of the calendar: type it as 2026-10-20."}}
	}
	if day.Year() < 2010 || day.Year() > 2100 {
		return time.Time{}, []Fault{{field, "Stripe began in 2010: type a day between 2010 and 2100."}}
	}
	return models.DayStart(day.Year(), day.Month(), day.Day(), zone), nil
}

// preset gives the period of a name; the zero Period for a name that is none.
func preset(key string, now time.Time, zone *time.Location) Period {
	today := models.DayOf(now, zone)
	first := func(year int, month time.Month) time.Time { return models.DayStart(year, month, 1, zone) }
	y, m, quarter := today.Year(), today.Month(), (today.Month()-1)/3*3+1
	p := Period{Preset: key}
	switch key {
	case "last-4-weeks":
		p.From, p.To = models.AddDays(today, -27), models.AddDays(today, 1)
	case "this-month":
		p.From, p.To = first(y, m), first(y, m+1)
	case "last-month":
		p.From, p.To = first(y, m-1), first(y, m)
	case "this-quarter":
		p.From, p.To = first(y, quarter), first(y, quarter+3)
	case "last-quarter":
		p.From, p.To = first(y, quarter-3), first(y, quarter)
	case "this-year":
		p.From, p.To = first(y, 1), first(y+1, 1)
	case "last-year":
		p.From, p.To = first(y-1, 1), first(y, 1)
	}
	return p
}

// Last is the period's last day.
func (p Period) Last() time.Time { return models.AddDays(p.To, -1) }

// Start and End are the period's first moment and the first moment after it.
func (p Period) Start() models.Unix { return models.UnixOf(p.From) }

// End is the first moment after the period.
func (p Period) End() models.Unix { return models.UnixOf(p.To) }

// Values are the address parameters of the period.
func (p Period) Values() url.Values {
	if p.Preset != "" {
		return url.Values{"period": {p.Preset}}
	}
	return url.Values{"from": {p.From.Format(time.DateOnly)}, "to": {p.Last().Format(time.DateOnly)}}
}

// Fixed is the period by its days, so that it stays the same tomorrow.
func (p Period) Fixed() Period { return Period{From: p.From, To: p.To} }
