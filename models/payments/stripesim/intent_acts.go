package stripesim

import "maps"

const (
	// klarnaAuthorization is how long a Klarna authorization can be captured (docs.stripe.com/payments/klarna/accept-a-payment).
	klarnaAuthorization = 28 * day
	// cardAuthorization is the same for most cards.
	cardAuthorization = 7 * day
	// klarnaCheckout is how long the customer may take at Klarna (docs.stripe.com/payments/klarna/accept-a-payment).
	klarnaCheckout = 48 * hour
)

// payment is what a customer is about to pay.
type payment struct {
	amount        int64
	currency      string // lower case
	country       string
	method        string   // klarna or card
	methods       []string // payment_method_types; nil: the method alone
	category      string   // Klarna's payment method category
	locale        string
	captureMethod string
	klarnaOption  bool // capture_method manual stands in Klarna's own option, and the intent says automatic
	customer      string
	billing       billing
	shipping      *shipping
	description   string
	metadata      map[string]string
	receiptEmail  string
	exchange      exchange  // zero: it settles in its own currency
	fees          []feePart // instead of the usual fee
}

// start makes the PaymentIntent and sends the customer to Klarna.
func (x *tx) start(p payment) *paymentIntent {
	s := x.s
	pi := &paymentIntent{ID: s.newID("pi_3"), Object: "payment_intent", Amount: p.amount, Currency: p.currency, Created: x.at,
		CaptureMethod: p.captureMethod, ConfirmationMethod: "automatic", Customer: ref{id: p.customer},
		Description: nullString(p.description), Metadata: maps.Clone(p.metadata), PaymentMethodTypes: p.methods,
		ReceiptEmail: nullString(p.receiptEmail), Shipping: p.shipping, Status: "requires_payment_method"}
	pi.ClientSecret = pi.ID + s.newID("_secret_")
	if pi.Metadata == nil {
		pi.Metadata = map[string]string{}
	}
	if len(pi.PaymentMethodTypes) == 0 {
		pi.PaymentMethodTypes = []string{p.method}
	}
	if len(pi.PaymentMethodTypes) > 1 {
		pi.AutomaticPaymentMethods = &automaticMethods{AllowRedirects: "always", Enabled: true}
		pi.PaymentMethodConfigurationDetails = &methodConfig{ID: makeID(s.meta.Seed, "pmc_1", 1, 23)}
	}
	for _, m := range pi.PaymentMethodTypes {
		switch m {
		case "klarna":
			pi.PaymentMethodOptions.Klarna = &klarnaOptions{PreferredLocale: nullString(p.locale)}
		case "card":
			pi.PaymentMethodOptions.Card = &cardOptions{RequestThreeDSecure: "automatic"}
		}
	}
	if p.klarnaOption {
		pi.CaptureMethod = "automatic"
		pi.PaymentMethodOptions.Klarna.CaptureMethod = "manual"
	}
	x.put(pi)
	x.event("payment_intent.created", pi, nil)
	if p.method != "klarna" {
		return pi
	}
	after := *pi
	after.Status = "requires_action"
	after.PaymentMethod = nullString(s.newID("pm_1"))
	after.Checkout = &checkoutSessionAt{Expires: x.at + klarnaCheckout}
	after.NextAction = &nextAction{Type: "redirect_to_url", RedirectToURL: redirect{
		ReturnURL: "https://shop.example/checkout/complete",
		URL:       "https://pm-redirects.stripe.com/authorize/acct_simulated/" + s.newID("pa_nonce_")}}
	x.put(&after)
	x.event("payment_intent.requires_action", &after, nil)
	return &after
}

// newCharge is the charge of an attempt to pay.
func (x *tx) newCharge(pi *paymentIntent, p payment) *charge {
	c := &charge{Object: "charge", Amount: pi.Amount, Currency: pi.Currency, Created: x.at, Customer: pi.Customer,
		BillingDetails: p.billing, Description: pi.Description, Metadata: maps.Clone(pi.Metadata), PaymentIntent: ref{id: pi.ID},
		PaymentMethod: string(pi.PaymentMethod), ReceiptEmail: pi.ReceiptEmail, Shipping: pi.Shipping,
		CalculatedStatementDescriptor: "NORDGARN", Books: &chargeBooks{Country: p.country, Exchange: p.exchange, Fees: p.fees}}
	if p.method == "card" {
		c.ID = x.s.newID("ch_3")
		c.PaymentMethod = x.s.newID("pm_1")
		c.PaymentMethodDetails = methodDetails{Type: "card", Card: &cardDetails{AmountAuthorized: nullInt(pi.Amount), Brand: "visa",
			Checks: cardChecks{CVCCheck: "pass", AddressPostalCodeCheck: "pass"}, Country: p.country, ExpMonth: 4, ExpYear: 2031,
			Fingerprint: "Xt5EWLLDS7FJjR1c", Funding: "debit", Last4: "4242", Network: "visa"}}
		return c
	}
	c.ID = x.s.newID("py_3")
	c.PaymentMethodDetails = methodDetails{Type: "klarna", Klarna: &klarnaDetails{PaymentMethodCategory: p.category,
		PreferredLocale: nullString(p.locale), PayerDetails: &payerDetails{Address: payerAddress{Country: p.country}}}}
	return c
}

// authorize is the customer's and Klarna's yes. An automatic payment is captured at once.
func (x *tx) authorize(pi *paymentIntent, p payment) *paymentIntent {
	c := x.newCharge(pi, p)
	c.Status, c.Paid = "succeeded", true
	c.Outcome = &outcome{NetworkStatus: "approved_by_network", RiskLevel: "normal", SellerMessage: "Payment complete.", Type: "authorized"}
	c.ReceiptURL = nullString("https://pay.stripe.com/receipts/payment/" + c.ID)
	after := *pi
	after.Status, after.AmountCapturable = "requires_capture", pi.Amount
	after.LatestCharge, after.PaymentMethod = ref{id: c.ID}, nullString(c.PaymentMethod)
	after.NextAction, after.Checkout, after.LastPaymentError = nil, nil, nil
	if after.captureMethod() != "manual" {
		return x.take(&after, c, pi.Amount, true)
	}
	x.put(c)
	x.put(&after)
	x.event("charge.succeeded", c, nil)
	x.event("payment_intent.amount_capturable_updated", &after, nil)
	return &after
}

// decline is Klarna's or the customer's no. Klarna's leaves a failed charge behind.
func (x *tx) decline(pi *paymentIntent, p payment, code string) {
	message := "The customer declined the payment on Klarna's page."
	after := *pi
	after.LastPaymentError = &paymentError{Code: code, Type: "invalid_request_error",
		DocURL: "https://stripe.com/docs/error-codes/payment-intent-payment-attempt-failed"}
	if code == "payment_method_provider_decline" {
		message = "Klarna declined this payment."
		c := x.newCharge(pi, p)
		c.Status, c.FailureCode, c.FailureMessage = "failed", nullString(code), nullString(message)
		c.Outcome = &outcome{NetworkStatus: "declined_by_network", Reason: "generic_decline", RiskLevel: "normal",
			SellerMessage: "Klarna did not return any further details with this decline.", Type: "issuer_declined"}
		after.LatestCharge = ref{id: c.ID}
		after.LastPaymentError.Charge = nullString(c.ID)
		x.put(c)
		x.event("charge.failed", c, nil)
	}
	after.LastPaymentError.Message = message
	x.reopen(&after)
}

// endCheckout is the end of a session at Klarna that the customer left.
func (x *tx) endCheckout(id string) {
	pi, ok := x.s.intents.get(id)
	if !ok || pi.Status != "requires_action" || pi.Checkout == nil || pi.Checkout.Expires > x.at {
		return
	}
	after := *pi
	after.LastPaymentError = &paymentError{Code: "payment_intent_payment_attempt_expired", Type: "invalid_request_error",
		DocURL:  "https://stripe.com/docs/error-codes/payment-intent-payment-attempt-expired",
		Message: "The customer did not finish the payment within 48 hours."}
	x.reopen(&after)
}

// reopen lets the customer try again.
func (x *tx) reopen(pi *paymentIntent) {
	pi.Status, pi.PaymentMethod, pi.NextAction, pi.Checkout = "requires_payment_method", "", nil, nil
	x.put(pi)
	x.event("payment_intent.payment_failed", pi, nil)
}

// cancel ends a payment that was not captured and lets the authorization go.
func (x *tx) cancel(pi *paymentIntent, reason string) *paymentIntent {
	after := *pi
	after.Status, after.CanceledAt, after.CancellationReason = "canceled", nullInt(x.at), nullString(reason)
	after.AmountCapturable, after.NextAction, after.Checkout = 0, nil, nil
	x.put(&after)
	if c, ok := x.s.charges.get(pi.LatestCharge.id); ok && c.Status == "succeeded" {
		x.release(c, "charge.refunded")
	}
	x.event("payment_intent.canceled", &after, nil)
	return &after
}

// release gives up an authorization: Stripe shows all of the charge as refunded, although no money had moved.
func (x *tx) release(c *charge, event string) {
	after, books := *c, c.books()
	books.Released = c.Amount
	after.AmountRefunded, after.Refunded, after.Books = c.Amount, true, &books
	x.put(&after)
	x.event(event, &after, map[string]any{"amount_refunded": c.AmountRefunded, "refunded": c.Refunded})
}

// expireCharge is the end of an authorization that nobody captured. Which events Stripe sends, and that the reason is
// "automatic", is not known for certain.
func (x *tx) expireCharge(id string) {
	c, ok := x.s.charges.get(id)
	if !ok || !c.isOpen() {
		return
	}
	pi, ok := x.s.intents.get(c.PaymentIntent.id)
	if !ok || pi.Status != "requires_capture" {
		return
	}
	x.release(c, "charge.expired")
	after := *pi
	after.Status, after.CanceledAt, after.CancellationReason, after.AmountCapturable = "canceled", nullInt(x.at), "automatic", 0
	x.put(&after)
	x.event("payment_intent.canceled", &after, nil)
}

// isOpen tells whether the charge is authorized and neither captured nor given up.
func (c *charge) isOpen() bool { return c.Status == "succeeded" && !c.Captured && !c.Refunded }

// expires is when an open authorization runs out.
func (c *charge) expires() int64 {
	if c.isKlarna() {
		return c.Created + klarnaAuthorization
	}
	return c.Created + cardAuthorization
}

func (s *Sim) planIntent(pi *paymentIntent) {
	if pi.Status == "requires_action" && pi.Checkout != nil {
		s.plan(pi.Checkout.Expires, taskEndCheckout, pi.ID)
	}
}

func (s *Sim) planCharge(c *charge) {
	if c.isOpen() {
		s.plan(c.expires(), taskExpireCharge, c.ID)
	}
}
