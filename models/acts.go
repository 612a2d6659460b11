package models

import "counterfoil/models/money"

// ActState is how far one of our own acts at Stripe has come.
type ActState string

const (
	// ActPending is an act whose outcome is not known yet.
	ActPending ActState = "pending"
	// ActSucceeded is an act that Stripe confirmed.
	ActSucceeded ActState = "succeeded"
	// ActRefused is an act of which nothing was done: Stripe said no, or it never reached Stripe.
	ActRefused ActState = "refused"
)

// Capture is our one capture of an order. Amounts in minor units. At most one row per order is not refused.
type Capture struct {
	ID               string `gorm:"primaryKey"` // cap_…
	OrderID          string
	Amount           int64
	Released         int64
	Currency         string
	Carrier          string // carriers code, empty without tracking
	CarrierName      string // as sent to Stripe
	TrackingNumber   string
	ShippedOn        string // YYYY-MM-DD in the shop's zone
	NoTrackingReason string
	Recipient        Shipping `gorm:"serializer:json"` // name and address from the form, where Stripe had none
	State            ActState
	ActOutcome
}

// TableName implements gorm's Tabler.
func (Capture) TableName() string { return "captures" }

// Money is the amount asked for.
func (c *Capture) Money() money.Amount { return money.Amount{Minor: c.Amount, Currency: c.Currency} }

// Cancellation is our cancellation of an authorization. At most one row per order is not refused.
type Cancellation struct {
	ID      string `gorm:"primaryKey"` // can_…
	OrderID string
	Reason  string // Stripe's: abandoned, duplicate, fraudulent, requested_by_customer
	Note    string
	State   ActState
	ActOutcome
}

// TableName implements gorm's Tabler.
func (Cancellation) TableName() string { return "cancellations" }

// RefundAct is one refund of ours. Its id goes to Stripe as metadata[operation_id]. Amount in minor units; an order may have several.
type RefundAct struct {
	ID       string `gorm:"primaryKey"` // rfd_…
	OrderID  string
	Amount   int64
	Currency string
	Reason   string // Stripe's: duplicate, fraudulent, requested_by_customer
	Note     string
	RefundID string // pyr_… or re_…, empty until Stripe has it
	State    ActState
	ActOutcome
}

// TableName implements gorm's Tabler.
func (RefundAct) TableName() string { return "refund_acts" }

// Money is the amount asked for.
func (r *RefundAct) Money() money.Amount { return money.Amount{Minor: r.Amount, Currency: r.Currency} }

// ActOutcome is what every act at Stripe keeps of its course.
type ActOutcome struct {
	FormToken       string // the form's nonce: the same token again is the same act
	IdempotencyKey  string
	StaffID         string
	StaffName       string
	Requested       Unix // domain time
	Resolved        Unix // domain time; 0 while pending
	Attempts        int64
	ReconcileJob    string // the queued look after a crash
	ErrorKind       ErrorKind
	ErrorCode       string
	ErrorMessage    string // for people
	StripeRequestID string
	NeedsPerson     bool // a cached failure under the key: a new key only after a person confirms
}

// Failure is what a person is told of an act that did not (yet) succeed: kind unknown while pending, else why nothing was done; nil
// for a success.
func (o ActOutcome) Failure(state ActState) error {
	e := &Error{Kind: o.ErrorKind, Code: o.ErrorCode, Message: o.ErrorMessage, StripeRequestID: o.StripeRequestID}
	switch state {
	case ActSucceeded:
		return nil
	case ActPending:
		e.Kind = KindUnknown
	}
	return e
}

// Shipment is one parcel of an order.
type Shipment struct {
	ID             string `gorm:"primaryKey"` // shp_…
	OrderID        string
	Carrier        string // carriers code, "other" for a free name
	CarrierName    string // as sent to Stripe
	CarrierVague   bool   `gorm:"-"` // the name says too little; kept in the order
	TrackingNumber string
	ShippedOn      string   // YYYY-MM-DD in the shop's zone
	Recipient      Shipping `gorm:"serializer:json"` // name and address from the form, where Stripe had none
	Replaces       string   // shp_… that this one corrects
	ReplacedBy     string   // shp_… that corrected this one
	StaffID        string
	StaffName      string
	Created        Unix
	SentAt         Unix // when the charge in Stripe read back with it; 0 until then
	LastError      string
}

// TableName implements gorm's Tabler.
func (Shipment) TableName() string { return "shipments" }

// Note is a remark of staff on an order.
type Note struct {
	ID        string `gorm:"primaryKey"` // not_…
	OrderID   string
	StaffID   string
	StaffName string
	Text      string
	Created   Unix
}

// TableName implements gorm's Tabler.
func (Note) TableName() string { return "notes" }

// AuditEntry says who did what, when and why. It carries ids and field names, never names, addresses or mails of customers.
type AuditEntry struct {
	ID              int64 `gorm:"primaryKey;autoIncrement"`
	At              Unix
	StaffID         string // empty for the desk itself
	StaffName       string
	Action          string            // capture.requested, capture.succeeded, order.note_added, staff.signed_in …
	ObjectID        string            // pi_…, stf_…
	Details         map[string]string `gorm:"serializer:json"`
	RequestID       string            // ours
	StripeRequestID string
}

// TableName implements gorm's Tabler.
func (AuditEntry) TableName() string { return "audit_entries" }
