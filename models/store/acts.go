package store

import (
	"context"
	"fmt"

	"counterfoil/models"
)

// saveOutcome writes how far an act has come. An act that is settled is never written again: conflict.
func (tx *Tx) saveOutcome(ctx context.Context, table, id string, state models.ActState, o models.ActOutcome) error {
	n, err := tx.exec(ctx, `update `+table+` set state = ?2, idempotency_key = ?3, requested = ?4, resolved = ?5, attempts = ?6,
		reconcile_job = ?7, error_code = ?8, error_message = ?9, stripe_request_id = ?10, needs_person = ?11, error_kind = ?12
		where id = ?1 and state = 'pending'`,
		id, string(state), o.IdempotencyKey, int64(o.Requested), int64(o.Resolved), o.Attempts,
		o.ReconcileJob, o.ErrorCode, o.ErrorMessage, o.StripeRequestID, o.NeedsPerson, string(o.ErrorKind))
	if err != nil || n == 1 {
		return err
	}
	var settled string
	if err := tx.queryRow(ctx, `select state from `+table+` where id = ?1`, []any{id}, &settled); err != nil {
		return err
	}
	return &models.Error{Kind: models.KindConflict, Code: "settled", Message: "The outcome of this is recorded already.",
		Err: fmt.Errorf("%s %s is %s", table, id, settled)}
}

// PendingOrders gives the orders whose capture or cancellation has no known outcome: what they are is not known either. Errors: internal.
func (q *queries) PendingOrders(ctx context.Context) (map[string]bool, error) {
	pending := map[string]bool{}
	err := q.eachRow(ctx, `select order_id from captures indexed by captures_pending where state = 'pending'
		union all select order_id from cancellations indexed by cancellations_pending where state = 'pending'`, nil, func(scan scanner) error {
		var id string
		err := scan(&id)
		pending[id] = true
		return err
	})
	return pending, err
}
