package store

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Fold brings text into the form that is searched: lower case, without accents, letters such as ß and ø written out, every run of
// spaces and control characters as one space. SQLite folds ASCII only.
func Fold(text string) string {
	var b strings.Builder
	b.Grow(len(text))
	gap := false
	for _, r := range norm.NFKD.String(strings.ToValidUTF8(text, " ")) {
		switch {
		case unicode.Is(unicode.Mn, r):
			continue
		case unicode.IsSpace(r) || unicode.IsControl(r):
			gap = b.Len() > 0
			continue
		}
		if gap {
			b.WriteByte(' ')
			gap = false
		}
		b.WriteString(foldRune(unicode.ToLower(r)))
	}
	return b.String()
}

// foldRune writes out the letters that have no decomposition.
func foldRune(r rune) string {
	switch r {
	case 'ß':
		return "ss"
	case 'æ':
		return "ae"
	case 'œ':
		return "oe"
	case 'ø':
		return "o"
	case 'ł':
		return "l"
	case 'đ', 'ð':
		return "d"
	case 'þ':
		return "th"
	case 'ħ':
		return "h"
	case 'ı':
		return "i"
	}
	return string(r)
}

// SearchText is what an order is found by: its customer's name and e-mail and its reference, folded.
func SearchText(name, email, reference string) string {
	return strings.TrimSpace(Fold(name + " " + email + " " + reference))
}
