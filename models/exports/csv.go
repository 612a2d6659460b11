// Package exports writes lists of orders as CSV, at once or in the background.
package exports

import (
	"bytes"
	"context"
	"encoding/csv"
	"io"
	"time"

	"counterfoil/models"
	"counterfoil/models/store"
)

// column is one column of the file. customer: it is left out for who does not see customers.
type column struct {
	name     string
	customer bool
	cell     func(o *models.Order, zone *time.Location, now models.Unix) string
}

// columns are the file's columns in their order, which does not change.
var columns = []column{
	{"order_reference", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.Reference }},
	{"payment_intent", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.ID }},
	{"charge", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.ChargeID }},
	{"status", false, func(o *models.Order, _ *time.Location, now models.Unix) string { return string(o.StatusAt(now)) }},
	{"currency", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.Currency }},
	{"authorized", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.Authorized().Decimal() }},
	{"captured", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.Captured().Decimal() }},
	{"refunded", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.Refunded().Decimal() }},
	{"country", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.Country }},
	{"customer_name", true, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.CustomerName }},
	{"customer_email", true, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.CustomerEmail }},
	{"klarna_category", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.KlarnaCategory }},
	{"capture_method", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.CaptureMethod }},
	{"created", false, func(o *models.Order, z *time.Location, _ models.Unix) string { return moment(o.Created, z) }},
	{"authorized_at", false, func(o *models.Order, z *time.Location, _ models.Unix) string { return moment(o.AuthorizedAt, z) }},
	{"capture_by", false, func(o *models.Order, z *time.Location, _ models.Unix) string { return moment(o.CaptureBy(), z) }},
	{"captured_at", false, func(o *models.Order, z *time.Location, _ models.Unix) string { return moment(o.CapturedAt, z) }},
	{"canceled_at", false, func(o *models.Order, z *time.Location, _ models.Unix) string { return moment(o.CanceledAt, z) }},
	{"tracking", false, func(o *models.Order, _ *time.Location, _ models.Unix) string {
		if o.HasTracking {
			return "yes"
		}
		return "no"
	}},
	{"dispute_status", false, func(o *models.Order, _ *time.Location, _ models.Unix) string { return o.DisputeStatus }},
}

// moment is a time with its offset in zone; empty for none.
func moment(at models.Unix, zone *time.Location) string {
	if at == 0 {
		return ""
	}
	return at.Time().In(zone).Format(time.RFC3339)
}

// Options say what a file looks like.
type Options struct {
	Customers bool // names and mails are in it
	Zone      *time.Location
}

// Stream is the file of a query as it is read: in keyset batches, with nothing of it kept. An error of Read ends it.
type Stream struct {
	ctx   context.Context
	db    *store.Reader
	query store.OrderQuery
	opts  Options
	out   bytes.Buffer
	cells []string
	csv   *csv.Writer
	rows  int64
	begun bool
	over  bool
}

// NewStream makes the file of a query. Nothing is read before Read.
func NewStream(ctx context.Context, db *store.Reader, query store.OrderQuery, o Options) *Stream {
	s := &Stream{ctx: ctx, db: db, query: query, opts: o}
	s.query.After, s.query.Before = "", ""
	s.csv = csv.NewWriter(&s.out)
	s.csv.UseCRLF = true // RFC 4180
	return s
}

// Rows is how many orders were written so far.
func (s *Stream) Rows() int64 { return s.rows }

// Read implements io.Reader. Errors: those of store.OrderBatch.
func (s *Stream) Read(p []byte) (int, error) {
	if s.out.Len() == 0 && !s.over {
		if err := s.fill(); err != nil {
			return 0, err
		}
	}
	if s.out.Len() == 0 {
		return 0, io.EOF
	}
	return s.out.Read(p)
}

// fill writes the next batch into the buffer.
func (s *Stream) fill() error {
	s.out.Reset()
	if !s.begun {
		s.begun = true
		s.out.WriteString(models.ByteOrderMark)
		s.header()
	}
	page, err := s.db.OrderBatch(s.ctx, s.query)
	if err != nil {
		return err
	}
	for i := range page.Orders {
		s.record(&page.Orders[i])
	}
	s.query.After, s.over = page.Next, page.Next == ""
	s.csv.Flush()
	return s.csv.Error()
}

func (s *Stream) header() {
	s.cells = s.cells[:0]
	for _, c := range columns {
		if s.opts.Customers || !c.customer {
			s.cells = append(s.cells, c.name)
		}
	}
	_ = s.csv.Write(s.cells) // what goes wrong is said by csv.Error
}

func (s *Stream) record(o *models.Order) {
	s.cells = s.cells[:0]
	for _, c := range columns {
		if s.opts.Customers || !c.customer {
			s.cells = append(s.cells, models.InertCell(c.cell(o, s.opts.Zone, s.query.Now)))
		}
	}
	_ = s.csv.Write(s.cells)
	s.rows++
}

// Of writes the orders given, such as those that a person picked.
func Of(orders []models.Order, now models.Unix, o Options) ([]byte, error) {
	s := NewStream(context.Background(), nil, store.OrderQuery{Now: now}, o)
	s.out.WriteString(models.ByteOrderMark)
	s.header()
	for i := range orders {
		s.record(&orders[i])
	}
	s.csv.Flush()
	return s.out.Bytes(), s.csv.Error()
}
