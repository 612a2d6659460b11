package bank

import (
	"strings"

	"counterfoil/models/money"
)

// The marks before an amount's decimals.
const (
	MarkPoint = "."
	MarkComma = ","
)

// stray are what banks write around an amount and what says nothing.
var stray = strings.NewReplacer("−", "-", "\u00a0", " ", "\u202f", " ", "’", "'", "€", "", "$", "", "£", "")

// number takes an amount apart: its digits with whatever separates them, and its sign. ok is false for what has two signs or half a bracket.
func number(text, currency string) (digits string, negative, ok bool) {
	text = strings.TrimSpace(stray.Replace(text))
	if currency != "" {
		text = strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, currency), currency))
	}
	text = strings.TrimSpace(strings.TrimSuffix(text, "kr"))
	switch {
	case strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")"):
		text, negative = text[1:len(text)-1], true
	case strings.HasPrefix(text, "-"), strings.HasPrefix(text, "+"):
		text, negative = text[1:], text[0] == '-'
	case strings.HasSuffix(text, "-"), strings.HasSuffix(text, "+"):
		text, negative = text[:len(text)-1], text[len(text)-1] == '-'
	}
	text = strings.TrimSpace(text)
	return text, negative, text != "" && strings.Trim(text, "0123456789.,' ") == ""
}

// signed reads an amount with its sign before or behind it, or in brackets, and with its thousands grouped by one sign or not at all. mark is
// what stands before its decimals.
func signed(text, currency, mark string) (int64, bool) {
	digits, negative, ok := number(text, currency)
	if !ok {
		return 0, false
	}
	whole, fraction, marked := strings.Cut(digits, mark)
	whole, ok = ungrouped(whole, mark)
	if !ok || marked && fraction == "" {
		return 0, false
	}
	minor, ok := decimals(whole, fraction, currency)
	if negative {
		minor = -minor
	}
	return minor, ok
}

// ungrouped takes the grouping out of whole digits: groups of three, all by the same sign.
func ungrouped(whole, mark string) (string, bool) {
	for _, by := range []string{".", ",", "'", " "} {
		if by == mark || !strings.Contains(whole, by) {
			continue
		}
		groups := strings.Split(whole, by)
		for i, g := range groups {
			if i > 0 && len(g) != 3 || i == 0 && (g == "" || len(g) > 3) {
				return "", false
			}
		}
		return strings.Join(groups, ""), true
	}
	return whole, true
}

// decimals reads an amount exactly. ok is false for what is no amount of the currency: more decimals than it has are an amount only while
// they are zeros, and three look like thousands.
func decimals(whole, fraction, currency string) (int64, bool) {
	places, known := money.Exponent(currency)
	if !known || whole == "" || len(whole) > 15 || len(fraction) == 3 && places != 3 {
		return 0, false
	}
	for len(fraction) < places {
		fraction += "0"
	}
	if strings.Trim(fraction[places:], "0") != "" {
		return 0, false
	}
	var minor int64
	for _, r := range whole + fraction[:places] {
		if r < '0' || r > '9' {
			return 0, false
		}
		minor = minor*10 + int64(r-'0')
	}
	return minor, true
}

// markOf says which mark an amount has before its decimals: "" where it does not tell, as in 1.230 and 15.
func markOf(text string) string {
	digits, _, ok := number(strings.TrimRight(text, " ABCDEFGHIJKLMNOPQRSTUVWXYZ"), "")
	if !ok {
		return ""
	}
	comma, point := strings.LastIndexByte(digits, ','), strings.LastIndexByte(digits, '.')
	commas, points := strings.Count(digits, ","), strings.Count(digits, ".")
	switch {
	case commas > 1 && points > 1:
		return ""
	case commas > 1 || points > 0 && point > comma && comma >= 0:
		return MarkPoint
	case points > 1 || commas > 0 && comma > point && point >= 0:
		return MarkComma
	case commas == 1 && (len(digits)-comma != 4 || comma > 3 || comma == 0 || digits[0] == '0'):
		return MarkComma
	case points == 1 && (len(digits)-point != 4 || point > 3 || point == 0 || digits[0] == '0'):
		return MarkPoint
	}
	return ""
}
