// Package books writes settlements as files: the itemized CSV, the workbook, the printed statement and the double-entry journal.
package books

import (
	"iter"
	"strings"
	"time"

	"counterfoil/models"
	"counterfoil/models/money"
)

// Rows are the movements of a file, oldest first. They are read once and not kept.
type Rows = iter.Seq2[models.LedgerEntry, error]

// Head is what stands above every file. Zone is required.
type Head struct {
	Shop     string
	Zone     *time.Location
	From, To time.Time // To exclusive; zero where the file has no bound
	TestMode bool
	Made     time.Time
	Title    string // such as "Payout po_…" or "October 2026"
	Only     string // what is in the file of all that was booked; "" for everything
}

// period tells the bounds for people, in the shop's zone: whole days by their dates, anything else to the minute.
func (h Head) period() string {
	from, to := h.From.In(h.Zone), h.To.In(h.Zone)
	switch {
	case h.From.IsZero() && h.To.IsZero():
		return ""
	case h.To.IsZero():
		return "from " + moment(from)
	case h.From.IsZero():
		return "before " + moment(to)
	case !midnight(from) || !midnight(to):
		return moment(from) + " to before " + moment(to)
	}
	first, last := from.Format(dayForPeople), to.AddDate(0, 0, -1).Format(dayForPeople)
	if first == last {
		return first
	}
	return first + " to " + last
}

// mode tells whether money was moved.
func (h Head) mode() string {
	if h.TestMode {
		return "Test mode: no real money was moved"
	}
	return "Live"
}

const dayForPeople = "2 January 2006"

func moment(at time.Time) string {
	if midnight(at) {
		return at.Format(dayForPeople)
	}
	return at.Format(dayForPeople + " 15:04")
}

func midnight(at time.Time) bool { return at.Hour() == 0 && at.Minute() == 0 && at.Second() == 0 }

// statementLine is a line of a statement as the files print it.
type statementLine struct {
	name    string
	count   int64
	counted bool // opening and closing count nothing
	amount  money.Amount
	unknown string // instead of an amount
}

// statementLines are a statement's lines in their order, opening and closing among them.
func statementLines(s models.Statement, h Head) []statementLine {
	opening := statementLine{name: "Opening balance", amount: money.Amount{Minor: s.Opening, Currency: s.Currency}}
	if !s.OpeningKnown {
		opening.unknown = "unknown"
		if !h.From.IsZero() {
			opening.unknown += " before " + moment(h.From.In(h.Zone))
		}
	}
	closing := statementLine{name: "Closing balance", amount: money.Amount{Minor: s.Closing, Currency: s.Currency}}
	if !s.ClosingKnown {
		closing.unknown = "unknown"
	}
	lines := []statementLine{opening}
	for _, line := range models.LedgerLines() {
		m := s.By[line]
		lines = append(lines, statementLine{name: line.Word(), count: m.Count, counted: true, amount: money.Amount{Minor: m.Net, Currency: s.Currency}})
	}
	return append(lines, closing)
}

// categoryName is a reporting category in words: the set is open, so its own word is what there is to show.
func categoryName(category string) string {
	words := strings.ReplaceAll(category, "_", " ")
	if words == "" {
		return "Not categorized"
	}
	return strings.ToUpper(words[:1]) + words[1:]
}

// klarna is the payment method of the orders; everything else on the account has none here.
func klarna(e *models.LedgerEntry) string {
	if e.OrderID == "" {
		return ""
	}
	return "klarna"
}

// sums are movements added up, each currency by itself.
type sums map[string]models.Movement

// add adds a movement. It fails with money.ErrOverflow.
func (s sums) add(e *models.LedgerEntry) error {
	m := s[e.Currency]
	for _, part := range [...]struct {
		to *int64
		by int64
	}{{&m.Amount, e.Amount}, {&m.Fee, e.Fee}, {&m.Net, e.Net}} {
		sum, err := plus(*part.to, part.by)
		if err != nil {
			return err
		}
		*part.to = sum
	}
	m.Count++
	s[e.Currency] = m
	return nil
}

// plus adds minor units of one currency. It fails with money.ErrOverflow.
func plus(a, b int64) (int64, error) {
	sum, err := money.Amount{Minor: a}.Add(money.Amount{Minor: b})
	return sum.Minor, err
}
