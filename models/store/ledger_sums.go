package store

import (
	"context"
	"time"

	"counterfoil/models"
)

// dayKey is a day as the sums name it: 20261123.
func dayKey(day time.Time) int64 {
	return int64(day.Year()*10000 + int(day.Month())*100 + day.Day())
}

// monthKey is a month as the sums name it: 202611.
func monthKey(day time.Time) int64 { return dayKey(day) / 100 }

// span is a range of keys, both ends in it; nothing is in {1, 0}.
type span struct{ first, last int64 }

func utcDay(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// spans cuts days from one up to another (not in it) into the days before the first whole month, the whole months, and the days after.
func spans(from, to time.Time) (head, months, tail span) {
	none := span{1, 0}
	from, to = utcDay(from), utcDay(to) // days are counted, not hours: every one has a midnight here
	if !from.Before(to) {
		return none, none, none
	}
	firstWhole := from
	if from.Day() != 1 {
		firstWhole = time.Date(from.Year(), from.Month()+1, 1, 0, 0, 0, 0, time.UTC)
	}
	endWhole := time.Date(to.Year(), to.Month(), 1, 0, 0, 0, 0, time.UTC)
	last := dayKey(to.AddDate(0, 0, -1))
	if !firstWhole.Before(endWhole) {
		return span{dayKey(from), last}, none, none
	}
	head, months, tail = none, span{monthKey(firstWhole), monthKey(endWhole.AddDate(0, 0, -1))}, none
	if from.Before(firstWhole) {
		head = span{dayKey(from), dayKey(firstWhole.AddDate(0, 0, -1))}
	}
	if endWhole.Before(to) {
		tail = span{dayKey(endWhole), last}
	}
	return head, months, tail
}

const inSpans = ` from (select * from ledger_sums where period between ?1 and ?2 union all select * from ledger_sums where period between ?3 and ?4
	union all select * from ledger_sums where period between ?5 and ?6) `

func spanArgs(from, to time.Time) []any {
	head, months, tail := spans(from, to)
	return []any{head.first, head.last, months.first, months.last, tail.first, tail.last}
}

// LedgerSums adds up what was booked from one day up to another, which is not in it; both are midnights of the ledger's zone.
// Errors: internal.
func (q *queries) LedgerSums(ctx context.Context, from, to time.Time) ([]models.LedgerSum, error) {
	var sums []models.LedgerSum
	err := q.eachRow(ctx, `select currency, klarna, category, sum(n), sum(amount), sum(fee), sum(net)`+inSpans+
		`group by currency, klarna, category having sum(n) <> 0 or sum(net) <> 0 order by currency, klarna, category`, spanArgs(from, to),
		func(scan scanner) error {
			var s models.LedgerSum
			err := scan(&s.Currency, &s.Klarna, &s.Category, &s.Count, &s.Amount, &s.Fee, &s.Net)
			sums = append(sums, s)
			return err
		})
	return sums, err
}

// forever is later than any day of a statement.
func forever(zone *time.Location) time.Time { return time.Date(9999, 12, 1, 0, 0, 0, 0, zone) }

// NetSince adds up, by currency, what was booked from a day on: minor units. Errors: internal.
func (q *queries) NetSince(ctx context.Context, day time.Time) (map[string]int64, error) {
	nets := map[string]int64{}
	err := q.eachRow(ctx, `select currency, sum(net)`+inSpans+`group by currency`, spanArgs(day, forever(day.Location())), func(scan scanner) error {
		var currency string
		var net int64
		err := scan(&currency, &net)
		nets[currency] = net
		return err
	})
	return nets, err
}

// NetAfter adds up, by currency, what was booked after a moment; few rows are expected. day is the moment's day in the ledger's zone.
// Errors: internal.
func (q *queries) NetAfter(ctx context.Context, at models.Unix, day time.Time) (map[string]int64, error) {
	nets := map[string]int64{}
	err := q.eachRow(ctx, `select s.currency, coalesce((select sum(net) from balance_transactions b where b.currency = s.currency
		and b.reporting_category = s.category and b.created > ?2), 0)
		from (select distinct currency, category from ledger_sums where period between ?1 and 99999999) s`,
		[]any{dayKey(day), int64(at)}, func(scan scanner) error {
			var currency string
			var net int64
			err := scan(&currency, &net)
			nets[currency] += net
			return err
		})
	return nets, err
}

// LedgerCurrencies gives the currencies in which anything was ever booked. Errors: internal.
func (q *queries) LedgerCurrencies(ctx context.Context) ([]string, error) {
	var all []string
	err := q.eachRow(ctx, `with recursive c(currency) as (select (select min(currency) from balance_transactions) union all
		select (select min(currency) from balance_transactions where currency > c.currency) from c where c.currency is not null)
		select currency from c where currency is not null`, nil, func(scan scanner) error {
		var currency string
		err := scan(&currency)
		all = append(all, currency)
		return err
	})
	return all, err
}

// FirstBooked gives the first day on which something was booked, by currency, in zone. Errors: internal.
func (q *queries) FirstBooked(ctx context.Context, zone *time.Location) (map[string]time.Time, error) {
	currencies, err := q.LedgerCurrencies(ctx)
	if err != nil {
		return nil, err
	}
	firsts := map[string]time.Time{}
	for _, currency := range currencies {
		var month, day int64
		err := q.queryRow(ctx, `select period from ledger_sums where currency = ?1 and n > 0 and period < 1000000 order by period limit 1`, []any{currency}, &month)
		if err == nil {
			err = q.queryRow(ctx, `select period from ledger_sums where currency = ?1 and n > 0 and period between ?2 * 100 and ?2 * 100 + 99 order by period limit 1`,
				[]any{currency, month}, &day)
		}
		if missing(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		firsts[currency] = models.DayStart(int(day/10000), time.Month(day/100%100), int(day%100), zone)
	}
	return firsts, nil
}

// Balances gives the balance of each currency as Stripe last gave it. Errors: internal.
func (q *queries) Balances(ctx context.Context) ([]models.Balance, error) {
	return all[models.Balance](q.gorm(ctx).Order("currency"))
}

// CostSums gives what was booked for Klarna's orders in whole months, the first and the last in it. Errors: internal.
func (q *queries) CostSums(ctx context.Context, first, last time.Time) ([]models.CostSum, error) {
	var sums []models.CostSum
	err := q.eachRow(ctx, `select month, currency, country, klarna_category, category, n, amount, fee from cost_sums where month between ?1 and ?2 and n <> 0
		order by month, currency, country, klarna_category, category`, []any{monthKey(first), monthKey(last)}, func(scan scanner) error {
		var s models.CostSum
		err := scan(&s.Month, &s.Currency, &s.Country, &s.KlarnaCategory, &s.Category, &s.Count, &s.Amount, &s.Fee)
		sums = append(sums, s)
		return err
	})
	return sums, err
}

// endOfMonth is the first moment after a month, of its first day.
func endOfMonth(first time.Time) models.Unix {
	return models.UnixOf(models.DayStart(first.Year(), first.Month()+1, 1, first.Location()))
}

// DisputeCosts gives the rows of disputes of whole months with how each dispute stands. Errors: internal.
func (q *queries) DisputeCosts(ctx context.Context, first, last time.Time) ([]models.DisputeCost, error) {
	currencies, err := q.LedgerCurrencies(ctx)
	if err != nil {
		return nil, err
	}
	var all []models.DisputeCost
	for _, currency := range currencies {
		err := q.eachRow(ctx, `select `+monthOfRow+`, b.country, b.klarna_category, d.status, sum(b.amount) from balance_transactions b
			cross join disputes d on d.id = b.source_id
			where b.currency = ?1 and b.reporting_category in ('dispute', 'dispute_reversal') and b.created >= ?2 and b.created < ?3 and b.order_id <> ''
			group by 1, 2, 3, 4 having sum(b.amount) <> 0`, []any{currency, int64(models.UnixOf(first)), int64(endOfMonth(last))},
			func(scan scanner) error {
				d := models.DisputeCost{Currency: currency}
				err := scan(&d.Month, &d.Country, &d.KlarnaCategory, &d.Status, &d.Amount)
				all = append(all, d)
				return err
			})
		if err != nil {
			return nil, err
		}
	}
	return all, nil
}

// ExpiredCosts gives what ran out without a capture in whole months, as it was authorized. Errors: internal.
func (q *queries) ExpiredCosts(ctx context.Context, first, last time.Time) ([]models.CostSum, error) {
	from, to := models.UnixOf(first), endOfMonth(last)
	var all []models.CostSum
	err := q.eachRow(ctx, `select cast(strftime('%Y%m', canceled_at + coalesce((select offset from ledger_zone where start <= canceled_at order by start desc limit 1), 0),
		'unixepoch') as integer), currency, country, klarna_category, count(*), sum(amount) from orders
		where status in ('expired', 'canceled') and status = 'expired' and created >= ?1 and created < ?3 and canceled_at >= ?2 and canceled_at < ?3 group by 1, 2, 3, 4`,
		[]any{int64(from.Add(-2 * models.AuthorizationValidity)), int64(from), int64(to)}, func(scan scanner) error {
			var s models.CostSum
			err := scan(&s.Month, &s.Currency, &s.Country, &s.KlarnaCategory, &s.Count, &s.Amount)
			all = append(all, s)
			return err
		})
	return all, err
}

// PayoutSums gives what each payout carried, by payout. Errors: internal.
func (q *queries) PayoutSums(ctx context.Context, payouts ...string) (map[string][]models.PayoutSum, error) {
	sums := map[string][]models.PayoutSum{}
	err := q.eachRow(ctx, `select payout_id, currency, category, n, amount, fee, net from payout_sums
		where payout_id in (select value from json_each(?1)) and n <> 0 order by payout_id, currency, category`, []any{jsonList(payouts)}, func(scan scanner) error {
		var s models.PayoutSum
		err := scan(&s.PayoutID, &s.Currency, &s.Category, &s.Count, &s.Amount, &s.Fee, &s.Net)
		sums[s.PayoutID] = append(sums[s.PayoutID], s)
		return err
	})
	return sums, err
}
