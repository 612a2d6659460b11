package store

import (
	"context"
	"sync"
	"sync/atomic"

	"counterfoil/models"
)

// changes tells waiters that something was committed.
type changes struct {
	mu    sync.Mutex
	next  chan struct{}
	count atomic.Int64
}

// after gives a channel that is closed with the next commit.
func (c *changes) after() <-chan struct{} {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next == nil {
		c.next = make(chan struct{})
	}
	return c.next
}

func (c *changes) tell() {
	c.count.Add(1)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.next != nil {
		close(c.next)
		c.next = nil
	}
}

// Changed gives a channel that is closed when the next transaction of this process is durable.
func (w *Writer) Changed() <-chan struct{} { return w.changes.after() }

// Version rises with every transaction of this process that became durable.
func (w *Writer) Version() int64 { return w.changes.count.Load() }

// OrderVersion is a text that changes whenever an order's page would: with the mirror's row, its refunds and disputes, and our own acts.
// Errors: not found, internal.
func (q *queries) OrderVersion(ctx context.Context, id string) (version string, err error) {
	err = q.queryRow(ctx, `select o.synced_at || o.status || o.has_tracking || o.amount_refunded || o.dispute_status ||
		coalesce((select max(id) from audit_entries where object_id = o.id), 0) ||
		coalesce((select group_concat(status) from refunds where payment_intent_id = o.id and payment_intent_id <> ''), '')
		from orders o where o.id = ?1`, []any{id}, &version)
	return version, err
}

// DisputeVersion is a text that changes whenever a dispute's page would: with Stripe's row, its order's refunds and files, and what the shop
// did. Errors: not found, internal.
func (q *queries) DisputeVersion(ctx context.Context, id string) (version string, err error) {
	err = q.queryRow(ctx, `select d.status || ':' || d.due_by || ':' || d.amount || ':' || d.submission_count || ':' || d.has_evidence || ':' || d.is_refundable || ':' ||
		coalesce((select version || ':' || staged_version || ':' || stage_error || ':' || assignee_id from dispute_cases where dispute_id = d.id), '') || ':' ||
		coalesce((select max(id) from audit_entries where object_id = d.id), 0) || ':' ||
		(select count(*) from documents where order_id = d.payment_intent_id and removed = 0) || ':' ||
		coalesce((select group_concat(status) from refunds where payment_intent_id = d.payment_intent_id and payment_intent_id <> ''), '')
		from disputes d where d.id = ?1`, []any{id}, &version)
	return version, err
}

// TodayVersion is a text that changes when Today would: with the counts of the tabs, and with the acts and refunds that it lists.
// Errors: internal.
func (q *queries) TodayVersion(ctx context.Context, now models.Unix) (version string, err error) {
	err = q.queryRow(ctx, `select (select group_concat(n) from order_counts) || ':' || (select count(*) from captures where state = 'pending') || ':' ||
		(select count(*) from cancellations where state = 'pending') || ':' || (select count(*) from refund_acts where state = 'pending') || ':' ||
		(select count(*) from submissions where state = 'pending') || ':' || (select count(*) from acceptances where state = 'pending') || ':' ||
		coalesce((select group_concat(n) from (select count(*) as n from dispute_list group by status order by status)), '') || ':' ||
		(select count(*) from refunds where status = 'failed') || ':' || (?1 / 60)`, []any{int64(now)}, &version)
	return version, err
}
