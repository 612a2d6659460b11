package payments

import (
	"context"
	"reflect"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models"
)

// EvidenceUpdate changes what Stripe holds as a dispute's evidence.
type EvidenceUpdate struct {
	DisputeID   string
	Fields      map[string]string // by Stripe's names; a file field has the id of an upload, and an empty value clears its field
	Submit      bool              // for good and once; otherwise Stripe keeps it as a draft
	OperationID string            // goes to metadata[operation_id], by which a submission is known again; empty: metadata stays as it is
}

// UpdateEvidence stages evidence, or submits it together with what was staged before (docs.stripe.com/api/disputes/update). Stripe
// submits unless it is told not to, so submit is always sent. The dispute comes back with its balance transactions. It returns KindRefused
// or KindUnavailable when nothing was changed, KindRefused also for a field that Stripe does not have (nothing was sent), and KindUnknown
// when it is not known: then the dispute is read and its operation id compared before anything else (see CodeCachedFailure).
func (g *Gateway) UpdateEvidence(ctx context.Context, u EvidenceUpdate, key string) (Result, error) {
	op := operation{
		path: "/v1/disputes/%s", key: key,
		notDone: "The draft was not sent to Stripe.", unclear: "It is not known whether Stripe has the draft.",
	}
	if u.Submit {
		op.notDone, op.unclear = "Nothing was submitted.", "It is not known yet whether the evidence was submitted."
	}
	params := &stripe.DisputeParams{Submit: stripe.Bool(u.Submit)}
	if len(u.Fields) > 0 {
		if params.Evidence = evidenceParams(u.Fields); params.Evidence == nil {
			return Result{}, malformed(op, "the evidence has a field that Stripe does not have")
		}
	}
	if u.OperationID != "" {
		params.Metadata = map[string]string{"operation_id": u.OperationID}
	}
	op.params = params
	return g.act(ctx, models.ObjectDispute, u.DisputeID, op)
}

// CloseDispute accepts a chargeback: it is lost, which nothing undoes (docs.stripe.com/api/disputes/close). The error kinds are those of
// UpdateEvidence.
func (g *Gateway) CloseDispute(ctx context.Context, disputeID, key string) (Result, error) {
	return g.act(ctx, models.ObjectDispute, disputeID, operation{
		path: "/v1/disputes/%s/close", key: key,
		notDone: "The dispute was not accepted.", unclear: "It is not known yet whether the dispute was accepted.",
	})
}

// evidenceParams puts each value into the field of its name; nil when there is none. stripe-go's own tags are the list of the names.
func evidenceParams(fields map[string]string) *stripe.DisputeEvidenceParams {
	evidence := &stripe.DisputeEvidenceParams{}
	into, known := reflect.ValueOf(evidence).Elem(), 0
	for i := range into.NumField() {
		if value, ok := fields[into.Type().Field(i).Tag.Get("form")]; ok {
			into.Field(i).Set(reflect.ValueOf(&value))
			known++
		}
	}
	if known != len(fields) {
		return nil
	}
	return evidence
}
