package store

import (
	"context"

	"counterfoil/models"
)

// documentColumns leave the content out.
const documentColumns = `id, order_id, field, name, type, pages, size, sha256, note, staff_id, staff_name, created, removed`

// InsertDocument writes a file of an order. Errors: ErrForeignKey for an unknown order, internal.
func (tx *Tx) InsertDocument(ctx context.Context, d models.Document) error { return tx.create(ctx, &d) }

// SetDocumentField says which field of the evidence a file serves. Errors: not found, internal.
func (tx *Tx) SetDocumentField(ctx context.Context, id, field string) error {
	return tx.execOne(ctx, `update documents set field = ?2 where id = ?1 and removed = 0`, id, field)
}

// RemoveDocument takes a file out of the locker; 0 puts it back. Its bytes stay: they may have been sent. Errors: not found, internal.
func (tx *Tx) RemoveDocument(ctx context.Context, id string, at models.Unix) error {
	return tx.execOne(ctx, `update documents set removed = ?2 where id = ?1`, id, int64(at))
}

// Document gives a file with its content. Errors: not found, internal.
func (q *queries) Document(ctx context.Context, id string) (models.Document, error) {
	var d models.Document
	err := q.gorm(ctx).Where("id = ?", id).Take(&d).Error
	return d, mapError(err)
}

// Documents gives the files of an order that were not removed, oldest first, without their content. Errors: internal.
func (q *queries) Documents(ctx context.Context, orderID string) ([]models.Document, error) {
	return all[models.Document](q.gorm(ctx).Select(documentColumns).Where("order_id = ?", orderID).Where("removed = 0").Order("created, rowid"))
}

// DocumentsOf gives the files of many orders by order, without their content. Errors: internal.
func (q *queries) DocumentsOf(ctx context.Context, orderIDs []string) (map[string][]models.Document, error) {
	rows, err := all[models.Document](q.gorm(ctx).Select(documentColumns).Where("order_id in ?", orderIDs).Where("removed = 0").Order("created, rowid"))
	found := map[string][]models.Document{}
	for _, d := range rows {
		found[d.OrderID] = append(found[d.OrderID], d)
	}
	return found, err
}

// EvidenceFileOf gives the file that was made of these documents for a field of a dispute, nil where there is none. Errors: internal.
func (q *queries) EvidenceFileOf(ctx context.Context, disputeID, field, madeOf string) (*models.EvidenceFile, error) {
	return one[models.EvidenceFile](q.gorm(ctx).Where("dispute_id = ?", disputeID).Where("field = ?", field).Where("made_of = ?", madeOf))
}

// EvidenceFile gives a file as it goes to Stripe, with its content. Errors: not found, internal.
func (q *queries) EvidenceFile(ctx context.Context, id string) (models.EvidenceFile, error) {
	var f models.EvidenceFile
	err := q.gorm(ctx).Where("id = ?", id).Take(&f).Error
	return f, mapError(err)
}

// InsertEvidenceFile keeps a file that was made. Errors: ErrDuplicate when somebody else made it meanwhile, internal.
func (tx *Tx) InsertEvidenceFile(ctx context.Context, f models.EvidenceFile) error {
	return tx.create(ctx, &f)
}

// DropUnsentFiles forgets the files that were made for a field of a dispute and never went to Stripe. Errors: internal.
func (tx *Tx) DropUnsentFiles(ctx context.Context, disputeID, field string) error {
	_, err := tx.exec(ctx, `delete from evidence_files where dispute_id = ?1 and field = ?2 and file_id = ''`, disputeID, field)
	return err
}

// SetEvidenceFileID notes under which id Stripe has a file. Errors: not found, internal.
func (tx *Tx) SetEvidenceFileID(ctx context.Context, id, fileID string) error {
	return tx.execOne(ctx, `update evidence_files set file_id = ?2 where id = ?1`, id, fileID)
}
