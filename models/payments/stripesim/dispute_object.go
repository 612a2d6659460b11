package stripesim

// dispute is Stripe's dispute in API version 2023-10-16, with Klarna's reason code, which is shown at every version.
type dispute struct {
	ID                   string                `json:"id"`
	Object               string                `json:"object"`
	Amount               int64                 `json:"amount"`
	BalanceTransaction   nullString            `json:"balance_transaction"`
	BalanceTransactions  []*balanceTransaction `json:"balance_transactions"`
	Charge               ref                   `json:"charge"`
	Created              int64                 `json:"created"`
	Currency             string                `json:"currency"`
	Evidence             evidence              `json:"evidence"`
	EvidenceDetails      evidenceDetails       `json:"evidence_details"`
	IsChargeRefundable   bool                  `json:"is_charge_refundable"`
	Livemode             bool                  `json:"livemode"`
	Metadata             map[string]string     `json:"metadata"`
	PaymentIntent        ref                   `json:"payment_intent"`
	PaymentMethodDetails disputeMethod         `json:"payment_method_details"`
	Reason               string                `json:"reason"`
	Status               string                `json:"status"`
	Verdict              *verdict              `json:"_sim,omitempty"`       // never shown
	Withdrawal           withdrawal            `json:"_withdrawal,omitzero"` // never shown
}

// withdrawal is what a chargeback takes from the balance where it is not the usual: another fee, or another currency.
type withdrawal struct {
	Fee *int64 `json:"fee,omitempty"` // minor units of the currency in which the money is taken
	exchange
}

// verdict is how a dispute under review will end, and when.
type verdict struct {
	Outcome string `json:"outcome"` // won or lost
	At      int64  `json:"at"`
}

type disputeMethod struct {
	Card   *disputeCard   `json:"card,omitempty"`
	Klarna *disputeKlarna `json:"klarna,omitempty"`
	Type   string         `json:"type"`
}

type disputeCard struct {
	Brand             string     `json:"brand"`
	NetworkReasonCode nullString `json:"network_reason_code"`
}

type disputeKlarna struct {
	ChargebackLossReasonCode string     `json:"chargeback_loss_reason_code,omitempty"`
	ReasonCode               nullString `json:"reason_code"`
}

type evidenceDetails struct {
	DueBy           nullInt `json:"due_by"`
	HasEvidence     bool    `json:"has_evidence"`
	PastDue         bool    `json:"past_due"`
	SubmissionCount int     `json:"submission_count"`
}

// evidence are the 27 fields of a dispute's evidence.
type evidence struct {
	AccessActivityLog            nullString `json:"access_activity_log"`
	BillingAddress               nullString `json:"billing_address"`
	CancellationPolicy           nullString `json:"cancellation_policy"`
	CancellationPolicyDisclosure nullString `json:"cancellation_policy_disclosure"`
	CancellationRebuttal         nullString `json:"cancellation_rebuttal"`
	CustomerCommunication        nullString `json:"customer_communication"`
	CustomerEmailAddress         nullString `json:"customer_email_address"`
	CustomerName                 nullString `json:"customer_name"`
	CustomerPurchaseIP           nullString `json:"customer_purchase_ip"`
	CustomerSignature            nullString `json:"customer_signature"`
	DuplicateChargeDocumentation nullString `json:"duplicate_charge_documentation"`
	DuplicateChargeExplanation   nullString `json:"duplicate_charge_explanation"`
	DuplicateChargeID            nullString `json:"duplicate_charge_id"`
	ProductDescription           nullString `json:"product_description"`
	Receipt                      nullString `json:"receipt"`
	RefundPolicy                 nullString `json:"refund_policy"`
	RefundPolicyDisclosure       nullString `json:"refund_policy_disclosure"`
	RefundRefusalExplanation     nullString `json:"refund_refusal_explanation"`
	ServiceDate                  nullString `json:"service_date"`
	ServiceDocumentation         nullString `json:"service_documentation"`
	ShippingAddress              nullString `json:"shipping_address"`
	ShippingCarrier              nullString `json:"shipping_carrier"`
	ShippingDate                 nullString `json:"shipping_date"`
	ShippingDocumentation        nullString `json:"shipping_documentation"`
	ShippingTrackingNumber       nullString `json:"shipping_tracking_number"`
	UncategorizedFile            nullString `json:"uncategorized_file"`
	UncategorizedText            nullString `json:"uncategorized_text"`
}

func (d *dispute) ident() string { return d.ID }
func (d *dispute) at() int64     { return d.Created }
func (d *dispute) kind() string  { return "dispute" }

// takes is the money that a chargeback takes, fee included. Stripe converts into the currency of the account's balance.
func (d *dispute) takes() booking {
	w := d.Withdrawal
	b := w.apply(booking{kind: "adjustment", source: d.ID, currency: d.Currency, amount: d.Amount})
	b.fee = disputeFee(b.currency)
	if w.Fee != nil {
		b.fee = *w.Fee
	}
	return b
}

// isInquiry tells whether no money has moved yet.
func (d *dispute) isInquiry() bool { return d.Status == "warning_needs_response" }

// showDispute is the dispute as an answer shows it.
func (s *Sim) showDispute(d *dispute, e expansion) *dispute {
	out := *d
	out.Verdict, out.Withdrawal = nil, withdrawal{}
	out.BalanceTransactions = make([]*balanceTransaction, 0, len(d.BalanceTransactions))
	for _, b := range d.BalanceTransactions {
		out.BalanceTransactions = append(out.BalanceTransactions, s.showTransaction(b, nil))
	}
	for field, deeper := range e {
		switch field {
		case "charge":
			out.Charge = expandRef(d.Charge, deeper, s.charges.get, s.showCharge)
		case "payment_intent":
			out.PaymentIntent = expandRef(d.PaymentIntent, deeper, s.intents.get, s.showIntent)
		}
	}
	return &out
}
