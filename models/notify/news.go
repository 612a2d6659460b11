package notify

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"counterfoil/models"
	"counterfoil/models/mirror"
	"counterfoil/models/money"
	"counterfoil/models/store"
)

// news is something that happened, or a reminder, with its line in a mail.
type news struct {
	models.NoticeItem
	line line
}

// settingMarked says that what was there before the first look has been marked as seen.
const settingMarked = "notifications_marked"

// tellNews marks what happened as seen and tells it. What was there before the first look is marked without a word.
func (s *Service) tellNews(ctx context.Context, people []person, waiting []models.Dispute, status mirror.Status) error {
	found, err := s.happened(ctx, waiting, status)
	if err != nil {
		return err
	}
	_, begun, err := s.DB.Reader.Setting(ctx, settingMarked)
	if err != nil {
		return err
	}
	var fresh []news
	for _, n := range found {
		known, err := s.DB.Reader.NoticeMarked(ctx, n.NoticeItem)
		if err != nil {
			return err
		}
		if !known {
			fresh = append(fresh, n)
		}
	}
	if begun && len(fresh) == 0 {
		return nil
	}
	return s.DB.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := tx.SetSetting(ctx, settingMarked, "yes"); err != nil {
			return err
		}
		var first []news
		for _, n := range fresh {
			ok, err := tx.MarkNotice(ctx, n.NoticeItem, models.UnixOf(s.Now()))
			if err != nil {
				return err
			}
			if ok && begun {
				first = append(first, n)
			}
		}
		return s.tell(ctx, tx, people, models.ImmediateKinds(), first)
	})
}

// tell writes to each person one mail of a kind with everything of it that they were not told before.
func (s *Service) tell(ctx context.Context, tx *store.Tx, people []person, kinds []models.NoticeKind, all []news) error {
	for _, p := range people {
		for _, kind := range kinds {
			if !Gets(p.Staff, p.choices, kind) {
				continue
			}
			id := newID()
			part := section{Title: heading(kind)}
			for _, n := range all {
				if n.Kind != kind {
					continue
				}
				first, err := tx.InsertNotice(ctx, p.ID, n.NoticeItem, id, models.UnixOf(s.Now()))
				if err != nil {
					return err
				}
				if first {
					part.Lines = append(part.Lines, n.line)
				}
			}
			if len(part.Lines) == 0 {
				continue
			}
			l := letter{Title: s.Shop + ": " + title(kind, len(part.Lines)), Sections: []section{part}}
			if err := s.write(ctx, tx, p.Staff, id, kind, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// happened gives what is told at once, as it stands.
func (s *Service) happened(ctx context.Context, waiting []models.Dispute, status mirror.Status) (found []news, err error) {
	if found, err = s.disputeNews(ctx, waiting); err != nil {
		return nil, err
	}
	since := models.UnixOf(s.Now()).Add(-failedSince)
	refunds, err := s.DB.Reader.FailedRefunds(ctx, since, store.MaxLimit)
	if err != nil {
		return nil, err
	}
	for _, f := range refunds {
		found = append(found, news{item(models.NoticeRefund, f.Refund.ID, "failed"), line{fmt.Sprintf("%s: a refund of %s failed (%s). The customer has not got the money.",
			orderName(f.Order), amount(f.Refund.Money()), f.Refund.ID), s.Address + "/orders/" + f.Order.ID}})
	}
	payouts, err := s.DB.Reader.FailedPayouts(ctx, since)
	if err != nil {
		return nil, err
	}
	for _, p := range payouts {
		found = append(found, news{item(models.NoticePayout, p.ID, "failed"), line{fmt.Sprintf("Payout %s of %s failed.", p.ID, amount(p.Money())), s.Address + "/settlements/" + p.ID}})
	}
	unknown, err := s.unknownNews(ctx)
	found = append(found, unknown...)
	if step := Silence(status.LastEvent, time.Now()); step != "" {
		found = append(found, news{item(models.NoticeSilent, "events", step), line{"The last event of Stripe came on " + at(status.LastEvent.Time(), s.Zone) +
			". Look at the webhook endpoint in Stripe: is it switched on, and does it reach this desk?", s.Address + "/"}})
	}
	return found, err
}

// disputeNews gives what is new of the disputes that wait for the shop: new ones, and inquiries that became chargebacks.
func (s *Service) disputeNews(ctx context.Context, waiting []models.Dispute) (found []news, err error) {
	for _, d := range waiting {
		if d.Status == models.MailOpen {
			continue // a person wrote it down: nobody has to be told
		}
		phase := DisputePhase(d)
		kind := models.NoticeDispute
		if phase == "chargeback" {
			was, err := s.DB.Reader.NoticeMarked(ctx, item(models.NoticeDispute, d.ID, "inquiry"))
			if err != nil {
				return nil, err
			}
			if was {
				kind = models.NoticeEscalation
			}
		}
		found = append(found, news{item(kind, d.ID, phase), s.disputeLine(d)})
	}
	return found, nil
}

func (s *Service) disputeLine(d models.Dispute) line {
	text := fmt.Sprintf("%s of %s, payment %s, %s", d.ID, amount(d.Money()), d.PaymentIntentID, DisputePhase(d))
	if d.DueBy != 0 {
		text += ": due " + at(d.DueBy.Time(), s.Zone)
	}
	return line{text, s.Address + "/disputes/" + d.ID}
}

func (s *Service) unknownNews(ctx context.Context) (found []news, err error) {
	unknown, err := s.DB.Reader.UnknownOutcomes(ctx, store.MaxLimit)
	if err != nil {
		return nil, err
	}
	now := s.Now()
	for _, u := range unknown {
		if !u.NeedsPerson && now.Sub(u.Since.Time()) < unknownAfter {
			continue
		}
		subject := u.Order.ID + u.DisputeID
		found = append(found, news{item(models.NoticeUnknown, subject, fmt.Sprintf("%s %d", u.Act, u.Since)), line{fmt.Sprintf(
			"%s: Stripe has not said what came of a %s of %s, asked for on %s. Do not try again: we are asking.", orderName(u.Order), u.Act, amount(u.Amount),
			at(u.Since.Time(), s.Zone)), s.Address + "/orders/" + u.Order.ID}})
	}
	return found, nil
}

func item(kind models.NoticeKind, subject, step string) models.NoticeItem {
	return models.NoticeItem{Kind: kind, Subject: subject, Step: step}
}

// heading is what stands above the lines of a kind.
func heading(k models.NoticeKind) string {
	switch k {
	case models.NoticeDispute:
		return "New disputes"
	case models.NoticeEscalation:
		return "Inquiries that became chargebacks"
	case models.NoticeRefund:
		return "Refunds that failed"
	case models.NoticePayout:
		return "Payouts that failed"
	case models.NoticeUnknown:
		return "Unknown outcomes"
	case models.NoticeSilent:
		return "Stripe sends no events"
	case models.NoticeAuthorization:
		return "Authorizations that run out"
	case models.NoticeDisputeDue:
		return "Disputes that are due"
	}
	return ""
}

// title is the subject of a mail about n things of a kind.
func title(k models.NoticeKind, n int) string {
	many := int64(n)
	switch k {
	case models.NoticeDispute:
		return count(many, "new dispute", "new disputes")
	case models.NoticeEscalation:
		return count(many, "inquiry became a chargeback", "inquiries became chargebacks")
	case models.NoticeRefund:
		return count(many, "refund failed", "refunds failed")
	case models.NoticePayout:
		return count(many, "payout failed", "payouts failed")
	case models.NoticeUnknown:
		return count(many, "unknown outcome", "unknown outcomes")
	case models.NoticeAuthorization:
		return count(many, "authorization runs out", "authorizations run out")
	case models.NoticeDisputeDue:
		return count(many, "dispute is due", "disputes are due")
	}
	return heading(k)
}

func count(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return money.Group(strconv.FormatInt(n, 10)) + " " + many
}
