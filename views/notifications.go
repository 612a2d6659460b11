package views

import (
	"fmt"
	"slices"
	"strconv"

	"counterfoil/models"
	"counterfoil/views/ui"
)

// NotificationsInput is what the page of a person's notifications is made from.
type NotificationsInput struct {
	Shell   Shell
	Choices models.NoticeChoices
	Kinds   []models.NoticeKind // that the role may be told of
	Feed    *models.CalendarFeed
	CanSend bool
	Errors  map[string]string
}

// NotificationsPage is the page on which a person chooses what they are told.
type NotificationsPage struct {
	Shell         Shell
	Digest, Quiet bool
	Hour          ui.FieldModel
	Now           []noticeBox
	Reminders     []noticeBox
	HasFeed       bool
	FeedSince     ui.Moment
	CanSend       bool
}

type noticeBox struct {
	Value, Label string
	On           bool
}

// NewNotificationsPage makes the page of a person's notifications.
func NewNotificationsPage(in NotificationsInput) NotificationsPage {
	in.Shell.Title = "Notifications"
	p := NotificationsPage{Shell: in.Shell, Digest: in.Choices.Digest, Quiet: in.Choices.Quiet, CanSend: in.CanSend}
	p.Hour = ui.FieldModel{ID: "hour", Name: "hour", Label: "At", Hint: in.Shell.clock().ZoneName(), Value: strconv.FormatInt(in.Choices.Hour, 10), Error: in.Errors["hour"]}
	for h := range 24 {
		p.Hour.Options = append(p.Hour.Options, ui.Option{Value: strconv.Itoa(h), Text: fmt.Sprintf("%02d:00", h)})
	}
	for _, k := range in.Kinds {
		box := noticeBox{Value: string(k), Label: noticeWord(k), On: in.Choices.Wants(k)}
		if slices.Contains(models.ReminderKinds(), k) {
			p.Reminders = append(p.Reminders, box)
		} else {
			p.Now = append(p.Now, box)
		}
	}
	if in.Feed != nil {
		p.HasFeed, p.FeedSince = true, in.Shell.clock().DayTime(in.Feed.Created.Time())
	}
	return p
}

// noticeWord names a kind of mail.
func noticeWord(k models.NoticeKind) string {
	switch k {
	case models.NoticeDigest:
		return "Morning digest"
	case models.NoticeDispute:
		return "New dispute"
	case models.NoticeEscalation:
		return "An inquiry became a chargeback"
	case models.NoticeRefund:
		return "Refund failed"
	case models.NoticePayout:
		return "Payout failed"
	case models.NoticeUnknown:
		return "Outcome of an act unknown"
	case models.NoticeSilent:
		return "Stripe sends no events"
	case models.NoticeAuthorization:
		return "An authorization runs out: 7, 3 and 1 days before"
	case models.NoticeDisputeDue:
		return "A dispute is due: 7, 3 and 1 days before, and on the last morning"
	case models.NoticeTest:
		return "Test mail"
	}
	return capital(plain(string(k)))
}
