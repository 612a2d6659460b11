// Package i18n writes amounts, numbers, times and countries for people, in English.
package i18n

import (
	"strconv"

	"counterfoil/models/money"
)

// noBreak is the space between a currency and its number, so that no line ends there.
const noBreak = "\u00a0"

// Money writes an amount as "EUR 1,149.90", with a no-break space after the ISO code ("kr" would be ambiguous).
func Money(a money.Amount) string {
	if a.Currency == "" {
		return MoneyNumber(a)
	}
	return a.Currency + noBreak + MoneyNumber(a)
}

// MoneyNumber writes an amount without its currency: "1,149.90", "−3.05", "1,500" (JPY).
func MoneyNumber(a money.Amount) string { return money.Group(a.Decimal()) }

// Number writes a whole number with its thousands grouped: "1,500".
func Number(n int64) string { return money.Group(strconv.FormatInt(n, 10)) }

// Plural joins a number and the form of the noun that goes with it: Plural(1, "order", "orders") is "1 order".
func Plural(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}
