package models

// EventState is what the mirror did with an event.
type EventState string

// The states of a stored event.
const (
	EventApplied EventState = "applied" // its snapshot is in the mirror
	EventStale   EventState = "stale"   // older than or as old as what we have: the object is fetched again
	EventIgnored EventState = "ignored" // of a type or an object that is not mirrored
	EventFailed  EventState = "failed"  // set aside with its error
)

// StripeEvent is one event as Stripe delivered it.
type StripeEvent struct {
	ID         string `gorm:"primaryKey"` // evt_…
	Type       string
	APIVersion string // may be empty
	ObjectID   string
	ObjectKind ObjectKind
	OrderID    string // pi_… where the object names one
	Created    Unix   // Stripe's clock
	Received   Unix   // wall clock
	State      EventState
	Error      string
	Payload    []byte
}

// TableName implements gorm's Tabler.
func (StripeEvent) TableName() string { return "stripe_events" }
