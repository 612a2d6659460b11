package store

import (
	"context"
	"encoding/json"

	"counterfoil/models"
)

// PutPayout writes a payout as Stripe has it. Errors: internal.
func (tx *Tx) PutPayout(ctx context.Context, p *models.Payout) error {
	_, err := tx.exec(ctx, `insert into payouts (id, amount, currency, status, automatic, method, reconciliation_status, trace_id, destination,
		failure_code, failure_message, statement_descriptor, arrival_date, created, balance_transaction, failure_balance_transaction)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16) on conflict (id) do update set amount = ?2, currency = ?3,
		status = ?4, automatic = ?5, method = ?6, reconciliation_status = ?7, trace_id = ?8, destination = ?9, failure_code = ?10,
		failure_message = ?11, statement_descriptor = ?12, arrival_date = ?13, created = ?14, balance_transaction = ?15,
		failure_balance_transaction = ?16`,
		p.ID, p.Amount, p.Currency, p.Status, p.Automatic, p.Method, p.ReconciliationStatus, p.TraceID, p.Destination, p.FailureCode,
		p.FailureMessage, p.StatementDescriptor, int64(p.ArrivalDate), int64(p.Created), p.BalanceTransaction, p.FailureBalanceTransaction)
	return err
}

// orderOfSource finds the Klarna order of a movement's source ?8: a charge, a refund or a dispute.
const orderOfSource = `select id, country, klarna_category from orders where charge_id = ?8 and charge_id <> ''
	union all select o.id, o.country, o.klarna_category from refunds r join orders o on o.id = r.payment_intent_id where r.id = ?8
	union all select o.id, o.country, o.klarna_category from disputes d join orders o on o.id = d.payment_intent_id where d.id = ?8
	union all select '', '', ''`

// PutBalanceTransaction writes a movement as Stripe has it. The payout that carried it and the order that it belongs to, once known, stay;
// and the row of a capture tells its order when it was captured. Errors: internal.
func (tx *Tx) PutBalanceTransaction(ctx context.Context, b *models.BalanceTransaction) error {
	details, err := json.Marshal(b.FeeDetails)
	if err != nil || b.FeeDetails == nil {
		details = []byte("[]")
	}
	_, err = tx.exec(ctx, `insert into balance_transactions (id, amount, fee, net, currency, type, reporting_category, source_id, payout_id, description,
		status, available_on, created, exchange_rate, fee_details, order_id, country, klarna_category)
		select ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, o.id, o.country, o.klarna_category from (`+orderOfSource+` limit 1) o where true
		on conflict (id) do update set amount = ?2, fee = ?3, net = ?4, currency = ?5, type = ?6, reporting_category = ?7, source_id = ?8,
		payout_id = case ?9 when '' then payout_id else ?9 end, description = ?10, status = ?11, available_on = ?12, created = ?13, exchange_rate = ?14,
		fee_details = ?15, order_id = case order_id when '' then excluded.order_id else order_id end,
		country = case order_id when '' then excluded.country else country end,
		klarna_category = case order_id when '' then excluded.klarna_category else klarna_category end`,
		b.ID, b.Amount, b.Fee, b.Net, b.Currency, b.Type, b.ReportingCategory, b.SourceID, b.PayoutID, b.Description, b.Status,
		int64(b.AvailableOn), int64(b.Created), b.ExchangeRate, string(details))
	if err != nil || b.ReportingCategory != "charge" || b.SourceID == "" {
		return err
	}
	_, err = tx.exec(ctx, `update orders set captured_at = ?2, balance_transaction = ?3
		where charge_id = ?1 and charge_id <> '' and (captured_at <> ?2 or balance_transaction <> ?3)`, b.SourceID, int64(b.Created), b.ID)
	return err
}

// SetPayoutOfLine notes which payout carried a movement. Errors: internal.
func (tx *Tx) SetPayoutOfLine(ctx context.Context, id, payout string) error {
	_, err := tx.exec(ctx, `update balance_transactions set payout_id = ?2 where id = ?1 and payout_id <> ?2`, id, payout)
	return err
}

// PutBalances writes the balance of each currency as Stripe gave it at asOf; a currency that Stripe does not name any more is nothing.
// Errors: internal.
func (tx *Tx) PutBalances(ctx context.Context, balances []models.Balance, asOf models.Unix) error {
	if _, err := tx.exec(ctx, `update balances set available = 0, pending = 0, as_of = ?1`, int64(asOf)); err != nil {
		return err
	}
	for _, b := range balances {
		_, err := tx.exec(ctx, `insert into balances (currency, available, pending, as_of) values (?1, ?2, ?3, ?4)
			on conflict (currency) do update set available = ?2, pending = ?3, as_of = ?4`, b.Currency, b.Available, b.Pending, int64(asOf))
		if err != nil {
			return err
		}
	}
	return nil
}

// Source is what a movement came from.
type Source struct{ Category, ID string }

// UnknownSources gives the charges and refunds of rows booked since a moment that may be Klarna's (any method but cards) and of which nothing
// else is known, the newest first, at most limit of each. Errors: internal.
func (q *queries) UnknownSources(ctx context.Context, since models.Unix, limit int) ([]Source, error) {
	const unknown = ` not exists (select 1 from stripe_objects o where o.id = `
	var found []Source
	for _, question := range []string{
		`select reporting_category, source_id from balance_transactions b where order_id = '' and type = 'payment' and reporting_category = 'charge'
			and created >= ?1 and source_id <> '' and` + unknown + `b.source_id) order by created desc limit ?2`,
		`select b.reporting_category, b.source_id from balance_transactions b left join refunds r on r.id = b.source_id where b.order_id = ''
			and b.type = 'payment_refund' and b.reporting_category = 'refund' and b.created >= ?1 and b.source_id <> '' and (` + unknown + `b.source_id)
			or r.charge_id <> '' and` + unknown + `r.charge_id)) order by b.created desc limit ?2`,
	} {
		err := q.eachRow(ctx, question, []any{int64(since), limit}, func(scan scanner) error {
			var s Source
			err := scan(&s.Category, &s.ID)
			found = append(found, s)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return found, nil
}

// MissingBalanceTransactions tells which of these movements the mirror lacks. Errors: internal.
func (q *queries) MissingBalanceTransactions(ctx context.Context, ids []string) ([]string, error) {
	var missingIDs []string
	for _, id := range ids {
		var one int64
		err := q.queryRow(ctx, `select 1 from balance_transactions where id = ?1`, []any{id}, &one)
		if missing(err) {
			missingIDs = append(missingIDs, id)
			continue
		}
		if err != nil {
			return nil, err
		}
	}
	return missingIDs, nil
}
