package payments

import (
	"context"
	"encoding/json"
	"slices"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models"
)

// pageSize is the most that Stripe gives at once (docs.stripe.com/api/pagination).
const pageSize = 100

// ListQuery chooses what a page shows. Zero values choose everything.
type ListQuery struct {
	From          models.Unix // created at this moment or later
	StartingAfter string      // the last id of the page before
	Payout        string      // balance transactions only: those that this automatic payout carried
	Types         []string    // events only: at most 20
}

// Page is one page of a list, newest first.
type Page struct {
	Snapshots []models.Snapshot // the objects and what they carry expanded
	Events    []Event           // ListEvents only
	LastID    string            // where the next page starts
	More      bool
	AsOf      models.Unix // Stripe's clock, from the answer's Date
	Refused   []error     // rows that could not be read: KindInvalid, each naming id and field
}

// List reads one page of up to 100 objects of a mirrored kind. Payments carry their latest charge with its balance transaction and
// refunds, charges their balance transaction and refunds. A row that cannot be read stands in Refused and holds nothing up.
// It returns KindUnavailable, KindRefused for a key that may not read the list, KindInvalid for a kind that is not mirrored, and
// KindNotFound for a StartingAfter that Stripe does not know.
func (g *Gateway) List(ctx context.Context, kind models.ObjectKind, q ListQuery) (Page, error) {
	path, params := listCall(kind, q)
	if path == "" {
		return Page{}, notMirrored(string(kind), "")
	}
	return g.page(ctx, path, params, q, func(p *Page, raw []byte) {
		first := len(p.Snapshots)
		g.take(p, raw)
		if q.Payout != "" && len(p.Snapshots) > first && p.Snapshots[first].BalanceTransaction != nil {
			p.Snapshots[first].BalanceTransaction.PayoutID = q.Payout
		}
	})
}

// take reads one row of a list of mirrored objects into the page.
func (g *Gateway) take(p *Page, raw []byte) {
	snaps, refused := parseObject(slices.Clone(raw), p.AsOf, g.livemode)
	if refused != nil {
		p.Refused = append(p.Refused, refused)
		return
	}
	p.Snapshots = append(p.Snapshots, snaps...)
}

// ListEvents reads one page of up to 100 events; Stripe keeps them for 30 days (docs.stripe.com/api/events). The error kinds are those
// of List.
func (g *Gateway) ListEvents(ctx context.Context, q ListQuery) (Page, error) {
	params := &stripe.EventListParams{ListParams: listParams(q), CreatedRange: since(q), Types: stripe.StringSlice(q.Types)}
	return g.page(ctx, "/v1/events", params, q, func(p *Page, raw []byte) {
		e, err := ParseEvent(raw)
		if err != nil {
			p.Refused = append(p.Refused, err)
			return
		}
		p.Events = append(p.Events, e)
	})
}

// page reads one page and gives each row to take.
func (g *Gateway) page(ctx context.Context, path string, params any, q ListQuery, take func(*Page, []byte)) (Page, error) {
	op := reading(path, params)
	res, err := g.do(ctx, op)
	if err != nil {
		return Page{}, err
	}
	p := Page{AsOf: asOf(res.Header)}
	var list struct {
		Object  string            `json:"object"`
		HasMore bool              `json:"has_more"`
		Data    []json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(res.RawJSON, &list); err != nil || list.Object != "list" {
		return Page{}, notTheAnswer(op, res, errOtherObject)
	}
	p.More = list.HasMore
	for _, raw := range list.Data {
		if _, id := identity(raw); id != "" {
			p.LastID = id
		}
		take(&p, raw)
	}
	if p.More && (p.LastID == "" || p.LastID == q.StartingAfter) {
		return Page{}, notTheAnswer(op, res, errOtherObject) // the next page would be this one again
	}
	return p, nil
}

func listCall(kind models.ObjectKind, q ListQuery) (path string, params any) {
	list, created := listParams(q), since(q)
	switch kind {
	case models.ObjectPaymentIntent:
		return "/v1/payment_intents", &stripe.PaymentIntentListParams{ListParams: list, CreatedRange: created, Expand: stripe.StringSlice(
			[]string{"data.latest_charge", "data.latest_charge.balance_transaction", "data.latest_charge.refunds"})}
	case models.ObjectCharge:
		return "/v1/charges", &stripe.ChargeListParams{ListParams: list, CreatedRange: created, Expand: stripe.StringSlice(
			[]string{"data.balance_transaction", "data.refunds"})}
	case models.ObjectRefund:
		return "/v1/refunds", &stripe.RefundListParams{ListParams: list, CreatedRange: created}
	case models.ObjectDispute:
		return "/v1/disputes", &stripe.DisputeListParams{ListParams: list, CreatedRange: created}
	case models.ObjectPayout:
		return "/v1/payouts", &stripe.PayoutListParams{ListParams: list, CreatedRange: created}
	case models.ObjectBalanceTransaction:
		return "/v1/balance_transactions", &stripe.BalanceTransactionListParams{ListParams: list, CreatedRange: created, Payout: filled(q.Payout)}
	}
	return "", nil
}

func listParams(q ListQuery) stripe.ListParams {
	return stripe.ListParams{Limit: stripe.Int64(pageSize), StartingAfter: filled(q.StartingAfter), Single: true}
}

func since(q ListQuery) *stripe.RangeQueryParams {
	if q.From <= 0 {
		return nil
	}
	return &stripe.RangeQueryParams{GreaterThanOrEqual: int64(q.From)}
}
