package disputes

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/documents"
	"counterfoil/models/evidence"
	"counterfoil/models/store"
)

// Files are the files of the evidence as they go to Stripe: one for each field that has documents, made of them once and kept. Their content
// is left out. Errors: invalid (field "file": they cannot be made to fit together), internal.
func (s *Service) Files(ctx context.Context, d evidence.Desk) (files []models.EvidenceFile, err error) {
	var bytes, pages int64
	rooms := roomsFor(&d)
	for _, f := range evidence.Fields() {
		docs := d.DocumentsFor(f.Name)
		if f.Kind != evidence.KindFile || len(docs) == 0 {
			continue
		}
		file, err := s.file(ctx, d.Dispute.ID, f, docs, rooms[f.Name])
		if err != nil {
			return nil, err
		}
		bytes, pages = bytes+file.Size, pages+file.Pages
		file.Content = nil
		files = append(files, file)
	}
	switch {
	case bytes > documents.MaxBytes:
		return files, invalid("file", "files_too_large", fmt.Sprintf("The files are %s together; %s are allowed. Remove or replace one.",
			models.FileSize(bytes), models.FileSize(documents.MaxBytes)))
	case pages > documents.MaxPages:
		return files, invalid("file", "files_too_long", fmt.Sprintf("The files have %d pages together; fewer than %d are allowed. Remove or replace one.",
			pages, documents.MaxPages+1))
	}
	return files, nil
}

// roomsFor shares the room that all files have together: the small ones stay as they are, the large ones share what is left.
func roomsFor(d *evidence.Desk) map[string]int64 {
	sizes := map[string]int64{}
	var fields []string
	for _, doc := range d.Documents {
		if sizes[doc.Field] == 0 {
			fields = append(fields, doc.Field)
		}
		sizes[doc.Field] += doc.Size
	}
	slices.SortFunc(fields, func(a, b string) int { return cmp.Or(cmp.Compare(sizes[a], sizes[b]), cmp.Compare(a, b)) })
	rooms, left := map[string]int64{}, int64(documents.MaxBytes)
	for i, field := range fields {
		rooms[field] = left / int64(len(fields)-i)
		left -= min(sizes[field], rooms[field])
	}
	return rooms
}

// file gives the one file of a field: kept from before, or made now.
func (s *Service) file(ctx context.Context, disputeID string, f evidence.Field, docs []models.Document, room int64) (models.EvidenceFile, error) {
	madeOf := madeOf(docs, room)
	kept, err := s.db.Reader.EvidenceFileOf(ctx, disputeID, f.Name, madeOf)
	if err != nil {
		return models.EvidenceFile{}, err
	}
	if kept != nil {
		return *kept, nil
	}
	parts := make([]documents.Document, 0, len(docs))
	for _, doc := range docs {
		whole, err := s.db.Reader.Document(ctx, doc.ID)
		if err != nil {
			return models.EvidenceFile{}, err
		}
		parts = append(parts, documents.Document{Name: whole.Name, Type: whole.Type, Pages: int(whole.Pages), Size: whole.Size, SHA256: whole.SHA256, Content: whole.Content})
	}
	made, note, err := documents.Combine(f.Label, parts, room)
	if err != nil {
		return models.EvidenceFile{}, err
	}
	file := models.EvidenceFile{ID: acts.NewID("evf"), DisputeID: disputeID, Field: f.Name, MadeOf: madeOf, Name: made.Name, Type: made.Type,
		Pages: int64(made.Pages), Size: made.Size, SHA256: made.SHA256, Note: note, Created: models.UnixOf(s.now()), Content: made.Content}
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		meanwhile, err := tx.EvidenceFileOf(ctx, disputeID, f.Name, madeOf)
		if err != nil {
			return err
		}
		if meanwhile != nil {
			file = *meanwhile
			return nil
		}
		if err := tx.DropUnsentFiles(ctx, disputeID, f.Name); err != nil {
			return err
		}
		return tx.InsertEvidenceFile(ctx, file)
	})
	return file, err
}

// madeOf names what a file is made of: its documents in their order, and the room where they need to be made smaller for it.
func madeOf(docs []models.Document, room int64) string {
	var size int64
	var b strings.Builder
	for _, doc := range docs {
		b.WriteString(doc.SHA256 + ".")
		size += doc.Size
	}
	if size > room {
		fmt.Fprintf(&b, "%d", room)
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:])
}

// sentFields is everything that would be sent, field by field, with its files uploaded. A text that was emptied is sent as such.
func (s *Service) sentFields(ctx context.Context, d evidence.Desk) (sent []models.SentField, err error) {
	texts := d.Texts()
	for _, f := range evidence.Fields() {
		if text, ok := texts[f.Name]; ok {
			sent = append(sent, models.SentField{Field: f.Name, Text: text, SHA256: hash([]byte(text))})
		}
	}
	files, err := s.Files(ctx, d)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if file.FileID == "" {
			if file.FileID, err = s.upload(ctx, file.ID); err != nil {
				return nil, err
			}
		}
		sent = append(sent, models.SentField{Field: file.Field, FileID: file.FileID, Name: file.Name, Type: file.Type, Pages: file.Pages, Size: file.Size, SHA256: file.SHA256})
	}
	return sent, nil
}

// upload gives Stripe a file. Made twice it does no harm: only the id that is kept is ever used.
func (s *Service) upload(ctx context.Context, id string) (string, error) {
	file, err := s.db.Reader.EvidenceFile(ctx, id)
	if err != nil {
		return "", err
	}
	fileID, _, err := s.gateway.UploadEvidence(ctx, file.Name, file.Content, acts.NewID("upload"))
	if err != nil {
		return "", err
	}
	return fileID, s.db.Writer.Tx(ctx, func(tx *store.Tx) error { return tx.SetEvidenceFileID(ctx, id, fileID) })
}

// wire is what Stripe gets: every field there is, as a text, a file's id, or empty. Stripe submits what it holds of earlier drafts, and of its
// own, along with what it is given (docs.stripe.com/api/disputes/update): a field that is not in the review must be emptied by name.
func wire(sent []models.SentField) map[string]string {
	fields := map[string]string{}
	for _, f := range evidence.Fields() {
		fields[f.Name] = ""
	}
	for _, f := range sent {
		fields[f.Field] = cmp.Or(f.FileID, f.Text)
	}
	return fields
}

func hash(content []byte) string {
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:])
}
