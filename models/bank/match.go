package bank

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
)

const (
	// early and late are how far a booking may be from the day on which Stripe says that the payout arrives.
	early, late = 24 * time.Hour, 10 * 24 * time.Hour
	// overdueDays is after how many working days a payout is named that no booking has.
	overdueDays = 3
)

// Pair is a payout and its booking.
type Pair struct {
	Payout  string
	Entry   string
	Certain bool   // by a reference, or as the only one that it can be
	Why     string // in words
}

// fit is a booking that may be a payout’s: of the same amount and currency, around the day of its arrival, and naming no other payout.
type fit struct {
	payout *models.Payout
	entry  *models.BankEntry
	named  string // by which word of its texts it is the payout's
	away   time.Duration
}

// Match finds the bookings of payouts. It is certain when a booking names the payout by its trace or id, and when one of Stripe's fits no other
// payout and no other booking fits the payout. What is left is paired by the nearest days, and is not certain. Each is paired once. Of all
// payouts that bookings may name, free are those that have none yet and may arrive.
func Match(all, free []models.Payout, entries []models.BankEntry) []Pair {
	fits := fitsOf(namesOf(all), free, entries)
	slices.SortStableFunc(fits, func(a, b fit) int {
		return cmp.Or(-cmp.Compare(a.named, b.named), prefer(isStripes(*a.entry), isStripes(*b.entry)), cmp.Compare(a.away, b.away),
			cmp.Compare(a.payout.ArrivalDate, b.payout.ArrivalDate), cmp.Compare(a.payout.ID, b.payout.ID), cmp.Compare(a.entry.ID, b.entry.ID))
	})
	of := map[string]int{} // how many fits a payout, or a booking, has
	for _, f := range fits {
		of[f.payout.ID]++
		of[f.entry.ID]++
	}
	var pairs []Pair
	used := map[string]bool{}
	for _, f := range fits {
		if used[f.payout.ID] || used[f.entry.ID] {
			continue
		}
		used[f.payout.ID], used[f.entry.ID] = true, true
		pair := Pair{Payout: f.payout.ID, Entry: f.entry.ID, Certain: true, Why: f.named}
		switch only := of[f.payout.ID] == 1 && of[f.entry.ID] == 1; {
		case f.named != "":
		case only && isStripes(*f.entry):
			pair.Why = "Stripe’s only one of this amount"
		case only:
			pair.Certain, pair.Why = false, "by amount and day alone"
		default:
			pair.Certain, pair.Why = false, "one of several of this amount"
		}
		pairs = append(pairs, pair)
	}
	return pairs
}

func prefer(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	}
	return 1
}

// minTrace is how short a trace may be that is looked for in a booking's texts.
const minTrace = 6

// namesOf gives the words by which bookings name payouts.
func namesOf(payouts []models.Payout) map[string]bool {
	names := map[string]bool{}
	for _, p := range payouts {
		names[bare(p.ID)] = true
		if trace := bare(p.TraceID); len(trace) >= minTrace {
			names[trace] = true
		}
	}
	return names
}

// fitsOf gives every booking that may be a payout’s.
func fitsOf(names map[string]bool, payouts []models.Payout, entries []models.BankEntry) []fit {
	type sum struct {
		amount   int64
		currency string
	}
	by := map[sum][]*models.Payout{}
	for i, p := range payouts {
		by[sum{p.Amount, p.Currency}] = append(by[sum{p.Amount, p.Currency}], &payouts[i])
	}
	var fits []fit
	for i, e := range entries {
		same := by[sum{e.Amount, e.Currency}]
		if len(same) == 0 {
			continue
		}
		texts := bare(e.Reference + " " + e.Text)
		namesAny := false
		for name := range names {
			namesAny = namesAny || strings.Contains(texts, name)
		}
		for _, p := range same {
			after, why := e.Booked.Time().Sub(p.ArrivalDate.Time()), namedBy(p, texts)
			if after < -early || after > late || namesAny && why == "" {
				continue
			}
			fits = append(fits, fit{payout: p, entry: &entries[i], named: why, away: after.Abs()})
		}
	}
	return fits
}

// namedBy says by which word of its bare texts a booking is a payout's; "" for none.
func namedBy(p *models.Payout, texts string) string {
	switch {
	case len(bare(p.TraceID)) >= minTrace && strings.Contains(texts, bare(p.TraceID)):
		return "by its bank trace"
	case strings.Contains(texts, bare(p.ID)):
		return "by its id"
	}
	return ""
}

// bare is a text without what banks add or take out.
func bare(text string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '/' || r == '.' || r == '_' {
			return -1
		}
		return r
	}, strings.ToUpper(text))
}

// Stripe is the word, in capitals or not, by which a booking is known as one of Stripe's.
const Stripe = "STRIPE"

func isStripes(e models.BankEntry) bool {
	return strings.Contains(strings.ToUpper(e.Reference+" "+e.Text), Stripe)
}

// Due is the last day, a midnight UTC, on which the bank may book a payout before it is named as not arrived: some working days after the day
// that Stripe says.
func Due(p models.Payout) time.Time {
	due := p.ArrivalDate.Time()
	for range overdueDays {
		due = due.AddDate(0, 0, 1)
		for due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
			due = due.AddDate(0, 0, 1)
		}
	}
	return due
}

// Span is a run of days that statements cover, both counted. Midnights UTC.
type Span struct{ From, To time.Time }

// Merge puts spans that touch together, in the order of their days.
func Merge(spans []Span) []Span {
	spans = slices.Clone(spans)
	slices.SortFunc(spans, func(a, b Span) int { return a.From.Compare(b.From) })
	var merged []Span
	for _, s := range spans {
		if n := len(merged); n > 0 && !s.From.After(merged[n-1].To.AddDate(0, 0, 1)) {
			if s.To.After(merged[n-1].To) {
				merged[n-1].To = s.To
			}
			continue
		}
		merged = append(merged, s)
	}
	return merged
}

// Covers tells whether spans cover every day from one to another.
func Covers(spans []Span, from, to time.Time) bool {
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		if !slices.ContainsFunc(spans, func(s Span) bool { return !day.Before(s.From) && !day.After(s.To) }) {
			return false
		}
	}
	return true
}
