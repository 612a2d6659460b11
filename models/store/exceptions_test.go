package store_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"counterfoil/models"
	"counterfoil/models/store"
	"counterfoil/models/store/storetest"
)

// TestExceptionPages: the pages of a list hold each exception once, the newest first, there and back; those of one moment are told apart.
func TestExceptionPages(t *testing.T) {
	db := storetest.Open(t)
	var found []models.Exception
	for i := range 7 {
		for _, kind := range []models.ExceptionKind{models.ExceptionRounding, models.ExceptionFeeUnusual} {
			found = append(found, models.Exception{Kind: kind, ObjectID: fmt.Sprintf("txn_%d", i), Currency: "EUR", At: models.Unix(1000 + i/3)})
		}
	}
	storetest.Tx(t, db, func(tx *store.Tx) error {
		if err := tx.PutExceptions(background, found, 2000); err != nil {
			return err
		}
		return tx.ExplainException(background, models.ExceptionRounding, "txn_3", "known", models.Actor{StaffID: "stf_1"}, 2001)
	})
	names := func(rows []models.Exception) (names []string) {
		for _, e := range rows {
			names = append(names, e.ObjectID+" "+string(e.Kind))
		}
		return names
	}
	query := store.ExceptionQuery{Limit: 4}
	var down, up [][]string
	var back string
	for {
		page, err := db.Reader.Exceptions(background, query)
		if err != nil {
			t.Fatal(err)
		}
		down, back = append(down, names(page.Exceptions)), page.Prev
		if query.After = page.Next; page.Next == "" {
			break
		}
	}
	want := [][]string{
		{"txn_6 rounding", "txn_6 fee_unusual", "txn_5 rounding", "txn_5 fee_unusual"},
		{"txn_4 rounding", "txn_4 fee_unusual", "txn_3 fee_unusual", "txn_2 rounding"},
		{"txn_2 fee_unusual", "txn_1 rounding", "txn_1 fee_unusual", "txn_0 rounding"}, {"txn_0 fee_unusual"},
	}
	if diff := cmp.Diff(want, down); diff != "" {
		t.Errorf("down (-want +got):\n%s", diff)
	}
	for back != "" {
		page, err := db.Reader.Exceptions(background, store.ExceptionQuery{Limit: 4, Before: back})
		if err != nil {
			t.Fatal(err)
		}
		up, back = append([][]string{names(page.Exceptions)}, up...), page.Prev
	}
	if diff := cmp.Diff(want[:3], up); diff != "" {
		t.Errorf("up (-want +got):\n%s", diff)
	}
	explained, err := db.Reader.Exceptions(background, store.ExceptionQuery{Explained: true, Kind: models.ExceptionRounding})
	if diff := cmp.Diff([]string{"txn_3 rounding"}, names(explained.Exceptions)); diff != "" || err != nil {
		t.Errorf("explained: %v, %s", err, diff)
	}
	if _, err := db.Reader.Exceptions(background, store.ExceptionQuery{After: "?"}); !models.IsKind(err, models.KindInvalid) {
		t.Errorf("a cursor that is none: %v", err)
	}
	for _, c := range []struct {
		explained bool
		want      map[models.ExceptionKind]int64
	}{
		{false, map[models.ExceptionKind]int64{models.ExceptionRounding: 6, models.ExceptionFeeUnusual: 7}},
		{true, map[models.ExceptionKind]int64{models.ExceptionRounding: 1}},
	} {
		counts, err := db.Reader.ExceptionCounts(background, c.explained)
		if diff := cmp.Diff(c.want, counts); diff != "" || err != nil {
			t.Errorf("counts, explained %t: %v, %s", c.explained, err, diff)
		}
	}
}

// TestCheckFollowsIndexes: nothing that a check asks reads a whole table or sorts what an index has in order, whatever SQLite knows of the
// tables' sizes.
func TestCheckFollowsIndexes(t *testing.T) {
	db := storetest.Open(t)
	if err := storetest.FillShop(background, db, 2000, storetest.ShopNow()); err != nil {
		t.Fatal(err)
	}
	for _, analyzed := range []bool{false, true} {
		if analyzed {
			storetest.Tx(t, db, func(tx *store.Tx) error {
				_, err := tx.SQL().Exec("analyze")
				return err
			})
		}
		for question, index := range store.ExceptionQuestions() {
			plan := explain(t, db, question, []any{1, 2, 3}[:parameters(question)]...)
			if !strings.Contains(plan, "USING INDEX "+index+" ") && !strings.HasSuffix(plan, "USING INDEX "+index) {
				t.Errorf("analyzed %t: %s is not used: %s\n%s", analyzed, index, plan, question)
			}
			for step := range strings.SplitSeq(plan, " | ") {
				if strings.HasPrefix(step, "SCAN ") && step != "SCAN b" && !strings.Contains(step, "USING INDEX "+index) { // b: the few rows found
					t.Errorf("analyzed %t: a whole table is read: %s\n%s", analyzed, plan, question)
				}
			}
		}
	}
}

// parameters counts those of a query: ?1, ?2, …
func parameters(query string) (n int) {
	for n < 9 && strings.Contains(query, fmt.Sprintf("?%d", n+1)) {
		n++
	}
	return n
}
