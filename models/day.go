package models

import "time"

// DayStart is the first moment of a day in a zone. Days and months beyond their ends are carried over. Where the clocks jump over midnight,
// the day begins when they land; where they fall back onto it, at the first of the two.
func DayStart(year int, month time.Month, day int, zone *time.Location) time.Time {
	want := time.Date(year, month, day, 12, 0, 0, 0, time.UTC)
	t := time.Date(want.Year(), want.Month(), want.Day(), 0, 0, 0, 0, zone)
	if t.Day() != want.Day() {
		_, t = t.ZoneBounds()
		return t
	}
	since, _ := t.ZoneBounds()
	if since.IsZero() {
		return t
	}
	_, before := since.Add(-time.Second).Zone()
	_, now := t.Zone()
	if first := t.Add(time.Duration(now-before) * time.Second); first.Before(since) { // the clocks already showed it then
		return first
	}
	return t
}

// DayOf is the first moment of a moment's day in a zone.
func DayOf(t time.Time, zone *time.Location) time.Time {
	t = t.In(zone)
	return DayStart(t.Year(), t.Month(), t.Day(), zone)
}

// AddDays is the first moment of a day some days later, or earlier.
func AddDays(day time.Time, days int) time.Time {
	return DayStart(day.Year(), day.Month(), day.Day()+days, day.Location())
}
