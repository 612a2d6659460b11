package store

import (
	"context"

	"counterfoil/models"
)

// OrdersByReference gives the orders with these references, by reference; several orders may have one. Errors: internal.
func (q *queries) OrdersByReference(ctx context.Context, references []string) (map[string][]models.Order, error) {
	found := map[string][]models.Order{}
	const part = 400 // parameters of one question
	for from := 0; from < len(references); from += part {
		rows, err := all[models.Order](q.gorm(ctx).Where("reference in ?", references[from:min(from+part, len(references))]).Where("reference <> ''").Order("rowid"))
		if err != nil {
			return nil, err
		}
		for _, o := range rows {
			found[o.Reference] = append(found[o.Reference], o)
		}
	}
	return found, nil
}

// OrdersByEmail gives the newest orders of a customer's e-mail, in upper or lower case, at most limit. Errors: internal.
func (q *queries) OrdersByEmail(ctx context.Context, email string, limit int) (found []models.Order, err error) {
	err = q.eachRow(ctx, `select `+listColumns+` from orders o indexed by orders_email where o.customer_email = ?1 collate nocase and o.customer_email <> ''
		order by o.rowid desc limit ?2`, []any{email, limit}, func(scan scanner) error { return addOrder(&found, scan) })
	return found, err
}

// ShipmentsOf gives the present parcels of these orders, by order. Errors: internal.
func (q *queries) ShipmentsOf(ctx context.Context, orderIDs []string) (map[string][]models.Shipment, error) {
	found := map[string][]models.Shipment{}
	const part = 400
	for from := 0; from < len(orderIDs); from += part {
		rows, err := all[models.Shipment](q.gorm(ctx).Where("order_id in ?", orderIDs[from:min(from+part, len(orderIDs))]).Where("replaced_by = ''"))
		if err != nil {
			return nil, err
		}
		for _, s := range rows {
			found[s.OrderID] = append(found[s.OrderID], s)
		}
	}
	return found, nil
}
