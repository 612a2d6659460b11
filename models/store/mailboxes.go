package store

import (
	"context"

	"gorm.io/gorm"

	"counterfoil/models"
)

// MailboxQuery asks for one page of the mailboxes of a span of days, by address.
type MailboxQuery struct {
	From, To  string // days; those are found that were listed on one of them
	Unchecked bool   // only those without a check on From
	After     string // MailboxPage.Next
	Limit     int    // 0 means DefaultLimit, at most MaxLimit
}

// MailboxPage is one page of mailboxes. Next is empty at the end.
type MailboxPage struct {
	Mailboxes []models.Mailbox
	Next      string
}

// Mailboxes gives one page of mailboxes. Errors: internal.
func (q *queries) Mailboxes(ctx context.Context, query MailboxQuery) (MailboxPage, error) {
	limit := pageLimit(query.Limit)
	g := q.gorm(ctx).Where("added_day <= ?", query.To).Where("removed_day = '' or removed_day > max(?, added_day)", query.From)
	if query.Unchecked {
		g = g.Where("not exists (select 1 from mailbox_checks where mailbox_id = mailboxes.id and day = ?)", query.From)
	}
	if query.After != "" {
		g = g.Where("(address_folded, id) > (select address_folded, id from mailboxes where id = ?)", query.After)
	}
	rows, err := all[models.Mailbox](g.Order("address_folded, id").Limit(limit + 1))
	if err != nil {
		return MailboxPage{}, err
	}
	page := MailboxPage{Mailboxes: rows}
	if len(rows) > limit {
		page.Mailboxes, page.Next = rows[:limit], rows[limit-1].ID
	}
	return page, nil
}

// Mailbox gives one mailbox, removed or not. Errors: not found, internal.
func (q *queries) Mailbox(ctx context.Context, id string) (models.Mailbox, error) {
	var m models.Mailbox
	err := q.gorm(ctx).Where("id = ?", id).Take(&m).Error
	return m, mapError(err)
}

// MailboxesByAddress gives those of these folded addresses that are listed now. Errors: internal.
func (q *queries) MailboxesByAddress(ctx context.Context, folded []string) ([]models.Mailbox, error) {
	return all[models.Mailbox](q.gorm(ctx).Where("address_folded in (select value from json_each(?))", jsonList(folded)).Where("removed_day = ''"))
}

// MailboxCount is how many mailboxes are listed now. Errors: internal.
func (q *queries) MailboxCount(ctx context.Context) (n int64, err error) {
	err = q.queryRow(ctx, `select count(*) from mailboxes where removed_day = ''`, nil, &n)
	return n, err
}

// MailboxChecks gives the checks of these mailboxes between two days, both included. Errors: internal.
func (q *queries) MailboxChecks(ctx context.Context, mailboxes []string, from, to string) ([]models.MailboxCheck, error) {
	return all[models.MailboxCheck](q.mailboxRows(ctx, mailboxes, from, to))
}

// MailboxMisses gives a manager's words about these mailboxes between two days, both included. Errors: internal.
func (q *queries) MailboxMisses(ctx context.Context, mailboxes []string, from, to string) ([]models.MailboxMiss, error) {
	return all[models.MailboxMiss](q.mailboxRows(ctx, mailboxes, from, to))
}

func (q *queries) mailboxRows(ctx context.Context, mailboxes []string, from, to string) *gorm.DB {
	return q.gorm(ctx).Where("mailbox_id in (select value from json_each(?))", jsonList(mailboxes)).Where("day between ? and ?", from, to).Order("mailbox_id, day")
}

// MailboxCheck gives the check of a mailbox on a day; nil while there is none. Errors: internal.
func (q *queries) MailboxCheck(ctx context.Context, mailbox, day string) (*models.MailboxCheck, error) {
	return one[models.MailboxCheck](q.gorm(ctx).Where("mailbox_id = ?", mailbox).Where("day = ?", day))
}

// MailboxDays gives what each day came to, the first one first. Errors: internal.
func (q *queries) MailboxDays(ctx context.Context) ([]models.MailboxDay, error) {
	return all[models.MailboxDay](q.gorm(ctx).Order("day"))
}

// MailboxDaysSince gives what each day from a day on came to; all before it stand in one row of the day before, with the mailboxes that were
// listed then. Errors: internal.
func (q *queries) MailboxDaysSince(ctx context.Context, day string) (found []models.MailboxDay, err error) {
	err = q.eachRow(ctx, `select date(?1, '-1 day'), added, removed, 0, 0, 0 from (select sum(added) as added, sum(removed) as removed from mailbox_days where day < ?1)
			where added > 0
		union all select day, added, removed, on_time, late, acknowledged from mailbox_days where day >= ?1 order by 1`, []any{day}, func(scan scanner) error {
		var d models.MailboxDay
		err := scan(&d.Day, &d.Added, &d.Removed, &d.OnTime, &d.Late, &d.Acknowledged)
		found = append(found, d)
		return err
	})
	return found, err
}

// ShopWeeks gives the shop's weekdays, the first change first. Errors: internal.
func (q *queries) ShopWeeks(ctx context.Context) ([]models.ShopWeek, error) {
	return all[models.ShopWeek](q.gorm(ctx).Order("since"))
}

// Holidays gives the days on which the shop is closed, the first one first. Errors: internal.
func (q *queries) Holidays(ctx context.Context) ([]models.Holiday, error) {
	return all[models.Holiday](q.gorm(ctx).Order("day"))
}

// InsertMailbox lists a mailbox. Errors: ErrDuplicate for an address that is listed, internal.
func (tx *Tx) InsertMailbox(ctx context.Context, m models.Mailbox) error { return tx.create(ctx, &m) }

// RemoveMailbox takes a mailbox off the list from a day on. Errors: not found where it is not listed, internal.
func (tx *Tx) RemoveMailbox(ctx context.Context, id, day string, by models.Actor, at models.Unix) error {
	return tx.execOne(ctx, `update mailboxes set removed = ?2, removed_day = ?3, removed_by = ?4, removed_name = ?5 where id = ?1 and removed_day = ''`,
		id, int64(at), day, by.StaffID, by.Name)
}

// InsertMailboxCheck writes a check. Errors: ErrDuplicate when the mailbox has one of this day, internal.
func (tx *Tx) InsertMailboxCheck(ctx context.Context, c models.MailboxCheck) error {
	return tx.create(ctx, &c)
}

// AcknowledgeMisses writes a manager's word about every mailbox that nobody looked into on a day and that has none yet; it gives how many.
// Errors: internal.
func (tx *Tx) AcknowledgeMisses(ctx context.Context, m models.MailboxMiss) (int64, error) {
	return tx.exec(ctx, `insert into mailbox_misses (mailbox_id, day, note, at, staff_id, staff_name)
		select id, ?1, ?2, ?3, ?4, ?5 from mailboxes b where added_day <= ?1 and (removed_day = '' or removed_day > ?1)
			and not exists (select 1 from mailbox_checks c where c.mailbox_id = b.id and c.day = ?1 and c.late = 0)
			and not exists (select 1 from mailbox_misses s where s.mailbox_id = b.id and s.day = ?1)`,
		m.Day, m.Note, int64(m.At), m.StaffID, m.StaffName)
}

// SetShopWeek writes the shop's weekdays from a day on. Errors: internal.
func (tx *Tx) SetShopWeek(ctx context.Context, w models.ShopWeek) error {
	_, err := tx.exec(ctx, `insert into shop_weeks (since, weekdays) values (?1, ?2) on conflict (since) do update set weekdays = ?2`, w.Since, w.Weekdays)
	return err
}

// SetHolidays writes the holidays after a day; those up to it stay. Errors: internal.
func (tx *Tx) SetHolidays(ctx context.Context, after string, holidays []models.Holiday) error {
	if _, err := tx.exec(ctx, `delete from holidays where day > ?1`, after); err != nil {
		return err
	}
	for _, h := range holidays {
		if _, err := tx.exec(ctx, `insert into holidays (day, name) values (?1, ?2)`, h.Day, h.Name); err != nil {
			return err
		}
	}
	return nil
}
