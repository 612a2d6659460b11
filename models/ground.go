package models

import "strings"

// CaptureGround is why a shop may capture automatically. Klarna restricts automatic capture to five kinds of business and to what it has
// approved (docs.klarna.com, use cases, automatic capture).
type CaptureGround string

// The grounds.
const (
	GroundNone     CaptureGround = ""
	GroundInStore  CaptureGround = "in_store"
	GroundDigital  CaptureGround = "digital"
	GroundVouchers CaptureGround = "vouchers"
	GroundServices CaptureGround = "services_events"
	GroundWithin24 CaptureGround = "within_24h" // the order is fulfilled within 24 hours of its creation
	GroundApproved CaptureGround = "klarna_approved"
)

// CaptureGrounds are all grounds that can be recorded, none first.
func CaptureGrounds() []CaptureGround {
	return []CaptureGround{GroundNone, GroundInStore, GroundDigital, GroundVouchers, GroundServices, GroundWithin24, GroundApproved}
}

// GroundRecord is the ground as somebody recorded it.
type GroundRecord struct {
	Ground    CaptureGround `json:"ground"`
	Note      string        `json:"note"` // who at Klarna approved it and when, or what else there is to say
	StaffName string        `json:"staff_name"`
	At        Unix          `json:"at"` // 0 as long as nothing was recorded
}

// Flags tells whether an order was captured automatically without a recorded ground.
func (g GroundRecord) Flags(o Order) bool {
	return g.Ground == GroundNone && o.IsCaptured() && strings.HasPrefix(o.CaptureMethod, "automatic")
}
