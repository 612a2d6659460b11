package evidence

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"strings"
	"time"

	"counterfoil/models"
)

// Desk is everything that is known of a dispute: Stripe's row, what the shop drafted and did, and what follows from both.
type Desk struct {
	Facts
	Case        models.DisputeCase
	Draft       map[string]models.DraftField // what people wrote
	Known       map[string]Known             // what the shop knows by itself
	Submissions []models.Submission          // ours, refused ones too, oldest first
	Acceptances []models.Acceptance
}

// Value is a text of the evidence as it stands: what a person wrote, else what is known.
func (d *Desk) Value(field string) string {
	if written, ok := d.Draft[field]; ok {
		return written.Value
	}
	return d.Known[field].Value
}

// Texts are the texts that would be sent: those that are not empty, and as "" those that a person emptied, which clears what Stripe has.
func (d *Desk) Texts() map[string]string {
	texts := map[string]string{}
	for _, f := range Fields() {
		if f.Kind == KindFile {
			continue
		}
		value := d.Value(f.Name)
		if _, written := d.Draft[f.Name]; written || value != "" {
			texts[f.Name] = value
		}
	}
	return texts
}

// DocumentsFor are the files of a field of the evidence, oldest first.
func (d *Desk) DocumentsFor(field string) (all []models.Document) {
	for _, doc := range d.Documents {
		if doc.Field == field {
			all = append(all, doc)
		}
	}
	return all
}

// Has tells whether there is something for a field of the
func (d *Desk) Has(field string) bool { return d.Value(field) != "" || len(d.DocumentsFor(field)) > 0 }

// Plan is what this dispute asks for, the strongest first.
func (d *Desk) Plan() []Ask {
	amount := d.Dispute.Money()
	if d.Order != nil {
		amount = d.Order.Captured()
	}
	return PlanFor(d.Dispute.Reason, d.Goods, amount)
}

// Phase is where the dispute stands. What Stripe took of us counts at once: the dispute itself may be read a moment later.
func (d *Desk) Phase() Phase {
	phase := PhaseOf(d.Dispute)
	sub, acc := d.Submission(), d.Acceptance()
	switch {
	case phase == PhaseChargeback && sub != nil && sub.State == models.ActSucceeded:
		return PhaseReview
	case phase == PhaseChargeback && acc != nil && acc.State == models.ActSucceeded:
		return PhaseLost
	}
	return phase
}

// Submission is our answer that was not refused, nil without one.
func (d *Desk) Submission() *models.Submission {
	for i := range d.Submissions {
		if d.Submissions[i].State != models.ActRefused {
			return &d.Submissions[i]
		}
	}
	return nil
}

// Acceptance is our acceptance that was not refused, nil without one.
func (d *Desk) Acceptance() *models.Acceptance {
	for i := range d.Acceptances {
		if d.Acceptances[i].State != models.ActRefused {
			return &d.Acceptances[i]
		}
	}
	return nil
}

// CanDraft answers why the draft cannot be changed, or nil.
func (d *Desk) CanDraft() *models.Refusal {
	if r := d.acted(); r != nil {
		return r
	}
	return CanDraft(d.Dispute)
}

// CanAnswer answers why evidence cannot be submitted at now, or nil.
func (d *Desk) CanAnswer(now time.Time) *models.Refusal {
	if r := d.acted(); r != nil {
		return r
	}
	return CanAnswer(d.Dispute, now)
}

// CanAccept answers why the chargeback cannot be accepted, or nil.
func (d *Desk) CanAccept() *models.Refusal {
	if r := d.acted(); r != nil {
		return r
	}
	return CanAccept(d.Dispute)
}

// acted names what one of us did that cannot be done twice.
func (d *Desk) acted() *models.Refusal {
	if sub := d.Submission(); sub != nil {
		return &models.Refusal{Code: "submitted", Message: "The evidence was submitted already. There is one round.", By: sub.StaffName, At: sub.Requested}
	}
	if acc := d.Acceptance(); acc != nil {
		return &models.Refusal{Code: "accepted", Message: "This chargeback was accepted already.", By: acc.StaffName, At: acc.Requested}
	}
	return nil
}

// Hash stands for everything that would be sent: it changes with each text and each file.
func (d *Desk) Hash() string {
	type part struct{ Field, Text, File string }
	var parts []part
	texts := d.Texts()
	for _, f := range Fields() {
		parts = append(parts, part{Field: f.Name, Text: texts[f.Name]})
		for _, doc := range d.DocumentsFor(f.Name) {
			parts = append(parts, part{Field: f.Name, File: doc.SHA256})
		}
	}
	text, err := json.Marshal(parts)
	if err != nil {
		return "" // texts can always be written
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// Fingerprint tells texts apart, so that a form can say what it was made from.
func Fingerprint(text string) string {
	sum := sha256.Sum256([]byte(Clean(text)))
	return hex.EncodeToString(sum[:6])
}

// Clean is a text as it is kept: with plain line ends and without space around it.
func Clean(text string) string {
	return strings.TrimSpace(strings.ReplaceAll(text, "\r\n", "\n"))
}
