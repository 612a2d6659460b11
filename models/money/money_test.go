package money_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"counterfoil/models/money"
)

func TestExponent(t *testing.T) {
	want := map[string]int{}
	for _, code := range strings.Fields("BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF") {
		want[code] = 0
	}
	for _, code := range strings.Fields("BHD JOD KWD OMR TND") {
		want[code] = 3
	}
	for _, code := range strings.Fields("AUD CAD CHF CZK DKK EUR GBP NOK NZD PLN RON SEK USD ISK UGX HUF TWD") {
		want[code] = 2
	}
	for code, exponent := range want {
		if got, ok := money.Exponent(code); !ok || got != exponent {
			t.Errorf("Exponent(%s) = %d, %t, want %d", code, got, ok, exponent)
		}
		if got, ok := money.Exponent(strings.ToLower(code)); !ok || got != exponent {
			t.Errorf("Exponent(%s) in lower case = %d, %t", code, got, ok)
		}
	}
	for _, code := range []string{"", "E", "EU", "EURO", "XXX", "   ", "\t\tA", "D E", "ED\n", "€€€"} {
		if money.Known(code) {
			t.Errorf("%q counts as a currency", code)
		}
	}
}

func TestDecimal(t *testing.T) {
	for _, c := range []struct {
		amount  money.Amount
		decimal string
		text    string
	}{
		{money.Amount{Minor: 14990, Currency: "EUR"}, "149.90", "EUR 149.90"},
		{money.Amount{Minor: 0, Currency: "EUR"}, "0.00", "EUR 0.00"},
		{money.Amount{Minor: 5, Currency: "EUR"}, "0.05", "EUR 0.05"},
		{money.Amount{Minor: -5, Currency: "EUR"}, "-0.05", "EUR -0.05"},
		{money.Amount{Minor: -123456, Currency: "EUR"}, "-1234.56", "EUR -1234.56"},
		{money.Amount{Minor: 1500, Currency: "JPY"}, "1500", "JPY 1500"},
		{money.Amount{Minor: 0, Currency: "JPY"}, "0", "JPY 0"},
		{money.Amount{Minor: 12345, Currency: "BHD"}, "12.345", "BHD 12.345"},
		{money.Amount{Minor: 1, Currency: "BHD"}, "0.001", "BHD 0.001"},
		{money.Amount{Minor: 14900, Currency: "ISK"}, "149.00", "ISK 149.00"},
		{money.Amount{Minor: math.MaxInt64, Currency: "EUR"}, "92233720368547758.07", "EUR 92233720368547758.07"},
		{money.Amount{Minor: math.MinInt64, Currency: "EUR"}, "-92233720368547758.08", "EUR -92233720368547758.08"},
		{money.Amount{}, "0.00", "0.00"},
	} {
		if got := c.amount.Decimal(); got != c.decimal {
			t.Errorf("%#v.Decimal() = %q, want %q", c.amount, got, c.decimal)
		}
		if got := c.amount.String(); got != c.text {
			t.Errorf("%#v.String() = %q, want %q", c.amount, got, c.text)
		}
	}
}

func TestAddSub(t *testing.T) {
	eur := func(n int64) money.Amount { return money.Amount{Minor: n, Currency: "EUR"} }
	for _, c := range []struct {
		name string
		do   func() (money.Amount, error)
		want money.Amount
		err  error
	}{
		{"add", func() (money.Amount, error) { return eur(150).Add(eur(-40)) }, eur(110), nil},
		{"sub", func() (money.Amount, error) { return eur(150).Sub(eur(190)) }, eur(-40), nil},
		{"add to the edge", func() (money.Amount, error) { return eur(math.MaxInt64 - 1).Add(eur(1)) }, eur(math.MaxInt64), nil},
		{"add over the edge", func() (money.Amount, error) { return eur(math.MaxInt64).Add(eur(1)) }, money.Amount{}, money.ErrOverflow},
		{"add under the edge", func() (money.Amount, error) { return eur(math.MinInt64).Add(eur(-1)) }, money.Amount{}, money.ErrOverflow},
		{"sub to the edge", func() (money.Amount, error) { return eur(-1).Sub(eur(math.MaxInt64)) }, eur(math.MinInt64), nil},
		{"sub under the edge", func() (money.Amount, error) { return eur(-2).Sub(eur(math.MaxInt64)) }, money.Amount{}, money.ErrOverflow},
		{"sub over the edge", func() (money.Amount, error) { return eur(0).Sub(eur(math.MinInt64)) }, money.Amount{}, money.ErrOverflow},
		{"add two currencies", func() (money.Amount, error) { return eur(1).Add(money.Amount{Minor: 1, Currency: "SEK"}) }, money.Amount{}, money.ErrCurrencyMismatch},
		{"sub two currencies", func() (money.Amount, error) { return eur(1).Sub(money.Amount{}) }, money.Amount{}, money.ErrCurrencyMismatch},
	} {
		got, err := c.do()
		if got != c.want || !errors.Is(err, c.err) {
			t.Errorf("%s: %v, %v, want %v, %v", c.name, got, err, c.want, c.err)
		}
	}
	if !eur(0).IsZero() || eur(-1).IsZero() {
		t.Error("IsZero")
	}
}
