package stripesim

import (
	"bytes"
	"encoding/json"
	"math/big"
	"strings"
)

// rate is an exchange rate as it was written, for arithmetic without rounding; Stripe shows it as a number, and as null while there is none.
type rate string

// maxRate is how many characters a rate may have.
const maxRate = 20

// MarshalJSON writes the rate as a number, or null.
func (r rate) MarshalJSON() ([]byte, error) {
	if r == "" {
		return []byte("null"), nil
	}
	return []byte(r), nil
}

// UnmarshalJSON reads a number, a text, or null; whether it is a rate, valid tells.
func (r *rate) UnmarshalJSON(raw []byte) error {
	*r = ""
	if bytes.Equal(raw, []byte("null")) {
		return nil
	}
	*r = rate(bytes.Trim(raw, `"`))
	return nil
}

// valid tells whether this is a positive decimal number without an exponent.
func (r rate) valid() bool {
	plain := len(r) <= maxRate && strings.Trim(string(r), "0123456789.") == "" && json.Valid([]byte(r))
	return plain && r.rat().Sign() > 0
}

// rat is the rate of a valid one.
func (r rate) rat() *big.Rat {
	v, _ := new(big.Rat).SetString(string(r))
	return v
}

// exchange is the currency in which a payment settles where that is not its own, and the rate, in major units, from its own into that one.
type exchange struct {
	Currency string `json:"currency,omitempty"`
	Rate     rate   `json:"rate,omitempty"`
}

// exact is an amount of minor units in the other currency, a half rounded away from zero.
func (e exchange) exact(from string, minor int64) *big.Int {
	v := new(big.Rat).Mul(e.Rate.rat(), big.NewRat(minor, 1))
	v.Mul(v, big.NewRat(minorUnits(e.Currency), minorUnits(from)))
	twice := new(big.Int).Lsh(new(big.Int).Abs(v.Num()), 1)
	rounded := twice.Add(twice, v.Denom()).Quo(twice, new(big.Int).Lsh(v.Denom(), 1))
	if v.Sign() < 0 {
		rounded.Neg(rounded)
	}
	return rounded
}

// apply is the booking in the currency in which it settles; its fee is in that currency already.
func (e exchange) apply(b booking) booking {
	if e.Rate != "" {
		b.amount = e.exact(b.currency, b.amount).Int64()
		b.currency, b.rate = e.Currency, e.Rate
	}
	return b
}

// minorUnits is how many minor units one major unit has (docs.stripe.com/currencies, zero-decimal and three-decimal; isk and ugx are
// carried with two decimals).
func minorUnits(currency string) int64 {
	switch currency {
	case "bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf":
		return 1
	case "bhd", "jod", "kwd", "omr", "tnd":
		return 1000
	}
	return 100
}
