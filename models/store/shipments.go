package store

import (
	"context"

	"counterfoil/models"
)

// InsertShipment writes a parcel. Where it replaces another of the same order, that one is marked as replaced and kept. An order whose
// parcel has a number counts as one with tracking from now on, by the name of its carrier.
// Errors: conflict (code "replaced") when the other was replaced before or belongs elsewhere, ErrDuplicate, ErrForeignKey, internal.
func (tx *Tx) InsertShipment(ctx context.Context, s models.Shipment) error {
	if err := tx.create(ctx, &s); err != nil {
		return err
	}
	if s.Replaces != "" {
		if err := tx.replaceShipment(ctx, s); err != nil {
			return err
		}
	}
	if s.TrackingNumber == "" {
		return nil
	}
	_, err := tx.exec(ctx, `update orders set has_tracking = 1, tracked_at = ?2, carrier_vague = ?3 where id = ?1 and has_tracking = 0`, s.OrderID, int64(s.Created), s.CarrierVague)
	return err
}

func (tx *Tx) replaceShipment(ctx context.Context, s models.Shipment) error {
	n, err := tx.exec(ctx, `update shipments set replaced_by = ?1 where id = ?2 and order_id = ?3 and replaced_by = ''`, s.ID, s.Replaces, s.OrderID)
	if err == nil && n == 0 {
		err = &models.Error{Kind: models.KindConflict, Code: "replaced", Message: "This tracking was corrected by somebody else in the meantime. Look at the order again."}
	}
	return err
}

// MarkShipmentSent notes that the charge in Stripe read back with the shipment. Errors: not found, internal.
func (tx *Tx) MarkShipmentSent(ctx context.Context, id string, at models.Unix) error {
	return tx.execOne(ctx, `update shipments set sent_at = ?2, last_error = '' where id = ?1`, id, int64(at))
}

// MarkShipmentFailed keeps why Stripe has not taken the shipment yet. Errors: not found, internal.
func (tx *Tx) MarkShipmentFailed(ctx context.Context, id, reason string) error {
	return tx.execOne(ctx, `update shipments set last_error = ?2 where id = ?1`, id, reason)
}

// Shipment gives one parcel. Errors: not found, internal.
func (q *queries) Shipment(ctx context.Context, id string) (models.Shipment, error) {
	var s models.Shipment
	err := q.gorm(ctx).Where("id = ?", id).Take(&s).Error
	return s, mapError(err)
}

// Shipments gives all parcels of an order, replaced ones too, oldest first. Errors: internal.
func (q *queries) Shipments(ctx context.Context, orderID string) ([]models.Shipment, error) {
	return all[models.Shipment](q.gorm(ctx).Where("order_id = ?", orderID).Order("created, rowid"))
}
