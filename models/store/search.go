package store

import (
	"context"
	"strings"
)

const (
	maxSearchTerms = 8
	maxTermLetters = 64
	gramLetters    = 3
	// fewMatches is how many matches are looked at one by one. With more, a list that is cut to a tab is walked in its own order instead.
	fewMatches = 5000
)

// searchOrders answers a search: a Stripe id by its index (whatever the tab), words of three letters and more by the search index,
// anything shorter only as a whole order reference.
func (q *queries) searchOrders(ctx context.Context, query OrderQuery, at position) (OrderPage, error) {
	typed := strings.TrimSpace(strings.ToValidUTF8(query.Search, ""))
	_, tabWhere := tabIndex(query.Tab)
	if IsStripeID(typed) {
		return q.ordersOfStripeID(ctx, typed, at)
	}
	terms := searchTerms(typed)
	match := matchExpression(terms)
	if match == "" {
		page, err := q.orderPage(ctx, at, "orders indexed by orders_reference", "reference = ?4 and reference <> '' and "+tabWhere, byCreated, typed)
		page.TooShort = true
		return page, err
	}
	return q.ordersMatching(ctx, query.Tab, match, terms, at)
}

// ordersOfStripeID gives the order of an id, or all orders of a customer.
func (q *queries) ordersOfStripeID(ctx context.Context, id string, at position) (OrderPage, error) {
	if strings.HasPrefix(id, "cus_") {
		return q.orderPage(ctx, at, "orders indexed by orders_customer", "customer_id = ?4 and customer_id <> ''", byCreated, id)
	}
	target, err := q.OrderIDFor(ctx, id)
	if missing(err) || err == nil && target.OrderID == "" {
		return OrderPage{}, nil
	}
	if err != nil {
		return OrderPage{}, err
	}
	return q.orderPage(ctx, at, "orders", "id = ?4", byCreated, target.OrderID)
}

// ordersMatching walks the search index from the newest order down and looks at each candidate's text: the index knows only that the
// three-letter groups occur. Where a word is frequent and the tab is not "all", the tab's own index is walked instead, so that the rare
// tab's orders are not searched among all.
func (q *queries) ordersMatching(ctx context.Context, tab Tab, match string, terms []string, at position) (OrderPage, error) {
	index, tabWhere := tabIndex(tab)
	args := make([]any, 0, maxSearchTerms+1)
	for i := range maxSearchTerms { // always as many parameters, so that there is one statement for all searches
		term := ""
		if i < len(terms) {
			term = terms[i]
		}
		args = append(args, term)
	}
	if tab != TabAll {
		frequent, err := q.isFrequent(ctx, match)
		if err != nil {
			return OrderPage{}, err
		}
		if frequent {
			return q.orderPage(ctx, at, "orders indexed by "+index, tabWhere+containsTerms, byCreated, args...)
		}
	}
	return q.orderPage(ctx, at, "order_search s cross join orders o on o.rowid = s.rowid",
		"s.order_search match ?12 and "+tabWhere+containsTermsOf, byRowID, append(args, match)...)
}

// The conditions that each term occurs; the empty text occurs everywhere.
const (
	containsTerms = ` and instr(search_text, ?4) and instr(search_text, ?5) and instr(search_text, ?6) and instr(search_text, ?7)
		and instr(search_text, ?8) and instr(search_text, ?9) and instr(search_text, ?10) and instr(search_text, ?11)`
	containsTermsOf = ` and instr(o.search_text, ?4) and instr(o.search_text, ?5) and instr(o.search_text, ?6) and instr(o.search_text, ?7)
		and instr(o.search_text, ?8) and instr(o.search_text, ?9) and instr(o.search_text, ?10) and instr(o.search_text, ?11)`
)

func (q *queries) isFrequent(ctx context.Context, match string) (bool, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from (select 1 from order_search where order_search match ?1 limit ?2)`, []any{match, fewMatches}, &n)
	return n >= fewMatches, err
}

// searchTerms are the folded words of what was typed.
func searchTerms(typed string) []string {
	terms := strings.Fields(Fold(typed))
	if len(terms) > maxSearchTerms {
		terms = terms[:maxSearchTerms]
	}
	for i, t := range terms {
		if r := []rune(t); len(r) > maxTermLetters {
			terms[i] = string(r[:maxTermLetters])
		}
	}
	return terms
}

// matchExpression asks for every three-letter group of the terms, each quoted. A whole word would be a phrase, which an index without
// positions (detail=none) cannot answer. Empty when no term has three letters.
func matchExpression(terms []string) string {
	var b strings.Builder
	seen := map[string]bool{}
	for _, t := range terms {
		letters := []rune(t)
		for i := 0; i+gramLetters <= len(letters); i++ {
			gram := string(letters[i : i+gramLetters])
			if seen[gram] {
				continue
			}
			seen[gram] = true
			if b.Len() > 0 {
				b.WriteString(" AND ")
			}
			b.WriteString(`"` + strings.ReplaceAll(gram, `"`, `""`) + `"`)
		}
	}
	return b.String()
}
