package notify

import (
	"context"
	"crypto/rand"
	"fmt"

	"counterfoil/models"
	"counterfoil/models/calendar"
	"counterfoil/models/staff"
	"counterfoil/models/store"
)

// NewFeed gives a person a private calendar, in place of the one before, and its address: it is not kept, so it is shown now or never.
// Errors: internal.
func (s *Service) NewFeed(ctx context.Context, actor models.Actor) (address string, err error) {
	token := rand.Text() + rand.Text()
	f := models.CalendarFeed{StaffID: actor.StaffID, TokenHash: staff.HashToken(token), Created: models.UnixOf(s.Now())}
	err = s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.PutCalendarFeed(ctx, f); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, actor.Audit(models.UnixOf(s.Now()), "calendar.created", actor.StaffID, nil))
	})
	return s.Address + "/calendar/" + token + ".ics", err
}

// EndFeed ends a person's calendar. Errors: internal.
func (s *Service) EndFeed(ctx context.Context, actor models.Actor) error {
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.DropCalendarFeed(ctx, actor.StaffID); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, actor.Audit(models.UnixOf(s.Now()), "calendar.ended", actor.StaffID, nil))
	})
}

// Feed writes the calendar of a token: when authorizations end (28 days after they were made, docs.stripe.com/payments/klarna) and when
// disputes are due. Errors: not found (unknown, ended, or its owner is shut out), internal.
func (s *Service) Feed(ctx context.Context, token string) ([]byte, error) {
	f, err := s.DB.Reader.CalendarFeed(ctx, staff.HashToken(token))
	if err != nil {
		return nil, err
	}
	owner, err := s.DB.Reader.Staff(ctx, f.StaffID)
	if err != nil {
		return nil, err
	}
	if owner.DisabledAt != 0 || !staff.Can(owner.Role, staff.SeeOrders) {
		return nil, &models.Error{Kind: models.KindNotFound, Code: "calendar_ended", Message: "There is no such calendar."}
	}
	events, err := s.deadlines(ctx)
	if err != nil {
		return nil, err
	}
	return calendar.Write(s.Shop+": deadlines", events, s.Now())
}

func (s *Service) deadlines(ctx context.Context) (events []calendar.Event, err error) {
	now := models.UnixOf(s.Now())
	open, err := s.DB.Reader.OpenAuthorizations(ctx, now, now.Add(models.AuthorizationValidity))
	if err != nil {
		return nil, err
	}
	for _, o := range open {
		by := o.CaptureBy().Time()
		url := s.Address + "/orders/" + o.ID
		events = append(events, calendar.Event{UID: "capture-" + o.ID + "@counterfoil", At: by, URL: url,
			Title: fmt.Sprintf("Capture by: %s, %s", orderName(o), amount(o.Capturable())),
			Text:  fmt.Sprintf("The authorization of %s ends on %s.\n%s", o.ID, at(by, s.Zone), url)})
	}
	waiting, err := s.DB.Reader.WaitingDisputes(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range waiting {
		if d.DueBy == 0 {
			continue
		}
		url, what := s.Address+"/disputes/"+d.ID, "Evidence by"
		switch {
		case d.IsInquiry():
			what = "Settle the inquiry by"
		case d.Status == models.MailOpen:
			what = "Answer the dispute by e-mail by"
		}
		events = append(events, calendar.Event{UID: "dispute-" + d.ID + "@counterfoil", At: d.DueBy.Time(), URL: url,
			Title: fmt.Sprintf("%s: %s, %s", what, d.ID, amount(d.Money())),
			Text:  fmt.Sprintf("Payment %s is due on %s.\n%s", d.PaymentIntentID, at(d.DueBy.Time(), s.Zone), url)})
	}
	return events, nil
}
