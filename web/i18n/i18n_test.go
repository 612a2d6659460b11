package i18n_test

import (
	"math"
	"testing"
	"time"
	_ "time/tzdata" // the shop's zone on a machine without zone files

	"counterfoil/models/money"
	"counterfoil/web/i18n"
)

func TestMoney(t *testing.T) {
	for _, c := range []struct {
		minor            int64
		currency         string
		text, numberOnly string
	}{
		{14990, "EUR", "EUR\u00a0149.90", "149.90"},
		{114990, "EUR", "EUR\u00a01,149.90", "1,149.90"},
		{-305, "SEK", "SEK\u00a0\u22123.05", "\u22123.05"},
		{-123456789, "EUR", "EUR\u00a0\u22121,234,567.89", "\u22121,234,567.89"},
		{0, "EUR", "EUR\u00a00.00", "0.00"},
		{1500, "JPY", "JPY\u00a01,500", "1,500"},
		{999, "JPY", "JPY\u00a0999", "999"},
		{1234567, "BHD", "BHD\u00a01,234.567", "1,234.567"},
		{math.MaxInt64, "EUR", "EUR\u00a092,233,720,368,547,758.07", "92,233,720,368,547,758.07"},
		{math.MinInt64, "EUR", "EUR\u00a0\u221292,233,720,368,547,758.08", "\u221292,233,720,368,547,758.08"},
		{500, "", "5.00", "5.00"},
	} {
		a := money.Amount{Minor: c.minor, Currency: c.currency}
		if got := i18n.Money(a); got != c.text {
			t.Errorf("Money(%v) = %q, want %q", a, got, c.text)
		}
		if got := i18n.MoneyNumber(a); got != c.numberOnly {
			t.Errorf("MoneyNumber(%v) = %q, want %q", a, got, c.numberOnly)
		}
	}
}

func TestNumbers(t *testing.T) {
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "\u22121,000"} {
		if got := i18n.Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 orders", 1: "1 order", 2: "2 orders", 1200: "1,200 orders"} {
		if got := i18n.Plural(n, "order", "orders"); got != want {
			t.Errorf("Plural(%d) = %q, want %q", n, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	stockholm := load(t, "Europe/Stockholm")
	now := time.Date(2026, 11, 17, 14, 0, 0, 0, stockholm)
	for _, c := range []struct {
		when                         string // UTC
		day, dayTime, long, absolute string
	}{
		{"2026-11-17T13:02:00Z", "17 Nov", "Today, 14:02", "Tuesday 17 November, 14:02", "Tuesday 17 November 2026, 14:02 CET"},
		{"2026-11-19T11:47:00Z", "19 Nov", "Thu 19 Nov, 12:47", "Thursday 19 November, 12:47", "Thursday 19 November 2026, 12:47 CET"},
		{"2026-11-16T23:30:00Z", "17 Nov", "Today, 00:30", "Tuesday 17 November, 00:30", "Tuesday 17 November 2026, 00:30 CET"},
		{"2026-11-17T23:30:00Z", "18 Nov", "Wed 18 Nov, 00:30", "Wednesday 18 November, 00:30", "Wednesday 18 November 2026, 00:30 CET"},
		{"2026-10-22T11:44:00Z", "22 Oct", "22 Oct, 13:44", "Thursday 22 October, 13:44", "Thursday 22 October 2026, 13:44 CEST"},
		{"2025-12-31T22:30:00Z", "31 Dec 2025", "31 Dec 2025, 23:30", "Wednesday 31 December 2025, 23:30", "Wednesday 31 December 2025, 23:30 CET"},
		{"2025-12-31T23:30:00Z", "1 Jan", "1 Jan, 00:30", "Thursday 1 January, 00:30", "Thursday 1 January 2026, 00:30 CET"},
	} {
		when, err := time.Parse(time.RFC3339, c.when)
		if err != nil {
			t.Fatal(err)
		}
		for name, got := range map[string][2]string{
			"Day":         {i18n.Day(when, stockholm, now), c.day},
			"DayTime":     {i18n.DayTime(when, stockholm, now), c.dayTime},
			"LongDayTime": {i18n.LongDayTime(when, stockholm, now), c.long},
			"Absolute":    {i18n.Absolute(when, stockholm), c.absolute},
		} {
			if got[0] != got[1] {
				t.Errorf("%s(%s) = %q, want %q", name, c.when, got[0], got[1])
			}
		}
	}
}

func TestTimesAtTheEdges(t *testing.T) {
	newYear := time.Date(2026, 1, 2, 9, 0, 0, 0, time.UTC)
	for name, got := range map[string][2]string{
		"near, last year":       {i18n.DayTime(time.Date(2025, 12, 30, 8, 5, 0, 0, time.UTC), time.UTC, newYear), "Tue 30 Dec 2025, 08:05"},
		"day and year":          {i18n.DayYear(newYear, time.UTC), "2 Jan 2026"},
		"zone without a name":   {i18n.Absolute(newYear, load(t, "America/Sao_Paulo")), "Friday 2 January 2026, 06:00 UTC-03"},
		"zero day":              {i18n.Day(time.Time{}, time.UTC, newYear), ""},
		"zero day and year":     {i18n.DayYear(time.Time{}, time.UTC), ""},
		"zero day and time":     {i18n.DayTime(time.Time{}, time.UTC, newYear), ""},
		"zero long":             {i18n.LongDayTime(time.Time{}, time.UTC, newYear), ""},
		"zero absolute":         {i18n.Absolute(time.Time{}, time.UTC), ""},
		"hour that comes twice": {i18n.Absolute(time.Date(2026, 10, 25, 1, 30, 0, 0, time.UTC), load(t, "Europe/Stockholm")), "Sunday 25 October 2026, 02:30 CET"},
	} {
		if got[0] != got[1] {
			t.Errorf("%s: %q, want %q", name, got[0], got[1])
		}
	}
}

func TestDurations(t *testing.T) {
	for d, want := range map[time.Duration]string{
		46 * time.Hour:                  "1 day and 22 hours",
		48 * time.Hour:                  "2 days",
		24*time.Hour + time.Minute:      "1 day",
		65 * time.Minute:                "1 hour and 5 minutes",
		time.Minute:                     "1 minute",
		59*time.Minute + 59*time.Second: "59 minutes",
		59 * time.Second:                "less than a minute",
		0:                               "less than a minute",
		-5 * time.Hour:                  "less than a minute",
		28 * 24 * time.Hour:             "28 days",
		1200 * 24 * time.Hour:           "1,200 days",
	} {
		if got := i18n.Left(d); got != want {
			t.Errorf("Left(%v) = %q, want %q", d, got, want)
		}
	}
	now := time.Date(2026, 11, 17, 14, 0, 0, 0, time.UTC)
	for want, then := range map[string]time.Time{
		"3 hours and 5 minutes ago": now.Add(-185 * time.Minute),
		"just now":                  now.Add(-59 * time.Second),
		"never":                     {},
	} {
		if got := i18n.Ago(then, now); got != want {
			t.Errorf("Ago(%v) = %q, want %q", then, got, want)
		}
	}
	if got := i18n.Ago(now.Add(time.Hour), now); got != "just now" {
		t.Errorf("Ago in the future = %q", got)
	}
}

func TestCountries(t *testing.T) {
	for code, want := range map[string]string{
		"AT": "Austria", "AU": "Australia", "BE": "Belgium", "CA": "Canada", "CH": "Switzerland", "CZ": "Czechia", "DE": "Germany",
		"DK": "Denmark", "ES": "Spain", "FI": "Finland", "FR": "France", "GB": "United Kingdom", "GR": "Greece", "IE": "Ireland",
		"IT": "Italy", "NL": "Netherlands", "NO": "Norway", "NZ": "New Zealand", "PL": "Poland", "PT": "Portugal", "RO": "Romania",
		"SE": "Sweden", "US": "United States", "se": "Sweden", "JP": "Japan", "": "", "X": "X", "Sweden": "Sweden", "EU": "EU",
	} {
		if got := i18n.Country(code); got != want {
			t.Errorf("Country(%q) = %q, want %q", code, got, want)
		}
	}
	for tag, want := range map[string]string{"sv-SE": "Swedish", "nb-NO": "Norwegian Bokmål", "en-GB": "English", "el-GR": "Greek", "?": "?"} {
		if got := i18n.Language(tag); got != want {
			t.Errorf("Language(%q) = %q, want %q", tag, got, want)
		}
	}
}

func load(t *testing.T, name string) *time.Location {
	t.Helper()
	zone, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return zone
}
