package payments

import (
	"context"
	"net/http"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models"
)

// PaymentIntent reads a payment with its latest charge, that charge's balance transaction and its (ten newest) refunds.
// It returns KindNotFound, KindUnavailable, KindRefused for a key that may not read it, or KindInvalid for a payment that cannot be read.
func (g *Gateway) PaymentIntent(ctx context.Context, id string) (Result, error) {
	params := &stripe.PaymentIntentParams{}
	params.Expand = stripe.StringSlice([]string{"latest_charge", "latest_charge.balance_transaction", "latest_charge.refunds"})
	return g.read(ctx, models.ObjectPaymentIntent, id, "/v1/payment_intents/%s", params)
}

// UpdateShipping writes recipient, carrier and tracking number onto the PaymentIntent. Stripe replaces the whole hash, so s must carry
// everything, and it wants name and address with it (docs.stripe.com/api/payment_intents/update): without them the error is KindInvalid
// with the field, and nothing was sent. Otherwise KindRefused, KindUnavailable (both: nothing was done) or KindUnknown.
func (g *Gateway) UpdateShipping(ctx context.Context, paymentIntentID string, s models.Shipping, key string) (Result, error) {
	hash, err := shippingParams(s)
	if err != nil {
		return Result{}, err
	}
	return g.act(ctx, models.ObjectPaymentIntent, paymentIntentID, operation{
		path: "/v1/payment_intents/%s", params: &stripe.PaymentIntentParams{Shipping: hash}, key: key,
		notDone: "The tracking was not sent to Stripe.", unclear: "It is not known whether Stripe has the tracking.",
	})
}

// Capture takes amount, in minor units, of what was authorized; the rest is released for good, since Stripe captures a Klarna payment
// once (docs.stripe.com/payments/klarna/accept-a-payment). It comes back with the charge and its balance transaction.
// It returns KindRefused or KindUnavailable when nothing was captured, and KindUnknown when that is not known: then only the same key
// may be used again (see CodeCachedFailure).
func (g *Gateway) Capture(ctx context.Context, paymentIntentID string, amount int64, key string) (Result, error) {
	op := operation{
		path: "/v1/payment_intents/%s/capture", key: key,
		notDone: "Nothing was captured.", unclear: "It is not known yet whether the payment was captured.",
	}
	if amount <= 0 {
		return Result{}, malformed(op, "the amount is not above zero")
	}
	params := &stripe.PaymentIntentCaptureParams{AmountToCapture: stripe.Int64(amount)}
	params.Expand = stripe.StringSlice([]string{"latest_charge", "latest_charge.balance_transaction"})
	op.params = params
	return g.act(ctx, models.ObjectPaymentIntent, paymentIntentID, op)
}

// Cancel gives an authorization back, or ends a payment that the customer has not finished. reason is one of Stripe's: abandoned,
// duplicate, fraudulent, requested_by_customer. The error kinds are those of Capture.
func (g *Gateway) Cancel(ctx context.Context, paymentIntentID, reason, key string) (Result, error) {
	params := &stripe.PaymentIntentCancelParams{}
	if reason != "" {
		params.CancellationReason = stripe.String(reason)
	}
	params.Expand = stripe.StringSlice([]string{"latest_charge"})
	return g.act(ctx, models.ObjectPaymentIntent, paymentIntentID, operation{
		path: "/v1/payment_intents/%s/cancel", params: params, key: key,
		notDone: "Nothing was canceled.", unclear: "It is not known yet whether the payment was canceled.",
	})
}

// UpdateChargeShipping writes recipient, carrier and tracking number onto the charge, which Stripe allows in any state. The error kinds
// are those of UpdateShipping.
func (g *Gateway) UpdateChargeShipping(ctx context.Context, chargeID string, s models.Shipping, key string) (Result, error) {
	hash, err := shippingParams(s)
	if err != nil {
		return Result{}, err
	}
	return g.act(ctx, models.ObjectCharge, chargeID, operation{
		path: "/v1/charges/%s", params: &stripe.ChargeParams{Shipping: hash}, key: key,
		notDone: "The tracking was not sent to Stripe.", unclear: "It is not known whether Stripe has the tracking.",
	})
}

// act sends a keyed POST and reads the object in its answer. An answer that cannot be read proves nothing: KindUnknown.
func (g *Gateway) act(ctx context.Context, kind models.ObjectKind, id string, op operation) (Result, error) {
	op.method = http.MethodPost
	if !isID(id) {
		return Result{}, malformed(op, "its id is not one of Stripe's")
	}
	op.path = stripe.FormatURLPath(op.path, id)
	res, err := g.do(ctx, op)
	if err != nil {
		return Result{}, err
	}
	return g.result(op, kind, id, res)
}

// shippingParams leaves out what is empty: to Stripe an empty text is an instruction to clear, or an error.
func shippingParams(s models.Shipping) (*stripe.ShippingDetailsParams, error) {
	switch {
	case s.Name == "":
		return nil, shippingError("name", "Stripe takes tracking only together with the recipient's name.")
	case s.Address.IsZero():
		return nil, shippingError("address", "Stripe takes tracking only together with the recipient's address.")
	}
	return &stripe.ShippingDetailsParams{
		Name:           filled(s.Name),
		Phone:          filled(s.Phone),
		Carrier:        filled(s.Carrier),
		TrackingNumber: filled(s.TrackingNumber),
		Address: &stripe.AddressParams{
			Line1:      filled(s.Address.Line1),
			Line2:      filled(s.Address.Line2),
			PostalCode: filled(s.Address.PostalCode),
			City:       filled(s.Address.City),
			State:      filled(s.Address.State),
			Country:    filled(s.Address.Country),
		},
	}, nil
}

func shippingError(field, why string) error {
	return &models.Error{Kind: models.KindInvalid, Code: "recipient_missing", Field: field, Message: why + " Nothing was sent."}
}

func filled(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// isID tells whether id can stand in a path: ids are words such as pi_3MtwBwLkdIwHu7ix28a3tqPa.
func isID(id string) bool { return len(id) <= 255 && isWord(id) }
