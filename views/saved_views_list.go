package views

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// SaveViewInput is what the form that saves a view is made from.
type SaveViewInput struct {
	Query    string            // the list's URL query as it is shown
	MayShare bool              // by role: staff.MayShareViews
	Name     string            // as typed
	Shared   bool              // as ticked
	Errors   map[string]string // by field: "name", "query"
	Current  *models.SavedView // the view that is open, nil for none
	MayEdit  bool              // Current may be changed: staff.MayChangeView
	Changed  bool              // the list no longer shows what Current keeps
}

// SaveView is the form that saves a view.
type SaveView struct {
	Query    string
	Field    ui.FieldModel
	Shared   bool
	MayShare bool
	Error    string // of the query
	Update   string // URL that takes Query into the open view; "" where there is none to change
	Name     string // of the open view
}

// NewSaveView makes the form that saves a view.
func NewSaveView(in SaveViewInput) SaveView {
	s := SaveView{
		Query: in.Query, Shared: in.Shared, MayShare: in.MayShare, Error: in.Errors["query"],
		Field: ui.FieldModel{
			ID: "view-name", Name: "name", Label: "Name", Value: in.Name, Error: in.Errors["name"], Required: true,
			MaxLength: models.MaxViewNameLength, Autocomplete: "off",
		},
	}
	if in.Current != nil && in.MayEdit && in.Changed {
		s.Update, s.Name = viewURL(in.Current.ID), in.Current.Name
	}
	return s
}

// SaveViewPage is the form as a page of its own, for what was refused where no script runs.
type SaveViewPage struct {
	Shell Shell
	Form  SaveView
	Back  string
}

// NewSaveViewPage makes the page of a form that was refused.
func NewSaveViewPage(s Shell, in SaveViewInput) SaveViewPage {
	s.Title, s.Nav = "Save view", NavOrders
	p := SaveViewPage{Shell: s, Form: NewSaveView(in), Back: "/orders"}
	if in.Query != "" && in.Errors["query"] == "" {
		p.Back = "/orders?" + in.Query
	}
	return p
}

// ViewTab is a built-in tab as the list knows it: its URL keeps the filters, its count is known.
type ViewTab struct {
	Key   string
	Text  string
	URL   string
	Count string // "" for none
}

// ViewTabsInput is what the row of tabs is made from.
type ViewTabsInput struct {
	BuiltIn []ViewTab
	Entries []models.ListEntry // models.ArrangeList
	Current string             // key of the tab or view that is open
	Save    SaveViewInput
}

// ViewTabs are the tabs of the order list, as a person arranged them, and the form that saves another.
type ViewTabs struct {
	Links []viewTabLink
	Save  SaveView
}

type viewTabLink struct {
	ui.LinkModel
	CountURL string // where the count is asked for once it is seen; "" where it is known
	CountID  string
}

// NewViewTabs makes the row of tabs. What is hidden stays away, unless it is open.
func NewViewTabs(in ViewTabsInput) ViewTabs {
	t := ViewTabs{Save: NewSaveView(in.Save)}
	for _, e := range in.Entries {
		current := e.Key == in.Current
		if e.Hidden && !current {
			continue
		}
		if e.View != nil {
			t.Links = append(t.Links, viewTabLink{
				LinkModel: ui.LinkModel{URL: SavedViewURL(*e.View), Text: e.View.Name, Current: current},
				CountURL:  viewURL(e.View.ID) + "/count", CountID: "count-" + e.View.ID,
			})
			continue
		}
		at := slices.IndexFunc(in.BuiltIn, func(b ViewTab) bool { return b.Key == e.Key })
		if at < 0 {
			continue
		}
		b := in.BuiltIn[at]
		t.Links = append(t.Links, viewTabLink{LinkModel: ui.LinkModel{URL: b.URL, Text: b.Text, Count: b.Count, Current: current}})
	}
	return t
}

// SavedViewURL is the order list as a view keeps it.
func SavedViewURL(v models.SavedView) string {
	if v.Query == "" {
		return "/orders?view=" + url.QueryEscape(v.ID)
	}
	return "/orders?" + v.Query + "&view=" + url.QueryEscape(v.ID)
}

// ViewCount is the number of orders in a view, as the row of tabs shows it.
type ViewCount struct {
	Text string
	Why  string // why there is no number
}

// NewViewCount makes the count of a view: exact up to 999. broken: the view no longer works.
func NewViewCount(n int64, exact, broken bool) ViewCount {
	var c ViewCount
	switch {
	case broken:
		c.Text, c.Why = "–", "This view does not work any more."
	case n > 999:
		c.Text = "999+"
	case exact:
		c.Text = i18n.Number(n)
	case n > 0:
		c.Text = i18n.Number(n) + "+"
	default:
		c.Text, c.Why = "–", "Counting takes too long. Narrow the view."
	}
	return c
}

// ColumnsInput is what the menu of the list's looks is made from.
type ColumnsInput struct {
	Preferences models.ListPreferences
	Back        string // local path and query of the list to come back to
}

// ColumnsMenu is the menu of the list's looks: columns and density.
type ColumnsMenu struct {
	Columns   []columnTick
	Densities []columnTick
	Back      string
}

type columnTick struct {
	ID, Value, Text string
	On              bool
}

// NewColumnsMenu makes the menu of the list's looks.
func NewColumnsMenu(in ColumnsInput) ColumnsMenu {
	m := ColumnsMenu{Back: in.Back}
	for _, c := range models.ListColumns() {
		m.Columns = append(m.Columns, columnTick{"column-" + string(c), string(c), ColumnText(c), in.Preferences.Shows(c)})
	}
	for _, d := range models.Densities() {
		m.Densities = append(m.Densities, columnTick{"density-" + string(d), string(d), strings.ToUpper(string(d[:1])) + string(d[1:]), in.Preferences.Density == d})
	}
	return m
}

// ColumnText is a column's heading.
func ColumnText(c models.ListColumn) string {
	switch c {
	case models.ColumnCustomer:
		return "Customer"
	case models.ColumnCountry:
		return "Country"
	case models.ColumnStatus:
		return "Status"
	case models.ColumnAmount:
		return "Amount"
	case models.ColumnCaptureBy:
		return "Capture by"
	case models.ColumnTracking:
		return "Tracking"
	case models.ColumnAuthorized:
		return "Authorized"
	case models.ColumnCategory:
		return "Category"
	case models.ColumnMethod:
		return "Capture method"
	case models.ColumnReference:
		return "Reference"
	}
	return string(c)
}

// LostViewInput is what the page of a view that cannot be opened is made from.
type LostViewInput struct {
	Shell   Shell
	Status  int    // HTTP status: not found, or unprocessable for one that does not work any more
	Message string // whole sentences
}

// LostViewPage says why a view cannot be opened and offers the plain list.
type LostViewPage struct {
	Shell   Shell
	Title   string
	Message string
	ToDo    string
}

// NewLostViewPage makes the page of a view that cannot be opened.
func NewLostViewPage(in LostViewInput) LostViewPage {
	p := LostViewPage{Shell: in.Shell, Title: "No such view", Message: in.Message, ToDo: "All orders are in the plain list."}
	if in.Status != http.StatusNotFound {
		p.Title = "This view does not work any more"
		p.ToDo = "Open the plain list, choose the filters again and save them as a view. The old one can be deleted under “Views”."
	}
	p.Shell.Title, p.Shell.Nav = p.Title, NavOrders
	return p
}
