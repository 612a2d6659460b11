// Package evidence holds the pure rules of a dispute: which evidence counts, what is known by itself, what may be sent when, and what
// each way costs. Sources are docs.stripe.com/payments/klarna/disputes, docs.stripe.com/api/disputes/object and docs.klarna.com, disputes.
package evidence

import "fmt"

// Kind is what a field of the evidence takes.
type Kind string

// The kinds of fields.
const (
	KindText Kind = "text" // several lines
	KindLine Kind = "line" // one line
	KindFile Kind = "file"
)

const (
	longText  = 20_000
	shortText = 5_000
	// MaxTogether is how many characters all texts may have. Source: docs.stripe.com/api/disputes/object, evidence.
	MaxTogether = 150_000
)

// Field is one of the fields of a dispute's evidence.
type Field struct {
	Name  string // Stripe's
	Label string
	Hint  string
	Kind  Kind
	Max   int // characters of a text
}

// Fields are all fields that can be sent, in the order in which people read them. Source of the names and limits:
// docs.stripe.com/api/disputes/object, evidence (version 2023-10-16).
func Fields() []Field {
	return []Field{
		{"uncategorized_text", "What happened", "Facts and dates, in the order they happened.", KindText, longText},
		{"customer_name", "Customer’s name", "", KindLine, shortText},
		{"customer_email_address", "Customer’s e-mail", "", KindLine, shortText},
		{"billing_address", "Billing address", "", KindText, shortText},
		{"shipping_address", "Shipping address", "", KindText, shortText},
		{"shipping_carrier", "Carrier", "Several are separated by commas.", KindLine, shortText},
		{"shipping_tracking_number", "Tracking number", "Several are separated by commas.", KindLine, shortText},
		{"shipping_date", "Shipped on", "As a person would write it.", KindLine, shortText},
		{"product_description", "What was sold", "", KindText, longText},
		{"refund_refusal_explanation", "Why there is no refund, or which there was", "Is the return received? What was refunded?", KindText, longText},
		{"duplicate_charge_explanation", "Why it is not paid twice", "", KindText, longText},
		{"duplicate_charge_id", "The other payment’s id", "Only if it is another payment at Stripe.", KindLine, shortText},
		{"access_activity_log", "Log of access or use", "Who used it, when and from where.", KindText, longText},
		{"customer_purchase_ip", "IP address of the purchase", "", KindLine, shortText},
		{"service_date", "Day of the service or event", "As a person would write it.", KindLine, shortText},
		{"refund_policy_disclosure", "How the refund policy was shown", "", KindText, longText},
		{"cancellation_policy_disclosure", "How the cancellation policy was shown", "", KindText, longText},
		{"cancellation_rebuttal", "Why it was not canceled", "", KindText, longText},
		{"shipping_documentation", "Proof of delivery", "", KindFile, 0},
		{"receipt", "Invoice or receipt", "", KindFile, 0},
		{"customer_communication", "Messages with the customer", "", KindFile, 0},
		{"customer_signature", "Customer’s signature", "", KindFile, 0},
		{"service_documentation", "Proof of the service", "", KindFile, 0},
		{"duplicate_charge_documentation", "Proof of the other payment", "", KindFile, 0},
		{"refund_policy", "Refund policy", "", KindFile, 0},
		{"cancellation_policy", "Cancellation policy", "", KindFile, 0},
		{"uncategorized_file", "Other proof", "", KindFile, 0},
	}
}

// FieldOf gives a field by Stripe's name.
func FieldOf(name string) (Field, bool) {
	for _, f := range Fields() {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// CheckTexts says what is too long, by field, and as "" for all together. Characters are counted as runes.
func CheckTexts(values map[string]string) map[string]string {
	errs := map[string]string{}
	all := 0
	for _, f := range Fields() {
		n := len([]rune(values[f.Name]))
		all += n
		if f.Kind != KindFile && n > f.Max {
			errs[f.Name] = fmt.Sprintf("%s of %s characters: %s too many.", thousands(n), thousands(f.Max), thousands(n-f.Max))
		}
	}
	if all > MaxTogether {
		errs[""] = fmt.Sprintf("All texts together have %s characters; %s are allowed. Shorten by %s.", thousands(all), thousands(MaxTogether), thousands(all-MaxTogether))
	}
	return errs
}

// thousands writes a number with commas.
func thousands(n int) string {
	if n < 1000 {
		return fmt.Sprint(n)
	}
	return fmt.Sprintf("%s,%03d", thousands(n/1000), n%1000)
}
