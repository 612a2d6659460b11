package staff

import (
	"context"
	"slices"

	"counterfoil/models"
	"counterfoil/models/store"
)

// ViewMove is what happens to one tab of the list.
type ViewMove string

// The moves.
const (
	MoveUp   ViewMove = "up"
	MoveDown ViewMove = "down"
	MoveHide ViewMove = "hide"
	MoveShow ViewMove = "show"
)

// SetListPreferences chooses the columns and the density of a person's order list. Errors: invalid (fields "columns", "density"),
// internal.
func (s *Service) SetListPreferences(ctx context.Context, person models.Staff, columns []models.ListColumn, density models.Density) error {
	for _, c := range columns {
		if !slices.Contains(models.ListColumns(), c) {
			return invalid("columns", "The list has no such column. Nothing was changed.")
		}
	}
	if !slices.Contains(models.Densities(), density) {
		return invalid("density", "Rows are comfortable or compact. Nothing was changed.")
	}
	return s.changePreferences(ctx, person, func(_ *store.Tx, p *models.ListPreferences) error {
		p.Columns, p.Density = columns, density
		return nil
	})
}

// ArrangeViews puts the tabs of a person's list in the order of keys; tabs that it does not name come after them. builtIn are the names
// of the built-in tabs. Errors: invalid (field "order") for a key that is none, internal.
func (s *Service) ArrangeViews(ctx context.Context, person models.Staff, builtIn, keys []string) error {
	return s.changeTabs(ctx, person, builtIn, func(p *models.ListPreferences, entries []models.ListEntry) error {
		for _, key := range keys {
			if tabAt(entries, key) < 0 {
				return errNoTab("order")
			}
		}
		p.Order = keys
		return nil
	})
}

// MoveView moves one tab of a person's list by one place, hides it, or shows it. builtIn are the names of the built-in tabs. It gives the
// tab's place, from 0, and the number of tabs. Errors: invalid (field "move"), not found for a key that is no tab of theirs, internal.
func (s *Service) MoveView(ctx context.Context, person models.Staff, builtIn []string, key string, move ViewMove) (at, of int, err error) {
	err = s.changeTabs(ctx, person, builtIn, func(p *models.ListPreferences, entries []models.ListEntry) error {
		if at, of = tabAt(entries, key), len(entries); at < 0 {
			return lostView(&models.Error{Kind: models.KindNotFound})
		}
		var ok bool
		at, ok = moved(p, entries, at, move)
		if !ok {
			return invalid("move", "A view can be moved up or down, hidden or shown. Nothing was changed.")
		}
		return nil
	})
	return at, of, err
}

// moved carries out a move and gives the entry's new place; false for a move that is none.
func moved(p *models.ListPreferences, entries []models.ListEntry, at int, move ViewMove) (int, bool) {
	key := entries[at].Key
	var to int
	switch move {
	case MoveHide:
		p.Hidden = append(p.Hidden, key)
		return at, true
	case MoveShow:
		p.Hidden = slices.DeleteFunc(p.Hidden, func(k string) bool { return k == key })
		return at, true
	case MoveUp:
		to = max(at-1, 0)
	case MoveDown:
		to = min(at+1, len(entries)-1)
	default:
		return at, false
	}
	entries[at], entries[to] = entries[to], entries[at]
	p.Order = p.Order[:0]
	for _, e := range entries {
		p.Order = append(p.Order, e.Key)
	}
	return to, true
}

// changeTabs changes the order of the tabs and what is hidden, and drops keys that mean nothing any more.
func (s *Service) changeTabs(ctx context.Context, person models.Staff, builtIn []string,
	change func(*models.ListPreferences, []models.ListEntry) error) error {
	return s.changePreferences(ctx, person, func(tx *store.Tx, p *models.ListPreferences) error {
		views, err := tx.SavedViews(ctx, person.ID)
		if err != nil {
			return err
		}
		entries := models.ArrangeList(builtIn, views, *p)
		if err := change(p, entries); err != nil {
			return err
		}
		p.Order, p.Hidden = known(p.Order, entries), known(p.Hidden, entries)
		return nil
	})
}

func (s *Service) changePreferences(ctx context.Context, person models.Staff, change func(*store.Tx, *models.ListPreferences) error) error {
	return s.db.Writer.Tx(ctx, func(tx *store.Tx) error {
		p, err := tx.ListPreferences(ctx, person.ID)
		if err != nil {
			return err
		}
		if err := change(tx, &p); err != nil {
			return err
		}
		return tx.PutListPreferences(ctx, p, models.UnixOf(s.now()))
	})
}

// tabAt is where a key stands, -1 for nowhere.
func tabAt(entries []models.ListEntry, key string) int {
	return slices.IndexFunc(entries, func(e models.ListEntry) bool { return e.Key == key })
}

// known keeps the keys that are there, each once.
func known(keys []string, entries []models.ListEntry) []string {
	var kept []string
	for _, key := range keys {
		if tabAt(entries, key) >= 0 && !slices.Contains(kept, key) {
			kept = append(kept, key)
		}
	}
	return kept
}

func errNoTab(field string) error {
	return invalid(field, "The list has no such view. Nothing was changed.")
}
