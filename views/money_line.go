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
		l.Steps = []lineStep{{Name: "Authorized", Value: ui.Digits(o.Authorized()), Meta: in.Shell.clock().DayTime(o.AuthorizedAt.Time()).Text, Done: true}}
	}
	books := booksOf(in)
	l.Steps = append(l.Steps, capturedStep(in), feeStep(in, books), availableStep(in, books), payoutStep(in), traceStep(in))
	if books != nil && books.fee.Currency != o.Currency {
		l.Note = "Stripe settles this order in " + books.fee.Currency + "."
	}
	return l
}

// books is what the capture left on the Stripe balance: its row and, after a partial capture, the row that takes the rest back.
type books struct {
	fee, net    money.Amount
	availableOn models.Unix
	available   bool
}

// booksOf sums the rows of the capture; nil while there are none. Rows of another currency are left out: they are never added up.
func booksOf(in OrderInput) *books {
	var b *books
	for _, t := range in.BalanceTransactions {
		if t.ReportingCategory != "charge" && t.ReportingCategory != "partial_capture_reversal" {
			continue
		}
		if b == nil {
			b = &books{fee: money.Amount{Currency: t.Currency}, net: money.Amount{Currency: t.Currency}, available: true}
		}
		if t.Currency != b.fee.Currency {
			continue
		}
		b.fee.Minor -= t.Fee
		b.net.Minor += t.Net
		b.availableOn = max(b.availableOn, t.AvailableOn)
		b.available = b.available && t.Status == "available"
	}
	return b
}

func capturedStep(in OrderInput) lineStep {
	o, clock := in.Order, in.Shell.clock()
	s := lineStep{Name: "Captured", Value: notYet}
	switch {
	case o.IsCaptured():
		s.Value, s.Meta, s.Done = ui.Digits(o.Captured()), clock.DayTime(o.CapturedAt.Time()).Text, true
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
	case b != nil:
		s.Value, s.Done = ui.Digits(b.fee), true
	case in.Order.IsCaptured():
		s.Meta, s.At = "Stripe has not said yet", true
	case in.Order.Status == models.StatusAuthorized:
		s.Meta = "with the capture"
	}
	return s
}

func availableStep(in OrderInput, b *books) lineStep {
	s := lineStep{Name: "Available", Value: notYet}
	if b != nil {
		s.Value, s.Meta, s.Done = ui.Digits(b.net), in.Shell.clock().Day(b.availableOn.Time()).Text, b.available
		s.At = !b.available
		if !b.available {
			s.Meta = "on " + s.Meta
		}
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

func traceStep(in OrderInput) lineStep {
	s := lineStep{Name: "Bank trace", Value: notYet}
	if p := in.Payout; p != nil && p.TraceID != "" {
		s.Value, s.Meta, s.Done = p.TraceID, in.Shell.clock().Day(p.ArrivalDate.Time()).Text, true
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
