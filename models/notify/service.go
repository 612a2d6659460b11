package notify

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"html/template"
	"log/slog"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/mail"
	"counterfoil/models/mirror"
	"counterfoil/models/staff"
	"counterfoil/models/store"
)

// Options are what a Service works with.
type Options struct {
	DB     *store.DB
	Queue  *jobs.Queue
	Mirror *mirror.Mirror
	Sender *mail.Sender // nil: mails are kept and shown in the app only
	// Mailboxes counts those that nobody has looked into today, and gives the days (YYYY-MM-DD) that were missed and that no manager has
	// acknowledged, the newest first.
	Mailboxes func(context.Context) (open int64, missed []string, err error)
	Address   string // of the desk, for links
	Shop      string
	Now       func() time.Time // domain time, UTC
	Zone      *time.Location
	Log       *slog.Logger
}

// Service writes mails and has them sent.
type Service struct {
	Options
	page *template.Template
	lane chan struct{} // one token for each mail that is being handed over
}

// New makes a Service. Errors: internal.
func New(o Options) (*Service, error) {
	page, err := newPage()
	return &Service{Options: o, page: page, lane: make(chan struct{}, laneWidth)}, err
}

// CanSend tells whether there is a mail server.
func (s *Service) CanSend() bool { return s.Sender != nil }

// person is somebody with what they want to be told.
type person struct {
	models.Staff
	choices models.NoticeChoices
}

func (s *Service) people(ctx context.Context) (all []person, err error) {
	list, err := s.DB.Reader.StaffList(ctx)
	if err != nil {
		return nil, err
	}
	for _, p := range list {
		c, err := s.DB.Reader.NoticeChoices(ctx, p.ID)
		if err != nil {
			return nil, err
		}
		all = append(all, person{p, c})
	}
	return all, nil
}

// Look is the periodic work: what is new is told at once, reminders and digests that are due are written. Before the whole account was
// read there is nothing to tell. Errors: internal.
func (s *Service) Look(ctx context.Context) error {
	status, err := s.Mirror.Status(ctx)
	if err != nil || status.LastSync == 0 {
		return err
	}
	people, err := s.people(ctx)
	if err != nil {
		return err
	}
	waiting, err := s.DB.Reader.WaitingDisputes(ctx)
	if err != nil {
		return err
	}
	if err := s.tellNews(ctx, people, waiting, status); err != nil {
		return err
	}
	if err := s.remind(ctx, people, waiting); err != nil {
		return err
	}
	return s.digests(ctx, people, waiting, status)
}

// write writes a mail to a person within tx, and asks for it to be sent.
func (s *Service) write(ctx context.Context, tx *store.Tx, p models.Staff, id string, kind models.NoticeKind, l letter) error {
	l.Foot = "Times are in " + s.Zone.String() + ". What you are told is chosen at " + s.Address + "/notifications"
	var html bytes.Buffer
	if err := s.page.Execute(&html, l); err != nil {
		return err
	}
	m := models.Mail{ID: id, StaffID: p.ID, Name: p.Name, Address: p.Email, Kind: kind, Title: l.Title, Text: l.plain(), HTML: html.String(),
		State: models.MailKept, Created: models.UnixOf(s.Now()), Asked: models.UnixOf(time.Now())}
	if s.Sender != nil {
		m.State = models.MailPending
	}
	if err := tx.InsertMail(ctx, m); err != nil {
		return err
	}
	if s.Sender == nil {
		return nil
	}
	_, err := s.Queue.Enqueue(tx, JobSend, jobArgs{ID: id}, 0)
	return err
}

func newID() string { return "mai_" + rand.Text() }

// Choose writes what a person wants to be told. Errors: invalid (field "hour"), internal.
func (s *Service) Choose(ctx context.Context, c models.NoticeChoices, actor models.Actor) error {
	if c.Hour < 0 || c.Hour > 23 {
		return &models.Error{Kind: models.KindInvalid, Code: "hour_unknown", Field: "hour", Message: "Choose an hour of the day."}
	}
	now := models.UnixOf(s.Now())
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.PutNoticeChoices(ctx, c, now); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, actor.Audit(models.UnixOf(s.Now()), "notifications.chosen", c.StaffID, map[string]string{"digest": fmt.Sprint(c.Digest),
			"hour": fmt.Sprint(c.Hour), "quiet": fmt.Sprint(c.Quiet), "off": fmt.Sprint(c.Off)}))
	})
}

// Test writes a mail that tests the way, to the person who asks. Errors: internal.
func (s *Service) Test(ctx context.Context, actor models.Actor) error {
	p, err := s.DB.Reader.Staff(ctx, actor.StaffID)
	if err != nil {
		return err
	}
	id := newID()
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		l := letter{Title: "Test mail from " + s.Shop, Intro: "If you read this in your mailbox, mails of the desk reach you. Asked for on " + at(s.Now(), s.Zone) + "."}
		if err := s.write(ctx, tx, p, id, models.NoticeTest, l); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, actor.Audit(models.UnixOf(s.Now()), "mail.test_requested", id, nil))
	})
}

// Mail gives a mail to a person who may see it: their own, and managers and admins those of all. Errors: not found (also for another's),
// internal.
func (s *Service) Mail(ctx context.Context, id string, p models.Actor) (models.Mail, error) {
	return mailOf(ctx, s.DB.Reader, id, p)
}

type mailReader interface {
	Mail(ctx context.Context, id string) (models.Mail, error)
}

func mailOf(ctx context.Context, r mailReader, id string, p models.Actor) (models.Mail, error) {
	m, err := r.Mail(ctx, id)
	if err == nil && m.StaffID != p.StaffID && !staff.Can(p.Role, staff.ManageSettings) {
		err = &models.Error{Kind: models.KindNotFound, Code: "mail_missing", Message: "There is no such mail."}
	}
	return m, err
}
