package payments

import (
	"net/http"
	"regexp"
	"strings"
	"unicode"

	"github.com/stripe/stripe-go/v76"
)

// longestQuote caps what is quoted of Stripe's own message.
const longestQuote = 300

// sentence says in plain words why Stripe said no. What was not done is added by the caller.
func sentence(se *stripe.Error) string {
	if q := quote(se.Msg); q != "" && se.Code == stripe.ErrorCodeChargeNotRefundable {
		return "Stripe does not refund this payment and said: “" + q + "”." // the code alone does not tell why
	}
	if s := knownSentence(string(se.Code)); s != "" {
		return s
	}
	switch se.HTTPStatusCode {
	case http.StatusUnauthorized:
		return "Stripe does not accept the API key. Check STRIPE_SECRET_KEY."
	case http.StatusForbidden:
		if p := missingPermission(se.Msg); p != "" {
			return "The API key may not do this: it lacks the permission " + p + ". Add it in Stripe under Developers, API keys."
		}
		return "The API key may not do this. Check its permissions in Stripe under Developers, API keys."
	case http.StatusNotFound:
		return knownSentence("resource_missing")
	case http.StatusConflict:
		return "Stripe is busy with another request for the same object."
	case http.StatusRequestTimeout:
		return "Stripe did not answer in time."
	case http.StatusTooManyRequests:
		return knownSentence("rate_limit")
	}
	if q := quote(se.Msg); q != "" {
		return "Stripe refused and said: “" + q + "”."
	}
	return "Stripe refused without saying why."
}

// knownSentence is for the codes that a person at this desk can meet; empty for any other.
// Source: docs.stripe.com/error-codes and docs.stripe.com/payments/klarna.
func knownSentence(code string) string {
	switch code {
	case "payment_intent_unexpected_state", "intent_invalid_state", "status_transition_invalid":
		return "The payment is in another state in Stripe than this needs. Look at its present state."
	case "charge_already_captured":
		return "Stripe says that this payment was captured before, and a Klarna payment is captured once."
	case "charge_expired_for_capture", "capture_charge_authorization_expired":
		return "The authorization has run out, and Klarna does not renew it."
	case "capture_unauthorized_payment":
		return "The customer has not authorized this payment."
	case "amount_too_large":
		return "The amount is more than what Klarna authorized."
	case "amount_too_small":
		return "The amount is less than the smallest that Stripe takes in this currency."
	case "parameter_invalid_integer", "invalid_charge_amount":
		return "Stripe does not take this amount."
	case "charge_already_refunded":
		return "Stripe says that this payment was refunded in full before."
	case "charge_disputed", "refund_disputed_payment":
		return "The payment is disputed, and Stripe does not refund a disputed payment."
	case "charge_not_refundable":
		return "Stripe does not refund this payment."
	case "balance_insufficient", "insufficient_funds":
		return "The balance in Stripe is too small for this."
	case "payment_method_provider_decline":
		return "Klarna declined."
	case "payment_method_customer_decline":
		return "The customer declined at Klarna."
	case "payment_method_not_available", "payment_method_provider_timeout", "processing_error":
		return "Klarna could not be reached through Stripe."
	case "payment_intent_payment_attempt_expired":
		return "The customer's time at Klarna ran out."
	case "resource_missing":
		return "Stripe does not know this object. It may belong to another account, or to the other of test and live mode."
	case "lock_timeout":
		return "Stripe is busy with another request for the same object."
	case "idempotency_key_in_use":
		return "Stripe is still at work on this same request."
	case "rate_limit":
		return "Stripe takes no more requests at the moment."
	case "country_code_invalid", "country_unsupported", "state_unsupported", "postal_code_invalid", "incorrect_address", "incorrect_zip":
		return "Stripe does not accept the address."
	case "parameter_missing", "parameter_invalid_empty", "parameter_invalid_string_blank", "parameter_invalid_string_empty":
		return "Something that Stripe needs is empty."
	}
	return keySentence(code)
}

// keySentence is for problems with the account or the key.
func keySentence(code string) string {
	switch code {
	case "api_key_expired", "platform_api_key_expired":
		return "The API key has expired. Make a new one in Stripe under Developers, API keys, and set STRIPE_SECRET_KEY."
	case "secret_key_required":
		return "Stripe wants a secret key for this. Check STRIPE_SECRET_KEY."
	case "livemode_mismatch", "testmode_charges_only":
		return "The key and the object belong to different modes, test and live."
	case "account_invalid", "account_closed":
		return "The key does not reach this Stripe account. It may be closed, or access was taken away."
	}
	return ""
}

// missingPermission finds the name of a restricted key's missing permission, such as rak_charge_write, in Stripe's message.
func missingPermission(message string) string {
	return permissionName.FindString(message)
}

var permissionName = regexp.MustCompile(`\brak_[a-z0-9_]+`)

// quote makes Stripe's message fit to be shown to staff; it is left out when it may name a customer or a key.
func quote(message string) string {
	if strings.ContainsAny(message, "@") || strings.Contains(message, "_secret_") || keyShape.MatchString(message) {
		return ""
	}
	q := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsControl(r):
			return ' '
		case r == '“' || r == '”':
			return -1
		}
		return r
	}, message)
	q = strings.TrimRight(strings.Join(strings.Fields(q), " "), ".")
	if r := []rune(q); len(r) > longestQuote {
		q = string(r[:longestQuote]) + "…"
	}
	return q
}

var keyShape = regexp.MustCompile(`\b[srp]k_(test|live)_`)
