package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/store"
)

const (
	// shopDays is the time over which the made-up shop took its orders.
	shopDays = 400
	// shopBatch is how many orders go into one transaction.
	shopBatch = 20_000
)

// ShopNow is the made-up shop's present: fixed, so that a database that was kept stays right. It is a Sunday.
func ShopNow() time.Time { return time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC) }

// ShopReference is the order reference of the nth order of a made-up shop, from 1, the oldest first.
func ShopReference(n int) string { return fmt.Sprintf("NG-%06d", n) }

// ShopOrder makes the nth of so many orders up to now, from 1, with its refund and dispute if it has them; the same ones each time.
// In the whole about 4 % wait for their capture (1 % end within seven days), 88 % were captured with tracking, 2 % without and 2 % in
// part, 2 % ran out, 1 % were canceled; of what was captured 5 % have a refund, 0.6 % a dispute.
func ShopOrder(n, of int, now time.Time) (models.Order, *models.Refund, *models.Dispute) {
	return newShopMaker(of, now).order(n)
}

// shopMaker makes a shop's orders.
type shopMaker struct {
	of      int
	now     models.Unix
	markets []shopMarket
	rand    *rand.Rand
	source  *rand.PCG
}

func newShopMaker(of int, now time.Time) *shopMaker {
	source := rand.NewPCG(0, 0)
	return &shopMaker{of: of, now: models.UnixOf(now), markets: shopMarkets(), source: source, rand: rand.New(source)}
}

func (s *shopMaker) order(n int) (models.Order, *models.Refund, *models.Dispute) {
	s.source.Seed(uint64(n), 62)
	span := int64(shopDays * 24 * 3600)
	o := models.Order{Created: s.now - models.Unix(span) + models.Unix(span*int64(n)/int64(s.of+1)), Reference: ShopReference(n)}
	m := s.market()
	o.ID, o.ChargeID, o.CustomerID = s.id("pi_3", o.Created), s.id("py_3", o.Created), s.id("cus_", o.Created)
	o.Currency, o.Country, o.PreferredLocale = m.currency, m.country, m.locale
	m.person(s.rand, &o)
	o.AmountAuthorized = s.amount(m)
	o.Description = "Order " + o.Reference
	o.KlarnaCategory = []string{"pay_later", "pay_later", "pay_in_installments", "pay_now", "pay_with_financing"}[s.rand.IntN(5)]
	o.CaptureMethod = "manual"
	o.SearchText = store.SearchText(o.CustomerName, o.CustomerEmail, o.Reference)
	o.SyncedAt = o.Created.Add(time.Minute)
	s.state(m, &o)
	return o, s.refund(&o), s.dispute(&o)
}

// id looks like one of Stripe's: it begins with something of its time, so that neighbours in time are neighbours in an index.
func (s *shopMaker) id(prefix string, at models.Unix) string {
	head := make([]byte, 6)
	for i, rest := 5, int64(at); i >= 0; i, rest = i-1, rest/62 {
		head[i] = base62[rest%62]
	}
	return prefix + string(head) + letters(s.rand, 18-len(prefix)+3, len(base62))
}

func (s *shopMaker) market() *shopMarket {
	at := s.rand.IntN(100)
	for i := range s.markets {
		if at -= s.markets[i].share; at < 0 {
			return &s.markets[i]
		}
	}
	return &s.markets[0]
}

// amount is mostly small, sometimes large.
func (s *shopMaker) amount(m *shopMarket) int64 {
	euros := 9 + s.rand.IntN(140)
	if s.rand.IntN(8) == 0 {
		euros += s.rand.IntN(1800)
	}
	return (int64(euros)*100 + 90) * m.price / 100
}

// state decides how far an order has come.
func (s *shopMaker) state(m *shopMarket, o *models.Order) {
	age := s.now - o.Created
	open := age < models.Unix(models.AuthorizationValidity/time.Second)
	o.AuthorizedAt = o.Created.Add(time.Duration(20+s.rand.IntN(200)) * time.Second)
	at := s.rand.IntN(10_000)
	switch {
	case open && at < 5900, !open && age < 29*24*3600 && at < 1000: // the latter lapsed, and Stripe has not said so yet
		o.Status, o.PaymentStatus, o.AmountCapturable = models.StatusAuthorized, "requires_capture", o.AmountAuthorized
		o.AuthorizedAt = min(o.AuthorizedAt, s.now)
		return
	case at >= 9960:
		s.unfinished(o, at >= 9985)
		return
	case at >= 9860:
		o.Status, o.PaymentStatus, o.CanceledAt = models.StatusCanceled, "canceled", s.later(o.AuthorizedAt, 5)
		o.CancellationReason = "requested_by_customer"
		return
	case at >= 9650 && !open:
		o.Status, o.PaymentStatus = models.StatusExpired, "canceled"
		o.CanceledAt, o.CancellationReason = o.AuthorizedAt.Add(models.AuthorizationValidity), "automatic"
		return
	}
	s.captured(m, o)
}

func (s *shopMaker) unfinished(o *models.Order, failed bool) {
	o.Status, o.PaymentStatus, o.ChargeID, o.AuthorizedAt = models.StatusStarted, "requires_action", "", 0
	if failed {
		o.Status, o.PaymentStatus, o.LastErrorCode = models.StatusFailed, "requires_payment_method", "payment_intent_payment_attempt_failed"
		o.LastErrorMessage = "The customer's payment was declined by Klarna."
	}
}

func (s *shopMaker) captured(m *shopMarket, o *models.Order) {
	o.Status, o.PaymentStatus, o.AmountCaptured = models.StatusCaptured, "succeeded", o.AmountAuthorized
	o.CapturedAt = s.later(o.AuthorizedAt, 6)
	o.BalanceTransaction = s.id("txn_3", o.CapturedAt)
	switch s.rand.IntN(100) {
	case 0, 1, 2:
		o.CaptureMethod, o.CapturedAt = "automatic", o.AuthorizedAt
	case 3, 4:
		o.Status, o.AmountCaptured = models.StatusPartlyCaptured, o.AmountAuthorized*int64(3+s.rand.IntN(6))/10
	}
	if s.rand.IntN(1000) < 22 {
		o.ChargeShipping = o.Shipping
		return
	}
	o.HasTracking = true
	o.Shipping.Carrier, o.Shipping.TrackingNumber = m.pick(s.rand, m.carriers), digits(s.rand, 14)
	o.ChargeShipping = o.Shipping
}

// later is a moment within so many days of from, but not after now.
func (s *shopMaker) later(from models.Unix, days int) models.Unix {
	return min(from.Add(time.Duration(1800+s.rand.IntN(days*24*3600))*time.Second), s.now)
}

func (s *shopMaker) refund(o *models.Order) *models.Refund {
	if o.AmountCaptured == 0 || s.rand.IntN(100) >= 5 {
		return nil
	}
	f := &models.Refund{
		ID: s.id("pyr_", o.CapturedAt), ChargeID: o.ChargeID, PaymentIntentID: o.ID, Currency: o.Currency, Status: "succeeded",
		Reason: "requested_by_customer", Amount: o.AmountCaptured, Created: s.later(o.CapturedAt, 20),
	}
	if s.rand.IntN(2) == 0 {
		f.Amount = f.Amount * int64(1+s.rand.IntN(9)) / 10
	}
	switch s.rand.IntN(50) {
	case 0:
		f.Status, f.FailureReason = "failed", "expired_or_canceled_card"
		return f
	case 1, 2:
		f.Status = "pending"
	}
	o.AmountRefunded = f.Amount
	return f
}

func (s *shopMaker) dispute(o *models.Order) *models.Dispute {
	if o.AmountCaptured == 0 || s.rand.IntN(1000) >= 6 {
		return nil
	}
	statuses := []string{"warning_needs_response", "warning_under_review", "warning_closed", "needs_response", "under_review", "won", "lost"}
	d := &models.Dispute{
		ID: s.id("du_3", o.CapturedAt), ChargeID: o.ChargeID, PaymentIntentID: o.ID, Amount: o.AmountCaptured, Currency: o.Currency,
		Reason: []string{"product_not_received", "general", "product_unacceptable", "credit_not_processed", "fraudulent"}[s.rand.IntN(5)],
		Status: statuses[s.rand.IntN(len(statuses))], MethodType: "klarna", Created: s.later(o.CapturedAt, 30),
	}
	d.DueBy = d.Created.Add(time.Duration(7+s.rand.IntN(14)) * 24 * time.Hour)
	if strings.HasSuffix(d.Status, "needs_response") && d.DueBy < s.now { // unanswered in time
		d.PastDue = true
		d.Status = map[string]string{"needs_response": "lost", "warning_needs_response": "warning_closed"}[d.Status]
	}
	d.IsRefundable = d.IsInquiry()
	if d.Status == "under_review" || d.Status == "won" {
		d.HasEvidence, d.SubmissionCount = true, 1
	}
	o.DisputeStatus = d.Status
	return d
}

const (
	insertShopRefund = `insert into refunds (id, charge_id, payment_intent_id, amount, currency, status, reason, failure_reason, created)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)`
	insertShopDispute = `insert into disputes (id, charge_id, payment_intent_id, amount, currency, status, reason, method_type, due_by,
		has_evidence, past_due, submission_count, is_refundable, created) values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)`
)

// FillShop writes so many orders up to now through SQL, oldest first, with every trigger at work.
func FillShop(ctx context.Context, db *store.DB, orders int, now time.Time) error {
	maker := newShopMaker(orders, now)
	for from := 1; from <= orders; from += shopBatch {
		err := db.Writer.Tx(ctx, func(tx *store.Tx) error {
			return maker.fill(ctx, tx.SQL(), from, min(from+shopBatch-1, orders))
		})
		if err != nil {
			return fmt.Errorf("storetest: orders from %d on: %w", from, err)
		}
	}
	return nil
}

func (s *shopMaker) fill(ctx context.Context, tx *sql.Tx, from, to int) error {
	insert, err := tx.PrepareContext(ctx, upsertOrder)
	if err != nil {
		return err
	}
	defer insert.Close()
	for n := from; n <= to; n++ {
		o, f, d := s.order(n)
		if _, err := insert.ExecContext(ctx, orderValues(o)...); err != nil {
			return err
		}
		if f != nil {
			if _, err := tx.ExecContext(ctx, insertShopRefund, f.ID, f.ChargeID, f.PaymentIntentID, f.Amount, f.Currency, f.Status, f.Reason,
				f.FailureReason, int64(f.Created)); err != nil {
				return err
			}
		}
		if d != nil {
			if _, err := tx.ExecContext(ctx, insertShopDispute, d.ID, d.ChargeID, d.PaymentIntentID, d.Amount, d.Currency, d.Status, d.Reason,
				d.MethodType, int64(d.DueBy), d.HasEvidence, d.PastDue, d.SubmissionCount, d.IsRefundable, int64(d.Created)); err != nil {
				return err
			}
		}
	}
	return nil
}
