package stripesim

import (
	"slices"
	"sort"
)

// entity is an object with an id and a creation time. Objects are never changed once they are in a table: a change puts
// a new copy in the old one's place, so answers and events can hold on to what they show.
type entity interface {
	ident() string
	at() int64
}

// table holds all objects of one kind in the order of their creation.
type table[T entity] struct {
	rows []*row[T]
	byID map[string]*row[T]
	seq  int64
}

// row is one object's place in its table.
type row[T entity] struct {
	obj T
	seq int64 // tells apart what was created within one second
}

func (t *table[T]) get(id string) (T, bool) {
	if r, ok := t.byID[id]; ok {
		return r.obj, true
	}
	var none T
	return none, false
}

// put adds the object, or replaces the one with its id.
func (t *table[T]) put(obj T) {
	if r, ok := t.byID[obj.ident()]; ok {
		r.obj = obj
		return
	}
	if t.byID == nil {
		t.byID = map[string]*row[T]{}
	}
	t.seq++
	r := &row[T]{obj: obj, seq: t.seq}
	t.byID[obj.ident()] = r
	t.rows = slices.Insert(t.rows, t.after(obj.at()), r)
}

// after is the index of the first row created later than this second.
func (t *table[T]) after(second int64) int {
	if n := len(t.rows); n == 0 || t.rows[n-1].obj.at() <= second {
		return n
	}
	return sort.Search(len(t.rows), func(i int) bool { return t.rows[i].obj.at() > second })
}

// index is the row's place.
func (t *table[T]) index(r *row[T]) int {
	at := r.obj.at()
	return sort.Search(len(t.rows), func(i int) bool {
		o := t.rows[i]
		return o.obj.at() > at || o.obj.at() == at && o.seq >= r.seq
	})
}

// pageQuery says which part of a list is wanted.
type pageQuery struct {
	limit         int
	after, before string // cursors: an object's id
	from, to      int64  // created within, both included
}

// page gives the objects that keep accepts, newest first, and whether there are more in that direction.
func (t *table[T]) page(q pageQuery, kind string, keep func(T) bool) ([]T, bool, *apiError) {
	lo := sort.Search(len(t.rows), func(i int) bool { return t.rows[i].obj.at() >= q.from })
	hi := t.after(q.to)
	out := make([]T, 0, min(q.limit, max(hi-lo, 0))+1)
	take := func(i int) bool {
		if keep == nil || keep(t.rows[i].obj) {
			out = append(out, t.rows[i].obj)
		}
		return len(out) <= q.limit
	}
	if q.before != "" {
		r, ok := t.byID[q.before]
		if !ok {
			return nil, false, noSuchCursor(kind, q.before, "ending_before")
		}
		for i := max(lo, t.index(r)+1); i < hi && take(i); i++ {
		}
	} else {
		if q.after != "" {
			r, ok := t.byID[q.after]
			if !ok {
				return nil, false, noSuchCursor(kind, q.after, "starting_after")
			}
			hi = min(hi, t.index(r))
		}
		for i := hi - 1; i >= lo && take(i); i-- {
		}
	}
	more := len(out) > q.limit
	if more {
		out = out[:q.limit]
	}
	if q.before != "" {
		slices.Reverse(out)
	}
	return out, more, nil
}
