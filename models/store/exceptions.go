package store

import (
	"context"
	"math"

	"counterfoil/models"
)

// OpenExceptions counts what does not fit and nobody explained. Errors: internal.
func (q *queries) OpenExceptions(ctx context.Context) (int64, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from exceptions where explained_at = 0`, nil, &n)
	return n, err
}

// ExceptionQuery asks for one page of exceptions, the newest first.
type ExceptionQuery struct {
	Explained bool
	Kind      models.ExceptionKind // "" for all
	After     string               // ExceptionPage.Next
	Before    string               // ExceptionPage.Prev
	Limit     int                  // 0 means DefaultLimit, at most MaxLimit
}

// ExceptionPage is one page of exceptions. Next and Prev are empty at the ends.
type ExceptionPage struct {
	Exceptions []models.Exception
	Next, Prev string
}

// Exceptions gives one page of what does not fit. Errors: invalid (field "after" or "before"), internal.
func (q *queries) Exceptions(ctx context.Context, query ExceptionQuery) (ExceptionPage, error) {
	at, err := idPosition(query.After, query.Before, query.Limit)
	if err != nil {
		return ExceptionPage{}, err
	}
	if at.first {
		at.key = math.MaxInt64
	}
	g := q.gorm(ctx).Where("explained_at = 0")
	if query.Explained {
		g = q.gorm(ctx).Where("explained_at > 0")
	}
	if query.Kind != "" {
		g = g.Where("kind = ?", string(query.Kind))
	}
	if at.up {
		g = g.Where("(at, object_id || '_' || kind) > (?, ?)", at.key, at.id).Order("at, object_id || '_' || kind")
	} else {
		g = g.Where("(at, object_id || '_' || kind) < (?, ?)", at.key, at.id).Order("at desc, object_id || '_' || kind desc")
	}
	rows, err := all[models.Exception](g.Limit(at.limit + 1))
	if err != nil {
		return ExceptionPage{}, err
	}
	var page ExceptionPage
	page.Exceptions, page.Next, page.Prev = cutIDs(rows, at, func(e models.Exception) (int64, string) { return int64(e.At), e.ObjectID + "_" + string(e.Kind) })
	return page, nil
}

// Exception gives one exception. Errors: not found, internal.
func (q *queries) Exception(ctx context.Context, kind models.ExceptionKind, objectID string) (models.Exception, error) {
	var e models.Exception
	err := q.gorm(ctx).Where("kind = ?", string(kind)).Where("object_id = ?", objectID).Take(&e).Error
	return e, mapError(err)
}

// ExceptionCounts counts by kind the exceptions that are open, or those that were explained. Errors: internal.
func (q *queries) ExceptionCounts(ctx context.Context, explained bool) (map[models.ExceptionKind]int64, error) {
	counts := map[models.ExceptionKind]int64{}
	query := `select kind, count(*) from exceptions where explained_at = 0 group by kind`
	if explained {
		query = `select kind, count(*) from exceptions where explained_at > 0 group by kind`
	}
	err := q.eachRow(ctx, query, nil, func(scan scanner) error {
		var kind string
		var n int64
		err := scan(&kind, &n)
		counts[models.ExceptionKind(kind)] = n
		return err
	})
	return counts, err
}

// PutExceptions writes what a check found at now: what is known keeps when it was first found and its explanation; what is not found any
// more and was not explained goes. Errors: internal.
func (tx *Tx) PutExceptions(ctx context.Context, found []models.Exception, now models.Unix) error {
	present := make([]string, 0, len(found))
	for _, e := range found {
		present = append(present, string(e.Kind)+" "+e.ObjectID)
		_, err := tx.exec(ctx, `insert into exceptions (kind, object_id, order_id, currency, amount, expected, detail, at, found, checked)
			values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?9) on conflict (kind, object_id) do update set order_id = ?3, currency = ?4, amount = ?5, expected = ?6,
			detail = ?7, at = ?8, checked = ?9`, string(e.Kind), e.ObjectID, e.OrderID, e.Currency, e.Amount, e.Expected, e.Detail, int64(e.At), int64(now))
		if err != nil {
			return err
		}
	}
	_, err := tx.exec(ctx, `delete from exceptions where explained_at = 0 and kind || ' ' || object_id not in (select value from json_each(?1))`, jsonList(present))
	return err
}

// ExplainException notes why something does not fit; an empty explanation takes it back. Errors: not found, internal.
func (tx *Tx) ExplainException(ctx context.Context, kind models.ExceptionKind, objectID, text string, by models.Actor, at models.Unix) error {
	if text == "" {
		at, by = 0, models.Actor{}
	}
	return tx.execOne(ctx, `update exceptions set explained_at = ?3, explained_by = ?4, explained_name = ?5, explanation = ?6 where kind = ?1 and object_id = ?2`,
		string(kind), objectID, int64(at), by.StaffID, by.Name, text)
}
