package mirror

import (
	"slices"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/carriers"
	"counterfoil/models/store"
)

const (
	// statusFailed is Stripe's status of a charge that came to nothing.
	statusFailed = "failed"
	// expiryMargin lets a cancellation shortly before the 28 days are over count as expiry: Stripe's clock and Klarna's differ.
	expiryMargin = time.Hour
)

// build makes an order of a PaymentIntent and the charge that counts, which may be nil.
func build(pi *models.PaymentIntent, ch *models.Charge, referenceKeys []string) models.Order {
	o := models.Order{
		ID: pi.ID, Created: pi.Created, Currency: pi.Currency, AmountAuthorized: pi.Amount, AmountCapturable: pi.AmountCapturable,
		PaymentStatus: pi.Status, CaptureMethod: pi.CaptureMethod, Description: pi.Description, Reference: reference(pi, referenceKeys),
		CustomerID: pi.CustomerID, CustomerEmail: pi.ReceiptEmail, CanceledAt: pi.CanceledAt, CancellationReason: pi.CancellationReason,
		LastErrorCode: pi.LastErrorCode, LastErrorMessage: pi.LastErrorMessage, Shipping: pi.Shipping,
	}
	if pi.Status == "succeeded" {
		o.AmountCaptured = pi.AmountReceived
	}
	if ch != nil {
		addCharge(&o, ch)
	}
	o.CustomerName = first(o.CustomerName, o.ChargeShipping.Name, o.Shipping.Name)
	o.CustomerPhone = first(o.ChargeShipping.Phone, o.Shipping.Phone)
	o.Country = first(o.Country, o.ChargeShipping.Address.Country, o.Shipping.Address.Country)
	o.HasTracking = o.Shipping.TrackingNumber != "" || o.ChargeShipping.TrackingNumber != ""
	o.CarrierVague = o.HasTracking && !carriers.IsPrecise(first(o.ChargeShipping.Carrier, o.Shipping.Carrier))
	o.Status = statusOf(&o, ch)
	o.SearchText = store.SearchText(o.CustomerName, o.CustomerEmail, o.Reference)
	return o
}

// addCharge adds what the charge says. One that failed tells who wanted to pay and why it came to nothing, and no more.
func addCharge(o *models.Order, ch *models.Charge) {
	o.KlarnaCategory, o.PreferredLocale = ch.KlarnaCategory, ch.PreferredLocale
	o.CustomerName, o.Billing = ch.BillingName, ch.Billing
	o.CustomerEmail = first(ch.BillingEmail, o.CustomerEmail)
	o.CustomerID = first(o.CustomerID, ch.CustomerID)
	o.Country = first(ch.Billing.Country, ch.PayerCountry)
	if ch.Status == statusFailed {
		if o.PaymentStatus == "requires_payment_method" {
			o.LastErrorCode, o.LastErrorMessage = first(o.LastErrorCode, ch.FailureCode), first(o.LastErrorMessage, ch.FailureMessage)
		}
		return
	}
	o.ChargeID, o.AuthorizedAt, o.ChargeShipping = ch.ID, ch.Created, ch.Shipping
	if ch.Captured {
		o.AmountCaptured, o.AmountCapturable, o.BalanceTransaction = ch.AmountCaptured, 0, ch.BalanceTransaction
	}
}

// reference is the shop's own word for the order: the first of its metadata keys that is set, else the description.
func reference(pi *models.PaymentIntent, keys []string) string {
	for _, key := range keys {
		if value := strings.TrimSpace(pi.Metadata[key]); value != "" {
			return value
		}
	}
	return pi.Description
}

// statusOf puts the payment's state into our words. The charge may be ahead of the PaymentIntent, as events come in any order.
func statusOf(o *models.Order, ch *models.Charge) models.OrderStatus {
	authorized := ch != nil && ch.Status == "succeeded"
	switch {
	case o.AmountCaptured > 0 && o.AmountCaptured < o.AmountAuthorized:
		return models.StatusPartlyCaptured
	case o.AmountCaptured > 0:
		return models.StatusCaptured
	case o.PaymentStatus == "canceled" && ranOut(o):
		return models.StatusExpired
	case o.PaymentStatus == "canceled":
		return models.StatusCanceled
	case o.PaymentStatus == "requires_capture", authorized:
		return models.StatusAuthorized
	case o.PaymentStatus == "requires_payment_method" && o.LastErrorCode != "":
		return models.StatusFailed
	}
	return models.StatusStarted
}

// ranOut tells whether a cancellation was the end of the 28 days: Stripe gives the reason "automatic", or none that a person gives, and it
// came when they were over. Which reason an expiry has is not documented (docs.stripe.com/payments/klarna/accept-a-payment tells only that
// the authorization automatically cancels).
func ranOut(o *models.Order) bool {
	if o.AuthorizedAt == 0 || slices.Contains([]string{"requested_by_customer", "duplicate", "fraudulent"}, o.CancellationReason) {
		return false
	}
	return o.CancellationReason == "automatic" || o.CanceledAt.Add(expiryMargin) >= o.CaptureBy()
}

// first gives the first text that is not empty.
func first(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
