// Package notify decides who is told what by mail, and when; writes the mails and has them sent, once.
package notify

import (
	"strconv"
	"time"

	"counterfoil/models"
	"counterfoil/models/staff"
)

const (
	day = 24 * time.Hour
	// silentAfter is how long Stripe may send no event.
	silentAfter = 24 * time.Hour
	// unknownAfter is how long an act may be under way before it is told.
	unknownAfter = 5 * time.Minute
	// failedSince is how far back failed refunds and payouts are looked at.
	failedSince = 30 * day
	// lastMorning is the hour of the shop's zone of the reminder on the last morning.
	lastMorning = 7
)

// RightFor is the right that a person needs to be told of a kind.
func RightFor(k models.NoticeKind) staff.Right {
	if k == models.NoticePayout {
		return staff.SeeSettlements
	}
	return staff.SeeOrders
}

// Gets tells whether a person is told of a kind: the account is open, the role may see it, and it is switched on.
func Gets(p models.Staff, c models.NoticeChoices, k models.NoticeKind) bool {
	if p.DisabledAt != 0 || !staff.Can(p.Role, RightFor(k)) {
		return false
	}
	return c.Wants(k)
}

// AuthorizationStep is the reminder that is due at now for an authorization that ends then: "7", "3" or "1" days, or "" for none. Of those
// that were missed only the last is due.
func AuthorizationStep(by, now time.Time) string {
	left := by.Sub(now)
	switch {
	case left <= 0:
		return ""
	case left <= day:
		return "1"
	case left <= 3*day:
		return "3"
	case left <= 7*day:
		return "7"
	}
	return ""
}

// DisputeStep is the reminder that is due at now for a dispute that is due then: "7", "3" or "1" days, "last" on the last morning, or "" for
// none.
func DisputeStep(by, now time.Time, zone *time.Location) string {
	step := AuthorizationStep(by, now)
	if step != "" && !now.Before(LastMorning(by, zone)) {
		return "last"
	}
	return step
}

// LastMorning is the last time before a moment that it is morning in the shop's zone.
func LastMorning(by time.Time, zone *time.Location) time.Time {
	local := by.In(zone)
	morning := time.Date(local.Year(), local.Month(), local.Day(), lastMorning, 0, 0, 0, zone)
	if !morning.Before(by) {
		morning = time.Date(local.Year(), local.Month(), local.Day()-1, lastMorning, 0, 0, 0, zone)
	}
	return morning
}

// DigestDay names the day whose digest is due at now, YYYY-MM-DD in the shop's zone; "" where it is too early, or the person wants none.
func DigestDay(c models.NoticeChoices, now time.Time, zone *time.Location) string {
	local := now.In(zone)
	at := time.Date(local.Year(), local.Month(), local.Day(), int(c.Hour), 0, 0, 0, zone)
	if !c.Digest || now.Before(at) {
		return ""
	}
	return local.Format(time.DateOnly)
}

// DisputePhase is what the desk remembers of a dispute: "inquiry", "chargeback" or "by e-mail".
func DisputePhase(d models.Dispute) string {
	switch {
	case d.IsInquiry():
		return "inquiry"
	case d.Status == models.MailOpen:
		return "by e-mail"
	}
	return "chargeback"
}

// Silence is the silence that is to be told at now, by the last event before it; "" while Stripe's events come in, or never did. Both are
// of the wall clock.
func Silence(lastEvent models.Unix, now time.Time) string {
	if lastEvent == 0 || now.Sub(lastEvent.Time()) <= silentAfter {
		return ""
	}
	return strconv.FormatInt(int64(lastEvent), 10)
}
