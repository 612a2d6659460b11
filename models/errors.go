package models

import (
	"errors"
	"fmt"
)

// ErrorKind says what went wrong in terms a caller can act on. web/errors.go is the one place that turns it into a status.
type ErrorKind string

const (
	// KindInvalid is bad input: 422, with a message by the field.
	KindInvalid ErrorKind = "invalid"
	// KindConflict is an act that the present state does not allow: 409.
	KindConflict ErrorKind = "conflict"
	// KindNotFound is an object that we do not have: 404.
	KindNotFound ErrorKind = "not_found"
	// KindForbidden is an act that the role does not allow: 403.
	KindForbidden ErrorKind = "forbidden"
	// KindUnauthenticated is a request without a session: to the sign-in page.
	KindUnauthenticated ErrorKind = "unauthenticated"
	// KindTooMany is a throttled request: 429.
	KindTooMany ErrorKind = "too_many"
	// KindTooLarge is a body over its limit: 413.
	KindTooLarge ErrorKind = "too_large"
	// KindRefused is a definite no of Stripe (4xx): nothing was done.
	KindRefused ErrorKind = "refused"
	// KindUnavailable is a failure before anything can have happened at Stripe: nothing was done.
	KindUnavailable ErrorKind = "unavailable"
	// KindUnknown is an act at Stripe whose outcome is not known (timeout, 5xx, half an answer). It is a state, never retried blindly.
	KindUnknown ErrorKind = "unknown"
	// KindInternal is a fault of ours: 500.
	KindInternal ErrorKind = "internal"
)

// Error is an error that a person may meet. Message is a whole sentence for people, in English, free of personal data;
// Err is for the log only.
type Error struct {
	Kind            ErrorKind
	Code            string // stable word: Stripe's error code or our own, e.g. "amount_too_large"
	Message         string // for people
	Field           string // form field the message belongs to, if any
	StripeRequestID string // req_… where Stripe gave one
	Err             error
}

// Error implements error, for logs.
func (e *Error) Error() string {
	s := string(e.Kind)
	if e.Code != "" {
		s += " " + e.Code
	}
	if e.Message != "" {
		s += ": " + e.Message
	}
	if e.Err != nil {
		s += fmt.Sprintf(" (%v)", e.Err)
	}
	return s
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind of the first *Error in the chain, KindInternal for any other error and "" for nil.
func KindOf(err error) ErrorKind {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return KindInternal
}

// MessageOf is what a person is told of an error.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Message
	}
	return "Something went wrong on our side."
}

// IsKind tells whether err is of kind k.
func IsKind(err error, k ErrorKind) bool { return err != nil && KindOf(err) == k }
