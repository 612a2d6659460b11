package disputes

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/eml"
	"counterfoil/models/evidence"
	"counterfoil/models/store"
)

// mailPrefix begins the ids of disputes that are run by e-mail.
const mailPrefix = "mds"

// IsMail tells whether an id is that of a dispute that is run by e-mail.
func IsMail(id string) bool { return strings.HasPrefix(id, mailPrefix+"_") }

// MailStatuses are the statuses of a dispute that is run by e-mail, in their usual order.
func MailStatuses() []string {
	return []string{models.MailOpen, models.MailAnswered, models.MailWon, models.MailLost, models.MailClosed}
}

// MailRequest is what a person says of a dispute that Klarna runs by e-mail.
type MailRequest struct {
	Order    string // our reference or a Stripe id; empty: not known
	Amount   int64  // minor units; 0 not known
	Currency string
	Reason   string // Stripe's word
	DueBy    models.Unix
	Status   string
	Note     string
	Letter   string // hash of a mail that MatchLetter has read, which is kept with it; empty: by hand
	Actor    models.Actor
}

// RecordLetter keeps a mail as a dispute, matched to the order that it names when it names exactly one. The same mail again is the one that is
// there: known tells so. Errors: invalid (field "file"), internal.
func (s *Service) RecordLetter(ctx context.Context, content []byte, actor models.Actor) (m models.MailDispute, known bool, err error) {
	letter, err := eml.Read(content)
	if err != nil {
		return m, false, err
	}
	order, err := s.orderNamed(ctx, letter.Candidates)
	if err != nil {
		return m, false, err
	}
	m = models.MailDispute{ID: acts.NewID(mailPrefix), Status: models.MailOpen, Created: models.UnixOf(s.now()), StaffID: actor.StaffID, StaffName: actor.Name}
	attach(&m, letter, content)
	if order != nil {
		m.OrderID, m.Amount, m.Currency = order.ID, order.AmountCaptured, order.Currency
	}
	return s.record(ctx, m, actor)
}

// attach puts a mail into the row.
func attach(m *models.MailDispute, l eml.Letter, content []byte) {
	m.LetterID, m.LetterFrom, m.LetterSubject, m.LetterText, m.LetterDate, m.LetterSHA256, m.Letter = l.MessageID, l.From, l.Subject, l.Text, l.Date, l.SHA256, content
}

// record writes a dispute, unless its mail is recorded already: then it gives that one, and known says so.
func (s *Service) record(ctx context.Context, m models.MailDispute, actor models.Actor) (_ models.MailDispute, known bool, err error) {
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		earlier, err := tx.MailDisputeByLetter(ctx, m.LetterSHA256)
		if err != nil {
			return err
		}
		if earlier != nil {
			m, known = *earlier, true
			return nil
		}
		if err := tx.InsertMailDispute(ctx, m); err != nil {
			return err
		}
		details := map[string]string{"order": m.OrderID}
		if m.LetterSHA256 != "" {
			details["letter"] = m.LetterSHA256
			if err := tx.DropLetterDrafts(ctx, m.LetterSHA256); err != nil {
				return err
			}
		}
		return tx.AppendAudit(ctx, s.acts.Audit(actor, "mail_dispute.recorded", m.ID, details))
	})
	m.Letter = nil
	return m, known, err
}

// orderNamed is the one order that the words name by its reference or a Stripe id; nil where they name none or several.
func (s *Service) orderNamed(ctx context.Context, words []string) (*models.Order, error) {
	found, err := s.ordersNamed(ctx, words)
	if err != nil || len(found) != 1 {
		return nil, err
	}
	return &found[0].Order, nil
}

// RecordMail keeps a dispute with what a person says of it, and with the mail if one was read. The same mail again is the one that is there:
// known tells so. Errors: invalid by field ("file" once the mail is kept no more), internal.
func (s *Service) RecordMail(ctx context.Context, req MailRequest) (m models.MailDispute, known bool, err error) {
	m = models.MailDispute{ID: acts.NewID(mailPrefix), Status: models.MailOpen, Created: models.UnixOf(s.now()), StaffID: req.Actor.StaffID, StaffName: req.Actor.Name}
	req.Status = models.MailOpen
	if req.Letter != "" {
		earlier, err := s.db.Reader.MailDisputeByLetter(ctx, req.Letter)
		if err == nil && earlier != nil {
			return *earlier, true, nil
		}
		if err == nil {
			err = s.attachKept(ctx, &m, req)
		}
		if err != nil {
			return m, false, err
		}
	}
	if err := s.fillMail(ctx, &m, req); err != nil {
		return m, false, err
	}
	return s.record(ctx, m, req.Actor)
}

// attachKept puts the mail that the person had read into the row.
func (s *Service) attachKept(ctx context.Context, m *models.MailDispute, req MailRequest) error {
	d, err := s.db.Reader.LetterDraft(ctx, req.Actor.StaffID, req.Letter)
	if models.IsKind(err, models.KindNotFound) {
		return invalid("file", "letter_gone", "The mail that was read is not kept any more: choose it again.")
	}
	if err != nil {
		return err
	}
	letter, err := eml.Read(d.Data)
	attach(m, letter, d.Data)
	return err
}

// ChangeMail writes what a person says of a dispute that is run by e-mail. Errors: invalid by field, not found, internal.
func (s *Service) ChangeMail(ctx context.Context, id string, req MailRequest) error {
	m, err := s.db.Reader.MailDispute(ctx, id)
	if err != nil {
		return err
	}
	was := m.Status
	if err := s.fillMail(ctx, &m, req); err != nil {
		return err
	}
	if m.Status != was && m.Status == models.MailAnswered {
		m.AnsweredAt, m.AnsweredBy = models.UnixOf(s.now()), req.Actor.Name
	}
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.SaveMailDispute(ctx, m); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.acts.Audit(req.Actor, "mail_dispute.changed", m.ID, map[string]string{"order": m.OrderID, "from": was, "to": m.Status}))
	})
}

// fillMail puts what a person said into the row.
func (s *Service) fillMail(ctx context.Context, m *models.MailDispute, req MailRequest) error {
	req.Order, req.Note = strings.TrimSpace(req.Order), evidence.Clean(req.Note)
	switch {
	case !slices.Contains(MailStatuses(), req.Status):
		return invalid("status", "status_unknown", "Choose how far it is.")
	case len([]rune(req.Note)) > models.MaxNoteLength:
		return invalid("note", "too_long", fmt.Sprintf("At most %d characters.", models.MaxNoteLength))
	case req.Amount < 0:
		return invalid("amount", "amount_negative", "Enter the disputed amount.")
	case req.DueBy == 0 && req.Status == models.MailOpen:
		return invalid("due_by", "due_missing", "Write the day that the mail gives you: it is nowhere else.")
	}
	m.OrderID = ""
	if req.Order != "" {
		o, err := s.orderNamed(ctx, []string{req.Order})
		if err != nil {
			return err
		}
		if o == nil {
			return invalid("order", "order_unknown", "No order, or more than one, has this reference. Write the Stripe id (pi_…) instead.")
		}
		m.OrderID = o.ID
	}
	m.Amount, m.Currency, m.Reason, m.DueBy, m.Status, m.Note = req.Amount, req.Currency, req.Reason, req.DueBy, req.Status, req.Note
	return nil
}
