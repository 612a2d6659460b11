package payments

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"

	"github.com/stripe/stripe-go/v76"

	"counterfoil/models"
)

// CodeCachedFailure is the code of a KindUnknown error that sending the same key again cannot clear: Stripe keeps a failure under the key
// and repeats it, or knows the key with other parameters. Read the object; use a new key only after a person confirms.
const CodeCachedFailure = "cached_failure"

// failure is a call without the answer hoped for.
type failure struct {
	err    *models.Error
	status int
	header http.Header
	busy   bool // nothing was done, and trying again in a moment may help
}

// classify turns what stripe-go and the wire say into a kind. Only what is certain counts as not done: a POST that may have left this
// machine and has no readable answer is KindUnknown.
func classify(op operation, ex *exchange, err error) *failure {
	f := &failure{status: ex.status, header: ex.header}
	if f.header == nil {
		f.header = http.Header{}
	}
	var se *stripe.Error
	switch {
	case ex.status == 0 && !ex.connected.Load():
		f.err = neverSent(op, err)
	case ex.status == 0:
		f.err = unanswered(op, err)
	case ex.readErr != nil && ex.status != http.StatusTooManyRequests && ex.status < http.StatusInternalServerError:
		f.err = unsettled(op, "cut_answer", "Stripe's answer broke off.", cutCause(ex))
	case errors.As(err, &se):
		f.busy = f.fromStripe(op, se)
	default:
		f.busy = f.fromStripe(op, &stripe.Error{HTTPStatusCode: ex.status})
	}
	if f.err.StripeRequestID == "" {
		f.err.StripeRequestID = f.header.Get("Request-Id")
	}
	return f
}

// fromStripe sets the error for an answer with a status and tells whether Stripe was merely busy. An answer without an error object
// has neither type nor code: it comes from something between us and Stripe, and proves nothing unless it is a 429.
func (f *failure) fromStripe(op operation, se *stripe.Error) (busy bool) {
	cause := wireError(se)
	replayed := f.header.Get("Idempotent-Replayed") == "true"
	status, code := f.status, string(se.Code)
	switch {
	case status == http.StatusTooManyRequests, se.Code == stripe.ErrorCodeRateLimit, se.Code == stripe.ErrorCodeLockTimeout:
		// Klarna's own limit is answered with 400 or 402 and the code of a 429 (docs.stripe.com/payments/klarna).
		f.err = newError(models.KindUnavailable, orElse(code, "rate_limit"), sentence(se)+" "+op.notDone+" Try again in a moment.", cause)
		return f.header.Get("Stripe-Should-Retry") != "false"
	case status >= http.StatusInternalServerError && op.method == http.MethodPost && replayed:
		f.err = newError(models.KindUnknown, CodeCachedFailure, "Stripe failed before and repeats that failure. "+op.unclear, cause)
	case status >= http.StatusInternalServerError:
		f.err = unsettled(op, orElse(code, "server_error"), "Stripe has trouble at the moment.", cause)
	case se.Type == stripe.ErrorTypeIdempotency && op.method == http.MethodPost && status != http.StatusConflict:
		f.err = newError(models.KindUnknown, CodeCachedFailure, "Stripe knows this request with other contents. "+op.unclear, cause)
	case status == http.StatusConflict, status == http.StatusRequestTimeout:
		f.err = unsettled(op, orElse(code, "conflict"), sentence(se), cause)
	case status < http.StatusBadRequest, se.Type == "" && code == "" && se.Msg == "":
		f.err = unsettled(op, "unreadable_answer", "Stripe's answer could not be read.", cause)
	case op.method == http.MethodGet && (status == http.StatusNotFound || se.Code == stripe.ErrorCodeResourceMissing):
		f.err = newError(models.KindNotFound, string(stripe.ErrorCodeResourceMissing), sentence(se), cause)
	default:
		f.err = newError(models.KindRefused, refusalCode(se), sentence(se)+" "+op.notDone, cause)
	}
	return false
}

// neverSent is a call that certainly did not reach Stripe.
func neverSent(op operation, err error) *models.Error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return newError(models.KindUnavailable, "not_sent", "There was no time left to ask Stripe. "+op.notDone, err)
	}
	return newError(models.KindUnavailable, "unreachable", "Stripe could not be reached. "+op.notDone+" Try again in a moment.", err)
}

// unanswered is a call that may have reached Stripe.
func unanswered(op operation, err error) *models.Error {
	var ne net.Error
	if errors.Is(err, context.DeadlineExceeded) || (errors.As(err, &ne) && ne.Timeout()) {
		return unsettled(op, "timeout", "Stripe did not answer in time.", err)
	}
	return unsettled(op, "no_answer", "Stripe did not answer.", err)
}

// unsettled is KindUnknown for a POST and KindUnavailable for a GET.
func unsettled(op operation, code, what string, cause error) *models.Error {
	if op.method == http.MethodPost {
		return newError(models.KindUnknown, code, what+" "+op.unclear, cause)
	}
	return newError(models.KindUnavailable, code, what+" "+op.notDone+" Try again in a moment.", cause)
}

// malformed is a call that we do not send, because what it names cannot exist.
func malformed(op operation, why string) *models.Error {
	kind := models.KindRefused
	if op.method == http.MethodGet {
		kind = models.KindInvalid
	}
	return newError(kind, "malformed_call", "This cannot be asked of Stripe: "+why+". "+op.notDone, nil)
}

func newError(kind models.ErrorKind, code, message string, cause error) *models.Error {
	return &models.Error{Kind: kind, Code: code, Message: message, Err: cause}
}

// wireError is the part of Stripe's error that may be logged. The whole of it can carry the payment with its customer.
func wireError(se *stripe.Error) error {
	if se.Type == "" && se.Code == "" {
		return fmt.Errorf("stripe answered %d without an error object", se.HTTPStatusCode)
	}
	return fmt.Errorf("stripe answered %d: type %q, code %q, decline code %q, param %q",
		se.HTTPStatusCode, se.Type, se.Code, se.DeclineCode, se.Param)
}

func cutCause(ex *exchange) error {
	return fmt.Errorf("stripe answered %d and broke off: %w", ex.status, ex.readErr)
}

// refusalCode gives an authentication or permission problem a code: Stripe often sends none.
func refusalCode(se *stripe.Error) string {
	switch {
	case se.Code != "":
		return string(se.Code)
	case se.HTTPStatusCode == http.StatusUnauthorized:
		return "invalid_api_key"
	case se.HTTPStatusCode == http.StatusForbidden:
		return "permission_denied"
	}
	return orElse(string(se.Type), "refused")
}

func orElse(s, fallback string) string {
	if strings.TrimSpace(s) == "" {
		return fallback
	}
	return s
}
