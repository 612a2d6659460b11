package evidence

import (
	"strings"
	"time"

	"counterfoil/models"
)

// InquiryStory says in two sentences what the customer says, and what happens next and when. Source:
// docs.stripe.com/payments/klarna/disputes.
func InquiryStory(f Facts, now time.Time) (what, next string) {
	what = "The customer " + says(f.Dispute.Reason) + "."
	if isHighRisk(f) {
		what = "Klarna sees a high risk in this order: stop the parcel if you still can."
	}
	if PhaseOf(f.Dispute) != PhaseInquiry {
		return what, "The amount and a fee are withheld until Klarna has decided."
	}
	if f.Dispute.DueBy == 0 {
		return what, "Unless it is refunded or withdrawn, it becomes a chargeback. The customer’s payments are paused meanwhile."
	}
	zone := f.Zone
	if zone == nil {
		zone = time.UTC
	}
	at := f.Dispute.DueBy.Time().In(zone)
	if at.Before(now) {
		return what, "It was to be settled by " + at.Format("2 January 2006, 15:04") + " (" + zone.String() + ")."
	}
	return what, "Unless it is refunded or withdrawn, it becomes a chargeback after " + at.Format("2 January 2006, 15:04") + " (" + zone.String() + "). The customer’s payments are paused meanwhile."
}

// isHighRisk tells whether it is Klarna that asks, and not the customer (Klarna's reason "High risk order", docs.stripe.com/payments/klarna/disputes).
func isHighRisk(f Facts) bool { return strings.EqualFold(f.Dispute.KlarnaReason, "high_risk_order") }

// says is what the customer told Klarna, by Stripe's reason.
func says(reason string) string {
	switch reason {
	case "product_not_received":
		return "says that the goods did not arrive"
	case "credit_not_processed":
		return "says that the goods went back and the money did not"
	case "duplicate":
		return "says that this is paid already"
	case "fraudulent":
		return "says that somebody else bought this"
	case "product_unacceptable":
		return "says that the goods are faulty or not as described"
	case "general":
		return "says that the invoice is wrong, or Klarna sees a risk in the order"
	}
	if reason == "" {
		return "gave no reason"
	}
	return "gave Klarna the reason “" + models.DisputeReasonWords(reason) + "”"
}

// CustomerMessage is a message to the customer about a dispute, in neutral words, to be copied: no blame, no pressure, no promise. Empty where the customer
// reported nothing.
func CustomerMessage(f Facts) string {
	if isHighRisk(f) { // the customer has reported nothing
		return ""
	}
	order := "your order"
	if f.Order != nil && f.Order.Reference != "" {
		order += " " + f.Order.Reference
	}
	lines := []string{"Hello,", "", "Klarna has told us that something is not right with " + order + ". We would like to settle it with you."}
	if f.Goods == models.GoodsPhysical {
		for _, p := range parcels(f) {
			lines = append(lines, handed(p))
		}
	}
	lines = append(lines, asked(f.Dispute.Reason)...)
	lines = append(lines, "If it is settled for you already, you can say so in the Klarna app, where you reported it.", "", "Kind regards", f.Shop)
	return strings.TrimSpace(strings.Join(lines, "\n"))
}

// asked is what would help, by reason.
func asked(reason string) []string {
	switch reason {
	case "product_not_received":
		return []string{"Could you tell us whether it has arrived by now, or is with a neighbour or at a pick-up point?"}
	case "credit_not_processed":
		return []string{"Could you send us the return’s tracking number or receipt, so that we can find it?"}
	case "product_unacceptable":
		return []string{"Could you tell us what is wrong, with a picture if possible, and whether you would like a repair, a replacement or a return?"}
	case "duplicate":
		return []string{"Could you tell us when and how you paid before, so that we can find that payment?"}
	case "fraudulent":
		return []string{"If you do not know this order, please tell us."}
	}
	return []string{"Could you tell us what is not right?"}
}
