package books

import (
	"counterfoil/models"
)

// Accounts are the shop's numbers in its own chart of accounts.
type Accounts struct {
	Clearing    string // what Stripe holds for the shop, kept by currency
	Bank        string
	Sales       string
	Fees        string
	DisputeFees string
	Refunds     string
	Disputes    string
	Other       string
}

// DefaultAccounts are placeholders of no real chart of accounts: assets from 1000, income from 4000, costs from 6000, the rest at 9000.
func DefaultAccounts() Accounts {
	return Accounts{Bank: "1000", Clearing: "1100", Sales: "4000", Refunds: "4100", Fees: "6000", DisputeFees: "6010", Disputes: "6100", Other: "9000"}
}

// Check tells whether a journal can be written with these numbers. Errors: invalid, with the field.
func (a Accounts) Check() error {
	for _, account := range [...]struct{ field, number string }{{"clearing", a.Clearing}, {"bank", a.Bank}, {"sales", a.Sales}, {"fees", a.Fees},
		{"dispute_fees", a.DisputeFees}, {"refunds", a.Refunds}, {"disputes", a.Disputes}, {"other", a.Other}} {
		if account.number == "" {
			return &models.Error{Kind: models.KindInvalid, Code: "account_missing", Field: account.field, Message: "Every account needs a number."}
		}
		if account.field != "clearing" && account.number == a.Clearing {
			return &models.Error{Kind: models.KindInvalid, Code: "account_clearing", Field: account.field,
				Message: "The clearing account stands for the balance at Stripe and can be nothing else besides."}
		}
	}
	return nil
}

// Posting is one side of a booking, in minor units of the movement's currency. One of Debit and Credit is zero, neither is negative.
type Posting struct {
	Account       string
	Name          string // of the account
	Debit, Credit int64
	Text          string
}

// Postings are the bookings of one movement: its amount against the account of its category, its fee against the one for fees. What adds to
// the balance debits clearing, what takes from it credits clearing, whatever the category: so a reversal books itself backwards.
func Postings(e models.LedgerEntry, a Accounts) []Posting {
	what := categoryName(e.ReportingCategory)
	number, name := a.against(models.LineOf(e.ReportingCategory))
	postings := a.move(nil, e.Amount, number, name, what)
	number, name = a.Fees, feesName
	if models.FeeLineOf(e.ReportingCategory) != models.LineFees {
		number, name = a.DisputeFees, "Dispute fees"
	}
	return a.move(postings, -e.Fee, number, name, what+": fee")
}

const feesName = "Stripe fees"

// move appends a change of the balance, in minor units, and the account it is booked against. Nothing moved books nothing.
func (a Accounts) move(to []Posting, change int64, number, name, text string) []Posting {
	clearing := Posting{Account: a.Clearing, Name: "Stripe balance", Text: text}
	against := Posting{Account: number, Name: name, Text: text}
	switch {
	case change > 0:
		clearing.Debit, against.Credit = change, change
		return append(to, clearing, against)
	case change < 0:
		against.Debit, clearing.Credit = -change, -change
		return append(to, against, clearing)
	}
	return to
}

// against is the account that a line's movements are booked on, and its name. A partial capture's reversal takes sales back: the goods were
// never captured, so it is no refund.
func (a Accounts) against(line models.LedgerLine) (number, name string) {
	switch line {
	case models.LineGross, models.LineCaptureReversal:
		return a.Sales, "Sales"
	case models.LineFees:
		return a.Fees, feesName
	case models.LineRefunds:
		return a.Refunds, "Refunds"
	case models.LineDisputes, models.LineDisputesWon:
		return a.Disputes, "Disputes"
	case models.LinePayouts:
		return a.Bank, "Bank"
	}
	return a.Other, "Other"
}
