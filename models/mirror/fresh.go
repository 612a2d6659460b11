package mirror

import (
	"context"
	"strconv"

	"counterfoil/models"
	"counterfoil/models/store"
)

func (m *Mirror) moment(ctx context.Context, name string) (models.Unix, error) {
	text, found, err := m.db.Reader.Setting(ctx, name)
	if err != nil || !found {
		return 0, err
	}
	n, err := strconv.ParseInt(text, 10, 64)
	return models.Unix(n), err
}

// moveForward keeps a moment, unless a later one is kept already.
func moveForward(ctx context.Context, tx *store.Tx, name string, at models.Unix) error {
	text, found, err := tx.Setting(ctx, name)
	if err != nil {
		return err
	}
	if n, err := strconv.ParseInt(text, 10, 64); found && err == nil && models.Unix(n) >= at {
		return nil
	}
	return tx.SetSetting(ctx, name, strconv.FormatInt(int64(at), 10))
}
