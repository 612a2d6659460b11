package settlements

import (
	"slices"
	"time"

	"counterfoil/models"
)

// Statements are the statements of a period, one for each currency in which anything was booked or is held.
type Statements struct {
	Period Period
	AsOf   models.Unix // Stripe's clock of the balance that they are anchored on; 0 before it was read
	All    []models.Statement
	Klarna map[string]models.Statement // by currency: Klarna's share of each line
	Firsts map[string]time.Time        // by currency: the first day with a movement
}

// Statement adds up the sums of one currency line by line. klarna: of Klarna's share only.
func Statement(currency string, sums []models.LedgerSum, klarna bool) models.Statement {
	s := models.Statement{Currency: currency, By: map[models.LedgerLine]models.Movement{}}
	for _, sum := range sums {
		if sum.Currency != currency || klarna && !sum.Klarna {
			continue
		}
		line, feeLine := models.LineOf(sum.Category), models.FeeLineOf(sum.Category)
		m := s.By[line]
		m.Count += sum.Count
		m.Amount += sum.Amount
		m.Net += sum.Amount
		s.By[line] = m
		f := s.By[feeLine]
		f.Fee += sum.Fee
		f.Net -= sum.Fee
		s.By[feeLine] = f
	}
	return s
}

// total is what all lines come to.
func total(by map[models.LedgerLine]models.Movement) (sum int64) {
	for _, m := range by {
		sum += m.Net
	}
	return sum
}

// Total is what the lines of a statement add to the balance, payouts included.
func Total(s models.Statement) int64 { return total(s.By) }

// CategoriesOf are the reporting categories of a line among sums.
func CategoriesOf(line models.LedgerLine, sums []models.LedgerSum) []string {
	var all []string
	for _, s := range sums {
		if models.LineOf(s.Category) == line && !slices.Contains(all, s.Category) {
			all = append(all, s.Category)
		}
	}
	if all == nil {
		all = []string{""} // nothing has no category
	}
	return all
}
