package views

import (
	"net/url"
	"strconv"

	"counterfoil/models"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// The tabs of the orders page, as they stand in its URL.
const (
	TabAll        = "all"
	TabToCapture  = "to-capture"
	TabRunningOut = "running-out"
	TabCaptured   = "captured"
	TabNoTracking = "no-tracking"
	TabDisputed   = "disputed"
	TabRefunded   = "refunded"
	TabExpired    = "expired"
)

// tabs are the views of the orders, in their order.
var tabs = [...]struct{ key, text, empty string }{
	{TabAll, "All", "Orders paid with Klarna appear here within a minute of Stripe’s notice."},
	{TabToCapture, "To capture", "Nothing waits for its capture. An order appears here when Klarna has authorized it."},
	{TabRunningOut, "Running out", "No authorization runs out within 7 days."},
	{TabCaptured, "Captured", "Nothing was captured yet."},
	{TabNoTracking, "No tracking", "Every captured order has a tracking number."},
	{TabDisputed, "Disputed", "No order has a dispute."},
	{TabRefunded, "Refunded", "Nothing was refunded."},
	{TabExpired, "Expired", "No authorization ran out."},
}

// OrdersInput is what the orders page is made from.
type OrdersInput struct {
	Shell       Shell
	Asked       url.Values          // the address's parameters, without the cursor
	Faults      map[string]string   // what could not be understood, by parameter
	Tab         string              // one of the Tab constants; anything else counts as TabAll
	Counts      map[string]int64    // orders by tab
	Found       int64               // orders that the filters and the search leave
	FoundExact  bool                // false: there may be more
	Orders      []models.Order      // one page
	Pending     map[string]bool     // ids of orders with an act whose outcome is not known
	Ground      models.GroundRecord // of automatic captures: without one they are flagged
	NewerCursor string              // for ?before=, "" on the first page
	OlderCursor string              // for ?after=, "" on the last page
	TooShort    bool                // the search has no word of three letters
	Cut         bool                // looking was given up before the page was full
	Walked      int                 // orders that were looked at
	Currencies  []string            // that occur
	CanAct      bool                // by role: capture, cancel, ship
	Entries     []models.ListEntry  // the tabs as the person arranged them
	Save        SaveViewInput
	Looks       ColumnsInput
}

// IsNarrowed tells whether filters or a search restrict the tab.
func (in OrdersInput) IsNarrowed() bool {
	for name := range in.Asked {
		if name != "tab" && name != "sort" && name != "view" {
			return true
		}
	}
	return false
}

// OrdersPage is the list of orders.
type OrdersPage struct {
	Shell   Shell
	Sub     string
	Tabs    ViewTabs
	Looks   ColumnsMenu
	Query   string
	Filters FiltersRegion
	Found   string // "31 of 46 orders"
	Faults  []string
	Headers []orderHeader
	Rows    []orderRow
	Pager   ui.PagerModel
	Empty   string
	Plain   string // URL of the list without anything
	Reset   string // URL of the same tab without filters and search
	Cut     string // what was looked at, where looking was given up
	Further string // URL to look on from there
	Short   bool
	Narrow  bool
	CanAct  bool
	Compact bool
	Bulk    bulkBar
	CSV     string // URL of the same list as a file
}

// bulkBar is what can be done with the orders that are picked.
type bulkBar struct {
	Query string // the list's query, for all that match
	All   string // "Select all 1,284 that match"; "" where the page holds them all
	Count string // how many all are
}

// NewOrdersPage makes the list of orders.
func NewOrdersPage(in OrdersInput) OrdersPage {
	in.Shell.Title, in.Shell.Nav, in.Shell.Query = "Orders", NavOrders, in.Asked.Get("q")
	tab := tabs[0]
	for _, t := range tabs {
		if t.key == in.Tab {
			tab = t
		}
	}
	p := OrdersPage{
		Shell: in.Shell, Query: in.Asked.Get("q"), Empty: tab.empty, Sub: ordersSentence(in), Plain: "/orders",
		Reset: OrdersURL(only(in.Asked, "tab", "sort")), Short: in.TooShort, Narrow: in.IsNarrowed(), CanAct: in.CanAct, Looks: NewColumnsMenu(in.Looks),
		Compact: in.Looks.Preferences.Density == models.DensityCompact,
		Filters: newFilters(in), Found: foundWords(in, tab.key), CSV: "/orders.csv",
	}
	for _, f := range in.Faults {
		p.Faults = append(p.Faults, f)
	}
	if q := in.Asked.Encode(); q != "" {
		p.CSV += "?" + q
	}
	shownTabs := ViewTabsInput{Entries: in.Entries, Current: tab.key, Save: in.Save}
	if in.Save.Current != nil {
		shownTabs.Current = in.Save.Current.ID
	}
	for _, t := range tabs {
		shownTabs.BuiltIn = append(shownTabs.BuiltIn, builtInTab(in, t.key, t.text))
	}
	p.Tabs = NewViewTabs(shownTabs)
	columns := shownColumns(in.Looks.Preferences)
	p.Headers = headers(in, columns)
	for _, o := range in.Orders {
		p.Rows = append(p.Rows, newOrderRow(in, o, columns))
	}
	p.Pager = ui.PagerModel{Shown: ordersShown(in, tab.key)}
	if in.NewerCursor != "" {
		p.Pager.Newer = OrdersURL(with(in.Asked, "before", in.NewerCursor))
	}
	if in.OlderCursor != "" {
		p.Pager.Older = OrdersURL(with(in.Asked, "after", in.OlderCursor))
	}
	if in.Cut {
		p.Cut, p.Further = cutWords(in), p.Pager.Older
	}
	p.Bulk = newBulkBar(in, tab.key)
	return p
}

// builtInTab leads to a tab with the same filters, in the tab's own order.
func builtInTab(in OrdersInput, key, text string) ViewTab {
	v := without(in.Asked, "tab", "view", "sort")
	if key != TabAll {
		v.Set("tab", key)
	}
	t := ViewTab{Key: key, Text: text, URL: OrdersURL(v)}
	if n, ok := in.Counts[key]; ok {
		t.Count = i18n.Number(n)
	}
	return t
}

// ordersSentence says what there is to do.
func ordersSentence(in OrdersInput) string {
	n := in.Counts[TabToCapture]
	if n == 0 {
		return "No order waits for its capture."
	}
	s := i18n.Number(n) + " orders are authorized and not yet captured."
	if n == 1 {
		s = "1 order is authorized and not yet captured."
	}
	switch ending := in.Counts[TabRunningOut]; {
	case ending == 1:
		s += " 1 of them runs out within 7 days."
	case ending > 1:
		s += " " + i18n.Number(ending) + " of them run out within 7 days."
	}
	return s
}

// foundWords tells how many orders the filters leave: "31 of 46 orders".
func foundWords(in OrdersInput, tab string) string {
	total, counted := in.Counts[tab]
	switch {
	case len(in.Faults) > 0:
		return ""
	case in.IsNarrowed() && !in.FoundExact && in.Found == 0:
		return ""
	case in.IsNarrowed() && !in.FoundExact:
		return "more than " + i18n.Plural(in.Found, "order", "orders")
	case in.IsNarrowed() && counted && in.Asked.Get("q") == "":
		return i18n.Number(in.Found) + " of " + i18n.Plural(total, "order", "orders")
	case in.IsNarrowed():
		return i18n.Plural(in.Found, "order", "orders")
	}
	return i18n.Plural(total, "order", "orders")
}

func ordersShown(in OrdersInput, tab string) string {
	n := int64(len(in.Orders))
	switch total, ok := in.Counts[tab]; {
	case in.IsNarrowed() && in.FoundExact:
		return i18n.Number(n) + " of " + i18n.Number(in.Found) + " shown"
	case !in.IsNarrowed() && ok:
		return i18n.Number(n) + " of " + i18n.Number(total) + " shown"
	}
	return i18n.Number(n) + " shown"
}

// cutWords say honestly how far the list was looked through.
func cutWords(in OrdersInput) string {
	found := "nothing so far"
	if n := int64(len(in.Orders)); n > 0 {
		found = i18n.Plural(n, "order", "orders") + " so far"
	}
	return "Looked through " + i18n.Plural(int64(in.Walked), "order", "orders") + " and found " + found + "."
}

func newBulkBar(in OrdersInput, tab string) bulkBar {
	b := bulkBar{Query: in.Asked.Encode()}
	total := in.Counts[tab]
	if in.IsNarrowed() {
		total = in.Found
	}
	if in.NewerCursor == "" && in.OlderCursor == "" {
		return b
	}
	b.Count = i18n.Number(total)
	if in.IsNarrowed() && !in.FoundExact {
		b.Count = "more than " + b.Count
	}
	b.All = "Select all " + b.Count + " that match"
	return b
}

// OrdersURL is the list's URL with these parameters.
func OrdersURL(v url.Values) string {
	if v.Get("tab") == TabAll {
		v = without(v, "tab")
	}
	if len(v) == 0 {
		return "/orders"
	}
	return "/orders?" + v.Encode()
}

// with, without and only are copies of parameters with a change.
func with(v url.Values, name, value string) url.Values {
	n := without(v, name)
	n.Set(name, value)
	return n
}

func without(v url.Values, names ...string) url.Values {
	n := url.Values{}
	for key, values := range v {
		n[key] = values
	}
	for _, name := range names {
		delete(n, name)
	}
	return n
}

func only(v url.Values, names ...string) url.Values {
	n := url.Values{}
	for _, name := range names {
		if values, ok := v[name]; ok {
			n[name] = values
		}
	}
	return n
}

// orderURL is the page of an order.
func orderURL(id string) string { return "/orders/" + url.PathEscape(id) }

// orderName is what people call an order: the shop's own reference, else Stripe's id.
func orderName(o models.Order) string {
	if o.Reference != "" {
		return o.Reference
	}
	return o.ID
}

func decimal(n int64) string { return strconv.FormatInt(n, 10) }
