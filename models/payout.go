package models

import "counterfoil/models/money"

// Payout is a Stripe payout (po_…). Amount in minor units; negative for a debit from the bank.
type Payout struct {
	ID                        string `gorm:"primaryKey"`
	Amount                    int64
	Currency                  string
	Status                    string // pending, in_transit, paid, failed, canceled
	Automatic                 bool
	Method                    string // standard, instant
	ReconciliationStatus      string // completed, in_progress, not_applicable; empty where Stripe did not say
	TraceID                   string // trace_id.value where Stripe gives one
	Destination               string
	FailureCode               string
	FailureMessage            string
	StatementDescriptor       string
	BalanceTransaction        string // its own row
	FailureBalanceTransaction string // the row that brought the money of a failed payout back
	ArrivalDate               Unix
	Created                   Unix
}

// TableName implements gorm's Tabler.
func (Payout) TableName() string { return "payouts" }

// Money is the amount paid out.
func (p *Payout) Money() money.Amount { return money.Amount{Minor: p.Amount, Currency: p.Currency} }

// Balance is what the account holds in one currency, in minor units, at one moment of Stripe's clock.
type Balance struct {
	Currency  string `gorm:"primaryKey"`
	Available int64
	Pending   int64
	AsOf      Unix
}

// TableName implements gorm's Tabler.
func (Balance) TableName() string { return "balances" }

// Total is what is available and what is still on its way to be.
func (b *Balance) Total() int64 { return b.Available + b.Pending }

// BalanceTransaction is one movement on the Stripe balance (txn_…), signed, in minor units. Net is Amount minus Fee.
type BalanceTransaction struct {
	ID                string `gorm:"primaryKey"`
	Amount            int64
	Fee               int64
	Net               int64
	Currency          string
	Type              string
	ReportingCategory string
	SourceID          string // py_…, pyr_…, du_…, po_…
	PayoutID          string // the payout that carried it, where known
	OrderID           string // the Klarna order that it belongs to; empty for everything else on the account
	Country           string // of the order\'s customer
	KlarnaCategory    string // of the order
	Description       string
	Status            string      // available, pending
	ExchangeRate      string      // of the source's currency into this one, as Stripe wrote it; empty without an exchange
	FeeDetails        []FeeDetail `gorm:"serializer:json"`
	AvailableOn       Unix
	Created           Unix
}

// FeeDetail is one part of a movement's fee, positive when charged, in minor units (docs.stripe.com/api/balance_transactions/object).
type FeeDetail struct {
	Amount      int64  `json:"amount"`
	Currency    string `json:"currency"` // upper case
	Type        string `json:"type"`     // stripe_fee, tax, application_fee, …
	Description string `json:"description,omitempty"`
}

// TableName implements gorm's Tabler.
func (BalanceTransaction) TableName() string { return "balance_transactions" }

// Gross is the movement before fees.
func (b *BalanceTransaction) Gross() money.Amount {
	return money.Amount{Minor: b.Amount, Currency: b.Currency}
}

// FeeMoney is the fee, positive when charged.
func (b *BalanceTransaction) FeeMoney() money.Amount {
	return money.Amount{Minor: b.Fee, Currency: b.Currency}
}

// NetMoney is what the movement adds to the balance.
func (b *BalanceTransaction) NetMoney() money.Amount {
	return money.Amount{Minor: b.Net, Currency: b.Currency}
}
