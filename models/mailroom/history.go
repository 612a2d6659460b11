package mailroom

import (
	"context"
	"encoding/csv"
	"io"
	"time"

	"counterfoil/models"
	"counterfoil/models/mailboxes"
	"counterfoil/models/store"
)

// Table is what became of one page of mailboxes on the days of a span.
type Table struct {
	Rows []mailboxes.Row
	Next string // cursor of the next page, "" at the end
}

// History gives a page of mailboxes with what became of each between two days. Errors: internal.
func (s Service) History(ctx context.Context, query store.MailboxQuery) (Table, error) {
	calendar, err := s.Calendar(ctx)
	if err != nil {
		return Table{}, err
	}
	page, err := s.DB.Reader.Mailboxes(ctx, query)
	if err != nil {
		return Table{}, err
	}
	ids := make([]string, 0, len(page.Mailboxes))
	for _, m := range page.Mailboxes {
		ids = append(ids, m.ID)
	}
	checks, err := s.DB.Reader.MailboxChecks(ctx, ids, query.From, query.To)
	if err != nil {
		return Table{}, err
	}
	misses, err := s.DB.Reader.MailboxMisses(ctx, ids, query.From, query.To)
	if err != nil {
		return Table{}, err
	}
	return Table{Rows: mailboxes.RowsOf(calendar, page.Mailboxes, checks, misses, query.From, query.To, s.Today()), Next: page.Next}, nil
}

// Span bounds the days of a file.
const Span = 366

// WriteCSV writes what became of every mailbox between two days, at most Span of them, a line for each mailbox and day on which it was
// listed. notes says whether what came is told. Errors: internal, and w's.
func (s Service) WriteCSV(ctx context.Context, w io.Writer, from, to string, notes bool) error {
	out := csv.NewWriter(w)
	head := []string{models.ByteOrderMark + "day", "mailbox", "purpose", "state", "closed", "checked_by", "checked_at (" + s.Zone.String() + ")", "found"}
	if notes {
		head = append(head, "note", "acknowledged_by", "acknowledgement")
	}
	if err := out.Write(head); err != nil {
		return err
	}
	for query := (store.MailboxQuery{From: from, To: to, Limit: store.MaxLimit}); ; {
		table, err := s.History(ctx, query)
		if err != nil {
			return err
		}
		for _, row := range table.Rows {
			if err := s.writeRow(out, row, notes); err != nil {
				return err
			}
		}
		if query.After = table.Next; query.After == "" {
			out.Flush()
			return out.Error()
		}
	}
}

func (s Service) writeRow(out *csv.Writer, row mailboxes.Row, notes bool) error {
	for _, c := range row.Cells {
		if c.State == mailboxes.StateNone {
			continue
		}
		line := []string{c.Day, models.InertCell(row.Mailbox.Address), string(row.Mailbox.Purpose), string(c.State), models.InertCell(c.Closed), "", "", ""}
		note, by, word := "", "", ""
		if k := c.Check; k != nil {
			line[5], line[6], line[7], note = models.InertCell(k.StaffName), k.At.Time().In(s.Zone).Format(time.DateTime), string(k.Found), k.Note
		}
		if m := c.Miss; m != nil {
			by, word = m.StaffName, m.Note
		}
		if notes {
			line = append(line, models.InertCell(note), models.InertCell(by), models.InertCell(word))
		}
		if err := out.Write(line); err != nil {
			return err
		}
	}
	return nil
}
