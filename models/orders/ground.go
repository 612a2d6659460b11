package orders

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/store"
)

// settingGround is the setting that holds the recorded ground of automatic captures.
const settingGround = "capture_ground"

// Ground gives the recorded ground of automatic captures; the zero record where there is none. Errors: internal.
func (s *Service) Ground(ctx context.Context) (g models.GroundRecord, err error) {
	return groundOf(ctx, s.db.Reader)
}

type settingReader interface {
	Setting(ctx context.Context, name string) (value string, found bool, err error)
}

func groundOf(ctx context.Context, r settingReader) (g models.GroundRecord, err error) {
	text, found, err := r.Setting(ctx, settingGround)
	if err != nil || !found {
		return g, err
	}
	return g, json.Unmarshal([]byte(text), &g)
}

// SetGround records on which ground the shop captures automatically. Errors: invalid (fields "ground", "note"), internal.
func (s *Service) SetGround(ctx context.Context, ground models.CaptureGround, note string, actor models.Actor) error {
	note = strings.TrimSpace(note)
	switch {
	case !slices.Contains(models.CaptureGrounds(), ground):
		return invalid("ground", "ground_unknown", "Choose one of the grounds.")
	case ground == models.GroundApproved && note == "":
		return invalid("note", "note_missing", "Write who at Klarna approved it, and when.")
	case len([]rune(note)) > models.MaxReasonLength:
		return invalid("note", "too_long", fmt.Sprintf("At most %d characters.", models.MaxReasonLength))
	}
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		before, err := groundOf(ctx, tx)
		if err != nil {
			return err
		}
		text, err := json.Marshal(models.GroundRecord{Ground: ground, Note: note, StaffName: actor.Name, At: models.UnixOf(s.now())})
		if err != nil {
			return err
		}
		if err := tx.SetSetting(ctx, settingGround, string(text)); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.acts.Audit(actor, "settings.capture_ground_changed", "", map[string]string{"from": string(before.Ground), "to": string(ground),
			"note_before": before.Note, "note": note}))
	})
}
