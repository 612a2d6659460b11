package stripesim

import (
	"net/http"
	"slices"
	"strings"
)

// refundFailures are Stripe's reasons why a refund fails (docs.stripe.com/refunds).
const refundFailures = "charge_for_pending_refund_disputed declined expired_or_canceled_card insufficient_funds lost_or_stolen_card merchant_request unknown"

// resolveRefund is POST /_sim/refunds/{id}/resolve: a pending refund succeeds, or one fails, which it can do after it succeeded.
func (s *Sim) resolveRefund(r *http.Request) (any, *controlError) {
	var in struct {
		Outcome string `json:"outcome"`        // succeeded or failed
		Reason  string `json:"failure_reason"` // of a failure; default unknown
	}
	if e := readControl(r, &in); e != nil {
		return nil, e
	}
	if in.Reason == "" {
		in.Reason = "unknown"
	}
	switch {
	case in.Outcome != statusSucceeded && in.Outcome != statusFailed:
		return nil, badControl(`"outcome" must be succeeded or failed`)
	case !slices.Contains(strings.Fields(refundFailures), in.Reason):
		return nil, badControl(`"failure_reason" must be one of %s`, refundFailures)
	}
	var after *refund
	e := s.changeUnderLock(func(x *tx) *controlError {
		before, ok := s.refunds.get(r.PathValue("id"))
		switch {
		case !ok:
			return missingControl("there is no refund %q", r.PathValue("id"))
		case before.Status == statusPending && in.Outcome == statusSucceeded:
			after = x.succeedRefund(before)
		case slices.Contains([]string{statusPending, statusSucceeded}, before.Status) && in.Outcome == statusFailed:
			after = x.failRefund(before, in.Reason)
		default:
			return badControl("a refund that is %s cannot become %s", before.Status, in.Outcome)
		}
		return nil
	})
	if e != nil {
		return nil, e
	}
	return map[string]any{"refund": after.ID, "status": after.Status}, nil
}
