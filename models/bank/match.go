package bank

import (
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
	Certain bool   // by a reference, not by amount and day alone
	Why     string // in words
}

// Match finds the bookings of payouts: of the same amount and currency, around the day of arrival. One with the payout's trace or id in its
// texts is certain; so is one of Stripe's when only that one fits. Each is paired once.
func Match(payouts []models.Payout, entries []models.BankEntry) []Pair {
	var pairs []Pair
	used, by := map[string]bool{}, map[sum][]models.BankEntry{}
	for _, e := range entries {
		by[sum{e.Amount, e.Currency}] = append(by[sum{e.Amount, e.Currency}], e)
	}
	for round := range 3 {
		for _, p := range payouts {
			if used[p.ID] {
				continue
			}
			fits := slices.DeleteFunc(candidates(p, by[sum{p.Amount, p.Currency}]), func(e models.BankEntry) bool { return used[e.ID] })
			pair, found := choose(p, fits, round)
			if !found {
				continue
			}
			used[p.ID], used[pair.Entry] = true, true
			pairs = append(pairs, pair)
		}
	}
	return pairs
}

// sum is an amount of a currency.
type sum struct {
	amount   int64
	currency string
}

// choose picks the booking of a payout: in the first round by reference, in the second the only one of Stripe's, in the third the nearest.
func choose(p models.Payout, fits []models.BankEntry, round int) (Pair, bool) {
	switch round {
	case 0:
		for _, e := range fits {
			if why := named(p, e); why != "" {
				return Pair{p.ID, e.ID, true, why}, true
			}
		}
	case 1:
		stripes := slices.DeleteFunc(slices.Clone(fits), func(e models.BankEntry) bool { return !IsStripes(e) })
		if len(stripes) == 1 {
			return Pair{p.ID, stripes[0].ID, true, "Stripe’s only one of this amount"}, true
		}
	case 2:
		if len(fits) > 0 {
			return Pair{p.ID, fits[0].ID, false, "by amount and day alone"}, true
		}
	}
	return Pair{}, false
}

// candidates are those bookings of a payout’s amount that may be it by their day, the nearest to its arrival first.
func candidates(p models.Payout, entries []models.BankEntry) []models.BankEntry {
	arrival := p.ArrivalDate.Time()
	var fits []models.BankEntry
	for _, e := range entries {
		booked := e.Booked.Time()
		if !booked.Before(arrival.Add(-early-24*time.Hour)) && !booked.After(arrival.Add(late)) {
			fits = append(fits, e)
		}
	}
	away := func(e models.BankEntry) time.Duration { return e.Booked.Time().Sub(arrival).Abs() }
	slices.SortStableFunc(fits, func(a, b models.BankEntry) int { return int((away(a) - away(b)) / time.Hour) })
	return fits
}

// named says by which word of its texts a booking is a payout's; "" for none.
func named(p models.Payout, e models.BankEntry) string {
	texts := bare(e.Reference + e.Text)
	switch {
	case p.TraceID != "" && strings.Contains(texts, bare(p.TraceID)):
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

// IsStripes tells whether a booking looks like one of Stripe's.
func IsStripes(e models.BankEntry) bool {
	return strings.Contains(strings.ToUpper(e.Reference+" "+e.Text), "STRIPE")
}

// IsOverdue tells whether a payout that no booking has should have arrived: some working days ago, within what statements cover.
func IsOverdue(p models.Payout, first, last time.Time) bool {
	if p.Status == "failed" || p.Status == "canceled" || p.ArrivalDate == 0 {
		return false
	}
	due := p.ArrivalDate.Time()
	for range overdueDays {
		due = due.AddDate(0, 0, 1)
		for due.Weekday() == time.Saturday || due.Weekday() == time.Sunday {
			due = due.AddDate(0, 0, 1)
		}
	}
	return !p.ArrivalDate.Time().Before(first) && !due.After(last)
}
