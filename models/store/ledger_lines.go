package store

import (
	"context"
	"encoding/json"
	"math"
	"slices"
	"strings"

	"counterfoil/models"
	"counterfoil/models/money"
)

// Share chooses whose movements are meant.
type Share string

// The shares of the account's movements.
const (
	ShareAll    Share = ""
	ShareKlarna Share = "klarna" // those that belong to a Klarna order
	ShareOther  Share = "other"  // everything else on the account
)

// LedgerQuery asks for movements, oldest first. Either a payout or a currency is named.
type LedgerQuery struct {
	Payout     string // those that it carried, its own row aside
	Currency   string
	From, To   models.Unix // booked from one moment up to another, which is not in it
	Categories []string    // reporting categories; empty means all
	WithFee    bool        // only those whose fee stands on the line of fees, and those of Categories
	Share      Share
	IDs        []string // only these movements, sources or orders; with Searched
	Searched   bool     // IDs holds what a search found: empty means nothing was
	Amount     *int64   // only those whose amount or net this is, of either sign; beside IDs

	After, Before string // LedgerPage.Next and Prev
	Limit         int    // 0 means DefaultLimit
}

// LedgerPage is one page of movements. Next and Prev are empty at the ends.
type LedgerPage struct {
	Entries    []models.LedgerEntry
	Next, Prev string
}

// ledgerColumns are what a LedgerEntry is read from; b is the movement. fileColumns are those of them that a file needs.
const ledgerColumns = fileColumns + `, b.type, b.status, b.fee_details`

const fileColumns = `select b.id, b.amount, b.fee, b.net, b.currency, b.reporting_category, b.source_id, b.payout_id, b.order_id, b.country,
	b.klarna_category, b.description, b.exchange_rate, b.available_on, b.created,
	coalesce(o.reference, ''), coalesce(o.charge_id, ''), coalesce(o.customer_id, ''), coalesce(o.customer_name, ''), coalesce(o.customer_email, ''),
	coalesce(o.authorized_at, 0), coalesce(p.arrival_date, 0),
	case b.exchange_rate when '' then '' else json_object('currency', o.currency, 'amount', o.amount, 'captured', o.amount_captured,
	'source_currency', coalesce(r.currency, d.currency), 'source_amount', coalesce(r.amount, d.amount)) end`

// ledgerJoins are looked up for those rows only that need them: what a refund or a dispute was in the customer's currency.
const ledgerJoins = ` b left join orders o on o.id = b.order_id and b.order_id <> '' left join refunds r on b.exchange_rate <> '' and r.id = b.source_id
	left join disputes d on b.exchange_rate <> '' and d.id = b.source_id left join payouts p on p.id = b.payout_id and b.payout_id <> ''`

// entryReader reads movements row by row into one place, so that reading a row allocates its texts and nothing else.
type entryReader struct {
	e                  models.LedgerEntry
	exchanged, details string
	dest               []any
}

// readFile reads the fileColumns, readEntries the ledgerColumns.
func readFile() *entryReader {
	r := &entryReader{details: noDetails}
	e := &r.e
	r.dest = []any{&e.ID, &e.Amount, &e.Fee, &e.Net, &e.Currency, &e.ReportingCategory, &e.SourceID, &e.PayoutID, &e.OrderID, &e.Country,
		&e.KlarnaCategory, &e.Description, &e.ExchangeRate, (*int64)(&e.AvailableOn), (*int64)(&e.Created), &e.Reference, &e.ChargeID, &e.CustomerID,
		&e.CustomerName, &e.CustomerEmail, (*int64)(&e.ChargeCreated), (*int64)(&e.PayoutArrival), &r.exchanged}
	return r
}

func readEntries() *entryReader {
	r := readFile()
	r.dest = append(r.dest, &r.e.Type, &r.e.Status, &r.details)
	return r
}

// noDetails is a fee without parts.
const noDetails = "[]"

// entry reads one row.
func (r *entryReader) entry(scan scanner) (models.LedgerEntry, error) {
	if err := scan(r.dest...); err != nil {
		return r.e, err
	}
	r.e.FeeDetails = nil
	if r.details != noDetails {
		if err := json.Unmarshal([]byte(r.details), &r.e.FeeDetails); err != nil {
			return r.e, err
		}
	}
	var err error
	r.e.Facing, err = facing(&r.e, r.exchanged)
	return r.e, err
}

// exchanged is what a movement in another currency was for the customer, in minor units.
type exchanged struct {
	Currency       string
	Amount         int64
	Captured       int64
	SourceCurrency string `json:"source_currency"`
	SourceAmount   int64  `json:"source_amount"`
}

// facing is what the customer saw of a movement: the movement itself where nothing was exchanged, else what its source says.
func facing(e *models.LedgerEntry, text string) (money.Amount, error) {
	if text == "" {
		if e.OrderID == "" {
			return money.Amount{}, nil
		}
		return money.Amount{Minor: e.Amount, Currency: e.Currency}, nil
	}
	var x exchanged
	if err := json.Unmarshal([]byte(text), &x); err != nil {
		return money.Amount{}, err
	}
	switch e.ReportingCategory {
	case "charge":
		return money.Amount{Minor: x.Amount, Currency: x.Currency}, nil
	case "partial_capture_reversal":
		return money.Amount{Minor: x.Captured - x.Amount, Currency: x.Currency}, nil
	case "refund", "dispute":
		return money.Amount{Minor: -x.SourceAmount, Currency: x.SourceCurrency}, nil
	case "refund_failure", "dispute_reversal":
		return money.Amount{Minor: x.SourceAmount, Currency: x.SourceCurrency}, nil
	}
	return money.Amount{}, nil
}

// LedgerEntries gives one page of movements with what they belong to. Errors: invalid (field "after" or "before"), internal.
func (q *queries) LedgerEntries(ctx context.Context, query LedgerQuery) (LedgerPage, error) {
	at, err := idPosition(query.After, query.Before, query.Limit)
	if err != nil {
		return LedgerPage{}, err
	}
	entries, err := q.entries(ctx, query, at)
	if err != nil {
		return LedgerPage{}, err
	}
	page := LedgerPage{}
	page.Entries, page.Next, page.Prev = cutIDs(entries, at, func(e models.LedgerEntry) (int64, string) { return int64(e.Created), e.ID })
	return page, nil
}

// entries reads a page and one more.
func (q *queries) entries(ctx context.Context, query LedgerQuery, at idPos) ([]models.LedgerEntry, error) {
	if at.first {
		at.key = math.MinInt64
	}
	var parts []string
	var args []any
	order := " order by created, id limit ?"
	compare := "(b.created, b.id) > (?, ?)"
	if at.up {
		order, compare = " order by created desc, id desc limit ?", "(b.created, b.id) < (?, ?)"
	}
	sources, sourceArgs, err := q.ledgerSources(ctx, query)
	if err != nil {
		return nil, err
	}
	conditions, values := query.conditions()
	for i, from := range sources {
		parts = append(parts, "select * from (select b.* from balance_transactions b where "+from+" and "+compare+conditions+order+")")
		args = append(append(append(args, sourceArgs[i]...), at.key, at.id), values...)
		args = append(args, at.limit+1)
	}
	if len(parts) == 0 {
		return nil, nil
	}
	args = append(args, at.limit+1)
	text := ledgerColumns + " from (" + strings.Join(parts, " union all ") + order + ")" + ledgerJoins + " order by b.created, b.id"
	if at.up {
		text = ledgerColumns + " from (" + strings.Join(parts, " union all ") + order + ")" + ledgerJoins + " order by b.created desc, b.id desc"
	}
	var entries []models.LedgerEntry
	rows := readEntries()
	err = q.eachRow(ctx, text, args, func(scan scanner) error {
		e, err := rows.entry(scan)
		entries = append(entries, e)
		return err
	})
	return entries, err
}

// ledgerSources are the pieces of one index each whose rows, merged, are the movements of a query: each already in order.
func (q *queries) ledgerSources(ctx context.Context, query LedgerQuery) (conditions []string, args [][]any, err error) {
	switch {
	case query.Searched && query.Amount == nil && len(query.IDs) == 0:
		return nil, nil, nil
	case query.Payout != "" && query.Searched && query.Amount == nil: // by the indexes of what was found: the payout may have 100,000 lines
		return []string{"+b.payout_id = ? and b.reporting_category <> 'payout'"}, [][]any{{query.Payout}}, nil
	case query.Payout != "":
		return []string{"b.payout_id = ? and b.payout_id <> '' and b.reporting_category <> 'payout'"}, [][]any{{query.Payout}}, nil
	}
	categories, err := q.ledgerCategories(ctx, query.Currency)
	if err != nil {
		return nil, nil, err
	}
	for _, category := range categories {
		if !query.asksFor(category) {
			continue
		}
		conditions = append(conditions, "b.currency = ? and b.reporting_category = ? and b.created >= ? and b.created < ?")
		args = append(args, []any{query.Currency, category, int64(query.From), int64(query.To)})
	}
	return conditions, args, nil
}

// asksFor tells whether movements of a category can be among those that are asked for.
func (query LedgerQuery) asksFor(category string) bool {
	if slices.Contains(query.Categories, category) {
		return true
	}
	if query.WithFee {
		return models.FeeLineOf(category) == models.LineFees
	}
	return len(query.Categories) == 0
}

// ledgerCategories gives the reporting categories that a currency ever had. Errors: internal.
func (q *queries) ledgerCategories(ctx context.Context, currency string) ([]string, error) {
	var all []string
	err := q.eachRow(ctx, `with recursive c(category) as (select (select min(reporting_category) from balance_transactions where currency = ?1) union all
		select (select min(reporting_category) from balance_transactions where currency = ?1 and reporting_category > c.category) from c where c.category is not null)
		select category from c where category is not null`, []any{currency}, func(scan scanner) error {
		var category string
		err := scan(&category)
		all = append(all, category)
		return err
	})
	return all, err
}

// conditions are those that no index answers. Lists go in as JSON, so that there are few statements.
func (query LedgerQuery) conditions() (text string, args []any) {
	switch query.Share {
	case ShareKlarna:
		text += " and b.order_id <> ''"
	case ShareOther:
		text += " and b.order_id = ''"
	}
	if query.WithFee {
		text += " and (b.fee <> 0 or b.reporting_category in (select value from json_each(?)))"
		args = append(args, jsonList(query.Categories))
	}
	if !query.Searched {
		return text, args
	}
	ids := jsonList(query.IDs)
	text += ` and (b.id in (select value from json_each(?)) or b.source_id <> '' and b.source_id in (select value from json_each(?))
		or b.order_id <> '' and b.order_id in (select value from json_each(?))`
	args = append(args, ids, ids, ids)
	if query.Amount != nil {
		text += " or b.amount in (?, ?) or b.net in (?, ?)"
		args = append(args, *query.Amount, -*query.Amount, *query.Amount, -*query.Amount)
	}
	return text + ")", args
}

// jsonList is a list of words as JSON.
func jsonList(words []string) string {
	if words == nil {
		return "[]"
	}
	text, _ := json.Marshal(words) // strings can always be written
	return string(text)
}

// LedgerEntry gives one movement with what it belongs to. Errors: not found, internal.
func (q *queries) LedgerEntry(ctx context.Context, id string) (models.LedgerEntry, error) {
	var e models.LedgerEntry
	found := false
	err := q.eachRow(ctx, ledgerColumns+" from (select * from balance_transactions where id = ?1)"+ledgerJoins, []any{id}, func(scan scanner) (err error) {
		found = true
		e, err = readEntries().entry(scan)
		return err
	})
	if err == nil && !found {
		err = errNotFound()
	}
	return e, err
}
