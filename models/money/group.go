package money

import "strings"

// minus is the sign of a negative number. It is as wide as a digit, so that columns of figures stand straight.
const minus = "\u2212"

// Group writes a plain decimal number for people: "1149.90" is "1,149.90", "-3.05" is "−3.05". Pages and mails write numbers in this way.
func Group(decimal string) string {
	digits, negative := strings.CutPrefix(decimal, "-")
	whole, fraction, hasFraction := strings.Cut(digits, ".")
	var b strings.Builder
	if negative {
		b.WriteString(minus)
	}
	for i, r := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	if hasFraction {
		b.WriteByte('.')
		b.WriteString(fraction)
	}
	return b.String()
}
