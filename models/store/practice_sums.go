package store

import "context"

// allPractice are the sums of best practice, by weeks.
func allPractice() []keptSums {
	return []keptSums{
		{"practice_capture_weeks", "week, automatic, captured, dated, shipped, timed, at_capture, in_a_day, carried, named", "captured <> 0",
			`select week, automatic, sum(captured) as captured, sum(dated), sum(shipped), sum(timed), sum(at_capture), sum(in_a_day), sum(carried), sum(named)
			from practice_captures group by 1, 2`},
		{"practice_end_weeks", "week, currency, ended, expired, worth", "ended <> 0",
			`select week, currency, sum(ended) as ended, sum(expired), sum(worth) from practice_ends group by 1, 2`},
		{"practice_dispute_weeks", "week, disputed, in_1h, in_4h, in_12h, in_24h, in_48h, in_96h, inquired, settled, undecided", "(disputed, inquired) <> (0, 0)",
			`select week, sum(disputed) as disputed, sum(in_1h), sum(in_4h), sum(in_12h), sum(in_24h), sum(in_48h), sum(in_96h), sum(inquired) as inquired,
			sum(settled), sum(undecided) from practice_disputes group by 1`},
		{"practice_answer_weeks", "week, answered, proven", "answered <> 0",
			`select week, sum(answered) as answered, sum(proven) from practice_answers group by 1`},
	}
}

// CheckPractice compares the sums of best practice with the rows and names the tables that differ; nothing means that they are equal. It reads
// every order. Errors: internal.
func (q *queries) CheckPractice(ctx context.Context) (wrong []string, err error) {
	for _, s := range allPractice() {
		n, err := q.differing(ctx, `select `+s.columns+` from `+s.table+` where `+s.something, `select * from (`+s.sums+`) where `+s.something)
		if err != nil {
			return nil, err
		}
		if n > 0 {
			wrong = append(wrong, s.table)
		}
	}
	return wrong, nil
}

// differing counts the rows that two questions do not have in common. Errors: internal.
func (q *queries) differing(ctx context.Context, kept, made string) (n int64, err error) {
	err = q.queryRow(ctx, `with kept as materialized (`+kept+`), made as materialized (`+made+`) select max(
		(select count(*) from (select * from kept except select * from made)), (select count(*) from (select * from made except select * from kept)))`, nil, &n)
	return n, err
}
