package evidence

import (
	"slices"

	"counterfoil/models"
	"counterfoil/models/money"
)

// Strength is how much a piece of evidence weighs.
type Strength string

// The strengths.
const (
	Strongest Strength = "strongest"
	Strong    Strength = "strong"
	Optional  Strength = "optional"
)

// Ask is a piece of evidence that a dispute asks for. Adds is its share of the meter, in percent; the shares are ours, the pieces are not.
type Ask struct {
	Field    string
	Strength Strength
	Adds     int
	Why      string
	Source   string
}

const (
	stripePage = "docs.stripe.com/payments/klarna/disputes"
	klarnaPage = "docs.klarna.com, disputes, evidence"
)

// SignatureAbove is the amount above which Klarna wants a signature, in minor units of EUR (docs.klarna.com, disputes: second-hand). Other
// currencies have no such number of their own, and none is converted.
const SignatureAbove = 750_00

// PlanFor is what a dispute of this reason asks for when such goods were sold, the strongest first; amount is the order's. The shares add up
// to 100.
func PlanFor(reason string, goods models.Goods, amount money.Amount) []Ask {
	parts := pieces(reason, goods)
	if goods == models.GoodsPhysical {
		signature := piece{"customer_signature", 1, "shows who took the parcel", klarnaPage}
		if amount.Currency == "EUR" && amount.Minor > SignatureAbove {
			signature.weight, signature.why = 3, "over EUR 750.00 a signature is asked for"
		}
		parts = append(parts, signature)
	}
	slices.SortStableFunc(parts, func(a, b piece) int { return b.weight - a.weight })
	return shared(parts)
}

// piece is a row of the table: weight 4 and more is the strongest, 2 and 3 strong, 1 optional.
type piece struct {
	field  string
	weight int
	why    string
	source string
}

// pieces is the table: what each reason asks for, by what was sold.
func pieces(reason string, goods models.Goods) []piece {
	told := piece{"uncategorized_text", 2, "the facts in their order", klarnaPage}
	messages := piece{"customer_communication", 2, "what was agreed with the customer", stripePage}
	invoice := piece{"receipt", 2, "ties the payment to the order", klarnaPage}
	switch reason {
	case "product_not_received":
		return append(delivery(goods), told, messages)
	case "fraudulent":
		return append(delivery(goods), piece{"shipping_address", 1, "the address that was agreed", stripePage}, told,
			piece{"customer_email_address", 1, "identifies the customer", klarnaPage}, messages)
	case "credit_not_processed":
		return append(always(goods), piece{"refund_refusal_explanation", 4, "whether the return arrived, and what was refunded", stripePage},
			piece{"uncategorized_file", 4, "the record of the refund, or of the return", stripePage}, piece{"refund_policy", 1, "what was agreed about returns", klarnaPage}, told, messages)
	case "duplicate":
		return append(always(goods), piece{"uncategorized_file", 4, "proof that it is another order, or of the other payment", stripePage},
			piece{"duplicate_charge_explanation", 3, "why it is not paid twice", klarnaPage},
			piece{"duplicate_charge_documentation", 2, "the other payment’s own proof", klarnaPage}, messages, told)
	case "product_unacceptable":
		messages.weight, messages.why = 4, "what was offered: repair, replacement, return label, refund"
		return append(always(goods), messages, piece{"product_description", 3, "why it is as advertised", klarnaPage},
			piece{"refund_refusal_explanation", 2, "whether it came back, and what is refunded", klarnaPage}, piece{"uncategorized_file", 1, "pictures, the advert", klarnaPage}, told)
	case "general":
		return append([]piece{{"receipt", 4, "price, discount and shipping fee, on the invoice of this order", klarnaPage}}, append(delivery(goods), told, messages)...)
	}
	return append(delivery(goods), invoice, told, messages)
}

// always is what Klarna asks for whatever the reason: the delivery as a document, and what names the parcel.
func always(goods models.Goods) []piece {
	if goods != models.GoodsPhysical {
		return nil
	}
	return []piece{{"shipping_documentation", 5, "always asked for: with time, address and receiver", klarnaPage}, {"shipping_tracking_number", 1, "on every paper", klarnaPage},
		{"shipping_date", 1, "when it left", klarnaPage}, {"shipping_carrier", 1, "who carried it", klarnaPage}}
}

// delivery is how it is proved that the customer got what was sold. For Klarna the document stands first: a link is not sufficient.
func delivery(goods models.Goods) []piece {
	switch goods {
	case models.GoodsDigital:
		return []piece{{"access_activity_log", 5, "shows that it was used, when and from where", klarnaPage}, {"service_documentation", 3, "shows that it was sent", klarnaPage},
			{"service_date", 2, "when it was sent", klarnaPage}, {"customer_purchase_ip", 1, "where it was bought from", klarnaPage}}
	case models.GoodsService:
		return []piece{{"service_documentation", 5, "shows that it was done, with date and receiver", klarnaPage}, {"service_date", 3, "when it was done", klarnaPage}, {"cancellation_policy", 1, "what was agreed", stripePage}}
	case models.GoodsEvent:
		return []piece{{"service_documentation", 5, "shows the booking, and that it was used", klarnaPage}, {"service_date", 3, "when it took place", klarnaPage}, {"cancellation_policy", 2, "what was agreed about canceling", stripePage}}
	}
	return []piece{{"shipping_documentation", 6, "always asked for: with time, address and receiver", klarnaPage}, {"shipping_tracking_number", 3, "on every paper", stripePage},
		{"shipping_date", 2, "when it left", stripePage}, {"shipping_carrier", 2, "who carried it", stripePage}}
}

// shared turns weights into percents that add up to 100; what rounding leaves goes to the first.
func shared(parts []piece) []Ask {
	all := 0
	for _, p := range parts {
		all += p.weight
	}
	asks := make([]Ask, 0, len(parts))
	left := 100
	for _, p := range parts {
		a := Ask{Field: p.field, Adds: p.weight * 100 / all, Why: p.why, Source: p.source, Strength: Optional}
		switch {
		case p.weight >= 4:
			a.Strength = Strongest
		case p.weight >= 2:
			a.Strength = Strong
		}
		left -= a.Adds
		asks = append(asks, a)
	}
	asks[0].Adds += left
	return asks
}

// Step is a piece that is asked for, and whether it is there.
type Step struct {
	Ask
	Have bool
}

// Completeness adds up what is there, in percent, and names every piece.
func Completeness(plan []Ask, has func(field string) bool) (percent int, steps []Step) {
	for _, a := range plan {
		s := Step{Ask: a, Have: has(a.Field)}
		if s.Have {
			percent += a.Adds
		}
		steps = append(steps, s)
	}
	return percent, steps
}
