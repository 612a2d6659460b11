package store

import (
	"cmp"
	"context"
	"database/sql"
	"math"
	"time"

	"counterfoil/models"
)

// place is where an order stands in the list's order: by currency (when amounts are sorted), then by number, then by rowid.
type place struct {
	currency string
	n        int64
	row      int64
	fits     bool // satisfies the conditions that no index answers
}

// compare gives the order of two places, ascending.
func (p place) compare(o place) int {
	return cmp.Or(cmp.Compare(p.currency, o.currency), cmp.Compare(p.n, o.n), cmp.Compare(p.row, o.row))
}

// bound is how far a walk goes.
type bound struct {
	rows  int
	until time.Time
}

// patience is how far a page's walk goes: so many rows, so long.
type patience struct {
	rows   int
	within time.Duration
}

func usualPatience() patience { return patience{rows: 20_000, within: 250 * time.Millisecond} }

const (
	// The first chunk of a walk that filters is small, since it often suffices; each further one is twice as big.
	firstChunk, lastChunk = 256, 4096
)

func (p patience) bound() bound { return bound{rows: p.rows, until: time.Now().Add(p.within)} }
func noBound() bound            { return bound{rows: math.MaxInt / 2, until: time.Now().Add(24 * time.Hour)} }

// stream is one way through the table: the rows that where names, in the order of an index.
type stream struct {
	from     string // "orders o indexed by …"
	where    string // with @p for the prefix
	by       string // "": by rowid alone; else the column that comes before it
	prefix   any    // @p
	currency string
	low      int64 // by >= low
	high     int64 // by <= high
	filter   bool  // the conditions of filterText must be looked at
	words    bool  // only those of wordsText
}

// rows is the end of a statement that reads the stream's next rows in its order.
func (s *stream) rows(asc bool) string {
	by := s.by
	var beyond, order string
	switch {
	case by == "" && asc:
		beyond, order = "o.rowid > @row and o.rowid < @rowEnd", "o.rowid"
	case by == "":
		beyond, order = "o.rowid < @row and o.rowid >= @rowEnd", "o.rowid desc"
	case asc:
		beyond, order = "("+by+", o.rowid) > (@n, @row) and "+by+" <= @nEnd", by+", o.rowid"
	default:
		beyond, order = "("+by+", o.rowid) < (@n, @row) and "+by+" >= @nEnd", by+" desc, o.rowid desc"
	}
	return " from " + s.from + " where " + s.where + " and " + beyond + " order by " + order + " limit @chunk"
}

// query is the statement that reads the stream's next places.
func (s *stream) query(asc bool) string {
	n := s.by
	if n == "" {
		n = "0"
	}
	inner := "select " + n + " as n, o.rowid as r" + s.rows(asc)
	test := filterText
	switch {
	case s.words:
		test = wordsText
	case !s.filter:
		return "select w.n, w.r, 1 from (" + inner + ") w"
	}
	return "select w.n, w.r, " + test + " from (" + inner + ") w cross join orders o on o.rowid = w.r"
}

// reader reads a stream chunk by chunk.
type reader struct {
	stream
	at     place   // the last that was read
	ahead  []place // read and not yet given
	over   bool
	walked int
	sqlEnd int64 // of rowids, where the stream goes by rowid
}

// walk merges its streams in the list's order.
type walk struct {
	q        *queries
	ctx      context.Context
	sort     Sort
	asc      bool
	readers  []*reader
	args     []any  // of the filter
	from     *place // the cursor that the page begins at
	bound    bound
	walked   int
	last     place // the last that was looked at
	begun    bool  // at least one was: each page gets further
	cut      bool  // given up before the end
	tooShort bool
}

// take gives the next places that fit, as many as asked for unless the walk ends or is cut.
func (w *walk) take(want int) ([]place, error) {
	found := make([]place, 0, min(want, 256))
	for len(found) < want {
		p, ok, err := w.next(want - len(found))
		if err != nil || !ok {
			return found, err
		}
		w.last, w.begun = p, true
		if p.fits {
			found = append(found, p)
		}
	}
	return found, nil
}

// next gives the nearest place of all streams. ok is false at the end, or where the walk is cut.
func (w *walk) next(want int) (best place, ok bool, err error) {
	var from *reader
	for _, r := range w.readers {
		if len(r.ahead) == 0 && !r.over {
			if w.begun && (w.walked >= w.bound.rows || time.Now().After(w.bound.until)) {
				w.cut = true
				return place{}, false, nil
			}
			if err := w.fill(r, want); err != nil {
				return place{}, false, err
			}
		}
		if len(r.ahead) > 0 && (from == nil || w.before(r.ahead[0], best)) {
			from, best = r, r.ahead[0]
		}
	}
	if from == nil {
		return place{}, false, nil
	}
	from.ahead = from.ahead[1:]
	return best, true, nil
}

// before tells whether the walk comes to a before it comes to b.
func (w *walk) before(a, b place) bool {
	if w.asc {
		return a.compare(b) < 0
	}
	return a.compare(b) > 0
}

// fill reads the next chunk of a stream.
func (w *walk) fill(r *reader, want int) error {
	chunk := want
	switch {
	case r.words: // nearly all of them fit
		chunk = min(max(want+firstChunk/16, 2*r.walked), lastChunk)
	case r.filter:
		chunk = min(max(firstChunk, 2*r.walked), lastChunk)
	}
	chunk = max(1, min(chunk, w.bound.rows-w.walked+1))
	read := 0
	err := w.q.eachRow(w.ctx, r.query(w.asc), w.argsOf(r, chunk), func(scan scanner) error {
		p := place{currency: r.currency}
		read++
		if err := scan(&p.n, &p.row, &p.fits); err != nil {
			return err
		}
		r.ahead = append(r.ahead, p)
		return nil
	})
	if err != nil {
		return err
	}
	if r.filter || r.words {
		w.walked += read
		r.walked += read
	}
	r.over = read < chunk
	if read > 0 {
		r.at = r.ahead[len(r.ahead)-1]
	}
	return nil
}

// argsOf are the parameters of a stream's next statement.
func (w *walk) argsOf(r *reader, chunk int) []any {
	end := r.high
	if !w.asc {
		end = r.low
	}
	return append([]any{sql.Named("p", r.prefix), sql.Named("n", r.at.n), sql.Named("row", r.at.row), sql.Named("nEnd", end),
		sql.Named("rowEnd", r.sqlEnd), sql.Named("chunk", chunk)}, w.args...)
}

// isPlain tells whether one index answers the query whole: then its rows can be read as they come.
func (w *walk) isPlain() bool {
	return len(w.readers) == 1 && !w.readers[0].filter && !w.readers[0].words && w.readers[0].from != "order_search o"
}

// read reads the next rows of a plain walk.
func (w *walk) read(want int) (found []place, orders []models.Order, err error) {
	r := w.readers[0]
	orders = make([]models.Order, 0, want)
	err = w.q.eachRow(w.ctx, "select "+listColumns+r.rows(w.asc), w.argsOf(r, want), func(scan scanner) error {
		err := addOrder(&orders, scan)
		o := &orders[len(orders)-1]
		p := place{currency: r.currency, row: o.RowID}
		switch r.by {
		case "o.created":
			p.n = int64(o.Created)
		case "o.authorized_at":
			p.n = int64(o.AuthorizedAt)
		case "o.amount":
			p.n = o.AmountAuthorized
		}
		found = append(found, p)
		return err
	})
	return found, orders, err
}

// count counts the rows of a walk whose streams are answered by their indexes alone, at most limit of each; plain is false for any other.
func (w *walk) count(limit int64) (n int64, plain bool, err error) {
	for _, r := range w.readers {
		if r.filter || r.words {
			return 0, false, nil
		}
	}
	for _, r := range w.readers {
		var some int64
		if err := w.q.queryRow(w.ctx, "select count(*) from (select 1"+r.rows(w.asc)+")", w.argsOf(r, int(limit)), &some); err != nil {
			return 0, true, err
		}
		n += some
	}
	return n, true, nil
}

// start puts a stream to the place where a page begins: beyond the cursor, or at the stream's own end. ok is false when nothing of the
// stream lies beyond the cursor.
func (s stream) start(asc bool, cursor *place, rowFrom, rowTo int64) (*reader, bool) {
	r := &reader{stream: s}
	low, high := place{currency: s.currency, n: s.low, row: -1}, place{currency: s.currency, n: s.high, row: math.MaxInt64}
	if s.by == "" {
		low, high = place{currency: s.currency, row: rowFrom - 1}, place{currency: s.currency, row: rowTo}
	}
	r.at, r.sqlEnd = high, rowFrom
	if asc {
		r.at, r.sqlEnd = low, rowTo
	}
	if cursor == nil {
		return r, true
	}
	c := *cursor
	switch s.by {
	case "":
		c.n = 0
	case "o.created":
		c.n = c.row >> rowIDBits
	}
	switch {
	case asc && c.compare(r.at) > 0:
		r.at = c
		return r, c.compare(high) < 0
	case !asc && c.compare(r.at) < 0:
		r.at = c
		return r, c.compare(low) > 0
	}
	return r, true
}
