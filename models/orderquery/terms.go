package orderquery

import (
	"strings"
	"unicode"
)

// term is one field:value of the search box.
type term struct {
	field, operator, value string
}

// Fields are the names of the terms, as people type them.
func Fields() []string {
	return []string{"status", "country", "currency", "amount", "created", "due", "category", "method", "tracking", "ref", "email"}
}

// search takes the terms out of what was typed; the rest are words to be found. A word in quotes is always a word.
func (r *reader) search(text string) {
	var rest []string
	for _, token := range tokens(text) {
		t, isTerm := asTerm(token)
		switch {
		case !isTerm:
			rest = append(rest, strings.Trim(token, `"`))
		case t.value == "":
			r.fault("q", "“"+clip(token)+"” has no value. Write it as "+t.field+":value.")
		default:
			r.term(token, t)
		}
	}
	r.q.Search = strings.Join(rest, " ")
}

// tokens cuts at spaces, but not within quotes.
func tokens(text string) []string {
	quoted := false
	return strings.FieldsFunc(text, func(r rune) bool {
		if r == '"' {
			quoted = !quoted
		}
		return unicode.IsSpace(r) && !quoted
	})
}

// asTerm cuts field:value, field>value and the like. A token whose beginning is not letters is a word.
func asTerm(token string) (t term, ok bool) {
	at := strings.IndexAny(token, ":<>")
	if at <= 0 || strings.ContainsFunc(token[:at], func(r rune) bool { return !unicode.IsLetter(r) && r != '_' && r != '-' }) {
		return t, false
	}
	t.field, t.operator, t.value = strings.ToLower(token[:at]), token[at:at+1], token[at+1:]
	if after, found := strings.CutPrefix(t.value, "="); found && t.operator != ":" {
		t.operator, t.value = t.operator+"=", after
	}
	t.value = strings.Trim(t.value, `"`)
	return t, !strings.HasPrefix(t.value, "//") // an address is a word
}

// term reads one term.
func (r *reader) term(token string, t term) {
	switch t.field {
	case "status", "currency", "country", "category", "method", "tracking", "email":
		r.equal(token, t, t.field)
	case "ref", "reference", "order":
		r.equal(token, t, "reference")
	case "amount":
		r.ranged(token, t, "amount_min", "amount_max")
	case "created":
		r.ranged(token, t, "created_from", "created_to")
	case "due", "capture_by", "capture-by":
		r.ranged(token, t, "capture_by_from", "capture_by_to")
	default:
		r.fault("q", "“"+clip(token)+"” is not a search term: there is no field “"+clip(t.field)+"”. There are "+join(Fields())+
			". Put it in quotes to look for the text itself.")
	}
}

func (r *reader) equal(token string, t term, name string) {
	if t.operator != ":" {
		r.fault("q", "“"+clip(token)+"” cannot be compared. Write it as "+t.field+":value.")
		return
	}
	r.filter("q", name, t.value)
}

// ranged reads a value, a range such as 100..200, or a comparison.
func (r *reader) ranged(token string, t term, low, high string) {
	from, to, isRange := strings.Cut(t.value, "..")
	switch {
	case t.operator == ":" && isRange && (from != "" || to != ""):
		if from != "" {
			r.filter("q", low, from)
		}
		if to != "" {
			r.filter("q", high, to)
		}
	case isRange:
		r.fault("q", "“"+clip(token)+"” is not a range. Write it as "+t.field+":from..to.")
	case t.operator == ":":
		r.filter("q", low, t.value)
		r.filter("q", high, t.value)
	case t.operator[0] == '>':
		r.above(t, low, t.operator == ">=")
	default:
		r.below(t, high, t.operator == "<=")
	}
}

// above and below are the comparisons: > and < leave the value itself out.
func (r *reader) above(t term, low string, with bool) {
	before := r.q
	r.filter("q", low, t.value)
	switch {
	case with:
	case low == "amount_min" && r.q.AmountMin != nil:
		*r.q.AmountMin++
	case low == "created_from" && r.q.CreatedFrom != before.CreatedFrom:
		_, r.q.CreatedFrom, _ = r.days(t.value)
	case low == "capture_by_from" && r.q.CaptureByFrom != before.CaptureByFrom:
		_, r.q.CaptureByFrom, _ = r.days(t.value)
	}
}

func (r *reader) below(t term, high string, with bool) {
	before := r.q
	r.filter("q", high, t.value)
	switch {
	case with:
	case high == "amount_max" && r.q.AmountMax != nil:
		*r.q.AmountMax--
	case high == "created_to" && r.q.CreatedTo != before.CreatedTo:
		r.q.CreatedTo, _, _ = r.days(t.value)
	case high == "capture_by_to" && r.q.CaptureByTo != before.CaptureByTo:
		r.q.CaptureByTo, _, _ = r.days(t.value)
	}
}
