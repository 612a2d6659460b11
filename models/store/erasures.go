package store

import (
	"context"
	"encoding/json"

	"counterfoil/models"
)

// EraseEvidence takes everything of the customer out of what an order's disputes hold: texts, files, mails. What was sent keeps its hashes,
// so that the receipt still proves it. Errors: internal.
func (tx *Tx) EraseEvidence(ctx context.Context, orderID string, at models.Unix) error {
	const disputes = ` (select id from disputes where payment_intent_id = ?1 and payment_intent_id <> '')`
	for _, statement := range []string{
		`delete from draft_fields where dispute_id in` + disputes,
		`update evidence_files set name = 'erased', note = '', content = x'' where dispute_id in` + disputes,
		`update documents set name = 'erased', note = '', content = x'' where order_id = ?1`,
		`update mail_disputes set note = '', letter_id = '', letter_from = '', letter_subject = '', letter_text = '', letter = null where order_id = ?1`,
	} {
		if _, err := tx.exec(ctx, statement, orderID); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, `update documents set removed = ?2 where order_id = ?1 and removed = 0`, orderID, int64(at)); err != nil {
		return err
	}
	sent, err := all[models.Submission](tx.gorm(ctx).Where("order_id = ?", orderID))
	if err != nil {
		return err
	}
	for _, s := range sent {
		for i := range s.Sent {
			s.Sent[i].Text, s.Sent[i].Name, s.Sent[i].Erased = "", "", true
		}
		text, err := json.Marshal(s.Sent)
		if err != nil {
			return err
		}
		if err := tx.execOne(ctx, `update submissions set sent = ?2 where id = ?1`, s.ID, string(text)); err != nil {
			return err
		}
	}
	return nil
}
