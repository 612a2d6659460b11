package store

import (
	"context"
	"time"

	"counterfoil/models"
)

// MostExceptions is how many exceptions of one kind a check keeps, the newest of them.
const MostExceptions = 500

const (
	// unmatchedFor is how old a movement without an order, and a refund that failed, may be: after it nothing can be done any more
	// (models.RefundWindow).
	unmatchedFor = models.RefundWindow
	// unbookedFor is how old a chargeback may be that is looked at.
	unbookedFor = 365 * 24 * time.Hour
	// booksDelay is how long Stripe and the mirror may take for what belongs together.
	booksDelay = 24 * time.Hour
)

// isOther tells of a charge that it is known to be of another method than Klarna: the mirror has seen it and kept nothing. One that was
// only asked for has no as_of.
const isOther = `exists (select 1 from stripe_objects s where s.as_of > 0 and s.raw is null and s.id = `

// Each question for exceptions gives object, order, currency, amount, moment and detail, the newest first, and follows an index of what it
// asks for. ?1 and ?2 bound the moment.
const (
	findNotBooked = `select id, id, currency, amount_captured, case captured_at when 0 then authorized_at else captured_at end as at, ''
		from orders indexed by orders_not_booked where status in ('captured', 'partly_captured') and balance_transaction = '' and captured_at between ?1 and ?2
		and (captured_at > 0 or authorized_at <= ?2) order by captured_at desc limit ?3`
	findNoOrder = `select b.id, '', b.currency, b.amount, b.created, b.source_id from balance_transactions b where b.order_id = '' and b.type = 'payment'
		and b.reporting_category = 'charge' and b.created between ?1 and ?2 and not ` + isOther + `b.source_id) order by b.created desc limit ?3`
	findRefundNoOrder = `select b.id, '', b.currency, b.amount, b.created, b.source_id from balance_transactions b left join refunds r on r.id = b.source_id
		where b.order_id = '' and b.type = 'payment_refund' and b.reporting_category = 'refund' and b.created between ?1 and ?2
		and not ` + isOther + `coalesce(r.charge_id, '')) order by b.created desc limit ?3`
	findRefundFailed = `select r.id, r.payment_intent_id, r.currency, r.amount, r.created, case when exists (select 1 from balance_transactions b
		where b.source_id = r.id and b.source_id <> '' and b.reporting_category = 'refund_failure') then '` + models.RefundReturned + `' else '' end
		from refunds r where r.status = 'failed' and r.created between ?1 and ?2 and exists (select 1 from orders o where o.id = r.payment_intent_id)
		order by r.created desc limit ?3`
	findDisputeUnbooked = `select d.id, d.payment_intent_id, d.currency, d.amount, d.created, d.status from disputes d
		where d.status in ('needs_response', 'under_review', 'won', 'lost') and d.created between ?1 and ?2 and not exists
		(select 1 from balance_transactions b where b.source_id = d.id and b.source_id <> '' and b.reporting_category = 'dispute')
		order by d.created desc limit ?3`
)

// FindExceptions asks for what does not fit by the rows alone: captures without a movement, payments and refunds without an order, refunds
// that failed, chargebacks without a movement. Errors: internal.
func (q *queries) FindExceptions(ctx context.Context, now models.Unix) ([]models.Exception, error) {
	var found []models.Exception
	for _, ask := range []struct {
		kind     models.ExceptionKind
		question string
		from, to models.Unix
	}{
		{models.ExceptionNotBooked, findNotBooked, 0, now.Add(-models.NotBookedAfter)},
		{models.ExceptionNoOrder, findNoOrder, now.Add(-unmatchedFor), now.Add(-booksDelay)},
		{models.ExceptionNoOrder, findRefundNoOrder, now.Add(-unmatchedFor), now.Add(-booksDelay)},
		{models.ExceptionRefundFailed, findRefundFailed, now.Add(-unmatchedFor), now},
		{models.ExceptionDisputeUnbooked, findDisputeUnbooked, now.Add(-unbookedFor), now.Add(-booksDelay)},
	} {
		err := q.eachRow(ctx, ask.question, []any{int64(ask.from), int64(ask.to), MostExceptions}, func(scan scanner) error {
			e := models.Exception{Kind: ask.kind}
			err := scan(&e.ObjectID, &e.OrderID, &e.Currency, &e.Amount, &e.At, &e.Detail)
			found = append(found, e)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// PaymentFee is the fee of one payment of Klarna's, in minor units, with what it depends on.
type PaymentFee struct {
	Currency, Country, KlarnaCategory string
	Amount, Fee                       int64
}

const klarnaFees = `select currency, country, klarna_category, amount, fee from balance_transactions
	where order_id <> '' and created >= ?1 and reporting_category = 'charge' order by created desc`

// EachKlarnaFee has the fee of each of Klarna's payments read that was booked since a moment, the newest first. Errors: read's, internal.
func (q *queries) EachKlarnaFee(ctx context.Context, since models.Unix, read func(PaymentFee) error) error {
	return q.eachRow(ctx, klarnaFees, []any{int64(since)}, func(scan scanner) error {
		var f PaymentFee
		if err := scan(&f.Currency, &f.Country, &f.KlarnaCategory, &f.Amount, &f.Fee); err != nil {
			return err
		}
		return read(f)
	})
}

const klarnaEntries = ledgerColumns + ` from (select * from balance_transactions where order_id <> '' and created >= ?1)` + ledgerJoins + ` order by b.created desc`

// EachKlarnaEntry has each of Klarna's movements read that was booked since a moment, the newest first. Errors: read's, internal.
func (q *queries) EachKlarnaEntry(ctx context.Context, since models.Unix, read func(models.LedgerEntry) error) error {
	return q.eachRow(ctx, klarnaEntries, []any{int64(since)}, readEntry(read))
}

const entriesNetOff = ledgerColumns + ` from (select * from balance_transactions where amount - fee <> net order by created desc limit ?1)` + ledgerJoins +
	` order by b.created desc`

// EachNetOff has the movements of the whole account read whose amount less the fee is not the net, the newest first, at most
// MostExceptions. Errors: read's, internal.
func (q *queries) EachNetOff(ctx context.Context, read func(models.LedgerEntry) error) error {
	return q.eachRow(ctx, entriesNetOff, []any{MostExceptions}, readEntry(read))
}

// readEntry has a row that was asked for with ledgerColumns read.
func readEntry(read func(models.LedgerEntry) error) func(scanner) error {
	rows := readEntries()
	return func(scan scanner) error {
		e, err := rows.entry(scan)
		if err != nil {
			return err
		}
		return read(e)
	}
}
