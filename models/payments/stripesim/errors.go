package stripesim

import (
	"fmt"
	"net/http"
	"strings"
)

// apiError is a refusal in Stripe's form.
type apiError struct {
	Status        int            `json:"-"`
	Code          string         `json:"code,omitempty"`
	DocURL        string         `json:"doc_url,omitempty"`
	Message       string         `json:"message,omitempty"`
	Param         string         `json:"param,omitempty"`
	PaymentIntent *paymentIntent `json:"payment_intent,omitempty"`
	RequestLogURL string         `json:"request_log_url,omitempty"`
	Type          string         `json:"type"`

	// began tells that the refusal came from the work itself and not from looking at the parameters: Stripe then keeps it
	// under the idempotency key.
	began bool
}

// body is the answer's body.
func (e *apiError) body(requestID string, now int64) []byte {
	shown := *e
	if shown.Code != "" && shown.DocURL == "" {
		shown.DocURL = "https://stripe.com/docs/error-codes/" + strings.ReplaceAll(shown.Code, "_", "-")
	}
	if shown.Status != http.StatusUnauthorized {
		shown.RequestLogURL = fmt.Sprintf("https://dashboard.stripe.com/test/logs/%s?t=%d", requestID, now)
	}
	return encode(map[string]any{"error": &shown})
}

// invalid is a request whose parameters are wrong.
func invalid(code, param, format string, args ...any) *apiError {
	return &apiError{Status: http.StatusBadRequest, Type: "invalid_request_error", Code: code, Param: param,
		Message: fmt.Sprintf(format, args...)}
}

// refused is a request that is well formed and cannot be done in the present state.
func refused(code, param, format string, args ...any) *apiError {
	e := invalid(code, param, format, args...)
	e.began = true
	return e
}

// noSuch is a path that names an object which does not exist.
func noSuch(kind, id, param string) *apiError {
	return &apiError{Status: http.StatusNotFound, Type: "invalid_request_error", Code: "resource_missing", Param: param,
		Message: fmt.Sprintf("No such %s: '%s'", kind, id)}
}

// noSuchCursor is a list cursor that names an object which does not exist.
func noSuchCursor(kind, id, param string) *apiError {
	return invalid("resource_missing", param, "No such %s: '%s'", kind, id)
}

// unexpectedState is the refusal of an act that the PaymentIntent's status does not allow; it carries the PaymentIntent.
func unexpectedState(pi *paymentIntent, act, allowed string) *apiError {
	e := refused("payment_intent_unexpected_state", "",
		"This PaymentIntent could not be %s because it has a status of %s. Only a PaymentIntent with one of the following statuses may be %s: %s.",
		act, pi.Status, act, allowed)
	e.PaymentIntent = pi
	return e
}
