package batches

import (
	"context"

	"counterfoil/models"
)

// match finds the order of each line and judges what would happen to it.
func (s *Service) match(_ context.Context, lines []Line) ([]models.BatchRow, error) {
	rows := make([]models.BatchRow, len(lines))
	for i, l := range lines {
		rows[i] = models.BatchRow{Line: l.Number, OrderText: l.Order, State: models.RowLeftOut}
	}
	return rows, nil
}
