package mailboxes

import "counterfoil/models"

// Cell is a mailbox on a day.
type Cell struct {
	Day    string
	Closed string // why the shop did not work; "" where it did
	State  State
	Check  *models.MailboxCheck // nil while there is none
	Miss   *models.MailboxMiss  // a manager's word; nil while there is none
}

// Row is a mailbox on the days of a span.
type Row struct {
	Mailbox models.Mailbox
	Cells   []Cell
}

// on is a mailbox on a day, as a key.
type on struct{ mailbox, day string }

// RowsOf joins mailboxes with their checks and a manager’s words on the days between two, both included.
func RowsOf(c Calendar, boxes []models.Mailbox, checks []models.MailboxCheck, misses []models.MailboxMiss, from, to, today string) (rows []Row) {
	checked, missed := map[on]*models.MailboxCheck{}, map[on]*models.MailboxMiss{}
	for i := range checks {
		checked[on{checks[i].MailboxID, checks[i].Day}] = &checks[i]
	}
	for i := range misses {
		missed[on{misses[i].MailboxID, misses[i].Day}] = &misses[i]
	}
	for _, m := range boxes {
		row := Row{Mailbox: m}
		for day := from; day <= to; day = AddDays(day, 1) {
			key := on{m.ID, day}
			row.Cells = append(row.Cells, Cell{Day: day, Closed: c.Closed(day), State: StateOf(c, m, day, checked[key], today), Check: checked[key], Miss: missed[key]})
		}
		rows = append(rows, row)
	}
	return rows
}
