package disputes

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/acts"
	"counterfoil/models/evidence"
	"counterfoil/models/jobs"
	"counterfoil/models/payments"
	"counterfoil/models/store"
)

// stageRetry is how soon a draft is given to Stripe again while Stripe does not answer.
const stageRetry = 15 * time.Second

type stageArgs struct {
	ID      string `json:"id"`
	Version int64  `json:"version"`
}

// stage gives Stripe the draft of a chargeback, with submit=false: it is seen in the Dashboard and by nobody at Klarna. Stripe also says
// what it would not take, while nothing is lost by it. A newer draft has a job of its own.
func (s *Service) stage(ctx context.Context, args []byte) error {
	var sa stageArgs
	if err := json.Unmarshal(args, &sa); err != nil {
		return fmt.Errorf("stage evidence: arguments: %w", err)
	}
	defer s.alone(sa.ID)()
	d, err := s.Load(ctx, sa.ID)
	if err != nil {
		return err
	}
	if d.Case.Version != sa.Version || d.Case.StagedVersion >= sa.Version || d.CanAnswer(s.now()) != nil {
		return nil
	}
	noted, err := s.mirror.Note(ctx)
	if err != nil {
		return err
	}
	res, err := s.sendDraft(payments.InLane(ctx, payments.LaneBulk), d)
	switch {
	case err == nil:
		return s.noteStaged(ctx, sa, "", func(tx *store.Tx) error { return s.mirror.Apply(tx, noted, res.Snapshots) })
	case models.IsKind(err, models.KindUnavailable) || models.IsKind(err, models.KindUnknown):
		return errors.Join(&jobs.Later{After: stageRetry}, s.noteStaged(ctx, sa, models.MessageOf(err), nil))
	case models.IsKind(err, models.KindRefused) || models.IsKind(err, models.KindInvalid):
		return s.noteStaged(ctx, sa, models.MessageOf(err), nil)
	}
	return err
}

// sendDraft sends everything that would be submitted, and submits nothing.
func (s *Service) sendDraft(ctx context.Context, d evidence.Desk) (payments.Result, error) {
	sent, err := s.sentFields(ctx, d)
	if err != nil {
		return payments.Result{}, err
	}
	return s.gateway.UpdateEvidence(ctx, payments.EvidenceUpdate{DisputeID: d.Dispute.ID, Fields: wire(sent), Submit: false}, acts.NewID("stage"))
}

// noteStaged keeps which draft Stripe holds, or why it does not hold the newest one.
func (s *Service) noteStaged(ctx context.Context, sa stageArgs, problem string, apply func(*store.Tx) error) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		c, err := tx.DisputeCase(ctx, sa.ID)
		if err != nil {
			return err
		}
		c.StageError = problem
		if problem == "" {
			c.StagedVersion, c.StagedAt = sa.Version, models.UnixOf(s.now())
		}
		if apply != nil {
			if err := apply(tx); err != nil {
				return err
			}
		}
		return tx.PutDisputeCase(ctx, c)
	})
}
