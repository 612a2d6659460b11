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

// Number is one account of the journal: its field, what it is for, and the shop's number.
type Number struct{ Field, Label, Number string }

// Numbers are the accounts in the order in which they are asked for.
func (a Accounts) Numbers() []Number {
	return []Number{{"clearing", "Stripe balance (clearing)", a.Clearing}, {"bank", "Bank", a.Bank}, {"sales", "Sales", a.Sales}, {"refunds", "Refunds", a.Refunds},
		{"fees", "Stripe fees", a.Fees}, {"dispute_fees", "Dispute fees", a.DisputeFees}, {"disputes", "Disputes", a.Disputes}, {"other", "Other", a.Other}}
}

// AccountsOf reads the numbers by their fields.
func AccountsOf(number func(field string) string) Accounts {
	return Accounts{Clearing: number("clearing"), Bank: number("bank"), Sales: number("sales"), Refunds: number("refunds"), Fees: number("fees"),
		DisputeFees: number("dispute_fees"), Disputes: number("disputes"), Other: number("other")}
}

// Check tells whether a journal can be written with these numbers. Errors: invalid, with the field.
func (a Accounts) Check() error {
	for _, n := range a.Numbers() {
		if n.Number == "" {
			return &models.Error{Kind: models.KindInvalid, Code: "account_missing", Field: n.Field, Message: "Every account needs a number."}
		}
		if n.Field != "clearing" && n.Number == a.Clearing {
			return &models.Error{Kind: models.KindInvalid, Code: "account_clearing", Field: n.Field,
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
