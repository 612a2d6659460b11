package notify

import (
	"context"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/mirror"
	"counterfoil/models/store"
)

// digestLines is how many disputes stand in a digest, digestDays how many days on which a mailbox was missed.
const digestLines, digestDays = 20, 5

// remind tells the reminders that are due.
func (s *Service) remind(ctx context.Context, people []person, waiting []models.Dispute) error {
	now := s.Now()
	var found []news
	open, err := s.DB.Reader.OpenAuthorizations(ctx, models.UnixOf(now), models.UnixOf(now).Add(7*day))
	if err != nil {
		return err
	}
	for _, o := range open {
		by := o.CaptureBy().Time()
		if step := AuthorizationStep(by, now); step != "" {
			found = append(found, news{item(models.NoticeAuthorization, o.ID, step), line{fmt.Sprintf("%s (%s), %s: capture by %s", orderName(o), o.ID,
				amount(o.Capturable()), at(by, s.Zone)), s.Address + "/orders/" + o.ID}})
		}
	}
	for _, d := range waiting {
		if step := DisputeStep(d.DueBy.Time(), now, s.Zone); d.DueBy != 0 && step != "" {
			found = append(found, news{item(models.NoticeDisputeDue, d.ID, step), s.disputeLine(d)})
		}
	}
	for _, p := range people {
		if err := s.remindPerson(ctx, p, found); err != nil {
			return err
		}
	}
	return nil
}

// remindPerson looks before it writes, since mostly there is nothing new.
func (s *Service) remindPerson(ctx context.Context, p person, found []news) error {
	var fresh []news
	for _, n := range found {
		if !Gets(p.Staff, p.choices, n.Kind) {
			continue
		}
		known, err := s.DB.Reader.NoticeKnown(ctx, p.ID, n.NoticeItem)
		if err != nil {
			return err
		}
		if !known {
			fresh = append(fresh, n)
		}
	}
	if len(fresh) == 0 {
		return nil
	}
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error { return s.tell(ctx, tx, []person{p}, models.ReminderKinds(), fresh) })
}

// digests writes the digests that are due: one for today, however late.
func (s *Service) digests(ctx context.Context, people []person, waiting []models.Dispute, status mirror.Status) error {
	var todo *letter
	for _, p := range people {
		date := DigestDay(p.choices, s.Now(), s.Zone)
		if date == "" || !Gets(p.Staff, p.choices, models.NoticeDigest) {
			continue
		}
		it := item(models.NoticeDigest, "day", date)
		if known, err := s.DB.Reader.NoticeKnown(ctx, p.ID, it); err != nil || known {
			if err != nil {
				return err
			}
			continue
		}
		if todo == nil {
			l, err := s.digest(ctx, waiting, status)
			if err != nil {
				return err
			}
			todo = &l
		}
		if err := s.putDigest(ctx, p, it, *todo); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) putDigest(ctx context.Context, p person, it models.NoticeItem, l letter) error {
	id := newID()
	if len(l.Sections) == 0 && p.choices.Quiet {
		id = ""
	}
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		first, err := tx.InsertNotice(ctx, p.ID, it, id, models.UnixOf(s.Now()))
		if err != nil || !first || id == "" {
			return err
		}
		return s.write(ctx, tx, p.Staff, id, models.NoticeDigest, l)
	})
}

// digest is what there is to do. It names nobody and nothing of settlements, so everybody's is the same.
func (s *Service) digest(ctx context.Context, waiting []models.Dispute, status mirror.Status) (l letter, err error) {
	now := s.Now()
	l.Title, l.Intro = s.Shop+": what there is to do, "+now.In(s.Zone).Format("Monday 2 January"), "As of "+at(now, s.Zone)+"."
	add := func(title string, lines []line) {
		if len(lines) > 0 {
			l.Sections = append(l.Sections, section{title, lines})
		}
	}
	ending, err := s.DB.Reader.RunningOut(ctx, now, store.RunningOutWithin)
	if err != nil {
		return l, err
	}
	add("Running out", sumLines(ending, "order", "orders", s.Address+"/orders?tab=running-out"))
	add("Disputes due", s.dueLines(waiting, now))
	bare, _, err := s.DB.Reader.NoTrackingSums(ctx, models.UnixOf(now).Add(-models.RefundWindow))
	if err != nil {
		return l, err
	}
	add("Captured without tracking", sumLines(bare, "order", "orders", s.Address+"/orders?tab=no-tracking"))
	open, missed, err := s.Mailboxes(ctx)
	if err != nil {
		return l, err
	}
	add("Mailboxes", s.mailboxLines(open, missed))
	add("Mirror trouble", s.troubleLines(status))
	if len(l.Sections) == 0 {
		l.Intro += " There is nothing to do."
	}
	return l, nil
}

func (s *Service) dueLines(waiting []models.Dispute, now time.Time) (lines []line) {
	more := int64(0)
	for _, d := range waiting {
		if d.DueBy == 0 || d.DueBy.Time().Sub(now) > store.DisputesDueWithin {
			continue
		}
		if len(lines) == digestLines {
			more++
			continue
		}
		lines = append(lines, s.disputeLine(d))
	}
	if more > 0 {
		lines = append(lines, line{"and " + count(more, "more", "more"), s.Address + "/disputes"})
	}
	return lines
}

// mailboxLines name each day that was missed: a manager says why, at its place on the page.
func (s *Service) mailboxLines(open int64, missed []string) (lines []line) {
	if open > 0 {
		lines = append(lines, line{count(open, "mailbox", "mailboxes") + " to look into today", s.Address + "/mailboxes"})
	}
	for _, d := range missed[:min(len(missed), digestDays)] {
		name := d
		if t, err := time.Parse(time.DateOnly, d); err == nil {
			name = t.Format("Monday 2 January 2006")
		}
		lines = append(lines, line{"Missed on " + name + ": it waits for a manager’s word", s.Address + "/mailboxes#h-" + d})
	}
	if rest := len(missed) - digestDays; rest > 0 {
		lines = append(lines, line{"and " + count(int64(rest), "more day", "more days"), s.Address + "/mailboxes"})
	}
	return lines
}

func (s *Service) troubleLines(status mirror.Status) (lines []line) {
	if status.Failed > 0 {
		lines = append(lines, line{count(status.Failed, "event of Stripe was set aside", "events of Stripe were set aside"), s.Address + "/"})
	}
	if Silence(status.LastEvent, time.Now()) != "" {
		lines = append(lines, line{"Stripe sends no events since " + at(status.LastEvent.Time(), s.Zone), s.Address + "/"})
	}
	return lines
}
