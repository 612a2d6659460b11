package models

import "encoding/json"

// ObjectKind is Stripe's word in an object's "object" field.
type ObjectKind string

// The kinds of Stripe object that the mirror keeps.
const (
	ObjectPaymentIntent      ObjectKind = "payment_intent"
	ObjectCharge             ObjectKind = "charge"
	ObjectRefund             ObjectKind = "refund"
	ObjectDispute            ObjectKind = "dispute"
	ObjectPayout             ObjectKind = "payout"
	ObjectBalanceTransaction ObjectKind = "balance_transaction"
)

// Snapshot is one Stripe object as it was at one moment of Stripe's clock. Exactly one of the typed pointers is set, by Kind.
type Snapshot struct {
	Kind     ObjectKind
	ID       string
	Livemode bool
	AsOf     Unix            // Stripe's clock: the event's created, or the Date of the answer that carried it
	Raw      json.RawMessage // as Stripe sent it

	PaymentIntent      *PaymentIntent
	Charge             *Charge
	Refund             *Refund
	Dispute            *Dispute
	Payout             *Payout
	BalanceTransaction *BalanceTransaction
}

// PaymentIntent is what the mirror reads of a PaymentIntent. Amounts in minor units, currency upper case.
type PaymentIntent struct {
	ID                 string
	Amount             int64
	AmountCapturable   int64
	AmountReceived     int64
	Currency           string
	Status             string // Stripe's: requires_payment_method … canceled
	CaptureMethod      string // automatic, automatic_async, manual; Klarna's own option wins over the intent's
	PaymentMethodTypes []string
	LatestCharge       string
	Created            Unix
	CanceledAt         Unix
	CancellationReason string
	CustomerID         string
	Description        string
	Metadata           map[string]string
	ReceiptEmail       string
	LastErrorCode      string
	LastErrorMessage   string
	Shipping           Shipping
}

// Charge is what the mirror reads of a charge (py_… for Klarna). Amounts in minor units, currency upper case.
type Charge struct {
	ID                 string
	PaymentIntentID    string
	Amount             int64
	AmountCaptured     int64
	AmountRefunded     int64 // Stripe's figure; may contain a partial capture's released rest, so never show it as refunded
	Currency           string
	Status             string // succeeded, pending, failed
	Captured           bool
	Refunded           bool
	Disputed           bool
	Created            Unix // the authorization's moment
	MethodType         string
	KlarnaCategory     string // pay_later, pay_now, pay_with_financing, pay_in_installments
	PreferredLocale    string
	PayerCountry       string // payment_method_details.klarna.payer_details.address.country where given
	BillingName        string
	BillingEmail       string
	Billing            Address
	CustomerID         string
	BalanceTransaction string
	FailureCode        string
	FailureMessage     string
	Shipping           Shipping
}

// Address is a postal address as Stripe keeps it.
type Address struct {
	Line1, Line2, PostalCode, City, State, Country string
}

// IsZero tells whether no part of the address is known.
func (a Address) IsZero() bool { return a == Address{} }

// Shipping is Stripe's shipping hash. Name and address must be sent whenever carrier or tracking number are
// (docs.stripe.com/api/payment_intents/update).
type Shipping struct {
	Name           string
	Phone          string
	Address        Address
	Carrier        string
	TrackingNumber string
}
