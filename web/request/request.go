// Package request carries what a request knows (who asks, in which language and zone, under which token) through its context.
package request

import (
	"context"
	"time"

	"counterfoil/models"
)

// key is the type of this package's context keys, so that no other package's keys can be equal to them.
type key int

const (
	staffKey key = iota
	localeKey
	zoneKey
	csrfKey
	requestIDKey
)

// DefaultLocale is the language of a request that asked for none.
const DefaultLocale = "en"

// WithStaff adds the person who is signed in.
func WithStaff(ctx context.Context, staff *models.Staff) context.Context {
	return context.WithValue(ctx, staffKey, staff)
}

// Staff gives the person who is signed in, nil where nobody is.
func Staff(ctx context.Context) *models.Staff {
	staff, _ := ctx.Value(staffKey).(*models.Staff)
	return staff
}

// WithLocale adds the language tag of the page, "en" or "sv-SE".
func WithLocale(ctx context.Context, locale string) context.Context {
	return context.WithValue(ctx, localeKey, locale)
}

// Locale gives the language tag of the page, DefaultLocale where none was set.
func Locale(ctx context.Context) string {
	if locale, _ := ctx.Value(localeKey).(string); locale != "" {
		return locale
	}
	return DefaultLocale
}

// WithZone adds the time zone that people see, the shop's.
func WithZone(ctx context.Context, zone *time.Location) context.Context {
	return context.WithValue(ctx, zoneKey, zone)
}

// Zone gives the time zone that people see, UTC where none was set. It is never nil.
func Zone(ctx context.Context) *time.Location {
	if zone, _ := ctx.Value(zoneKey).(*time.Location); zone != nil {
		return zone
	}
	return time.UTC
}

// WithCSRF adds the token that every form of this request carries.
func WithCSRF(ctx context.Context, token string) context.Context {
	return context.WithValue(ctx, csrfKey, token)
}

// CSRF gives the token that every form carries, "" on a page without a session.
func CSRF(ctx context.Context) string {
	token, _ := ctx.Value(csrfKey).(string)
	return token
}

// WithRequestID adds our own id of the request, as logged and shown as "Ref".
func WithRequestID(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, requestIDKey, id)
}

// RequestID gives our own id of the request, "" outside of one.
func RequestID(ctx context.Context) string {
	id, _ := ctx.Value(requestIDKey).(string)
	return id
}
