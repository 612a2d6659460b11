package store

import (
	"context"

	"counterfoil/models"
)

// mostExceptions bounds what one question of the check brings.
const mostExceptions = 500

// OpenExceptions counts what does not fit and nobody explained. Errors: internal.
func (q *queries) OpenExceptions(ctx context.Context) (int64, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from exceptions where explained_at = 0`, nil, &n)
	return n, err
}

// ExceptionQuery asks for exceptions, the newest first.
type ExceptionQuery struct {
	Explained bool
	Kind      models.ExceptionKind // "" for all
}

// Exceptions gives what does not fit, the newest first, at most MaxLimit. Errors: internal.
func (q *queries) Exceptions(ctx context.Context, query ExceptionQuery) ([]models.Exception, error) {
	g := q.gorm(ctx)
	if query.Explained {
		g = g.Where("explained_at > 0")
	} else {
		g = g.Where("explained_at = 0")
	}
	if query.Kind != "" {
		g = g.Where("kind = ?", string(query.Kind))
	}
	return all[models.Exception](g.Order("at desc, kind, object_id").Limit(MaxLimit))
}

// ExceptionCounts counts the open exceptions by kind. Errors: internal.
func (q *queries) ExceptionCounts(ctx context.Context) (map[models.ExceptionKind]int64, error) {
	counts := map[models.ExceptionKind]int64{}
	err := q.eachRow(ctx, `select kind, count(*) from exceptions where explained_at = 0 group by kind`, nil, func(scan scanner) error {
		var kind string
		var n int64
		err := scan(&kind, &n)
		counts[models.ExceptionKind(kind)] = n
		return err
	})
	return counts, err
}

// FindExceptions asks for what does not fit by the rows alone: captures without a movement, payments without an order, refunds that failed,
// chargebacks without a movement. Each question follows an index of what it asks for. Errors: internal.
func (q *queries) FindExceptions(ctx context.Context, now models.Unix) ([]models.Exception, error) {
	const day = 24 * 3600
	var found []models.Exception
	for _, ask := range []struct {
		kind     models.ExceptionKind
		question string
		args     []any
	}{
		{models.ExceptionNotBooked, `select id, id, currency, amount_captured, captured_at, '' from orders where status in ('captured', 'partly_captured')
			and balance_transaction = '' and captured_at < ?1 limit ?2`, []any{int64(now.Add(-models.NotBookedAfter)), mostExceptions}},
		{models.ExceptionNoOrder, `select id, '', currency, amount, created, source_id from balance_transactions b where order_id = '' and type = 'payment'
			and reporting_category = 'charge' and created between ?1 and ?2 and not exists (select 1 from stripe_objects o where o.id = b.source_id) limit ?3`,
			[]any{int64(now) - 180*day, int64(now) - day, mostExceptions}},
		{models.ExceptionRefundFailed, `select r.id, r.payment_intent_id, r.currency, r.amount, r.created,
			case when exists (select 1 from balance_transactions b where b.source_id = r.id and b.reporting_category = 'refund_failure') then 'returned' else '' end
			from refunds r where r.status = 'failed' and r.created > ?1 and exists (select 1 from orders o where o.id = r.payment_intent_id) limit ?2`,
			[]any{int64(now) - 180*day, mostExceptions}},
		{models.ExceptionDisputeUnbooked, `select d.id, d.payment_intent_id, d.currency, d.amount, d.created, d.status from disputes d
			where d.status in ('needs_response', 'under_review', 'won', 'lost') and d.created between ?1 and ?2
			and not exists (select 1 from balance_transactions b where b.source_id = d.id and b.reporting_category = 'dispute') limit ?3`,
			[]any{int64(now) - 365*day, int64(now) - day, mostExceptions}},
	} {
		err := q.eachRow(ctx, ask.question, ask.args, func(scan scanner) error {
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

// NewestPayments gives the newest payments of Klarna's orders in a currency, the newest first. Errors: internal.
func (q *queries) NewestPayments(ctx context.Context, currency string, since models.Unix, limit int) ([]models.LedgerEntry, error) {
	var entries []models.LedgerEntry
	err := q.eachRow(ctx, ledgerColumns+` from (select * from balance_transactions where currency = ?1 and reporting_category = 'charge' and created >= ?2
		and order_id <> '' order by created desc, id desc limit ?3)`+ledgerJoins, []any{currency, int64(since), limit}, func(scan scanner) error {
		e, err := scanEntry(scan)
		entries = append(entries, e)
		return err
	})
	return entries, err
}

// PutExceptions writes what a check found at now: what is known keeps when it was first found and its explanation; what is not found any
// more and was not explained goes. Errors: internal.
func (tx *Tx) PutExceptions(ctx context.Context, found []models.Exception, now models.Unix) error {
	for _, e := range found {
		_, err := tx.exec(ctx, `insert into exceptions (kind, object_id, order_id, currency, amount, expected, detail, at, found, checked)
			values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) on conflict (kind, object_id) do update set order_id = ?3, currency = ?4, amount = ?5, expected = ?6,
			detail = ?7, at = ?8, checked = ?9`, string(e.Kind), e.ObjectID, e.OrderID, e.Currency, e.Amount, e.Expected, e.Detail, int64(e.At), int64(now))
		if err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `delete from exceptions where explained_at = 0 and checked < ?1`, int64(now))
	return err
}

// ExplainException notes why something does not fit; an empty explanation takes it back. Errors: not found, internal.
func (tx *Tx) ExplainException(ctx context.Context, kind models.ExceptionKind, objectID, text string, by models.Actor, at models.Unix) error {
	if text == "" {
		at, by = 0, models.Actor{}
	}
	return tx.execOne(ctx, `update exceptions set explained_at = ?3, explained_by = ?4, explained_name = ?5, explanation = ?6 where kind = ?1 and object_id = ?2`,
		string(kind), objectID, int64(at), by.StaffID, by.Name, text)
}
