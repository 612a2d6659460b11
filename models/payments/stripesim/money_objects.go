package stripesim

// refund is Stripe's refund in API version 2023-10-16. A Klarna refund's id starts with pyr_.
type refund struct {
	ID                        string            `json:"id"`
	Object                    string            `json:"object"`
	Amount                    int64             `json:"amount"`
	BalanceTransaction        ref               `json:"balance_transaction"`
	Charge                    ref               `json:"charge"`
	Created                   int64             `json:"created"`
	Currency                  string            `json:"currency"`
	DestinationDetails        destination       `json:"destination_details"`
	FailureBalanceTransaction ref               `json:"failure_balance_transaction,omitzero"` // a failed one has them
	FailureReason             nullString        `json:"failure_reason,omitempty"`
	Metadata                  map[string]string `json:"metadata"`
	PaymentIntent             ref               `json:"payment_intent"`
	Reason                    nullString        `json:"reason"`
	ReceiptNumber             null              `json:"receipt_number"`
	SourceTransferReversal    null              `json:"source_transfer_reversal"`
	Status                    string            `json:"status"`
	TransferReversal          null              `json:"transfer_reversal"`
}

type destination struct {
	Card   *cardDestination `json:"card,omitempty"`
	Klarna *struct{}        `json:"klarna,omitempty"`
	Type   string           `json:"type"`
}

type cardDestination struct {
	ReferenceStatus string `json:"reference_status"`
	ReferenceType   string `json:"reference_type"`
	Type            string `json:"type"`
}

func (r *refund) ident() string { return r.ID }
func (r *refund) at() int64     { return r.Created }
func (r *refund) kind() string  { return "refund" }

// showRefund is the refund as an answer shows it.
func (s *Sim) showRefund(r *refund, e expansion) *refund {
	out := *r
	for field, deeper := range e {
		switch field {
		case "balance_transaction":
			out.BalanceTransaction = expandRef(r.BalanceTransaction, deeper, s.transactions.get, s.showTransaction)
		case "failure_balance_transaction":
			out.FailureBalanceTransaction = expandRef(r.FailureBalanceTransaction, deeper, s.transactions.get, s.showTransaction)
		case "charge":
			out.Charge = expandRef(r.Charge, deeper, s.charges.get, s.showCharge)
		case "payment_intent":
			out.PaymentIntent = expandRef(r.PaymentIntent, deeper, s.intents.get, s.showIntent)
		}
	}
	return &out
}

// balanceTransaction is one movement of the account's balance.
type balanceTransaction struct {
	ID                string      `json:"id"`
	Object            string      `json:"object"`
	Amount            int64       `json:"amount"`
	AvailableOn       int64       `json:"available_on"`
	Created           int64       `json:"created"`
	Currency          string      `json:"currency"`
	Description       nullString  `json:"description"`
	ExchangeRate      rate        `json:"exchange_rate"` // of the source's currency into this one
	Fee               int64       `json:"fee"`
	FeeDetails        []feeDetail `json:"fee_details"`
	Net               int64       `json:"net"`
	ReportingCategory string      `json:"reporting_category"`
	Source            ref         `json:"source"`
	Status            string      `json:"status"`
	Type              string      `json:"type"`
	Payout            string      `json:"_payout,omitempty"`  // never shown: the payout that carried it
	Lowered           string      `json:"_lowered,omitempty"` // never shown: of a payout by hand, the automatic one that paid so much less
}

type feeDetail struct {
	Amount      int64  `json:"amount"`
	Application null   `json:"application"`
	Currency    string `json:"currency"`
	Description string `json:"description"`
	Type        string `json:"type"`
}

func (b *balanceTransaction) ident() string { return b.ID }
func (b *balanceTransaction) at() int64     { return b.Created }
func (b *balanceTransaction) kind() string  { return "balance_transaction" }

// showTransaction is the balance transaction as an answer shows it: available once its day has come.
func (s *Sim) showTransaction(b *balanceTransaction, e expansion) *balanceTransaction {
	out := *b
	out.Payout, out.Lowered = "", ""
	out.Status = "pending"
	if b.AvailableOn <= s.second() {
		out.Status = "available"
	}
	if deeper, ok := e["source"]; ok {
		out.Source.obj = s.anyObject(b.Source.id, deeper)
	}
	return &out
}
