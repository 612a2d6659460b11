package evidence

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"counterfoil/models"
)

// Facts are what is known of a dispute without anybody writing it.
type Facts struct {
	Dispute             models.Dispute
	Order               *models.Order // nil for a payment that the mirror does not have
	Shipments           []models.Shipment
	Refunds             []models.Refund
	Notes               []models.Note
	Earlier             []models.Order // captured orders of the same customer without a dispute, newest first
	Documents           []models.Document
	BalanceTransactions []models.BalanceTransaction // of the dispute
	Goods               models.Goods
	Zone                *time.Location
	Shop                string
}

// MaxEarlier is how many orders of the same customer are looked up.
const MaxEarlier = 10

// Known is a text of the evidence that is known, and where from.
type Known struct {
	Value string
	From  string
}

// Prefill is what is known for each field of the evidence. It holds facts only: nothing that the shop does not have.
func Prefill(f Facts) map[string]Known {
	known := map[string]Known{}
	put := func(field, value, from string) {
		if value != "" {
			known[field] = Known{Value: value, From: from}
		}
	}
	put("uncategorized_text", Summary(f), "Written from the facts")
	if f.Order == nil {
		return known
	}
	o := f.Order
	put("customer_name", o.CustomerName, "From the order")
	put("customer_email_address", o.CustomerEmail, "From the order")
	put("billing_address", address(o.Billing), "From the order")
	put("refund_refusal_explanation", refunded(f), "From the refunds")
	if !isReference(o.Description, o.Reference) {
		put("product_description", o.Description, "From the order")
	}
	if f.Goods != models.GoodsPhysical {
		return known
	}
	put("shipping_address", shippingAddress(f), "From the order")
	parcels := parcels(f)
	if len(parcels) == 0 {
		return known
	}
	var names, numbers, days []string
	for _, p := range parcels {
		if p.CarrierName != "" && !slices.Contains(names, p.CarrierName) {
			names = append(names, p.CarrierName)
		}
		numbers = append(numbers, p.TrackingNumber)
		if day := longDay(p.ShippedOn); day != "" && !slices.Contains(days, day) {
			days = append(days, day)
		}
	}
	from := "From the shipment"
	if len(f.Shipments) == 0 {
		from = "As Stripe has it"
	}
	if len(parcels) > 1 {
		from = fmt.Sprintf("From %d shipments", len(parcels))
	}
	// Several are separated by commas (docs.stripe.com/api/disputes/object, evidence.shipping_carrier).
	put("shipping_carrier", strings.Join(names, ", "), from)
	put("shipping_tracking_number", strings.Join(numbers, ", "), from)
	put("shipping_date", strings.Join(days, ", "), from)
	return known
}

// isReference tells whether a description says no more than the order's reference, as "Order #NG-1" does.
func isReference(description, reference string) bool {
	rest := strings.ToLower(strings.ReplaceAll(description, reference, ""))
	return strings.Trim(strings.NewReplacer("order", "", "number", "", "no.", "", "bestellung", "").Replace(rest), " #:.-") == ""
}

// parcels are the shipments that count: with a number, and not corrected by a later one. Where none was recorded here, what Stripe has
// counts, which tells no day.
func parcels(f Facts) []models.Shipment {
	all := slices.DeleteFunc(slices.Clone(f.Shipments), func(s models.Shipment) bool { return s.ReplacedBy != "" || s.TrackingNumber == "" })
	if len(all) > 0 || f.Order == nil {
		return all
	}
	for _, s := range []models.Shipping{f.Order.ChargeShipping, f.Order.Shipping} {
		if s.TrackingNumber != "" {
			return []models.Shipment{{CarrierName: s.Carrier, TrackingNumber: s.TrackingNumber}}
		}
	}
	return nil
}

// handed says to whom a parcel was given, when, and under which number, as far as each is known.
func handed(p models.Shipment) string {
	s := "It was sent"
	if p.CarrierName != "" {
		s = "It was handed to " + p.CarrierName
	}
	if p.ShippedOn != "" {
		s += " on " + longDay(p.ShippedOn)
	}
	return s + " under the tracking number " + p.TrackingNumber + "."
}

func shippingAddress(f Facts) string {
	for _, s := range []models.Shipping{f.Order.ChargeShipping, f.Order.Shipping} {
		if s.Address.Line1 != "" {
			return strings.Join(filled(s.Name, address(s.Address)), "\n")
		}
	}
	for _, p := range f.Shipments {
		if p.ReplacedBy == "" && p.Recipient.Address.Line1 != "" {
			return strings.Join(filled(p.Recipient.Name, address(p.Recipient.Address)), "\n")
		}
	}
	return ""
}

// address writes an address as on a parcel; empty without a street.
func address(a models.Address) string {
	if a.Line1 == "" {
		return ""
	}
	return strings.Join(filled(a.Line1, a.Line2, strings.TrimSpace(a.PostalCode+" "+a.City), a.State, a.Country), "\n")
}

func filled(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

// refunded says what was refunded, and when.
func refunded(f Facts) string {
	var lines []string
	for _, r := range f.Refunds {
		if line := refundLine(f, r); line != "" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// refundLine says that a refund was made, or is on its way; nothing of one that failed.
func refundLine(f Facts, r models.Refund) string {
	switch {
	case r.Status == "succeeded":
		return fmt.Sprintf("%s was refunded on %s.", r.Money(), f.day(r.Created))
	case r.CountsAsRefunded():
		return fmt.Sprintf("A refund of %s was made on %s and is on its way.", r.Money(), f.day(r.Created))
	}
	return ""
}

// Summary is the cover of the evidence: what happened, as far as it is known, a fact in each sentence. The same facts give the same words.
func Summary(f Facts) string {
	o := f.Order
	if o == nil {
		return ""
	}
	name := "This order"
	if o.Reference != "" {
		name = "Order " + o.Reference
	}
	var s []string
	say := func(format string, args ...any) { s = append(s, fmt.Sprintf(format, args...)) }
	if o.AuthorizedAt != 0 {
		say("%s over %s was placed with Klarna on %s.", name, o.Authorized(), f.day(o.AuthorizedAt))
	}
	if f.Goods == models.GoodsPhysical {
		for _, p := range parcels(f) {
			say("%s", handed(p))
		}
	}
	if o.IsCaptured() && o.CapturedAt != 0 {
		captured := fmt.Sprintf("%s was captured on %s", o.Captured(), f.day(o.CapturedAt))
		if rest := o.Released(); rest.Minor > 0 {
			captured += fmt.Sprintf(", and %s was released to the customer", rest)
		}
		say("%s.", captured)
	}
	for _, r := range f.Refunds {
		if line := refundLine(f, r); line != "" {
			say("%s", line)
		}
	}
	for _, field := range Fields() {
		if n := pages(f.Documents, field.Name); n == 1 {
			say("%s is attached.", field.Label)
		} else if n > 1 {
			say("%s is attached, %d pages.", field.Label, n)
		}
	}
	if n := len(f.Earlier); n > 0 {
		say("%s", earlier(f, n))
	}
	return strings.Join(s, " ")
}

// pages is how many pages the files of a field have together.
func pages(documents []models.Document, field string) (n int64) {
	for _, d := range documents {
		if d.Field == field {
			n += d.Pages
		}
	}
	return n
}

func earlier(f Facts, n int) string {
	days := make([]string, 0, n)
	for _, o := range slices.Backward(f.Earlier) {
		days = append(days, f.day(o.Created))
	}
	if n == 1 {
		return "The same customer bought from us before without a dispute, on " + days[0] + "."
	}
	times := fmt.Sprint(n)
	if n >= MaxEarlier {
		times = "at least " + times
	}
	return fmt.Sprintf("The same customer bought from us %s times before without a dispute, on %s and %s.", times, strings.Join(days[:n-1], ", "), days[n-1])
}

// day writes a day in the shop's zone, with every word: "1 October 2026".
func (f *Facts) day(at models.Unix) string {
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	return at.Time().In(zone).Format("2 January 2006")
}

// longDay writes a calendar day of ours with every word; what is none stands for itself.
func longDay(day string) string {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return day
	}
	return t.Format("2 January 2006")
}
