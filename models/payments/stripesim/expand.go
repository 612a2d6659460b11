package stripesim

import "strings"

// maxExpandDepth is how deep Stripe expands (docs.stripe.com/api/expanding_objects).
const maxExpandDepth = 4

// expansion says which fields to expand, and within them which.
type expansion map[string]expansion

// newExpansion reads expand[] of a request about this kind of object. In a list every path starts with data.
func newExpansion(paths []string, kind string, ofList bool) (expansion, *apiError) {
	root := expansion{}
	for _, path := range paths {
		fields := strings.Split(path, ".")
		if len(fields) > maxExpandDepth {
			return nil, invalid("", "expand", "You cannot expand more than %d levels of a property. Property: %s", maxExpandDepth, path)
		}
		if ofList {
			if fields[0] != "data" {
				return nil, notExpandable(path)
			}
			fields = fields[1:]
		}
		at, within := root, kind
		for _, f := range fields {
			if within = fieldKind(within, f); within == "" {
				return nil, notExpandable(path)
			}
			if at[f] == nil {
				at[f] = expansion{}
			}
			at = at[f]
		}
	}
	return root, nil
}

func notExpandable(path string) *apiError {
	return invalid("", "expand", "This property cannot be expanded (%s).", path)
}

// alwaysNull is the kind of an expandable field that is empty here.
const alwaysNull = "null"

// fieldKind is what stands in an expandable field of a kind of object; empty when it cannot be expanded.
func fieldKind(kind, field string) string {
	if kind == "source" { // of a balance transaction: any of these
		for _, k := range []string{"charge", "refund", "dispute", "payout"} {
			if within := fieldKind(k, field); within != "" {
				return within
			}
		}
		return ""
	}
	switch kind + "." + field {
	case "payment_intent.latest_charge", "refund.charge", "dispute.charge":
		return "charge"
	case "payment_intent.customer", "charge.customer":
		return "customer"
	case "charge.payment_intent", "refund.payment_intent", "dispute.payment_intent":
		return "payment_intent"
	case "charge.balance_transaction", "refund.balance_transaction", "payout.balance_transaction", "payout.failure_balance_transaction":
		return "balance_transaction"
	case "charge.refunds":
		return "refunds"
	case "refunds.data":
		return "refund"
	case "charge.dispute":
		return "dispute"
	case "balance_transaction.source":
		return "source"
	case "payment_intent.application", "payment_intent.invoice", "payment_intent.on_behalf_of", "payment_intent.review",
		"charge.application", "charge.application_fee", "charge.failure_balance_transaction", "charge.invoice", "charge.on_behalf_of",
		"charge.order", "charge.review", "charge.source_transfer", "refund.failure_balance_transaction",
		"refund.source_transfer_reversal", "refund.transfer_reversal", "payout.original_payout",
		"payout.reversed_by", "customer.default_source", "customer.test_clock":
		return alwaysNull
	}
	return ""
}

// expandRef puts the object in place of its id.
func expandRef[T any](r ref, e expansion, get func(string) (T, bool), show func(T, expansion) T) ref {
	if obj, ok := get(r.id); ok {
		r.obj = show(obj, e)
	}
	return r
}

// anyObject finds what a balance transaction came from.
func (s *Sim) anyObject(id string, e expansion) any {
	if o, ok := s.charges.get(id); ok {
		return s.showCharge(o, e)
	}
	if o, ok := s.refunds.get(id); ok {
		return s.showRefund(o, e)
	}
	if o, ok := s.disputes.get(id); ok {
		return s.showDispute(o, e)
	}
	if o, ok := s.payouts.get(id); ok {
		return s.showPayout(o, e)
	}
	return nil
}

// refundsOf is the charge's list of refunds, newest first, as the expanded field shows it.
func (s *Sim) refundsOf(c *charge, e expansion) *list {
	of := s.refundsByCharge[c.ID]
	shown := []*refund{}
	for i := len(of) - 1; i >= 0 && len(shown) < defaultLimit; i-- {
		r, _ := s.refunds.get(of[i])
		shown = append(shown, s.showRefund(r, e["data"]))
	}
	total := len(of)
	return &list{Object: "list", Data: shown, HasMore: total > len(shown), TotalCount: &total, URL: "/v1/charges/" + c.ID + "/refunds"}
}
