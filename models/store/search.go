package store

import (
	"cmp"
	"context"
	"database/sql"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const (
	maxSearchTerms = 8
	maxTermLetters = 64
	gramLetters    = 3
	// fewMatches is how many matches are looked at one by one. With more, a list that an index narrows is walked in its own order instead.
	fewMatches = 5000
)

// searchStreams turns what was typed into conditions: a Stripe id is looked up (whatever the tab), words of three letters and more are
// found by the search index, anything shorter is only looked for as a whole order reference. Where the search index is to be walked, its
// stream is given; else nil. An id that we do not have sets n.nothing.
func (q *queries) searchStreams(ctx context.Context, n *conditions, w *walk) ([]stream, error) {
	typed := strings.TrimSpace(strings.ToValidUTF8(n.Search, ""))
	switch {
	case typed == "":
		return nil, nil
	case IsStripeID(typed):
		w.sort = SortCreated
		return nil, q.searchID(ctx, n, typed)
	}
	n.words = searchTerms(typed)
	grams := gramsOf(n.words)
	if len(grams) == 0 {
		w.tooShort, n.Reference, n.words = true, typed, nil
		return nil, nil
	}
	if w.sort != SortCreated {
		return nil, nil // the list's own order is walked, and each row looked at
	}
	grams, err := q.rarest(ctx, grams)
	if err != nil {
		return nil, err
	}
	match := matchExpression(grams)
	if len(n.byCreated()) > 1 || n.byCreated()[0].from != "orders o" {
		frequent, err := q.isFrequent(ctx, match)
		if err != nil || frequent {
			return nil, err
		}
	}
	found := stream{from: "order_search o", where: "o.order_search match @p", prefix: match, filter: n.filtersBeyond(conditions{words: n.words})}
	found.words = !found.filter
	return []stream{found}, nil
}

// searchID asks for the order of an id, or for all orders of a customer.
func (q *queries) searchID(ctx context.Context, n *conditions, id string) error {
	*n = conditions{OrderQuery: OrderQuery{Now: n.Now}, lapsed: n.lapsed}
	if strings.HasPrefix(id, "cus_") {
		n.customerID = id
		return nil
	}
	target, err := q.OrderIDFor(ctx, id)
	if missing(err) || err == nil && target.OrderID == "" {
		n.nothing = true
		return nil
	}
	n.id = target.OrderID
	return err
}

// wordsText is the condition that each word occurs; the empty text occurs everywhere. The search index knows only that the three-letter
// groups occur. There are always as many parameters, so that there is one statement for all searches.
const wordsText = `(@word1 = '' or instr(o.search_text, @word1) and instr(o.search_text, @word2) and instr(o.search_text, @word3)
	and instr(o.search_text, @word4) and instr(o.search_text, @word5) and instr(o.search_text, @word6) and instr(o.search_text, @word7)
	and instr(o.search_text, @word8))`

func (n *conditions) wordArgs() []any {
	args := make([]any, 0, maxSearchTerms)
	for i := range maxSearchTerms {
		word := ""
		if i < len(n.words) {
			word = n.words[i]
		}
		args = append(args, sql.Named("word"+strconv.Itoa(i+1), word))
	}
	return args
}

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

// gramsOf are the three-letter groups of the terms, each once.
func gramsOf(terms []string) (grams []string) {
	for _, t := range terms {
		letters := []rune(t)
		for i := 0; i+gramLetters <= len(letters); i++ {
			if gram := string(letters[i : i+gramLetters]); !slices.Contains(grams, gram) {
				grams = append(grams, gram)
			}
		}
	}
	return grams
}

// matchExpression asks for all the groups, each quoted. A whole word would be a phrase, which an index without positions (detail=none)
// cannot answer. Empty without a group.
func matchExpression(grams []string) string {
	var b strings.Builder
	for i, gram := range grams {
		if i > 0 {
			b.WriteString(" AND ")
		}
		b.WriteString(`"` + strings.ReplaceAll(gram, `"`, `""`) + `"`)
	}
	return b.String()
}

const (
	// enoughGrams is how many groups narrow a search down: more only make the index longer to walk, since each match is looked at anyway.
	enoughGrams = 5
	// rareGram is how many orders hold a group that narrows a search down by itself.
	rareGram = 10_000
	// maxGrams bounds what is kept of the groups' frequencies.
	maxGrams = 50_000
)

// gramCounts keeps how many orders hold a group, up to rareGram. It may be old: it only tells which groups are worth asking for.
type gramCounts struct {
	mu sync.Mutex
	of map[string]int64
}

// rarest leaves those of many groups that narrow a search down, where there is one: an e-mail's domain is in every other order.
func (q *queries) rarest(ctx context.Context, grams []string) ([]string, error) {
	if len(grams) <= enoughGrams || q.grams == nil {
		return grams, nil
	}
	counts := make(map[string]int64, len(grams))
	for _, gram := range grams {
		n, err := q.gramCount(ctx, gram)
		if err != nil {
			return nil, err
		}
		counts[gram] = n
	}
	sorted := slices.Clone(grams)
	slices.SortStableFunc(sorted, func(a, b string) int { return cmp.Compare(counts[a], counts[b]) })
	if counts[sorted[0]] >= rareGram {
		return grams, nil
	}
	return sorted[:enoughGrams], nil
}

func (q *queries) gramCount(ctx context.Context, gram string) (n int64, err error) {
	q.grams.mu.Lock()
	n, known := q.grams.of[gram]
	q.grams.mu.Unlock()
	if known {
		return n, nil
	}
	err = q.queryRow(ctx, `select count(*) from (select 1 from order_search where order_search match ?1 limit ?2)`, []any{matchExpression([]string{gram}), rareGram}, &n)
	if err != nil {
		return 0, err
	}
	q.grams.mu.Lock()
	defer q.grams.mu.Unlock()
	if len(q.grams.of) >= maxGrams {
		clear(q.grams.of)
	}
	q.grams.of[gram] = n
	return n, nil
}

// keepSearch hands the orders whose letters changed in this transaction over to the search index. Errors: internal.
func (tx *Tx) keepSearch() error {
	ctx, waiting := context.Background(), 0
	var known []int64
	err := tx.eachRow(ctx, `select nr, known from order_search_waiting`, nil, func(scan scanner) error {
		var nr int64
		var isKnown bool
		err := scan(&nr, &isKnown)
		if isKnown {
			known = append(known, nr)
		}
		waiting++
		return err
	})
	if err != nil || waiting == 0 {
		return err
	}
	for _, nr := range known { // one by one: for many at once SQLite would walk the whole index
		if _, err := tx.exec(ctx, `delete from order_search where rowid = ?1`, nr); err != nil {
			return err
		}
	}
	if _, err := tx.exec(ctx, `insert into order_search (rowid, search_text) select o.rowid, o.search_text
		from order_search_waiting w cross join orders o on o.rowid = w.nr where o.search_text <> ''`); err != nil {
		return err
	}
	_, err = tx.exec(ctx, `delete from order_search_waiting`)
	return err
}
