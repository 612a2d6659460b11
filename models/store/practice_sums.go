package store

// allPractice are the sums of best practice, by weeks.
func allPractice() []keptSums {
	return []keptSums{
		{"practice_capture_weeks", "week, automatic, captured, dated, shipped, soon, timed, at_capture, in_a_day, carried, named", "captured <> 0",
			`select week, automatic, sum(captured) as captured, sum(dated), sum(shipped), sum(soon), sum(timed), sum(at_capture), sum(in_a_day), sum(carried), sum(named)
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
