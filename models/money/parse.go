package money

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
)

// Reason says why a typed amount was refused.
type Reason string

// The reasons of a ParseError.
const (
	ReasonEmpty           Reason = "empty"            // nothing was typed
	ReasonSign            Reason = "sign"             // a plus or minus sign
	ReasonGrouping        Reason = "grouping"         // more than one separator, or spaces or apostrophes between digits
	ReasonDecimals        Reason = "decimals"         // more decimals than the currency has
	ReasonIncomplete      Reason = "incomplete"       // no digit before or after the decimal separator
	ReasonExponent        Reason = "exponent"         // 1e3
	ReasonDigits          Reason = "digits"           // digits that are not 0 to 9
	ReasonCurrency        Reason = "currency"         // a currency sign or code beside the number
	ReasonNotNumber       Reason = "not_a_number"     // anything else that is not a digit
	ReasonTooLarge        Reason = "too_large"        // does not fit
	ReasonUnknownCurrency Reason = "unknown_currency" // the order's currency is not one of Stripe's
)

// ParseError is a refused amount. Message is a sentence for the person who typed it and says what would be right.
type ParseError struct {
	Reason  Reason
	Message string
}

// Error implements error.
func (e *ParseError) Error() string { return "money: " + string(e.Reason) + ": " + e.Message }

// maxTyped is the longest text that is looked at: 19 digits, a separator, and room for leading zeros.
const maxTyped = 64

// Parse reads an amount as a person types it: digits 0 to 9, at most one "." or "," which is then the decimal
// separator, no grouping, no sign, and at most as many decimals as the currency has. White space around it is
// dropped, leading zeros are allowed, and zero is an amount (whether it may be captured is not decided here).
// Every error is a *ParseError.
func Parse(text, currency string) (Amount, error) {
	currency = strings.ToUpper(currency)
	exponent, ok := Exponent(currency)
	if !ok {
		return Amount{}, refuse(ReasonUnknownCurrency, "Amounts in this order's currency cannot be typed here, because it is not known.")
	}
	typed := typedAmount{text: strings.TrimSpace(text), currency: currency, exponent: exponent}
	if err := typed.check(); err != nil {
		return Amount{}, err
	}
	return typed.amount()
}

// typedAmount is a trimmed input on its way through the checks.
type typedAmount struct {
	text     string
	currency string
	exponent int
}

// check refuses everything that is not digits with at most one separator between them.
func (t typedAmount) check() error {
	switch {
	case t.text == "":
		return refuse(ReasonEmpty, "Write an amount, for example %s.", t.example())
	case len(t.text) > maxTyped:
		return t.tooLarge()
	case strings.ContainsAny(t.text[:1], "+-") || strings.HasPrefix(t.text, "\u2212") || strings.HasPrefix(t.text, "\u2013"):
		rest := strings.TrimSpace(strings.TrimLeft(t.text, "+-\u2212\u2013"))
		return refuse(ReasonSign, "Write %s, without a plus or minus sign.", t.suggest(rest))
	}
	if err := t.checkCharacters(); err != nil {
		return err
	}
	return t.checkSeparators()
}

// checkCharacters refuses what is neither a digit, nor a separator, nor a character that groups digits.
func (t typedAmount) checkCharacters() error {
	if power, ok := exponentForm(t.text); ok {
		return refuse(ReasonExponent, "Write the amount out in digits, for example %s instead of %s.", power, t.text)
	}
	for _, r := range t.text {
		switch {
		case isDigit(r), isSeparator(r), isGrouping(r):
		case unicode.IsDigit(r), r == '\u066b', r == '\u066c': // Arabic decimal and thousands separators
			return refuse(ReasonDigits, "Write the amount with the digits 0 to 9, for example %s.", t.example())
		case unicode.Is(unicode.Sc, r), strings.Contains(strings.ToUpper(t.text), t.currency):
			return refuse(ReasonCurrency, "Write %s alone: the currency is %s already.", t.suggest(keepNumber(t.text)), t.currency)
		default:
			return refuse(ReasonNotNumber, "Write the amount with digits only, for example %s.", t.example())
		}
	}
	return nil
}

// checkSeparators refuses grouping, a separator at an end, and too many decimals.
func (t typedAmount) checkSeparators() error {
	if strings.ContainsFunc(t.text, isGrouping) || strings.Count(t.text, ".")+strings.Count(t.text, ",") > 1 {
		return refuse(ReasonGrouping, "Write %s, without grouping characters.", t.suggest(t.text))
	}
	whole, fraction, separated := t.split()
	if separated && (whole == "" || fraction == "") {
		return refuse(ReasonIncomplete, "Write %s: a digit is needed before and after the decimal separator.", t.suggest(t.text))
	}
	if len(fraction) > t.exponent {
		return t.tooManyDecimals(whole, fraction)
	}
	if wholeOnly(t.currency) && strings.Trim(fraction, "0") != "" {
		return refuse(ReasonDecimals, "%s has whole amounts only. Write %s.", t.currency, trimZeros(whole))
	}
	return nil
}

// amount turns checked text into minor units.
func (t typedAmount) amount() (Amount, error) {
	whole, fraction, _ := t.split()
	digits := whole + fraction + strings.Repeat("0", t.exponent-len(fraction))
	minor, err := strconv.ParseUint(digits, 10, 64)
	if err != nil || minor > math.MaxInt64 {
		return Amount{}, t.tooLarge()
	}
	return Amount{Minor: int64(minor), Currency: t.currency}, nil
}

func (t typedAmount) split() (whole, fraction string, separated bool) {
	return strings.Cut(strings.Replace(t.text, ",", ".", 1), ".")
}

func (t typedAmount) tooLarge() error {
	return refuse(ReasonTooLarge, "This is more than an amount in %s can be. Write a smaller one, for example %s.", t.currency, t.example())
}

// tooManyDecimals also offers the reading as thousands, since that is how "12.345" is most often meant.
func (t typedAmount) tooManyDecimals(whole, fraction string) error {
	limit := fmt.Sprintf("%s has at most %d decimals.", t.currency, t.exponent)
	cut := trimZeros(whole)
	switch {
	case t.exponent == 0:
		limit = t.currency + " has no decimals."
	case wholeOnly(t.currency):
		limit = t.currency + " has whole amounts only."
	default:
		cut += "." + fraction[:t.exponent]
	}
	if len(fraction) == 3 {
		return refuse(ReasonDecimals, "%s Write %s, or %s if you meant thousands.", limit, cut, trimZeros(whole+fraction))
	}
	return refuse(ReasonDecimals, "%s Write %s.", limit, cut)
}

// suggest gives what was probably meant, in a form that Parse takes; an example where that cannot be told.
func (t typedAmount) suggest(text string) string {
	text = strings.Map(func(r rune) rune {
		if isGrouping(r) {
			return -1
		}
		return r
	}, text)
	whole, fraction := text, ""
	if i := strings.LastIndexAny(text, ".,"); i >= 0 && t.isDecimal(text, i) {
		whole, fraction = text[:i], text[i+1:]
	}
	whole = strings.NewReplacer(".", "", ",", "").Replace(whole)
	if strings.Trim(whole+fraction, "0123456789") != "" || whole+fraction == "" || len(whole) > 15 {
		return t.example()
	}
	whole = trimZeros(whole)
	if fraction == "" || t.exponent == 0 || wholeOnly(t.currency) {
		return whole
	}
	return whole + "." + (fraction + "000")[:t.exponent]
}

// isDecimal guesses whether the last separator of text, at i, separates decimals and not thousands.
func (t typedAmount) isDecimal(text string, i int) bool {
	others := text[:i]
	if strings.Contains(others, text[i:i+1]) { // 1.234.567
		return false
	}
	return strings.ContainsAny(others, ".,") || len(text)-i-1 != 3 || t.exponent == 3
}

// example is an amount in the form that the currency takes.
func (t typedAmount) example() string {
	switch {
	case t.exponent == 0 || wholeOnly(t.currency):
		return "1500"
	case t.exponent == 3:
		return "149.900"
	}
	return "149.90"
}

// exponentForm tells whether text is like 1e3, and gives it written out where that is a whole number of a sane size.
func exponentForm(text string) (string, bool) {
	mantissa, power, ok := strings.Cut(strings.ToLower(text), "e")
	if !ok || mantissa == "" || strings.Trim(mantissa, "0123456789.,") != "" {
		return "", false
	}
	n, err := strconv.Atoi(power)
	if err != nil {
		return "", false
	}
	if n < 0 || n > 9 || len(mantissa) > 9 || strings.ContainsAny(mantissa, ".,") {
		return "1000", true
	}
	return trimZeros(mantissa + strings.Repeat("0", n)), true
}

func keepNumber(text string) string {
	return strings.Map(func(r rune) rune {
		if isDigit(r) || isSeparator(r) {
			return r
		}
		return -1
	}, text)
}

func trimZeros(digits string) string {
	if trimmed := strings.TrimLeft(digits, "0"); trimmed != "" {
		return trimmed
	}
	return "0"
}

func isDigit(r rune) bool     { return r >= '0' && r <= '9' }
func isSeparator(r rune) bool { return r == '.' || r == ',' }

// isGrouping tells whether r is used somewhere to group digits. A space of any width is (Swedish, French),
// an apostrophe is (Swiss).
func isGrouping(r rune) bool {
	return unicode.IsSpace(r) || r == '\'' || r == '\u2019' || r == '_' || r == '\u02d9'
}

func refuse(reason Reason, format string, args ...any) error {
	return &ParseError{Reason: reason, Message: fmt.Sprintf(format, args...)}
}
