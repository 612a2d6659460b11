package views

import (
	"slices"
	"strings"

	"github.com/a-h/templ"

	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
	"counterfoil/web/i18n"
)

// sorts says what the heading of a column sorts by; those that are not here sort nothing.
var sorts = map[models.ListColumn]string{
	models.ColumnAmount:     "amount",
	models.ColumnCaptureBy:  "capture-by",
	models.ColumnAuthorized: "created",
}

// shownColumns are those that a person chose, in the order of the table.
func shownColumns(p models.ListPreferences) []models.ListColumn {
	return slices.DeleteFunc(models.ListColumns(), func(c models.ListColumn) bool { return !p.Shows(c) })
}

// orderHeader is the head of a column.
type orderHeader struct {
	Name  string
	Right bool
	URL   string // sorts by it; "" where it cannot
	Sort  string // aria-sort: "ascending", "descending" or ""
}

// icon shows which way the column is sorted.
func (h orderHeader) icon() string {
	if h.Sort == "ascending" {
		return "arrow-up"
	}
	return "arrow-down"
}

func headers(in OrdersInput, shown []models.ListColumn) []orderHeader {
	current, desc := strings.CutPrefix(in.Asked.Get("sort"), "-")
	if current == "" {
		current, desc = tabSort(in)
	}
	var all []orderHeader
	for _, key := range shown {
		sort := sorts[key]
		h := orderHeader{Name: ColumnText(key), Right: key == models.ColumnAmount}
		if sort != "" {
			next := "-" + sort // the newest, largest first
			if sort == "capture-by" {
				next = sort // the soonest first
			}
			if sort == current {
				h.Sort, next = "ascending", "-"+sort
				if desc {
					h.Sort, next = "descending", sort
				}
			}
			h.URL = OrdersURL(with(in.Asked, "sort", next))
		}
		all = append(all, h)
	}
	return all
}

// tabSort is a tab's own order, as in store.OrderQuery.
func tabSort(in OrdersInput) (sort string, desc bool) {
	switch {
	case in.Asked.Get("q") != "":
	case in.Tab == TabToCapture, in.Tab == TabRunningOut:
		return "capture-by", false
	case in.Tab == TabExpired:
		return "capture-by", true
	}
	return "created", true
}

// orderRow is one order of the list.
type orderRow struct {
	ID      string
	URL     string
	Name    string
	Pick    pick
	Columns []orderCell
}

// pick is the box that selects an order.
type pick struct {
	Off      bool // nothing can be done with it now
	Minor    string
	Currency string
	Exponent string
	Tracking string // "yes" or "no"
}

// orderCell is one cell; Key says what is drawn.
type orderCell struct {
	Key        models.ListColumn
	Text       string
	Muted      string // beside the text
	Hidden     bool   // the customer is hidden for the role
	Badges     []ui.BadgeModel
	Amount     money.Amount
	Below      string // "of EUR 189.90" where less was captured than authorized
	Due        *ui.DueModel
	NoTracking bool // captured, and none was given
	Quiet      bool // nothing to mind
	At         ui.Moment
}

func newOrderRow(in OrdersInput, o models.Order, shown []models.ListColumn) orderRow {
	s, pending := in.Shell, in.Pending[o.ID]
	o.Status = o.StatusAt(models.UnixOf(s.Now))
	exponent, _ := money.Exponent(o.Currency)
	r := orderRow{ID: o.ID, URL: orderURL(o.ID), Name: orderName(o), Pick: pick{Off: pending, Minor: decimal(o.Capturable().Minor),
		Currency: o.Currency, Exponent: decimal(int64(exponent)), Tracking: "no"}}
	if o.IsCaptured() {
		r.Pick.Minor = decimal(o.AmountCaptured)
	}
	if o.HasTracking {
		r.Pick.Tracking = "yes"
	}
	for _, key := range shown {
		cell := orderCell{Key: key}
		cell.fill(s, o, pending)
		if key == models.ColumnStatus && in.Ground.Flags(o) {
			cell.Badges = append(cell.Badges, automaticBadge)
		}
		r.Columns = append(r.Columns, cell)
	}
	return r
}

// fill puts what the column shows of the order into the cell.
func (cell *orderCell) fill(s Shell, o models.Order, pending bool) {
	switch cell.Key {
	case models.ColumnCustomer:
		cell.Text, cell.Muted, cell.Hidden = o.CustomerName, o.Country, !s.CanSeeCustomers
	case models.ColumnCountry:
		cell.Text = i18n.Country(o.Country)
	case models.ColumnReference:
		cell.Text = o.Reference
	case models.ColumnStatus:
		cell.Badges = orderBadges(o, pending)
	case models.ColumnAmount:
		cell.Amount = o.Authorized()
		if o.Status == models.StatusPartlyCaptured {
			cell.Amount, cell.Below = o.Captured(), "of "+ui.Money(o.Authorized())
		}
	case models.ColumnCaptureBy:
		cell.captureBy(s.clock(), o)
	case models.ColumnTracking:
		cell.Text, cell.NoTracking = trackingWord(o)
		cell.Quiet = !o.HasTracking && !cell.NoTracking
	case models.ColumnCategory:
		cell.Text = klarnaCategory(o.KlarnaCategory)
	case models.ColumnMethod:
		cell.Text = methodWord(o.CaptureMethod)
	case models.ColumnAuthorized:
		cell.At = s.clock().Day(o.AuthorizedAt.Time())
	}
}

// captureBy is the deadline, or what came of it.
func (cell *orderCell) captureBy(c ui.Clock, o models.Order) {
	word := func(text string, at models.Unix) {
		cell.Muted = strings.TrimSpace(text + " " + c.Day(at.Time()).Text)
	}
	switch o.Status {
	case models.StatusAuthorized:
		due := c.Due(o.CaptureBy().Time())
		cell.Due = &due
	case models.StatusCaptured, models.StatusPartlyCaptured:
		word("captured", o.CapturedAt)
	case models.StatusCanceled:
		word("canceled", o.CanceledAt)
	case models.StatusExpired:
		if o.CanceledAt == 0 {
			word("ran out", o.CaptureBy())
		} else {
			word("ran out", o.CanceledAt)
		}
	}
}

// methodWord says who captures.
func methodWord(method string) string {
	switch method {
	case "manual":
		return "by hand"
	case "":
		return ""
	}
	return "automatic"
}

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

// sortAttribute tells a screen reader how a column is sorted.
func sortAttribute(h orderHeader) templ.Attributes {
	if h.Sort == "" {
		return nil
	}
	return templ.Attributes{"aria-sort": h.Sort}
}
