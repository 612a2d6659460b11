package money_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"counterfoil/models/money"
)

// answer is what Parse gives: minor units, or a reason.
type answer struct {
	minor  int64
	reason money.Reason
}

func good(minor int64) answer        { return answer{minor: minor} }
func refused(r money.Reason) answer  { return answer{reason: r} }
func all(a answer) map[string]answer { return map[string]answer{"EUR": a, "JPY": a, "BHD": a} }
func noYen(eur, bhd int64) map[string]answer {
	return map[string]answer{"EUR": good(eur), "JPY": refused(money.ReasonDecimals), "BHD": good(bhd)}
}
func whole(n int64) map[string]answer {
	return map[string]answer{"EUR": good(n * 100), "JPY": good(n), "BHD": good(n * 1000)}
}

func TestParse(t *testing.T) {
	for input, want := range map[string]map[string]answer{
		// product.md, "Amounts as typed"
		"149.9":    noYen(14990, 149900),
		"149,90":   noYen(14990, 149900),
		"1.234,5":  all(refused(money.ReasonGrouping)),
		"1,234.50": all(refused(money.ReasonGrouping)),
		"12.345":   {"EUR": refused(money.ReasonDecimals), "JPY": refused(money.ReasonDecimals), "BHD": good(12345)},
		"1e3":      all(refused(money.ReasonExponent)),
		"-1":       all(refused(money.ReasonSign)),
		"+1":       all(refused(money.ReasonSign)),
		"":         all(refused(money.ReasonEmpty)),
		"٣":        all(refused(money.ReasonDigits)),
		"1500":     whole(1500),
		"12.5":     noYen(1250, 12500),
		// the rest of what people type
		"149.90":                noYen(14990, 149900),
		"149,9":                 noYen(14990, 149900),
		"12,345":                {"EUR": refused(money.ReasonDecimals), "JPY": refused(money.ReasonDecimals), "BHD": good(12345)},
		"0":                     whole(0),
		"0.00":                  noYen(0, 0),
		"007":                   whole(7),
		"000149.90":             noYen(14990, 149900),
		"  149.90\t":            noYen(14990, 149900),
		"\u00a0149.90\u00a0\n":  noYen(14990, 149900),
		"   ":                   all(refused(money.ReasonEmpty)),
		"\u00a0":                all(refused(money.ReasonEmpty)),
		"1 234.50":              all(refused(money.ReasonGrouping)),
		"1\u00a0234.50":         all(refused(money.ReasonGrouping)),
		"1\u202f234,50":         all(refused(money.ReasonGrouping)),
		"1'234.50":              all(refused(money.ReasonGrouping)),
		"1’234":                 all(refused(money.ReasonGrouping)),
		"1.234.567":             all(refused(money.ReasonGrouping)),
		"1..5":                  all(refused(money.ReasonGrouping)),
		".5":                    all(refused(money.ReasonIncomplete)),
		"5.":                    all(refused(money.ReasonIncomplete)),
		",":                     all(refused(money.ReasonIncomplete)),
		"1.5e3":                 all(refused(money.ReasonExponent)),
		"1E-3":                  all(refused(money.ReasonExponent)),
		"−1":                    all(refused(money.ReasonSign)),
		"--1":                   all(refused(money.ReasonSign)),
		"-":                     all(refused(money.ReasonSign)),
		"1-":                    all(refused(money.ReasonNotNumber)),
		"(1)":                   all(refused(money.ReasonNotNumber)),
		"٣٫٥":                   all(refused(money.ReasonDigits)),
		"１２":                    all(refused(money.ReasonDigits)),
		"€149.90":               all(refused(money.ReasonCurrency)),
		"149.90 €":              all(refused(money.ReasonCurrency)),
		"0x10":                  all(refused(money.ReasonNotNumber)),
		"NaN":                   all(refused(money.ReasonNotNumber)),
		"Inf":                   all(refused(money.ReasonNotNumber)),
		"1\x00":                 all(refused(money.ReasonNotNumber)),
		"\xff":                  all(refused(money.ReasonNotNumber)),
		"149.90; drop":          all(refused(money.ReasonNotNumber)),
		"92233720368547758.07":  {"EUR": good(math.MaxInt64), "JPY": refused(money.ReasonDecimals), "BHD": refused(money.ReasonTooLarge)},
		"92233720368547758.08":  {"EUR": refused(money.ReasonTooLarge), "JPY": refused(money.ReasonDecimals), "BHD": refused(money.ReasonTooLarge)},
		"9223372036854775807":   {"EUR": refused(money.ReasonTooLarge), "JPY": good(math.MaxInt64), "BHD": refused(money.ReasonTooLarge)},
		"99999999999999999999":  all(refused(money.ReasonTooLarge)),
		strings.Repeat("9", 99): all(refused(money.ReasonTooLarge)),
	} {
		for _, currency := range []string{"EUR", "JPY", "BHD"} {
			expect, listed := want[currency]
			if !listed {
				t.Fatalf("%q has no expectation for %s", input, currency)
			}
			amount, err := money.Parse(input, currency)
			var refusal *money.ParseError
			switch {
			case expect.reason == "" && err != nil:
				t.Errorf("Parse(%q, %s): %v", input, currency, err)
			case expect.reason == "" && amount != money.Amount{Minor: expect.minor, Currency: currency}:
				t.Errorf("Parse(%q, %s) = %v, want %d", input, currency, amount, expect.minor)
			case expect.reason != "" && !errors.As(err, &refusal):
				t.Errorf("Parse(%q, %s) = %v, %v, want %s", input, currency, amount, err, expect.reason)
			case expect.reason != "" && refusal.Reason != expect.reason:
				t.Errorf("Parse(%q, %s): %v, want %s", input, currency, err, expect.reason)
			case expect.reason != "" && amount != money.Amount{}:
				t.Errorf("Parse(%q, %s) gave %v beside the error", input, currency, amount)
			}
		}
	}
}

// Every message says what would be right, and what it offers is right.
func TestParseMessages(t *testing.T) {
	for _, c := range []struct{ input, currency, message string }{
		{"", "EUR", "Write an amount, for example 149.90."},
		{"", "JPY", "Write an amount, for example 1500."},
		{"1.234,5", "EUR", "Write 1234.50, without grouping characters."},
		{"1,234.50", "EUR", "Write 1234.50, without grouping characters."},
		{"1 234,50", "EUR", "Write 1234.50, without grouping characters."},
		{"1.234.567", "JPY", "Write 1234567, without grouping characters."},
		{"1.234,5", "BHD", "Write 1234.500, without grouping characters."},
		{"1 234", "EUR", "Write 1234, without grouping characters."},
		{"12.345", "EUR", "EUR has at most 2 decimals. Write 12.34, or 12345 if you meant thousands."},
		{"0.1234", "EUR", "EUR has at most 2 decimals. Write 0.12."},
		{"12.5", "JPY", "JPY has no decimals. Write 12."},
		{"1.500", "JPY", "JPY has no decimals. Write 1, or 1500 if you meant thousands."},
		{"149.50", "ISK", "ISK has whole amounts only. Write 149."},
		{"1.500", "UGX", "UGX has whole amounts only. Write 1, or 1500 if you meant thousands."},
		{"1e3", "EUR", "Write the amount out in digits, for example 1000 instead of 1e3."},
		{"1e3", "ISK", "Write the amount out in digits, for example 1000 instead of 1e3."},
		{"-149,9", "EUR", "Write 149.90, without a plus or minus sign."},
		{"+", "EUR", "Write 149.90, without a plus or minus sign."},
		{".5", "EUR", "Write 0.50: a digit is needed before and after the decimal separator."},
		{"5.", "EUR", "Write 5: a digit is needed before and after the decimal separator."},
		{"٣", "BHD", "Write the amount with the digits 0 to 9, for example 149.900."},
		{"EUR 149.9", "EUR", "Write 149.90 alone: the currency is EUR already."},
		{"€1,234.50", "EUR", "Write 1234.50 alone: the currency is EUR already."},
		{"a lot", "EUR", "Write the amount with digits only, for example 149.90."},
		{"99999999999999999999", "EUR", "This is more than an amount in EUR can be. Write a smaller one, for example 149.90."},
		{"1", "XXX", "Amounts in this order's currency cannot be typed here, because it is not known."},
	} {
		_, err := money.Parse(c.input, c.currency)
		var refusal *money.ParseError
		if !errors.As(err, &refusal) || refusal.Message != c.message {
			t.Errorf("Parse(%q, %s): %v, want %q", c.input, c.currency, err, c.message)
		}
	}
}

func TestParseSpecialCurrencies(t *testing.T) {
	for _, c := range []struct {
		input, currency string
		minor           int64
	}{
		{"149", "ISK", 14900}, {"149.00", "ISK", 14900}, {"1500", "UGX", 150000},
		{"149.90", "eur", 14990}, {"12.345", "kwd", 12345}, {"1500", "KRW", 1500}, {"1500.5", "HUF", 150050}, {"9.99", "TWD", 999},
	} {
		amount, err := money.Parse(c.input, c.currency)
		if want := (money.Amount{Minor: c.minor, Currency: strings.ToUpper(c.currency)}); err != nil || amount != want {
			t.Errorf("Parse(%q, %s) = %v, %v, want %v", c.input, c.currency, amount, err, want)
		}
	}
}

func FuzzParseReadsBackDecimal(f *testing.F) {
	f.Add(int64(14990), uint8(0))
	f.Add(int64(0), uint8(1))
	f.Add(int64(math.MaxInt64), uint8(2))
	currencies := []string{"EUR", "JPY", "BHD", "SEK"}
	f.Fuzz(func(t *testing.T, minor int64, which uint8) {
		if minor < 0 {
			t.Skip("a sign is not typed")
		}
		amount := money.Amount{Minor: minor, Currency: currencies[int(which)%len(currencies)]}
		back, err := money.Parse(amount.Decimal(), amount.Currency)
		if err != nil || back != amount {
			t.Fatalf("%v reads back as %v, %v", amount, back, err)
		}
	})
}

func FuzzParseAnything(f *testing.F) {
	for _, seed := range []string{"149.90", "1.234,5", "1e3", "٣", "-", "\xff", "1 2 3", "EUR", ".", "'", "−5"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, currency := range []string{"EUR", "JPY", "BHD", "ISK"} {
			amount, err := money.Parse(text, currency)
			var refusal *money.ParseError
			switch {
			case err == nil && amount.Minor < 0:
				t.Fatalf("Parse(%q, %s) = %v", text, currency, amount)
			case err != nil && (!errors.As(err, &refusal) || refusal.Message == "" || refusal.Reason == ""):
				t.Fatalf("Parse(%q, %s): %v", text, currency, err)
			case err == nil && strings.Trim(strings.TrimSpace(text), "0123456789.,") != "":
				t.Fatalf("Parse(%q, %s) took it as %v", text, currency, amount)
			}
		}
	})
}
