package store

import (
	"encoding/base64"
	"math"
	"slices"
	"strconv"
	"strings"
)

// idPos is a position in a list that is ordered by a number and then by the id.
type idPos struct {
	key   int64
	id    string
	up    bool // towards the list's beginning
	first bool // no cursor was given
	limit int
}

// idPosition reads the cursors of a list; without one the position is before its beginning.
func idPosition(after, before string, limit int) (idPos, error) {
	p := idPos{key: math.MinInt64, limit: pageLimit(limit), first: true}
	field, cursor := "after", after
	if cursor == "" && before != "" {
		field, cursor, p.up = "before", before, true
	}
	if cursor == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(cursor)
	key, id, ok := strings.Cut(string(text), ".")
	n, errKey := strconv.ParseInt(key, 36, 64)
	if err != nil || errKey != nil || !ok || id == "" || strings.ContainsFunc(id, isNoIDLetter) {
		return p, invalid(field, "cursor_invalid", "This page of the list does not exist. Start at the first page.")
	}
	p.key, p.id, p.first = n, id, false
	return p, nil
}

// cutIDs takes the row too many off, puts the page into the list's order, and gives the cursors.
func cutIDs[T any](rows []T, at idPos, keyOf func(T) (int64, string)) (page []T, next, prev string) {
	further := len(rows) > at.limit
	if further {
		rows = rows[:at.limit]
	}
	if at.up {
		slices.Reverse(rows)
	}
	if len(rows) == 0 {
		return rows, "", ""
	}
	cursor := func(row T) string {
		key, id := keyOf(row)
		return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(key, 36) + "." + id))
	}
	if at.up || further {
		next = cursor(rows[len(rows)-1])
	}
	if at.up && further || !at.up && !at.first {
		prev = cursor(rows[0])
	}
	return rows, next, prev
}
