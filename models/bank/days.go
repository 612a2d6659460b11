package bank

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The orders in which a day is written.
const (
	OrderYMD = "ymd"
	OrderDMY = "dmy"
	OrderMDY = "mdy"
)

var (
	timeOfDay = regexp.MustCompile(`[T ]\d{1,2}:\d{2}(:\d{2})?([.,]\d+)?( ?[AP]M)?( ?(Z|UTC|[+-]\d{2}:?\d{2}))?$`)
	dayParts  = regexp.MustCompile(`^(\d{1,4}|[A-Za-z]{3,9})(?:([-./])|,? )(\d{1,2}|[A-Za-z]{3,9})(?:([-./])|,? )(\d{2}|\d{4})$`)
	dayDigits = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
)

// dayOf reads a day written in an order, with or without a time of day behind it. ok is false for anything else, and for days that never were.
func dayOf(text, order string) (day time.Time, ok bool) {
	text = timeOfDay.ReplaceAllString(strings.TrimSpace(text), "")
	if m := dayDigits.FindStringSubmatch(text); m != nil && order == OrderYMD {
		return date(m[1], m[2], m[3])
	}
	m := dayParts.FindStringSubmatch(text)
	if m == nil || m[2] != m[4] {
		return day, false
	}
	switch a, b, c := m[1], m[3], m[5]; order {
	case OrderYMD:
		return date(a, b, c)
	case OrderDMY:
		return date(c, b, a)
	case OrderMDY:
		return date(c, a, b)
	}
	return day, false
}

// date is a day of this century; a year of two digits is one, too.
func date(year, month, day string) (time.Time, bool) {
	switch len(year) {
	case 2:
		year = "20" + year
	case 4:
	default:
		return time.Time{}, false
	}
	y, errYear := strconv.Atoi(year)
	d, errDay := strconv.Atoi(day)
	if errYear != nil || errDay != nil || len(day) > 2 || y < 2000 || y > 2099 {
		return time.Time{}, false
	}
	m, err := strconv.Atoi(month)
	if err != nil {
		if m = monthOf(month); m == 0 {
			return time.Time{}, false
		}
	}
	at := time.Date(y, time.Month(m), d, 0, 0, 0, 0, time.UTC)
	return at, at.Year() == y && int(at.Month()) == m && at.Day() == d
}

// monthOf knows English months by their first three letters.
func monthOf(name string) int {
	for m := time.January; m <= time.December; m++ {
		if strings.EqualFold(name, m.String()) || strings.EqualFold(name, m.String()[:3]) {
			return int(m)
		}
	}
	return 0
}
