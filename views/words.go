package views

import (
	"strings"

	"counterfoil/models"
	"counterfoil/views/ui"
)

// shortcuts are the keys that app.js listens to.
var shortcuts = [...]ui.Part{
	{Name: "Search", Value: "/"},
	{Name: "Go to, or do", Value: "Ctrl K"},
	{Name: "Today", Value: "g t"},
	{Name: "Orders", Value: "g o"},
	{Name: "Disputes", Value: "g d"},
	{Name: "Settlements", Value: "g s"},
	{Name: "Next and previous row", Value: "j k"},
	{Name: "Tick the row", Value: "x"},
	{Name: "Open the row", Value: "Enter"},
	{Name: "To the capture", Value: "c"},
	{Name: "Export as CSV", Value: "e"},
	{Name: "This help", Value: "?"},
	{Name: "Close", Value: "Esc"},
}

// statusBadge is the payment's state: shape, word and colour.
func statusBadge(s models.OrderStatus) ui.BadgeModel {
	switch s {
	case models.StatusStarted:
		return ui.BadgeModel{Icon: "hourglass", Text: "Started"}
	case models.StatusFailed:
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Failed"}
	case models.StatusAuthorized:
		return ui.BadgeModel{Tone: ui.ToneInfo, Icon: "circle-dashed", Text: "Authorized"}
	case models.StatusPartlyCaptured:
		return ui.BadgeModel{Tone: ui.ToneInfo, Icon: "circle-dot", Text: "Partly captured"}
	case models.StatusCaptured:
		return ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Captured"}
	case models.StatusCanceled:
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Canceled"}
	case models.StatusExpired:
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Expired"}
	}
	return ui.BadgeModel{Tone: ui.ToneUnk, Icon: "circle-question-mark", Text: string(s)}
}

// automaticBadge flags an order that was captured automatically without a recorded ground.
var automaticBadge = ui.BadgeModel{Tone: ui.ToneWarn, Icon: "triangle-alert", Text: "Automatic"}

var unknownBadge = ui.BadgeModel{Tone: ui.ToneUnk, Icon: "circle-question-mark", Text: "Unknown"}

// orderBadges are the state of the payment and, beside it, of its refunds and disputes. pending: an act of ours has no answer yet.
func orderBadges(o models.Order, pending bool) []ui.BadgeModel {
	badges := []ui.BadgeModel{statusBadge(o.Status)}
	if pending {
		badges[0] = unknownBadge
	}
	if b, ok := disputeBadgeOf(o.DisputeStatus); ok {
		badges = append(badges, b)
	}
	switch {
	case o.AmountRefunded <= 0:
	case o.AmountRefunded >= o.AmountCaptured:
		badges = append(badges, ui.BadgeModel{Icon: "rotate-ccw", Text: "Refunded"})
	default:
		badges = append(badges, ui.BadgeModel{Icon: "rotate-ccw", Text: "Partly refunded"})
	}
	return badges
}

// disputeBadgeOf is the state of the newest dispute as it stands beside an order; false without one.
func disputeBadgeOf(status string) (ui.BadgeModel, bool) {
	if status == "" {
		return ui.BadgeModel{}, false
	}
	return disputeBadge(status), true
}

// disputeBadge is a dispute's status in words. Source of the statuses: docs.stripe.com/api/disputes/object.
func disputeBadge(status string) ui.BadgeModel {
	switch status {
	case "warning_needs_response":
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "shield-alert", Text: "Inquiry"}
	case "warning_under_review":
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "shield-alert", Text: "Inquiry under review"}
	case "warning_closed":
		return ui.BadgeModel{Icon: "shield-check", Text: "Inquiry closed"}
	case "needs_response":
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "shield-alert", Text: "Chargeback"}
	case "under_review":
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "shield-alert", Text: "Under review"}
	case "won":
		return ui.BadgeModel{Tone: ui.ToneOK, Icon: "shield-check", Text: "Dispute won"}
	case "lost":
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Dispute lost"}
	case "prevented":
		return ui.BadgeModel{Icon: "shield-check", Text: "Dispute prevented"}
	case models.MailOpen:
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "mail", Text: "Waits for a mail"}
	case models.MailAnswered:
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "mail", Text: "Answered by mail"}
	case models.MailWon:
		return ui.BadgeModel{Tone: ui.ToneOK, Icon: "shield-check", Text: "Dispute won"}
	case models.MailLost:
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Dispute lost"}
	case models.MailClosed:
		return ui.BadgeModel{Icon: "shield-check", Text: "Dispute closed"}
	}
	return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "shield-alert", Text: plain(status)}
}

// disputeReason is a dispute's reason in words.
func disputeReason(reason string) string { return capital(models.DisputeReasonWords(reason)) }

// refundBadge is a refund's status in words. Source of the statuses: docs.stripe.com/api/refunds/object.
func refundBadge(status string) ui.BadgeModel {
	switch status {
	case "succeeded":
		return ui.BadgeModel{Tone: ui.ToneOK, Icon: "circle-check", Text: "Refunded"}
	case "pending":
		return ui.BadgeModel{Icon: "hourglass", Text: "On its way"}
	case "requires_action":
		return ui.BadgeModel{Tone: ui.ToneWarn, Icon: "triangle-alert", Text: "Needs the customer"}
	case "failed":
		return ui.BadgeModel{Tone: ui.ToneBad, Icon: "circle-x", Text: "Failed"}
	case "canceled":
		return ui.BadgeModel{Icon: "circle-x", Text: "Canceled"}
	}
	return ui.BadgeModel{Tone: ui.ToneUnk, Icon: "circle-question-mark", Text: plain(status)}
}

// klarnaCategory is how the customer pays Klarna. Source: docs.stripe.com/api/charges/object, payment_method_details.klarna.
func klarnaCategory(category string) string {
	switch category {
	case "":
		return "Klarna"
	case "pay_with_financing":
		return "Klarna, financing"
	case "pay_in_installments":
		return "Klarna, installments"
	}
	return "Klarna, " + plain(category)
}

// cancelReasons are the reasons that Stripe takes (docs.stripe.com/api/payment_intents/cancel).
var cancelReasons = [...]ui.Option{
	{Value: "requested_by_customer", Text: "The customer asked for it"},
	{Value: "abandoned", Text: "It cannot be delivered"},
	{Value: "duplicate", Text: "Ordered twice"},
	{Value: "fraudulent", Text: "It looks fraudulent"},
}

// cancelReason puts Stripe's cancellation reason into words.
func cancelReason(reason string) string {
	for _, r := range cancelReasons {
		if r.Value == reason {
			return r.Text
		}
	}
	if reason == "automatic" {
		return "The authorization ran out"
	}
	return plain(reason)
}

// plain makes words out of an identifier of Stripe's.
func plain(s string) string { return strings.ReplaceAll(s, "_", " ") }

// capital makes the first letter a capital one.
func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// join puts the parts that are not empty side by side.
func join(parts ...string) string {
	kept := parts[:0:0]
	for _, p := range parts {
		if p != "" {
			kept = append(kept, p)
		}
	}
	return strings.Join(kept, " · ")
}
