package store

import (
	"context"
	"encoding/json"
	"fmt"

	"counterfoil/models"
)

// settingLivemode says whose mode the database holds: "live" or "test". They never mix.
const settingLivemode = "livemode"

// Setting gives a setting's value; found is false where it was never set. Errors: internal.
func (q *queries) Setting(ctx context.Context, name string) (value string, found bool, err error) {
	err = q.queryRow(ctx, `select value from settings where name = ?1`, []any{name}, &value)
	if missing(err) {
		return "", false, nil
	}
	return value, err == nil, err
}

// SetSetting writes a setting. Errors: internal.
func (tx *Tx) SetSetting(ctx context.Context, name, value string) error {
	_, err := tx.exec(ctx, `insert into settings (name, value) values (?1, ?2) on conflict (name) do update set value = excluded.value`, name, value)
	return err
}

// ReadSetting reads a setting that is kept as JSON; found is false where it was never set. Errors: internal.
func (q *queries) ReadSetting(ctx context.Context, name string, into any) (found bool, err error) {
	value, found, err := q.Setting(ctx, name)
	if err != nil || !found {
		return false, err
	}
	return true, json.Unmarshal([]byte(value), into)
}

// WriteSetting keeps a setting as JSON. Errors: internal.
func (tx *Tx) WriteSetting(ctx context.Context, name string, setting any) error {
	value, err := json.Marshal(setting)
	if err != nil {
		return err
	}
	return tx.SetSetting(ctx, name, string(value))
}

// settingLimits holds the amounts above which a manager must act, as JSON.
const settingLimits = "manager_limits"

// Limits gives the amounts above which a manager must act. Errors: internal.
func (q *queries) Limits(ctx context.Context) (limits models.Limits, err error) {
	_, err = q.ReadSetting(ctx, settingLimits, &limits)
	return limits, err
}

// SetLimits writes the amounts above which a manager must act. Errors: internal.
func (tx *Tx) SetLimits(ctx context.Context, limits models.Limits) error {
	return tx.WriteSetting(ctx, settingLimits, limits)
}

// Livemode tells which mode of Stripe the database holds; bound is false as long as it holds none. Errors: internal.
func (q *queries) Livemode(ctx context.Context) (live, bound bool, err error) {
	value, bound, err := q.Setting(ctx, settingLivemode)
	return value == "live", bound, err
}

// BindLivemode binds the database to a mode of Stripe at its first use. Errors: conflict (code "mode_mixed") when it is bound to the
// other, internal.
func (tx *Tx) BindLivemode(ctx context.Context, live bool) error {
	holds, bound, err := tx.Livemode(ctx)
	switch {
	case err != nil:
		return err
	case !bound:
		return tx.SetSetting(ctx, settingLivemode, modeName(live))
	case holds != live:
		return &models.Error{Kind: models.KindConflict, Code: "mode_mixed",
			Message: fmt.Sprintf("The database holds Stripe's %s mode and the key is for %s mode. They never mix: use a database of its own for each.",
				modeName(holds), modeName(live))}
	}
	return nil
}

func modeName(live bool) string {
	if live {
		return "live"
	}
	return "test"
}
