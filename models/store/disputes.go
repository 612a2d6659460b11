package store

import (
	"context"
	"database/sql"
	"slices"
	"strings"

	"counterfoil/models"
)

// DisputePhase is one of the lists that disputes are shown in.
type DisputePhase string

// The phases. A status of Stripe's that we do not know is on "all" and "open" only.
const (
	DisputesAll           DisputePhase = "all"
	DisputesOpen          DisputePhase = "open"
	DisputesInquiry       DisputePhase = "inquiry" // no money moved yet
	DisputesNeedsResponse DisputePhase = "needs-response"
	DisputesUnderReview   DisputePhase = "under-review"
	DisputesWon           DisputePhase = "won"
	DisputesLost          DisputePhase = "lost"
	DisputesClosed        DisputePhase = "closed" // over without a decision
)

// DisputePhases are all phases, in the order they are shown.
func DisputePhases() []DisputePhase {
	return []DisputePhase{DisputesAll, DisputesOpen, DisputesInquiry, DisputesNeedsResponse, DisputesUnderReview, DisputesWon, DisputesLost, DisputesClosed}
}

// phaseOf names a closed or decided status' own phase, and that of an open one.
func phaseOf(status string) DisputePhase {
	switch status {
	case "warning_needs_response", "warning_under_review":
		return DisputesInquiry
	case "needs_response", models.MailOpen:
		return DisputesNeedsResponse
	case "under_review", models.MailAnswered:
		return DisputesUnderReview
	case "won", models.MailWon:
		return DisputesWon
	case "lost", models.MailLost:
		return DisputesLost
	case "warning_closed", "prevented", "charge_refunded", models.MailClosed:
		return DisputesClosed
	}
	return ""
}

// isOpen tells of a status that it is not the end: of one that is not known, too.
const isOpen = " not in ('won', 'lost', 'warning_closed', 'prevented', 'charge_refunded', 'mail_won', 'mail_lost', 'mail_closed')"

// where is the SQL condition of a phase, empty for an unknown one.
func (p DisputePhase) where() string {
	switch p {
	case "", DisputesAll:
		return "1 = 1"
	case DisputesOpen:
		return "l.status" + isOpen
	case DisputesInquiry:
		return "l.status in ('warning_needs_response', 'warning_under_review')"
	case DisputesNeedsResponse:
		return "l.status in ('needs_response', 'mail_open')"
	case DisputesUnderReview:
		return "l.status in ('under_review', 'mail_answered')"
	case DisputesWon:
		return "l.status in ('won', 'mail_won')"
	case DisputesLost:
		return "l.status in ('lost', 'mail_lost')"
	case DisputesClosed:
		return "l.status in ('warning_closed', 'prevented', 'charge_refunded', 'mail_closed')"
	}
	return ""
}

// DisputeQuery asks for one page of the inbox: what waits for us, the first due on top, then the rest, the newest first. All conditions hold
// together, an empty one does not restrict.
type DisputeQuery struct {
	Phase    DisputePhase // empty means all
	Search   string       // letters of the order's customer, e-mail or reference, or of an id
	Reasons  []string     // Stripe's
	Currency string       // ISO 4217, upper case
	Assignee string       // a person's id, or Unassigned
	ByMail   *bool
	DueTo    models.Unix // due before
	After    string      // DisputePage.Next
	Before   string      // DisputePage.Prev
	Limit    int         // 0 means DefaultLimit, at most MaxLimit
}

// Unassigned asks for the disputes that nobody has.
const Unassigned = "nobody"

// DisputePage is one page of the inbox. Next and Prev are empty at the ends.
type DisputePage struct {
	Disputes   []models.DisputeEntry
	Next, Prev string
}

const entryColumns = `l.id, l.order_id, l.amount, l.currency, l.status, l.reason, l.klarna_reason, l.klarna_loss_reason, l.due_by, l.created,
	l.submission_count, l.by_mail, coalesce(c.assignee_id, ''), coalesce(c.assignee_name, '')`

func entryRow(scan scanner) (e models.DisputeEntry, err error) {
	err = scan(&e.ID, &e.OrderID, &e.Amount, &e.Currency, &e.Status, &e.Reason, &e.KlarnaReason, &e.KlarnaLossReason, &e.DueBy, &e.Created,
		&e.SubmissionCount, &e.ByMail, &e.AssigneeID, &e.AssigneeName)
	return e, err
}

const entryFilter = ` from dispute_list l left join dispute_cases c on c.dispute_id = l.id left join orders o on o.id = l.order_id and l.order_id <> ''
	where (@reasons is null or l.reason in (select value from json_each(@reasons))) and (@currency is null or l.currency = @currency)
	and (@assignee is null or coalesce(c.assignee_id, '') = @assignee) and (@mail is null or l.by_mail = @mail)
	and (@due is null or l.due_by > 0 and l.due_by < @due)
	and (@words is null or not exists (select 1 from json_each(@words) w
		where instr(coalesce(o.search_text, '') || ' ' || lower(l.id) || ' ' || lower(l.order_id), w.value) = 0))`

// Disputes gives one page of the inbox. Errors: invalid (field "phase", "after" or "before"), internal.
func (q *queries) Disputes(ctx context.Context, query DisputeQuery) (DisputePage, error) {
	where := query.Phase.where()
	if where == "" {
		return DisputePage{}, invalid("phase", "phase_unknown", "There is no such list of disputes.")
	}
	at, err := idPosition(query.After, query.Before, query.Limit)
	if err != nil {
		return DisputePage{}, err
	}
	order := " and (l.place, l.id) > (@key, @id) order by l.place, l.id limit @limit"
	if at.up {
		order = " and (l.place, l.id) < (@key, @id) order by l.place desc, l.id desc limit @limit"
	}
	assignee := orNull(query.Assignee)
	if query.Assignee == Unassigned {
		assignee = ""
	}
	args := []any{sql.Named("reasons", list(query.Reasons)), sql.Named("currency", orNull(query.Currency)), sql.Named("assignee", assignee),
		sql.Named("mail", pointed(query.ByMail)), sql.Named("due", orNull(int64(query.DueTo))), sql.Named("words", list(strings.Fields(Fold(query.Search)))),
		sql.Named("key", at.key), sql.Named("id", at.id), sql.Named("limit", at.limit+1)}
	rows := []models.DisputeEntry{}
	err = q.eachRow(ctx, "select "+entryColumns+entryFilter+" and "+where+order, args, func(scan scanner) error {
		e, err := entryRow(scan)
		rows = append(rows, e)
		return err
	})
	if err != nil {
		return DisputePage{}, err
	}
	rows, next, prev := cutIDs(rows, at, func(e models.DisputeEntry) (int64, string) { return placeOf(e), e.ID })
	return DisputePage{Disputes: rows, Next: next, Prev: prev}, nil
}

// placeOf is the view's column "place".
func placeOf(e models.DisputeEntry) int64 {
	waits := e.Status == "warning_needs_response" || e.Status == "needs_response"
	if waits && e.DueBy > 0 || e.Status == models.MailOpen {
		return int64(e.DueBy)
	}
	return 200_000_000_000 - int64(e.Created)
}

// OpenDisputes gives the number of open disputes, which every page shows. Errors: internal.
func (q *queries) OpenDisputes(ctx context.Context) (n int64, err error) {
	err = q.queryRow(ctx, `select (select coalesce(sum(n), 0) from dispute_counts where status`+isOpen+`)
		+ (select count(*) from mail_disputes where status`+isOpen+`)`, nil, &n)
	return n, err
}

// DisputeCounts gives the number of disputes in each phase. Errors: internal.
func (q *queries) DisputeCounts(ctx context.Context) (map[DisputePhase]int64, error) {
	counts := map[DisputePhase]int64{}
	over := []DisputePhase{DisputesWon, DisputesLost, DisputesClosed}
	err := q.eachRow(ctx, `select status, n from dispute_counts union all select status, count(*) from mail_disputes group by 1`, nil, func(scan scanner) error {
		var status string
		var n int64
		if err := scan(&status, &n); err != nil {
			return err
		}
		phase := phaseOf(status)
		counts[DisputesAll] += n
		if phase != "" {
			counts[phase] += n
		}
		if !slices.Contains(over, phase) {
			counts[DisputesOpen] += n
		}
		return nil
	})
	return counts, err
}

// Dispute gives one dispute. Errors: not found, internal.
func (q *queries) Dispute(ctx context.Context, id string) (models.Dispute, error) {
	var d models.Dispute
	err := q.gorm(ctx).Where("id = ?", id).Take(&d).Error
	return d, mapError(err)
}

// DisputesOf gives the disputes of an order, oldest first. Errors: internal.
func (q *queries) DisputesOf(ctx context.Context, orderID string) ([]models.Dispute, error) {
	return all[models.Dispute](q.gorm(ctx).Where("payment_intent_id = ?", orderID).Where("payment_intent_id <> ''").Order("created, id"))
}

// EarlierOrders gives the newest captured orders of the same customer that were never disputed, at most limit. Who has neither an id nor an
// e-mail has none. Errors: internal.
func (q *queries) EarlierOrders(ctx context.Context, o models.Order, limit int) (found []models.Order, err error) {
	where, by := `orders o indexed by orders_customer where o.customer_id = ?1 and o.customer_id <> ''`, o.CustomerID
	if by == "" {
		where, by = `orders o indexed by orders_email where o.customer_email = ?1 collate nocase and o.customer_email <> ''`, o.CustomerEmail
	}
	if by == "" {
		return nil, nil
	}
	err = q.eachRow(ctx, `select `+listColumns+` from `+where+` and o.id <> ?2 and o.created < ?3 and o.status in ('captured', 'partly_captured')
		and o.dispute_status = '' order by o.rowid desc limit ?4`, []any{by, o.ID, int64(o.Created), limit}, func(scan scanner) error { return addOrder(&found, scan) })
	return found, err
}

// DisputeHistory counts the disputes of one reason that were decided. Errors: internal.
func (q *queries) DisputeHistory(ctx context.Context, reason string) (won, lost int, err error) {
	err = q.queryRow(ctx, `select count(*) filter (where status = 'won'), count(*) filter (where status = 'lost') from disputes where reason = ?1`,
		[]any{reason}, &won, &lost)
	return won, lost, err
}

// LastDisputeFee gives the fee that the newest chargeback in a currency took, in minor units of that currency; found is false where none is
// known. Errors: internal.
func (q *queries) LastDisputeFee(ctx context.Context, currency string) (fee int64, found bool, err error) {
	err = q.queryRow(ctx, `select b.fee from disputes d cross join balance_transactions b on b.source_id = d.id
		where d.currency = ?1 and b.currency = ?1 and b.reporting_category = 'dispute' and b.fee > 0 order by d.created desc limit 1`, []any{currency}, &fee)
	if missing(err) {
		return 0, false, nil
	}
	return fee, err == nil, err
}
