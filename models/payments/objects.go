package payments

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models"
)

// Result is one answer of Stripe: the object asked for first, then what it carries expanded.
type Result struct {
	Snapshots []models.Snapshot
	RequestID string      // req_…
	AsOf      models.Unix // Stripe's clock, from the answer's Date; 0 where it gave none
}

// Object reads one object of any mirrored kind; a payment_intent as PaymentIntent does, a charge and a refund with their balance
// transactions. The error kinds are those of PaymentIntent; KindInvalid also for a kind that is not mirrored and an id that is none.
func (g *Gateway) Object(ctx context.Context, kind models.ObjectKind, id string) (Result, error) {
	switch kind {
	case models.ObjectPaymentIntent:
		return g.PaymentIntent(ctx, id)
	case models.ObjectCharge:
		params := &stripe.ChargeParams{}
		params.Expand = stripe.StringSlice([]string{"balance_transaction", "refunds"})
		return g.read(ctx, kind, id, "/v1/charges/%s", params)
	case models.ObjectRefund:
		params := &stripe.RefundParams{}
		params.Expand = stripe.StringSlice([]string{"balance_transaction"})
		return g.read(ctx, kind, id, "/v1/refunds/%s", params)
	case models.ObjectDispute:
		return g.read(ctx, kind, id, "/v1/disputes/%s", nil)
	case models.ObjectPayout:
		return g.read(ctx, kind, id, "/v1/payouts/%s", nil)
	case models.ObjectBalanceTransaction:
		return g.read(ctx, kind, id, "/v1/balance_transactions/%s", nil)
	}
	return Result{}, notMirrored(string(kind), id)
}

// Balance reads what the account holds in each currency, with Stripe's clock. It returns KindUnavailable, or KindRefused for a key that may
// not read it.
func (g *Gateway) Balance(ctx context.Context) ([]models.Balance, models.Unix, error) {
	op := reading("/v1/balance", nil)
	res, err := g.do(ctx, op)
	if err != nil {
		return nil, 0, err
	}
	type part struct {
		Amount   int64  `json:"amount"`
		Currency string `json:"currency"`
	}
	var got struct {
		Object    string `json:"object"`
		Available []part `json:"available"`
		Pending   []part `json:"pending"`
	}
	if err := json.Unmarshal(res.RawJSON, &got); err != nil || got.Object != "balance" {
		return nil, 0, notTheAnswer(op, res, err)
	}
	at, by := asOf(res.Header), map[string]*models.Balance{}
	of := func(currency string) *models.Balance {
		code := strings.ToUpper(currency)
		if by[code] == nil {
			by[code] = &models.Balance{Currency: code, AsOf: at}
		}
		return by[code]
	}
	for _, p := range got.Available {
		of(p.Currency).Available += p.Amount
	}
	for _, p := range got.Pending {
		of(p.Currency).Pending += p.Amount
	}
	balances := make([]models.Balance, 0, len(by))
	for _, code := range slices.Sorted(maps.Keys(by)) {
		balances = append(balances, *by[code])
	}
	return balances, at, nil
}

// read gets one object.
func (g *Gateway) read(ctx context.Context, kind models.ObjectKind, id, path string, params any) (Result, error) {
	op := reading("", params)
	if !isID(id) {
		return Result{}, malformed(op, "its id is not one of Stripe's")
	}
	op.path = stripe.FormatURLPath(path, id)
	res, err := g.do(ctx, op)
	if err != nil {
		return Result{}, err
	}
	return g.result(op, kind, id, res)
}

// result reads an answer that must be the object kind id.
func (g *Gateway) result(op operation, kind models.ObjectKind, id string, res *stripe.APIResponse) (Result, error) {
	r := Result{RequestID: res.RequestID, AsOf: asOf(res.Header)}
	gotKind, gotID := identity(res.RawJSON)
	if gotKind != string(kind) || gotID != id {
		return Result{}, notTheAnswer(op, res, errOtherObject)
	}
	snaps, refused := parseObject(res.RawJSON, r.AsOf, g.livemode)
	if refused != nil {
		refused.StripeRequestID = res.RequestID
		if op.method == http.MethodPost {
			return Result{}, notTheAnswer(op, res, refused)
		}
		return Result{}, refused
	}
	r.Snapshots = snaps
	return r, nil
}

var errOtherObject = errors.New("the answer is not the object asked for")

// identity looks ahead for an object's kind and id; both are empty for anything else.
func identity(raw []byte) (kind, id string) {
	p := parser{scanner: scanner{src: raw}}
	kind, id = p.identify()
	if p.err != nil {
		return "", ""
	}
	return kind, id
}

// notTheAnswer is a 200 that is not what was asked for, such as another server's page.
func notTheAnswer(op operation, res *stripe.APIResponse, cause error) error {
	e := unsettled(op, "unreadable_answer", "Stripe's answer could not be read.", cause)
	e.StripeRequestID = res.RequestID
	return e
}
