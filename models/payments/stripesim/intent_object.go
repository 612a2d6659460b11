package stripesim

// paymentIntent is Stripe's PaymentIntent in API version 2023-10-16.
type paymentIntent struct {
	ID                                string             `json:"id"`
	Object                            string             `json:"object"`
	Amount                            int64              `json:"amount"`
	AmountCapturable                  int64              `json:"amount_capturable"`
	AmountDetails                     amountDetails      `json:"amount_details"`
	AmountReceived                    int64              `json:"amount_received"`
	Application                       null               `json:"application"`
	ApplicationFeeAmount              null               `json:"application_fee_amount"`
	AutomaticPaymentMethods           *automaticMethods  `json:"automatic_payment_methods"`
	CanceledAt                        nullInt            `json:"canceled_at"`
	CancellationReason                nullString         `json:"cancellation_reason"`
	CaptureMethod                     string             `json:"capture_method"`
	ClientSecret                      string             `json:"client_secret"`
	ConfirmationMethod                string             `json:"confirmation_method"`
	Created                           int64              `json:"created"`
	Currency                          string             `json:"currency"`
	Customer                          ref                `json:"customer"`
	Description                       nullString         `json:"description"`
	Invoice                           null               `json:"invoice"`
	LastPaymentError                  *paymentError      `json:"last_payment_error"`
	LatestCharge                      ref                `json:"latest_charge"`
	Livemode                          bool               `json:"livemode"`
	Metadata                          map[string]string  `json:"metadata"`
	NextAction                        *nextAction        `json:"next_action"`
	OnBehalfOf                        null               `json:"on_behalf_of"`
	PaymentMethod                     nullString         `json:"payment_method"`
	PaymentMethodConfigurationDetails *methodConfig      `json:"payment_method_configuration_details"`
	PaymentMethodOptions              methodOptions      `json:"payment_method_options"`
	PaymentMethodTypes                []string           `json:"payment_method_types"`
	Processing                        null               `json:"processing"`
	ReceiptEmail                      nullString         `json:"receipt_email"`
	Review                            null               `json:"review"`
	SetupFutureUsage                  null               `json:"setup_future_usage"`
	Shipping                          *shipping          `json:"shipping"`
	Source                            null               `json:"source"`
	StatementDescriptor               null               `json:"statement_descriptor"`
	StatementDescriptorSuffix         null               `json:"statement_descriptor_suffix"`
	Status                            string             `json:"status"`
	TransferData                      null               `json:"transfer_data"`
	TransferGroup                     null               `json:"transfer_group"`
	Checkout                          *checkoutSessionAt `json:"_sim,omitempty"` // never shown
}

// checkoutSessionAt is the simulator's own note on an unfinished payment: when its session at Klarna runs out.
type checkoutSessionAt struct {
	Expires int64 `json:"expires"`
}

type amountDetails struct {
	Tip struct{} `json:"tip"`
}

type automaticMethods struct {
	AllowRedirects string `json:"allow_redirects"`
	Enabled        bool   `json:"enabled"`
}

type methodConfig struct {
	ID     string `json:"id"`
	Parent null   `json:"parent"`
}

// methodOptions are the settings for each way to pay.
type methodOptions struct {
	Card   *cardOptions   `json:"card,omitempty"`
	Klarna *klarnaOptions `json:"klarna,omitempty"`
}

type cardOptions struct {
	Installments        null   `json:"installments"`
	MandateOptions      null   `json:"mandate_options"`
	Network             null   `json:"network"`
	RequestThreeDSecure string `json:"request_three_d_secure"`
}

type klarnaOptions struct {
	CaptureMethod   string     `json:"capture_method,omitempty"`
	PreferredLocale nullString `json:"preferred_locale"`
}

// nextAction sends the customer to Klarna.
type nextAction struct {
	RedirectToURL redirect `json:"redirect_to_url"`
	Type          string   `json:"type"`
}

type redirect struct {
	ReturnURL string `json:"return_url"`
	URL       string `json:"url"`
}

// paymentError is why the last attempt failed.
type paymentError struct {
	Code    string     `json:"code"`
	Charge  nullString `json:"charge,omitempty"`
	DocURL  string     `json:"doc_url"`
	Message string     `json:"message"`
	Type    string     `json:"type"`
}

func (p *paymentIntent) ident() string { return p.ID }
func (p *paymentIntent) at() int64     { return p.Created }
func (p *paymentIntent) kind() string  { return "payment_intent" }

// captureMethod is how a Klarna payment of this intent is captured: Klarna's own option wins over the intent's.
func (p *paymentIntent) captureMethod() string {
	if k := p.PaymentMethodOptions.Klarna; k != nil && k.CaptureMethod != "" {
		return k.CaptureMethod
	}
	return p.CaptureMethod
}

// showIntent is the intent as an answer shows it.
func (s *Sim) showIntent(p *paymentIntent, e expansion) *paymentIntent {
	out := *p
	out.Checkout = nil
	for field, deeper := range e {
		switch field {
		case "latest_charge":
			out.LatestCharge = expandRef(p.LatestCharge, deeper, s.charges.get, s.showCharge)
		case "customer":
			out.Customer = expandRef(p.Customer, deeper, s.customers.get, s.showCustomer)
		}
	}
	return &out
}
