package stripesim

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// params are a request's parameters by Stripe's bracketed names, numbered arrays as unnumbered ones: expand[0] is expand[].
type params map[string][]string

var arrayIndex = regexp.MustCompile(`\[\d+\]`)

// newParams reads a decoded form or query.
func newParams(form url.Values) params {
	p := params{}
	names := make([]string, 0, len(form))
	for name := range form {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		key := arrayIndex.ReplaceAllString(name, "[]")
		p[key] = append(p[key], form[name]...)
	}
	return p
}

// check refuses every parameter that is not in allowed. An allowed name that ends in [*] admits a hash with any one key.
func (p params) check(allowed []string) *apiError {
	names := make([]string, 0, len(p))
	for name := range p {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if !slices.ContainsFunc(allowed, func(a string) bool { return admits(a, name) }) {
			return invalid("parameter_unknown", name, "Received unknown parameter: %s", name)
		}
	}
	return nil
}

func admits(allowed, name string) bool {
	hash, ok := strings.CutSuffix(allowed, "[*]")
	if !ok {
		return allowed == name
	}
	rest, ok := strings.CutPrefix(name, hash+"[")
	return ok && strings.Count(rest, "[") == 0 && strings.HasSuffix(rest, "]") || name == hash
}

// text is the parameter's last value, and whether it was sent.
func (p params) text(name string) (string, bool) {
	v := p[name]
	if len(v) == 0 {
		return "", false
	}
	return v[len(v)-1], true
}

// number is a whole number, and whether it was sent.
func (p params) number(name string) (int64, bool, *apiError) {
	v, ok := p.text(name)
	if !ok {
		return 0, false, nil
	}
	if v == "" {
		return 0, false, invalid("parameter_invalid_empty", name,
			"You passed an empty string for '%s'. We assume empty values are an attempt to unset a parameter; however '%s' cannot be unset.", name, name)
	}
	n, err := strconv.ParseInt(v, 10, 64)
	if err != nil {
		return 0, false, invalid("parameter_invalid_integer", name, "Invalid integer: %s", v)
	}
	return n, true, nil
}

// positive is a whole number of at least 1, and whether it was sent.
func (p params) positive(name string) (int64, bool, *apiError) {
	n, ok, e := p.number(name)
	if e == nil && ok && n < 1 {
		return 0, false, invalid("parameter_invalid_integer", name, "This value must be greater than or equal to 1.")
	}
	return n, ok, e
}

// oneOf is a text from a fixed set, empty when not sent.
func (p params) oneOf(name string, allowed ...string) (string, *apiError) {
	v, ok := p.text(name)
	if !ok {
		return "", nil
	}
	if !slices.Contains(allowed, v) {
		return "", invalid("", name, "Invalid %s: must be one of %s", name, orList(allowed))
	}
	return v, nil
}

func orList(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + ", or " + words[len(words)-1]
}

// metadata merges the sent keys into old: an empty value removes its key, an empty hash removes all.
func (p params) metadata(old map[string]string) map[string]string {
	out := map[string]string{}
	if v, ok := p.text("metadata"); !ok || v != "" {
		for k, v := range old {
			out[k] = v
		}
	}
	for name := range p {
		key, ok := strings.CutPrefix(name, "metadata[")
		if !ok {
			continue
		}
		key = strings.TrimSuffix(key, "]")
		if v, _ := p.text(name); v != "" {
			out[key] = v
		} else {
			delete(out, key)
		}
	}
	return out
}

// shippingParams are the names within Stripe's shipping hash.
var shippingParams = []string{"shipping", "shipping[name]", "shipping[phone]", "shipping[carrier]", "shipping[tracking_number]",
	"shipping[address][city]", "shipping[address][country]", "shipping[address][line1]", "shipping[address][line2]",
	"shipping[address][postal_code]", "shipping[address][state]"}

// shipping reads the shipping hash: whether it was sent, and the new value, nil for one that was cleared. Name and address
// are required whenever it is sent (docs.stripe.com/api/payment_intents/update).
func (p params) shipping() (*shipping, bool, *apiError) {
	if v, ok := p.text("shipping"); ok {
		if v != "" {
			return nil, false, invalid("", "shipping", "Invalid object")
		}
		return nil, true, nil
	}
	get := func(field string) nullString {
		v, _ := p.text("shipping" + field)
		return nullString(v)
	}
	sent, hasAddress := false, false
	for name := range p {
		sent = sent || strings.HasPrefix(name, "shipping[")
		hasAddress = hasAddress || strings.HasPrefix(name, "shipping[address][")
	}
	if !sent {
		return nil, false, nil
	}
	if !hasAddress {
		return nil, false, missing("shipping[address]")
	}
	for _, name := range []string{"shipping[address][line1]", "shipping[name]"} {
		if v, ok := p.text(name); !ok {
			return nil, false, missing(name)
		} else if v == "" {
			return nil, false, invalid("parameter_invalid_empty", name,
				"You passed an empty string for '%s'. We assume empty values are an attempt to unset a parameter; however '%s' cannot be unset. You should remove '%s' from your request or supply a non-empty value.", name, name, name)
		}
	}
	return &shipping{
		Name: get("[name]"), Phone: get("[phone]"), Carrier: get("[carrier]"), TrackingNumber: get("[tracking_number]"),
		Address: address{Line1: get("[address][line1]"), Line2: get("[address][line2]"), PostalCode: get("[address][postal_code]"),
			City: get("[address][city]"), State: get("[address][state]"), Country: get("[address][country]")},
	}, true, nil
}

func missing(name string) *apiError {
	return invalid("parameter_missing", name, "Missing required param: %s.", name)
}
