package settlements

import (
	"math/big"

	"counterfoil/models"
	"counterfoil/models/money"
)

// AddsUp tells what is wrong with a movement in itself, "" for nothing: amount less fee is net, the parts of the fee are the fee, and the
// amount is the customer's at the exchange rate (docs.stripe.com/api/balance_transactions/object), give or take one minor unit.
func AddsUp(e models.LedgerEntry) string {
	if e.Amount-e.Fee != e.Net {
		return "The amount less the fee is not the net."
	}
	if len(e.FeeDetails) > 0 {
		sum := int64(0)
		for _, d := range e.FeeDetails {
			sum += d.Amount
		}
		if sum != e.Fee {
			return "The parts of the fee do not add up to it."
		}
	}
	if e.ExchangeRate == "" || e.Facing.Currency == "" || e.Facing.Currency == e.Currency {
		return ""
	}
	rate, ok := new(big.Rat).SetString(e.ExchangeRate)
	if !ok {
		return "The exchange rate is no number."
	}
	exact := new(big.Rat).Mul(rate, big.NewRat(e.Facing.Minor, 1))
	exact.Mul(exact, tenTo(exponent(e.Currency)-exponent(e.Facing.Currency)))
	off := exact.Sub(exact, big.NewRat(e.Amount, 1))
	if off.Abs(off).Cmp(big.NewRat(1, 1)) > 0 {
		return "The customer’s amount at the exchange rate is not the amount."
	}
	return ""
}

func exponent(currency string) int {
	n, _ := money.Exponent(currency)
	return n
}

func tenTo(n int) *big.Rat {
	power := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(n, -n))), nil)
	if n < 0 {
		return new(big.Rat).SetFrac(big.NewInt(1), power)
	}
	return new(big.Rat).SetInt(power)
}
