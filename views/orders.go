package views

import (
	"net/url"
	"strings"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// The tabs of the orders page, as they stand in its URL.
const (
	TabAll        = "all"
	TabToCapture  = "to-capture"
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
	{TabCaptured, "Captured", "Nothing was captured yet."},
	{TabNoTracking, "No tracking", "Every captured order has a tracking number."},
	{TabDisputed, "Disputed", "No order has an open dispute."},
	{TabRefunded, "Refunded", "Nothing was refunded."},
	{TabExpired, "Expired", "No authorization ran out or was canceled."},
}

// OrdersInput is what the orders page is made from.
type OrdersInput struct {
	Shell       Shell
	Tab         string           // one of the Tab constants; anything else counts as TabAll
	Counts      map[string]int64 // orders by tab
	RunningOut  int64            // of those to capture, how many run out within 7 days
	Orders      []models.Order   // one page, newest first
	Pending     map[string]bool  // ids of orders with an act whose outcome is not known
	Query       string           // what was searched for, "" for none
	NewerCursor string           // for ?before=, "" on the first page
	OlderCursor string           // for ?after=, "" on the last page
}

// OrdersPage is the list of orders.
type OrdersPage struct {
	Shell Shell
	Sub   string
	Tabs  []ui.LinkModel
	Query string
	Rows  []orderRow
	Pager ui.PagerModel
	Empty string
	Reset string // URL of the same tab without the search
}

// orderRow is one order of the list.
type orderRow struct {
	URL        string
	Name       string
	Customer   string
	Hidden     bool // the customer is hidden for the role
	Country    string
	Badges     []ui.BadgeModel
	Amount     money.Amount
	Of         string // "of EUR 189.90" where less was captured than authorized
	Due        *ui.DueModel
	After      string // what stands in place of a deadline
	Tracking   string
	NoTracking bool // captured, and none was given
	Authorized ui.Moment
}

// NewOrdersPage makes the list of orders.
func NewOrdersPage(in OrdersInput) OrdersPage {
	in.Shell.Title, in.Shell.Nav, in.Shell.Query = "Orders", NavOrders, in.Query
	tab := tabs[0]
	for _, t := range tabs {
		if t.key == in.Tab {
			tab = t
		}
	}
	p := OrdersPage{Shell: in.Shell, Query: in.Query, Empty: tab.empty, Sub: ordersSentence(in), Reset: ordersURL(tab.key, "", "", "")}
	for _, t := range tabs {
		link := ui.LinkModel{URL: ordersURL(t.key, in.Query, "", ""), Text: t.text, Current: t.key == tab.key}
		if n, ok := in.Counts[t.key]; ok && in.Query == "" {
			link.Count = i18n.Number(n)
		}
		p.Tabs = append(p.Tabs, link)
	}
	for _, o := range in.Orders {
		p.Rows = append(p.Rows, newOrderRow(in.Shell, o, in.Pending[o.ID]))
	}
	p.Pager = ui.PagerModel{Shown: ordersShown(in, tab.key)}
	if in.NewerCursor != "" {
		p.Pager.Newer = ordersURL(tab.key, in.Query, "before", in.NewerCursor)
	}
	if in.OlderCursor != "" {
		p.Pager.Older = ordersURL(tab.key, in.Query, "after", in.OlderCursor)
	}
	return p
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
	switch {
	case in.RunningOut == 1:
		s += " 1 of them runs out within 7 days."
	case in.RunningOut > 1:
		s += " " + i18n.Number(in.RunningOut) + " of them run out within 7 days."
	}
	return s
}

func ordersShown(in OrdersInput, tab string) string {
	n := int64(len(in.Orders))
	if total, ok := in.Counts[tab]; ok && in.Query == "" {
		return i18n.Number(n) + " of " + i18n.Number(total) + " shown"
	}
	return i18n.Number(n) + " shown"
}

// ordersURL is the list's URL; cursor is "after", "before" or "".
func ordersURL(tab, query, cursor, value string) string {
	v := url.Values{}
	if tab != TabAll {
		v.Set("tab", tab)
	}
	if query != "" {
		v.Set("q", query)
	}
	if cursor != "" {
		v.Set(cursor, value)
	}
	if len(v) == 0 {
		return "/orders"
	}
	return "/orders?" + v.Encode()
}

func newOrderRow(s Shell, o models.Order, pending bool) orderRow {
	c := s.clock()
	r := orderRow{
		URL: orderURL(o.ID), Name: orderName(o), Customer: o.CustomerName, Country: o.Country, Hidden: !s.CanSeeCustomers,
		Badges: orderBadges(o, pending), Amount: o.Authorized(), Authorized: c.Day(o.AuthorizedAt.Time()),
	}
	r.Tracking, r.NoTracking = trackingWord(o)
	switch o.Status {
	case models.StatusAuthorized:
		due := c.Due(o.CaptureBy().Time())
		r.Due = &due
	case models.StatusPartlyCaptured:
		r.Amount, r.Of = o.Captured(), "of "+ui.Money(o.Authorized())
		r.After = afterWord("captured", c.Day(o.CapturedAt.Time()))
	case models.StatusCaptured:
		r.After = afterWord("captured", c.Day(o.CapturedAt.Time()))
	case models.StatusCanceled:
		r.After = afterWord("canceled", c.Day(o.CanceledAt.Time()))
	case models.StatusExpired:
		r.After = afterWord("ran out", c.Day(o.CanceledAt.Time()))
	}
	return r
}

func afterWord(word string, m ui.Moment) string { return strings.TrimSpace(word + " " + m.Text) }

// trackingWord names the carrier; missing tells that a captured order has no tracking.
func trackingWord(o models.Order) (word string, missing bool) {
	switch {
	case o.HasTracking && o.ChargeShipping.Carrier != "":
		return o.ChargeShipping.Carrier, false
	case o.HasTracking && o.Shipping.Carrier != "":
		return o.Shipping.Carrier, false
	case o.HasTracking:
		return "yes", false
	case o.IsCaptured():
		return "none", true
	case o.Status == models.StatusAuthorized:
		return "none yet", false
	}
	return "", false
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
