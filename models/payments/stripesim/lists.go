package stripesim

import "math"

// Stripe's page sizes (docs.stripe.com/api/pagination).
const (
	defaultLimit = 10
	maxLimit     = 100
)

// pageQuery reads what every list takes.
func (p params) pageQuery() (pageQuery, *apiError) {
	q := pageQuery{limit: defaultLimit, from: math.MinInt64, to: math.MaxInt64}
	limit, sent, e := p.number("limit")
	if e != nil {
		return q, e
	}
	if sent && limit < 1 {
		return q, invalid("parameter_invalid_integer", "limit", "This value must be greater than or equal to 1.")
	}
	if sent && limit > maxLimit {
		return q, invalid("parameter_invalid_integer", "limit", "This value must be less than or equal to %d (found: %d).", maxLimit, limit)
	}
	if sent {
		q.limit = int(limit)
	}
	q.after, _ = p.text("starting_after")
	q.before, _ = p.text("ending_before")
	if q.after != "" && q.before != "" {
		return q, invalid("", "", "You may only specify one of these parameters: starting_after, ending_before.")
	}
	q.from, q.to, e = p.between("created")
	return q, e
}

// between reads a range of seconds: name, or name[gt], name[gte], name[lt], name[lte]; both ends are included in what it gives.
func (p params) between(name string) (from, to int64, _ *apiError) {
	from, to = math.MinInt64, math.MaxInt64
	bounds := []struct {
		suffix string
		set    func(int64)
	}{
		{"", func(n int64) { from, to = n, n }},
		{"[gt]", func(n int64) { from = max(from, n+1) }},
		{"[gte]", func(n int64) { from = max(from, n) }},
		{"[lt]", func(n int64) { to = min(to, n-1) }},
		{"[lte]", func(n int64) { to = min(to, n) }},
	}
	known := 0
	for _, b := range bounds {
		n, sent, e := p.number(name + b.suffix)
		if e != nil {
			return from, to, e
		}
		if sent {
			known++
			b.set(n)
		}
	}
	for sent := range p {
		if admits(name+"[*]", sent) {
			known--
		}
	}
	if known != 0 {
		return from, to, invalid("parameter_unknown", name, "Received unknown parameter in %s: use gt, gte, lt or lte.", name)
	}
	return from, to, nil
}

// has tells whether a filter that was sent is this value; a filter that was not sent accepts all.
func (p params) has(name, value string) bool {
	want, sent := p.text(name)
	return !sent || want == value
}

// listFrom answers with one page of a table.
func listFrom[T entity](t *table[T], c *call, kind string, show func(T, expansion) T, keep func(T) bool) (any, *apiError) {
	q, e := c.params.pageQuery()
	if e != nil {
		return nil, e
	}
	return listPage(t, q, c, kind, show, keep)
}

func listPage[T entity](t *table[T], q pageQuery, c *call, kind string, show func(T, expansion) T, keep func(T) bool) (any, *apiError) {
	rows, more, e := t.page(q, kind, keep)
	if e != nil {
		return nil, e
	}
	for i := range rows {
		rows[i] = show(rows[i], c.expand)
	}
	return list{Object: "list", Data: rows, HasMore: more, URL: c.path}, nil
}

// getFrom answers with one object.
func getFrom[T any](get func(string) (T, bool), c *call, kind, param string, show func(T, expansion) T) (any, *apiError) {
	obj, ok := get(c.id)
	if !ok {
		return nil, noSuch(kind, c.id, param)
	}
	return show(obj, c.expand), nil
}
