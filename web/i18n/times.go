package i18n

import (
	"strings"
	"time"
)

// near is how far from now a day is named by its weekday too.
const near = 14 * 24 * time.Hour

// Day writes a day in zone: "17 Nov", with the year when it is not now's. The zero time gives "".
func Day(t time.Time, zone *time.Location, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2 Jan" + year(t, zone, now))
}

// DayYear writes a day in zone with its year always: "17 Nov 2026". The zero time gives "".
func DayYear(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("2 Jan 2006")
}

// DayTime writes a day and a time in zone: "Today, 14:02", "Thu 19 Nov, 12:47" within two weeks of now, "22 Oct, 13:44"
// further away, and with the year when it is not now's. The zero time gives "".
func DayTime(t time.Time, zone *time.Location, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	local := t.In(zone)
	distance := t.Sub(now).Abs()
	switch {
	case sameDay(local, now.In(zone)):
		return local.Format("Today, 15:04")
	case distance <= near:
		return local.Format("Mon 2 Jan" + year(t, zone, now) + ", 15:04")
	}
	return local.Format("2 Jan" + year(t, zone, now) + ", 15:04")
}

// LongDayTime writes a day and a time in zone with every word written out: "Thursday 19 November, 12:47", and with the
// year when it is not now's. The zero time gives "".
func LongDayTime(t time.Time, zone *time.Location, now time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(zone).Format("Monday 2 January" + year(t, zone, now) + ", 15:04")
}

// Absolute writes a moment so that nothing about it is left to guess: "Thursday 19 November 2026, 12:47 CET". A zone
// without an abbreviation is written as its offset ("UTC+03"). The zero time gives "".
func Absolute(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	local := t.In(zone)
	name := local.Format("MST")
	if strings.HasPrefix(name, "+") || strings.HasPrefix(name, "-") {
		name = "UTC" + name
	}
	return local.Format("Monday 2 January 2006, 15:04 ") + name
}

// Left writes how long something still lasts, in its two largest units: "1 day and 22 hours", "45 minutes". It is cut,
// never rounded up; less than a minute, and what is over already, is "less than a minute".
func Left(d time.Duration) string {
	units := []struct {
		n         int64
		one, many string
	}{
		{int64(d / (24 * time.Hour)), "day", "days"},
		{int64(d / time.Hour % 24), "hour", "hours"},
		{int64(d / time.Minute % 60), "minute", "minutes"},
	}
	for i, unit := range units {
		if unit.n <= 0 {
			continue
		}
		text := Plural(unit.n, unit.one, unit.many)
		if i+1 < len(units) && units[i+1].n > 0 {
			text += " and " + Plural(units[i+1].n, units[i+1].one, units[i+1].many)
		}
		return text
	}
	return "less than a minute"
}

// Ago writes how long ago t was: "3 hours and 5 minutes ago", "just now" for less than a minute and for the future.
// The zero time gives "never".
func Ago(t, now time.Time) string {
	switch d := now.Sub(t); {
	case t.IsZero():
		return "never"
	case d < time.Minute:
		return "just now"
	default:
		return Left(d) + " ago"
	}
}

// year is the part of a layout that shows the year, "" for a moment in now's year.
func year(t time.Time, zone *time.Location, now time.Time) string {
	if t.In(zone).Year() == now.In(zone).Year() {
		return ""
	}
	return " 2006"
}

func sameDay(a, b time.Time) bool {
	return a.Year() == b.Year() && a.YearDay() == b.YearDay()
}
