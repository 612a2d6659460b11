package notify

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/jobs"
	"counterfoil/models/mail"
	"counterfoil/models/store"
)

// JobSend is the kind of job that sends a mail.
const JobSend = "mail.send"

// giveUpAfter is how long a mail is tried, by the wall clock.
const giveUpAfter = 24 * time.Hour

// laneWidth is how many mails are handed over at a time, and laneWait how long another one waits before it looks again: a slow mail server
// must not hold up the work on orders.
const (
	laneWidth = 4
	laneWait  = 2 * time.Second
)

type jobArgs struct {
	ID string `json:"id"`
}

// Work joins this package's kind of job to the function that does it.
func (s *Service) Work() map[string]func(context.Context, []byte) error {
	return map[string]func(context.Context, []byte) error{JobSend: s.send}
}

// send is the job. The claim is durable before anything is said to the server: a mail that is found claimed was being handed over when the
// process ended, so it may have arrived, and is not sent again by itself.
func (s *Service) send(ctx context.Context, args []byte) error {
	var ja jobArgs
	if err := json.Unmarshal(args, &ja); err != nil {
		return fmt.Errorf("mail: arguments: %w", err)
	}
	select {
	case s.lane <- struct{}{}:
		defer func() { <-s.lane }()
	default:
		return &jobs.Later{After: laneWait}
	}
	m, claimed, err := s.claim(ctx, ja.ID)
	if err != nil || !claimed {
		return err
	}
	err = s.Sender.Send(ctx, mail.Message{ID: m.ID, To: m.Address, Subject: m.Title, Text: m.Text, HTML: m.HTML, Date: time.Now()})
	settled := context.WithoutCancel(ctx) // what came of it is written even when the desk stops
	now := models.UnixOf(time.Now())
	m.State, m.Error, m.Finished = models.MailSent, "", now
	var f *mail.Failure
	again := false
	if errors.As(err, &f) {
		m.Error = f.Message
		switch {
		case f.Outcome == mail.Unclear:
			m.State = models.MailUnclear
		case f.Outcome == mail.Refused || now.Time().Sub(m.Asked.Time()) > giveUpAfter:
			m.State = models.MailFailed
		default:
			m.State, m.Finished, again = models.MailPending, 0, true
		}
	}
	saved := s.DB.Writer.Tx(settled, func(tx *store.Tx) error { return tx.SaveMail(settled, m) })
	if again {
		return errors.Join(err, saved)
	}
	return saved
}

// claim takes a waiting mail for this job. Errors: internal.
func (s *Service) claim(ctx context.Context, id string) (m models.Mail, claimed bool, err error) {
	err = s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		m, err = tx.Mail(ctx, id)
		if models.IsKind(err, models.KindNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		switch {
		case m.State == models.MailSending:
			m.State, m.Error, m.Finished = models.MailUnclear, "The desk stopped while the mail was being handed over.", models.UnixOf(time.Now())
		case m.State == models.MailPending && s.Sender == nil:
			m.State, m.Error, m.Finished = models.MailFailed, "No mail server is set up any more.", models.UnixOf(time.Now())
		case m.State == models.MailPending:
			m.State, claimed = models.MailSending, true
			m.Attempts++
		default:
			return nil
		}
		return tx.SaveMail(ctx, m)
	})
	return m, claimed && err == nil, err
}

// SendAgain has a mail that failed, or of which it is not known, sent once more. Errors: not found (also for another's), conflict (it is
// sent, or under way; or there is no mail server), internal.
func (s *Service) SendAgain(ctx context.Context, id string, actor models.Actor) error {
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		m, err := mailOf(ctx, tx, id, actor)
		if err != nil {
			return err
		}
		if !m.CanSendAgain() || s.Sender == nil {
			return &models.Error{Kind: models.KindConflict, Code: "mail_settled", Message: "This mail is not one that can be sent again."}
		}
		from := m.State
		m.State, m.Error, m.Finished, m.Asked = models.MailPending, "", 0, models.UnixOf(time.Now())
		if err := tx.SaveMail(ctx, m); err != nil {
			return err
		}
		if _, err := s.Queue.Enqueue(tx, JobSend, jobArgs{ID: id}, 0); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, actor.Audit(models.UnixOf(s.Now()), "mail.sent_again", id, map[string]string{"from": string(from), "to": m.StaffID}))
	})
}
