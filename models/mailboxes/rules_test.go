package mailboxes_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
)

// 2026-03-23 is a Monday; on Sunday 2026-03-29 the clocks of Berlin go forward, on Sunday 2026-10-25 back.

func TestTodayAndNoonAreOfTheShopsZone(t *testing.T) {
	for _, c := range []struct {
		zone, at, today string
		noon            bool
	}{
		{"Europe/Berlin", "2026-03-28T22:59:59Z", "2026-03-28", true},
		{"Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29", false},
		{"Europe/Berlin", "2026-03-29T09:59:59Z", "2026-03-29", false}, // an hour was left out: noon is 10:00 UTC
		{"Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-29", true},
		{"Europe/Berlin", "2026-03-29T22:00:00Z", "2026-03-30", false},
		{"Europe/Berlin", "2026-10-25T22:59:59Z", "2026-10-25", true}, // a day of 25 hours
		{"Europe/Berlin", "2026-10-25T23:00:00Z", "2026-10-26", false},
		{"America/Los_Angeles", "2026-03-09T06:59:59Z", "2026-03-08", true},
		{"Pacific/Auckland", "2026-03-23T11:00:00Z", "2026-03-24", false},
		{"Africa/Cairo", "2026-04-23T22:00:00Z", "2026-04-24", false}, // midnight itself is left out
		{"UTC", "2026-03-23T12:00:00Z", "2026-03-23", true},
	} {
		zone, err := time.LoadLocation(c.zone)
		if err != nil {
			t.Fatal(err)
		}
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		if today, noon := mailboxes.Today(at, zone), mailboxes.IsPastNoon(at, zone); today != c.today || noon != c.noon {
			t.Errorf("%s at %s: %s, past noon %t", c.zone, c.at, today, noon)
		}
	}
}

func TestWeekStart(t *testing.T) {
	for day, want := range map[string]string{"2026-03-23": "2026-03-23", "2026-03-26": "2026-03-23", "2026-03-29": "2026-03-23", "2026-03-30": "2026-03-30", "no day": "no day"} {
		if got := mailboxes.WeekStart(day); got != want {
			t.Errorf("%s: %s", day, got)
		}
	}
}

// calendar works Monday to Friday, from April also on Saturday, and is closed on the first of May.
func calendar() mailboxes.Calendar {
	return mailboxes.Calendar{Weeks: []models.ShopWeek{{Since: "2026-04-01", Weekdays: mailboxes.UsualWeek | 1<<time.Saturday}}, Holidays: map[string]string{"2026-05-01": "Labour Day"}}
}

func TestClosed(t *testing.T) {
	for day, want := range map[string]string{"2026-03-27": "", "2026-03-28": "Not a shop day", "2026-03-29": "Not a shop day", "2026-03-31": "", "2026-04-04": "",
		"2026-04-05": "Not a shop day", "2026-05-01": "Labour Day", "2025-01-06": "", "2026-02-30": "Not a shop day"} {
		if got := calendar().Closed(day); got != want {
			t.Errorf("%s: %q, want %q", day, got, want)
		}
	}
}

func TestStateOf(t *testing.T) {
	box := models.Mailbox{AddedDay: "2026-03-24", RemovedDay: "2026-04-08"}
	onTime, late := &models.MailboxCheck{}, &models.MailboxCheck{Late: true}
	const today = "2026-04-07" // a Tuesday
	for _, c := range []struct {
		name, day string
		check     *models.MailboxCheck
		want      mailboxes.State
	}{
		{"before it was listed", "2026-03-23", nil, mailboxes.StateNone},
		{"on the day of listing", "2026-03-24", nil, mailboxes.StateMissed},
		{"ticked on the day", "2026-03-25", onTime, mailboxes.StateChecked},
		{"ticked after it", "2026-03-25", late, mailboxes.StateLate},
		{"a weekend", "2026-03-28", nil, mailboxes.StateClosed},
		{"a weekend, ticked all the same", "2026-03-28", onTime, mailboxes.StateChecked},
		{"a Saturday of the new week", "2026-04-04", nil, mailboxes.StateMissed},
		{"yesterday", "2026-04-06", nil, mailboxes.StateMissed},
		{"today", today, nil, mailboxes.StateOpen},
		{"today, ticked", today, onTime, mailboxes.StateChecked},
		{"the day of removal", "2026-04-08", nil, mailboxes.StateNone},
		{"a day to come", "2026-04-09", nil, mailboxes.StateNone},
	} {
		if got := mailboxes.StateOf(calendar(), box, c.day, c.check, today); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

func TestDutyAndMissed(t *testing.T) {
	days := []models.MailboxDay{
		{Day: "2026-03-26", Added: 3, OnTime: 3},                           // Thursday
		{Day: "2026-03-27", Added: 1, OnTime: 2, Late: 1},                  // Friday: 4 listed, 1 never
		{Day: "2026-03-28", OnTime: 1},                                     // Saturday: not due
		{Day: "2026-03-30", Removed: 2, OnTime: 1, Acknowledged: 1},        // Monday: 2 listed, 1 missed, acknowledged
		{Day: "2026-04-01", Added: 1, OnTime: 1, Late: 1, Acknowledged: 1}, // Wednesday: 3 listed; Tuesday has no row: 2 missed
		{Day: "2026-04-02", OnTime: 2},                                     // today: 3 listed
	}
	const today = "2026-04-02"
	for _, c := range []struct {
		from, to string
		want     mailboxes.Counts
	}{
		{"2026-01-01", "2026-12-31", mailboxes.Counts{Due: 3 + 4 + 2 + 2 + 3 + 3, Checked: 3 + 2 + 1 + 0 + 1 + 2, Late: 2, Missed: 1 + 1 + 2 + 1, Open: 1}},
		{"2026-03-27", "2026-03-27", mailboxes.Counts{Due: 4, Checked: 2, Late: 1, Missed: 1}},
		{"2026-03-28", "2026-03-29", mailboxes.Counts{}},
		{"2026-03-31", "2026-03-31", mailboxes.Counts{Due: 2, Missed: 2}},
		{today, today, mailboxes.Counts{Due: 3, Checked: 2, Open: 1}},
		{"2026-04-03", "2026-04-30", mailboxes.Counts{}},
		{"2026-01-01", "2026-03-25", mailboxes.Counts{}},
	} {
		if diff := cmp.Diff(c.want, mailboxes.Duty(calendar(), days, c.from, c.to, today)); diff != "" {
			t.Errorf("%s to %s (-want +got):\n%s", c.from, c.to, diff)
		}
	}
	firsts := []string{"2026-03-16", "2026-03-23", "2026-03-30"}
	for i, got := range mailboxes.DutyByWeek(calendar(), days, firsts, today) {
		if diff := cmp.Diff(mailboxes.Duty(calendar(), days, firsts[i], mailboxes.AddDays(firsts[i], 6), today), got); diff != "" {
			t.Errorf("the week from %s (-want +got):\n%s", firsts[i], diff)
		}
	}
	want := []mailboxes.MissedDay{{Day: "2026-04-01", Mailboxes: 2, Waiting: 1}, {Day: "2026-03-31", Mailboxes: 2, Waiting: 2}, {Day: "2026-03-27", Mailboxes: 2, Waiting: 2}}
	if diff := cmp.Diff(want, mailboxes.Missed(calendar(), days, today)); diff != "" {
		t.Errorf("missed (-want +got):\n%s", diff)
	}
	if got := mailboxes.Duty(calendar(), nil, "2026-01-01", today, today); got != (mailboxes.Counts{}) {
		t.Errorf("without a mailbox: %+v", got)
	}
}

func TestReadHolidays(t *testing.T) {
	const today = "2026-05-02"
	got, err := mailboxes.ReadHolidays("\n 2026-12-25  Christmas Day \r\n2026-05-01 Labour Day\n\n2026-12-26 Boxing Day", today, calendar())
	want := []models.Holiday{{Day: "2026-12-25", Name: "Christmas Day"}, {Day: "2026-12-26", Name: "Boxing Day"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("(-want +got):\n%s%v", diff, err)
	}
	for lines, want := range map[string]string{
		"2026-12-25 Christmas\n25.12.2027 Christmas": "Line 2: begin with the day as year-month-day, for example 2026-12-25 Christmas Day.",
		"2026-02-30 Never":                           "Line 1: begin with the day as year-month-day, for example 2026-12-25 Christmas Day.",
		"\n2026-12-25":                               "Line 2: write the holiday’s name after the day.",
		"2026-12-25 A\n2026-12-25 B":                 "Line 2: 2026-12-25 stands above already.",
		"2026-05-01 Another name":                    "Line 1: this day has begun or is over. What was missed on it is acknowledged with a note under Mailboxes.",
		"2026-05-02 Today":                           "Line 1: this day has begun or is over. What was missed on it is acknowledged with a note under Mailboxes.",
	} {
		if _, err := mailboxes.ReadHolidays(lines, today, calendar()); models.MessageOf(err) != want {
			t.Errorf("%q: %v", lines, err)
		}
	}
}
