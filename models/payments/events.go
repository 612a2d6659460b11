package payments

import (
	"crypto/hmac"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"strings"
	"time"

	"github.com/stripe/stripe-go/v76/webhook"

	"counterfoil/models"
)

// SignatureTolerance is how old a signature may be (docs.stripe.com/webhooks: five minutes).
const SignatureTolerance = 300 * time.Second

// maxSignatures bounds the work that a forged header can cause; Stripe sends one for each secret that is valid.
const maxSignatures = 16

// Event is one event of Stripe with the object that it carries. Only the envelope is read; the object may be of any kind and version.
type Event struct {
	ID              string
	Type            string
	APIVersion      string // empty where Stripe gave none
	Created         models.Unix
	Livemode        bool
	ObjectKind      models.ObjectKind // as Stripe names it, mirrored or not
	ObjectID        string            // empty for objects without one, such as a balance
	PaymentIntentID string            // the payment that the object is or names; empty if none
	Object          json.RawMessage   // a copy
}

// ParseEvent reads an event's envelope in one pass. It returns KindInvalid, naming the field, for anything that is not an event.
func ParseEvent(raw []byte) (Event, error) {
	s := scanner{src: raw}
	e, kind, created := Event{}, "", whole{}
	var object []byte
	s.members(func(key []byte) {
		switch string(key) {
		case "id":
			e.ID = s.text()
		case "object":
			kind = s.text()
		case "type":
			e.Type = s.text()
		case "api_version":
			e.APIVersion = s.text()
		case "created":
			created = s.whole("created")
		case "livemode":
			e.Livemode = s.flag()
		case "data":
			object = s.eventData(&e)
		default:
			s.skip()
		}
	})
	s.end()
	switch {
	case s.err != nil:
		return Event{}, refusal("event", e.ID, s.err)
	case kind != "event":
		return Event{}, refusal("event", e.ID, &fieldError{"object", `is not "event"`})
	case e.ID == "":
		return Event{}, refusal("event", "", &fieldError{"id", "is missing"})
	case e.Type == "":
		return Event{}, refusal("event", e.ID, &fieldError{"type", "is missing"})
	case !created.set:
		return Event{}, refusal("event", e.ID, &fieldError{"created", "is missing"})
	case object == nil:
		return Event{}, refusal("event", e.ID, &fieldError{"data.object", "is missing"})
	}
	e.Created = models.Unix(created.v)
	e.Object = append(json.RawMessage(nil), object...)
	return e, nil
}

// eventData reads what the event says about its object and gives the object's bytes.
func (s *scanner) eventData(e *Event) (object []byte) {
	s.optionalMembers(func(key []byte) {
		if string(key) != "object" || s.peek() != '{' {
			s.skip()
			return
		}
		start := s.pos
		payment := ""
		s.members(func(key []byte) {
			switch string(key) {
			case "id":
				e.ObjectID = s.text()
			case "object":
				e.ObjectKind = models.ObjectKind(s.text())
			case "payment_intent":
				payment = s.plainReference()
			default:
				s.skip()
			}
		})
		object = s.src[start:s.pos]
		e.PaymentIntentID = payment
		if e.ObjectKind == models.ObjectPaymentIntent {
			e.PaymentIntentID = e.ObjectID
		}
	})
	return object
}

// Snapshots reads the event's object as it was when the event was made. Refunds and balance transactions do not tell their mode: they
// get the event's. It returns KindInvalid, naming the field and the event's API version, for an object that is not mirrored or that
// cannot be read.
func (e *Event) Snapshots() ([]models.Snapshot, error) {
	snaps, err := parseObject(e.Object, e.Created, e.Livemode)
	if err != nil {
		err.Message += " It came in the event " + e.ID + " of API version " + orElse(e.APIVersion, "(not told)") + "."
		return nil, err
	}
	return snaps, nil
}

// VerifySignature checks a webhook's Stripe-Signature header against the raw body. Several signatures may stand in it while a secret is
// being rolled: one that fits is enough. It returns KindInvalid with code not_signed, signature_malformed, signature_too_old or
// signature_wrong. Source: docs.stripe.com/webhooks, "Verify webhook signatures manually".
func VerifySignature(body []byte, header, secret string, now time.Time) error {
	if secret == "" {
		return signatureError("signature_wrong", "There is no webhook secret to check the signature with.")
	}
	if header == "" {
		return signatureError("not_signed", "The request carries no Stripe-Signature.")
	}
	signed, signatures, ok := parseSignature(header)
	if !ok {
		return signatureError("signature_malformed", "The Stripe-Signature cannot be read.")
	}
	if now.Sub(signed) > SignatureTolerance {
		return signatureError("signature_too_old", "The Stripe-Signature is older than five minutes.")
	}
	want := webhook.ComputeSignature(signed, body, secret)
	for _, s := range signatures {
		if hmac.Equal(want, s) {
			return nil
		}
	}
	return signatureError("signature_wrong", "The Stripe-Signature does not fit the request.")
}

func signatureError(code, message string) error {
	return newError(models.KindInvalid, code, message, nil)
}

// parseSignature reads "t=1495999758,v1=5257a8…,v1=…,v0=…". Exactly one time must be given.
func parseSignature(header string) (signed time.Time, signatures [][]byte, ok bool) {
	for part := range strings.SplitSeq(header, ",") {
		name, value, found := strings.Cut(strings.TrimSpace(part), "=")
		if !found {
			return time.Time{}, nil, false
		}
		switch name {
		case "t":
			seconds, err := strconv.ParseInt(value, 10, 64)
			if err != nil || !signed.IsZero() {
				return time.Time{}, nil, false
			}
			signed = time.Unix(seconds, 0)
		case "v1":
			if s, err := hex.DecodeString(value); err == nil && len(signatures) < maxSignatures {
				signatures = append(signatures, s)
			}
		}
	}
	return signed, signatures, !signed.IsZero() && len(signatures) > 0
}
