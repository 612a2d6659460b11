package store

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"golang.org/x/text/unicode/norm"

	"counterfoil/models"
)

// ListPreferences gives how a person wants the order list; the usual way where they have set nothing. Columns and a density of another
// version of the desk are left out. Errors: internal.
func (q *queries) ListPreferences(ctx context.Context, staffID string) (models.ListPreferences, error) {
	p := models.DefaultListPreferences(staffID)
	var order, hidden, columns, density string
	err := q.queryRow(ctx, `select tab_order, hidden, columns, density from order_list_preferences where staff_id = ?1`, []any{staffID},
		&order, &hidden, &columns, &density)
	switch {
	case missing(err):
		return p, nil
	case err != nil:
		return p, err
	}
	p.Order, p.Hidden = keysIn(order), keysIn(hidden)
	chosen := keysIn(columns)
	p.Columns = slices.DeleteFunc(models.ListColumns(), func(c models.ListColumn) bool { return !slices.Contains(chosen, string(c)) })
	if slices.Contains(models.Densities(), models.Density(density)) {
		p.Density = models.Density(density)
	}
	return p, nil
}

// PutListPreferences writes all of a person's preferences. Errors: ErrForeignKey for an unknown person, internal.
func (tx *Tx) PutListPreferences(ctx context.Context, p models.ListPreferences, at models.Unix) error {
	columns := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		columns[i] = string(c)
	}
	_, err := tx.exec(ctx, `insert into order_list_preferences (staff_id, tab_order, hidden, columns, density, updated)
		values (?1, ?2, ?3, ?4, ?5, ?6) on conflict (staff_id) do update set tab_order = excluded.tab_order, hidden = excluded.hidden,
		columns = excluded.columns, density = excluded.density, updated = excluded.updated`,
		p.StaffID, asKeys(p.Order), asKeys(p.Hidden), asKeys(columns), string(p.Density), int64(at))
	return err
}

// keysIn reads a JSON array of keys; what is none holds no keys.
func keysIn(text string) []string {
	var keys []string
	if json.Unmarshal([]byte(text), &keys) != nil {
		return nil
	}
	return keys
}

func asKeys(keys []string) string {
	if keys == nil {
		return "[]"
	}
	text, err := json.Marshal(keys)
	if err != nil {
		return "[]" // cannot be: strings
	}
	return string(text)
}

// foldName is the form in which names are compared: case and the way that an accent is written do not count.
func foldName(name string) string { return strings.ToLower(norm.NFC.String(name)) }
