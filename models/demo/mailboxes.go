package demo

import (
	"context"
	"time"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/models/mailroom"
)

// historyDays is how far back the mailboxes of the demo are on the list.
const historyDays = 21

// box is a mailbox of the demo, and how it was looked into.
type box struct {
	address     string
	purpose     models.MailboxPurpose
	note        string
	by          models.Role
	hour        int
	missedAgo   int    // so many days of the shop ago nobody looked; 0 for never
	mailAgo     int    // so many days of the shop ago mail came
	mailNote    string // what came
	lookedToday bool   // if its hour is over
}

func boxes() []box {
	return []box{
		{address: "help@nordicgoods.example", purpose: models.MailboxSupport, by: models.RoleStaff, hour: 9, mailAgo: 4,
			mailNote: "Klarna asks for the tracking number of a parcel to Austria; answered with the carrier’s link", lookedToday: true},
		{address: "owner@nordicgoods.example", purpose: models.MailboxAccount, note: "Mikkel reads it", by: models.RoleManager, hour: 16, missedAgo: 2, mailAgo: 7,
			mailNote: "Klarna’s monthly reminder about disputes; nothing to do"},
	}
}

// lookIntoMailboxes puts the mailboxes on the list some weeks ago, and has them looked into on every day of the shop since, but for one.
func lookIntoMailboxes(ctx context.Context, rooms mailroom.Service, actors map[models.Role]models.Actor) error {
	for _, b := range boxes() {
		if err := b.fill(ctx, rooms, actors); err != nil {
			return err
		}
	}
	return nil
}

// fill goes through the days of one mailbox, the latest first.
func (b box) fill(ctx context.Context, rooms mailroom.Service, actors map[models.Role]models.Actor) error {
	calendar, err := rooms.Calendar(ctx)
	if err != nil {
		return err
	}
	today := rooms.Today()
	first := mailboxes.AddDays(today, -historyDays)
	if _, err := at(rooms, first, 8).Add(ctx, b.address, b.purpose, b.note, actors[models.RoleManager]); err != nil {
		return err
	}
	listed, err := rooms.DB.Reader.MailboxesByAddress(ctx, []string{b.address})
	if err != nil {
		return err
	}
	ago := 0
	for day := today; day >= first; day = mailboxes.AddDays(day, -1) {
		if calendar.Closed(day) != "" {
			continue
		}
		req := mailroom.CheckRequest{MailboxID: listed[0].ID, Day: day, Found: models.FoundNothing, Actor: actors[b.by]}
		if ago == b.mailAgo {
			req.Found, req.Note = models.FoundMail, b.mailNote
		}
		if room := at(rooms, day, b.hour); b.looked(day == today, ago) && room.Now().Before(rooms.Now()) {
			if _, err := room.Check(ctx, req); err != nil {
				return err
			}
		}
		ago++
	}
	return nil
}

// looked tells whether somebody looked into it on a day of the shop, so many of them ago.
func (b box) looked(today bool, ago int) bool {
	if today {
		return b.lookedToday
	}
	return b.missedAgo == 0 || ago != b.missedAgo
}

// at is the mailroom at an hour of a day of the shop's zone.
func at(rooms mailroom.Service, day string, hour int) mailroom.Service {
	then, err := time.ParseInLocation(time.DateOnly, day, rooms.Zone)
	if err == nil {
		then = time.Date(then.Year(), then.Month(), then.Day(), hour, 12, 0, 0, rooms.Zone).UTC()
	}
	rooms.Now = func() time.Time { return then }
	return rooms
}
