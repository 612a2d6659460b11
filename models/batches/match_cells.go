package batches

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"counterfoil/models"
)

// maxText is the longest cell that a row keeps, in characters.
const maxText = 200

// rounded is a long number as a spreadsheet shows it when it has lost its last digits.
var rounded = regexp.MustCompile(`^\d([.,]\d+)?[eE]\+?\d+$`)

// unusable leaves a line out whose order, carrier or number cannot be looked up or sent: a formula, characters that are no text, a number
// that a spreadsheet has rounded.
func unusable(r models.BatchRow, l Line) (_ models.BatchRow, bad bool) {
	for _, c := range []struct{ what, text string }{{"order number", l.Order}, {"carrier", l.Carrier}, {"tracking number", l.Tracking}} {
		if why := fault(strings.TrimSpace(c.text)); why != "" {
			r.TrackingNumber = show(l.Tracking)
			return leftOut(r, "cell_unusable", "The %s cannot be used: %s", c.what, why), true
		}
	}
	if rounded.MatchString(strings.TrimSpace(l.Tracking)) {
		return leftOut(r, "tracking_rounded",
			"A spreadsheet has rounded this number and lost its last digits. Format the column as text and save the file again."), true
	}
	return r, false
}

func fault(text string) string {
	switch {
	case len([]rune(text)) > maxText:
		return fmt.Sprintf("it is longer than %d characters.", maxText)
	case strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar }):
		return "it has characters in it that are no text."
	case strings.HasPrefix(text, "=") || strings.HasPrefix(text, "@") || strings.HasPrefix(text, "+"):
		return "it is a spreadsheet formula."
	}
	return ""
}

// show is a cell as a row keeps it: readable, and cut where it is too long.
func show(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if runes := []rune(text); len(runes) > maxText {
		return string(runes[:maxText]) + "…"
	}
	return text
}
