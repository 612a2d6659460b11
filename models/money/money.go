// Package money holds exact amounts: an integer count of a currency's minor units. There is no float anywhere.
package money

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Amount is a sum in one currency. Minor counts the currency's smallest unit (cents, yen, fils);
// Currency is the upper-case ISO 4217 code.
type Amount struct {
	Minor    int64
	Currency string
}

// ErrCurrencyMismatch is returned when two currencies would be added together.
var ErrCurrencyMismatch = errors.New("money: amounts of two currencies cannot be added together")

// ErrOverflow is returned when a result does not fit into 64 bits.
var ErrOverflow = errors.New("money: amount out of range")

// Add gives a plus b. It fails with ErrCurrencyMismatch or ErrOverflow, and then gives the zero Amount.
func (a Amount) Add(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fmt.Errorf("%w: %s and %s", ErrCurrencyMismatch, a.Currency, b.Currency)
	}
	if (b.Minor > 0 && a.Minor > math.MaxInt64-b.Minor) || (b.Minor < 0 && a.Minor < math.MinInt64-b.Minor) {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: a.Minor + b.Minor, Currency: a.Currency}, nil
}

// Sub gives a minus b. It fails with ErrCurrencyMismatch or ErrOverflow, and then gives the zero Amount.
func (a Amount) Sub(b Amount) (Amount, error) {
	if a.Currency != b.Currency {
		return Amount{}, fmt.Errorf("%w: %s and %s", ErrCurrencyMismatch, a.Currency, b.Currency)
	}
	if (b.Minor < 0 && a.Minor > math.MaxInt64+b.Minor) || (b.Minor > 0 && a.Minor < math.MinInt64+b.Minor) {
		return Amount{}, ErrOverflow
	}
	return Amount{Minor: a.Minor - b.Minor, Currency: a.Currency}, nil
}

// IsZero tells whether the amount is nothing, in whatever currency.
func (a Amount) IsZero() bool { return a.Minor == 0 }

// Decimal gives the amount in the currency's major unit with all its decimals, a point, and no grouping:
// "149.90", "-3.05", "1500", "12.345". Parse reads back what it gives for an amount that is not negative.
func (a Amount) Decimal() string {
	sign, magnitude := "", uint64(a.Minor) // the two's complement is undone below
	if a.Minor < 0 {
		sign, magnitude = "-", -magnitude
	}
	digits := strconv.FormatUint(magnitude, 10)
	exponent := decimals(a.Currency)
	if exponent == 0 {
		return sign + digits
	}
	if missing := exponent + 1 - len(digits); missing > 0 {
		digits = strings.Repeat("0", missing) + digits
	}
	point := len(digits) - exponent
	return sign + digits[:point] + "." + digits[point:]
}

// String gives "EUR 149.90", for logs and audit entries. Pages use web/i18n.
func (a Amount) String() string {
	if a.Currency == "" {
		return a.Decimal()
	}
	return a.Currency + " " + a.Decimal()
}
