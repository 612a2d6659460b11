package disputes

import (
	"context"
	"regexp"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/eml"
	"counterfoil/models/money"
	"counterfoil/models/store"
)

const (
	// maxMatches is how many orders a mail may be told to match, maxMailed how many of a customer's orders are compared with its amounts.
	maxMatches, maxMailed = 20, 50
	// maxSenders is how many addresses of a mail are looked for.
	maxSenders = 10
	// letterKept is how long a mail that was read waits to be recorded, by the wall clock.
	letterKept = 24 * time.Hour
)

// Match is what a mail is about, as far as the desk can tell.
type Match struct {
	Letter   eml.Letter
	Orders   []MatchedOrder
	Reason   string              // Stripe's word for the reason that the mail names; "" where it names none or several
	Recorded *models.MailDispute // the same mail, recorded as a dispute before; nil where it was not
}

// MatchedOrder is an order that a mail names, by which of its words, and the order's disputes.
type MatchedOrder struct {
	Order    models.Order
	By       string // the word that names it: a Stripe id, its reference; or "amount and e-mail"
	Disputes []models.Dispute
	Mailed   []models.MailDispute
}

// ByAmount says that an order was found by its amount and its customer's e-mail, not by a word that names it.
const ByAmount = "amount and e-mail"

// MatchLetter reads a mail and finds what it is about: by any Stripe id, by the order's own reference, and else by
// an amount together with the customer's e-mail. One that is not recorded is kept for some hours, for this person alone, so that it can be
// recorded with RecordMail. Errors: invalid (field "file"), internal.
func (s *Service) MatchLetter(ctx context.Context, content []byte, by models.Actor) (Match, error) {
	m, err := s.match(ctx, content)
	if err != nil || m.Recorded != nil {
		return m, err
	}
	d := models.LetterDraft{StaffID: by.StaffID, SHA256: m.Letter.SHA256, Data: content, Created: models.UnixOf(time.Now())}
	return m, s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.PutLetterDraft(ctx, d) })
}

// KeptLetter is a mail that this person had read, by its hash, and what it is about. Errors: not found once it is kept no more, internal.
func (s *Service) KeptLetter(ctx context.Context, sha256 string, by models.Actor) (Match, error) {
	d, err := s.db.Reader.LetterDraft(ctx, by.StaffID, sha256)
	if err != nil {
		return Match{}, err
	}
	return s.match(ctx, d.Data)
}

// PurgeLetters drops the mails that were read and recorded by nobody. Errors: internal.
func (s *Service) PurgeLetters(ctx context.Context) error {
	before := models.UnixOf(time.Now().Add(-letterKept))
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.PurgeLetterDrafts(ctx, before) })
}

func (s *Service) match(ctx context.Context, content []byte) (m Match, err error) {
	if m.Letter, err = eml.Read(content); err != nil {
		return m, err
	}
	m.Reason = reasonIn(m.Letter.Subject + "\n" + m.Letter.Text)
	if m.Recorded, err = s.db.Reader.MailDisputeByLetter(ctx, m.Letter.SHA256); err != nil {
		return m, err
	}
	if m.Orders, err = s.ordersNamed(ctx, m.Letter.Candidates); err != nil {
		return m, err
	}
	if len(m.Orders) == 0 {
		if m.Orders, err = s.ordersMailed(ctx, m.Letter); err != nil {
			return m, err
		}
	}
	for i := range m.Orders {
		o := &m.Orders[i]
		if o.Disputes, err = s.db.Reader.DisputesOf(ctx, o.Order.ID); err != nil {
			return m, err
		}
		if o.Mailed, err = s.db.Reader.MailDisputesOf(ctx, o.Order.ID); err != nil {
			return m, err
		}
	}
	return m, nil
}

// ordersNamed are the orders that the words name by a Stripe id or by their reference, in the words' order, at most maxMatches.
func (s *Service) ordersNamed(ctx context.Context, words []string) (found []MatchedOrder, err error) {
	byReference, err := s.db.Reader.OrdersByReference(ctx, words)
	if err != nil {
		return nil, err
	}
	add := func(o models.Order, by string) {
		known := slices.ContainsFunc(found, func(m MatchedOrder) bool { return m.Order.ID == o.ID })
		if !known && len(found) < maxMatches {
			found = append(found, MatchedOrder{Order: o, By: by})
		}
	}
	for _, word := range words {
		for _, o := range byReference[word] {
			add(o, word)
		}
		o, err := s.orderOfID(ctx, word)
		if err != nil {
			return nil, err
		}
		if o != nil {
			add(*o, word)
		}
	}
	return found, nil
}

// orderOfID is the order that a Stripe id belongs to; nil for any other word, and for an id that we do not have.
func (s *Service) orderOfID(ctx context.Context, word string) (*models.Order, error) {
	if !store.IsStripeID(word) {
		return nil, nil
	}
	target, err := s.db.Reader.OrderIDFor(ctx, word)
	if models.IsKind(err, models.KindNotFound) || err == nil && target.OrderID == "" {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	o, err := s.db.Reader.Order(ctx, target.OrderID)
	return &o, err
}

var (
	mailAddress = regexp.MustCompile(`[\pL\pN._%+-]+@[\pL\pN.-]+\.\pL{2,}`)
	mailAmount  = regexp.MustCompile(`\pN[\pN.,'\x{a0}\x{202f} ]*`)
)

// ordersMailed are the orders of a customer whose e-mail the letter has, and whose amount it has too.
func (s *Service) ordersMailed(ctx context.Context, l eml.Letter) (found []MatchedOrder, err error) {
	text := l.Subject + "\n" + l.From + "\n" + l.Text
	amounts := mailAmount.FindAllString(text, -1)
	var seen []string
	for _, address := range mailAddress.FindAllString(text, -1) {
		if address = strings.ToLower(address); slices.Contains(seen, address) {
			continue
		}
		if seen = append(seen, address); len(seen) > maxSenders {
			break
		}
		orders, err := s.db.Reader.OrdersByEmail(ctx, address, maxMailed)
		if err != nil {
			return nil, err
		}
		for _, o := range orders {
			if len(found) < maxMatches && hasAmount(amounts, o) {
				found = append(found, MatchedOrder{Order: o, By: ByAmount})
			}
		}
	}
	return found, nil
}

// hasAmount tells whether one of the figures of a text is what an order was authorized or captured for.
func hasAmount(figures []string, o models.Order) bool {
	return slices.ContainsFunc(figures, func(figure string) bool {
		a, err := money.Parse(strings.TrimRight(strings.TrimSpace(figure), ".,'"), o.Currency)
		return err == nil && a.Minor > 0 && (a.Minor == o.AmountAuthorized || a.Minor == o.AmountCaptured)
	})
}

// reasonIn is the reason that a text gives in Klarna's words; "" where it gives none or several.
func reasonIn(text string) (found string) {
	text = strings.ToLower(strings.ReplaceAll(text, "_", " "))
	for _, reason := range models.DisputeReasons() {
		for words := range strings.SplitSeq(strings.ToLower(models.DisputeReasonWords(reason)), " or ") {
			if reason == "credit_not_processed" {
				words = "reason: " + words // "return" alone says little
			}
			if !strings.Contains(text, words) || found == reason {
				continue
			}
			if found != "" {
				return ""
			}
			found = reason
		}
	}
	return found
}
