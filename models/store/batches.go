package store

import (
	"context"

	"counterfoil/models"
	"counterfoil/models/money"
)

// InsertBatch writes a new batch without its rows. Errors: ErrDuplicate, internal.
func (tx *Tx) InsertBatch(ctx context.Context, b models.Batch) error { return tx.create(ctx, &b) }

// SaveBatch writes how far a batch has come. Errors: not found, internal.
func (tx *Tx) SaveBatch(ctx context.Context, b models.Batch) error {
	return tx.execOne(ctx, `update batches set state = ?2, form_token = ?3, reason = ?4, started = ?5, finished = ?6, staff_id = ?7, staff_name = ?8
		where id = ?1`, b.ID, string(b.State), b.FormToken, b.Reason, int64(b.Started), int64(b.Finished), b.StaffID, b.StaffName)
}

// InsertBatchRow writes a row of a draft, before the batch itself. Errors: ErrDuplicate, internal.
func (tx *Tx) InsertBatchRow(ctx context.Context, r models.BatchRow) error {
	_, err := tx.exec(ctx, `insert into batch_rows (batch_id, line, order_id, order_text, act, amount, released, currency, carrier, carrier_name,
		tracking_number, shipped_on, has_tracking, code, message, advice, state, attempt)
		values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)`,
		r.BatchID, r.Line, r.OrderID, r.OrderText, string(r.Act), r.Amount, r.Released, r.Currency, r.Carrier, r.CarrierName, r.TrackingNumber,
		r.ShippedOn, r.HasTracking, r.Code, r.Message, r.Advice, string(r.State), r.Attempt)
	return err
}

// SaveBatchRow writes what became of a row. Errors: not found, internal.
func (tx *Tx) SaveBatchRow(ctx context.Context, r models.BatchRow) error {
	return tx.execOne(ctx, `update batch_rows set state = ?3, error_message = ?4, stripe_request_id = ?5, attempt = ?6 where batch_id = ?1 and line = ?2`,
		r.BatchID, r.Line, string(r.State), r.ErrorMessage, r.StripeRequestID, r.Attempt)
}

// LeaveOutUntracked takes the captures without any tracking number out of a draft. Errors: internal.
func (tx *Tx) LeaveOutUntracked(ctx context.Context, batchID string) error {
	_, err := tx.exec(ctx, `update batch_rows set state = 'left_out', code = 'left_out', message = 'Left out: it has no tracking number.'
		where batch_id = ?1 and state = 'waiting' and act = 'capture' and tracking_number = '' and has_tracking = 0`, batchID)
	return err
}

// RetryBatchRows has the refused rows of a batch wait again, and tells how many. Errors: internal.
func (tx *Tx) RetryBatchRows(ctx context.Context, batchID string) (int64, error) {
	return tx.exec(ctx, `update batch_rows set state = 'waiting', attempt = attempt + 1, error_message = '', stripe_request_id = ''
		where batch_id = ?1 and state = 'refused'`, batchID)
}

// Batch gives one batch. Errors: not found, internal.
func (q *queries) Batch(ctx context.Context, id string) (models.Batch, error) {
	var b models.Batch
	err := q.gorm(ctx).Where("id = ?", id).Take(&b).Error
	return b, mapError(err)
}

// Batches gives the newest batches, at most limit. Errors: internal.
func (q *queries) Batches(ctx context.Context, limit int) ([]models.Batch, error) {
	return all[models.Batch](q.gorm(ctx).Order("created desc, id").Limit(limit))
}

// BatchRows gives the rows of a batch after a line, in the order of the lines, at most limit. Errors: internal.
func (q *queries) BatchRows(ctx context.Context, batchID string, after int64, limit int) ([]models.BatchRow, error) {
	return all[models.BatchRow](q.gorm(ctx).Where("batch_id = ?", batchID).Where("line > ?", after).Order("line").Limit(limit))
}

// BatchRowsIn gives the first rows of a batch in a state, at most limit. Errors: internal.
func (q *queries) BatchRowsIn(ctx context.Context, batchID string, state models.BatchRowState, limit int) ([]models.BatchRow, error) {
	return all[models.BatchRow](q.gorm(ctx).Where("batch_id = ?", batchID).Where("state = ?", string(state)).Order("line").Limit(limit))
}

// BatchTotal counts the rows of a batch of one act, state and currency.
type BatchTotal struct {
	Act       models.BatchAct
	State     models.BatchRowState
	Count     int64
	Amount    money.Amount // to capture
	Released  money.Amount // given up for good
	Untracked int64        // captures without any tracking number
	Advised   int64        // rows with a doubt
}

// BatchTotals adds a batch up. Errors: internal.
func (q *queries) BatchTotals(ctx context.Context, batchID string) (totals []BatchTotal, err error) {
	err = q.eachRow(ctx, `select act, state, currency, count(*), sum(amount), sum(released),
			sum(act = 'capture' and tracking_number = '' and has_tracking = 0), sum(advice <> '')
		from batch_rows where batch_id = ?1 group by act, state, currency order by act, state, currency`, []any{batchID}, func(scan scanner) error {
		var t BatchTotal
		err := scan(&t.Act, &t.State, &t.Amount.Currency, &t.Count, &t.Amount.Minor, &t.Released.Minor, &t.Untracked, &t.Advised)
		t.Released.Currency = t.Amount.Currency
		totals = append(totals, t)
		return err
	})
	return totals, err
}

// OpenCaptures gives the captures of these orders that were not refused, by order. Errors: internal.
func (q *queries) OpenCaptures(ctx context.Context, orderIDs []string) (map[string]*models.Capture, error) {
	rows, err := all[models.Capture](q.gorm(ctx).Where("order_id in ?", orderIDs).Where("state <> 'refused'"))
	found := map[string]*models.Capture{}
	for i := range rows {
		found[rows[i].OrderID] = &rows[i]
	}
	return found, err
}

// OpenCancellations gives the cancellations of these orders that were not refused, by order. Errors: internal.
func (q *queries) OpenCancellations(ctx context.Context, orderIDs []string) (map[string]*models.Cancellation, error) {
	rows, err := all[models.Cancellation](q.gorm(ctx).Where("order_id in ?", orderIDs).Where("state <> 'refused'"))
	found := map[string]*models.Cancellation{}
	for i := range rows {
		found[rows[i].OrderID] = &rows[i]
	}
	return found, err
}
