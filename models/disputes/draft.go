package disputes

import (
	"context"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/evidence"
	"counterfoil/models/store"
)

// stageAfter is how long a draft rests before Stripe is given it: what is typed meanwhile goes along.
const stageAfter = 5 * time.Second

// Typed is a field of the form: what stands in it, and the fingerprint of what stood there when the form was made.
type Typed struct {
	Value string
	Base  string
}

// Touched tells whether the person changed what the form showed. A field without a fingerprint counts as changed.
func (t Typed) Touched() bool { return t.Base == "" || evidence.Fingerprint(t.Value) != t.Base }

// SaveRequest changes a draft.
type SaveRequest struct {
	DisputeID string
	Fields    map[string]Typed // by Stripe's names; a file's field is ignored
	Forget    []string         // fields in which what is known of the order shall stand again
	Goods     models.Goods     // empty: as it is
	Actor     models.Actor
}

// Clash is a field that somebody else changed since the form was made, to something else. It was not saved.
type Clash struct {
	Theirs string
	By     string
	At     models.Unix
}

// Saved is what became of a change.
type Saved struct {
	Case    models.DisputeCase
	Clashes map[string]Clash
	Errors  map[string]string // by field: too long; "" for all together. These were not saved
}

// Save keeps what a person typed. A field that was not touched is left alone, one that somebody else changed meanwhile is never overwritten,
// and what is known of the order is not kept as if somebody had written it. Nothing is sent to Klarna: in a chargeback Stripe is given the
// draft a little later, with submit=false. Errors: invalid (field "goods"), a *Refusal where nothing can be drafted, not found, internal.
func (s *Service) Save(ctx context.Context, req SaveRequest) (saved Saved, err error) {
	if req.Goods != "" && !slices.Contains(models.AllGoods(), req.Goods) {
		return saved, invalid("goods", "goods_unknown", "Choose what was sold.")
	}
	err = s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		saved = Saved{Clashes: map[string]Clash{}}
		d, err := s.load(ctx, tx, req.DisputeID)
		if err != nil {
			return err
		}
		saved.Case = d.Case
		if err := asError(d.CanDraft()); err != nil {
			return err
		}
		changes := changesOf(&d, req, &saved)
		for _, f := range changes {
			f.DisputeID, f.StaffID, f.StaffName, f.At = d.Dispute.ID, req.Actor.StaffID, req.Actor.Name, models.UnixOf(s.now())
			if err := tx.PutDraftField(ctx, f); err != nil {
				return err
			}
		}
		forgotten := 0
		for _, field := range req.Forget {
			if _, written := d.Draft[field]; written {
				forgotten++
				if err := tx.DropDraftField(ctx, d.Dispute.ID, field); err != nil {
					return err
				}
			}
		}
		goods := req.Goods != "" && req.Goods != d.Goods
		if len(changes) == 0 && forgotten == 0 && !goods {
			return nil
		}
		if goods {
			saved.Case.Goods = req.Goods
		}
		if err := s.draftChanged(ctx, tx, d, &saved.Case, req.Actor); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.acts.Audit(req.Actor, "dispute.draft_saved", d.Dispute.ID, map[string]string{"fields": fieldNames(changes, req.Forget)}))
	})
	return saved, err
}

// changesOf gives the fields that the person changed and that can be kept; what cannot is told in saved.
func changesOf(d *evidence.Desk, req SaveRequest, saved *Saved) (changes []models.DraftField) {
	texts := map[string]string{}
	for _, f := range evidence.Fields() {
		typed, ok := req.Fields[f.Name]
		if f.Kind == evidence.KindFile || !ok {
			continue
		}
		value, now := evidence.Clean(typed.Value), evidence.Clean(d.Value(f.Name))
		written, byPerson := d.Draft[f.Name] // what is known of the order may change by itself: that is nobody's work
		switch {
		case value == now || !typed.Touched():
		case byPerson && typed.Base != "" && evidence.Fingerprint(now) != typed.Base:
			saved.Clashes[f.Name] = Clash{Theirs: written.Value, By: written.StaffName, At: written.At}
		default:
			texts[f.Name] = value
			changes = append(changes, models.DraftField{Field: f.Name, Value: value})
		}
	}
	whole := d.Texts()
	for field, text := range texts {
		whole[field] = text
	}
	saved.Errors = evidence.CheckTexts(whole)
	if saved.Errors[""] != "" {
		return nil
	}
	return slices.DeleteFunc(changes, func(f models.DraftField) bool { return saved.Errors[f.Field] != "" })
}

// fieldNames names what was changed; the texts themselves are no business of the audit log.
func fieldNames(changes []models.DraftField, forgotten []string) string {
	names := slices.Clone(forgotten)
	for _, f := range changes {
		names = append(names, f.Field)
	}
	slices.Sort(names)
	return strings.Join(slices.Compact(names), ", ")
}

// draftChanged notes a new version of the draft, and has Stripe given it.
func (s *Service) draftChanged(ctx context.Context, tx *store.Tx, d evidence.Desk, c *models.DisputeCase, actor models.Actor) error {
	c.Version++
	c.SavedAt, c.SavedBy = models.UnixOf(s.now()), actor.Name
	if err := tx.PutDisputeCase(ctx, *c); err != nil {
		return err
	}
	if d.Phase() == evidence.PhaseChargeback {
		if _, err := s.queue.Enqueue(tx, JobStage, stageArgs{ID: c.DisputeID, Version: c.Version}, stageAfter); err != nil {
			return err
		}
	}
	return nil
}

// Assign gives a dispute to a person, or to nobody; to whom it has already, nothing happens. Errors: invalid (field "assignee"), not found, internal.
func (s *Service) Assign(ctx context.Context, disputeID, staffID string, actor models.Actor) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		if err := exists(ctx, tx, disputeID); err != nil {
			return err
		}
		c, err := tx.DisputeCase(ctx, disputeID)
		if err != nil {
			return err
		}
		if c.AssigneeID == staffID {
			return nil
		}
		c.AssigneeID, c.AssigneeName = "", ""
		if staffID != "" {
			person, err := tx.Staff(ctx, staffID)
			if models.IsKind(err, models.KindNotFound) || err == nil && person.DisabledAt != 0 {
				return invalid("assignee", "assignee_unknown", "There is nobody of this name any more. Choose again.")
			}
			if err != nil {
				return err
			}
			c.AssigneeID, c.AssigneeName = person.ID, person.Name
		}
		if err := tx.PutDisputeCase(ctx, c); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.acts.Audit(actor, "dispute.assigned", disputeID, map[string]string{"to": c.AssigneeID}))
	})
}

// exists tells by an error of kind not found that there is no such dispute, at Stripe or by e-mail.
func exists(ctx context.Context, tx *store.Tx, id string) error {
	if strings.HasPrefix(id, mailPrefix+"_") {
		_, err := tx.MailDispute(ctx, id)
		return err
	}
	_, err := tx.Dispute(ctx, id)
	return err
}
