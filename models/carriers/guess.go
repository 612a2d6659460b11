package carriers

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Verdict is what the look of a tracking number says. It is advice: a number is never refused for it.
type Verdict string

// The three verdicts.
const (
	OK       Verdict = "ok"       // it looks like a number of this carrier
	Doubtful Verdict = "doubtful" // its check digit is wrong, or it looks like another's
	Unknown  Verdict = "unknown"  // this carrier's numbers are not known well enough to say
)

// doubt is how much a wrong check digit takes from a shape's trust.
const doubt = 60

// Guess gives the carriers that a number may belong to, the best first; nil if it looks like nobody's.
// A number with a carrier's unmistakable shape but a wrong check digit still counts as a weak guess.
func Guess(number string) []Carrier {
	number = Normalize(number)
	trust := map[string]int{}
	var codes []string
	for _, c := range table {
		if t := trustIn(c.Code, number); t > 0 {
			trust[c.Code] = t
			codes = append(codes, c.Code)
		}
	}
	slices.SortStableFunc(codes, func(a, b string) int { return cmp.Compare(trust[b], trust[a]) })
	var list []Carrier
	for _, code := range codes {
		if c, ok := Lookup(code); ok {
			list = append(list, c)
		}
	}
	return list
}

// Check says whether a number looks like one of the carrier's, and if it is doubtful, a sentence about why.
func Check(code, number string) (Verdict, string) {
	number = Normalize(number)
	carrier, ok := Lookup(code)
	shapes := shapesOf(code)
	if !ok || number == "" || len(shapes) == 0 {
		return Unknown, ""
	}
	fits, failed := false, false
	for _, s := range shapes {
		if !s.form.MatchString(number) {
			continue
		}
		if s.check == nil || s.check(number) {
			fits = true
		} else {
			failed = true
		}
	}
	switch {
	case fits:
		return OK, ""
	case failed:
		return Doubtful, "The check digit of this number does not fit: a digit may be wrong, or two may be swapped. Compare it with the label."
	}
	return elsewhere(carrier, number)
}

// elsewhere judges a number that fits no shape of the carrier.
func elsewhere(carrier Carrier, number string) (Verdict, string) {
	if best := Guess(number); len(best) > 0 && trustIn(best[0].Code, number) >= sure {
		return Doubtful, fmt.Sprintf("This looks like a number of %s, not of %s. Compare it with the label.", best[0].Name, carrier.Name)
	}
	if looks := known[carrier.Code].looks; looks != "" {
		return Doubtful, fmt.Sprintf("Numbers of %s are usually %s. Compare this one with the label.", carrier.Name, looks)
	}
	return Unknown, ""
}

// trustIn is how sure a normalized number looks like one of the carrier's; 0 is not at all.
func trustIn(code, number string) int {
	best := 0
	for _, s := range shapesOf(code) {
		if !s.form.MatchString(number) {
			continue
		}
		trust := s.trust
		if s.check != nil && !s.check(number) {
			trust -= doubt
		}
		best = max(best, trust)
	}
	return best
}

func shapesOf(code string) []shape {
	shapes := known[code].shapes
	if slices.Contains(strings.Fields(posts), code) {
		shapes = append(slices.Clip(shapes), postalAny)
	}
	return shapes
}
