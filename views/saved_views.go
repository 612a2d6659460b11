package views

import (
	"net/url"

	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/views/ui"
)

// The regions of saved views, by id.
const (
	RegionViews    = "views"          // the list of the page "Views"
	RegionSaveView = "save-view-form" // the form that saves a view
)

// tabText names a built-in tab of the order list.
func tabText(key string) string {
	for _, t := range tabs {
		if t.key == key {
			return t.text
		}
	}
	return key
}

// tabURL is the list with a built-in tab and nothing else.
func tabURL(key string) string {
	if key == TabAll {
		return "/orders"
	}
	return "/orders?" + url.Values{"tab": {key}}.Encode()
}

func viewURL(id string) string { return "/views/" + url.PathEscape(id) }

// ViewsInput is what the page "Views" is made from.
type ViewsInput struct {
	Shell    Shell
	Me       models.Staff
	Entries  []models.ListEntry // in the person's order, hidden ones too
	Deleted  []models.SavedView // that the person may bring back, the last one first
	MayEdit  func(models.SavedView) bool
	MayShare bool      // by role
	Edit     *ViewEdit // what was typed and refused
	Said     string    // what a partial answer says to screen readers
}

// ViewEdit is the form of one view as it was typed.
type ViewEdit struct {
	ID     string
	Name   string
	Shared bool
	Error  string
}

// ViewsPage is the page on which tabs of the order list are arranged.
type ViewsPage struct {
	Shell   Shell
	Rows    []viewRow
	Deleted []deletedRow
	Said    string
}

// viewRow is one tab.
type viewRow struct {
	ID       string // of the row's element
	Key      string
	Name     string
	URL      string
	CountURL string // "" for a built-in tab
	What     string // built in, yours, whose
	Hidden   bool
	First    bool
	Last     bool
	Edit     *viewEditRow // nil where the person may not change it
}

type viewEditRow struct {
	Action   string
	Delete   string
	Field    ui.FieldModel
	Shared   bool
	MayShare bool
	TickID   string
	Open     bool
}

type deletedRow struct {
	Name   string
	What   string
	At     ui.Moment
	Action string
}

// NewViewsPage makes the page "Views".
func NewViewsPage(in ViewsInput) ViewsPage {
	in.Shell.Title, in.Shell.Nav = "Views", NavOrders
	p := ViewsPage{Shell: in.Shell, Said: in.Said}
	for i, e := range in.Entries {
		r := viewRow{
			ID: "view-" + e.Key, Key: e.Key, Name: tabText(e.Key), URL: tabURL(e.Key), What: "Built in", Hidden: e.Hidden,
			First: i == 0, Last: i == len(in.Entries)-1,
		}
		if e.View != nil {
			r.Name, r.URL, r.What = e.View.Name, viewURL(e.View.ID), ownerWords(in.Me, *e.View)
			r.CountURL = r.URL + "/count"
			r.Edit = newViewEditRow(in, *e.View)
		}
		if e.Hidden {
			r.What += ", hidden"
		}
		p.Rows = append(p.Rows, r)
	}
	for _, v := range in.Deleted {
		p.Deleted = append(p.Deleted, deletedRow{
			Name: v.Name, What: ownerWords(in.Me, v), At: in.Shell.clock().DayTime(v.DeletedAt.Time()), Action: viewURL(v.ID) + "/restorations",
		})
	}
	return p
}

func newViewEditRow(in ViewsInput, v models.SavedView) *viewEditRow {
	if !in.MayEdit(v) {
		return nil
	}
	typed := ViewEdit{Name: v.Name, Shared: v.Shared}
	if in.Edit != nil && in.Edit.ID == v.ID {
		typed = *in.Edit
	}
	return &viewEditRow{
		Action: viewURL(v.ID), Delete: viewURL(v.ID) + "/deletions", Shared: typed.Shared, MayShare: in.MayShare || v.Shared,
		TickID: "shared-" + v.ID, Open: typed.Error != "",
		Field: ui.FieldModel{
			ID: "name-" + v.ID, Name: "name", Label: "Name", Value: typed.Name, Error: typed.Error, Required: true,
			MaxLength: models.MaxViewNameLength, Autocomplete: "off",
		},
	}
}

// ownerWords says whose a view is.
func ownerWords(me models.Staff, v models.SavedView) string {
	switch {
	case v.StaffID != me.ID:
		return "Shared by " + v.StaffName
	case v.Shared:
		return "Yours, shared with everybody"
	}
	return "Yours"
}

// moveLabel names a move for who does not see the row around it.
func (r viewRow) moveLabel(word string) string { return word + ", " + r.Name }

// move keeps the button's focus: nothing is disabled meanwhile, and moves wait for one another.
func (r viewRow) move() templ.Attributes {
	return templ.Attributes{
		"hx-post": "/views/order", "hx-target": "#" + RegionViews, "hx-swap": "outerMorph", "hx-sync": "#" + RegionViews + ":queue all",
		"hx-status:503": "swap:outerMorph",
	}
}

// atEnd marks a button that has nowhere to go; it keeps its focus and does nothing.
func atEnd(end bool) templ.Attributes {
	if end {
		return templ.Attributes{"aria-disabled": "true"}
	}
	return nil
}
