package views

import (
	"counterfoil/models"
	"counterfoil/models/money"
	"counterfoil/views/ui"
)

// MoneyLine is the way of the money, step by step, as far as known.
type MoneyLine struct {
	Currency string
	Steps    []lineStep
	Note     string
}

// lineStep is one place on the way. Done: passed. At: where the money is now.
type lineStep struct {
	Name  string
	Value string
	URL   string
	Meta  string
	Done  bool
	At    bool
}

// notYet stands where nothing is known.
const notYet = "–"

// newMoneyLine makes the money line.
func newMoneyLine(in OrderInput) MoneyLine {
	o := in.Order
	l := MoneyLine{Currency: o.Currency}
	if o.AuthorizedAt == 0 {
		l.Steps = []lineStep{{Name: "Authorized", Value: "not yet", Meta: "the customer is at Klarna", At: true}}
	} else {
		l.Steps = []lineStep{{Name: "Authorized", Value: ui.Digits(o.Authorized()), Meta: in.Shell.clock().Day(o.AuthorizedAt.Time()).Text, Done: true}}
	}
	books := booksOf(in)
	l.Steps = append(l.Steps, capturedStep(in), feeStep(in, books), refundsStep(in, books), disputeStep(in, books), netStep(books), availableStep(in, books),
		payoutStep(in), bankStep(in))
	if books != nil && books.currency != o.Currency {
		l.Note = "Stripe settles this order in " + books.currency
		if books.rate != "" {
			l.Note += ", at " + books.rate
		}
		l.Note += ": what is booked stands in " + books.currency + "."
	}
	return l
}

// books is what an order left on the Stripe balance, in minor units of the currency in which it is settled.
type books struct {
	currency, rate                    string
	fee, refunds, dispute, net        int64
	refundRows, disputeRows, captures int
	availableOn                       models.Unix
	available                         bool
}

// booksOf sums an order's rows; nil while there are none. Rows of another currency are left out: they are never added up.
func booksOf(in OrderInput) *books {
	var b *books
	for _, t := range in.BalanceTransactions {
		if b == nil {
			b = &books{currency: t.Currency, rate: t.ExchangeRate, available: true}
		}
		if t.Currency != b.currency {
			continue
		}
		switch models.LineOf(t.ReportingCategory) {
		case models.LineRefunds:
			b.refunds += t.Net
			b.refundRows++
		case models.LineDisputes, models.LineDisputesWon:
			b.dispute += t.Net
			b.disputeRows++
		case models.LineGross, models.LineCaptureReversal:
			b.fee -= t.Fee
			b.captures++
			b.availableOn = max(b.availableOn, t.AvailableOn)
			b.available = b.available && t.Status == "available"
		}
		b.net += t.Net
	}
	return b
}

func (b *books) digits(minor int64) string {
	return ui.Digits(money.Amount{Minor: minor, Currency: b.currency})
}

func capturedStep(in OrderInput) lineStep {
	o, clock := in.Order, in.Shell.clock()
	s := lineStep{Name: "Captured", Value: notYet}
	switch {
	case o.IsCaptured():
		s.Value, s.Meta, s.Done = ui.Digits(o.Captured()), clock.Day(o.CapturedAt.Time()).Text, true
		if released := o.Released(); released.Minor > 0 {
			s.Meta += ", " + ui.Digits(released) + " released"
		}
	case pendingAct(in) == "captured":
		s.Value, s.At = "unknown", true
		s.Meta = "sent " + inSentence(clock.DayTime(lastCapture(in.Captures).Requested.Time()))
	case o.Status == models.StatusAuthorized:
		s.Value, s.Meta, s.At = "not yet", "by "+clock.DayTime(o.CaptureBy().Time()).Text, true
	case o.Status == models.StatusCanceled:
		s.Value, s.Meta = "never", "canceled "+clock.Day(o.CanceledAt.Time()).Text
	case o.Status == models.StatusExpired:
		s.Value, s.Meta = "never", "ran out "+clock.Day(o.CanceledAt.Time()).Text
	}
	return s
}

func feeStep(in OrderInput, b *books) lineStep {
	s := lineStep{Name: "Fee", Value: notYet}
	switch {
	case b != nil && b.captures > 0:
		s.Value, s.Done = b.digits(b.fee), true
	case in.Order.IsCaptured():
		s.Meta, s.At = "Stripe has not said yet", true
	case in.Order.Status == models.StatusAuthorized:
		s.Meta = "with the capture"
	}
	return s
}

func refundsStep(in OrderInput, b *books) lineStep {
	s := lineStep{Name: "Refunds", Value: notYet}
	switch {
	case b != nil && b.refundRows > 0:
		s.Value, s.Done = b.digits(b.refunds), true
	case in.Order.AmountRefunded > 0:
		s.Meta, s.At = "not booked yet", true
	case in.Order.IsCaptured():
		s.Value, s.Done = "none", true
	}
	return s
}

func disputeStep(in OrderInput, b *books) lineStep {
	s := lineStep{Name: "Dispute", Value: notYet}
	switch {
	case b != nil && b.disputeRows > 0:
		s.Value, s.Done = b.digits(b.dispute), true
		if b.dispute < 0 && len(in.Disputes) > 0 && in.Disputes[len(in.Disputes)-1].Status != "lost" {
			s.Meta, s.Done, s.At = "withheld", false, true
		}
	case len(in.Disputes) > 0:
		s.Meta = "nothing withheld"
	case in.Order.IsCaptured():
		s.Value, s.Done = "none", true
	}
	return s
}

func netStep(b *books) lineStep {
	if b == nil {
		return lineStep{Name: "Net", Value: notYet}
	}
	return lineStep{Name: "Net", Value: b.digits(b.net), Meta: b.currency, Done: true}
}

func availableStep(in OrderInput, b *books) lineStep {
	s := lineStep{Name: "Available", Value: notYet}
	if b != nil && b.availableOn > 0 {
		s.Value, s.Done, s.At = in.Shell.clock().Day(b.availableOn.Time()).Text, b.available, !b.available
	}
	return s
}

func payoutStep(in OrderInput) lineStep {
	p := in.Payout
	if p == nil {
		return lineStep{Name: "Payout", Value: notYet}
	}
	s := lineStep{Name: "Payout", Value: shortID(p.ID), Meta: in.Shell.clock().Day(p.Created.Time()).Text, Done: p.Status == "paid", At: p.Status != "paid"}
	if in.Shell.CanSeeSettlements {
		s.URL = payoutURL(p.ID)
	}
	return s
}

func bankStep(in OrderInput) lineStep {
	s := lineStep{Name: "Bank", Value: notYet}
	p := in.Payout
	if p == nil {
		return s
	}
	clock := in.Shell.clock()
	switch {
	case in.Bank != nil:
		s.Value, s.Meta, s.Done = "arrived", in.Bank.Booked.Time().UTC().Format("2 Jan 2006"), true
	case p.Status == "failed":
		s.Value, s.Meta = "sent back", "by the bank"
	case p.TraceID != "":
		s.Value, s.Meta, s.Done = p.TraceID, clock.Day(p.ArrivalDate.Time()).Text, true
	case p.Status == "in_transit" || p.Status == "pending":
		s.Value, s.Meta = "due", clock.Day(p.ArrivalDate.Time()).Text
	}
	return s
}

// shortID is an id's beginning, where the whole of it stands behind the link.
func shortID(id string) string {
	if len(id) <= 8 {
		return id
	}
	return id[:7] + "…"
}
