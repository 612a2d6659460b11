package orders

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/store"
)

// AddNote writes a remark on an order. The same form token again is the same note.
// Errors: invalid input on "text", not found, internal.
func (s *Service) AddNote(ctx context.Context, orderID, text, formToken string, actor models.Actor) error {
	text = strings.TrimSpace(text)
	switch {
	case text == "":
		return invalid("text", "note_empty", "Write the note first.")
	case len([]rune(text)) > models.MaxNoteLength:
		return invalid("text", "too_long", fmt.Sprintf("At most %d characters; this note has %d.", models.MaxNoteLength, len([]rune(text))))
	}
	note := models.Note{ID: "not_" + formToken, OrderID: orderID, StaffID: actor.StaffID, StaffName: actor.Name, Text: text, Created: models.UnixOf(s.now())}
	if formToken == "" {
		note.ID = acts.NewID("not")
	}
	err := s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Order(ctx, orderID); err != nil {
			return err
		}
		if err := tx.InsertNote(ctx, note); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.acts.Audit(actor, "order.note_added", orderID, map[string]string{"note": note.ID}))
	})
	if errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	return err
}
