package store

import (
	"context"
	"database/sql"
	"math"

	"counterfoil/models"
)

// PracticeDay is how long an order may be without tracking, and a dispute without anybody doing something, in seconds: as the views of
// migration 20 have it.
const PracticeDay = 86_400

// Conditions of what best practice counts, as the views and indexes of migrations 17 and 20 have them: an index is used where its own condition
// is written out.
const (
	isCaptured  = `status in ('captured', 'partly_captured')`
	isAutomatic = `substr(capture_method, 1, 9) = 'automatic'`
	isByHand    = `substr(capture_method, 1, 9) <> 'automatic'`
	trackedLate = isCaptured + ` and (has_tracking = 0 or tracked_at > captured_at + 600) and seen_at <= captured_at + 2592000`
	// hasLapsed is of an authorization whose 28 days are over without a word of Stripe's.
	hasLapsed = `status = 'authorized' and authorized_at > 0 and authorized_at <= @lapsed`
	runOutAt  = `authorized_at + 2419200`
	isInquiry = `status in ('warning_needs_response', 'warning_under_review')`
)

// PracticeSums gives what best practice is measured from at now, from a week on: all of one moment. Errors: internal.
func (r *Reader) PracticeSums(ctx context.Context, since models.PracticeWeek, now models.Unix) (s models.PracticeSums, err error) {
	err = r.atOnce(ctx, func(q *queries) error {
		for _, read := range []func(context.Context, models.PracticeWeek, models.Unix, *models.PracticeSums) error{
			q.captureWeeks, q.endWeeks, q.disputeWeeks, q.answerWeeks, q.undecidedOrders, q.undecidedDisputes} {
			if err := read(ctx, since, now, &s); err != nil {
				return err
			}
		}
		return nil
	})
	return s, err
}

func (q *queries) captureWeeks(ctx context.Context, since models.PracticeWeek, _ models.Unix, s *models.PracticeSums) error {
	return q.eachRow(ctx, `select week, automatic, captured, dated, shipped, soon, timed, at_capture, in_a_day, carried, named from practice_capture_weeks
		where week >= ?1`, []any{int64(since)}, func(scan scanner) error {
		var w models.CaptureWeek
		err := scan(&w.Week, &w.Automatic, &w.Captured, &w.Dated, &w.Shipped, &w.Soon, &w.Timed, &w.AtCapture, &w.InADay, &w.Carried, &w.Named)
		s.Captures = append(s.Captures, w)
		return err
	})
}

func (q *queries) endWeeks(ctx context.Context, since models.PracticeWeek, _ models.Unix, s *models.PracticeSums) error {
	return q.eachRow(ctx, `select week, currency, ended, expired, worth from practice_end_weeks where week >= ?1`, []any{int64(since)}, func(scan scanner) error {
		var w models.EndWeek
		err := scan(&w.Week, &w.Currency, &w.Ended, &w.Expired, &w.Worth)
		s.Ends = append(s.Ends, w)
		return err
	})
}

func (q *queries) disputeWeeks(ctx context.Context, since models.PracticeWeek, _ models.Unix, s *models.PracticeSums) error {
	return q.eachRow(ctx, `select week, disputed, in_1h, in_4h, in_12h, in_24h, in_48h, in_96h, inquired, settled, undecided from practice_dispute_weeks
		where week >= ?1`, []any{int64(since)}, func(scan scanner) error {
		var w models.DisputeWeek
		err := scan(&w.Week, &w.Disputed, &w.In[0], &w.In[1], &w.In[2], &w.In[3], &w.In[4], &w.In[5], &w.Inquired, &w.Settled, &w.Undecided)
		s.Disputes = append(s.Disputes, w)
		return err
	})
}

func (q *queries) answerWeeks(ctx context.Context, since models.PracticeWeek, _ models.Unix, s *models.PracticeSums) error {
	return q.eachRow(ctx, `select week, answered, proven from practice_answer_weeks where week >= ?1`, []any{int64(since)}, func(scan scanner) error {
		var w models.AnswerWeek
		err := scan(&w.Week, &w.Answered, &w.Proven)
		s.Answers = append(s.Answers, w)
		return err
	})
}

// undecidedOrders reads the orders that time decides: little, by an index each. In the index of what was tracked late, what has no moment of
// tracking has no number.
func (q *queries) undecidedOrders(ctx context.Context, _ models.PracticeWeek, now models.Unix, s *models.PracticeSums) error {
	err := q.eachRow(ctx, `select captured_at, `+isAutomatic+` from orders indexed by orders_tracked_late where `+trackedLate+` and tracked_at = 0
		and captured_at > ?1`, []any{int64(now) - PracticeDay}, func(scan scanner) error {
		var u models.Untracked
		err := scan(&u.At, &u.Automatic)
		s.Untracked = append(s.Untracked, u)
		return err
	})
	if err != nil {
		return err
	}
	return q.eachRow(ctx, `select `+runOutAt+`, currency, amount_capturable from orders indexed by orders_running_out where `+hasLapsed,
		[]any{sql.Named("lapsed", int64(lapsedAt(now)))}, func(scan scanner) error {
			var l models.Lapse
			err := scan(&l.At, &l.Currency, &l.Worth)
			s.Lapsed = append(s.Lapsed, l)
			return err
		})
}

// lapsedAt is the newest moment of an authorization that has run out at now.
func lapsedAt(now models.Unix) models.Unix { return now.Add(-models.AuthorizationValidity) }

// undecidedDisputes reads the disputes that time decides.
func (q *queries) undecidedDisputes(ctx context.Context, _ models.PracticeWeek, now models.Unix, s *models.PracticeSums) (err error) {
	if s.Unacted, err = q.moments(ctx, `select d.created from disputes d indexed by disputes_created join practice_disputes p on p.nr = d.rowid
		where d.created > ?1 and p.asked and p.acted = 0`, int64(now)-PracticeDay); err != nil {
		return err
	}
	s.Overdue, err = q.moments(ctx, `select created from disputes indexed by disputes_undecided where inquiry = 1
		and `+isInquiry+` and due_by > 0 and due_by <= ?1`, int64(now))
	return err
}

func (q *queries) moments(ctx context.Context, query string, args ...any) (found []models.Unix, err error) {
	err = q.eachRow(ctx, query, args, func(scan scanner) error {
		var at models.Unix
		err := scan(&at)
		found = append(found, at)
		return err
	})
	return found, err
}

// PracticeQuery asks for one page of what did not meet a check, the newest first.
type PracticeQuery struct {
	Check    models.PracticeCheck
	From, To models.Unix // the moments of cases: from one up to another, which is not in it
	Now      models.Unix
	ByHand   bool   // leaves out captures that Stripe made by itself
	Soon     bool   // lets what Stripe captured by itself be shipped within a day
	After    string // PracticePage.Next
	Before   string // PracticePage.Prev
	Limit    int    // 0 means DefaultLimit, at most MaxLimit
}

// PracticePage is one page of a list. Next and Prev are empty at the ends.
type PracticePage struct {
	Misses     []models.PracticeMiss
	Next, Prev string
}

// practiceMisses is the SQL of the misses of each check: their id and moment.
func practiceMisses(c models.PracticeCheck) string {
	const (
		captures = `select id, captured_at as at from orders indexed by `
		captured = ` and captured_at >= @from and captured_at < @to and (not @byhand or ` + isByHand + `)`
		late     = captures + `orders_tracked_late where ` + trackedLate + captured
		disputes = `select d.id, d.created as at from disputes d indexed by disputes_created join practice_disputes p on p.nr = d.rowid
			where d.created >= @from and d.created < @to`
	)
	switch c {
	case models.CheckByHand:
		return captures + `orders_captured_by_itself where ` + isCaptured + ` and ` + isAutomatic + captured
	case models.CheckShipped:
		return captures + `orders_captured_early where ` + isCaptured + ` and shipped_from > captured_at` + captured +
			` and (` + isByHand + ` or shipped_from > captured_at + @before)`
	case models.CheckRanOut:
		return `select id, canceled_at as at from orders indexed by orders_ran_out where status = 'expired' and canceled_at >= max(@from, 1)
			and canceled_at < @to union all select id, ` + runOutAt + ` from orders indexed by orders_running_out where ` + hasLapsed + `
			and ` + runOutAt + ` >= @from and ` + runOutAt + ` < @to`
	case models.CheckAtCapture:
		return late + ` and (has_tracking = 1 or captured_at <= @now - 600)`
	case models.CheckInADay:
		return late + ` and (tracked_at > captured_at + 86400 or has_tracking = 0 and captured_at <= @now - 86400)`
	case models.CheckCarrier:
		return captures + `orders_carrier_vague where ` + isCaptured + ` and has_tracking = 1 and carrier_vague = 1` + captured
	case models.CheckFirstAct:
		return disputes + ` and (p.acted > d.created + 86400 or p.acted = 0 and p.asked and d.created <= @now - 86400)`
	case models.CheckInquiry:
		return disputes + ` and p.inquired and not p.settled and (not p.undecided or p.due_by > 0 and p.due_by <= @now)`
	case models.CheckProof:
		return `select s.dispute_id as id, s.requested as at from practice_answers p join submissions s on s.rowid = p.nr where not p.proven
			and s.requested >= @from and s.requested < @to`
	}
	return ""
}

// PracticeMisses gives one page of what did not meet a check. Errors: invalid (field "check", "after" or "before"), internal.
func (q *queries) PracticeMisses(ctx context.Context, query PracticeQuery) (PracticePage, error) {
	misses := practiceMisses(query.Check)
	if misses == "" {
		return PracticePage{}, invalid("check", "check_unknown", "There is no list behind this check.")
	}
	at, err := idPosition(query.After, query.Before, query.Limit)
	if err != nil {
		return PracticePage{}, err
	}
	if at.first {
		at.key = math.MaxInt64
	}
	order := `) where (at, id) < (@key, @id) order by at desc, id desc limit @limit`
	if at.up {
		order = `) where (at, id) > (@key, @id) order by at, id limit @limit`
	}
	before := 0
	if query.Soon {
		before = PracticeDay
	}
	args := []any{sql.Named("from", int64(query.From)), sql.Named("to", int64(query.To)), sql.Named("now", int64(query.Now)), sql.Named("byhand", query.ByHand),
		sql.Named("before", before), sql.Named("lapsed", int64(lapsedAt(query.Now))), sql.Named("key", at.key), sql.Named("id", at.id), sql.Named("limit", at.limit+1)}
	var rows []models.PracticeMiss
	err = q.eachRow(ctx, `select id, at from (`+misses+order, args, func(scan scanner) error {
		var m models.PracticeMiss
		err := scan(&m.ID, &m.At)
		rows = append(rows, m)
		return err
	})
	if err != nil {
		return PracticePage{}, err
	}
	rows, next, prev := cutIDs(rows, at, func(m models.PracticeMiss) (int64, string) { return int64(m.At), m.ID })
	return PracticePage{Misses: rows, Next: next, Prev: prev}, nil
}

// DisputesByID gives the disputes of these ids; those that we do not have are left out. Errors: internal.
func (q *queries) DisputesByID(ctx context.Context, ids ...string) (map[string]models.Dispute, error) {
	rows, err := all[models.Dispute](q.gorm(ctx).Where("id in ?", ids))
	found := make(map[string]models.Dispute, len(rows))
	for _, d := range rows {
		found[d.ID] = d
	}
	return found, err
}
