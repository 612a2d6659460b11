package batches

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/carriers"
	"counterfoil/models/money"
	"counterfoil/models/orders"
	"counterfoil/models/store"
	"counterfoil/models/warehouse"
)

// matcher judges the lines of a file, with everything it needs read before.
type matcher struct {
	byReference map[string][]models.Order
	byID        map[string]string // of what a person chose
	facts       map[string]orders.Facts
	shipments   map[string][]models.Shipment
	seen        map[string]models.BatchRow // rows with an act, by order
	now         time.Time
	zone        *time.Location
}

// match finds the order of each line and judges what would happen to it. Errors: internal.
func (s *Service) match(ctx context.Context, lines []Line) ([]models.BatchRow, error) {
	m := &matcher{byID: map[string]string{}, facts: map[string]orders.Facts{}, seen: map[string]models.BatchRow{}, now: s.now(), zone: s.zone}
	if err := s.readOrders(ctx, m, lines); err != nil {
		return nil, err
	}
	rows := make([]models.BatchRow, len(lines))
	for i, l := range lines {
		rows[i] = m.judge(l)
		rows[i].Line = l.Number
		if rows[i].Line <= 0 || i > 0 && rows[i].Line <= rows[i-1].Line { // a line is a row's key
			rows[i].Line = 1
			if i > 0 {
				rows[i].Line = rows[i-1].Line + 1
			}
		}
	}
	return rows, nil
}

// readOrders looks all orders up at once: by reference, by the references that were perhaps meant, and by Stripe's ids.
func (s *Service) readOrders(ctx context.Context, m *matcher, lines []Line) (err error) {
	var references []string
	for _, l := range lines {
		references = append(references, l.Order)
		references = append(references, nearMisses(l.Order)...)
	}
	if m.byReference, err = s.db.Reader.OrdersByReference(ctx, references); err != nil {
		return err
	}
	var ids []string
	for _, found := range m.byReference {
		for _, o := range found {
			ids = append(ids, o.ID)
		}
	}
	for _, l := range lines {
		if !store.IsStripeID(l.Order) {
			continue
		}
		target, err := s.db.Reader.OrderIDFor(ctx, l.Order)
		if models.IsKind(err, models.KindNotFound) || err == nil && target.OrderID == "" {
			continue
		}
		if err != nil {
			return err
		}
		m.byID[l.Order] = target.OrderID
		ids = append(ids, target.OrderID)
	}
	for from := 0; from < len(ids); from += chunk {
		part, err := s.orders.FactsOf(ctx, ids[from:min(from+chunk, len(ids))])
		if err != nil {
			return err
		}
		for id, f := range part {
			m.facts[id] = f
		}
	}
	m.shipments, err = s.db.Reader.ShipmentsOf(ctx, ids)
	return err
}

// nearMisses are references that somebody may have meant: O and 0 mixed up, another case, a # in front, no prefix.
func nearMisses(text string) []string {
	upper := strings.ToUpper(strings.TrimSpace(strings.TrimPrefix(text, "#")))
	var misses []string
	for _, miss := range []string{upper, strings.ReplaceAll(upper, "O", "0"), strings.ReplaceAll(upper, " ", ""), strings.ReplaceAll(upper, " ", "-"), "#" + upper} {
		if miss != text && miss != "" && len(miss) < 100 {
			misses = append(misses, miss)
		}
	}
	return misses
}

// leftOut is a row of which nothing is done.
func leftOut(r models.BatchRow, code, format string, args ...any) models.BatchRow {
	r.Act, r.State, r.Code, r.Message = models.ActNone, models.RowLeftOut, code, fmt.Sprintf(format, args...)
	r.Amount, r.Released = 0, 0
	return r
}

// judge says what a line would do.
func (m *matcher) judge(l Line) models.BatchRow {
	r := models.BatchRow{Line: l.Number, OrderText: show(l.Order), TrackingNumber: carriers.Normalize(l.Tracking), CarrierName: show(l.Carrier)}
	switch {
	case l.Fault != "":
		return leftOut(r, "line_bad", "%s", l.Fault)
	case l.Order == "":
		return leftOut(r, "order_missing", "This line names no order.")
	}
	if r, bad := unusable(r, l); bad {
		return r
	}
	f, problem := m.find(l.Order)
	if problem != "" {
		return leftOut(r, "unknown_order", "%s", problem)
	}
	o := f.Order
	r.OrderID, r.Currency, r.HasTracking = o.ID, o.Currency, o.HasTracking
	if r.TrackingNumber == "" {
		return leftOut(r, "tracking_missing", "This line has no tracking number.")
	}
	if len([]rune(r.TrackingNumber)) > models.MaxTrackingLength {
		return leftOut(r, "tracking_long", "A tracking number has at most %d characters.", models.MaxTrackingLength)
	}
	if problem := m.carrier(&r, l); problem != "" {
		return leftOut(r, "carrier_missing", "%s", problem)
	}
	if problem := m.day(&r, l.ShippedOn); problem != "" {
		return leftOut(r, "day", "%s", problem)
	}
	if orders.NeedsRecipient(o) {
		return leftOut(r, "recipient_missing", "Stripe has no name and address for this order, and takes a tracking number only with them. Write them on the order’s page.")
	}
	r = m.decide(r, f, l)
	if r.Act != models.ActNone {
		m.seen[o.ID] = r
	}
	return r
}

// find gives the order that a line means, or why there is none.
func (m *matcher) find(text string) (orders.Facts, string) {
	if id, ok := m.byID[text]; ok {
		return m.facts[id], ""
	}
	found := m.byReference[text]
	switch len(found) {
	case 1:
		return m.facts[found[0].ID], ""
	case 0:
		for _, miss := range nearMisses(text) {
			if len(m.byReference[miss]) == 1 {
				return orders.Facts{}, "There is no such order. Did you mean " + miss + "?"
			}
		}
		return orders.Facts{}, "There is no such order."
	}
	var open []orders.Facts
	for _, o := range found {
		if f := m.facts[o.ID]; orders.CheckCapture(f, m.now) == nil {
			open = append(open, f)
		}
	}
	if len(open) == 1 {
		return open[0], ""
	}
	return orders.Facts{}, fmt.Sprintf("Ambiguous: %d orders have this number. Write Stripe’s id of the one that is meant.", len(found))
}

// carrier resolves the carrier by its code or name, else guesses it from the number. What is doubtful is said and blocks nothing.
func (m *matcher) carrier(r *models.BatchRow, l Line) (problem string) {
	name := strings.TrimSpace(l.Carrier)
	r.Carrier = ""
	for _, c := range carriers.All() {
		if name != "" && (strings.EqualFold(c.Code, name) || strings.EqualFold(c.Name, name)) {
			r.Carrier, r.CarrierName = c.Code, c.Name
		}
	}
	if guesses := carriers.Guess(r.TrackingNumber); r.Carrier == "" && name == "" && len(guesses) > 0 {
		r.Carrier, r.CarrierName = guesses[0].Code, guesses[0].Name
	}
	switch {
	case r.Carrier == "" && name == "":
		return "The carrier cannot be told from this number. Add a column with the carrier."
	case r.Carrier == "":
		r.Carrier, r.CarrierName = carriers.Other, name
	}
	if verdict, reason := carriers.Check(r.Carrier, r.TrackingNumber); verdict == carriers.Doubtful {
		r.Advice = reason + " It is sent as written."
	}
	return ""
}

// day reads the shipping day; none is today in the shop's zone.
func (m *matcher) day(r *models.BatchRow, text string) (problem string) {
	today := m.now.In(m.zone).Format(time.DateOnly)
	r.ShippedOn = today
	if text == "" {
		return ""
	}
	day, ok := warehouse.Day(text)
	switch {
	case !ok:
		return "“" + text + "” is not a day that can be read in one way only. Write it as year-month-day."
	case day > today:
		return "The day " + day + " has not come yet."
	}
	r.ShippedOn = day
	return ""
}

// decide says what happens to an order that was found, with tracking that is in order.
func (m *matcher) decide(r models.BatchRow, f orders.Facts, l Line) models.BatchRow {
	o := f.Order
	r.State = models.RowWaiting
	if before, twice := m.seen[o.ID]; twice {
		if before.TrackingNumber == r.TrackingNumber {
			return leftOut(r, "duplicate", "The same as line %d.", before.Line)
		}
		r.Act, r.Message = models.ActTrack, "A second parcel of this order: tracking only."
		return r
	}
	if o.IsCaptured() {
		if m.hasParcel(o, r.TrackingNumber) {
			return leftOut(r, "nothing_to_do", "Captured, and this number is there already: nothing to do.")
		}
		r.Act, r.Message = models.ActTrack, "Captured on "+o.CapturedAt.Time().In(m.zone).Format("2 Jan")+". No money moves."
		return r
	}
	if refusal := orders.CheckCapture(f, m.now); refusal != nil {
		return leftOut(r, refusal.Code, "%s", refusal.Message)
	}
	r.Act, r.Amount = models.ActCapture, o.Capturable().Minor
	if l.Amount == "" {
		return r
	}
	amount, err := money.Parse(l.Amount, o.Currency)
	if err != nil {
		return leftOut(r, "amount", "“%s” is not an amount. Write it without grouping, such as 149.90.", l.Amount)
	}
	if err := orders.CheckAmount(o, amount); err != nil {
		return leftOut(r, "amount_too_large", "%s", messageOf(err))
	}
	r.Amount, r.Released = amount.Minor, orders.Releases(o, amount).Minor
	if r.Released > 0 {
		r.Message = fmt.Sprintf("%s less than authorized: that is released for good.", money.Amount{Minor: r.Released, Currency: o.Currency})
	}
	return r
}

func (m *matcher) hasParcel(o models.Order, number string) bool {
	for _, s := range m.shipments[o.ID] {
		if s.TrackingNumber == number {
			return true
		}
	}
	for _, have := range strings.Split(o.ChargeShipping.TrackingNumber+","+o.Shipping.TrackingNumber, ",") {
		if carriers.Normalize(have) == number {
			return true
		}
	}
	return false
}

func messageOf(err error) string {
	var e *models.Error
	if errors.As(err, &e) {
		return e.Message
	}
	return err.Error()
}
