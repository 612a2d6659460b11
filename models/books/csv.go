package books

import (
	"bufio"
	"encoding/csv"
	"io"
	"strings"
	"time"

	"counterfoil/models"
)

// column is one column of the itemized CSV. customer: it is left out for who does not see customers. number: it is ours, and a minus
// in front of it is no formula. It holds a text, or a moment: in UTC or in the shop's zone.
type column struct {
	name             string
	customer, number bool
	cell             func(e *models.LedgerEntry) string
	at               func(e *models.LedgerEntry) models.Unix
	utc              bool
}

// columns are those of Stripe's payout reconciliation report, so that what reads that reads this.
// Source: docs.stripe.com/reports/report-types/payout-reconciliation, payout_reconciliation.itemized.5.
var columns = []column{
	{name: "automatic_payout_id", cell: func(e *models.LedgerEntry) string { return e.PayoutID }},
	{name: "automatic_payout_effective_at_utc", number: true, utc: true, at: func(e *models.LedgerEntry) models.Unix { return e.PayoutArrival }},
	{name: "automatic_payout_effective_at", number: true, at: func(e *models.LedgerEntry) models.Unix { return e.PayoutArrival }},
	{name: "balance_transaction_id", cell: func(e *models.LedgerEntry) string { return e.ID }},
	{name: "created_utc", number: true, utc: true, at: func(e *models.LedgerEntry) models.Unix { return e.Created }},
	{name: "created", number: true, at: func(e *models.LedgerEntry) models.Unix { return e.Created }},
	{name: "available_on_utc", number: true, utc: true, at: func(e *models.LedgerEntry) models.Unix { return e.AvailableOn }},
	{name: "available_on", number: true, at: func(e *models.LedgerEntry) models.Unix { return e.AvailableOn }},
	{name: "currency", cell: func(e *models.LedgerEntry) string { return strings.ToLower(e.Currency) }},
	{name: "gross", number: true, cell: func(e *models.LedgerEntry) string { return e.Gross().Decimal() }},
	{name: "fee", number: true, cell: func(e *models.LedgerEntry) string { return e.FeeMoney().Decimal() }},
	{name: "net", number: true, cell: func(e *models.LedgerEntry) string { return e.NetMoney().Decimal() }},
	{name: "reporting_category", cell: func(e *models.LedgerEntry) string { return e.ReportingCategory }},
	{name: "source_id", cell: func(e *models.LedgerEntry) string { return e.SourceID }},
	{name: "description", cell: func(e *models.LedgerEntry) string { return e.Description }},
	{name: "customer_facing_amount", number: true, cell: func(e *models.LedgerEntry) string {
		if e.Facing.Currency == "" {
			return ""
		}
		return e.Facing.Decimal()
	}},
	{name: "customer_facing_currency", cell: func(e *models.LedgerEntry) string { return strings.ToLower(e.Facing.Currency) }},
	{name: "customer_id", customer: true, cell: func(e *models.LedgerEntry) string { return e.CustomerID }},
	{name: "customer_email", customer: true, cell: func(e *models.LedgerEntry) string { return e.CustomerEmail }},
	{name: "charge_id", cell: func(e *models.LedgerEntry) string { return e.ChargeID }},
	{name: "payment_intent_id", cell: func(e *models.LedgerEntry) string { return e.OrderID }},
	{name: "charge_created_utc", number: true, utc: true, at: func(e *models.LedgerEntry) models.Unix { return e.ChargeCreated }},
	{name: "charge_created", number: true, at: func(e *models.LedgerEntry) models.Unix { return e.ChargeCreated }},
	{name: "order_id", cell: func(e *models.LedgerEntry) string { return e.Reference }},
	{name: "payment_method_type", cell: func(e *models.LedgerEntry) string { return klarna(e) }},
	{name: "exchange_rate", cell: func(e *models.LedgerEntry) string { return e.ExchangeRate }},
}

// CSV writes movements as an itemized CSV file: RFC 4180, with CRLF and a byte order mark.
type CSV struct {
	out     *csv.Writer
	zone    *time.Location
	columns []column
	cells   []string
	moments []models.Unix // that the cells hold: neighbours often share one, and writing it takes long
}

// NewCSV begins a file. customers: ids and mails of customers are in it. What goes wrong is said by Add or Close.
func NewCSV(w io.Writer, h Head, customers bool) *CSV {
	c := &CSV{out: newRecords(w), zone: h.Zone}
	for _, col := range columns {
		if customers || !col.customer {
			c.columns = append(c.columns, col)
			c.cells = append(c.cells, col.name)
		}
	}
	c.moments = make([]models.Unix, len(c.cells))
	_ = c.out.Write(c.cells) // a writer's error stays: the next call gives it
	return c
}

// Add writes one movement. Errors: those of the writer.
func (c *CSV) Add(e models.LedgerEntry) error {
	for i, col := range c.columns {
		switch {
		case col.at != nil:
			c.moment(i, col.at(&e))
		case col.number:
			c.cells[i] = col.cell(&e)
		default:
			c.cells[i] = models.InertCell(col.cell(&e))
		}
	}
	return c.out.Write(c.cells)
}

// moment writes a moment as Stripe's reports do, empty for none, unless the cell holds it from the row before.
func (c *CSV) moment(i int, at models.Unix) {
	if at == 0 {
		c.cells[i] = ""
	}
	if at == c.moments[i] {
		return
	}
	c.moments[i] = at
	zone := c.zone
	if c.columns[i].utc {
		zone = time.UTC
	}
	if at != 0 {
		c.cells[i] = at.Time().In(zone).Format(time.DateTime)
	}
}

// Close writes what is still held back; it does not close the writer. Errors: those of the writer.
func (c *CSV) Close() error {
	c.out.Flush()
	return c.out.Error()
}

// newRecords begins a CSV file. The mark goes through the same buffer, so that its error is the writer's too.
func newRecords(w io.Writer) *csv.Writer {
	out := bufio.NewWriter(w)
	_, _ = out.WriteString(models.ByteOrderMark) // the buffer keeps its error for the flush
	records := csv.NewWriter(out)
	records.UseCRLF = true
	return records
}
