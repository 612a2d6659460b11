// Package mailroom holds what the desk does about the mailboxes that Klarna writes to: list them, tick them, acknowledge what was missed, and
// show the history. The rules themselves are in package mailboxes.
package mailroom

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/mailboxes"
	"counterfoil/models/store"
)

const (
	// mailboxPrefix begins the ids of mailboxes.
	mailboxPrefix = "mbx"
	// MaxMailboxes is how many mailboxes may be listed at a time.
	MaxMailboxes = 2000
	maxAddress   = 254 // characters of an address; source: RFC 5321, 4.5.3.1.3, without the brackets
)

// Service keeps the mailboxes and who looked into them.
type Service struct {
	DB   *store.DB
	Now  func() time.Time // domain time, UTC
	Zone *time.Location   // the shop's
}

// Today is the day in the shop's zone.
func (s Service) Today() string { return mailboxes.Today(s.Now(), s.Zone) }

// Calendar gives the days of the shop. Errors: internal.
func (s Service) Calendar(ctx context.Context) (c mailboxes.Calendar, err error) {
	if c.Weeks, err = s.DB.Reader.ShopWeeks(ctx); err != nil {
		return c, err
	}
	holidays, err := s.DB.Reader.Holidays(ctx)
	c.Holidays = map[string]string{}
	for _, h := range holidays {
		c.Holidays[h.Day] = h.Name
	}
	return c, err
}

// Duty counts the checks between two days of the shop's zone, both included. Errors: internal.
func (s Service) Duty(ctx context.Context, from, to string) (mailboxes.Counts, error) {
	c, days, err := s.days(ctx)
	return mailboxes.Duty(c, days, from, to, s.Today()), err
}

// DutyByWeek counts the checks of weeks that follow each other, each named by its first day. Errors: internal.
func (s Service) DutyByWeek(ctx context.Context, firsts []string) ([]mailboxes.Counts, error) {
	c, err := s.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	days, err := s.DB.Reader.MailboxDaysSince(ctx, firsts[0])
	return mailboxes.DutyByWeek(c, days, firsts, s.Today()), err
}

func (s Service) days(ctx context.Context) (mailboxes.Calendar, []models.MailboxDay, error) {
	c, err := s.Calendar(ctx)
	if err != nil {
		return c, nil, err
	}
	days, err := s.DB.Reader.MailboxDays(ctx)
	return c, days, err
}

// Standing tells what there is to do now. Errors: internal.
func (s Service) Standing(ctx context.Context) (mailboxes.Standing, error) {
	c, days, err := s.days(ctx)
	if err != nil || len(days) == 0 {
		return mailboxes.Standing{}, err
	}
	now := s.Now()
	today := mailboxes.Today(now, s.Zone)
	return mailboxes.Standing{Today: mailboxes.Duty(c, days, today, today, today), Missed: mailboxes.Missed(c, days, today), Noon: mailboxes.IsPastNoon(now, s.Zone)}, nil
}

// Add lists mailboxes, one address a line: all of them or none. It gives how many. Errors: invalid (fields "addresses", "purpose", "note"), internal.
func (s Service) Add(ctx context.Context, lines string, purpose models.MailboxPurpose, note string, by models.Actor) (int, error) {
	note = strings.TrimSpace(note)
	if !slices.Contains(models.MailboxPurposes(), purpose) {
		return 0, invalid("purpose", "purpose_unknown", "Choose what the address is to Stripe.")
	}
	if err := checkNote(note); err != nil {
		return 0, err
	}
	addresses, err := readAddresses(lines)
	if err != nil {
		return 0, err
	}
	at := models.UnixOf(s.Now())
	return len(addresses), s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := checkNew(ctx, tx, addresses); err != nil {
			return err
		}
		for _, address := range addresses {
			m := models.Mailbox{ID: acts.NewID(mailboxPrefix), Address: address, AddressFolded: strings.ToLower(address), Purpose: purpose, Note: note,
				Added: at, AddedDay: mailboxes.Today(at.Time(), s.Zone), AddedBy: by.StaffID, AddedName: by.Name}
			if err := tx.InsertMailbox(ctx, m); err != nil {
				return err
			}
			if err := tx.AppendAudit(ctx, by.Audit(at, "mailbox.added", m.ID, map[string]string{"purpose": string(purpose)})); err != nil {
				return err
			}
		}
		return nil
	})
}

// readAddresses reads one address a line; a line may be empty.
func readAddresses(lines string) (addresses []string, err error) {
	seen, number := map[string]bool{}, 0
	for line := range strings.Lines(lines) {
		number++
		line = strings.TrimSpace(line)
		if line == "" {
			continue
		}
		parsed, err := mail.ParseAddress(line)
		if err != nil || parsed.Address != line || utf8.RuneCountInString(line) > maxAddress {
			return nil, invalid("addresses", "address_invalid", fmt.Sprintf("Line %d is not an e-mail address: write one such as support@example.com in each line.", number))
		}
		if folded := strings.ToLower(line); !seen[folded] {
			seen[folded] = true
			addresses = append(addresses, line)
		}
		if len(addresses) > MaxMailboxes {
			return nil, tooMany()
		}
	}
	if len(addresses) == 0 {
		return nil, invalid("addresses", "address_missing", "Write an address, one in each line.")
	}
	return addresses, nil
}

// checkNew refuses addresses that are listed, and too many.
func checkNew(ctx context.Context, tx *store.Tx, addresses []string) error {
	var folded []string
	for _, a := range addresses {
		folded = append(folded, strings.ToLower(a))
	}
	listed, err := tx.MailboxesByAddress(ctx, folded)
	if err != nil {
		return err
	}
	if len(listed) > 0 {
		return invalid("addresses", "address_listed", listed[0].Address+" is on the list already.")
	}
	n, err := tx.MailboxCount(ctx)
	if err == nil && n+int64(len(addresses)) > MaxMailboxes {
		return tooMany()
	}
	return err
}

func tooMany() error {
	return invalid("addresses", "mailboxes_many", fmt.Sprintf("At most %d mailboxes can be on the list.", MaxMailboxes))
}

// Remove takes a mailbox off the list: from today on nobody has to look into it. Its history stays. Errors: not found, internal.
func (s Service) Remove(ctx context.Context, id string, by models.Actor) error {
	at := models.UnixOf(s.Now())
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.RemoveMailbox(ctx, id, mailboxes.Today(at.Time(), s.Zone), by, at); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, by.Audit(at, "mailbox.removed", id, nil))
	})
}

// CheckRequest is what a person says of a look into a mailbox.
type CheckRequest struct {
	MailboxID string
	Day       string // of the shop's zone
	Found     models.MailboxFound
	Note      string // what came
	Actor     models.Actor
}

// Check ticks a mailbox for a day: the first tick stands. earlier is the one that was there, nil where this one is the first; for a day that
// is over the tick is marked as late. Errors: invalid (fields "day", "found", "note"), not found, conflict for a mailbox off the list, internal.
func (s Service) Check(ctx context.Context, req CheckRequest) (earlier *models.MailboxCheck, err error) {
	at := models.UnixOf(s.Now())
	today := mailboxes.Today(at.Time(), s.Zone)
	check := models.MailboxCheck{MailboxID: req.MailboxID, Day: req.Day, Late: req.Day < today, Found: req.Found, Note: strings.TrimSpace(req.Note), At: at,
		StaffID: req.Actor.StaffID, StaffName: req.Actor.Name}
	if err := checkTyped(check, today); err != nil {
		return nil, err
	}
	calendar, err := s.Calendar(ctx)
	if err != nil {
		return nil, err
	}
	err = s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		m, err := tx.Mailbox(ctx, req.MailboxID)
		if err != nil {
			return err
		}
		if earlier, err = tx.MailboxCheck(ctx, req.MailboxID, req.Day); err != nil || earlier != nil {
			return err
		}
		switch {
		case m.RemovedDay != "":
			return &models.Error{Kind: models.KindConflict, Code: "mailbox_removed", Message: "This mailbox was taken off the list meanwhile."}
		case !m.On(req.Day):
			return invalid("day", "day_unlisted", "The mailbox was not on the list on that day.")
		case check.Late && calendar.Closed(req.Day) != "":
			return invalid("day", "day_closed", "The shop was closed on that day: nothing was due.")
		}
		if err := tx.InsertMailboxCheck(ctx, check); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, req.Actor.Audit(at, "mailbox.checked", m.ID, map[string]string{"day": check.Day, "found": string(check.Found)}))
	})
	return earlier, err
}

// checkTyped refuses what cannot be a check.
func checkTyped(c models.MailboxCheck, today string) error {
	_, err := time.Parse(time.DateOnly, c.Day)
	switch {
	case err != nil:
		return invalid("day", "day_invalid", "This is not a day.")
	case c.Day > today:
		return invalid("day", "day_to_come", "This day has not come yet.")
	case c.Found != models.FoundNothing && c.Found != models.FoundMail:
		return invalid("found", "found_unknown", "Say whether mail came.")
	case c.Found == models.FoundMail && c.Note == "":
		return invalid("note", "note_missing", "Write in a few words what came.")
	}
	return checkNote(c.Note)
}

// Acknowledge notes a manager's word about the mailboxes that nobody looked into on a day; it gives how many. Errors: invalid (fields "note",
// "day"), internal.
func (s Service) Acknowledge(ctx context.Context, day, note string, by models.Actor) (n int64, err error) {
	note = strings.TrimSpace(note)
	at := models.UnixOf(s.Now())
	calendar, err := s.Calendar(ctx)
	switch _, wrong := time.Parse(time.DateOnly, day); {
	case err != nil:
		return 0, err
	case wrong != nil || day >= mailboxes.Today(at.Time(), s.Zone) || calendar.Closed(day) != "":
		return 0, invalid("day", "day_invalid", "Only a day of the shop that is over can be acknowledged.")
	case note == "":
		return 0, invalid("note", "note_missing", "Write in a few words why nobody looked, and what was done about it.")
	}
	if err := checkNote(note); err != nil {
		return 0, err
	}
	err = s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		n, err = tx.AcknowledgeMisses(ctx, models.MailboxMiss{Day: day, Note: note, At: at, StaffID: by.StaffID, StaffName: by.Name})
		if err != nil || n == 0 {
			return err
		}
		return tx.AppendAudit(ctx, by.Audit(at, "mailbox.miss_acknowledged", day, map[string]string{"mailboxes": fmt.Sprint(n)}))
	})
	return n, err
}

func checkNote(note string) error {
	if utf8.RuneCountInString(note) > models.MaxReasonLength {
		return invalid("note", "note_long", fmt.Sprintf("At most %d characters.", models.MaxReasonLength))
	}
	return nil
}

func invalid(field, code, message string) error {
	return &models.Error{Kind: models.KindInvalid, Code: code, Field: field, Message: message, Err: errors.New(code)}
}
