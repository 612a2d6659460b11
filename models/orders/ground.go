package orders

import (
	"context"
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
	ReadSetting(ctx context.Context, name string, into any) (found bool, err error)
}

func groundOf(ctx context.Context, r settingReader) (g models.GroundRecord, err error) {
	_, err = r.ReadSetting(ctx, settingGround, &g)
	return g, err
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
		record := models.GroundRecord{Ground: ground, Note: note, StaffName: actor.Name, At: models.UnixOf(s.now())}
		if err := tx.WriteSetting(ctx, settingGround, record); err != nil {
			return err
		}
		return tx.AppendAudit(ctx, s.acts.Audit(actor, "settings.capture_ground_changed", "", map[string]string{"from": string(before.Ground), "to": string(ground),
			"note_before": before.Note, "note": note}))
	})
}
