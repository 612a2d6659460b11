package models

import "slices"

// Limits of saved views.
const (
	MaxViews           = 50   // of one person
	MaxViewNameLength  = 40   // characters
	MaxViewQueryLength = 2000 // bytes of the URL query
)

// SavedView is an order list that somebody gave a name. One that is not shared is seen by its owner alone.
type SavedView struct {
	ID        string // viw_…
	StaffID   string // its owner
	StaffName string // the owner's name, for reading only
	Shared    bool
	Name      string // 1 to MaxViewNameLength characters, one of its kind for its owner, case ignored
	Query     string // the list's URL query, sorted, without a cursor
	Created   Unix   // wall clock
	Updated   Unix
	DeletedAt Unix // 0 while it is there
}

// Density is how close the rows of a list stand.
type Density string

// The densities.
const (
	DensityComfortable Density = "comfortable"
	DensityCompact     Density = "compact"
)

// Densities are all of them, the usual one first.
func Densities() []Density { return []Density{DensityComfortable, DensityCompact} }

// ListColumn is a column of the order list. The order itself always stands first and is none of these.
type ListColumn string

// The columns that can be chosen.
const (
	ColumnCustomer   ListColumn = "customer"
	ColumnCountry    ListColumn = "country"
	ColumnStatus     ListColumn = "status"
	ColumnAmount     ListColumn = "amount"
	ColumnCaptureBy  ListColumn = "capture_by"
	ColumnTracking   ListColumn = "tracking"
	ColumnAuthorized ListColumn = "authorized"
	ColumnCategory   ListColumn = "category"  // Klarna's payment method category
	ColumnMethod     ListColumn = "method"    // manual or automatic capture
	ColumnReference  ListColumn = "reference" // the shop's own
)

// ListColumns are all columns that can be chosen, in the order in which they stand.
func ListColumns() []ListColumn {
	return []ListColumn{ColumnCustomer, ColumnCountry, ColumnStatus, ColumnAmount, ColumnCaptureBy, ColumnTracking, ColumnAuthorized,
		ColumnCategory, ColumnMethod, ColumnReference}
}

// DefaultColumns are shown to who has not chosen any.
func DefaultColumns() []ListColumn {
	return []ListColumn{ColumnCustomer, ColumnStatus, ColumnAmount, ColumnCaptureBy, ColumnTracking, ColumnAuthorized}
}

// ListPreferences are how one person wants the order list. Keys of Order and Hidden are names of built-in tabs and ids of views; those
// that mean nothing any more are ignored.
type ListPreferences struct {
	StaffID string
	Order   []string // keys in the order of the tabs; what is not named comes after them
	Hidden  []string // keys that are not among the tabs
	Columns []ListColumn
	Density Density
}

// DefaultListPreferences are those of a person who has set nothing.
func DefaultListPreferences(staffID string) ListPreferences {
	return ListPreferences{StaffID: staffID, Columns: DefaultColumns(), Density: DensityComfortable}
}

// Shows tells whether a column is chosen.
func (p ListPreferences) Shows(c ListColumn) bool { return slices.Contains(p.Columns, c) }

// ListEntry is a tab of the order list: a built-in one, or a saved view.
type ListEntry struct {
	Key    string     // name of the built-in tab, or the view's id
	View   *SavedView // nil for a built-in tab
	Hidden bool
}

// ArrangeList puts the built-in tabs and the views in a person's order. Nothing is lost: what the preferences do not name stands at the
// end, built-in tabs first, and hidden ones are there, marked.
func ArrangeList(builtIn []string, views []SavedView, p ListPreferences) []ListEntry {
	entries := make([]ListEntry, 0, len(builtIn)+len(views))
	for _, key := range builtIn {
		entries = append(entries, ListEntry{Key: key})
	}
	for i := range views {
		entries = append(entries, ListEntry{Key: views[i].ID, View: &views[i]})
	}
	place := make(map[string]int, len(p.Order))
	for i, key := range p.Order {
		if _, twice := place[key]; !twice {
			place[key] = i
		}
	}
	at := func(e ListEntry) int {
		if i, ok := place[e.Key]; ok {
			return i
		}
		return len(p.Order)
	}
	slices.SortStableFunc(entries, func(a, b ListEntry) int { return at(a) - at(b) })
	for i := range entries {
		entries[i].Hidden = slices.Contains(p.Hidden, entries[i].Key)
	}
	return entries
}
