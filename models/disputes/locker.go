package disputes

import (
	"context"
	"fmt"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/documents"
	"counterfoil/models/evidence"
	"counterfoil/models/store"
)

const (
	// maxDocuments is how many files an order may have in the locker, and maxLocker how large they may be together.
	maxDocuments = 50
	maxLocker    = 100_000_000
)

// AddRequest puts a file into an order's evidence locker.
type AddRequest struct {
	OrderID string
	Field   string // which field of the evidence it serves: a file's
	Name    string
	Content []byte
	Actor   models.Actor
}

// AddDocument keeps a file with an order, from when it is known and for whatever dispute may come: checked by its content, hashed and dated.
// The same file for the same field again is the one that is there. Errors: invalid (fields "file", "field"), not found, internal.
func (s *Service) AddDocument(ctx context.Context, req AddRequest) (models.Document, error) {
	if f, ok := evidence.FieldOf(req.Field); !ok || f.Kind != evidence.KindFile {
		return models.Document{}, invalid("field", "field_missing", "Choose what this file shows.")
	}
	read, err := documents.Read(req.Name, req.Content)
	if err != nil {
		return models.Document{}, err
	}
	doc := models.Document{
		ID: acts.NewID("doc"), OrderID: req.OrderID, Field: req.Field, Name: read.Name, Type: read.Type, Pages: int64(read.Pages), Size: read.Size,
		SHA256: read.SHA256, Note: read.Removed, StaffID: req.Actor.StaffID, StaffName: req.Actor.Name, Created: models.UnixOf(s.now()), Content: read.Content,
	}
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if _, err := tx.Order(ctx, req.OrderID); err != nil {
			return err
		}
		there, err := tx.Documents(ctx, req.OrderID)
		if err != nil {
			return err
		}
		size := doc.Size
		for _, other := range there {
			if other.SHA256 == doc.SHA256 && other.Field == doc.Field {
				doc = other
				return nil
			}
			size += other.Size
		}
		if len(there) >= maxDocuments || size > maxLocker {
			return invalid("file", "locker_full", fmt.Sprintf("An order holds at most %d files and %s. Remove one first.", maxDocuments, models.FileSize(maxLocker)))
		}
		if err := tx.InsertDocument(ctx, doc); err != nil {
			return err
		}
		return s.lockerChanged(ctx, tx, "order.document_added", doc, req.Actor)
	})
	doc.Content = nil
	return doc, err
}

// MoveDocument says that a file shows something else. Errors: invalid (field "field"), not found, internal.
func (s *Service) MoveDocument(ctx context.Context, orderID, id, field string, actor models.Actor) error {
	if f, ok := evidence.FieldOf(field); !ok || f.Kind != evidence.KindFile {
		return invalid("field", "field_missing", "Choose what this file shows.")
	}
	return s.onDocument(ctx, orderID, id, "order.document_moved", actor, func(tx *store.Tx) error { return tx.SetDocumentField(ctx, id, field) })
}

// RemoveDocument takes a file out of the locker. What was sent stays as it was sent. Errors: not found, internal.
func (s *Service) RemoveDocument(ctx context.Context, orderID, id string, actor models.Actor) error {
	return s.onDocument(ctx, orderID, id, "order.document_removed", actor, func(tx *store.Tx) error {
		return tx.RemoveDocument(ctx, id, models.UnixOf(s.now()))
	})
}

// RestoreDocument puts a removed file back. Errors: not found, internal.
func (s *Service) RestoreDocument(ctx context.Context, orderID, id string, actor models.Actor) error {
	return s.onDocument(ctx, orderID, id, "order.document_restored", actor, func(tx *store.Tx) error { return tx.RemoveDocument(ctx, id, 0) })
}

func (s *Service) onDocument(ctx context.Context, orderID, id, action string, actor models.Actor, change func(*store.Tx) error) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		doc, err := tx.Document(ctx, id)
		if err != nil {
			return err
		}
		if doc.OrderID != orderID {
			return &models.Error{Kind: models.KindNotFound, Code: "not_found", Message: "There is no such file with this order."}
		}
		if err := change(tx); err != nil {
			return err
		}
		return s.lockerChanged(ctx, tx, action, doc, actor)
	})
}

// lockerChanged writes the audit entry, and a new version of the draft of each dispute of the order that still has one.
func (s *Service) lockerChanged(ctx context.Context, tx *store.Tx, action string, doc models.Document, actor models.Actor) error {
	disputes, err := tx.DisputesOf(ctx, doc.OrderID)
	if err != nil {
		return err
	}
	for _, one := range disputes {
		d, err := s.load(ctx, tx, one.ID)
		if err != nil {
			return err
		}
		if d.CanDraft() != nil {
			continue
		}
		if err := s.draftChanged(ctx, tx, d, &d.Case, actor); err != nil {
			return err
		}
	}
	return tx.AppendAudit(ctx, s.acts.Audit(actor, action, doc.OrderID, map[string]string{"document": doc.ID, "field": doc.Field, "sha256": doc.SHA256}))
}
