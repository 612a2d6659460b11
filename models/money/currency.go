package money

import "strings"

// twoDecimal are the currencies that Stripe charges in hundredths. Source: docs.stripe.com/currencies.
// HUF and TWD are charged in hundredths too; only their payouts are in whole units. Klarna's come first, as they are looked for most.
const twoDecimal = `
	EUR SEK USD GBP NOK DKK CHF PLN CZK AUD CAD NZD RON HUF MXN
	AED AFN ALL AMD ANG AOA ARS AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CDF
	CNY COP CRC CVE DOP DZD EGP ETB FJD FKP GEL GIP GMD GTQ GYD HKD HNL HTG IDR ILS INR JMD
	KES KGS KHR KYD KZT LAK LBP LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MYR MZN NAD
	NGN NIO NPR PAB PEN PGK PHP PKR QAR RSD RUB SAR SBD SCR SGD SHP SLE SLL SOS SRD STD SVC
	SZL THB TJS TOP TRY TTD TWD TZS UAH UYU UZS WST XCD XCG YER ZAR ZMW`

const (
	zeroDecimal  = "BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF"
	threeDecimal = "BHD JOD KWD OMR TND"
)

// Exponent gives how many decimals a currency's minor unit stands for (EUR 2, JPY 0, BHD 3), and false
// for a code that Stripe does not charge in. Upper and lower case are the same.
func Exponent(currency string) (int, bool) {
	code := strings.ToUpper(currency)
	switch {
	case len(code) != 3 || !isLetters(code):
		return 0, false
	case strings.Contains(twoDecimal, code), wholeOnly(code): // the latter have no smaller unit any more, but Stripe counts them in hundredths that must be 00
		return 2, true
	case strings.Contains(zeroDecimal, code):
		return 0, true
	case strings.Contains(threeDecimal, code):
		return 3, true
	}
	return 0, false
}

// WithoutDecimals gives the currencies that have no smaller unit.
func WithoutDecimals() []string { return strings.Fields(zeroDecimal) }

// WithThreeDecimals gives the currencies whose minor unit is a thousandth.
func WithThreeDecimals() []string { return strings.Fields(threeDecimal) }

// Known tells whether Stripe charges in this currency.
func Known(currency string) bool {
	_, ok := Exponent(currency)
	return ok
}

// wholeOnly tells whether amounts of this currency are whole units although their minor unit is a hundredth.
// Source: docs.stripe.com/currencies, "Special cases".
func wholeOnly(currency string) bool { return currency == "ISK" || currency == "UGX" }

// decimals gives the exponent used to print an amount. A code that is not known is printed in hundredths,
// as most currencies are, rather than not at all.
func decimals(currency string) int {
	if n, ok := Exponent(currency); ok {
		return n
	}
	return 2
}

func isLetters(s string) bool {
	for _, r := range s {
		if r < 'A' || r > 'Z' {
			return false
		}
	}
	return true
}
