package views

import (
	"counterfoil/models"
	"counterfoil/models/carriers"
	"counterfoil/views/ui"
)

// ShipmentsRegion is every parcel of an order, with the form for another one or for a correction.
type ShipmentsRegion struct {
	Rows     []shipmentRow
	Empty    string
	Notices  []Notice
	CanAdd   bool
	Open     bool
	Action   string
	Token    string
	Carrier  ui.FieldModel
	Other    ui.FieldModel
	Number   ui.FieldModel
	Shipped  ui.FieldModel
	Replaces *ui.FieldModel

	Recipient []ui.FieldModel // nil where Stripe knows the recipient
}

// shipmentRow is one parcel.
type shipmentRow struct {
	Carrier  string
	Number   string
	URL      string // "" where the carrier's page takes no number
	Shipped  ui.Moment
	Sent     string
	SentTone ui.Tone
	Replaced bool
	Doubt    string // advice on the number
}

// newShipmentsRegion makes the region of the parcels.
func newShipmentsRegion(in OrderInput) ShipmentsRegion {
	o, f := in.Order, in.ShipmentForm
	r := ShipmentsRegion{Action: orderURL(o.ID) + "/shipments", Token: orToken(f.Token, in.FormToken), CanAdd: in.CanAct && in.ShipmentRefusal == "",
		Empty: noShipments(in)}
	for _, sh := range in.Shipments {
		r.Rows = append(r.Rows, newShipmentRow(in.Shell, o, sh))
	}
	if len(in.Shipments) == 0 {
		r.Rows = append(r.Rows, foreignShipment(o)...)
	}
	if in.Conflict != nil && in.Conflict.Act == "sent" {
		r.Notices = append(r.Notices, conflictNotice(in))
	}
	if len(f.Errors) > 0 {
		r.Open = true
		r.Notices = append(r.Notices, errorNotice("Nothing was sent to Stripe.", f.Errors))
	}
	if r.CanAdd {
		r.fields(in, f)
	}
	return r
}

func noShipments(in OrderInput) string {
	switch {
	case in.ShipmentRefusal != "":
		return in.ShipmentRefusal
	case in.Order.IsCaptured():
		return "Captured without tracking. A tracking number can be added at any time: it is what decides a dispute about goods not received."
	}
	return "None yet. A tracking number can go along with the capture, or be added at any time."
}

func newShipmentRow(s Shell, o models.Order, sh models.Shipment) shipmentRow {
	row := shipmentRow{Carrier: sh.CarrierName, Number: sh.TrackingNumber, Replaced: sh.ReplacedBy != "", Shipped: shippedMoment(s, sh.ShippedOn)}
	if c, ok := carriers.Lookup(sh.Carrier); ok {
		row.URL = c.URL(sh.TrackingNumber, o.Country)
		if verdict, why := carriers.Check(sh.Carrier, sh.TrackingNumber); verdict == carriers.Doubtful && !row.Replaced {
			row.Doubt = why
		}
	}
	switch {
	case row.Replaced:
		row.Sent = "corrected since"
	case sh.SentAt != 0:
		row.Sent, row.SentTone = "sent to Stripe, "+s.clock().DayTime(sh.SentAt.Time()).Text, ui.ToneOK
	case !o.IsCaptured():
		row.Sent = "not yet sent to Stripe"
	default:
		row.Sent, row.SentTone = "not yet sent to Stripe, we keep trying", ui.ToneWarn
	}
	return row
}

// foreignShipment is tracking that stands in Stripe and was not given here.
func foreignShipment(o models.Order) []shipmentRow {
	for _, sh := range []models.Shipping{o.ChargeShipping, o.Shipping} {
		if sh.TrackingNumber != "" {
			return []shipmentRow{{Carrier: sh.Carrier, Number: sh.TrackingNumber, Sent: "found in Stripe"}}
		}
	}
	return nil
}

func (r *ShipmentsRegion) fields(in OrderInput, f ShipmentForm) {
	t := trackingFields{prefix: "shipment", country: in.Order.Country, today: today(in.Shell), errors: f.Errors, warnings: f.Warnings}
	r.Carrier, r.Other, r.Shipped = t.carrier(f.Carrier), t.otherName(f.CarrierName), t.shippedOn(f.ShippedOn)
	r.Number = t.number(f.TrackingNumber, "Sent to Stripe, and again until it reads back.")
	r.Number.Required = true
	if in.AskRecipient {
		r.Recipient = t.recipient(f.Recipient)
	}
	options := []ui.Option{{Value: "", Text: "One more parcel"}}
	for _, sh := range in.Shipments {
		if sh.ReplacedBy == "" {
			options = append(options, ui.Option{Value: sh.ID, Text: "A correction of " + sh.CarrierName + " " + sh.TrackingNumber})
		}
	}
	if len(options) > 1 {
		r.Replaces = &ui.FieldModel{ID: "shipment-replaces", Name: "replaces", Label: "This number is", Value: f.Replaces, Options: options,
			Error: f.Errors["replaces"], Help: "A corrected number stays in the history."}
	}
}
