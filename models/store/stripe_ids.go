package store

import (
	"context"
	"strings"
)

// Target is what a pasted Stripe id leads to. Exactly one of its fields is set.
type Target struct {
	OrderID  string // the order that the id names or belongs to
	PayoutID string
}

// maxHops bounds the way from an id to its order: event, balance transaction, refund, PaymentIntent.
const maxHops = 5

// OrderIDFor finds what any Stripe id belongs to: PaymentIntents (pi_), charges (py_, ch_), refunds (re_, pyr_), disputes (du_, dp_),
// balance transactions (txn_), customers (cus_, the newest order), events (evt_) and payouts (po_). Errors: not found, internal.
func (q *queries) OrderIDFor(ctx context.Context, stripeID string) (Target, error) {
	id := stripeID
	for range maxHops {
		prefix, _, _ := strings.Cut(id, "_")
		next, err := q.ownerOf(ctx, prefix, id)
		switch {
		case err != nil:
			return Target{}, err
		case prefix == "pi":
			return Target{OrderID: next}, nil
		case prefix == "po":
			return Target{PayoutID: next}, nil
		}
		id = next
	}
	return Target{}, errNotFound()
}

// ownerOf goes one step from an object to what it belongs to. Orders and payouts belong to themselves, if we have them.
func (q *queries) ownerOf(ctx context.Context, prefix, id string) (string, error) {
	query := ownerQuery(prefix)
	if query == "" {
		return "", errNotFound()
	}
	var owner string
	err := q.queryRow(ctx, query, []any{id}, &owner)
	if missing(err) && prefix != "pi" && prefix != "po" && prefix != "cus" {
		err = q.queryRow(ctx, `select order_id from stripe_objects where id = ?1 and order_id <> ''`, []any{id}, &owner)
	}
	return owner, err
}

// ownerQuery is the look-up of ownerOf for an id with this prefix, answered by one index; empty for a prefix that we do not follow.
func ownerQuery(prefix string) string {
	switch prefix {
	case "pi":
		return `select id from orders where id = ?1`
	case "py", "ch":
		return `select id from orders indexed by orders_charge where charge_id = ?1 and charge_id <> ''`
	case "re", "pyr":
		return `select case when payment_intent_id <> '' then payment_intent_id else charge_id end from refunds
			where id = ?1 and payment_intent_id || charge_id <> ''`
	case "du", "dp":
		return `select case when payment_intent_id <> '' then payment_intent_id else charge_id end from disputes
			where id = ?1 and payment_intent_id || charge_id <> ''`
	case "txn":
		return `select source_id from balance_transactions where id = ?1 and source_id <> ''`
	case "cus":
		return `select id from orders indexed by orders_customer where customer_id = ?1 and customer_id <> ''
			order by rowid desc limit 1`
	case "evt":
		return `select case when order_id <> '' then order_id else object_id end from stripe_events where id = ?1 and order_id || object_id <> ''`
	case "po":
		return `select id from payouts where id = ?1`
	}
	return ""
}

// IsStripeID tells whether text has the form of an id that OrderIDFor can follow.
func IsStripeID(text string) bool {
	prefix, rest, ok := strings.Cut(text, "_")
	return ok && len(rest) >= 6 && !strings.ContainsFunc(rest, isNoIDLetter) && ownerQuery(prefix) != ""
}

func isNoIDLetter(r rune) bool {
	return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
}
