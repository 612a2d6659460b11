package stripesim

import (
	"math/big"
	"strconv"
	"strings"
)

// exchange is into which currency a payment is settled, at which rate of main units; the zero value exchanges nothing.
type exchange struct {
	Currency string `json:"currency"`
	Rate     string `json:"rate"`
}

// checkExchange refuses what is no exchange.
func checkExchange(currency, rate string) *controlError {
	if currency == "" && rate == "" {
		return nil
	}
	r, ok := new(big.Rat).SetString(rate)
	if !ok || r.Sign() <= 0 || !strings.Contains(" "+stripeCurrencies+" ", " "+currency+" ") {
		return badControl(`"settle_currency" must be one of Stripe's and "exchange_rate" a number above zero in quotes`)
	}
	return nil
}

// settled exchanges a booking of a charge's money, rounded to the nearest minor unit, halves away from zero.
func (c *charge) settled(b booking) booking {
	e := c.books().Settle
	if e.Currency == "" || b.currency != c.Currency {
		return b
	}
	b.amount, b.fee = e.convert(b.amount, c.Currency), e.convert(b.fee, c.Currency)
	rate, _ := strconv.ParseFloat(e.Rate, 64) // checkExchange has read it; it is only shown
	b.currency, b.rate = e.Currency, nullFloat(rate)
	return b
}

func (e exchange) convert(minor int64, from string) int64 {
	rate, _ := new(big.Rat).SetString(e.Rate) // checkExchange has read it
	exact := rate.Mul(rate, big.NewRat(minor, 1))
	exact.Mul(exact, new(big.Rat).SetFrac(unitsOf(e.Currency), unitsOf(from)))
	twice := new(big.Int).Mul(new(big.Int).Abs(exact.Num()), big.NewInt(2))
	twice.Add(twice, exact.Denom())
	rounded := twice.Quo(twice, new(big.Int).Mul(exact.Denom(), big.NewInt(2))).Int64()
	if exact.Sign() < 0 {
		return -rounded
	}
	return rounded
}

// unitsOf is how many minor units make a main one (docs.stripe.com/currencies).
func unitsOf(currency string) *big.Int {
	switch {
	case strings.Contains(" bif clp djf gnf jpy kmf krw mga pyg rwf vnd vuv xaf xof xpf ", " "+currency+" "):
		return big.NewInt(1)
	case strings.Contains(" bhd jod kwd omr tnd ", " "+currency+" "):
		return big.NewInt(1000)
	}
	return big.NewInt(100)
}
