package batches

import (
	"time"

	"counterfoil/models"
	"counterfoil/models/orders"
)

// planOrder says what a batch would do to an order, or why it is left out.
func planOrder(kind models.BatchKind, f orders.Facts, known bool, now time.Time) models.BatchRow {
	row := models.BatchRow{State: models.RowLeftOut}
	if !known {
		row.Code, row.Message = "unknown_order", "There is no such order."
		return row
	}
	o := f.Order
	row.OrderID, row.Currency, row.HasTracking = o.ID, o.Currency, o.HasTracking
	var refusal *models.Refusal
	switch kind {
	case models.BatchCapture:
		refusal, row.Act, row.Amount = orders.CheckCapture(f, now), models.ActCapture, o.Capturable().Minor
	case models.BatchCancel:
		refusal, row.Act, row.Amount = orders.CheckCancel(f, now), models.ActCancel, o.Capturable().Minor
	}
	if refusal != nil {
		row.Act, row.Amount, row.Code, row.Message = models.ActNone, 0, refusal.Code, refusal.Message
		return row
	}
	row.State = models.RowWaiting
	return row
}
