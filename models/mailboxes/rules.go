// Package mailboxes keeps the duty to look into the mailboxes that Klarna writes to, each on every day of the shop: the pure rules and the
// commands.
package mailboxes

import (
	"time"

	"counterfoil/models"
)

// UsualWeek is Monday to Friday, as models.ShopWeek has it.
const UsualWeek = 1<<time.Monday | 1<<time.Tuesday | 1<<time.Wednesday | 1<<time.Thursday | 1<<time.Friday

// noon is the hour of the shop's zone after which a mailbox that was not looked into is urgent.
const noon = 12

// Calendar says on which days the shop works.
type Calendar struct {
	Weeks    []models.ShopWeek // the first change first
	Holidays map[string]string // names by day
}

// Week is the shop's weekdays as they hold on a day: bit 0 is Sunday.
func (c Calendar) Week(day string) int64 {
	week := int64(UsualWeek)
	for _, w := range c.Weeks {
		if w.Since <= day {
			week = w.Weekdays
		}
	}
	return week
}

// Closed says why the shop does not work on a day: the holiday's name, or that it is no day of its week. It is empty on a day of the shop.
func (c Calendar) Closed(day string) string {
	if name, holiday := c.Holidays[day]; holiday {
		return name
	}
	t, err := time.Parse(time.DateOnly, day)
	if err != nil || c.Week(day)&(1<<t.Weekday()) == 0 {
		return "Not a shop day"
	}
	return ""
}

// Today is a moment's day in the shop's zone.
func Today(now time.Time, zone *time.Location) string { return now.In(zone).Format(time.DateOnly) }

// IsPastNoon tells whether the day's first half is over in the shop's zone.
func IsPastNoon(now time.Time, zone *time.Location) bool { return now.In(zone).Hour() >= noon }

// AddDays is a day some days later, or earlier; a text that is no day stays.
func AddDays(day string, days int) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.AddDate(0, 0, days).Format(time.DateOnly)
}

// WeekStart is the Monday of a day's week.
func WeekStart(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return AddDays(day, -(int(t.Weekday())+6)%7)
}

// State is how a mailbox stands on a day.
type State string

// The states of a mailbox on a day.
const (
	StateNone    State = "none"    // it was not listed, or the day has not come
	StateClosed  State = "closed"  // the shop does not work
	StateOpen    State = "open"    // today, and nobody looked yet
	StateChecked State = "checked" // somebody looked on the day
	StateLate    State = "late"    // somebody ticked it after the day had ended
	StateMissed  State = "missed"  // the day ended and nobody had looked
)

// StateOf says how a mailbox stands on a day. A day that ended without a check is missed; a late tick stays marked as late. What was ticked
// on a closed day counts as checked, and is not due.
func StateOf(c Calendar, m models.Mailbox, day string, check *models.MailboxCheck, today string) State {
	switch {
	case !m.On(day) || day > today:
		return StateNone
	case check != nil && check.Late:
		return StateLate
	case check != nil:
		return StateChecked
	case c.Closed(day) != "":
		return StateClosed
	case day == today:
		return StateOpen
	}
	return StateMissed
}

// Counts are the checks that a span of days asked for, each a mailbox on a day of the shop, and what became of them:
// Due = Checked + Late + Missed + Open.
type Counts struct {
	Due     int64
	Checked int64 // on the day
	Late    int64 // ticked after it
	Missed  int64 // never ticked, and the day is over
	Open    int64 // of today, nobody looked yet
}

// MissedDay is a day of the shop at whose end mailboxes had not been looked into.
type MissedDay struct {
	Day       string
	Mailboxes int64 // not looked into on the day
	Waiting   int64 // of these, those that no manager has acknowledged
}

// Standing is what there is to do about the mailboxes now.
type Standing struct {
	Today  Counts      // of today alone
	Missed []MissedDay // that no manager has acknowledged, the newest first
	Noon   bool        // today's noon is over
}

// Things is how many things there are to do: today's mailboxes are one, and so is each day that was missed.
func (s Standing) Things() int64 {
	n := int64(len(s.Missed))
	if s.Today.Open > 0 {
		n++
	}
	return n
}

// Duty counts the checks between two days, both included, up to today. days is what each day came to, the first one first.
func Duty(c Calendar, days []models.MailboxDay, from, to, today string) (counts Counts) {
	eachShopDay(c, days, min(to, today), func(d models.MailboxDay, listed int64) {
		if d.Day >= from {
			counts.add(d, listed, today)
		}
	})
	return counts
}

// DutyByWeek counts the checks of weeks that follow each other, each named by its first day.
func DutyByWeek(c Calendar, days []models.MailboxDay, firsts []string, today string) []Counts {
	weeks, at := make([]Counts, len(firsts)), 0
	eachShopDay(c, days, min(AddDays(firsts[len(firsts)-1], 6), today), func(d models.MailboxDay, listed int64) {
		for at+1 < len(firsts) && d.Day >= firsts[at+1] {
			at++
		}
		if d.Day >= firsts[at] {
			weeks[at].add(d, listed, today)
		}
	})
	return weeks
}

// add counts the checks of one day.
func (c *Counts) add(d models.MailboxDay, listed int64, today string) {
	c.Due += listed
	c.Checked += d.OnTime
	c.Late += d.Late
	if rest := listed - d.OnTime - d.Late; d.Day == today {
		c.Open += rest
	} else {
		c.Missed += rest
	}
}

// Missed gives the days before today that no manager has acknowledged whole, the newest first.
func Missed(c Calendar, days []models.MailboxDay, today string) (missed []MissedDay) {
	eachShopDay(c, days, AddDays(today, -1), func(d models.MailboxDay, listed int64) {
		if m := (MissedDay{Day: d.Day, Mailboxes: listed - d.OnTime, Waiting: listed - d.OnTime - d.Acknowledged}); m.Waiting > 0 {
			missed = append([]MissedDay{m}, missed...)
		}
	})
	return missed
}

// eachShopDay visits the days of the shop from the first mailbox to a last day, with how many mailboxes were listed on each.
func eachShopDay(c Calendar, days []models.MailboxDay, last string, visit func(d models.MailboxDay, listed int64)) {
	if len(days) == 0 {
		return
	}
	listed, next := int64(0), 0
	for day := days[0].Day; day <= last; day = AddDays(day, 1) {
		d := models.MailboxDay{Day: day}
		if next < len(days) && days[next].Day == day {
			d = days[next]
			next++
		}
		listed += d.Added - d.Removed
		if c.Closed(day) == "" {
			visit(d, listed)
		}
	}
}
