package stripesim

// charge is Stripe's charge in API version 2023-10-16. A Klarna charge's id starts with py_.
type charge struct {
	ID                            string            `json:"id"`
	Object                        string            `json:"object"`
	Amount                        int64             `json:"amount"`
	AmountCaptured                int64             `json:"amount_captured"`
	AmountRefunded                int64             `json:"amount_refunded"`
	Application                   null              `json:"application"`
	ApplicationFee                null              `json:"application_fee"`
	ApplicationFeeAmount          null              `json:"application_fee_amount"`
	BalanceTransaction            ref               `json:"balance_transaction"`
	BillingDetails                billing           `json:"billing_details"`
	CalculatedStatementDescriptor nullString        `json:"calculated_statement_descriptor"`
	Captured                      bool              `json:"captured"`
	Created                       int64             `json:"created"`
	Currency                      string            `json:"currency"`
	Customer                      ref               `json:"customer"`
	Description                   nullString        `json:"description"`
	Destination                   null              `json:"destination"`
	Dispute                       ref               `json:"dispute"`
	Disputed                      bool              `json:"disputed"`
	FailureBalanceTransaction     null              `json:"failure_balance_transaction"`
	FailureCode                   nullString        `json:"failure_code"`
	FailureMessage                nullString        `json:"failure_message"`
	FraudDetails                  struct{}          `json:"fraud_details"`
	Invoice                       null              `json:"invoice"`
	Livemode                      bool              `json:"livemode"`
	Metadata                      map[string]string `json:"metadata"`
	OnBehalfOf                    null              `json:"on_behalf_of"`
	Order                         null              `json:"order"`
	Outcome                       *outcome          `json:"outcome"`
	Paid                          bool              `json:"paid"`
	PaymentIntent                 ref               `json:"payment_intent"`
	PaymentMethod                 string            `json:"payment_method"`
	PaymentMethodDetails          methodDetails     `json:"payment_method_details"`
	RadarOptions                  struct{}          `json:"radar_options"`
	ReceiptEmail                  nullString        `json:"receipt_email"`
	ReceiptNumber                 null              `json:"receipt_number"`
	ReceiptURL                    nullString        `json:"receipt_url"`
	Refunded                      bool              `json:"refunded"`
	Refunds                       *list             `json:"refunds,omitempty"` // only when expanded, since 2022-11-15
	Review                        null              `json:"review"`
	Shipping                      *shipping         `json:"shipping"`
	Source                        null              `json:"source"`
	SourceTransfer                null              `json:"source_transfer"`
	StatementDescriptor           null              `json:"statement_descriptor"`
	StatementDescriptorSuffix     null              `json:"statement_descriptor_suffix"`
	Status                        string            `json:"status"`
	TransferData                  null              `json:"transfer_data"`
	TransferGroup                 null              `json:"transfer_group"`
	Books                         *chargeBooks      `json:"_sim,omitempty"` // never shown
}

// chargeBooks are the simulator's own notes on a charge.
type chargeBooks struct {
	Released   int64  `json:"released,omitempty"`    // the part of amount_refunded that was never captured
	CapturedAt int64  `json:"captured_at,omitempty"` // 0 before the capture
	Country    string `json:"country,omitempty"`     // of the customer; decides the fee

	Exchange exchange  `json:"exchange,omitzero"` // zero: it settles in its own currency
	Fees     []feePart `json:"fees,omitempty"`    // instead of the usual fee
}

type outcome struct {
	NetworkStatus string     `json:"network_status"`
	Reason        nullString `json:"reason"`
	RiskLevel     string     `json:"risk_level"`
	SellerMessage string     `json:"seller_message"`
	Type          string     `json:"type"`
}

// methodDetails says how the customer paid.
type methodDetails struct {
	Card   *cardDetails   `json:"card,omitempty"`
	Klarna *klarnaDetails `json:"klarna,omitempty"`
	Type   string         `json:"type"`
}

// klarnaDetails is all that Stripe tells of the Klarna side. payer_details came later without a version of its own, so it
// is shown at every version.
type klarnaDetails struct {
	PayerDetails          *payerDetails `json:"payer_details"`
	PaymentMethodCategory string        `json:"payment_method_category"`
	PreferredLocale       nullString    `json:"preferred_locale"`
}

type payerDetails struct {
	Address payerAddress `json:"address"`
}

type payerAddress struct {
	Country string `json:"country"`
}

type cardDetails struct {
	AmountAuthorized nullInt    `json:"amount_authorized"`
	Brand            string     `json:"brand"`
	CaptureBefore    int64      `json:"capture_before,omitempty"`
	Checks           cardChecks `json:"checks"`
	Country          string     `json:"country"`
	ExpMonth         int        `json:"exp_month"`
	ExpYear          int        `json:"exp_year"`
	Fingerprint      string     `json:"fingerprint"`
	Funding          string     `json:"funding"`
	Installments     null       `json:"installments"`
	Last4            string     `json:"last4"`
	Mandate          null       `json:"mandate"`
	Network          string     `json:"network"`
	ThreeDSecure     null       `json:"three_d_secure"`
	Wallet           null       `json:"wallet"`
}

type cardChecks struct {
	AddressLine1Check      nullString `json:"address_line1_check"`
	AddressPostalCodeCheck nullString `json:"address_postal_code_check"`
	CVCCheck               nullString `json:"cvc_check"`
}

func (c *charge) ident() string { return c.ID }
func (c *charge) at() int64     { return c.Created }
func (c *charge) kind() string  { return "charge" }

// isKlarna tells whether Klarna paid this charge.
func (c *charge) isKlarna() bool { return c.PaymentMethodDetails.Type == "klarna" }

// books are the simulator's notes, never nil.
func (c *charge) books() chargeBooks {
	if c.Books == nil {
		return chargeBooks{}
	}
	return *c.Books
}

// refundable is what can still be given back of what was captured.
func (c *charge) refundable() int64 {
	return c.AmountCaptured - (c.AmountRefunded - c.books().Released)
}

// showCharge is the charge as an answer shows it.
func (s *Sim) showCharge(c *charge, e expansion) *charge {
	out := *c
	out.Books = nil
	for field, deeper := range e {
		switch field {
		case "balance_transaction":
			out.BalanceTransaction = expandRef(c.BalanceTransaction, deeper, s.transactions.get, s.showTransaction)
		case "customer":
			out.Customer = expandRef(c.Customer, deeper, s.customers.get, s.showCustomer)
		case "payment_intent":
			out.PaymentIntent = expandRef(c.PaymentIntent, deeper, s.intents.get, s.showIntent)
		case "dispute":
			out.Dispute = expandRef(c.Dispute, deeper, s.disputes.get, s.showDispute)
		case "refunds":
			out.Refunds = s.refundsOf(c, deeper)
		}
	}
	return &out
}
