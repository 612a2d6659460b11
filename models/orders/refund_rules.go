package orders

import (
	"fmt"

	"counterfoil/models"
	"counterfoil/models/money"
)

// RefundFacts are what the rules on refunds look at.
type RefundFacts struct {
	Order    models.Order
	Refunds  []models.Refund    // as Stripe has them, made here or elsewhere
	Disputes []models.Dispute   // of the order
	Acts     []models.RefundAct // our own, refused ones too, oldest first
}

// Refundable is what was captured less what was or is being refunded, our own refunds without an answer included. It never looks at
// the charge's amount_refunded, which holds a partial capture's released rest as well (docs.stripe.com/api/charges/object).
func (f *RefundFacts) Refundable() money.Amount {
	left := f.Order.AmountCaptured
	known := map[string]bool{"": true}
	for _, r := range f.Refunds {
		known[r.ID], known[r.OperationID] = true, true
		if r.CountsAsRefunded() {
			left -= r.Amount
		}
	}
	for _, a := range f.Acts {
		if a.State != models.ActRefused && !known[a.ID] && (a.RefundID == "" || !known[a.RefundID]) {
			left -= a.Amount
		}
	}
	return money.Amount{Minor: max(0, left), Currency: f.Order.Currency}
}

// CheckRefund answers why nothing of the order can be refunded, or nil. It refuses only where no money can move: a refund past the 180
// days is left to Stripe. An escalated dispute bars it (docs.stripe.com/payments/klarna), and so does one that Stripe says is not
// refundable (docs.stripe.com/api/disputes/object, is_charge_refundable).
func CheckRefund(f RefundFacts) *models.Refusal {
	if !f.Order.IsCaptured() {
		return &models.Refusal{Code: "not_captured", Message: "Nothing was captured: there is nothing to refund."}
	}
	if f.Refundable().Minor == 0 {
		return f.lastAct(&models.Refusal{Code: "all_refunded", Message: "All that was captured is refunded or on its way back."})
	}
	for _, d := range f.Disputes {
		switch {
		case d.IsOpen() && !d.IsInquiry():
			return &models.Refusal{Code: "chargeback_open", Message: "A chargeback is open: a refund is no longer possible. Answer it with evidence."}
		case !d.IsRefundable:
			return &models.Refusal{Code: "not_refundable", Message: "This payment was disputed, and Stripe says that it can no longer be refunded."}
		}
	}
	return nil
}

// CodeRefundUnconfirmed is the code of CheckRefundAmount's error when only the confirmation is missing.
const CodeRefundUnconfirmed = "refund_unconfirmed"

// CheckRefundAmount answers with an error of kind invalid on the field "amount" when amount cannot be refunded, with one of code
// CodeRefundUnconfirmed unless confirmed is amount in minor units, and with a *models.Refusal when the amount was confirmed but another refund
// came first.
func CheckRefundAmount(f RefundFacts, amount money.Amount, confirmed int64) error {
	left := f.Refundable()
	switch {
	case amount.Currency != f.Order.Currency:
		return invalid("amount", "currency", fmt.Sprintf("This order is in %s.", f.Order.Currency))
	case amount.Minor <= 0:
		return invalid("amount", "amount_zero", "Enter an amount above zero.")
	case amount.Minor > left.Minor && confirmed == amount.Minor:
		return f.lastAct(&models.Refusal{Code: "amount_too_large", Message: fmt.Sprintf("Only %s is left to refund by now.", left)})
	case amount.Minor > left.Minor:
		return invalid("amount", "amount_too_large", fmt.Sprintf("At most %s can be refunded: no more is captured and not yet refunded.", left))
	case confirmed != amount.Minor:
		return invalid("confirmed", CodeRefundUnconfirmed, fmt.Sprintf("Confirm the refund of %s: it cannot be undone.", amount))
	}
	return nil
}

// lastAct names in a refusal who of ours refunded last.
func (f *RefundFacts) lastAct(r *models.Refusal) *models.Refusal {
	for _, a := range f.Acts {
		if a.State != models.ActRefused {
			r.By, r.At = a.StaffName, a.Requested
		}
	}
	return r
}
