package store

import (
	"context"
	"encoding/json"

	"counterfoil/models"
)

// orderColumns are the mirrored columns of an order, in the order of orderValues. rowid and created are set once.
const orderColumns = `charge_id, status, payment_status, currency, amount, amount_capturable, amount_captured, amount_refunded,
	capture_method, klarna_category, preferred_locale, reference, customer_id, customer_name, customer_email, customer_phone, country,
	authorized_at, captured_at, canceled_at, dispute_status, has_tracking, synced_at, search_text, cancellation_reason, last_error_code,
	last_error_message, balance_transaction, description, shipping, charge_shipping, billing, tracked_at, carrier_vague`

func orderValues(o *models.Order) ([]any, error) {
	shipping, err := json.Marshal(o.Shipping)
	if err != nil {
		return nil, err
	}
	chargeShipping, err := json.Marshal(o.ChargeShipping)
	if err != nil {
		return nil, err
	}
	billing, err := json.Marshal(o.Billing)
	return []any{
		o.ID, int64(o.Created), o.ChargeID, string(o.Status), o.PaymentStatus, o.Currency, o.AmountAuthorized, o.AmountCapturable,
		o.AmountCaptured, o.AmountRefunded, o.CaptureMethod, o.KlarnaCategory, o.PreferredLocale, o.Reference, o.CustomerID, o.CustomerName,
		o.CustomerEmail, o.CustomerPhone, o.Country, int64(o.AuthorizedAt), int64(o.CapturedAt), int64(o.CanceledAt), o.DisputeStatus,
		o.HasTracking, int64(o.SyncedAt), o.SearchText, o.CancellationReason, o.LastErrorCode, o.LastErrorMessage, o.BalanceTransaction,
		o.Description, string(shipping), string(chargeShipping), string(billing), int64(o.TrackedAt), o.CarrierVague,
	}, err
}

var insertOrder = `insert into orders (rowid, id, created, ` + orderColumns + `, seen_at) values (` + newOrderRowID("?2") + `, ?1, ?2, ?3, ?4, ?5, ?6, ?7,
	?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34, ?35, ?36, ?25)`

// SQLite writes an index anew whenever one of its columns is set, be it to the same value. So updateOrderQuietly sets no indexed column,
// updateOrderMoved also those that move with the payment's state, and updateOrder also those by which an order is found, which seldom
// change. None sets what refunds and disputes own.
const (
	updateOrderQuietly = `update orders set payment_status = ?5, amount_captured = ?9, capture_method = ?11, klarna_category = ?12,
	preferred_locale = ?13, customer_name = ?16, customer_phone = ?18, captured_at = ?21, canceled_at = ?22, synced_at = ?25,
	cancellation_reason = ?27, last_error_code = ?28, last_error_message = ?29, balance_transaction = ?30, description = ?31, shipping = ?32,
	charge_shipping = ?33, billing = ?34`
	updateOrderMoved = updateOrderQuietly + `, status = ?4, amount_capturable = ?8, has_tracking = ?24, tracked_at = ?35, carrier_vague = ?36`
	updateOrder      = updateOrderMoved + `, charge_id = ?3, currency = ?6, amount = ?7, reference = ?14, customer_id = ?15, customer_email = ?17,
	country = ?19, authorized_at = ?20, search_text = ?26`
)

// OrderState is what the mirror must know of an order that it is about to write.
type OrderState struct {
	Status                                                                                            models.OrderStatus
	ChargeID, Reference, CustomerID, CustomerEmail, Country, Currency, SearchText, BalanceTransaction string
	Amount, AmountCapturable                                                                          int64
	AuthorizedAt, CapturedAt, SyncedAt, TrackedAt                                                     models.Unix
	HasTracking, CarrierVague                                                                         bool
}

// isFoundAs tells whether o is found by the same words, ids and numbers.
func (was *OrderState) isFoundAs(o *models.Order) bool {
	return o.ChargeID == was.ChargeID && o.Reference == was.Reference && o.CustomerID == was.CustomerID && o.CustomerEmail == was.CustomerEmail &&
		o.Country == was.Country && o.Currency == was.Currency && o.AmountAuthorized == was.Amount && o.AuthorizedAt == was.AuthorizedAt &&
		o.SearchText == was.SearchText
}

// OrderState gives what is known of an order already; found is false where there is none. Errors: internal.
func (q *queries) OrderState(ctx context.Context, id string) (s OrderState, found bool, err error) {
	err = q.queryRow(ctx, `select status, charge_id, reference, customer_id, customer_email, country, currency, search_text, balance_transaction, amount,
		amount_capturable, authorized_at, captured_at, synced_at, has_tracking, tracked_at, carrier_vague from orders where id = ?1`, []any{id}, &s.Status, &s.ChargeID, &s.Reference,
		&s.CustomerID, &s.CustomerEmail, &s.Country, &s.Currency, &s.SearchText, &s.BalanceTransaction, &s.Amount, &s.AmountCapturable, &s.AuthorizedAt,
		&s.CapturedAt, &s.SyncedAt, &s.HasTracking, &s.TrackedAt, &s.CarrierVague)
	if missing(err) {
		return s, false, nil
	}
	return s, err == nil, err
}

// InsertOrder writes a new order. Errors: ErrDuplicate, internal.
func (tx *Tx) InsertOrder(ctx context.Context, o *models.Order) error {
	values, err := orderValues(o)
	if err != nil {
		return err
	}
	_, err = tx.exec(ctx, insertOrder, values...)
	return err
}

// UpdateOrder writes every mirrored column of an order but those that SetOrderSums keeps; was is what stands there.
// Errors: not found, internal.
func (tx *Tx) UpdateOrder(ctx context.Context, o *models.Order, was *OrderState) error {
	values, err := orderValues(o)
	if err != nil {
		return err
	}
	query := updateOrder
	switch {
	case !was.isFoundAs(o):
	case o.Status != was.Status || o.AmountCapturable != was.AmountCapturable || o.HasTracking != was.HasTracking || o.TrackedAt != was.TrackedAt ||
		o.CarrierVague != was.CarrierVague:
		query = updateOrderMoved
	default:
		query = updateOrderQuietly
	}
	return tx.execOne(ctx, query+` where id = ?1`, values...)
}

// DropOrder takes a payment out that turned out not to be Klarna's, with its notes; it stays where the desk has acted on it. Errors: internal.
func (tx *Tx) DropOrder(ctx context.Context, id string) error {
	const untouched = ` and not exists (select 1 from captures where order_id = ?1) and not exists (select 1 from cancellations where order_id = ?1)
		and not exists (select 1 from shipments where order_id = ?1)`
	if _, err := tx.exec(ctx, `delete from notes where order_id = ?1`+untouched, id); err != nil {
		return err
	}
	_, err := tx.exec(ctx, `delete from orders where id = ?1`+untouched, id)
	return err
}

// HasTrackedShipment tells whether one of an order's parcels has a number. Errors: internal.
func (q *queries) HasTrackedShipment(ctx context.Context, orderID string) (bool, error) {
	var has bool
	err := q.queryRow(ctx, `select exists (select 1 from shipments where order_id = ?1 and tracking_number <> '')`, []any{orderID}, &has)
	return has, err
}

// AdoptStrays gives refunds and disputes that named only a charge to the charge's order, and tells whether there were any. Errors: internal.
func (tx *Tx) AdoptStrays(ctx context.Context, orderID, chargeID string) (bool, error) {
	if chargeID == "" {
		return false, nil
	}
	refunds, err := tx.exec(ctx, `update refunds set payment_intent_id = ?1 where charge_id = ?2 and charge_id <> '' and payment_intent_id = ''`, orderID, chargeID)
	if err != nil {
		return false, err
	}
	disputes, err := tx.exec(ctx, `update disputes set payment_intent_id = ?1 where charge_id = ?2 and charge_id <> '' and payment_intent_id = ''`, orderID, chargeID)
	if err != nil || disputes == 0 {
		return refunds > 0, err
	}
	return true, tx.noteRefunded(ctx, orderID)
}

// BookedAt gives the moment of a balance transaction; found is false where we do not have it. Errors: internal.
func (q *queries) BookedAt(ctx context.Context, id string) (at models.Unix, found bool, err error) {
	err = q.queryRow(ctx, `select created from balance_transactions where id = ?1`, []any{id}, &at)
	if missing(err) {
		return 0, false, nil
	}
	return at, err == nil, err
}

// PutRefund writes a refund as Stripe has it. Errors: internal.
func (tx *Tx) PutRefund(ctx context.Context, r *models.Refund) error {
	_, err := tx.exec(ctx, `insert into refunds (id, charge_id, payment_intent_id, amount, currency, status, reason, failure_reason, operation_id, created)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) on conflict (id) do update set charge_id = ?2, payment_intent_id = ?3, amount = ?4,
		currency = ?5, status = ?6, reason = ?7, failure_reason = ?8, operation_id = ?9, created = ?10`,
		r.ID, r.ChargeID, r.PaymentIntentID, r.Amount, r.Currency, r.Status, r.Reason, r.FailureReason, r.OperationID, int64(r.Created))
	return err
}

// PutDispute writes a dispute as Stripe has it. Of several moments of its end the earliest is kept. Errors: internal.
func (tx *Tx) PutDispute(ctx context.Context, d *models.Dispute) error {
	_, err := tx.exec(ctx, `insert into disputes (id, charge_id, payment_intent_id, amount, currency, status, reason, klarna_reason, klarna_loss_reason,
		method_type, due_by, has_evidence, past_due, submission_count, is_refundable, created, operation_id, inquiry, ended_at)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19) on conflict (id) do update set charge_id = ?2,
		payment_intent_id = ?3, amount = ?4, currency = ?5, status = ?6, reason = ?7, klarna_reason = ?8, klarna_loss_reason = ?9,
		method_type = ?10, due_by = ?11, has_evidence = ?12, past_due = ?13, submission_count = ?14, is_refundable = ?15, created = ?16,
		operation_id = ?17, inquiry = max(inquiry, ?18), ended_at = iif(ended_at = 0 or ?19 > 0 and ?19 < ended_at, ?19, ended_at)`,
		d.ID, d.ChargeID, d.PaymentIntentID, d.Amount, d.Currency, d.Status, d.Reason, d.KlarnaReason, d.KlarnaLossReason, d.MethodType,
		int64(d.DueBy), d.HasEvidence, d.PastDue, d.SubmissionCount, d.IsRefundable, int64(d.Created), d.OperationID, d.IsInquiry(), int64(d.EndedAt))
	if err != nil {
		return err
	}
	return tx.noteRefunded(ctx, d.PaymentIntentID)
}

// noteRefunded looks whether a refund of an order was the first thing that was done about its dispute.
func (tx *Tx) noteRefunded(ctx context.Context, orderID string) error {
	_, err := tx.exec(ctx, `insert into practice_refunded values (?1)`, orderID)
	return err
}

// RecallDispute keeps of an older state of a dispute that it was an inquiry, and since when it was over or answered. Errors: internal.
func (tx *Tx) RecallDispute(ctx context.Context, d *models.Dispute) error {
	_, err := tx.exec(ctx, `update disputes set inquiry = max(inquiry, ?2), ended_at = iif(ended_at = 0 or ?3 > 0 and ?3 < ended_at, ?3, ended_at)
		where id = ?1 and (inquiry < ?2 or ?3 > 0 and (ended_at = 0 or ?3 < ended_at))`, d.ID, d.IsInquiry(), int64(d.EndedAt))
	return err
}

// RecallTracking notes that an order had its tracking number at a moment before the one that is known. Where none is known, a late moment
// tells nothing. Errors: internal.
func (tx *Tx) RecallTracking(ctx context.Context, orderID string, at models.Unix) error {
	_, err := tx.exec(ctx, `update orders set tracked_at = ?2 where id = ?1 and has_tracking = 1
		and (tracked_at > ?2 or tracked_at = 0 and ?2 <= captured_at + ?3)`, orderID, int64(at), PracticeDay)
	return err
}

// RefundedOf adds up what was or is being refunded of an order, in minor units. An authorization that ran out is no refund, though Stripe
// writes one (refund reason expired_uncaptured_charge, docs.stripe.com/api/refunds/object). Errors: internal.
func (q *queries) RefundedOf(ctx context.Context, orderID string) (int64, error) {
	var sum int64
	err := q.queryRow(ctx, `select coalesce(sum(amount), 0) from refunds where payment_intent_id = ?1 and payment_intent_id <> ''
		and status in ('succeeded', 'pending', 'requires_action') and reason <> 'expired_uncaptured_charge' `, []any{orderID}, &sum)
	return sum, err
}

// DisputeStatusOf gives the status of an order's newest dispute, empty without one. Errors: internal.
func (q *queries) DisputeStatusOf(ctx context.Context, orderID string) (string, error) {
	var status string
	err := q.queryRow(ctx, `select status from disputes where payment_intent_id = ?1 and payment_intent_id <> ''
		order by created desc, id desc limit 1`, []any{orderID}, &status)
	if missing(err) {
		return "", nil
	}
	return status, err
}

// OrderOfCharge gives the order that a charge belongs to, empty where we have none. Errors: internal.
func (q *queries) OrderOfCharge(ctx context.Context, chargeID string) (string, error) {
	var id string
	err := q.queryRow(ctx, `select id from orders where charge_id = ?1 and charge_id <> ''`, []any{chargeID}, &id)
	if missing(err) {
		return "", nil
	}
	return id, err
}

// SetOrderSums writes what refunds and disputes say of an order, where it differs. Errors: internal.
func (tx *Tx) SetOrderSums(ctx context.Context, orderID string, refunded int64, disputeStatus string) error {
	_, err := tx.exec(ctx, `update orders set amount_refunded = ?2, dispute_status = ?3
		where id = ?1 and (amount_refunded <> ?2 or dispute_status <> ?3)`, orderID, refunded, disputeStatus)
	return err
}
