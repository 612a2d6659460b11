package store

import (
	"context"
	"math"

	"counterfoil/models"
)

// NoticeChoices gives what a person wants to be told; the defaults where nothing was chosen. Errors: internal.
func (q *queries) NoticeChoices(ctx context.Context, staffID string) (models.NoticeChoices, error) {
	c := models.NoticeChoices{StaffID: staffID}
	var off string
	err := q.queryRow(ctx, `select digest, hour, quiet, off from notification_choices where staff_id = ?1`, []any{staffID}, &c.Digest, &c.Hour, &c.Quiet, &off)
	if missing(err) {
		return models.DefaultNoticeChoices(staffID), nil
	}
	for _, k := range keysIn(off) {
		c.Off = append(c.Off, models.NoticeKind(k))
	}
	return c, err
}

// PutNoticeChoices writes what a person wants to be told. Errors: ErrForeignKey for an unknown person, internal.
func (tx *Tx) PutNoticeChoices(ctx context.Context, c models.NoticeChoices, at models.Unix) error {
	off := make([]string, 0, len(c.Off))
	for _, k := range c.Off {
		off = append(off, string(k))
	}
	_, err := tx.exec(ctx, `insert into notification_choices (staff_id, digest, hour, quiet, off, updated) values (?1, ?2, ?3, ?4, ?5, ?6)
		on conflict (staff_id) do update set digest = ?2, hour = ?3, quiet = ?4, off = ?5, updated = ?6`, c.StaffID, c.Digest, c.Hour, c.Quiet, asKeys(off), int64(at))
	return err
}

// InsertMail writes a mail. Errors: ErrForeignKey for an unknown person, internal.
func (tx *Tx) InsertMail(ctx context.Context, m models.Mail) error { return tx.create(ctx, &m) }

// SaveMail writes how far a mail has come. Errors: not found, internal.
func (tx *Tx) SaveMail(ctx context.Context, m models.Mail) error {
	return tx.execOne(ctx, `update mails set state = ?2, error = ?3, attempts = ?4, asked = ?5, finished = ?6 where id = ?1`,
		m.ID, string(m.State), m.Error, m.Attempts, int64(m.Asked), int64(m.Finished))
}

// Mail gives one mail. Errors: not found, internal.
func (q *queries) Mail(ctx context.Context, id string) (models.Mail, error) {
	var m models.Mail
	err := q.gorm(ctx).Where("id = ?", id).Take(&m).Error
	return m, mapError(err)
}

// MailQuery asks for one page of mails, the newest first.
type MailQuery struct {
	StaffID string             // of one person; "" for all
	States  []models.MailState // none for all
	After   string             // MailPage.Next
	Before  string             // MailPage.Prev
	Limit   int                // 0 means DefaultLimit, at most MaxLimit
}

// MailPage is one page of mails. Next and Prev are empty at the ends.
type MailPage struct {
	Mails      []models.Mail
	Next, Prev string
}

// Mails gives one page of mails. Errors: invalid (field "after" or "before"), internal.
func (q *queries) Mails(ctx context.Context, query MailQuery) (MailPage, error) {
	at, err := idPosition(query.After, query.Before, query.Limit)
	if err != nil {
		return MailPage{}, err
	}
	if at.first {
		at.key = math.MaxInt64
	}
	g := q.gorm(ctx).Where("(created, id) < (?, ?)", at.key, at.id).Order("created desc, id desc")
	if at.up {
		g = q.gorm(ctx).Where("(created, id) > (?, ?)", at.key, at.id).Order("created, id")
	}
	if query.StaffID != "" {
		g = g.Where("staff_id = ?", query.StaffID)
	}
	if len(query.States) > 0 {
		g = g.Where("state in ?", query.States)
	}
	rows, err := all[models.Mail](g.Limit(at.limit + 1))
	if err != nil {
		return MailPage{}, err
	}
	var page MailPage
	page.Mails, page.Next, page.Prev = cutIDs(rows, at, func(m models.Mail) (int64, string) { return int64(m.Created), m.ID })
	return page, nil
}

// InsertNotice notes that a person is told of something by a mail, or that no mail was needed; first is false where that was noted before.
// Errors: ErrForeignKey for an unknown person, internal.
func (tx *Tx) InsertNotice(ctx context.Context, staffID string, item models.NoticeItem, mailID string, at models.Unix) (first bool, err error) {
	n, err := tx.exec(ctx, `insert into notifications (staff_id, kind, subject, step, mail_id, at) values (?1, ?2, ?3, ?4, ?5, ?6) on conflict do nothing`,
		staffID, string(item.Kind), item.Subject, item.Step, mailID, int64(at))
	return n == 1, err
}

// NoticeKnown tells whether a person was told of it, or needed not be. Errors: internal.
func (q *queries) NoticeKnown(ctx context.Context, staffID string, item models.NoticeItem) (bool, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from notifications where staff_id = ?1 and kind = ?2 and subject = ?3 and step = ?4`,
		[]any{staffID, string(item.Kind), item.Subject, item.Step}, &n)
	return n > 0, err
}

// NoticeMarked tells whether the desk has seen it before. Errors: internal.
func (q *queries) NoticeMarked(ctx context.Context, item models.NoticeItem) (bool, error) {
	var n int64
	err := q.queryRow(ctx, `select count(*) from notification_marks where kind = ?1 and subject = ?2 and step = ?3`, []any{string(item.Kind), item.Subject, item.Step}, &n)
	return n > 0, err
}

// MarkNotice notes that the desk has seen it; first is false where it had before. Errors: internal.
func (tx *Tx) MarkNotice(ctx context.Context, item models.NoticeItem, at models.Unix) (first bool, err error) {
	n, err := tx.exec(ctx, `insert into notification_marks (kind, subject, step, at) values (?1, ?2, ?3, ?4) on conflict do nothing`,
		string(item.Kind), item.Subject, item.Step, int64(at))
	return n == 1, err
}

// MostDeadlines is how many authorizations or disputes are looked at for reminders and calendars, the first due ones.
const MostDeadlines = 2000

// OpenAuthorizations gives the authorizations that are open at now and end by then, the first to end on top, at most MostDeadlines.
// Errors: internal.
func (q *queries) OpenAuthorizations(ctx context.Context, now, until models.Unix) (found []models.Order, err error) {
	err = q.eachRow(ctx, `select `+listColumns+` from orders o indexed by orders_running_out where o.status = 'authorized'
		and o.authorized_at > ?1 and o.authorized_at <= ?2 order by o.authorized_at limit ?3`,
		[]any{int64(now.Add(-models.AuthorizationValidity)), int64(until.Add(-models.AuthorizationValidity)), MostDeadlines}, func(scan scanner) error {
			return addOrder(&found, scan)
		})
	return found, err
}

// WaitingDisputes gives the disputes that wait for the shop, Stripe's and those by e-mail (status models.MailOpen), the first due on top, at
// most MostDeadlines, with what a deadline tells of them. Errors: internal.
func (q *queries) WaitingDisputes(ctx context.Context) (waiting []models.Dispute, err error) {
	err = q.gorm(ctx).Raw(`select id, order_id as payment_intent_id, amount, currency, status, due_by, created from dispute_list
		where status in ('warning_needs_response', 'needs_response', '`+models.MailOpen+`') order by place, id limit ?`, MostDeadlines).Scan(&waiting).Error
	return waiting, mapError(err)
}

// FailedPayouts gives the payouts created since then that failed, the newest first, at most MaxLimit. Errors: internal.
func (q *queries) FailedPayouts(ctx context.Context, since models.Unix) ([]models.Payout, error) {
	return all[models.Payout](q.gorm(ctx).Where("status = 'failed'").Where("created >= ?", int64(since)).Order("created desc, id").Limit(MaxLimit))
}

// PutCalendarFeed gives a person a calendar in place of the one before. Errors: ErrForeignKey for an unknown person, internal.
func (tx *Tx) PutCalendarFeed(ctx context.Context, f models.CalendarFeed) error {
	_, err := tx.exec(ctx, `insert into calendar_feeds (staff_id, token_hash, created) values (?1, ?2, ?3)
		on conflict (staff_id) do update set token_hash = ?2, created = ?3`, f.StaffID, f.TokenHash, int64(f.Created))
	return err
}

// DropCalendarFeed ends a person's calendar. Errors: internal.
func (tx *Tx) DropCalendarFeed(ctx context.Context, staffID string) error {
	_, err := tx.exec(ctx, `delete from calendar_feeds where staff_id = ?1`, staffID)
	return err
}

// CalendarFeedOf gives a person's calendar, nil without one. Errors: internal.
func (q *queries) CalendarFeedOf(ctx context.Context, staffID string) (*models.CalendarFeed, error) {
	return one[models.CalendarFeed](q.gorm(ctx).Where("staff_id = ?", staffID))
}

// CalendarFeed gives the calendar with this hash of a token. Errors: not found, internal.
func (q *queries) CalendarFeed(ctx context.Context, tokenHash string) (models.CalendarFeed, error) {
	var f models.CalendarFeed
	err := q.gorm(ctx).Where("token_hash = ?", tokenHash).Take(&f).Error
	return f, mapError(err)
}
