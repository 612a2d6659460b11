package orders

import (
	"fmt"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
)

// Facts are what the rules look at: the order and our own acts that were not refused.
type Facts struct {
	Order        models.Order
	Capture      *models.Capture
	Cancellation *models.Cancellation
}

// CheckCapture answers why the order cannot be captured at now, or nil. Stripe allows one capture of a Klarna payment, within
// 28 days of the authorization (docs.stripe.com/payments/klarna/accept-a-payment).
func CheckCapture(f Facts, now time.Time) *models.Refusal {
	if r := ownActs(f); r != nil {
		return r
	}
	return openAuthorization(f.Order, now, "captured")
}

// CheckCancel answers why the authorization cannot be canceled at now, or nil. What the customer has not finished at Klarna can be
// canceled as well (docs.stripe.com/api/payment_intents/cancel).
func CheckCancel(f Facts, now time.Time) *models.Refusal {
	if r := ownActs(f); r != nil {
		return r
	}
	if !f.Order.IsCaptured() && cancelableBeforeAuthorization(f.Order.PaymentStatus) { // the charge may be ahead of the PaymentIntent
		return nil
	}
	return openAuthorization(f.Order, now, "canceled")
}

// CheckShipment answers why no tracking can be added, or nil: Stripe keeps it on the charge, which the authorization creates.
func CheckShipment(o models.Order) *models.Refusal {
	switch {
	case o.ChargeID == "" || o.Status == models.StatusStarted || o.Status == models.StatusFailed:
		return &models.Refusal{Code: "not_authorized", Message: "Klarna has not authorized this payment: there is nothing to ship yet."}
	case o.Status == models.StatusCanceled || o.Status == models.StatusExpired:
		return &models.Refusal{Code: "not_captured", Message: "This payment was never captured: tracking has nothing to prove."}
	}
	return nil
}

// CheckAmount answers with an error of kind invalid on the field "amount" when amount cannot be captured.
func CheckAmount(o models.Order, amount money.Amount) error {
	switch {
	case amount.Currency != o.Currency:
		return invalid("amount", "currency", fmt.Sprintf("This order is in %s.", o.Currency))
	case amount.Minor <= 0:
		return invalid("amount", "amount_zero", "Enter an amount above zero. To release the whole authorization, cancel it.")
	case amount.Minor > o.Capturable().Minor:
		return invalid("amount", "amount_too_large", fmt.Sprintf("At most %s can be captured: Klarna approved no more.", o.Capturable()))
	}
	return nil
}

// Releases is what capturing amount gives up for good. The rest of a Klarna authorization is released with the one capture.
func Releases(o models.Order, amount money.Amount) money.Amount {
	return money.Amount{Minor: o.Capturable().Minor - amount.Minor, Currency: o.Currency}
}

// CodeReleaseUnconfirmed is the code of CheckRelease's error.
const CodeReleaseUnconfirmed = "release_unconfirmed"

// CheckRelease answers with an error of kind invalid and code CodeReleaseUnconfirmed unless confirmed names, in minor units,
// exactly what capturing amount releases.
func CheckRelease(o models.Order, amount money.Amount, confirmed int64) error {
	if lost := Releases(o, amount); lost.Minor != 0 && lost.Minor != confirmed {
		return invalid("released", CodeReleaseUnconfirmed,
			fmt.Sprintf("The remaining %s is released. Stripe allows one capture: it cannot be captured later.", lost))
	}
	return nil
}

// ownActs refuses what one of our own captures or cancellations already did or is doing.
func ownActs(f Facts) *models.Refusal {
	if c := f.Capture; c != nil {
		r := &models.Refusal{Code: "already_captured", By: c.StaffName, At: c.Requested,
			Message: fmt.Sprintf("%s was captured already. Stripe allows one capture.", c.Money())}
		if c.State == models.ActPending {
			r.Code, r.Message = "capture_pending", "Stripe has not said yet whether this was captured. Do not try again: we are asking."
		}
		return r
	}
	if c := f.Cancellation; c != nil {
		r := &models.Refusal{Code: "already_canceled", By: c.StaffName, At: c.Requested, Message: "This authorization was canceled already."}
		if c.State == models.ActPending {
			r.Code, r.Message = "cancel_pending", "Stripe has not said yet whether this was canceled. Do not try again: we are asking."
		}
		return r
	}
	return nil
}

// openAuthorization refuses unless the order waits for its capture; done names the act in the past tense.
func openAuthorization(o models.Order, now time.Time, done string) *models.Refusal {
	switch o.Status {
	case models.StatusAuthorized:
		if by := o.CaptureBy(); by != 0 && !now.Before(by.Time()) {
			return &models.Refusal{Code: "expired", At: by, Message: "The authorization ran out after 28 days: nothing can be " + done + " any more."}
		}
		return nil
	case models.StatusCaptured, models.StatusPartlyCaptured:
		return &models.Refusal{Code: "already_captured", At: o.CapturedAt,
			Message: fmt.Sprintf("%s was captured already. Stripe allows one capture.", o.Captured())}
	case models.StatusCanceled:
		return &models.Refusal{Code: "already_canceled", At: o.CanceledAt, Message: "The authorization was canceled: nothing can be " + done + "."}
	case models.StatusExpired:
		return &models.Refusal{Code: "expired", At: o.CanceledAt, Message: "The authorization ran out after 28 days: nothing can be " + done + " any more."}
	case models.StatusFailed:
		return &models.Refusal{Code: "not_authorized", Message: "Klarna did not authorize this payment: there is nothing to be " + done + "."}
	}
	return &models.Refusal{Code: "not_authorized", Message: "The customer has not finished at Klarna: there is nothing to be " + done + " yet."}
}

// cancelableBeforeAuthorization holds Stripe's statuses from which a PaymentIntent can be canceled besides requires_capture.
func cancelableBeforeAuthorization(status string) bool {
	switch status {
	case "requires_payment_method", "requires_confirmation", "requires_action":
		return true
	}
	return false
}

func invalid(field, code, message string) error {
	return &models.Error{Kind: models.KindInvalid, Field: field, Code: code, Message: message}
}
