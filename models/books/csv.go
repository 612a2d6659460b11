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
// in front of it is no formula.
type column struct {
	name             string
	customer, number bool
	cell             func(e *models.LedgerEntry, zone *time.Location) string
}

// columns are those of Stripe's payout reconciliation report, so that what reads that reads this.
// Source: docs.stripe.com/reports/report-types/payout-reconciliation, payout_reconciliation.itemized.5.
var columns = []column{
	{"automatic_payout_id", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.PayoutID }},
	{"automatic_payout_effective_at_utc", false, true, func(e *models.LedgerEntry, _ *time.Location) string { return timeCell(e.PayoutArrival, time.UTC) }},
	{"automatic_payout_effective_at", false, true, func(e *models.LedgerEntry, z *time.Location) string { return timeCell(e.PayoutArrival, z) }},
	{"balance_transaction_id", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.ID }},
	{"created_utc", false, true, func(e *models.LedgerEntry, _ *time.Location) string { return timeCell(e.Created, time.UTC) }},
	{"created", false, true, func(e *models.LedgerEntry, z *time.Location) string { return timeCell(e.Created, z) }},
	{"available_on_utc", false, true, func(e *models.LedgerEntry, _ *time.Location) string { return timeCell(e.AvailableOn, time.UTC) }},
	{"available_on", false, true, func(e *models.LedgerEntry, z *time.Location) string { return timeCell(e.AvailableOn, z) }},
	{"currency", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return strings.ToLower(e.Currency) }},
	{"gross", false, true, func(e *models.LedgerEntry, _ *time.Location) string { return e.Gross().Decimal() }},
	{"fee", false, true, func(e *models.LedgerEntry, _ *time.Location) string { return e.FeeMoney().Decimal() }},
	{"net", false, true, func(e *models.LedgerEntry, _ *time.Location) string { return e.NetMoney().Decimal() }},
	{"reporting_category", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.ReportingCategory }},
	{"source_id", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.SourceID }},
	{"description", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.Description }},
	{"customer_facing_amount", false, true, func(e *models.LedgerEntry, _ *time.Location) string {
		if e.Facing.Currency == "" {
			return ""
		}
		return e.Facing.Decimal()
	}},
	{"customer_facing_currency", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return strings.ToLower(e.Facing.Currency) }},
	{"customer_id", true, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.CustomerID }},
	{"customer_email", true, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.CustomerEmail }},
	{"charge_id", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.ChargeID }},
	{"payment_intent_id", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.OrderID }},
	{"charge_created_utc", false, true, func(e *models.LedgerEntry, _ *time.Location) string { return timeCell(e.ChargeCreated, time.UTC) }},
	{"charge_created", false, true, func(e *models.LedgerEntry, z *time.Location) string { return timeCell(e.ChargeCreated, z) }},
	{"order_id", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.Reference }},
	{"payment_method_type", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return klarna(e) }},
	{"exchange_rate", false, false, func(e *models.LedgerEntry, _ *time.Location) string { return e.ExchangeRate }},
}

// timeCell is a moment as Stripe's reports write it; empty for none.
func timeCell(at models.Unix, zone *time.Location) string {
	if at.IsZero() {
		return ""
	}
	return at.Time().In(zone).Format(time.DateTime)
}

// CSV writes movements as an itemized CSV file: RFC 4180, with CRLF and a byte order mark.
type CSV struct {
	out     *csv.Writer
	zone    *time.Location
	columns []column
	cells   []string
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
	_ = c.out.Write(c.cells) // a writer's error stays: the next call gives it
	return c
}

// Add writes one movement. Errors: those of the writer.
func (c *CSV) Add(e models.LedgerEntry) error {
	for i, col := range c.columns {
		c.cells[i] = col.cell(&e, c.zone)
		if !col.number {
			c.cells[i] = models.InertCell(c.cells[i])
		}
	}
	return c.out.Write(c.cells)
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
