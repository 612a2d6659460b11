package stripesim

// payout is Stripe's payout in API version 2023-10-16.
type payout struct {
	ID                        string            `json:"id"`
	Object                    string            `json:"object"`
	Amount                    int64             `json:"amount"`
	ApplicationFee            null              `json:"application_fee"`
	ApplicationFeeAmount      null              `json:"application_fee_amount"`
	ArrivalDate               int64             `json:"arrival_date"`
	Automatic                 bool              `json:"automatic"`
	BalanceTransaction        ref               `json:"balance_transaction"`
	Created                   int64             `json:"created"`
	Currency                  string            `json:"currency"`
	Description               string            `json:"description"`
	Destination               string            `json:"destination"`
	FailureBalanceTransaction ref               `json:"failure_balance_transaction"`
	FailureCode               nullString        `json:"failure_code"`
	FailureMessage            nullString        `json:"failure_message"`
	Livemode                  bool              `json:"livemode"`
	Metadata                  map[string]string `json:"metadata"`
	Method                    string            `json:"method"`
	OriginalPayout            null              `json:"original_payout"`
	ReconciliationStatus      string            `json:"reconciliation_status"`
	ReversedBy                null              `json:"reversed_by"`
	SourceType                string            `json:"source_type"`
	StatementDescriptor       null              `json:"statement_descriptor"`
	Status                    string            `json:"status"`
	TraceID                   *traceID          `json:"trace_id"` // newer than the version and shown at every one; null before the arrival
	Type                      string            `json:"type"`
}

// traceID is the reference under which the merchant's bank knows a payout.
type traceID struct {
	Status string `json:"status"`
	Value  string `json:"value"`
}

func (p *payout) ident() string { return p.ID }
func (p *payout) at() int64     { return p.Created }
func (p *payout) kind() string  { return "payout" }

// showPayout is the payout as an answer shows it.
func (s *Sim) showPayout(p *payout, e expansion) *payout {
	out := *p
	if deeper, ok := e["balance_transaction"]; ok {
		out.BalanceTransaction = expandRef(p.BalanceTransaction, deeper, s.transactions.get, s.showTransaction)
	}
	if deeper, ok := e["failure_balance_transaction"]; ok {
		out.FailureBalanceTransaction = expandRef(p.FailureBalanceTransaction, deeper, s.transactions.get, s.showTransaction)
	}
	return &out
}
