package orders

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/carriers"
	"counterfoil/models/jobs"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// ShipmentRequest adds a parcel to an order, or corrects one.
type ShipmentRequest struct {
	OrderID   string
	Tracking  Tracking
	Recipient models.Shipping // asked in the form where Stripe has neither name nor address
	Replaces  string          // shp_… that this one corrects, empty for a new parcel
	Actor     models.Actor
}

// pushArgs is what a push job knows: the order whose shipments go to its charge.
type pushArgs struct {
	OrderID string `json:"order_id"`
}

// AddShipment records a parcel and has it sent to the charge in Stripe, again and again until it reads back. The same number of the
// same carrier twice is one shipment. Errors: invalid input (by field), a *models.Refusal of kind conflict, not found, internal.
func (s *Service) AddShipment(ctx context.Context, req ShipmentRequest) (models.Shipment, error) {
	t, err := resolveTracking(req.Tracking)
	if err != nil {
		return models.Shipment{}, err
	}
	if t.Number == "" {
		return models.Shipment{}, invalid("tracking_number", "tracking_missing", "Enter the tracking number.")
	}
	var sh models.Shipment
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		o, err := tx.Order(ctx, req.OrderID)
		if err != nil {
			return err
		}
		if err := asRefusal(CheckShipment(o)); err != nil {
			return err
		}
		if err := checkRecipient(o, req.Recipient); err != nil {
			return err
		}
		sh, err = s.insertShipment(ctx, tx, newShipment(o.ID, t, req.Recipient, req.Replaces, req.Actor))
		return err
	})
	return sh, err
}

func newShipment(orderID string, t Tracking, recipient models.Shipping, replaces string, actor models.Actor) models.Shipment {
	return models.Shipment{
		ID: acts.NewID("shp"), OrderID: orderID, Carrier: t.Carrier, CarrierName: t.CarrierName, CarrierVague: !carriers.IsPrecise(t.CarrierName),
		TrackingNumber: t.Number, ShippedOn: t.ShippedOn, Recipient: recipient, Replaces: replaces, StaffID: actor.StaffID, StaffName: actor.Name,
	}
}

// insertShipment writes the parcel, its audit entry and the job that sends it, in the caller's transaction. A parcel that is there
// already is given back as it is.
func (s *Service) insertShipment(ctx context.Context, tx *store.Tx, sh models.Shipment) (models.Shipment, error) {
	current, err := tx.Shipments(ctx, sh.OrderID)
	if err != nil {
		return sh, err
	}
	for _, have := range currentShipments(current) {
		if have.CarrierName == sh.CarrierName && have.TrackingNumber == sh.TrackingNumber && have.ID != sh.Replaces {
			return have, nil
		}
	}
	sh.Created = models.UnixOf(s.now())
	if err := tx.InsertShipment(ctx, sh); err != nil {
		return sh, err
	}
	if _, err := s.queue.Enqueue(tx, JobPushShipment, pushArgs{OrderID: sh.OrderID}, 0); err != nil {
		return sh, err
	}
	action, details := "shipment.added", map[string]string{"shipment": sh.ID, "carrier": sh.CarrierName, "tracking_number": sh.TrackingNumber}
	if sh.Replaces != "" {
		action, details["replaces"] = "shipment.corrected", sh.Replaces
	}
	return sh, tx.AppendAudit(ctx, s.acts.Audit(models.Actor{StaffID: sh.StaffID, Name: sh.StaffName}, action, sh.OrderID, details))
}

// pushShipments sends an order's present shipments to its charge and marks them sent once the charge reads back with them. Sending the
// same tracking twice does no harm, so each try has a key of its own: a failure that Stripe keeps under a key cannot block it.
func (s *Service) pushShipments(ctx context.Context, args []byte) error {
	var pa pushArgs
	if err := json.Unmarshal(args, &pa); err != nil {
		return fmt.Errorf("push shipments: arguments: %w", err)
	}
	o, err := s.db.Reader.Order(ctx, pa.OrderID)
	if err != nil {
		return err
	}
	all, err := s.db.Reader.Shipments(ctx, o.ID)
	if err != nil {
		return err
	}
	parcels := currentShipments(all)
	if len(parcels) == 0 || o.ChargeID == "" {
		return nil
	}
	noted, err := s.mirror.Note(ctx)
	if err != nil {
		return err
	}
	ship, err := s.shippingToSend(ctx, o, parcels)
	if err != nil {
		return acts.Soon(err)
	}
	res, err := s.gateway.UpdateChargeShipping(payments.InLane(ctx, payments.LaneBulk), o.ChargeID, ship, acts.NewID("push"))
	if err != nil {
		return s.pushFailed(ctx, parcels, err)
	}
	if _, ch := paymentOf(res); ch == nil || ch.Shipping.TrackingNumber != ship.TrackingNumber {
		return &jobs.Later{After: acts.RetryAfter}
	}
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := s.mirror.Apply(tx, noted, res.Snapshots); err != nil {
			return err
		}
		sent := models.UnixOf(s.now())
		for _, sh := range parcels {
			if err := tx.MarkShipmentSent(ctx, sh.ID, sent); err != nil {
				return err
			}
		}
		e := s.acts.Audit(models.Actor{}, "shipment.sent_to_stripe", o.ID, map[string]string{"tracking_number": ship.TrackingNumber})
		e.StripeRequestID = res.RequestID
		return tx.AppendAudit(ctx, e)
	})
}

// pushFailed keeps why Stripe did not take the tracking. A definite no ends the tries; anything else is tried again.
func (s *Service) pushFailed(ctx context.Context, parcels []models.Shipment, cause error) error {
	var out models.ActOutcome
	acts.NoteFailure(&out, cause)
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		for _, sh := range parcels {
			if err := tx.MarkShipmentFailed(ctx, sh.ID, out.ErrorMessage); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	if models.IsKind(cause, models.KindRefused) || models.IsKind(cause, models.KindNotFound) {
		return nil
	}
	return acts.Soon(cause)
}

// shippingToSend reads the charge and puts the parcels into its own shipping: Stripe replaces the hash as one, so what stands there
// is carried through.
func (s *Service) shippingToSend(ctx context.Context, o models.Order, parcels []models.Shipment) (models.Shipping, error) {
	res, err := s.gateway.PaymentIntent(payments.InLane(ctx, payments.LaneBulk), o.ID)
	if err != nil {
		return models.Shipping{}, err
	}
	pi, ch := paymentOf(res)
	if pi != nil {
		o.Shipping = pi.Shipping
	}
	if ch != nil {
		o.ChargeShipping = ch.Shipping
	}
	ship := recipient(o)
	var names, numbers []string
	for _, sh := range parcels {
		if !complete(ship) {
			ship = sh.Recipient
		}
		if len(names) == 0 || names[len(names)-1] != sh.CarrierName {
			names = append(names, sh.CarrierName)
		}
		numbers = append(numbers, sh.TrackingNumber)
	}
	// Several carriers and numbers are separated by commas (docs.stripe.com/api/disputes, evidence.shipping_carrier).
	ship.Carrier, ship.TrackingNumber = strings.Join(names, ", "), strings.Join(numbers, ", ")
	return ship, nil
}

// currentShipments leaves out what was corrected.
func currentShipments(all []models.Shipment) []models.Shipment {
	var now []models.Shipment
	for _, sh := range all {
		if sh.ReplacedBy == "" {
			now = append(now, sh)
		}
	}
	return now
}

// complete tells whether Stripe takes tracking with this shipping: name and address are required beside it
// (docs.stripe.com/api/payment_intents/update, shipping.name and shipping.address).
func complete(s models.Shipping) bool { return s.Name != "" && s.Address.Line1 != "" }

// NeedsRecipient tells whether Stripe has no name and address for the order, so that tracking needs them typed.
func NeedsRecipient(o models.Order) bool { return !complete(recipient(o)) }

// recipient is the name and address that Stripe has for an order: the charge's, else the PaymentIntent's, else the billing details.
func recipient(o models.Order) models.Shipping {
	for _, s := range []models.Shipping{o.ChargeShipping, o.Shipping} {
		if complete(s) {
			return s
		}
	}
	return models.Shipping{Name: o.CustomerName, Phone: o.CustomerPhone, Address: o.Billing}
}

// checkRecipient refuses tracking where neither Stripe nor the form has a name and an address.
func checkRecipient(o models.Order, typed models.Shipping) error {
	switch {
	case !NeedsRecipient(o) || complete(typed):
		return nil
	case typed.Name == "":
		return invalid("ship_name", "recipient_missing",
			"Stripe takes a tracking number only together with the recipient's name and address, and has neither for this order.")
	}
	return invalid("ship_line1", "recipient_missing", "Write the street and number that the parcel goes to.")
}

// shippingFor is what goes onto the PaymentIntent before the capture; ok is false where there is nothing to send.
func shippingFor(o models.Order, c *models.Capture) (models.Shipping, bool) {
	if c.TrackingNumber == "" {
		return models.Shipping{}, false
	}
	ship := recipient(o)
	if !complete(ship) {
		ship = c.Recipient
	}
	ship.Carrier, ship.TrackingNumber = c.CarrierName, c.TrackingNumber
	return ship, complete(ship)
}
