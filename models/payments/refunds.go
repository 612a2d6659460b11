package payments

import (
	"context"
	"errors"
	"net/http"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models"
)

// NewRefund is a refund to be made.
type NewRefund struct {
	PaymentIntentID string
	Amount          int64  // minor units
	Reason          string // Stripe's: duplicate, fraudulent, requested_by_customer
	OperationID     string // goes to metadata[operation_id], by which the refund is found again
}

// maxRefundPages bounds a listing of one payment's refunds: that many pages of a hundred are nobody's order.
const maxRefundPages = 50

// CreateRefund gives captured money back (docs.stripe.com/api/refunds/create). The refund comes back with its charge and its balance
// transaction; its status may be pending or failed. It returns KindRefused or KindUnavailable when nothing was refunded, and KindUnknown
// when that is not known: then the refund is looked for by its operation id before anything else (see CodeCachedFailure).
func (g *Gateway) CreateRefund(ctx context.Context, r NewRefund, key string) (Result, error) {
	op := operation{
		method: http.MethodPost, path: "/v1/refunds", key: key,
		notDone: "Nothing was refunded.", unclear: "It is not known yet whether this was refunded.",
	}
	switch {
	case !isID(r.PaymentIntentID):
		return Result{}, malformed(op, "its id is not one of Stripe's")
	case r.Amount <= 0:
		return Result{}, malformed(op, "the amount is not above zero")
	case r.OperationID == "":
		return Result{}, malformed(op, "it could not be found again without an operation id")
	}
	params := &stripe.RefundParams{
		PaymentIntent: stripe.String(r.PaymentIntentID), Amount: stripe.Int64(r.Amount), Reason: filled(r.Reason),
		Metadata: map[string]string{"operation_id": r.OperationID},
	}
	params.Expand = stripe.StringSlice([]string{"charge", "balance_transaction"})
	op.params = params
	res, err := g.do(ctx, op)
	if err != nil {
		return Result{}, err
	}
	_, id := identity(res.RawJSON)
	if !isID(id) {
		return Result{}, notTheAnswer(op, res, errOtherObject)
	}
	return g.result(op, models.ObjectRefund, id, res)
}

// RefundsOf reads all refunds of a payment, with their balance transactions, page by page. A refund that cannot be read makes the whole
// of it KindInvalid, for the one that is looked for may be it. Otherwise the error kinds are those of List.
func (g *Gateway) RefundsOf(ctx context.Context, paymentIntentID string) (Result, error) {
	const path = "/v1/refunds"
	if !isID(paymentIntentID) {
		return Result{}, malformed(reading(path, nil), "its id is not one of Stripe's")
	}
	var all Result
	var q ListQuery
	for range maxRefundPages {
		params := &stripe.RefundListParams{
			ListParams: listParams(q), PaymentIntent: stripe.String(paymentIntentID), Expand: stripe.StringSlice([]string{"data.balance_transaction"}),
		}
		page, err := g.page(ctx, path, params, q, g.take)
		if err = errors.Join(append(page.Refused, err)...); err != nil {
			return Result{}, err
		}
		all.Snapshots, all.AsOf = append(all.Snapshots, page.Snapshots...), page.AsOf
		if !page.More {
			return all, nil
		}
		q.StartingAfter = page.LastID
	}
	return Result{}, newError(models.KindInvalid, "too_many", "This payment has more refunds than can be read.", nil)
}
