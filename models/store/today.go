package store

import (
	"context"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
)

// Sum is a number of orders and what they are worth, in one currency.
type Sum struct {
	Count  int64
	Amount money.Amount
}

// FailedRefundsSince is how far back refunds that failed are looked for, in days.
const FailedRefundsSince = 30

// TodayCap is how far orders are counted for Today.
const TodayCap = 1000

// NoTrackingSums adds up, by currency, what was captured without a tracking number of the orders created since then: of the newest TodayCap
// of them. capped tells that there are more. Errors: internal.
func (q *queries) NoTrackingSums(ctx context.Context, since models.Unix) (sums []Sum, capped bool, err error) {
	sums, err = q.sums(ctx, `select currency, count(*), sum(amount_captured) from
		(select currency, amount_captured from orders indexed by orders_no_tracking
			where status in ('captured', 'partly_captured') and has_tracking = 0 and created >= ?1 order by created desc limit ?2)
		group by currency order by currency`, int64(since), TodayCap+1)
	var n int64
	for _, s := range sums {
		n += s.Count
	}
	return sums, n > TodayCap, err
}

// LostSums adds up, by currency, the authorizations that ran out between two moments, whether Stripe has told so or not. Errors: internal.
func (q *queries) LostSums(ctx context.Context, from, to models.Unix) ([]Sum, error) {
	low, high := int64(from.Add(-models.AuthorizationValidity)), int64(to.Add(-models.AuthorizationValidity))
	return q.sums(ctx, `select currency, count(*), sum(amount) from (
			select currency, amount from orders indexed by orders_capture_by where status = 'expired' and authorized_at > ?1 and authorized_at <= ?2
			union all select currency, amount from orders indexed by orders_capture_by where status = 'authorized' and authorized_at > ?1 and authorized_at <= ?2)
		group by currency order by currency`, low, high)
}

func (q *queries) sums(ctx context.Context, query string, args ...any) (sums []Sum, err error) {
	err = q.eachRow(ctx, query, args, func(scan scanner) error {
		var s Sum
		if err := scan(&s.Amount.Currency, &s.Count, &s.Amount.Minor); err != nil {
			return err
		}
		sums = append(sums, s)
		return nil
	})
	return sums, err
}

// FailedRefund is a refund whose money came back, and its order.
type FailedRefund struct {
	Refund models.Refund
	Order  models.Order
}

// failedRefunds are the refunds that failed since ?1 and were not made good by a later one.
const failedRefunds = ` from refunds r indexed by refunds_failed cross join orders o on o.id = r.payment_intent_id
	where r.status = 'failed' and r.created >= ?1 and not exists (select 1 from refunds l indexed by refunds_order
		where l.payment_intent_id = r.payment_intent_id and l.payment_intent_id <> '' and l.created > r.created and l.status in ('succeeded', 'pending', 'requires_action'))`

// FailedRefunds gives the refunds that failed since then and were not made good by a later one, the newest first, at most limit.
// Errors: internal.
func (q *queries) FailedRefunds(ctx context.Context, since models.Unix, limit int) (found []FailedRefund, err error) {
	err = q.eachRow(ctx, `select r.id, r.amount, r.currency, r.failure_reason, r.created, `+listColumns+failedRefunds+` order by r.created desc limit ?2`,
		[]any{int64(since), limit}, func(scan scanner) error {
			f := FailedRefund{}
			r := &f.Refund
			err := listRow(&f.Order, func(dest ...any) error {
				return scan(append([]any{&r.ID, &r.Amount, &r.Currency, &r.FailureReason, &r.Created}, dest...)...)
			})
			found = append(found, f)
			return err
		})
	return found, err
}

// UnknownOutcome is an act of ours of which Stripe has not said what came of it.
type UnknownOutcome struct {
	Order       models.Order
	Act         string // capture, cancel, refund, submission, acceptance
	DisputeID   string // of the last two
	Amount      money.Amount
	Since       models.Unix
	NeedsPerson bool
}

// UnknownOutcomes gives the acts whose outcome is not known, the oldest first, at most limit. Errors: internal.
func (q *queries) UnknownOutcomes(ctx context.Context, limit int) (found []UnknownOutcome, err error) {
	err = q.eachRow(ctx, `select a.act, a.dispute_id, a.amount, a.requested, a.needs_person, `+listColumns+` from (
			select 'capture' as act, '' as dispute_id, order_id, amount, requested, needs_person from captures indexed by captures_pending where state = 'pending'
			union all select 'cancel', '', order_id, 0, requested, needs_person from cancellations indexed by cancellations_pending where state = 'pending'
			union all select 'refund', '', order_id, amount, requested, needs_person from refund_acts indexed by refund_acts_pending where state = 'pending'
			union all select 'submission', dispute_id, order_id, amount, requested, needs_person from submissions indexed by submissions_pending where state = 'pending'
			union all select 'acceptance', dispute_id, order_id, amount, requested, needs_person from acceptances indexed by acceptances_pending where state = 'pending') a
		cross join orders o on o.id = a.order_id order by a.requested limit ?1`, []any{limit}, func(scan scanner) error {
		u := UnknownOutcome{}
		err := listRow(&u.Order, func(dest ...any) error {
			return scan(append([]any{&u.Act, &u.DisputeID, &u.Amount.Minor, &u.Since, &u.NeedsPerson}, dest...)...)
		})
		u.Amount.Currency = u.Order.Currency
		if u.Act == "cancel" {
			u.Amount = u.Order.Authorized()
		}
		found = append(found, u)
		return err
	})
	return found, err
}

// DisputesDueWithin is how soon a dispute must be due to be something to do today.
const DisputesDueWithin = 7 * 24 * time.Hour

// DueDisputes gives the disputes that wait for us and are due within DisputesDueWithin, or were, or are mails without a date, the first due on top, at most limit.
// Errors: internal.
func (q *queries) DueDisputes(ctx context.Context, now models.Unix, limit int) (found []models.DisputeEntry, err error) {
	err = q.eachRow(ctx, `select `+entryColumns+` from dispute_list l left join dispute_cases c on c.dispute_id = l.id
		where l.status in ('warning_needs_response', 'needs_response', 'mail_open') and l.place <= ?1 order by l.place, l.id limit ?2`,
		[]any{int64(now.Add(DisputesDueWithin)), limit}, func(scan scanner) error {
			e, err := entryRow(scan)
			found = append(found, e)
			return err
		})
	return found, err
}

// TodayCount is how many things are to be done at now, each kind counted up to TodayCap. Errors: internal.
func (q *queries) TodayCount(ctx context.Context, now models.Unix) (n int64, err error) {
	lapsed := now.Add(-models.AuthorizationValidity)
	err = q.queryRow(ctx, `select
		(select count(*) from (select 1 from orders indexed by orders_running_out where status = 'authorized' and authorized_at > ?1 and authorized_at <= ?2 limit ?4))
		+ (select count(*) from (select 1 from orders indexed by orders_no_tracking where status in ('captured', 'partly_captured') and has_tracking = 0 and created >= ?3 limit ?4))
		+ (select count(*) from captures indexed by captures_pending where state = 'pending')
		+ (select count(*) from cancellations indexed by cancellations_pending where state = 'pending')
		+ (select count(*) from refund_acts indexed by refund_acts_pending where state = 'pending')
		+ (select count(*) from submissions indexed by submissions_pending where state = 'pending')
		+ (select count(*) from acceptances indexed by acceptances_pending where state = 'pending')
		+ (select count(*) from (select 1 from disputes where status in ('warning_needs_response', 'needs_response') and due_by > 0 and due_by <= ?5 limit ?4))
		+ (select count(*) from (select 1 from mail_disputes where status = 'mail_open' and due_by <= ?5 limit ?4))`,
		[]any{int64(lapsed), int64(lapsed.Add(RunningOutWithin)), int64(now.Add(-models.RefundWindow)), TodayCap, int64(now.Add(DisputesDueWithin))}, &n)
	if err != nil {
		return 0, err
	}
	var failed int64
	err = q.queryRow(ctx, `select count(*) from (select 1`+failedRefunds+` limit ?2)`, []any{int64(now) - FailedRefundsSince*24*3600, TodayCap}, &failed)
	return n + failed, err
}
